//! The header field `Retry-After` (RFC 9110, section 10.2.3).

use std::time::Duration;

/// The longest pause that an endpoint may choose.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(1);

/// Reads a `Retry-After` header (RFC 9110, section 10.2.3): seconds, or a date.
pub fn retry_after(header: &str, now_ms: u64) -> Option<Duration> {
    let header = header.trim();
    let seconds = header.parse().ok().map(Duration::from_secs);
    let until_date = || http_date_ms(header).map(|at_ms| Duration::from_millis(at_ms.saturating_sub(now_ms)));
    seconds.or_else(until_date).map(|after| after.min(RETRY_AFTER_MAX))
}

/// Parses a date in the form that senders must use (RFC 9110, section 5.6.7), such as `Sun, 06 Nov 1994 08:49:37 GMT`,
/// in milliseconds since the epoch.
fn http_date_ms(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let words: Vec<&str> = text.split(' ').collect();
    let [_weekday, day, month, year, time, "GMT"] = words[..] else { return None };
    let clock: Vec<u64> = time.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [hours, minutes, seconds] = clock[..] else { return None };
    let month = MONTHS.iter().position(|name| *name == month)? as u64 + 1;
    let days = days_since_epoch(year.parse().ok()?, month, day.parse().ok()?)?;
    let in_range = hours < 24 && minutes < 60 && seconds <= 60;
    in_range.then_some((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000)
}

/// Returns the days from 1 January 1970 to a day of the Gregorian calendar. Years start in March here, so that a leap
/// day is the last day of its year.
fn days_since_epoch(year: u64, month: u64, day: u64) -> Option<u64> {
    /// From 1 March of the year 0 to the epoch.
    const EPOCH: u64 = 719_468;
    if !(1970..=9999).contains(&year) || !(1..=31).contains(&day) {
        return None;
    }
    let (year, months_since_march) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days_before_month = (153 * months_since_march + 2) / 5;
    Some(365 * year + year / 4 - year / 100 + year / 400 + days_before_month + day - 1 - EPOCH)
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

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(days_since_epoch(1970, 1, 1), Some(0));
        assert_eq!(days_since_epoch(1994, 11, 6), Some(784_111_777 / 86_400));
        assert_eq!(days_since_epoch(2000, 3, 1), Some(11_017));
        assert_eq!(days_since_epoch(2024, 2, 29), Some(19_782));
    }

    proptest! {
        #[test]
        fn no_header_is_too_strange(header in ".{0,40}", now_ms: u64) {
            prop_assert!(retry_after(&header, now_ms).is_none_or(|after| after <= RETRY_AFTER_MAX));
        }
    }
}
