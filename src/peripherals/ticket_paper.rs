//! What stands on a ticket: the words, before any printer's bytes.

use jiff::civil::DateTime;

use crate::domain::priority::Priority;

/// Everything that a printed ticket says. Names and numbers are masked already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketPaper {
    /// The site's name.
    pub site: String,
    /// `A023`.
    pub number: String,
    /// The class's name.
    pub class: String,
    /// Those who wait before it.
    pub people_ahead: u32,
    /// Where to go.
    pub windows: Vec<u16>,
    /// Reasons to be called earlier.
    pub priorities: Vec<Priority>,
    /// Masked name (where known) and masked identity number.
    pub person: Option<(Option<String>, String)>,
    /// When it was taken, in the site's time zone.
    pub taken_at: DateTime,
    /// The terminal.
    pub terminal: String,
    /// What the QR says.
    pub qr: String,
    /// Whether the QR opens a page where the queue can be watched.
    pub qr_opens_page: bool,
    /// Whether it is printed once more (补打).
    pub reprint: bool,
}
