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
    fn lost(&self, error: &LinkError) {
        (self.tell)(health(HealthState::Lost, &error.to_string()));
    }
}

/// The driver's event in the kiosk's words.
#[must_use]
pub fn news(event: ReaderEvent) -> Option<ReaderNews> {
    match event {
        ReaderEvent::Ready { sam } => {
            let detail = sam.map_or_else(|| "ready".to_owned(), |sam| format!("ready, module {sam}"));
            Some(health(HealthState::Ready, &detail))
        }
        ReaderEvent::CardSeen => Some(ReaderNews::CardSeen),
        ReaderEvent::Card(read) => Some(match card::resident(&read) {
            Ok(resident) => ReaderNews::Card(resident),
            Err(trouble) => ReaderNews::Failed(trouble),
        }),
        ReaderEvent::ReadFailed { cause, lift } => {
            log::warn!("a card was not read: {cause}");
            // While the driver tries again by itself, the resident is asked for nothing but patience.
            lift.then(|| ReaderNews::Failed(card::trouble(&cause)))
        }
        ReaderEvent::Lifted => Some(ReaderNews::Lifted),
        ReaderEvent::Fault { code } => {
            let detail = format!("the module is out of order ({code}); call the makers' service");
            Some(health(HealthState::Broken, &detail))
        }
        ReaderEvent::Lost => Some(health(HealthState::Lost, "it does not answer; check cable and power")),
    }
}

fn health(state: HealthState, detail: &str) -> ReaderNews {
    ReaderNews::Health(Health { state, detail: detail.to_owned() })
}

impl Supervised for Module {
    fn run(&mut self, link: &mut dyn Link) -> bool {
        let mut answered = false;
        let end = run(link, self.stop.flag(), &mut |event| {
            answered |= matches!(event, ReaderEvent::Ready { .. });
            if let Some(news) = news(event) {
                (self.tell)(news);
            }
        });
        if let RunEnd::Link(error) = end {
            self.lost(&error);
        }
        answered
    }

    fn unreachable(&mut self, error: &LinkError) {
        self.lost(error);
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
