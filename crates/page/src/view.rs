//! The shop and the products of a page.

/// The data that all pages of a shop share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shop {
    /// The shop id.
    pub id: String,
    /// The shop's name as shoppers know it.
    pub name: String,
    /// The base URL of the shop's own pages, without a slash at the end; empty if it has none.
    pub url: String,
    /// BCP 47 language tag.
    pub language: String,
    /// ISO 4217 code of all prices.
    pub currency: String,
    /// The shop's money format, such as `${{amount}}`; empty for a default that suits the currency.
    pub money_format: String,
    /// The brand's accent colour, `#rrggbb`; anything else means the default.
    pub accent: String,
    /// The brand's background colour, `#rrggbb`; anything else means the default.
    pub surface: String,
}

/// A collection to link to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// The collection's title.
    pub title: String,
    /// The address of the collection page.
    pub url: String,
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// The product's id in the shop.
    pub id: String,
    /// The product's title.
    pub title: String,
    /// A sentence or two, as plain text.
    pub description: String,
    /// The vendor.
    pub vendor: String,
    /// The product type.
    pub category: String,
    /// The merchant's tags, in lower case.
    pub tags: Vec<String>,
    /// The address of the product page.
    pub url: String,
    /// The product's image.
    pub image: Option<Image>,
    /// The price, in the currency's minor unit.
    pub price: u64,
    /// The former price. The product is reduced only if this is more than a `price` above 0: see
    /// [`Product::reduced_from`].
    pub price_before: Option<u64>,
    /// Whether the product can be bought now.
    pub available: bool,
}

/// A product image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// An `https:` or `data:image/` address.
    pub url: String,
    /// Alternative text.
    pub alt: String,
    /// Width in CSS pixels.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
}
