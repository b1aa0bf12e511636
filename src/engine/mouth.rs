//! The paper that came out last and may still hang in a printer's mouth, until the driver tells what became of it.
//!
//! A mouth holds one paper, and what became of the one before is told before the next comes out. What is still noted
//! then was lost sight of (the port failed) and is not there any more; a printer without a presenter never tells.

use crate::domain::ids::TicketId;
use crate::peripherals::JobId;

/// What stands on a paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sheet {
    /// A number that is in nobody's hand but by this paper.
    First(TicketId),
    /// A number that is in somebody's hand on another paper already.
    Again,
    /// No number that waits: a test, or a ticket whose paper is in doubt.
    Nothing,
}

/// A paper that came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Out {
    /// `None` for paper that an earlier process printed.
    pub(super) job: Option<JobId>,
    pub(super) sheet: Sheet,
}

/// A printer's mouth.
#[derive(Debug, Default)]
pub(super) struct Mouth {
    paper: Option<Out>,
    hangs: bool,
}

impl Mouth {
    /// A paper came out.
    pub(super) fn came_out(&mut self, paper: Out) {
        *self = Self { paper: Some(paper), hangs: false };
    }

    /// It is called out, not taken.
    pub(super) fn not_taken(&mut self, job: Option<JobId>) {
        self.hangs = self.paper.is_some_and(|paper| paper.is_of(job) && paper.sheet != Sheet::Nothing);
    }

    /// It left the mouth; what stood on it.
    pub(super) fn left(&mut self, job: Option<JobId>) -> Option<Sheet> {
        let paper = self.paper.take_if(|paper| paper.is_of(job))?;
        self.hangs = false;
        Some(paper.sheet)
    }

    /// Whether a ticket hangs there that somebody should take.
    pub(super) fn hangs(&self) -> bool {
        self.hangs
    }
}

impl Out {
    /// A paper of no job is the one that came out last: a session that begins with paper at the mouth does not know
    /// whose it is.
    fn is_of(&self, job: Option<JobId>) -> bool {
        job.is_none() || self.job == job
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket(number: u8) -> Sheet {
        Sheet::First(TicketId::from_bytes([number; 16]))
    }

    fn paper(number: u8, job: Option<u64>) -> Out {
        Out { job: job.map(JobId), sheet: ticket(number) }
    }

    #[test]
    fn what_left_is_told_once() {
        let mut mouth = Mouth::default();
        mouth.came_out(paper(1, Some(1)));
        mouth.not_taken(Some(JobId(1)));
        assert!(mouth.hangs());
        assert_eq!(mouth.left(Some(JobId(1))), Some(ticket(1)));
        assert!(!mouth.hangs());
        assert_eq!(mouth.left(Some(JobId(1))), None);
        mouth.came_out(paper(2, Some(2)));
        assert_eq!(mouth.left(None), Some(ticket(2)));
        assert_eq!(mouth.left(None), None);
    }

    #[test]
    fn paper_that_was_lost_sight_of_is_never_taken_for_the_next() {
        let mut mouth = Mouth::default();
        mouth.came_out(paper(1, Some(1)));
        // The port fails, a hand takes it, the port is back, and nobody ever tells of it.
        mouth.came_out(paper(2, Some(2)));
        assert_eq!(mouth.left(Some(JobId(2))), Some(ticket(2)));
        assert_eq!(mouth.left(None), None, "a paper of which nobody knows is not the first ticket's");
    }

    #[test]
    fn what_is_told_of_one_job_says_nothing_of_another_ones_paper() {
        let mut mouth = Mouth::default();
        mouth.came_out(paper(7, None));
        assert_eq!(mouth.left(Some(JobId(1))), None, "a job of this process is no paper of before");
        assert_eq!(mouth.left(None), Some(ticket(7)));
        mouth.came_out(paper(7, None));
        mouth.came_out(Out { job: Some(JobId(1)), sheet: Sheet::Nothing });
        assert_eq!(mouth.left(None), Some(Sheet::Nothing));
    }

    #[test]
    fn a_slip_that_hangs_is_no_ticket_to_take() {
        let mut mouth = Mouth::default();
        mouth.came_out(Out { job: Some(JobId(1)), sheet: Sheet::Nothing });
        mouth.not_taken(Some(JobId(1)));
        assert!(!mouth.hangs());
    }
}
