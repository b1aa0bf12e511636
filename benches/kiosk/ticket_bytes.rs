//! P3: bytes of a ticket, on each shipped printer: the reference ticket as the driver encodes it, and the product's
//! own ticket as it comes out of the port, so that its layout is the real one.

use std::sync::mpsc::channel;
use std::time::Duration;

use kiosk::peripherals::glyphs::SystemGlyphs;
use kiosk::peripherals::roll_printer::RollPrinter;
use kiosk::peripherals::{JobId, PrinterNews, TicketPaper, printer_profiles};
use kiosk_escpos::charset::Charset;
use kiosk_escpos::simulator::{Seen, SimulatedPrinter, reference_paper, serve};
use kiosk_escpos::{Memory, Profile, encode};
use kiosk_link::{PortUrl, Pty};
use serde_json::json;

use super::site::Place;
use super::table::Line;
use super::{Bench, Outcome, site};

/// What python-escpos makes of the reference ticket, as text and as a picture.
const PYTHON_ESCPOS: (usize, usize) = (284, 46_382);
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn measure(_: &Bench) -> Outcome<Vec<Line>> {
    let mut lines = Vec::new();
    for (name, _) in printer_profiles::SHIPPED {
        let profile = printer_profiles::shipped(name)?;
        // What a printer lacks (Chinese, codes) is drawn, and no mark speaks of that.
        let marked = profile.text.charset >= Charset::Gb2312 && profile.qr.is_some();
        let reference = encode(&reference_paper(), &profile, &SystemGlyphs::default())?.bytes().len();
        let own = own_ticket(profile)?;
        let (text, raster) = PYTHON_ESCPOS;
        lines.push(Line {
            number: "P3",
            what: format!("bytes of a ticket, {name}"),
            ours: format!("reference ticket {reference}, own {own}"),
            reference: format!("python-escpos (earlier): {text} as text, {raster} as raster"),
            ratio: Some(reference as f64 / text as f64),
            mark: "≤ 284; own ≤ 700",
            met: marked.then_some(reference <= text && own <= 700),
            figures: json!({ "printer": name, "reference_ticket_bytes": reference, "own_ticket_bytes": own }),
        });
    }
    Ok(lines)
}

/// Prints the ticket with everything on it through the dispenser and counts what went over the wire for it, status questions left out.
fn own_ticket(profile: Profile) -> Outcome<usize> {
    let place = Place::new()?;
    let path = place.path("printer");
    let mut pty = Pty::open(&path)?;
    let (knobs, turned) = channel();
    let (bytes_seen, bytes) = channel();
    let printer = SimulatedPrinter::new(profile.clone());
    let wire = std::thread::Builder::new().name("wire".into()).spawn(move || {
        let watch = &mut |seen: Seen<'_>| {
            if let Seen::Bytes(bytes) = seen {
                // The last questions come when nobody counts any more.
                let _ = bytes_seen.send(bytes.to_vec());
            }
        };
        serve(&mut pty, printer, &turned, watch).map(|_| ()).map_err(|error| error.to_string())
    })?;
    let (told, news) = channel();
    let port = PortUrl::Serial { path, baud: 115_200 };
    let glyphs = Box::new(SystemGlyphs::default());
    let mut dispenser = RollPrinter::start(
        "ticket_dispenser",
        port,
        profile,
        site::words()?,
        glyphs,
        Memory::new(1),
        move |news| {
            // Nobody listens once the ticket is out.
            let _ = told.send(news);
        },
    )?;
    while !matches!(news.recv_timeout(PATIENCE)?, PrinterNews::Health(health) if health.state.works()) {}
    while bytes.try_recv().is_ok() {}
    dispenser.print(JobId(1), &TicketPaper::sample());
    while !matches!(news.recv_timeout(PATIENCE)?, PrinterNews::Done { .. }) {}
    let sent: Vec<u8> = bytes.try_iter().flatten().collect();
    drop(dispenser);
    drop(knobs);
    wire.join().map_err(|_| "the simulated printer ended by a fault")??;
    Ok(without_questions(&sent))
}

/// Bytes left once the questions are taken out: `DLE EOT n`, `GS r n`, `GS a n`, `GS ( H …`.
fn without_questions(mut bytes: &[u8]) -> usize {
    let mut count = 0;
    while let [_, rest @ ..] = bytes {
        let question = match bytes {
            [0x10, 0x04, ..] | [0x1D, 0x72 | 0x61, ..] => 3,
            [0x1D, 0x28, 0x48, low, high, ..] => 5 + usize::from(u16::from_le_bytes([*low, *high])),
            _ => 0,
        };
        bytes = if question == 0 {
            count += 1;
            rest
        } else {
            bytes.get(question..).unwrap_or_default()
        };
    }
    count
}
