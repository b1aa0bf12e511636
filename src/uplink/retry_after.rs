//! `Retry-After` (RFC 9110, 10.2.3): a number of seconds, or a date counted from the platform's own clock.
//!
//! Nonsense counts as absent: it must never stop the uplink.

use std::time::Duration;

/// The longest wait that is believed, one day: a slip of the platform's must not silence a terminal for weeks.
pub const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The wait that the header's value asks for, at most [`LONGEST`]. `platform_now_ms` is the platform's clock
/// (milliseconds since 1970), by which a date is read; a date gone by asks for no wait.
pub fn parse(value: &str, platform_now_ms: i64) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number too long for u64 is still a number: the bound holds.
        return Some(value.parse().map_or(LONGEST, Duration::from_secs).min(LONGEST));
    }
    // The preferred HTTP date is a date of RFC 2822 with the zone GMT; the two obsolete forms are not sent any more.
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    let wait_ms = date.as_millisecond().saturating_sub(platform_now_ms);
    Some(Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0)).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates() {
        // 1994-11-06T08:49:37Z, the example of RFC 9110.
        let date_ms = 784_111_777_000;
        let table = [
            ("0", Some(0)),
            ("120", Some(120_000)),
            (" 7 ", Some(7_000)),
            ("99999999999999999999999", Some(86_400_000)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(30_000)),
            ("Sun, 06 Nov 1994 08:49:06 GMT", Some(0)),
            ("Sat, 06 Nov 2094 08:49:37 GMT", Some(86_400_000)),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("Sun, 99 Nov 1994 08:49:37 GMT", None),
        ];
        for (value, expected) in table {
            let expected = expected.map(Duration::from_millis);
            assert_eq!(parse(value, date_ms - 30_000), expected, "{value}");
        }
    }
}
