//! The simulated reader's thread: a pseudo-terminal on one side, orders on the other.

use std::io;
use std::sync::mpsc::{Receiver, Sender, TryRecvError};
use std::time::Duration;

use kiosk_link::clock::Clock;
use kiosk_link::{Link, LinkError, Pty};

use super::{CardFile, CardFileError, Fault, Knob, SimulatedReader};
use crate::card::TEXT;

/// The longest that an order waits to be seen.
const LOOK_UP: Duration = Duration::from_millis(10);
const SEND_WITHIN: Duration = Duration::from_secs(1);

/// What can be done to the reader.
pub enum Control {
    /// Lay a card on it.
    Put(Box<CardFile>),
    /// Lay a card with this text on it, whatever the text holds.
    PutText(Box<[u8; TEXT]>),
    /// Take the card away.
    Lift,
    /// Pull the plug.
    Unplug,
    /// Put the plug in.
    Plug,
    /// Make it fail.
    Break(Fault),
    /// Switch a fault on or off.
    Turn(Knob),
    /// End all faults.
    Mend,
}

/// Something to do, and whom to tell how it went.
pub struct Order {
    /// What to do.
    pub control: Control,
    /// Gets one message when it is done.
    pub done: Sender<Result<(), OrderError>>,
}

/// Why an order was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// The card's file holds what no card can.
    #[error(transparent)]
    Card(#[from] CardFileError),
    /// The port cannot be made.
    #[error("the port cannot be made: {0}")]
    Port(#[from] io::Error),
}

/// Serves the port until nobody can give orders any more.
///
/// # Errors
/// Where the pseudo-terminal fails.
pub fn serve(mut pty: Pty, orders: &Receiver<Order>) -> Result<(), LinkError> {
    let clock = Clock::start();
    let mut reader = SimulatedReader::default();
    let mut buffer = [0; 256];
    loop {
        loop {
            match orders.try_recv() {
                Ok(Order { control, done }) => {
                    // Who gave the order need not wait for the answer.
                    let _told = done.send(carry_out(control, &mut reader, &mut pty, clock.elapsed()));
                }
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return Ok(()),
            }
        }
        while let Some(answer) = reader.poll_answer(clock.elapsed()) {
            match pty.send(&answer, SEND_WITHIN) {
                // Nobody reads, or nobody is there: a real reader does not notice either.
                Ok(()) | Err(LinkError::Timeout | LinkError::Gone) => {}
                Err(error) => return Err(error),
            }
        }
        let wait = reader.next_answer().map_or(LOOK_UP, |due| due.saturating_sub(clock.elapsed()));
        let count = pty.receive(&mut buffer, wait.min(LOOK_UP))?;
        reader.handle_bytes(clock.elapsed(), buffer.get(..count).unwrap_or_default());
    }
}

fn carry_out(
    control: Control,
    reader: &mut SimulatedReader,
    pty: &mut Pty,
    now: Duration,
) -> Result<(), OrderError> {
    match control {
        Control::Put(file) => reader.put(file.to_text()?),
        Control::PutText(text) => reader.put(*text),
        Control::Lift => reader.lift(),
        Control::Unplug => {
            pty.unplug();
            reader.restart();
        }
        Control::Plug => pty.plug()?,
        Control::Break(fault) => reader.break_with(fault),
        Control::Turn(knob) => reader.turn(knob, now),
        Control::Mend => reader.mend(),
    }
    Ok(())
}
