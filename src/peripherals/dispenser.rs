//! The ticket dispenser: an ESC/POS printer under supervision, in the kiosk's words.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use kiosk_escpos::{
    Cause, Certainty, Command, GlyphSource, JobId as DriverJob, Memory, Outcome, Paper, PaperFate,
    PrinterEvent, Profile, RunEnd, encode, run,
};
use kiosk_link::clock::Clock;
use kiosk_link::{Link, LinkError, PortUrl};

use super::supervisor::{Stop, Supervised, supervise};
use super::{DispenserNews, JobId, TicketPaper, ticket_layout};
use crate::domain::device::{Health, HealthState, PaperTrouble, PrintResult};
use crate::words::Words;

/// The dispenser's handle: takes orders, never waits.
pub struct Dispenser {
    profile: Profile,
    words: Arc<Words>,
    glyphs: Box<dyn GlyphSource + Send>,
    commands: Sender<Command>,
    tell: Box<dyn Fn(DispenserNews) + Send>,
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

impl Dispenser {
    /// Starts the dispenser's thread. `memory` says whether an earlier process may have left half a ticket in the
    /// printer. `tell` is called from it and must be quick.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start<T>(
        port: PortUrl,
        profile: Profile,
        words: Arc<Words>,
        glyphs: Box<dyn GlyphSource + Send>,
        memory: Memory,
        tell: T,
    ) -> std::io::Result<Self>
    where
        T: Fn(DispenserNews) + Clone + Send + 'static,
    {
        let (commands, orders) = channel();
        let stop = Stop::default();
        let mut device = Printer {
            profile: profile.clone(),
            orders,
            tell: Box::new(tell.clone()),
            memory,
            clock: Clock::start(),
            stop: stop.clone(),
        };
        let raised = stop.clone();
        let thread = std::thread::Builder::new().name("dispenser".into()).spawn(move || {
            supervise(&port, &mut |port| kiosk_link::open(port), &mut device, &raised);
            device.refuse_rest();
        })?;
        Ok(Self { profile, words, glyphs, commands, tell: Box::new(tell), stop, thread: Some(thread) })
    }

    /// Orders a ticket; [`DispenserNews::Done`] comes for it exactly once.
    pub fn print(&mut self, job: JobId, paper: &TicketPaper) {
        let document = ticket_layout::ticket(paper, self.profile.paper.columns, &self.words);
        let failed = DispenserNews::Done { job, result: PrintResult::NotPrinted(PaperTrouble::OutOfOrder) };
        match encode(&document, &self.profile, &*self.glyphs) {
            Ok(encoded) => {
                if self.commands.send(Command::Print { id: DriverJob(job.0), job: encoded }).is_err() {
                    (self.tell)(failed);
                }
            }
            Err(error) => {
                log::error!("a ticket can't be put into this printer's bytes: {error}");
                (self.tell)(failed);
            }
        }
    }
}

/// Ends the thread, after the job under way.
impl Drop for Dispenser {
    fn drop(&mut self) {
        self.stop.raise();
        // The thread may have ended already.
        let _ = self.commands.send(Command::Stop);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            log::error!("the dispenser's thread ended by a fault");
        }
    }
}

impl std::fmt::Debug for Dispenser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dispenser").field("profile", &self.profile.name).finish_non_exhaustive()
    }
}

/// The thread's side.
struct Printer {
    profile: Profile,
    orders: Receiver<Command>,
    tell: Box<dyn Fn(DispenserNews) + Send>,
    /// What must outlive a session: a late answer to an earlier one must not confirm a later job.
    memory: Memory,
    clock: Clock,
    stop: Stop,
}

impl Supervised for Printer {
    fn run(&mut self, link: &mut dyn Link) -> bool {
        let mut answered = false;
        let tell = &self.tell;
        let mut interpreter = Interpreter::default();
        let end = run(link, &self.profile, &mut self.memory, &self.orders, &mut |event| {
            answered |= matches!(event, PrinterEvent::Status(_));
            if let Some(news) = interpreter.news(event) {
                tell(news);
            }
        });
        match end {
            RunEnd::Stopped => {}
            RunEnd::Lost => self.health(HealthState::Lost, "it does not answer; check cable and power"),
            RunEnd::Link(error) => self.health(HealthState::Lost, &error.to_string()),
        }
        answered
    }

    fn unreachable(&mut self, error: &LinkError) {
        self.health(HealthState::Lost, &error.to_string());
    }

    fn wait(&mut self, how_long: Duration) {
        let until = self.clock.elapsed() + how_long;
        loop {
            let left = until.saturating_sub(self.clock.elapsed());
            match self.orders.recv_timeout(left) {
                Ok(Command::Print { id, .. }) => self.refuse(id),
                Ok(Command::Stop) | Err(RecvTimeoutError::Disconnected) => {
                    self.stop.raise();
                    return;
                }
                Err(RecvTimeoutError::Timeout) => return,
            }
        }
    }
}

impl Printer {
    fn health(&self, state: HealthState, detail: &str) {
        (self.tell)(DispenserNews::Health(Health { state, detail: detail.to_owned() }));
    }

    fn refuse(&self, id: DriverJob) {
        let result = PrintResult::NotPrinted(PaperTrouble::NoAnswer);
        (self.tell)(DispenserNews::Done { job: JobId(id.0), result });
    }

    fn refuse_rest(&mut self) {
        while let Ok(command) = self.orders.try_recv() {
            if let Command::Print { id, .. } = command {
                self.refuse(id);
            }
        }
    }
}

/// Puts the driver's events into the kiosk's words; one a session.
#[derive(Debug, Default)]
pub struct Interpreter {
    /// The roll nears its end.
    low: bool,
}

impl Interpreter {
    /// What the engine is to hear of that event, if anything.
    pub fn news(&mut self, event: PrinterEvent) -> Option<DispenserNews> {
        match event {
            PrinterEvent::Status(status) => {
                self.low = status.paper == Paper::Low;
                None
            }
            PrinterEvent::Readiness(Ok(())) if self.low => {
                health(HealthState::Low, "ready; the roll nears its end")
            }
            PrinterEvent::Readiness(Ok(())) => health(HealthState::Ready, "ready"),
            // Printing is no trouble, and clearing up after a failed job is over in a moment.
            PrinterEvent::Readiness(Err(Cause::Busy)) => None,
            PrinterEvent::Readiness(Err(Cause::NotReady)) => health(HealthState::Starting, "getting ready"),
            PrinterEvent::Readiness(Err(cause)) => {
                health(HealthState::Trouble(trouble(cause)), detail(cause))
            }
            PrinterEvent::Outcome { job, outcome } => {
                let result = match outcome {
                    Outcome::Printed { certainty } => {
                        PrintResult::Printed { confirmed: certainty == Certainty::Confirmed }
                    }
                    Outcome::NotPrinted { cause } => PrintResult::NotPrinted(trouble(cause)),
                    Outcome::Doubtful { cause } => PrintResult::Doubtful(trouble(cause)),
                };
                Some(DispenserNews::Done { job: JobId(job.0), result })
            }
            PrinterEvent::Paper { job, fate } => {
                let job = job.map(|job| JobId(job.0));
                match fate {
                    PaperFate::StillThere => Some(DispenserNews::NotTaken { job }),
                    PaperFate::TakenBack => Some(DispenserNews::TakenBack { job }),
                    PaperFate::Taken | PaperFate::PushedOut => Some(DispenserNews::Taken { job }),
                    PaperFate::Stuck => {
                        health(HealthState::Trouble(PaperTrouble::Jam), "paper stuck at the mouth")
                    }
                }
            }
            PrinterEvent::Lost(cause) => health(HealthState::Lost, detail(cause)),
        }
    }
}

fn health(state: HealthState, detail: &str) -> Option<DispenserNews> {
    Some(DispenserNews::Health(Health { state, detail: detail.to_owned() }))
}

fn trouble(cause: Cause) -> PaperTrouble {
    match cause {
        Cause::PaperOut => PaperTrouble::PaperOut,
        Cause::CoverOpen => PaperTrouble::CoverOpen,
        Cause::Jam | Cause::Cutter => PaperTrouble::Jam,
        Cause::NoAnswer | Cause::LinkLost | Cause::Garbled => PaperTrouble::NoAnswer,
        Cause::Broken
        | Cause::Overheated
        | Cause::Offline
        | Cause::Unconfirmed
        | Cause::NotReady
        | Cause::Busy => PaperTrouble::OutOfOrder,
    }
}

fn detail(cause: Cause) -> &'static str {
    match cause {
        Cause::PaperOut => "no paper; put in a new roll",
        Cause::CoverOpen => "the cover is open; close it",
        Cause::Jam => "paper jam; open the cover and take the paper out",
        Cause::Cutter => "the cutter is stuck; open the cover, take the paper out, switch it off and on",
        Cause::Broken => {
            "an error that it can't leave by itself; switch it off and on, else have it repaired"
        }
        Cause::Overheated => "too hot, or the voltage is out of range; it recovers by itself",
        Cause::Offline => "off line; check its feed button and its own display",
        Cause::NoAnswer => "it does not answer; check cable and power",
        Cause::LinkLost => "the port failed; check the cable",
        Cause::Unconfirmed => "it never said that the ticket was printed; check the profile",
        Cause::Garbled => "it sends bytes that no such printer sends; check baud rate and profile",
        Cause::NotReady => "getting ready",
        Cause::Busy => "printing",
    }
}

#[cfg(test)]
mod tests;
