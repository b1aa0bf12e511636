//! What became of papers while the store took nothing: owed to it, in the order in which it happened, and offered
//! again until it takes it. What happens to one paper later never overtakes what happened to it before.

use std::time::Duration;

use super::paper::Printing;
use super::{Engine, Out};
use crate::domain::class::TicketNumber;
use crate::domain::device::PrintResult;
use crate::domain::ids::TicketId;
use crate::domain::time::Now;
use crate::store::StoreError;
use crate::visit::Event;

/// One thing that happened.
#[derive(Debug)]
pub(super) enum Owed {
    /// A print came to that.
    Paper(Printing, PrintResult),
    /// The paper went back into the machine.
    TakenBack(TicketId),
}

/// While the store is told to be in trouble and nothing is owed to it, it is tried so often.
const TRIED_AGAIN: Duration = Duration::from_secs(30);

impl Engine {
    /// Finds out whether the trouble is over: the notice goes by itself, nobody has to try for a number first.
    pub(super) fn try_store(&mut self, now: Now) {
        if !self.store_trouble || !self.owed.is_empty() {
            return;
        }
        if now.mono.saturating_sub(self.store_tried) >= TRIED_AGAIN {
            self.store_tried = now.mono;
            self.store_trouble = self.desk.store_mut().try_writing().is_err();
        }
    }

    /// Offers it all to the store again.
    pub(super) fn settle_owed(&mut self, now: Now, out: &mut Vec<Out>) {
        while let Some(owed) = self.owed.pop_front() {
            let settled = match &owed {
                Owed::Paper(printing, result) => {
                    self.settle_paper(printing, *result, now).map(|ticket| ticket.number)
                }
                Owed::TakenBack(id) => self.cancel_not_taken(*id, now, out),
            };
            match settled {
                Ok(number) => {
                    log::info!("the store took what became of ticket {number}");
                    self.store_trouble = false;
                    out.push(Out::Wake);
                }
                Err(StoreError::Changed) => {}
                Err(_) => {
                    self.owed.push_front(owed);
                    return;
                }
            }
        }
    }

    /// Nobody took the paper: the ticket is cancelled while nobody called it.
    pub(super) fn taken_back(&mut self, id: TicketId, now: Now, out: &mut Vec<Out>) {
        if !self.owed.is_empty() {
            // The ticket itself may be owed still.
            return self.owed.push_back(Owed::TakenBack(id));
        }
        match self.cancel_not_taken(id, now, out) {
            Ok(_) => out.push(Out::Wake),
            Err(StoreError::Changed) => log::warn!("a ticket was taken back after it had been settled"),
            // It is an earlier resident's ticket: whoever stands here now is not told of it.
            Err(error) => {
                log::error!("the store took nothing: {error}; {}", error.advice());
                self.store_trouble = true;
                self.owed.push_back(Owed::TakenBack(id));
            }
        }
    }

    fn cancel_not_taken(
        &mut self,
        id: TicketId,
        now: Now,
        out: &mut Vec<Out>,
    ) -> Result<TicketNumber, StoreError> {
        self.hall = None;
        let ticket = self.desk.cancel(id, "not_taken", now)?;
        self.tell_visit(Event::Cancelled(id), now, out);
        Ok(ticket.number)
    }
}
