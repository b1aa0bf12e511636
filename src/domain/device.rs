//! Devices as the kiosk speaks of them: which, how they do, and what went wrong in a word.

/// A device of the terminal, by its key in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Device {
    /// `[devices.id_reader]` (身份证阅读器).
    IdReader,
    /// `[devices.ticket_dispenser]` (取号机).
    TicketDispenser,
    /// `[sound]`: the loudspeaker.
    Speaker,
}

impl Device {
    /// The key in the configuration and in reports.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::IdReader => "id_reader",
            Self::TicketDispenser => "ticket_dispenser",
            Self::Speaker => "speaker",
        }
    }
}

/// How a device does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// In a word.
    pub state: HealthState,
    /// For the technician, in English; never personal data.
    pub detail: String,
}

/// How a device does, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HealthState {
    /// Not heard of yet.
    Starting,
    /// Does its work.
    Ready,
    /// Does its work, and wants somebody soon.
    Low,
    /// There, and can't do its work.
    Trouble(PaperTrouble),
    /// There, and out of order: the technician's case.
    Broken,
    /// Not there: unplugged, silent, or the port can't be opened.
    Lost,
}

impl HealthState {
    /// The word in reports.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Ready => "ready",
            Self::Low => "low",
            Self::Trouble(_) => "trouble",
            Self::Broken => "broken",
            Self::Lost => "lost",
        }
    }

    /// Whether work may be given to it.
    #[must_use]
    pub fn works(self) -> bool {
        matches!(self, Self::Ready | Self::Low)
    }
}

/// What keeps paper from coming out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PaperTrouble {
    /// No paper (缺纸).
    PaperOut,
    /// A cover is open.
    CoverOpen,
    /// Paper is stuck, or the cutter is.
    Jam,
    /// It does not answer: unplugged, without power, or silent.
    NoAnswer,
    /// It answers that it can't, and not why.
    OutOfOrder,
}

impl PaperTrouble {
    /// All causes.
    pub const ALL: [Self; 5] = [Self::PaperOut, Self::CoverOpen, Self::Jam, Self::NoAnswer, Self::OutOfOrder];

    /// The word in trail, events and language files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::PaperOut => "paper_out",
            Self::CoverOpen => "cover_open",
            Self::Jam => "jam",
            Self::NoAnswer => "no_answer",
            Self::OutOfOrder => "out_of_order",
        }
    }
}

/// What a print job came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrintResult {
    /// It came out whole.
    Printed {
        /// Whether the printer itself said so of this job.
        confirmed: bool,
    },
    /// It surely did not come out whole.
    NotPrinted(PaperTrouble),
    /// Bytes went out and then nobody answered: nobody knows.
    Doubtful(PaperTrouble),
}

/// Why a card gave no resident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CardTrouble {
    /// It moved or is dirty: lay it anew.
    Unreadable,
    /// What was read contradicts itself: a wrong check character or date.
    Implausible,
    /// No identity card of a kind known here.
    UnknownKind,
}

impl CardTrouble {
    /// All causes.
    pub const ALL: [Self; 3] = [Self::Unreadable, Self::Implausible, Self::UnknownKind];

    /// The word in language files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Implausible => "implausible",
            Self::UnknownKind => "unknown_kind",
        }
    }
}
