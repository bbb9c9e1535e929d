//! The header field `Retry-After` (RFC 9110, section 10.2.3).

use std::time::Duration;

use jiff::fmt::rfc2822::DateTimeParser;

/// The longest pause that an endpoint may choose.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(1);

/// Reads a `Retry-After` header (RFC 9110, section 10.2.3): seconds, or a date.
pub fn retry_after(header: &str, now_ms: u64) -> Option<Duration> {
    let header = header.trim();
    let seconds = header.parse().ok().map(Duration::from_secs);
    let until_date = || http_date_ms(header).map(|at_ms| Duration::from_millis(at_ms.saturating_sub(now_ms)));
    seconds.or_else(until_date).map(|after| after.min(RETRY_AFTER_MAX))
}

/// Parses a date, such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7), in milliseconds since the epoch.
fn http_date_ms(text: &str) -> Option<u64> {
    static DATES: DateTimeParser = DateTimeParser::new();
    u64::try_from(DATES.parse_timestamp(text).ok()?.as_millisecond()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now_ms = 784_111_777_000;
        for (header, expected) in [
            ("0", Some(0)),
            (" 120 ", Some(120)),
            ("86400", Some(3_600)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(0)),
            ("Sun, 06 Nov 1994 08:50:07 GMT", Some(30)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", Some(0)),
            ("Tue, 29 Feb 2028 00:00:00 GMT", Some(3_600)),
            ("Sun, 06 Nov 1994 25:49:37 GMT", None),
            ("Sun, 06 Foo 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 08:49:37", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(retry_after(header, now_ms), expected.map(Duration::from_secs), "{header:?}");
        }
    }

    proptest! {
        #[test]
        fn no_header_is_too_strange(header in ".{0,40}", now_ms: u64) {
            prop_assert!(retry_after(&header, now_ms).is_none_or(|after| after <= RETRY_AFTER_MAX));
        }
    }
}
