//! The service menu beside the visits: opens over whatever is there once that is wiped, has the desk decide and the
//! printers try, and closes with nothing left behind.

mod facts;
mod pin;
mod slip;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::touch::Wish;
use super::{Engine, Input, Out, Sound};
use crate::desk::{ClockAnswer, Reinstated};
use crate::domain::device::{Device, Printer};
use crate::domain::ids::TicketId;
use crate::domain::resident::{PersonName, Resident};
use crate::domain::time::Now;
use crate::peripherals::{JobId, ReaderNews};
use crate::service::view::Said;
use crate::service::{Act, Ask, CardNews, Event, Service, pause};
use crate::store::StoreError;
use crate::visit::view::PersonView;

/// So many tickets are offered for one more paper.
const OFFERED: u32 = 60;
/// The menu, and what is known for it while it is closed.
#[derive(Debug, Default)]
pub(in crate::engine) struct Maintenance {
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
    pub(in crate::engine) fn closed(failures: Option<u32>) -> Self {
        Self { failures, paused_until: failures.and_then(pause::after), ..Self::default() }
    }

    pub(in crate::engine) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Whether nobody may be sent home: the store is owed an answer.
    pub(in crate::engine) fn is_busy(&self) -> bool {
        self.open.as_ref().is_some_and(Service::is_busy)
    }

    pub(in crate::engine) fn close(&mut self) {
        self.open = None;
        self.holder = None;
    }

    /// Whose ticket is printed once more.
    pub(in crate::engine) fn holder(&self) -> Option<PersonView> {
        self.holder.clone()
    }

    /// Whether that job is a test's.
    pub(in crate::engine) fn is_test(&self, job: JobId) -> bool {
        self.tests.contains(&job)
    }

    /// When time alone changes the menu: each second of a pause is told.
    pub(in crate::engine) fn deadline(&self, now: Now) -> Option<Duration> {
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
    pub(in crate::engine) fn note_heard(&mut self, input: &Input, now: Now) {
        let device = match input {
            Input::Reader(_) => Device::IdReader,
            Input::Printer(printer, _) => printer.device(),
            Input::Speaker(_) => Device::Speaker,
            _ => return,
        };
        self.service.heard.insert(device, now.mono);
    }

    /// A hand did something in the menu, or wants it.
    pub(in crate::engine) fn service_act(&mut self, act: Act, now: Now, out: &mut Vec<Out>) {
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
    pub(in crate::engine) fn act_in_service(&mut self, act: crate::visit::Act, now: Now, out: &mut Vec<Out>) {
        if act == crate::visit::Act::Home {
            self.tell_service(Event::Act(Act::Leave), now, out);
        }
    }

    pub(in crate::engine) fn tell_service(&mut self, event: Event, now: Now, out: &mut Vec<Out>) {
        let facts = self.service_facts(now);
        let Some(service) = &mut self.service.open else { return };
        for ask in service.on(event, &facts) {
            self.do_service_ask(ask, now, out);
        }
    }

    /// What a visit would have been told, where the menu is what waits for it.
    pub(in crate::engine) fn tell_service_of_visit(
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
    pub(in crate::engine) fn reader_in_service(&mut self, news: ReaderNews, now: Now, out: &mut Vec<Out>) {
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

    fn reprint_by_staff(&mut self, id: TicketId, printer: Printer, now: Now, out: &mut Vec<Out>) {
        match self.desk.reprinting_by_staff(id, printer, now) {
            Ok((ticket, resident)) => {
                self.service.holder = resident.as_ref().map(masked);
                self.print(ticket, printer, true, now, out);
            }
            Err(error) => self.tell_decided(Err(error), now, out),
        }
    }
}

fn masked(resident: &Resident) -> PersonView {
    PersonView { name: resident.name.as_ref().map(PersonName::masked), id: resident.id.masked() }
}
