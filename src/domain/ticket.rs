//! Tickets (号票): what was asked for, where it stands, and how sure we are of its paper.

use jiff::Timestamp;

use super::class::TicketNumber;
use super::ids::{BusinessDay, TicketCode, TicketId};
use super::priority::Priority;

/// Where a ticket stands.
///
/// *Reserved* on the way to paper, *issued* when somebody holds it. A reservation whose paper is in doubt is
/// *unconfirmed*: kept aside, never called, reinstated by a clerk from the paper that a resident holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TicketState {
    /// Number taken, paper not yet there.
    Reserved,
    /// In somebody's hand, waiting to be called (等候).
    Issued,
    /// The paper did not come out: the number is lost for the day (作废).
    Void,
    /// Nobody knows whether the paper came out.
    Unconfirmed,
    /// Given up before it was called (取消).
    Cancelled,
    /// Left at the day's close (过期).
    Expired,
}

impl TicketState {
    /// All states.
    pub const ALL: [Self; 6] =
        [Self::Reserved, Self::Issued, Self::Void, Self::Unconfirmed, Self::Cancelled, Self::Expired];

    /// The word in store and trail.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Issued => "issued",
            Self::Void => "void",
            Self::Unconfirmed => "unconfirmed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// The state of that word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// The one table of transitions; the store's compare-and-set asks it before it writes.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        use TicketState::{Cancelled, Expired, Issued, Reserved, Unconfirmed, Void};
        matches!(
            (self, next),
            (Reserved, Issued | Void | Unconfirmed)
                | (Unconfirmed, Issued | Void)
                | (Issued, Cancelled | Expired)
        )
    }

    /// Whether it holds its resident's one place in the class.
    #[must_use]
    pub fn is_live(self) -> bool {
        matches!(self, Self::Reserved | Self::Issued)
    }
}

/// How sure it is that the ticket is in somebody's hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PrintSurety {
    /// The printer itself said that this very job was printed.
    Confirmed,
    /// The printer was well before and after, and its buffer ran dry.
    Likely,
    /// The resident chose a number without paper.
    Paperless,
    /// A clerk saw the paper that nobody had confirmed.
    Reinstated,
}

impl PrintSurety {
    /// All grades.
    pub const ALL: [Self; 4] = [Self::Confirmed, Self::Likely, Self::Paperless, Self::Reinstated];

    /// The word in store and events.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Likely => "likely",
            Self::Paperless => "paperless",
            Self::Reinstated => "reinstated",
        }
    }

    /// The grade of that word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|surety| surety.code() == code)
    }
}

/// How the resident made themselves known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// Card on the reader.
    Card,
    /// Identity number typed on the keypad.
    Typed,
    /// Not at all (无证取号).
    Anonymous,
}

impl Channel {
    /// The word in store and events.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Typed => "typed",
            Self::Anonymous => "none",
        }
    }

    /// The channel of that word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Card, Self::Typed, Self::Anonymous].into_iter().find(|channel| channel.code() == code)
    }
}

/// A ticket as the desk answers for it; no personal data in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// The business day whose series its number belongs to.
    pub day: BusinessDay,
    /// Letter and number.
    pub number: TicketNumber,
    /// Where it stands.
    pub state: TicketState,
    /// When the number was taken.
    pub reserved_at: Timestamp,
    /// Those who waited in the class when the number was taken.
    pub people_ahead: u32,
    /// Declared or seen reasons to be called earlier.
    pub priorities: Vec<Priority>,
    /// What its QR says.
    pub code: TicketCode,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_values_are_one_to_one() {
        for state in TicketState::ALL {
            assert_eq!(TicketState::from_code(state.code()), Some(state));
        }
        for surety in PrintSurety::ALL {
            assert_eq!(PrintSurety::from_code(surety.code()), Some(surety));
        }
    }

    #[test]
    fn an_ended_ticket_never_changes() {
        use TicketState::{Cancelled, Expired, Void};
        for ended in [Void, Cancelled, Expired] {
            assert!(TicketState::ALL.into_iter().all(|next| !ended.may_become(next)), "{ended:?}");
            assert!(!ended.is_live());
        }
    }

    #[test]
    fn nothing_returns_to_a_reservation_or_to_itself() {
        for state in TicketState::ALL {
            assert!(!state.may_become(TicketState::Reserved));
            assert!(!state.may_become(state));
        }
    }
}
