//! What a technician's hand does in the service menu.

use std::fmt;

use crate::domain::device::Device;
use crate::domain::ids::TicketId;

/// One wish of the technician in front of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The corner was held: the menu is wanted.
    Open,
    /// A key of the pad.
    Digit(Digit),
    /// The last digit away.
    Backspace,
    /// All digits away.
    Clear,
    /// The digits are typed.
    Submit,
    /// 返回: one page up, at last out of the menu.
    Back,
    /// 退出: home at once.
    Leave,
    /// A page of the menu.
    Go(Place),
    /// One of the devices.
    Look(Device),
    /// One of the tickets listed.
    Take(TicketId),
    /// The resident holds the paper of the ticket.
    Reinstate,
    /// Nobody holds it.
    Void,
    /// The ticket onto paper once more.
    Reprint,
    /// A test slip from the printer shown.
    TestPrint,
    /// The system's clock is right.
    SystemTime,
    /// The time is to be typed.
    TypeTime,
    /// 确认 of what is asked.
    Agree,
    /// 取消 of what is asked.
    Disagree,
}

impl Act {
    /// Whether it may come as fast as fingers go.
    #[must_use]
    pub fn is_typing(self) -> bool {
        matches!(self, Self::Digit(_) | Self::Backspace | Self::Clear)
    }
}

/// A page that the menu leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The devices.
    Devices,
    /// Tickets whose paper is in doubt.
    Doubtful,
    /// Tickets that can be printed once more.
    Issued,
    /// The clocks.
    Clock,
    /// What the platform is still to be told.
    Outbox,
    /// Version, site, room on the disk.
    About,
}

impl Place {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 6] =
        [Self::Devices, Self::Doubtful, Self::Issued, Self::Clock, Self::Outbox, Self::About];

    /// The word in language files and rows.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Devices => "devices",
            Self::Doubtful => "doubtful",
            Self::Issued => "issued",
            Self::Clock => "clock",
            Self::Outbox => "outbox",
            Self::About => "about",
        }
    }

    /// The page of that word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.code() == code)
    }
}

/// A key of the pad; it may be a part of a PIN, so nobody prints it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digit(pub char);

impl fmt::Debug for Digit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digit(…)")
    }
}
