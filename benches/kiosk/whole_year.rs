//! A store with a past: closed days with all their rows, or an outbox that nobody emptied.
//!
//! Written through the store's own verbs, a day a transaction, so that the rows are those that the desk would leave.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use kiosk::domain::class::{ClassLetter, TicketNumber};
use kiosk::domain::event::{Happening, Subject, TicketChange, TicketIssued};
use kiosk::domain::ids::{BusinessDay, EventId, TicketCode, TicketId};
use kiosk::domain::ticket::{Channel, PrintSurety, Ticket, TicketState};
use kiosk::store::{NewTicket, PersonRow, Store, StoreError, TrailLine, Writing};

use super::Outcome;
use super::extent::TICKETS_A_DAY;
use super::made_up;
use super::site::CLASSES;

const TERMINAL: &str = "T01";
/// Days whose residents are still known: the site's retention.
const KNOWN_DAYS: usize = 30;
const BY: TrailLine<'static> = TrailLine { at: Timestamp::UNIX_EPOCH, act: "", who: TERMINAL, why: None };

/// Closed days up to the one before `today`: tickets issued and expired, their events accepted.
pub(crate) fn closed_days(store: &mut Store, today: Date, days: usize) -> Outcome<()> {
    let mut count = Count::default();
    for ago in (1..=days).rev() {
        let day = today.checked_sub(i64::try_from(ago)?.days())?;
        let tickets = day_of(day, TICKETS_A_DAY, ago <= KNOWN_DAYS, &mut count)?;
        store.write(|store| {
            tickets.iter().try_for_each(|entry| {
                entry.issue(store)?;
                entry.expire(store)
            })
        })?;
    }
    Ok(())
}

/// Issued tickets with their residents, whose events all wait for the platform: `TICKETS_A_DAY` on each day.
pub(crate) fn waiting(store: &mut Store, today: Date, events: usize) -> Outcome<()> {
    let mut count = Count::default();
    let days = events.div_ceil(TICKETS_A_DAY);
    for ago in (1..=days).rev() {
        let day = today.checked_sub(i64::try_from(ago)?.days())?;
        let tickets = day_of(day, TICKETS_A_DAY.min(events - count.0), true, &mut count)?;
        store.write(|store| tickets.iter().try_for_each(|entry| entry.issue(store)))?;
    }
    Ok(())
}

/// Tickets made so far: what keeps their ids apart.
#[derive(Default)]
struct Count(usize);

impl Count {
    fn salt(&self, kind: u8) -> [u8; 10] {
        let [.., a, b, c, d] = (self.0 as u64).to_be_bytes();
        [kind, 0, 0, 0, 0, 0, a, b, c, d]
    }

    /// Ten times five bits.
    fn code(&self) -> [u8; 10] {
        std::array::from_fn(|place| (self.0 >> (5 * (9 - place)) & 31) as u8)
    }
}

/// One ticket and what became of it.
struct Entry {
    ticket: Ticket,
    events: [EventId; 2],
    stamp: String,
    resident: Option<kiosk::domain::resident::Resident>,
    nonce: [u8; 12],
}

fn day_of(day: Date, tickets: usize, known: bool, count: &mut Count) -> Outcome<Vec<Entry>> {
    let nine = TimeZone::get("Asia/Shanghai")?.to_timestamp(day.at(9, 0, 0, 0))?;
    let entry = |index: usize| {
        let at = nine.checked_add(i64::try_from(index)?.minutes())?;
        let class =
            CLASSES.get(index % CLASSES.len()).copied().and_then(ClassLetter::new).ok_or("no class")?;
        let number = u32::try_from(index / CLASSES.len())? + 1;
        let mut nonce = [0; 12];
        nonce[..10].copy_from_slice(&count.salt(0));
        let entry = Entry {
            ticket: Ticket {
                id: TicketId::new(at, &count.salt(1)),
                day: BusinessDay(day),
                number: TicketNumber { class, number, width: 4 },
                state: TicketState::Reserved,
                reserved_at: at,
                people_ahead: 3,
                priorities: Vec::new(),
                code: TicketCode::new(&count.code()),
            },
            events: [EventId::new(at, &count.salt(2)), EventId::new(at, &count.salt(3))],
            stamp: format!("{}+08:00", day.at(9, 0, 0, 0).checked_add(i64::try_from(index)?.minutes())?),
            resident: if known { Some(made_up::resident(count.0)?) } else { None },
            nonce,
        };
        count.0 += 1;
        Outcome::Ok(entry)
    };
    (0..tickets).map(entry).collect()
}

impl Entry {
    fn issue(&self, store: &Writing<'_>) -> Result<(), StoreError> {
        let ticket = &self.ticket;
        let at = ticket.reserved_at;
        let person: Option<PersonRow> = match &self.resident {
            Some(resident) => Some(store.person(ticket.day, resident, &self.nonce)?),
            None => None,
        };
        let new = NewTicket { ticket, channel: Channel::Card, person };
        store.insert_ticket(&new, TrailLine { at, act: "reserved", ..BY })?;
        let line = TrailLine { at, act: "issued", why: Some("confirmed"), ..BY };
        store.move_ticket(ticket.id, TicketState::Reserved, TicketState::Issued, line)?;
        store.note_print(ticket.id, PrintSurety::Confirmed)?;
        let body = Happening::TicketIssued(TicketIssued {
            by: TERMINAL.to_owned(),
            number: ticket.number.to_string(),
            class: ticket.number.class.to_string(),
            business_day: ticket.day.to_string(),
            channel: Channel::Card.code(),
            priority: Vec::new(),
            people_ahead: ticket.people_ahead,
            print: PrintSurety::Confirmed.code(),
        });
        let [issued, _] = self.events;
        store.append(issued, &Subject::Ticket(ticket.id), &self.stamp, &body, person)
    }

    fn expire(&self, store: &Writing<'_>) -> Result<(), StoreError> {
        let (ticket, [issued, expired]) = (&self.ticket, self.events);
        let line = TrailLine { at: ticket.reserved_at, act: "expired", why: Some("day_closed"), ..BY };
        store.move_ticket(ticket.id, TicketState::Issued, TicketState::Expired, line)?;
        let change = TicketChange { by: TERMINAL.to_owned(), reason: Some("day_closed") };
        let body = Happening::TicketExpired(change);
        store.append(expired, &Subject::Ticket(ticket.id), &self.stamp, &body, None)?;
        store.settle_accepted(issued)?;
        store.settle_accepted(expired)
    }
}
