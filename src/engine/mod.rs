//! The one thread that owns the truth: visits and the desk run here, everything else talks to it in messages.
//!
//! [`Engine::handle`] takes one message and the time, and says what is to be done. It waits for nothing, reads no
//! clock and draws no chance by itself, so that whole days can be played from a seed. The thread round it is
//! [`thread`].

pub mod clock;
mod devices;
pub mod idle;
mod manner;
mod message;
mod mouth;
mod owed;
mod paper;
mod picture;
mod platform;
pub mod scene;
mod service;
pub mod status;
pub mod thread;
mod touch;

use std::collections::VecDeque;
use std::time::Duration;

use self::devices::Devices;
use self::idle::{Idle, Quiet};
use self::mouth::{Mouth, Sheet};
use self::owed::Owed;
use self::paper::Printing;
use self::scene::{Manner, Scene};
use self::service::Maintenance;
use self::touch::Wish;
use crate::desk::{Desk, Overview};
use crate::domain::device::PerPrinter;
use crate::domain::time::Now;
use crate::peripherals::{JobId, ReaderNews};
use crate::store::{self, OutboxReader, StoreError};
use crate::visit::{Act, Ask, Event, TakeNumber};

pub use message::{Input, MannerAct, Out, PlatformNews, Sound, Verdict};

/// What the store did not take is offered to it again so often.
const OWED_AGAIN: Duration = Duration::from_secs(1);

/// What the configuration rules over the screen and the paper.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The site's name.
    pub site_name: String,
    /// Languages in the order in which one touch changes them; the first one is the terminal's own.
    pub languages: Vec<String>,
    /// Whether numbers are given without a card.
    pub ticket_without_card: bool,
    /// What a ticket's QR opens, with `{code}` for its code.
    pub ticket_url: Option<String>,
    /// Whether the terminal has a card reader at all.
    pub has_reader: bool,
    /// Which printers of tickets the terminal has.
    pub has_printer: PerPrinter<bool>,
    /// Whether the site has a platform at all.
    pub has_platform: bool,
    /// Whether the terminal speaks; a loudspeaker that is missing for now is no reason not to.
    pub has_sound: bool,
}

/// The terminal's truth.
#[derive(Debug)]
pub struct Engine {
    desk: Desk,
    outbox: OutboxReader,
    settings: Settings,
    devices: Devices,
    visit: Option<TakeNumber>,
    service: Maintenance,
    help: bool,
    /// The services that elder mode keeps apart are shown.
    more: bool,
    manner: Manner,
    idle: Idle,
    printing: Option<Printing>,
    mouths: PerPrinter<Mouth>,
    /// What the store did not take yet.
    owed: VecDeque<Owed>,
    /// The last wish that was no typing, and when.
    last_wish: Option<(Wish, Duration)>,
    next_job: u64,
    hall: Option<Overview>,
    /// The last write failed.
    store_trouble: bool,
    /// When it was tried last whether that is over.
    store_tried: Duration,
    /// The last read failed.
    read_trouble: bool,
    platform: String,
    shown: Option<Scene>,
    page_since: Duration,
}

impl Engine {
    /// Takes up the desk.
    ///
    /// # Errors
    /// Where the store can't be opened a second time for reading.
    pub fn new(mut desk: Desk, settings: Settings) -> Result<Self, StoreError> {
        let mut mouths = PerPrinter::<Mouth>::default();
        for (printer, _) in settings.has_printer.each().filter(|(_, has)| **has) {
            if let store::LastPaper::Ticket(ticket) = desk.last_paper(printer)? {
                mouths.of_mut(printer).came_out(mouth::Out { job: None, sheet: Sheet::First(ticket) });
            }
        }
        let service = Maintenance::closed(desk.pin_failures()?);
        let outbox = desk.store().outbox_reader()?;
        let manner = Manner::own(&settings.languages);
        let platform = if settings.has_platform { "untried" } else { "none" };
        let devices = Devices::new(settings.has_reader, settings.has_printer);
        Ok(Self {
            desk,
            outbox,
            settings,
            devices,
            visit: None,
            service,
            help: false,
            more: false,
            manner,
            idle: Idle::default(),
            printing: None,
            mouths,
            owed: VecDeque::new(),
            last_wish: None,
            next_job: 1,
            hall: None,
            store_trouble: false,
            store_tried: Duration::ZERO,
            read_trouble: false,
            platform: platform.to_owned(),
            shown: None,
            page_since: Duration::ZERO,
        })
    }

    /// Takes one message; what comes back is to be done in order.
    pub fn handle(&mut self, input: Input, now: Now) -> Vec<Out> {
        let mut out = Vec::new();
        self.note_heard(&input, now);
        match input {
            Input::Touched => {
                self.idle.touched(now.mono);
                out.push(Out::Sound(Sound::Hush));
            }
            Input::Act(act) => self.act(act, now, &mut out),
            Input::Service(act) => self.service_act(act, now, &mut out),
            Input::PinChecked(number, right) => self.pin_checked(number, right, now, &mut out),
            Input::SetPin(pin, reply) => {
                let set = self.set_pin(&pin, now);
                // The asker may have given up meanwhile; the PIN is set all the same.
                let _ = reply.send(set);
            }
            Input::Manner(act) => self.change_manner(act, now, &mut out),
            Input::Repeat => {
                self.idle.touched(now.mono);
                out.extend([Out::Sound(Sound::Click), Out::Sound(Sound::Repeat)]);
            }
            Input::Reader(news) => self.reader(news, now, &mut out),
            Input::Printer(printer, news) => self.printer(printer, news, now, &mut out),
            Input::Speaker(health) => self.devices.speaker_health(&health),
            Input::Platform(news) => self.platform(news),
            Input::Settle(verdicts, reply) => {
                let settled = self.settle(&verdicts);
                // The asker may have stopped meanwhile; the verdicts stand all the same.
                let _ = reply.send(settled);
            }
            Input::SendAgain(which, reply) => {
                let sent = self.desk.send_again(which, now);
                if matches!(sent, Ok(1..)) {
                    out.push(Out::Wake);
                }
                let _ = reply.send(sent);
            }
            Input::Status(reply) => {
                let _ = reply.send(self.report(now));
            }
            Input::Tick => {}
        }
        self.pass_time(now, &mut out);
        self.draw(now, &mut out);
        out
    }

    /// How long nothing happens by itself: after that, [`Input::Tick`] is due.
    #[must_use]
    pub fn rest(&self, now: Now) -> Duration {
        let to_minute = 60_000 - now.wall.as_millisecond().rem_euclid(60_000);
        let minute = now.mono + Duration::from_millis(u64::try_from(to_minute).unwrap_or(60_000));
        let quiet = match self.idle.state(now.mono, self.patience()) {
            Quiet::Calm { until } if self.somebody() => Some(until),
            Quiet::Counting { next, .. } if self.somebody() => Some(next),
            _ => None,
        };
        let page = self.visit.as_ref().and_then(TakeNumber::deadline).map(|until| {
            // The page counts its seconds down.
            let left = until.saturating_sub(now.mono).as_nanos();
            let part = u64::try_from(left % 1_000_000_000).unwrap_or(0);
            now.mono + if part == 0 { Duration::from_secs(1) } else { Duration::from_nanos(part) }
        });
        let print = self.printing.as_ref().map(Printing::deadline);
        let owed = self.owed.front().map(|_| now.mono + OWED_AGAIN);
        [Some(minute), quiet, page, print, owed, self.service.deadline(now)]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(minute)
            .saturating_sub(now.mono)
    }

    /// Whether a ticket is on its way to paper; a clean stop waits for it.
    #[must_use]
    pub fn is_printing(&self) -> bool {
        self.printing.is_some()
    }

    /// The page now shown, for what waits for it.
    #[must_use]
    pub fn page_name(&self) -> &'static str {
        self.shown.as_ref().map_or("starting", |scene| scene.page.name())
    }

    fn act(&mut self, act: Act, now: Now, out: &mut Vec<Out>) {
        self.idle.touched(now.mono);
        if self.is_stray(act, now) {
            return;
        }
        match act {
            act if self.service.is_open() => self.act_in_service(act, now, out),
            Act::Stay => {}
            Act::Help => self.help = true,
            Act::Back | Act::Done if self.help => self.help = false,
            Act::MoreServices if self.visit.is_none() => self.more = true,
            Act::Back if self.visit.is_none() => self.more = false,
            Act::Home if self.visit.is_none() => self.leave(now),
            Act::TakeNumber if self.visit.is_none() => {
                self.help = false;
                self.begin(TakeNumber::begin(), now);
            }
            act => self.tell_visit(Event::Act(act), now, out),
        }
        // The finger goes up from 按住看 without another click.
        if act != Act::Reveal(false) {
            out.push(Out::Sound(Sound::Click));
        }
    }

    fn next_job(&mut self) -> JobId {
        let job = JobId(self.next_job);
        self.next_job += 1;
        job
    }

    fn begin(&mut self, visit: TakeNumber, now: Now) {
        self.idle.touched(now.mono);
        self.hall = None;
        self.visit = Some(visit);
        if let Some(next) = self.closed_door(now) {
            self.visit = Some(TakeNumber::turned_away(next));
        }
    }

    fn tell_visit(&mut self, event: Event, now: Now, out: &mut Vec<Out>) {
        if self.service.is_open() {
            return self.tell_service_of_visit(&event, now, out);
        }
        let facts = self.facts(now);
        let Some(visit) = &mut self.visit else { return };
        for ask in visit.on(event, &facts) {
            self.do_ask(ask, now, out);
        }
    }

    fn do_ask(&mut self, ask: Ask, now: Now, out: &mut Vec<Out>) {
        match ask {
            Ask::Reserve(wish, printer) => {
                let answer = self.desk.reserve(&wish, printer, now);
                self.answered(answer, now, out);
            }
            Ask::Paperless(wish) => {
                let answer = self.desk.give_paperless(&wish, now);
                if answer.is_ok() {
                    out.push(Out::Wake);
                }
                self.answered(answer, now, out);
            }
            Ask::Print(ticket, printer) => self.print(ticket, printer, false, now, out),
            Ask::Reprint(ticket, printer) => match self.desk.reprinting(ticket.id, printer, now) {
                Ok(ticket) => self.print(ticket, printer, true, now, out),
                // It was settled meanwhile: a paper of it would be worth nothing.
                Err(StoreError::Changed) => self.tell_visit(Event::Cancelled(ticket.id), now, out),
                Err(error) => self.store_failed(&error, now, out),
            },
            Ask::Leave => self.leave(now),
        }
    }

    fn answered(
        &mut self,
        answer: Result<crate::domain::wish::Answer, StoreError>,
        now: Now,
        out: &mut Vec<Out>,
    ) {
        self.hall = None;
        match answer {
            Ok(answer) => {
                self.store_trouble = false;
                self.tell_visit(Event::Answer(answer), now, out);
            }
            Err(error) => self.store_failed(&error, now, out),
        }
    }

    fn store_failed(&mut self, error: &StoreError, now: Now, out: &mut Vec<Out>) {
        log::error!("the store took nothing: {error}; {}", error.advice());
        // A row that changed meanwhile is no trouble of the disk.
        self.store_trouble |= !matches!(error, StoreError::Changed);
        self.tell_visit(Event::StoreFailed, now, out);
    }

    /// Home, and nothing of the person stays in memory.
    fn leave(&mut self, now: Now) {
        self.visit = None;
        self.service.close();
        self.help = false;
        self.more = false;
        self.manner = Manner::own(&self.settings.languages);
        self.idle.touched(now.mono);
        self.hall = None;
    }

    fn reader(&mut self, news: ReaderNews, now: Now, out: &mut Vec<Out>) {
        self.devices.reader_news(&news);
        if self.service.is_open() {
            return self.reader_in_service(news, now, out);
        }
        let event = match news {
            ReaderNews::Health(health) if health.state.works() => return,
            // Lifted, or gone with the reader: whoever was being read is to know.
            ReaderNews::Health(_) | ReaderNews::Lifted => {
                return self.tell_visit(Event::CardGone, now, out);
            }
            ReaderNews::CardSeen => Event::CardSeen,
            ReaderNews::Card(resident) => Event::Card(resident),
            ReaderNews::Failed(trouble) => Event::CardFailed(trouble),
        };
        // A card says that somebody is there.
        self.idle.touched(now.mono);
        // On the home page a card alone is the wish for a number; help in view is put away for it.
        if self.visit.as_ref().is_none_or(TakeNumber::wants_card) {
            self.help = false;
        }
        if self.visit.is_none() {
            self.begin(TakeNumber::begin_with_card(), now);
        }
        self.tell_visit(event, now, out);
    }

    /// What time alone does: the journey's own deadlines, the idle countdown, a printer that never answered.
    fn pass_time(&mut self, now: Now, out: &mut Vec<Out>) {
        self.settle_owed(now, out);
        self.try_store(now);
        self.give_up_print(now, out);
        self.give_up_test(now, out);
        self.tell_visit(Event::Tick, now, out);
        if self.somebody() && self.idle.state(now.mono, self.patience()) == Quiet::Over {
            log::info!("nobody there: back to the home page");
            self.leave(now);
        }
    }
}

#[cfg(test)]
mod tests;
