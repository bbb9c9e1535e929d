//! What the language model costs a shop, how much of its budget that is, and what it will cost at this rate.

use std::collections::BTreeMap;

use capabilities::llm::budget::{Day, Limits, Used};
use jiff::{Timestamp, civil::Date, tz::Offset};

use crate::usage::Counts;

/// The costs of so many complete days make the rate.
pub const RATE_DAYS: u32 = 7;
/// If less of a budget is left, in millionths of a dollar, it counts as spent: a question may cost more.
const LEFT_MIN: u64 = 20_000;

/// What the language model costs a shop. Amounts are in millionths of a dollar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spending {
    /// Today (UTC).
    pub today: Spent,
    /// In this month of the calendar (UTC), up to now.
    pub month: Spent,
    /// What will come of it; `None` if no complete day is known.
    pub forecast: Option<Forecast>,
    /// Today, in UTC.
    day: Date,
}

/// The use of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// What calls cost, and what those that are under way may cost.
    pub used: u64,
    /// The most that they may cost, if there is a limit.
    pub limit: Option<u64>,
}

/// How much of a limit is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Less than the soft limit, or there is no limit.
    Within,
    /// The soft limit: pages of newcomers are planned without the model.
    Nearly,
    /// All of it: pages are planned without the model.
    All,
}

/// What a month costs if all its other days cost as much as the last ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forecast {
    /// The cost of the whole month, without regard to its limit.
    pub month: u64,
    /// The day on which the month's limit is reached, if it is, counted from 1970-01-01.
    pub spent_on: Option<u32>,
}

impl Spending {
    /// Returns what was spent of these limits, and what will be, from what complete days cost.
    pub fn of(limits: Limits, used: Used, costs: &BTreeMap<u32, Counts>, now_ms: u64) -> Self {
        let (day, today) = (Day::at(now_ms), date(now_ms));
        let month = Spent { used: used.month_microdollars, limit: limits.microdollars_per_month };
        let rest = Rest { today, spent_today: used.of_day.microdollars };
        Self {
            today: Spent { used: used.of_day.microdollars, limit: limits.microdollars_per_day },
            month,
            forecast: rate(costs, day.number).map(|rate| rest.at(rate, month)),
            day: today,
        }
    }

    /// Returns the day on which the month's budget will be spent at this rate, if it is not spent yet, counted from
    /// 1970-01-01.
    pub fn spent_on(&self) -> Option<u32> {
        self.forecast?.spent_on.filter(|_| self.month.level() != Level::All)
    }

    /// Returns the first day on which the budget that is spent is not, counted from 1970-01-01.
    pub fn renewed_on(&self) -> u32 {
        let last = if self.month.level() == Level::All { self.day.last_of_month() } else { self.day };
        number(last) + 1
    }

    /// Returns the use of the limit with the largest used share.
    pub fn level(&self) -> Level {
        self.today.level().max(self.month.level())
    }
}

impl Spent {
    /// Returns how much of the limit is spent.
    pub fn level(self) -> Level {
        let Some(limit) = self.limit else { return Level::Within };
        let soft = Limits { microdollars_per_day: Some(limit), ..Limits::default() }.soft();
        if self.used + LEFT_MIN > limit {
            Level::All
        } else if soft.microdollars_per_day.is_some_and(|soft| self.used >= soft) {
            Level::Nearly
        } else {
            Level::Within
        }
    }
}

/// The rest of a month.
struct Rest {
    today: Date,
    spent_today: u64,
}

impl Rest {
    /// Returns what comes of a rate, in millionths of a dollar a day.
    fn at(&self, rate: u64, month: Spent) -> Forecast {
        let left_today = rate.saturating_sub(self.spent_today);
        let days_left = u64::try_from(self.today.days_in_month() - self.today.day()).unwrap_or_default();
        let cost = month.used.saturating_add(left_today).saturating_add(rate.saturating_mul(days_left));
        let spent_on = month.limit.filter(|limit| cost > *limit).map(|limit| {
            let after_today = limit.saturating_sub(month.used.saturating_add(left_today));
            let is_today = month.used.saturating_add(left_today) > limit;
            let days = if is_today { 0 } else { 1 + after_today.checked_div(rate).unwrap_or_default() };
            let in_days = self.today.day().saturating_add(i8::try_from(days).unwrap_or(i8::MAX));
            let of_month = in_days.min(self.today.days_in_month());
            number(self.today.with().day(of_month).build().unwrap_or(self.today))
        });
        Forecast { month: cost, spent_on }
    }
}

/// Returns the average cost of the last complete days; `None` if no complete day is known.
fn rate(costs: &BTreeMap<u32, Counts>, today: u64) -> Option<u64> {
    let today = u32::try_from(today).ok()?;
    let known = costs.range(today.saturating_sub(RATE_DAYS)..today);
    let first = known.clone().next().map(|(day, _)| *day)?;
    let sum: u64 = known.map(|(_, counts)| counts.cost_microdollars).sum();
    Some(sum / u64::from(today - first))
}

/// Returns the number of a day since 1970-01-01.
fn number(date: Date) -> u32 {
    let days = date.duration_since(jiff::civil::date(1970, 1, 1)).as_hours() / 24;
    u32::try_from(days).unwrap_or_default()
}

fn date(now_ms: u64) -> Date {
    let time = i64::try_from(now_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    Offset::UTC.to_datetime(time.unwrap_or_default()).date()
}

#[cfg(test)]
mod tests {
    use capabilities::llm::budget::Amount;

    use super::*;

    /// Noon on 10 December 2026.
    const NOW_MS: u64 = 1_796_904_000_000;
    const TODAY: u32 = 20_797;

    fn days(costs: &[u64]) -> BTreeMap<u32, Counts> {
        let first = TODAY - u32::try_from(costs.len()).unwrap();
        let counts = |cost: &u64| Counts { cost_microdollars: *cost, ..Counts::default() };
        (first..).zip(costs.iter().map(counts)).collect()
    }

    fn spending(per_month: Option<u64>, used: (u64, u64), costs: &[u64]) -> Spending {
        let limits = Limits { microdollars_per_month: per_month, ..Limits::default() };
        let of_day = Amount { tokens: 1, microdollars: used.0 };
        Spending::of(limits, Used { of_day, month_microdollars: used.1 }, &days(costs), NOW_MS)
    }

    #[test]
    fn a_month_costs_what_its_days_cost_at_the_rate_of_the_last_ones() {
        // A dollar a day; today, which is not over, 0.40 so far. 21 days of the month follow.
        let calm = spending(None, (400_000, 9_400_000), &[1_000_000; 7]);
        assert_eq!(calm.forecast, Some(Forecast { month: 31_000_000, spent_on: None }));
        assert_eq!((calm.renewed_on(), TODAY), (TODAY + 1, 20_797));
        assert_eq!(spending(Some(1), (0, 0), &[]).renewed_on(), TODAY + 22, "1 January");
        let of_two_days = spending(None, (0, 0), &[1_000_000, 3_000_000]);
        assert_eq!(of_two_days.forecast.map(|forecast| forecast.month), Some(44_000_000));
        let quiet_since = spending(None, (0, 700_000), &[700_000, 0, 0, 0, 0, 0, 0]);
        assert_eq!(quiet_since.forecast.map(|forecast| forecast.month), Some(2_900_000));
        assert_eq!(spending(Some(1), (0, 0), &[]).forecast, None, "no complete day is known");
    }

    #[test]
    fn it_says_on_which_day_a_budget_will_be_spent() {
        let on = |limit, used| {
            spending(Some(limit), used, &[1_000_000; 7]).forecast.and_then(|forecast| forecast.spent_on)
        };
        let day = |of_december: u32| Some(TODAY - 10 + of_december);
        assert_eq!(on(31_000_000, (400_000, 9_400_000)), None);
        assert_eq!(on(30_500_000, (400_000, 9_400_000)), day(31));
        assert_eq!(on(12_500_000, (400_000, 9_400_000)), day(13));
        assert_eq!(on(9_900_000, (400_000, 9_400_000)), day(10));
        assert_eq!(on(5_000_000, (400_000, 9_400_000)), day(10));
    }

    #[test]
    fn a_budget_is_spent_before_its_last_cents() {
        for (limit, used, level) in [
            (None, 1 << 40, Level::Within),
            (Some(10_000_000), 7_999_999, Level::Within),
            (Some(10_000_000), 8_000_000, Level::Nearly),
            (Some(10_000_000), 9_980_000, Level::Nearly),
            (Some(10_000_000), 9_980_001, Level::All),
            (Some(0), 0, Level::All),
        ] {
            assert_eq!(Spent { used, limit }.level(), level, "{used} of {limit:?}");
        }
    }
}
