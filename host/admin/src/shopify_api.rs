//! The requests to Shopify: tokens for a session token or a refresh token, and a token for the Storefront
//! API.

use std::sync::Arc;
use std::time::Duration;

use capabilities::Secret;
use names::StoreId;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde_json::json;
use shopify::token_request::{self, Refusal, Request, Tokens};

use crate::App;

/// A merchant waits for these answers.
const TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// More than any answer of these.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// The Admin API, of the version that the whole app uses.
const ADMIN_API: &str = "/admin/api/2026-10/graphql.json";
const DELEGATE: &str = "mutation Delegate($input: DelegateAccessTokenInput!) {
  delegateAccessTokenCreate(input: $input) {
    delegateAccessToken { accessToken expiresIn }
    userErrors { message }
  }
}";
/// What the Storefront API is asked for: products, and their tags.
pub const STOREFRONT_SCOPES: [&str; 2] =
    ["unauthenticated_read_product_listings", "unauthenticated_read_product_tags"];

/// Why there are no tokens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Shopify refused.
    #[error("{0}")]
    Refused(Refusal),
    /// Shopify may have answered or not: nobody can say.
    #[error("Shopify's answer was lost: {0}")]
    Lost(String),
    /// Shopify answered, and gave no token for the Storefront API.
    #[error("Shopify gave no token for the Storefront API: {0}")]
    NotDelegated(String),
}

/// A token for the Storefront API.
pub struct Delegated {
    /// The token.
    pub secret: Secret,
    /// For how long, in seconds, if it was told: never longer than its parent.
    pub expires_in: Option<u64>,
}

/// Asks Shopify.
pub struct ShopifyApi {
    app: Arc<App>,
    http: Client,
}

impl ShopifyApi {
    /// A client of its own, which follows no redirect: none is expected, and a secret would go with it.
    pub fn new(app: Arc<App>) -> Result<Self, reqwest::Error> {
        let client = Client::builder().timeout(TIMEOUT).connect_timeout(CONNECT_TIMEOUT);
        Ok(Self { app, http: client.redirect(Policy::none()).build()? })
    }

    /// Gives a session token for tokens.
    pub async fn exchange(&self, store: &StoreId, session_token: &str) -> Result<Tokens, Failure> {
        let App { key, secret, .. } = &*self.app;
        self.tokens(store, &Request::exchange(key, secret.expose(), session_token)).await
    }

    /// Gives a refresh token for tokens; it is spent by that.
    pub async fn refresh(&self, store: &StoreId, refresh: &Secret) -> Result<Tokens, Failure> {
        let App { key, secret, .. } = &*self.app;
        self.tokens(store, &Request::refresh(key, secret.expose(), refresh.expose())).await
    }

    /// Asks for a token for the Storefront API.
    pub async fn delegate(&self, store: &StoreId, access: &Secret) -> Result<Delegated, Failure> {
        let body = json!({
            "query": DELEGATE,
            "variables": { "input": { "delegateAccessScope": STOREFRONT_SCOPES } },
        });
        let request = self.post(store, ADMIN_API).header("x-shopify-access-token", access.expose());
        let (status, body) = answer(request.json(&body)).await?;
        delegated(status, &body)
    }

    async fn tokens(&self, store: &StoreId, request: &Request<'_>) -> Result<Tokens, Failure> {
        let request = self.post(store, token_request::PATH).json(request);
        let (status, body) = answer(request).await?;
        token_request::read(status, &body).map_err(Failure::Refused)
    }

    fn post(&self, store: &StoreId, path: &str) -> RequestBuilder {
        let origin = self.app.origin.as_deref().map_or_else(|| format!("https://{store}"), str::to_owned);
        let request = self.http.post(format!("{}{path}", origin.trim_end_matches('/')));
        // Where one origin stands for all shops, it has to be told which is meant.
        let request = request.header("accept", "application/json");
        if self.app.origin.is_some() { request.header("x-forwarded-host", store.as_str()) } else { request }
    }
}

/// The whole answer, if it is not too long.
async fn answer(request: RequestBuilder) -> Result<(u16, Vec<u8>), Failure> {
    let lost = |error: reqwest::Error| Failure::Lost(error.without_url().to_string());
    let mut response = request.send().await.map_err(lost)?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(lost)? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(Failure::Refused(Refusal::Unreadable));
        }
        body.extend_from_slice(&chunk);
    }
    Ok((response.status().as_u16(), body))
}

#[derive(Deserialize)]
struct Answer {
    data: Option<Data>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    delegate_access_token_create: Option<Payload>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    delegate_access_token: Option<Token>,
    #[serde(default)]
    user_errors: Vec<UserError>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Token {
    access_token: String,
    expires_in: Option<u64>,
}

#[derive(Deserialize)]
struct UserError {
    message: String,
}

fn delegated(status: u16, body: &[u8]) -> Result<Delegated, Failure> {
    let not = |why: String| Failure::NotDelegated(why);
    let answer: Answer = serde_json::from_slice(body).map_err(|_| not(format!("status {status}")))?;
    let payload = answer.data.and_then(|data| data.delegate_access_token_create);
    let payload = payload.ok_or_else(|| not(format!("status {status}, without data")))?;
    let token = payload.delegate_access_token.filter(|token| is_header(&token.access_token));
    let errors = payload.user_errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>();
    let token = token.ok_or_else(|| not(errors.join("; ")))?;
    Ok(Delegated { secret: Secret::new(token.access_token), expires_in: token.expires_in })
}

/// Whether it can be sent as the value of a header.
fn is_header(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}
