//! Runs a session over a link: the only file of the driver that touches one.
//!
//! One thread owns the port. Between questions it sleeps on the command channel, so that a job's first byte goes
//! out as soon as the job is sent; while an answer is due it reads the port in slices of a millisecond and looks at
//! the channel in between. What a printer says unasked is seen within 50 ms.

use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::Duration;

use kiosk_link::clock::Clock;
use kiosk_link::{Link, LinkError};

use crate::encode::Job;
use crate::profile::Profile;
use crate::session::line_time;
use crate::session::{Cause, JobId, Memory, Outcome, PrinterEvent, Session};

/// One look at the port while an answer is due and a job may come.
const SLICE: Duration = Duration::from_millis(1);
/// The same while a job is being printed, when no other can come.
const SLICE_PRINTING: Duration = Duration::from_millis(5);
/// Longest sleep without a look at the port, where the printer tells changes by itself.
const LOOK: Duration = Duration::from_millis(50);
/// Longest sleep where it does not.
const NO_LOOK: Duration = Duration::from_millis(1000);
/// For the port to take bytes, beyond the time that they take on its line. A printer whose buffer is full takes none until it has printed some.
const SEND: Duration = Duration::from_secs(5);

/// What the runner is told.
#[derive(Debug)]
pub enum Command {
    /// Print this, once.
    Print {
        /// The caller's name for it.
        id: JobId,
        /// What.
        job: Job,
    },
    /// End when the job under way has ended.
    Stop,
}

/// Why a run ended. Every job that was commanded has had its outcome by then.
#[derive(Debug)]
pub enum RunEnd {
    /// It was told to, or nobody can tell it anything any more.
    Stopped,
    /// The printer does not answer: open the port anew.
    Lost,
    /// The port failed: open it anew.
    Link(LinkError),
}

/// Talks to the printer behind `link` until it is lost or told to stop.
///
/// `memory` is kept from run to run by whoever opens the port again.
///
/// Jobs that were sent before the printer was found ready are refused, not kept: a job that waits for a printer
/// might come out when nobody stands there any more.
pub fn run(
    link: &mut dyn Link,
    profile: &Profile,
    memory: &mut Memory,
    commands: &Receiver<Command>,
    on_event: &mut dyn FnMut(PrinterEvent),
) -> RunEnd {
    let clock = Clock::start();
    let session = Session::new(profile.clone(), *memory, clock.elapsed());
    let mut runner = Runner { session: session.on_line(link.bytes_per_second()), clock, stopping: false };
    let end = loop {
        match runner.turn(link, commands, on_event) {
            Ok(None) => {}
            Ok(Some(end)) => break end,
            Err(error) => {
                runner.session.link_failed();
                break RunEnd::Link(error);
            }
        }
    };
    runner.tell(on_event);
    *memory = runner.session.memory();
    refuse_waiting(commands, on_event);
    end
}

fn refuse_waiting(commands: &Receiver<Command>, on_event: &mut dyn FnMut(PrinterEvent)) {
    while let Ok(command) = commands.try_recv() {
        if let Command::Print { id, .. } = command {
            let outcome = Outcome::NotPrinted { cause: Cause::LinkLost };
            on_event(PrinterEvent::Outcome { job: id, outcome });
        }
    }
}

struct Runner {
    session: Session,
    clock: Clock,
    stopping: bool,
}

impl Runner {
    fn turn(
        &mut self,
        link: &mut dyn Link,
        commands: &Receiver<Command>,
        on_event: &mut dyn FnMut(PrinterEvent),
    ) -> Result<Option<RunEnd>, LinkError> {
        loop {
            match commands.try_recv() {
                Ok(command) => self.obey(command),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    self.stopping = true;
                    break;
                }
            }
        }
        self.session.timeout(self.clock.elapsed());
        self.flush(link)?;
        self.tell(on_event);
        if self.session.is_lost() {
            return Ok(Some(RunEnd::Lost));
        }
        if self.stopping && !self.session.is_printing() {
            return Ok(Some(RunEnd::Stopped));
        }
        let slice = if self.session.awaits_answer() {
            if self.session.is_printing() { SLICE_PRINTING } else { SLICE }
        } else {
            self.sleep(commands);
            self.flush(link)?;
            Duration::ZERO
        };
        let mut bytes = [0; 256];
        let count = link.receive(&mut bytes, slice)?;
        if count > 0 {
            self.session.received(bytes.get(..count).unwrap_or_default(), self.clock.elapsed());
        }
        Ok(None)
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Print { id, job } => self.session.print(id, &job, self.clock.elapsed()),
            Command::Stop => self.stopping = true,
        }
    }

    /// Sleeps until a command comes or something is due.
    fn sleep(&mut self, commands: &Receiver<Command>) {
        let longest = if self.session.is_automatic() { LOOK } else { NO_LOOK };
        let due = self.session.next_timeout().map_or(longest, |at| at.saturating_sub(self.clock.elapsed()));
        match commands.recv_timeout(due.min(longest)) {
            Ok(command) => self.obey(command),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => self.stopping = true,
        }
    }

    fn flush(&mut self, link: &mut dyn Link) -> Result<(), LinkError> {
        while let Some(bytes) = self.session.take_output() {
            let takes = link.bytes_per_second().map_or(Duration::ZERO, |line| line_time(bytes.len(), line));
            link.send(&bytes, SEND + takes)?;
        }
        Ok(())
    }

    fn tell(&mut self, on_event: &mut dyn FnMut(PrinterEvent)) {
        while let Some(event) = self.session.next_event() {
            on_event(event);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::bitmap::NoGlyphs;
    use crate::document::Document;
    use crate::encode::encode;
    use crate::profile::tests::shipped;
    use crate::session::Certainty;
    use crate::simulator::SimulatedPrinter;

    /// A simulated printer right behind the link. It counts how long it is waited for, and can break.
    struct Direct {
        clock: Clock,
        printer: SimulatedPrinter,
        longest: Duration,
        sent: Vec<u8>,
        breaks_on: Option<&'static [u8]>,
    }

    impl Direct {
        fn new(name: &str) -> Self {
            let printer = SimulatedPrinter::new(shipped(name));
            Self {
                clock: Clock::start(),
                printer,
                longest: Duration::ZERO,
                sent: Vec::new(),
                breaks_on: None,
            }
        }
    }

    impl Link for Direct {
        fn send(&mut self, bytes: &[u8], _: Duration) -> Result<(), LinkError> {
            self.sent.extend(bytes);
            if self.breaks_on.is_some_and(|fatal| bytes.windows(fatal.len()).any(|window| window == fatal)) {
                return Err(LinkError::Gone);
            }
            self.printer.receive(bytes, self.clock.elapsed());
            Ok(())
        }

        fn receive(&mut self, into: &mut [u8], within: Duration) -> Result<usize, LinkError> {
            self.longest = self.longest.max(within);
            let now = self.clock.elapsed();
            self.printer.advance(now);
            let answers = self.printer.take_answers(now);
            into[..answers.len()].copy_from_slice(&answers);
            if answers.is_empty() {
                std::thread::sleep(within);
            }
            Ok(answers.len())
        }
    }

    fn job(name: &str) -> Job {
        encode(&Document::new().line("A023").cut(), &shipped(name), &NoGlyphs).unwrap()
    }

    const ID: JobId = JobId(5);

    fn outcomes(events: &[PrinterEvent]) -> Vec<Outcome> {
        let outcome = |event: &PrinterEvent| match event {
            PrinterEvent::Outcome { outcome, .. } => Some(*outcome),
            _ => None,
        };
        events.iter().filter_map(outcome).collect()
    }

    /// Runs until the job that is sent when the printer is ready has ended.
    fn one_job(link: &mut Direct, name: &str) -> (RunEnd, Vec<PrinterEvent>) {
        let (commands, heard) = mpsc::channel();
        let mut events = Vec::new();
        let end = run(link, &shipped(name), &mut Memory::new(1), &heard, &mut |event| {
            match event {
                PrinterEvent::Readiness(Ok(())) if outcomes(&events).is_empty() => {
                    commands.send(Command::Print { id: ID, job: job(name) }).unwrap();
                }
                PrinterEvent::Outcome { .. } => commands.send(Command::Stop).unwrap(),
                _ => {}
            }
            events.push(event);
        });
        (end, events)
    }

    #[test]
    fn a_job_goes_through() {
        for name in ["vkp80", "epson-tm", "generic-58mm"] {
            let mut link = Direct::new(name);
            let (end, events) = one_job(&mut link, name);
            assert!(matches!(end, RunEnd::Stopped), "{name} {end:?}");
            assert_eq!(outcomes(&events), [Outcome::Printed { certainty: Certainty::Confirmed }], "{name}");
            assert!(link.longest <= SLICE_PRINTING, "a command would have waited {:?}", link.longest);
            assert_eq!(link.printer.faults(), &[] as &[String]);
        }
    }

    #[test]
    fn a_port_that_breaks_on_the_job_is_told_once() {
        let mut link = Direct::new("epson-tm");
        link.breaks_on = Some(b"A023");
        let (end, events) = one_job(&mut link, "epson-tm");
        assert!(matches!(end, RunEnd::Link(LinkError::Gone)));
        assert_eq!(outcomes(&events), [Outcome::Doubtful { cause: Cause::LinkLost }]);
    }

    #[test]
    fn jobs_from_before_are_refused_and_not_kept() {
        let (commands, heard) = mpsc::channel();
        commands.send(Command::Print { id: ID, job: job("vkp80") }).unwrap();
        commands.send(Command::Stop).unwrap();
        let mut link = Direct::new("vkp80");
        let mut events = Vec::new();
        let end =
            run(&mut link, &shipped("vkp80"), &mut Memory::new(1), &heard, &mut |event| events.push(event));
        assert!(matches!(end, RunEnd::Stopped));
        assert_eq!(outcomes(&events), [Outcome::NotPrinted { cause: Cause::NotReady }]);
        assert!(!link.sent.windows(4).any(|window| window == b"A023"));
    }

    #[test]
    fn it_ends_when_nobody_can_command_it() {
        let (commands, heard) = mpsc::channel();
        drop(commands);
        let end = run(&mut Direct::new("vkp80"), &shipped("vkp80"), &mut Memory::new(1), &heard, &mut |_| ());
        assert!(matches!(end, RunEnd::Stopped));
    }
}
