//! Test slips: paper that says it is no ticket, noted in audit and mouth so that nobody loses a number by it.

use std::time::Duration;

use super::TestJob;
use crate::domain::device::{PaperTrouble, PrintResult, Printer};
use crate::domain::time::Now;
use crate::engine::mouth::{self, Sheet};
use crate::engine::{Engine, Out};
use crate::peripherals::{JobId, TestSlip};
use crate::service::Event;
use crate::store::AuditAct;

/// A test slip whose end nobody tells is given up after this; the driver ends it by its own deadlines, well before.
const LAST_RESORT: Duration = Duration::from_secs(90);
/// Tests that were given up may end late; so many are known then.
const REMEMBERED: usize = 4;

impl Engine {
    pub(in crate::engine) fn print_test(&mut self, printer: Printer, now: Now, out: &mut Vec<Out>) {
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
    pub(in crate::engine) fn test_ended(
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
    pub(in crate::engine) fn give_up_test(&mut self, now: Now, out: &mut Vec<Out>) {
        if self.service.test.take_if(|test| now.mono >= test.until).is_some() {
            let result = PrintResult::Doubtful(PaperTrouble::NoAnswer);
            self.tell_service(Event::TestPrinted(result), now, out);
        }
    }
}
