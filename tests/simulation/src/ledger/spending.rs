//! What the model's endpoint charged.

use std::collections::BTreeMap;

use llm::spending::{Amount, Budgets, DEPLOYMENT, Day, Used};

use super::{Verdict, ensure};

/// The charges, by owner and day.
#[derive(Debug, Default)]
pub(crate) struct Spending(BTreeMap<(String, u64), Amount>);

impl Spending {
    /// Records a charge for a call that began at this time.
    pub(crate) fn charged(&mut self, shop: &str, began_ms: u64, amount: Amount, budgets: Budgets) -> Verdict {
        let day = Day::at(began_ms);
        for (owner, limits) in [(shop, budgets.of_shop), (DEPLOYMENT, budgets.of_deployment)] {
            let charged = self.0.entry((owner.to_owned(), day.number)).or_default();
            *charged = *charged + amount;
            let used = self.used(owner, day);
            let exceeded = limits.exceeded_by(&used);
            ensure!(exceeded.is_none(), "the budget of {owner:?} is exceeded: {exceeded:?} with {used:?}");
        }
        Ok(())
    }

    fn used(&self, owner: &str, day: Day) -> Used {
        let of = |number: u64| self.0.get(&(owner.to_owned(), number)).copied().unwrap_or_default();
        let month_microdollars =
            (day.first_of_month..=day.number).map(|number| of(number).microdollars).sum();
        Used { of_day: of(day.number), month_microdollars }
    }
}
