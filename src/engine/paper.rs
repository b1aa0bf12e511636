//! From a reserved number to paper in the hand, and back where it does not come out.

use std::time::Duration;

use super::{Engine, Out};
use crate::domain::device::{PaperTrouble, PrintResult};
use crate::domain::ids::TicketId;
use crate::domain::ticket::{PrintSurety, Ticket, TicketState};
use crate::domain::time::Now;
use crate::peripherals::{DispenserNews, JobId, TicketPaper};
use crate::store::StoreError;
use crate::visit::Event;

/// The driver ends each job by its own deadlines, well before this; the engine only makes sure that nobody stands
/// before a page that never changes.
const LAST_RESORT: Duration = Duration::from_secs(90);

/// The job under way.
#[derive(Debug)]
pub(super) struct Printing {
    job: JobId,
    ticket: Ticket,
    reprint: bool,
    until: Duration,
}

/// The paper that came out last, while it may still hang in the presenter.
#[derive(Clone, Copy, Debug)]
pub(super) struct LastPaper {
    /// `None` for paper that an earlier process printed.
    job: Option<JobId>,
    ticket: TicketId,
    /// The number is in somebody's hand on another paper already.
    reprint: bool,
}

impl LastPaper {
    /// Paper that an earlier process printed and that may hang there still.
    pub(super) fn found(ticket: TicketId) -> Self {
        Self { job: None, ticket, reprint: false }
    }

    /// Paper of no job is the last one, whichever session printed it.
    fn is_of(self, job: Option<JobId>) -> bool {
        job.is_none() || self.job.is_none() || self.job == job
    }
}

impl Printing {
    /// When it is given up.
    pub(super) fn deadline(&self) -> Duration {
        self.until
    }
}

impl Engine {
    /// Sends a ticket to the dispenser. The order goes out before anything is drawn.
    pub(super) fn print(&mut self, ticket: Ticket, reprint: bool, now: Now, out: &mut Vec<Out>) {
        let job = JobId(self.next_job);
        self.next_job += 1;
        out.push(Out::Print(job, Box::new(self.ticket_paper(&ticket, reprint))));
        self.last_paper = None;
        self.printing = Some(Printing { job, ticket, reprint, until: now.mono + LAST_RESORT });
    }

    /// The dispenser said something.
    pub(super) fn dispenser(&mut self, news: DispenserNews, now: Now, out: &mut Vec<Out>) {
        match news {
            DispenserNews::Health(health) => self.devices.dispenser_health(&health),
            DispenserNews::Done { job, result } => match self.printing.take() {
                Some(printing) if printing.job == job => self.paper(printing, result, now, out),
                other => {
                    log::warn!("the dispenser ended a job that nobody waits for");
                    self.printing = other;
                }
            },
            DispenserNews::NotTaken { job } => {
                if self.last_paper.is_some_and(|paper| paper.is_of(job)) {
                    log::info!("a ticket hangs in the dispenser, not taken");
                    self.paper_hangs = true;
                }
            }
            DispenserNews::Taken { job } => {
                if self.last_paper.take_if(|paper| paper.is_of(job)).is_some() {
                    self.paper_hangs = false;
                }
            }
            DispenserNews::TakenBack { job } => {
                if let Some(paper) = self.last_paper.take_if(|paper| paper.is_of(job)) {
                    self.paper_hangs = false;
                    if !paper.reprint {
                        self.taken_back(paper.ticket, now, out);
                    }
                }
            }
        }
    }

    /// Ends a job whose end never came.
    pub(super) fn give_up_print(&mut self, now: Now, out: &mut Vec<Out>) {
        if let Some(printing) = self.printing.take_if(|printing| now.mono >= printing.until) {
            log::error!("the dispenser's driver never ended its job; the ticket is kept as doubtful");
            self.paper(printing, PrintResult::Doubtful(PaperTrouble::NoAnswer), now, out);
        }
    }

    fn paper(&mut self, printing: Printing, result: PrintResult, now: Now, out: &mut Vec<Out>) {
        let (id, reprint) = (printing.ticket.id, printing.reprint);
        let settled = if printing.reprint {
            self.settle_reprint(printing.ticket, result, now)
        } else {
            self.settle_first(id, result, now)
        };
        self.hall = None;
        // However long it took, the resident has the whole time for the page that comes now.
        self.idle.touched(now.mono);
        match settled {
            Ok(ticket) => {
                if matches!(result, PrintResult::Printed { .. }) {
                    self.last_paper = Some(LastPaper { job: Some(printing.job), ticket: id, reprint });
                    self.paper_hangs = false;
                }
                out.push(Out::Wake);
                self.tell_visit(Event::Paper(ticket, result), now, out);
            }
            Err(error) => self.store_failed(&error, now, out),
        }
    }

    fn settle_first(&mut self, id: TicketId, result: PrintResult, now: Now) -> Result<Ticket, StoreError> {
        match result {
            PrintResult::Printed { confirmed: true } => self.desk.issue(id, PrintSurety::Confirmed, now),
            PrintResult::Printed { confirmed: false } => self.desk.issue(id, PrintSurety::Likely, now),
            PrintResult::NotPrinted(trouble) => self.desk.void(id, trouble.code(), now),
            PrintResult::Doubtful(trouble) => self.desk.doubt(id, trouble.code(), now),
        }
    }

    fn settle_reprint(
        &mut self,
        ticket: Ticket,
        result: PrintResult,
        now: Now,
    ) -> Result<Ticket, StoreError> {
        if let PrintResult::Printed { .. } = result {
            self.desk.reprinted(ticket.id, now)?;
        }
        Ok(ticket)
    }

    /// Nobody took the paper: the ticket is cancelled while nobody called it.
    fn taken_back(&mut self, id: TicketId, now: Now, out: &mut Vec<Out>) {
        match self.desk.cancel(id, "not_taken", now) {
            Ok(_) => {
                out.push(Out::Wake);
                self.tell_visit(Event::Cancelled(id), now, out);
            }
            Err(StoreError::Changed) => log::warn!("a ticket was taken back after it had been settled"),
            Err(error) => self.store_failed(&error, now, out),
        }
        self.hall = None;
    }

    fn ticket_paper(&mut self, ticket: &Ticket, reprint: bool) -> TicketPaper {
        debug_assert!(
            matches!(ticket.state, TicketState::Reserved | TicketState::Issued),
            "only live tickets print"
        );
        let rules = self.desk.rules();
        let person = self.visit.as_ref().and_then(|visit| visit.person());
        let code = ticket.code.as_str();
        TicketPaper {
            site: self.settings.site_name.clone(),
            number: ticket.number.to_string(),
            class: rules.class(ticket.number.class).map(|class| class.name.clone()).unwrap_or_default(),
            people_ahead: ticket.people_ahead,
            windows: rules.windows_for(ticket.number.class),
            priorities: ticket.priorities.clone(),
            person: person.map(|person| (person.name, person.id)),
            taken_at: ticket.reserved_at.to_zoned_datetime(rules.time_zone.clone()).datetime(),
            terminal: rules.terminal.clone(),
            qr: self
                .settings
                .ticket_url
                .as_ref()
                .map_or_else(|| code.to_owned(), |url| url.replace("{code}", code)),
            qr_opens_page: self.settings.ticket_url.is_some(),
            reprint,
        }
    }
}
