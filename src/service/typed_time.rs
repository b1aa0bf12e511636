//! Date and time while a technician types them: twelve digits, `2026 11 25 09 05`, in the site's time zone.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The digits so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedTime(String);

impl TypedTime {
    /// Year, month, day, hour and minute.
    pub const LENGTH: usize = 12;

    /// Takes a digit where there is room for one more.
    pub fn push(&mut self, key: char) {
        if key.is_ascii_digit() && self.0.len() < Self::LENGTH {
            self.0.push(key);
        }
    }

    /// Takes the last digit away.
    pub fn pop(&mut self) {
        self.0.pop();
    }

    /// The digits so far.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// Whether all of them are there.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.0.len() == Self::LENGTH
    }

    /// The instant that they name; `None` where there is no such day or hour.
    #[must_use]
    pub fn instant(&self, zone: &TimeZone) -> Option<Timestamp> {
        let number = |from: usize, to: usize| self.0.get(from..to)?.parse::<i16>().ok();
        let small = |from: usize| number(from, from + 2).and_then(|value| i8::try_from(value).ok());
        let at = DateTime::new(number(0, 4)?, small(4)?, small(6)?, small(8)?, small(10)?, 0, 0).ok()?;
        zone.to_timestamp(at).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_digits_are_an_instant_of_the_sites_zone() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let typed = |text: &str| {
            let mut typed = TypedTime::default();
            text.chars().for_each(|key| typed.push(key));
            typed
        };
        let told = |text: &str| typed(text).instant(&zone).map(|at| at.to_string());
        assert_eq!(told("202611250905").unwrap(), "2026-11-25T01:05:00Z");
        assert_eq!(told("202611250905x7").unwrap(), "2026-11-25T01:05:00Z");
        for wrong in
            ["", "20261125", "20261125090", "202613250905", "202602300905", "202611252405", "202611250960"]
        {
            assert_eq!(told(wrong), None, "{wrong}");
        }
        assert_eq!(typed("2026").digits(), "2026");
    }
}
