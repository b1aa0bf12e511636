//! 取号: card or typed number, class, priority, confirmation, paper in the hand.
//!
//! The whole journey is the one `match` in [`TakeNumber::on`]: step and event in, step and asks out.

mod draw;

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::Typed;
use super::act::Act;
use super::view::{Notice, Page};
use crate::domain::class::ClassLetter;
use crate::domain::device::{CardTrouble, PaperTrouble, PrintResult, Printer};
use crate::domain::id_number::{IdNumber, WrongIdNumber};
use crate::domain::ids::TicketId;
use crate::domain::priority::Priority;
use crate::domain::resident::Resident;
use crate::domain::ticket::{Channel, Ticket};
use crate::domain::wish::{Answer, Refusal, Wish};

/// How long the page with the number stays by itself.
const TAKE_PAPER: Duration = Duration::from_secs(20);
/// The same where the resident has nothing in the hand and is to remember the number.
const REMEMBER: Duration = Duration::from_secs(60);

/// What the journey is told.
#[derive(Debug)]
pub enum Event {
    /// A hand did something.
    Act(Act),
    /// A card lies on the reader and is being read.
    CardSeen,
    /// A card was read.
    Card(Resident),
    /// A card gave no resident.
    CardFailed(CardTrouble),
    /// The card was taken away, or the reader with it.
    CardGone,
    /// The desk answered a wish.
    Answer(Answer),
    /// The desk settled what the paper came to; the ticket is as it stands now.
    Paper(Ticket, PrintResult),
    /// That ticket was cancelled: nobody took its paper.
    Cancelled(TicketId),
    /// The store took nothing.
    StoreFailed,
    /// Time passed.
    Tick,
}

/// What the journey asks for.
#[derive(Debug)]
pub enum Ask {
    /// A reservation, on its way to that printer's paper.
    Reserve(Wish, Printer),
    /// A number without paper.
    Paperless(Wish),
    /// The reserved ticket onto paper.
    Print(Ticket, Printer),
    /// An issued ticket onto paper once more.
    Reprint(Ticket, Printer),
    /// The end: home, with everything about the person wiped.
    Leave,
}

/// What holds round the journey at this instant.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The business day, for ages and validity.
    pub today: Date,
    /// For how long the process has run.
    pub mono: Duration,
    /// The site's time zone.
    pub zone: TimeZone,
    /// Whether the reader can read.
    pub reader: bool,
    /// Whether a card lies on the reader that was read already.
    pub card_left: bool,
    /// The printers that can bring out a ticket, in the order in which they are asked, and what keeps each from it
    /// now. Where there are none, numbers are shown and remembered.
    pub printers: Vec<(Printer, Result<(), PaperTrouble>)>,
    /// Whether everything takes longer (关怀模式).
    pub slow: bool,
    /// Whether the site gives numbers without a card.
    pub without_card: bool,
    /// The classes.
    pub classes: Vec<ClassFacts>,
    /// What a ticket's QR opens, with `{code}` for its code, where the site has such a page.
    pub ticket_url: Option<String>,
}

impl Facts {
    /// Whether that printer can print, and if not, why.
    pub fn works(&self, printer: Printer) -> Result<(), PaperTrouble> {
        let found = self.printers.iter().find(|(one, _)| *one == printer);
        found.map_or(Err(PaperTrouble::OutOfOrder), |(_, works)| *works)
    }

    /// The first printer that can print, another one than `but`.
    #[must_use]
    pub fn ready(&self, but: Option<Printer>) -> Option<Printer> {
        self.printers.iter().find(|(one, works)| Some(*one) != but && works.is_ok()).map(|(one, _)| *one)
    }
}

/// A class at this instant.
#[derive(Clone, Debug)]
pub struct ClassFacts {
    /// Its letter.
    pub letter: ClassLetter,
    /// Its name.
    pub name: String,
    /// Those who wait.
    pub waiting: u32,
    /// Whether it is used up for the day.
    pub full: bool,
    /// The windows that serve it.
    pub windows: Vec<u16>,
}

/// Where the journey stands.
#[derive(Debug)]
enum Step {
    Identify(Reading),
    Typing {
        typed: Typed,
        wrong: Option<WrongIdNumber>,
        revealed: bool,
    },
    Choosing,
    Declaring,
    Confirming,
    Printing {
        printer: Printer,
        reprint: bool,
    },
    /// From no printer where the resident has nothing in the hand and is to remember the number.
    Taken {
        ticket: Ticket,
        from: Option<Printer>,
        until: Duration,
    },
    NotPrinted(NotPrinted),
    Live(Ticket),
    Refused(Refusal),
    Trouble,
}

/// No paper came, or nobody knows.
#[derive(Debug)]
struct NotPrinted {
    /// The ticket, where one was reserved or is to be reprinted.
    ticket: Option<Ticket>,
    printer: Printer,
    trouble: PaperTrouble,
    doubtful: bool,
    reprint: bool,
    /// The printer that is offered instead. It stays offered: what a page offers does not change under a finger.
    other: Option<Printer>,
}

#[derive(Debug, Clone, Copy)]
enum Reading {
    Waiting,
    UnderWay,
    Failed(CardTrouble),
}

/// The journey of one resident.
#[derive(Debug)]
pub struct TakeNumber {
    step: Step,
    resident: Option<Resident>,
    channel: Channel,
    class: Option<ClassLetter>,
    declared: BTreeSet<Priority>,
    /// The printer that the reservation asked for is to go to.
    printer: Printer,
}

impl TakeNumber {
    /// Begins at the card prompt.
    #[must_use]
    pub fn begin() -> Self {
        Self {
            step: Step::Identify(Reading::Waiting),
            resident: None,
            channel: Channel::Anonymous,
            class: None,
            declared: BTreeSet::new(),
            printer: Printer::Dispenser,
        }
    }

    /// Begins with a card that is being read already.
    #[must_use]
    pub fn begin_with_card() -> Self {
        Self { step: Step::Identify(Reading::UnderWay), ..Self::begin() }
    }

    /// Begins and ends at the closed door.
    #[must_use]
    pub fn turned_away(next: Option<DateTime>) -> Self {
        Self { step: Step::Refused(Refusal::Closed { next }), ..Self::begin() }
    }

    /// Takes an event; what is asked for in return is to be done in order.
    pub fn on(&mut self, event: Event, facts: &Facts) -> Vec<Ask> {
        use Act::{
            Back, Backspace, Cancel, Choose, Clear, Confirm, Declare, DeclareNone, Done, Home, Key, Next,
            OtherClass, OtherPrinter, Paperless, Reprint, Retry, Reveal, TypeNumber, WithoutCard,
        };
        match (&mut self.step, event) {
            // While paper is on its way nobody leaves: the desk is owed an answer.
            (Step::Printing { .. }, Event::Act(_)) => Vec::new(),
            (_, Event::Act(Home)) => vec![Ask::Leave],

            (Step::Identify(reading), Event::CardSeen) => {
                *reading = Reading::UnderWay;
                Vec::new()
            }
            (Step::Identify(reading), Event::CardFailed(trouble)) => {
                *reading = Reading::Failed(trouble);
                Vec::new()
            }
            // Pulled away in the midst of the reading: it is to be laid anew.
            (Step::Identify(reading @ Reading::UnderWay), Event::CardGone) => {
                *reading = Reading::Failed(CardTrouble::Unreadable);
                Vec::new()
            }
            (Step::Typing { typed, .. }, Event::CardFailed(trouble)) if typed.count() == 0 => {
                self.go(Step::Identify(Reading::Failed(trouble)))
            }
            (Step::Identify(_) | Step::Typing { .. }, Event::Card(resident)) => {
                self.known(resident, Channel::Card, facts);
                Vec::new()
            }
            (Step::Identify(_), Event::Act(Back | Cancel)) => vec![Ask::Leave],
            (Step::Identify(_), Event::Act(TypeNumber)) => self.go(Step::typing()),
            (Step::Identify(_), Event::Act(WithoutCard)) if facts.without_card => {
                self.channel = Channel::Anonymous;
                self.go(Step::Choosing)
            }

            (Step::Typing { typed, wrong, .. }, Event::Act(Key(key))) => {
                typed.push(key);
                *wrong = None;
                Vec::new()
            }
            (Step::Typing { typed, wrong, .. }, Event::Act(Backspace)) => {
                typed.pop();
                *wrong = None;
                Vec::new()
            }
            (Step::Typing { typed, wrong, .. }, Event::Act(Clear)) => {
                *typed = Typed::default();
                *wrong = None;
                Vec::new()
            }
            (Step::Typing { revealed, .. }, Event::Act(Reveal(held))) => {
                *revealed = held;
                Vec::new()
            }
            (Step::Typing { typed, wrong, .. }, Event::Act(Act::Typed)) => {
                match IdNumber::parse(typed.reveal()) {
                    Ok(id) => {
                        self.known(Resident::typed(id), Channel::Typed, facts);
                        Vec::new()
                    }
                    Err(fault) => {
                        *wrong = Some(fault);
                        Vec::new()
                    }
                }
            }
            (Step::Typing { .. }, Event::Act(Back)) => self.go(Step::Identify(Reading::Waiting)),

            (Step::Choosing, Event::Act(Choose(letter))) => {
                if facts.classes.iter().any(|class| class.letter == letter && !class.full) {
                    self.class = Some(letter);
                    return self.go(Step::Declaring);
                }
                Vec::new()
            }
            (Step::Choosing, Event::Act(Back)) => {
                self.forget();
                self.go(Step::Identify(Reading::Waiting))
            }

            (Step::Declaring, Event::Act(Declare(priority))) => {
                if priority != Priority::Elder && !self.declared.remove(&priority) {
                    self.declared.insert(priority);
                }
                Vec::new()
            }
            (Step::Declaring, Event::Act(DeclareNone)) => {
                self.declared.retain(|priority| *priority == Priority::Elder);
                Vec::new()
            }
            (Step::Declaring, Event::Act(Next)) => self.go(Step::Confirming),
            (Step::Declaring, Event::Act(Back)) => self.go(Step::Choosing),

            (Step::Confirming, Event::Act(Confirm)) => match facts.printers.first() {
                Some((printer, _)) => self.ask_for_paper(*printer, facts),
                None => self.wish().map(Ask::Paperless).into_iter().collect(),
            },
            (Step::Confirming, Event::Act(Back)) => self.go(Step::Declaring),
            (Step::Confirming | Step::NotPrinted(_), Event::Act(Cancel)) => vec![Ask::Leave],

            (Step::NotPrinted(end), Event::Act(act @ (Retry | OtherPrinter))) => {
                let printer = if act == Retry { Some(end.printer) } else { end.other };
                let Some(printer) = printer else { return Vec::new() };
                match end.ticket.take_if(|_| end.reprint) {
                    Some(ticket) => self.reprint(ticket, printer, facts),
                    None => self.ask_for_paper(printer, facts),
                }
            }
            (Step::NotPrinted(end), Event::Act(Paperless)) => match end.ticket.take_if(|_| end.reprint) {
                Some(ticket) => self.go(Step::taken(ticket, None, facts)),
                None => self.wish().map(Ask::Paperless).into_iter().collect(),
            },

            (Step::Live(ticket), Event::Act(Reprint)) => {
                let ticket = ticket.clone();
                let first = facts.printers.first().map(|(printer, _)| *printer);
                match facts.ready(None).or(first) {
                    Some(printer) => self.reprint(ticket, printer, facts),
                    None => Vec::new(),
                }
            }
            (Step::Live(_), Event::Act(OtherClass | Back)) => self.go(Step::Choosing),
            (Step::Refused(Refusal::Full | Refusal::NoSuchClass), Event::Act(OtherClass | Back)) => {
                self.go(Step::Choosing)
            }

            (_, Event::Answer(answer)) => self.answered(answer, facts),
            (_, Event::Paper(ticket, result)) => self.paper(ticket, result, facts),
            (
                Step::Live(ticket) | Step::NotPrinted(NotPrinted { ticket: Some(ticket), reprint: true, .. }),
                Event::Cancelled(id),
            ) if ticket.id == id => self.go(Step::Confirming),
            (Step::Printing { reprint: true, .. }, Event::Cancelled(_)) => self.go(Step::Confirming),
            (_, Event::StoreFailed) => self.go(Step::Trouble),

            (Step::Taken { until, .. }, Event::Tick) if facts.mono >= *until => vec![Ask::Leave],
            (
                Step::Taken { .. } | Step::Live(_) | Step::Refused(_) | Step::Trouble,
                Event::Act(Done | Cancel | Back),
            ) => vec![Ask::Leave],

            // A touch that means nothing here, another resident's card, or a late word of a device.
            (
                _,
                Event::Cancelled(_)
                | Event::Act(_)
                | Event::CardSeen
                | Event::Card(_)
                | Event::CardFailed(_)
                | Event::CardGone
                | Event::Tick,
            ) => Vec::new(),
        }
    }

    /// The page to draw.
    #[must_use]
    pub fn page(&self, facts: &Facts) -> Page {
        draw::page(self, facts)
    }

    /// When time alone moves the journey, by the monotonic clock.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        match self.step {
            Step::Taken { until, .. } => Some(until),
            _ => None,
        }
    }

    /// Whether the resident may be left alone: nobody is sent home while paper is on its way.
    #[must_use]
    pub fn may_idle(&self) -> bool {
        !matches!(self.step, Step::Printing { .. } | Step::Taken { .. })
    }

    /// Whether it waits for a card.
    #[must_use]
    pub fn wants_card(&self) -> bool {
        matches!(self.step, Step::Identify(_) | Step::Typing { .. })
    }

    fn go(&mut self, step: Step) -> Vec<Ask> {
        self.step = step;
        Vec::new()
    }

    fn known(&mut self, resident: Resident, channel: Channel, facts: &Facts) {
        self.declared.clear();
        if resident.is_elder_on(facts.today) {
            self.declared.insert(Priority::Elder);
        }
        self.resident = Some(resident);
        self.channel = channel;
        self.step = Step::Choosing;
    }

    fn forget(&mut self) {
        self.resident = None;
        self.channel = Channel::Anonymous;
        self.class = None;
        self.declared.clear();
    }

    fn wish(&self) -> Option<Wish> {
        Some(Wish {
            class: self.class?,
            resident: self.resident.clone(),
            channel: self.channel,
            priorities: self.declared.iter().copied().collect(),
        })
    }

    /// A number is reserved only when the printer says beforehand that it can print it.
    fn ask_for_paper(&mut self, printer: Printer, facts: &Facts) -> Vec<Ask> {
        match (facts.works(printer), self.wish()) {
            (_, None) => self.go(Step::Choosing),
            (Ok(()), Some(wish)) => {
                self.printer = printer;
                vec![Ask::Reserve(wish, printer)]
            }
            (Err(trouble), Some(_)) => self.not_printed(None, printer, (trouble, false), false, facts),
        }
    }

    fn reprint(&mut self, ticket: Ticket, printer: Printer, facts: &Facts) -> Vec<Ask> {
        match facts.works(printer) {
            Ok(()) => {
                self.step = Step::Printing { printer, reprint: true };
                vec![Ask::Reprint(ticket, printer)]
            }
            Err(trouble) => self.not_printed(Some(ticket), printer, (trouble, false), true, facts),
        }
    }

    fn not_printed(
        &mut self,
        ticket: Option<Ticket>,
        printer: Printer,
        (trouble, doubtful): (PaperTrouble, bool),
        reprint: bool,
        facts: &Facts,
    ) -> Vec<Ask> {
        let other = facts.ready(Some(printer));
        self.go(Step::NotPrinted(NotPrinted { ticket, printer, trouble, doubtful, reprint, other }))
    }

    fn answered(&mut self, answer: Answer, facts: &Facts) -> Vec<Ask> {
        use crate::domain::ticket::TicketState;
        match answer {
            Answer::New(ticket) if ticket.state == TicketState::Issued => {
                self.go(Step::taken(ticket, None, facts))
            }
            Answer::New(ticket) => {
                self.step = Step::Printing { printer: self.printer, reprint: false };
                vec![Ask::Print(ticket, self.printer)]
            }
            Answer::Live(ticket) => self.go(Step::Live(ticket)),
            Answer::Refused(refusal) => self.go(Step::Refused(refusal)),
        }
    }

    fn paper(&mut self, ticket: Ticket, result: PrintResult, facts: &Facts) -> Vec<Ask> {
        let Step::Printing { printer, reprint } = self.step else { return Vec::new() };
        let trouble = match result {
            PrintResult::Printed { .. } => return self.go(Step::taken(ticket, Some(printer), facts)),
            PrintResult::NotPrinted(trouble) => (trouble, false),
            PrintResult::Doubtful(trouble) => (trouble, true),
        };
        self.not_printed(Some(ticket), printer, trouble, reprint, facts)
    }

    fn notice(&self, facts: &Facts) -> Option<Notice> {
        let resident = self.resident.as_ref()?;
        if resident.expired_on(facts.today) {
            return Some(Notice::CardExpired);
        }
        (self.channel == Channel::Card && facts.card_left).then_some(Notice::TakeCardBack)
    }
}

impl Step {
    fn typing() -> Self {
        Self::Typing { typed: Typed::default(), wrong: None, revealed: false }
    }

    fn taken(ticket: Ticket, from: Option<Printer>, facts: &Facts) -> Self {
        let stay = if from.is_none() { REMEMBER } else { TAKE_PAPER } * if facts.slow { 2 } else { 1 };
        Self::Taken { ticket, from, until: facts.mono + stay }
    }
}

#[cfg(test)]
mod tests;
