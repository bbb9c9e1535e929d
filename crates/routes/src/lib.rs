//! The routes of a storefront: which path leads where, and what a host has to know about each route.
//!
//! Routing answers by this table. Every host reads the same table before it asks routing, and when routing fails. So
//! the routes that a host falls back on are those of routing. `cargo xtask build` writes the table as JSON for the
//! Worker.
//!
//! Pure: it does no I/O, reads no request and makes no decision about a shop.
//!
//! ```
//! use routes::{Method, OnFailure, Route};
//!
//! let path = "/s/magic%2Dwands";
//! assert_eq!(Route::at(path), Some(Route::Page));
//! assert_eq!(routes::shop_in(path).as_deref(), Some("magic-wands"));
//!
//! let rule = Route::Page.rule();
//! assert!(rule.methods.includes(Method::Head));
//! assert_eq!(rule.on_failure, OnFailure::FallbackPage);
//!
//! // If routing fails and the host has no fallback page of the shop, it sends this answer.
//! let answer = rule.on_failure.answer();
//! assert_eq!(answer.status, 200);
//! assert!(answer.body.starts_with("<!doctype html>"));
//!
//! assert_eq!(Route::at("/s/a/b"), None);
//! assert_eq!(OnFailure::of(Route::at("/s/a/b")).answer().status, 404);
//! ```

mod conversions;
mod encoding;
mod failure;
mod format;
mod method;
mod table;

pub use encoding::decode;
pub use failure::{OnFailure, StaticAnswer};
pub use format::Format;
pub use method::{Method, Methods};
pub use table::{RULES, Rule, SHOP};

use std::borrow::Cow;

/// The path of the health check, which every host answers itself.
pub const HEALTH: &str = "/health";

/// A route. The same cases are in `http-types.route` of `wit/storefront`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Route {
    /// A shopper's page.
    Page,
    /// The status of a shopper's page.
    Status,
    /// A report of a shopper's actions.
    Track,
    /// A page within the theme of a shop. Shopify's app proxy forwards and signs these requests.
    ProxyPage,
    /// The content of the theme's block.
    ProxyFragment,
    /// The same as [`Route::Status`], within a theme.
    ProxyStatus,
    /// The same as [`Route::Track`], within a theme.
    ProxyTrack,
    /// The products of a shop's page for anybody, as JSON.
    Facts,
    /// A report of the app's web pixel, in the browser of a shopper.
    Pixel,
    /// Shopify's webhooks.
    Webhooks,
    /// The start page of a developer's machine.
    Home,
    /// Requests a page by hand.
    DebugGenerate,
    /// Lists errors of jobs.
    DebugErrors,
    /// Lists the members of the pool.
    DebugPool,
    /// Bumps the catalog version of a shop.
    DebugCatalogChanged,
    /// Reopens a closed shop.
    DebugReopen,
}

/// The caller of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// A shopper, who gets an answer even if storage does not answer.
    Shopper,
    /// Shopify, which sends a webhook again if it could not be stored.
    Shopify,
    /// The operator, who sees which part fails.
    Operator,
    /// A developer, on their own machine.
    Developer,
}

impl Route {
    /// Returns the route at a path, which is compared without decoding.
    pub fn at(path: &str) -> Option<Self> {
        RULES.iter().find(|rule| rule.is_at(path)).map(|rule| rule.route)
    }

    /// Returns the decoded shop in a path of this route; `None` if the path names none or is not well encoded.
    pub fn shop_in(self, path: &str) -> Option<Cow<'_, str>> {
        decode(self.rule().paths.iter().find_map(|pattern| table::segment(pattern, path))?)
    }

    /// Returns what a host has to know about the route.
    pub fn rule(self) -> &'static Rule {
        &RULES[self as usize]
    }
}

/// Returns the decoded shop in the path of a [`Route::Page`]; `None` if the path is not one or is not well encoded.
pub fn shop_in(path: &str) -> Option<Cow<'_, str>> {
    Route::Page.shop_in(path)
}

#[cfg(test)]
mod tests;
