//! What stands on a page for a character of a name that no font can know: its code point, as on paper; never a box,
//! never a question mark.
//!
//! Characters that Unicode has are drawn by the system's fonts; `kiosk check` says where those lack a block.

/// A name with `〔U+E123〕` in place of each private-use character and of each that was none on the card.
pub(super) fn legible(name: &str) -> String {
    let mut legible = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{FFFD}'..='\u{FFFF}' | '\u{F0000}'..) {
            legible.push_str(&format!("〔U+{:04X}〕", u32::from(c)));
        } else {
            legible.push(c);
        }
    }
    legible
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_font_can_know_is_told_and_all_else_stays() {
        for (name, shown) in [
            ("张*", "张*"),
            ("𠮷*", "𠮷*"),
            ("䶮**", "䶮**"),
            ("\u{E123}*", "〔U+E123〕*"),
            ("\u{FFFD}***", "〔U+FFFD〕***"),
            ("\u{F0001}", "〔U+F0001〕"),
            ("", ""),
        ] {
            assert_eq!(legible(name), shown);
        }
    }
}
