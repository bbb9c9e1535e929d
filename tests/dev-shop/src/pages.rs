//! The theme's pages, and the product data for scripts.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use liquid::model::Value;
use liquid::{Object, object};
use serde::Deserialize;
use serde_json::json;

use crate::failures::Door;
use crate::goods::{Goods, Product, Variant};
use crate::place::Place;
use crate::shop::Shop;
use crate::theme::{self, Page};

pub(crate) async fn index(State(shop): State<Arc<Shop>>, place: Place) -> Response {
    let globals = with_products(&shop, |goods| Some(("Home", goods.products.iter().collect())));
    page(&shop, &place, "index", globals)
}

pub(crate) async fn collection(
    State(shop): State<Arc<Shop>>,
    place: Place,
    Path(handle): Path<String>,
) -> Response {
    let globals = with_products(&shop, |goods| goods.collection(&handle)).map(|mut globals| {
        if let Some(Value::Object(collection)) = globals.get_mut("collection") {
            collection.insert("handle".into(), Value::scalar(handle));
        }
        globals
    });
    page(&shop, &place, "collection", globals)
}

#[derive(Deserialize)]
pub(crate) struct Search {
    #[serde(default)]
    q: String,
}

pub(crate) async fn search(
    State(shop): State<Arc<Shop>>,
    place: Place,
    Query(search): Query<Search>,
) -> Response {
    let globals =
        with_products(&shop, |goods| Some(("Search", goods.search(&search.q)))).map(|mut globals| {
            let terms = if search.q.is_empty() { Value::Nil } else { Value::scalar(search.q) };
            globals.insert("search".into(), Value::Object(object!({ "terms": terms })));
            globals
        });
    page(&shop, &place, "search", globals)
}

pub(crate) async fn cart(State(shop): State<Arc<Shop>>, place: Place) -> Response {
    let globals = with_products(&shop, |_| Some(("Cart", Vec::new())));
    page(&shop, &place, "cart", globals)
}

/// Serves the page after an order.
pub(crate) fn ordered(shop: &Shop, place: &Place) -> Response {
    page(shop, place, "ordered", with_products(shop, |_| Some(("Thank you", Vec::new()))))
}

/// Serves the password page of a shop that is not open yet.
pub(crate) async fn password() -> Html<&'static str> {
    Html("<!doctype html><title>Opening soon</title><form><input type=password aria-label=Password></form>")
}

/// Returns the response in place of the app's; `None` if the app answers.
pub(crate) fn in_place_of_the_app(shop: &Shop, place: &Place, door: Door) -> Option<Response> {
    match door {
        Door::Open | Door::Truncated => None,
        Door::Password => Some(Redirect::to("/password").into_response()),
        Door::Maintenance => {
            Some(Html("<!doctype html><title>Maintenance</title><h1>Back soon</h1>").into_response())
        }
        Door::Missing => {
            let globals = with_products(shop, |goods| Some(("404", goods.products.iter().take(4).collect())));
            Some(page(shop, place, "collection", globals))
        }
    }
}

/// Serves `/products/{handle}` as a page, and `/products/{handle}.js` for scripts.
pub(crate) async fn product(
    State(shop): State<Arc<Shop>>,
    place: Place,
    Path(handle): Path<String>,
) -> Response {
    if let Some(handle) = handle.strip_suffix(".js") {
        let state = shop.state();
        return state
            .goods
            .product(handle)
            .map_or_else(not_found, |product| Json(ajax(product)).into_response());
    }
    let globals =
        with_products(&shop, |goods| Some(("Product", vec![goods.product(&handle)?]))).map(|mut globals| {
            let product = shop.state().goods.product(&handle).map(liquid);
            globals.insert("product".into(), Value::Object(product.unwrap_or_default()));
            globals
        });
    page(&shop, &place, "product", globals)
}

pub(crate) async fn asset(Path(name): Path<String>) -> Response {
    theme::asset(&name).map_or_else(not_found, |(content, kind)| {
        ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], content).into_response()
    })
}

fn page(shop: &Shop, place: &Place, kind: &str, globals: Option<Object>) -> Response {
    let Some(globals) = globals else { return not_found() };
    answer(shop.theme.page(&shop.options, Page { kind, title: kind, place, globals }))
}

/// Returns a page, or its error.
pub(crate) fn answer(page: anyhow::Result<String>) -> Response {
    match page {
        Ok(html) => Html(html).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("Liquid error: {error:#}")).into_response(),
    }
}

fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "No such page").into_response()
}

/// Returns `shop`, `cart` and a collection with the chosen products.
pub(crate) fn with_products(
    shop: &Shop,
    choose: impl FnOnce(&Goods) -> Option<(&str, Vec<&Product>)>,
) -> Option<Object> {
    let state = shop.state();
    let (title, products) = choose(&state.goods)?;
    let products: Vec<_> = products.into_iter().map(|product| Value::Object(liquid(product))).collect();
    let items: Vec<_> =
        state.cart.items.iter().filter_map(|&(id, quantity)| item(&state.goods, id, quantity)).collect();
    let count = state.cart.items.iter().map(|(_, quantity)| quantity).sum::<u64>();
    Some(object!({
        "shop": { "name": state.goods.name, "secret": "it ran", "permanent_domain": shop.options.shop },
        "cart": { "item_count": count.cast_signed(), "items": items },
        "collection": { "title": title, "products": products },
    }))
}

fn item(goods: &Goods, variant: u64, quantity: u64) -> Option<Value> {
    let product = goods.by_variant(variant)?;
    let item = object!({
        "title": product.title, "price": product.price.cast_signed(), "quantity": quantity.cast_signed(),
        "product_id": product.id.cast_signed(),
    });
    Some(Value::Object(item))
}

fn liquid(product: &Product) -> Object {
    object!({
        "id": product.id.cast_signed(),
        "variant_id": product.variant_id().cast_signed(),
        "title": product.title,
        "type": product.kind,
        "description": product.description,
        "price": product.price.cast_signed(),
        "url": product.url(),
        "featured_image": product.pictures()[0],
    })
}

fn ajax(product: &Product) -> serde_json::Value {
    let variant = |Variant { id, title, available }| json!({ "id": id, "title": title, "available": available, "price": product.price });
    let variants: Vec<_> = product.variants().into_iter().map(variant).collect();
    json!({
        "id": product.id, "handle": product.handle, "title": product.title, "available": product.available,
        "price": product.price, "variants": variants,
    })
}
