//! How a registry asks who asks (<https://distribution.github.io/distribution/spec/auth/token/>).

use http_auth::parser::ChallengeParser;
use secrets::Secret;
use serde::Deserialize;

/// What a registry wants.
#[derive(Debug, PartialEq, Eq)]
pub enum Challenge {
    /// User and password.
    Basic,
    /// A token of a service.
    Bearer {
        /// The address of the service.
        realm: String,
        /// What the token is for.
        query: Vec<(&'static str, String)>,
    },
}

impl Challenge {
    /// Parses the field `www-authenticate`.
    pub fn parse(header: &str) -> Option<Self> {
        ChallengeParser::new(header).map_while(Result::ok).find_map(|challenge| {
            let value = |name: &str| {
                let mut values = challenge.params.iter();
                values
                    .find(|(each, _)| each.eq_ignore_ascii_case(name))
                    .map(|(_, value)| value.to_unescaped())
            };
            if challenge.scheme.eq_ignore_ascii_case("basic") {
                return Some(Self::Basic);
            }
            if !challenge.scheme.eq_ignore_ascii_case("bearer") {
                return None;
            }
            let part = |name: &'static str| value(name).map(|value| (name, value));
            let query = ["service", "scope"].into_iter().filter_map(part).collect();
            Some(Self::Bearer { realm: value("realm")?, query })
        })
    }
}

/// Reads the answer of a service of tokens, and returns the value of the field `authorization`.
pub fn token(answer: &[u8]) -> Option<Secret> {
    #[derive(Deserialize)]
    struct Answer {
        token: Option<String>,
        access_token: Option<String>,
    }
    let Answer { token, access_token } = serde_json::from_slice(answer).ok()?;
    let token = token.or(access_token).filter(|token| !token.is_empty())?;
    Some(Secret::new(format!("Bearer {token}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_parsed() {
        let header =
            r#"Bearer realm="https://auth.example/token",service="ghcr.io",scope="repository:a/b:pull,push""#;
        let query = vec![("service", "ghcr.io".to_owned()), ("scope", "repository:a/b:pull,push".to_owned())];
        let realm = "https://auth.example/token".to_owned();
        assert_eq!(Challenge::parse(header), Some(Challenge::Bearer { realm, query }));
        assert_eq!(Challenge::parse(r#"basic realm="a registry""#), Some(Challenge::Basic));
        for other in ["", "Negotiate", "Bearer service=x", "\u{7f}"] {
            assert_eq!(Challenge::parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_token_has_one_of_two_names() {
        for answer in [r#"{"token": "t"}"#, r#"{"access_token": "t", "expires_in": 60}"#] {
            assert_eq!(
                token(answer.as_bytes()).map(|token| token.expose().to_owned()).as_deref(),
                Some("Bearer t")
            );
        }
        for answer in ["", "{}", r#"{"token": ""}"#, "[]"] {
            assert!(token(answer.as_bytes()).is_none(), "{answer}");
        }
    }
}
