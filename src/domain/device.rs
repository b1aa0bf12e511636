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
    /// `[devices.receipt_printer]` (小票打印机).
    ReceiptPrinter,
}

impl Device {
    /// The key in the configuration and in reports.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::IdReader => "id_reader",
            Self::TicketDispenser => "ticket_dispenser",
            Self::Speaker => "speaker",
            Self::ReceiptPrinter => "receipt_printer",
        }
    }
}

/// A printer of paper rolls: what can bring out a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Printer {
    /// The ticket dispenser, the first one asked.
    Dispenser,
    /// The receipt printer, where the dispenser can't.
    Receipt,
}

impl Printer {
    /// All of them, in the order in which they are asked for a ticket.
    pub const ALL: [Self; 2] = [Self::Dispenser, Self::Receipt];

    /// The device that it is.
    #[must_use]
    pub fn device(self) -> Device {
        match self {
            Self::Dispenser => Device::TicketDispenser,
            Self::Receipt => Device::ReceiptPrinter,
        }
    }

    /// The word in trail and language files.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.device().key()
    }
}

/// One of something for each printer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PerPrinter<T> {
    /// The dispenser's.
    pub dispenser: T,
    /// The receipt printer's.
    pub receipt: T,
}

impl<T> PerPrinter<T> {
    /// That printer's.
    #[must_use]
    pub fn of(&self, printer: Printer) -> &T {
        match printer {
            Printer::Dispenser => &self.dispenser,
            Printer::Receipt => &self.receipt,
        }
    }

    /// That printer's, to change it.
    pub fn of_mut(&mut self, printer: Printer) -> &mut T {
        match printer {
            Printer::Dispenser => &mut self.dispenser,
            Printer::Receipt => &mut self.receipt,
        }
    }

    /// Each with its printer, in the order of [`Printer::ALL`].
    pub fn each(&self) -> impl Iterator<Item = (Printer, &T)> {
        Printer::ALL.into_iter().map(|printer| (printer, self.of(printer)))
    }

    /// Another thing of each.
    pub fn map<U>(self, mut make: impl FnMut(Printer, T) -> U) -> PerPrinter<U> {
        PerPrinter {
            dispenser: make(Printer::Dispenser, self.dispenser),
            receipt: make(Printer::Receipt, self.receipt),
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
