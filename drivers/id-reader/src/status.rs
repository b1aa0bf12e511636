//! What the module says of a request: three status bytes, of which the third tells.
//!
//! Source: the SAM_V module's communication protocol as its sellers publish it, and several independent programs
//! for such readers.

use std::fmt;

/// The module did what was asked.
pub const DONE: u8 = 0x90;
/// A card was found.
pub const FOUND: u8 = 0x9F;

macro_rules! error_codes {
    ($($code:literal $name:ident $text:literal,)*) => {
        /// Why the module did not do what was asked.
        ///
        /// Codes that are not in the table are kept by number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $(#[doc = concat!("`", stringify!($code), "`: ", $text, ".")] $name,)*
            /// A code that no source names.
            Unlisted(u8),
        }

        impl ErrorCode {
            /// Every code that has a name.
            pub const LISTED: &[Self] = &[$(Self::$name),*];

            /// The third status byte.
            #[must_use]
            pub const fn number(self) -> u8 {
                match self {
                    $(Self::$name => $code,)*
                    Self::Unlisted(number) => number,
                }
            }

            const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                    Self::Unlisted(_) => "unlisted error",
                }
            }
        }

        impl From<u8> for ErrorCode {
            fn from(number: u8) -> Self {
                match number {
                    $($code => Self::$name,)*
                    other => Self::Unlisted(other),
                }
            }
        }
    };
}

error_codes! {
    0x10 Checksum "the request's check byte is wrong",
    0x11 Length "the request's length is wrong",
    0x21 UnknownCommand "unknown command",
    0x23 NotPermitted "not permitted",
    0x24 Unknown "unknown error",
    0x31 CardRejectsReader "the card rejects the reader",
    0x32 ReaderRejectsCard "the reader rejects the card",
    0x33 InformationCheck "the card's information does not verify",
    0x37 Fingerprint "the fingerprint does not verify",
    0x3F CardLength "the length of the card's information is wrong",
    0x40 UnknownCardType "unknown type of card",
    0x41 ReadFailed "reading failed",
    0x47 RandomNumber "no random number",
    0x60 SelfTest "the module's self-test failed",
    0x66 NotAuthorised "the module is not authorised",
    0x80 NoCard "no card",
    0x81 SelectFailed "selecting the card failed",
    0x91 NoSuchItem "the card has no such item",
}

impl ErrorCode {
    /// The module itself is at fault: a technician is needed, and asking again is no use.
    #[must_use]
    pub const fn is_reader_fault(self) -> bool {
        matches!(self, Self::SelfTest | Self::NotAuthorised)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:02X})", self.text(), self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_number() {
        let numbers: Vec<u8> = ErrorCode::LISTED.iter().map(|code| code.number()).collect();
        assert_eq!(
            numbers,
            [
                0x10, 0x11, 0x21, 0x23, 0x24, 0x31, 0x32, 0x33, 0x37, 0x3F, 0x40, 0x41, 0x47, 0x60, 0x66,
                0x80, 0x81, 0x91
            ]
        );
        for number in 0..=255 {
            assert_eq!(ErrorCode::from(number).number(), number);
        }
    }

    #[test]
    fn two_codes_are_faults_of_the_reader() {
        let faults: Vec<u8> = (0..=255).filter(|&n| ErrorCode::from(n).is_reader_fault()).collect();
        assert_eq!(faults, [0x60, 0x66]);
    }

    #[test]
    fn unlisted_codes_are_shown_by_number() {
        assert_eq!(ErrorCode::from(0x7E).to_string(), "unlisted error (7E)");
        assert_eq!(ErrorCode::NoCard.to_string(), "no card (80)");
    }
}
