//! Answers of the Storefront API: every parsed product can be put on a page.
#![no_main]

use model::catalog::{Collection, Product};
use std::collections::BTreeSet;

use catalog_shopify::answer::{
    CollectionsData, HandlesData, IdsData, MembersData, ProductsData, SearchData, ShopData, read,
};
use catalog_shopify::price;
use catalog_shopify::types::{Listing, Shop};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    if let Ok(answer) = read::<ShopData>(body) {
        check_shop(&answer.data.shop());
    }
    if let Ok(answer) = read::<ProductsData>(body) {
        check_listing(&answer.data.page().0);
    }
    if let Ok(answer) = read::<IdsData>(body) {
        check_listing(&answer.data.listing());
    }
    if let Ok(answer) = read::<HandlesData>(body) {
        check_listing(&answer.data.listing());
    }
    if let Ok(answer) = read::<SearchData>(body) {
        check_listing(&answer.data.listing());
    }
    if let Ok(answer) = read::<CollectionsData>(body) {
        answer.data.collections().iter().for_each(check_collection);
    }
    if let Ok(answer) = read::<MembersData>(body) {
        let (ids, _) = answer.data.page();
        assert!(ids.iter().all(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())));
    }
    if let Some((amount, currency)) = str::from_utf8(body).ok().and_then(|text| text.split_once(' ')) {
        let _ = price::minor(amount, currency);
    }
});

fn check_shop(shop: &Shop) {
    assert!(shop.currency.is_empty() || price::is_currency(&shop.currency));
    check_text(&shop.name, 100);
    check_text(&shop.money_format, 2_000);
}

fn check_listing(listing: &Listing) {
    let ids: BTreeSet<_> = listing.products.iter().map(|product| &product.id).collect();
    assert_eq!(ids.len(), listing.products.len());
    assert_eq!(listing.products.is_empty(), !price::is_currency(&listing.currency));
    listing.products.iter().for_each(check_product);
}

fn check_product(product: &Product) {
    assert!(!product.id.is_empty() && product.id.bytes().all(|byte| byte.is_ascii_digit()));
    assert!(!product.title.is_empty());
    check_text(&product.title, 255);
    check_text(&product.description, 300);
    check_path(&product.url);
    assert!(product.price_before.is_none_or(|before| before > product.price));
    if let Some(image) = &product.image {
        assert!(image.url.starts_with("https://") || image.url.starts_with("data:image/"));
        assert!((1..=5_000).contains(&image.width) && (1..=5_000).contains(&image.height));
    }
}

fn check_collection(collection: &Collection) {
    assert!(!collection.products.is_empty() && !collection.title.is_empty());
    check_path(&collection.url);
}

/// A path within the shop that needs no escaping.
fn check_path(path: &str) {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_~%".contains(&byte);
    assert!(path.starts_with('/') && !path.starts_with("//") && path.bytes().all(fits), "{path}");
    assert_eq!(path.split('/').count(), 3);
}

fn check_text(text: &str, chars_max: usize) {
    assert!(text.chars().count() <= chars_max && !text.contains(char::is_control), "{text:?}");
}
