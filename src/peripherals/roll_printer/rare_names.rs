//! A rare name from the card's bytes to the dots on the paper.

use kiosk_escpos::simulator::{GreyImage, PrintedPaper, SimulatedPrinter};
use kiosk_escpos::{Bitmap, NoGlyphs};
use kiosk_id_reader::Card;
use kiosk_id_reader::simulator::CardFile;

use super::*;
use crate::peripherals::glyphs::SystemGlyphs;
use crate::peripherals::{card, printer_profiles};

/// The 256 bytes of a card whose name begins with these UTF-16 units.
fn card(name: &[u16]) -> Card {
    let file = r#"{"name": "测试甲乙", "number": "510823195602140029", "valid_until": "长期"}"#;
    let mut text = CardFile::from_json(file).unwrap().to_text().unwrap();
    for (bytes, unit) in text.chunks_mut(2).zip(name) {
        bytes.copy_from_slice(&unit.to_le_bytes());
    }
    Card::from_text(&text).unwrap()
}

/// Prints a ticket for the holder of that card.
fn ticket(name: &[u16], profile: &str, glyphs: &dyn GlyphSource) -> (Profile, PrintedPaper) {
    let resident = card::resident(&card(name)).unwrap();
    let name = resident.name.map(|name| name.masked());
    let paper = TicketPaper { person: Some((name, resident.id.masked())), ..TicketPaper::sample() };
    let profile = printer_profiles::shipped(profile).unwrap();
    let job = ticket_job(&paper, &profile, &Words::shipped("zh").unwrap(), glyphs).unwrap();
    let mut printer = SimulatedPrinter::new(profile.clone());
    printer.receive(&job.bytes(), Duration::ZERO);
    printer.advance(Duration::from_secs(60));
    assert_eq!(printer.faults(), &[] as &[String]);
    (profile, printer.papers().last().unwrap().clone())
}

fn is_there(glyph: &Bitmap, image: &GreyImage) -> bool {
    let black = |x: u32, y: u32| image.pixels()[(y * image.width() + x) as usize] < 128;
    let dots = || (0..glyph.height()).flat_map(|y| (0..glyph.width()).map(move |x| (x, y)));
    let at = |left, top| dots().all(|(x, y)| glyph.get(x, y) == black(left + x, top + y));
    (0..image.height() - glyph.height())
        .any(|top| (0..image.width() - glyph.width()).any(|left| at(left, top)))
}

#[test]
fn moved_and_rare_characters_are_drawn_dot_by_dot() {
    let glyphs = SystemGlyphs::default();
    // 䶮 at its private-use point of old, 𠂇 at one that the standard left in place, then extensions B and E.
    for (units, drawn) in [
        (&[0xE863][..], '䶮'),
        (&[0xE816], '\u{20087}'),
        (&[0xD842, 0xDFB7], '𠮷'),
        (&[0xD86E, 0xDC29], '\u{2B829}'),
    ] {
        for profile in ["vkp80", "generic-58mm"] {
            let (profile, paper) = ticket(units, profile, &glyphs);
            let text = paper.text();
            assert!(text.iter().any(|line| line.starts_with("▣**")), "{drawn}: {text:?}");
            assert!(!text.iter().any(|line| line.contains('〔')), "{drawn}: {text:?}");
            assert!(is_there(&glyphs.glyph(drawn, 24).unwrap(), &paper.render(&profile, &glyphs)), "{drawn}");
        }
    }
}

#[test]
fn a_character_that_nobody_can_draw_is_told_and_the_ticket_comes_out() {
    // A private-use point of somebody's own, an unassigned one, half a surrogate pair.
    for (units, told) in [
        (&[0xE123][..], "〔U+E123〕***"),
        (&[0xD8BF, 0xDFFD], "〔U+3FFFD〕**"),
        (&[0xD840, 0x0020], "〔U+FFFD〕***"),
    ] {
        for profile in ["vkp80", "generic-58mm"] {
            let (_, paper) = ticket(units, profile, &SystemGlyphs::default());
            let text = paper.text();
            assert!(text.iter().any(|line| line.starts_with(told)), "{text:?}");
            assert!(text.iter().any(|line| line.contains("打不出的字")), "{text:?}");
            assert!(
                text.concat().contains("服务热线 12345") && !text.concat().contains(['?', '\u{FFFD}', '□'])
            );
        }
    }
}

#[test]
fn a_system_without_fonts_prints_tickets_too() {
    let (_, paper) = ticket(&[0xD842, 0xDFB7], "vkp80", &NoGlyphs);
    assert!(paper.text().iter().any(|line| line.starts_with("〔U+20BB7〕**")));
}
