//! The thread that carries events up: it asks the outbox, sends by the client, decides by the machine, settles.
//!
//! It is woken when an event was committed and stops within moments, even while it waits. With nothing to send it
//! only reads the platform's clock now and then. It never deletes or changes an event itself: it tells the outbox
//! what became of it, and an event that was sent but could not be settled is sent again, a duplicate at worst.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use log::{debug, info, warn};

use crate::uplink::Surroundings;
use crate::uplink::backoff::{self, Gate};
use crate::uplink::client::Client;
use crate::uplink::delivery::{Delivery, Limits, Step};
use crate::uplink::error::PlatformError;
use crate::uplink::held::HeldSubjects;
use crate::uplink::outbound::{Outbound, Outcome, Settlement};
use crate::uplink::progress::{Cause, Link, Progress};

/// Without being woken the outbox is looked at so often: another process may have put a dead letter back.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// Where events wait for the platform.
pub trait Outbox: Send {
    /// Events that wait, oldest first: at most `limits.events` of about `limits.bytes` together, none of a held
    /// subject, and of one subject only in the order of `seq` and none before those ahead of it.
    ///
    /// # Errors
    /// [`OutboxError`] if the store cannot be read now; it is asked again later.
    fn pending(&mut self, limits: &Limits, held: &HeldSubjects) -> Result<Vec<Outbound>, OutboxError>;

    /// Records what became of events, all in one transaction. They are not offered again.
    ///
    /// # Errors
    /// [`OutboxError`] if nothing was recorded; the events are then sent again.
    fn settle(&mut self, settlements: Vec<Settlement>) -> Result<(), OutboxError>;
}

/// The outbox cannot be used now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the outbox cannot be used: {reason}")]
pub struct OutboxError {
    /// What the store said, without personal data.
    pub reason: String,
}

impl OutboxError {
    /// The technician's next step.
    pub fn advice(&self) -> &'static str {
        "check the disk (space, read-only?) and run `kiosk check`"
    }
}

/// A running uplink. It ends when it is stopped, or when this and all wakers are dropped.
#[derive(Debug)]
pub struct Uplink {
    waker: Waker,
    stopping: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

/// Tells the uplink that an event was committed. Cheap, never blocks, may be cloned.
#[derive(Clone, Debug)]
pub struct Waker(SyncSender<()>);

impl Waker {
    /// Wakes the uplink; without effect if it has ended.
    pub fn wake(&self) {
        // A full channel means that it is about to look anyway.
        let _ = self.0.try_send(());
    }
}

impl Uplink {
    /// Starts the thread. `time_interval` is how often the platform's clock is read (and once at the start);
    /// `report` is called from the thread after each change and must be quick.
    ///
    /// # Errors
    /// The system's error if it gives no thread.
    pub fn start(
        outbox: impl Outbox + 'static,
        client: Client,
        surroundings: Arc<dyn Surroundings>,
        time_interval: Duration,
        report: impl FnMut(&Progress) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (sender, signals) = sync_channel(1);
        let stopping = Arc::new(AtomicBool::new(false));
        let worker = Worker::new(outbox, client, surroundings, time_interval, report);
        let stop = Arc::clone(&stopping);
        let thread = std::thread::Builder::new()
            .name("uplink".to_owned())
            .spawn(move || worker.run(&signals, &stop))?;
        Ok(Self { waker: Waker(sender), stopping, thread })
    }

    /// What wakes it.
    pub fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// Asks it to end; a request on the wire still ends or times out first.
    pub fn request_stop(&self) {
        self.stopping.store(true, Ordering::Release);
        self.waker.wake();
    }

    /// Ends it and waits until it has ended.
    pub fn stop(self) {
        self.request_stop();
        if self.thread.join().is_err() {
            warn!("the uplink's thread had ended by a fault");
        }
    }
}

/// What the thread does, a round at a time, without the thread: so that a month can be played in seconds.
pub(crate) struct Worker<O, R> {
    outbox: O,
    client: Client,
    delivery: Delivery,
    surroundings: Arc<dyn Surroundings>,
    time_interval: Duration,
    time_due: Duration,
    time_gate: Gate,
    store_gate: Gate,
    /// How the line stood at the last exchange, whatever came of the store since.
    line: Link,
    progress: Progress,
    reported: Progress,
    report: R,
}

impl<O: Outbox, R: FnMut(&Progress)> Worker<O, R> {
    pub(crate) fn new(
        outbox: O,
        client: Client,
        surroundings: Arc<dyn Surroundings>,
        time_interval: Duration,
        report: R,
    ) -> Self {
        Self {
            delivery: Delivery::new(client.limits()),
            outbox,
            client,
            surroundings,
            time_interval,
            time_due: Duration::ZERO,
            time_gate: Gate::default(),
            store_gate: Gate::default(),
            line: Link::Untried,
            progress: Progress::default(),
            reported: Progress::default(),
            report,
        }
    }

    fn run(mut self, signals: &Receiver<()>, stopping: &AtomicBool) {
        while !stopping.load(Ordering::Acquire) {
            let wait = self.round();
            // Woken or not, the next round decides anew; with nobody left to wake or stop it, it ends.
            if !wait.is_zero() && signals.recv_timeout(wait) == Err(RecvTimeoutError::Disconnected) {
                return;
            }
        }
    }

    /// Does what is due now, and tells how long there is nothing to do.
    pub(crate) fn round(&mut self) -> Duration {
        let now = self.surroundings.uptime();
        if now >= self.time_due {
            self.read_time();
            return Duration::ZERO;
        }
        if let Step::WaitUntil(moment) = self.delivery.step(now) {
            return moment.min(self.time_due).saturating_sub(now);
        }
        if now < self.store_gate.opens_at() {
            return self.store_gate.opens_at().min(self.time_due).saturating_sub(now);
        }
        let pending = match self.outbox.pending(&self.delivery.limits(), &self.delivery.held(now)) {
            Ok(pending) => pending,
            Err(error) => {
                self.store_failed(error);
                return Duration::ZERO;
            }
        };
        let plan = self.delivery.plan(pending, now);
        if plan.batch.is_none() && plan.dead.is_empty() {
            self.store_worked();
            self.tell(None);
            let hold = self.delivery.first_hold_ends(now).unwrap_or(Duration::MAX);
            return hold.min(self.time_due).min(now.saturating_add(LOOK_AGAIN)).saturating_sub(now);
        }
        let mut settled = plan.dead;
        let mut link = None;
        if let Some(batch) = plan.batch {
            let answer = self.client.send_events(batch.events());
            let now = self.surroundings.uptime();
            let surroundings = Arc::clone(&self.surroundings);
            let answered = self.delivery.answered(batch, answer, now, &mut || surroundings.fraction());
            settled.extend(answered.settled);
            if answered.failure.as_ref().is_some_and(PlatformError::concerns_the_whole_platform)
                && let Step::WaitUntil(moment) = self.delivery.step(now)
            {
                // The clock's own call would fare no better until then; it is the first to try the line again.
                self.time_due = self.time_due.max(moment);
            }
            link = Some(answered.failure.map_or(Ok(()), Err));
        }
        self.settle(settled, link);
        Duration::ZERO
    }

    fn settle(&mut self, settled: Vec<Settlement>, link: Option<Result<(), PlatformError>>) {
        let (mut delivered, mut duplicates, mut dead) = (0, 0, 0);
        for settlement in &settled {
            match &settlement.outcome {
                Outcome::Delivered { duplicate } => {
                    delivered += 1;
                    duplicates += u64::from(*duplicate);
                }
                Outcome::Dead(reason) => {
                    dead += 1;
                    warn!("event {} is a dead letter: {}", settlement.id, reason.code);
                }
            }
        }
        if !settled.is_empty()
            && let Err(error) = self.outbox.settle(settled)
        {
            self.store_failed(error);
            return;
        }
        self.store_worked();
        self.progress.delivered += delivered;
        self.progress.duplicates += duplicates;
        self.progress.dead += dead;
        self.tell(link.map(|link| link.map_err(Cause::from)));
    }

    fn read_time(&mut self) {
        let answer = self.client.time();
        let now = self.surroundings.uptime();
        match answer {
            Ok(_) => {
                self.time_gate.succeeded();
                self.time_due = now.saturating_add(self.time_interval);
                self.delivery.platform_answered();
                // Events that the platform does not take now are not helped by its clock.
                self.tell((!self.delivery.is_failing()).then_some(Ok(())));
            }
            Err(error) => {
                let jitter = self.surroundings.fraction();
                self.time_gate.failed(now, error.retry_after(), jitter);
                self.time_due = self.time_gate.opens_at();
                if matches!(error, PlatformError::Refused { .. }) {
                    // A platform that offers no clock will not offer one in a minute.
                    self.time_due = self.time_due.max(now.saturating_add(self.time_interval));
                }
                self.delivery.platform_failed(&error, now, self.surroundings.fraction());
                if let Step::WaitUntil(moment) = self.delivery.step(now)
                    && error.concerns_the_whole_platform()
                {
                    // Events try the line next: a clock that alone is broken must not keep them for ever.
                    self.time_due = self.time_due.max(moment.saturating_add(backoff::FIRST));
                }
                self.tell(Some(Err(error.into())));
            }
        }
    }

    fn store_failed(&mut self, error: OutboxError) {
        warn!("{error}");
        self.store_gate.failed(self.surroundings.uptime(), None, self.surroundings.fraction());
        self.tell(Some(Err(error.into())));
    }

    /// The store is good again: what is told is the line once more.
    fn store_worked(&mut self) {
        self.store_gate.succeeded();
        if matches!(self.progress.link, Link::Offline { cause: Cause::Outbox(_), .. }) {
            info!("the outbox works again");
            self.progress.link.clone_from(&self.line);
        }
    }

    /// Brings the progress up to date and reports it if anything in it changed.
    fn tell(&mut self, link: Option<Result<(), Cause>>) {
        let now = self.surroundings.uptime();
        self.progress.held = self.delivery.held(now).len();
        self.progress.platform_clock = self.client.platform_clock();
        match link {
            None => {}
            Some(Ok(())) => {
                if self.progress.link != Link::Online {
                    info!("the platform answers");
                }
                self.progress.link = Link::Online;
                self.line = Link::Online;
            }
            // The client has learnt the platform's time by this and signs by it: no loss of the line.
            Some(Err(Cause::Platform(PlatformError::ClockSkew { .. })))
                if self.delivery.step(now) == Step::Send =>
            {
                info!("the platform's clock is another one; from now on requests are signed by it");
            }
            Some(Err(cause)) => {
                let of_line = matches!(cause, Cause::Platform(_));
                self.progress.link = self.offline(cause, now);
                if of_line {
                    self.line.clone_from(&self.progress.link);
                }
            }
        }
        if self.progress != self.reported {
            self.reported.clone_from(&self.progress);
            (self.report)(&self.progress);
        }
    }

    fn offline(&mut self, cause: Cause, now: Duration) -> Link {
        let wall_ms = self.surroundings.wall_ms();
        let since_ms = match &self.progress.link {
            Link::Offline { since_ms, .. } => {
                debug!("nothing goes up: {cause}");
                *since_ms
            }
            Link::Untried | Link::Online => {
                warn!("nothing goes up: {cause}");
                wall_ms
            }
        };
        let events_go = match self.delivery.step(now) {
            Step::Send => now,
            Step::WaitUntil(moment) => moment,
        };
        let next = match &cause {
            Cause::Outbox(_) => self.store_gate.opens_at(),
            Cause::Platform(_) => {
                events_go.max(if events_go > now { now } else { self.time_gate.opens_at() })
            }
        };
        let wait_ms = i64::try_from(next.saturating_sub(now).as_millis()).unwrap_or(i64::MAX);
        Link::Offline { cause, since_ms, next_try_ms: wall_ms.saturating_add(wait_ms) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::uplink::client::{ClientSettings, Timeouts};
    use crate::uplink::endpoint::BaseUrl;
    use crate::uplink::key_file::tests::write_secret;
    use crate::uplink::profile::Profile;
    use crate::uplink::sign::{Algorithm, Keys};

    /// A clock that the test sets.
    struct Set(Mutex<Duration>);

    impl Surroundings for Set {
        fn uptime(&self) -> Duration {
            *self.0.lock().unwrap()
        }

        fn wall_ms(&self) -> i64 {
            0
        }

        fn fill_random(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    /// An outbox without events, which can be broken.
    struct Empty {
        works: bool,
    }

    impl Outbox for Empty {
        fn pending(&mut self, _: &Limits, _: &HeldSubjects) -> Result<Vec<Outbound>, OutboxError> {
            if self.works {
                Ok(Vec::new())
            } else {
                Err(OutboxError { reason: "the disk is full".to_owned() })
            }
        }

        fn settle(&mut self, _: Vec<Settlement>) -> Result<(), OutboxError> {
            Ok(())
        }
    }

    fn client(surroundings: Arc<dyn Surroundings>) -> Client {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("made-up.key");
        write_secret(&key, b"made-up secret");
        let profile = Profile::shipped("open").unwrap();
        let keys = Keys::from_files(Algorithm::HmacSm3, &key, None, &profile.signing.sm2_user_id).unwrap();
        let settings = ClientSettings {
            profile,
            base: BaseUrl::parse("http://127.0.0.1:1", false).unwrap(),
            app_id: "T01".to_owned(),
            terminal: "T01".to_owned(),
            site: "510823101000".to_owned(),
            keys,
            ca_file: None,
            timeouts: Timeouts::default(),
        };
        Client::new(settings, surroundings).unwrap()
    }

    #[test]
    fn a_store_that_works_again_is_told_without_an_exchange() {
        let set = Arc::new(Set(Mutex::new(Duration::from_secs(1))));
        let surroundings: Arc<dyn Surroundings> = Arc::clone(&set) as _;
        let client = client(Arc::clone(&surroundings));
        let outbox = Empty { works: false };
        let interval = Duration::from_secs(600);
        let mut worker = Worker::new(outbox, client, surroundings, interval, |_: &Progress| {});
        worker.time_due = interval;
        worker.tell(Some(Ok(())));
        worker.round();
        assert!(matches!(worker.reported.link, Link::Offline { cause: Cause::Outbox(_), .. }));
        worker.outbox.works = true;
        *set.0.lock().unwrap() += Duration::from_secs(120);
        worker.round();
        assert_eq!(worker.reported.link, Link::Online);
    }
}
