//! The reader's thread: carries bytes between session and port. The only file that touches a link.
//!
//! It must come back soon after it was told to stop, and must not hold up an answer: bytes go to the session as
//! soon as they are there.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kiosk_link::clock::{Clock, Deadline};
use kiosk_link::{Link, LinkError};
use zeroize::{Zeroize, Zeroizing};

use crate::event::ReaderEvent;
use crate::session::{Ended, Session, Transmit};
use crate::status::ErrorCode;

/// The longest wait for bytes, and so the longest that a stop goes unnoticed while waiting.
const LOOK_UP: Duration = Duration::from_millis(50);
/// A request is ten bytes: 1 ms at 115200.
const SEND_WITHIN: Duration = Duration::from_millis(100);
/// Silence after which a line counts as drained; adapters hold bytes back for up to 16 ms.
const QUIET: Duration = Duration::from_millis(20);
/// A line that does not become quiet in this time is left to babble.
const DRAIN_WITHIN: Duration = Duration::from_millis(80);

/// Why the reader's thread came back.
#[derive(Debug)]
pub enum RunEnd {
    /// It was told to.
    Stopped,
    /// The reader does not answer: open its port anew.
    Lost,
    /// The module is at fault: a technician is needed.
    Fault(ErrorCode),
    /// The port failed: open it anew.
    Link(LinkError),
}

/// Talks to the reader behind `link` until it is lost, at fault, or `stop` is set, which is noticed within 100 ms.
///
/// Where the port fails, [`ReaderEvent::Lost`] is told as well.
pub fn run(link: &mut dyn Link, stop: &AtomicBool, on_event: &mut dyn FnMut(ReaderEvent)) -> RunEnd {
    match converse(link, stop, on_event) {
        Ok(end) => end,
        Err(error) => {
            on_event(ReaderEvent::Lost);
            RunEnd::Link(error)
        }
    }
}

fn converse(
    link: &mut dyn Link,
    stop: &AtomicBool,
    on_event: &mut dyn FnMut(ReaderEvent),
) -> Result<RunEnd, LinkError> {
    let clock = Clock::start();
    let mut session = Session::new(clock.elapsed());
    // Whole answers fit; wiped each time, for one of them is a person's card.
    let mut buffer = Zeroizing::new([0; 2048]);
    while !stop.load(Ordering::Relaxed) {
        session.handle_timeout(clock.elapsed());
        while let Some(transmit) = session.poll_transmit() {
            match transmit {
                Transmit::Drain => drain(link, &mut *buffer)?,
                Transmit::Request(bytes) => link.send(&bytes, SEND_WITHIN)?,
            }
        }
        while let Some(event) = session.poll_event() {
            on_event(event);
        }
        match session.ended() {
            Some(Ended::Lost) => return Ok(RunEnd::Lost),
            Some(Ended::Fault(code)) => return Ok(RunEnd::Fault(code)),
            None => {}
        }
        let wait = session.next_timeout().map_or(LOOK_UP, |at| at.saturating_sub(clock.elapsed()));
        let count = link.receive(&mut *buffer, wait.min(LOOK_UP))?;
        if let Some(bytes) = buffer.get_mut(..count) {
            session.handle_bytes(clock.elapsed(), bytes);
            bytes.zeroize();
        }
    }
    Ok(RunEnd::Stopped)
}

fn drain(link: &mut dyn Link, buffer: &mut [u8]) -> Result<(), LinkError> {
    let deadline = Deadline::after(DRAIN_WITHIN);
    while !deadline.passed() && link.receive(buffer, QUIET.min(deadline.left()))? > 0 {}
    buffer.zeroize();
    Ok(())
}

#[cfg(test)]
mod tests {
    use kiosk_link::ScriptedLink;

    use super::*;
    use crate::command::Verb;

    fn play(link: &mut ScriptedLink) -> (RunEnd, Vec<ReaderEvent>) {
        let mut events = Vec::new();
        let end = run(link, &AtomicBool::new(false), &mut |event| events.push(event));
        (end, events)
    }

    #[test]
    fn stale_bytes_are_thrown_away_before_the_first_question() {
        let stale = crate::frame::encode(&[0, 0, 0x66]);
        let mut link = ScriptedLink::new()
            .answer(&stale)
            .answer(&stale[..5])
            .silence()
            .expect(&Verb::State.request())
            .answer(&crate::frame::encode(&[0, 0, 0x90]))
            .expect(&Verb::SamNumber.request())
            .answer(&crate::frame::encode(&[0, 0, 0x60]));
        let (end, events) = play(&mut link);
        assert!(matches!(end, RunEnd::Fault(ErrorCode::SelfTest)));
        assert_eq!(events, [ReaderEvent::Fault { code: ErrorCode::SelfTest }]);
        link.finish();
    }

    #[test]
    fn a_port_that_fails_loses_the_reader() {
        let questions = [
            ScriptedLink::new().fail_to_receive(LinkError::Gone),
            ScriptedLink::new().silence().fail_to_send(LinkError::Gone),
            ScriptedLink::new().silence().expect(&Verb::State.request()).fail_to_receive(LinkError::Gone),
        ];
        for mut link in questions {
            let (end, events) = play(&mut link);
            assert!(matches!(end, RunEnd::Link(LinkError::Gone)));
            assert_eq!(events, [ReaderEvent::Lost]);
            link.finish();
        }
    }

    #[test]
    fn told_to_stop_it_leaves_the_port_alone() {
        let mut link = ScriptedLink::new();
        let end = run(&mut link, &AtomicBool::new(true), &mut |event| panic!("{event:?}"));
        assert!(matches!(end, RunEnd::Stopped));
    }
}
