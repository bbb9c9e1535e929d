use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::fakes::{card, found, money, products, shop};

fn page(body: &Value) -> Result<(Listing, Option<String>), Failure> {
    read::<ProductsData>(body.to_string().as_bytes()).map(|read| read.data.page())
}

/// The result for a product with these members instead of the usual ones.
fn sold(members: &Value) -> Option<Product> {
    let mut card = card(7, "12.50");
    card.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    page(&products(&[card], None)).unwrap().0.products.pop()
}

#[test]
fn a_product_is_read() {
    let product = sold(&json!({})).unwrap();
    let image = Image {
        url: "https://cdn.shopify.com/a.png".to_owned(),
        alt: String::new(),
        width: 1600,
        height: 800,
    };
    assert_eq!(
        product,
        Product {
            id: "7".to_owned(),
            title: "Wand 7".to_owned(),
            description: "Bends before it breaks.".to_owned(),
            vendor: "Hollow & Thorn".to_owned(),
            category: "Wands".to_owned(),
            tags: vec!["oak".to_owned(), "bestseller".to_owned()],
            url: "/products/wand-7".to_owned(),
            image: Some(image),
            price: 1250,
            price_before: None,
            available: true,
            ..Product::default()
        }
    );
}

#[test]
fn optional_members_may_be_absent() {
    for name in
        ["description", "vendor", "productType", "tags", "featuredImage", "selectedOrFirstAvailableVariant"]
    {
        assert!(sold(&json!({name: null})).is_some(), "{name}");
    }
    assert!(!sold(&json!({"availableForSale": null})).unwrap().available);
}

#[test]
fn products_that_cannot_be_shown_or_sold_are_left_out() {
    for members in [
        json!({"id": "gid://shopify/Product/"}),
        json!({"id": "7"}),
        json!({"id": "gid://shopify/Product/seven"}),
        json!({"title": null}),
        json!({"handle": ""}),
        json!({"priceRange": null}),
        json!({"priceRange": {"minVariantPrice": money("12.505", "EUR")}}),
        json!({"priceRange": {"minVariantPrice": money("-1", "EUR")}}),
        json!({"priceRange": {"minVariantPrice": money("1", "€")}}),
    ] {
        assert_eq!(sold(&members), None, "{members}");
    }
}

#[test]
fn a_reduction_is_of_the_price_that_is_shown() {
    let variant =
        |price: &str, before: Value| json!({"price": money(price, "EUR"), "compareAtPrice": before});
    for (variant, expected) in [
        (variant("12.5", money("20.0", "EUR")), Some(2000)),
        (variant("12.5", money("12.5", "EUR")), None),
        (variant("12.5", money("10", "EUR")), None),
        (variant("12.5", Value::Null), None),
        // The prices of another variant, which costs more.
        (variant("15.0", money("20.0", "EUR")), None),
        (variant("12.5", money("20.0", "USD")), None),
        (variant("12.5", money("20.001", "EUR")), None),
    ] {
        let product = sold(&json!({"selectedOrFirstAvailableVariant": variant})).unwrap();
        assert_eq!(product.price_before, expected, "{variant}");
    }
}

#[test]
fn a_price_that_is_a_number_is_not_believed() {
    let body = products(&[card(1, "1")], None).to_string().replace("\"amount\":\"1\"", "\"amount\":1");
    assert_eq!(read::<ProductsData>(body.as_bytes()).unwrap_err(), Failure::Garbage);
}

#[test]
fn one_listing_has_one_currency_and_each_product_once() {
    let mut dollars = card(2, "5");
    dollars["priceRange"]["minVariantPrice"] = money("5", "USD");
    let nodes = [card(1, "1"), dollars, card(1, "9"), Value::Null, card(3, "3")];
    let (listing, _) = page(&products(&nodes, None)).unwrap();
    let ids: Vec<_> = listing.products.iter().map(|product| (product.id.as_str(), product.price)).collect();
    assert_eq!((listing.currency.as_str(), ids), ("EUR", vec![("1", 100), ("3", 300)]));
}

#[test]
fn an_address_that_leads_elsewhere_or_runs_is_no_picture() {
    for url in [
        "http://a.example/a.png",
        "javascript:alert(1)",
        "https://",
        "https:///a",
        "https://a b",
        "https://a\\b",
        "//a",
    ] {
        let picture = json!({"featuredImage": {"url": url, "width": 1, "height": 1}});
        assert_eq!(sold(&picture).unwrap().image, None, "{url}");
    }
}

#[test]
fn a_handle_of_any_script_is_a_path_in_the_shop() {
    for (handle, url) in [
        ("zauberstäbe", "/products/zauberst%C3%A4be"),
        ("../../admin", "/products/%2E%2E%2F%2E%2E%2Fadmin"),
        ("a\"b{{c", "/products/a%22b%7B%7Bc"),
    ] {
        assert_eq!(sold(&json!({"handle": handle})).unwrap().url, url);
    }
}

#[test]
fn a_page_says_where_to_go_on() {
    assert_eq!(page(&products(&[], Some("abc"))).unwrap().1, Some("abc".to_owned()));
    assert_eq!(page(&products(&[], None)).unwrap().1, None);
}

#[test]
fn a_shop_and_collections_are_read() {
    let shop = read::<ShopData>(shop().to_string().as_bytes()).unwrap().data.shop();
    assert_eq!((shop.name.as_str(), shop.currency.as_str()), ("Magic Wands", "EUR"));
    let of = |number: u32, handle: &str, ids: &[&str]| {
        let nodes: Vec<_> =
            ids.iter().map(|id| json!({"id": format!("gid://shopify/Product/{id}")})).collect();
        let id = format!("gid://shopify/Collection/{number}");
        json!({"id": id, "handle": handle, "title": "Oak", "products": {"nodes": nodes}})
    };
    let nodes = [of(1, "oak", &["1"]), of(2, "empty", &[]), of(3, "chêne", &["1", "2", "x"])];
    let body = json!({"data": {"collections": {"nodes": nodes}}}).to_string();
    let collections = read::<CollectionsData>(body.as_bytes()).unwrap().data.collections();
    let seen: Vec<_> =
        collections.iter().map(|it| (it.handle.as_str(), it.url.as_str(), it.products.len())).collect();
    assert_eq!(seen, [("3", "/collections/ch%C3%AAne", 2), ("oak", "/collections/oak", 1)]);
}

#[test]
fn partial_answers_are_used_and_missing_ones_are_failures() {
    let mut partly = found(&[card(1, "1")]);
    partly["errors"] =
        json!([{"message": "?", "path": ["search"], "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]);
    let read_partly = read::<SearchData>(partly.to_string().as_bytes()).unwrap();
    assert_eq!(read_partly.partly, Some(Failure::Status(200, 5_000)));
    assert_eq!(read_partly.data.listing().products.len(), 1);
    partly["data"]["search"] = Value::Null;
    assert!(read::<SearchData>(partly.to_string().as_bytes()).is_err());
}

#[test]
fn garbage_is_no_answer() {
    for body in [
        "",
        "{}",
        "[]",
        "null",
        "<html>",
        "{\"data\":",
        "{\"data\":{}}",
        "{\"data\":null,\"errors\":\"x\"}",
        "\u{0}",
    ] {
        assert_eq!(read::<ShopData>(body.as_bytes()).unwrap_err(), Failure::Garbage, "{body}");
    }
    let deep = "[".repeat(100_000);
    assert_eq!(read::<ShopData>(deep.as_bytes()).unwrap_err(), Failure::Garbage);
}

proptest! {
    #[test]
    fn any_bytes_are_an_answer_or_a_failure(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read::<ProductsData>(&body);
    }

    #[test]
    fn whatever_a_product_says_of_itself_it_is_shown_within_bounds(
        title in ".{0,600}", handle in ".{0,40}", tags in prop::collection::vec(".{0,150}", 0..30),
        amount in "[0-9]{1,8}(\\.[0-9]{0,3})?", width: u32, height: u32,
    ) {
        let picture = json!({"url": "https://a.example/a.png", "width": width, "height": height});
        let product = sold(&json!({
            "title": title, "handle": handle, "tags": tags, "featuredImage": picture,
            "priceRange": {"minVariantPrice": money(&amount, "EUR")},
        }));
        if let Some(product) = product {
            prop_assert!(product.title.chars().count() <= 255 && !product.title.contains(char::is_control));
            prop_assert!(product.tags.len() <= 20 && product.tags.iter().all(|tag| tag.chars().count() <= 300));
            prop_assert!(product.url.starts_with("/products/") && product.url.is_ascii());
            let fits = |image: &Image| (1..=5_000).contains(&image.width) && (1..=5_000).contains(&image.height);
            prop_assert!(product.image.as_ref().is_none_or(fits));
        }
    }
}
