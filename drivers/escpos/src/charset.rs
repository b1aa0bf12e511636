//! Which characters a printer's fonts have, and their GB 18030 bytes.
//!
//! A printer that lacks a character prints a blank and says nothing, so the answer here is careful: in doubt a
//! character counts as missing and is drawn. Areas are those of GB 2312-1980, GBK 1.0 and GB 18030-2022 as the
//! WHATWG Encoding Standard has them.

use encoding_rs::GB18030;
use serde::Deserialize;

/// What the fonts have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Charset {
    /// ASCII alone: no Chinese fonts, all Chinese is drawn.
    #[serde(rename = "ascii")]
    Ascii,
    /// ASCII, GB 2312 symbols and its 6,763 characters.
    #[serde(rename = "gb2312")]
    Gb2312,
    /// And GBK: 21,003 characters and symbols.
    #[serde(rename = "gbk")]
    Gbk,
    /// All two-byte characters of GB 18030 but the user-defined areas.
    #[serde(rename = "gb18030-2")]
    Gb18030Two,
    /// And the four-byte ones of CJK extension A (U+3400 to U+4DBF). Extensions B and on count as missing.
    #[serde(rename = "gb18030-4")]
    Gb18030Four,
}

/// A character's bytes on the wire: one, two or four.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    bytes: [u8; 4],
    length: usize,
}

impl Code {
    /// The bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl Charset {
    /// The bytes that print `c`, or `None` where the fonts lack it and it has to be drawn.
    #[must_use]
    pub fn code(self, c: char) -> Option<Code> {
        let mut utf8 = [0; 4];
        let (encoded, _, unmappable) = GB18030.encode(c.encode_utf8(&mut utf8));
        if unmappable {
            return None;
        }
        let has = match *encoded {
            [byte] => (0x20..0x7F).contains(&byte),
            [lead, trail] => self.has_two(lead, trail),
            [_, _, _, _] => self >= Charset::Gb18030Four && ('\u{3400}'..='\u{4DBF}').contains(&c),
            _ => false,
        };
        if !has {
            return None;
        }
        let mut bytes = [0; 4];
        bytes.get_mut(..encoded.len())?.copy_from_slice(&encoded);
        Some(Code { bytes, length: encoded.len() })
    }

    fn has_two(self, lead: u8, trail: u8) -> bool {
        let double = trail >= 0xA1;
        let gb2312 = double && matches!(lead, 0xA1..=0xA9 | 0xB0..=0xF7) && !is_gap(lead, trail);
        let gbk_only = match lead {
            0x81..=0xA0 => true,
            0xA8..=0xA9 => !double,
            0xAA..=0xF7 => !double,
            0xF8..=0xFD => !double,
            0xFE => trail < 0x50,
            _ => false,
        };
        let user_defined =
            (matches!(lead, 0xAA..=0xAF | 0xF8..=0xFE) && double) || (matches!(lead, 0xA1..=0xA7) && !double);
        match self {
            Charset::Ascii => false,
            Charset::Gb2312 => gb2312,
            Charset::Gbk => gb2312 || gbk_only || (lead == 0xA2 && matches!(trail, 0xA1..=0xAA)),
            Charset::Gb18030Two | Charset::Gb18030Four => !user_defined,
        }
    }
}

/// Places within the rows of GB 2312 that it leaves empty and later standards filled.
fn is_gap(lead: u8, trail: u8) -> bool {
    match lead {
        0xA2 => !matches!(trail, 0xB1..=0xE2 | 0xE5..=0xEE | 0xF1..=0xFC),
        0xA4 => trail > 0xF3,
        0xA5 => trail > 0xF6,
        0xA6 => !matches!(trail, 0xA1..=0xB8 | 0xC1..=0xD8),
        0xA7 => !matches!(trail, 0xA1..=0xC1 | 0xD1..=0xF1),
        0xA8 => !matches!(trail, 0xA1..=0xBA | 0xC5..=0xE9),
        0xA9 => !matches!(trail, 0xA4..=0xEF),
        0xD7 => trail > 0xF9,
        _ => false,
    }
}

/// Half-width columns that `c` takes: one for ASCII, two for all others.
#[must_use]
pub fn columns(c: char) -> u32 {
    if c.is_ascii() { 1 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Charset; 4] = [Charset::Gb2312, Charset::Gbk, Charset::Gb18030Two, Charset::Gb18030Four];

    #[test]
    fn who_has_what() {
        // 镕 is GBK, 㐀 and 㑇 extension A, 𠮷 extension B; A1-A9 hold symbols; controls are nobody's.
        for (c, has, bytes) in [
            ('A', [true, true, true, true], &b"A"[..]),
            ('张', [true, true, true, true], b"\xD5\xC5"),
            ('、', [true, true, true, true], b"\xA1\xA2"),
            ('：', [true, true, true, true], b"\xA3\xBA"),
            ('镕', [false, true, true, true], b"\xE9\x46"),
            ('喆', [false, true, true, true], b"\x86\xB4"),
            ('㐀', [false, false, false, true], b"\x81\x39\xEE\x39"),
            ('㑇', [false, false, true, true], b"\xFE\x56"),
            ('𠮷', [false, false, false, false], b""),
            ('\u{E000}', [false, false, false, false], b""),
            ('\n', [false, false, false, false], b""),
            ('\u{10}', [false, false, false, false], b""),
            ('\u{7F}', [false, false, false, false], b""),
            ('é', [false, true, true, true], b"\xA8\xA6"),
        ] {
            for (charset, has) in ALL.into_iter().zip(has) {
                let code = charset.code(c);
                let has = has || (c == 'é' && charset == Charset::Gb2312); // A8A6, a pinyin letter of row 8
                assert_eq!(code.is_some(), has, "{c} {charset:?}");
                if let Some(code) = code {
                    assert_eq!(code.as_slice(), bytes, "{c} {charset:?}");
                }
            }
        }
    }

    #[test]
    fn a_printer_without_chinese_has_ascii_and_nothing_else() {
        let has: Vec<char> = ('\0'..='\u{FFFF}').filter(|c| Charset::Ascii.code(*c).is_some()).collect();
        assert_eq!(has, (' '..='~').collect::<Vec<_>>());
    }

    #[test]
    fn hanzi_are_counted_as_the_standards_count_them() {
        let count =
            |charset: Charset| ('\u{4E00}'..='\u{9FA5}').filter(|c| charset.code(*c).is_some()).count();
        assert_eq!(count(Charset::Gb2312), 6763);
        assert_eq!(count(Charset::Gbk), 20902);
        assert_eq!(count(Charset::Gb18030Two), 20902);
    }

    #[test]
    fn no_code_holds_a_byte_that_begins_a_command() {
        for c in '\u{20}'..='\u{FFFF}' {
            if let Some(code) = Charset::Gb18030Four.code(c) {
                assert!(code.as_slice().iter().all(|byte| *byte >= 0x20), "{c:?}");
            }
        }
    }
}
