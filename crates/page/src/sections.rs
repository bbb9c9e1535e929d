//! Sections, the input of the template: blocks with their prices as text, their addresses checked, and the loading
//! order of their images.

use std::collections::BTreeSet;

use model::text::is_visible;

use crate::address::{Address, query_value};
use crate::money::{money, percent_off, reduced_from};
use crate::{Block, Collection, Image, Page, Product, Shop};

/// The fewest products of a grid that can be sorted.
const SORTABLE_MIN: usize = 6;
/// The number of images that load eagerly after the first of the page: one row.
const EAGER_PICTURES: usize = 4;

/// Returns the sections of a page, from top to bottom.
pub fn sections<'a>(page: &Page<'a>) -> Vec<Section<'a>> {
    let mut builder =
        SectionBuilder { shop: page.shop, pictures: 0, has_hero: false, anchors: BTreeSet::new() };
    page.blocks.iter().filter_map(|block| builder.section(block)).collect()
}

/// A part of a page, ready for the template.
pub enum Section<'a> {
    Hero(Hero<'a>),
    Cards(Cards<'a>),
    Spotlight { heading: &'a str, text: &'a str, card: Card<'a> },
    Bundle { text: &'a str, cards: Cards<'a>, total: Option<Price> },
    Search(Search<'a>),
    Links { heading: &'a str, links: Vec<Link<'a>> },
    Story { heading: &'a str, text: &'a str },
    Reassurance { points: Vec<&'a str> },
}

pub struct Hero<'a> {
    /// Whether the headline is the main heading of the document.
    pub first: bool,
    pub headline: &'a str,
    pub text: &'a str,
    pub card: Option<Card<'a>>,
}

pub struct Cards<'a> {
    pub heading: &'a str,
    pub layout: Layout,
    pub items: Vec<Card<'a>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// As many rows as needed.
    Grid,
    /// One row, scrolled sideways.
    Row,
    /// One row of small cards without a way to buy.
    SmallRow,
}

/// A product.
pub struct Card<'a> {
    pub product: &'a Product,
    /// The vendor and the product type.
    pub kind: Vec<&'a str>,
    pub link: Option<Address<'a>>,
    /// The id of the card's element, if the product's link leads to this page.
    pub anchor: Option<&'a str>,
    pub picture: Option<Picture<'a>>,
    pub price: Price,
    pub purchase: Purchase<'a>,
}

pub struct Picture<'a> {
    pub url: Address<'a>,
    pub alt: &'a str,
    pub width: u32,
    pub height: u32,
    pub loading: Loading,
}

#[derive(Clone, Copy)]
pub enum Loading {
    /// Before everything else: the largest element in the first view.
    First,
    /// Together with the page.
    Eager,
    /// When the image comes into view.
    Lazy,
}

pub struct Price {
    pub now: String,
    /// The former price, if it was higher.
    pub before: Option<String>,
    /// The reduction, in percent.
    pub percent_off: Option<u64>,
}

/// The way to buy a product.
pub enum Purchase<'a> {
    /// With the cart on this page.
    Cart,
    /// On the shop's own product page.
    Page(Address<'a>),
    SoldOut,
    /// Not from here, because the shop's product page has no usable address.
    Elsewhere,
}

pub struct Search<'a> {
    pub heading: &'a str,
    /// The shop whose search is used. Without one, the script filters the products on the page.
    pub shop: Option<Address<'a>>,
    pub terms: Vec<Term<'a>>,
}

pub struct Link<'a> {
    pub text: &'a str,
    pub address: Address<'a>,
}

pub struct Term<'a> {
    pub text: &'a str,
    /// The text as the value of a query parameter.
    pub query: String,
}

impl Cards<'_> {
    pub fn is_sortable(&self) -> bool {
        self.layout == Layout::Grid && self.items.len() >= SORTABLE_MIN
    }
}

impl Card<'_> {
    /// Returns the character that replaces a missing image.
    pub fn initial(&self) -> &str {
        let title = &self.product.title;
        let mut characters = title.char_indices().filter_map(|(at, c)| title.get(at..at + c.len_utf8()));
        characters.find(|c| is_visible(c)).unwrap_or_default()
    }
}

/// Makes sections in page order, and tracks which images and headings come first.
struct SectionBuilder<'a> {
    shop: &'a Shop,
    pictures: usize,
    has_hero: bool,
    anchors: BTreeSet<&'a str>,
}

impl<'a> SectionBuilder<'a> {
    /// Returns the section for a block; `None` for an empty block.
    fn section(&mut self, block: &Block<'a>) -> Option<Section<'a>> {
        Some(match block {
            Block::Hero { headline, text, product } => Section::Hero(self.hero(headline, text, *product)),
            Block::Grid { heading, products } => {
                Section::Cards(self.cards(heading, Layout::Grid, products)?)
            }
            Block::Deals { heading, products } => {
                Section::Cards(self.cards(heading, Layout::Row, products)?)
            }
            Block::RecentlyViewed { heading, products } => {
                Section::Cards(self.cards(heading, Layout::SmallRow, products)?)
            }
            Block::Spotlight { heading, text, product } => {
                Section::Spotlight { heading, text, card: self.card(product) }
            }
            Block::Bundle { heading, text, products } => Section::Bundle {
                text,
                cards: self.cards(heading, Layout::Grid, products)?,
                total: self.total(products),
            },
            Block::Search { heading, terms } => Section::Search(self.search(heading, terms)),
            Block::Collections { heading, collections } => {
                Section::Links { heading, links: self.links(collections)? }
            }
            Block::Story { heading, text } => Section::Story { heading, text },
            Block::Reassurance { points } => {
                let points: Vec<_> = points.iter().copied().filter(|point| is_visible(point)).collect();
                (!points.is_empty()).then_some(Section::Reassurance { points })?
            }
        })
    }

    fn hero(&mut self, headline: &'a str, text: &'a str, product: Option<&'a Product>) -> Hero<'a> {
        let first = !std::mem::replace(&mut self.has_hero, true);
        Hero { first, headline, text, card: product.map(|product| self.card(product)) }
    }

    fn cards(&mut self, heading: &'a str, layout: Layout, products: &[&'a Product]) -> Option<Cards<'a>> {
        let items: Vec<_> = products.iter().map(|product| self.card(product)).collect();
        (!items.is_empty()).then_some(Cards { heading, layout, items })
    }

    fn card(&mut self, product: &'a Product) -> Card<'a> {
        let vendor = product.vendor.as_str();
        let kind = [if vendor == self.shop.name { "" } else { vendor }, product.category.as_str()];
        let link = self.link(&product.url);
        Card {
            product,
            kind: kind.into_iter().filter(|text| is_visible(text)).collect(),
            link,
            anchor: link.and_then(Address::fragment).filter(|&anchor| self.anchors.insert(anchor)),
            picture: product.image.as_ref().and_then(|image| self.picture(image, &product.title)),
            price: self.price(product.price, product.price_before),
            purchase: self.purchase(product, link),
        }
    }

    fn picture(&mut self, image: &'a Image, title: &'a str) -> Option<Picture<'a>> {
        let url = Address::of_picture(&image.url)?;
        let loading = match self.pictures {
            0 => Loading::First,
            1..=EAGER_PICTURES => Loading::Eager,
            _ => Loading::Lazy,
        };
        self.pictures += 1;
        let alt = if is_visible(&image.alt) { &image.alt } else { title };
        Some(Picture { url, alt, width: image.width.max(1), height: image.height.max(1), loading })
    }

    fn price(&self, price: u64, before: Option<u64>) -> Price {
        Price {
            now: self.money(price),
            before: reduced_from(price, before).map(|before| self.money(before)),
            percent_off: percent_off(price, before),
        }
    }

    fn money(&self, minor: u64) -> String {
        money(minor, &self.shop.currency, &self.shop.money_format)
    }

    fn link(&self, url: &'a str) -> Option<Address<'a>> {
        Address::of_link_into(self.home(), &self.shop.id, url)
    }

    /// Returns links to the collections with a usable address; `None` if there are none.
    fn links(&self, collections: &[&'a Collection]) -> Option<Vec<Link<'a>>> {
        let link = |collection: &&'a Collection| {
            let address = self.link(&collection.url).filter(|address| address.fragment().is_none())?;
            let text = collection.title.trim();
            is_visible(text).then_some(Link { text, address })
        };
        let links: Vec<_> = collections.iter().filter_map(link).collect();
        (!links.is_empty()).then_some(links)
    }

    /// Returns the base address of the shop's own pages, if it has any.
    fn home(&self) -> Option<Address<'a>> {
        Address::of_shop(&self.shop.url)
    }

    /// Returns the way to buy a product. A shop with pages of its own sells there, because products may have
    /// options to choose.
    fn purchase(&self, product: &Product, link: Option<Address<'a>>) -> Purchase<'a> {
        match (product.available, self.home(), link) {
            (false, _, _) => Purchase::SoldOut,
            (true, Some(_), Some(link)) => Purchase::Page(link),
            (true, Some(_), None) => Purchase::Elsewhere,
            (true, None, _) => Purchase::Cart,
        }
    }

    /// Returns the total price of products; `None` if one of them is not available.
    fn total(&self, products: &[&Product]) -> Option<Price> {
        let sum = |price: fn(&Product) -> u64| {
            products.iter().map(|product| price(product)).fold(0, u64::saturating_add)
        };
        let before = sum(|product| product.reduced_from().unwrap_or(product.price));
        let all_available = products.iter().all(|product| product.available);
        all_available.then(|| self.price(sum(|product| product.price), Some(before)))
    }

    fn search(&self, heading: &'a str, terms: &[&'a str]) -> Search<'a> {
        let term = |&text: &&'a str| Term { text, query: query_value(text) };
        let terms = terms.iter().filter(|term| is_visible(term)).map(term).collect();
        Search { heading, shop: self.home(), terms }
    }
}
