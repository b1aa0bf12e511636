//! Made-up residents and their cards. None of them exists; each name says that it is a sample.

use kiosk_id_reader::card::with_check_character;
use kiosk_id_reader::simulator::CardFile;

use crate::dice::Dice;

/// Stands in every sample's name and address, and nowhere else in the program.
const MARK: &str = "样本";
/// The same in Latin letters.
const LATIN_MARK: &str = "SAMPLEPERSON";

/// A made-up resident.
#[derive(Clone, Debug)]
pub struct Person {
    /// Eighteen characters; fifteen of a foreigner's card of 2017.
    pub number: String,
    /// The 256 bytes of text on the card.
    pub card: [u8; 256],
}

impl Person {
    /// The residents of a village.
    pub fn village(dice: &mut Dice) -> Vec<Self> {
        (0..24).map(|place| Self::new(place, dice)).collect()
    }

    fn new(place: usize, dice: &mut Dice) -> Self {
        // The last ones: an extension of Unicode, a private-use point that has moved, one that nobody knows.
        let families = ["张", "王", "欧阳", "李", "阿卜杜", "赵", "䶮", "\u{20087}", "\u{E816}", "\u{E001}"];
        let family = dice.pick(&families);
        let name = format!("{family}{MARK}{}", dice.pick(&["", "甲", "乙丙"]));
        let region = dice.pick(&["510823", "510823", "510823", "110105", "810000", "830000"]);
        let (year, month, day) = (dice.number(1935, 2006), dice.number(1, 12), dice.number(1, 28));
        let digits = format!("{region}{year:04}{month:02}{day:02}{place:02}{}", dice.number(0, 9));
        let kind = if region.starts_with('8') {
            "J"
        } else {
            dice.pick(&["citizen", "citizen", "citizen", "I", "Y"])
        };
        let number = match kind {
            "I" => format!("ABC{:02}{month:02}{year:04}{day:02}{place:02}", dice.number(10, 99)),
            "Y" => with_check_character(&format!("9{}", &digits[1..])).unwrap(),
            _ => with_check_character(&digits).unwrap(),
        };
        let rest = match kind {
            "J" => r#", "pass_number": "H00000000""#.to_owned(),
            "I" | "Y" => format!(
                r#", "latin_name": "{LATIN_MARK} {}", "nationality": "CAN", "birth": "{year}{month:02}{day:02}""#,
                dice.pick(&["", "VERY LONG NAME OF MANY PARTS"])
            ),
            _ => String::new(),
        };
        let place = if matches!(kind, "I" | "Y") {
            String::new()
        } else {
            format!(r#""address": "{MARK}镇{MARK}路1号", "issuer": "某某县公安局","#)
        };
        // Some cards have run out.
        let until = dice.pick(&["长期", "20400101", "20210101"]);
        let json = format!(
            r#"{{"kind": "{kind}", "name": "{name}", "number": "{number}", {place}
                "valid_from": "20200101", "valid_until": "{until}"{rest}}}"#
        );
        let card = CardFile::from_json(&json).unwrap().to_text().unwrap();
        Self { number, card }
    }
}

/// A card that no resident has: of an unknown kind, with a wrong number, or empty.
pub fn wrong_card(person: &Person, dice: &mut Dice) -> [u8; 256] {
    let mut card = person.card;
    match dice.number(0, 3) {
        0 => card[248] = b'Q',
        1 => card[122] ^= 1,
        2 => card.fill(0),
        _ => card.iter_mut().for_each(|byte| *byte = dice.number(0, 255) as u8),
    }
    card
}

/// What of a person stands whole in these bytes, if anything.
pub fn leak(bytes: &[u8], people: &[Person]) -> Option<&'static str> {
    if contains(bytes, MARK.as_bytes()) || contains(bytes, LATIN_MARK.as_bytes()) {
        return Some("a name");
    }
    if people.iter().any(|person| person.number.len() < 18 && contains(bytes, person.number.as_bytes())) {
        return Some("a foreigner's number");
    }
    // Numbers are looked for where so many digits stand in a row at all.
    let mut run = 0;
    for (place, byte) in bytes.iter().enumerate() {
        run = if byte.is_ascii_digit() { run + 1 } else { 0 };
        if run >= 17 {
            let digits = &bytes[place + 1 - 17..=place];
            if people.iter().any(|person| person.number.as_bytes().starts_with(digits)) {
                return Some("an identity number");
            }
        }
    }
    None
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(place) = rest.iter().position(|byte| *byte == wanted[0]) {
        rest = &rest[place..];
        if rest.starts_with(wanted) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}
