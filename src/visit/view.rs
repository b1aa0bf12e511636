//! A journey as it can be drawn: values without words and without anything that others may not read.

use jiff::civil::DateTime;

use crate::domain::class::ClassLetter;
use crate::domain::device::{CardTrouble, PaperTrouble, Printer};
use crate::domain::id_number::WrongIdNumber;
use crate::domain::priority::Priority;
use crate::visit::Typed;

/// The page of a journey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// 请把身份证放在读卡区.
    PlaceCard {
        /// What the reader is doing.
        reader: ReaderFace,
        /// Whether 无证取号 is offered.
        without_card: bool,
    },
    /// The keypad.
    Keypad {
        /// What was typed, masked unless the key 按住看 is held.
        shown: Typed,
        /// What is wrong with it, once it was tried.
        wrong: Option<WrongIdNumber>,
        /// Whether it may be tried.
        complete: bool,
    },
    /// 您今天要办什么事?
    ChooseClass {
        /// The classes.
        classes: Vec<ClassChoice>,
        /// What to say at its head.
        notice: Option<Notice>,
    },
    /// Any reason to be called earlier?
    Priority {
        /// The reasons.
        options: Vec<PriorityChoice>,
    },
    /// 请看一看, 对不对?
    Confirm(Summary),
    /// On its way to paper.
    Printing {
        /// Where the paper will come out.
        printer: Printer,
        /// Whether a ticket is printed once more.
        reprint: bool,
    },
    /// 号票已打印, 请取走; or the number to remember.
    TakeTicket {
        /// The ticket.
        ticket: TicketView,
        /// Where the paper hangs; nowhere where the resident chose to remember the number.
        from: Option<Printer>,
        /// Seconds until the page leaves by itself.
        seconds_left: u64,
    },
    /// 号票没有打出来.
    NotPrinted {
        /// The number that was lost or is in doubt; none where nothing was reserved.
        number: Option<String>,
        /// Where the paper was to come out.
        printer: Printer,
        /// What went wrong.
        trouble: PaperTrouble,
        /// Whether the paper may have come out after all.
        doubtful: bool,
        /// Whether a reprint failed: the number itself still holds.
        reprint: bool,
        /// The printer that is offered instead.
        other: Option<Printer>,
    },
    /// 您已经有号了.
    LiveTicket {
        /// The ticket.
        ticket: TicketView,
        /// Whether it can be printed once more.
        can_reprint: bool,
    },
    /// No numbers now.
    Closed {
        /// When the hall opens next.
        next: Option<DateTime>,
    },
    /// The class was just used up.
    ClassFull {
        /// Its name.
        class: String,
    },
    /// The store does not take the ticket.
    Trouble,
}

/// What the reader is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReaderFace {
    /// Waits for a card.
    Waiting,
    /// Reads one.
    Reading,
    /// Could not read it.
    Failed(CardTrouble),
    /// A card of somebody else lies on it still.
    Occupied,
    /// Is not there; the other ways are.
    Missing,
}

/// A class to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassChoice {
    /// Its letter.
    pub letter: ClassLetter,
    /// Its name.
    pub name: String,
    /// Those who wait.
    pub waiting: u32,
    /// Whether it is used up for the day.
    pub full: bool,
}

/// A reason to be called earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriorityChoice {
    /// Which.
    pub priority: Priority,
    /// Whether it counts.
    pub chosen: bool,
    /// Whether it was seen from the card and can't be touched.
    pub seen: bool,
}

/// What is said at the head of the choice of class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// 身份证已经读好, 请先收好您的身份证.
    TakeCardBack,
    /// The card has run out: it takes a number, and prints no certificate.
    CardExpired,
}

/// The wish before it is confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Masked name, where known.
    pub name: Option<String>,
    /// Masked identity number, where known.
    pub id: Option<String>,
    /// The class.
    pub letter: ClassLetter,
    /// Its name.
    pub class: String,
    /// Reasons to be called earlier.
    pub priorities: Vec<Priority>,
    /// Where to go.
    pub windows: Vec<u16>,
    /// Those who wait in the class.
    pub people_ahead: u32,
}

/// A ticket that the resident has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketView {
    /// `A023`.
    pub number: String,
    /// The class's name.
    pub class: String,
    /// Where to go.
    pub windows: Vec<u16>,
    /// Those who waited before it.
    pub people_ahead: u32,
    /// What the QR says, where there is one to show.
    pub qr: Option<String>,
    /// When it was taken, in the site's time zone.
    pub taken_at: DateTime,
}

/// Who the journey is about, masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonView {
    /// 张*; absent for a typed number.
    pub name: Option<String>,
    /// 510*************28.
    pub id: String,
}
