//! All that the screen is to show at one instant: values without words.

use jiff::civil::DateTime;

use crate::domain::device::{PaperTrouble, Printer};
use crate::domain::hours::DoorState;
use crate::service;
use crate::visit::view::{Page, PersonView};

/// The screen at one instant. Two equal scenes look alike, so an equal one need not be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scene {
    /// The page.
    pub page: Shown,
    /// Step now and steps in all, on a journey.
    pub progress: Option<(usize, usize)>,
    /// Who the journey is about, masked.
    pub person: Option<PersonView>,
    /// Whether 返回 leads somewhere.
    pub can_back: bool,
    /// Whether 首页 leads somewhere.
    pub can_home: bool,
    /// Whether language and modes may be changed now.
    pub can_change_manner: bool,
    /// Whether 再听 leads to anything: the terminal has a voice.
    pub can_repeat: bool,
    /// 您还在吗?: seconds left, and of how many.
    pub countdown: Option<(u64, u64)>,
    /// A card was left on the reader and is called out.
    pub card_left: bool,
    /// Language and modes.
    pub manner: Manner,
    /// The site's time, to the minute.
    pub clock: DateTime,
    /// What the hall wants everybody to know.
    pub banner: Option<Banner>,
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// 首页.
    Home(Home),
    /// A page of a journey.
    Visit(Page),
    /// 请人帮忙.
    Help,
    /// 维护菜单.
    Service(Box<service::view::View>),
    /// The terminal can't serve at all; no engine runs.
    OutOfService(Outage),
}

/// Why the terminal can't serve at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// The store can't be opened, or is damaged.
    Store,
    /// The disk is full.
    Full,
    /// The disk takes no writes.
    ReadOnly,
    /// The store's key is missing or another one.
    Key,
    /// A later version wrote the store.
    Newer,
}

impl Outage {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Store, Self::Full, Self::ReadOnly, Self::Key, Self::Newer];

    /// The last part of its words' keys.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Full => "full",
            Self::ReadOnly => "read_only",
            Self::Key => "key",
            Self::Newer => "newer",
        }
    }
}

impl Shown {
    /// Whether a touch means the same on both: the page itself, and the question that lies over it.
    #[must_use]
    pub fn is_same_page(&self, other: &Self) -> bool {
        let asked = |shown: &Self| matches!(shown, Self::Service(view) if view.asked.is_some());
        std::mem::discriminant(self) == std::mem::discriminant(other)
            && self.name() == other.name()
            && asked(self) == asked(other)
    }

    /// A word for reports: which page it is, never what stands on it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Home(_) => "home",
            Self::Help => "help",
            Self::Service(view) => view.page.name(),
            Self::OutOfService(_) => "out_of_service",
            Self::Visit(page) => match page {
                Page::PlaceCard { .. } => "place_card",
                Page::Keypad { .. } => "keypad",
                Page::ChooseClass { .. } => "choose_class",
                Page::Priority { .. } => "priority",
                Page::Confirm(_) => "confirm",
                Page::Printing { .. } => "printing",
                Page::TakeTicket { .. } => "take_ticket",
                Page::NotPrinted { .. } => "not_printed",
                Page::LiveTicket { .. } => "live_ticket",
                Page::Closed { .. } => "closed",
                Page::ClassFull { .. } => "class_full",
                Page::Trouble => "trouble",
            },
        }
    }
}

/// The home page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// The services that elder mode keeps apart.
    pub more: bool,
    /// Open or closed.
    pub door: DoorState,
    /// How many windows the site has.
    pub windows: usize,
    /// Those who wait, over all classes.
    pub waiting: u32,
    /// Whether numbers are given without a card.
    pub without_card: bool,
    /// Whether a card may be laid on the reader right away.
    pub reader: bool,
}

/// Language and modes of one visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manner {
    /// A code that `assets/lang` has.
    pub language: String,
    /// 关怀模式.
    pub elder: bool,
    /// 高对比.
    pub contrast: bool,
}

/// What the hall wants everybody to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Banner {
    /// The store takes no tickets.
    StoreTrouble,
    /// The clock is wrong.
    ClockBehind,
    /// The printer of tickets does not print; which other one would.
    Printer(Printer, PaperTrouble, Option<Printer>),
    /// The reader is not there.
    Reader,
    /// A ticket hangs in a printer, not taken.
    PaperLeft,
}
