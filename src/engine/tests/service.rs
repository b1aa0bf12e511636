//! The service menu in the engine: over a visit, beside the devices, and closed again.

use super::*;
use crate::domain::device::Device;
use crate::domain::pin::Pin;
use crate::service::view::{self, PinState, Said, Test};
use crate::service::{self, Digit, Place};
use crate::store::PinHash;

const PIN: &str = "271828";

impl Terminal {
    fn with_pin() -> Self {
        let mut terminal = Self::start();
        let pin = Pin::choose(PIN).unwrap();
        let hash = PinHash::new(&StoreKey::from_bytes([1; 32]), &pin, [7; 16]).unwrap();
        let (sender, set) = std::sync::mpsc::channel();
        terminal.tell(Input::SetPin(hash, sender));
        set.recv().unwrap().unwrap();
        terminal
    }

    fn serve(&mut self, act: service::Act) {
        self.mono += Duration::from_millis(300);
        self.tell(Input::Service(act));
    }

    fn type_in(&mut self, digits: &str) {
        for digit in digits.chars() {
            self.tell(Input::Service(service::Act::Digit(Digit(digit))));
        }
        self.serve(service::Act::Submit);
    }

    /// The thread that checks PINs answers.
    fn checked(&mut self) {
        for (number, right) in std::mem::take(&mut self.tries) {
            self.tell(Input::PinChecked(number, right));
        }
    }

    fn enter(&mut self) {
        self.serve(service::Act::Open);
        self.type_in(PIN);
        self.checked();
        assert_eq!(self.page(), "service_menu");
    }

    fn view(&self) -> &view::View {
        match &self.scene().page {
            Shown::Service(view) => view,
            other => panic!("{other:?}"),
        }
    }

    fn pin_state(&self) -> PinState {
        match &self.view().page {
            view::Page::Pin { state, .. } => *state,
            other => panic!("{other:?}"),
        }
    }

    fn device_test(&self) -> Option<Test> {
        match &self.view().page {
            view::Page::Device(_, test) => *test,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn it_opens_over_a_visit_that_is_wiped_first_and_never_over_paper() {
    let mut terminal = Terminal::with_pin();
    terminal.tell(Input::Manner(MannerAct::Elder));
    terminal.tell(Input::Reader(ReaderNews::Card(somebody())));
    assert!(terminal.scene().person.is_some());
    terminal.serve(service::Act::Open);
    assert_eq!((terminal.page(), &terminal.scene().person), ("service_pin", &None));
    assert!(terminal.scene().manner.elder, "as the mode stands");
    assert!(!format!("{:?}", terminal.engine).contains("510823"), "nothing of the visit is left in memory");
    terminal.serve(service::Act::Leave);
    assert_eq!((terminal.page(), terminal.scene().manner.elder), ("home", false));
    terminal.tell(Input::Reader(ReaderNews::Lifted));
    terminal.touches(&[Act::TakeNumber, Act::WithoutCard, choose(), Act::Next, Act::Confirm]);
    terminal.serve(service::Act::Open);
    assert_eq!(terminal.page(), "printing");
    terminal.printed(CONFIRMED);
    assert_eq!(terminal.page(), "take_ticket");
}

#[test]
fn five_wrong_pins_cost_a_minute_that_is_counted_down() {
    let mut terminal = Terminal::with_pin();
    terminal.serve(service::Act::Open);
    for left in (1..5).rev() {
        terminal.type_in("314159");
        assert_eq!(terminal.pin_state(), PinState::Checking);
        terminal.checked();
        assert_eq!(terminal.pin_state(), PinState::Wrong { left });
    }
    terminal.type_in("314159");
    terminal.checked();
    assert_eq!(terminal.pin_state(), PinState::Paused { seconds: 60 });
    assert!(terminal.engine.rest(clock(terminal.mono)) <= Duration::from_secs(1), "each second is told");
    terminal.wait(1);
    assert_eq!(terminal.pin_state(), PinState::Paused { seconds: 59 });
    terminal.type_in(PIN);
    assert!(terminal.tries.is_empty(), "nothing is tried meanwhile");
    terminal.wait(58);
    terminal.wait(1);
    assert_eq!(terminal.pin_state(), PinState::Wrong { left: 1 });
    terminal.type_in("314159");
    terminal.checked();
    assert_eq!(terminal.pin_state(), PinState::Paused { seconds: 120 });
    terminal.wait(121);
    assert_eq!(terminal.page(), "home", "nobody there");
    terminal.enter();
}

#[test]
fn an_answer_for_a_menu_that_was_closed_opens_nothing() {
    let mut terminal = Terminal::with_pin();
    terminal.serve(service::Act::Open);
    terminal.type_in(PIN);
    // Nobody waited for it: sent home by the countdown.
    let tries = std::mem::take(&mut terminal.tries);
    terminal.wait(76);
    assert_eq!(terminal.page(), "home");
    terminal.serve(service::Act::Open);
    for (number, right) in tries {
        assert!(right);
        terminal.tell(Input::PinChecked(number, right));
        terminal.tell(Input::PinChecked(number.wrapping_add(1), right));
    }
    assert_eq!(terminal.page(), "service_pin");
}

#[test]
fn a_card_is_tried_and_begins_no_visit() {
    let mut terminal = Terminal::with_pin();
    terminal.enter();
    terminal.tell(Input::Reader(ReaderNews::Card(somebody())));
    assert_eq!(terminal.page(), "service_menu");
    terminal.serve(service::Act::Go(Place::Devices));
    terminal.serve(service::Act::Look(Device::IdReader));
    terminal.tell(Input::Reader(ReaderNews::CardSeen));
    assert_eq!(terminal.device_test(), Some(Test::Reading));
    terminal.tell(Input::Reader(ReaderNews::Card(somebody())));
    assert_eq!(terminal.device_test(), Some(Test::Read));
    assert!(!format!("{:?}", terminal.engine).contains("510*"), "not even masked");
    let view::Page::Device(line, _) = &terminal.view().page else { panic!() };
    assert_eq!(line.heard_at.unwrap().to_string(), "2026-11-24T10:00:00");
}

#[test]
fn a_test_slip_is_no_ticket_wherever_it_hangs() {
    let mut terminal = Terminal::with_pin();
    terminal.touches(&[Act::TakeNumber, Act::WithoutCard, choose(), Act::Next, Act::Confirm]);
    terminal.printed(CONFIRMED);
    terminal.touch(Act::Done);
    terminal.enter();
    terminal.serve(service::Act::Go(Place::Devices));
    terminal.serve(service::Act::Look(Device::TicketDispenser));
    terminal.serve(service::Act::TestPrint);
    assert_eq!(terminal.device_test(), Some(Test::Printing));
    let (job, slip) = terminal.slips.remove(0);
    assert_eq!(slip.terminal, "T01");
    terminal.tell(Input::Printer(Printer::Dispenser, PrinterNews::Done { job, result: CONFIRMED }));
    assert_eq!(terminal.device_test(), Some(Test::Printed));
    terminal.tell(Input::Printer(Printer::Dispenser, PrinterNews::NotTaken { job: Some(job) }));
    terminal.tell(Input::Printer(Printer::Dispenser, PrinterNews::TakenBack { job: Some(job) }));
    assert_eq!(terminal.events(), ["ticket.issued"], "the resident's ticket holds");
    // One whose end never comes is given up.
    terminal.serve(service::Act::TestPrint);
    terminal.wait(70);
    terminal.tell(Input::Touched);
    terminal.wait(21);
    assert_eq!(terminal.device_test(), Some(Test::Unsure(PaperTrouble::NoAnswer)));
}

#[test]
fn staff_print_a_ticket_once_more_with_its_masked_person() {
    let mut terminal = Terminal::with_pin();
    terminal.tell(Input::Reader(ReaderNews::Card(somebody())));
    terminal.touches(&[choose(), Act::Next, Act::Confirm]);
    terminal.printed(CONFIRMED);
    terminal.touch(Act::Done);
    terminal.enter();
    terminal.serve(service::Act::Go(Place::Issued));
    let view::Page::IssuedTickets(tickets) = &terminal.view().page else { panic!() };
    let id = tickets[0].id;
    terminal.serve(service::Act::Take(id));
    terminal.serve(service::Act::Reprint);
    terminal.serve(service::Act::Reprint);
    assert_eq!(terminal.papers.len(), 1, "two touches are one wish");
    terminal.wait(80);
    assert_eq!(terminal.page(), "service_issued_ticket", "nobody is sent home while paper is on its way");
    let paper = terminal.printed(PrintResult::NotPrinted(PaperTrouble::Jam));
    assert_eq!((paper.number.as_str(), paper.reprint), ("A001", true));
    assert_eq!(paper.person, Some((Some("张*".into()), "510*************29".into())));
    assert_eq!(terminal.view().said, Some(Said::NotReprinted(PaperTrouble::Jam)));
    terminal.serve(service::Act::Reprint);
    terminal.printed(CONFIRMED);
    assert_eq!(terminal.view().said, Some(Said::Reprinted("A001".into())));
    assert_eq!(terminal.events(), ["ticket.issued", "ticket.reprinted"]);
    assert!(!format!("{:?}", terminal.engine).contains("510*"), "whose it was is forgotten");
}

#[test]
fn a_doubtful_ticket_is_decided_and_the_time_is_told() {
    let mut terminal = Terminal::with_pin();
    terminal.touches(&[Act::TakeNumber, Act::WithoutCard, choose(), Act::Next, Act::Confirm]);
    terminal.printed(PrintResult::Doubtful(PaperTrouble::NoAnswer));
    terminal.touch(Act::Home);
    terminal.enter();
    assert_eq!(terminal.view().page, view::Page::Menu { doubtful: 1 });
    terminal.serve(service::Act::Go(Place::Doubtful));
    let view::Page::DoubtfulTickets(tickets) = &terminal.view().page else { panic!() };
    let id = tickets[0].id;
    assert_eq!(tickets[0].why.as_deref(), Some("no_answer"));
    let wakes = terminal.wakes;
    for act in [service::Act::Take(id), service::Act::Reinstate, service::Act::Agree] {
        terminal.serve(act);
    }
    assert_eq!(terminal.view().said, Some(Said::Reinstated("A001".into())));
    assert_eq!(terminal.events(), ["ticket.issued", "ticket.reinstated"]);
    assert!(terminal.wakes > wakes, "the platform is told at once");
    terminal.serve(service::Act::Back);
    terminal.serve(service::Act::Go(Place::Clock));
    terminal.serve(service::Act::TypeTime);
    terminal.type_in("202611250905");
    terminal.serve(service::Act::Agree);
    let view::Page::Clock(clock) = &terminal.view().page else { panic!() };
    assert_eq!(
        (clock.day.to_string().as_str(), clock.holds.to_string().as_str()),
        ("2026-11-25", "2026-11-25T09:05:00")
    );
    assert_eq!(terminal.view().said, Some(Said::TimeTaken));
}

#[test]
fn the_menu_goes_home_by_itself_after_a_countdown() {
    let mut terminal = Terminal::with_pin();
    terminal.enter();
    terminal.wait(60);
    assert_eq!(terminal.scene().countdown, Some((15, 15)));
    terminal.tell(Input::Act(Act::Stay));
    assert_eq!((terminal.scene().countdown, terminal.page()), (None, "service_menu"));
    terminal.wait(60);
    terminal.wait(15);
    assert_eq!(terminal.page(), "home");
    // The countdown's other answer.
    terminal.enter();
    terminal.wait(60);
    terminal.touch(Act::Home);
    assert_eq!(terminal.page(), "home");
}

#[test]
fn digits_on_their_way_are_printed_by_nobody() {
    let mut terminal = Terminal::with_pin();
    terminal.serve(service::Act::Open);
    for digit in PIN.chars() {
        let input = Input::Service(service::Act::Digit(Digit(digit)));
        assert!(!format!("{input:?}").contains(digit));
        terminal.tell(input);
    }
    let mut said = format!("{:?}", terminal.scene().page);
    terminal.mono += Duration::from_millis(300);
    let outs = terminal.engine.handle(Input::Service(service::Act::Submit), clock(terminal.mono));
    said.push_str(&format!("{outs:?}"));
    assert!(said.contains("CheckPin") && !said.contains(PIN), "{said}");
}
