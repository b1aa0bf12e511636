//! A test slip: says what it is and shows what the printer can, and carries no number that somebody could wait with.

use jiff::civil::DateTime;
use kiosk_escpos::{Align, Document, Element, Size};

use crate::words::Words;

/// Everything that a test slip says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestSlip {
    /// The site's name.
    pub site: String,
    /// The terminal.
    pub terminal: String,
    /// When it was ordered, in the site's time zone.
    pub printed_at: DateTime,
}

/// Lays it out: large, usual and rare characters, a rule over the whole width, a QR, the cut.
#[must_use]
pub fn test_slip(slip: &TestSlip, words: &Words) -> Document {
    let language = words.languages().first().map_or("zh", String::as_str);
    let text = |key: &'static str| words.text(language, key);
    let at = slip.printed_at.strftime("%Y-%m-%d %H:%M").to_string();
    Document::new()
        .centred(&slip.site)
        .gap()
        .text(text("paper.test"), Align::Centre, Size::square(4), true)
        .text(text("paper.test.no-ticket"), Align::Centre, Size::square(2), false)
        .rule()
        .centred(text("paper.test.line"))
        .pair(&at, &slip.terminal)
        .rule()
        .gap()
        .qr(&format!("{} {at}", slip.terminal), 21)
        .gap()
        .with(Element::Cut)
}

#[cfg(test)]
mod tests {
    use kiosk_escpos::{NoGlyphs, Profile, encode};

    use super::*;

    #[test]
    fn every_shipped_printer_prints_it_and_no_number_stands_on_it() {
        let words = Words::shipped("zh").unwrap();
        let slip = TestSlip {
            site: "示例便民服务中心".into(),
            terminal: "T01".into(),
            printed_at: jiff::civil::date(2026, 11, 24).at(10, 24, 0, 0),
        };
        let document = test_slip(&slip, &words);
        let said: String = document
            .elements()
            .iter()
            .map(|element| match element {
                Element::Text { content, .. } => format!("{}\n", content.as_str()),
                Element::Pair { left, right } => format!("{} {}\n", left.as_str(), right.as_str()),
                _ => String::new(),
            })
            .collect();
        assert!(said.contains("这不是号票") && said.contains("2026-11-24 10:24"), "{said}");
        for (name, profile) in crate::peripherals::printer_profiles::SHIPPED {
            let profile: Profile = profile.parse().unwrap();
            assert!(!encode(&document, &profile, &NoGlyphs).unwrap().bytes().is_empty(), "{name}");
        }
    }
}
