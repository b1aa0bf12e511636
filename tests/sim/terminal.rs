//! The running program: the real engine on the real store, with its drivers and its uplink, until it is killed.

use std::collections::VecDeque;
use std::path::Path;
use std::time::Duration;

use kiosk::desk::Desk;
use kiosk::domain::device::Printer;
use kiosk::engine::scene::Scene;
use kiosk::engine::{Engine, Input, Out};
use kiosk::store::{LastPaper, Store, StoreError, StoreKey};
use kiosk_escpos::Memory;

use crate::dice::Dice;
use crate::hall::Hall;
use crate::time::Times;
use crate::uplink::Uplink;
use crate::{printer, reader};

/// The program.
pub struct Terminal {
    pub engine: Engine,
    pub dispenser: Option<printer::Driver>,
    pub reader: Option<reader::Driver>,
    pub uplink: Option<Uplink>,
    /// Since when it runs.
    pub started: Duration,
    /// What the screen shows.
    pub scene: Option<Scene>,
    /// What is on its way to the engine.
    pub mail: VecDeque<(Duration, Input)>,
    /// What the engine wants done and is not done yet.
    pub outs: VecDeque<(Duration, Out)>,
    /// When time alone is due.
    pub tick_at: Duration,
    /// Whether the platform has told it its time.
    pub time_told: bool,
    /// Jobs that were ordered and have not ended.
    pub jobs: Vec<u64>,
    /// It was asked to end.
    pub stopping: bool,
}

impl Terminal {
    /// Starts the program on the store in `folder`.
    pub fn start(hall: &Hall, folder: &Path, times: &Times, dice: &mut Dice) -> Result<Self, StoreError> {
        let (now, has) = (times.now, &hall.settings);
        let store = Store::open(folder, &StoreKey::from_bytes([7; 32]))?;
        let chance = Dice::new(dice.number(0, u64::MAX), "chance");
        let mut desk = Desk::open(store, hall.rules.clone(), Box::new(chance), times.seen(now))?;
        let outbox = desk.store().outbox_reader()?;
        let memory = Memory::new(dice.number(0, 1 << 30) as u32);
        let unsure = desk.last_paper(Printer::Dispenser)? == LastPaper::Unsure;
        let memory = if unsure { memory.with_remains() } else { memory };
        Ok(Self {
            engine: Engine::new(desk, hall.settings.clone())?,
            dispenser: has
                .has_printer
                .dispenser
                .then(|| printer::Driver::new(hall.profile.clone(), memory, now)),
            reader: has.has_reader.then(|| reader::Driver::new(now)),
            uplink: has.has_platform.then(|| Uplink::new(outbox, dice.number(0, u64::MAX), now)),
            started: now,
            scene: None,
            mail: VecDeque::new(),
            outs: VecDeque::new(),
            tick_at: now,
            time_told: false,
            jobs: Vec::new(),
            stopping: false,
        })
    }

    /// When something is due in it.
    pub fn due(&self) -> Option<Duration> {
        let mail = self.mail.front().map(|(at, _)| *at);
        let out = self.outs.front().map(|(at, _)| *at);
        let drivers = [
            self.dispenser.as_ref().and_then(printer::Driver::due),
            self.reader.as_ref().and_then(reader::Driver::due),
            self.uplink.as_ref().and_then(Uplink::due),
        ];
        [Some(self.tick_at), mail, out].into_iter().chain(drivers).flatten().min()
    }

    /// Puts something into the mail; it comes in the order in which it was put.
    pub fn post(&mut self, input: Input, at: Duration) {
        let at = self.mail.back().map_or(at, |(last, _)| (*last).max(at));
        self.mail.push_back((at, input));
    }
}
