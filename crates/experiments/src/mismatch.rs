//! Whether both groups have the sizes that the assignment gives them. If not, something counts them wrongly, such as a
//! bot, a block that fails in one group, or forged events, and no comparison is worth anything.

use model::shop::Share;
use statrs::function::beta::ln_beta;

use crate::interval::float;

/// How strongly the alternative is concentrated around the share: as if it were known from a hundred
/// shoppers.
const CONCENTRATION: f64 = 100.0;
/// In one of so many shops whose groups are right they are called wrong, ever.
const FALSE_ALARMS: f64 = 1_000.0;

/// The sizes of both groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sizes {
    /// Shoppers who are held out.
    pub holdout: u64,
    /// Shoppers who are not.
    pub personal: u64,
}

impl Sizes {
    /// Returns whether the sizes do not fit the share. The test may be repeated with every shopper.
    pub fn are_mismatched(self, share: Share) -> bool {
        share > Share::NOBODY && self.ln_evidence(share.fraction()) >= FALSE_ALARMS.ln()
    }

    /// Returns the logarithm of the ratio of two likelihoods: of a beta mixture around the share, and of the share. It
    /// is a martingale if the share is right, so it ever exceeds a bound with probability one over the bound (Ville).
    fn ln_evidence(self, share: f64) -> f64 {
        let (prior_holdout, prior_personal) = (CONCENTRATION * share, CONCENTRATION * (1.0 - share));
        let (holdout, personal) = (float(self.holdout), float(self.personal));
        ln_beta(prior_holdout + holdout, prior_personal + personal)
            - ln_beta(prior_holdout, prior_personal)
            - holdout * share.ln()
            - personal * (1.0 - share).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_wrong(holdout: u64, personal: u64) -> bool {
        Sizes { holdout, personal }.are_mismatched(Share::TENTH)
    }

    #[test]
    fn sizes_that_fit_the_share_are_right() {
        for shoppers in [0, 1, 10, 1_000, 100_000, 10_000_000_000] {
            assert!(!is_wrong(shoppers, 9 * shoppers), "{shoppers}");
        }
        assert!(!is_wrong(3, 0) && !is_wrong(0, 40) && !is_wrong(1_060, 8_940));
    }

    #[test]
    fn sizes_that_do_not_are_wrong() {
        assert!(is_wrong(0, 200) && is_wrong(30, 0) && is_wrong(1_200, 8_800) && is_wrong(105_000, 895_000));
    }

    #[test]
    fn without_a_holdout_there_are_no_sizes_to_compare() {
        assert!(!Sizes { holdout: 5, personal: 5 }.are_mismatched(Share::NOBODY));
    }
}
