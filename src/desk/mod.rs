//! What the hall decides and records: numbers, their paper, and the business day.
//!
//! Rules are pure functions; each verb is one transaction, in which row, trail and event stand or fall together.
//! The desk knows no screen, no device and no network, and takes time and randomness from outside.

mod day;
mod dead_letters;
mod overview;
mod series;
mod settle;
mod staff;
mod take;

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::chance::{self, Chance};
use crate::domain::class::{Class, ClassLetter};
use crate::domain::device::Printer;
use crate::domain::event::{Happening, Subject};
use crate::domain::hours::Opening;
use crate::domain::ids::{EventId, TicketId};
use crate::domain::ticket::{Ticket, TicketState};
use crate::domain::time::Now;
use crate::domain::window::Window;
use crate::store::{LastPaper, PersonRow, Store, StoreError, TrailLine, Writing};

pub use day::{ClockState, DayKeeper, Moment, ToldBy};
pub use overview::{ClassView, Overview, Room};
pub use staff::{ClockAnswer, ClockLook, Doubtful, Reinstated};

/// What the site's configuration rules over the desk.
#[derive(Clone, Debug)]
pub struct SiteRules {
    /// The terminal that writes: `T01`.
    pub terminal: String,
    /// The site's time zone, by which days are told apart.
    pub time_zone: TimeZone,
    /// Hours and holidays.
    pub opening: Opening,
    /// Classes, in the order of the configuration.
    pub classes: Vec<Class>,
    /// Windows, in the order of the configuration.
    pub windows: Vec<Window>,
}

impl SiteRules {
    /// The class of that letter.
    #[must_use]
    pub fn class(&self, letter: ClassLetter) -> Option<&Class> {
        self.classes.iter().find(|class| class.letter == letter)
    }

    /// Numbers of the windows that serve the class, in order.
    #[must_use]
    pub fn windows_for(&self, class: ClassLetter) -> Vec<u16> {
        let mut numbers: Vec<_> =
            self.windows.iter().filter(|window| window.serves(class)).map(|window| window.number).collect();
        numbers.sort_unstable();
        numbers
    }
}

/// The one place that writes tickets.
pub struct Desk {
    store: Store,
    rules: SiteRules,
    days: DayKeeper,
    chance: Box<dyn Chance>,
}

impl Desk {
    /// Opens the desk on its store; reservations that a power cut left behind are set aside as unconfirmed.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn open(
        store: Store,
        rules: SiteRules,
        chance: Box<dyn Chance>,
        now: Now,
    ) -> Result<Self, StoreError> {
        let mut desk = Self { store, rules, days: DayKeeper::default(), chance };
        let (latest, day) = desk.store.read(|store| store.latest())?;
        desk.days = DayKeeper::resume(latest, day);
        desk.set_aside_leftovers(now)?;
        Ok(desk)
    }

    /// The site's rules.
    #[must_use]
    pub fn rules(&self) -> &SiteRules {
        &self.rules
    }

    /// A ticket as it stands now.
    ///
    /// # Errors
    /// Where the store fails or has none of that id.
    pub fn ticket(&mut self, id: TicketId) -> Result<Ticket, StoreError> {
        self.store.read(|store| store.ticket(id))
    }

    /// The paper that was begun last at that printer, as far as the store knows.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn last_paper(&mut self, printer: Printer) -> Result<LastPaper, StoreError> {
        self.store.read(|store| store.last_paper(printer))
    }

    /// The store, for what only reads or checks it.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The store, for what settles the outbox.
    pub fn store_mut(&mut self) -> &mut Store {
        &mut self.store
    }

    /// The instant and business day that hold now.
    #[must_use]
    pub fn moment(&mut self, now: Now) -> Moment {
        self.days.moment(now, &self.rules.time_zone)
    }

    /// The platform told its time in an answer whose signature holds; when, by the monotonic clock.
    pub fn platform_time(&mut self, server: Timestamp, told: Duration) {
        self.days.trust(server, told, ToldBy::Platform);
    }

    fn new_event(&mut self, at: Timestamp) -> EventId {
        EventId::new(at, &chance::bytes(&mut *self.chance))
    }

    /// One transaction in this terminal's name. Time does not go back below what it wrote.
    fn write<T>(
        &mut self,
        act: impl FnOnce(&Writing<'_>, &str) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let who = &self.rules.terminal;
        let (done, latest) = self.store.write(|store| {
            let done = act(store, who)?;
            Ok::<_, StoreError>((done, store.latest_written()))
        })?;
        if let Some(at) = latest {
            self.days.note(at);
        }
        Ok(done)
    }

    /// Reservations found at start are neither void nor issued: somebody may hold the paper.
    fn set_aside_leftovers(&mut self, now: Now) -> Result<(), StoreError> {
        let at = self.moment(now).at;
        self.write(|store, who| {
            for ticket in store.tickets_in(TicketState::Reserved, None)? {
                let line = TrailLine { at, act: "unconfirmed", who, why: Some("power_cut") };
                store.move_ticket(ticket.id, TicketState::Reserved, TicketState::Unconfirmed, line)?;
                log::warn!(
                    "ticket {} was on its way to paper when the terminal stopped: set aside",
                    ticket.number
                );
            }
            Ok(())
        })
    }

    /// RFC 3339 with the site's offset, as events carry it.
    fn stamp(&self, at: Timestamp) -> String {
        stamp(at, &self.rules.time_zone)
    }
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("store", &self.store).field("days", &self.days).finish_non_exhaustive()
    }
}

/// Milliseconds and the zone's offset: `2026-11-24T10:24:05.123+08:00`.
fn stamp(at: Timestamp, zone: &TimeZone) -> String {
    let zoned = at.to_zoned_datetime(zone.clone());
    zoned.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

/// An event of a ticket, appended in the transaction of its row.
struct TicketEvent<'e> {
    id: EventId,
    ticket: TicketId,
    at: &'e str,
    person: Option<PersonRow>,
}

impl TicketEvent<'_> {
    fn append(&self, store: &Writing<'_>, happening: &Happening) -> Result<(), StoreError> {
        store.append(self.id, &Subject::Ticket(self.ticket), self.at, happening, self.person)
    }
}

#[cfg(test)]
mod tests;
