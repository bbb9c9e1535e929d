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
