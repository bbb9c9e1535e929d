//! The table of routes.

use crate::{Caller, Methods, OnFailure, Route};

/// A host's rule for a route.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The route.
    pub route: Route,
    /// Its paths. [`SHOP`] at the end stands for one segment, which names a shop.
    pub paths: &'static [&'static str],
    /// The label in metrics, which several routes may share.
    pub label: &'static str,
    /// The methods that it accepts.
    pub methods: Methods,
    /// Its caller.
    pub caller: Caller,
    /// The largest body that it accepts, in bytes; 0 if it reads none.
    pub body_bytes_max: u32,
    /// Whether `x-forwarded-for` names the client, wherever the request comes from: Shopify's app proxy forwards it.
    pub trusts_forwarded: bool,
    /// Whether a client may receive the answer, and later ones, as server-sent events.
    pub has_events: bool,
    /// How a host answers if routing fails.
    pub on_failure: OnFailure,
}

/// The last segment of a path that names a shop.
pub const SHOP: &str = "{store}";

/// The largest report of a shopper's events.
const REPORT_BYTES_MAX: u32 = 16 * 1024;
/// The largest webhook. Shopify names no limit; a product of 2000 variants has less.
const WEBHOOK_BYTES_MAX: u32 = 2 * 1024 * 1024;

const UNSIGNED: Rule = Rule {
    route: Route::Page,
    paths: &["/s/{store}"],
    label: "page",
    methods: Methods::Read,
    caller: Caller::Shopper,
    body_bytes_max: 0,
    trusts_forwarded: false,
    has_events: false,
    on_failure: OnFailure::FallbackPage,
};
const IN_THEME: Rule = Rule { trusts_forwarded: true, ..UNSIGNED };
const OPERATOR: Rule =
    Rule { label: "debug", caller: Caller::Operator, on_failure: OnFailure::NotFound, ..UNSIGNED };

/// The rules of all routes, in the order of [`Route`]. The most frequent one is first.
pub static RULES: [Rule; 16] = [
    UNSIGNED,
    Rule {
        route: Route::Status,
        paths: &["/api/generation/status"],
        label: "status",
        has_events: true,
        on_failure: OnFailure::StateUnknown,
        ..UNSIGNED
    },
    Rule {
        route: Route::Track,
        paths: &["/api/shopper/track"],
        label: "track",
        methods: Methods::Write,
        body_bytes_max: REPORT_BYTES_MAX,
        on_failure: OnFailure::NothingStored,
        ..UNSIGNED
    },
    Rule {
        route: Route::ProxyPage,
        paths: &["/proxy", "/proxy/"],
        label: "proxy",
        on_failure: OnFailure::LastResort,
        ..IN_THEME
    },
    Rule {
        route: Route::ProxyFragment,
        paths: &["/proxy/fragment"],
        label: "fragment",
        on_failure: OnFailure::NotFound,
        ..IN_THEME
    },
    Rule {
        route: Route::ProxyStatus,
        paths: &["/proxy/status"],
        label: "proxy-status",
        has_events: true,
        on_failure: OnFailure::StateUnknown,
        ..IN_THEME
    },
    Rule {
        route: Route::ProxyTrack,
        paths: &["/proxy/track"],
        label: "proxy-track",
        methods: Methods::Write,
        body_bytes_max: REPORT_BYTES_MAX,
        on_failure: OnFailure::NothingStored,
        ..IN_THEME
    },
    Rule {
        route: Route::Facts,
        paths: &["/facts/{store}"],
        label: "facts",
        on_failure: OnFailure::NotFound,
        ..UNSIGNED
    },
    Rule {
        route: Route::Pixel,
        paths: &["/api/pixel"],
        label: "pixel",
        methods: Methods::Write,
        body_bytes_max: REPORT_BYTES_MAX,
        on_failure: OnFailure::NothingStored,
        ..UNSIGNED
    },
    Rule {
        route: Route::Webhooks,
        paths: &["/webhooks", "/webhook/shopify"],
        label: "webhook",
        methods: Methods::Write,
        caller: Caller::Shopify,
        body_bytes_max: WEBHOOK_BYTES_MAX,
        on_failure: OnFailure::Unavailable,
        ..UNSIGNED
    },
    Rule {
        route: Route::Home,
        paths: &["/"],
        label: "other",
        caller: Caller::Developer,
        on_failure: OnFailure::NotFound,
        ..UNSIGNED
    },
    Rule { route: Route::DebugGenerate, paths: &["/debug/generate"], methods: Methods::Both, ..OPERATOR },
    Rule { route: Route::DebugErrors, paths: &["/debug/errors"], ..OPERATOR },
    Rule { route: Route::DebugPool, paths: &["/debug/pool"], ..OPERATOR },
    Rule {
        route: Route::DebugCatalogChanged,
        paths: &["/debug/bump-catalog-version"],
        methods: Methods::Write,
        ..OPERATOR
    },
    Rule { route: Route::DebugReopen, paths: &["/debug/reopen"], methods: Methods::Write, ..OPERATOR },
];

impl Rule {
    /// Returns whether one of the paths is this one.
    pub(crate) fn is_at(&self, path: &str) -> bool {
        self.paths.iter().any(|pattern| *pattern == path || segment(pattern, path).is_some())
    }
}

/// Returns the segment of a path that [`SHOP`] stands for in a pattern: it is not empty and has no slash.
pub(crate) fn segment<'a>(pattern: &str, path: &'a str) -> Option<&'a str> {
    let rest = path.strip_prefix(pattern.strip_suffix(SHOP)?)?;
    (!rest.is_empty() && !rest.contains('/')).then_some(rest)
}
