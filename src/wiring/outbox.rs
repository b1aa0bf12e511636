//! The outbox as the uplink sees it: read beside the engine, settled by it, since the store has one writer.

use std::collections::HashSet;
use std::sync::mpsc::channel;
use std::time::Duration;

use serde::Serialize;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::domain::ids::EventId;
use crate::domain::resident::{PersonName, Resident};
use crate::engine::thread::Mailbox;
use crate::engine::{Input, Verdict};
use crate::store::{OutboxReader, Waiting};
use crate::uplink::delivery::Limits;
use crate::uplink::held::HeldSubjects;
use crate::uplink::outbound::{BadEvent, Outbound, Outcome, Settlement};
use crate::uplink::profile::IdTypes;
use crate::uplink::worker::{Outbox, OutboxError};

/// How long the engine may take to settle a batch.
const PATIENCE: Duration = Duration::from_secs(30);

/// The engine's outbox.
#[derive(Debug)]
pub(super) struct EngineOutbox {
    reader: OutboxReader,
    mailbox: Mailbox,
    id_types: IdTypes,
    /// Events whose lost resident was told in the log already.
    without_resident: HashSet<EventId>,
}

/// A resident on the wire.
#[derive(Serialize)]
struct WireResident<'r> {
    name: Option<&'r str>,
    id_type: &'r str,
    id_number: &'r str,
}

impl EngineOutbox {
    pub(super) fn new(reader: OutboxReader, mailbox: Mailbox, id_types: IdTypes) -> Self {
        Self { reader, mailbox, id_types, without_resident: HashSet::new() }
    }

    fn settle_by_engine(&self, verdicts: Vec<Verdict>) -> Result<(), OutboxError> {
        let failed = |reason: String| OutboxError { reason };
        let (sender, receiver) = channel();
        if !self.mailbox.put(Input::Settle(verdicts, sender)) {
            return Err(failed("the terminal is ending".to_owned()));
        }
        match receiver.recv_timeout(PATIENCE) {
            Ok(settled) => settled.map_err(|error| failed(error.to_string())),
            Err(_) => Err(failed("the engine did not answer".to_owned())),
        }
    }
}

/// A waiting event as it goes on the wire: the resident joins the body, their document by the platform's own code.
///
/// Where the resident's row does not open, the event goes without them, as that of a resident who was erased does:
/// kept back here, its seq would be missing at the platform, which then holds back all that follows in its subject,
/// while a platform that insists on the resident refuses the event by name and goes on.
///
/// # Errors
/// What keeps the event from ever going: its row is no event. It becomes a dead letter.
fn wire_event(waiting: &Waiting, id_types: &IdTypes) -> Result<Outbound, BadEvent> {
    let joined;
    let body = match &waiting.resident {
        Ok(None) | Err(_) => waiting.body.as_str(),
        Ok(Some(resident)) => {
            joined = join(&waiting.body, resident, id_types)
                .ok_or_else(|| BadEvent::Body { id: waiting.event.uuid() })?;
            joined.as_str()
        }
    };
    Outbound::new(waiting.event.uuid(), &waiting.subject, waiting.seq, &waiting.kind, &waiting.at, body)
}

fn join(body: &str, resident: &Resident, id_types: &IdTypes) -> Option<Zeroizing<String>> {
    let resident = WireResident {
        name: resident.name.as_ref().map(PersonName::reveal),
        id_type: id_types.code(resident.id.kind()),
        id_number: resident.id.reveal(),
    };
    let resident = Zeroizing::new(serde_json::to_string(&resident).ok()?);
    let head = body.strip_suffix('}')?;
    let comma = if head.ends_with('{') { "" } else { "," };
    let mut joined = Zeroizing::new(String::with_capacity(body.len() + resident.len() + 16));
    for part in [head, comma, "\"resident\":", &resident, "}"] {
        joined.push_str(part);
    }
    Some(joined)
}

impl Outbox for EngineOutbox {
    fn pending(&mut self, limits: &Limits, held: &HeldSubjects) -> Result<Vec<Outbound>, OutboxError> {
        loop {
            let waiting = self
                .reader
                .waiting(limits.events, |subject| !held.contains(subject))
                .map_err(|error| OutboxError { reason: error.to_string() })?;
            let (mut ready, mut wrong, mut bytes) = (Vec::new(), Vec::new(), 0);
            for event in &waiting {
                if let Err(error) = &event.resident
                    && self.without_resident.insert(event.event)
                {
                    log::error!("event {} goes without its resident: {error}", event.event);
                }
                match wire_event(event, &self.id_types) {
                    Ok(outbound) => {
                        bytes += outbound.encoded().len() + 1;
                        // One more than fits is offered, so that an event too large for any batch is seen.
                        ready.push(outbound);
                        if bytes > limits.bytes {
                            break;
                        }
                    }
                    Err(bad) => wrong.push(Verdict { event: event.event, refused: Some(bad.to_string()) }),
                }
            }
            // Rows that can never be sent become dead letters at once, so that they hold nobody up.
            if wrong.is_empty() {
                return Ok(ready);
            }
            self.settle_by_engine(wrong)?;
        }
    }

    fn settle(&mut self, settlements: Vec<Settlement>) -> Result<(), OutboxError> {
        let verdicts = settlements
            .into_iter()
            .map(|settlement| Verdict {
                event: event_id(settlement.id),
                refused: match settlement.outcome {
                    Outcome::Delivered { .. } => None,
                    // The platform's words may repeat what was sent; the store keeps its code alone in clear.
                    Outcome::Dead(reason) => Some(reason.code),
                },
            })
            .collect();
        self.settle_by_engine(verdicts)
    }
}

fn event_id(id: Uuid) -> EventId {
    EventId::from_bytes(*id.as_bytes())
}

#[cfg(test)]
mod month_tests;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id_number::IdNumber;
    use crate::store::StoreError;
    use crate::uplink::profile::Profile;

    fn waiting(body: &str, resident: Result<Option<Resident>, StoreError>) -> Waiting {
        Waiting {
            event: EventId::from_bytes([7; 16]),
            subject: "ticket/1".to_owned(),
            seq: 1,
            kind: "ticket.issued".to_owned(),
            at: "2026-11-24T09:00:00+08:00".to_owned(),
            body: body.to_owned(),
            resident,
        }
    }

    fn body_of(waiting: &Waiting) -> serde_json::Value {
        let id_types = Profile::shipped("open").unwrap().id_types;
        let event = wire_event(waiting, &id_types).unwrap();
        let whole: serde_json::Value = serde_json::from_str(event.encoded()).unwrap();
        whole["body"].clone()
    }

    #[test]
    fn a_resident_joins_the_body_by_the_platforms_code() {
        // Made-up people.
        let mut resident = Resident::typed(IdNumber::parse("11010519491231002X").unwrap());
        resident.name = Some(PersonName::new("测试\"甲"));
        let expected =
            serde_json::json!({"name": "测试\"甲", "id_type": "111", "id_number": "11010519491231002X"});
        for body in ["{\"by\":\"T01\"}", "{}"] {
            assert_eq!(body_of(&waiting(body, Ok(Some(resident.clone()))))["resident"], expected, "{body}");
        }
    }

    #[test]
    fn a_resident_that_does_not_open_keeps_no_event_back() {
        let lost = waiting("{\"by\":\"T01\"}", Err(StoreError::Damaged("a row does not open".to_owned())));
        assert_eq!(body_of(&lost), serde_json::json!({"by": "T01"}));
    }

    #[test]
    fn a_row_that_is_no_event_is_told_apart() {
        let id_types = Profile::shipped("open").unwrap().id_types;
        let resident = Resident::typed(IdNumber::parse("11010519491231002X").unwrap());
        for body in ["", "{", "[]", "{} "] {
            let bad = wire_event(&waiting(body, Ok(Some(resident.clone()))), &id_types);
            assert!(matches!(bad, Err(BadEvent::Body { .. })), "{body:?}: {bad:?}");
        }
    }
}
