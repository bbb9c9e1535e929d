//! A request of a member of staff for a page or a part of one.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};
use capabilities::llm::budget::Limits;
use model::shop::ShopSettings;

use crate::budget::{RATE_DAYS, Spending};
use crate::place::Place;
use crate::refused::{Refused, Why};
use crate::session::Caller;
use crate::wording::Words;
use crate::{Admin, choices, query};

/// The sender of a request, its address, and the words of its language.
pub(crate) struct Visit {
    pub admin: Arc<Admin>,
    pub caller: Caller,
    pub words: &'static Words,
    /// The address, without its query.
    pub path: String,
}

/// A route with a `Visit` parameter accepts only requests of staff.
impl FromRequestParts<Arc<Admin>> for Visit {
    type Rejection = Response<Body>;

    async fn from_request_parts(parts: &mut Parts, admin: &Arc<Admin>) -> Result<Self, Response<Body>> {
        let caller = Caller::from_request_parts(parts, admin).await?;
        let words = query::words(parts.uri.query().unwrap_or_default());
        Ok(Self { admin: admin.clone(), caller, words, path: parts.uri.path().to_owned() })
    }
}

impl Visit {
    /// Returns what the address names below that of a page, if anything.
    pub fn below(&self, place: Place) -> Option<&str> {
        place.below(&self.path)
    }

    /// Returns the shop's current settings.
    pub async fn settings(&self) -> Result<ShopSettings, Refused> {
        let Self { admin, caller, .. } = self;
        let shop = choices::shop(&caller.shop, &*admin.storefronts, admin.installations()).await;
        shop.map_err(|error| {
            tracing::warn!(shop = %caller.shop, %error, "cannot read a shop's settings");
            Refused::new(StatusCode::SERVICE_UNAVAILABLE, Why::Settings)
        })
    }

    /// Returns what the language model costs the shop; `None` if there is no model, or it cannot be read.
    pub async fn spending(&self, settings: &ShopSettings) -> Option<Spending> {
        let Self { admin, caller: Caller { shop, .. }, .. } = self;
        let used = admin.storefronts.used(shop).await;
        let used = used.inspect_err(|error| {
            tracing::warn!(%shop, %error, "cannot read the usage of a shop's budget");
        });
        let used = used.ok()??;
        let limits = Limits::from(settings);
        let costs = admin.shops.usage.by_day(shop, RATE_DAYS + 1).await.unwrap_or_default();
        Some(Spending::of(limits, used, &costs, admin.clock.now_ms()))
    }
}
