//! P12: from a card on the reader to the resident's name on the screen.
//!
//! The simulated reader stands behind a wire that is as slow as a real one: 115200 baud, ten bits a byte, both ways.
//! Reader, driver, engine, page and drawing are the terminal's own. What the wire takes is known from the bytes that
//! went over it, so what is left is the terminal's. The reader is asked for cards every 300 ms, as its makers want
//! it, so up to that long a card lies unnoticed: that wait is told apart from the time after it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kiosk::engine::Input;
use kiosk::engine::thread::Mailbox;
use kiosk::screen::{Shape, Window};
use kiosk::visit::Act;
use kiosk::wiring::Terminal;
use kiosk_id_reader::card::TEXT;
use kiosk_id_reader::simulator::SimulatedReader;
use kiosk_link::clock::{Clock, Deadline};
use kiosk_link::{Link, Pty};
use serde_json::json;

use super::display::{Display, HEIGHT, Screen, WIDTH};
use super::ready::until_ready;
use super::site::{Place, Platform};
use super::spread::Spread;
use super::table::Line;
use super::{Bench, Outcome, made_up, site};

const PATIENCE: Duration = Duration::from_secs(20);
/// One byte at 115200 baud, start and stop bit with it.
const BYTE: Duration = Duration::from_nanos(86_806);
/// A USB adapter hands on what came in pieces of about this size.
const PIECE: usize = 62;
/// Until the reader has surely noticed that a card was lifted, and the page takes a touch.
const LIFTED: Duration = Duration::from_millis(1_000);
/// From one question for a card to the next.
const POLL_MS: u64 = 300;

pub(crate) fn measure(bench: &Bench) -> Outcome<Vec<Line>> {
    let place = Place::new()?;
    let device = format!("[devices.id_reader]\ndriver = \"sdt\"\nport = \"{}\"\n", place.port("reader"));
    let config = place.configure(&device, &Platform::None)?;
    let clock = Clock::start();
    let wire = Wire::lay(&place, clock)?;
    let words = site::words()?;
    let window = Window::open(
        Shape::Window { width: WIDTH, height: HEIGHT },
        Arc::clone(&words),
        "示例便民服务中心",
        |_| {},
    )?;
    let screen = bench.display.screen()?;
    window.run(&Arc::default())?;
    let named = Arc::new(AtomicBool::new(false));
    let (mailbox, mail) = Mailbox::new();
    let (mut shower, seen) = (window.shower(), Arc::clone(&named));
    let show = Box::new(move |scene: Box<kiosk::engine::scene::Scene>| {
        seen.store(scene.person.as_ref().is_some_and(|person| person.name.is_some()), Ordering::Release);
        shower(scene);
    });
    let terminal = Terminal::start(&config, &words, (mailbox.clone(), mail), show, Box::new(|| {}))?;
    let hall = Hall { display: &bench.display, screen, named, mailbox, wire, clock };
    let visits = until_ready(&hall.mailbox, || hall.pass(Duration::from_millis(50)))
        .and_then(|()| (0..bench.extent.cards).map(|index| hall.visit(index)).collect());
    if !terminal.stop() {
        return Err("the engine ended by a fault".into());
    }
    let visits: Vec<Visit> = visits?;
    hall.wire.take_up()?;
    line(&visits)
}

fn line(visits: &[Visit]) -> Outcome<Vec<Line>> {
    let spread = |of: fn(&Visit) -> Duration| Spread::of(visits.iter().map(of).collect());
    let whole = spread(|visit| visit.drawn - visit.laid)?;
    let found = spread(|visit| visit.drawn - visit.found)?;
    let wire = spread(|visit| visit.wire)?;
    let own = spread(|visit| (visit.drawn - visit.found).saturating_sub(visit.wire))?;
    Ok(vec![Line {
        number: "P12",
        what: "card found by the reader → name on the screen".to_owned(),
        ours: format!("{}; beyond the wire {}", found.text(), own.text()),
        reference: format!("the wire at 115200: {}", wire.text()),
        ratio: Some(found.median().as_secs_f64() / wire.median().as_secs_f64()),
        mark: "the device's time + 20 ms",
        met: Some(own.p99() <= Duration::from_millis(20)),
        figures: json!({
            "found_to_name": found.json(),
            "wire": wire.json(),
            "beyond_the_wire": own.json(),
            "laid_to_name_with_the_wait_for_the_question": whole.json(),
        }),
    }])
}

/// One card's times, all since the same beginning but the wire's.
struct Visit {
    laid: Duration,
    found: Duration,
    drawn: Duration,
    wire: Duration,
}

struct Hall<'b> {
    display: &'b Display,
    screen: Screen,
    named: Arc<AtomicBool>,
    mailbox: Mailbox,
    wire: Wire,
    clock: Clock,
}

impl Hall<'_> {
    /// Lays a card, waits for the name, lifts it and goes home.
    fn visit(&self, index: usize) -> Outcome<Visit> {
        // Not always at the same instant between two questions.
        self.pass(Duration::from_millis(index as u64 * 37 % POLL_MS));
        let text = made_up::card(index)?.to_text()?;
        let laid = self.clock.elapsed();
        self.wire.orders.send(Order::Put(Box::new(text)))?;
        let deadline = Deadline::after(PATIENCE);
        let drawn = loop {
            if self.display.serve(deadline.left()) {
                self.screen.settle();
                self.screen.redraw();
                if self.named.load(Ordering::Acquire) {
                    break self.clock.elapsed();
                }
            } else if deadline.passed() {
                return Err("a card was laid and no name came to the screen".into());
            }
        };
        let passed = self.wire.passed();
        self.wire.orders.send(Order::Lift)?;
        self.pass(LIFTED);
        self.mailbox.put(Input::Act(Act::Home));
        self.pass(Duration::from_millis(100));
        if self.named.load(Ordering::Acquire) {
            return Err("the name stayed on the screen after the visit".into());
        }
        let found = passed.since.ok_or("the reader was never asked")?;
        Ok(Visit { laid, found, drawn, wire: BYTE * passed.bytes })
    }

    /// Time passes, the screen goes on.
    fn pass(&self, time: Duration) {
        let deadline = Deadline::after(time);
        while !deadline.passed() {
            if self.display.serve(deadline.left()) {
                self.screen.redraw();
            }
        }
    }
}

enum Order {
    Put(Box<[u8; TEXT]>),
    Lift,
}

/// What went over the wire since a card was laid.
#[derive(Clone, Copy, Default)]
struct Passed {
    since: Option<Duration>,
    bytes: u32,
}

/// The reader's end of the wire.
struct Wire {
    orders: Sender<Order>,
    passed: Arc<Mutex<Passed>>,
    thread: std::thread::JoinHandle<Result<(), String>>,
}

impl Wire {
    fn lay(place: &Place, clock: Clock) -> Outcome<Self> {
        let pty = Pty::open(&place.path("reader"))?;
        let (orders, taken) = channel();
        let passed = Arc::new(Mutex::new(Passed::default()));
        let counted = Arc::clone(&passed);
        let thread = std::thread::Builder::new()
            .name("wire".into())
            .spawn(move || serve(pty, &taken, &counted, clock).map_err(|error| error.to_string()))?;
        Ok(Self { orders, passed, thread })
    }

    fn passed(&self) -> Passed {
        *self.passed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_up(self) -> Outcome<()> {
        drop(self.orders);
        self.thread.join().map_err(|_| "the simulated reader ended by a fault")??;
        Ok(())
    }
}

/// The reader behind its slow line, until nobody gives orders any more.
fn serve(
    mut pty: Pty,
    orders: &Receiver<Order>,
    passed: &Mutex<Passed>,
    clock: Clock,
) -> Result<(), kiosk_link::LinkError> {
    let mut reader = SimulatedReader::default();
    let mut buffer = [0; 256];
    loop {
        match orders.try_recv() {
            Ok(Order::Put(text)) => {
                *passed.lock().unwrap_or_else(PoisonError::into_inner) = Passed::default();
                reader.put(*text);
            }
            Ok(Order::Lift) => reader.lift(),
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => return Ok(()),
        }
        let count = pty.receive(&mut buffer, Duration::from_millis(2))?;
        let Some(question) = buffer.get(..count).filter(|question| !question.is_empty()) else { continue };
        note(passed, clock, count);
        // The line was ours at once; a real one would have taken this long.
        std::thread::sleep(BYTE * count as u32);
        reader.handle_bytes(clock.elapsed(), question);
        while let Some(answer) = reader.poll_answer(clock.elapsed()) {
            note(passed, clock, answer.len());
            // Each piece at its own instant, so that sleeping a little too long does not add up.
            let mut due = clock.elapsed();
            for piece in answer.chunks(PIECE) {
                due += BYTE * piece.len() as u32;
                std::thread::sleep(due.saturating_sub(clock.elapsed()));
                pty.send(piece, PATIENCE)?;
            }
        }
    }
}

fn note(passed: &Mutex<Passed>, clock: Clock, bytes: usize) {
    let mut passed = passed.lock().unwrap_or_else(PoisonError::into_inner);
    passed.since.get_or_insert_with(|| clock.elapsed());
    passed.bytes += bytes as u32;
}
