//! The engine as its neighbours see it: messages in, wishes out, on a real store.

mod owed;
mod service;

use std::collections::VecDeque;

use tempfile::TempDir;

use super::scene::Shown;
use super::*;
use crate::desk::SiteRules;
use crate::domain::chance::Chance;
use crate::domain::class::{Class, ClassLetter};
use crate::domain::device::{
    CardTrouble, Health, HealthState, PaperTrouble, PerPrinter, PrintResult, Printer,
};
use crate::domain::hours::Opening;
use crate::domain::id_number::IdNumber;
use crate::domain::resident::{PersonName, Resident};
use crate::domain::window::{Serves, Window};
use crate::peripherals::{JobId, PrinterNews, TestSlip, TicketPaper};
use crate::store::{Store, StoreKey};
use crate::visit::view::Page;

struct Counted(u64);

impl Chance for Counted {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            self.0 += 1;
            let value = self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes();
            chunk.copy_from_slice(&value[..chunk.len()]);
        }
    }
}

struct Terminal {
    engine: Engine,
    mono: Duration,
    papers: VecDeque<(JobId, TicketPaper)>,
    slips: Vec<(JobId, TestSlip)>,
    tries: Vec<(u32, bool)>,
    wakes: usize,
    folder: TempDir,
}

impl Terminal {
    fn start() -> Self {
        Self::with_printers(PerPrinter { dispenser: true, receipt: false })
    }

    fn with_printers(has_printer: PerPrinter<bool>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), &StoreKey::from_bytes([1; 32])).unwrap();
        let class = |letter, name: &str| Class {
            letter: ClassLetter::new(letter).unwrap(),
            name: name.into(),
            numbers: "001-999".parse().unwrap(),
            daily_limit: None,
        };
        let rules = SiteRules {
            terminal: "T01".into(),
            time_zone: jiff::tz::TimeZone::get("Asia/Shanghai").unwrap(),
            opening: Opening::always(),
            classes: vec![class('A', "社会保障"), class('B', "医疗保障")],
            windows: vec![Window { number: 1, name: "综合窗口".into(), serves: Serves::All }],
        };
        let desk = Desk::open(store, rules, Box::new(Counted(1)), clock(Duration::ZERO)).unwrap();
        let settings = Settings {
            site_name: "示例便民服务中心".into(),
            languages: vec!["zh".into(), "en".into()],
            ticket_without_card: true,
            ticket_url: None,
            has_reader: true,
            has_printer,
            has_platform: true,
            has_sound: true,
        };
        let engine = Engine::new(desk, settings).unwrap();
        let mut terminal = Self {
            engine,
            mono: Duration::from_secs(10),
            papers: VecDeque::new(),
            slips: Vec::new(),
            tries: Vec::new(),
            wakes: 0,
            folder,
        };
        terminal.tell(Input::Reader(ReaderNews::Health(ready())));
        terminal.tell(Input::Printer(Printer::Dispenser, PrinterNews::Health(ready())));
        terminal
    }

    fn tell(&mut self, input: Input) {
        for out in self.engine.handle(input, clock(self.mono)) {
            match out {
                Out::Print(_, job, paper) => self.papers.push_back((job, *paper)),
                Out::Wake => self.wakes += 1,
                Out::TestPrint(_, job, slip) => self.slips.push((job, *slip)),
                Out::CheckPin(number, tried) => self.tries.push((number, tried.is_right())),
                Out::Show(_) | Out::Sound(_) => {}
            }
        }
    }

    /// A touch by somebody who has looked at the page first.
    fn touch(&mut self, act: Act) {
        self.mono += Duration::from_millis(300);
        self.tell(Input::Act(act));
    }

    fn touches(&mut self, acts: &[Act]) {
        for act in acts {
            self.touch(*act);
        }
    }

    fn wait(&mut self, seconds: u64) {
        self.mono += Duration::from_secs(seconds);
        self.tell(Input::Tick);
    }

    fn page(&self) -> &'static str {
        self.engine.page_name()
    }

    fn scene(&self) -> &Scene {
        self.engine.shown.as_ref().unwrap()
    }

    fn printed(&mut self, result: PrintResult) -> TicketPaper {
        let (job, paper) = self.papers.pop_front().unwrap();
        self.tell(Input::Printer(Printer::Dispenser, PrinterNews::Done { job, result }));
        paper
    }

    fn events(&self) -> Vec<String> {
        let waiting = self.engine.outbox.waiting(100, |_| true).unwrap();
        waiting.into_iter().map(|event| event.kind).collect()
    }
}

const CONFIRMED: PrintResult = PrintResult::Printed { confirmed: true };

fn clock(mono: Duration) -> Now {
    let start: jiff::Timestamp = "2026-11-24T02:00:00Z".parse().unwrap();
    Now { wall: start + jiff::SignedDuration::try_from(mono).unwrap(), mono }
}

fn ready() -> Health {
    Health { state: HealthState::Ready, detail: "ready".into() }
}

fn trouble(trouble: PaperTrouble) -> Health {
    Health { state: HealthState::Trouble(trouble), detail: trouble.code().into() }
}

/// Made up.
fn somebody() -> Resident {
    let mut resident = Resident::typed(IdNumber::parse("510823195602140029").unwrap());
    resident.name = Some(PersonName::new("张三"));
    resident
}

fn choose() -> Act {
    Act::Choose(ClassLetter::new('A').unwrap())
}

#[test]
fn a_card_on_the_home_page_ends_with_paper_and_one_event() {
    let mut terminal = Terminal::start();
    assert_eq!(terminal.page(), "home");
    terminal.tell(Input::Reader(ReaderNews::CardSeen));
    assert_eq!(terminal.page(), "place_card");
    terminal.tell(Input::Reader(ReaderNews::Card(somebody())));
    assert_eq!(terminal.page(), "choose_class");
    assert_eq!(terminal.scene().person.as_ref().unwrap().name.as_deref(), Some("张*"));
    terminal.touches(&[choose(), Act::Next, Act::Confirm]);
    assert_eq!(terminal.page(), "printing");
    assert!(terminal.events().is_empty());
    let paper = terminal.printed(CONFIRMED);
    assert_eq!((paper.number.as_str(), paper.reprint), ("A001", false));
    assert_eq!(paper.person, Some((Some("张*".into()), "510*************29".into())));
    assert_eq!(terminal.page(), "take_ticket");
    assert_eq!(terminal.events(), ["ticket.issued"]);
    assert_eq!(terminal.wakes, 1);
    assert!(terminal.scene().card_left, "the card still lies there");
    terminal.tell(Input::Reader(ReaderNews::Lifted));
    assert!(!terminal.scene().card_left);
    terminal.touch(Act::Done);
    assert_eq!(terminal.page(), "home");
    assert_eq!(terminal.scene().person, None);
}

#[test]
fn the_order_to_print_goes_out_before_the_page() {
    let mut terminal = Terminal::start();
    terminal.touches(&[Act::TakeNumber, Act::WithoutCard, choose(), Act::Next]);
    terminal.mono += Duration::from_millis(300);
    let outs = terminal.engine.handle(Input::Act(Act::Confirm), clock(terminal.mono));
    assert!(matches!(outs[..], [Out::Print(..), Out::Sound(Sound::Click), Out::Show(_)]), "{outs:?}");
}

#[test]
fn a_second_touch_is_the_same_wish() {
    let mut terminal = Terminal::start();
    terminal.touch(Act::TakeNumber);
    terminal.tell(Input::Act(Act::WithoutCard));
    assert_eq!(terminal.page(), "place_card", "a touch in the instant in which the page came up");
    terminal.touches(&[Act::WithoutCard, choose(), Act::Next]);
    terminal.touch(Act::Confirm);
    terminal.tell(Input::Act(Act::Confirm));
    terminal.touch(Act::Confirm);
    assert_eq!(terminal.papers.len(), 1);
}

#[test]
fn paper_out_voids_the_number_and_every_way_on_works() {
    let mut terminal = Terminal::start();
    terminal.touches(&[Act::TakeNumber, Act::WithoutCard, choose(), Act::Next, Act::Confirm]);
    terminal.tell(Input::Printer(Printer::Dispenser, PrinterNews::Health(trouble(PaperTrouble::PaperOut))));
    terminal.printed(PrintResult::NotPrinted(PaperTrouble::PaperOut));
    assert_eq!(terminal.page(), "not_printed");
    assert_eq!(terminal.events(), ["ticket.void"]);
    terminal.touch(Act::Retry);
    assert_eq!(terminal.page(), "not_printed", "still no paper, and no number burnt for it");
    assert!(terminal.papers.is_empty());
    terminal.tell(Input::Printer(Printer::Dispenser, PrinterNews::Health(ready())));
    terminal.touch(Act::Retry);
    let paper = terminal.printed(CONFIRMED);
    assert_eq!(paper.number, "A002");
    assert_eq!(terminal.events(), ["ticket.void", "ticket.issued"]);
}

#[test]
fn the_receipt_printer_brings_out_what_the_dispenser_can_not() {
    let mut terminal = Terminal::with_printers(PerPrinter { dispenser: true, receipt: true });
    terminal.tell(Input::Printer(Printer::Receipt, PrinterNews::Health(ready())));
    terminal.touches(&[Act::TakeNumber, Act::WithoutCard, choose(), Act::Next, Act::Confirm]);
    terminal.tell(Input::Printer(Printer::Dispenser, PrinterNews::Health(trouble(PaperTrouble::Jam))));
    terminal.printed(PrintResult::Doubtful(PaperTrouble::Jam));
    terminal.touch(Act::OtherPrinter);
    let (job, paper) = terminal.papers.pop_front().unwrap();
    assert_eq!(paper.number, "A002");
    // A late word of the dispenser's presenter is about the dispenser's paper.
    terminal.tell(Input::Printer(Printer::Dispenser, PrinterNews::TakenBack { job: Some(job) }));
    terminal.tell(Input::Printer(Printer::Receipt, PrinterNews::Done { job, result: CONFIRMED }));
    assert_eq!((terminal.page(), terminal.events()), ("take_ticket", vec!["ticket.issued".to_owned()]));
}

#[test]
fn a_test_slip_that_nobody_takes_costs_nobody_a_number() {
    let mut terminal = Terminal::start();
    terminal.touches(&[Act::TakeNumber, Act::WithoutCard, choose(), Act::Next, Act::Confirm]);
    terminal.printed(CONFIRMED);
    // That it was taken got lost with the line.
    let mut outs = Vec::new();
    terminal.engine.print_test(Printer::Dispenser, clock(terminal.mono), &mut outs);
    let [Out::TestPrint(_, job, _)] = outs[..] else { panic!("{outs:?}") };
    terminal.tell(Input::Printer(Printer::Dispenser, PrinterNews::Done { job, result: CONFIRMED }));
    // A session that begins with paper at the mouth does not know whose it is.
    terminal.tell(Input::Printer(Printer::Dispenser, PrinterNews::NotTaken { job: None }));
    assert_ne!(terminal.scene().banner, Some(scene::Banner::PaperLeft));
    terminal.tell(Input::Printer(Printer::Dispenser, PrinterNews::TakenBack { job: None }));
    assert_eq!(terminal.events(), ["ticket.issued"]);
}

#[test]
fn a_job_in_doubt_says_nothing_of_the_ticket_before() {
    let mut terminal = Terminal::start();
    terminal.touches(&[Act::TakeNumber, Act::WithoutCard, choose(), Act::Next, Act::Confirm]);
    terminal.printed(CONFIRMED);
    terminal.touch(Act::Done);
    terminal.touches(&[Act::TakeNumber, Act::WithoutCard, choose(), Act::Next, Act::Confirm]);
    terminal.printed(PrintResult::Doubtful(PaperTrouble::NoAnswer));
    terminal.tell(Input::Printer(Printer::Dispenser, PrinterNews::TakenBack { job: None }));
    assert_eq!(terminal.events(), ["ticket.issued"], "the first one is in somebody's hand");
}

#[test]
fn a_printer_that_never_answers_leaves_a_doubtful_ticket_and_a_page() {
    let mut terminal = Terminal::start();
    terminal.touches(&[Act::TakeNumber, Act::WithoutCard, choose(), Act::Next, Act::Confirm]);
    terminal.wait(89);
    assert_eq!(terminal.page(), "printing", "nobody is sent home while paper is on its way");
    terminal.wait(1);
    assert_eq!(terminal.page(), "not_printed");
    assert!(terminal.events().is_empty());
    // Its word comes too late to change anything.
    terminal.printed(CONFIRMED);
    assert_eq!(terminal.page(), "not_printed");
    assert!(terminal.events().is_empty());
    terminal.touch(Act::Paperless);
    assert_eq!((terminal.page(), terminal.events()), ("take_ticket", vec!["ticket.issued".to_owned()]));
}

#[test]
fn asking_again_shows_the_ticket_and_reprints_it() {
    let mut terminal = Terminal::start();
    for round in 0..2 {
        terminal.tell(Input::Reader(ReaderNews::Card(somebody())));
        terminal.tell(Input::Reader(ReaderNews::Lifted));
        terminal.touches(&[choose(), Act::Next, Act::Confirm]);
        if round == 0 {
            terminal.printed(CONFIRMED);
            terminal.touch(Act::Done);
        }
    }
    assert_eq!(terminal.page(), "live_ticket");
    terminal.touch(Act::Reprint);
    let paper = terminal.printed(CONFIRMED);
    assert_eq!((paper.number.as_str(), paper.reprint), ("A001", true));
    assert_eq!(terminal.events(), ["ticket.issued", "ticket.reprinted"]);
}

#[test]
fn quiet_ends_in_a_countdown_and_then_at_home_with_nothing_left() {
    let mut terminal = Terminal::start();
    terminal.tell(Input::Reader(ReaderNews::Card(somebody())));
    terminal.tell(Input::Manner(MannerAct::Language));
    terminal.tell(Input::Manner(MannerAct::Contrast));
    terminal.wait(59);
    assert_eq!(terminal.scene().countdown, None);
    terminal.wait(1);
    assert_eq!(terminal.scene().countdown, Some((15, 15)));
    terminal.wait(5);
    assert_eq!(terminal.scene().countdown, Some((10, 15)));
    terminal.tell(Input::Touched);
    assert_eq!((terminal.scene().countdown, terminal.page()), (None, "choose_class"));
    terminal.wait(75);
    assert_eq!(terminal.page(), "home");
    assert!(terminal.engine.visit.is_none());
    assert_eq!(terminal.scene().manner, Manner { language: "zh".into(), elder: false, contrast: false });
}

#[test]
fn rest_never_sleeps_over_a_countdown() {
    let mut terminal = Terminal::start();
    terminal.touch(Act::TakeNumber);
    let began = terminal.mono;
    let mut ticks = 0;
    while terminal.page() != "home" {
        let rest = terminal.engine.rest(clock(terminal.mono));
        assert!(rest > Duration::ZERO && rest <= Duration::from_secs(60));
        terminal.mono += rest;
        terminal.tell(Input::Tick);
        ticks += 1;
        assert!(ticks < 40, "it must not spin");
    }
    assert_eq!(terminal.mono - began, Duration::from_secs(75));
}

#[test]
fn a_card_that_cannot_be_read_is_told_and_the_next_one_counts() {
    let mut terminal = Terminal::start();
    terminal.touch(Act::TakeNumber);
    terminal.tell(Input::Reader(ReaderNews::CardSeen));
    terminal.tell(Input::Reader(ReaderNews::Failed(CardTrouble::Unreadable)));
    assert!(matches!(
        &terminal.scene().page,
        Shown::Visit(Page::PlaceCard {
            reader: crate::visit::view::ReaderFace::Failed(CardTrouble::Unreadable),
            ..
        })
    ));
    terminal.tell(Input::Reader(ReaderNews::Card(somebody())));
    assert_eq!(terminal.page(), "choose_class");
}

#[test]
fn help_is_a_page_to_come_back_from() {
    let mut terminal = Terminal::start();
    terminal.touches(&[Act::TakeNumber, Act::WithoutCard, Act::Help]);
    assert_eq!(terminal.page(), "help");
    terminal.touch(Act::Back);
    assert_eq!(terminal.page(), "choose_class");
}

#[test]
fn the_report_names_everything_and_nobody() {
    let mut terminal = Terminal::start();
    terminal.tell(Input::Reader(ReaderNews::Card(somebody())));
    terminal.touches(&[choose(), Act::Next, Act::Confirm]);
    terminal.printed(CONFIRMED);
    let (sender, receiver) = std::sync::mpsc::channel();
    terminal.tell(Input::Status(sender));
    let text = serde_json::to_string(&receiver.recv().unwrap()).unwrap();
    assert!(text.contains(r#""page":"take_ticket""#) && text.contains(r#""A":{"waiting":1"#), "{text}");
    assert!(!text.contains("510823") && !text.contains('张'), "{text}");
}

#[test]
fn a_ticket_that_nobody_took_is_cancelled_and_never_reprinted() {
    let mut terminal = Terminal::start();
    terminal.tell(Input::Reader(ReaderNews::Card(somebody())));
    terminal.touches(&[choose(), Act::Next, Act::Confirm]);
    let (job, _) = terminal.papers[0].clone();
    terminal.printed(CONFIRMED);
    terminal.touch(Act::Done);
    terminal.tell(Input::Printer(Printer::Dispenser, PrinterNews::NotTaken { job: Some(job) }));
    assert_eq!(terminal.scene().banner, Some(super::scene::Banner::PaperLeft));
    terminal.tell(Input::Reader(ReaderNews::Card(somebody())));
    terminal.touches(&[choose(), Act::Next, Act::Confirm]);
    assert_eq!(terminal.page(), "live_ticket");
    terminal.tell(Input::Printer(Printer::Dispenser, PrinterNews::TakenBack { job: Some(job) }));
    assert_eq!(terminal.page(), "confirm", "the number is gone: a new one is to be asked for");
    assert_eq!(terminal.events(), ["ticket.issued", "ticket.cancelled"]);
    terminal.touch(Act::Confirm);
    assert_eq!(terminal.printed(CONFIRMED).number, "A002");
}

#[test]
fn paper_that_an_earlier_session_left_hanging_is_the_last_ticket() {
    let mut terminal = Terminal::start();
    terminal.touches(&[Act::TakeNumber, Act::WithoutCard, choose(), Act::Next, Act::Confirm]);
    terminal.printed(CONFIRMED);
    let last = terminal.engine.desk.last_paper(Printer::Dispenser).unwrap();
    assert!(matches!(last, store::LastPaper::Ticket(_)), "what a new process would find: {last:?}");
    terminal.tell(Input::Printer(Printer::Dispenser, PrinterNews::TakenBack { job: None }));
    assert_eq!(terminal.events(), ["ticket.issued", "ticket.cancelled"]);
    terminal.tell(Input::Printer(Printer::Dispenser, PrinterNews::TakenBack { job: None }));
    assert_eq!(terminal.events().len(), 2);
}

#[test]
fn two_touches_on_one_button_that_stays_are_one_wish() {
    let mut terminal = Terminal::start();
    terminal.mono += Duration::from_secs(1);
    terminal.tell(Input::Manner(MannerAct::Elder));
    terminal.mono += Duration::from_millis(120);
    terminal.tell(Input::Manner(MannerAct::Elder));
    assert!(terminal.scene().manner.elder);
    terminal.mono += Duration::from_millis(400);
    terminal.tell(Input::Manner(MannerAct::Elder));
    assert!(!terminal.scene().manner.elder);
}

#[test]
fn a_card_pulled_away_while_it_is_read_is_asked_for_anew() {
    let mut terminal = Terminal::start();
    terminal.tell(Input::Reader(ReaderNews::CardSeen));
    terminal.tell(Input::Reader(ReaderNews::Lifted));
    let failed = crate::visit::view::ReaderFace::Failed(CardTrouble::Unreadable);
    assert!(
        matches!(&terminal.scene().page, Shown::Visit(Page::PlaceCard { reader, .. }) if *reader == failed)
    );
}

#[test]
fn the_end_of_a_print_puts_help_away() {
    let mut terminal = Terminal::start();
    terminal.touches(&[Act::TakeNumber, Act::WithoutCard, choose(), Act::Next, Act::Confirm, Act::Help]);
    assert_eq!(terminal.page(), "help");
    assert!(!terminal.scene().can_home, "nobody leaves while paper is on its way");
    terminal.printed(CONFIRMED);
    assert_eq!(terminal.page(), "take_ticket");
}

#[test]
fn a_touch_hushes_one_that_counts_clicks_and_repeat_changes_nothing() {
    let mut terminal = Terminal::start();
    let sounds = |terminal: &mut Terminal, input: Input| -> Vec<Sound> {
        terminal.mono += Duration::from_millis(300);
        let outs = terminal.engine.handle(input, clock(terminal.mono));
        outs.iter().filter_map(|out| if let Out::Sound(sound) = out { Some(*sound) } else { None }).collect()
    };
    assert_eq!(sounds(&mut terminal, Input::Touched), [Sound::Hush]);
    assert_eq!(sounds(&mut terminal, Input::Act(Act::TakeNumber)), [Sound::Click]);
    assert_eq!(sounds(&mut terminal, Input::Manner(MannerAct::Elder)), [Sound::Click]);
    let before = terminal.scene().clone();
    assert_eq!(sounds(&mut terminal, Input::Repeat), [Sound::Click, Sound::Repeat]);
    assert_eq!(*terminal.scene(), before);
    // The second touch on one button is no other touch, and is not heard as one.
    let again = terminal.engine.handle(Input::Act(Act::WithoutCard), clock(terminal.mono));
    assert!(again.iter().any(|out| matches!(out, Out::Sound(Sound::Click))));
    let again = terminal.engine.handle(Input::Act(Act::WithoutCard), clock(terminal.mono));
    assert!(!again.iter().any(|out| matches!(out, Out::Sound(_))), "{again:?}");
}

#[test]
fn somebody_who_listens_is_not_sent_home() {
    let mut terminal = Terminal::start();
    terminal.touch(Act::TakeNumber);
    terminal.wait(59);
    terminal.tell(Input::Repeat);
    terminal.wait(59);
    assert_eq!((terminal.page(), terminal.scene().countdown), ("place_card", None));
}
