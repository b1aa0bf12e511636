//! How much of everything is measured: enough for a 99th percentile, or just enough to see that it works.

/// Counts of one run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    /// Tickets whose first byte is waited for.
    pub(crate) first_bytes: usize,
    /// Tickets reserved and issued.
    pub(crate) tickets: usize,
    /// Redraws of each page.
    pub(crate) redraws: usize,
    /// Distance of the points that are pressed, design px.
    pub(crate) press_step: u16,
    /// Starts of the process.
    pub(crate) starts: usize,
    /// Closed days in the store at a start.
    pub(crate) days: usize,
    /// Events drained with HMAC-SM3; a tenth of them with SM2.
    pub(crate) events: usize,
    /// Cards laid.
    pub(crate) cards: usize,
}

impl Extent {
    /// For figures.
    pub(crate) const FULL: Self = Self {
        first_bytes: 300,
        tickets: 2_400,
        redraws: 100,
        press_step: 60,
        starts: 20,
        days: 365,
        events: 100_000,
        cards: 60,
    };

    /// For continuous integration.
    pub(crate) const QUICK: Self = Self {
        first_bytes: 3,
        tickets: 80,
        redraws: 3,
        press_step: 240,
        starts: 1,
        days: 3,
        events: 20_000,
        cards: 2,
    };
}

/// Tickets on each closed day: 365 days of these make 109,500.
pub(crate) const TICKETS_A_DAY: usize = 300;
