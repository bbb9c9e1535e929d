//! Days.

use std::fmt;
use std::str::FromStr;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
/// How long after midnight in UTC a day ends where it ends last.
const LAST_ZONE_MS: u64 = DAY_MS / 2;

/// A day of the calendar from the year 1970 on, `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    year: u32,
    month: u32,
    of_month: u32,
}

/// The error for a text that is not a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a day; write one such as 2026-12-24, or leave it empty")]
pub struct InvalidDay(String);

impl Day {
    /// Returns whether the day has ended everywhere on earth. `now_ms` is the time since the epoch.
    pub fn has_ended(self, now_ms: u64) -> bool {
        now_ms >= self.ends_ms()
    }

    /// Returns whether the day has begun in UTC.
    pub fn has_begun(self, now_ms: u64) -> bool {
        now_ms >= self.begins_ms()
    }

    /// Returns when the day begins in UTC, in milliseconds since the epoch.
    pub fn begins_ms(self) -> u64 {
        self.since_epoch() * DAY_MS
    }

    /// Returns when the day ends where it ends last.
    pub fn ends_ms(self) -> u64 {
        self.begins_ms() + DAY_MS + LAST_ZONE_MS
    }

    /// Returns the number of days since 1 January 1970.
    fn since_epoch(self) -> u64 {
        let days_of_years: u64 = (1970..self.year).map(|year| if is_leap(year) { 366 } else { 365 }).sum();
        let days_of_months: u32 = (1..self.month).map(|month| days_in(self.year, month)).sum();
        days_of_years + u64::from(days_of_months + self.of_month - 1)
    }

    fn parse(text: &str) -> Option<Self> {
        let is_number = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
        let part = |start: usize, end: usize| text.get(start..end).filter(is_number)?.parse::<u32>().ok();
        let (year, month, of_month) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
        let has_form = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
        let exists =
            year >= 1970 && (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&of_month);
        (has_form && exists).then_some(Self { year, month, of_month })
    }
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl FromStr for Day {
    type Err = InvalidDay;

    fn from_str(text: &str) -> Result<Self, InvalidDay> {
        Self::parse(text).ok_or_else(|| InvalidDay(text.to_owned()))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.of_month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_one_of_the_calendar() {
        for day in ["1970-01-01", "2024-02-29", "2000-02-29", "9999-12-31"] {
            assert_eq!(day.parse::<Day>().unwrap().to_string(), day);
        }
        for other in [
            "",
            "2026-2-1",
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-04-31",
            "2026-04-00",
            "24.12.2026",
            "2026-12-24T00",
            "+026-12-24",
            "2026/12/24",
            "2026-12-2é",
            "<script>",
        ] {
            assert_eq!(other.parse::<Day>(), Err(InvalidDay(other.to_owned())));
        }
    }

    #[test]
    fn a_day_ends_when_it_has_ended_everywhere() {
        let day: Day = "2026-12-24".parse().unwrap();
        // 25 December 2026, 12:00 UTC.
        let end = 1_798_200_000_000;
        assert!(!day.has_ended(end - 1) && day.has_ended(end));
        assert!("1970-01-01".parse::<Day>().unwrap().has_ended(DAY_MS + LAST_ZONE_MS));
    }
}
