//! Names of things that never clash, whichever terminal made them.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

/// Ten random bytes, the part of an id that no other terminal makes.
pub type IdSalt = [u8; 10];

/// The business day (业务日): a date in the site's time zone, decided when its first ticket was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BusinessDay(pub Date);

impl fmt::Display for BusinessDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A ticket's id: UUIDv7, so that rows stand in the order in which they were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TicketId(Uuid);

/// An event's id: UUIDv7, and the key by which the platform takes an event once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventId(Uuid);

macro_rules! uuid_id {
    ($name:ident) => {
        impl $name {
            /// A new id of that instant.
            #[must_use]
            pub fn new(at: Timestamp, salt: &IdSalt) -> Self {
                // Times before 1970 can't be told in a UUIDv7; the random part still keeps ids apart.
                let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, salt).into_uuid())
            }

            /// The id that a store row or a platform's answer names.
            #[must_use]
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The id that a text names.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Uuid::try_parse(text).ok().map(Self)
            }

            /// As the store keeps it.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// As a UUID.
            #[must_use]
            pub fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

uuid_id!(TicketId);
uuid_id!(EventId);

/// What a resident may show for a ticket, on paper as a QR: ten characters that nobody guesses.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TicketCode(String);

impl TicketCode {
    /// Characters that are not mistaken for one another (Crockford's base 32).
    const ALPHABET: &'static [u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// Fifty bits of `random` as ten characters.
    #[must_use]
    pub fn new(random: &[u8; 10]) -> Self {
        Self(random.iter().map(|byte| char::from(Self::ALPHABET[usize::from(byte & 31)])).collect())
    }

    /// The code that a store row names.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address that a QR holds: `page` with this code for its `{code}`.
    #[must_use]
    pub fn within(&self, page: &str) -> String {
        page.replace("{code}", &self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_stand_in_the_order_of_time() {
        let early = TicketId::new(Timestamp::from_millisecond(1_000).unwrap(), &[0xFF; 10]);
        let late = TicketId::new(Timestamp::from_millisecond(1_001).unwrap(), &[0; 10]);
        assert!(early < late);
        assert_eq!(early.uuid().get_version_num(), 7);
        assert_eq!(TicketId::parse(&early.to_string()), Some(early));
        assert_eq!(TicketId::from_bytes(*early.as_bytes()), early);
        let before_1970 = TicketId::new(Timestamp::from_millisecond(-5).unwrap(), &[1; 10]);
        assert_ne!(before_1970, TicketId::new(Timestamp::from_millisecond(-5).unwrap(), &[2; 10]));
    }

    #[test]
    fn a_code_is_ten_plain_characters() {
        let code = TicketCode::new(&[0, 31, 32, 63, 64, 255, 7, 8, 9, 10]);
        assert_eq!(code.as_str(), "0Z0Z0Z789A");
    }
}
