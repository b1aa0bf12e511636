//! 维护菜单: what a technician goes through at the terminal, from the PIN to the page and back.
//!
//! A pure machine beside the residents' journeys: acts and answers in, asks out, a view at any time. It holds no device,
//! no store and no clock. The PIN is here from its first digit until it is asked about, and in no view.

mod act;
pub mod pause;
mod typed_time;
pub mod view;

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

pub use self::act::{Act, Digit, Place};
pub use self::typed_time::TypedTime;
use self::view::{
    AboutLine, Asked, ClockLine, DeviceLine, KnownFrom, OutboxLine, Page, PinState, Said, Test, TicketLine,
    View,
};
use crate::domain::device::{CardTrouble, Device, PaperTrouble, PrintResult, Printer};
use crate::domain::ids::TicketId;
use crate::domain::pin::{Digits, Pin};

/// What the menu is told.
#[derive(Debug)]
pub enum Event {
    /// A hand did something.
    Act(Act),
    /// The PIN that was asked about is right, or is not.
    PinChecked(bool),
    /// Tickets whose paper is in doubt.
    Doubtful(Vec<TicketLine>),
    /// Tickets that can be printed once more.
    Issued(Vec<TicketLine>),
    /// What came of a decision.
    Said(Said),
    /// What came of the ticket that was printed once more.
    Reprinted(PrintResult),
    /// What came of a test slip.
    TestPrinted(PrintResult),
    /// What the card reader does.
    Card(CardNews),
}

/// What the card reader does, without whose card it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardNews {
    /// Reads one.
    Seen,
    /// Has read it.
    Read,
    /// Could not.
    Failed(CardTrouble),
}

/// What the menu asks for.
#[derive(Debug)]
pub enum Ask {
    /// Whether that is the PIN; answered by [`Event::PinChecked`].
    CheckPin(Pin),
    /// [`Event::Doubtful`].
    FindDoubtful,
    /// [`Event::Issued`].
    FindIssued,
    /// That ticket holds again; answered by [`Event::Said`].
    Reinstate(TicketId),
    /// That ticket is void; answered by [`Event::Said`].
    Void(TicketId),
    /// That ticket onto paper once more; answered by [`Event::Reprinted`] or [`Event::Said`].
    Reprint(TicketId, Printer),
    /// A test slip; answered by [`Event::TestPrinted`].
    TestPrint(Printer),
    /// That time holds, `None` being the system's; answered by [`Event::Said`].
    TakeTime(Option<Timestamp>),
    /// The end: home.
    Leave,
}

/// What holds round the menu at this instant.
#[derive(Clone, Debug)]
pub struct Facts {
    /// For how long the process has run.
    pub mono: Duration,
    /// The site's time zone.
    pub zone: TimeZone,
    /// The terminal.
    pub terminal: String,
    /// How often in a row the PIN was wrong; `None`: no PIN is set.
    pub failures: Option<u32>,
    /// Until when no PIN is tried.
    pub paused_until: Option<Duration>,
    /// The devices.
    pub devices: Vec<DeviceLine>,
    /// The printer that would print a ticket now; else what keeps it from doing so.
    pub printer: Result<Printer, PaperTrouble>,
    /// The clocks.
    pub clock: ClockLine,
    /// The outbox, where [`Service::wants_outbox`].
    pub outbox: OutboxLine,
    /// The terminal, where [`Service::wants_about`].
    pub about: AboutLine,
}

impl Facts {
    /// What is left of the pause.
    fn pause(&self) -> Option<Duration> {
        self.paused_until.and_then(|until| until.checked_sub(self.mono)).filter(|left| !left.is_zero())
    }
}

/// Where the menu stands.
#[derive(Debug)]
enum Step {
    Pin { digits: Digits, checking: bool },
    Menu,
    Devices,
    Device(Device, Option<Test>),
    DoubtfulTickets,
    DoubtfulTicket(TicketLine),
    IssuedTickets,
    IssuedTicket { ticket: TicketLine, busy: bool },
    Clock,
    TypeTime { typed: TypedTime, wrong: bool },
    Outbox,
    About,
}

/// A decision that is asked again.
#[derive(Clone, Debug)]
enum Question {
    Reinstate(TicketLine),
    Void(TicketLine),
    Time(Option<Timestamp>),
}

/// The open menu.
#[derive(Debug)]
pub struct Service {
    step: Step,
    question: Option<Question>,
    said: Option<Said>,
    doubtful: Vec<TicketLine>,
    issued: Vec<TicketLine>,
}

impl Service {
    /// Opens at the PIN.
    #[must_use]
    pub fn open() -> Self {
        Self {
            step: Step::Pin { digits: Digits::default(), checking: false },
            question: None,
            said: None,
            doubtful: Vec::new(),
            issued: Vec::new(),
        }
    }

    /// Takes an event; what is asked for in return is to be done in order.
    pub fn on(&mut self, event: Event, facts: &Facts) -> Vec<Ask> {
        match event {
            Event::Act(act) if self.question.is_some() => return self.answer(act),
            // Whoever goes on has read what came of the act before.
            Event::Act(act) if !act.is_typing() && !self.is_busy() => self.said = None,
            _ => {}
        }
        match (&mut self.step, event) {
            // While paper or an answer is on its way nobody goes anywhere.
            (Step::IssuedTicket { busy: true, .. } | Step::Pin { checking: true, .. }, Event::Act(_)) => {
                Vec::new()
            }
            (_, Event::Act(Act::Leave)) => vec![Ask::Leave],

            (Step::Pin { digits, .. }, Event::Act(Act::Digit(Digit(key)))) => {
                if facts.failures.is_some() && facts.pause().is_none() {
                    digits.push(key);
                }
                Vec::new()
            }
            (Step::Pin { digits, .. }, Event::Act(Act::Backspace)) => {
                digits.pop();
                Vec::new()
            }
            (Step::Pin { digits, .. }, Event::Act(Act::Clear)) => {
                *digits = Digits::default();
                Vec::new()
            }
            (Step::Pin { digits, checking }, Event::Act(Act::Submit)) => {
                if !digits.may_be_tried() || facts.pause().is_some() {
                    return Vec::new();
                }
                *checking = true;
                vec![Ask::CheckPin(digits.take())]
            }
            (Step::Pin { checking, .. }, Event::PinChecked(right)) if *checking => {
                *checking = false;
                if right { self.go(Step::Menu) } else { Vec::new() }
            }
            (Step::Pin { .. } | Step::Menu, Event::Act(Act::Back)) => vec![Ask::Leave],

            (Step::Menu, Event::Act(Act::Go(place))) => self.go(match place {
                Place::Devices => Step::Devices,
                Place::Doubtful => Step::DoubtfulTickets,
                Place::Issued => Step::IssuedTickets,
                Place::Clock => Step::Clock,
                Place::Outbox => Step::Outbox,
                Place::About => Step::About,
            }),
            (
                Step::Devices
                | Step::DoubtfulTickets
                | Step::IssuedTickets
                | Step::Clock
                | Step::Outbox
                | Step::About,
                Event::Act(Act::Back),
            ) => self.go(Step::Menu),

            (Step::Devices, Event::Act(Act::Look(device))) => self.go(Step::Device(device, None)),
            (Step::Device(..), Event::Act(Act::Back)) => self.go(Step::Devices),
            (Step::Device(device, test), Event::Act(Act::TestPrint)) if *test != Some(Test::Printing) => {
                let Some(printer) = printer_of(*device) else { return Vec::new() };
                *test = Some(Test::Printing);
                vec![Ask::TestPrint(printer)]
            }
            (Step::Device(_, test @ Some(Test::Printing)), Event::TestPrinted(result)) => {
                *test = Some(match result {
                    PrintResult::Printed { .. } => Test::Printed,
                    PrintResult::NotPrinted(trouble) => Test::NotPrinted(trouble),
                    PrintResult::Doubtful(trouble) => Test::Unsure(trouble),
                });
                Vec::new()
            }
            (Step::Device(Device::IdReader, test), Event::Card(news)) => {
                *test = Some(match news {
                    CardNews::Seen => Test::Reading,
                    CardNews::Read => Test::Read,
                    CardNews::Failed(trouble) => Test::NotRead(trouble),
                });
                Vec::new()
            }

            (Step::DoubtfulTickets, Event::Act(Act::Take(id))) => {
                match self.doubtful.iter().find(|ticket| ticket.id == id).cloned() {
                    Some(ticket) => self.go(Step::DoubtfulTicket(ticket)),
                    None => Vec::new(),
                }
            }
            (Step::DoubtfulTicket(_), Event::Act(Act::Back)) => self.go(Step::DoubtfulTickets),
            (Step::DoubtfulTicket(ticket), Event::Act(Act::Reinstate)) => {
                self.question = Some(Question::Reinstate(ticket.clone()));
                Vec::new()
            }
            (Step::DoubtfulTicket(ticket), Event::Act(Act::Void)) => {
                self.question = Some(Question::Void(ticket.clone()));
                Vec::new()
            }

            (Step::IssuedTickets, Event::Act(Act::Take(id))) => {
                match self.issued.iter().find(|ticket| ticket.id == id).cloned() {
                    Some(ticket) => self.go(Step::IssuedTicket { ticket, busy: false }),
                    None => Vec::new(),
                }
            }
            (Step::IssuedTicket { .. }, Event::Act(Act::Back)) => self.go(Step::IssuedTickets),
            (Step::IssuedTicket { ticket, busy }, Event::Act(Act::Reprint)) => {
                let Ok(printer) = facts.printer else { return Vec::new() };
                *busy = true;
                vec![Ask::Reprint(ticket.id, printer)]
            }
            (Step::IssuedTicket { ticket, busy }, Event::Reprinted(result)) => {
                *busy = false;
                self.said = Some(match result {
                    PrintResult::Printed { .. } => Said::Reprinted(ticket.number.clone()),
                    PrintResult::NotPrinted(trouble) | PrintResult::Doubtful(trouble) => {
                        Said::NotReprinted(trouble)
                    }
                });
                Vec::new()
            }

            (Step::Clock, Event::Act(Act::SystemTime)) => {
                if facts.clock.system_can_be && facts.clock.known_from != KnownFrom::Platform {
                    self.question = Some(Question::Time(None));
                }
                Vec::new()
            }
            (Step::Clock, Event::Act(Act::TypeTime)) if facts.clock.known_from != KnownFrom::Platform => {
                self.go(Step::TypeTime { typed: TypedTime::default(), wrong: false })
            }
            (
                Step::TypeTime { typed, wrong },
                Event::Act(act @ (Act::Digit(_) | Act::Backspace | Act::Clear)),
            ) => {
                *wrong = false;
                match act {
                    Act::Digit(Digit(key)) => typed.push(key),
                    Act::Backspace => typed.pop(),
                    _ => *typed = TypedTime::default(),
                }
                Vec::new()
            }
            (Step::TypeTime { typed, wrong }, Event::Act(Act::Submit)) => {
                match typed.instant(&facts.zone) {
                    Some(at) => self.question = Some(Question::Time(Some(at))),
                    None => *wrong = true,
                }
                Vec::new()
            }
            (Step::TypeTime { .. }, Event::Act(Act::Back)) => self.go(Step::Clock),

            (_, Event::Said(said)) => self.heard(said),
            (_, Event::Doubtful(tickets)) => {
                self.doubtful = tickets;
                Vec::new()
            }
            (_, Event::Issued(tickets)) => {
                self.issued = tickets;
                Vec::new()
            }

            // A touch that means nothing here, or a late word of a device.
            (
                _,
                Event::Act(_)
                | Event::PinChecked(_)
                | Event::Reprinted(_)
                | Event::TestPrinted(_)
                | Event::Card(_),
            ) => Vec::new(),
        }
    }

    /// What is asked again is agreed to or is not; nothing else is heard meanwhile.
    fn answer(&mut self, act: Act) -> Vec<Ask> {
        match act {
            Act::Agree => match self.question.take() {
                Some(Question::Reinstate(ticket)) => vec![Ask::Reinstate(ticket.id)],
                Some(Question::Void(ticket)) => vec![Ask::Void(ticket.id)],
                Some(Question::Time(at)) => vec![Ask::TakeTime(at)],
                None => Vec::new(),
            },
            Act::Disagree => {
                self.question = None;
                Vec::new()
            }
            Act::Leave => vec![Ask::Leave],
            _ => Vec::new(),
        }
    }

    /// What came of a decision is told on the page where the next one is taken.
    fn heard(&mut self, said: Said) -> Vec<Ask> {
        let asks = match (&mut self.step, &said) {
            (Step::DoubtfulTicket(_), Said::Reinstated(_) | Said::Voided(_) | Said::SettledMeanwhile) => {
                self.go(Step::DoubtfulTickets)
            }
            (Step::IssuedTicket { .. }, Said::SettledMeanwhile) => self.go(Step::IssuedTickets),
            (Step::IssuedTicket { busy, .. }, Said::StoreFailed) => {
                *busy = false;
                Vec::new()
            }
            (Step::TypeTime { .. }, Said::TimeTaken | Said::PlatformKnows) => self.go(Step::Clock),
            // The PIN was not tried: the store took no note of it.
            (Step::Pin { checking, .. }, Said::StoreFailed) => {
                *checking = false;
                Vec::new()
            }
            _ => Vec::new(),
        };
        self.said = Some(said);
        asks
    }

    /// Each list is asked for anew when it comes into view.
    fn go(&mut self, step: Step) -> Vec<Ask> {
        self.step = step;
        match self.step {
            Step::Menu | Step::DoubtfulTickets => vec![Ask::FindDoubtful],
            Step::IssuedTickets => vec![Ask::FindIssued],
            _ => Vec::new(),
        }
    }

    /// The menu to draw.
    #[must_use]
    pub fn view(&self, facts: &Facts) -> View {
        let local = |at: Timestamp| at.to_zoned_datetime(facts.zone.clone()).datetime();
        View {
            page: self.page(facts),
            asked: self.question.as_ref().map(|question| match question {
                Question::Reinstate(ticket) => Asked::Reinstate(ticket.number.clone()),
                Question::Void(ticket) => Asked::Void(ticket.number.clone()),
                Question::Time(at) => Asked::Time(at.map_or(facts.clock.system, local)),
            }),
            said: self.said.clone(),
            terminal: facts.terminal.clone(),
        }
    }

    fn page(&self, facts: &Facts) -> Page {
        match &self.step {
            Step::Pin { digits, checking } => pin_page(digits, *checking, facts),
            Step::Menu => Page::Menu { doubtful: self.doubtful.len() },
            Step::Devices => Page::Devices(facts.devices.clone()),
            Step::Device(device, test) => match facts.devices.iter().find(|line| line.device == *device) {
                Some(line) => Page::Device(line.clone(), *test),
                None => Page::Devices(facts.devices.clone()),
            },
            Step::DoubtfulTickets => Page::DoubtfulTickets(self.doubtful.clone()),
            Step::DoubtfulTicket(ticket) => Page::DoubtfulTicket(ticket.clone()),
            Step::IssuedTickets => Page::IssuedTickets(self.issued.clone()),
            Step::IssuedTicket { ticket, busy } => {
                Page::IssuedTicket { ticket: ticket.clone(), printer: facts.printer.map(|_| ()), busy: *busy }
            }
            Step::Clock => Page::Clock(facts.clock.clone()),
            Step::TypeTime { typed, wrong } => {
                Page::TypeTime { digits: typed.digits().to_owned(), wrong: *wrong }
            }
            Step::Outbox => Page::Outbox(facts.outbox.clone()),
            Step::About => Page::About(facts.about.clone()),
        }
    }

    /// Whether the page tells of the outbox.
    #[must_use]
    pub fn wants_outbox(&self) -> bool {
        matches!(self.step, Step::Outbox)
    }

    /// Whether the page tells of the terminal.
    #[must_use]
    pub fn wants_about(&self) -> bool {
        matches!(self.step, Step::About)
    }

    /// Whether the page is the one for the PIN.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        matches!(self.step, Step::Pin { .. })
    }

    /// Whether paper is on its way that the store is owed an answer for.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self.step, Step::IssuedTicket { busy: true, .. })
    }
}

fn pin_page(digits: &Digits, checking: bool, facts: &Facts) -> Page {
    let Some(failures) = facts.failures else { return Page::NoPin };
    let state = match facts.pause() {
        _ if checking => PinState::Checking,
        Some(left) => {
            PinState::Paused { seconds: left.as_millis().div_ceil(1_000).try_into().unwrap_or(u64::MAX) }
        }
        None if failures > 0 => PinState::Wrong { left: pause::tries_left(failures) },
        None => PinState::Fresh,
    };
    let ready = !checking && facts.pause().is_none() && digits.may_be_tried();
    Page::Pin { typed: digits.count(), ready, state }
}

/// The printer that the device is, if it is one.
#[must_use]
pub fn printer_of(device: Device) -> Option<Printer> {
    Printer::ALL.into_iter().find(|printer| printer.device() == device)
}

#[cfg(test)]
mod tests;
