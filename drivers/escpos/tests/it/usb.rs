//! The driver over USB: recorded transfers played through the same session and runner as on any other link.

use std::sync::mpsc;

use kiosk_escpos::{
    Cause, Certainty, Command, Document, JobId, Memory, NoGlyphs, Outcome, PaperFate, PrinterEvent, RunEnd,
    encode, run,
};
use kiosk_link::{LinkError, RecordedUsb};

use crate::bench::profile;

/// Plays the record with one job, sent when the printer is ready, until that has ended or the printer is gone.
fn play(record: &str, printer: &str) -> (Vec<PrinterEvent>, RunEnd) {
    let path = format!("{}/tests/fixtures/{record}.usb", env!("CARGO_MANIFEST_DIR"));
    let mut link = RecordedUsb::open(&std::fs::read_to_string(path).unwrap()).unwrap();
    let profile = profile(printer);
    let job = encode(&Document::new().line("A023").cut(), &profile, &NoGlyphs).unwrap();
    let (commands, heard) = mpsc::channel();
    let mut events = Vec::new();
    let end = run(&mut link, &profile, &mut Memory::new(0), &heard, &mut |event| {
        match event {
            PrinterEvent::Readiness(Ok(())) if outcomes(&events).is_empty() => {
                commands.send(Command::Print { id: JobId(1), job: job.clone() }).unwrap();
            }
            PrinterEvent::Outcome { .. } => commands.send(Command::Stop).unwrap(),
            _ => {}
        }
        events.push(event);
    });
    link.finish();
    (events, end)
}

fn outcomes(events: &[PrinterEvent]) -> Vec<Outcome> {
    let outcome = |event: &PrinterEvent| match event {
        PrinterEvent::Outcome { outcome, .. } => Some(*outcome),
        _ => None,
    };
    events.iter().filter_map(outcome).collect()
}

#[test]
fn a_job_is_confirmed_over_usb() {
    for (record, printer) in [("names-the-job", "epson-tm"), ("in-packets", "epson-tm"), ("drains", "vkp80")]
    {
        let (events, end) = play(record, printer);
        assert_eq!(outcomes(&events), [Outcome::Printed { certainty: Certainty::Confirmed }], "{record}");
        assert!(matches!(end, RunEnd::Stopped), "{record}: {end:?}");
        let taken = PrinterEvent::Paper { job: Some(JobId(1)), fate: PaperFate::Taken };
        assert_eq!(events.contains(&taken), printer == "vkp80", "{record}");
    }
}

#[test]
fn a_device_that_fails_in_the_middle_leaves_the_job_in_doubt() {
    for (record, why) in
        [("unplugged", "Link(Gone)"), ("takes-no-more", "Link(Timeout)"), ("stalls", "Link(Stalled)")]
    {
        let (events, end) = play(record, "epson-tm");
        assert_eq!(outcomes(&events), [Outcome::Doubtful { cause: Cause::LinkLost }], "{record}");
        assert_eq!(format!("{end:?}"), why, "{record}");
    }
}

#[test]
fn a_job_whose_finish_was_held_back_was_never_shown() {
    let (events, end) = play("held-and-gone", "vkp80");
    assert_eq!(outcomes(&events), [Outcome::NotPrinted { cause: Cause::LinkLost }]);
    assert!(matches!(end, RunEnd::Link(LinkError::Gone)));
}
