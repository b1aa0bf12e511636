//! Ticket rows and their trail. A change of state is a compare-and-set; the database refuses the rest.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row};

use super::{PersonRow, StoreError, Writing};
use crate::domain::class::{ClassLetter, TicketNumber};
use crate::domain::device::Printer;
use crate::domain::ids::{BusinessDay, TicketCode, TicketId};
use crate::domain::priority::Priority;
use crate::domain::ticket::{Channel, PrintSurety, Ticket, TicketState};

/// A ticket about to be reserved.
#[derive(Debug)]
pub struct NewTicket<'t> {
    /// Everything that the ticket itself says.
    pub ticket: &'t Ticket,
    /// How the resident made themselves known.
    pub channel: Channel,
    /// Their row, where they did.
    pub person: Option<PersonRow>,
}

/// The paper that was begun last, by the trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastPaper {
    /// None that matters any more.
    Nothing,
    /// It came out whole as that ticket's first paper, and may hang in the printer's mouth.
    Ticket(TicketId),
    /// It was begun and never confirmed: a part of it may be in the printer.
    Unsure,
}

/// One line of the trail.
#[derive(Debug, Clone, Copy)]
pub struct TrailLine<'t> {
    /// When.
    pub at: Timestamp,
    /// What was done: a word.
    pub act: &'t str,
    /// Terminal, window or staff number.
    pub who: &'t str,
    /// Why, where the act does not say it.
    pub why: Option<&'t str>,
}

/// So many lines of the trail are looked through for a printer's last paper: some weeks of a busy hall. What has hung
/// or lain in a printer for longer was found by others.
const LOOK_BACK: i64 = 20_000;

const COLUMNS: &str = "id, day, class, number, width, state, priorities, people_ahead, code, reserved_at";

impl Writing<'_> {
    /// The highest number that the class gave out on that day, whatever became of it.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn last_number(&self, day: BusinessDay, class: ClassLetter) -> Result<Option<u32>, StoreError> {
        Ok(self
            .transaction
            .prepare_cached("SELECT MAX(number) FROM ticket WHERE day = ?1 AND class = ?2")?
            .query_row((day.to_string(), class.to_string()), |row| row.get(0))?)
    }

    /// How many tickets of the class and day stand in that state.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn count(&self, day: BusinessDay, class: ClassLetter, state: TicketState) -> Result<u32, StoreError> {
        Ok(self
            .transaction
            .prepare_cached(&format!(
                "SELECT COUNT(*) FROM ticket WHERE state = '{}' AND day = ?1 AND class = ?2",
                state.code()
            ))?
            .query_row((day.to_string(), class.to_string()), |row| row.get(0))?)
    }

    /// How many tickets of the class were issued on that day, whatever became of them since.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn issued_count(&self, day: BusinessDay, class: ClassLetter) -> Result<u32, StoreError> {
        Ok(self
            .transaction
            .prepare_cached(
                "SELECT COUNT(*) FROM ticket WHERE day = ?1 AND class = ?2 AND print IS NOT NULL",
            )?
            .query_row((day.to_string(), class.to_string()), |row| row.get(0))?)
    }

    /// The resident's one live ticket of the class.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn live_ticket(
        &self,
        day: BusinessDay,
        class: ClassLetter,
        person: PersonRow,
    ) -> Result<Option<Ticket>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM ticket WHERE day = ?1 AND class = ?2 AND person = ?3
             AND person IS NOT NULL AND state IN ('reserved', 'issued')"
        );
        Ok(self
            .transaction
            .prepare_cached(&sql)?
            .query_row((day.to_string(), class.to_string(), person.0), read_ticket)
            .optional()?)
    }

    /// One ticket.
    ///
    /// # Errors
    /// [`StoreError::Changed`] where there is none of that id.
    pub fn ticket(&self, id: TicketId) -> Result<Ticket, StoreError> {
        self.transaction
            .prepare_cached(&format!("SELECT {COLUMNS} FROM ticket WHERE id = ?1"))?
            .query_row([id.as_bytes()], read_ticket)
            .optional()?
            .ok_or(StoreError::Changed)
    }

    /// All tickets in that state, of every day but `but` where that is given, oldest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn tickets_in(
        &self,
        state: TicketState,
        but: Option<BusinessDay>,
    ) -> Result<Vec<Ticket>, StoreError> {
        let but = but.map(|day| day.to_string()).unwrap_or_default();
        // The state is spelled out, so that the planner may use the index of open tickets.
        let state = state.code();
        let sql = format!("SELECT {COLUMNS} FROM ticket WHERE state = '{state}' AND day <> ?1 ORDER BY id");
        let mut statement = self.transaction.prepare_cached(&sql)?;
        let rows = statement.query_map([but], read_ticket)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Writes a new reservation and its first line of trail.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where the number or the resident's live ticket is there already.
    pub fn insert_ticket(&self, new: &NewTicket<'_>, line: TrailLine<'_>) -> Result<(), StoreError> {
        let ticket = new.ticket;
        let priorities: Vec<_> = ticket.priorities.iter().map(|priority| priority.code()).collect();
        self.transaction
            .prepare_cached(
                "INSERT INTO ticket (id, day, class, number, width, state, channel, priorities, people_ahead,
                 code, person, reserved_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?
            .execute((
                ticket.id.as_bytes(),
                ticket.day.to_string(),
                ticket.number.class.to_string(),
                ticket.number.number,
                ticket.number.width,
                ticket.state.code(),
                new.channel.code(),
                priorities.join(" "),
                ticket.people_ahead,
                ticket.code.as_str(),
                new.person.map(|person| person.0),
                ticket.reserved_at.as_millisecond(),
            ))?;
        self.trail(ticket.id, line)
    }

    /// Moves a ticket from one state to another, with its line of trail.
    ///
    /// # Errors
    /// [`StoreError::Changed`] where it was not in `from` or the table of transitions has no such way.
    pub fn move_ticket(
        &self,
        id: TicketId,
        from: TicketState,
        to: TicketState,
        line: TrailLine<'_>,
    ) -> Result<(), StoreError> {
        if !from.may_become(to) {
            return Err(StoreError::Changed);
        }
        let moved = self
            .transaction
            .prepare_cached("UPDATE ticket SET state = ?3 WHERE id = ?1 AND state = ?2")?
            .execute((id.as_bytes(), from.code(), to.code()))?;
        if moved != 1 {
            return Err(StoreError::Changed);
        }
        self.trail(id, line)
    }

    /// Notes how sure the paper is.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn note_print(&self, id: TicketId, surety: PrintSurety) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("UPDATE ticket SET print = ?2 WHERE id = ?1")?
            .execute((id.as_bytes(), surety.code()))?;
        Ok(())
    }

    /// How the ticket's resident made themselves known, and their row.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn holder(&self, id: TicketId) -> Result<(String, Option<PersonRow>), StoreError> {
        Ok(self
            .transaction
            .prepare_cached("SELECT channel, person FROM ticket WHERE id = ?1")?
            .query_row([id.as_bytes()], |row| {
                Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?.map(PersonRow)))
            })?)
    }

    /// Appends a line of trail.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn trail(&self, ticket: TicketId, line: TrailLine<'_>) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("INSERT INTO trail (ticket, at, act, who, why) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute((ticket.as_bytes(), line.at.as_millisecond(), line.act, line.who, line.why))?;
        self.latest.set(Some(line.at));
        Ok(())
    }

    /// What the trail tells of the paper that was begun last at that printer.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn last_paper(&self, printer: Printer) -> Result<LastPaper, StoreError> {
        let begun: Option<(i64, [u8; 16], String)> = self
            .transaction
            .query_row(
                "SELECT id, ticket, act FROM trail WHERE act IN ('reserved', 'reprinting') AND why IS ?1
                 AND id > (SELECT COALESCE(MAX(id), 0) FROM trail) - ?2 ORDER BY id DESC LIMIT 1",
                (onto(printer), LOOK_BACK),
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()?;
        if let Some(slip) = self.last_slip(printer, begun.as_ref().map_or(0, |(line, ..)| *line))? {
            return Ok(slip);
        }
        let Some((line, ticket, act)) = begun else { return Ok(LastPaper::Nothing) };
        let ended: Option<String> = self
            .transaction
            .query_row(
                "SELECT act FROM trail WHERE ticket = ?1 AND id > ?2
                 AND act IN ('issued', 'reprinted', 'void', 'unconfirmed') ORDER BY id LIMIT 1",
                (ticket, line),
                |row| row.get(0),
            )
            .optional()?;
        Ok(match (act.as_str(), ended.as_deref()) {
            ("reserved", Some("issued")) => LastPaper::Ticket(TicketId::from_bytes(ticket)),
            ("reprinting", Some("reprinted")) => LastPaper::Nothing,
            _ => LastPaper::Unsure,
        })
    }

    /// Tickets of that day that nobody knows the paper of, oldest first, each with the word for the doubt.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn unconfirmed_of(&self, day: BusinessDay) -> Result<Vec<(Ticket, Option<String>)>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS}, (SELECT why FROM trail WHERE ticket = ticket.id AND act = 'unconfirmed'
                                ORDER BY trail.id DESC LIMIT 1)
             FROM ticket WHERE state = 'unconfirmed' AND day = ?1 ORDER BY id"
        );
        let mut statement = self.transaction.prepare_cached(&sql)?;
        let rows = statement.query_map([day.to_string()], |row| Ok((read_ticket(row)?, row.get(10)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Tickets of that day that wait to be called, the newest `most` of them, newest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn issued_of(&self, day: BusinessDay, most: u32) -> Result<Vec<Ticket>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM ticket WHERE state = 'issued' AND day = ?1 ORDER BY id DESC LIMIT ?2"
        );
        let mut statement = self.transaction.prepare_cached(&sql)?;
        let rows = statement.query_map((day.to_string(), most), read_ticket)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether a test slip was begun at that printer after that line of the trail, and what came of it.
    fn last_slip(&self, printer: Printer, after: i64) -> Result<Option<LastPaper>, StoreError> {
        let act: Option<String> = self
            .transaction
            .query_row(
                "SELECT act FROM audit WHERE act IN ('test_print', 'test_printed') AND about = ?1 AND trail >= ?2
                 ORDER BY id DESC LIMIT 1",
                (printer.code(), after),
                |row| row.get(0),
            )
            .optional()?;
        Ok(act.map(|act| if act == "test_printed" { LastPaper::Nothing } else { LastPaper::Unsure }))
    }

    /// The instant written last, by the trail or by somebody who told the time, and the business day of the ticket that
    /// was taken last: in the order in which they were written, since a clock that ran ahead left instants and ids that
    /// are above those of now.
    ///
    /// No day where, after that ticket, an instant below its own was written or somebody told the time: the day that
    /// holds is then the instant's own.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn latest(&self) -> Result<(Option<Timestamp>, Option<BusinessDay>), StoreError> {
        let last: Option<(i64, i64)> = self
            .transaction
            .query_row("SELECT id, at FROM trail ORDER BY id DESC LIMIT 1", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let taken: Option<(i64, i64, String)> = self
            .transaction
            .query_row(
                "SELECT t.id, t.at, k.day FROM trail t JOIN ticket k ON k.id = t.ticket WHERE t.id =
                 (SELECT id FROM trail WHERE act = 'reserved' ORDER BY id DESC LIMIT 1)",
                [],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()?;
        let word = self.clock_word()?;
        let at =
            last.map(|(_, at)| Timestamp::from_millisecond(at)).transpose().map_err(|_| odd("trail.at"))?;
        let at = match &word {
            Some(word) if last.is_none_or(|(id, _)| word.after >= id) => Some(word.at),
            _ => at,
        };
        let told_since = |id: i64| word.as_ref().is_some_and(|word| word.after >= id);
        let below = |taken: i64| at.is_some_and(|at| at.as_millisecond() < taken);
        let day = taken
            .filter(|(id, taken, _)| !told_since(*id) && !below(*taken))
            .map(|(_, _, day)| day.parse())
            .transpose()
            .map_err(|_| odd("ticket.day"))?;
        Ok((at, day.map(BusinessDay)))
    }
}

/// Onto which printer's paper a number goes, as the trail has it beside `reserved` and `reprinting`: the dispenser's
/// goes without saying.
#[must_use]
pub fn onto(printer: Printer) -> Option<&'static str> {
    (printer != Printer::Dispenser).then(|| printer.code())
}

fn odd(column: &str) -> StoreError {
    StoreError::Damaged(format!("{column} holds something that this program never writes"))
}

fn read_ticket(row: &Row<'_>) -> rusqlite::Result<Ticket> {
    let word = |column: usize| row.get::<_, String>(column);
    let wrong = |column: usize| {
        rusqlite::Error::InvalidColumnType(column, COLUMNS.to_owned(), rusqlite::types::Type::Text)
    };
    Ok(Ticket {
        id: TicketId::from_bytes(row.get(0)?),
        day: BusinessDay(word(1)?.parse().map_err(|_| wrong(1))?),
        number: TicketNumber {
            class: word(2)?.parse().map_err(|_| wrong(2))?,
            number: row.get(3)?,
            width: row.get(4)?,
        },
        state: TicketState::from_code(&word(5)?).ok_or_else(|| wrong(5))?,
        priorities: word(6)?.split_whitespace().filter_map(Priority::from_code).collect(),
        people_ahead: row.get(7)?,
        code: TicketCode::stored(word(8)?),
        reserved_at: Timestamp::from_millisecond(row.get(9)?).map_err(|_| wrong(9))?,
    })
}
