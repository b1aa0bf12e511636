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

impl TicketPaper {
    /// A ticket with everything on it, for tests and benchmarks. The person is made up.
    #[must_use]
    pub fn sample() -> Self {
        Self {
            site: "剑阁县普安镇便民服务中心".into(),
            number: "A023".into(),
            class: "社会保障".into(),
            people_ahead: 5,
            windows: vec![1, 2, 3],
            priorities: vec![Priority::Pregnant],
            person: Some((Some("测*".into()), "510*************28".into())),
            taken_at: jiff::civil::date(2026, 11, 24).at(10, 24, 0, 0),
            terminal: "T01".into(),
            qr: "https://example.invalid/t/0123456789ABCDEFGHJKMNPQ".into(),
            qr_opens_page: true,
            reprint: false,
        }
    }
}
