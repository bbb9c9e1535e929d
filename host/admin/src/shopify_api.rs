//! The requests to Shopify: they exchange a session token or a refresh token for tokens, and ask the Admin API.

use std::sync::Arc;
use std::time::Duration;

use capabilities::Secret;
use model::ShopId;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use shopify::token_request::{self, Refusal, Request, Tokens};

use crate::App;

/// The time limit of a request, for which a merchant waits.
const TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// The path of the Admin API, in the version that `shopify.app.toml` names.
const ADMIN_API: &str = "/admin/api/2026-10/graphql.json";
/// The maximum size of a response; every valid response is smaller.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// The scopes that the Storefront API needs to read products and their tags.
pub const STOREFRONT_SCOPES: [&str; 2] =
    ["unauthenticated_read_product_listings", "unauthenticated_read_product_tags"];

/// Why a request returned no tokens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Shopify refused.
    #[error("{0}")]
    Refused(Refusal),
    /// Shopify was not reached, or did not look at the request.
    #[error("Shopify did not take the request: {0}")]
    Unsent(String),
    /// It is unknown whether Shopify answered.
    #[error("no usable answer from Shopify: {0}")]
    Lost(String),
}

/// A client of Shopify's token endpoint.
pub struct ShopifyApi {
    app: Arc<App>,
    http: Client,
}

impl ShopifyApi {
    /// Creates a client that follows no redirects: none is expected, and a redirect could leak a secret.
    pub fn new(app: Arc<App>) -> Result<Self, reqwest::Error> {
        let client = Client::builder().timeout(TIMEOUT).connect_timeout(CONNECT_TIMEOUT);
        Ok(Self { app, http: client.redirect(Policy::none()).build()? })
    }

    /// Exchanges a session token for tokens.
    pub async fn exchange(&self, shop: &ShopId, session_token: &str) -> Result<Tokens, Failure> {
        let App { key, secret, .. } = &*self.app;
        self.tokens(shop, &Request::exchange(key, secret.expose(), session_token)).await
    }

    /// Exchanges a refresh token for tokens.
    pub async fn refresh(&self, shop: &ShopId, refresh: &Secret) -> Result<Tokens, Failure> {
        let App { key, secret, .. } = &*self.app;
        self.tokens(shop, &Request::refresh(key, secret.expose(), refresh.expose())).await
    }

    /// Returns the address at which browsers reach this host; empty in development.
    pub fn public_url(&self) -> &str {
        &self.app.public_url
    }

    /// Asks the Admin API.
    pub async fn graphql(
        &self,
        shop: &ShopId,
        token: &Secret,
        query: &str,
        variables: Value,
    ) -> Result<Value, Failure> {
        let request = self.post(shop, ADMIN_API).header("x-shopify-access-token", token.expose());
        let (status, body) = answer(request.json(&json!({ "query": query, "variables": variables }))).await?;
        if status != 200 {
            return Err(Failure::Unsent(format!("status {status} of the Admin API")));
        }
        serde_json::from_slice(&body).map_err(|_| Failure::Lost("the Admin API answered no JSON".to_owned()))
    }

    async fn tokens(&self, shop: &ShopId, request: &Request<'_>) -> Result<Tokens, Failure> {
        let request = self.post(shop, token_request::PATH).json(request);
        let (status, body) = answer(request).await?;
        token_request::read(status, &body).map_err(Failure::Refused)
    }

    fn post(&self, shop: &ShopId, path: &str) -> RequestBuilder {
        let origin = self.app.origin.as_deref().map_or_else(|| format!("https://{shop}"), str::to_owned);
        let request = self.http.post(format!("{}{path}", origin.trim_end_matches('/')));
        // An origin that serves all shops needs the shop's domain.
        let request = request.header("accept", "application/json");
        if self.app.origin.is_some() { request.header("x-forwarded-host", shop.as_str()) } else { request }
    }
}

/// Returns the whole response, unless it is too large.
async fn answer(request: RequestBuilder) -> Result<(u16, Vec<u8>), Failure> {
    let lost = |error: reqwest::Error| {
        let failure = if error.is_connect() { Failure::Unsent } else { Failure::Lost };
        failure(error.without_url().to_string())
    };
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
