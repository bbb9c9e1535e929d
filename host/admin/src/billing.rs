//! The plans of the app in Shopify App Pricing, and what a shop may use on each.
//!
//! Shopify shows the plans, lets merchants choose one and charges them
//! (<https://shopify.dev/docs/apps/launch/billing/shopify-app-pricing>). The app charges nobody. What a plan does not
//! include is not used; the merchant's choices stay as they are, so nothing is lost by a downgrade.

use jiff::Timestamp;
use model::Persona;
use model::shop::{Approval, Share, ShopSettings};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The milliseconds of a day.
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// The app's plans, as they are at Shopify. Without plans, every shop may use everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Billing {
    /// The app's handle, as in the address of its page in Shopify's admin.
    pub app_handle: String,
    /// The handles of the plans that merchants pay for. A shop on any other plan, or on none, has what is free. If empty,
    /// the app is free of charge, and every shop has everything.
    pub paid_plans: Vec<String>,
}

/// What a shop may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PricingPlan {
    /// Pages of one persona, planned without the language model.
    Free,
    /// Everything.
    Paid,
}

/// A shop's subscription, as Shopify reported it last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The handle of its plan; empty if it has none.
    pub plan: String,
    /// Whether Shopify says that it is active. One that is frozen, because the merchant owes Shopify money, or cancelled
    /// is not.
    pub is_active: bool,
    /// When its trial ends or ended, in milliseconds since the epoch; 0 if it has none.
    pub trial_until_ms: u64,
}

impl Billing {
    /// Returns what a shop with this subscription may use.
    pub fn plan(&self, subscription: Option<&Subscription>) -> PricingPlan {
        let is_paid = |subscription: &Subscription| {
            subscription.is_active && self.paid_plans.contains(&subscription.plan)
        };
        if self.paid_plans.is_empty() || subscription.is_some_and(is_paid) {
            PricingPlan::Paid
        } else {
            PricingPlan::Free
        }
    }

    /// Returns the address at which Shopify, or the simulator at `origin`, shows the plans to a shop's merchant; `None` if
    /// there are none.
    pub fn plans_address(&self, shop: &str, origin: Option<&str>) -> Option<String> {
        let store = shop.strip_suffix(".myshopify.com").unwrap_or(shop);
        let (handle, origin) = (&self.app_handle, origin.unwrap_or("https://admin.shopify.com"));
        (!self.paid_plans.is_empty() && !handle.is_empty())
            .then(|| format!("{origin}/store/{store}/charges/{handle}/pricing_plans"))
    }
}

impl PricingPlan {
    /// Returns the settings without what the plan does not include.
    #[must_use]
    pub fn limit(self, shop: ShopSettings) -> ShopSettings {
        match self {
            Self::Paid => shop,
            Self::Free => {
                let first = Persona::ALL.into_iter().find(|persona| shop.wants(*persona));
                let others = Persona::ALL.into_iter().filter(|persona| Some(*persona) != first);
                ShopSettings {
                    personas_off: others.collect(),
                    has_model: false,
                    approval: Approval::Automatic,
                    holdout: Share::NOBODY,
                    variant: None,
                    ..shop
                }
            }
        }
    }
}

impl Subscription {
    /// Reads the answer of the Admin API. `None` if it is no answer to the question.
    pub(crate) fn read(answer: &Value) -> Option<Self> {
        let found = answer["data"]["currentAppInstallation"]["activeSubscriptions"].as_array()?;
        let subscriptions = found.iter().map(Self::of);
        // A merchant who changes the plan has two until the former one ends.
        let best =
            subscriptions.max_by_key(|subscription| (subscription.is_active, subscription.trial_until_ms));
        Some(best.unwrap_or_default())
    }

    fn of(subscription: &Value) -> Self {
        let lines = subscription["lineItems"].as_array().map(Vec::as_slice).unwrap_or_default();
        let plan = lines.iter().find_map(|line| line["plan"]["pricingDetails"]["planHandle"].as_str());
        let created = subscription["createdAt"].as_str().and_then(|text| text.parse::<Timestamp>().ok());
        let created_ms = created.and_then(|time| u64::try_from(time.as_millisecond()).ok());
        let trial_ms = subscription["trialDays"].as_u64().unwrap_or_default().saturating_mul(DAY_MS);
        Self {
            plan: plan.unwrap_or_default().to_owned(),
            is_active: subscription["status"] == "ACTIVE",
            trial_until_ms: match trial_ms {
                0 => 0,
                trial_ms => created_ms.unwrap_or_default().saturating_add(trial_ms),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn billing() -> Billing {
        Billing { app_handle: "wandstore".into(), paid_plans: vec!["pro".into(), "pro-yearly".into()] }
    }

    fn subscription(plan: &str, status: &str, trial_days: u64) -> Value {
        json!({
            "status": status,
            "trialDays": trial_days,
            "createdAt": "2026-11-30T00:00:00Z",
            "lineItems": [
                { "plan": { "pricingDetails": {} } },
                { "plan": { "pricingDetails": { "planHandle": plan } } },
            ],
        })
    }

    fn read(subscriptions: &[Value]) -> Option<Subscription> {
        let installation = json!({ "activeSubscriptions": subscriptions });
        Subscription::read(&json!({ "data": { "currentAppInstallation": installation } }))
    }

    #[test]
    fn an_active_subscription_to_a_paid_plan_has_everything() {
        for (subscriptions, plan) in [
            (vec![], PricingPlan::Free),
            (vec![subscription("pro", "ACTIVE", 0)], PricingPlan::Paid),
            (vec![subscription("pro-yearly", "ACTIVE", 14)], PricingPlan::Paid),
            (vec![subscription("starter", "ACTIVE", 0)], PricingPlan::Free),
            (vec![subscription("pro", "FROZEN", 0)], PricingPlan::Free),
            (vec![subscription("pro", "CANCELLED", 0)], PricingPlan::Free),
            (
                vec![subscription("pro", "CANCELLED", 0), subscription("pro-yearly", "ACTIVE", 0)],
                PricingPlan::Paid,
            ),
        ] {
            assert_eq!(billing().plan(read(&subscriptions).as_ref()), plan, "{subscriptions:?}");
        }
        assert_eq!(billing().plan(None), PricingPlan::Free);
        assert_eq!(Billing::default().plan(None), PricingPlan::Paid, "an app without plans");
    }

    #[test]
    fn a_trial_ends_so_many_days_after_it_began() {
        let found = read(&[subscription("pro", "ACTIVE", 14)]).unwrap();
        assert_eq!(found.trial_until_ms, 1_797_206_400_000, "14 December 2026");
        assert_eq!(read(&[subscription("pro", "ACTIVE", 0)]).unwrap().trial_until_ms, 0);
    }

    #[test]
    fn an_invalid_answer_changes_nothing() {
        for answer in
            [json!({}), json!({ "errors": [{ "message": "denied" }] }), json!({ "data": null }), json!([])]
        {
            assert_eq!(Subscription::read(&answer), None, "{answer}");
        }
        let odd = read(&[json!({ "status": 7, "lineItems": "x", "createdAt": 3, "trialDays": -1 })]);
        assert_eq!(odd, Some(Subscription::default()));
    }

    #[test]
    fn a_free_plan_limits_what_is_served_and_not_what_was_chosen() {
        let shop = ShopSettings {
            personas_off: vec![Persona::Minimalist],
            approval: Approval::Everything,
            ..ShopSettings::demo()
        };
        let limited = PricingPlan::Free.limit(shop.clone());
        let wanted: Vec<_> = Persona::ALL.into_iter().filter(|persona| limited.wants(*persona)).collect();
        assert_eq!(wanted, [Persona::Explorer]);
        assert_eq!((limited.has_model, limited.holdout), (false, Share::NOBODY));
        assert!(!limited.approves(), "nothing would be shown");
        assert_eq!(limited.promises, shop.promises);
        assert_eq!(PricingPlan::Paid.limit(shop.clone()), shop);
    }

    #[test]
    fn the_plans_are_shown_by_shopify() {
        let address = "https://admin.shopify.com/store/magic-wands/charges/wandstore/pricing_plans";
        assert_eq!(billing().plans_address("magic-wands.myshopify.com", None).as_deref(), Some(address));
        assert_eq!(Billing::default().plans_address("magic-wands.myshopify.com", None), None);
    }
}
