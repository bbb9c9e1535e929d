//! A scripted Shopify that issues tokens, records requests, and fails on command.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

/// The scopes without which the app does not work.
const USUAL_SCOPES: &str =
    "unauthenticated_read_product_listings,unauthenticated_read_product_tags,write_app_proxy";

/// Its behaviour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mood {
    /// As documented.
    #[default]
    Well,
    /// Processes the request, but the response breaks off.
    LosesAnswers,
    /// Refuses every request for tokens with this status and error.
    Refuses(u16, &'static str),
    /// Answers every request for tokens with this status and body.
    Says(u16, &'static str),
}

/// How Shopify Flow answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flow {
    /// It takes what it is told.
    #[default]
    Takes,
    /// The API has no time for it.
    Throttles,
    /// The app was deployed without its triggers.
    KnowsNone,
    /// It takes it, and the answer is lost.
    LosesAnswers,
}

#[derive(Default)]
pub struct Shopify {
    pub mood: Mutex<Mood>,
    /// While this is held, no request for tokens is answered.
    pub silence: tokio::sync::Mutex<()>,
    /// Every request for tokens, in order.
    pub asked: Mutex<Vec<Value>>,
    /// Every request to the Admin API: its token, its query and its variables, in order.
    pub queries: Mutex<Vec<(String, Value)>>,
    /// The app's subscriptions in the shop; without, it tells none.
    pub subscriptions: Mutex<Option<Value>>,
    /// What Shopify Flow was told: handles and payloads, in order.
    pub told: Mutex<Vec<(String, Value)>>,
    /// How Flow answers.
    pub flow: Mutex<Flow>,
    /// The shop's Rollouts; without, it refuses to tell any.
    pub rollouts: Mutex<Option<Value>>,
    /// The settings of the app's web pixel, if it is on.
    pub pixel: Mutex<Option<Value>>,
    /// The scopes that it grants beside the usual ones.
    pub more_scopes: Mutex<&'static str>,
    /// The number of the last pair.
    pair: Mutex<u32>,
    /// Refresh tokens that are accepted, and which one each of them replaces.
    refresh: Mutex<BTreeMap<String, Option<String>>>,
}

impl Shopify {
    /// Starts it on a free port, and returns its address.
    pub async fn start() -> (Arc<Self>, String) {
        let shopify = Arc::<Self>::default();
        let routes = Router::new()
            .route("/admin/oauth/access_token", post(tokens))
            .route("/admin/api/2026-10/graphql.json", post(graphql));
        let routes = routes.with_state(shopify.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        (shopify, origin)
    }

    pub fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// Revokes all refresh tokens issued so far.
    pub fn revoke(&self) {
        self.refresh.lock().unwrap().clear();
    }

    /// Waits until it has received this many requests for tokens.
    pub async fn was_asked(&self, times: usize) {
        while self.asked.lock().unwrap().len() < times {
            tokio::task::yield_now().await;
        }
    }

    /// Waits until the web pixel has settings like these.
    pub async fn has_pixel(&self, is: impl Fn(&Value) -> bool) {
        while !self.pixel.lock().unwrap().as_ref().is_some_and(&is) {
            tokio::task::yield_now().await;
        }
    }

    /// Tells Flow, if it takes it.
    fn receive(&self, variables: &Value) -> Response {
        let received = |errors: Value| json!({ "data": { "flowTriggerReceive": { "userErrors": errors } } });
        let flow = *self.flow.lock().unwrap();
        if matches!(flow, Flow::Takes | Flow::LosesAnswers) {
            let handle = variables["handle"].as_str().unwrap().to_owned();
            self.told.lock().unwrap().push((handle, variables["payload"].clone()));
        }
        match flow {
            Flow::Takes => Json(received(json!([]))).into_response(),
            Flow::Throttles => StatusCode::TOO_MANY_REQUESTS.into_response(),
            Flow::KnowsNone => {
                Json(received(json!([{ "field": ["handle"], "message": "Invalid handle" }]))).into_response()
            }
            Flow::LosesAnswers => "{".into_response(),
        }
    }

    /// Returns whether a refresh token is accepted: it is valid until its replacement is used.
    fn accepts(&self, token: &str) -> bool {
        let mut refresh = self.refresh.lock().unwrap();
        let Some(former) = refresh.get(token).cloned() else { return false };
        if let Some(former) = former {
            refresh.remove(&former);
        }
        true
    }

    /// Returns the kinds of requests for tokens so far: `exchange` or `refresh`.
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
    if let Mood::Says(status, body) = mood {
        return (StatusCode::from_u16(status).unwrap(), body).into_response();
    }
    let former = body["refresh_token"].as_str();
    if former.is_some_and(|token| !shopify.accepts(token)) {
        return refusal(400, "invalid_grant");
    }
    let mut pair = shopify.pair.lock().unwrap();
    *pair += 1;
    let refresh = format!("shprt_{pair}");
    shopify.refresh.lock().unwrap().insert(refresh.clone(), former.map(str::to_owned));
    if mood == Mood::LosesAnswers {
        let broken = futures_util::stream::once(async { Err::<Bytes, _>(std::io::Error::other("broken")) });
        return Body::from_stream(broken).into_response();
    }
    Json(json!({
        "access_token": format!("shpat_{pair}"),
        "scope": format!("{USUAL_SCOPES}{}", shopify.more_scopes.lock().unwrap()),
        "expires_in": 3600,
        "refresh_token": refresh,
        "refresh_token_expires_in": 7_776_000,
    }))
    .into_response()
}

/// The Admin API, as far as it concerns subscriptions, Rollouts and web pixels: an app has one pixel at most.
async fn graphql(
    State(shopify): State<Arc<Shopify>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let token = headers["x-shopify-access-token"].to_str().unwrap().to_owned();
    shopify.queries.lock().unwrap().push((token, body.clone()));
    let (query, settings) = (body["query"].as_str().unwrap(), body["variables"]["settings"].clone());
    if query.contains("activeSubscriptions") {
        let subscriptions = shopify.subscriptions.lock().unwrap().clone();
        let installation = subscriptions.map(|all| json!({ "activeSubscriptions": all }));
        return Json(json!({ "data": { "currentAppInstallation": installation } })).into_response();
    }
    if query.contains("flowTriggerReceive") {
        return shopify.receive(&body["variables"]);
    }
    if query.contains("rollouts(") {
        let rollouts = shopify.rollouts.lock().unwrap().clone();
        let nodes = rollouts.map(|nodes| json!({ "nodes": nodes }));
        return Json(json!({ "data": { "rollouts": nodes } })).into_response();
    }
    let mut pixel = shopify.pixel.lock().unwrap();
    let done = json!({ "userErrors": [], "webPixel": { "id": "gid://shopify/WebPixel/1" } });
    let answer = if query.contains("webPixelCreate") && pixel.is_some() {
        json!({ "webPixelCreate": { "userErrors": [{ "code": "TAKEN", "message": "taken" }], "webPixel": null } })
    } else if query.contains("webPixelCreate") {
        *pixel = Some(settings);
        json!({ "webPixelCreate": done })
    } else if query.contains("webPixelUpdate") && body["variables"]["id"] == "gid://shopify/WebPixel/1" {
        *pixel = Some(settings);
        json!({ "webPixelUpdate": done })
    } else {
        json!({ "webPixel": { "id": "gid://shopify/WebPixel/1" } })
    };
    Json(json!({ "data": answer })).into_response()
}

fn refusal(status: u16, error: &str) -> Response {
    (StatusCode::from_u16(status).unwrap(), Json(json!({ "error": error }))).into_response()
}
