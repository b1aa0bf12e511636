//! Every cause that a person may be told of has its words, in every language.

use std::collections::BTreeMap;

use kiosk::domain::device::{CardTrouble, PaperTrouble, Printer};
use kiosk::domain::id_number::WrongIdNumber;
use kiosk::domain::priority::Priority;
use kiosk::engine::scene::{Banner, Scene, Shown};
use kiosk::visit::view::{Page, ReaderFace};
use kiosk::words::Words;

use crate::hand::{SCREENS, pages, said};
use crate::scenes;

/// All of them; the match makes a new one fail to compile here until it is listed.
fn banners() -> Vec<Banner> {
    let known = |banner| match banner {
        Banner::StoreTrouble
        | Banner::ClockBehind
        | Banner::Printer(..)
        | Banner::Reader
        | Banner::PaperLeft => banner,
    };
    let others = [Banner::StoreTrouble, Banner::ClockBehind, Banner::Reader, Banner::PaperLeft].map(known);
    others
        .into_iter()
        .chain(PaperTrouble::ALL.map(|trouble| Banner::Printer(Printer::Dispenser, trouble, None)))
        .chain([Banner::Printer(Printer::Dispenser, PaperTrouble::Jam, Some(Printer::Receipt))])
        .collect()
}

/// The same for what is wrong with a typed number.
fn wrong_numbers() -> [WrongIdNumber; 4] {
    let known = |wrong| match wrong {
        WrongIdNumber::Length
        | WrongIdNumber::Character
        | WrongIdNumber::BirthDate
        | WrongIdNumber::Check => wrong,
    };
    [WrongIdNumber::Length, WrongIdNumber::Character, WrongIdNumber::BirthDate, WrongIdNumber::Check]
        .map(known)
}

fn keys() -> Vec<String> {
    let paper = PaperTrouble::ALL.map(|trouble| format!("not-printed.cause.{}", trouble.code()));
    let card = CardTrouble::ALL.map(|trouble| format!("reader.trouble.{}", trouble.code()));
    let priority = Priority::ALL.map(|priority| format!("priority.{}", priority.code()));
    let spoken = PaperTrouble::ALL.map(|trouble| format!("say.cause.{}", trouble.code()));
    let spoken_card = CardTrouble::ALL.map(|trouble| format!("say.reader.{}", trouble.code()));
    let on_paper = Priority::ALL.map(|priority| format!("paper.priority.{}", priority.code()));
    paper.into_iter().chain(card).chain(priority).chain(on_paper).chain(spoken).chain(spoken_card).collect()
}

#[test]
fn every_language_file_has_the_words_of_every_cause() {
    for language in Words::codes() {
        let file = format!("{}/assets/lang/{language}.toml", env!("CARGO_MANIFEST_DIR"));
        let texts: BTreeMap<String, String> =
            toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        for key in keys() {
            assert!(texts.get(&key).is_some_and(|text| !text.trim().is_empty()), "{key} in {language}");
        }
    }
}

/// A scene of each cause.
pub fn told(language: &str) -> Vec<(String, Scene)> {
    let base = |wanted: &str| {
        let (_, mut scene) = scenes::all(false, false).into_iter().find(|(name, _)| *name == wanted).unwrap();
        scene.manner.language = language.to_owned();
        scene
    };
    let mut told = Vec::new();
    for trouble in PaperTrouble::ALL {
        for (doubtful, reprint, printer, other) in [
            (false, false, Printer::Dispenser, None),
            (true, false, Printer::Dispenser, Some(Printer::Receipt)),
            (false, true, Printer::Receipt, None),
        ] {
            let number = Some("A023".to_owned());
            let page = Page::NotPrinted { number, printer, trouble, doubtful, reprint, other };
            told.push((
                format!("{trouble:?} {doubtful} {reprint}"),
                Scene { page: Shown::Visit(page), ..base("not printed") },
            ));
        }
    }
    for trouble in CardTrouble::ALL {
        let page = Page::PlaceCard { reader: ReaderFace::Failed(trouble), without_card: true };
        told.push((format!("{trouble:?}"), Scene { page: Shown::Visit(page), ..base("place card") }));
    }
    for wrong in wrong_numbers() {
        let mut scene = base("keypad");
        if let Shown::Visit(Page::Keypad { wrong: shown, .. }) = &mut scene.page {
            *shown = Some(wrong);
        }
        told.push((format!("{wrong:?}"), scene));
    }
    for banner in banners() {
        told.push((format!("{banner:?}"), Scene { banner: Some(banner), ..base("home") }));
    }
    told
}

#[test]
fn every_cause_is_told_on_its_page_in_every_language() {
    for language in Words::codes() {
        std::thread::spawn(move || {
            let pages = pages(SCREENS[0]);
            let words = Words::shipped(language).unwrap();
            let quiet = |name: &str| {
                let (_, mut scene) =
                    scenes::all(false, false).into_iter().find(|(known, _)| *known == name).unwrap();
                scene.manner.language = language.to_owned();
                scene
            };
            pages.show(&quiet("home"));
            let calm = said(&pages);
            for (cause, scene) in told(language) {
                pages.show(&scene);
                let said = said(&pages);
                if scene.banner.is_some() {
                    let more = said.iter().filter(|text| !calm.contains(text)).count();
                    assert!(more > 0, "nothing is said of {cause} in {language}");
                }
                if let Shown::Visit(Page::NotPrinted { trouble, printer, other, .. }) = &scene.page {
                    let name = |printer: Printer| match printer {
                        Printer::Dispenser => words.text(language, "printer.ticket_dispenser"),
                        Printer::Receipt => words.text(language, "printer.receipt_printer"),
                    };
                    let key = match trouble.code() {
                        "paper_out" => "not-printed.cause.paper_out",
                        "cover_open" => "not-printed.cause.cover_open",
                        "jam" => "not-printed.cause.jam",
                        "no_answer" => "not-printed.cause.no_answer",
                        _ => "not-printed.cause.out_of_order",
                    };
                    let cause_words = words.fill(language, key, &[name(*printer)]);
                    if let Some(other) = other {
                        let offer = words.fill(language, "not-printed.other", &[name(*other)]);
                        assert!(said.contains(&offer), "{cause} in {language} offers no {offer}");
                    }
                    let text = said.concat();
                    assert!(
                        text.contains(&cause_words) && text.contains("A023"),
                        "{cause} in {language}: {said:?}"
                    );
                }
            }
        })
        .join()
        .unwrap();
    }
}
