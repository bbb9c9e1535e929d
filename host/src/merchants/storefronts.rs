//! The storefronts of this host, as the admin uses them.

use std::collections::BTreeMap;
use std::sync::Arc;

use admin::{Effects, Failed, Made, Preview, Report, Stored, Storefronts, Worth};
use async_trait::async_trait;
use bytes::Bytes;
use capabilities::Capabilities;
use capabilities::llm::budget::{Day, Used};
use experiments::{Rollouts, Totals};
use model::review::{Decision, Edit, Edited, Outdated, Review, Shown};
use model::shop::{Share, ShopSettings, ShopStatus};
use model::{Audience, Cause, Domains, EventId, Key, Persona, ShopId, ShopperId, Store};
use serde::Deserialize;

use crate::{effects, pages, reviews};
use runtime::bindings::wandstore::storefront::job_types::Work;
use runtime::deployment::Deployment;

/// The most reports of a shop that are listed. Reports are kept for a month.
const REPORTS_MAX: u32 = 1_000;

/// The storefronts of a deployment.
pub struct OfDeployment {
    deployment: Arc<Deployment>,
    configured: BTreeMap<String, ShopSettings>,
}

impl OfDeployment {
    /// Creates the storefronts of `deployment`. The operator configured the shops in `configured`.
    pub fn new(deployment: Arc<Deployment>, configured: BTreeMap<String, ShopSettings>) -> Self {
        Self { deployment, configured }
    }

    fn set(&self, id: &ShopId, shop: Option<ShopSettings>) {
        let settings = &self.deployment.capabilities.settings;
        match shop {
            Some(shop) => {
                let is_installed = self.configured(id).is_none();
                settings.set_shop(id.as_str(), ShopSettings { is_installed, ..shop });
            }
            None => settings.remove_shop(id.as_str()),
        }
    }
}

#[async_trait]
impl Storefronts for OfDeployment {
    fn configured(&self, shop: &ShopId) -> Option<ShopSettings> {
        self.configured.get(shop.as_str()).cloned()
    }

    fn set_shop(&self, id: &ShopId, shop: ShopSettings) {
        self.set(id, Some(shop));
    }

    fn remove_shop(&self, shop: &ShopId) {
        self.set(shop, self.configured(shop));
    }

    async fn close(&self, shop: &ShopId) -> Result<(), Failed> {
        pages::close(&self.deployment, shop.as_str()).await.map_err(failed)
    }

    async fn reopen(&self, shop: &ShopId) -> Result<(), Failed> {
        pages::reopen(&self.deployment, shop.as_str()).await.map_err(failed)
    }

    async fn other_domains(&self, shop: &ShopId) -> Result<Vec<ShopId>, Failed> {
        let key = Key::Domains(shop);
        let found = self.deployment.capabilities.kv.get(key.store().name(), &key.to_string()).await;
        let found = found.map_err(failed)?;
        let known = found.and_then(|entry| serde_json::from_slice::<Domains>(&entry.value).ok());
        let others = known.map(|known| known.others).unwrap_or_default();
        Ok(others.iter().filter_map(|other| ShopId::parse(other).ok()).collect())
    }

    async fn is_closed(&self, shop: &ShopId) -> Result<bool, Failed> {
        pages::is_closed(&self.deployment, shop.as_str()).await.map_err(failed)
    }

    async fn unknown(&self, shop: &ShopId, settings: &ShopSettings) -> Result<Vec<String>, Failed> {
        pages::unknown(&self.deployment, shop.as_str(), settings).await.map_err(failed)
    }

    fn has_model(&self) -> bool {
        self.deployment.capabilities.llm.is_configured()
    }

    fn model_trouble(&self, shop: &ShopId) -> Option<Cause> {
        let Capabilities { llm, clock, .. } = &*self.deployment.capabilities;
        Some(llm.usefulness()?.held(shop.as_str(), clock.now_ms())?.cause)
    }

    async fn used(&self, shop: &ShopId) -> Result<Option<Used>, Failed> {
        let Capabilities { llm, clock, .. } = &*self.deployment.capabilities;
        let Some(budget) = llm.budget() else { return Ok(None) };
        budget.used(shop.as_str(), Day::at(clock.now_ms())).await.map(Some).map_err(failed)
    }

    async fn bump_catalog_version(&self, shop: &ShopId) -> Result<(), Failed> {
        pages::bump_catalog_version(&self.deployment, shop.as_str()).await.map(drop).map_err(failed)
    }

    async fn products(&self, shop: &ShopId) -> Result<usize, Failed> {
        pages::products(&self.deployment, shop.as_str()).await.map_err(failed)
    }

    /// Returns the page that shoppers share who are known only by their persona.
    async fn preview(&self, shop: &ShopId, persona: Persona) -> Result<Preview, Failed> {
        let deployment = &*self.deployment;
        let shopper = ShopperId::context(persona);
        let (shop, shopper) = (shop.as_str(), shopper.as_str());
        let kept = pages::content(deployment, shop, shopper).await.map_err(failed)?;
        let due = kept.as_ref().map_or(Some(Work::Generate), |(_, due)| *due);
        let is_open = deployment.capabilities.settings.look(|settings| settings.shop_status(shop, true))
            == ShopStatus::Open;
        if let Some(work) = due
            && is_open
            && let Err(error) = pages::request_page(deployment, shop, shopper, persona, work).await
        {
            tracing::warn!(shop, %error, "cannot request a page to preview");
        }
        if let Some((page, due)) = kept {
            let made = if due.is_none() { Made::Now } else { Made::Before };
            return Ok(Preview { html: text(&page), made });
        }
        let page = pages::fallback(deployment, shop).await.map_err(failed)?;
        Ok(Preview { html: text(&page), made: Made::Never })
    }

    async fn reviews(&self, shop: &ShopId) -> Result<Vec<(Audience, Review)>, Failed> {
        reviews::list(&*self.deployment.capabilities.kv, shop).await.map_err(failed)
    }

    async fn show_plan(&self, shop: &ShopId, audience: &Audience, plan: &str) -> Result<Shown, Failed> {
        reviews::show(&self.deployment, shop, audience, plan).await.map_err(failed)
    }

    async fn edit_plan(
        &self,
        shop: &ShopId,
        audience: &Audience,
        plan: &str,
        digest: &str,
        edits: &[Edit],
    ) -> Result<Edited, Failed> {
        reviews::edit(&self.deployment, shop, audience, plan, digest, edits).await.map_err(failed)
    }

    async fn decide(
        &self,
        shop: &ShopId,
        audience: &Audience,
        version: &str,
        decision: &Decision,
        by: &str,
    ) -> Result<Result<(), Outdated>, Failed> {
        let Capabilities { kv, clock, .. } = &*self.deployment.capabilities;
        let decided = reviews::Decided { decision, by, at_ms: clock.now_ms() };
        reviews::decide(&**kv, shop, audience, version, &decided).await.map_err(failed)
    }

    async fn request_plan(&self, shop: &ShopId, audience: &Audience) -> Result<(), Failed> {
        pages::request_page_of(&self.deployment, shop.as_str(), audience).await.map_err(failed)
    }

    async fn reports(&self, shop: &ShopId) -> Result<Vec<Report>, Failed> {
        let prefix = format!("report:{shop}:");
        let kv = &self.deployment.capabilities.kv;
        let keys = kv.list_keys(Store::GenerationQueue.name(), &prefix, None, REPORTS_MAX).await;
        let keys = keys.map_err(failed)?;
        let mut reports = Vec::new();
        for id in keys.iter().filter_map(|key| EventId::parse(key.strip_prefix(&prefix)?).ok()) {
            let Some(json) = self.report(shop, &id).await? else { continue };
            let made_ms = serde_json::from_slice(&json).ok().map(|Written { written_ms }| written_ms);
            reports.push(Report { id, made_ms });
        }
        reports.sort_by_key(|report| std::cmp::Reverse(report.made_ms));
        Ok(reports)
    }

    async fn effects(&self, shop: &ShopId) -> Result<Effects, Failed> {
        let Capabilities { kv, clock, settings, .. } = &*self.deployment.capabilities;
        let (share, shops) = settings.look(|settings| {
            let share = settings.shops.get(shop.as_str()).map(|shop| shop.holdout);
            (share.unwrap_or(Share::NOBODY), settings.shops.len())
        });
        let sums = effects::sums(&**kv, shop).await.map_err(failed)?;
        let sales = effects::sales(&**kv, shop).await.map_err(failed)?;
        let rollouts = effects::rollouts(&**kv, shop).await.map_err(failed)?;
        let today = experiments::day(clock.now_ms());
        let totals = Totals::outside(&rollouts, &sums, share, today);
        let report = experiments::Report::of(&totals.with_sales(&sales));
        effects::measure(shop, shops, &report);
        Ok(Effects { report, sums, sales })
    }

    async fn keep_rollouts(&self, shop: &ShopId, rollouts: &Rollouts) -> Result<(), Failed> {
        effects::keep_rollouts(&*self.deployment.capabilities.kv, shop, rollouts).await.map_err(failed)
    }

    fn measure(&self, shop: &ShopId, worth: &Worth) {
        let Capabilities { clock, settings, .. } = &*self.deployment.capabilities;
        let shops = settings.look(|settings| settings.shops.len());
        effects::measure_worth(shop, shops, worth, experiments::day(clock.now_ms()));
    }

    async fn stored(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Option<Stored>, Failed> {
        let (shop, shopper) = (shop.as_str(), shopper.as_str());
        let Some(found) = pages::show(&self.deployment, shop, shopper).await.map_err(failed)? else {
            return Ok(None);
        };
        let plan = pages::planned(&self.deployment, shop, shopper).await.map_err(failed)?;
        Ok(Some(pages::Found { plan, ..found }.into()))
    }

    async fn report(&self, shop: &ShopId, id: &EventId) -> Result<Option<Vec<u8>>, Failed> {
        let key = Key::Report(shop, id);
        let found = self.deployment.capabilities.kv.get(key.store().name(), &key.to_string()).await;
        Ok(found.map_err(failed)?.map(|entry| entry.value.to_vec()))
    }
}

fn failed(error: impl std::fmt::Display) -> Failed {
    Failed(error.to_string())
}

/// When a report was written.
#[derive(Deserialize)]
struct Written {
    written_ms: u64,
}

fn text(page: &Bytes) -> String {
    String::from_utf8_lossy(page).into_owned()
}
