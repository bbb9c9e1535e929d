//! The facts of a page for machines: its products as JSON-LD, in the vocabulary of schema.org.
//!
//! They are those that the page shows, as the catalog has them. A fact that is not known is left out.

use model::NO_CURRENCY;
use model::catalog::{Product, Rating};
use model::text::is_visible;
use serde::Serialize;

use crate::Shop;
use crate::address::Address;
use crate::money_format::Style;

const IN_STOCK: &str = "https://schema.org/InStock";
const OUT_OF_STOCK: &str = "https://schema.org/OutOfStock";

/// A list of products (<https://schema.org/ItemList>).
#[derive(Serialize)]
struct ItemList<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
    #[serde(rename = "itemListElement")]
    elements: Vec<ListItem<'a>>,
}

#[derive(Serialize)]
struct ListItem<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    position: usize,
    item: Item<'a>,
}

/// A product (<https://schema.org/Product>).
#[derive(Serialize)]
struct Item<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<Brand<'a>>,
    #[serde(rename = "aggregateRating", skip_serializing_if = "Option::is_none")]
    rating: Option<AggregateRating>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offers: Option<Offer<'a>>,
}

/// The average of reviews (<https://schema.org/AggregateRating>).
#[derive(Serialize)]
struct AggregateRating {
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "ratingValue")]
    value: String,
    #[serde(rename = "bestRating")]
    best: u32,
    #[serde(rename = "reviewCount")]
    count: u32,
}

#[derive(Serialize)]
struct Brand<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
}

/// An offer (<https://schema.org/Offer>).
#[derive(Serialize)]
struct Offer<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    price: String,
    #[serde(rename = "priceCurrency")]
    currency: &'a str,
    availability: &'static str,
}

/// Returns the facts of products as JSON. It has no `<`, so it may stand in a script element.
pub fn facts_of(shop: &Shop, title: &str, products: &[&Product]) -> String {
    let elements = (1..).zip(products).map(|(position, product)| ListItem {
        kind: "ListItem",
        position,
        item: item(shop, product),
    });
    let list = ItemList {
        context: "https://schema.org",
        kind: "ItemList",
        name: title,
        elements: elements.collect(),
    };
    // Plain fields always have a JSON form.
    serde_json::to_string(&list).unwrap_or_default().replace('<', "\\u003c")
}

fn item<'a>(shop: &'a Shop, product: &'a Product) -> Item<'a> {
    let known = |text: &'a str| Some(text).filter(|text| is_visible(text));
    let url = Address::of_link_into(shop.home(), &shop.id, &product.url).map(|url| url.to_string());
    let image = product.image.as_ref().map(|image| image.url.as_str());
    Item {
        kind: "Product",
        name: &product.title,
        url: url.filter(|url| url.starts_with("https://")),
        image: image.filter(|url| url.starts_with("https://") && Address::of_picture(url).is_some()),
        category: known(&product.category),
        brand: known(&product.vendor).map(|name| Brand { kind: "Brand", name }),
        rating: product.rating.and_then(aggregate_rating),
        offers: (shop.currency != NO_CURRENCY).then(|| offer(shop, product)),
    }
}

/// Returns the fact of a rating; none without a count, because search engines refuse it.
fn aggregate_rating(rating: Rating) -> Option<AggregateRating> {
    let Rating { average_hundredths, count } = Rating::of(rating.average_hundredths, rating.count)?;
    Some(AggregateRating {
        kind: "AggregateRating",
        value: Style::PLAIN.write(average_hundredths.into(), 2),
        best: Rating::HUNDREDTHS_MAX / 100,
        count: count?,
    })
}

fn offer<'a>(shop: &'a Shop, product: &Product) -> Offer<'a> {
    let decimals = model::decimals(&shop.currency.to_ascii_uppercase()).into();
    Offer {
        kind: "Offer",
        price: Style::PLAIN.write(product.price, decimals).replace(',', ""),
        currency: &shop.currency,
        availability: if product.available { IN_STOCK } else { OUT_OF_STOCK },
    }
}
