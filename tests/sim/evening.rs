//! The end of a day: everything is repaired, the terminal stands ready, one more resident is served without a hitch,
//! and all that happened is told.

use std::time::Duration;

use kiosk::engine::scene::Shown;
use kiosk::visit::Act;
use kiosk::visit::view::Page;

use crate::promises::Broken;
use crate::residents::Hand;
use crate::world::World;

/// The longest that the last events may take: holds grow up to minutes, and outlast an outage.
const DRAINS_WITHIN: Duration = Duration::from_secs(3_600);

impl World {
    /// Plays the evening.
    pub fn evening(&mut self) -> Result<(), Broken> {
        self.heal()?;
        self.one_more()?;
        let end = self.times.now + DRAINS_WITHIN;
        while self.hall.settings.has_platform && self.promises.events_wait()? && self.times.now < end {
            let until = self.times.now + Duration::from_secs(30);
            self.run_until(until)?;
        }
        if self.hall.settings.has_platform {
            self.promises.check_evening(&self.platform)?;
        }
        self.no_one_on_disk()?;
        match self.printer.printer.faults().first() {
            // Garbage on the line or a cut in the middle of a command garbles it; else the driver is to be right.
            Some(fault) if !self.mishaps.mood.printer && !self.mishaps.mood.kills => {
                Err(Broken::new("the printer was told something wrong", fault))
            }
            _ => Ok(()),
        }
    }

    /// A resident who does everything right, after everything was repaired.
    fn one_more(&mut self) -> Result<(), Broken> {
        let stuck = |at: &str, page: &str| {
            Broken::new("a repaired terminal gives no number", &format!("{at}: {page}"))
        };
        self.expect("home").map_err(|page| stuck("at first", &page))?;
        let (reader, blank) = (self.hall.settings.has_reader, self.hall.settings.ticket_without_card);
        self.do_and_wait(Hand::Touch(Act::TakeNumber))?;
        if self.page_now() == "closed" {
            return Ok(());
        }
        if blank {
            self.do_and_wait(Hand::Touch(Act::WithoutCard))?;
        } else if !reader {
            return Ok(());
        } else {
            let card = Box::new(self.residents.people[0].card);
            self.do_and_wait(Hand::Lay(card))?;
            self.do_and_wait(Hand::Lift)?;
        }
        self.expect("choose_class").map_err(|page| stuck("at the card", &page))?;
        let Some(class) = self.free_class() else { return Ok(()) };
        for act in [Act::Choose(class), Act::Next, Act::Confirm] {
            self.do_and_wait(Hand::Touch(act))?;
        }
        for _ in 0..20 {
            if self.page_now() == "printing" {
                self.wait(1_000)?;
            }
        }
        match self.page_now() {
            "take_ticket" | "live_ticket" => Ok(()),
            page => Err(stuck("at the paper", page)),
        }
    }

    fn free_class(&self) -> Option<kiosk::domain::class::ClassLetter> {
        let scene = self.terminal.as_ref()?.scene.as_ref()?;
        let Shown::Visit(Page::ChooseClass { classes, .. }) = &scene.page else { return None };
        classes.iter().find(|class| !class.full).map(|class| class.letter)
    }

    fn do_and_wait(&mut self, hand: Hand) -> Result<(), Broken> {
        self.hand(hand)?;
        self.wait(3_000)
    }

    fn wait(&mut self, ms: u64) -> Result<(), Broken> {
        let until = self.times.now + Duration::from_millis(ms);
        self.run_until(until)
    }

    fn page_now(&self) -> &'static str {
        self.terminal.as_ref().map_or("dark", |terminal| terminal.engine.page_name())
    }

    fn expect(&self, page: &str) -> Result<(), String> {
        let now = self.page_now();
        if now == page { Ok(()) } else { Err(now.to_owned()) }
    }
}
