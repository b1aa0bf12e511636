//! A partner for tests that knows beforehand what will be said.
//!
//! Stricter than any device: a byte that the script does not expect fails the test at once, and so does a
//! script that was not played to its end.

use std::collections::VecDeque;
use std::time::Duration;

use crate::{Link, LinkError};

/// Plays a script of expected and answered bytes.
///
/// Time does not pass in it: silence comes back at once.
///
/// ```
/// use std::time::Duration;
/// use kiosk_link::{Link, ScriptedLink};
///
/// let mut link = ScriptedLink::new().expect(&[0x10, 0x04]).silence().answer(&[0x12]);
/// link.send(&[0x10, 0x04], Duration::ZERO)?;
/// assert_eq!(link.receive(&mut [0; 8], Duration::ZERO)?, 0);
/// assert_eq!(link.receive(&mut [0; 8], Duration::ZERO)?, 1);
/// link.finish();
/// # Ok::<(), kiosk_link::LinkError>(())
/// ```
#[derive(Debug, Default)]
pub struct ScriptedLink {
    steps: VecDeque<Step>,
}

#[derive(Debug)]
enum Step {
    Expect(VecDeque<u8>),
    Answer(VecDeque<u8>),
    Silence,
    FailToReceive(LinkError),
    FailToSend(LinkError),
}

impl ScriptedLink {
    /// A script in which nothing happens yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Next, exactly these bytes are sent to the device, in one piece or several.
    #[must_use]
    pub fn expect(self, bytes: &[u8]) -> Self {
        self.then(Step::Expect(bytes.iter().copied().collect()))
    }

    /// Next, the device sends these bytes; what is not asked for at once waits.
    #[must_use]
    pub fn answer(self, bytes: &[u8]) -> Self {
        self.then(Step::Answer(bytes.iter().copied().collect()))
    }

    /// Next, a wait for bytes ends in silence.
    #[must_use]
    pub fn silence(self) -> Self {
        self.then(Step::Silence)
    }

    /// Next, a wait for bytes fails.
    #[must_use]
    pub fn fail_to_receive(self, error: LinkError) -> Self {
        self.then(Step::FailToReceive(error))
    }

    /// Next, sending fails.
    #[must_use]
    pub fn fail_to_send(self, error: LinkError) -> Self {
        self.then(Step::FailToSend(error))
    }

    /// Ends the script.
    ///
    /// # Panics
    /// Where some of it was not played.
    pub fn finish(self) {
        assert!(self.steps.is_empty(), "the script was not played to its end: {:02x?}", self.steps);
    }

    fn then(mut self, step: Step) -> Self {
        self.steps.push_back(step);
        self
    }
}

impl Link for ScriptedLink {
    #[expect(clippy::panic, reason = "a test's partner: what the script does not expect fails the test")]
    fn send(&mut self, bytes: &[u8], _within: Duration) -> Result<(), LinkError> {
        for (index, byte) in bytes.iter().enumerate() {
            let rest = bytes.get(index..).unwrap_or_default();
            match self.steps.front_mut() {
                Some(Step::Expect(expected)) => {
                    let next = expected.pop_front();
                    assert_eq!(
                        next,
                        Some(*byte),
                        "sent {rest:02x?}, the script expects {next:02x?} {expected:02x?}"
                    );
                    if expected.is_empty() {
                        self.steps.pop_front();
                    }
                }
                Some(Step::FailToSend(_)) => {
                    if let Some(Step::FailToSend(error)) = self.steps.pop_front() {
                        return Err(error);
                    }
                }
                other => panic!("sent {rest:02x?}, the script has {other:02x?}"),
            }
        }
        Ok(())
    }

    /// Where the script waits for something to be sent, or has ended, there is silence: a driver may look for
    /// stale bytes whenever it likes.
    fn receive(&mut self, into: &mut [u8], _within: Duration) -> Result<usize, LinkError> {
        match self.steps.front_mut() {
            Some(Step::Answer(bytes)) => {
                let count = bytes.len().min(into.len());
                for (to, from) in into.iter_mut().zip(bytes.drain(..count)) {
                    *to = from;
                }
                if bytes.is_empty() {
                    self.steps.pop_front();
                }
                Ok(count)
            }
            Some(Step::Silence) => {
                self.steps.pop_front();
                Ok(0)
            }
            Some(Step::FailToReceive(_)) => match self.steps.pop_front() {
                Some(Step::FailToReceive(error)) => Err(error),
                _ => Ok(0),
            },
            Some(Step::Expect(_) | Step::FailToSend(_)) | None => Ok(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::ZERO;

    #[test]
    fn plays_its_steps_in_order() {
        let mut link = ScriptedLink::new()
            .expect(b"ab")
            .answer(b"xyz")
            .silence()
            .fail_to_receive(LinkError::Gone)
            .fail_to_send(LinkError::Timeout);
        link.send(b"a", NOW).unwrap();
        let mut two = [0; 2];
        assert_eq!(link.receive(&mut two, NOW).unwrap(), 0, "not asked yet");
        link.send(b"b", NOW).unwrap();
        assert_eq!(link.receive(&mut two, NOW).unwrap(), 2);
        assert_eq!(&two, b"xy");
        assert_eq!(link.receive(&mut two, NOW).unwrap(), 1);
        assert_eq!(link.receive(&mut two, NOW).unwrap(), 0);
        assert!(matches!(link.receive(&mut two, NOW), Err(LinkError::Gone)));
        assert!(matches!(link.send(b"c", NOW), Err(LinkError::Timeout)));
        link.finish();
    }

    #[test]
    #[should_panic(expected = "the script expects")]
    fn a_wrong_byte_fails() {
        let _failed = ScriptedLink::new().expect(b"ab").send(b"ax", NOW);
    }

    #[test]
    #[should_panic(expected = "the script has")]
    fn bytes_beyond_the_script_fail() {
        let _failed = ScriptedLink::new().expect(b"a").send(b"ab", NOW);
    }

    #[test]
    #[should_panic(expected = "not played to its end")]
    fn an_unfinished_script_fails() {
        ScriptedLink::new().expect(b"a").finish();
    }
}
