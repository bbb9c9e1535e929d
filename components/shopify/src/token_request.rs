//! Asking Shopify for access tokens: token exchange and refresh, with tokens that expire.
//!
//! The bodies hold secrets, so that nothing here can be printed.

use serde::{Deserialize, Serialize};

use crate::json;

/// Where a shop is asked, by POST.
pub const PATH: &str = "/admin/oauth/access_token";

const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
const OFFLINE: &str = "urn:shopify:params:oauth:token-type:offline-access-token";

/// A request for tokens, as JSON or as a form.
#[derive(Serialize)]
pub struct Request<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    grant_type: &'static str,
    #[serde(flatten)]
    grant: Grant<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Grant<'a> {
    Exchange {
        subject_token: &'a str,
        subject_token_type: &'static str,
        requested_token_type: &'static str,
        expiring: &'static str,
    },
    Refresh {
        refresh_token: &'a str,
    },
}

impl<'a> Request<'a> {
    /// Gives a session token for an offline token of its shop: an hour's, and the means to renew it.
    pub fn exchange(client_id: &'a str, client_secret: &'a str, session_token: &'a str) -> Self {
        let grant = Grant::Exchange {
            subject_token: session_token,
            subject_token_type: ID_TOKEN,
            requested_token_type: OFFLINE,
            expiring: "1",
        };
        Self { client_id, client_secret, grant_type: TOKEN_EXCHANGE, grant }
    }

    /// Renews both tokens. Should the answer get lost, the same refresh token can be given again until its
    /// replacement is used, for 30 days
    /// (<https://shopify.dev/changelog/more-resilient-refreshes-for-expiring-offline-access-tokens>).
    pub fn refresh(client_id: &'a str, client_secret: &'a str, refresh_token: &'a str) -> Self {
        let grant = Grant::Refresh { refresh_token };
        Self { client_id, client_secret, grant_type: "refresh_token", grant }
    }
}

/// Tokens of a shop. They belong together: store them in one write.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// What the shop's APIs are asked with.
    pub access_token: String,
    /// For how long, in seconds.
    pub expires_in: u64,
    /// What the next pair is asked with.
    pub refresh_token: String,
    /// For how long, in seconds.
    pub refresh_token_expires_in: u64,
    /// What the token allows, separated by commas.
    pub scope: String,
}

/// Why there are no tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The session token is too old or was not accepted: ask App Bridge for another.
    #[error("Shopify did not accept the session token")]
    InvalidSubjectToken,
    /// The refresh token was replaced, has ended or was revoked: exchange a session token again.
    #[error("Shopify did not accept the refresh token")]
    InvalidGrant,
    /// Our key or secret is not accepted: only whoever runs this app can mend it.
    #[error("Shopify did not accept the app's key and secret")]
    InvalidClient,
    /// Shopify is busy or broken: try again later.
    #[error("Shopify answered with status {0}")]
    Unavailable(u16),
    /// Another refusal.
    #[error("Shopify refused with status {0}")]
    Other(u16),
    /// An answer that says yes and holds no tokens of the expected form.
    #[error("Shopify's answer has no expiring tokens")]
    Unreadable,
}

#[derive(Deserialize)]
struct Failure {
    error: String,
}

/// Reads Shopify's answer to a [`Request`].
pub fn read(status: u16, body: &[u8]) -> Result<Tokens, Refusal> {
    match status {
        200..=299 => tokens(body),
        429 | 430 | 500..=599 => Err(Refusal::Unavailable(status)),
        _ => Err(refusal(status, body)),
    }
}

fn tokens(body: &[u8]) -> Result<Tokens, Refusal> {
    let tokens: Tokens = json::object(body).ok_or(Refusal::Unreadable)?;
    let usable = [&tokens.access_token, &tokens.refresh_token].into_iter().all(|token| is_token(token));
    if usable { Ok(tokens) } else { Err(Refusal::Unreadable) }
}

fn refusal(status: u16, body: &[u8]) -> Refusal {
    let failure = json::object::<Failure>(body).map(|failure| failure.error);
    match failure.as_deref() {
        Some("invalid_subject_token") => Refusal::InvalidSubjectToken,
        Some("invalid_grant") => Refusal::InvalidGrant,
        Some("invalid_client" | "application_cannot_be_found") => Refusal::InvalidClient,
        _ => Refusal::Other(status),
    }
}

/// Whether it can be sent as the value of a header (RFC 9110, section 5.5): spaces may be within it.
fn is_token(text: &str) -> bool {
    let fits = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
    !text.is_empty() && text.trim_ascii() == text && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_of_tokens_is_read() {
        let body = br#"{"access_token":"shpat_1","scope":"write_app_proxy","expires_in":3600,
            "refresh_token":"shprt_1","refresh_token_expires_in":7776000,"associated_user":null}"#;
        let tokens = read(200, body).ok().unwrap();
        assert_eq!((tokens.access_token.as_str(), tokens.expires_in), ("shpat_1", 3600));
        assert_eq!((tokens.refresh_token.as_str(), tokens.refresh_token_expires_in), ("shprt_1", 7_776_000));
    }

    #[test]
    fn an_answer_without_a_usable_pair_is_none() {
        for body in [
            &br#"{"access_token":"shpat_1","scope":"write_app_proxy"}"#[..],
            br#"{"access_token":"a\r\nx: y","scope":"","expires_in":1,"refresh_token":"r","refresh_token_expires_in":1}"#,
            br#"{"access_token":"","scope":"","expires_in":1,"refresh_token":"r","refresh_token_expires_in":1}"#,
            br#"{"access_token":"a","scope":"","expires_in":-1,"refresh_token":"r","refresh_token_expires_in":1}"#,
            br#"{"access_token":" a","scope":"","expires_in":1,"refresh_token":"r","refresh_token_expires_in":1}"#,
            br#"["a",1,"r",1,""]"#,
            b"<html>",
            b"",
        ] {
            assert_eq!(read(200, body).err(), Some(Refusal::Unreadable));
        }
    }

    #[test]
    fn refusals_say_what_to_do() {
        for (status, body, expected) in [
            (
                400,
                r#"{"error":"invalid_subject_token","error_description":"…"}"#,
                Refusal::InvalidSubjectToken,
            ),
            (400, r#"{"error":"invalid_grant"}"#, Refusal::InvalidGrant),
            (401, r#"{"error":"invalid_client"}"#, Refusal::InvalidClient),
            (400, r#"{"error":["new"]}"#, Refusal::Other(400)),
            (400, r#"["invalid_grant"]"#, Refusal::Other(400)),
            (404, "", Refusal::Other(404)),
            (429, r#"{"error":"invalid_grant"}"#, Refusal::Unavailable(429)),
            (503, "<html>", Refusal::Unavailable(503)),
        ] {
            assert_eq!(read(status, body.as_bytes()).err(), Some(expected), "{status} {body}");
        }
    }
}
