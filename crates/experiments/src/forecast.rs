//! How many more days it takes until an interval shows a difference.
//!
//! The forecast is the day by which that has happened with a probability of four in five. What the true difference
//! is, it does not take from the data alone, which overstate it early: most published uplifts of such pages are a few
//! percent.

use statrs::distribution::{ContinuousCDF as _, Normal};

use crate::interval::{Interval, boundary};

/// The probability with which a forecast holds.
const PROBABILITY: f64 = 0.8;
/// The standard deviation of true differences, relative to the mean of the holdout: two in three are smaller than this.
const RELATIVE_SPREAD: f64 = 0.15;
/// Beyond this a forecast is not worth a number, because shops and seasons change.
const DAYS_MAX: u32 = 365;

/// How many more days it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forecast {
    /// About so many.
    Days(u32),
    /// Perhaps more than a year: that it takes less is not likely enough for a number.
    PerhapsAYear,
    /// More than a year, which is likelier than less.
    OverAYear,
    /// There are too few data for a forecast.
    Unknown,
}

/// What a forecast is made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Basis {
    /// The interval today.
    pub interval: Interval,
    /// How many days its data are from.
    pub days: u32,
    /// The mean of the holdout.
    pub mean: f64,
    /// The probability of an error of the interval.
    pub alpha: f64,
    /// The tuning of the interval.
    pub tuning: f64,
}

impl Forecast {
    /// Returns the first day by which the interval excludes zero with the stated probability.
    pub(crate) fn of(basis: &Basis) -> Self {
        let within_a_year = probability(basis, DAYS_MAX);
        if within_a_year < 0.5 {
            Self::OverAYear
        } else if within_a_year < PROBABILITY {
            Self::PerhapsAYear
        } else {
            Self::Days(first(|days| probability(basis, days) >= PROBABILITY))
        }
    }
}

/// Returns the first number of days, at most a year, from which on something is true.
fn first(is_true: impl Fn(u32) -> bool) -> u32 {
    let (mut before, mut from) = (0, DAYS_MAX);
    while from - before > 1 {
        let middle = before.midpoint(from);
        if is_true(middle) { from = middle } else { before = middle }
    }
    from
}

/// Returns how many days it takes in all, in a shop with these data, until a true difference of so many percent of
/// the holdout's mean shows with the stated probability; `None` if it is more than a year. It hardly depends on
/// chance, because it takes only means and numbers of shoppers from the data.
pub(crate) fn days_to_show(basis: &Basis, percent: u32) -> Option<u32> {
    let a_day = basis.interval.information / f64::from(basis.days.max(1));
    let difference = basis.mean * f64::from(percent) / 100.0;
    let is_likely = |days: u32| {
        let information = a_day * f64::from(days);
        let bound = boundary(information, basis.alpha, basis.tuning);
        Normal::standard().cdf((difference * information - bound) / information.sqrt()) >= PROBABILITY
    };
    is_likely(DAYS_MAX).then(|| first(is_likely))
}

/// Returns the probability that the interval excludes zero in so many days. The score, difference times information, is
/// Brownian motion with the true difference as drift; its distribution then follows from the posterior of the drift.
fn probability(basis: &Basis, days: u32) -> f64 {
    let Basis { interval, mean, alpha, tuning, .. } = *basis;
    let (known, score) = (interval.information, interval.information * interval.difference);
    let spread = (RELATIVE_SPREAD * mean).max(f64::MIN_POSITIVE);
    let precision = known + spread.powi(-2);
    let more = known / f64::from(basis.days.max(1)) * f64::from(days);
    let expected = score + more * score / precision;
    let deviation = (more + more * more / precision).sqrt();
    let bound = boundary(known + more, alpha, tuning);
    let normal = Normal::standard();
    normal.cdf((expected - bound) / deviation) + normal.cdf((-expected - bound) / deviation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::Difference;

    /// A shop of 5,000 shoppers a day of whom a tenth is held out, after some days, with exactly this difference.
    fn basis(days: u32, relative: f64) -> Basis {
        let variance = |a_day: f64, mean: f64| mean * (1.0 - mean) / (a_day * f64::from(days));
        let information = 1.0 / (variance(500.0, 0.03) + variance(4_500.0, 0.03 * (1.0 + relative)));
        let (alpha, tuning) = (0.025, 34_000.0);
        let interval = Interval::of(Difference { difference: 0.03 * relative, information }, alpha, tuning);
        Basis { interval, days, mean: 0.03, alpha, tuning }
    }

    fn forecast(days: u32, relative: f64) -> Forecast {
        Forecast::of(&basis(days, relative))
    }

    #[test]
    fn how_long_a_difference_takes_does_not_depend_on_what_was_found() {
        for relative in [-0.2, 0.0, 0.03, 0.2] {
            let days = [20, 10, 3].map(|percent| days_to_show(&basis(14, relative), percent));
            assert!(matches!(days, [Some(25..40), Some(100..180), None]), "{relative} {days:?}");
        }
    }

    #[test]
    fn a_large_difference_takes_weeks_and_a_small_one_over_a_year() {
        assert!(matches!(forecast(14, 0.2), Forecast::Days(10..60)), "{:?}", forecast(14, 0.2));
        for days in [30, 90, 180] {
            assert_eq!(forecast(days, 0.03), Forecast::OverAYear, "{days}");
            assert_eq!(forecast(days, 0.0), Forecast::OverAYear, "{days}");
        }
    }

    #[test]
    fn a_loss_takes_as_long_as_a_gain() {
        assert!(matches!(forecast(14, -0.2), Forecast::Days(10..60)), "{:?}", forecast(14, -0.2));
    }

    #[test]
    fn the_more_is_known_the_less_is_to_go() {
        let Forecast::Days(early) = forecast(10, 0.2) else { panic!("no days") };
        let Forecast::Days(late) = forecast(16, 0.2) else { panic!("no days") };
        assert!(late < early, "{late} {early}");
    }
}
