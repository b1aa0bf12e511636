//! The driver over TCP, against a simulated network printer and against what networks do to connections.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::Duration;

use kiosk_escpos::simulator::{Knob, SimulatedPrinter};
use kiosk_escpos::{
    Cause, Command, Document, JobId, Memory, NoGlyphs, Outcome, PrinterEvent, RunEnd, encode, run,
};
use kiosk_link::clock::Clock;
use kiosk_link::{LinkError, PortUrl, open};

use crate::bench::{Bench, CONFIRMED, PATIENCE, profile};

#[test]
fn each_profile_confirms_over_the_network() {
    for name in ["vkp80", "epson-tm", "generic-80mm"] {
        let bench = Bench::on_the_network(name);
        assert_eq!(bench.print(1), CONFIRMED, "{name}");
        let (end, printer) = bench.end();
        assert!(matches!(end, RunEnd::Stopped), "{name}: {end:?}");
        assert_eq!(printer.faults(), &[] as &[String], "{name}");
    }
}

#[test]
fn a_slow_printer_confirms_all_the_same() {
    let bench = Bench::on_the_network("epson-tm");
    bench.knobs.send(Knob::Slow(Duration::from_millis(400))).unwrap();
    assert_eq!(bench.print(1), CONFIRMED);
    bench.end();
}

#[test]
fn a_printer_that_falls_silent_in_the_middle_leaves_the_job_in_doubt() {
    let bench = Bench::on_the_network("epson-tm");
    // The connection stands, as one that is open at this end alone does: nothing comes over it any more.
    bench.knobs.send(Knob::Silent(true)).unwrap();
    assert_eq!(bench.print(1), Outcome::Doubtful { cause: Cause::NoAnswer });
    let (end, _) = bench.end();
    assert!(matches!(end, RunEnd::Lost), "{end:?}");
}

#[test]
fn a_connection_that_closes_is_a_broken_port_and_opens_again() {
    let bench = Bench::on_the_network("epson-tm");
    bench.knobs.send(Knob::Plugged(false)).unwrap();
    bench.wait_for(|event| *event == PrinterEvent::Lost(Cause::LinkLost));
    let (end, _) = bench.end();
    assert!(matches!(end, RunEnd::Link(LinkError::Gone)), "{end:?}");
}

/// A far end that does with the one host it gets what `serve` says; and how a run of one job on it ends.
fn on(serve: impl FnOnce(TcpListener) + Send + 'static, name: &str) -> (Vec<Outcome>, RunEnd) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url: PortUrl = format!("tcp://{}", listener.local_addr().unwrap()).parse().unwrap();
    let far = std::thread::spawn(move || serve(listener));
    let mut link = open(&url).unwrap();
    let own = profile(name);
    let job = encode(&Document::new().line("A023").cut(), &own, &NoGlyphs).unwrap();
    let (commands, heard) = mpsc::channel();
    let mut outcomes = Vec::new();
    let end = run(&mut *link, &own, &mut Memory::new(1), &heard, &mut |event| match event {
        PrinterEvent::Readiness(Ok(())) if outcomes.is_empty() => {
            commands.send(Command::Print { id: JobId(1), job: job.clone() }).unwrap();
        }
        PrinterEvent::Outcome { outcome, .. } => outcomes.push(outcome),
        _ => {}
    });
    drop(link);
    far.join().unwrap();
    (outcomes, end)
}

/// A simulated printer until the text of the job has come.
fn until_the_job(name: &str) -> impl FnOnce(TcpListener) -> TcpStream + Send + 'static {
    let mut printer = SimulatedPrinter::new(profile(name));
    move |listener| {
        let (mut host, _) = listener.accept().unwrap();
        host.set_read_timeout(Some(Duration::from_millis(2))).unwrap();
        let clock = Clock::start();
        let mut seen: Vec<u8> = Vec::new();
        while !seen.windows(4).any(|window| window == b"A023") {
            assert!(clock.elapsed() < PATIENCE);
            let mut bytes = [0; 256];
            let count = host.read(&mut bytes).unwrap_or_default();
            seen.extend(&bytes[..count]);
            printer.receive(&bytes[..count], clock.elapsed());
            host.write_all(&printer.take_answers(clock.elapsed())).unwrap();
        }
        host
    }
}

#[test]
fn closed_in_the_middle_of_a_job() {
    for (name, expected) in [
        ("epson-tm", Outcome::Doubtful { cause: Cause::LinkLost }),
        // Its finish was held back: it was never shown.
        ("vkp80", Outcome::NotPrinted { cause: Cause::LinkLost }),
    ] {
        let serve = until_the_job(name);
        let (outcomes, end) = on(move |listener| drop(serve(listener)), name);
        assert_eq!(outcomes, [expected], "{name}");
        assert!(matches!(end, RunEnd::Link(LinkError::Gone)), "{name}: {end:?}");
    }
}

#[test]
fn taken_in_and_never_spoken_to() {
    // The system takes the connection in; nobody behind it does.
    let (done, told) = mpsc::channel::<()>();
    let (outcomes, end) = on(
        move |listener| {
            std::thread::spawn(move || {
                let _open_until_then = (told.recv(), listener);
            });
        },
        "generic-80mm",
    );
    drop(done);
    assert_eq!((outcomes, matches!(end, RunEnd::Lost)), (vec![], true));
}

#[test]
fn refused_is_not_found() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url: PortUrl = format!("tcp://{address}").parse().unwrap();
    assert!(matches!(open(&url), Err(LinkError::NotFound { .. })));
}
