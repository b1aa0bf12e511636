//! What can become of each page beyond its usual day: nothing, too much, the longest names, every fault.

use kiosk::domain::class::ClassLetter;
use kiosk::domain::device::{CardTrouble, PaperTrouble, Printer};
use kiosk::domain::hours::DoorState;
use kiosk::domain::id_number::WrongIdNumber;
use kiosk::domain::priority::Priority;
use kiosk::engine::scene::{Banner, Home, Manner, Scene, Shown};
use kiosk::visit::Typed;
use kiosk::visit::view::{ClassChoice, Notice, Page, PersonView, ReaderFace, Summary, TicketView};

use super::{NOW, classes, home, options, scene, ticket};

/// The longest name of a class that `site.toml` may give.
const LONGEST: &str = "农村危房改造和宅基地审批登记发证";
/// Names of classes as halls have them; twenty of them.
const MANY: [&str; 20] = [
    "社会保障",
    "医疗保障",
    "民政救助",
    "户籍居住",
    "农业农村",
    "退役军人",
    "卫生健康",
    "残疾人服务",
    "不动产登记",
    "税费与发票",
    "住房公积金",
    "市场监督管理",
    "公共法律服务",
    "就业创业",
    "林业和草原",
    "水利水务",
    "农机购置补贴",
    "工会与妇女儿童",
    "公安交管",
    "其他事项",
];

/// All of them in one manner, by name.
pub(super) fn states(elder: bool, contrast: bool) -> Vec<(&'static str, Scene)> {
    let manner = Manner { language: "zh".to_owned(), elder, contrast };
    let at = |(name, page)| (name, scene(page, manner.clone()));
    let mut states: Vec<_> = homes().into_iter().chain(ways_in()).chain(choices()).map(at).collect();
    states.extend(ends().into_iter().map(at));
    states.extend(over_all(&manner));
    states
}

fn visit(name: &'static str, page: Page) -> (&'static str, Shown) {
    (name, Shown::Visit(page))
}

fn homes() -> Vec<(&'static str, Shown)> {
    let shut = |next| Home { door: DoorState::Closed { next }, waiting: 0, ..home(false) };
    vec![
        ("home, shut", Shown::Home(shut(Some(NOW)))),
        ("home, shut for long", Shown::Home(shut(None))),
        (
            "home, nobody waits",
            Shown::Home(Home {
                waiting: 0,
                without_card: false,
                door: DoorState::Open { until: None },
                ..home(false)
            }),
        ),
        ("home, hundreds wait", Shown::Home(Home { waiting: 1286, windows: 24, ..home(false) })),
    ]
}

fn ways_in() -> Vec<(&'static str, Shown)> {
    let card = |name, reader, without_card| visit(name, Page::PlaceCard { reader, without_card });
    let failed = ReaderFace::Failed;
    let keypad = |name, keys: &str, wrong, complete| {
        let mut shown = Typed::default();
        keys.chars().for_each(|key| shown.push(key));
        visit(name, Page::Keypad { shown, wrong, complete })
    };
    vec![
        card("place card, implausible", failed(CardTrouble::Implausible), true),
        card("place card, unknown kind", failed(CardTrouble::UnknownKind), true),
        card("place card, occupied", ReaderFace::Occupied, true),
        card("place card, no reader", ReaderFace::Missing, true),
        card("place card, card only", ReaderFace::Waiting, false),
        keypad("keypad, empty", "", None, false),
        keypad("keypad, begun", "510••••", None, false),
        keypad("keypad, too short", "510••••", Some(WrongIdNumber::Length), false),
        keypad("keypad, hidden", "510•••••••••••••28", None, true),
    ]
}

fn choices() -> Vec<(&'static str, Shown)> {
    let choose = |name, classes, notice| visit(name, Page::ChooseClass { classes, notice });
    let many = |count| named(MANY.into_iter().take(count));
    let mut full = classes();
    full.iter_mut().for_each(|class| class.full = true);
    let mut none = options();
    none.iter_mut().for_each(|option| option.chosen = false);
    none.retain(|option| option.priority != Priority::Elder);
    let mut every = options();
    every.iter_mut().for_each(|option| option.chosen = true);
    // The second sheet is one touch away: whoever draws it presses the tile that turns the sheet.
    vec![
        choose("choose class, one", many(1), None),
        choose("choose class, three", many(3), None),
        choose("choose class, five", many(5), Some(Notice::CardExpired)),
        choose("choose class, twenty", many(20), Some(Notice::TakeCardBack)),
        choose("choose class, second sheet", many(20), None),
        choose("choose class, long names", named([LONGEST; 8]), None),
        choose("choose class, all full", full, None),
        visit("priority, nothing seen", Page::Priority { options: none }),
        visit("priority, all of them", Page::Priority { options: every }),
        visit("confirm, nobody ahead", Page::Confirm(Summary { people_ahead: 0, ..summary() })),
        visit(
            "confirm, no card",
            Page::Confirm(Summary { name: None, id: None, priorities: Vec::new(), ..summary() }),
        ),
        visit(
            "confirm, long",
            Page::Confirm(Summary {
                name: Some("阿***************".to_owned()),
                class: LONGEST.to_owned(),
                priorities: Priority::ALL.to_vec(),
                windows: (1..=12).collect(),
                people_ahead: 1286,
                ..summary()
            }),
        ),
    ]
}

fn ends() -> Vec<(&'static str, Shown)> {
    let take = |name, ticket, from| visit(name, Page::TakeTicket { ticket, from, seconds_left: 20 });
    let dispenser = Some(Printer::Dispenser);
    let not = |name, trouble, doubtful, reprint, number: Option<&str>| {
        let (number, printer) = (number.map(str::to_owned), Printer::Dispenser);
        visit(name, Page::NotPrinted { number, printer, trouble, doubtful, reprint, other: None })
    };
    let void = |name, trouble| not(name, trouble, false, false, Some("A023"));
    let other =
        |name, doubtful, reprint, number| not(name, PaperTrouble::CoverOpen, doubtful, reprint, number);
    let plain = || TicketView { qr: None, people_ahead: 0, ..ticket() };
    vec![
        visit("printing, receipt printer", Page::Printing { printer: Printer::Receipt, reprint: true }),
        take("take ticket, no code", plain(), dispenser),
        take("take ticket, paperless, no code", plain(), None),
        take("take ticket, long", long_ticket(), dispenser),
        take("take ticket, no window", TicketView { windows: Vec::new(), ..ticket() }, dispenser),
        void("not printed, cover open", PaperTrouble::CoverOpen),
        void("not printed, jam", PaperTrouble::Jam),
        void("not printed, no answer", PaperTrouble::NoAnswer),
        void("not printed, out of order", PaperTrouble::OutOfOrder),
        other("not printed, in doubt", true, false, Some("A023")),
        other("not printed, still valid", false, true, Some("A023")),
        other("not printed, no number", false, false, None),
        visit("live ticket, no printer", Page::LiveTicket { ticket: ticket(), can_reprint: false }),
        visit("live ticket, long", Page::LiveTicket { ticket: long_ticket(), can_reprint: true }),
        visit("closed, opens today", Page::Closed { next: Some(NOW.date().at(13, 0, 0, 0)) }),
        visit("closed for long", Page::Closed { next: None }),
        visit("class full, long name", Page::ClassFull { class: LONGEST.to_owned() }),
    ]
}

/// What lies over pages or stands on the first one.
fn over_all(manner: &Manner) -> Vec<(&'static str, Scene)> {
    let on = |page| scene(page, manner.clone());
    let home = || on(Shown::Home(home(false)));
    let banner = |name, banner| (name, Scene { banner: Some(banner), ..home() });
    let card = Page::PlaceCard { reader: ReaderFace::Waiting, without_card: true };
    let taken = Page::TakeTicket { ticket: ticket(), from: Some(Printer::Dispenser), seconds_left: 20 };
    let rare = PersonView { name: Some("\u{20BB7}*".to_owned()), id: "510*************28".to_owned() };
    vec![
        banner("home, store trouble", Banner::StoreTrouble),
        banner("home, clock behind", Banner::ClockBehind),
        banner(
            "home, another printer",
            Banner::Printer(Printer::Dispenser, PaperTrouble::PaperOut, Some(Printer::Receipt)),
        ),
        banner("home, no reader", Banner::Reader),
        banner("home, paper left", Banner::PaperLeft),
        ("help, card left", Scene { card_left: true, ..on(Shown::Help) }),
        ("take ticket, card left", Scene { card_left: true, ..on(Shown::Visit(taken)) }),
        ("idle countdown, place card", Scene { countdown: Some((17, 30)), ..on(Shown::Visit(card)) }),
        ("choose class, rare name", {
            let page = Page::ChooseClass { classes: classes(), notice: None };
            Scene { person: Some(rare), ..on(Shown::Visit(page)) }
        }),
    ]
}

fn named(names: impl IntoIterator<Item = &'static str>) -> Vec<ClassChoice> {
    let letters = ('A'..='Z').filter_map(ClassLetter::new);
    let class = |((letter, name), waiting): ((ClassLetter, &str), u32)| ClassChoice {
        letter,
        name: name.to_owned(),
        waiting,
        full: waiting == 6,
    };
    letters.zip(names).zip(0..).map(class).collect()
}

fn summary() -> Summary {
    match super::confirm() {
        Page::Confirm(summary) => summary,
        _ => unreachable!("that page has a summary"),
    }
}

fn long_ticket() -> TicketView {
    TicketView {
        number: "A1023".to_owned(),
        class: LONGEST.to_owned(),
        windows: (1..=12).collect(),
        people_ahead: 1286,
        ..ticket()
    }
}
