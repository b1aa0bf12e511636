//! The day itself: one loop over virtual time, in which everybody does what is due, one after the other, and the
//! promises are checked after every step. No thread, no socket, no sleep: the seed is the whole day.

mod disk;
mod inside;
mod outside;
mod watch;

use std::time::Duration;

use kiosk::words::Words;
use kiosk_escpos::simulator::Knob;
use tempfile::TempDir;

use crate::diary::Diary;
use crate::dice::Dice;
use crate::hall::Hall;
use crate::mishaps::Mishaps;
use crate::platform::Platform;
use crate::promises::{Broken, Promises};
use crate::residents::Residents;
use crate::terminal::Terminal;
use crate::time::Times;
use crate::{printer, reader};

/// Nobody comes before the program has had this time to start.
pub const OPENS: Duration = Duration::from_secs(15);
/// The longest day.
const LONGEST: Duration = Duration::from_secs(5 * 3600);
/// After so long a service manager starts what could not start.
const STARTS_AGAIN: Duration = Duration::from_secs(5);
/// So many turns at one instant mean that something spins.
const MOST_TURNS: u32 = 5_000;

/// Everything there is.
pub struct World {
    pub times: Times,
    pub diary: Diary,
    pub hall: Hall,
    pub terminal: Option<Terminal>,
    pub printer: printer::Bench,
    pub reader: reader::Bench,
    pub platform: Platform,
    pub residents: Residents,
    pub mishaps: Mishaps,
    pub promises: Promises,
    words: Words,
    folder: TempDir,
    starts_at: Option<Duration>,
    /// The mains fail in the midst of the next commit.
    tear: bool,
    /// Some writes fail.
    store_fails: bool,
    last_sign: Duration,
    page: &'static str,
    turns: u32,
    dice: Dice,
}

impl World {
    /// The world of a seed, a moment before the program starts.
    pub fn new(seed: u64) -> Self {
        let hall = Hall::new(seed);
        let mishaps = Mishaps::new(seed, OPENS, Duration::from_secs(4_000));
        let promises = Promises::new(hall.profile.presenter.is_some(), mishaps.mood.liar);
        let mut dice = Dice::new(seed, "world");
        let mut printer = printer::Bench::new(hall.profile.clone(), seed);
        printer.turn(
            Knob::TakeAfter(dice.pick(&[None, Some(Duration::from_secs(2)), Some(Duration::from_secs(70))])),
            Duration::ZERO,
        );
        printer.turn(Knob::AnswersEarly(mishaps.mood.liar), Duration::ZERO);
        let mut diary = Diary::default();
        let door = if hall.rules.opening == kiosk::domain::hours::Opening::always() {
            "always open"
        } else {
            "with hours"
        };
        let lacks = [
            (hall.settings.has_reader, "reader"),
            (hall.settings.has_printer.dispenser, "dispenser"),
            (hall.settings.has_platform, "platform"),
        ];
        let lacks: String =
            lacks.into_iter().filter(|(has, _)| !has).map(|(_, it)| format!(", no {it}")).collect();
        diary.note(
            hall.begins,
            "seed",
            &format!("{seed}: {}, {door}{lacks}, {:?}", hall.printer, mishaps.mood),
        );
        Self {
            times: Times::begin(hall.begins),
            diary,
            terminal: None,
            printer,
            reader: reader::Bench::new(seed),
            platform: Platform::new(seed),
            residents: Residents::new(seed, hall.letters(), OPENS),
            mishaps,
            promises,
            words: Words::shipped("zh").unwrap(),
            folder: new_folder(),
            starts_at: Some(Duration::ZERO),
            tear: false,
            store_fails: false,
            last_sign: Duration::ZERO,
            page: "dark",
            turns: 0,
            hall,
            dice,
        }
    }

    /// Plays the day up to its end.
    pub fn play(&mut self) -> Result<(), Broken> {
        while !self.residents.all_gone() && self.times.now < LONGEST {
            let until = self.times.now + Duration::from_secs(60);
            self.run_until(until)?;
        }
        Ok(())
    }

    /// Lets everything happen up to that time.
    pub fn run_until(&mut self, end: Duration) -> Result<(), Broken> {
        while let Some(at) = self.due().filter(|at| *at <= end) {
            self.turns = if at > self.times.now { 0 } else { self.turns + 1 };
            if self.turns > MOST_TURNS {
                return Err(Broken::new("something spins", self.page));
            }
            self.times.now = at.max(self.times.now);
            self.turn()?;
        }
        self.times.now = end;
        Ok(())
    }

    fn due(&self) -> Option<Duration> {
        let now = self.times.now;
        let terminal = self.terminal.as_ref().and_then(Terminal::due);
        let others = [self.starts_at, self.printer.due(now), self.reader.due(), self.platform.due()];
        let people = [self.residents.due(), self.mishaps.due()];
        others.into_iter().chain(people).chain([terminal]).flatten().min()
    }

    fn turn(&mut self) -> Result<(), Broken> {
        let now = self.times.now;
        while let Some(mishap) = self.mishaps.next(now) {
            self.strike(&mishap)?;
        }
        if self.starts_at.take_if(|at| *at <= now).is_some() {
            self.start()?;
        }
        self.people()?;
        if self.printer.work(now) {
            self.look()?;
        }
        self.reader.work(now);
        if self.platform.work(self.times.true_ms(), now)? {
            self.look()?;
        }
        self.devices();
        self.uplink()?;
        self.engine()
    }

    /// The program starts, or starts again; where the store takes no writes, a service manager tries again.
    fn start(&mut self) -> Result<(), Broken> {
        let started = Terminal::start(&self.hall, self.folder.path(), &self.times, &mut self.dice);
        match started {
            Ok(terminal) => self.terminal = Some(terminal),
            Err(error) if self.store_fails => {
                self.note("program", &format!("does not start: {error}"));
                self.starts_at = Some(self.times.now + STARTS_AGAIN);
                return self.hear();
            }
            Err(error) => return Err(Broken::new("the program does not start", &error.to_string())),
        }
        self.note("program", "starts");
        self.promises.look_at(self.folder.path())?;
        self.look()
    }

    /// Notes what happened.
    pub fn note(&mut self, who: &str, what: &str) {
        self.diary.note(self.times.truth(), who, what);
    }
}

/// A folder in memory where there is one: the store flushes each commit.
fn new_folder() -> TempDir {
    let memory = std::path::Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.unwrap()
}
