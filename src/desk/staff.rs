//! What a technician decides at the service menu: tickets whose paper is in doubt, one more paper, the time, the PIN.
//!
//! Each verb is one transaction and leaves a line in the audit beside the rows that it changes; no line names a resident.

use jiff::Timestamp;

use super::take::Paper;
use super::{Desk, Moment, TicketEvent, ToldBy, day};
use crate::domain::device::Printer;
use crate::domain::event::{Happening, Subject, TicketChange};
use crate::domain::ids::TicketId;
use crate::domain::pin::Pin;
use crate::domain::resident::Resident;
use crate::domain::ticket::{Channel, PrintSurety, Ticket, TicketState};
use crate::domain::time::Now;
use crate::store::{AuditAct, AuditLine, PinHash, PinTry, StoreError, TrailLine, onto};

/// Who stands in trail and audit: the PIN tells a role and no person.
const TECHNICIAN: &str = "technician";

/// A ticket that nobody knows the paper of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubtful {
    /// The ticket.
    pub ticket: Ticket,
    /// Why: `power_cut`, or what the printer's trouble was.
    pub why: String,
}

/// What came of a wish to reinstate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reinstated {
    /// It holds again, behind those who came before it.
    Done(Ticket),
    /// Its resident took this one of the same class since: one of the two is enough.
    HasAnother(Ticket),
}

/// What came of a word for the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockAnswer {
    /// It holds from now on.
    Taken,
    /// No terminal of this version ran at that time.
    TooEarly,
    /// The platform told its time, which counts for more.
    PlatformKnows,
}

/// The clocks as a technician looks at them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockLook {
    /// What the system's clock says.
    pub wall: Timestamp,
    /// What holds.
    pub moment: Moment,
    /// The latest instant in the store.
    pub store: Timestamp,
    /// Who told the time since the start.
    pub told_by: Option<ToldBy>,
    /// Whether a technician may say that the system's clock is right.
    pub system_can_be: bool,
}

impl Desk {
    /// Tickets of the present business day whose paper nobody knows of, oldest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn unconfirmed(&mut self, now: Now) -> Result<Vec<Doubtful>, StoreError> {
        let day = self.moment(now).day;
        let found = self.store.read(|store| store.unconfirmed_of(day))?;
        Ok(found.into_iter().map(|(ticket, why)| Doubtful { ticket, why: why.unwrap_or_default() }).collect())
    }

    /// The newest `most` tickets of the present business day that wait to be called, newest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn issued_lately(&mut self, most: u32, now: Now) -> Result<Vec<Ticket>, StoreError> {
        let day = self.moment(now).day;
        self.store.read(|store| store.issued_of(day, most))
    }

    /// Somebody holds the paper of a ticket that was kept aside: from now on it is called as if its paper had been
    /// confirmed. It may pass the class's daily limit, since the number was given out while there was room.
    ///
    /// The platform never heard of it, so its subject begins with `ticket.issued`, told as reinstated;
    /// `ticket.reinstated` follows and says by whose decision.
    ///
    /// # Errors
    /// [`StoreError::Changed`] where it is not unconfirmed or of another day, or where the store fails.
    pub fn reinstate(&mut self, id: TicketId, now: Now) -> Result<Reinstated, StoreError> {
        let moment = self.moment(now);
        let (at, stamp) = (moment.at, self.stamp(moment.at));
        let (issued, reinstated) = (self.new_event(at), self.new_event(at));
        let done = self.write(|store, by| {
            let mut ticket = store.ticket(id)?;
            if ticket.state != TicketState::Unconfirmed || ticket.day != moment.day {
                return Err(StoreError::Changed);
            }
            let (channel, person) = store.holder(id)?;
            if let Some(person) = person
                && let Some(other) = store.live_ticket(ticket.day, ticket.number.class, person)?
            {
                return Ok(Reinstated::HasAnother(other));
            }
            let channel = Channel::from_code(&channel).map_or("none", Channel::code);
            Paper { surety: PrintSurety::Reinstated, channel, person, by, who: TECHNICIAN }.issue(
                store,
                &mut ticket,
                issued,
                at,
                &stamp,
            )?;
            let change = TicketChange { by: by.to_owned(), reason: Some("paper_shown") };
            TicketEvent { id: reinstated, ticket: id, at: &stamp, person: None }
                .append(store, &Happening::TicketReinstated(change))?;
            store.audit(line(at, AuditAct::Reinstated, Some(&Subject::Ticket(id).to_string())))?;
            Ok(Reinstated::Done(ticket))
        })?;
        match &done {
            Reinstated::Done(ticket) => log::info!("ticket {} reinstated by a technician", ticket.number),
            Reinstated::HasAnother(other) => {
                log::info!("not reinstated: its resident has ticket {} of the class", other.number);
            }
        }
        Ok(done)
    }

    /// Nobody holds the paper of a ticket that was kept aside: the number is lost for the day.
    ///
    /// # Errors
    /// [`StoreError::Changed`] where it is not unconfirmed, or where the store fails.
    pub fn void_unconfirmed(&mut self, id: TicketId, now: Now) -> Result<Ticket, StoreError> {
        let at = self.moment(now).at;
        let (stamp, event) = (self.stamp(at), self.new_event(at));
        let why = "no_paper";
        let ticket = self.write(|store, by| {
            let mut ticket = store.ticket(id)?;
            let trail = TrailLine { at, act: TicketState::Void.code(), who: TECHNICIAN, why: Some(why) };
            store.move_ticket(id, TicketState::Unconfirmed, TicketState::Void, trail)?;
            ticket.state = TicketState::Void;
            let change = TicketChange { by: by.to_owned(), reason: Some(why) };
            TicketEvent { id: event, ticket: id, at: &stamp, person: None }
                .append(store, &Happening::TicketVoid(change))?;
            store.audit(line(at, AuditAct::Voided, Some(&Subject::Ticket(id).to_string())))?;
            Ok(ticket)
        })?;
        log::info!("ticket {} void by a technician: {why}", ticket.number);
        Ok(ticket)
    }

    /// As [`Desk::reprinting`], by a technician; and whose it is, for the paper, which masks them.
    ///
    /// # Errors
    /// As [`Desk::reprinting`].
    pub fn reprinting_by_staff(
        &mut self,
        id: TicketId,
        printer: Printer,
        now: Now,
    ) -> Result<(Ticket, Option<Resident>), StoreError> {
        let at = self.moment(now).at;
        self.write(|store, _| {
            let ticket = store.ticket(id)?;
            if ticket.state != TicketState::Issued {
                return Err(StoreError::Changed);
            }
            store.trail(id, TrailLine { at, act: "reprinting", who: TECHNICIAN, why: onto(printer) })?;
            store.audit(line(at, AuditAct::Reprinted, Some(&Subject::Ticket(id).to_string())))?;
            let (_, person) = store.holder(id)?;
            let resident = person.map(|person| store.resident(person)).transpose()?.flatten();
            Ok((ticket, resident))
        })
    }

    /// A technician says what time it is: it holds from now on, and after a restart, until somebody knows better. The
    /// system's clock is left as it is.
    ///
    /// # Errors
    /// Where the store fails; the word is not taken then.
    pub fn technician_time(&mut self, at: Timestamp, now: Now) -> Result<ClockAnswer, StoreError> {
        if !self.days.would_trust(at, ToldBy::Technician) {
            let platform = self.days.told_by() == Some(ToldBy::Platform);
            return Ok(if platform { ClockAnswer::PlatformKnows } else { ClockAnswer::TooEarly });
        }
        let before = self.moment(now);
        self.write(|store, _| store.audit(line(at, AuditAct::Clock, Some(&before.at.to_string()))))?;
        self.days.trust(at, now.mono, ToldBy::Technician);
        log::warn!("a technician says that it is {at}; {} held before", before.at);
        Ok(ClockAnswer::Taken)
    }

    /// The clocks.
    pub fn clock_look(&mut self, now: Now) -> ClockLook {
        let moment = self.moment(now);
        ClockLook {
            wall: now.wall,
            moment,
            store: self.days.latest(),
            told_by: self.days.told_by(),
            system_can_be: now.wall >= day::RELEASE,
        }
    }

    /// Notes what a technician did that changes no other row.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn audit(&mut self, act: AuditAct, about: Option<&str>, now: Now) -> Result<(), StoreError> {
        let at = self.moment(now).at;
        self.write(|store, _| store.audit(line(at, act, about)))
    }

    /// How often in a row the PIN was wrong; `None`: no PIN is set.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn pin_failures(&mut self) -> Result<Option<u32>, StoreError> {
        self.store.read(|store| store.pin_failures())
    }

    /// Counts a try at the PIN, and gives what it takes to find out whether it is the right one.
    ///
    /// # Errors
    /// Where the store fails: then it is not tried.
    pub fn try_pin(&mut self, pin: &Pin) -> Result<Option<PinTry>, StoreError> {
        self.store.write(|store| store.try_pin(pin))
    }

    /// The PIN that was tried last was right, or wrong.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn pin_tried(&mut self, right: bool, now: Now) -> Result<(), StoreError> {
        let at = self.moment(now).at;
        self.write(|store, _| {
            if right {
                store.pin_was_right()?;
            }
            store.audit(line(at, if right { AuditAct::Opened } else { AuditAct::WrongPin }, None))
        })
    }

    /// Sets the PIN; failures are forgotten.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn set_pin(&mut self, pin: &PinHash, now: Now) -> Result<(), StoreError> {
        let at = self.moment(now).at;
        self.write(|store, _| {
            store.set_pin(pin)?;
            store.audit(line(at, AuditAct::PinSet, None))
        })
    }
}

fn line(at: Timestamp, act: AuditAct, about: Option<&str>) -> AuditLine<'_> {
    AuditLine { at, who: TECHNICIAN, act, about }
}
