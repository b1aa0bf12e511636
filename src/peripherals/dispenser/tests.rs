//! The dispenser's thread against a simulated printer behind a real pseudo-terminal.

use std::sync::mpsc::Receiver as Heard;

use kiosk_escpos::NoGlyphs;
use kiosk_escpos::simulator::{Knob, Seen, SimulatedPrinter, serve};
use kiosk_link::Pty;

use super::*;
use crate::peripherals::printer_profiles;

const PATIENCE: Duration = Duration::from_secs(20);

struct Bench {
    dispenser: Dispenser,
    heard: Heard<DispenserNews>,
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
        let dispenser =
            Dispenser::start(port, profile, words, Box::new(NoGlyphs), Memory::new(1), tell).unwrap();
        Self { dispenser, heard, knobs, _folder: folder }
    }

    fn until<T>(&self, mut wanted: impl FnMut(DispenserNews) -> Option<T>) -> T {
        loop {
            if let Some(found) = wanted(self.heard.recv_timeout(PATIENCE).unwrap()) {
                return found;
            }
        }
    }

    fn until_state(&self, state: HealthState) {
        self.until(|news| {
            matches!(news, DispenserNews::Health(health) if health.state == state).then_some(())
        });
    }

    fn result_of(&self, wanted: JobId) -> PrintResult {
        self.until(|news| match news {
            DispenserNews::Done { job, result } if job == wanted => Some(result),
            _ => None,
        })
    }
}

fn paper() -> TicketPaper {
    TicketPaper {
        site: "示例便民服务中心".into(),
        number: "A023".into(),
        class: "社会保障".into(),
        people_ahead: 5,
        windows: vec![1],
        priorities: Vec::new(),
        person: None,
        taken_at: jiff::civil::date(2026, 11, 24).at(10, 24, 0, 0),
        terminal: "T01".into(),
        qr: "0123456789".into(),
        qr_opens_page: false,
        reprint: false,
    }
}

#[test]
fn a_ticket_comes_out_and_is_confirmed() {
    let mut bench = Bench::set_up();
    bench.until_state(HealthState::Ready);
    bench.dispenser.print(JobId(1), &paper());
    assert_eq!(bench.result_of(JobId(1)), PrintResult::Printed { confirmed: true });
}

#[test]
fn an_order_for_an_unplugged_printer_is_refused_and_the_printer_is_found_again() {
    let mut bench = Bench::set_up();
    bench.until_state(HealthState::Ready);
    bench.knobs.send(Knob::Plugged(false)).unwrap();
    bench.until_state(HealthState::Lost);
    bench.dispenser.print(JobId(7), &paper());
    assert_eq!(bench.result_of(JobId(7)), PrintResult::NotPrinted(PaperTrouble::NoAnswer));
    bench.knobs.send(Knob::Plugged(true)).unwrap();
    bench.until_state(HealthState::Ready);
    bench.dispenser.print(JobId(8), &paper());
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
        Cause::Overheated,
        Cause::Offline,
        Cause::NoAnswer,
        Cause::LinkLost,
        Cause::Unconfirmed,
        Cause::Garbled,
    ] {
        let Some(DispenserNews::Health(health)) =
            Interpreter::default().news(PrinterEvent::Readiness(Err(cause)))
        else {
            panic!("{cause:?} is not told");
        };
        assert!(matches!(health.state, HealthState::Trouble(_)) && !health.detail.is_empty(), "{cause:?}");
    }
}
