//! P1: from the last touch to the first byte of the ticket on the dispenser's wire.
//!
//! The whole way is real: mailbox, engine, store, commit, layout, encoding, driver, pseudo-terminal. Behind it stands
//! the simulated printer, with a mechanism that is faster than any and paper that is taken at once, so that 300
//! tickets do not take an hour; neither lies on the way that is measured. When the byte is there, a second
//! connection looks whether the reservation is committed: a byte that came before it would end the measurement.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use kiosk::domain::class::ClassLetter;
use kiosk::engine::Input;
use kiosk::engine::thread::Mailbox;
use kiosk::peripherals::{ReaderNews, printer_profiles};
use kiosk::visit::Act;
use kiosk::wiring::Terminal;
use kiosk_escpos::Profile;
use kiosk_escpos::command::INITIALIZE;
use kiosk_escpos::simulator::{Knob, Seen, SimulatedPrinter, serve};
use kiosk_link::Pty;
use kiosk_link::clock::{Clock, Deadline};
use rusqlite::{Connection, OpenFlags};
use serde_json::json;

use super::mado::Mado;
use super::ready::until_ready;
use super::site::{CLASSES, Place, Platform};
use super::spread::{Spread, ms};
use super::sqlite_alone::Alone;
use super::table::Line;
use super::{Bench, Outcome, made_up, site};

/// The longest that anything here may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// A resident looks at a page before touching it; sooner would count as the same touch.
const LOOK: Duration = Duration::from_millis(270);

pub(crate) fn measure(bench: &Bench) -> Outcome<Vec<Line>> {
    let mado = Mado::start()?;
    let times = tickets(bench.extent.first_bytes, mado.as_ref())?;
    let spread = |of: fn(&Times) -> Duration| Spread::of(times.iter().map(of).collect());
    let (ours, commit) = (spread(|times| times.ticket)?, spread(|times| times.commit)?);
    let mado = match mado {
        Some(_) => Some(Spread::of(times.iter().filter_map(|times| times.mado).collect())?),
        None => None,
    };
    let reference = match &mado {
        Some(mado) => format!("MADO-queue, POST alone: {}", mado.text()),
        None => "MADO-queue: no checkout given (MADO_QUEUE)".to_owned(),
    };
    let under = mado.as_ref().map(|mado| ours.p99() < mado.p99());
    Ok(vec![Line {
        number: "P1",
        what: "last touch → first ticket byte".to_owned(),
        ours: ours.text(),
        reference: format!("{reference}; one commit by SQLite: {}", commit.text()),
        ratio: mado.as_ref().map(|mado| ms(ours.p99()) / ms(mado.p99())),
        mark: "p99 ≤ 5 ms, and under the reference",
        met: Some(ours.p99() <= Duration::from_millis(5) && under != Some(false)),
        figures: json!({
            "ticket": ours.json(),
            "mado_queue": mado.map(|mado| mado.json()),
            "one_commit_by_sqlite": commit.json(),
        }),
    }])
}

/// What was measured between two residents.
struct Times {
    ticket: Duration,
    /// One commit of two rows by SQLite alone.
    commit: Duration,
    mado: Option<Duration>,
}

/// So many tickets, the references in turn with them.
fn tickets(count: usize, mado: Option<&Mado>) -> Outcome<Vec<Times>> {
    let place = Place::new()?;
    let mut alone = Alone::open(&place.path("alone.db"))?;
    // The shipped printer, its mechanism aside.
    let shipped = printer_profiles::SHIPPED.iter().find(|(name, _)| *name == "vkp80").ok_or("no vkp80")?.1;
    let text =
        shipped.replace("speed_mm_s = 150", "speed_mm_s = 500").replace("finish_ms = 900", "finish_ms = 0");
    std::fs::write(place.path("fast.toml"), &text)?;
    let devices = format!(
        "[devices.ticket_dispenser]\ndriver = \"escpos\"\nprofile = \"./fast.toml\"\nport = \"{}\"\n",
        place.port("printer")
    );
    let config = place.configure(&devices, &Platform::None)?;
    let clock = Clock::start();
    let wire = Wire::lay(&place.path("printer"), text.parse()?, place.path("data/kiosk.db"), clock)?;
    let (mailbox, mail) = Mailbox::new();
    let (shown, pages) = channel();
    let show = Box::new(move |scene: Box<kiosk::engine::scene::Scene>| {
        // Once the last ticket is out nobody looks any more.
        let _ = shown.send(scene.page.name());
    });
    let terminal = Terminal::start(&config, &site::words()?, (mailbox.clone(), mail), show, Box::new(|| {}))?;
    let hand = Hand { mailbox, pages };
    let mut round = |index| {
        Outcome::Ok(Times {
            ticket: hand.take_a_number(index, &wire, clock)?,
            commit: alone.commit()?,
            mado: mado.map(Mado::ask).transpose()?,
        })
    };
    let measured = until_ready(&hand.mailbox, || std::thread::sleep(LOOK))
        .and_then(|()| (0..count).map(&mut round).collect());
    if !terminal.stop() {
        return Err("the engine ended by a fault".into());
    }
    wire.take_up()?;
    measured
}

/// The dispenser's end of the wire.
struct Wire {
    knobs: Sender<Knob>,
    firsts: Receiver<First>,
    thread: JoinHandle<Result<(), String>>,
}

/// A job's first byte.
struct First {
    at: Duration,
    reserved: Result<u32, rusqlite::Error>,
}

impl Wire {
    fn lay(path: &Path, profile: Profile, store: PathBuf, clock: Clock) -> Outcome<Self> {
        let mut pty = Pty::open(path)?;
        let (knobs, turned) = channel();
        let (seen_first, firsts) = channel();
        let thread = std::thread::Builder::new().name("wire".into()).spawn(move || {
            let mut printer = SimulatedPrinter::new(profile);
            printer.turn(Knob::TakeAfter(Some(Duration::ZERO)), Duration::ZERO);
            let watch = &mut |seen: Seen<'_>| {
                if let Seen::Bytes(bytes) = seen
                    && bytes.windows(INITIALIZE.len()).any(|window| window == INITIALIZE)
                {
                    let at = clock.elapsed();
                    // Nobody waits for the first bytes that the driver sends when it opens the port.
                    let _ = seen_first.send(First { at, reserved: reservations(&store) });
                }
            };
            serve(&mut pty, printer, &turned, watch).map(|_| ()).map_err(|error| error.to_string())
        })?;
        Ok(Self { knobs, firsts, thread })
    }

    fn take_up(self) -> Outcome<()> {
        drop(self.knobs);
        self.thread.join().map_err(|_| "the simulated printer ended by a fault")??;
        Ok(())
    }
}

/// Reservations that another process would find now, and so would this one after a power cut.
fn reservations(store: &Path) -> Result<u32, rusqlite::Error> {
    let store = Connection::open_with_flags(store, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    store.query_row("SELECT COUNT(*) FROM ticket WHERE state = 'reserved'", [], |row| row.get(0))
}

/// A resident's hand, with eyes.
struct Hand {
    mailbox: Mailbox,
    pages: Receiver<&'static str>,
}

impl Hand {
    /// One resident's visit; the time from the last touch to the first byte.
    fn take_a_number(&self, index: usize, wire: &Wire, clock: Clock) -> Outcome<Duration> {
        let letter =
            CLASSES.get(index % CLASSES.len()).copied().and_then(ClassLetter::new).ok_or("no class")?;
        self.mailbox.put(Input::Reader(ReaderNews::Card(made_up::resident(index)?)));
        self.wait_for("choose_class")?;
        self.mailbox.put(Input::Reader(ReaderNews::Lifted));
        self.touch(Act::Choose(letter), "priority")?;
        self.touch(Act::Next, "confirm")?;
        std::thread::sleep(LOOK);
        while wire.firsts.try_recv().is_ok() {}
        let touched = clock.elapsed();
        self.mailbox.put(Input::Act(Act::Confirm));
        let first = wire.firsts.recv_timeout(PATIENCE)?;
        if first.reserved? != 1 {
            return Err("the ticket's first byte came before its reservation was committed".into());
        }
        self.wait_for("take_ticket")?;
        self.touch(Act::Done, "home")?;
        Ok(first.at.saturating_sub(touched))
    }

    fn touch(&self, act: Act, page: &str) -> Outcome<()> {
        std::thread::sleep(LOOK);
        self.mailbox.put(Input::Act(act));
        self.wait_for(page)
    }

    fn wait_for(&self, page: &str) -> Outcome<()> {
        let deadline = Deadline::after(PATIENCE);
        let mut last = "none";
        while last != page {
            last = self
                .pages
                .recv_timeout(deadline.left())
                .map_err(|_| format!("waited in vain for {page}; the last page was {last}"))?;
        }
        Ok(())
    }
}
