//! What is on a page, with everything that it refers to resolved.

/// A page to be rendered.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<'a> {
    /// Whose shop it is.
    pub shop: &'a Shop,
    /// What the document is called.
    pub title: &'a str,
    /// From top to bottom.
    pub blocks: Vec<Block<'a>>,
    /// Whether it was made for one shopper; `false` is the page that fits every shopper.
    pub generated: bool,
}

/// What every page of a shop has in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shop {
    /// The store id.
    pub id: String,
    /// The name that shoppers know.
    pub name: String,
    /// Where the shop's own pages live, with no slash at the end; empty if it has none.
    pub url: String,
    /// BCP 47 language tag.
    pub language: String,
    /// ISO 4217 code of all prices.
    pub currency: String,
    /// How the shop writes prices, such as `${{amount}}`; empty for a way that fits the currency.
    pub money_format: String,
    /// The brand's accent colour, `#rrggbb`; anything else stands for the page's own.
    pub accent: String,
    /// The brand's background colour, likewise.
    pub surface: String,
}

/// Products that the merchant put together, to be linked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// What it is called.
    pub title: String,
    /// Where it is shown.
    pub url: String,
}

/// Something for sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Its id in the shop.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// A sentence or two, as plain text.
    pub description: String,
    /// Who makes it.
    pub vendor: String,
    /// What kind of thing it is.
    pub category: String,
    /// The merchant's labels, in lower case.
    pub tags: Vec<String>,
    /// Where it can be looked at and bought.
    pub url: String,
    /// Its picture.
    pub image: Option<Image>,
    /// What it costs, in the currency's minor unit.
    pub price: u64,
    /// What it cost before. It is reduced only if that is more than a price above 0: see [`Product::reduced_from`].
    pub price_before: Option<u64>,
    /// Whether it can be bought now.
    pub available: bool,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// An `https:` or `data:image/` address.
    pub url: String,
    /// What it shows, for those who cannot see it.
    pub alt: String,
    /// Width in CSS pixels.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Block<'a> {
    /// The opening: what this page is about, with a product to show for it.
    Hero {
        /// The first thing read; the first hero's is the heading of the document.
        headline: &'a str,
        /// A sentence or two below it.
        text: &'a str,
        /// What to show for it.
        product: Option<&'a Product>,
    },
    /// Products side by side.
    Grid {
        /// What they have in common.
        heading: &'a str,
        /// In the order of interest.
        products: Vec<&'a Product>,
    },
    /// One product and the reason to look at it.
    Spotlight {
        /// Why it stands here.
        heading: &'a str,
        /// The reason, in a sentence or two.
        text: &'a str,
        /// The product.
        product: &'a Product,
    },
    /// Products that go together, with what they cost together.
    Bundle {
        /// What they make together.
        heading: &'a str,
        /// Why they go together.
        text: &'a str,
        /// The products.
        products: Vec<&'a Product>,
    },
    /// Reduced products in a row.
    Deals {
        /// What the row is called.
        heading: &'a str,
        /// In the order of interest.
        products: Vec<&'a Product>,
    },
    /// A search field with a few terms to start from.
    Search {
        /// The question that it answers.
        heading: &'a str,
        /// Terms to start from.
        terms: Vec<&'a str>,
    },
    /// Links to collections of the shop.
    Collections {
        /// What they are to the shopper.
        heading: &'a str,
        /// In the order of interest. One that cannot be linked to is left out.
        collections: Vec<&'a Collection>,
    },
    /// A text about the shop.
    Story {
        /// What it is called.
        heading: &'a str,
        /// Plain text; line feeds are kept.
        text: &'a str,
    },
    /// What the shopper looked at before.
    RecentlyViewed {
        /// What the row is called.
        heading: &'a str,
        /// Newest first.
        products: Vec<&'a Product>,
    },
    /// Two to four short promises, such as free returns.
    Reassurance {
        /// The promises, each of a few words.
        points: Vec<&'a str>,
    },
}
