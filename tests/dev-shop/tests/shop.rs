//! The simulator with a minimal app: how Shopify changes requests, answers and webhooks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::routing::{any, get, post};
use clap::Parser;
use dev_shop::{Options, Running, serve};
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    options: Options,
}

/// A shop whose app is `app`.
async fn open(app: Router, options: &[&str]) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let own = ["dev-shop", "--listen", "127.0.0.1:0", "--app", &address];
    serve(Cli::parse_from(own.iter().chain(options)).options).await.unwrap()
}

async fn post_json(url: String, body: &Value) -> (u16, Value) {
    let request =
        reqwest::Client::new().post(url).header("content-type", "application/json").body(body.to_string());
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default())
}

/// Returns the status of the Storefront API's answer to this private token.
async fn storefront(shop: &Running, token: &str) -> u16 {
    let request = reqwest::Client::new().post(format!("{}/api/2026-10/graphql.json", shop.origin));
    let request = request.header("shopify-storefront-private-token", token);
    let request = request.header("content-type", "application/json").body(r#"{"query":"{shop{name}}"}"#);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_app_proxy_signs_and_takes_cookies_away_on_both_ways() {
    async fn echo(uri: Uri, headers: HeaderMap) -> (HeaderMap, String) {
        let mut answered = HeaderMap::new();
        answered.insert(header::SET_COOKIE, "a=b".parse().unwrap());
        answered.insert("x-cache", "HIT".parse().unwrap());
        let forwarded = headers.get("x-forwarded-host").map(|host| host.to_str().unwrap().to_owned());
        (answered, format!("{uri} {:?} {forwarded:?}", headers.get(header::COOKIE)))
    }
    let shop = open(Router::new().fallback(any(echo)), &["--prefix", "tools", "--subpath", "x"]).await;
    let url = format!("{}/tools/x/fragment?context=home", shop.origin);
    let answer = reqwest::Client::new().get(url).header("cookie", "customer=1").send().await.unwrap();
    assert_eq!(answer.headers().get("set-cookie"), None);
    assert_eq!(answer.headers().get("x-cache").unwrap(), "HIT");
    let text = answer.text().await.unwrap();
    assert!(text.starts_with("/proxy/fragment?context=home&shop=magic-wands.myshopify.com"), "{text}");
    assert!(text.contains("&logged_in_customer_id=7001&path_prefix=%2Ftools%2Fx&timestamp="), "{text}");
    assert!(
        text.contains("&signature=") && text.ends_with(" None Some(\"magic-wands.myshopify.com\")"),
        "{text}"
    );
}

#[tokio::test]
async fn liquid_runs_inside_the_theme_so_that_an_app_has_to_escape() {
    let liquid = || async { ([(header::CONTENT_TYPE, "application/liquid")], "<p>{{ shop.secret }}</p>") };
    let shop = open(Router::new().route("/proxy", get(liquid)), &[]).await;
    let page = reqwest::get(format!("{}/apps/wand", shop.origin)).await.unwrap().text().await.unwrap();
    assert!(page.contains("<p>it ran</p>"), "{page}");
    assert!(page.contains("Magic Wands, simulated"), "{page}");
}

#[tokio::test]
async fn a_webhook_is_sent_until_it_is_accepted() {
    let calls = Arc::new(AtomicU32::new(0));
    let taken = move || {
        let call = calls.fetch_add(1, Ordering::SeqCst);
        async move { if call < 2 { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK } }
    };
    let shop = open(Router::new().route("/webhooks", post(taken)), &[]).await;
    let url = format!("{}/simulator/products/ember-oak-wand", shop.origin);
    let (status, delivery) = post_json(url, &json!({ "price": 1 })).await;
    assert_eq!((status, &delivery["attempts"], &delivery["status"]), (200, &json!(3), &json!(200)));
}

#[tokio::test]
async fn tokens_are_exchanged_and_rotated() {
    let shop = open(Router::new(), &[]).await;
    let session = reqwest::get(format!("{}/simulator/session-token", shop.origin)).await.unwrap();
    let session = session.text().await.unwrap();
    let ask = |grant: Value| {
        let mut body = json!({ "client_id": "simulated-key", "client_secret": "simulated-secret" });
        body.as_object_mut().unwrap().extend(grant.as_object().unwrap().clone());
        let url = format!("{}/admin/oauth/access_token", shop.origin);
        async move { post_json(url, &body).await }
    };
    let exchange = |token: &str| {
        ask(
            json!({ "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": token }),
        )
    };
    let (status, tokens) = exchange(&session).await;
    assert_eq!((status, &tokens["expires_in"]), (200, &json!(3600)));
    assert_eq!(storefront(&shop, tokens["access_token"].as_str().unwrap()).await, 200);
    assert_eq!(storefront(&shop, "shpat_of_nobody").await, 401);

    let refresh = |token: &Value| ask(json!({ "grant_type": "refresh_token", "refresh_token": token }));
    assert_eq!(refresh(&tokens["refresh_token"]).await.0, 200);
    let (status, replacement) = refresh(&tokens["refresh_token"]).await;
    assert_eq!(status, 200, "the answer may have been lost");
    assert_eq!(refresh(&replacement["refresh_token"]).await.0, 200);
    assert_eq!(
        refresh(&tokens["refresh_token"]).await,
        (
            400,
            json!({
                "error": "invalid_grant", "error_description": "The simulator does not take it.",
            })
        )
    );
    assert_eq!(exchange("a.b.c").await.1["error"], "invalid_subject_token");
}
