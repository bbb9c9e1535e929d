//! The shop's products as the Storefront API's types. A connection is represented by its `nodes` only.

use std::ops::Range;

use serde_json::{Value, json};

use crate::goods::{Collection, Goods, Product, Variant};

/// A country's prices: its currency, and its exchange rate from the shop's currency in percent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Market {
    pub(crate) currency: &'static str,
    percent: u64,
    decimals: usize,
}

impl Market {
    pub(crate) fn of(country: Option<&str>) -> Self {
        match country {
            Some("AT" | "DE" | "ES" | "FR" | "IT" | "NL") => {
                Self { currency: "EUR", percent: 92, decimals: 2 }
            }
            Some("CA") => Self { currency: "CAD", percent: 137, decimals: 2 },
            Some("BR") => Self { currency: "BRL", percent: 540, decimals: 2 },
            Some("GB") => Self { currency: "GBP", percent: 80, decimals: 2 },
            Some("JP") => Self { currency: "JPY", percent: 15_000, decimals: 0 },
            _ => Self { currency: "USD", percent: 100, decimals: 2 },
        }
    }

    /// Returns `MoneyV2`: a decimal string without trailing zeros, except one after the point.
    fn money(self, cents: u64) -> Value {
        let cents = cents * self.percent / 100;
        let amount = match (self.decimals, cents % 100) {
            (0, _) => format!("{}.0", cents / 100),
            (_, part) if part % 10 == 0 => format!("{}.{}", cents / 100, part / 10),
            (_, part) => format!("{}.{part:02}", cents / 100),
        };
        json!({ "__typename": "MoneyV2", "amount": amount, "currencyCode": self.currency })
    }
}

impl Market {
    /// Returns an amount as orders have it: in the shop's currency and in the shopper's.
    pub(crate) fn set(self, cents: u64) -> Value {
        let money = |cents: u64, currency| json!({ "amount": format!("{}.{:02}", cents / 100, cents % 100), "currency_code": currency });
        json!({ "shop_money": money(cents, "USD"), "presentment_money": money(cents * self.percent / 100, self.currency) })
    }
}

pub(crate) fn shop(goods: &Goods, market: Market) -> Value {
    json!({
        "__typename": "Shop",
        "id": "gid://shopify/Shop/954889",
        "name": goods.name,
        "description": "Wands and what goes with them.",
        "moneyFormat": goods.money_format,
        "primaryDomain": { "__typename": "Domain", "host": "magic-wands.example", "url": "https://magic-wands.example" },
        "paymentSettings": {
            "__typename": "PaymentSettings", "currencyCode": goods.currency, "countryCode": "US",
            "enabledPresentmentCurrencies": ["USD", "EUR", "CAD", "BRL", "GBP", "JPY"],
        },
        "localization": market.currency,
    })
}

pub(crate) fn localization(market: Market) -> Value {
    let country = json!({ "currency": { "isoCode": market.currency } });
    json!({ "__typename": "Localization", "country": country, "language": { "isoCode": "EN" } })
}

pub(crate) fn products<'a>(products: impl IntoIterator<Item = &'a Product>, market: Market) -> Value {
    let nodes: Vec<_> = products.into_iter().map(|it| product(it, market)).collect();
    json!({ "totalCount": nodes.len(), "nodes": nodes })
}

/// Returns the connection of all these products. It evaluates only those in `window`.
pub(crate) fn products_within(products: &[Product], window: &Range<usize>, market: Market) -> Value {
    let node = |(at, it)| if window.contains(&at) { product(it, market) } else { Value::Null };
    let nodes: Vec<_> = products.iter().enumerate().map(node).collect();
    json!({ "totalCount": nodes.len(), "nodes": nodes })
}

/// Returns the products with these global ids, and null for each that there is not.
pub(crate) fn nodes(goods: &Goods, ids: Option<&Value>, market: Market) -> Value {
    let ids = ids.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let node = |id: &str| {
        let number = id.strip_prefix("gid://shopify/Product/")?.parse::<u64>().ok()?;
        let found = goods.products.iter().find(|product| product.id == number)?;
        Some(product(found, market))
    };
    ids.map(|id| node(id).unwrap_or(Value::Null)).collect()
}

pub(crate) fn collections(goods: &Goods, market: Market) -> Value {
    let nodes: Vec<_> = goods.collections.iter().map(|it| collection(goods, it, market)).collect();
    json!({ "nodes": nodes })
}

/// Returns the collection with a handle; null if there is none.
pub(crate) fn collection_of(goods: &Goods, handle: &str, market: Market) -> Value {
    let found = goods.collections.iter().find(|it| it.handle == handle);
    found.map_or(Value::Null, |it| collection(goods, it, market))
}

fn collection(goods: &Goods, collection: &Collection, market: Market) -> Value {
    json!({
        "__typename": "Collection",
        "id": format!("gid://shopify/Collection/{}", collection.id),
        "handle": collection.handle,
        "title": collection.title,
        "description": "",
        "onlineStoreUrl": null,
        "products": products(goods.products_of(collection), market),
    })
}

pub(crate) fn product(product: &Product, market: Market) -> Value {
    let range = |cents: u64| json!({ "minVariantPrice": market.money(cents), "maxVariantPrice": market.money(cents) });
    let [picture, second] = product.pictures().map(|url| picture(&url));
    let variants: Vec<_> = product.variants().iter().map(|it| variant(product, it, market)).collect();
    let first = variants.iter().find(|it| it["availableForSale"] == true).or(variants.first());
    json!({
        "__typename": "Product",
        "id": format!("gid://shopify/Product/{}", product.id),
        "handle": product.handle,
        "title": product.title,
        "description": product.description,
        "vendor": product.vendor,
        "productType": product.kind,
        "tags": product.tags,
        "availableForSale": product.available,
        "onlineStoreUrl": null,
        "updatedAt": "2026-11-24T00:00:00Z",
        "featuredImage": picture,
        "images": { "nodes": [picture, second] },
        "metafields": reviews(product),
        "options": [{ "__typename": "ProductOption", "name": product.option() }],
        "priceRange": range(product.price),
        "compareAtPriceRange": range(product.before.unwrap_or(0)),
        "selectedOrFirstAvailableVariant": first,
        "variants": { "nodes": variants },
    })
}

/// Returns the metafields of Shopify's standard definitions of reviews, by their full names.
fn reviews(product: &Product) -> Value {
    let Some((average, count)) = &product.rating else { return json!({}) };
    let metafield = |value: String| json!({ "__typename": "Metafield", "value": value });
    let rating = json!({ "value": average, "scale_min": "1.0", "scale_max": "5.0" });
    json!({
        "reviews.rating": metafield(rating.to_string()),
        "reviews.rating_count": count.map(|count| metafield(count.to_string())),
    })
}

fn picture(url: &str) -> Value {
    json!({
        "__typename": "Image", "id": null, "url": url, "altText": null, "width": 600, "height": 600,
    })
}

fn variant(product: &Product, variant: &Variant<'_>, market: Market) -> Value {
    json!({
        "__typename": "ProductVariant",
        "id": format!("gid://shopify/ProductVariant/{}", variant.id),
        "title": variant.title,
        "availableForSale": variant.available,
        "price": market.money(product.price),
        "compareAtPrice": product.before.map(|before| market.money(before)),
    })
}
