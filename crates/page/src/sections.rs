//! The sections of a page, and what they have in common: cards of products with their prices as text, checked
//! addresses, and the loading order of images.

use std::collections::BTreeSet;

use askama::Template;
use model::catalog::{Image, Product, percent_off, reduced_from};
use model::text::is_visible;
use words::Words;

use crate::address::Address;
use crate::choosing::Choosing;
use crate::money::money;
use crate::picture::{Place, variants};
use crate::ratio::Ratio;
use crate::stars::Stars;
use crate::{Look, Shop};

/// The fewest products of a grid that can be sorted.
const SORTABLE_MIN: usize = 6;
/// The number of images that load eagerly after the first of the page: one row.
const EAGER_PICTURES: usize = 4;
/// More sections than a page has above others.
const ABOVE_MAX: usize = 20;

/// The HTML of a page's sections. Blocks add theirs from top to bottom, because which images and headings come
/// first depends on the order.
pub struct Sections<'a> {
    shop: &'a Shop,
    words: &'static Words,
    look: Look,
    html: String,
    count: usize,
    pictures: usize,
    has_hero: bool,
    anchors: BTreeSet<&'a str>,
    shown: Vec<&'a Product>,
}

pub struct Cards<'a> {
    pub words: &'static Words,
    pub heading: &'a str,
    pub layout: Layout,
    pub items: Vec<Card<'a>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Any number of rows.
    Grid,
    /// One row, scrolled sideways.
    Row,
    /// One row of small cards without a way to buy.
    SmallRow,
}

/// A product.
pub struct Card<'a> {
    pub words: &'static Words,
    pub product: &'a Product,
    /// The vendor and the product type.
    pub kind: Vec<&'a str>,
    pub link: Option<Address<'a>>,
    /// The id of the card's element, if the product's link leads to this page.
    pub anchor: Option<&'a str>,
    pub picture: Option<Picture<'a>>,
    /// The ratio of the place for the picture.
    pub ratio: Ratio,
    /// The second picture, if the place shows one.
    pub second: Option<Picture<'a>>,
    pub price: Price,
    pub rating: Option<Stars>,
    pub purchase: Purchase<'a>,
}

pub struct Picture<'a> {
    pub url: Address<'a>,
    /// The picture in several sizes, if its server scales it.
    pub variants: Option<Variants>,
    pub alt: &'a str,
    pub width: u32,
    pub height: u32,
    /// Whether it is shown whole in its tile, because too much of it would be cropped.
    pub is_whole: bool,
    pub loading: Loading,
}

/// A picture in several sizes.
pub struct Variants {
    /// Their addresses, for the attribute `srcset`.
    pub set: String,
    /// The address for browsers that cannot choose.
    pub usual: String,
    /// How wide the picture is shown, for the attribute `sizes`.
    pub sizes: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Loading {
    /// Before everything else: the largest element in the first view.
    First,
    /// Together with the page.
    Eager,
    /// When the image comes into view.
    Lazy,
}

pub struct Price {
    pub words: &'static Words,
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
    /// Of a variant that the shopper chooses, into the cart.
    Choice(Choosing<'a>),
    /// On the shop's own product page.
    Page(Address<'a>),
    SoldOut,
    /// Not from here, because the shop's product page has no usable address.
    Elsewhere,
}

impl Layout {
    fn place(self) -> Place {
        match self {
            Self::Grid => Place::Tile,
            Self::Row => Place::Row,
            Self::SmallRow => Place::SmallRow,
        }
    }
}

impl Cards<'_> {
    pub fn is_sortable(&self) -> bool {
        self.layout == Layout::Grid && self.items.len() >= SORTABLE_MIN
    }
}

impl Card<'_> {
    /// Returns whether the product is bought with the cart on this page.
    pub fn is_sold_here(&self) -> bool {
        matches!(self.purchase, Purchase::Cart)
    }

    /// Returns the character that replaces a missing image.
    pub fn initial(&self) -> &str {
        let title = &self.product.title;
        let mut characters = title.char_indices().filter_map(|(at, c)| title.get(at..at + c.len_utf8()));
        characters.find(|c| is_visible(c)).unwrap_or_default()
    }
}

impl<'a> Sections<'a> {
    /// Returns no sections yet, of a page of this shop.
    pub fn of(shop: &'a Shop, look: Look) -> Self {
        Self {
            shop,
            words: shop.words(),
            look,
            html: String::new(),
            count: 0,
            pictures: 0,
            has_hero: false,
            anchors: BTreeSet::new(),
            shown: Vec::new(),
        }
    }

    /// Returns no sections yet, of a part below another of the same page: its pictures load when they come into view, and
    /// its sections have other numbers.
    pub fn below(shop: &'a Shop, look: Look) -> Self {
        Self { count: ABOVE_MAX, pictures: 1 + EAGER_PICTURES, ..Self::of(shop, look) }
    }

    /// Adds a section.
    pub fn add(&mut self, section: &impl Template) {
        self.count += 1;
        // Neither writing to a string can fail, nor anything in a template.
        let _ = section.render_into(&mut self.html);
    }

    /// Adds a section of cards; none without products.
    pub fn add_cards(&mut self, heading: &'a str, layout: Layout, products: &[&'a Product]) {
        if let Some(cards) = self.cards(heading, layout, products) {
            self.add(&CardsSection { id: self.next_id(), cards });
        }
    }

    /// Returns how the page is arranged.
    pub fn look(&self) -> Look {
        self.look
    }

    /// Returns the number of the section that is added next.
    pub fn next_id(&self) -> usize {
        self.count + 1
    }

    /// Gives the document's main heading to a hero, and returns whether it is still free: the first hero has it.
    pub fn take_main_heading(&mut self) -> bool {
        !std::mem::replace(&mut self.has_hero, true)
    }

    /// Returns whether a hero was added.
    pub fn has_hero(&self) -> bool {
        self.has_hero
    }

    /// Returns the products that the sections show, each once, from top to bottom.
    pub fn shown(&self) -> &[&'a Product] {
        &self.shown
    }

    /// Returns the HTML of all sections.
    pub fn into_html(self) -> String {
        self.html
    }

    /// Returns the words of the page's language.
    pub fn words(&self) -> &'static Words {
        self.words
    }

    /// Returns the shop's name.
    pub fn shop_name(&self) -> &'a str {
        &self.shop.settings.name
    }

    /// Returns the ISO 4217 code of all prices.
    pub fn currency(&self) -> &'a str {
        &self.shop.currency
    }

    /// Returns the base address of the shop's own pages, if it has any.
    pub fn home(&self) -> Option<Address<'a>> {
        self.shop.home()
    }

    /// Returns the address of a product or collection, if it is usable.
    pub fn link(&self, url: &'a str) -> Option<Address<'a>> {
        Address::of_link_into(self.home(), &self.shop.id, url)
    }

    /// Returns the cards of products; `None` if there are none.
    pub fn cards(&mut self, heading: &'a str, layout: Layout, products: &[&'a Product]) -> Option<Cards<'a>> {
        let ratio =
            Ratio::of_most(&products.iter().filter_map(|product| product.image.as_ref()).collect::<Vec<_>>());
        let place = layout.place();
        let items: Vec<_> = products.iter().map(|product| self.tile(product, ratio, place)).collect();
        (!items.is_empty()).then_some(Cards { words: self.words, heading, layout, items })
    }

    /// Returns the cards of products that show their pictures whole, each in its own ratio.
    pub fn own_cards(&mut self, products: &[&'a Product], place: Place) -> Vec<Card<'a>> {
        products.iter().map(|product| self.card(product, place)).collect()
    }

    /// Returns the card of a product in a list whose pictures have this ratio.
    fn tile(&mut self, product: &'a Product, ratio: Ratio, place: Place) -> Card<'a> {
        let mut card = Card { ratio, ..self.card(product, place) };
        if let (Some(picture), Some(image)) = (&mut card.picture, &product.image) {
            picture.is_whole = !ratio.suits(image);
            card.second = self.second(product, ratio, place);
        }
        card
    }

    /// Returns the second picture of a product in a list. It says nothing that the first does not, and so has no text.
    fn second(&self, product: &'a Product, ratio: Ratio, place: Place) -> Option<Picture<'a>> {
        let image = product.second_image.as_ref()?;
        let picture = self.loaded(image, "", place, Loading::Lazy)?;
        Some(Picture { is_whole: !ratio.suits(image), ..picture })
    }

    /// Returns the card of a product whose picture is shown in this place.
    pub fn card(&mut self, product: &'a Product, place: Place) -> Card<'a> {
        if !self.shown.iter().any(|shown| shown.id == product.id) {
            self.shown.push(product);
        }
        let vendor = product.vendor.as_str();
        let kind = [if vendor == self.shop.settings.name { "" } else { vendor }, product.category.as_str()];
        let link = self.link(&product.url);
        Card {
            words: self.words,
            product,
            kind: kind.into_iter().filter(|text| is_visible(text)).collect(),
            link,
            anchor: link.and_then(Address::fragment).filter(|&anchor| self.anchors.insert(anchor)),
            picture: product.image.as_ref().and_then(|image| self.picture(image, &product.title, place)),
            ratio: Ratio::of_most(&product.image.iter().collect::<Vec<_>>()),
            price: self.price(product.price, product.price_before),
            rating: product.rating.and_then(|rating| Stars::of(rating, self.words)),
            second: None,
            purchase: self.purchase(product, link),
        }
    }

    /// Returns the card of a product that a block is about: it lets the shopper choose a variant.
    pub fn card_to_buy(&mut self, product: &'a Product, place: Place) -> Card<'a> {
        let card = self.card(product, place);
        let choice = product.choice.as_ref().filter(|_| product.available && card.link.is_some());
        match choice.and_then(|choice| Choosing::of(choice, self.home(), |price| self.money(price))) {
            Some(choosing) => Card { purchase: Purchase::Choice(choosing), ..card },
            None => card,
        }
    }

    /// Returns a picture, if its address is usable. `title` stands in for a missing text.
    pub fn picture(&mut self, image: &'a Image, title: &'a str, place: Place) -> Option<Picture<'a>> {
        let loading = match self.pictures {
            0 => Loading::First,
            1..=EAGER_PICTURES => Loading::Eager,
            _ => Loading::Lazy,
        };
        let alt = if is_visible(&image.alt) { &image.alt } else { title };
        let picture = self.loaded(image, alt, place, loading)?;
        self.pictures += 1;
        Some(picture)
    }

    fn loaded(&self, image: &'a Image, alt: &'a str, place: Place, loading: Loading) -> Option<Picture<'a>> {
        let url = Address::of_picture(&image.url)?;
        let (width, height) = (image.width.max(1), image.height.max(1));
        let is_whole = !Ratio::of_most(&[image]).suits(image);
        let sizes = place.sizes(self.look);
        let variants = variants(&image.url, width).map(|(set, usual)| Variants { set, usual, sizes });
        Some(Picture { url, variants, alt, width, height, is_whole, loading })
    }

    /// Returns a price as text.
    pub fn price(&self, price: u64, before: Option<u64>) -> Price {
        Price {
            words: self.words,
            now: self.money(price),
            before: reduced_from(price, before).map(|before| self.money(before)),
            percent_off: percent_off(price, before),
        }
    }

    /// Returns an amount as text.
    pub fn money(&self, minor: u64) -> String {
        money(minor, &self.shop.currency, &self.shop.money_format)
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
}

#[derive(Template)]
#[template(path = "blocks/cards.html")]
struct CardsSection<'a> {
    id: usize,
    cards: Cards<'a>,
}
