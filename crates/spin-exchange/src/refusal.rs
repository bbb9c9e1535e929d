//! Requests that are refused before any component sees them.

use routes::Methods;

use crate::{FIELDS_BYTES_MAX, FIELDS_MAX, TARGET_BYTES_MAX};

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

    /// Returns the content: the reason, in one line.
    pub fn content(self) -> Vec<u8> {
        format!("{self}\n").into_bytes()
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

/// Returns the token of `authorization: Bearer` (RFC 6750, section 2.1).
pub fn bearer(fields: &[(String, String)]) -> Option<&str> {
    let (_, value) = fields.iter().find(|(field, _)| field == "authorization")?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(entries: &[(&str, &str)]) -> Vec<(String, String)> {
        entries.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
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
