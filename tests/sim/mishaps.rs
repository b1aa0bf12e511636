//! What goes wrong in a day, when, and how long until somebody puts it right.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::SignedDuration;
use kiosk_escpos::Paper;
use kiosk_escpos::simulator::Knob;
use kiosk_id_reader::simulator::FaultKind;

use crate::dice::Dice;
use crate::platform::Line;

/// One thing that goes wrong, or is put right.
#[derive(Clone, Debug)]
pub enum Mishap {
    /// At the printer.
    Printer(Knob),
    /// The reader spoils so many answers.
    ReaderBreaks(FaultKind, u32),
    ReaderMends,
    ReaderPlug(bool),
    /// At the line or the platform.
    Line(Line),
    /// The program is killed, and started again after a while.
    Kill,
    /// The mains fail: program, printer and reader.
    PowerCut,
    /// The mains fail in the midst of the next commit.
    TornCommit,
    /// The program is asked to end, as an update does, and started again after a while.
    Stop,
    /// The store takes no more of that kind of writes.
    StoreFails(Write),
    StoreMends,
    /// The wall clock is set back to 1970.
    ClockDies,
    /// The wall clock is set by so much.
    ClockSet(SignedDuration),
    ClockRight,
}

/// A kind of writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Write {
    /// `INSERT` or `UPDATE`.
    pub verb: &'static str,
    pub table: &'static str,
}

/// Every kind of writes that a number needs.
const WRITES: [Write; 6] = [
    Write { verb: "INSERT", table: "person" },
    Write { verb: "INSERT", table: "ticket" },
    Write { verb: "UPDATE", table: "ticket" },
    Write { verb: "INSERT", table: "trail" },
    Write { verb: "INSERT", table: "outbox" },
    Write { verb: "UPDATE", table: "outbox" },
];

/// What may go wrong on this day.
#[derive(Clone, Copy, Debug)]
pub struct Mood {
    pub printer: bool,
    pub reader: bool,
    pub line: bool,
    pub kills: bool,
    pub clock: bool,
    pub store: bool,
    /// The printer says that it is done before it is: it lies all day.
    pub liar: bool,
}

impl Mood {
    /// The mood of a seed; one day in ten is calm.
    pub fn new(dice: &mut Dice) -> Self {
        let calm = dice.happens(0.1);
        let mut may = || !calm && dice.happens(0.5);
        let (printer, reader, line, kills, clock) = (may(), may(), may(), may(), may());
        let (store, liar) = (may() && may(), may() && may() && may());
        Self { printer, reader, line, kills, clock, store, liar }
    }
}

/// The day's mishaps, by when they happen.
#[derive(Debug)]
pub struct Mishaps {
    /// What may go wrong.
    pub mood: Mood,
    plan: BTreeMap<(Duration, u64), Mishap>,
    count: u64,
    ended: bool,
    dice: Dice,
}

impl Mishaps {
    /// The mishaps of a seed between the two times.
    pub fn new(seed: u64, from: Duration, to: Duration) -> Self {
        let mut dice = Dice::new(seed, "mishaps");
        let mood = Mood::new(&mut dice);
        let mut mishaps = Self { mood, plan: BTreeMap::new(), count: 0, ended: false, dice };
        let span = (to - from).as_millis() as u64;
        for (may, draw) in [
            (mood.printer, Self::printer as fn(&mut Self, Duration)),
            (mood.reader, Self::reader),
            (mood.line, Self::line),
            (mood.kills, Self::kill),
            (mood.clock, Self::clock),
            (mood.store, Self::store),
        ] {
            for _ in 0..if may { mishaps.dice.number(2, 9) } else { 0 } {
                let at = from + mishaps.dice.ms(0, span);
                draw(&mut mishaps, at);
            }
        }
        mishaps
    }

    /// A ticket is on its way to paper: the best moment for a mishap.
    pub fn at_print(&mut self, now: Duration) {
        if self.ended || !self.dice.happens(0.35) {
            return;
        }
        let at = now
            + self
                .dice
                .pick(&[self.mood.kills as u64 * 8, 900, 3_000, 6_000].map(Duration::from_millis))
                .mul_f64(self.dice.fraction());
        match self.dice.number(0, 6) {
            0..=2 if self.mood.printer => self.printer(at),
            3 if self.mood.kills => self.kill(at),
            4 if self.mood.clock => self.clock(at),
            5 if self.mood.line => self.line(at),
            6 if self.mood.store => self.store(at),
            _ => {}
        }
    }

    /// When the next one happens.
    pub fn due(&self) -> Option<Duration> {
        self.plan.first_key_value().map(|((at, _), _)| *at)
    }

    /// The next one, if it happens now.
    pub fn next(&mut self, now: Duration) -> Option<Mishap> {
        let first = self.plan.first_entry().filter(|entry| entry.key().0 <= now)?;
        Some(first.remove())
    }

    /// No more today.
    pub fn end(&mut self) {
        self.ended = true;
        self.plan.clear();
    }

    fn plan(&mut self, at: Duration, mishap: Mishap) {
        self.count += 1;
        self.plan.insert((at, self.count), mishap);
    }

    /// A fault and its end; hands are no faster than two seconds.
    fn pair(&mut self, at: Duration, fault: Mishap, end: Mishap) {
        let longest = self.dice.pick(&[4_000, 20_000, 120_000]);
        let after = self.dice.ms(2_000, longest);
        self.plan(at, fault);
        self.plan(at + after, end);
    }

    fn printer(&mut self, at: Duration) {
        use Mishap::Printer;
        let slow = Duration::from_millis(self.dice.number(50, 700));
        match self.dice.number(0, 11) {
            0 => self.pair(at, Printer(Knob::Paper(Paper::Out)), Printer(Knob::Paper(Paper::Ok))),
            1 | 2 => {
                let lines = Knob::PaperOutAfter(self.dice.number(0, 24) as u32);
                self.pair(at, Printer(lines), Printer(Knob::Paper(Paper::Ok)));
            }
            3 => self.pair(at, Printer(Knob::Paper(Paper::Low)), Printer(Knob::Paper(Paper::Ok))),
            4 => self.pair(at, Printer(Knob::CoverOpen(true)), Printer(Knob::CoverOpen(false))),
            5 => {
                self.plan(at, Printer(Knob::Jam));
                let found = at + self.dice.ms(2_000, 60_000);
                self.pair(found, Printer(Knob::CoverOpen(true)), Printer(Knob::CoverOpen(false)));
            }
            6 => self.pair(at, Printer(Knob::CutterStuck(true)), Printer(Knob::CutterStuck(false))),
            7 => self.pair(at, Printer(Knob::Silent(true)), Printer(Knob::Silent(false))),
            8 => self.pair(at, Printer(Knob::Power(false)), Printer(Knob::Power(true))),
            9 => self.pair(at, Printer(Knob::Plugged(false)), Printer(Knob::Plugged(true))),
            _ => {
                let knobs = [
                    (Knob::Babble(true), Knob::Babble(false)),
                    (Knob::SilentWhileMoving(true), Knob::SilentWhileMoving(false)),
                    (Knob::Slow(slow), Knob::Slow(Duration::ZERO)),
                    (Knob::MouthStuck(true), Knob::MouthStuck(false)),
                ];
                let (fault, end) = self.dice.pick(&knobs);
                self.pair(at, Printer(fault), Printer(end));
            }
        }
    }

    fn reader(&mut self, at: Duration) {
        let late = Duration::from_millis(self.dice.number(100, 3_000));
        let kinds = [
            FaultKind::Silent,
            FaultKind::Garbage,
            FaultKind::Noise,
            FaultKind::WrongChecksum,
            FaultKind::Short,
            FaultKind::Code(0x41),
            FaultKind::Code(0x60),
            FaultKind::Slow(late),
            FaultKind::Content(vec![0, 0, 0x90]),
        ];
        if self.dice.happens(0.3) {
            return self.pair(at, Mishap::ReaderPlug(false), Mishap::ReaderPlug(true));
        }
        let times = self.dice.pick(&[1, 2, 5, 1_000]);
        let kind = self.dice.pick(&kinds);
        self.pair(at, Mishap::ReaderBreaks(kind, times), Mishap::ReaderMends);
    }

    fn line(&mut self, at: Duration) {
        let line = self.dice.pick(&[
            Line::Down,
            Line::Down,
            Line::Lossy,
            Line::Lossy,
            Line::Sick,
            Line::Busy,
            Line::Wrong,
            Line::Wrong,
        ]);
        self.plan(at, Mishap::Line(line));
        let end = at + self.dice.ms(2_000, 1_800_000);
        self.plan(end, Mishap::Line(Line::Good));
    }

    fn kill(&mut self, at: Duration) {
        let kinds = [Mishap::Kill, Mishap::Kill, Mishap::PowerCut, Mishap::TornCommit, Mishap::Stop];
        let kill = self.dice.pick(&kinds);
        if self.mood.clock && matches!(kill, Mishap::PowerCut) && self.dice.happens(0.5) {
            self.plan(at, Mishap::ClockDies);
        }
        self.plan(at, kill);
    }

    fn store(&mut self, at: Duration) {
        let write = self.dice.pick(&WRITES);
        self.pair(at, Mishap::StoreFails(write), Mishap::StoreMends);
    }

    fn clock(&mut self, at: Duration) {
        let hour = SignedDuration::from_hours;
        let set = [
            Mishap::ClockDies,
            Mishap::ClockSet(hour(-1)),
            Mishap::ClockSet(hour(1)),
            Mishap::ClockSet(hour(24)),
            Mishap::ClockSet(hour(-24)),
            Mishap::ClockSet(SignedDuration::from_secs(-40)),
            Mishap::ClockSet(SignedDuration::from_secs(400)),
            Mishap::ClockSet(hour(24 * 400)),
        ];
        let set = self.dice.pick(&set);
        self.plan(at, set);
        if self.dice.happens(0.6) {
            let end = at + self.dice.ms(1_000, 1_200_000);
            self.plan(end, Mishap::ClockRight);
        }
    }
}
