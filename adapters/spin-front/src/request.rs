//! The parts of a request that are passed on, and the requests that are refused before any component sees them.

use std::net::{IpAddr, SocketAddr};

use routes::{Methods, Route};

/// The longest target that is accepted; RFC 9110, section 4.1, asks for at least 8000.
const TARGET_BYTES_MAX: usize = 8_192;
/// The most header fields, and the most bytes of them, as for the native host.
const FIELDS_MAX: usize = 64;
const FIELDS_BYTES_MAX: usize = 32 * 1024;
/// The prefix of Spin's own fields, which say how it routed the request. They are not the client's and do not count.
const OF_SPIN: &str = "spin-";

/// Why a request is not passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Path and query are too long.
    #[error("the request target is longer than {TARGET_BYTES_MAX} bytes")]
    Target,
    /// Too many header fields, or too many bytes of them.
    #[error("the request has more than {FIELDS_MAX} header fields or {FIELDS_BYTES_MAX} bytes of them")]
    Fields,
    /// There is nothing at this address.
    #[error("there is nothing at this address")]
    NothingHere,
    /// The path exists, but not for this method.
    #[error("this address takes {} only", .0.field())]
    Method(Methods),
}

impl Refusal {
    /// Returns the status code (RFC 9110, section 15; RFC 6585, section 5).
    pub fn status(self) -> u16 {
        match self {
            Self::Target => 414,
            Self::Fields => 431,
            Self::NothingHere => 404,
            Self::Method(_) => 405,
        }
    }

    /// Returns the field lines.
    pub fn headers(self) -> String {
        let allow = match self {
            Self::Method(methods) => format!("allow: {}\n", methods.field()),
            _ => String::new(),
        };
        format!("content-type: text/plain; charset=utf-8\n{allow}")
    }
}

/// Returns path and query, or `/` for a request without a target.
pub fn target(path_with_query: Option<String>) -> Result<String, Refusal> {
    let target = path_with_query.filter(|target| !target.is_empty()).unwrap_or_else(|| "/".into());
    if target.len() > TARGET_BYTES_MAX { Err(Refusal::Target) } else { Ok(target) }
}

/// Returns the route of a target.
pub fn route(target: &str) -> Option<Route> {
    Route::at(target.split('?').next().unwrap_or_default())
}

/// Returns the client's header fields, names in lower case, without those whose value is not UTF-8.
pub fn fields(entries: Vec<(String, Vec<u8>)>) -> Result<Vec<(String, String)>, Refusal> {
    let mut fields = Vec::with_capacity(entries.len());
    let (mut count, mut bytes) = (0, 0);
    for (mut name, value) in entries {
        name.make_ascii_lowercase();
        if name.starts_with(OF_SPIN) {
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

/// Returns the announced length of the body in bytes (RFC 9112, section 6.3): `None` if the request does not state it,
/// and 0 if there is no body.
pub fn expected_body(fields: &[(String, String)]) -> Option<u64> {
    if field(fields, "transfer-encoding").is_some() {
        return None;
    }
    field(fields, "content-length").map_or(Some(0), |length| length.trim().parse().ok())
}

/// Returns the size limit of a route's body. Routing refuses a larger body.
pub fn body_bytes_max(route: Option<Route>) -> usize {
    route.map_or(0, |route| route.rule().body_bytes_max as usize)
}

/// Returns the token of `authorization: Bearer` (RFC 6750, section 2.1).
pub fn bearer(fields: &[(String, String)]) -> Option<&str> {
    let (scheme, token) = field(fields, "authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
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
    fn fields_are_passed_on_in_lower_case_without_those_of_spin() {
        let entries = vec![
            entry("Accept", b"text/html"),
            entry("spin-full-url", b"http://127.0.0.1/"),
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
    fn a_body_is_expected_as_its_fields_say() {
        assert_eq!(expected_body(&[]), Some(0));
        assert_eq!(expected_body(&read(&[("content-length", "12")])), Some(12));
        assert_eq!(expected_body(&read(&[("content-length", "many")])), None);
        assert_eq!(expected_body(&read(&[("transfer-encoding", "chunked")])), None);
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

    #[test]
    fn a_bearer_token_is_found() {
        assert_eq!(bearer(&read(&[("authorization", "Bearer abc")])), Some("abc"));
        assert_eq!(bearer(&read(&[("authorization", "bearer abc ")])), Some("abc"));
        for none in ["Basic abc", "Bearer", "abc"] {
            assert_eq!(bearer(&read(&[("authorization", none)])), None, "{none}");
        }
        assert_eq!(bearer(&[]), None);
    }

    #[test]
    fn a_refusal_is_one_line_and_a_4xx() {
        for refusal in
            [Refusal::Target, Refusal::Fields, Refusal::NothingHere, Refusal::Method(Methods::Write)]
        {
            assert!((400..500).contains(&refusal.status()), "{refusal}");
            assert!(!refusal.to_string().contains('\n'), "{refusal}");
        }
        assert!(Refusal::Method(Methods::Write).headers().ends_with("allow: POST\n"));
    }
}
