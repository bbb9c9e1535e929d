//! Estimates for each persona, shrunk toward what all personas have in common.
//!
//! A persona has a fraction of a shop's shoppers, so its difference in the data is mostly chance, and the largest of
//! several overstates the most. Empirical Bayes corrects that: the true differences of personas are taken as normal
//! around a common mean, and how far they are apart is estimated from the data (`DerSimonian` and Laird, 1986). Intervals
//! are not shrunk: see `docs/experiments.md`.

use crate::interval::Interval;

/// Returns the best estimate of the difference of each persona, in the same order. It is never outside of the persona's
/// interval. A single persona has nothing to be shrunk toward.
pub(crate) fn shrunk(intervals: &[Interval]) -> Vec<f64> {
    let apart = variance_between(intervals);
    let weights = |interval: &Interval| 1.0 / (1.0 / interval.information + apart);
    let middle = mean(intervals, weights);
    let estimate = |interval: &Interval| {
        let own = apart * interval.information / (1.0 + apart * interval.information);
        (middle + own * (interval.difference - middle)).clamp(interval.low, interval.high)
    };
    intervals.iter().map(estimate).collect()
}

/// Returns the variance of true differences between personas: the moment estimator of `DerSimonian` and Laird, which is
/// zero if the data differ no more than chance makes them.
fn variance_between(intervals: &[Interval]) -> f64 {
    let middle = mean(intervals, |interval| interval.information);
    let (mut heterogeneity, mut all, mut squares, mut others) = (0.0, 0.0, 0.0, -1.0);
    for Interval { difference, information, .. } in intervals {
        heterogeneity += information * (difference - middle).powi(2);
        all += information;
        squares += information.powi(2);
        others += 1.0;
    }
    let scale = all - squares / all;
    if scale > 0.0 { ((heterogeneity - others) / scale).max(0.0) } else { 0.0 }
}

fn mean(intervals: &[Interval], weight: impl Fn(&Interval) -> f64) -> f64 {
    let (sum, weights) = intervals.iter().fold((0.0, 0.0), |(sum, weights), interval| {
        (sum + weight(interval) * interval.difference, weights + weight(interval))
    });
    sum / weights
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An interval of a difference with this standard error.
    fn interval(difference: f64, error: f64) -> Interval {
        let (low, high) = (difference - 4.0 * error, difference + 4.0 * error);
        Interval { difference, low, high, information: error.powi(-2) }
    }

    #[track_caller]
    fn check(found: &[(f64, f64)], expected: &[f64]) {
        let intervals: Vec<_> =
            found.iter().map(|(difference, error)| interval(*difference, *error)).collect();
        let estimates = shrunk(&intervals);
        let close = estimates.iter().zip(expected).all(|(one, other)| (one - other).abs() < 1e-4);
        assert!(close && estimates.len() == expected.len(), "{estimates:?}, not {expected:?}");
    }

    /// The figures were computed in Python from the formulas in `docs/experiments.md`.
    #[test]
    fn estimates_move_toward_what_personas_have_in_common() {
        check(&[(1.0, 1.0), (2.0, 1.0), (3.0, 1.0), (2.0, 1.0)], &[2.0; 4]);
        check(&[(0.0, 1.0), (2.0, 0.5), (6.0, 1.0), (3.0, 2.0)], &[0.458_0, 2.034_0, 5.439_9, 2.864_7]);
    }

    #[test]
    fn a_persona_alone_keeps_its_difference() {
        check(&[(1.5, 1.0)], &[1.5]);
        check(&[], &[]);
    }

    #[test]
    fn the_less_is_known_of_a_persona_the_more_it_moves() {
        let estimates =
            shrunk(&[interval(0.0, 0.5), interval(5.0, 0.5), interval(9.0, 1.0), interval(9.0, 3.0)]);
        assert!(estimates[3] < estimates[2], "{estimates:?}");
    }

    #[test]
    fn no_estimate_is_outside_of_its_interval() {
        let narrow = Interval { difference: 5.0, low: 4.9, high: 5.1, information: 1.0 };
        let estimates = shrunk(&[interval(0.0, 0.01), interval(0.0, 0.01), interval(0.0, 0.01), narrow]);
        assert!((4.9..=5.1).contains(&estimates[3]), "{estimates:?}");
    }
}
