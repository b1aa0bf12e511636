//! Papers that came out and may still hang in the dispenser's mouth, until the driver tells what became of them.

use std::collections::VecDeque;

use crate::domain::ids::TicketId;
use crate::peripherals::JobId;

/// The next paper comes out only when the one before has left the mouth, and what became of that was told before. What
/// is still noted then was lost sight of (the port failed) and is not there any more: a printer without a presenter
/// never tells.
const MOST: usize = 1;

/// A paper that came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Out {
    /// `None` for paper that an earlier process printed.
    pub(super) job: Option<JobId>,
    pub(super) ticket: TicketId,
    /// The number is in somebody's hand on another paper already.
    pub(super) reprint: bool,
}

/// The papers, the newest last.
#[derive(Debug, Default)]
pub(super) struct Mouth {
    papers: VecDeque<Out>,
    hangs: Option<TicketId>,
}

impl Mouth {
    /// A paper came out.
    pub(super) fn came_out(&mut self, paper: Out) {
        self.papers.push_back(paper);
        while self.papers.len() > MOST {
            self.papers.pop_front();
        }
        self.hangs = None;
    }

    /// It is called out, not taken.
    pub(super) fn not_taken(&mut self, job: Option<JobId>) {
        self.hangs = self.place(job).and_then(|place| self.papers.get(place)).map(|paper| paper.ticket);
    }

    /// It left the mouth; which one it was.
    pub(super) fn left(&mut self, job: Option<JobId>) -> Option<Out> {
        let paper = self.papers.remove(self.place(job)?)?;
        if self.hangs == Some(paper.ticket) {
            self.hangs = None;
        }
        Some(paper)
    }

    /// Whether a paper hangs there that somebody should take.
    pub(super) fn hangs(&self) -> bool {
        self.hangs.is_some()
    }

    /// A paper of no job, and any paper after a restart, is the newest one.
    fn place(&self, job: Option<JobId>) -> Option<usize> {
        let newest = self.papers.len().checked_sub(1)?;
        match job {
            None => Some(newest),
            Some(job) => self
                .papers
                .iter()
                .position(|paper| paper.job == Some(job))
                .or_else(|| self.papers.iter().position(|paper| paper.job.is_none())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paper(number: u8, job: Option<u64>) -> Out {
        Out { job: job.map(JobId), ticket: TicketId::from_bytes([number; 16]), reprint: false }
    }

    #[test]
    fn an_older_paper_is_known_while_the_next_is_printed() {
        let mut mouth = Mouth::default();
        mouth.came_out(paper(1, Some(1)));
        mouth.not_taken(Some(JobId(1)));
        assert!(mouth.hangs());
        assert_eq!(mouth.left(Some(JobId(1))), Some(paper(1, Some(1))));
        assert_eq!(mouth.left(Some(JobId(1))), None);
        mouth.came_out(paper(2, Some(2)));
        assert_eq!(mouth.left(None), Some(paper(2, Some(2))));
        assert_eq!(mouth.left(None), None);
    }

    #[test]
    fn paper_that_was_lost_sight_of_is_never_taken_for_the_next() {
        let mut mouth = Mouth::default();
        mouth.came_out(paper(1, Some(1)));
        // The port fails, a hand takes it, the port is back, and nobody ever tells of it.
        mouth.came_out(paper(2, Some(2)));
        assert_eq!(mouth.left(Some(JobId(2))), Some(paper(2, Some(2))));
        assert_eq!(mouth.left(None), None, "a paper of which nobody knows is not the first ticket's");
    }

    #[test]
    fn a_printer_that_never_tells_fills_no_memory() {
        let mut mouth = Mouth::default();
        for number in 0..100 {
            mouth.came_out(paper(number, Some(number.into())));
        }
        assert_eq!(mouth.papers.len(), MOST);
    }

    #[test]
    fn paper_of_an_earlier_process_is_found_by_any_name() {
        let mut mouth = Mouth::default();
        mouth.came_out(paper(7, None));
        assert_eq!(mouth.left(Some(JobId(1))), Some(paper(7, None)));
    }
}
