//! The address at which browsers reach this deployment.

use anyhow::bail;
use http::Uri;

/// Parses an origin such as `https://wandstore.example`, and returns it without a slash at the end. A path is not
/// allowed, because the routes are fixed.
pub(super) fn parse(text: &str) -> anyhow::Result<String> {
    match origin(text) {
        Some(origin) => Ok(origin),
        None => bail!(
            "server.public_url is {text:?}: it must be an http(s) URL without a path, such as https://wandstore.example"
        ),
    }
}

fn origin(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let is_web = ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    // `Uri` drops a fragment silently.
    let uri: Uri = text.parse().ok().filter(|_| is_web && !authority.contains(['/', '?', '#', '@']))?;
    let parsed = uri.authority()?;
    let port_fits = parsed.port().is_some() || parsed.as_str() == parsed.host();
    let origin = format!("{scheme}://{parsed}").to_ascii_lowercase();
    (!parsed.host().is_empty() && port_fits && uri.port().is_none_or(|port| port.as_u16() > 0))
        .then_some(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let parsed = parse(text);
        assert_eq!(parsed.as_deref().ok(), expected, "{text:?}");
        if let Err(error) = parsed {
            assert!(
                error.to_string().starts_with(&format!("server.public_url is {text:?}: it must be")),
                "{error}"
            );
        }
    }

    #[test]
    fn an_origin_is_taken_with_or_without_a_slash() {
        for (text, expected) in [
            ("https://wandstore.example", "https://wandstore.example"),
            ("https://wandstore.example/", "https://wandstore.example"),
            ("HTTPS://Wandstore.Example", "https://wandstore.example"),
            ("http://127.0.0.1:8788", "http://127.0.0.1:8788"),
            ("http://[::1]:8788/", "http://[::1]:8788"),
        ] {
            check(text, Some(expected));
        }
    }

    #[test]
    fn invalid_origins_are_refused_and_named() {
        for text in [
            "wandstore.example",
            "//wandstore.example",
            "ftp://wandstore.example",
            "https://",
            "https:///admin",
            "https://:443",
            "https://wandstore.example:",
            "https://wandstore.example:0",
            "https://wandstore.example:99999",
            "https://wandstore.example/admin",
            "https://wandstore.example//",
            "https://wandstore.example?a=b",
            "https://wandstore.example#a",
            "https://user@wandstore.example",
            "https://wand store.example",
            "https://wandstore.example\nx: y",
            "https://wändstore.example",
        ] {
            check(text, None);
        }
    }
}
