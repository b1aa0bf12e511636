//! What becomes of a reservation: issued, void, or in doubt; and of an issued ticket: reprinted or cancelled.

use jiff::Timestamp;

use super::take::Paper;
use super::{Desk, TicketEvent};
use crate::domain::device::Printer;
use crate::domain::event::{Happening, TicketChange};
use crate::domain::ids::TicketId;
use crate::domain::ticket::{Channel, PrintSurety, Ticket, TicketState};
use crate::domain::time::Now;
use crate::store::{StoreError, TrailLine, onto};

impl Desk {
    /// The paper came out whole: the number exists.
    ///
    /// # Errors
    /// [`StoreError::Changed`] where the ticket was no reservation any more, or where the store fails.
    pub fn issue(&mut self, id: TicketId, surety: PrintSurety, now: Now) -> Result<Ticket, StoreError> {
        let moment = self.moment(now);
        let (at, stamp, event) = (moment.at, self.stamp(moment.at), self.new_event(moment.at));
        let issued = self.write(|store, by| {
            let mut ticket = store.ticket(id)?;
            if ticket.state != TicketState::Reserved {
                return Err(StoreError::Changed);
            }
            let (channel, person) = store.holder(id)?;
            let channel = Channel::from_code(&channel).map_or("none", Channel::code);
            Paper { surety, channel, person, by, who: by }.issue(store, &mut ticket, event, at, &stamp)?;
            Ok(ticket)
        })?;
        log::info!("ticket {} issued, {}", issued.number, surety.code());
        Ok(issued)
    }

    /// The paper did not come out: the number is lost for the day.
    ///
    /// # Errors
    /// As [`Desk::issue`].
    pub fn void(&mut self, id: TicketId, why: &'static str, now: Now) -> Result<Ticket, StoreError> {
        self.change(id, TicketState::Void, why, now, Some(Happening::TicketVoid))
    }

    /// Nobody knows whether the paper came out: the number is kept aside and is never called by itself.
    ///
    /// # Errors
    /// As [`Desk::issue`].
    pub fn doubt(&mut self, id: TicketId, why: &'static str, now: Now) -> Result<Ticket, StoreError> {
        self.change(id, TicketState::Unconfirmed, why, now, None)
    }

    /// An issued ticket is given up.
    ///
    /// # Errors
    /// As [`Desk::issue`].
    pub fn cancel(&mut self, id: TicketId, why: &'static str, now: Now) -> Result<Ticket, StoreError> {
        self.change(id, TicketState::Cancelled, why, now, Some(Happening::TicketCancelled))
    }

    /// The same number is about to go onto paper once more: noted before the first byte, so that a power cut in its
    /// midst is known.
    ///
    /// # Errors
    /// [`StoreError::Changed`] where the ticket is not issued any more, or where the store fails.
    pub fn reprinting(&mut self, id: TicketId, printer: Printer, now: Now) -> Result<Ticket, StoreError> {
        let at = self.moment(now).at;
        self.write(|store, who| {
            let ticket = store.ticket(id)?;
            if ticket.state != TicketState::Issued {
                return Err(StoreError::Changed);
            }
            store.trail(id, TrailLine { at, act: "reprinting", who, why: onto(printer) })?;
            Ok(ticket)
        })
    }

    /// The same number came out on paper once more (补打).
    ///
    /// # Errors
    /// As [`Desk::issue`].
    pub fn reprinted(&mut self, id: TicketId, now: Now) -> Result<(), StoreError> {
        let moment = self.moment(now);
        let (stamp, event) = (self.stamp(moment.at), self.new_event(moment.at));
        self.write(|store, who| {
            if store.ticket(id)?.state != TicketState::Issued {
                return Err(StoreError::Changed);
            }
            store.trail(id, TrailLine { at: moment.at, act: "reprinted", who, why: None })?;
            let change = TicketChange { by: who.to_owned(), reason: None };
            TicketEvent { id: event, ticket: id, at: &stamp, person: None }
                .append(store, &Happening::TicketReprinted(change))
        })
    }

    fn change(
        &mut self,
        id: TicketId,
        to: TicketState,
        why: &'static str,
        now: Now,
        tell: Option<fn(TicketChange) -> Happening>,
    ) -> Result<Ticket, StoreError> {
        let moment = self.moment(now);
        let (at, stamp, event): (Timestamp, _, _) =
            (moment.at, self.stamp(moment.at), self.new_event(moment.at));
        let ticket = self.write(|store, who| {
            let mut ticket = store.ticket(id)?;
            let line = TrailLine { at, act: to.code(), who, why: Some(why) };
            store.move_ticket(id, ticket.state, to, line)?;
            ticket.state = to;
            if let Some(tell) = tell {
                let change = TicketChange { by: who.to_owned(), reason: Some(why) };
                TicketEvent { id: event, ticket: id, at: &stamp, person: None }
                    .append(store, &tell(change))?;
            }
            Ok(ticket)
        })?;
        log::warn!("ticket {} {}: {why}", ticket.number, to.code());
        Ok(ticket)
    }
}
