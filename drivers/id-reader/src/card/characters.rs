//! The characters on a card: UTF-16LE, padded with blanks.
//!
//! Names and addresses hold characters that fonts and systems lack. None is dropped: those beyond the Basic
//! Multilingual Plane come as surrogate pairs; private-use points to which GB 18030-2005 still mapped characters
//! that Unicode has had since are put right; any other private-use point is kept and told, for the fallback fonts
//! may have it; what is no character at all becomes U+FFFD and is told.

use zeroize::Zeroize;

/// Whether the text of a card can be shown as it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Legibility {
    /// Something that is no character was there, a half surrogate pair or a control character.
    pub replaced: bool,
    /// A private-use point is there, which only some font may have.
    pub private_use: bool,
}

/// Private-use points of GB 18030-2005 and the characters that they stand for.
///
/// The first 18 were moved by GB 18030-2022; the next 6 it left in place, though the characters have had points of
/// their own since Unicode 3.1; the last was moved in 2005 already. Source: GB 18030-2022 as described at
/// <https://en.wikipedia.org/wiki/GB_18030>, and the tables of the WHATWG Encoding Standard
/// and of glibc.
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
    ('\u{E81E}', '\u{9FB4}'),
    ('\u{E826}', '\u{9FB5}'),
    ('\u{E82B}', '\u{9FB6}'),
    ('\u{E82C}', '\u{9FB7}'),
    ('\u{E832}', '\u{9FB8}'),
    ('\u{E843}', '\u{9FB9}'),
    ('\u{E854}', '\u{9FBA}'),
    ('\u{E864}', '\u{9FBB}'),
    ('\u{E816}', '\u{20087}'),
    ('\u{E817}', '\u{20089}'),
    ('\u{E818}', '\u{200CC}'),
    ('\u{E831}', '\u{215D7}'),
    ('\u{E83B}', '\u{2298F}'),
    ('\u{E855}', '\u{241FE}'),
    ('\u{E7C7}', '\u{1E3F}'),
];

/// Decodes a field without its padding, and adds to `legibility` what it met.
pub(super) fn decode(bytes: &[u8], legibility: &mut Legibility) -> String {
    let (pairs, _odd_byte) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|&pair| u16::from_le_bytes(pair));
    // Room for the longest UTF-8, so that no copy is left behind by growing.
    let mut padded = String::with_capacity(3 * pairs.len());
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
        for (old, new) in MOVED {
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
                _ => panic!("{point:04x}"),
            };
            let (text, failed) = encoding_rs::GB18030.decode_without_bom_handling(&bytes);
            assert!(!failed);
            // The six that were left in place have their characters at codes of four bytes instead.
            let left = if u32::from(new) > 0xFFFF { old } else { new };
            assert_eq!(text, left.to_string(), "{point:04x}");
        }
    }
}
