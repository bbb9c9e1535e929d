//! Requests to Shopify for access tokens: token exchange and refresh, with tokens that expire.
//!
//! The bodies contain secrets, so no type with a secret here can be printed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::json;

/// The path at a shop that takes the requests, by POST.
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
    /// Creates a request that exchanges a session token for an offline token of its shop, which is valid for an
    /// hour, and a refresh token.
    pub fn exchange(client_id: &'a str, client_secret: &'a str, session_token: &'a str) -> Self {
        let grant = Grant::Exchange {
            subject_token: session_token,
            subject_token_type: ID_TOKEN,
            requested_token_type: OFFLINE,
            expiring: "1",
        };
        Self { client_id, client_secret, grant_type: TOKEN_EXCHANGE, grant }
    }

    /// Creates a request that renews both tokens. If the response is lost, the same refresh token can be used
    /// again until its replacement is used, for 30 days
    /// (<https://shopify.dev/changelog/more-resilient-refreshes-for-expiring-offline-access-tokens>).
    pub fn refresh(client_id: &'a str, client_secret: &'a str, refresh_token: &'a str) -> Self {
        let grant = Grant::Refresh { refresh_token };
        Self { client_id, client_secret, grant_type: "refresh_token", grant }
    }
}

/// Tokens of a shop. They belong together: store them in one write.
///
/// A missing or unreadable lifetime means that the token does not expire. So does 0, while a negative lifetime means that
/// the token has ended: Shopify's own library reads them like this (`createSession` in
/// <https://github.com/Shopify/shopify-app-js>, `packages/apps/shopify-api/lib/auth/oauth/create-session.ts`).
#[derive(Clone, PartialEq, Eq)]
pub struct Tokens {
    /// The token for the shop's APIs.
    pub access_token: String,
    /// The lifetime of the access token, in seconds. 0: it has expired; `None`: it is valid until revoked.
    pub expires_in: Option<u64>,
    /// The token for requesting the next pair. `None`: the former refresh token, if any, stays valid (RFC 6749,
    /// section 6).
    pub refresh_token: Option<String>,
    /// The lifetime of the refresh token, in seconds. 0: it has expired; `None`: it is valid until revoked.
    pub refresh_token_expires_in: Option<u64>,
    /// The granted scopes, separated by commas. `None`: the requested ones (RFC 6749, section 5.1).
    pub scope: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    #[serde(default)]
    expires_in: Value,
    #[serde(default)]
    refresh_token: Value,
    #[serde(default)]
    refresh_token_expires_in: Value,
    #[serde(default)]
    scope: Value,
    /// A staff member, present for an online token only, which this crate never requests.
    #[serde(default)]
    associated_user: Value,
}

/// Why there are no tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The session token is too old or was not accepted. Ask App Bridge for another.
    #[error("Shopify did not accept the session token")]
    InvalidSubjectToken,
    /// The refresh token was replaced, expired or revoked. Drop it, and exchange a session token again.
    #[error("Shopify rejected the refresh token")]
    InvalidGrant,
    /// Shopify does not accept the client id or secret. Only the operator of the app can fix it.
    #[error("Shopify did not accept the app's key and secret")]
    InvalidClient,
    /// Shopify is busy or failing. Try again later.
    #[error("Shopify answered with status {0}")]
    Unavailable(u16),
    /// Any other refusal.
    #[error("Shopify refused with status {0}")]
    Other(u16),
    /// The response has a success status but no valid tokens.
    #[error("Shopify's answer has no usable tokens")]
    Unreadable,
}

#[derive(Deserialize)]
struct Failure {
    error: String,
}

/// Reads Shopify's response to a [`Request`].
pub fn read(status: u16, body: &[u8]) -> Result<Tokens, Refusal> {
    match status {
        200..=299 => tokens(body),
        429 | 430 | 500..=599 => Err(Refusal::Unavailable(status)),
        _ => Err(refusal(status, body)),
    }
}

fn tokens(body: &[u8]) -> Result<Tokens, Refusal> {
    let answer: Answer = json::object(body).ok_or(Refusal::Unreadable)?;
    let is_offline = answer.associated_user.is_null();
    let tokens = Tokens {
        access_token: answer.access_token,
        expires_in: seconds(&answer.expires_in),
        refresh_token: text(answer.refresh_token),
        refresh_token_expires_in: seconds(&answer.refresh_token_expires_in),
        scope: text(answer.scope),
    };
    let given = [Some(&tokens.access_token), tokens.refresh_token.as_ref()];
    let is_usable = is_offline && given.into_iter().flatten().all(|token| is_token(token));
    if is_usable { Ok(tokens) } else { Err(Refusal::Unreadable) }
}

/// Reads a lifetime: a number other than 0, possibly as a string. A negative one has expired.
fn seconds(value: &Value) -> Option<u64> {
    let number =
        value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|number| !number.is_nan())?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "what is out of range is at its end"
    )]
    let seconds = number as u64;
    (number != 0.0).then_some(seconds)
}

/// Returns a string that is not empty.
fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// Reads the reason of a refusal. For an inactive refresh token Shopify reports `invalid_request`: "This request
/// requires an active `refresh_token`". The requests of this crate are always well-formed, so this means the same as
/// `invalid_grant`.
fn refusal(status: u16, body: &[u8]) -> Refusal {
    let failure = json::object::<Failure>(body).map(|failure| failure.error);
    match (status, failure.as_deref()) {
        (_, Some("invalid_subject_token")) => Refusal::InvalidSubjectToken,
        (_, Some("invalid_grant")) | (400 | 401, Some("invalid_request")) => Refusal::InvalidGrant,
        (_, Some("invalid_client" | "application_cannot_be_found")) => Refusal::InvalidClient,
        _ => Refusal::Other(status),
    }
}

/// Returns whether the text can be sent as a header value (RFC 9110, section 5.5). It may contain inner spaces.
fn is_token(text: &str) -> bool {
    let fits = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
    !text.is_empty() && text.trim_ascii() == text && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(body: &str) -> Result<Tokens, Refusal> {
        read(200, body.as_bytes())
    }

    #[test]
    fn a_pair_of_tokens_is_read() {
        let body = r#"{"access_token":"shpat_1","scope":"write_app_proxy","expires_in":3600,
            "refresh_token":"shprt_1","refresh_token_expires_in":7776000,"associated_user":null}"#;
        let tokens = answered(body).ok().unwrap();
        assert_eq!((tokens.access_token.as_str(), tokens.expires_in), ("shpat_1", Some(3600)));
        assert_eq!(tokens.refresh_token.as_deref(), Some("shprt_1"));
        assert_eq!(tokens.refresh_token_expires_in, Some(7_776_000));
        assert_eq!(tokens.scope.as_deref(), Some("write_app_proxy"));
    }

    #[test]
    fn absent_members_are_none() {
        let tokens = answered(r#"{"access_token":"shpat_1"}"#).ok().unwrap();
        assert_eq!((tokens.expires_in, tokens.refresh_token_expires_in), (None, None));
        assert_eq!((tokens.refresh_token, tokens.scope), (None, None));
        let tokens = answered(r#"{"access_token":"a","refresh_token":"","scope":null}"#).ok().unwrap();
        assert_eq!((tokens.refresh_token, tokens.scope), (None, None));
    }

    #[test]
    fn a_lifetime_is_a_number_or_has_no_end_and_a_negative_one_is_over() {
        for (written, expected) in [
            ("3600", Some(3600)),
            ("3599.9", Some(3599)),
            (r#""3600""#, Some(3600)),
            ("1e30", Some(u64::MAX)),
            ("0", None),
            ("0.0", None),
            ("-1", Some(0)),
            (r#""-3600""#, Some(0)),
            ("-1e30", Some(0)),
            (r#""soon""#, None),
            (r#""NaN""#, None),
            ("null", None),
            ("{}", None),
            ("[3600]", None),
            ("true", None),
        ] {
            let body = format!(
                r#"{{"access_token":"a","expires_in":{written},"refresh_token_expires_in":{written}}}"#
            );
            let tokens = answered(&body).ok().unwrap();
            assert_eq!(
                (tokens.expires_in, tokens.refresh_token_expires_in),
                (expected, expected),
                "{written}"
            );
        }
    }

    #[test]
    fn an_answer_without_a_usable_token_is_none() {
        for body in [
            r#"{"scope":"write_app_proxy","refresh_token":"r"}"#,
            r#"{"access_token":"a\r\nx: y"}"#,
            r#"{"access_token":""}"#,
            r#"{"access_token":" a"}"#,
            r#"{"access_token":"a","refresh_token":"r\u0000"}"#,
            r#"{"access_token":1}"#,
            r#"{"access_token":"a","expires_in":1,"associated_user":{"id":1}}"#,
            r#"["a",1,"r",1,""]"#,
            r#"{"access_token":"a""#,
            "<html>",
            "",
        ] {
            assert_eq!(answered(body).err(), Some(Refusal::Unreadable), "{body}");
        }
    }

    #[test]
    fn refusals_say_what_to_do() {
        let inactive = r#"{"error":"invalid_request","error_description":"This request requires an active refresh_token"}"#;
        for (status, body, expected) in [
            (400, r#"{"error":"invalid_subject_token"}"#, Refusal::InvalidSubjectToken),
            (400, r#"{"error":"invalid_grant"}"#, Refusal::InvalidGrant),
            (401, inactive, Refusal::InvalidGrant),
            (400, inactive, Refusal::InvalidGrant),
            (401, r#"{"error":"invalid_client"}"#, Refusal::InvalidClient),
            (400, r#"{"error":["new"]}"#, Refusal::Other(400)),
            (400, r#"["invalid_grant"]"#, Refusal::Other(400)),
            (401, "<html>", Refusal::Other(401)),
            (401, "", Refusal::Other(401)),
            (404, "", Refusal::Other(404)),
            (429, r#"{"error":"invalid_grant"}"#, Refusal::Unavailable(429)),
            (503, "<html>", Refusal::Unavailable(503)),
            (520, inactive, Refusal::Unavailable(520)),
        ] {
            assert_eq!(read(status, body.as_bytes()).err(), Some(expected), "{status} {body}");
        }
    }
}
