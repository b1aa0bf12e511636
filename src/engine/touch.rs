//! Which touches count: two in a row on one button are one wish, and one on a page that has just come up was meant
//! for the page before it.

use std::time::Duration;

use super::{Engine, MannerAct};
use crate::domain::time::Now;
use crate::service;
use crate::visit::Act;

/// A touch on a page that came up this short a time ago was meant for the page before it.
const SECOND_TOUCH: Duration = Duration::from_millis(250);

/// A wish that two touches in a row make once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Act(Act),
    Manner(MannerAct),
    Service(service::Act),
}

impl Engine {
    /// Whether that act is no wish of its own. Keys of the keypad all count, however fast they come.
    pub(super) fn is_stray(&mut self, act: Act, now: Now) -> bool {
        let typing = matches!(act, Act::Key(_) | Act::Backspace | Act::Clear | Act::Reveal(_) | Act::Stay);
        self.is_stray_wish(typing, Wish::Act(act), now)
    }

    /// The same of any wish.
    pub(super) fn is_stray_wish(&mut self, typing: bool, wish: Wish, now: Now) -> bool {
        let fresh = self.shown.is_some() && now.mono.saturating_sub(self.page_since) < SECOND_TOUCH;
        !typing && (fresh || self.is_second_touch(wish, now))
    }

    /// Whether that very wish was heard a moment ago: two touches in a row on one button are one wish.
    pub(super) fn is_second_touch(&mut self, wish: Wish, now: Now) -> bool {
        let before = self.last_wish.replace((wish, now.mono));
        before.is_some_and(|(last, at)| last == wish && now.mono.saturating_sub(at) < SECOND_TOUCH)
    }
}
