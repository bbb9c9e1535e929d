//! The host of a request, which must be unambiguous in HTTP/1.1 (RFC 9112, section 3.2).

use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Request, Uri, Version};

/// The host of a request is missing or wrong; the answer is 400.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHost {
    /// HTTP/1.1 requires the field.
    #[error("an HTTP/1.1 request needs a host field")]
    Missing,
    /// Two readers might each use a different one.
    #[error("a request has one host field")]
    Several,
    /// Not `host` or `host:port`.
    #[error("the host is not a name or address, with a port or without")]
    Invalid,
}

/// Requires one valid host. If the target names a host, that one counts, and not the field.
pub fn resolve<B>(request: &mut Request<B>) -> Result<(), InvalidHost> {
    check(request.version(), request.uri(), request.headers())?;
    if let Some(named) = request.uri().authority() {
        let named = HeaderValue::from_str(named.as_str()).map_err(|_| InvalidHost::Invalid)?;
        request.headers_mut().insert(HOST, named);
    }
    Ok(())
}

fn check(version: Version, uri: &Uri, headers: &HeaderMap) -> Result<(), InvalidHost> {
    let mut fields = headers.get_all(HOST).iter();
    match (fields.next(), fields.next()) {
        (None, _) if version >= Version::HTTP_11 => return Err(InvalidHost::Missing),
        (None, _) => {}
        (Some(_), Some(_)) => return Err(InvalidHost::Several),
        // An empty field is well-formed but names no host, and an http URI without a host must be rejected (RFC 9110,
        // section 4.2.1).
        (Some(host), None) => {
            let host = Authority::try_from(host.as_bytes()).map_err(|_| InvalidHost::Invalid)?;
            is_host(&host)?;
        }
    }
    uri.authority().map_or(Ok(()), is_host)
}

/// Accepts a valid host, with a valid port or none. User and password are rejected, because they are deprecated in http
/// URIs (RFC 9110, section 4.2.4).
fn is_host(authority: &Authority) -> Result<(), InvalidHost> {
    let text = authority.as_str();
    let port = text.strip_prefix(authority.host()).ok_or(InvalidHost::Invalid)?;
    let is_port = |port: &str| port.is_empty() || port.parse::<u16>().is_ok() && !port.starts_with('+');
    let has_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
    if has_port && is_name(authority.host()) { Ok(()) } else { Err(InvalidHost::Invalid) }
}

/// Returns whether `host` is a DNS name or an address. The grammar of URIs allows more, such as a comma with which an
/// intermediary joined two fields.
fn is_name(host: &str) -> bool {
    let is_address = host.starts_with('[');
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_') || is_address;
    !host.is_empty() && host.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(version: Version, target: &str, hosts: &[&str]) -> Result<Option<String>, InvalidHost> {
        let mut request = Request::builder().version(version).uri(target);
        for host in hosts {
            request = request.header(HOST, *host);
        }
        let mut request = request.body(()).expect("a request");
        resolve(&mut request)?;
        Ok(request.headers().get(HOST).map(|host| host.to_str().expect("text").to_owned()))
    }

    #[track_caller]
    fn check(target: &str, hosts: &[&str], expected: Result<&str, InvalidHost>) {
        let resolved = resolved(Version::HTTP_11, target, hosts);
        assert_eq!(
            resolved.as_ref().map(|host| host.as_deref().unwrap_or_default()),
            expected.as_ref().copied()
        );
    }

    #[test]
    fn a_request_names_one_host() {
        for host in
            ["a", "a.b-c", "a:80", "a:", "127.0.0.1:8787", "[::1]", "[::1]:80", "xn--bcher-kva.example"]
        {
            check("/", &[host], Ok(host));
        }
    }

    #[test]
    fn a_request_that_does_not_is_refused() {
        check("/", &[], Err(InvalidHost::Missing));
        check("/", &["a", "a"], Err(InvalidHost::Several));
        check("/", &["a", "b"], Err(InvalidHost::Several));
        for host in [
            "", " ", "a b", "u@a", "u:p@a", "a/", "a:b", "a:99999", "a:+1", "a:1:2", "[::1", ":80", "a,b",
            "a?b", "a#b", "<a>",
        ] {
            assert!(resolved(Version::HTTP_11, "/", &[host]).is_err(), "{host:?}");
        }
    }

    #[test]
    fn before_http_1_1_the_host_may_be_left_out() {
        assert_eq!(resolved(Version::HTTP_10, "/", &[]), Ok(None));
        assert_eq!(resolved(Version::HTTP_10, "/", &["a", "a"]), Err(InvalidHost::Several));
        assert_eq!(resolved(Version::HTTP_10, "/", &["a b"]), Err(InvalidHost::Invalid));
    }

    #[test]
    fn the_host_of_the_target_counts_for_more_than_the_field() {
        check("http://a:81/s", &["b"], Ok("a:81"));
        check("http://a/s", &[], Err(InvalidHost::Missing));
        check("http://a/s", &["b", "b"], Err(InvalidHost::Several));
        check("http://u:p@a/s", &["a"], Err(InvalidHost::Invalid));
    }
}
