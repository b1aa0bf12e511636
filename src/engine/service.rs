//! The service menu beside the visits: opens over whatever is there once that is wiped, has the desk decide and the
//! printers try, and closes with nothing left behind.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::mouth::{self, Sheet};
use super::touch::Wish;
use super::{Engine, Input, Out, Sound};
use crate::desk::{ClockAnswer, ClockLook, ClockState, Reinstated, ToldBy};
use crate::domain::device::{Device, PaperTrouble, PrintResult, Printer};
use crate::domain::ids::TicketId;
use crate::domain::pin::Pin;
use crate::domain::resident::{PersonName, Resident};
use crate::domain::ticket::Ticket;
use crate::domain::time::Now;
use crate::peripherals::{JobId, ReaderNews, TestSlip};
use crate::service::view::{
    AboutLine, ClockLine, DeviceLine, KnownFrom, Link, OutboxLine, Said, TicketLine, View,
};
use crate::service::{Act, Ask, CardNews, Event, Facts, Service, pause};
use crate::store::{AuditAct, PinHash, StoreError};
use crate::visit::view::PersonView;

/// So many tickets are offered for one more paper.
const OFFERED: u32 = 60;
/// A test slip whose end nobody tells is given up after this; the driver ends it by its own deadlines, well before.
const LAST_RESORT: Duration = Duration::from_secs(90);
/// Papers of tests that may yet hang in a printer's mouth: no ticket is taken back for them.
const REMEMBERED: usize = 4;

/// The menu, and what is known for it while it is closed.
#[derive(Debug, Default)]
pub(super) struct Maintenance {
    open: Option<Service>,
    failures: Option<u32>,
    paused_until: Option<Duration>,
    /// The try that is being checked, by its number.
    tried: u32,
    test: Option<TestJob>,
    tests: VecDeque<JobId>,
    /// Whose ticket is printed once more, masked.
    holder: Option<PersonView>,
    /// When each device was heard of last, by the monotonic clock.
    heard: BTreeMap<Device, Duration>,
}

#[derive(Clone, Copy, Debug)]
struct TestJob {
    job: JobId,
    until: Duration,
}

impl Maintenance {
    /// Closed; wrong PINs of before the start still count, and their pause begins anew.
    pub(super) fn closed(failures: Option<u32>) -> Self {
        Self { failures, paused_until: failures.and_then(pause::after), ..Self::default() }
    }

    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Whether nobody may be sent home: the store is owed an answer.
    pub(super) fn is_busy(&self) -> bool {
        self.open.as_ref().is_some_and(Service::is_busy)
    }

    pub(super) fn close(&mut self) {
        self.open = None;
        self.holder = None;
    }

    /// Whose ticket is printed once more.
    pub(super) fn holder(&self) -> Option<PersonView> {
        self.holder.clone()
    }

    /// Whether that job is a test's.
    pub(super) fn is_test(&self, job: JobId) -> bool {
        self.tests.contains(&job)
    }

    /// When time alone changes the menu: each second of a pause is told.
    pub(super) fn deadline(&self, now: Now) -> Option<Duration> {
        let shown = self.open.as_ref().is_some_and(Service::is_locked);
        let second = self.paused_until.filter(|until| shown && *until > now.mono).map(|until| {
            let part = (until - now.mono).subsec_nanos();
            now.mono + if part == 0 { Duration::from_secs(1) } else { Duration::from_nanos(part.into()) }
        });
        [second, self.test.map(|test| test.until)].into_iter().flatten().min()
    }
}

impl Engine {
    /// Notes who was heard of.
    pub(super) fn note_heard(&mut self, input: &Input, now: Now) {
        let device = match input {
            Input::Reader(_) => Device::IdReader,
            Input::Printer(printer, _) => printer.device(),
            Input::Speaker(_) => Device::Speaker,
            _ => return,
        };
        self.service.heard.insert(device, now.mono);
    }

    /// A hand did something in the menu, or wants it.
    pub(super) fn service_act(&mut self, act: Act, now: Now, out: &mut Vec<Out>) {
        if act == Act::Open {
            // While paper is on its way nobody goes anywhere.
            if self.service.is_open() || self.printing.is_some() {
                return;
            }
            log::info!("the service menu is asked for");
            let manner = self.manner.clone();
            self.leave(now);
            self.manner = manner;
            self.service.open = Some(Service::open());
        } else {
            if !self.service.is_open() || self.is_stray_wish(act.is_typing(), Wish::Service(act), now) {
                return;
            }
            self.tell_service(Event::Act(act), now, out);
        }
        self.idle.touched(now.mono);
        out.push(Out::Sound(Sound::Click));
    }

    /// What the residents' buttons mean while the menu is open: those of the countdown, and no other.
    pub(super) fn act_in_service(&mut self, act: crate::visit::Act, now: Now, out: &mut Vec<Out>) {
        if act == crate::visit::Act::Home {
            self.tell_service(Event::Act(Act::Leave), now, out);
        }
    }

    pub(super) fn tell_service(&mut self, event: Event, now: Now, out: &mut Vec<Out>) {
        let facts = self.service_facts(now);
        let Some(service) = &mut self.service.open else { return };
        for ask in service.on(event, &facts) {
            self.do_service_ask(ask, now, out);
        }
    }

    /// What a visit would have been told, where the menu is what waits for it.
    pub(super) fn tell_service_of_visit(
        &mut self,
        event: &crate::visit::Event,
        now: Now,
        out: &mut Vec<Out>,
    ) {
        match event {
            crate::visit::Event::Paper(_, result) => {
                self.service.holder = None;
                self.tell_service(Event::Reprinted(*result), now, out);
            }
            crate::visit::Event::StoreFailed => self.tell_service(Event::Said(Said::StoreFailed), now, out),
            _ => {}
        }
    }

    /// The reader, while the menu is open: whose card it is concerns nobody here.
    pub(super) fn reader_in_service(&mut self, news: ReaderNews, now: Now, out: &mut Vec<Out>) {
        let news = match news {
            ReaderNews::CardSeen => CardNews::Seen,
            ReaderNews::Card(_) => CardNews::Read,
            ReaderNews::Failed(trouble) => CardNews::Failed(trouble),
            ReaderNews::Health(_) | ReaderNews::Lifted => return,
        };
        self.idle.touched(now.mono);
        self.tell_service(Event::Card(news), now, out);
    }

    fn do_service_ask(&mut self, ask: Ask, now: Now, out: &mut Vec<Out>) {
        match ask {
            Ask::CheckPin(pin) => self.try_pin(&pin, now, out),
            Ask::FindDoubtful => {
                let found = self.desk.unconfirmed(now).map(|found| {
                    let line = |found: crate::desk::Doubtful| self.line(&found.ticket, Some(found.why));
                    Event::Doubtful(found.into_iter().map(line).collect())
                });
                self.tell_found(found, now, out);
            }
            Ask::FindIssued => {
                let found = self
                    .desk
                    .issued_lately(OFFERED, now)
                    .map(|found| Event::Issued(found.iter().map(|ticket| self.line(ticket, None)).collect()));
                self.tell_found(found, now, out);
            }
            Ask::Reinstate(id) => {
                let done = self.desk.reinstate(id, now).map(|done| match done {
                    Reinstated::Done(ticket) => Said::Reinstated(ticket.number.to_string()),
                    Reinstated::HasAnother(other) => Said::HasAnother(other.number.to_string()),
                });
                self.tell_decided(done, now, out);
            }
            Ask::Void(id) => {
                let done = self.desk.void_unconfirmed(id, now);
                self.tell_decided(done.map(|ticket| Said::Voided(ticket.number.to_string())), now, out);
            }
            Ask::Reprint(id, printer) => self.reprint_by_staff(id, printer, now, out),
            Ask::TestPrint(printer) => self.print_test(printer, now, out),
            Ask::TakeTime(at) => {
                let answer =
                    self.desk.technician_time(at.unwrap_or(now.wall), now).map(|answer| match answer {
                        ClockAnswer::Taken => Said::TimeTaken,
                        ClockAnswer::TooEarly => Said::TooEarly,
                        ClockAnswer::PlatformKnows => Said::PlatformKnows,
                    });
                self.tell_decided(answer, now, out);
            }
            Ask::Leave => self.leave(now),
        }
    }

    fn tell_found(&mut self, found: Result<Event, StoreError>, now: Now, out: &mut Vec<Out>) {
        let event = found.unwrap_or_else(|error| {
            log::error!("the store can't be read: {error}; {}", error.advice());
            Event::Said(Said::StoreFailed)
        });
        self.tell_service(event, now, out);
    }

    fn tell_decided(&mut self, decided: Result<Said, StoreError>, now: Now, out: &mut Vec<Out>) {
        self.hall = None;
        let said = match decided {
            Ok(said) => {
                self.store_trouble = false;
                out.push(Out::Wake);
                said
            }
            Err(StoreError::Changed) => Said::SettledMeanwhile,
            Err(error) => {
                log::error!("the store took nothing: {error}; {}", error.advice());
                self.store_trouble = true;
                Said::StoreFailed
            }
        };
        self.tell_service(Event::Said(said), now, out);
    }

    /// The try counts as a wrong one before anybody knows; finding out takes longer than this thread may wait.
    fn try_pin(&mut self, pin: &Pin, now: Now, out: &mut Vec<Out>) {
        match self.desk.try_pin(pin) {
            Ok(Some(tried)) => {
                self.service.failures = self.service.failures.map(|failures| failures.saturating_add(1));
                self.service.tried = self.service.tried.wrapping_add(1);
                out.push(Out::CheckPin(self.service.tried, Box::new(tried)));
            }
            Ok(None) => {
                self.service.failures = None;
                self.tell_service(Event::PinChecked(false), now, out);
            }
            Err(error) => {
                log::error!(
                    "no PIN is tried, since the store takes no note of it: {error}; {}",
                    error.advice()
                );
                self.tell_service(Event::Said(Said::StoreFailed), now, out);
            }
        }
    }

    /// Somebody found out.
    pub(super) fn pin_checked(&mut self, tried: u32, right: bool, now: Now, out: &mut Vec<Out>) {
        if tried != self.service.tried {
            return log::warn!("a PIN was checked that nobody waits for");
        }
        let noted = self.desk.pin_tried(right, now);
        // Who knows the PIN gets in, all the more where the disk takes no note of it any more.
        if right {
            self.service.failures = Some(0);
            self.service.paused_until = None;
            if self.service.is_open() {
                log::info!("the service menu is open");
            }
        } else {
            let pause = self.service.failures.and_then(pause::after);
            self.service.paused_until = pause.map(|pause| now.mono + pause);
            log::warn!("wrong PIN at the service menu");
        }
        if let Err(error) = noted {
            log::error!("the store took no note of a PIN: {error}; {}", error.advice());
            self.store_trouble = true;
        }
        self.tell_service(Event::PinChecked(right), now, out);
    }

    /// Another PIN, from the command line.
    pub(super) fn set_pin(&mut self, pin: &PinHash, now: Now) -> Result<(), StoreError> {
        self.desk.set_pin(pin, now)?;
        self.service.failures = Some(0);
        self.service.paused_until = None;
        log::info!("the PIN of the service menu was set");
        Ok(())
    }

    fn reprint_by_staff(&mut self, id: TicketId, printer: Printer, now: Now, out: &mut Vec<Out>) {
        match self.desk.reprinting_by_staff(id, printer, now) {
            Ok((ticket, resident)) => {
                self.service.holder = resident.as_ref().map(masked);
                self.print(ticket, printer, true, now, out);
            }
            Err(error) => self.tell_decided(Err(error), now, out),
        }
    }

    pub(super) fn print_test(&mut self, printer: Printer, now: Now, out: &mut Vec<Out>) {
        if let Err(error) = self.desk.audit(AuditAct::TestPrint, Some(printer.code()), now) {
            let nothing = PrintResult::NotPrinted(PaperTrouble::OutOfOrder);
            self.tell_service(Event::TestPrinted(nothing), now, out);
            return self.tell_decided(Err(error), now, out);
        }
        let job = self.next_job();
        let zone = self.desk.rules().time_zone.clone();
        let slip = TestSlip {
            site: self.settings.site_name.clone(),
            terminal: self.desk.rules().terminal.clone(),
            printed_at: self.desk.moment(now).at.to_zoned_datetime(zone).datetime(),
        };
        out.push(Out::TestPrint(printer, job, Box::new(slip)));
        self.service.test = Some(TestJob { job, until: now.mono + LAST_RESORT });
        self.service.tests.push_back(job);
        while self.service.tests.len() > REMEMBERED {
            self.service.tests.pop_front();
        }
    }

    /// Whether that job was the test's; then it has ended.
    pub(super) fn test_ended(
        &mut self,
        printer: Printer,
        job: JobId,
        result: PrintResult,
        now: Now,
        out: &mut Vec<Out>,
    ) -> bool {
        if !self.service.is_test(job) {
            return false;
        }
        // A slip that nobody takes is no ticket, and the paper before it hangs there no more.
        if !matches!(result, PrintResult::NotPrinted(_)) {
            let slip = mouth::Out { job: Some(job), sheet: Sheet::Nothing };
            self.mouths.of_mut(printer).came_out(slip);
        }
        if let PrintResult::Printed { .. } = result
            && let Err(error) = self.desk.audit(AuditAct::TestPrinted, Some(printer.code()), now)
        {
            log::error!("the store took no note of a test slip: {error}; {}", error.advice());
        }
        let mine = self.service.test.take_if(|test| test.job == job).is_some();
        if mine {
            self.idle.touched(now.mono);
            self.tell_service(Event::TestPrinted(result), now, out);
        }
        // One that was given up ends late and is nobody's.
        true
    }

    /// Gives up a test whose end nobody told.
    pub(super) fn give_up_test(&mut self, now: Now, out: &mut Vec<Out>) {
        if self.service.test.take_if(|test| now.mono >= test.until).is_some() {
            let result = PrintResult::Doubtful(PaperTrouble::NoAnswer);
            self.tell_service(Event::TestPrinted(result), now, out);
        }
    }

    /// The menu to draw, where it is open.
    pub(super) fn service_view(&mut self, now: Now) -> Option<View> {
        if !self.service.is_open() {
            return None;
        }
        let facts = self.service_facts(now);
        self.service.open.as_ref().map(|service| service.view(&facts))
    }

    fn service_facts(&mut self, now: Now) -> Facts {
        let look = self.desk.clock_look(now);
        let zone = self.desk.rules().time_zone.clone();
        let local = |at: jiff::Timestamp| at.to_zoned_datetime(zone.clone()).datetime();
        let heard_at = |device: Device| {
            let ago = now.mono.saturating_sub(*self.service.heard.get(&device)?);
            look.moment.at.checked_sub(jiff::SignedDuration::try_from(ago).ok()?).ok().map(local)
        };
        let devices = self.devices.each().map(|(device, health)| DeviceLine {
            device,
            state: health.state,
            detail: health.detail.clone(),
            heard_at: heard_at(device).map(to_minute),
        });
        let printers: Vec<_> = self.devices.printers().collect();
        let first_trouble = printers.iter().find_map(|(_, works)| works.err());
        let ready = printers.iter().find_map(|(printer, works)| works.is_ok().then_some(*printer));
        let open = self.service.open.as_ref();
        Facts {
            mono: now.mono,
            terminal: self.desk.rules().terminal.clone(),
            failures: self.service.failures,
            paused_until: self.service.paused_until,
            devices: devices.collect(),
            printer: ready.ok_or(first_trouble.unwrap_or(PaperTrouble::NoAnswer)),
            clock: clock_line(&look, &local),
            outbox: if open.is_some_and(Service::wants_outbox) {
                self.outbox_line()
            } else {
                OutboxLine::default()
            },
            about: if open.is_some_and(Service::wants_about) {
                self.about_line()
            } else {
                AboutLine::default()
            },
            zone,
        }
    }

    fn outbox_line(&self) -> OutboxLine {
        let counts = self.outbox.counts().unwrap_or_else(|error| {
            log::error!("the outbox can't be read: {error}; {}", error.advice());
            crate::store::OutboxCounts::default()
        });
        let link = match self.platform.as_str() {
            "none" => Link::None,
            "untried" => Link::Untried,
            "online" => Link::Online,
            other => Link::Offline(other.strip_prefix("offline: ").unwrap_or(other).to_owned()),
        };
        let zone = self.desk.rules().time_zone.clone();
        let oldest = counts.oldest.and_then(|at| at.parse::<jiff::Timestamp>().ok());
        OutboxLine {
            waiting: counts.waiting,
            oldest: oldest.map(|at| at.to_zoned_datetime(zone).datetime()).map(to_minute),
            dead: counts.dead,
            link,
        }
    }

    fn about_line(&self) -> AboutLine {
        AboutLine {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            site: self.settings.site_name.clone(),
            free_bytes: self.desk.store().free_bytes(),
            store_well: !self.store_trouble && !self.read_trouble,
        }
    }

    fn line(&self, ticket: &Ticket, why: Option<String>) -> TicketLine {
        let rules = self.desk.rules();
        TicketLine {
            id: ticket.id,
            number: ticket.number.to_string(),
            class: rules.class(ticket.number.class).map(|class| class.name.clone()).unwrap_or_default(),
            taken_at: to_minute(ticket.reserved_at.to_zoned_datetime(rules.time_zone.clone()).datetime()),
            why,
        }
    }
}

fn clock_line(look: &ClockLook, local: &dyn Fn(jiff::Timestamp) -> jiff::civil::DateTime) -> ClockLine {
    ClockLine {
        system: to_minute(local(look.wall)),
        holds: to_minute(local(look.moment.at)),
        day: look.moment.day.0,
        store: to_minute(local(look.store)),
        known_from: match look.told_by {
            Some(ToldBy::Platform) => KnownFrom::Platform,
            Some(ToldBy::Technician) => KnownFrom::Technician,
            None if look.moment.counted => KnownFrom::Nobody,
            None => KnownFrom::System,
        },
        behind: look.moment.clock == ClockState::Behind,
        system_can_be: look.system_can_be,
    }
}

fn to_minute(at: jiff::civil::DateTime) -> jiff::civil::DateTime {
    at.with().second(0).subsec_nanosecond(0).build().unwrap_or(at)
}

fn masked(resident: &Resident) -> PersonView {
    PersonView { name: resident.name.as_ref().map(PersonName::masked), id: resident.id.masked() }
}
