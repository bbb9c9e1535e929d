//! What the admin needs of the host that it is mounted in.

use async_trait::async_trait;
use capabilities::settings::Shop;
use names::{EventId, Persona, StoreId};

/// Something that the host was asked for did not work out. The text is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Failed(pub String);

/// A page as a shopper of some persona gets it.
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
    /// It was.
    Now,
    /// It was, with other products or settings; a newer one is being made.
    Before,
    /// It was not: the page is what everybody gets until there is one.
    Never,
}

/// What is kept of a customer, put together because the merchant was asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its id.
    pub id: EventId,
    /// When it was made, in milliseconds since the epoch, if that is known.
    pub made_ms: Option<u64>,
}

/// The host's side of the admin. Nothing here may wait for a language model.
#[async_trait]
pub trait Storefronts: Send + Sync {
    /// What the operator wrote of a shop, if anything. Asked whenever a shop's settings are put together.
    fn configured(&self, store: &StoreId) -> Option<Shop>;

    /// Serves the shop with these settings from now on. Called at the start for every installed shop, after an
    /// installation, and whenever a merchant saves. Replaces what was set before.
    fn set_shop(&self, store: &StoreId, shop: Shop);

    /// Serves the shop as the operator configured it, or no longer if nothing was.
    fn remove_shop(&self, store: &StoreId);

    /// Closes the shop: no page of it is found or kept. Called when the app was uninstalled; may be called for a shop
    /// that is closed.
    async fn close(&self, store: &StoreId) -> Result<(), Failed>;

    /// Undoes that the shop was closed. Called for each installation, also one that is only asked for again; may be
    /// called for a shop that is open.
    async fn reopen(&self, store: &StoreId) -> Result<(), Failed>;

    /// Other domains of the shop, before or after its domain changed.
    async fn other_domains(&self, store: &StoreId) -> Result<Vec<StoreId>, Failed>;

    /// Whether the shop was closed, and not opened since.
    async fn is_closed(&self, store: &StoreId) -> Result<bool, Failed>;

    /// Has pages that were made before now made again. Called when a merchant saved, and then again until it succeeds.
    async fn moved(&self, store: &StoreId) -> Result<(), Failed>;

    /// A page for the persona; one may be ordered if there is none yet.
    async fn preview(&self, store: &StoreId, persona: Persona) -> Result<Preview, Failed>;

    /// Reports on customers that are kept for the shop, the newest first.
    async fn reports(&self, store: &StoreId) -> Result<Vec<Report>, Failed>;

    /// A report of the shop, as JSON.
    async fn report(&self, store: &StoreId, id: &EventId) -> Result<Option<Vec<u8>>, Failed>;
}
