//! What the hall can tell at a glance: the classes, who waits, and whether numbers are given out.

use jiff::Timestamp;

use super::series::next_number;
use super::{Desk, Moment};
use crate::domain::class::ClassLetter;
use crate::domain::hours::DoorState;
use crate::domain::ids::BusinessDay;
use crate::domain::ticket::TicketState;
use crate::domain::time::Now;
use crate::domain::wish::Refusal;
use crate::store::StoreError;

/// The hall now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// The moment that it is true for.
    pub moment: Moment,
    /// What the wall clock said when it was asked for.
    pub asked_at: Timestamp,
    /// Open or closed.
    pub door: DoorState,
    /// Each class, in the order of the configuration.
    pub classes: Vec<ClassView>,
}

/// One class now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassView {
    /// Its letter.
    pub letter: ClassLetter,
    /// Its name.
    pub name: String,
    /// Tickets issued and not yet called.
    pub waiting: u32,
    /// The last number issued or on its way today, 0 for none.
    pub last: u32,
    /// Whether one more may be had.
    pub room: Room,
}

/// Whether a class gives out one more number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// It does.
    Free,
    /// Not today.
    Full,
}

impl Desk {
    /// The hall now.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn overview(&mut self, now: Now) -> Result<Overview, StoreError> {
        let moment = self.moment(now);
        let rules = &self.rules;
        let classes = self.store.read(|store| {
            rules
                .classes
                .iter()
                .map(|class| {
                    let waiting = store.count(moment.day, class.letter, TicketState::Issued)?;
                    let under_way = store.count(moment.day, class.letter, TicketState::Reserved)?;
                    let last = store.last_number(moment.day, class.letter)?;
                    let taken = store.issued_count(moment.day, class.letter)? + under_way;
                    let room = match next_number(class, last, taken) {
                        Ok(_) => Room::Free,
                        Err(_) => Room::Full,
                    };
                    let last = last.unwrap_or(0);
                    Ok(ClassView { letter: class.letter, name: class.name.clone(), waiting, last, room })
                })
                .collect::<Result<Vec<_>, StoreError>>()
        })?;
        let door = match self.door(moment) {
            Some(Refusal::Closed { next }) => DoorState::Closed { next },
            _ => self.open_until(moment),
        };
        Ok(Overview { moment, asked_at: now.wall, door, classes })
    }

    /// The business day that holds now.
    #[must_use]
    pub fn today(&mut self, now: Now) -> BusinessDay {
        self.moment(now).day
    }

    fn open_until(&self, moment: Moment) -> DoorState {
        let local = moment.at.to_zoned_datetime(self.rules.time_zone.clone()).datetime();
        match self.rules.opening.state_at(local) {
            DoorState::Closed { .. } => DoorState::Open { until: None },
            open @ DoorState::Open { .. } => open,
        }
    }
}
