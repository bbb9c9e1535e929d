//! The parts of a request that are passed on, and the requests that are refused before any component sees them.

use std::net::{IpAddr, SocketAddr};

use routes::{Method, Route};
use spin_exchange::{Arrival, FIELD, FIELDS_BYTES_MAX, FIELDS_MAX, Refusal, TARGET_BYTES_MAX, path};

/// The prefix of Spin's own fields, which say how it routed the request. They are not the client's and do not count.
const OF_SPIN: &str = "spin-";

/// Returns path and query, or `/` for a request without a target.
pub fn target(path_with_query: Option<String>) -> Result<String, Refusal> {
    let target = path_with_query.filter(|target| !target.is_empty()).unwrap_or_else(|| "/".into());
    if target.len() > TARGET_BYTES_MAX { Err(Refusal::Target) } else { Ok(target) }
}

/// Returns the route of a target.
pub fn route(target: &str) -> Option<Route> {
    Route::at(path(target))
}

/// Returns the client's header fields, names in lower case, without those whose value is not UTF-8.
pub fn fields(entries: Vec<(String, Vec<u8>)>) -> Result<Vec<(String, String)>, Refusal> {
    let mut fields = Vec::with_capacity(entries.len());
    let (mut count, mut bytes) = (0, 0);
    for (mut name, value) in entries {
        name.make_ascii_lowercase();
        if name.starts_with(OF_SPIN) || name == FIELD {
            continue;
        }
        count += 1;
        bytes += name.len() + value.len();
        if count > FIELDS_MAX || bytes > FIELDS_BYTES_MAX {
            return Err(Refusal::Fields);
        }
        if let Ok(value) = String::from_utf8(value) {
            fields.push((name, value));
        }
    }
    Ok(fields)
}

/// Returns the address of the client. Requests that Shopify forwards come from its own servers, which name the client.
/// For all others, only the platform is trusted.
pub fn client(entries: &[(String, Vec<u8>)], route: Option<Route>) -> Option<IpAddr> {
    let value = |name: &str| {
        let (_, value) = entries.iter().find(|(field, _)| field.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value).ok()
    };
    let is_forwarded = route.is_some_and(|route| route.rule().trusts_forwarded);
    let forwarded = is_forwarded.then(|| value("x-forwarded-for")).flatten();
    if let Some(first) = forwarded.and_then(|addresses| addresses.split(',').next()?.trim().parse().ok()) {
        return Some(first);
    }
    value("spin-client-addr").and_then(|address| address.parse::<SocketAddr>().ok()).map(|peer| peer.ip())
}

/// Returns what is known about a body before it is read, or `None` if it has to be read: a body may come without a
/// `content-length` (RFC 9112, section 6.3; RFC 9113, section 8.1).
pub fn announced(method: Method, fields: &[(String, String)], bytes_max: usize) -> Option<Arrival> {
    if method != Method::Post {
        return Some(Arrival::Absent);
    }
    match field(fields, "content-length")?.trim().parse::<usize>() {
        Ok(0) => Some(Arrival::Absent),
        Ok(bytes) if bytes > bytes_max => Some(Arrival::TooLarge),
        _ => None,
    }
}

/// Returns whether the client wants an answer that may change as a stream of events.
pub fn wants_events(method: Method, fields: &[(String, String)]) -> bool {
    method == Method::Get && field(fields, "accept") == Some("text/event-stream")
}

/// Returns whether the client refuses an answer that is kept here (RFC 9111, sections 5.2.1.4 and 5.4).
pub fn refuses_kept(fields: &[(String, String)]) -> bool {
    ["cache-control", "pragma"].iter().any(|name| field(fields, name).is_some())
}

/// Returns whether a header field is forwarded. The others are about the client's own connection (RFC 9110, section
/// 7.6.1), or follow from the forwarded body.
pub fn is_forwarded(name: &str) -> bool {
    const OWN: [&str; 9] = [
        "connection",
        "content-length",
        "host",
        "http2-settings",
        "keep-alive",
        "proxy-connection",
        "te",
        "transfer-encoding",
        "upgrade",
    ];
    !OWN.contains(&name)
}

/// Returns the size limit of a route's body. Routing refuses a larger body.
pub fn body_bytes_max(route: Option<Route>) -> usize {
    route.map_or(0, |route| route.rule().body_bytes_max as usize)
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, value: &[u8]) -> (String, Vec<u8>) {
        (name.to_owned(), value.to_vec())
    }

    fn read(entries: &[(&str, &str)]) -> Vec<(String, String)> {
        entries.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_target_is_bounded_and_never_empty() {
        assert_eq!(target(None), Ok("/".into()));
        assert_eq!(target(Some(String::new())), Ok("/".into()));
        assert_eq!(target(Some("/s/a?b".into())), Ok("/s/a?b".into()));
        assert!(target(Some("/".repeat(8_192))).is_ok());
        assert_eq!(target(Some("/".repeat(8_193))), Err(Refusal::Target));
    }

    #[test]
    fn fields_are_passed_on_in_lower_case_without_internal_ones() {
        let entries = vec![
            entry("Accept", b"text/html"),
            entry("spin-full-url", b"http://127.0.0.1/"),
            entry("Wandstore-Internal", b"{}"),
            entry("x-broken", b"\xff"),
        ];
        assert_eq!(fields(entries), Ok(read(&[("accept", "text/html")])));
    }

    #[test]
    fn fields_are_bounded_in_number_and_size() {
        let many = |count| (0..count).map(|n| entry(&format!("x-{n}"), b"1")).collect::<Vec<_>>();
        assert!(fields(many(64)).is_ok());
        assert_eq!(fields(many(65)), Err(Refusal::Fields));
        assert!(fields(vec![entry("x", &vec![b'a'; 32 * 1024 - 1])]).is_ok());
        assert_eq!(fields(vec![entry("x", &vec![b'a'; 32 * 1024])]), Err(Refusal::Fields));
        let mut of_spin = many(64);
        of_spin.push(entry("spin-path-info", b"/"));
        assert!(fields(of_spin).is_ok());
    }

    #[test]
    fn the_client_is_spins_peer_or_the_one_that_shopify_forwards() {
        let entries = [
            entry("spin-client-addr", b"192.0.2.1:4000"),
            entry("X-Forwarded-For", b"203.0.113.7, 192.0.2.9"),
        ];
        let of = |target: &str| client(&entries, route(target)).map(|address| address.to_string());
        assert_eq!(of("/proxy/fragment?a").as_deref(), Some("203.0.113.7"));
        assert_eq!(of("/s/magic-wands?shopper=a").as_deref(), Some("192.0.2.1"));
        assert_eq!(client(&[entry("x-forwarded-for", b"unknown")], Some(Route::ProxyPage)), None);
    }

    #[test]
    fn a_body_without_a_length_is_read() {
        let of = |fields: &[(&str, &str)]| announced(Method::Post, &read(fields), 100);
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[("transfer-encoding", "chunked")]), None);
        assert_eq!(of(&[("content-length", "100")]), None);
        assert_eq!(of(&[("content-length", "many")]), None);
        assert_eq!(of(&[("content-length", "101")]), Some(Arrival::TooLarge));
        assert_eq!(of(&[("content-length", "0")]), Some(Arrival::Absent));
        assert_eq!(announced(Method::Get, &read(&[("content-length", "7")]), 100), Some(Arrival::Absent));
    }

    #[test]
    fn a_reload_is_not_answered_from_memory() {
        assert!(!refuses_kept(&read(&[("accept", "text/html")])));
        for name in ["cache-control", "pragma"] {
            assert!(refuses_kept(&read(&[(name, "no-cache")])), "{name}");
        }
    }

    #[test]
    fn only_a_get_request_for_events_gets_events() {
        let accept = read(&[("accept", "text/event-stream")]);
        assert!(wants_events(Method::Get, &accept));
        assert!(!wants_events(Method::Post, &accept));
        assert!(!wants_events(Method::Get, &read(&[("accept", "*/*")])));
    }

    #[test]
    fn only_webhooks_may_be_large() {
        for target in ["/webhooks", "/webhook/shopify", "/webhooks?a=b"] {
            assert_eq!(body_bytes_max(route(target)), 2 << 20, "{target}");
        }
        for target in ["/proxy/track?x=/webhooks", "/api/shopper/track"] {
            assert_eq!(body_bytes_max(route(target)), 16_384, "{target}");
        }
        for target in ["/", "/s/magic-wands", "/nowhere"] {
            assert_eq!(body_bytes_max(route(target)), 0, "{target}");
        }
    }
}
