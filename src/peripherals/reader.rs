//! The card reader: a SAM_V module under supervision, in the kiosk's words.

use std::thread::JoinHandle;
use std::time::Duration;

use kiosk_id_reader::{ReaderEvent, RunEnd, run};
use kiosk_link::{Link, LinkError, PortUrl};

use super::supervisor::{Stop, Supervised, supervise};
use super::{ReaderNews, card};
use crate::domain::device::{Health, HealthState};

/// The longest that an end is not noticed while a lost reader is waited for.
const LOOK_UP: Duration = Duration::from_millis(50);

/// The reader's handle.
#[derive(Debug)]
pub struct CardReader {
    stop: Stop,
    thread: JoinHandle<()>,
}

impl CardReader {
    /// Starts the reader's thread. `tell` is called from it and must be quick.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start(port: PortUrl, tell: impl Fn(ReaderNews) + Send + 'static) -> std::io::Result<Self> {
        let stop = Stop::default();
        let mut device = Module { tell: Box::new(tell), stop: stop.clone() };
        let raised = stop.clone();
        let thread = std::thread::Builder::new().name("id-reader".into()).spawn(move || {
            supervise(&port, &mut |port| kiosk_link::open(port), &mut device, &raised);
        })?;
        Ok(Self { stop, thread })
    }

    /// Ends the thread.
    pub fn stop(self) {
        self.stop.raise();
        if self.thread.join().is_err() {
            log::error!("the reader's thread ended by a fault");
        }
    }
}

struct Module {
    tell: Box<dyn Fn(ReaderNews) + Send>,
    stop: Stop,
}

impl Module {
    fn health(&self, state: HealthState, detail: &str) {
        (self.tell)(ReaderNews::Health(Health { state, detail: detail.to_owned() }));
    }

    fn event(&self, event: ReaderEvent) {
        match event {
            ReaderEvent::Ready { sam } => {
                let detail = sam.map_or_else(|| "ready".to_owned(), |sam| format!("ready, module {sam}"));
                self.health(HealthState::Ready, &detail);
            }
            ReaderEvent::CardSeen => (self.tell)(ReaderNews::CardSeen),
            ReaderEvent::Card(read) => {
                let news = match card::resident(&read) {
                    Ok(resident) => ReaderNews::Card(resident),
                    Err(trouble) => ReaderNews::Failed(trouble),
                };
                (self.tell)(news);
            }
            ReaderEvent::ReadFailed { cause, lift } => {
                log::warn!("a card was not read: {cause}");
                // While the driver tries again by itself, the resident is asked for nothing but patience.
                if lift {
                    (self.tell)(ReaderNews::Failed(card::trouble(&cause)));
                }
            }
            ReaderEvent::Lifted => (self.tell)(ReaderNews::Lifted),
            ReaderEvent::Fault { code } => {
                let detail = format!("the module is out of order ({code}); call the makers' service");
                self.health(HealthState::Broken, &detail);
            }
            ReaderEvent::Lost => self.health(HealthState::Lost, "it does not answer; check cable and power"),
        }
    }
}

impl Supervised for Module {
    fn run(&mut self, link: &mut dyn Link) -> bool {
        let mut answered = false;
        let end = run(link, self.stop.flag(), &mut |event| {
            answered |= matches!(event, ReaderEvent::Ready { .. });
            self.event(event);
        });
        if let RunEnd::Link(error) = end {
            self.health(HealthState::Lost, &error.to_string());
        }
        answered
    }

    fn unreachable(&mut self, error: &LinkError) {
        self.health(HealthState::Lost, &error.to_string());
    }

    fn wait(&mut self, how_long: Duration) {
        let mut left = how_long;
        while !left.is_zero() && !self.stop.is_raised() {
            let slice = left.min(LOOK_UP);
            std::thread::sleep(slice);
            left -= slice;
        }
    }
}
