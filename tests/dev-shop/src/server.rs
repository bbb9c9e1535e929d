//! Every route of the shop.

use std::sync::Arc;

use axum::routing::{any, get, post};
use axum::{Extension, Router};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::place::FOLDERS;
use crate::shop::Shop;
use crate::{Options, admin, billing, cart, control, flow, oauth, orders, pages, proxy, storefront};

/// A shop that runs until this is dropped.
#[derive(Debug)]
pub struct Running {
    /// Its origin, such as `http://127.0.0.1:8788`.
    pub origin: String,
    task: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts the shop.
pub async fn serve(options: Options) -> anyhow::Result<Running> {
    let listener = TcpListener::bind(&options.listen).await?;
    let origin = format!("http://{}", listener.local_addr()?);
    let shop = Arc::new(Shop::open(options)?);
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router(shop)).await {
            tracing::error!(%error, "the shop closed");
        }
    });
    Ok(Running { origin, task })
}

fn router(shop: Arc<Shop>) -> Router {
    let online_store = || theme(&shop.options.path_prefix());
    let mut router = online_store().merge(platform()).merge(simulator());
    for folder in FOLDERS {
        let (pages_of_folder, index) =
            (online_store().layer(Extension(folder)), get(pages::index).layer(Extension(folder)));
        router = router.nest(folder.path, pages_of_folder).route(&format!("{}/", folder.path), index);
    }
    router.with_state(shop)
}

/// Returns the routes that exist on every domain and in every market's folder.
fn theme(app_proxy: &str) -> Router<Arc<Shop>> {
    Router::new()
        .route(app_proxy, any(proxy::forward))
        .route(&format!("{app_proxy}/{{*rest}}"), any(proxy::forward))
        .route("/", get(pages::index))
        .route("/products/{handle}", get(pages::product))
        .route("/collections/{handle}", get(pages::collection))
        .route("/search", get(pages::search))
        .route("/password", get(pages::password))
        .route("/cart", get(pages::cart))
        .route("/cart.js", get(cart::show))
        .route("/cart/add.js", post(cart::add))
        .route("/cart/add", post(cart::add_by_form))
        .route("/cart/update.js", post(cart::update))
        .route("/checkout", post(orders::check_out))
        .route("/cdn/extensions/{asset}", get(pages::asset))
}

fn platform() -> Router<Arc<Shop>> {
    Router::new()
        .route("/api/{version}/graphql.json", post(storefront::answer))
        .route("/admin/oauth/access_token", post(oauth::access_token))
        .route("/admin/api/{version}/graphql.json", post(billing::admin_api))
        .route("/store/{name}/apps/{app}", get(admin::frame))
        .route("/store/{name}/apps/{app}/{*path}", get(admin::frame_at))
        .route("/store/{name}/charges/{app}/pricing_plans", get(billing::plans))
        .route("/admin", any(admin::pass))
        .route("/admin/{*rest}", any(admin::pass))
}

fn simulator() -> Router<Arc<Shop>> {
    Router::new()
        .route("/simulator/session-token", get(admin::session_token))
        .route("/simulator/scopes", post(oauth::grant))
        .route("/simulator/app-bridge.js", get(admin::app_bridge))
        .route("/simulator/subscription/{plan}/{status}", post(billing::subscribe))
        .route("/simulator/flow", get(flow::told))
        .route("/simulator/products/{handle}", post(control::change))
        .route("/simulator/orders", get(orders::list))
        .route("/simulator/orders/{order}/refund", post(orders::refund))
        .route("/simulator/orders/{order}/cancel", post(orders::cancel))
        .route("/simulator/webhooks/{*topic}", post(control::webhook))
        .route("/simulator/trouble/{trouble}", post(control::trouble))
        .route("/simulator/door/{door}", post(control::door))
        .route("/simulator/asked", get(control::asked))
}
