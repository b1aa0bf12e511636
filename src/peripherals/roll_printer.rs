//! A printer of paper rolls (ticket dispenser, receipt printer): ESC/POS under supervision, in the kiosk's words.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use kiosk_escpos::{
    Cause, Certainty, Command, EncodeError, GlyphSource, Job, JobId as DriverJob, Memory, Outcome, Paper,
    PaperFate, PrinterEvent, Profile, RunEnd, encode, run,
};
use kiosk_link::clock::Clock;
use kiosk_link::{Link, LinkError, PortUrl};

use super::supervisor::{Stop, Supervised, supervise};
use super::{JobId, PrinterNews, TestSlip, TicketPaper, test_slip, ticket_layout};
use crate::domain::device::{Health, HealthState, PaperTrouble, PrintResult};
use crate::words::Words;

/// What there is to say of silence.
const NO_ANSWER: &str = "it does not answer; check cable and power";

/// The printer's handle: takes orders, never waits.
pub struct RollPrinter {
    name: &'static str,
    profile: Profile,
    words: Arc<Words>,
    glyphs: Box<dyn GlyphSource + Send>,
    commands: Sender<Command>,
    tell: Box<dyn Fn(PrinterNews) + Send>,
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

impl RollPrinter {
    /// Starts the printer's thread, under the name of what it is. `memory` says whether an earlier process may have left half a ticket in the
    /// printer. `tell` is called from it and must be quick.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start<T>(
        name: &'static str,
        port: PortUrl,
        profile: Profile,
        words: Arc<Words>,
        glyphs: Box<dyn GlyphSource + Send>,
        memory: Memory,
        tell: T,
    ) -> std::io::Result<Self>
    where
        T: Fn(PrinterNews) + Clone + Send + 'static,
    {
        let (commands, orders) = channel();
        let stop = Stop::default();
        let mut device = Device {
            profile: profile.clone(),
            orders,
            tell: Box::new(tell.clone()),
            interpreter: Interpreter::default(),
            memory,
            clock: Clock::start(),
            stop: stop.clone(),
        };
        let raised = stop.clone();
        let thread = std::thread::Builder::new().name(name.into()).spawn(move || {
            supervise(&port, &mut |port| kiosk_link::open(port), &mut device, &raised);
            device.refuse_rest();
        })?;
        Ok(Self { name, profile, words, glyphs, commands, tell: Box::new(tell), stop, thread: Some(thread) })
    }

    /// Orders a ticket; [`PrinterNews::Done`] comes for it exactly once.
    pub fn print(&mut self, job: JobId, paper: &TicketPaper) {
        self.order(job, ticket_job(paper, &self.profile, &self.words, &*self.glyphs));
    }

    /// Orders a test slip, as [`RollPrinter::print`] does a ticket.
    pub fn print_test(&mut self, job: JobId, slip: &TestSlip) {
        let document = test_slip::test_slip(slip, &self.words);
        self.order(job, encode(&document, &self.profile, &*self.glyphs));
    }

    fn order(&mut self, job: JobId, encoded: Result<Job, EncodeError>) {
        let failed = PrinterNews::Done { job, result: PrintResult::NotPrinted(PaperTrouble::OutOfOrder) };
        match encoded {
            Ok(encoded) => {
                if self.commands.send(Command::Print { id: DriverJob(job.0), job: encoded }).is_err() {
                    (self.tell)(failed);
                }
            }
            Err(error) => {
                log::error!("a paper can't be put into this printer's bytes: {error}");
                (self.tell)(failed);
            }
        }
    }
}

/// A ticket in that printer's bytes. What nobody can draw does not stop it: it is told, on the paper and in the log.
///
/// # Errors
/// Where the QR code can't be printed.
pub fn ticket_job(
    paper: &TicketPaper,
    profile: &Profile,
    words: &Words,
    glyphs: &dyn GlyphSource,
) -> Result<Job, EncodeError> {
    let columns = profile.paper.columns;
    let job = encode(&ticket_layout::ticket(paper, columns, words), profile, glyphs)?;
    if job.undrawn() == 0 {
        return Ok(job);
    }
    log::warn!(
        "{} characters of a ticket are in no font of the printer or of this system, and stand there as code points; \
         `kiosk check` says which fonts are missing",
        job.undrawn()
    );
    encode(&ticket_layout::ticket_with_note(paper, columns, words), profile, glyphs)
}

/// Ends the thread, after the job under way.
impl Drop for RollPrinter {
    fn drop(&mut self) {
        self.stop.raise();
        // The thread may have ended already.
        let _ = self.commands.send(Command::Stop);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            log::error!("{}: its thread ended by a fault", self.name);
        }
    }
}

impl std::fmt::Debug for RollPrinter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RollPrinter")
            .field("name", &self.name)
            .field("profile", &self.profile.name)
            .finish_non_exhaustive()
    }
}

/// The thread's side.
struct Device {
    profile: Profile,
    orders: Receiver<Command>,
    tell: Box<dyn Fn(PrinterNews) + Send>,
    interpreter: Interpreter,
    /// What must outlive a session: a late answer to an earlier one must not confirm a later job.
    memory: Memory,
    clock: Clock,
    stop: Stop,
}

impl Supervised for Device {
    fn run(&mut self, link: &mut dyn Link) -> bool {
        let mut answered = false;
        let Self { profile, memory, orders, interpreter, tell, .. } = self;
        let end = run(link, profile, memory, orders, &mut |event| {
            answered |= matches!(event, PrinterEvent::Status(_));
            interpreter.news(event).into_iter().for_each(&*tell);
        });
        match end {
            RunEnd::Stopped => {}
            RunEnd::Lost => self.lost(NO_ANSWER),
            RunEnd::Link(error) => self.lost(&error.to_string()),
        }
        answered
    }

    fn unreachable(&mut self, error: &LinkError) {
        self.lost(&error.to_string());
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

impl Device {
    fn lost(&mut self, why: &str) {
        self.interpreter.lost(why).into_iter().for_each(&self.tell);
    }

    fn refuse(&self, id: DriverJob) {
        let result = PrintResult::NotPrinted(PaperTrouble::NoAnswer);
        (self.tell)(PrinterNews::Done { job: JobId(id.0), result });
    }

    fn refuse_rest(&mut self) {
        while let Ok(command) = self.orders.try_recv() {
            if let Command::Print { id, .. } = command {
                self.refuse(id);
            }
        }
    }
}

/// Puts the driver's events into the kiosk's words; one a device, from session to session.
#[derive(Debug, Default)]
pub struct Interpreter {
    /// The roll nears its end.
    low: bool,
    /// The session's last word on whether it would print.
    readiness: Option<Result<(), Cause>>,
    /// It was lost, and has not said anything since. Until it does, a port that opens is no news.
    silent: bool,
    told: Option<Health>,
}

impl Interpreter {
    /// What the engine is to hear of that event, if anything.
    pub fn news(&mut self, event: PrinterEvent) -> Option<PrinterNews> {
        match event {
            PrinterEvent::Status(status) => {
                self.silent = false;
                self.low = status.paper == Paper::Low;
                // A fault is told when the job under way has ended by it.
                if status.fault().is_none() { self.health() } else { None }
            }
            PrinterEvent::Readiness(readiness) => {
                self.readiness = Some(readiness);
                self.health()
            }
            PrinterEvent::Outcome { job, outcome } => {
                let result = match outcome {
                    Outcome::Printed { certainty } => {
                        PrintResult::Printed { confirmed: certainty == Certainty::Confirmed }
                    }
                    Outcome::NotPrinted { cause } => PrintResult::NotPrinted(trouble(cause)),
                    Outcome::Doubtful { cause } => PrintResult::Doubtful(trouble(cause)),
                };
                Some(PrinterNews::Done { job: JobId(job.0), result })
            }
            PrinterEvent::Paper { job, fate } => {
                let job = job.map(|job| JobId(job.0));
                match fate {
                    PaperFate::StillThere => Some(PrinterNews::NotTaken { job }),
                    PaperFate::TakenBack => Some(PrinterNews::TakenBack { job }),
                    PaperFate::Taken | PaperFate::PushedOut => Some(PrinterNews::Taken { job }),
                    // Readiness tells it, and tells when it is over.
                    PaperFate::Stuck => None,
                }
            }
            // Told with its cause by whoever runs the session.
            PrinterEvent::Lost(_) => None,
        }
    }

    /// The session has ended, or none could begin; `why` is for the technician.
    pub fn lost(&mut self, why: &str) -> Option<PrinterNews> {
        self.silent = true;
        self.readiness = None;
        self.tell(HealthState::Lost, why)
    }

    fn health(&mut self) -> Option<PrinterNews> {
        if self.silent {
            return None;
        }
        match self.readiness? {
            Ok(()) if self.low => self.tell(HealthState::Low, "ready; the roll nears its end"),
            Ok(()) => self.tell(HealthState::Ready, "ready"),
            // Printing is no trouble; of a port that failed the end of the session tells more.
            Err(Cause::Busy | Cause::LinkLost) => None,
            Err(Cause::NotReady) => self.tell(HealthState::Starting, "getting ready"),
            Err(Cause::NoAnswer) => self.tell(HealthState::Lost, NO_ANSWER),
            Err(cause) => self.tell(HealthState::Trouble(trouble(cause)), detail(cause)),
        }
    }

    /// The same is not told twice.
    fn tell(&mut self, state: HealthState, detail: &str) -> Option<PrinterNews> {
        let health = Health { state, detail: detail.to_owned() };
        if self.told.as_ref() == Some(&health) {
            return None;
        }
        self.told = Some(health.clone());
        Some(PrinterNews::Health(health))
    }
}

fn trouble(cause: Cause) -> PaperTrouble {
    match cause {
        Cause::PaperOut => PaperTrouble::PaperOut,
        Cause::CoverOpen => PaperTrouble::CoverOpen,
        Cause::Jam | Cause::Cutter | Cause::MouthBlocked => PaperTrouble::Jam,
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
        Cause::MouthBlocked => "paper is stuck at the mouth; pull it out",
        Cause::Cutter => "the cutter is stuck; open the cover, take the paper out, switch it off and on",
        Cause::Broken => {
            "an error that it can't leave by itself; switch it off and on, else have it repaired"
        }
        Cause::Overheated => "too hot, or the voltage is out of range; it recovers by itself",
        Cause::Offline => "off line; check its feed button and its own display",
        Cause::NoAnswer => NO_ANSWER,
        Cause::LinkLost => "the port failed; check the cable",
        Cause::Unconfirmed => "it never said that the ticket was printed; check the profile",
        Cause::Garbled => "it sends bytes that no such printer sends; check baud rate and profile",
        Cause::NotReady => "getting ready",
        Cause::Busy => "printing",
    }
}

#[cfg(test)]
mod each_profile;
#[cfg(test)]
mod rare_names;
#[cfg(test)]
mod tests;
