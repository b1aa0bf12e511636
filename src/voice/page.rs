//! What a page says: its question, its answers, and what just happened, in whole sentences.
//!
//! Only what everybody may hear: ticket numbers, classes and windows, never a name, a number of a document, an age or
//! a reason for priority.

use jiff::civil::{Date, DateTime, Time};

use super::sentence::{Composer, Sentence, Value};
use super::tones::Tone;
use crate::domain::device::{PaperTrouble, Printer};
use crate::domain::hours::DoorState;
use crate::engine::scene::{Banner, Home, Scene, Shown};
use crate::visit::view::{ClassChoice, Notice, Page, PriorityChoice, ReaderFace, Summary, TicketView};
use crate::words::Words;

/// What a scene says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speech {
    /// Which page it is: another one is spoken anew.
    pub page: &'static str,
    /// Question and answers.
    pub whole: Vec<Sentence>,
    /// What may change while the page stays, and is then said by itself: a card that can't be read, a wrong number.
    pub aside: Vec<Sentence>,
    /// What the page begins with.
    pub tone: Option<Tone>,
    /// What the aside begins with.
    pub aside_tone: Option<Tone>,
}

impl Speech {
    /// All of it, what just happened first.
    #[must_use]
    pub fn all(&self) -> Vec<Sentence> {
        self.aside.iter().chain(&self.whole).cloned().collect()
    }
}

/// What the scene says.
#[must_use]
pub fn speech(words: &Words, scene: &Scene) -> Speech {
    let composer = Composer { words, language: &scene.manner.language };
    let mut teller = Teller {
        composer,
        elder: scene.manner.elder,
        whole: Vec::new(),
        aside: Vec::new(),
        aside_tone: None,
    };
    if scene.countdown.is_some() {
        teller.say("say.idle");
        teller.say("say.idle.stay");
        return teller.end("idle", None);
    }
    let tone = match &scene.page {
        Shown::Home(home) => teller.home(home, scene),
        Shown::Help => teller.help(),
        // Nobody speaks before the engine runs.
        Shown::OutOfService(_) => None,
        Shown::Visit(page) => teller.page(page, scene),
        // What a technician does is not for the hall to hear.
        Shown::Service(_) => None,
    };
    let told =
        matches!(scene.page, Shown::Visit(Page::ChooseClass { notice: Some(Notice::TakeCardBack), .. }));
    if scene.card_left && !told {
        teller.aside("say.card-left");
    }
    let page = match &scene.page {
        Shown::Home(Home { more: true, .. }) => "more",
        page => page.name(),
    };
    teller.end(page, tone)
}

/// Gathers sentences.
struct Teller<'w> {
    composer: Composer<'w>,
    elder: bool,
    whole: Vec<Sentence>,
    aside: Vec<Sentence>,
    aside_tone: Option<Tone>,
}

impl Teller<'_> {
    fn end(self, page: &'static str, tone: Option<Tone>) -> Speech {
        Speech { page, whole: self.whole, aside: self.aside, tone, aside_tone: self.aside_tone }
    }

    fn say(&mut self, key: &str) {
        self.fill(key, &[]);
    }

    fn fill(&mut self, key: &str, with: &[Value<'_>]) {
        self.whole.push(self.composer.sentence(key, with));
    }

    fn aside(&mut self, key: &str) {
        self.aside.push(self.composer.sentence(key, &[]));
    }

    /// What is said only where everything takes its time (关怀模式).
    fn hint(&mut self, key: &str) {
        if self.elder {
            self.say(key);
        }
    }

    fn home(&mut self, home: &Home, scene: &Scene) -> Option<Tone> {
        if home.more {
            self.say("say.home.others");
            return None;
        }
        self.say("say.home");
        match scene.banner {
            Some(Banner::StoreTrouble) => self.say("say.home.store"),
            Some(Banner::ClockBehind) => self.say("say.home.clock"),
            Some(Banner::PaperLeft) => self.say("say.home.paper-left"),
            Some(Banner::Printer(_, _, None)) => self.say("say.home.printer"),
            Some(Banner::Printer(_, _, Some(_))) => self.say("say.home.printer.other"),
            Some(Banner::Reader) => self.say("say.home.reader"),
            None => {}
        }
        match home.door {
            DoorState::Open { .. } if scene.banner == Some(Banner::StoreTrouble) => {}
            DoorState::Open { .. } if home.reader => self.say("say.home.ticket"),
            DoorState::Open { .. } => self.say("say.home.ticket.no-reader"),
            DoorState::Closed { next } => {
                self.say("say.home.shut");
                self.opening(scene.clock, next);
            }
        }
        self.hint("say.home.help");
        self.hint("say.home.more");
        None
    }

    fn help(&mut self) -> Option<Tone> {
        self.say("say.help");
        let hotline = self.composer.words.text(self.composer.language, "hotline");
        self.fill("say.help.hotline", &[Value::Digits(hotline)]);
        None
    }

    fn page(&mut self, page: &Page, scene: &Scene) -> Option<Tone> {
        match page {
            Page::PlaceCard { reader, without_card } => self.place_card(*reader, *without_card),
            Page::Keypad { wrong, .. } => {
                self.say("say.keypad");
                self.hint("say.keypad.x");
                if wrong.is_some() {
                    self.aside("say.keypad.wrong");
                    self.aside_tone = Some(Tone::Fault);
                }
                None
            }
            Page::ChooseClass { classes, notice } => self.classes(classes, *notice),
            Page::Priority { options } => self.priorities(options),
            Page::Confirm(summary) => self.confirm(summary),
            Page::Printing { .. } => {
                self.say("say.printing");
                None
            }
            Page::TakeTicket { ticket, from, .. } => self.take(ticket, *from, scene),
            page @ Page::NotPrinted { .. } => self.not_printed(page),
            Page::LiveTicket { ticket, can_reprint } => {
                self.say("say.live");
                self.fill("say.take.number", &[Value::Ticket(&ticket.number)]);
                self.say("say.live.keep");
                if *can_reprint {
                    self.say("say.live.reprint");
                }
                self.say("say.live.other");
                None
            }
            Page::Closed { next } => {
                self.say("say.closed");
                self.opening(scene.clock, *next);
                Some(Tone::Fault)
            }
            Page::ClassFull { class } => {
                self.fill("say.full", &[Value::Class(class)]);
                self.say("say.full.other");
                Some(Tone::Fault)
            }
            Page::Trouble => {
                self.say("say.trouble");
                self.say("say.trouble.do");
                Some(Tone::Fault)
            }
        }
    }

    fn place_card(&mut self, reader: ReaderFace, without_card: bool) -> Option<Tone> {
        match reader {
            ReaderFace::Waiting => self.say("say.card"),
            ReaderFace::Reading => self.aside("say.reader.reading"),
            ReaderFace::Occupied => self.aside("say.reader.occupied"),
            ReaderFace::Missing => self.aside("say.reader.missing"),
            ReaderFace::Failed(trouble) => {
                self.aside(&format!("say.reader.{}", trouble.code()));
                self.aside_tone = Some(Tone::Fault);
            }
        }
        // While a card is being read nothing else is asked of anybody.
        if reader != ReaderFace::Reading {
            self.say("say.card.type");
            if without_card {
                self.say("say.card.without");
            }
        }
        None
    }

    fn classes(&mut self, classes: &[ClassChoice], notice: Option<Notice>) -> Option<Tone> {
        match notice {
            Some(Notice::TakeCardBack) => self.aside("say.class.card-read"),
            Some(Notice::CardExpired) => self.aside("say.class.card-expired"),
            None => {}
        }
        self.say("say.class");
        for class in classes {
            let key = if class.full { "say.class.full" } else { "say.class.one" };
            self.fill(key, &[Value::Class(&class.name)]);
        }
        self.hint("say.class.ask");
        notice.map(|_| Tone::Good)
    }

    fn priorities(&mut self, options: &[PriorityChoice]) -> Option<Tone> {
        self.say("say.priority");
        for option in options.iter().filter(|option| !option.seen) {
            self.say(&format!("say.priority.{}", option.priority.code()));
        }
        self.say("say.priority.do");
        self.hint("say.priority.elder");
        None
    }

    fn confirm(&mut self, summary: &Summary) -> Option<Tone> {
        self.say("say.confirm");
        self.fill("say.confirm.class", &[Value::Class(&summary.class)]);
        if !summary.priorities.is_empty() {
            self.say("say.confirm.priority");
        }
        self.ahead(summary.people_ahead);
        self.say("say.confirm.do");
        None
    }

    fn take(&mut self, ticket: &TicketView, from: Option<Printer>, scene: &Scene) -> Option<Tone> {
        let number = [Value::Ticket(&ticket.number)];
        match from {
            Some(Printer::Dispenser) => self.say("say.take"),
            Some(Printer::Receipt) => self.say("say.take.receipt_printer"),
            None => {
                self.fill("say.take.number", &number);
                self.say("say.take.remember");
            }
        }
        self.fill("say.take.number", &number);
        if !ticket.windows.is_empty() {
            self.fill("say.take.where", &[Value::Windows(&ticket.windows)]);
        }
        self.ahead(ticket.people_ahead);
        let card = scene.person.is_some();
        self.say(if card { "say.take.belongings" } else { "say.take.belongings.no-card" });
        Some(Tone::Good)
    }

    fn not_printed(&mut self, page: &Page) -> Option<Tone> {
        let Page::NotPrinted { number, printer, trouble, doubtful, reprint, other } = page else {
            return None;
        };
        self.say("say.not-printed");
        self.fill(&format!("say.cause.{}", trouble.code()), &[Value::Key(name(*printer), &[])]);
        if let Some(number) = number {
            let key = match (*reprint, *doubtful) {
                (true, _) => "say.not-printed.still-valid",
                (false, true) => "say.not-printed.doubtful",
                (false, false) => "say.not-printed.void",
            };
            self.fill(key, &[Value::Ticket(number)]);
        }
        self.say("say.not-printed.staff");
        if let Some(other) = other {
            self.fill("say.not-printed.other", &[Value::Key(name(*other), &[])]);
        }
        self.say("say.not-printed.paperless");
        let again = if *trouble == PaperTrouble::PaperOut { "again" } else { "retry" };
        self.say(&format!("say.not-printed.{again}"));
        self.say("say.not-printed.give-up");
        Some(Tone::Fault)
    }

    fn ahead(&mut self, people: u32) {
        if people == 0 {
            self.say("say.ahead.none");
        } else {
            self.fill("say.ahead", &[Value::Count(people)]);
        }
    }

    /// When the hall opens next, seen from now.
    fn opening(&mut self, now: DateTime, next: Option<DateTime>) {
        let Some(next) = next else { return self.say("say.closed.unknown") };
        let (key, hour, minutes) = hour(next.time());
        let numbers = [Value::Number(hour), Value::Minutes(minutes)];
        let time = Value::Key(&key, &numbers);
        let day: Date = next.date();
        if day == now.date() {
            self.fill("say.closed.today", &[time]);
        } else if now.date().tomorrow().is_ok_and(|tomorrow| tomorrow == day) {
            self.fill("say.closed.tomorrow", &[time]);
        } else {
            let month = format!("say.month.{}", day.month());
            let weekday = format!("say.weekday.{}", day.weekday().to_monday_one_offset());
            let date = u32::from(day.day().unsigned_abs());
            let with = [Value::Key(&month, &[]), Value::Number(date), Value::Key(&weekday, &[]), time];
            self.fill("say.closed.day", &with);
        }
    }
}

/// What residents call it.
fn name(printer: Printer) -> &'static str {
    match printer {
        Printer::Dispenser => "say.printer.ticket_dispenser",
        Printer::Receipt => "say.printer.receipt_printer",
    }
}

/// Which text says an hour, the hour in it, and its minutes: 下午一点, 上午九点三十分.
fn hour(time: Time) -> (String, u32, u32) {
    let hour = u32::from(time.hour().unsigned_abs());
    let part = match hour {
        0..6 => "night",
        6..12 => "morning",
        12 => "noon",
        13..18 => "afternoon",
        _ => "evening",
    };
    let minutes = if time.minute() == 0 { "" } else { ".minutes" };
    let twelve = if hour > 12 { hour - 12 } else { hour };
    (format!("say.hour.{part}{minutes}"), twelve, u32::from(time.minute().unsigned_abs()))
}

#[cfg(test)]
mod tests;
