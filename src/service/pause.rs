//! How long nobody may try a PIN: five wrong ones in a row cost a minute, each further one twice as much.

use std::time::Duration;

/// Wrong ones in a row that cost nothing yet, and one more.
pub const FREE: u32 = 5;
/// What the fifth costs.
const FIRST: Duration = Duration::from_secs(60);
/// A technician who comes after somebody played with the keys waits no longer than this.
const LONGEST: Duration = Duration::from_secs(3_600);

/// The pause after so many wrong ones in a row.
#[must_use]
pub fn after(failures: u32) -> Option<Duration> {
    let over = failures.checked_sub(FREE)?;
    Some(FIRST.saturating_mul(2_u32.saturating_pow(over)).min(LONGEST))
}

/// How many tries there are before the next pause, after so many wrong ones.
#[must_use]
pub fn tries_left(failures: u32) -> u32 {
    FREE.saturating_sub(failures).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_then_twice_as_long_up_to_an_hour() {
        let seconds = |failures| after(failures).map(|pause| pause.as_secs());
        assert_eq!([0, 1, 4].map(seconds), [None, None, None]);
        let told = [5, 6, 7, 10, 11, 12, 40, u32::MAX].map(seconds);
        assert_eq!(told, [60, 120, 240, 1_920, 3_600, 3_600, 3_600, 3_600].map(Some));
        assert_eq!([0, 1, 4, 5, 9].map(tries_left), [5, 4, 1, 1, 1]);
    }
}
