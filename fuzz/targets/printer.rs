//! The ticket printer's bytes, a printer's profile, and the simulated printer, which eats what a program sends it.

use std::sync::LazyLock;
use std::time::Duration;

use kiosk_escpos::answer::{Answer, AnswerDecoder};
use kiosk_escpos::simulator::SimulatedPrinter;
use kiosk_escpos::{
    Align, Document, Job, JobId, Memory, NoGlyphs, PrinterEvent, Profile, Session, Size, encode,
};

/// The profiles that ship, of several kinds.
const SHIPPED: [&str; 4] = [
    include_str!("../../assets/printers/epson-tm.toml"),
    include_str!("../../assets/printers/generic-58mm.toml"),
    include_str!("../../assets/printers/generic-80mm.toml"),
    include_str!("../../assets/printers/vkp80.toml"),
];

/// Each profile with a ticket for it, made once.
static MADE: LazyLock<Vec<(Profile, Job)>> = LazyLock::new(|| {
    let profiles = SHIPPED.iter().filter_map(|text| text.parse::<Profile>().ok());
    profiles
        .filter_map(|profile| encode(&ticket(), &profile, &NoGlyphs).ok().map(|job| (profile, job)))
        .collect()
});

fn shipped(which: u8) -> Option<&'static (Profile, Job)> {
    MADE.get(usize::from(which) % SHIPPED.len())
}

/// However answers are cut, the same are found, and none takes more bytes than came.
pub fn answers(bytes: &[u8]) {
    for full in [false, true] {
        let decode = |piece: usize| {
            let (mut decoder, mut answers) = (AnswerDecoder::new(full), Vec::new());
            for piece in bytes.chunks(piece) {
                decoder.push(piece, |answer| answers.push(answer));
            }
            answers
        };
        let whole = decode(usize::MAX);
        assert_eq!(whole, decode(1));
        assert_eq!(whole, decode(3));
        assert!(whole.len() <= bytes.len());
        assert!(whole.iter().all(|answer| !matches!(answer, Answer::Automatic(_)) || !full));
    }
}

fn ticket() -> Document {
    let size = Size::square(2);
    Document::new().text("A012", Align::Centre, size, true).line("社会保障").qr("x", 20).gap().cut()
}

/// A printer that says what the input says, while it waits, prints and presents: each job ends once.
pub fn session(bytes: &[u8]) {
    let (which, bytes) = super::split(bytes);
    let Some((profile, job)) = shipped(which) else { return };
    let mut now = Duration::ZERO;
    let mut session = Session::new(profile.clone(), Memory::new(7), now);
    let (mut asked, mut ended) = (0_u64, 0_u64);
    for piece in bytes.chunks(6) {
        let (how, said) = super::split(piece);
        while session.take_output().is_some() {}
        match how % 4 {
            0 => session.received(said, now),
            1 if !session.is_printing() && !session.is_lost() => {
                asked += 1;
                session.print(JobId(asked), job, now);
            }
            2 => {
                session.received(said, now);
                now += Duration::from_millis(u64::from(how));
            }
            _ => {
                if let Some(due) = session.next_timeout() {
                    now = now.max(due);
                    session.timeout(now);
                }
            }
        }
        while let Some(event) = session.next_event() {
            ended += u64::from(matches!(event, PrinterEvent::Outcome { .. }));
        }
    }
    if session.is_printing() {
        session.link_failed();
    }
    while let Some(event) = session.next_event() {
        ended += u64::from(matches!(event, PrinterEvent::Outcome { .. }));
    }
    assert_eq!(asked, ended, "each job ends once");
}

/// The simulated printer takes anything, in any pieces, and comes to an end with it.
pub fn simulator(bytes: &[u8]) {
    let (which, bytes) = super::split(bytes);
    let Some((profile, _)) = shipped(which) else { return };
    let mut printer = SimulatedPrinter::new(profile.clone());
    let mut now = Duration::ZERO;
    for piece in bytes.chunks(16) {
        printer.receive(piece, now);
        let _ = printer.take_answers(now);
        now += Duration::from_millis(20);
        printer.advance(now);
    }
    for _ in 0..10_000 {
        let Some(next) = printer.next_change(now) else { break };
        now = now.max(next) + Duration::from_millis(1);
        printer.advance(now);
    }
    let _ = (printer.papers().len(), printer.faults().len(), printer.waiting());
}

/// Whatever stands in a document, what is sent holds only commands that the profile lists, and prints one paper.
pub fn document(bytes: &[u8]) {
    let (which, bytes) = super::split(bytes);
    let Some((profile, _)) = shipped(which) else { return };
    let text = String::from_utf8_lossy(bytes);
    let mut document = Document::new();
    for (number, part) in text.split('\u{c}').take(12).enumerate() {
        document = match number % 4 {
            0 => document.line(part),
            1 => document.pair(part, part.get(..2).unwrap_or_default()),
            2 => document.text(part, Align::Centre, Size::square(3), true),
            _ => document.qr(part, 25),
        };
    }
    let Ok(job) = encode(&document.gap().cut(), profile, &NoGlyphs) else { return };
    let mut printer = SimulatedPrinter::new(profile.clone());
    let mut now = Duration::ZERO;
    for piece in job.bytes().chunks(512) {
        printer.receive(piece, now);
        let mut steps = 0;
        while printer.waiting() > 0 && steps < 10_000 {
            now += Duration::from_millis(50);
            printer.advance(now);
            steps += 1;
        }
    }
    assert!(printer.faults().is_empty(), "{:?}", printer.faults());
    assert_eq!((printer.papers().len(), printer.waiting()), (1, 0));
}

/// A profile reads or is refused; with one that reads, a ticket can be made or is refused.
pub fn profile(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(profile) = text.parse::<Profile>()
        && let Ok(job) = encode(&ticket(), &profile, &NoGlyphs)
    {
        assert!(job.bytes().len() < 1 << 20);
    }
}
