//! Tokens that the model's endpoint charged.

use std::collections::BTreeMap;

use llm::spending::{DEPLOYMENT, DailyLimits, day};

use super::{Verdict, ensure};

/// The charged tokens, by owner and day.
#[derive(Debug, Default)]
pub(crate) struct Spending(BTreeMap<(String, u64), u64>);

impl Spending {
    /// Records a charge for a call that began at this time.
    pub(crate) fn charged(&mut self, shop: &str, began_ms: u64, tokens: u64, limits: DailyLimits) -> Verdict {
        for (owner, tokens_max) in [(shop, limits.of_shop), (DEPLOYMENT, limits.of_deployment)] {
            let sum = self.0.entry((owner.to_owned(), day(began_ms))).or_default();
            *sum += tokens;
            let tokens_max = tokens_max.unwrap_or(u64::MAX);
            ensure!(*sum <= tokens_max, "the budget of {owner:?} is exceeded: {sum} of {tokens_max} tokens");
        }
        Ok(())
    }
}
