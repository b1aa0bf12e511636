//! The ticket with everything on it, on every printer that ships: no command that its profile lacks, nothing cut off,
//! nothing left out.

use kiosk_escpos::charset::Charset;
use kiosk_escpos::profile::Confirm;
use kiosk_escpos::simulator::{Fate, Item, SimulatedPrinter, serve};
use kiosk_link::Pty;

use super::*;
use crate::peripherals::glyphs::SystemGlyphs;
use crate::peripherals::printer_profiles::{self, SHIPPED};

#[test]
fn the_whole_ticket_comes_out_of_every_printer() {
    let words = Words::shipped("zh").unwrap();
    let glyphs = SystemGlyphs::default();
    for (name, _) in SHIPPED {
        let profile = printer_profiles::shipped(name).unwrap();
        let paper = TicketPaper::sample();
        let job = ticket_job(&paper, &profile, &words, &glyphs).unwrap();
        assert_eq!(job.undrawn(), 0, "{name}");
        let mut printer = SimulatedPrinter::new(profile.clone());
        // A large job comes in pieces, as fast as the printer takes them.
        let mut now = Duration::ZERO;
        for piece in job.bytes().chunks(1024) {
            printer.receive(piece, now);
            now += Duration::from_secs(2);
            printer.advance(now);
        }
        assert_eq!(printer.faults(), &[] as &[String], "{name}");
        let [printed] = printer.papers() else { panic!("{name}: {:?}", printer.papers()) };
        assert!(matches!(printed.fate, Fate::Cut | Fate::Shown | Fate::Taken), "{name}: {:?}", printed.fate);
        let text = printed.text();
        assert!(text.iter().any(|line| line == "A023"), "{name}: {text:?}");
        let has = |what: &str| text.iter().any(|line| line.contains(what));
        assert!(has("510*************28") && has("2026-11-24 10:24") && has("12345"), "{name}: {text:?}");
        if profile.text.charset >= Charset::Gb2312 {
            assert!(has("剑阁县普安镇便民服务中心") && has("社会保障") && has("测*"), "{name}: {text:?}");
        } else {
            assert!(has(&"▣".repeat(12)) && has("▣*"), "{name}: {text:?}");
        }
        let picture = |item: &Item| matches!(item, Item::Picture { bitmap, .. } if bitmap.width() > 100);
        let code = |item: &Item| matches!(item, Item::Qr { data, .. } if *data == paper.qr.as_bytes());
        let coded = |item: &Item| if profile.qr.is_some() { code(item) } else { picture(item) };
        assert!(printed.items.iter().any(coded), "{name}: no code");
        let image = printed.render(&profile, &glyphs);
        assert!(image.pixels().iter().filter(|grey| **grey < 128).count() > 5_000, "{name}");
    }
}

/// The same over a line that holds nobody back: here the driver itself must give out no more than the printer takes.
#[test]
fn the_whole_ticket_goes_over_a_line_to_every_printer() {
    for (name, _) in SHIPPED {
        let profile = printer_profiles::shipped(name).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("printer");
        let mut pty = Pty::open(&path).unwrap();
        let (knobs, turned) = channel();
        let simulated = SimulatedPrinter::new(profile.clone());
        let served = std::thread::spawn(move || serve(&mut pty, simulated, &turned, &mut |_| ()).unwrap());
        let (sender, heard) = channel();
        let tell = move |news| {
            // The test may have heard enough.
            let _ = sender.send(news);
        };
        let port = PortUrl::Serial { path, baud: 115_200 };
        let words = Arc::new(Words::shipped("zh").unwrap());
        let glyphs = Box::new(SystemGlyphs::default());
        let mut printer =
            RollPrinter::start("test", port, profile.clone(), words, glyphs, Memory::new(1), tell).unwrap();
        let result = loop {
            match heard.recv_timeout(Duration::from_secs(20)).unwrap() {
                PrinterNews::Health(health) if health.state == HealthState::Ready => {
                    printer.print(JobId(1), &TicketPaper::sample());
                }
                PrinterNews::Done { result, .. } => break result,
                _ => {}
            }
        };
        let confirmed = profile.confirm != Confirm::StatusOnly;
        assert_eq!(result, PrintResult::Printed { confirmed }, "{name}");
        drop(printer);
        drop(knobs);
        let simulated = served.join().unwrap();
        assert_eq!(simulated.faults(), &[] as &[String], "{name}");
        let [printed] = simulated.papers() else { panic!("{name}: {:?}", simulated.papers()) };
        assert!(matches!(printed.fate, Fate::Cut | Fate::Shown | Fate::Taken), "{name}: {:?}", printed.fate);
    }
}
