//! The characters on a card: UTF-16LE, padded with blanks.
//!
//! Names and addresses hold characters that fonts and systems lack. None is dropped: those beyond the Basic
//! Multilingual Plane come as surrogate pairs; private-use points at which Chinese systems kept characters that
//! Unicode has today are put right; any other private-use point is kept and told; what is no character at all becomes
//! U+FFFD and is told.
//!
//! Sources: GB 18030-2022 and its earlier editions as described at <https://en.wikipedia.org/wiki/GB_18030>; the
//! gb18030 index of the WHATWG Encoding Standard; the tables of glibc. Points for users of their own (U+E000 to U+E765)
//! mean whatever somebody made them mean, and are left alone.

use zeroize::Zeroize;

/// Whether the text of a card can be shown as it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Legibility {
    /// Something that is no character was there, a half surrogate pair or a control character.
    pub replaced: bool,
    /// A private-use point is there, which only some font may have.
    pub private_use: bool,
}

/// Private-use points at which Chinese systems kept characters, and where Unicode has them now, but for [`GBK_80`].
///
/// The vertical forms and eight of the [`GBK_80`] are the 18 that GB 18030-2022 moved; ḿ was moved in 2005, ǹ and the
/// description characters in 2000.
const MOVED: [(char, char); 25] = [
    ('\u{E78D}', '\u{FE10}'),
    ('\u{E78E}', '\u{FE12}'),
    ('\u{E78F}', '\u{FE11}'),
    ('\u{E790}', '\u{FE13}'),
    ('\u{E791}', '\u{FE14}'),
    ('\u{E792}', '\u{FE15}'),
    ('\u{E793}', '\u{FE16}'),
    ('\u{E794}', '\u{FE17}'),
    ('\u{E795}', '\u{FE18}'),
    ('\u{E796}', '\u{FE19}'),
    ('\u{E7C7}', '\u{1E3F}'),
    ('\u{E7C8}', '\u{01F9}'),
    ('\u{E7E7}', '\u{303E}'),
    ('\u{E7E8}', '\u{2FF0}'),
    ('\u{E7E9}', '\u{2FF1}'),
    ('\u{E7EA}', '\u{2FF2}'),
    ('\u{E7EB}', '\u{2FF3}'),
    ('\u{E7EC}', '\u{2FF4}'),
    ('\u{E7ED}', '\u{2FF5}'),
    ('\u{E7EE}', '\u{2FF6}'),
    ('\u{E7EF}', '\u{2FF7}'),
    ('\u{E7F0}', '\u{2FF8}'),
    ('\u{E7F1}', '\u{2FF9}'),
    ('\u{E7F2}', '\u{2FFA}'),
    ('\u{E7F3}', '\u{2FFB}'),
];

/// The 80 characters that GBK put at FE50 to FEA0 before Unicode had them, so that systems kept them at U+E815 to
/// U+E864, in this order; 䶮 at U+E863 is in many a name. GB 18030 moved them in 2000 (those of extension A and the
/// radicals), 2005 and 2022 (eight, to U+9FB4 and on); six it left in place, though Unicode 3.1 has them in extension B.
const GBK_80: &str = "\
    ⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟\
    㩳㧐龶龷㭎㱮㳠⺧𡗗龸⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱\
    䎬⺻䏝䓖䙡䙌龹䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟\
    䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻";
const GBK_80_FROM: u32 = 0xE815;

/// Decodes a field without its padding, and adds to `legibility` what it met.
pub(super) fn decode(bytes: &[u8], legibility: &mut Legibility) -> String {
    let (pairs, _odd_byte) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|&pair| u16::from_le_bytes(pair));
    // Room for the longest UTF-8, so that no copy is left behind by growing.
    let mut padded = String::with_capacity(4 * pairs.len());
    for unit in char::decode_utf16(units) {
        let character = match unit {
            Ok('\0') => ' ',
            Ok(character) if character.is_control() => char::REPLACEMENT_CHARACTER,
            Ok(character) => put_right(character),
            Err(_half_a_pair) => char::REPLACEMENT_CHARACTER,
        };
        legibility.replaced |= character == char::REPLACEMENT_CHARACTER;
        legibility.private_use |= is_private_use(character);
        padded.push(character);
    }
    let text = padded.trim().to_owned();
    padded.zeroize();
    text
}

fn put_right(character: char) -> char {
    if let Some(index) = u32::from(character).checked_sub(GBK_80_FROM)
        && let Some(new) = GBK_80.chars().nth(index as usize)
    {
        return new;
    }
    MOVED.iter().find(|(old, _)| *old == character).map_or(character, |&(_, new)| new)
}

fn is_private_use(character: char) -> bool {
    matches!(character, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(units: &[u16]) -> (String, Legibility) {
        let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let mut legibility = Legibility::default();
        (decode(&bytes, &mut legibility), legibility)
    }

    const FINE: Legibility = Legibility { replaced: false, private_use: false };

    #[test]
    fn padding_goes_and_blanks_within_stay() {
        assert_eq!(of(&[0x20, 0x41, 0x20, 0x42, 0x20, 0x3000, 0]), ("A B".into(), FINE));
        assert_eq!(of(&[]), (String::new(), FINE));
        let mut legibility = Legibility::default();
        assert_eq!(decode(&[0x41, 0, 0x42], &mut legibility), "A", "half a unit is none");
    }

    #[test]
    fn characters_beyond_the_first_plane_come_as_pairs() {
        assert_eq!(of(&[0xD840, 0xDC87]), ("\u{20087}".into(), FINE));
    }

    #[test]
    fn half_pairs_and_controls_are_replaced_and_told() {
        let replaced = Legibility { replaced: true, private_use: false };
        for units in [&[0x41, 0xD840][..], &[0x41, 0xDC87], &[0x41, 0x1B], &[0x41, 0xFFFD]] {
            assert_eq!(of(units), ("A\u{FFFD}".into(), replaced), "{units:04x?}");
        }
        assert_eq!(of(&[0xD840, 0x41]), ("\u{FFFD}A".into(), replaced));
    }

    #[test]
    fn other_private_use_points_are_kept_and_told() {
        let told = Legibility { replaced: false, private_use: true };
        assert_eq!(of(&[0xE000]), ("\u{E000}".into(), told));
        assert_eq!(of(&[0xDB80, 0xDC00]), ("\u{F0000}".into(), told));
        assert_eq!(of(&[0xE864]), ("\u{9FBB}".into(), FINE));
    }

    /// The old points stand in the order of the old codes, so that today's decoder of GB 18030 tells what they
    /// are now: an independent witness for the table.
    #[test]
    fn every_moved_point_is_where_gb18030_says() {
        let row =
            GBK_80.chars().enumerate().map(|(at, new)| (char::from_u32(0xE815 + at as u32).unwrap(), new));
        assert_eq!(row.clone().last(), Some(('\u{E864}', '\u{9FBB}')));
        for (old, new) in row.chain(MOVED) {
            let point = u32::from(old);
            let bytes = match point {
                // FE50–FEA0, without FE7F
                0xE815..=0xE864 => {
                    let trail = 0x50 + (point - 0xE815);
                    [0xFE, u8::try_from(if trail >= 0x7F { trail + 1 } else { trail }).unwrap()]
                }
                0xE78D..=0xE793 => [0xA6, u8::try_from(0xD9 + (point - 0xE78D)).unwrap()],
                0xE794 => [0xA6, 0xEC],
                0xE795 => [0xA6, 0xED],
                0xE796 => [0xA6, 0xF3],
                0xE7C7 => [0xA8, 0xBC],
                0xE7C8 => [0xA8, 0xBF],
                0xE7E7..=0xE7F3 => [0xA9, u8::try_from(0x89 + (point - 0xE7E7)).unwrap()],
                _ => panic!("{point:04x}"),
            };
            let (text, failed) = encoding_rs::GB18030.decode_without_bom_handling(&bytes);
            assert!(!failed);
            // The six that were left in place have their characters at codes of four bytes instead.
            let left = if u32::from(new) > 0xFFFF { old } else { new };
            assert_eq!(text, left.to_string(), "{point:04x}");
            assert_eq!(put_right(old), new);
        }
        assert_eq!(of(&[0xE863, 0xE814, 0xE865]).0, "䶮\u{E814}\u{E865}");
    }
}
