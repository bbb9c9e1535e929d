//! The interface that the admin requires of its host.

use async_trait::async_trait;
use capabilities::llm::budget::Used;
use experiments::Rollouts;
use model::origin::Told;
use model::review::{Decision, Edit, Edited, Outdated, Review, Shown};
use model::shop::ShopSettings;
use model::{Audience, Cause, EventId, Persona, ShopId, ShopperId};

use crate::worth::Worth;

/// An operation of the host failed. The text is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Failed(pub String);

/// A page as a shopper with some persona sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The whole page.
    pub html: String,
    /// Whether it was made for the persona.
    pub made: Made,
}

/// Whether a page was made for a persona.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// It was made for the persona.
    Now,
    /// It was made for the persona, with former products or settings; a newer one is being made.
    Before,
    /// It was not made for the persona: it is the fallback page, which is shown until there is one.
    Never,
}

/// What personal pages change in a shop: the comparison, and what was counted for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Effects {
    /// The comparison.
    pub report: experiments::Report,
    /// What shoppers did.
    pub sums: experiments::Aggregates,
    /// What they ordered.
    pub sales: experiments::Sales,
}

/// A report of the data stored about a customer, made because the merchant requested it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its id.
    pub id: EventId,
    /// When it was made, in milliseconds since the epoch, if that is known.
    pub made_ms: Option<u64>,
}

/// How a stored page was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// `fresh`, or why it is not.
    pub state: &'static str,
    /// The persona that it was made for.
    pub persona: &'static str,
    /// The confidence in the persona, in percent.
    pub confidence: u32,
    /// Who planned it, in words.
    pub source: &'static str,
    /// When it was planned, which is when it could be shown first, in milliseconds since the epoch.
    pub planned_ms: u64,
    /// The time until which it is fresh.
    pub fresh_until_ms: u64,
    /// The variant that the shopper gets, if they are in the half that gets one.
    pub variant: Option<String>,
    /// The page that is shown instead and the shoppers who see it, in words.
    pub instead: &'static str,
    /// What its plan says of how both were made.
    pub told: Told,
    /// The blocks and texts that were planned, as JSON; `None` if no plan is stored.
    pub plan: Option<serde_json::Value>,
}

/// The host's side of the admin. No method may wait for a language model.
#[async_trait]
pub trait Storefronts: Send + Sync {
    /// Returns the operator's configuration of a shop, if any. Called whenever a shop's settings are assembled.
    fn configured(&self, shop: &ShopId) -> Option<ShopSettings>;

    /// Serves the shop with these settings, which replace earlier ones. Called at the start for every installed shop,
    /// after an installation, and whenever a merchant saves.
    fn set_shop(&self, shop: &ShopId, shop: ShopSettings);

    /// Serves the shop as the operator configured it, or stops serving it if there is no configuration.
    fn remove_shop(&self, shop: &ShopId);

    /// Closes the shop, so that its pages are neither found nor stored. Called after an uninstallation; may be called
    /// for a shop that is already closed.
    async fn close(&self, shop: &ShopId) -> Result<(), Failed>;

    /// Reopens the shop. Called for each installation, even a repeated one; may be called for a shop that is
    /// already open.
    async fn reopen(&self, shop: &ShopId) -> Result<(), Failed>;

    /// Returns other domains of the shop, from before or after a change of its domain.
    async fn other_domains(&self, shop: &ShopId) -> Result<Vec<ShopId>, Failed>;

    /// Returns whether the shop is closed.
    async fn is_closed(&self, shop: &ShopId) -> Result<bool, Failed>;

    /// Makes all existing pages stale. Called after a merchant saves, and then again until it succeeds.
    async fn bump_catalog_version(&self, shop: &ShopId) -> Result<(), Failed>;

    /// Returns the excluded and pinned lines of these settings that name none of the products that the shop's
    /// catalog supplies.
    async fn unknown(&self, shop: &ShopId, settings: &ShopSettings) -> Result<Vec<String>, Failed>;

    /// Returns whether there is a language model.
    fn has_model(&self) -> bool;

    /// Returns why the language model is not asked for the shop at the moment; `None` if it is.
    fn model_trouble(&self, shop: &ShopId) -> Option<Cause>;

    /// Returns how many products pages can be made of. May ask the shop, which takes a second.
    async fn products(&self, shop: &ShopId) -> Result<usize, Failed>;

    /// Returns what the language model cost the shop today and in this month (UTC); `None` if there is no model.
    async fn used(&self, shop: &ShopId) -> Result<Option<Used>, Failed>;

    /// Returns a page for the persona; may queue its generation if there is none yet.
    async fn preview(&self, shop: &ShopId, persona: Persona) -> Result<Preview, Failed>;

    /// Returns what the merchant decided about the language model's plans, and what waits, for each audience of the shop.
    async fn reviews(&self, shop: &ShopId) -> Result<Vec<(Audience, Review)>, Failed>;

    /// Returns a plan as the merchant looks at it.
    async fn show_plan(&self, shop: &ShopId, audience: &Audience, plan: &str) -> Result<Shown, Failed>;

    /// Returns a plan with other texts, if they may stand on a page. `digest` is that of the plan as it was shown.
    async fn edit_plan(
        &self,
        shop: &ShopId,
        audience: &Audience,
        plan: &str,
        digest: &str,
        edits: &[Edit],
    ) -> Result<Edited, Failed>;

    /// Carries out what the member of staff `by` decided about the waiting plan of this version.
    async fn decide(
        &self,
        shop: &ShopId,
        audience: &Audience,
        version: &str,
        decision: &Decision,
        by: &str,
    ) -> Result<Result<(), Outdated>, Failed>;

    /// Queues a page for the audience, so that its next plan is made now. Called after a plan was rejected.
    async fn request_plan(&self, shop: &ShopId, audience: &Audience) -> Result<(), Failed>;

    /// Returns the shop's reports on customers, newest first.
    async fn reports(&self, shop: &ShopId) -> Result<Vec<Report>, Failed>;

    /// Returns what personal pages change in the shop.
    async fn effects(&self, shop: &ShopId) -> Result<Effects, Failed>;

    /// Keeps the shop's Rollouts, whose days the comparison leaves out.
    async fn keep_rollouts(&self, shop: &ShopId, rollouts: &Rollouts) -> Result<(), Failed>;

    /// Writes what the shop's pages cost and are worth into the metrics. Called every hour for each installed shop.
    fn measure(&self, shop: &ShopId, worth: &Worth);

    /// Returns a stored page: that of a shopper, or the one of shoppers who are known only by a persona. Returns `None` if
    /// no such page is stored.
    async fn stored(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Option<Stored>, Failed>;

    /// Returns a report of the shop, as JSON.
    async fn report(&self, shop: &ShopId, id: &EventId) -> Result<Option<Vec<u8>>, Failed>;
}
