//! Events: what the provincial platform is told, one for each thing that happened.
//!
//! An event belongs to a subject and is counted in it, from 1 without gaps. Its body holds no personal data:
//! who the resident is stands in the store's person row and joins the body only on the wire.

use std::fmt;

use serde::Serialize;

use super::ids::{EventId, TicketId};

/// What an event is about: `ticket/0193…`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A ticket.
    Ticket(TicketId),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ticket(id) => write!(f, "ticket/{id}"),
        }
    }
}

/// What happened, with its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A number came into somebody's hand.
    TicketIssued(TicketIssued),
    /// The same number was printed once more (补打).
    TicketReprinted(TicketChange),
    /// A reserved number is lost: its paper never came out.
    TicketVoid(TicketChange),
    /// A number that was kept aside holds again: a clerk saw its paper. Follows `ticket.issued` in its subject.
    TicketReinstated(TicketChange),
    /// A ticket was left at the day's close.
    TicketExpired(TicketChange),
    /// A ticket was given up before it was called.
    TicketCancelled(TicketChange),
}

/// Body of `ticket.issued`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TicketIssued {
    /// The terminal that gave it out.
    pub by: String,
    /// `A023`.
    pub number: String,
    /// The class's letter.
    pub class: String,
    /// `2026-11-24`.
    pub business_day: String,
    /// [`super::ticket::Channel::code`].
    pub channel: &'static str,
    /// [`super::priority::Priority::code`] of each reason.
    pub priority: Vec<&'static str>,
    /// Those who waited in the class before it.
    pub people_ahead: u32,
    /// [`super::ticket::PrintSurety::code`].
    pub print: &'static str,
}

/// Body of the other ticket events: who, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TicketChange {
    /// Terminal, window or staff number.
    pub by: String,
    /// A word for the cause; absent where the kind says it all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

impl Happening {
    /// The kind on the wire.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::TicketIssued(_) => "ticket.issued",
            Self::TicketReprinted(_) => "ticket.reprinted",
            Self::TicketVoid(_) => "ticket.void",
            Self::TicketReinstated(_) => "ticket.reinstated",
            Self::TicketExpired(_) => "ticket.expired",
            Self::TicketCancelled(_) => "ticket.cancelled",
        }
    }

    /// The body as JSON, without the resident.
    ///
    /// # Errors
    /// None that a value of these types can cause; the serializer's signature asks for it.
    pub fn body(&self) -> Result<String, serde_json::Error> {
        match self {
            Self::TicketIssued(body) => serde_json::to_string(body),
            Self::TicketReprinted(body)
            | Self::TicketVoid(body)
            | Self::TicketReinstated(body)
            | Self::TicketExpired(body)
            | Self::TicketCancelled(body) => serde_json::to_string(body),
        }
    }

    /// Whether the body on the wire names the resident.
    #[must_use]
    pub fn names_resident(&self) -> bool {
        matches!(self, Self::TicketIssued(_))
    }
}

/// Which dead letters (死信) are meant: events that the platform refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadLetters {
    /// All of them.
    All,
    /// This one.
    One(EventId),
}

impl fmt::Display for DeadLetters {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => out.write_str("all"),
            Self::One(event) => event.fmt(out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_have_the_platforms_names() {
        let issued = Happening::TicketIssued(TicketIssued {
            by: "T01".into(),
            number: "A023".into(),
            class: "A".into(),
            business_day: "2026-11-24".into(),
            channel: "card",
            priority: vec!["elder"],
            people_ahead: 5,
            print: "confirmed",
        });
        assert_eq!(
            issued.body().unwrap(),
            r#"{"by":"T01","number":"A023","class":"A","business_day":"2026-11-24","channel":"card","priority":["elder"],"people_ahead":5,"print":"confirmed"}"#
        );
        let void = Happening::TicketVoid(TicketChange { by: "T01".into(), reason: Some("paper_out") });
        assert_eq!(
            (void.kind(), void.body().unwrap().as_str()),
            ("ticket.void", r#"{"by":"T01","reason":"paper_out"}"#)
        );
    }
}
