//! The address of a service, split as `wasi:http` requires.

/// The scheme of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// In the clear.
    Http,
    /// Over TLS.
    Https,
}

/// An absolute `http:` or `https:` address (RFC 9110, section 4.2), borrowed from its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address<'a> {
    /// The scheme.
    pub scheme: Scheme,
    /// Host and port.
    pub authority: &'a str,
    /// Path and query: `/` at least.
    pub target: &'a str,
}

/// Why a text is no address. The message does not repeat the text, because it may hold a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAddress {
    /// Neither of the two schemes.
    #[error("the address starts with neither http:// nor https://")]
    Scheme,
    /// No host, or a user's name or password before it.
    #[error("the address has no host, or has a user name before it")]
    Host,
    /// A space, a control character or a fragment.
    #[error("the address contains a space, a control character or a fragment")]
    Character,
}

impl<'a> Address<'a> {
    /// Splits an address.
    pub fn parse(text: &'a str) -> Result<Self, InvalidAddress> {
        let (scheme, rest) = scheme(text).ok_or(InvalidAddress::Scheme)?;
        if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#') {
            return Err(InvalidAddress::Character);
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        if authority.is_empty() || authority.starts_with(':') || authority.contains('@') {
            return Err(InvalidAddress::Host);
        }
        match target {
            "" => Ok(Self { scheme, authority, target: "/" }),
            _ if target.starts_with('/') => Ok(Self { scheme, authority, target }),
            _ => Err(InvalidAddress::Character),
        }
    }
}

fn scheme(text: &str) -> Option<(Scheme, &str)> {
    let https = text.strip_prefix("https://").map(|rest| (Scheme::Https, rest));
    https.or_else(|| text.strip_prefix("http://").map(|rest| (Scheme::Http, rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, scheme: Scheme, authority: &str, target: &str) {
        assert_eq!(Address::parse(text), Ok(Address { scheme, authority, target }), "{text}");
    }

    #[test]
    fn an_address_is_split() {
        check("https://api.example/v1/chat", Scheme::Https, "api.example", "/v1/chat");
        check("http://127.0.0.1:11434", Scheme::Http, "127.0.0.1:11434", "/");
        check("http://[::1]:9000/a?b=c&d=%20", Scheme::Http, "[::1]:9000", "/a?b=c&d=%20");
    }

    #[test]
    fn invalid_addresses_are_refused() {
        for (text, wrong) in [
            ("", InvalidAddress::Scheme),
            ("ftp://example/", InvalidAddress::Scheme),
            ("HTTP//example", InvalidAddress::Scheme),
            ("https:///v1", InvalidAddress::Host),
            ("https://:443/v1", InvalidAddress::Host),
            ("https://user:word@example/", InvalidAddress::Host),
            ("https://example?query", InvalidAddress::Character),
            ("https://example/a b", InvalidAddress::Character),
            ("https://example/\r\nx: y", InvalidAddress::Character),
            ("https://example/#part", InvalidAddress::Character),
        ] {
            assert_eq!(Address::parse(text), Err(wrong), "{text:?}");
        }
    }
}
