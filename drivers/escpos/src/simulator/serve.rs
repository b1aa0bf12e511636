//! The simulated printer behind a real pseudo-terminal or TCP port, in real time.

use std::io;
use std::sync::mpsc::{Receiver, Sender, TryRecvError};
use std::time::Duration;

use kiosk_link::clock::Clock;
use kiosk_link::{FarEnd, LinkError};

use super::{Fate, Knob, PrintedPaper, SimulatedPrinter};

/// Longest wait for bytes before the knobs are looked at.
const LOOK: Duration = Duration::from_millis(5);
/// For the host to take an answer.
const SEND: Duration = Duration::from_millis(500);

/// What there was to see.
#[derive(Debug)]
pub enum Seen<'a> {
    /// Bytes from the host, as they came.
    Bytes(&'a [u8]),
    /// A paper is at a new place; what is still in the printer is not told.
    Paper(&'a PrintedPaper),
}

/// A knob to turn, and whom to tell that it is turned.
#[derive(Debug)]
pub struct Order {
    /// Which, and how.
    pub knob: Knob,
    /// Gets one message when it is done: what goes over the port afterwards finds it turned. An error where the
    /// port can't be made.
    pub done: Sender<io::Result<()>>,
}

/// Serves until `knobs` is closed by its senders; gives the printer back, or why the port failed.
///
/// # Errors
/// What the port reported.
pub fn serve(
    port: &mut dyn FarEnd,
    printer: SimulatedPrinter,
    knobs: &Receiver<Knob>,
    seen: &mut dyn FnMut(Seen<'_>),
) -> Result<SimulatedPrinter, LinkError> {
    work(port, printer, &mut || knobs.try_recv().map(|knob| (knob, None)), seen)
}

/// The same for those who have to know when a knob is turned.
///
/// # Errors
/// What the port reported, but for what was told to who gave the order.
pub fn serve_orders(
    port: &mut dyn FarEnd,
    printer: SimulatedPrinter,
    orders: &Receiver<Order>,
    seen: &mut dyn FnMut(Seen<'_>),
) -> Result<SimulatedPrinter, LinkError> {
    work(port, printer, &mut || orders.try_recv().map(|order| (order.knob, Some(order.done))), seen)
}

/// A knob to turn, and who waits for that.
type Turn = (Knob, Option<Sender<io::Result<()>>>);

fn work(
    port: &mut dyn FarEnd,
    mut printer: SimulatedPrinter,
    turns: &mut dyn FnMut() -> Result<Turn, TryRecvError>,
    seen: &mut dyn FnMut(Seen<'_>),
) -> Result<SimulatedPrinter, LinkError> {
    let clock = Clock::start();
    let mut told: Vec<Fate> = Vec::new();
    loop {
        loop {
            match turns() {
                Ok((knob, done)) => {
                    let turned = turn(knob, port, &mut printer, &clock);
                    match done {
                        // Who gave the order need not wait for the answer.
                        Some(done) => drop(done.send(turned)),
                        None => turned?,
                    }
                }
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return Ok(printer),
            }
        }
        let now = clock.elapsed();
        printer.advance(now);
        let mut answers = printer.take_answers(now);
        answers.extend(printer.babble().into_iter().flatten());
        if !answers.is_empty() {
            match port.send(&answers, SEND) {
                // Nobody listens: a real printer's answer is lost just so.
                Ok(()) | Err(LinkError::Gone | LinkError::Timeout) => {}
                Err(error) => return Err(error),
            }
        }
        tell(&printer, &mut told, seen);
        let due = printer.next_change(now).map_or(LOOK, |at| at.saturating_sub(now));
        let mut bytes = [0; 1024];
        let count = port.receive(&mut bytes, due.min(LOOK))?;
        if let Some(bytes) = bytes.get(..count).filter(|bytes| !bytes.is_empty()) {
            seen(Seen::Bytes(bytes));
            printer.receive(bytes, clock.elapsed());
        }
    }
}

fn turn(knob: Knob, port: &mut dyn FarEnd, printer: &mut SimulatedPrinter, clock: &Clock) -> io::Result<()> {
    match knob {
        Knob::Plugged(true) => port.plug()?,
        Knob::Plugged(false) => port.unplug(),
        knob => printer.turn(knob, clock.elapsed()),
    }
    Ok(())
}

fn tell(printer: &SimulatedPrinter, told: &mut Vec<Fate>, seen: &mut dyn FnMut(Seen<'_>)) {
    told.resize(printer.papers().len(), Fate::InPrinter);
    for (paper, told) in printer.papers().iter().zip(told) {
        if *told != paper.fate {
            *told = paper.fate;
            seen(Seen::Paper(paper));
        }
    }
}
