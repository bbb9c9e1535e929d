//! The comparison of both groups: of all shoppers, and of each persona.

use std::collections::BTreeMap;

use model::shop::Share;
use model::{Currency, Persona};

use crate::counts::Typical;
use crate::forecast;
use crate::measure::Measure;
use crate::mismatch::Sizes;
use crate::row::{Row, Verdict, basis};
use crate::shrinkage::shrunk;
use crate::strata::{self, Stratum};
use crate::totals::Totals;
use crate::variant::VariantTest;

/// The rows of a report, and with what probability the interval of each is ever wrong. Together with those of a variant it is
/// 5 %, so that all intervals of a shop hold at all times with at least 95 % (Bonferroni). More than a quarter of it belongs to
/// the main question.
const ROWS: [(Option<Persona>, Measure, f64); 16] = [
    (None, Measure::CartAdds, 0.014),
    (None, Measure::Orders, 0.006),
    (None, Measure::Revenue, 0.004),
    (None, Measure::Views, 0.002),
    (Some(Persona::Minimalist), Measure::CartAdds, 0.002),
    (Some(Persona::Explorer), Measure::CartAdds, 0.002),
    (Some(Persona::Dealhunter), Measure::CartAdds, 0.002),
    (Some(Persona::Loyalist), Measure::CartAdds, 0.002),
    (Some(Persona::Minimalist), Measure::Orders, 0.001),
    (Some(Persona::Explorer), Measure::Orders, 0.001),
    (Some(Persona::Dealhunter), Measure::Orders, 0.001),
    (Some(Persona::Loyalist), Measure::Orders, 0.001),
    (Some(Persona::Minimalist), Measure::Revenue, 0.001),
    (Some(Persona::Explorer), Measure::Revenue, 0.001),
    (Some(Persona::Dealhunter), Measure::Revenue, 0.001),
    (Some(Persona::Loyalist), Measure::Revenue, 0.001),
];

/// The differences, in percent of the holdout's mean, of which a report says how long they take to show.
const PERCENTS: [u32; 3] = [20, 10, 3];

/// The comparison of both groups in a shop.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The share of the holdout.
    pub share: Share,
    /// How many days are compared.
    pub days: u32,
    /// The sizes of both groups, with the shoppers of days that are not complete.
    pub sizes: Sizes,
    /// Whether the sizes do not fit the share. Then no row has a verdict.
    pub is_mismatched: bool,
    /// How many shoppers were counted under other shares. They are left out.
    pub others: u64,
    /// How many shoppers were counted on days that have not come yet, because a host's clock was ahead. They are left out.
    pub ahead: u64,
    /// How many days are left out because of Rollouts, and the names of these.
    pub left_out: (usize, Vec<String>),
    /// Whether orders are those that only the web pixel reports, for which nobody vouches.
    pub is_of_pixel: bool,
    /// What the worth of a shopper's orders is cut at, in hundredths, and its currency; `None` if too few orders are known.
    pub limit: Option<(u64, Currency)>,
    /// How many days it takes in this shop until differences of so many percent show; `None` if it is more than a year.
    pub to_show: Vec<(u32, Option<u32>)>,
    /// How many shoppers got personal pages on the days that are compared, with or without a variant.
    pub personal: u64,
    /// The rows, that of all shoppers' cart adds first.
    pub rows: Vec<Row>,
    /// The tests of variants, the last one first.
    pub variants: Vec<VariantTest>,
}

impl Report {
    /// Compares both groups.
    pub fn of(totals: &Totals) -> Self {
        let (share, sizes) = (totals.share(), totals.sizes());
        let is_mismatched = sizes.are_mismatched(share);
        let strata = totals.strata();
        let mut rows = ROWS.map(|(persona, measure, alpha)| row(totals, &strata, persona, measure, alpha));
        for measure in [Measure::CartAdds, Measure::Orders, Measure::Revenue] {
            shrink(&mut rows, measure);
        }
        if is_mismatched {
            rows = rows.map(Row::void);
        }
        let (persona, measure, alpha) = ROWS[0];
        let basis = basis(totals, &of(&strata, persona), totals.days(), measure, alpha);
        let to_show = basis.map_or_else(Vec::new, |basis| {
            PERCENTS.map(|percent| (percent, forecast::days_to_show(&basis, percent))).into()
        });
        let (days, others, ahead) = (totals.days(), totals.others(), totals.ahead());
        let limit = totals.typical().map(Typical::limit).zip(totals.currency());
        let (left_out, is_of_pixel, rows) = (totals.left_out(), totals.are_of_pixel(), rows.into());
        let (personal, variants) = (totals.personal(), VariantTest::all(totals));
        Self {
            share,
            days,
            sizes,
            is_mismatched,
            others,
            ahead,
            left_out,
            is_of_pixel,
            limit,
            to_show,
            personal,
            rows,
            variants,
        }
    }
}

impl Report {
    /// Returns the personas whose shoppers put fewer products into the cart with personal pages: their interval is wholly
    /// below zero.
    pub fn losing(&self) -> Vec<Persona> {
        let lower = self.rows.iter().filter(|row| row.verdict == Verdict::Lower);
        lower.filter(|row| row.measure == Measure::CartAdds).filter_map(|row| row.persona).collect()
    }
}

/// Compares both groups of one persona or of all.
fn row(
    totals: &Totals,
    strata: &[(Option<u32>, Persona, Stratum)],
    persona: Option<Persona>,
    measure: Measure,
    alpha: f64,
) -> Row {
    Row::of(totals, &of(strata, persona), totals.days(), persona, measure, alpha)
}

/// Shrinks the estimates of personas in a measure. Their intervals, and so their verdicts, stay as they are.
fn shrink(rows: &mut [Row], measure: Measure) {
    let is_of_persona =
        |row: &&mut Row| row.persona.is_some() && row.measure == measure && row.interval.is_some();
    let intervals: Vec<_> = rows.iter_mut().filter(is_of_persona).filter_map(|row| row.interval).collect();
    for (row, estimate) in rows.iter_mut().filter(is_of_persona).zip(shrunk(&intervals)) {
        row.estimate = Some(estimate);
    }
}

/// Returns the strata of one persona or of all that are compared.
fn of(strata: &[(Option<u32>, Persona, Stratum)], persona: Option<Persona>) -> Vec<Stratum> {
    let mut phases = BTreeMap::<_, Vec<_>>::new();
    for (test, one, both) in strata {
        if persona.is_none_or(|only| only == *one) {
            phases.entry(test).or_default().push(*both);
        }
    }
    strata::compared(phases.into_values())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Arm, Cell, Earlier, Forecast, Group, Interval};

    fn report(share: Share, holdout: u64, personal: u64) -> Report {
        let mut totals = Totals::new(share, 120);
        for (arm, shoppers, carted) in [(Arm::Holdout, holdout, 30), (Arm::Personal, personal, 33)] {
            let group = Group {
                day: 100,
                share,
                arm,
                persona: Persona::Explorer,
                page: None,
                earlier: Earlier::New,
                variant: None,
            };
            let cell = Cell { shoppers, carted: shoppers * carted / 1_000, ..Cell::default() };
            totals.add(&group, &cell);
        }
        Report::of(&totals)
    }

    #[test]
    fn all_intervals_together_are_wrong_in_one_of_twenty_shops() {
        let of_variant = crate::variant::ROWS.iter().map(|(_, alpha)| alpha).sum::<f64>();
        let sum: f64 = ROWS.iter().map(|(_, _, alpha)| alpha).sum::<f64>() + of_variant;
        assert!((sum - 0.05).abs() < 1e-12, "{sum}");
        for persona in Persona::ALL {
            assert_eq!(ROWS.iter().filter(|row| row.0 == Some(persona)).count(), 3, "{persona:?}");
        }
    }

    #[test]
    fn groups_of_the_wrong_size_have_no_verdict() {
        let report = report(Share::TENTH, 200_000, 900_000);
        assert!(report.is_mismatched);
        assert!(report.rows.iter().all(|row| row.verdict == Verdict::Void && row.estimate.is_none()));
    }

    #[test]
    fn a_clear_difference_is_higher_or_lower() {
        assert_eq!(report(Share::TENTH, 1_000_000, 9_000_000).rows[0].verdict, Verdict::Higher);
        assert!(matches!(report(Share::TENTH, 10_000, 90_000).rows[0].verdict, Verdict::Open(_)));
    }

    #[test]
    fn a_persona_loses_if_its_interval_is_below_zero_and_its_groups_are_right() {
        let of = |holdout: u64, personal: u64, personal_carted: u64| {
            let mut totals = Totals::new(Share::TENTH, 120);
            for (arm, shoppers, carted) in
                [(Arm::Holdout, holdout, holdout / 20), (Arm::Personal, personal, personal_carted)]
            {
                let group = Group {
                    day: 100,
                    share: Share::TENTH,
                    arm,
                    persona: Persona::Explorer,
                    page: None,
                    earlier: Earlier::New,
                    variant: None,
                };
                totals.add(&group, &Cell { shoppers, carted, ..Cell::default() });
            }
            Report::of(&totals).losing()
        };
        assert_eq!(of(100_000, 900_000, 36_000), [Persona::Explorer]);
        assert_eq!(of(100_000, 900_000, 45_000), []);
        assert_eq!(of(100_000, 900_000, 54_000), [], "it wins");
        assert_eq!(of(200_000, 900_000, 36_000), [], "the groups are wrong");
    }

    #[test]
    fn estimates_of_personas_are_shrunk_and_their_intervals_are_not() {
        let mut totals = Totals::new(Share::TENTH, 120);
        for (persona, more) in Persona::ALL.into_iter().zip([0, 400, 800, 1_200]) {
            for (arm, shoppers, carted) in
                [(Arm::Holdout, 10_000, 500), (Arm::Personal, 90_000, 4_500 + more)]
            {
                let group = Group {
                    day: 100,
                    share: Share::TENTH,
                    arm,
                    persona,
                    page: None,
                    earlier: Earlier::New,
                    variant: None,
                };
                totals.add(&group, &Cell { shoppers, carted, ..Cell::default() });
            }
        }
        let rows = Report::of(&totals).rows;
        for row in rows.iter().filter(|row| row.interval.is_some()) {
            let (Interval { difference, low, high, .. }, estimate) =
                (row.interval.unwrap(), row.estimate.unwrap());
            let middle = rows[0].estimate.unwrap();
            assert!((low..=high).contains(&estimate), "{row:?}");
            assert!(
                (low + high - 2.0 * difference).abs() < 1e-12,
                "the interval is around the data: {row:?}"
            );
            match row.persona {
                None => assert!((estimate - difference).abs() < 1e-12, "{row:?}"),
                Some(_) => assert!((estimate - middle).abs() < (difference - middle).abs(), "{row:?}"),
            }
        }
        assert_eq!(rows.iter().filter(|row| row.estimate.is_some()).count(), 5);
    }

    #[test]
    fn few_data_have_no_interval() {
        let report = report(Share::TENTH, 100, 900);
        assert!(report.rows.iter().all(|row| row.interval.is_none() && row.estimate.is_none()));
        assert_eq!(report.rows[0].verdict, Verdict::Open(Forecast::Unknown));
    }
}
