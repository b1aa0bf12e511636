//! From a reserved number to paper in the hand, and back where it does not come out.

use std::time::Duration;

use super::mouth::Sheet;
use super::owed::Owed;
use super::{Engine, Out, mouth};
use crate::domain::device::{PaperTrouble, PrintResult, Printer};
use crate::domain::ids::TicketId;
use crate::domain::ticket::{PrintSurety, Ticket, TicketState};
use crate::domain::time::Now;
use crate::peripherals::{JobId, PrinterNews, TicketPaper};
use crate::store::StoreError;
use crate::visit::Event;

/// The driver ends each job by its own deadlines, well before this; the engine only makes sure that nobody stands
/// before a page that never changes.
const LAST_RESORT: Duration = Duration::from_secs(90);

/// The job under way.
#[derive(Debug)]
pub(super) struct Printing {
    job: JobId,
    printer: Printer,
    ticket: Ticket,
    reprint: bool,
    until: Duration,
}

impl Printing {
    /// When it is given up.
    pub(super) fn deadline(&self) -> Duration {
        self.until
    }
}

impl Engine {
    /// Sends a ticket to that printer. The order goes out before anything is drawn.
    pub(super) fn print(
        &mut self,
        ticket: Ticket,
        printer: Printer,
        reprint: bool,
        now: Now,
        out: &mut Vec<Out>,
    ) {
        let job = self.next_job();
        out.push(Out::Print(printer, job, Box::new(self.ticket_paper(&ticket, reprint))));
        self.printing = Some(Printing { job, printer, ticket, reprint, until: now.mono + LAST_RESORT });
    }

    /// A printer said something.
    pub(super) fn printer(&mut self, printer: Printer, news: PrinterNews, now: Now, out: &mut Vec<Out>) {
        if let PrinterNews::Done { job, result } = news
            && self.test_ended(printer, job, result, now, out)
        {
            return;
        }
        let mouth = self.mouths.of_mut(printer);
        match news {
            PrinterNews::Health(health) => self.devices.printer_health(printer, &health),
            PrinterNews::Done { job, result } => match self.printing.take() {
                Some(printing) if printing.job == job => self.paper(printing, result, now, out),
                other => {
                    log::warn!("{}: it ended a job that nobody waits for", printer.code());
                    self.printing = other;
                }
            },
            PrinterNews::NotTaken { job } => {
                log::info!("{}: a paper hangs there, not taken", printer.code());
                mouth.not_taken(job);
            }
            PrinterNews::Taken { job } => {
                mouth.left(job);
            }
            PrinterNews::TakenBack { job } => {
                if let Some(Sheet::First(ticket)) = mouth.left(job) {
                    self.taken_back(ticket, now, out);
                }
            }
        }
    }

    /// Ends a job whose end never came.
    pub(super) fn give_up_print(&mut self, now: Now, out: &mut Vec<Out>) {
        if let Some(printing) = self.printing.take_if(|printing| now.mono >= printing.until) {
            log::error!(
                "{}: its driver never ended its job; the ticket is kept as doubtful",
                printing.printer.code()
            );
            self.paper(printing, PrintResult::Doubtful(PaperTrouble::NoAnswer), now, out);
        }
    }

    fn paper(&mut self, printing: Printing, result: PrintResult, now: Now, out: &mut Vec<Out>) {
        // However long it took, the resident has the whole time for the page that comes now.
        self.idle.touched(now.mono);
        self.help = false;
        let sheet = match result {
            PrintResult::Printed { .. } if printing.reprint => Some(Sheet::Again),
            PrintResult::Printed { .. } => Some(Sheet::First(printing.ticket.id)),
            PrintResult::Doubtful(_) => Some(Sheet::Nothing),
            PrintResult::NotPrinted(_) => None,
        };
        if let Some(sheet) = sheet {
            self.mouths.of_mut(printing.printer).came_out(mouth::Out { job: Some(printing.job), sheet });
        }
        match self.settle_paper(&printing, result, now) {
            Ok(ticket) => {
                out.push(Out::Wake);
                self.tell_visit(Event::Paper(ticket, result), now, out);
            }
            Err(error) => {
                if !matches!(error, StoreError::Changed) {
                    self.owed.push_back(Owed::Paper(printing, result));
                }
                self.store_failed(&error, now, out);
            }
        }
    }

    pub(super) fn settle_paper(
        &mut self,
        printing: &Printing,
        result: PrintResult,
        now: Now,
    ) -> Result<Ticket, StoreError> {
        self.hall = None;
        if printing.reprint {
            self.settle_reprint(printing.ticket.clone(), result, now)
        } else {
            self.settle_first(printing.ticket.id, result, now)
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

    fn ticket_paper(&mut self, ticket: &Ticket, reprint: bool) -> TicketPaper {
        debug_assert!(
            matches!(ticket.state, TicketState::Reserved | TicketState::Issued),
            "only live tickets print"
        );
        let rules = self.desk.rules();
        let person = self.visit.as_ref().and_then(|visit| visit.person()).or_else(|| self.service.holder());
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
            qr: match &self.settings.ticket_url {
                Some(page) => ticket.code.within(page),
                None => ticket.code.as_str().to_owned(),
            },
            qr_opens_page: self.settings.ticket_url.is_some(),
            reprint,
        }
    }
}
