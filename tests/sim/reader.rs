//! The card reader: the driver's session in the terminal, the simulated reader beside it, and the line between them.

use std::collections::VecDeque;
use std::time::Duration;

use kiosk::domain::device::{Health, HealthState};
use kiosk::peripherals::ReaderNews;
use kiosk_id_reader::ReaderEvent;
use kiosk_id_reader::session::{Session, Transmit};
use kiosk_id_reader::simulator::SimulatedReader;

use crate::dice::Dice;
use crate::printer::WAITS;
use crate::wire::Wire;

/// A drained line is quiet for so long.
const QUIET: Duration = Duration::from_millis(20);

/// The reader on its shelf; it outlives the program.
pub struct Bench {
    /// The machine.
    pub reader: SimulatedReader,
    to: Wire,
    from: Wire,
    plugged: bool,
}

impl Bench {
    pub fn new(seed: u64) -> Self {
        let byte = Duration::from_micros(87);
        Self {
            reader: SimulatedReader::default(),
            to: Wire::new(byte, Dice::new(seed, "to reader")),
            from: Wire::new(byte, Dice::new(seed, "from reader")),
            plugged: true,
        }
    }

    /// When something happens here by itself.
    pub fn due(&self) -> Option<Duration> {
        [self.to.due(), self.from.due(), self.reader.next_answer()].into_iter().flatten().min()
    }

    /// Pulls the plug or puts it in: it takes its power from there.
    pub fn plug(&mut self, plugged: bool) {
        self.plugged = plugged;
        self.reader.restart();
        self.hang_up();
    }

    /// What was on the line is lost.
    pub fn hang_up(&mut self) {
        self.to.cut();
        self.from.cut();
    }

    /// Nobody listens: what comes is lost.
    pub fn unheard(&mut self, now: Duration) {
        while self.from.arrived(now).is_some() {}
    }

    /// Lets the reader work.
    pub fn work(&mut self, now: Duration) {
        while let Some(bytes) = self.to.arrived(now) {
            self.reader.handle_bytes(now, &bytes);
        }
        while let Some(answer) = self.reader.poll_answer(now) {
            if self.plugged {
                self.from.send(&answer, now);
            }
        }
    }
}

/// The driver in the running terminal.
pub struct Driver {
    session: Option<Session>,
    waiting: VecDeque<Transmit>,
    quiet_at: Option<Duration>,
    tries: usize,
    open_at: Duration,
}

impl Driver {
    pub fn new(now: Duration) -> Self {
        Self { session: None, waiting: VecDeque::new(), quiet_at: None, tries: 0, open_at: now }
    }

    /// When something is due.
    pub fn due(&self) -> Option<Duration> {
        let Some(session) = &self.session else { return Some(self.open_at) };
        self.quiet_at.or_else(|| session.next_timeout())
    }

    /// Does what is due, and says what there is to tell.
    pub fn work(&mut self, bench: &mut Bench, now: Duration) -> Vec<ReaderNews> {
        let mut news = Vec::new();
        if self.session.is_none() && self.open_at <= now {
            if bench.plugged {
                bench.from.cut();
                self.session = Some(Session::new(now));
            } else {
                news.push(lost("no such port"));
                self.wait(now);
            }
        }
        let Some(mut session) = self.session.take() else {
            bench.unheard(now);
            return news;
        };
        if self.quiet_at.is_some_and(|at| at > now) {
            // Drained: whatever comes is thrown away.
            bench.unheard(now);
            self.session = Some(session);
            return news;
        }
        self.quiet_at = None;
        while let Some(bytes) = bench.from.arrived(now) {
            session.handle_bytes(now, &bytes);
        }
        session.handle_timeout(now);
        self.waiting.extend(std::iter::from_fn(|| session.poll_transmit()));
        while let Some(transmit) = self.waiting.pop_front() {
            match transmit {
                Transmit::Drain => {
                    self.quiet_at = Some(now + QUIET);
                    break;
                }
                Transmit::Request(bytes) => bench.to.send(&bytes, now),
            }
        }
        while let Some(event) = session.poll_event() {
            if matches!(event, ReaderEvent::Ready { .. }) {
                self.tries = 0;
            }
            news.extend(kiosk::peripherals::reader::news(event));
        }
        if !bench.plugged {
            news.push(lost("the port is gone"));
        }
        if session.ended().is_some() || !bench.plugged {
            self.waiting.clear();
            self.quiet_at = None;
            self.wait(now);
        } else {
            self.session = Some(session);
        }
        news
    }

    fn wait(&mut self, now: Duration) {
        self.open_at = now + Duration::from_millis(WAITS[self.tries.min(WAITS.len() - 1)]);
        self.tries += 1;
    }
}

fn lost(detail: &str) -> ReaderNews {
    ReaderNews::Health(Health { state: HealthState::Lost, detail: detail.to_owned() })
}
