//! Generation requests.

use serde::{Deserialize, Serialize};

use crate::{InvalidId, InvalidMarket, Market, PageKind, Persona, ShopId, ShopperId, Signals};

/// A request to make a page for a shopper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenerationRequest {
    /// The shop.
    pub shop: ShopId,
    /// The shopper whom the page is for.
    pub shopper: ShopperId,
    /// The work to do.
    pub work: Work,
    /// The shopper's signals.
    pub signals: Signals,
    /// The persona, if it is fixed beforehand: without consent, pages are made for a persona instead of a shopper.
    pub persona: Option<Persona>,
    /// The shopper's market.
    pub market: Market,
    /// The kind of page.
    pub page: PageKind,
}

/// The work that a generation request asks for. Stored by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Work {
    /// Make a plan and its page.
    Generate,
    /// Make them without the language model. The page is stale soon, so that the model plans the next one.
    #[serde(rename = "plan-locally")]
    PlanLocally,
    /// Render the page again from the stored plan.
    Rerender,
}

/// Why a WIT record is not a generation request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRequest {
    /// An id is invalid.
    #[error(transparent)]
    Id(#[from] InvalidId),
    /// The market is invalid.
    #[error(transparent)]
    Market(#[from] InvalidMarket),
}
