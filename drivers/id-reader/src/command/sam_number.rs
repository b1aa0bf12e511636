//! `12 FF`: which security module is it? Asked once, after opening, for the technician's eyes.

use std::fmt;
use std::time::Duration;

use super::{Answer, Command, NoReply, SHORT, Verb};
use crate::status::DONE;

/// The number of the security module: 16 bytes, little-endian, unlike all else here: two short numbers, a date as
/// a number of eight digits, two long numbers. Written `05.01-20120831-0000123456-0123456789`, as several
/// independent programs write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SamNumber {
    bytes: [u8; 16],
}

impl SamNumber {
    /// From the bytes of the answer.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self { bytes }
    }

    /// The bytes of the answer.
    #[must_use]
    pub const fn bytes(&self) -> [u8; 16] {
        self.bytes
    }
}

impl fmt::Display for SamNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, rest @ ..] = self.bytes;
        let (kind, version) = (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
        write!(f, "{kind:02}.{version:02}")?;
        let (numbers, _none) = rest.as_chunks::<4>();
        for (&number, width) in numbers.iter().zip([8, 10, 10]) {
            write!(f, "-{:0width$}", u32::from_le_bytes(number))?;
        }
        Ok(())
    }
}

/// Asks for the number of the security module. The answer is `00 00 90` and 16 bytes.
pub struct AskSamNumber;

impl Command for AskSamNumber {
    type Reply = SamNumber;
    const VERB: Verb = Verb::SamNumber;
    const WITHIN: Duration = SHORT;

    fn reply(answer: Answer<'_>) -> Result<SamNumber, NoReply> {
        let data = answer.data(DONE, 16)?;
        data.try_into().map(SamNumber::new).map_err(|_length| NoReply::NotToThis)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::reply;
    use super::*;

    #[test]
    fn is_written_as_on_the_module() {
        let content = [
            &[0, 0, 0x90, 5, 0, 1, 0][..],
            &20_120_831_u32.to_le_bytes(),
            &123_456_u32.to_le_bytes(),
            &123_456_789_u32.to_le_bytes(),
        ]
        .concat();
        let number = reply::<AskSamNumber>(&content).unwrap();
        assert_eq!(number.to_string(), "05.01-20120831-0000123456-0123456789");
        assert_eq!(reply::<AskSamNumber>(&content[..18]), Err(NoReply::NotToThis));
    }
}
