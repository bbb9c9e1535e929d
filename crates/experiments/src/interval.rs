//! The interval of the difference between two means, which may be looked at every day.
//!
//! A usual confidence interval holds at one time that was fixed beforehand. This one is from a confidence sequence:
//! with the stated probability it holds at all times together, so a look at it, or an end of the comparison when it
//! suits, changes nothing. `docs/experiments.md` has the derivation.

/// The mean of a measure in a group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// The number of shoppers.
    pub shoppers: u64,
    /// The mean.
    pub mean: f64,
    /// The variance of the measure, not of the mean.
    pub variance: f64,
}

/// The difference between the means of shoppers with personal pages and of those who are held out, as the data have it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Difference {
    pub(crate) difference: f64,
    /// The information: one over the squared standard error.
    pub(crate) information: f64,
}

/// An interval of the difference between the means of shoppers with personal pages and of those who are held out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The difference in the data.
    pub difference: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The information: one over the squared standard error of the difference.
    pub(crate) information: f64,
}

impl Summary {
    /// Returns mean and variance from the sums of values and of their squares.
    pub(crate) fn of(shoppers: u64, sum: u64, squares: u64) -> Self {
        Self::of_amounts(shoppers, float(sum), float(squares))
    }

    /// Returns mean and variance from the sums of amounts and of their squares.
    pub(crate) fn of_amounts(shoppers: u64, sum: f64, squares: f64) -> Self {
        let count = float(shoppers);
        let mean = sum / count.max(1.0);
        let variance = ((squares - count * mean * mean) / (count - 1.0).max(1.0)).max(0.0);
        Self { shoppers, mean, variance }
    }

    /// Returns the variance of the mean.
    pub(crate) fn of_mean(&self) -> f64 {
        self.variance / float(self.shoppers).max(1.0)
    }
}

impl Interval {
    /// Returns the interval that misses the true difference at any time with probability `alpha`.
    pub(crate) fn of(found: Difference, alpha: f64, tuning: f64) -> Self {
        let Difference { difference, information } = found;
        let radius = boundary(information, alpha, tuning) / information;
        Self { difference, low: difference - radius, high: difference + radius, information }
    }

    /// Returns whether the difference is not zero.
    pub fn excludes_zero(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

/// Returns the bound that Brownian motion at time `information` crosses at any time with probability `alpha`: Robbins'
/// normal mixture.
pub(crate) fn boundary(information: f64, alpha: f64, tuning: f64) -> f64 {
    let total = information + tuning;
    (total * (total / (tuning * alpha * alpha)).ln()).sqrt()
}

#[expect(clippy::cast_precision_loss, reason = "no shop counts 2^53 of anything")]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_variance_are_those_of_the_values() {
        // 0, 0, 1, 3
        let summary = Summary::of(4, 4, 10);
        assert!((summary.mean - 1.0).abs() < 1e-12 && (summary.variance - 2.0).abs() < 1e-12, "{summary:?}");
        assert_eq!(Summary::of(0, 0, 0), Summary { shoppers: 0, mean: 0.0, variance: 0.0 });
    }

    /// Figures of the formula in `docs/experiments.md`, computed in Python.
    #[test]
    fn the_bound_is_that_of_the_normal_mixture() {
        for (information, alpha, tuning, expected) in
            [(100.0, 0.05, 10.0, 30.378), (345_000.0, 0.025, 34_000.0, 1_926.138)]
        {
            let bound = boundary(information, alpha, tuning);
            assert!((bound / expected - 1.0).abs() < 1e-4, "{bound}");
        }
    }

    #[test]
    fn more_data_make_a_narrower_interval() {
        let width = |information: f64| {
            let interval = Interval::of(Difference { difference: 0.01, information }, 0.05, 34_000.0);
            assert!((interval.low + interval.high - 0.02).abs() < 1e-12, "{interval:?}");
            interval.high - interval.low
        };
        assert!(width(600_000.0) < width(150_000.0) && width(150_000.0) < width(40_000.0));
    }
}
