//! The difference between both groups, post-stratified: shoppers are compared with those of whom the same was known
//! before they saw the block, and the differences are averaged by how many shoppers there are of each kind.

use std::cmp::Reverse;

use crate::counts::Counts;
use crate::interval::{Difference, Summary, float};
use crate::measure::Measure;

/// Both groups of a stratum: those who are held out, and the others.
pub(crate) type Stratum = [Counts; 2];

/// A stratum in which a group has fewer shoppers is joined with others. Only numbers of shoppers decide this, which say
/// nothing of what shoppers do.
const SHOPPERS_MIN: u64 = 500;

/// Returns the strata that are compared, from those of each phase: the days on which the same test ran, or none. While a variant
/// is tested, one of the groups is without those who get it, so a day weighs less in it than in the other; if phases were added
/// up, a season would look like an effect. So a small stratum is joined with others of its phase, and a phase that is too small
/// as a whole is left out. If all are, the largest stays.
pub(crate) fn compared(phases: impl Iterator<Item = Vec<Stratum>>) -> Vec<Stratum> {
    let size = |phase: &Vec<Stratum>| phase.iter().map(smaller).max().unwrap_or_default();
    let mut phases: Vec<_> = phases.map(|phase| joined(&phase)).collect();
    phases.sort_by_key(|phase| Reverse(size(phase)));
    let large = phases.iter().filter(|phase| size(phase) >= SHOPPERS_MIN).count();
    phases.truncate(large.max(1));
    phases.concat()
}

/// Returns the difference in a measure; `None` if the data have no variance.
pub(crate) fn difference(strata: &[Stratum], measure: Measure) -> Option<Difference> {
    let strata: Vec<_> = strata.iter().map(|both| both.map(|group| measure.summary(&group))).collect();
    let all: f64 = strata.iter().map(shoppers).sum();
    let weight = |both: &[Summary; 2]| shoppers(both) / all;
    let difference = strata.iter().map(|both| weight(both) * apart(both)).sum::<f64>();
    let variance = |both: &[Summary; 2]| {
        let within = weight(both).powi(2) * (both[0].of_mean() + both[1].of_mean());
        // How many shoppers of each kind come is chance, too.
        within + weight(both) * (apart(both) - difference).powi(2) / all
    };
    let information = 1.0 / strata.iter().map(variance).sum::<f64>();
    information.is_finite().then_some(Difference { difference, information })
}

/// Returns the strata, with the small ones joined.
fn joined(strata: &[Stratum]) -> Vec<Stratum> {
    let is_small = |both: &Stratum| smaller(both) < SHOPPERS_MIN;
    let (mut large, mut small) = (Vec::new(), None);
    for both in strata {
        if is_small(both) { small = Some(sum(small, both)) } else { large.push(*both) }
    }
    match small {
        Some(rest) if is_small(&rest) => {
            let last = large.pop();
            large.push(sum(last, &rest));
        }
        rest => large.extend(rest),
    }
    large
}

/// Returns how many shoppers the smaller group has.
fn smaller(both: &Stratum) -> u64 {
    both.iter().map(|group| group.cell.shoppers).min().unwrap_or_default()
}

fn sum(some: Option<Stratum>, other: &Stratum) -> Stratum {
    let [mut holdout, mut personal] = some.unwrap_or_default();
    holdout += other[0];
    personal += other[1];
    [holdout, personal]
}

fn shoppers(both: &[Summary; 2]) -> f64 {
    float(both[0].shoppers) + float(both[1].shoppers)
}

fn apart([holdout, personal]: &[Summary; 2]) -> f64 {
    personal.mean - holdout.mean
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cell;

    fn group(shoppers: u64, carted: u64) -> Counts {
        Counts { cell: Cell { shoppers, carted, ..Cell::default() }, ..Counts::default() }
    }

    fn of(strata: &[Stratum]) -> Difference {
        difference(&compared([strata.to_vec()].into_iter()), Measure::CartAdds).unwrap()
    }

    #[test]
    fn one_stratum_is_the_difference_of_means() {
        let found = of(&[[group(1_000, 30), group(9_000, 360)]]);
        let of_mean = |shoppers: f64, mean: f64| mean * (1.0 - mean) / (shoppers - 1.0);
        let variance = of_mean(1_000.0, 0.03) + of_mean(9_000.0, 0.04);
        assert!((found.difference - 0.01).abs() < 1e-12, "{found:?}");
        assert!((found.information * variance - 1.0).abs() < 1e-9, "{found:?}");
    }

    /// Of shoppers who had something in the cart before, chance gave the group with personal pages more.
    #[test]
    fn what_was_so_before_is_no_difference() {
        let new = [group(9_000, 180), group(80_000, 1_600)];
        let carted = [group(1_000, 200), group(10_500, 2_100)];
        let crude = of(&[sum(Some(new), &carted)]);
        let adjusted = of(&[new, carted]);
        assert!(crude.difference > 0.000_5 && adjusted.difference.abs() < 1e-12, "{crude:?} {adjusted:?}");
    }

    #[test]
    fn more_is_known_of_the_difference_if_strata_differ() {
        let new = [group(9_000, 180), group(81_000, 1_620)];
        let carted = [group(1_000, 200), group(9_000, 1_800)];
        let (crude, adjusted) = (of(&[sum(Some(new), &carted)]), of(&[new, carted]));
        assert!(adjusted.information > 1.05 * crude.information, "{crude:?} {adjusted:?}");
    }

    #[test]
    fn strata_count_by_their_shoppers() {
        let found = of(&[[group(1_000, 10), group(9_000, 180)], [group(3_000, 90), group(27_000, 1_080)]]);
        assert!((found.difference - (0.25 * 0.01 + 0.75 * 0.01)).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn small_strata_are_joined() {
        let (large, small) = ([group(1_000, 30), group(9_000, 300)], [group(400, 20), group(3_600, 200)]);
        let one = |strata: &[Stratum]| joined(strata).len();
        assert_eq!((one(&[large, small]), one(&[large, small, small]), one(&[small])), (1, 2, 1));
        assert_eq!(joined(&[small, large, small])[1], sum(Some(small), &small));
        assert!(joined(&[]).is_empty());
    }

    #[test]
    fn phases_are_not_joined_and_one_that_is_too_small_is_left_out() {
        let (large, small) = ([group(1_000, 30), group(9_000, 300)], [group(400, 20), group(1_800, 100)]);
        let of = |phases: &[Stratum]| compared(phases.iter().map(|phase| vec![*phase]));
        assert_eq!(of(&[small, large, large]), [large, large]);
        assert_eq!(of(&[small]), [small]);
        let smaller = [group(300, 20), group(1_350, 100)];
        assert_eq!(of(&[smaller, small]), [small]);
        assert_eq!(compared(std::iter::empty()), Vec::<Stratum>::new());
        let parts = vec![[group(300, 9), group(2_700, 90)]; 2];
        assert_eq!(compared([parts].into_iter()), [[group(600, 18), group(5_400, 180)]]);
    }

    /// More shoppers put something into the cart while a test ran, whatever their page was.
    #[test]
    fn a_season_in_which_a_test_runs_is_no_difference() {
        let without = [group(20_000, 600), group(180_000, 5_400)];
        let with = [group(20_000, 1_200), group(90_000, 5_400)];
        let of = |phases: Vec<Vec<Stratum>>| {
            difference(&compared(phases.into_iter()), Measure::CartAdds).unwrap().difference
        };
        assert!(of(vec![vec![without], vec![with]]).abs() < 1e-12);
        assert!(of(vec![vec![sum(Some(without), &with)]]) < -0.004, "added up, it looks like one");
    }

    #[test]
    fn without_variance_there_is_no_difference() {
        assert_eq!(difference(&[], Measure::CartAdds), None);
        assert_eq!(difference(&[[group(1_000, 0), group(9_000, 0)]], Measure::CartAdds), None);
    }
}
