//! The content of a page, with all references resolved.

/// A page to be rendered.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<'a> {
    /// The shop.
    pub shop: &'a Shop,
    /// The document's title.
    pub title: &'a str,
    /// The blocks, from top to bottom.
    pub blocks: Vec<Block<'a>>,
    /// Whether the page was generated for a shopper; `false` for the fallback page.
    pub generated: bool,
}

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

/// A part of a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Block<'a> {
    /// The opening of the page, with a product to illustrate it.
    Hero {
        /// The headline. In the first hero it is the main heading of the document.
        headline: &'a str,
        /// A sentence or two below it.
        text: &'a str,
        /// The product to show.
        product: Option<&'a Product>,
    },
    /// Products side by side.
    Grid {
        /// What the products have in common.
        heading: &'a str,
        /// In order of interest.
        products: Vec<&'a Product>,
    },
    /// One product and the reason to look at it.
    Spotlight {
        /// Why the product is shown here.
        heading: &'a str,
        /// The reason, in a sentence or two.
        text: &'a str,
        /// The product.
        product: &'a Product,
    },
    /// Products that go together, with their total price.
    Bundle {
        /// What the products make together.
        heading: &'a str,
        /// Why the products go together.
        text: &'a str,
        /// The products.
        products: Vec<&'a Product>,
    },
    /// A row of reduced products.
    Deals {
        /// The heading of the row.
        heading: &'a str,
        /// In order of interest.
        products: Vec<&'a Product>,
    },
    /// A search field with a few terms to start from.
    Search {
        /// The heading, such as the question that the search answers.
        heading: &'a str,
        /// Terms to start from.
        terms: Vec<&'a str>,
    },
    /// Links to collections of the shop.
    Collections {
        /// The heading over the links.
        heading: &'a str,
        /// In order of interest. A collection without a usable address is left out.
        collections: Vec<&'a Collection>,
    },
    /// A text about the shop.
    Story {
        /// The heading.
        heading: &'a str,
        /// Plain text. Line feeds are kept.
        text: &'a str,
    },
    /// Products that the shopper viewed before.
    RecentlyViewed {
        /// The heading of the row.
        heading: &'a str,
        /// Newest first.
        products: Vec<&'a Product>,
    },
    /// Two to four short promises, such as free returns.
    Reassurance {
        /// The promises, a few words each.
        points: Vec<&'a str>,
    },
}
