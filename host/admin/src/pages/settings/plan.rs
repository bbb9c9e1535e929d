//! The shop's pricing plan, in words.

use crate::visit::Visit;
use crate::wording::Words;
use crate::{PricingPlan, Subscription};

/// The plan, as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Whether it includes everything.
    pub is_whole: bool,
    /// What it includes.
    pub details: String,
    /// The address at which the merchant chooses another.
    pub change: String,
}

impl Plan {
    /// Returns the shop's plan; `None` if the app has none, or it cannot be read.
    pub async fn of(visit: &Visit) -> Option<Self> {
        let Visit { admin, caller, words, .. } = visit;
        let (billing, origin) = (&admin.app.billing, admin.app.origin.as_deref());
        let change = billing.plans_address(caller.domain.as_str(), origin)?;
        let subscription = admin.installations().subscription(&caller.shop).await.ok()?;
        let plan = billing.plan(subscription.as_ref());
        let subscription = subscription.unwrap_or_default();
        let details = details(plan, &subscription, admin.clock.now_ms(), words);
        Some(Self { is_whole: plan == PricingPlan::Paid, details, change })
    }

    /// Returns the shop's plan if it does not include everything, so that a page says which of its settings have no effect.
    pub async fn limiting(visit: &Visit) -> Option<Self> {
        Self::of(visit).await.filter(|plan| !plan.is_whole)
    }
}

fn details(plan: PricingPlan, subscription: &Subscription, now_ms: u64, words: &Words) -> String {
    let is_trial = subscription.trial_until_ms > now_ms;
    match plan {
        PricingPlan::Paid if is_trial => {
            words.plan_trial(&words.day(experiments::day(subscription.trial_until_ms)))
        }
        PricingPlan::Paid => words.plan_paid().to_owned(),
        PricingPlan::Free if subscription.plan.is_empty() || subscription.is_active => {
            words.plan_free().to_owned()
        }
        PricingPlan::Free => words.plan_inactive().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: u64 = 86_400_000;

    #[test]
    fn each_state_of_a_subscription_is_said() {
        let words = Words::of("en");
        let subscription = |plan: &str, is_active, trial_until_ms| Subscription {
            plan: plan.to_owned(),
            is_active,
            trial_until_ms,
        };
        let told = |plan, subscription: &Subscription| details(plan, subscription, 10 * DAY_MS, words);
        let trial = subscription("pro", true, 20_801 * DAY_MS);
        assert_eq!(
            told(PricingPlan::Paid, &trial),
            "Everything is included. Your trial ends on Dec 14, 2026."
        );
        let paid = subscription("pro", true, 9 * DAY_MS);
        assert_eq!(told(PricingPlan::Paid, &paid), "Everything is included.");
        let frozen = told(PricingPlan::Free, &subscription("pro", false, 0));
        assert!(frozen.starts_with("Your subscription is not active"), "{frozen}");
        for free in [Subscription::default(), subscription("starter", true, 0)] {
            assert!(told(PricingPlan::Free, &free).starts_with("Free: "));
        }
    }
}
