//! A made-up card as a file: JSON → the 256 bytes of text.
//!
//! Written for people: what is left out is filled in so that the card is a good one. What is there is taken as it
//! is, also where no real card would have it, since wrong cards have to be tried too.

use std::fmt;

use serde::{Deserialize, Deserializer};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::card::layout::{Field, KIND, Layout};
use crate::card::{CardKind, Nation, TEXT};

/// A card to be laid on the simulated reader.
///
/// Only name and number must be there. Dates are `YYYYMMDD` or `YYYY-MM-DD`; what is left out of birth and sex is
/// taken from the number, the card is valid from 2020-01-01 for ever, and the people is 汉.
///
/// ```
/// use kiosk_id_reader::Card;
/// use kiosk_id_reader::simulator::CardFile;
///
/// let file = CardFile::from_json(r#"{
///     "kind": "citizen", "name": "张三", "sex": "男", "nation": "羌", "birth": "1990-03-07",
///     "address": "四川省某某县测试镇样本路1号", "number": "510823199003070012",
///     "issuer": "某某县公安局", "valid_from": "2020-01-01", "valid_until": "2040-01-01"
/// }"#)?;
/// assert_eq!(Card::from_text(&file.to_text()?)?.name(), "张三");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct CardFile {
    /// `citizen` (or nothing), `J`, `I` or `Y`.
    #[serde(default, alias = "type", deserialize_with = "text_or_number")]
    pub kind: String,
    /// The name in Chinese.
    #[serde(default, deserialize_with = "text_or_number")]
    pub name: String,
    /// The name in Latin letters, for `I` and `Y`.
    #[serde(default, deserialize_with = "text_or_number")]
    pub latin_name: String,
    /// 男, 女, `male`, `female`, or the digit on the card.
    #[serde(default, alias = "gender", deserialize_with = "text_or_number")]
    pub sex: String,
    /// The people: a name, with or without 族, or the code of two digits.
    #[serde(default, alias = "ethnicity", deserialize_with = "text_or_number")]
    pub nation: String,
    /// Three letters, for `I` and `Y`.
    #[serde(default, deserialize_with = "text_or_number")]
    pub nationality: String,
    /// The birth date.
    #[serde(default, alias = "birthday", alias = "birth_date", deserialize_with = "text_or_number")]
    pub birth: String,
    /// The address.
    #[serde(default, deserialize_with = "text_or_number")]
    pub address: String,
    /// The number.
    #[serde(alias = "id_number", deserialize_with = "text_or_number")]
    pub number: String,
    /// Who issued it.
    #[serde(default, alias = "authority", deserialize_with = "text_or_number")]
    pub issuer: String,
    /// The first day of its validity.
    #[serde(default, alias = "issued", deserialize_with = "text_or_number")]
    pub valid_from: String,
    /// The last day of its validity, or 长期.
    #[serde(default, alias = "valid_to", alias = "expires", deserialize_with = "text_or_number")]
    pub valid_until: String,
    /// The number of the travel permit, for `J`.
    #[serde(default, deserialize_with = "text_or_number")]
    pub pass_number: String,
    /// Issues of a `J`, renewals of a `Y`.
    #[serde(default, alias = "renewals", deserialize_with = "text_or_number")]
    pub issue_count: String,
}

/// Why a file is no card.
#[derive(Debug, thiserror::Error)]
pub enum CardFileError {
    /// It is no JSON, or a field has a wrong type or is missing. What it says is not repeated: it is a person's.
    #[error("line {line}, column {column}: {problem}")]
    Json {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What kind of problem.
        problem: &'static str,
    },
    /// The kind of card is none that is known.
    #[error("expected kind citizen, J, I or Y, found {found:?}")]
    Kind {
        /// What stands there.
        found: String,
    },
    /// The people is in no table.
    #[error("expected the name of a people or 01–56, 97, 98, found {found:?}")]
    Nation {
        /// What stands there.
        found: String,
    },
    /// The field has no room for the text.
    #[error("{field} has room for {room} UTF-16 units, found {found}")]
    TooLong {
        /// The name of the field.
        field: &'static str,
        /// Units that fit.
        room: usize,
        /// Units that stand there.
        found: usize,
    },
    /// This kind of card has no such field.
    #[error("this kind of card has no {field}")]
    NoSuchField {
        /// The name of the field.
        field: &'static str,
    },
}

impl CardFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`CardFileError::Json`] with the place.
    pub fn from_json(json: &str) -> Result<Self, CardFileError> {
        serde_json::from_str(json).map_err(|error| CardFileError::Json {
            line: error.line(),
            column: error.column(),
            problem: match error.classify() {
                serde_json::error::Category::Data => "a field is missing or has a wrong type",
                serde_json::error::Category::Eof => "the file ends too early",
                _ => "this is not JSON",
            },
        })
    }

    /// The text that such a card holds.
    ///
    /// # Errors
    /// Where the kind or the people is unknown, or a field has no place on the card.
    pub fn to_text(&self) -> Result<[u8; TEXT], CardFileError> {
        let kind = self.kind()?;
        let layout = kind.layout();
        let mut text = blank();
        put(
            &mut text,
            "kind",
            KIND,
            &char::from_u32(kind.type_character().into()).unwrap_or(' ').to_string(),
        )?;
        put_latin_name(&mut text, layout, &self.latin_name)?;
        let fields = [
            ("name", Some(layout.name), self.name.clone()),
            ("sex", Some(layout.sex), self.sex_digit()),
            ("nation", layout.nation, self.nation_code(layout)?),
            ("nationality", layout.nationality, self.nationality.clone()),
            (
                "birth",
                Some(layout.birth),
                digits(or(&self.birth, self.number.get(6..14).unwrap_or_default())),
            ),
            ("address", layout.address, self.address.clone()),
            ("number", Some(layout.number), self.number.clone()),
            ("issuer", layout.issuer, self.issuer.clone()),
            ("valid_from", Some(layout.valid_from), digits(or(&self.valid_from, "20200101"))),
            ("valid_until", Some(layout.valid_to), digits(or(&self.valid_until, "长期"))),
            ("pass_number", layout.pass_number, self.pass_number.clone()),
            ("issue_count", layout.issue_count, self.issue_count.clone()),
        ];
        for (name, field, mut value) in fields {
            match field {
                Some(field) => put(&mut text, name, field, &value)?,
                None if value.is_empty() => {}
                None => return Err(CardFileError::NoSuchField { field: name }),
            }
            value.zeroize();
        }
        Ok(text)
    }

    fn kind(&self) -> Result<CardKind, CardFileError> {
        match self.kind.trim() {
            "" | "citizen" => Ok(CardKind::Citizen),
            "J" | "j" => Ok(CardKind::ResidencePermit),
            "I" | "i" => Ok(CardKind::Foreigner2017),
            "Y" | "y" => Ok(CardKind::Foreigner2023),
            other => Err(CardFileError::Kind { found: other.to_owned() }),
        }
    }

    fn sex_digit(&self) -> String {
        match self.sex.as_str() {
            "男" | "male" | "M" | "m" => "1".to_owned(),
            "女" | "female" | "F" | "f" => "2".to_owned(),
            "" => match self.number.get(16..17).and_then(|digit| digit.parse::<u8>().ok()) {
                Some(digit) if digit % 2 == 0 => "2".to_owned(),
                _ => "1".to_owned(),
            },
            other => other.to_owned(),
        }
    }

    fn nation_code(&self, layout: &Layout) -> Result<String, CardFileError> {
        let nation = match self.nation.trim() {
            "" if layout.nation.is_none() => return Ok(String::new()),
            "" => "01",
            nation => nation,
        };
        let padded = format!("{nation:0>2}");
        let known = Nation::from_code(&padded).or_else(|| Nation::from_name(nation));
        let known = known.ok_or_else(|| CardFileError::Nation { found: nation.to_owned() })?;
        Ok(format!("{:02}", known.code()))
    }
}

impl fmt::Debug for CardFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardFile").field("kind", &self.kind).finish_non_exhaustive()
    }
}

fn or<'a>(value: &'a str, otherwise: &'a str) -> &'a str {
    if value.is_empty() { otherwise } else { value }
}

/// `2020-01-01` → `20200101`, and everything else as it is.
fn digits(date: &str) -> String {
    date.replace(['-', '.'], "")
}

fn blank() -> [u8; TEXT] {
    let mut text = [0; TEXT];
    text.as_chunks_mut::<2>().0.fill([b' ', 0]);
    text
}

fn put(text: &mut [u8; TEXT], name: &'static str, field: Field, value: &str) -> Result<(), CardFileError> {
    let (room, found) = (field.length / 2, value.encode_utf16().count());
    if found > room {
        return Err(CardFileError::TooLong { field: name, room, found });
    }
    let (places, _odd_byte) = field.of_mut(text).as_chunks_mut::<2>();
    for (place, unit) in places.iter_mut().zip(value.encode_utf16()) {
        *place = unit.to_le_bytes();
    }
    Ok(())
}

/// The name may go on in a second field.
fn put_latin_name(text: &mut [u8; TEXT], layout: &Layout, name: &str) -> Result<(), CardFileError> {
    const NAME: &str = "latin_name";
    let Some(first) = layout.latin_name else {
        return if name.is_empty() { Ok(()) } else { Err(CardFileError::NoSuchField { field: NAME }) };
    };
    let second = layout.latin_name_continued.unwrap_or(Field::NONE);
    let (room, found) = ((first.length + second.length) / 2, name.encode_utf16().count());
    if found > room {
        return Err(CardFileError::TooLong { field: NAME, room, found });
    }
    // Latin letters are one unit each, so that counting characters counts units.
    let split = name.char_indices().nth(first.length / 2).map_or(name.len(), |(at, _)| at);
    let (head, tail) = name.split_at(split);
    put(text, NAME, first, head)?;
    put(text, NAME, second, tail)
}

/// People write `"sex": 1` as well as `"sex": "1"`.
fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum TextOrNumber {
        Text(String),
        Number(u64),
        Null(()),
    }
    Ok(match TextOrNumber::deserialize(deserializer)? {
        TextOrNumber::Text(text) => text,
        TextOrNumber::Number(number) => number.to_string(),
        TextOrNumber::Null(()) => String::new(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::card::tests::zhang_san_text;
    use crate::card::{Card, CardDate, Sex, Until, with_check_character};

    fn file(json: &str) -> Result<CardFile, CardFileError> {
        CardFile::from_json(json)
    }

    #[test]
    fn a_full_file_gives_the_text_byte_for_byte() {
        let json = r#"{"kind": "citizen", "name": "张三", "sex": 1, "nation": "01", "birth": "19900307",
            "address": "四川省某某县测试镇样本路1号", "number": "510823199003070012", "issuer": "某某县公安局",
            "valid_from": 20200101, "valid_to": "2040-01-01", "note": "made up"}"#;
        assert_eq!(file(json).unwrap().to_text().unwrap(), zhang_san_text());
    }

    #[test]
    fn name_and_number_are_enough() {
        // Whether the number holds is the card's business, not the file's.
        let mut file = file(r#"{"name": "李四", "number": "51082319551231002Z"}"#).unwrap();
        assert!(Card::from_text(&file.to_text().unwrap()).is_err());
        file.number = with_check_character("51082319551231002").unwrap();
        let card = Card::from_text(&file.to_text().unwrap()).unwrap();
        assert_eq!((card.sex(), card.nation().map(Nation::name)), (Sex::Female, Some("汉")));
        assert_eq!(
            (card.birth().to_string().as_str(), card.validity().until()),
            ("1955-12-31", Until::LongTerm)
        );
    }

    #[test]
    fn faults_are_named_without_the_person() {
        let error = |json: &str| match file(json) {
            Ok(file) => file.to_text().unwrap_err().to_string(),
            Err(error) => error.to_string(),
        };
        let cases = [
            ("", "line 1, column 0: the file ends too early"),
            ("{]", "line 1, column 2: this is not JSON"),
            (r#"{"name": "张三"}"#, "line 1, column 18: a field is missing or has a wrong type"),
            (r#"{"number": ["1"]}"#, "line 1, column 17: a field is missing or has a wrong type"),
            (r#"{"number": "1", "kind": "Q"}"#, r#"expected kind citizen, J, I or Y, found "Q""#),
            (
                r#"{"number": "1", "nation": "57"}"#,
                r#"expected the name of a people or 01–56, 97, 98, found "57""#,
            ),
            (
                r#"{"number": "1", "name": "一二三四五六七八九十一二三四五六"}"#,
                "name has room for 15 UTF-16 units, found 16",
            ),
            (r#"{"number": "1", "latin_name": "SAMPLE"}"#, "this kind of card has no latin_name"),
            (r#"{"number": "1", "kind": "I", "address": "路"}"#, "this kind of card has no address"),
        ];
        for (json, expected) in cases {
            assert_eq!(error(json), expected, "{json}");
        }
    }

    #[test]
    fn every_kind_of_card_comes_back() {
        let foreigner = with_check_character("95199919700101001").unwrap();
        let latin = "SAMPLE VON UND ZU MADEUP, MAXIMILIANUS TEST";
        let cases = [
            format!(r#"{{"kind":"Y","latin_name":"{latin}","number":"{foreigner}","nationality":"XXX"}}"#),
            format!(r#"{{"kind":"I","latin_name":"{latin}","number":"XXX510000000001","birth":"19700101"}}"#),
            r#"{"kind":"J","name":"李四","number":"810000198512120020","pass_number":"H00000000"}"#
                .to_owned(),
        ];
        for json in cases {
            let file = file(&json).unwrap();
            let card = Card::from_text(&file.to_text().unwrap()).unwrap();
            assert_eq!(card.kind(), file.kind().unwrap());
            assert_eq!(card.latin_name().unwrap_or_default(), file.latin_name);
            assert_eq!(card.number().as_str(), file.number);
            assert_eq!(card.pass_number().unwrap_or_default(), file.pass_number);
        }
    }

    #[test]
    fn nothing_of_a_person_is_printed() {
        let file = file(r#"{"name": "张三", "number": "510823199003070012"}"#).unwrap();
        assert_eq!(format!("{file:?}"), r#"CardFile { kind: "", .. }"#);
    }

    proptest! {
        #[test]
        fn citizens_come_back_as_they_were_written(
            name in "[\u{4E00}-\u{9FA5}\u{20000}-\u{2A6DF}]{1,7}",
            address in "[\u{4E00}-\u{9FA5}0-9]{0,35}",
            nation in prop::sample::select(Nation::all().collect::<Vec<_>>()),
            (year, month, day, sequence) in (1900_u16..2024, 1_u8..=12, 1_u8..=28, 0_u16..1000),
            long_term: bool,
        ) {
            let number = with_check_character(&format!("510823{year}{month:02}{day:02}{sequence:03}")).unwrap();
            let json = serde_json::json!({
                "name": name, "address": address, "nation": nation.name(), "number": number,
                "valid_until": if long_term { "长期" } else { "20400101" },
            });
            let card = Card::from_text(&file(&json.to_string()).unwrap().to_text().unwrap()).unwrap();
            prop_assert_eq!(card.name(), name);
            prop_assert_eq!(card.address().unwrap_or_default(), address);
            prop_assert_eq!(card.nation(), Some(nation));
            prop_assert_eq!(card.number().as_str(), number);
            prop_assert_eq!(card.birth(), CardDate::new(year, month, day).unwrap());
            prop_assert_eq!(card.sex(), if sequence % 2 == 1 { Sex::Male } else { Sex::Female });
            prop_assert_eq!(card.validity().until() == Until::LongTerm, long_term);
        }
    }
}
