//! Driver and simulated printer over a real pseudo-terminal, in real time.

use std::sync::mpsc;
use std::time::Duration;

use kiosk_escpos::profile::Confirm;
use kiosk_escpos::simulator::{Fate, Knob, Order, SimulatedPrinter, serve_orders};
use kiosk_escpos::{
    Cause, Certainty, Document, Doubt, JobId, Outcome, Paper, PaperFate, PrinterEvent, RunEnd, encode,
};
use kiosk_link::Pty;

use crate::bench::{Bench, Blocks, CONFIRMED, PATIENCE, profile, profiles};

#[test]
fn a_ticket_is_printed_and_taken() {
    let bench = Bench::on_a_line("vkp80");
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
fn each_profile_is_as_sure_as_it_says() {
    for name in profiles() {
        let bench = Bench::on_a_line(&name);
        let certainty = match profile(&name).confirm {
            Confirm::ProcessId | Confirm::DrainedStatus => Certainty::Confirmed,
            Confirm::StatusOnly => Certainty::Likely(Doubt::StatusOnly),
        };
        bench.knobs.send(Knob::TakeAfter(Some(Duration::from_millis(100)))).unwrap();
        for job in [1, 2] {
            assert_eq!(bench.print(job), Outcome::Printed { certainty }, "{name}");
        }
        let (_, printer) = bench.end();
        assert_eq!(printer.faults(), &[] as &[String], "{name}");
        assert_eq!(printer.papers().len(), 2, "{name}");
    }
}

/// Where all Chinese is drawn, or the code, a ticket is larger than the printer's buffer, and nothing on the line holds
/// the driver back but the driver.
#[test]
fn a_ticket_larger_than_the_buffer_comes_out_whole() {
    for name in ["epson-tm-latin", "citizen-ct-s651", "pos-5890"] {
        let own = profile(name);
        let line = "剑阁县普安镇便民服务中心";
        let body = (0..6).fold(Document::new().centred("A023"), |document, _| document.centred(line));
        let document = body.qr("https://example.invalid/t/510823101000/2026-11-24A", 25).cut();
        let job = encode(&document, &own, &Blocks).unwrap();
        assert!(job.bytes().len() > own.buffer_bytes as usize, "{name}: {job:?}");
        let certainty = match own.confirm {
            Confirm::ProcessId | Confirm::DrainedStatus => Certainty::Confirmed,
            Confirm::StatusOnly => Certainty::Likely(Doubt::StatusOnly),
        };
        let bench = Bench::on_a_line(name);
        assert_eq!(bench.print_job(1, job), Outcome::Printed { certainty }, "{name}");
        let (_, printer) = bench.end();
        assert_eq!(printer.faults(), &[] as &[String], "{name}");
        let [paper] = printer.papers() else { panic!("{name}: {:?}", printer.papers()) };
        assert_eq!(paper.fate, Fate::Cut, "{name}");
    }
}

#[test]
fn paper_out_is_known_beforehand_and_over_when_paper_is_back() {
    let bench = Bench::on_a_line("vkp80");
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
    let bench = Bench::on_a_line("vkp80");
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
    let bench = Bench::on_a_line("epson-tm");
    bench.knobs.send(Knob::Plugged(false)).unwrap();
    bench.wait_for(|event| *event == PrinterEvent::Lost(Cause::LinkLost));
    let (end, _) = bench.end();
    assert!(matches!(end, RunEnd::Link(_)), "{end:?}");
}
