//! The rules that the types do not enforce: ids, addresses, currencies and counts.

use std::collections::{BTreeMap, BTreeSet};

use model::catalog::{PRODUCTS_MAX, Rating, VARIANTS_MAX};
use model::{ShopId, is_currency};

use super::{Assortment, Choice, EVERY_SHOP, Image, Problem, Product};

/// Returns all problems, in the order of the file.
pub(super) fn problems(shops: &BTreeMap<String, Assortment>) -> Vec<Problem> {
    let mut found = Found::default();
    if shops.is_empty() {
        found.note("shops", "must name a shop; `*` stands for every shop");
    }
    for (shop, assortment) in shops {
        found.in_shop(shop, assortment);
    }
    found.problems
}

#[derive(Default)]
struct Found {
    problems: Vec<Problem>,
}

impl Found {
    fn note(&mut self, place: &str, what: impl Into<String>) {
        self.problems.push(Problem { place: place.to_owned(), what: what.into() });
    }

    /// Adds a problem if the rule is broken.
    fn unless(&mut self, holds: bool, place: &str, what: impl Into<String>) {
        if !holds {
            self.note(place, what);
        }
    }

    fn in_shop(&mut self, shop: &str, assortment: &Assortment) {
        let place = format!("shops.{shop}");
        if shop != EVERY_SHOP
            && let Err(wrong) = ShopId::parse(shop)
        {
            self.note(&place, wrong.to_string());
        }
        let Assortment { currency, products, .. } = assortment;
        let not_one = format!("{currency:?} is not an ISO 4217 currency code, such as \"EUR\"");
        self.unless(is_currency(currency), &format!("{place}.currency"), not_one);
        let place = format!("{place}.products");
        let too_many = format!("{} products; a shop shows at most {PRODUCTS_MAX}", products.len());
        self.unless(products.len() <= PRODUCTS_MAX, &place, too_many);
        let mut ids = BTreeSet::new();
        for (index, product) in products.iter().enumerate() {
            let place = format!("{place}[{index}]");
            self.in_product(&place, product);
            let twice = format!("{:?} is the id of an earlier product too", product.id);
            self.unless(ids.insert(&product.id), &format!("{place}.id"), twice);
        }
    }

    fn in_product(&mut self, place: &str, product: &Product) {
        let at = |field: &str| format!("{place}.{field}");
        self.unless(is_id(&product.id), &at("id"), "must be one or more of A-Z, a-z, 0-9, `_` and `-`");
        self.unless(!product.title.trim().is_empty(), &at("title"), "must not be empty");
        let address = "must be `https://…`, a path such as `/products/tea`, or a fragment such as `#tea`";
        self.unless(is_link(&product.url), &at("url"), address);
        for (index, tag) in product.tags.iter().enumerate() {
            let is_tag = !tag.trim().is_empty() && !tag.contains(char::is_uppercase);
            self.unless(is_tag, &at(&format!("tags[{index}]")), "must be in lower case, and not empty");
        }
        if let Some(image) = &product.image {
            self.in_image(&at("image"), image);
        }
        if let Some(image) = &product.second_image {
            self.in_image(&at("second_image"), image);
        }
        let is_rating = product.rating.is_none_or(|it| Rating::of(it.average_hundredths, it.count).is_some());
        self.unless(
            is_rating,
            &at("rating"),
            "must be 100 to 500 hundredths of a star, of at least one review",
        );
        if let Some(choice) = &product.choice {
            self.in_choice(&at("choice"), choice);
        }
        let is_reduced = product.price_before.is_none_or(|before| before > product.price);
        self.unless(is_reduced, &at("price_before"), "must be greater than the price");
    }

    fn in_choice(&mut self, place: &str, choice: &Choice) {
        let place = format!("{place}.variants");
        let is_choice = (2..=VARIANTS_MAX).contains(&choice.variants.len());
        self.unless(is_choice, &place, format!("must be 2 to {VARIANTS_MAX}"));
        for (index, variant) in choice.variants.iter().enumerate() {
            let at = |field: &str| format!("{place}[{index}].{field}");
            self.unless(is_id(&variant.id), &at("id"), "must be one or more of A-Z, a-z, 0-9, `_` and `-`");
            self.unless(!variant.title.trim().is_empty(), &at("title"), "must not be empty");
        }
    }

    fn in_image(&mut self, place: &str, image: &Image) {
        let address = "must be `https://…` or `data:image/…`";
        self.unless(is_picture(&image.url), &format!("{place}.url"), address);
        self.unless(image.width > 0, &format!("{place}.width"), "must be at least 1");
        self.unless(image.height > 0, &format!("{place}.height"), "must be at least 1");
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

fn is_link(text: &str) -> bool {
    let on_this_host = text.starts_with('/') && !text.starts_with("//");
    let fragment = text.len() > 1 && text.starts_with('#');
    (is_https(text) || on_this_host || fragment) && !is_rewritten_by_browsers(text)
}

fn is_picture(text: &str) -> bool {
    let inline = text.starts_with("data:image/") && !text.contains(char::is_control);
    inline || (is_https(text) && !is_rewritten_by_browsers(text))
}

fn is_https(text: &str) -> bool {
    text.strip_prefix("https://").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

/// Returns whether a browser would rewrite the text. Browsers drop tabs and line feeds and read `\` as `/` (WHATWG
/// URL, section 4.4), so `/\host` is on another host.
fn is_rewritten_by_browsers(text: &str) -> bool {
    text.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\')
}
