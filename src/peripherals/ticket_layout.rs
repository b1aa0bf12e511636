//! A ticket on paper: which words stand where, for rolls of 80 and 58 mm.
//!
//! The number stands six times as large as the text, five times on narrow paper; nothing stands beside the QR.

use kiosk_escpos::{Align, Document, Size};

use super::TicketPaper;
use crate::words::Words;

/// The number that residents call for help.
pub const HOTLINE: &str = "12345";

/// Below this many columns a roll counts as narrow (58 mm).
const WIDE_COLUMNS: u32 = 40;

/// Lays a ticket out for a roll of that many half-width columns.
#[must_use]
pub fn ticket(paper: &TicketPaper, columns: u32, words: &Words) -> Document {
    laid_out(paper, columns, words, false)
}

/// The same for a ticket with a character that nobody can draw: it says what the code point in its place is.
#[must_use]
pub fn ticket_with_note(paper: &TicketPaper, columns: u32, words: &Words) -> Document {
    laid_out(paper, columns, words, true)
}

fn laid_out(paper: &TicketPaper, columns: u32, words: &Words, note: bool) -> Document {
    let wide = columns >= WIDE_COLUMNS;
    let language = words.languages().first().map_or("zh", String::as_str);
    let text = |key: &str| words.text(language, key).to_owned();
    let fill = |key: &str, with: &str| words.fill(language, key, &[with]);
    let mut page = Document::new().centred(&paper.site).gap();
    if paper.reprint {
        page = page.text(&text("paper.reprint"), Align::Centre, Size::square(2), false);
    }
    page = page
        .text(&paper.number, Align::Centre, Size::square(if wide { 6 } else { 5 }), true)
        .text(&paper.class, Align::Centre, Size::square(2), true)
        .rule()
        .pair(&text("paper.ahead"), &fill("paper.people", &paper.people_ahead.to_string()));
    let joint = text("list-joint");
    let windows: Vec<_> = paper.windows.iter().map(u16::to_string).collect();
    let go_to = if windows.is_empty() {
        text("paper.no-window")
    } else {
        fill("paper.windows", &windows.join(&joint))
    };
    page = page.pair(&text("paper.go-to"), &go_to);
    if !paper.priorities.is_empty() {
        let reasons: Vec<_> = paper
            .priorities
            .iter()
            .map(|priority| text(&format!("paper.priority.{}", priority.code())))
            .collect();
        page = page.pair(&text("paper.priority"), &reasons.join(&joint));
    }
    page = page.rule();
    if let Some((name, number)) = &paper.person {
        page = page.pair(name.as_deref().unwrap_or_default(), number);
    }
    if note {
        page = page.line(&text("paper.undrawn"));
    }
    let terminal = if wide { fill("paper.terminal", &paper.terminal) } else { paper.terminal.clone() };
    page = page
        .pair(&paper.taken_at.strftime("%Y-%m-%d %H:%M").to_string(), &terminal)
        .gap()
        .qr(&paper.qr, if wide { 25 } else { 21 })
        .gap();
    if paper.qr_opens_page {
        page = page.centred(&text("paper.scan"));
    }
    let missed = if wide { "paper.missed" } else { "paper.missed.narrow" };
    page.centred(&text(missed)).centred(&fill("paper.hotline", HOTLINE)).with(kiosk_escpos::Element::Cut)
}

#[cfg(test)]
mod tests {
    use kiosk_escpos::{Element, NoGlyphs, Profile, encode};

    use super::*;

    fn texts(document: &Document) -> Vec<String> {
        document
            .elements()
            .iter()
            .map(|element| match element {
                Element::Text { content, .. } => content.to_string(),
                Element::Pair { left, right } => format!("{}|{}", left.as_str(), right.as_str()),
                Element::Rule => "-".into(),
                Element::Qr { data, .. } => format!("qr {}", data.as_str()),
                Element::Gap => String::new(),
                Element::Cut => "cut".into(),
            })
            .collect()
    }

    #[test]
    fn a_ticket_says_what_the_drawing_says() {
        let words = Words::shipped("zh").unwrap();
        assert_eq!(
            texts(&ticket(&TicketPaper::sample(), 48, &words)),
            [
                "剑阁县普安镇便民服务中心",
                "",
                "A023",
                "社会保障",
                "-",
                "前面还有|5 人",
                "请到|1、2、3 号窗口",
                "优先|孕妇或带婴儿",
                "-",
                "测*|510*************28",
                "2026-11-24 10:24|终端 T01",
                "",
                "qr https://example.invalid/t/0123456789ABCDEFGHJKMNPQ",
                "",
                "手机扫码看排队",
                "过号了不要急，请到窗口说一声",
                "服务热线 12345",
                "cut",
            ]
        );
    }

    #[test]
    fn a_reprint_says_so_and_a_plain_ticket_leaves_out_what_nobody_knows() {
        let words = Words::shipped("zh").unwrap();
        let plain = TicketPaper {
            priorities: Vec::new(),
            person: None,
            windows: Vec::new(),
            qr_opens_page: false,
            reprint: true,
            ..TicketPaper::sample()
        };
        let texts = texts(&ticket(&plain, 32, &words));
        assert!(texts.iter().position(|text| text == "补打") < texts.iter().position(|text| text == "A023"));
        assert!(texts.contains(&"请到|服务台".to_owned()));
        assert!(!texts.iter().any(|text| text.starts_with("优先") || text == "手机扫码看排队"));
        assert!(texts.contains(&"2026-11-24 10:24|T01".to_owned()));
    }

    #[test]
    fn it_stays_under_700_bytes_on_every_printer_with_chinese_and_codes() {
        let words = Words::shipped("zh").unwrap();
        for (name, profile) in crate::peripherals::printer_profiles::SHIPPED {
            let profile: Profile = profile.parse().unwrap();
            let text = kiosk_escpos::charset::Charset::Gb2312;
            if profile.text.charset < text || profile.qr.is_none() {
                // What it lacks is drawn, which takes more.
                continue;
            }
            let document = ticket(&TicketPaper::sample(), profile.paper.columns, &words);
            let bytes = encode(&document, &profile, &NoGlyphs).unwrap().bytes().len();
            assert!(bytes <= 700, "{name}: {bytes}");
        }
    }
}
