//! A Shopify that hands out tokens, keeps count, and fails when it is told to.

use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mood {
    /// As documented.
    #[default]
    Well,
    /// Does what it is asked, and the answer breaks off.
    LosesAnswers,
    /// Refuses every request for tokens, so.
    Refuses(u16, &'static str),
}

#[derive(Default)]
pub struct Shopify {
    pub mood: Mutex<Mood>,
    /// It answers no request for tokens while this is held.
    pub silence: tokio::sync::Mutex<()>,
    /// Whether it gives no tokens for the Storefront API.
    pub delegates_nothing: Mutex<bool>,
    /// Every request for tokens, in order.
    pub asked: Mutex<Vec<Value>>,
    /// Access tokens that asked for one for the Storefront API.
    pub delegated: Mutex<Vec<String>>,
    /// The number of the last pair: only its refresh token is accepted.
    pair: Mutex<u32>,
}

impl Shopify {
    /// Starts it on a free port; where it is.
    pub async fn start() -> (Arc<Self>, String) {
        let shopify = Arc::<Self>::default();
        let routes = Router::new()
            .route("/admin/oauth/access_token", post(tokens))
            .route("/admin/api/2026-10/graphql.json", post(delegate))
            .with_state(shopify.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        (shopify, origin)
    }

    pub fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// Waits until it was asked for tokens that often.
    pub async fn was_asked(&self, times: usize) {
        while self.asked.lock().unwrap().len() < times {
            tokio::task::yield_now().await;
        }
    }

    /// Kinds of requests for tokens so far: `exchange` or `refresh`.
    pub fn grants(&self) -> Vec<&'static str> {
        let kind = |body: &Value| if body["subject_token"].is_string() { "exchange" } else { "refresh" };
        self.asked.lock().unwrap().iter().map(kind).collect()
    }
}

async fn tokens(State(shopify): State<Arc<Shopify>>, Json(body): Json<Value>) -> Response {
    shopify.asked.lock().unwrap().push(body.clone());
    drop(shopify.silence.lock().await);
    let mood = *shopify.mood.lock().unwrap();
    if let Mood::Refuses(status, error) = mood {
        return refusal(status, error);
    }
    let mut pair = shopify.pair.lock().unwrap();
    let spent = body["refresh_token"].as_str().is_some_and(|token| token != format!("shprt_{pair}"));
    if spent {
        return refusal(400, "invalid_grant");
    }
    *pair += 1;
    if mood == Mood::LosesAnswers {
        let broken = futures_util::stream::once(async { Err::<Bytes, _>(std::io::Error::other("broken")) });
        return Body::from_stream(broken).into_response();
    }
    Json(json!({
        "access_token": format!("shpat_{pair}"),
        "scope": "unauthenticated_read_product_listings,unauthenticated_read_product_tags,write_app_proxy",
        "expires_in": 3600,
        "refresh_token": format!("shprt_{pair}"),
        "refresh_token_expires_in": 7_776_000,
    }))
    .into_response()
}

async fn delegate(State(shopify): State<Arc<Shopify>>, headers: HeaderMap) -> Json<Value> {
    let parent = headers["x-shopify-access-token"].to_str().unwrap().to_owned();
    let payload = if *shopify.delegates_nothing.lock().unwrap() {
        json!({ "delegateAccessToken": null, "userErrors": [{ "message": "no" }] })
    } else {
        let token = parent.replace("shpat", "shpsf");
        json!({ "delegateAccessToken": { "accessToken": token, "expiresIn": 3600 }, "userErrors": [] })
    };
    shopify.delegated.lock().unwrap().push(parent);
    Json(json!({ "data": { "delegateAccessTokenCreate": payload } }))
}

fn refusal(status: u16, error: &str) -> Response {
    (StatusCode::from_u16(status).unwrap(), Json(json!({ "error": error }))).into_response()
}
