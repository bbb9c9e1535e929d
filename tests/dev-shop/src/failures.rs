//! The failures that developers and tests can simulate.

use serde::Deserialize;

/// The responder of requests to the app proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Door {
    /// The app.
    Open,
    /// The shop asks for its password: a redirect.
    Password,
    /// The shop is under maintenance: a page with status 200.
    Maintenance,
    /// The theme's "not found" page, with status 200.
    Missing,
    /// The app, but only the first half of its response arrives.
    Truncated,
}

/// How the Storefront API fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Trouble {
    /// It works.
    None,
    /// Too many queries.
    Throttled,
    /// Status 430: the query is taken for an attack.
    Security,
    /// Status 503.
    Down,
    /// No response for a minute.
    Hang,
    /// Data together with errors.
    Partial,
    /// A response that is not JSON.
    Garbage,
}
