//! Every page that the terminal can show, filled as on a busy day; [`states`] has all that can become of each. No
//! person in them exists.

mod service;
mod states;

use jiff::civil::{DateTime, date};
use kiosk::domain::class::ClassLetter;
use kiosk::domain::device::{CardTrouble, PaperTrouble, Printer};
use kiosk::domain::hours::DoorState;
use kiosk::domain::id_number::WrongIdNumber;
use kiosk::domain::priority::Priority;
use kiosk::engine::scene::{Banner, Home, Manner, Scene, Shown};
use kiosk::visit::Typed;
use kiosk::visit::view::{
    ClassChoice, Notice, Page, PersonView, PriorityChoice, ReaderFace, Summary, TicketView,
};

const NOW: DateTime = date(2026, 11, 24).at(10, 24, 0, 0);
const CLASSES: [(char, &str); 8] = [
    ('A', "社会保障"),
    ('B', "医疗保障"),
    ('C', "民政救助"),
    ('D', "户籍居住"),
    ('E', "农业农村"),
    ('F', "退役军人"),
    ('G', "卫生健康"),
    ('H', "其他事项"),
];

/// Ways in which a page can be shown.
pub(crate) const MANNERS: [(&str, bool, bool); 4] = [
    ("usual", false, false),
    ("elder", true, false),
    ("high contrast", false, true),
    ("elder, high contrast", true, true),
];

/// Every state of every page in one manner, by name; a name is a file's name too.
pub(crate) fn every(elder: bool, contrast: bool) -> Vec<(&'static str, Scene)> {
    let mut scenes = all(elder, contrast);
    scenes.extend(states::states(elder, contrast));
    scenes
}

/// Each page once, in one manner, by name.
pub(crate) fn all(elder: bool, contrast: bool) -> Vec<(&'static str, Scene)> {
    let manner = Manner { language: "zh".to_owned(), elder, contrast };
    let scene = |page| scene(page, manner.clone());
    let mut scenes: Vec<_> = pages().into_iter().map(|(name, page)| (name, scene(page))).collect();
    let home = || scene(Shown::Home(home(false)));
    scenes.push((
        "home with a notice",
        Scene { banner: Some(Banner::Printer(Printer::Dispenser, PaperTrouble::PaperOut, None)), ..home() },
    ));
    scenes.push(("home, card left", Scene { card_left: true, ..home() }));
    scenes.extend(
        service::pages().into_iter().map(|(name, view)| (name, scene(Shown::Service(Box::new(view))))),
    );
    scenes.push(("idle countdown", Scene { countdown: Some((9, 15)), ..scene(Shown::Visit(confirm())) }));
    scenes
}

fn pages() -> Vec<(&'static str, Shown)> {
    let visit = |name, page| (name, Shown::Visit(page));
    vec![
        ("home", Shown::Home(home(false))),
        ("home, more services", Shown::Home(home(true))),
        ("help", Shown::Help),
        visit("place card", Page::PlaceCard { reader: ReaderFace::Waiting, without_card: true }),
        visit("place card, reading", Page::PlaceCard { reader: ReaderFace::Reading, without_card: true }),
        visit(
            "place card, failed",
            Page::PlaceCard { reader: ReaderFace::Failed(CardTrouble::Unreadable), without_card: true },
        ),
        visit("keypad", Page::Keypad { shown: typed(), wrong: Some(WrongIdNumber::Check), complete: true }),
        visit("choose class", Page::ChooseClass { classes: classes(), notice: Some(Notice::TakeCardBack) }),
        visit("priority", Page::Priority { options: options() }),
        visit("confirm", confirm()),
        visit("printing", Page::Printing { printer: Printer::Dispenser, reprint: false }),
        visit(
            "take ticket",
            Page::TakeTicket { ticket: ticket(), from: Some(Printer::Dispenser), seconds_left: 20 },
        ),
        visit(
            "take ticket, receipt printer",
            Page::TakeTicket { ticket: ticket(), from: Some(Printer::Receipt), seconds_left: 20 },
        ),
        visit("take ticket, paperless", Page::TakeTicket { ticket: ticket(), from: None, seconds_left: 60 }),
        visit(
            "not printed",
            Page::NotPrinted {
                number: Some("A023".to_owned()),
                printer: Printer::Dispenser,
                trouble: PaperTrouble::PaperOut,
                doubtful: false,
                reprint: false,
                other: None,
            },
        ),
        visit(
            "not printed, another printer",
            Page::NotPrinted {
                number: Some("A023".to_owned()),
                printer: Printer::Dispenser,
                trouble: PaperTrouble::Jam,
                doubtful: true,
                reprint: false,
                other: Some(Printer::Receipt),
            },
        ),
        visit("live ticket", Page::LiveTicket { ticket: ticket(), can_reprint: true }),
        visit("closed", Page::Closed { next: Some(date(2026, 11, 25).at(9, 0, 0, 0)) }),
        visit("class full", Page::ClassFull { class: "退役军人".to_owned() }),
        visit("trouble", Page::Trouble),
    ]
}

fn scene(page: Shown, manner: Manner) -> Scene {
    let on_a_journey = matches!(page, Shown::Visit(_));
    let step = match &page {
        Shown::Visit(page) => step(page),
        _ => 0,
    };
    // The paper cannot be called back, and from the first page there is nowhere to go.
    let can_leave =
        !matches!(page, Shown::Home(Home { more: false, .. }) | Shown::Visit(Page::Printing { .. }));
    Scene {
        progress: on_a_journey.then_some((step, 5)),
        person: on_a_journey
            .then(|| PersonView { name: Some("测*".to_owned()), id: "510*************28".to_owned() }),
        can_back: can_leave && step < 5,
        can_home: can_leave,
        can_change_manner: true,
        can_repeat: true,
        countdown: None,
        card_left: false,
        manner,
        clock: NOW,
        banner: None,
        page,
    }
}

/// The step of the journey on which a page stands; after the last one all are done.
fn step(page: &Page) -> usize {
    match page {
        Page::PlaceCard { .. } | Page::Keypad { .. } => 1,
        Page::ChooseClass { .. } | Page::LiveTicket { .. } | Page::Closed { .. } | Page::ClassFull { .. } => {
            2
        }
        Page::Priority { .. } => 3,
        Page::Confirm(_) => 4,
        Page::Printing { .. } | Page::NotPrinted { .. } | Page::Trouble => 5,
        Page::TakeTicket { .. } => 6,
    }
}

fn home(more: bool) -> Home {
    Home {
        more,
        door: DoorState::Open { until: Some(date(2026, 11, 24).at(12, 0, 0, 0)) },
        windows: 3,
        waiting: 17,
        without_card: true,
        reader: true,
    }
}

fn classes() -> Vec<ClassChoice> {
    let letters = CLASSES.iter().filter_map(|(letter, name)| Some((ClassLetter::new(*letter)?, *name)));
    letters
        .zip(0..)
        .map(|((letter, name), waiting)| ClassChoice {
            letter,
            name: name.to_owned(),
            waiting,
            full: waiting == 5,
        })
        .collect()
}

fn options() -> Vec<PriorityChoice> {
    let option = |priority| PriorityChoice {
        priority,
        chosen: matches!(priority, Priority::Elder | Priority::Pregnant),
        seen: priority == Priority::Elder,
    };
    Priority::ALL.map(option).to_vec()
}

/// A number whose check character is wrong.
fn typed() -> Typed {
    let mut typed = Typed::default();
    "510899195001010010".chars().for_each(|key| typed.push(key));
    typed
}

fn confirm() -> Page {
    let Some(letter) = ClassLetter::new('A') else { return Page::Trouble };
    Page::Confirm(Summary {
        name: Some("测*".to_owned()),
        id: Some("510*************28".to_owned()),
        letter,
        class: "社会保障".to_owned(),
        priorities: vec![Priority::Elder],
        windows: vec![1, 2, 3],
        people_ahead: 5,
    })
}

fn ticket() -> TicketView {
    TicketView {
        number: "A023".to_owned(),
        class: "社会保障".to_owned(),
        windows: vec![1, 2, 3],
        people_ahead: 5,
        qr: Some("https://example.invalid/t/0123456789".to_owned()),
        taken_at: NOW,
    }
}
