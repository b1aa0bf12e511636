//! The day itself: one loop over virtual time, in which everybody does what is due, one after the other, and the
//! promises are checked after every step. No thread, no socket, no sleep: the seed is the whole day.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kiosk::engine::scene::Shown;
use kiosk::engine::{Input, Out, PlatformNews};
use kiosk::peripherals::{DispenserNews, ReaderNews};
use kiosk::visit::view::Page;
use kiosk::words::Words;
use kiosk_escpos::Paper;
use kiosk_escpos::simulator::Knob;
use kiosk_id_reader::simulator::Fault;
use tempfile::TempDir;

use crate::diary::{Diary, heard};
use crate::dice::Dice;
use crate::hall::Hall;
use crate::mishaps::{Mishap, Mishaps};
use crate::people::leak;
use crate::platform::{Line, Platform};
use crate::promises::{Broken, Promises};
use crate::residents::{Hand, Residents};
use crate::terminal::Terminal;
use crate::time::Times;
use crate::{printer, reader};

/// Nobody comes before the program has had this time to start.
pub const OPENS: Duration = Duration::from_secs(15);
/// The longest day.
const LONGEST: Duration = Duration::from_secs(5 * 3600);
/// So many turns at one instant mean that something spins.
const MOST_TURNS: u32 = 5_000;
/// After so long without a sign of anybody nothing of anybody is left.
const ALL_WIPED: Duration = Duration::from_secs(240);

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
    last_sign: Duration,
    page: &'static str,
    turns: u32,
    dice: Dice,
}

impl World {
    /// The world of a seed, a moment before the program starts.
    pub fn new(seed: u64) -> Self {
        let hall = Hall::new(seed);
        let promises = Promises::new(hall.profile.presenter.is_some());
        let mishaps = Mishaps::new(seed, OPENS, Duration::from_secs(4_000));
        let mut dice = Dice::new(seed, "world");
        let mut printer = printer::Bench::new(hall.profile.clone(), seed);
        printer.turn(
            Knob::TakeAfter(dice.pick(&[None, Some(Duration::from_secs(2)), Some(Duration::from_secs(70))])),
            Duration::ZERO,
        );
        let mut diary = Diary::default();
        let door = if hall.rules.opening == kiosk::domain::hours::Opening::always() {
            "always open"
        } else {
            "with hours"
        };
        diary.note(hall.begins, "seed", &format!("{seed}: {}, {door}, {:?}", hall.printer, mishaps.mood));
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

    /// The program starts, or starts again.
    fn start(&mut self) -> Result<(), Broken> {
        let terminal = Terminal::start(&self.hall, self.folder.path(), &self.times, &mut self.dice)
            .map_err(|error| Broken::new("the program does not start", &error.to_string()))?;
        self.note("program", "starts");
        self.terminal = Some(terminal);
        self.promises.look_at(self.folder.path())?;
        self.look()
    }

    /// Ends the program as a power cut would: the next one finds the disk as it was at this instant.
    fn kill(&mut self) -> Result<(), Broken> {
        if self.terminal.is_none() {
            return Ok(());
        }
        self.look()?;
        self.promises.look_away();
        let left = new_folder();
        for file in ["kiosk.db", "kiosk.db-wal"] {
            let from = self.folder.path().join(file);
            if from.exists() {
                std::fs::copy(from, left.path().join(file)).unwrap();
            }
        }
        self.terminal = None;
        self.folder = left;
        self.printer.hang_up();
        self.reader.hang_up();
        self.platform.hang_up();
        self.page = "dark";
        let after = self.dice.ms(1_500, 30_000);
        self.starts_at = Some(self.times.now + after);
        self.hear()?;
        self.no_one_on_disk()
    }

    fn strike(&mut self, mishap: &Mishap) -> Result<(), Broken> {
        let now = self.times.now;
        self.note("mishap", &format!("{mishap:?}"));
        match mishap {
            Mishap::Printer(knob) => {
                self.printer.turn(*knob, now);
                self.look()?;
            }
            Mishap::ReaderBreaks(kind, times) => {
                self.reader.reader.break_with(Fault::always(kind.clone()).times(*times))
            }
            Mishap::ReaderMends => self.reader.reader.mend(),
            Mishap::ReaderPlug(plugged) => self.reader.plug(*plugged),
            Mishap::Line(line) => self.platform.line = *line,
            Mishap::Kill => self.kill()?,
            Mishap::PowerCut => {
                self.kill()?;
                self.printer.turn(Knob::Power(false), now);
                self.printer.turn(Knob::Power(true), now);
                self.reader.reader.restart();
            }
            Mishap::ClockDies => self.times.set_wall(Timestamp::UNIX_EPOCH + SignedDuration::from_secs(12)),
            Mishap::ClockSet(by) => self.times.set_wall(self.times.wall() + *by),
            Mishap::ClockRight => self.times.set_wall(self.times.truth()),
        }
        Ok(())
    }

    fn people(&mut self) -> Result<(), Broken> {
        let now = self.times.now;
        if self.residents.due().is_none_or(|at| at > now) {
            return Ok(());
        }
        let scene = self.terminal.as_ref().and_then(|terminal| terminal.scene.as_ref());
        for hand in self.residents.act(scene, now) {
            self.hand(hand)?;
        }
        Ok(())
    }

    /// A hand does something.
    pub fn hand(&mut self, hand: Hand) -> Result<(), Broken> {
        let now = self.times.now;
        let what = match &hand {
            Hand::Lay(_) => "lays a card".to_owned(),
            // Which key is nobody's business.
            Hand::Touch(kiosk::visit::Act::Key(_)) => "touches a key".to_owned(),
            other => format!("{other:?}"),
        };
        self.note("resident", &what);
        let input = match hand {
            Hand::Touch(act) => Input::Act(act),
            Hand::Anywhere => Input::Touched,
            Hand::Manner(act) => Input::Manner(act),
            Hand::Lay(card) => {
                self.reader.reader.put(*card);
                return Ok(());
            }
            Hand::Lift => {
                self.reader.reader.lift();
                return Ok(());
            }
            Hand::TakePaper => {
                self.printer.turn(Knob::Take, now);
                return self.look();
            }
            Hand::Leave => return Ok(()),
        };
        let at = now + self.dice.ms(0, 4);
        if let Some(terminal) = &mut self.terminal {
            terminal.post(input, at);
        }
        Ok(())
    }

    fn devices(&mut self) {
        let now = self.times.now;
        let Some(terminal) = &mut self.terminal else {
            self.printer.unheard(now);
            self.reader.unheard(now);
            return;
        };
        for news in terminal.dispenser.work(&mut self.printer, now) {
            let at = now + self.dice.ms(0, 2);
            terminal.post(Input::Dispenser(news), at);
        }
        for news in terminal.reader.work(&mut self.reader, now) {
            let at = now + self.dice.ms(0, 2);
            terminal.post(Input::Reader(news), at);
        }
    }

    fn uplink(&mut self) -> Result<(), Broken> {
        let Some(terminal) = &mut self.terminal else { return Ok(()) };
        let told = terminal
            .uplink
            .work(&mut self.platform, &self.times)
            .map_err(|error| Broken::new("the outbox can't be read", &error.to_string()))?;
        for news in told.news {
            terminal.post(Input::Platform(news), self.times.now);
        }
        if told.verdicts.is_empty() {
            return Ok(());
        }
        self.note("platform", &format!("settles {}", told.verdicts.len()));
        let (sender, receiver) = std::sync::mpsc::channel();
        self.tell(Input::Settle(told.verdicts, sender))?;
        match receiver.try_recv() {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Broken::new("verdicts are not kept", &error.to_string())),
            Err(_) => Err(Broken::new("the engine does not answer", "settle")),
        }
    }

    /// The engine's mail, its wishes, and time alone.
    fn engine(&mut self) -> Result<(), Broken> {
        let now = self.times.now;
        while let Some(terminal) = &mut self.terminal {
            let Some((_, out)) = terminal.outs.pop_front_if(|(at, _)| *at <= now) else { break };
            self.carry_out(out)?;
        }
        while let Some(terminal) = &mut self.terminal {
            let Some((_, input)) = terminal.mail.pop_front_if(|(at, _)| *at <= now) else { break };
            self.tell(input)?;
        }
        match &self.terminal {
            Some(terminal) if terminal.tick_at <= now => self.tell(Input::Tick),
            _ => Ok(()),
        }
    }

    fn tell(&mut self, input: Input) -> Result<(), Broken> {
        let now = self.times.now;
        self.sign_of_somebody(&input)?;
        let Some(terminal) = &mut self.terminal else { return Ok(()) };
        terminal.time_told |= matches!(input, Input::Platform(PlatformNews::Time { .. }));
        let seen = self.times.seen(terminal.started);
        let outs = terminal.engine.handle(input, seen);
        let rest = terminal.engine.rest(seen).clamp(Duration::from_millis(1), Duration::from_secs(60));
        terminal.tick_at = now + rest;
        for out in outs {
            if !revealed(&out)
                && let Some(what) = leak(format!("{out:?}").as_bytes(), &self.residents.people)
            {
                return Err(Broken::new("a person stands whole in what the engine says", what));
            }
            let terminal = self.terminal.as_mut().unwrap();
            if let Out::Show(scene) = &out {
                self.promises.check_screen(scene, &self.times, terminal.time_told)?;
            }
            let at = terminal.outs.back().map_or(now, |(last, _)| (*last).max(now)) + self.dice.ms(0, 2);
            terminal.outs.push_back((at, out));
        }
        self.hear()?;
        self.look()?;
        self.all_wiped()
    }

    fn carry_out(&mut self, out: Out) -> Result<(), Broken> {
        let now = self.times.now;
        match out {
            Out::Show(scene) => {
                let terminal = self.terminal.as_mut().unwrap();
                let page = scene.page.name();
                terminal.scene = Some(*scene);
                if page != self.page {
                    self.page = page;
                    self.note("screen", page);
                }
            }
            Out::Print(job, paper) => {
                self.note(
                    "engine",
                    &format!("prints {}{}", paper.number, if paper.reprint { " again" } else { "" }),
                );
                self.promises.check_order(&paper.qr, paper.reprint)?;
                let terminal = self.terminal.as_mut().unwrap();
                terminal.jobs.push(job.0);
                terminal.dispenser.print(job, &paper, &self.words, now);
                self.mishaps.at_print(now);
            }
            Out::Wake => self.terminal.as_mut().unwrap().uplink.wake(now),
        }
        Ok(())
    }

    fn sign_of_somebody(&mut self, input: &Input) -> Result<(), Broken> {
        let what = match input {
            Input::Reader(ReaderNews::Card(_)) => "a card".to_owned(),
            Input::Reader(news) => format!("{news:?}"),
            Input::Dispenser(news) => format!("{news:?}"),
            Input::Platform(news) => format!("{news:?}"),
            _ => String::new(),
        };
        if let Input::Dispenser(DispenserNews::Done { job, .. }) = input {
            let jobs = &mut self.terminal.as_mut().unwrap().jobs;
            let Some(place) = jobs.iter().position(|ordered| *ordered == job.0) else {
                return Err(Broken::new("a job ended twice", &what));
            };
            jobs.remove(place);
        }
        match input {
            Input::Reader(ReaderNews::Health(_) | ReaderNews::Lifted) => self.note("reader", &what),
            Input::Reader(_) => {
                self.last_sign = self.times.now;
                self.note("reader", &what);
            }
            Input::Dispenser(news) => {
                if matches!(news, DispenserNews::Done { .. }) {
                    self.last_sign = self.times.now;
                }
                self.note("printer", &what);
            }
            Input::Platform(_) => self.note("platform", &what),
            Input::Touched | Input::Act(_) | Input::Manner(_) => self.last_sign = self.times.now,
            Input::Tick | Input::Settle(..) | Input::Status(_) => {}
        }
        Ok(())
    }

    /// What the program logged goes into the diary, once it was searched for people.
    fn hear(&mut self) -> Result<(), Broken> {
        for (level, line) in heard() {
            if let Some(what) = leak(line.as_bytes(), &self.residents.people) {
                return Err(Broken::new("a person stands whole in the log", what));
            }
            if level <= log::Level::Info {
                self.note("log", &format!("{level} {line}"));
            }
        }
        Ok(())
    }

    fn look(&mut self) -> Result<(), Broken> {
        // Rows first: a paper may have come out in the very step in which its row was written.
        let rows_changed = self.promises.check_rows(&self.platform, &self.times);
        let papers =
            self.promises.check_papers(self.printer.printer.papers(), matches!(rows_changed, Ok(true)))?;
        for paper in papers {
            self.note("mouth", &paper);
        }
        rows_changed.map(|_| ())
    }

    fn all_wiped(&mut self) -> Result<(), Broken> {
        let Some(terminal) = &self.terminal else { return Ok(()) };
        let quiet = self.times.now - self.last_sign.max(terminal.started);
        if quiet < ALL_WIPED || terminal.engine.is_printing() {
            return Ok(());
        }
        if terminal.engine.page_name() != "home" || !format!("{:?}", terminal.engine).contains("visit: None")
        {
            return Err(Broken::new(
                "nobody is there and something of somebody is left",
                terminal.engine.page_name(),
            ));
        }
        Ok(())
    }

    /// Nothing of a person stands in the store's files.
    pub fn no_one_on_disk(&self) -> Result<(), Broken> {
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            let file = entry.unwrap().path();
            if let Some(what) = leak(&std::fs::read(&file).unwrap(), &self.residents.people) {
                return Err(Broken::new("a person stands in the clear on disk", what));
            }
        }
        Ok(())
    }

    /// Everything is repaired, and nobody breaks anything any more.
    pub fn heal(&mut self) -> Result<(), Broken> {
        self.mishaps.end();
        self.note("evening", "everything is repaired");
        self.platform.line = Line::Good;
        self.times.set_wall(self.times.truth());
        self.reader.reader.mend();
        self.reader.reader.lift();
        for plugged in [false, true] {
            self.reader.plug(plugged);
        }
        for knob in [
            Knob::Plugged(true),
            Knob::Power(true),
            Knob::CutterStuck(false),
            Knob::CoverOpen(true),
            Knob::CoverOpen(false),
            Knob::Silent(false),
            Knob::SilentWhileMoving(false),
            Knob::Babble(false),
            Knob::Slow(Duration::ZERO),
            Knob::Paper(Paper::Ok),
            Knob::TakeAfter(Some(Duration::from_secs(2))),
        ] {
            self.printer.turn(knob, self.times.now);
            let until = self.times.now + Duration::from_millis(900);
            self.run_until(until)?;
        }
        let until = self.times.now + Duration::from_secs(200);
        self.run_until(until)
    }

    /// Notes what happened.
    pub fn note(&mut self, who: &str, what: &str) {
        self.diary.note(self.times.truth(), who, what);
    }
}

/// While a resident holds 按住看, their own number stands on the page.
fn revealed(out: &Out) -> bool {
    let Out::Show(scene) = out else { return false };
    matches!(&scene.page, Shown::Visit(Page::Keypad { shown, .. }) if shown.reveal().chars().all(|c| c.is_ascii_alphanumeric()))
}

/// A folder in memory where there is one: the store flushes each commit.
fn new_folder() -> TempDir {
    let memory = std::path::Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.unwrap()
}
