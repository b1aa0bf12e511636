//! The journey as a page: what others may read of it, and nothing else.

use super::{ClassFacts, Facts, Reading, Step, TakeNumber};
use crate::domain::class::ClassLetter;
use crate::domain::priority::Priority;
use crate::domain::resident::PersonName;
use crate::domain::ticket::Ticket;
use crate::domain::wish::Refusal;
use crate::visit::view::{ClassChoice, Page, PersonView, PriorityChoice, ReaderFace, Summary, TicketView};

pub(super) fn page(visit: &TakeNumber, facts: &Facts) -> Page {
    match &visit.step {
        Step::Identify(reading) => Page::PlaceCard {
            reader: match reading {
                _ if !facts.reader => ReaderFace::Missing,
                Reading::UnderWay => ReaderFace::Reading,
                Reading::Failed(trouble) => ReaderFace::Failed(*trouble),
                Reading::Waiting if facts.card_left => ReaderFace::Occupied,
                Reading::Waiting => ReaderFace::Waiting,
            },
            without_card: facts.without_card,
        },
        Step::Typing { typed, wrong, revealed } => Page::Keypad {
            shown: if *revealed { typed.clone() } else { typed.dotted() },
            wrong: *wrong,
            complete: typed.is_complete(),
        },
        Step::Choosing => Page::ChooseClass {
            classes: facts.classes.iter().map(choice).collect(),
            notice: visit.notice(facts),
        },
        Step::Declaring => Page::Priority {
            options: Priority::ALL
                .into_iter()
                .filter(|priority| *priority != Priority::Elder || visit.declared.contains(priority))
                .map(|priority| PriorityChoice {
                    priority,
                    chosen: visit.declared.contains(&priority),
                    seen: priority == Priority::Elder,
                })
                .collect(),
        },
        Step::Confirming => summary(visit, facts).map_or(Page::Trouble, Page::Confirm),
        Step::Printing { printer, reprint } => Page::Printing { printer: *printer, reprint: *reprint },
        Step::Taken { ticket, from, until } => Page::TakeTicket {
            ticket: ticket_view(ticket, facts),
            from: *from,
            seconds_left: until.saturating_sub(facts.mono).as_millis().div_ceil(1000).try_into().unwrap_or(0),
        },
        Step::NotPrinted(end) => Page::NotPrinted {
            number: end.ticket.as_ref().map(|ticket| ticket.number.to_string()),
            printer: end.printer,
            trouble: end.trouble,
            doubtful: end.doubtful,
            reprint: end.reprint,
            other: end.other,
        },
        Step::Live(ticket) => {
            Page::LiveTicket { ticket: ticket_view(ticket, facts), can_reprint: facts.ready(None).is_some() }
        }
        Step::Refused(Refusal::Closed { next }) => Page::Closed { next: *next },
        Step::Refused(Refusal::Full | Refusal::NoSuchClass) => Page::ClassFull {
            class: visit
                .class
                .and_then(|letter| class_of(facts, letter))
                .map(|class| class.name.clone())
                .unwrap_or_default(),
        },
        Step::Trouble => Page::Trouble,
    }
}

impl TakeNumber {
    /// Who the journey is about, masked; nobody before they made themselves known.
    #[must_use]
    pub fn person(&self) -> Option<PersonView> {
        let resident = self.resident.as_ref()?;
        Some(PersonView { name: resident.name.as_ref().map(PersonName::masked), id: resident.id.masked() })
    }

    /// How far the journey is: step now and steps in all.
    #[must_use]
    pub fn progress(&self) -> (usize, usize) {
        let now = match self.step {
            Step::Identify(_) | Step::Typing { .. } => 1,
            Step::Choosing | Step::Refused(_) | Step::Live(_) => 2,
            Step::Declaring => 3,
            Step::Confirming => 4,
            Step::Printing { .. } | Step::NotPrinted(_) | Step::Trouble => 5,
            Step::Taken { .. } => 6,
        };
        (now, 5)
    }

    /// Whether 返回 leads somewhere.
    #[must_use]
    pub fn can_go_back(&self) -> bool {
        !matches!(self.step, Step::Printing { .. } | Step::Taken { .. } | Step::NotPrinted(_) | Step::Trouble)
    }

    /// Whether 首页 is open.
    #[must_use]
    pub fn can_leave(&self) -> bool {
        !matches!(self.step, Step::Printing { .. })
    }
}

fn choice(class: &ClassFacts) -> ClassChoice {
    ClassChoice { letter: class.letter, name: class.name.clone(), waiting: class.waiting, full: class.full }
}

fn class_of(facts: &Facts, letter: ClassLetter) -> Option<&ClassFacts> {
    facts.classes.iter().find(|class| class.letter == letter)
}

fn summary(visit: &TakeNumber, facts: &Facts) -> Option<Summary> {
    let class = class_of(facts, visit.class?)?;
    let person = visit.person();
    Some(Summary {
        name: person.as_ref().and_then(|person| person.name.clone()),
        id: person.map(|person| person.id),
        letter: class.letter,
        class: class.name.clone(),
        priorities: visit.declared.iter().copied().collect(),
        windows: class.windows.clone(),
        people_ahead: class.waiting,
    })
}

fn ticket_view(ticket: &Ticket, facts: &Facts) -> TicketView {
    let class = class_of(facts, ticket.number.class);
    TicketView {
        number: ticket.number.to_string(),
        class: class.map(|class| class.name.clone()).unwrap_or_default(),
        windows: class.map(|class| class.windows.clone()).unwrap_or_default(),
        people_ahead: ticket.people_ahead,
        qr: facts.ticket_url.as_ref().map(|url| ticket.code.within(url)),
        taken_at: ticket.reserved_at.to_zoned_datetime(facts.zone.clone()).datetime(),
    }
}
