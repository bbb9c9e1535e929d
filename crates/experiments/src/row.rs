//! One comparison of two groups of shoppers.

use model::{Currency, Persona};

use crate::forecast::{Basis, Forecast};
use crate::interval::{Interval, Summary};
use crate::measure::Measure;
use crate::strata::{self, Stratum};
use crate::totals::Totals;

/// One comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The persona; `None` for all shoppers.
    pub persona: Option<Persona>,
    /// The measure that is compared.
    pub measure: Measure,
    /// The currency of revenue, if it is known.
    pub currency: Option<Currency>,
    /// Those who are held out.
    pub holdout: Summary,
    /// Those who are not.
    pub personal: Summary,
    /// The interval of the difference; `None` if there are too few data for one.
    pub interval: Option<Interval>,
    /// The best estimate of the difference: that in the data, and of a persona, that which is shrunk toward what all
    /// personas have in common. `None` if there is no interval, or if the groups are counted wrongly.
    pub estimate: Option<f64>,
    /// What follows.
    pub verdict: Verdict,
}

/// What follows from a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Personal pages raise the measure.
    Higher,
    /// Personal pages lower the measure.
    Lower,
    /// Not enough data yet.
    Open(Forecast),
    /// Nothing: the groups are counted wrongly.
    Void,
}

impl Row {
    /// Compares two groups of shoppers over so many days.
    pub(crate) fn of(
        totals: &Totals,
        strata: &[Stratum],
        days: u32,
        persona: Option<Persona>,
        measure: Measure,
        alpha: f64,
    ) -> Self {
        let [holdout, personal] = together(strata).map(|counts| measure.summary(&counts));
        let basis = basis(totals, strata, days, measure, alpha);
        let verdict = match &basis {
            None => Verdict::Open(Forecast::Unknown),
            Some(basis) if basis.interval.low > 0.0 => Verdict::Higher,
            Some(basis) if basis.interval.high < 0.0 => Verdict::Lower,
            Some(basis) => Verdict::Open(Forecast::of(basis)),
        };
        let (currency, interval) = (totals.currency(), basis.map(|basis| basis.interval));
        let estimate = interval.map(|interval| interval.difference);
        Self { persona, measure, currency, holdout, personal, interval, estimate, verdict }
    }

    /// Returns the row of groups that are counted wrongly.
    pub(crate) fn void(self) -> Self {
        Self { estimate: None, verdict: Verdict::Void, ..self }
    }
}

fn together(strata: &[Stratum]) -> Stratum {
    let mut sum = Stratum::default();
    for both in strata {
        sum.iter_mut().zip(both).for_each(|(sum, group)| *sum += *group);
    }
    sum
}

/// Returns the interval of a comparison and what forecasts need; `None` if there are too few data.
pub(crate) fn basis(
    totals: &Totals,
    strata: &[Stratum],
    days: u32,
    measure: Measure,
    alpha: f64,
) -> Option<Basis> {
    let both = together(strata);
    if !both.iter().all(|counts| measure.has_enough(counts)) {
        return None;
    }
    let tuning = measure.tuning(totals.typical())?;
    let interval = Interval::of(strata::difference(strata, measure)?, alpha, tuning);
    let mean = measure.summary(&both[0]).mean;
    Some(Basis { interval, days, mean, alpha, tuning })
}
