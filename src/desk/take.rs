//! Taking a number: reserved first, durable before a byte goes to the printer.

use super::series::{Exhausted, next_number};
use super::{Desk, Moment, TicketEvent};
use crate::domain::chance;
use crate::domain::class::TicketNumber;
use crate::domain::device::Printer;
use crate::domain::event::{Happening, TicketChange, TicketIssued};
use crate::domain::hours::DoorState;
use crate::domain::ids::{TicketCode, TicketId};
use crate::domain::ticket::{PrintSurety, Ticket, TicketState};
use crate::domain::time::Now;
use crate::domain::wish::{Answer, Refusal, Wish};
use crate::store::{NewTicket, PersonRow, StoreError, TrailLine, Writing, onto};

impl Desk {
    /// Reserves a number on its way to that printer's paper.
    ///
    /// # Errors
    /// Where the store fails; nothing was reserved then.
    pub fn reserve(&mut self, wish: &Wish, printer: Printer, now: Now) -> Result<Answer, StoreError> {
        self.take(wish, now, Kind::Paper(printer))
    }

    /// Gives out a number that the resident chose to have without paper: reserved and issued in one commit.
    ///
    /// # Errors
    /// Where the store fails; nothing was given out then.
    pub fn give_paperless(&mut self, wish: &Wish, now: Now) -> Result<Answer, StoreError> {
        self.take(wish, now, Kind::Paperless)
    }

    fn take(&mut self, wish: &Wish, now: Now, kind: Kind) -> Result<Answer, StoreError> {
        let moment = self.moment(now);
        if let Some(refusal) = self.door(moment) {
            return Ok(Answer::Refused(refusal));
        }
        let Some(class) = self.rules.class(wish.class).cloned() else {
            return Ok(Answer::Refused(Refusal::NoSuchClass));
        };
        let at = moment.at;
        let stamp = self.stamp(at);
        let id = TicketId::new(at, &chance::bytes(&mut *self.chance));
        let code = TicketCode::new(&chance::bytes(&mut *self.chance));
        let nonce = chance::bytes(&mut *self.chance);
        let event = self.new_event(at);
        let leftovers = self.leftover_events(moment)?;
        let answer = self.write(|store, who| {
            for leftover in &leftovers {
                leftover.close(store, moment, &stamp, who)?;
            }
            let person = match &wish.resident {
                Some(resident) => Some(store.person(moment.day, resident, &nonce)?),
                None => None,
            };
            if let Some(person) = person
                && let Some(live) = store.live_ticket(moment.day, class.letter, person)?
            {
                return Ok(Answer::Live(live));
            }
            let people_ahead = store.count(moment.day, class.letter, TicketState::Issued)?;
            let under_way = store.count(moment.day, class.letter, TicketState::Reserved)?;
            let taken = store.issued_count(moment.day, class.letter)? + under_way;
            let number = match next_number(&class, store.last_number(moment.day, class.letter)?, taken) {
                Ok(number) => number,
                Err(Exhausted::Numbers | Exhausted::DailyLimit) => return Ok(Answer::Refused(Refusal::Full)),
            };
            let mut ticket = Ticket {
                id,
                day: moment.day,
                number: TicketNumber { class: class.letter, number, width: class.numbers.width() },
                state: TicketState::Reserved,
                reserved_at: at,
                people_ahead,
                priorities: wish.priorities.clone(),
                code,
            };
            let line = TrailLine { at, act: "reserved", who, why: kind.code() };
            store.insert_ticket(&NewTicket { ticket: &ticket, channel: wish.channel, person }, line)?;
            if kind == Kind::Paperless {
                let surety = PrintSurety::Paperless;
                let paper = Paper { surety, channel: wish.channel.code(), person, by: who, who };
                paper.issue(store, &mut ticket, event, at, &stamp)?;
            }
            Ok(Answer::New(ticket))
        })?;
        if let Answer::New(ticket) = &answer {
            self.days.note_day(ticket.day);
            log::info!("ticket {} of {} {}", ticket.number, ticket.day, ticket.state.code());
        }
        Ok(answer)
    }

    /// Whether the hall gives out numbers at that moment. An instant that nobody vouches for closes no door.
    pub(super) fn door(&self, moment: Moment) -> Option<Refusal> {
        if moment.counted {
            return None;
        }
        let local = moment.at.to_zoned_datetime(self.rules.time_zone.clone()).datetime();
        match self.rules.opening.state_at(local) {
            DoorState::Open { .. } => None,
            DoorState::Closed { next } => Some(Refusal::Closed { next }),
        }
    }

    /// Tickets of other days that the new day's first ticket finds, with the ids of their closing events. Other days
    /// are days gone by, and false ones of a clock that ran ahead. A reservation among them is one whose end the
    /// store did not take: the dispenser is done with it long since.
    fn leftover_events(&mut self, moment: Moment) -> Result<Vec<Leftover>, StoreError> {
        if self.days.same_day(moment) {
            return Ok(Vec::new());
        }
        let mut left = self.store.read(|store| {
            let mut left = Vec::new();
            for state in [TicketState::Issued, TicketState::Unconfirmed, TicketState::Reserved] {
                left.extend(store.tickets_in(state, Some(moment.day))?);
            }
            Ok::<_, StoreError>(left)
        })?;
        left.sort_by_key(|ticket| ticket.id);
        Ok(left.into_iter().map(|ticket| Leftover { event: self.new_event(moment.at), ticket }).collect())
    }
}

/// How a number is to be given out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Paper(Printer),
    Paperless,
}

impl Kind {
    /// The word beside `reserved` in the trail.
    fn code(self) -> Option<&'static str> {
        match self {
            Self::Paper(printer) => onto(printer),
            Self::Paperless => Some(PrintSurety::Paperless.code()),
        }
    }
}

/// How a ticket came into somebody's hand.
pub(super) struct Paper<'p> {
    pub(super) surety: PrintSurety,
    pub(super) channel: &'static str,
    pub(super) person: Option<PersonRow>,
    /// Who tells of it.
    pub(super) by: &'p str,
    /// Who decided it.
    pub(super) who: &'p str,
}

impl Paper<'_> {
    /// Row, trail and event of an issue.
    pub(super) fn issue(
        &self,
        store: &Writing<'_>,
        ticket: &mut Ticket,
        event: crate::domain::ids::EventId,
        at: jiff::Timestamp,
        stamp: &str,
    ) -> Result<(), StoreError> {
        let line = TrailLine { at, act: "issued", who: self.who, why: Some(self.surety.code()) };
        store.move_ticket(ticket.id, ticket.state, TicketState::Issued, line)?;
        store.note_print(ticket.id, self.surety)?;
        ticket.state = TicketState::Issued;
        let body = Happening::TicketIssued(TicketIssued {
            by: self.by.to_owned(),
            number: ticket.number.to_string(),
            class: ticket.number.class.to_string(),
            business_day: ticket.day.to_string(),
            channel: self.channel,
            priority: ticket.priorities.iter().map(|priority| priority.code()).collect(),
            people_ahead: ticket.people_ahead,
            print: self.surety.code(),
        });
        TicketEvent { id: event, ticket: ticket.id, at: stamp, person: self.person }.append(store, &body)
    }
}

/// A ticket that the day's close finds: waiting ones expire, doubtful ones are void. Of a reservation nobody knows
/// whether its paper came out, so it is doubtful first.
struct Leftover {
    ticket: Ticket,
    event: crate::domain::ids::EventId,
}

impl Leftover {
    fn close(&self, store: &Writing<'_>, moment: Moment, stamp: &str, who: &str) -> Result<(), StoreError> {
        let change = TicketChange { by: who.to_owned(), reason: Some("day_closed") };
        let step = |from: TicketState, to: TicketState| {
            let line = TrailLine { at: moment.at, act: to.code(), who, why: Some("day_closed") };
            store.move_ticket(self.ticket.id, from, to, line)
        };
        let happening = match self.ticket.state {
            TicketState::Reserved => {
                step(TicketState::Reserved, TicketState::Unconfirmed)?;
                step(TicketState::Unconfirmed, TicketState::Void)?;
                Happening::TicketVoid(change)
            }
            TicketState::Unconfirmed => {
                step(TicketState::Unconfirmed, TicketState::Void)?;
                Happening::TicketVoid(change)
            }
            waiting => {
                step(waiting, TicketState::Expired)?;
                Happening::TicketExpired(change)
            }
        };
        TicketEvent { id: self.event, ticket: self.ticket.id, at: stamp, person: None }
            .append(store, &happening)
    }
}
