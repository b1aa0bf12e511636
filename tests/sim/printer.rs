//! The ticket dispenser: the driver's session in the terminal, the simulated printer beside it, and the line
//! between them. What the driver's thread does with a port in real time is done here in virtual time.

use std::time::Duration;

use kiosk::domain::device::{PaperTrouble, PrintResult};
use kiosk::peripherals::roll_printer::Interpreter;
use kiosk::peripherals::{JobId, PrinterNews, TicketPaper, ticket_layout};
use kiosk::words::Words;
use kiosk_escpos::simulator::{Knob, SimulatedPrinter};
use kiosk_escpos::{Bitmap, GlyphSource, JobId as DriverJob, Memory, PrinterEvent, Profile, Session, encode};

use crate::dice::Dice;
use crate::wire::Wire;

/// Waits between attempts to open the port, as the supervisor's.
pub const WAITS: [u64; 5] = [200, 500, 1_000, 2_000, 3_000];

/// The printer on its shelf; it outlives the program.
pub struct Bench {
    /// The machine.
    pub printer: SimulatedPrinter,
    to: Wire,
    from: Wire,
    plugged: bool,
}

impl Bench {
    pub fn new(profile: Profile, seed: u64) -> Self {
        let byte = Duration::from_micros(87);
        Self {
            printer: SimulatedPrinter::new(profile),
            to: Wire::new(byte, Dice::new(seed, "to printer")),
            from: Wire::new(byte, Dice::new(seed, "from printer")),
            plugged: true,
        }
    }

    /// When something happens here by itself.
    pub fn due(&self, now: Duration) -> Option<Duration> {
        [self.to.due(), self.from.due(), self.printer.next_change(now)].into_iter().flatten().min()
    }

    /// Turns a knob.
    pub fn turn(&mut self, knob: Knob, now: Duration) {
        if let Knob::Plugged(plugged) = knob {
            self.plugged = plugged;
            self.to.cut();
            self.from.cut();
        }
        self.printer.turn(knob, now);
        self.collect(now);
    }

    /// The program behind the line is gone: the port's buffers go with it.
    pub fn hang_up(&mut self) {
        self.to.cut();
        self.from.cut();
    }

    /// Nobody listens: what comes is lost.
    pub fn unheard(&mut self, now: Duration) {
        while self.from.arrived(now).is_some() {}
    }

    /// Lets the printer work; whether it did anything.
    pub fn work(&mut self, now: Duration) -> bool {
        let mut worked = false;
        while let Some(bytes) = self.to.arrived(now) {
            self.printer.receive(&bytes, now);
            worked = true;
        }
        worked |= self.printer.next_change(now).is_some_and(|at| at <= now);
        self.printer.advance(now);
        self.collect(now);
        worked
    }

    fn collect(&mut self, now: Duration) {
        let answers = self.printer.take_answers(now);
        if !answers.is_empty() && self.plugged {
            self.from.send(&answers, now);
        }
    }
}

/// The driver in the running terminal.
pub struct Driver {
    profile: Profile,
    session: Option<Session>,
    memory: Memory,
    tries: usize,
    answered: bool,
    interpreter: Interpreter,
    open_at: Duration,
    news: Vec<PrinterNews>,
}

impl Driver {
    pub fn new(profile: Profile, memory: Memory, now: Duration) -> Self {
        Self {
            profile,
            session: None,
            memory,
            tries: 0,
            answered: false,
            interpreter: Interpreter::default(),
            open_at: now,
            news: Vec::new(),
        }
    }

    /// When something is due.
    pub fn due(&self) -> Option<Duration> {
        self.session.as_ref().map_or(Some(self.open_at), Session::next_timeout)
    }

    /// Orders a ticket.
    pub fn print(&mut self, job: JobId, paper: &TicketPaper, words: &Words, now: Duration) {
        let document = ticket_layout::ticket(paper, self.profile.paper.columns, words);
        match (&mut self.session, encode(&document, &self.profile, &Blocks)) {
            (Some(session), Ok(encoded)) => session.print(DriverJob(job.0), &encoded, now),
            (None, Ok(_)) => self.refuse(job, PaperTrouble::NoAnswer),
            (_, Err(_)) => self.refuse(job, PaperTrouble::OutOfOrder),
        }
    }

    /// Does what is due, and says what there is to tell.
    pub fn work(&mut self, bench: &mut Bench, now: Duration) -> Vec<PrinterNews> {
        if self.session.is_none() && self.open_at <= now {
            self.open(bench, now);
        }
        while let Some(bytes) = bench.from.arrived(now) {
            if let Some(session) = &mut self.session {
                session.received(&bytes, now);
            }
        }
        if let Some(mut session) = self.session.take() {
            session.timeout(now);
            if !bench.plugged {
                session.link_failed();
            }
            while let Some(bytes) = session.take_output() {
                bench.to.send(&bytes, now);
            }
            self.listen(&mut session);
            if session.is_lost() {
                self.lost(&session, bench, now);
            } else {
                self.session = Some(session);
            }
        }
        std::mem::take(&mut self.news)
    }

    fn open(&mut self, bench: &mut Bench, now: Duration) {
        self.answered = false;
        if bench.plugged {
            bench.from.cut();
            self.session = Some(Session::new(self.profile.clone(), self.memory, now));
        } else {
            self.news.extend(self.interpreter.lost("no such port"));
            self.wait(now);
        }
    }

    fn lost(&mut self, session: &Session, bench: &Bench, now: Duration) {
        self.memory = session.memory();
        let detail =
            if bench.plugged { "it does not answer; check cable and power" } else { "the port is gone" };
        self.news.extend(self.interpreter.lost(detail));
        if self.answered {
            self.tries = 0;
        }
        self.wait(now);
    }

    fn wait(&mut self, now: Duration) {
        self.open_at = now + Duration::from_millis(WAITS[self.tries.min(WAITS.len() - 1)]);
        self.tries += 1;
    }

    fn listen(&mut self, session: &mut Session) {
        while let Some(event) = session.next_event() {
            self.answered |= matches!(event, PrinterEvent::Status(_));
            self.news.extend(self.interpreter.news(event));
        }
    }

    fn refuse(&mut self, job: JobId, trouble: PaperTrouble) {
        self.news.push(PrinterNews::Done { job, result: PrintResult::NotPrinted(trouble) });
    }
}

/// Characters that the printer lacks, as blocks: the day must not hang on the machine's fonts.
struct Blocks;

impl GlyphSource for Blocks {
    fn glyph(&self, _: char, height_dots: u32) -> Option<Bitmap> {
        let mut block = Bitmap::new(height_dots, height_dots);
        for at in 0..height_dots {
            block.set(at, at, true);
        }
        Some(block)
    }
}
