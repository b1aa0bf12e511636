//! The service menu as it can be drawn: values without words, the PIN as a count of dots.

use jiff::civil::{Date, DateTime};

use super::Place;
use crate::domain::device::{CardTrouble, Device, HealthState, PaperTrouble};
use crate::domain::ids::TicketId;

/// The menu at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The page.
    pub page: Page,
    /// What is asked before it is done.
    pub asked: Option<Asked>,
    /// What came of the last act.
    pub said: Option<Said>,
    /// The terminal: `T01`.
    pub terminal: String,
}

/// A page of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// Nobody set a PIN yet: how it is set.
    NoPin,
    /// 请输入维护密码.
    Pin {
        /// How many digits were typed.
        typed: usize,
        /// Whether they are enough to be tried.
        ready: bool,
        /// What to say of it.
        state: PinState,
    },
    /// The menu itself.
    Menu {
        /// Tickets whose paper is in doubt.
        doubtful: usize,
    },
    /// The devices.
    Devices(Vec<DeviceLine>),
    /// One device, and what its test came to.
    Device(DeviceLine, Option<Test>),
    /// Tickets whose paper is in doubt.
    DoubtfulTickets(Vec<TicketLine>),
    /// One of them.
    DoubtfulTicket(TicketLine),
    /// Tickets that can be printed once more.
    IssuedTickets(Vec<TicketLine>),
    /// One of them.
    IssuedTicket {
        /// Which.
        ticket: TicketLine,
        /// Whether it can be printed now, and if not, why.
        printer: Result<(), PaperTrouble>,
        /// Whether it is on its way to paper.
        busy: bool,
    },
    /// The clocks.
    Clock(ClockLine),
    /// 现在是几点: typed.
    TypeTime {
        /// The digits so far.
        digits: String,
        /// Whether there is no such time.
        wrong: bool,
    },
    /// What the platform is still to be told.
    Outbox(OutboxLine),
    /// Version, site, room on the disk.
    About(AboutLine),
}

impl Page {
    /// A word for reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoPin => "service_no_pin",
            Self::Pin { .. } => "service_pin",
            Self::Menu { .. } => "service_menu",
            Self::Devices(_) => "service_devices",
            Self::Device(..) => "service_device",
            Self::DoubtfulTickets(_) => "service_doubtful",
            Self::DoubtfulTicket(_) => "service_doubtful_ticket",
            Self::IssuedTickets(_) => "service_issued",
            Self::IssuedTicket { .. } => "service_issued_ticket",
            Self::Clock(_) => "service_clock",
            Self::TypeTime { .. } => "service_type_time",
            Self::Outbox(_) => "service_outbox",
            Self::About(_) => "service_about",
        }
    }

    /// The menu's row that it belongs to.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        match self {
            Self::NoPin | Self::Pin { .. } | Self::Menu { .. } => None,
            Self::Devices(_) | Self::Device(..) => Some(Place::Devices),
            Self::DoubtfulTickets(_) | Self::DoubtfulTicket(_) => Some(Place::Doubtful),
            Self::IssuedTickets(_) | Self::IssuedTicket { .. } => Some(Place::Issued),
            Self::Clock(_) | Self::TypeTime { .. } => Some(Place::Clock),
            Self::Outbox(_) => Some(Place::Outbox),
            Self::About(_) => Some(Place::About),
        }
    }
}

/// What is to be said beside the dots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinState {
    /// Nothing.
    Fresh,
    /// It is being found out.
    Checking,
    /// The last one was wrong.
    Wrong {
        /// Tries before the next pause.
        left: u32,
    },
    /// No tries for a while.
    Paused {
        /// Seconds of it.
        seconds: u64,
    },
}

/// A device, as far as it was heard of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceLine {
    /// Which.
    pub device: Device,
    /// How it does.
    pub state: HealthState,
    /// Its own words, in English.
    pub detail: String,
    /// When it said them, in the site's time zone.
    pub heard_at: Option<DateTime>,
}

/// How far the test of a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// The slip is on its way to paper.
    Printing,
    /// It came out.
    Printed,
    /// It did not.
    NotPrinted(PaperTrouble),
    /// Nobody knows.
    Unsure(PaperTrouble),
    /// A card is being read.
    Reading,
    /// A card was read; whose is nobody's business here.
    Read,
    /// A card gave nothing.
    NotRead(CardTrouble),
}

/// A ticket in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketLine {
    /// Its id.
    pub id: TicketId,
    /// `A023`.
    pub number: String,
    /// The class's name.
    pub class: String,
    /// When it was taken, in the site's time zone.
    pub taken_at: DateTime,
    /// Why its paper is in doubt: `power_cut` or a printer's trouble.
    pub why: Option<String>,
}

/// The clocks, in the site's time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockLine {
    /// What the system's clock says.
    pub system: DateTime,
    /// What holds.
    pub holds: DateTime,
    /// The business day that holds.
    pub day: Date,
    /// The latest instant in the store.
    pub store: DateTime,
    /// Where the time that holds is from.
    pub known_from: KnownFrom,
    /// Whether the system's clock stands below it.
    pub behind: bool,
    /// Whether a technician may say that the system's clock is right: no terminal ran before this version was made.
    pub system_can_be: bool,
}

/// Where the time that holds is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownFrom {
    /// The system's clock.
    System,
    /// The platform.
    Platform,
    /// A technician's word.
    Technician,
    /// Nobody: counted on from the latest instant in the store.
    Nobody,
}

/// What the platform is still to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboxLine {
    /// Events that wait.
    pub waiting: u64,
    /// When the oldest of them happened.
    pub oldest: Option<DateTime>,
    /// Events that the platform refused.
    pub dead: u64,
    /// How the way to it stands.
    pub link: Link,
}

/// How the way to the platform stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// The site has no platform.
    #[default]
    None,
    /// Not tried yet.
    Untried,
    /// It answers.
    Online,
    /// It does not; a sentence in English.
    Offline(String),
}

/// Version, site, room on the disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AboutLine {
    /// The program's version.
    pub version: String,
    /// The site's name.
    pub site: String,
    /// Free bytes where the data stands; `None` where the system does not say.
    pub free_bytes: Option<u64>,
    /// Whether the store takes and gives what it should.
    pub store_well: bool,
}

/// What is asked before it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Does somebody hold the paper of that number?
    Reinstate(String),
    /// Does nobody hold it?
    Void(String),
    /// Is it that time?
    Time(DateTime),
}

/// What came of the last act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// That number holds again.
    Reinstated(String),
    /// Its resident has that number of the class: one is enough.
    HasAnother(String),
    /// That number is void.
    Voided(String),
    /// It was settled meanwhile.
    SettledMeanwhile,
    /// The ticket came out once more.
    Reprinted(String),
    /// It did not.
    NotReprinted(PaperTrouble),
    /// That time holds now.
    TimeTaken,
    /// No terminal of this version ran at that time.
    TooEarly,
    /// The platform's time counts for more.
    PlatformKnows,
    /// The store took nothing.
    StoreFailed,
}

impl Said {
    /// Whether it is what was wished for.
    #[must_use]
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Reinstated(_) | Self::Voided(_) | Self::Reprinted(_) | Self::TimeTaken)
    }
}
