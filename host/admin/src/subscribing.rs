//! Which pricing plan a shop has: read from Shopify when its merchant opens the admin and every hour, and kept.

use std::sync::Arc;
use std::time::Duration;

use model::ShopId;
use serde_json::json;

use crate::billing::Subscription;
use crate::shopify_api::{Failure, ShopifyApi};
use crate::{Admin, NotConnected, choices};

/// How long a merchant who opens the admin waits for their plan. Afterwards the page shows the plan that is known.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often the plans of all shops are read: Shopify reports a change only by a webhook, which may not arrive.
const LOOK: Duration = Duration::from_hours(1);

/// The query for a shop's subscriptions
/// (<https://shopify.dev/docs/api/admin-graphql/latest/objects/AppInstallation#field-AppInstallation.fields.activeSubscriptions>).
const READ: &str = "{ currentAppInstallation { activeSubscriptions { status trialDays createdAt \
    lineItems { plan { pricingDetails { ... on AppRecurringPricing { planHandle } } } } } } }";

impl Admin {
    /// Reads a shop's plan while its merchant waits, for a short time. If that fails, the plan that is known counts.
    pub(crate) async fn read_pricing_plan_now(&self, shop: &ShopId) {
        if self.app.billing.paid_plans.is_empty() {
            return;
        }
        let failed = match tokio::time::timeout(PATIENCE, self.read_pricing_plan(shop)).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "Shopify took too long".to_owned(),
        };
        tracing::warn!(%shop, error = failed, "cannot read a shop's pricing plan; the last known one applies");
    }

    /// Reads the plans of all shops, one after the other, every hour, until it is dropped.
    pub async fn keep_reading_pricing_plans(self: Arc<Self>) {
        if self.app.billing.paid_plans.is_empty() {
            return;
        }
        loop {
            tokio::time::sleep(LOOK).await;
            self.read_pricing_plans().await;
        }
    }

    /// Reads the plans of all shops. A failure is logged, and the plan that is known counts.
    pub async fn read_pricing_plans(&self) {
        match self.installations().installed().await {
            Ok(shops) => {
                for shop in shops {
                    self.read_pricing_plan_now(&shop).await;
                }
            }
            Err(error) => tracing::warn!(%error, "cannot read which shops installed the app"),
        }
    }

    async fn read_pricing_plan(&self, shop: &ShopId) -> Result<(), NotConnected> {
        let token = self.connections.access_token(shop).await?;
        let subscription = ask(&self.connections.api, shop, &token).await?;
        let _alone = self.connections.alone(shop).await;
        let mut served = self.served.lock().await;
        if !self.installations().subscribe(shop, &subscription).await? {
            return Ok(());
        }
        let plan = self.app.billing.plan(Some(&subscription));
        tracing::info!(%shop, ?plan, handle = subscription.plan, "the pricing plan of a shop changed");
        served.note_pricing_plan(shop, plan);
        let settings = choices::shop(shop, &*self.storefronts, self.installations()).await?;
        served.set(&*self.storefronts, shop, settings);
        drop(served);
        self.storefronts.bump_catalog_version(shop).await?;
        Ok(())
    }
}

async fn ask(
    api: &ShopifyApi,
    shop: &ShopId,
    token: &capabilities::Secret,
) -> Result<Subscription, NotConnected> {
    let answer = api.graphql(shop, token, READ, json!({})).await.map_err(NotConnected::from)?;
    let unreadable = || Failure::Lost("the Admin API did not tell the app's subscriptions".to_owned());
    Ok(Subscription::read(&answer).ok_or_else(unreadable)?)
}
