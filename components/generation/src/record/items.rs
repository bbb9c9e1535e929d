//! The products and collections of a record, in a short form.

use std::collections::{BTreeMap, BTreeSet};

use model::catalog::{Choice, Image, Product, Rating, Variant};
use page::Collection;
use page::blocks::{Block, Stock as _, recently_viewed};
use serde::{Deserialize, Serialize};

use super::Rendered;

/// A product, with the fields that the page shows. The others are empty.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Item {
    #[serde(rename = "i", default, skip_serializing_if = "String::is_empty")]
    id: String,
    #[serde(rename = "t", default, skip_serializing_if = "String::is_empty")]
    title: String,
    #[serde(rename = "d", default, skip_serializing_if = "String::is_empty")]
    description: String,
    #[serde(rename = "v", default, skip_serializing_if = "String::is_empty")]
    vendor: String,
    #[serde(rename = "c", default, skip_serializing_if = "String::is_empty")]
    category: String,
    #[serde(rename = "u", default, skip_serializing_if = "String::is_empty")]
    url: String,
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    image: Option<Picture>,
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    second_image: Option<Picture>,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    rating: Option<(u32, Option<u32>)>,
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    choice: Option<Chosen>,
    #[serde(rename = "p", default, skip_serializing_if = "is_zero")]
    price: u64,
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    price_before: Option<u64>,
    #[serde(rename = "o", default, skip_serializing_if = "is_false")]
    is_sold_out: bool,
}

/// What there is to choose: its name, and the id, title, price and availability of each variant.
#[derive(Serialize, Deserialize)]
struct Chosen(String, Vec<(String, String, u64, bool)>);

/// The address, alternative text, width and height of a picture.
#[derive(Serialize, Deserialize)]
struct Picture(String, String, u32, u32);

/// A collection: its title, address and picture.
#[derive(Serialize, Deserialize)]
pub(super) struct Tile(String, String, Option<Picture>);

impl Picture {
    fn of(image: &Image) -> Self {
        Self(image.url.clone(), image.alt.clone(), image.width, image.height)
    }

    fn image(&self) -> Image {
        let Self(url, alt, width, height) = self;
        Image { url: url.clone(), alt: alt.clone(), width: *width, height: *height }
    }
}

impl Chosen {
    fn of(choice: &Choice) -> Self {
        let variants = choice.variants.iter().cloned();
        Self(choice.name.clone(), variants.map(|it| (it.id, it.title, it.price, it.available)).collect())
    }

    fn choice(&self) -> Choice {
        let Self(name, variants) = self;
        let variant = |(id, title, price, available)| Variant { id, title, price, available };
        Choice { name: name.clone(), variants: variants.iter().cloned().map(variant).collect() }
    }
}

impl Tile {
    pub(super) fn of(collection: &Collection) -> Self {
        let Collection { title, url, image } = collection;
        Self(title.clone(), url.clone(), image.as_ref().map(Picture::of))
    }

    pub(super) fn collection(&self) -> Collection {
        let Self(title, url, image) = self;
        Collection { title: title.clone(), url: url.clone(), image: image.as_ref().map(Picture::image) }
    }
}

impl Item {
    /// Returns a product that the page shows. Only some blocks describe theirs, or let shoppers choose a variant.
    fn shown(product: &Product, is_described: bool, is_chosen: bool) -> Self {
        Self {
            id: product.id.clone(),
            title: product.title.clone(),
            description: if is_described { product.description.clone() } else { String::new() },
            vendor: product.vendor.clone(),
            category: product.category.clone(),
            url: product.url.clone(),
            image: product.image.as_ref().map(Picture::of),
            second_image: product.second_image.as_ref().map(Picture::of),
            rating: product.rating.map(|rating| (rating.average_hundredths, rating.count)),
            choice: product.choice.as_ref().filter(|_| is_chosen).map(Chosen::of),
            price: product.price,
            price_before: product.price_before,
            is_sold_out: !product.available,
        }
    }

    pub(super) fn product(&self) -> Product {
        Product {
            id: self.id.clone(),
            title: self.title.clone(),
            description: self.description.clone(),
            vendor: self.vendor.clone(),
            category: self.category.clone(),
            tags: Vec::new(),
            url: self.url.clone(),
            image: self.image.as_ref().map(Picture::image),
            second_image: self.second_image.as_ref().map(Picture::image),
            price: self.price,
            price_before: self.price_before,
            available: !self.is_sold_out,
            rating: self.rating.map(|(average_hundredths, count)| Rating { average_hundredths, count }),
            choice: self.choice.as_ref().map(Chosen::choice),
        }
    }
}

/// What a page says of the products of the shop as a whole.
struct Counted {
    by_category: bool,
    by_vendor: bool,
    by_price: bool,
    /// The last product with a picture of each category, which stands for it.
    pictured: BTreeSet<String>,
}

impl Counted {
    fn of(rendered: &Rendered<'_>) -> Self {
        let has = |fits: fn(&Block) -> bool| rendered.plan.blocks.iter().any(fits);
        let by_category = has(|block| matches!(block, Block::Categories(_)));
        let mut last: BTreeMap<&str, &str> = BTreeMap::new();
        for product in rendered.storefront.offered().into_iter().filter(|_| by_category) {
            if product.image.is_some() {
                last.insert(product.category.trim(), &product.id);
            }
        }
        Self {
            by_category,
            by_vendor: has(|block| matches!(block, Block::Brands(_))),
            by_price: has(|block| matches!(block, Block::PriceGuide(_))),
            pictured: last.into_values().map(str::to_owned).collect(),
        }
    }

    fn is_anything(&self) -> bool {
        self.by_category || self.by_vendor || self.by_price
    }

    fn item(&self, product: &Product) -> Item {
        let text = |text: &str, is_counted: bool| if is_counted { text.to_owned() } else { String::new() };
        let image = product.image.as_ref().filter(|_| self.pictured.contains(&product.id));
        Item {
            category: text(&product.category, self.by_category),
            vendor: text(&product.vendor, self.by_vendor),
            price: if self.by_price { product.price } else { 0 },
            image: image.map(Picture::of),
            ..Item::default()
        }
    }
}

/// Returns the products that the page takes, in the order of the shop, and how many of them are not from searches.
pub(super) fn of(rendered: &Rendered<'_>) -> (Vec<Item>, usize) {
    let Rendered { plan, storefront, .. } = rendered;
    let viewed = viewed(rendered);
    let shown: BTreeSet<&String> = plan.blocks.iter().flat_map(Block::products).chain(&viewed).collect();
    let of_blocks = |fit: fn(&Block) -> bool| -> BTreeSet<&String> {
        plan.blocks.iter().filter(|block| fit(block)).flat_map(Block::products).collect()
    };
    let (described, chosen) = (of_blocks(describes), of_blocks(lets_choose));
    let counted = Counted::of(rendered);
    let item = |product: &Product, is_common: bool| {
        if shown.contains(&product.id) {
            let id = &product.id;
            return Some(Item::shown(product, described.contains(id), chosen.contains(id)));
        }
        let is_counted = is_common && counted.is_anything() && storefront.offers(&product.id);
        is_counted.then(|| counted.item(product))
    };
    let assortment = &storefront.assortment;
    let mut items: Vec<_> = assortment.common().iter().filter_map(|product| item(product, true)).collect();
    let is_sold_out = assortment.offered().all(|product| !product.available);
    if !is_sold_out && items.iter().all(|item| item.is_sold_out) {
        // A page of a shop that has other products left does not offer what is sold out.
        items.push(Item::default());
    }
    let common = items.len();
    items.extend(assortment.found().iter().filter_map(|product| item(product, false)));
    (items, common)
}

/// Returns the products that the page shows because the shopper viewed them.
pub(super) fn viewed(rendered: &Rendered<'_>) -> Vec<String> {
    let Rendered { plan, views, storefront, .. } = rendered;
    if !plan.blocks.iter().any(|block| matches!(block, Block::RecentlyViewed(_))) {
        return Vec::new();
    }
    let offered = storefront.products(views).into_iter().filter(|product| storefront.offers(&product.id));
    offered.take(recently_viewed::PRODUCTS_MAX).map(|product| product.id.clone()).collect()
}

/// Returns whether a block shows the descriptions of its products.
fn describes(block: &Block) -> bool {
    matches!(block, Block::Spotlight(_) | Block::Comparison(_))
}

/// Returns whether a block lets shoppers choose a variant of its product.
pub(super) fn lets_choose(block: &Block) -> bool {
    matches!(block, Block::Hero(_) | Block::Spotlight(_))
}

// On wasm32 a reference is smaller than what it refers to, and the lint has nothing to say.
#[cfg_attr(
    not(target_arch = "wasm32"),
    expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")
)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(is: &bool) -> bool {
    !*is
}
