//! The printer's thread against a simulated printer behind a real pseudo-terminal.

use std::sync::mpsc::Receiver as Heard;

use kiosk_escpos::simulator::{Knob, Seen, SimulatedPrinter, serve};
use kiosk_escpos::{NoGlyphs, PrinterStatus};
use kiosk_link::Pty;

use super::*;
use crate::peripherals::printer_profiles;

const PATIENCE: Duration = Duration::from_secs(20);

struct Bench {
    printer: RollPrinter,
    heard: Heard<PrinterNews>,
    knobs: Sender<Knob>,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn set_up() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("printer");
        let mut pty = Pty::open(&path).unwrap();
        let profile = printer_profiles::shipped("vkp80").unwrap();
        let (knobs, turned) = channel();
        let printer = SimulatedPrinter::new(profile.clone());
        std::thread::spawn(move || serve(&mut pty, printer, &turned, &mut |_: Seen<'_>| {}).unwrap());
        let (sender, heard) = channel();
        let port = PortUrl::Serial { path, baud: 115_200 };
        let words = Arc::new(Words::shipped("zh").unwrap());
        let tell = move |news| {
            let _ = sender.send(news);
        };
        let printer = RollPrinter::start(
            "ticket_dispenser",
            port,
            profile,
            words,
            Box::new(NoGlyphs),
            Memory::new(1),
            tell,
        )
        .unwrap();
        Self { printer, heard, knobs, _folder: folder }
    }

    fn until<T>(&self, mut wanted: impl FnMut(PrinterNews) -> Option<T>) -> T {
        loop {
            if let Some(found) = wanted(self.heard.recv_timeout(PATIENCE).unwrap()) {
                return found;
            }
        }
    }

    fn until_state(&self, state: HealthState) {
        self.until(|news| matches!(news, PrinterNews::Health(health) if health.state == state).then_some(()));
    }

    fn result_of(&self, wanted: JobId) -> PrintResult {
        self.until(|news| match news {
            PrinterNews::Done { job, result } if job == wanted => Some(result),
            _ => None,
        })
    }
}

#[test]
fn a_ticket_comes_out_and_is_confirmed() {
    let mut bench = Bench::set_up();
    bench.until_state(HealthState::Ready);
    bench.printer.print(JobId(1), &TicketPaper::sample());
    assert_eq!(bench.result_of(JobId(1)), PrintResult::Printed { confirmed: true });
}

#[test]
fn an_order_for_an_unplugged_printer_is_refused_and_the_printer_is_found_again() {
    let mut bench = Bench::set_up();
    bench.until_state(HealthState::Ready);
    bench.knobs.send(Knob::Plugged(false)).unwrap();
    bench.until_state(HealthState::Lost);
    bench.printer.print(JobId(7), &TicketPaper::sample());
    assert_eq!(bench.result_of(JobId(7)), PrintResult::NotPrinted(PaperTrouble::NoAnswer));
    bench.knobs.send(Knob::Plugged(true)).unwrap();
    bench.until_state(HealthState::Ready);
    bench.printer.print(JobId(8), &TicketPaper::sample());
    assert_eq!(bench.result_of(JobId(8)), PrintResult::Printed { confirmed: true });
}

#[test]
fn every_cause_has_a_word_for_the_technician() {
    for cause in [
        Cause::PaperOut,
        Cause::CoverOpen,
        Cause::Jam,
        Cause::Cutter,
        Cause::Broken,
        Cause::MouthBlocked,
        Cause::Overheated,
        Cause::Offline,
        Cause::Unconfirmed,
        Cause::Garbled,
    ] {
        let Some(PrinterNews::Health(health)) =
            Interpreter::default().news(PrinterEvent::Readiness(Err(cause)))
        else {
            panic!("{cause:?} is not told");
        };
        assert!(matches!(health.state, HealthState::Trouble(_)) && !health.detail.is_empty(), "{cause:?}");
    }
}

#[test]
fn a_roll_that_nears_its_end_is_told_when_it_does() {
    let mut bench = Bench::set_up();
    bench.until_state(HealthState::Ready);
    bench.knobs.send(Knob::Paper(Paper::Low)).unwrap();
    bench.until_state(HealthState::Low);
    bench.printer.print(JobId(1), &TicketPaper::sample());
    assert_eq!(bench.result_of(JobId(1)), PrintResult::Printed { confirmed: true });
    bench.knobs.send(Knob::Paper(Paper::Ok)).unwrap();
    bench.until_state(HealthState::Ready);
}

/// The states that are told of these events.
fn told(interpreter: &mut Interpreter, events: &[PrinterEvent]) -> Vec<HealthState> {
    let state = |news| match news {
        PrinterNews::Health(health) => Some(health.state),
        _ => None,
    };
    events.iter().filter_map(|event| interpreter.news(*event)).filter_map(state).collect()
}

fn status(paper: Paper) -> PrinterEvent {
    PrinterEvent::Status(PrinterStatus { online: true, paper, ..PrinterStatus::default() })
}

const READY: PrinterEvent = PrinterEvent::Readiness(Ok(()));

fn not(cause: Cause) -> PrinterEvent {
    PrinterEvent::Readiness(Err(cause))
}

#[test]
fn a_roll_that_is_nearly_empty_and_then_empty() {
    let mut interpreter = Interpreter::default();
    for (events, states) in [
        (
            vec![not(Cause::NotReady), status(Paper::Ok), READY],
            vec![HealthState::Starting, HealthState::Ready],
        ),
        (vec![status(Paper::Low)], vec![HealthState::Low]),
        (vec![status(Paper::Low)], vec![]),
        // Not "ready" in between.
        (vec![status(Paper::Out), not(Cause::PaperOut)], vec![HealthState::Trouble(PaperTrouble::PaperOut)]),
        (
            vec![status(Paper::Ok), not(Cause::NotReady), READY],
            vec![HealthState::Starting, HealthState::Ready],
        ),
    ] {
        assert_eq!(told(&mut interpreter, &events), states, "{events:?}");
    }
}

#[test]
fn paper_stuck_at_the_mouth_is_over_when_it_is_gone() {
    let mut interpreter = Interpreter::default();
    let job = Some(DriverJob(1));
    let paper = |fate| PrinterEvent::Paper { job, fate };
    let mut states = told(&mut interpreter, &[status(Paper::Ok), READY, paper(PaperFate::Stuck)]);
    states.extend(told(&mut interpreter, &[not(Cause::MouthBlocked), paper(PaperFate::Taken), READY]));
    let jam = HealthState::Trouble(PaperTrouble::Jam);
    assert_eq!(states, [HealthState::Ready, jam, HealthState::Ready]);
}

#[test]
fn a_printer_without_power_behind_a_port_that_opens_is_lost_once() {
    let mut interpreter = Interpreter::default();
    assert_eq!(told(&mut interpreter, &[status(Paper::Ok), READY]), [HealthState::Ready]);
    // It is switched off; the status grows old, then the silences are three.
    let end = [not(Cause::NoAnswer), PrinterEvent::Lost(Cause::NoAnswer)];
    assert_eq!(told(&mut interpreter, &end), [HealthState::Lost]);
    assert!(interpreter.lost(NO_ANSWER).is_none());
    for _ in 0..3 {
        assert_eq!(told(&mut interpreter, &[not(Cause::NotReady)]), []);
        assert_eq!(told(&mut interpreter, &end), []);
        assert!(interpreter.lost(NO_ANSWER).is_none());
    }
    // Paper is found at its mouth: it answers, and is not ready yet.
    let back = [not(Cause::NotReady), status(Paper::Ok)];
    assert_eq!(told(&mut interpreter, &back), [HealthState::Starting]);
    assert_eq!(told(&mut interpreter, &[READY]), [HealthState::Ready]);
}

#[test]
fn a_port_that_fails_is_told_with_its_own_cause() {
    let mut interpreter = Interpreter::default();
    let end = [not(Cause::LinkLost), PrinterEvent::Lost(Cause::LinkLost)];
    assert_eq!(told(&mut interpreter, &end), []);
    let Some(PrinterNews::Health(health)) = interpreter.lost("the port is gone") else {
        panic!("the end is not told");
    };
    assert_eq!((health.state, health.detail.as_str()), (HealthState::Lost, "the port is gone"));
}
