//! The form of answers: for each type of the Storefront API, the fields that the queries name. Fields that are
//! optional in Shopify's schema are optional here, and so are required ones that an answer is useful without.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// An answer to any query.
#[derive(Deserialize)]
pub struct Reply {
    pub data: Option<Value>,
    #[serde(default)]
    pub errors: Vec<Problem>,
}

/// An error (<https://shopify.dev/docs/api/storefront#status-and-error-codes>).
#[derive(Deserialize)]
pub struct Problem {
    #[serde(default)]
    extensions: Option<Extensions>,
}

#[derive(Deserialize)]
struct Extensions {
    #[serde(default)]
    code: Option<String>,
}

impl Problem {
    /// Returns the code; empty if there is none.
    pub fn code(&self) -> &str {
        self.extensions.as_ref().and_then(|extensions| extensions.code.as_deref()).unwrap_or_default()
    }
}

/// The answer to `shop.graphql`.
#[derive(Debug, Deserialize)]
pub struct ShopData {
    pub(super) shop: Shop,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shop {
    pub name: String,
    pub money_format: Option<String>,
    pub payment_settings: Option<PaymentSettings>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentSettings {
    pub currency_code: Option<String>,
}

/// The answer to `products.graphql`.
#[derive(Debug, Deserialize)]
pub struct ProductsData {
    pub(super) products: Page<Card>,
}

/// The answer to `ids.graphql`.
#[derive(Debug, Deserialize)]
pub struct IdsData {
    pub(super) nodes: Vec<Option<Card>>,
}

/// The answer to `handles.graphql`.
#[derive(Debug, Deserialize)]
pub struct HandlesData(pub(super) BTreeMap<String, Option<Card>>);

/// The answer to `search.graphql`.
#[derive(Debug, Deserialize)]
pub struct SearchData {
    pub(super) search: Page<Card>,
}

/// The answer to `collections.graphql`.
#[derive(Debug, Deserialize)]
pub struct CollectionsData {
    pub(super) collections: Page<Collection>,
}

/// The answer to `members.graphql`.
#[derive(Debug, Deserialize)]
pub struct MembersData {
    pub(super) collection: Option<Members>,
}

#[derive(Debug, Deserialize)]
pub struct Members {
    pub products: Option<Page<ProductId>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    pub nodes: Vec<Option<T>>,
    pub page_info: Option<PageInfo>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageInfo {
    pub has_next_page: bool,
    pub end_cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    pub id: String,
    pub handle: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub vendor: Option<String>,
    pub product_type: Option<String>,
    pub tags: Option<Vec<String>>,
    pub available_for_sale: Option<bool>,
    pub featured_image: Option<Picture>,
    pub images: Option<Nodes<Picture>>,
    pub rating: Option<Metafield>,
    pub rating_count: Option<Metafield>,
    pub options: Option<Vec<ProductOption>>,
    pub variants: Option<Nodes<Variant>>,
    pub price_range: Option<PriceRange>,
    pub selected_or_first_available_variant: Option<Variant>,
}

/// The first items of a connection.
#[derive(Debug, Deserialize)]
pub struct Nodes<T> {
    pub nodes: Vec<Option<T>>,
}

/// A metafield, whose value is JSON or plain text (<https://shopify.dev/docs/apps/build/metafields/list-of-data-types>).
#[derive(Debug, Deserialize)]
pub struct Metafield {
    pub value: String,
}

/// The value of a metafield of the type `rating`; numbers are decimals, as strings.
#[derive(Debug, Deserialize)]
pub struct RatingValue {
    pub value: String,
    pub scale_max: String,
}

#[derive(Debug, Deserialize)]
pub struct ProductOption {
    pub name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PriceRange {
    pub min_variant_price: Option<Money>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Variant {
    pub id: Option<String>,
    pub title: Option<String>,
    pub available_for_sale: Option<bool>,
    pub price: Option<Money>,
    pub compare_at_price: Option<Money>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Money {
    /// A decimal, as a string. A JSON number is rejected, because it would not be an exact price.
    pub amount: String,
    pub currency_code: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Picture {
    pub url: Option<String>,
    pub alt_text: Option<String>,
    pub width: Option<u32>,
    pub height: Option<u32>,
}

#[derive(Debug, Deserialize)]
pub struct Collection {
    pub id: String,
    pub handle: Option<String>,
    pub title: Option<String>,
    pub products: Option<Page<ProductId>>,
}

#[derive(Debug, Deserialize)]
pub struct ProductId {
    pub id: String,
}
