//! The paths, and the methods that each accepts.

use crate::http::Method;

/// The endpoint of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint<'a> {
    /// `/`
    Home,
    /// `/s/{store}`, with the unchanged path segment of the shop: not empty, without a slash.
    Storefront(&'a str),
    /// `/api/generation/status`
    Status,
    /// `/api/shopper/track`
    Track,
    /// `/proxy…`, where Shopify forwards requests under the app's path in a shop.
    InShop(InShop),
    /// `/webhooks` and `/webhook/shopify`
    Webhooks,
    /// `/debug/generate`
    Generate,
    /// `/debug/errors`
    Errors,
    /// `/debug/pool`
    Pool,
    /// `/debug/catalog-moved`
    CatalogChanged,
    /// `/debug/reopen`
    Reopen,
}

impl<'a> Endpoint<'a> {
    /// Returns the endpoint at a path.
    pub(crate) fn at(path: &'a str) -> Option<Self> {
        Some(match path {
            "/" => Self::Home,
            "/api/generation/status" => Self::Status,
            "/api/shopper/track" => Self::Track,
            "/proxy" | "/proxy/" => Self::InShop(InShop::Page),
            "/proxy/fragment" => Self::InShop(InShop::Fragment),
            "/proxy/status" => Self::InShop(InShop::Status),
            "/proxy/track" => Self::InShop(InShop::Track),
            "/webhooks" | "/webhook/shopify" => Self::Webhooks,
            "/debug/generate" => Self::Generate,
            "/debug/errors" => Self::Errors,
            "/debug/pool" => Self::Pool,
            "/debug/catalog-moved" => Self::CatalogChanged,
            "/debug/reopen" => Self::Reopen,
            _ => Self::Storefront(path.strip_prefix("/s/").filter(|rest| is_segment(rest))?),
        })
    }

    /// Returns the methods that it accepts.
    pub(crate) fn allowed(self) -> Allowed {
        match self {
            Self::Track
            | Self::InShop(InShop::Track)
            | Self::Webhooks
            | Self::CatalogChanged
            | Self::Reopen => Allowed::Write,
            Self::Home | Self::Storefront(_) | Self::Status | Self::InShop(_) | Self::Errors | Self::Pool => {
                Allowed::Read
            }
            Self::Generate => Allowed::Both,
        }
    }
}

/// The endpoints under the app's path in a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InShop {
    /// A page within the theme.
    Page,
    /// The content of the theme's block.
    Fragment,
    /// The status of a shopper's page.
    Status,
    /// A report of a shopper's events.
    Track,
}

fn is_segment(text: &str) -> bool {
    !text.is_empty() && !text.contains('/')
}

/// Sets of methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Allowed {
    /// GET and HEAD.
    Read,
    /// POST.
    Write,
    /// GET, HEAD and POST.
    Both,
}

impl Allowed {
    pub(crate) fn includes(self, method: Method) -> bool {
        match method {
            Method::Get | Method::Head => self != Self::Write,
            Method::Post => self != Self::Read,
            Method::Other => false,
        }
    }

    /// Returns the value of an `allow` field (RFC 9110, section 10.2.1).
    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::Read => "GET, HEAD",
            Self::Write => "POST",
            Self::Both => "GET, HEAD, POST",
        }
    }
}

/// The format of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people: a line of plain text.
    Text,
    /// For programs: JSON.
    Json,
}

impl Format {
    /// Returns the format of refusals on a path.
    pub(crate) fn of(path: &str) -> Self {
        let of_programs = ["/api/", "/debug/", "/proxy/", "/webhook"];
        if of_programs.iter().any(|start| path.starts_with(start)) { Self::Json } else { Self::Text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_has_its_endpoint() {
        assert_eq!(Endpoint::at("/"), Some(Endpoint::Home));
        assert_eq!(Endpoint::at("/s/magic-wands"), Some(Endpoint::Storefront("magic-wands")));
        assert_eq!(Endpoint::at("/s/magic%2Dwands"), Some(Endpoint::Storefront("magic%2Dwands")));
        assert_eq!(Endpoint::at("/api/generation/status"), Some(Endpoint::Status));
        assert_eq!(Endpoint::at("/api/shopper/track"), Some(Endpoint::Track));
        for (path, place) in [
            ("/proxy", InShop::Page),
            ("/proxy/", InShop::Page),
            ("/proxy/fragment", InShop::Fragment),
            ("/proxy/status", InShop::Status),
            ("/proxy/track", InShop::Track),
        ] {
            assert_eq!(Endpoint::at(path), Some(Endpoint::InShop(place)), "{path}");
        }
        assert_eq!(Endpoint::at("/webhooks"), Some(Endpoint::Webhooks));
        assert_eq!(Endpoint::at("/webhook/shopify"), Some(Endpoint::Webhooks));
        assert_eq!(Endpoint::at("/debug/generate"), Some(Endpoint::Generate));
        assert_eq!(Endpoint::at("/debug/errors"), Some(Endpoint::Errors));
        assert_eq!(Endpoint::at("/debug/pool"), Some(Endpoint::Pool));
        assert_eq!(Endpoint::at("/debug/catalog-moved"), Some(Endpoint::CatalogChanged));
        assert_eq!(Endpoint::at("/debug/reopen"), Some(Endpoint::Reopen));
    }

    #[test]
    fn no_other_path_has_one() {
        for path in [
            "",
            "*",
            "//",
            "/s",
            "/s/",
            "/s//",
            "/s/a/b",
            "/s/a/",
            "/s/../x",
            "//s/a",
            "/S/a",
            "/debug",
            "/debug/",
            "/debug/pool/",
            "/api",
            "/health",
            "/metrics",
            "/proxy//fragment",
            "/proxy/%66ragment",
            "/proxy/fragment/",
            "/proxy/../webhooks",
            "/proxyfragment",
            "/webhook",
            "/webhooks/",
            "http://wands.example/s/a",
            "/./s/a",
        ] {
            assert_eq!(Endpoint::at(path), None, "{path}");
        }
    }

    #[test]
    fn an_endpoint_takes_the_methods_that_it_names() {
        for (allowed, names) in
            [(Allowed::Read, "GET, HEAD"), (Allowed::Write, "POST"), (Allowed::Both, "GET, HEAD, POST")]
        {
            assert_eq!(allowed.field(), names);
            for (method, name) in [(Method::Get, "GET"), (Method::Head, "HEAD"), (Method::Post, "POST")] {
                assert_eq!(allowed.includes(method), names.contains(name), "{name} in {names}");
            }
            assert!(!allowed.includes(Method::Other));
        }
    }
}
