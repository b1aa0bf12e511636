//! Driver and simulated printer over a real pseudo-terminal, in real time.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use kiosk_escpos::simulator::{Fate, Knob, Order, SimulatedPrinter, serve, serve_orders};
use kiosk_escpos::{
    Cause, Certainty, Command, Document, Job, JobId, Memory, NoGlyphs, Outcome, Paper, PaperFate,
    PrinterEvent, Profile, RunEnd, encode, run,
};
use kiosk_link::{PortUrl, Pty, open};

const PATIENCE: Duration = Duration::from_secs(30);

fn profile(name: &str) -> Profile {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/printers").join(format!("{name}.toml"));
    std::fs::read_to_string(path).unwrap().parse().unwrap()
}

/// A simulated printer that is served, and a driver that runs on it.
struct Bench {
    profile: Profile,
    knobs: Sender<Knob>,
    printer: JoinHandle<SimulatedPrinter>,
    commands: Sender<Command>,
    events: Receiver<PrinterEvent>,
    driver: JoinHandle<RunEnd>,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("printer");
        let mut pty = Pty::open(&path).unwrap();
        let (knobs, turned) = mpsc::channel();
        let served = SimulatedPrinter::new(profile(name));
        let printer = std::thread::spawn(move || serve(&mut pty, served, &turned, &mut |_| ()).unwrap());
        let mut link = open(&PortUrl::Serial { path, baud: 115_200 }).unwrap();
        let (commands, heard) = mpsc::channel();
        let (tell, events) = mpsc::channel();
        let own = profile(name);
        let driver = std::thread::spawn(move || {
            run(&mut *link, &own, &mut Memory::new(3), &heard, &mut |event| {
                let _nobody_listens_any_more = tell.send(event);
            })
        });
        let bench =
            Self { profile: profile(name), knobs, printer, commands, events, driver, _folder: folder };
        bench.wait_for(|event| matches!(event, PrinterEvent::Readiness(Ok(()))));
        bench
    }

    fn wait_for(&self, wanted: impl Fn(&PrinterEvent) -> bool) -> PrinterEvent {
        loop {
            let event = self.events.recv_timeout(PATIENCE).unwrap();
            if wanted(&event) {
                return event;
            }
        }
    }

    fn job(&self) -> Job {
        let document = Document::new().centred("社会保障").pair("前面还有", "5 人").rule().gap().cut();
        encode(&document, &self.profile, &NoGlyphs).unwrap()
    }

    fn print(&self, id: u64) -> Outcome {
        self.commands.send(Command::Print { id: JobId(id), job: self.job() }).unwrap();
        let ended =
            |event: &PrinterEvent| matches!(event, PrinterEvent::Outcome { job, .. } if *job == JobId(id));
        match self.wait_for(ended) {
            PrinterEvent::Outcome { outcome, .. } => outcome,
            other => panic!("{other:?}"),
        }
    }

    fn end(self) -> (RunEnd, SimulatedPrinter) {
        let _it_may_have_ended = self.commands.send(Command::Stop);
        let end = self.driver.join().unwrap();
        drop(self.knobs);
        (end, self.printer.join().unwrap())
    }
}

const CONFIRMED: Outcome = Outcome::Printed { certainty: Certainty::Confirmed };

#[test]
fn a_ticket_is_printed_and_taken() {
    let bench = Bench::new("vkp80");
    bench.knobs.send(Knob::TakeAfter(Some(Duration::from_millis(300)))).unwrap();
    assert_eq!(bench.print(1), CONFIRMED);
    let taken = PrinterEvent::Paper { job: Some(JobId(1)), fate: PaperFate::Taken };
    bench.wait_for(|event| *event == taken);
    let (end, printer) = bench.end();
    assert!(matches!(end, RunEnd::Stopped), "{end:?}");
    assert_eq!(printer.faults(), &[] as &[String]);
    assert_eq!(printer.papers().len(), 1);
    assert_eq!(printer.papers()[0].fate, Fate::Taken);
    assert_eq!(printer.papers()[0].text()[0], "社会保障");
}

#[test]
fn each_profile_confirms_over_a_line() {
    for name in ["epson-tm", "generic-80mm", "generic-58mm"] {
        let bench = Bench::new(name);
        assert_eq!(bench.print(1), CONFIRMED, "{name}");
        assert_eq!(bench.print(2), CONFIRMED, "{name}");
        let (_, printer) = bench.end();
        assert_eq!(printer.faults(), &[] as &[String], "{name}");
        assert_eq!(printer.papers().len(), 2, "{name}");
    }
}

#[test]
fn paper_out_is_known_beforehand_and_over_when_paper_is_back() {
    let bench = Bench::new("vkp80");
    bench.knobs.send(Knob::Paper(Paper::Out)).unwrap();
    bench.wait_for(|event| *event == PrinterEvent::Readiness(Err(Cause::PaperOut)));
    assert_eq!(bench.print(1), Outcome::NotPrinted { cause: Cause::PaperOut });
    bench.knobs.send(Knob::Paper(Paper::Ok)).unwrap();
    bench.wait_for(|event| matches!(event, PrinterEvent::Readiness(Ok(()))));
    assert_eq!(bench.print(2), CONFIRMED);
    let (_, printer) = bench.end();
    assert_eq!(printer.papers().len(), 1);
}

#[test]
fn paper_that_ends_on_the_way_leaves_no_ghost() {
    let bench = Bench::new("vkp80");
    bench.knobs.send(Knob::PaperOutAfter(2)).unwrap();
    assert_eq!(bench.print(1), Outcome::NotPrinted { cause: Cause::PaperOut });
    bench.knobs.send(Knob::Paper(Paper::Ok)).unwrap();
    bench.wait_for(|event| matches!(event, PrinterEvent::Readiness(Ok(()))));
    assert_eq!(bench.print(2), CONFIRMED);
    let (_, printer) = bench.end();
    let shown =
        printer.papers().iter().filter(|paper| matches!(paper.fate, Fate::Shown | Fate::Taken)).count();
    assert_eq!(shown, 1, "{:?}", printer.papers());
}

#[test]
fn an_order_is_answered_once_it_is_carried_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("printer");
    let mut pty = Pty::open(&path).unwrap();
    let (orders, taken) = mpsc::channel();
    let served = SimulatedPrinter::new(profile("vkp80"));
    let printer = std::thread::spawn(move || serve_orders(&mut pty, served, &taken, &mut |_| ()).unwrap());
    let order = |knob| {
        let (done, answer) = mpsc::channel();
        orders.send(Order { knob, done }).unwrap();
        answer.recv_timeout(PATIENCE).unwrap()
    };
    for plugged in [false, true, false] {
        order(Knob::Plugged(plugged)).unwrap();
        assert_eq!(path.is_symlink(), plugged);
    }
    // Where the path can't be made it says so and serves on.
    std::fs::remove_dir(folder.path()).unwrap();
    assert!(order(Knob::Plugged(true)).is_err());
    order(Knob::Paper(Paper::Out)).unwrap();
    drop(orders);
    printer.join().unwrap();
}

#[test]
fn unplugged_is_a_broken_port() {
    let bench = Bench::new("epson-tm");
    bench.knobs.send(Knob::Plugged(false)).unwrap();
    bench.wait_for(|event| *event == PrinterEvent::Lost(Cause::LinkLost));
    let (end, _) = bench.end();
    assert!(matches!(end, RunEnd::Link(_)), "{end:?}");
}
