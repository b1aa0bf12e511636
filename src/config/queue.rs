//! `[queue]`: the rule by which the hall calls; a hall without the table has the usual one.

use std::collections::BTreeMap;

use super::reader::Section;
use super::values::{flag, number};
use crate::domain::priority::Priority;

/// How the hall calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Minutes by which a reason for priority is called earlier, 0…240; a reason that is not named has none.
    ///
    /// Usually elder 15, soldier 20, disabled 20, pregnant 15. A `priority_credit_minutes` in the file
    /// replaces all of them.
    pub priority_credit_minutes: BTreeMap<Priority, u16>,
    /// How often a called ticket may be called again before it is passed, 0…9; usually 2.
    pub recalls: u8,
    /// Behind how many others one who comes back after a no-show waits, 0…99; usually 3.
    pub no_show_return_after: u8,
    /// How often one may come back after a no-show, 0…9; usually 1.
    pub no_show_returns: u8,
    /// Whether a ticket is given to somebody without a card; usually so.
    pub ticket_without_card: bool,
}

impl Queue {
    /// The credit of one reason, in minutes.
    #[must_use]
    pub fn credit_minutes(&self, priority: Priority) -> u16 {
        self.priority_credit_minutes.get(&priority).copied().unwrap_or(0)
    }
}

impl Default for Queue {
    fn default() -> Self {
        let credits = [
            (Priority::Elder, 15),
            (Priority::Soldier, 20),
            (Priority::Disabled, 20),
            (Priority::Pregnant, 15),
        ];
        Self {
            priority_credit_minutes: credits.into_iter().collect(),
            recalls: 2,
            no_show_return_after: 3,
            no_show_returns: 1,
            ticket_without_card: true,
        }
    }
}

pub(super) fn read(mut queue: Section<'_>) -> Queue {
    let usual = Queue::default();
    let credits = queue.section("priority_credit_minutes").map(|mut credits| {
        let mut minutes = BTreeMap::new();
        for priority in Priority::ALL {
            if let Some(credit) = credits.optional(priority.code(), number(0..=240)) {
                minutes.insert(priority, credit);
            }
        }
        credits.finish();
        minutes
    });
    let recalls = queue.optional("recalls", number(0..=9));
    let no_show_return_after = queue.optional("no_show_return_after", number(0..=99));
    let no_show_returns = queue.optional("no_show_returns", number(0..=9));
    let ticket_without_card = queue.optional("ticket_without_card", flag);
    queue.finish();
    Queue {
        priority_credit_minutes: credits.unwrap_or(usual.priority_credit_minutes),
        recalls: recalls.unwrap_or(usual.recalls),
        no_show_return_after: no_show_return_after.unwrap_or(usual.no_show_return_after),
        no_show_returns: no_show_returns.unwrap_or(usual.no_show_returns),
        ticket_without_card: ticket_without_card.unwrap_or(usual.ticket_without_card),
    }
}
