//! Reads Shopify's answers into the model. The input is untrusted: invalid products are left out, and long texts
//! are cut.

mod more;
mod shape;

use model::catalog::{Collection, FOUND_MAX, Image, Product};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;

use crate::failure::Failure;
use crate::price;
use crate::types::{Listing, Shop};
use shape::{Card, Money, Picture, Reply};
pub use shape::{CollectionsData, HandlesData, IdsData, MembersData, ProductsData, SearchData, ShopData};

/// The characters that are percent-encoded in a path. A dot is too, because `.` and `..` lead elsewhere.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~');
/// The longest title, in characters. Longer ones are cut.
const TITLE_CHARS_MAX: usize = 255;
/// The longest money format, which may contain HTML elements, in characters.
const FORMAT_CHARS_MAX: usize = 2_000;
/// The longest description, in characters.
const DESCRIPTION_CHARS_MAX: usize = 300;
/// The longest other text, in characters.
const TEXT_CHARS_MAX: usize = 100;
/// The most tags of a product.
const TAGS_MAX: usize = 20;
/// The longest handle, in bytes. A product or collection with a longer one is left out.
const HANDLE_BYTES_MAX: usize = 1024;
/// The longest address of an image, in bytes. An image with a longer one is left out.
const ADDRESS_BYTES_MAX: usize = 8192;
/// The largest width and height of an image in pixels, as Shopify limits it
/// (<https://help.shopify.com/en/manual/products/product-media/product-media-types>).
const SIDE_MAX: u32 = 5_000;
/// The width and height of an image whose size is unknown.
const SIDE: u32 = 800;
/// The most digits of an id: Shopify's numbers have 64 bits.
const ID_DIGITS_MAX: usize = 20;

/// The data of an answer.
#[derive(Debug)]
pub struct Read<T> {
    /// The data, possibly incomplete.
    pub data: T,
    /// The first error, if there are errors.
    pub partly: Option<Failure>,
}

/// Reads the body of an answer with status 200.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<Read<T>, Failure> {
    let reply: Reply = serde_json::from_slice(body).map_err(|_| Failure::Garbage)?;
    let partly = reply.errors.first().map(|error| Failure::of_code(error.code()));
    match reply.data.map(serde_json::from_value) {
        Some(Ok(data)) => Ok(Read { data, partly }),
        _ => Err(partly.unwrap_or(Failure::Garbage)),
    }
}

impl ShopData {
    /// Returns the shop.
    pub fn shop(self) -> Shop {
        let currency = self.shop.payment_settings.and_then(|settings| settings.currency_code);
        Shop {
            name: line(&self.shop.name, TEXT_CHARS_MAX),
            money_format: line(&self.shop.money_format.unwrap_or_default(), FORMAT_CHARS_MAX),
            currency: currency.filter(|code| price::is_currency(code)).unwrap_or_default(),
        }
    }
}

impl ProductsData {
    /// Returns the products, and the cursor of the next page if there is one.
    pub fn page(self) -> (Listing, Option<String>) {
        let info = self.products.page_info.filter(|info| info.has_next_page);
        (listing(self.products.nodes), info.and_then(|info| info.end_cursor))
    }
}

impl IdsData {
    /// Returns the products that the shop has.
    pub fn listing(self) -> Listing {
        listing(self.nodes)
    }
}

impl HandlesData {
    /// Returns the products that the shop has.
    pub fn listing(self) -> Listing {
        listing(self.0.into_values().collect())
    }
}

impl SearchData {
    /// Returns the products found.
    pub fn listing(self) -> Listing {
        listing(self.search.nodes)
    }
}

impl MembersData {
    /// Returns the ids of the products, and the cursor of the next page if there is one. A collection that the shop does not
    /// have has none.
    pub fn page(self) -> (Vec<String>, Option<String>) {
        let Some(products) = self.collection.and_then(|collection| collection.products) else {
            return (Vec::new(), None);
        };
        let ids = products.nodes.into_iter().flatten().filter_map(|product| number(&product.id)).collect();
        let info = products.page_info.filter(|info| info.has_next_page);
        (ids, info.and_then(|info| info.end_cursor))
    }
}

impl CollectionsData {
    /// Returns the collections that have products, those with the most first.
    pub fn collections(self) -> Vec<Collection> {
        let nodes = self.collections.nodes.into_iter().flatten();
        let mut collections: Vec<_> = nodes.filter_map(collection).take(FOUND_MAX).collect();
        collections.sort_by_key(|collection| std::cmp::Reverse(collection.products.len()));
        collections
    }
}

/// Returns the valid products, in the currency of the first.
fn listing(cards: Vec<Option<Card>>) -> Listing {
    let mut listing = Listing::default();
    for (currency, product) in cards.into_iter().flatten().filter_map(product) {
        listing.append(Listing { currency, products: vec![product] });
    }
    listing
}

fn product(card: Card) -> Option<(String, Product)> {
    let lowest = card.price_range?.min_variant_price?;
    let price = lowest.minor()?;
    let variant = card.selected_or_first_available_variant;
    let before =
        variant.and_then(|variant| reduced_from(price, &lowest, &variant.price?, &variant.compare_at_price?));
    let choice = card.variants.and_then(|variants| {
        more::choice(&card.options.unwrap_or_default(), variants.nodes, &lowest.currency_code)
    });
    let image = card.featured_image.and_then(image);
    let others = card.images.map(|images| images.nodes).unwrap_or_default();
    let product = Product {
        id: number(&card.id)?,
        title: line(&card.title?, TITLE_CHARS_MAX),
        description: line(&card.description.unwrap_or_default(), DESCRIPTION_CHARS_MAX),
        vendor: line(&card.vendor.unwrap_or_default(), TEXT_CHARS_MAX),
        category: line(&card.product_type.unwrap_or_default(), TEXT_CHARS_MAX),
        tags: tags(&card.tags.unwrap_or_default()),
        url: path("products", &card.handle?)?,
        second_image: more::second_image(others, image.as_ref()),
        image,
        price,
        price_before: before,
        available: card.available_for_sale.unwrap_or(false),
        rating: card.rating.and_then(|rating| more::rating(&rating, card.rating_count.as_ref())),
        choice,
    };
    Some((lowest.currency_code, product))
}

/// Returns the former price of a variant, if its price is the one shown. With two variants, the price of one and
/// the former price of the other would be a reduction that never existed.
fn reduced_from(shown: u64, lowest: &Money, price: &Money, before: &Money) -> Option<u64> {
    let one_currency =
        lowest.currency_code == price.currency_code && price.currency_code == before.currency_code;
    let is_shown = one_currency && price.minor() == Some(shown);
    before.minor().filter(|before| is_shown && *before > shown)
}

impl Money {
    fn minor(&self) -> Option<u64> {
        price::minor(&self.amount, &self.currency_code)
    }
}

fn collection(node: shape::Collection) -> Option<Collection> {
    let products = node.products.map(|products| products.nodes).unwrap_or_default();
    let ids: Vec<_> = products.into_iter().flatten().filter_map(|product| number(&product.id)).collect();
    let title = line(&node.title?, TITLE_CHARS_MAX);
    let handle = node.handle?;
    let collection = Collection {
        url: path("collections", &handle)?,
        handle: if is_handle(&handle) { handle } else { number(&node.id)? },
        title,
        products: ids.into_iter().take(FOUND_MAX).collect(),
    };
    (!collection.title.is_empty() && !collection.products.is_empty()).then_some(collection)
}

fn image(picture: Picture) -> Option<Image> {
    let url = picture.url.filter(|url| is_address(url))?;
    let (width, height) = fitted(picture.width.unwrap_or(SIDE), picture.height.unwrap_or(SIDE))?;
    Some(Image { url, alt: line(&picture.alt_text.unwrap_or_default(), TITLE_CHARS_MAX), width, height })
}

/// Returns the size of an image, scaled to the largest one if it claims to be larger.
fn fitted(width: u32, height: u32) -> Option<(u32, u32)> {
    let longer = width.max(height);
    if width == 0 || height == 0 {
        return None;
    }
    let scaled = |side: u32| u64::from(side) * u64::from(SIDE_MAX) / u64::from(longer);
    let side =
        |side: u32| if longer <= SIDE_MAX { side } else { u32::try_from(scaled(side)).unwrap_or(1).max(1) };
    Some((side(width), side(height)))
}

fn is_address(url: &str) -> bool {
    let is_clean = !url.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\');
    let is_web = url
        .strip_prefix("https://")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
    url.len() <= ADDRESS_BYTES_MAX && is_clean && (is_web || url.starts_with("data:image/"))
}

/// Returns the number at the end of a global id such as `gid://shopify/Product/7`.
fn number(id: &str) -> Option<String> {
    let number = id.strip_prefix("gid://shopify/")?.rsplit('/').next()?;
    let is_number =
        (1..=ID_DIGITS_MAX).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| number.to_owned())
}

/// Returns the path of a product or collection. Handles may contain letters of any script.
fn path(kind: &str, handle: &str) -> Option<String> {
    let fits = 1..=HANDLE_BYTES_MAX;
    let encoded = || format!("/{kind}/{}", utf8_percent_encode(handle, ENCODED));
    fits.contains(&handle.len()).then(encoded)
}

fn is_handle(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
    !text.is_empty() && text.bytes().all(fits)
}

fn tags(tags: &[String]) -> Vec<String> {
    let tags = tags.iter().map(|tag| line(tag, TEXT_CHARS_MAX).to_lowercase());
    tags.filter(|tag| !tag.is_empty()).take(TAGS_MAX).collect()
}

/// Returns the text on one line, without control characters, cut to `chars_max`.
fn line(text: &str, chars_max: usize) -> String {
    let seen: String =
        text.chars().take(4 * chars_max).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(chars_max).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests;
