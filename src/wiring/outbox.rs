//! The outbox as the uplink sees it: read beside the engine, settled by it, since the store has one writer.

use std::collections::BTreeMap;
use std::sync::mpsc::channel;
use std::time::Duration;

use serde::Serialize;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::domain::id_number::IdKind;
use crate::domain::ids::EventId;
use crate::domain::resident::{PersonName, Resident};
use crate::engine::thread::Mailbox;
use crate::engine::{Input, Verdict};
use crate::store::{OutboxReader, Waiting};
use crate::uplink::delivery::Limits;
use crate::uplink::held::HeldSubjects;
use crate::uplink::outbound::{Outbound, Outcome, Settlement};
use crate::uplink::worker::{Outbox, OutboxError};

/// How long the engine may take to settle a batch.
const PATIENCE: Duration = Duration::from_secs(30);

/// The platform's codes of identity documents, by [`IdKind::code`].
#[derive(Clone, Debug)]
pub struct IdTypes(pub BTreeMap<String, String>);

impl IdTypes {
    fn code(&self, kind: IdKind) -> Option<&str> {
        self.0.get(kind.code()).map(String::as_str)
    }
}

/// The engine's outbox.
#[derive(Debug)]
pub(super) struct EngineOutbox {
    reader: OutboxReader,
    mailbox: Mailbox,
    id_types: IdTypes,
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
        Self { reader, mailbox, id_types }
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
/// # Errors
/// What keeps the event from ever going; it becomes a dead letter.
pub fn wire_event(waiting: &Waiting, id_types: &IdTypes) -> Result<Outbound, String> {
    let joined;
    let body = match &waiting.resident {
        None => waiting.body.as_str(),
        Some(resident) => {
            joined = join(&waiting.body, resident, id_types)?;
            joined.as_str()
        }
    };
    Outbound::new(waiting.event.uuid(), &waiting.subject, waiting.seq, &waiting.kind, &waiting.at, body)
        .map_err(|error| error.to_string())
}

fn join(body: &str, resident: &Resident, id_types: &IdTypes) -> Result<Zeroizing<String>, String> {
    let kind = resident.id.kind();
    let id_type = id_types
        .code(kind)
        .ok_or_else(|| format!("the platform's profile has no id_type for {}", kind.code()))?;
    let resident = WireResident {
        name: resident.name.as_ref().map(PersonName::reveal),
        id_type,
        id_number: resident.id.reveal(),
    };
    let resident = Zeroizing::new(serde_json::to_string(&resident).map_err(|error| error.to_string())?);
    let head = body.strip_suffix('}').ok_or("the stored body is no JSON object")?;
    let comma = if head.ends_with('{') { "" } else { "," };
    let mut joined = Zeroizing::new(String::with_capacity(body.len() + resident.len() + 16));
    for part in [head, comma, "\"resident\":", &resident, "}"] {
        joined.push_str(part);
    }
    Ok(joined)
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
                match wire_event(event, &self.id_types) {
                    Ok(outbound) => {
                        bytes += outbound.encoded().len() + 1;
                        // One more than fits is offered, so that an event too large for any batch is seen.
                        ready.push(outbound);
                        if bytes > limits.bytes {
                            break;
                        }
                    }
                    Err(reason) => wrong.push(Verdict { event: event.event, refused: Some(reason) }),
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
