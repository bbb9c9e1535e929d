//! A shop's Storefront API on a loopback socket: two teas. The price of one can be changed.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Collected, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The API, until it is dropped.
pub struct Storefront {
    /// The value for `SHOPIFY_ORIGIN`.
    pub origin: String,
    shared: Arc<Mutex<Shop>>,
    listening: tokio::task::JoinHandle<()>,
}

struct Shop {
    price: &'static str,
    hangs: bool,
}

impl Storefront {
    /// Starts the API.
    pub async fn open() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let shared = Arc::new(Mutex::new(Shop { price: "12.50", hangs: false }));
        let listening = tokio::spawn(listen(listener, shared.clone()));
        Ok(Self { origin, shared, listening })
    }

    /// Changes the price of the Oolong.
    pub fn price_is(&self, price: &'static str) {
        self.with(|shop| shop.price = price);
    }

    /// Stops answering.
    pub fn hangs(&self) {
        self.with(|shop| shop.hangs = true);
    }

    fn with(&self, change: impl FnOnce(&mut Shop)) {
        change(&mut self.shared.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Drop for Storefront {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, shared: Arc<Mutex<Shop>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = shared.clone();
        let answer = service_fn(move |request| answer(request, shared.clone()));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
    }
}

type Answer = Result<http::Response<Full<Bytes>>, Infallible>;

async fn answer(request: http::Request<Incoming>, shared: Arc<Mutex<Shop>>) -> Answer {
    let is_graphql = request.uri().path() == "/api/2026-10/graphql.json";
    let body = request.into_body().collect().await.map(Collected::to_bytes).unwrap_or_default();
    let question: Value = serde_json::from_slice(&body).unwrap_or_default();
    let (price, hangs) = {
        let shop = shared.lock().unwrap_or_else(PoisonError::into_inner);
        (shop.price, shop.hangs)
    };
    if hangs {
        std::future::pending::<()>().await;
    }
    let query = question["query"].as_str().filter(|_| is_graphql).unwrap_or_default();
    let data = json!({ "data": data(query, price) }).to_string();
    let response =
        http::Response::builder().header("content-type", "application/json").body(Full::from(data));
    Ok(response.unwrap_or_default())
}

/// Members that the query did not ask for are ignored.
fn data(query: &str, price: &str) -> Value {
    let mut data = json!({});
    let products = || {
        let nodes = [product("1001", "Oolong", price), product("1002", "Sencha", "9.00")];
        json!({ "nodes": nodes, "pageInfo": { "hasNextPage": false, "endCursor": null } })
    };
    if query.contains("moneyFormat") || query.contains("shop {") {
        data["shop"] = shop();
    }
    for field in ["products", "search"] {
        if query.contains(&format!("{field}(")) {
            data[field] = products();
        }
    }
    if query.contains("collections(") {
        data["collections"] = json!({ "nodes": [], "pageInfo": { "hasNextPage": false, "endCursor": null } });
    }
    data
}

fn shop() -> Value {
    json!({
        "name": "Tea House",
        "moneyFormat": "${{amount}}",
        "paymentSettings": { "currencyCode": "USD" },
    })
}

fn product(id: &str, title: &str, price: &str) -> Value {
    let money = json!({ "amount": price, "currencyCode": "USD" });
    json!({
        "__typename": "Product",
        "id": format!("gid://shopify/Product/{id}"),
        "handle": title.to_lowercase(),
        "title": title,
        "description": "A tea.",
        "vendor": "Tea House",
        "productType": "tea",
        "tags": ["tea"],
        "availableForSale": true,
        "featuredImage": null,
        "priceRange": { "minVariantPrice": money, "maxVariantPrice": money },
        "selectedOrFirstAvailableVariant": { "price": money, "compareAtPrice": null },
    })
}
