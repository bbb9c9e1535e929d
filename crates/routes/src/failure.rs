//! The answers of a host if routing fails. A shopper never gets a server error.

use crate::Route;

/// How a host answers a request that routing failed to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// With the fallback page of the shop in the path. If there is none, the same as [`OnFailure::LastResort`].
    FallbackPage,
    /// With a static page. The fallback page of a shop has prices in the shop's own currency, which need not be that
    /// of a shopper within a theme.
    LastResort,
    /// As if the state of the shopper's job were unknown: the script asks again.
    StateUnknown,
    /// As if nothing of the report had been stored.
    NothingStored,
    /// With 503, because Shopify then sends its webhook again.
    Unavailable,
    /// With 404. A theme keeps what it shows.
    NotFound,
}

/// A complete answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StaticAnswer {
    /// The status code.
    pub status: u16,
    /// The header fields in this order, with names in lower case.
    pub headers: &'static [(&'static str, &'static str)],
    /// The content.
    pub body: &'static str,
}

type Fields = &'static [(&'static str, &'static str)];

const NOT_CACHED: (&str, &str) = ("cache-control", "private, no-store");
const TEXT: Fields = &[("content-type", "text/plain; charset=utf-8"), NOT_CACHED];
const JSON: Fields = &[("content-type", "application/json"), NOT_CACHED, ("x-wandstore", "status")];
const PAGE: Fields = &[
    ("content-type", "text/html; charset=utf-8"),
    NOT_CACHED,
    ("x-cache", "MISS"),
    ("x-generated", "false"),
    ("x-generation-triggered", "false"),
];

impl OnFailure {
    /// Every way to answer.
    pub const ALL: [Self; 6] = [
        Self::FallbackPage,
        Self::LastResort,
        Self::StateUnknown,
        Self::NothingStored,
        Self::Unavailable,
        Self::NotFound,
    ];

    /// Returns how to answer a request with this route, or with none.
    pub fn of(route: Option<Route>) -> Self {
        route.map_or(Self::NotFound, |route| route.rule().on_failure)
    }

    /// Returns the name in the table that the Worker reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::FallbackPage => "fallback-page",
            Self::LastResort => "last-resort",
            Self::StateUnknown => "state-unknown",
            Self::NothingStored => "nothing-stored",
            Self::Unavailable => "unavailable",
            Self::NotFound => "not-found",
        }
    }

    /// Returns whether the answer is a page.
    pub fn is_page(self) -> bool {
        matches!(self, Self::FallbackPage | Self::LastResort)
    }

    /// Returns the answer that needs no shop.
    pub fn answer(self) -> StaticAnswer {
        let (status, headers, body) = match self {
            Self::FallbackPage | Self::LastResort => (200, PAGE, include_str!("last_resort.html")),
            Self::StateUnknown => (200, JSON, r#"{"state":"unknown"}"#),
            Self::NothingStored => (200, JSON, r#"{"stored":0}"#),
            Self::Unavailable => (503, TEXT, "try again later\n"),
            Self::NotFound => (404, TEXT, "there is nothing here\n"),
        };
        StaticAnswer { status, headers, body }
    }
}
