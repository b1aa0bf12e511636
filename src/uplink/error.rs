//! Why one exchange with the platform failed, told so that a machine can act on it and a technician knows the next step.
//!
//! Variants are causes. None holds what was sent.

use std::time::Duration;

use crate::uplink::sign::SignatureError;
use crate::uplink::wire::Words;

/// Why the platform gave no usable answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlatformError {
    /// No connection could be made: name, route, port.
    #[error("the platform cannot be reached: {reason}")]
    Unreachable {
        /// What the system said.
        reason: String,
    },
    /// The connection was made and ended before a whole answer: what was sent may have been taken.
    #[error("the connection to the platform broke off: {reason}")]
    BrokenOff {
        /// What the system said.
        reason: String,
    },
    /// Nothing came in time: what was sent may have been taken.
    #[error("the platform did not answer in time ({phase})")]
    Timeout {
        /// Which part of the exchange took too long.
        phase: String,
    },
    /// The other end did not prove by its certificate that it is the platform.
    #[error("the platform's certificate is not accepted: {reason}")]
    Untrusted {
        /// What the TLS library said.
        reason: String,
    },
    /// The answer's signature is missing or wrong: it is no answer, whatever it says.
    #[error("the answer (HTTP {status}) is not the platform's: {source}")]
    BadSignature {
        /// The status it claims.
        status: u16,
        /// What is wrong with the signature.
        source: SignatureError,
    },
    /// The platform finds the terminal's clock too far from its own.
    #[error("the platform's clock differs too much from the terminal's")]
    ClockSkew {
        /// The platform's clock, milliseconds since 1970.
        server_time: i64,
    },
    /// The request was too large for the platform (413).
    #[error("the platform takes less at once")]
    TooLarge {
        /// How long the platform asks to wait.
        retry_after: Option<Duration>,
    },
    /// The platform takes no more from this terminal for now (429).
    #[error("the platform asks to slow down")]
    Throttled {
        /// How long the platform asks to wait.
        retry_after: Option<Duration>,
    },
    /// The platform is out of order for now (5xx).
    #[error("the platform is out of order (HTTP {status})")]
    Unavailable {
        /// The status.
        status: u16,
        /// How long the platform asks to wait.
        retry_after: Option<Duration>,
    },
    /// The platform refused the request as a whole.
    #[error("the platform refused the request (HTTP {status}, {code})")]
    Refused {
        /// The status.
        status: u16,
        /// Its code, as it may stand in logs.
        code: String,
        /// Its words.
        message: Words,
        /// How long the platform asks to wait.
        retry_after: Option<Duration>,
    },
    /// The answer is signed and yet not of the agreed shape.
    #[error("the platform's answer is not understood: {reason}")]
    BadAnswer {
        /// What is wrong with it.
        reason: String,
    },
    /// No request could be made of this; it is a fault of this terminal.
    #[error("the request could not be made: {reason}")]
    BadRequest {
        /// What is wrong with it.
        reason: String,
    },
}

impl PlatformError {
    /// The technician's next step.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "check the network cable, the router and the host in [platform] url",
            Self::BrokenOff { .. } => {
                "check the line; if it stays, ask the platform's operator about its gateway"
            }
            Self::Timeout { .. } => "check the line's quality; if it stays, ask the platform's operator",
            Self::Untrusted { .. } => {
                "check the terminal's clock and [platform] ca_file; a foreign server may answer"
            }
            Self::BadSignature { .. } => {
                "check [platform] sign, key_file and platform_public_key_file with the operator"
            }
            Self::ClockSkew { .. } => {
                "set the terminal's clock; until then the platform's time is used for signing"
            }
            Self::TooLarge { .. } => "nothing to do: smaller batches are sent",
            Self::Throttled { .. } | Self::Unavailable { .. } => "nothing to do: it is tried again by itself",
            Self::Refused { status: 401 | 403, .. } => {
                "check [platform] app_id, sign and the key with the operator"
            }
            Self::Refused { status: 404 | 405, .. } => "check [platform] url and profile with the operator",
            Self::Refused { .. } => "tell the platform's operator the code",
            Self::BadAnswer { .. } => {
                "check [platform] profile; tell the platform's operator what was not understood"
            }
            Self::BadRequest { .. } => {
                "check [platform] url, app_id and the terminal's id for unusual characters"
            }
        }
    }

    /// How long the platform asks to wait, if it does.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooLarge { retry_after }
            | Self::Throttled { retry_after }
            | Self::Unavailable { retry_after, .. }
            | Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether the cause lies in the line or the whole platform, so that no other call would fare better now.
    pub fn concerns_the_whole_platform(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::BrokenOff { .. }
            | Self::Timeout { .. }
            | Self::Untrusted { .. }
            | Self::BadSignature { .. } => true,
            Self::ClockSkew { .. }
            | Self::TooLarge { .. }
            | Self::Throttled { .. }
            | Self::Unavailable { .. }
            | Self::Refused { .. }
            | Self::BadAnswer { .. }
            | Self::BadRequest { .. } => false,
        }
    }
}
