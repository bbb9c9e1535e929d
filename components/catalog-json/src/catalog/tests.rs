use proptest::prelude::*;

use super::*;

/// A file with one shop that sells `products`.
fn file(products: &str) -> String {
    format!(r#"{{"shops":{{"tea":{{"currency":"EUR","products":[{products}]}}}}}}"#)
}

/// A product with `more` members, which override the usual ones.
fn product(more: &str) -> String {
    let mut members = serde_json::json!({"id": "assam", "title": "Assam", "url": "#assam", "price": 890});
    let more: serde_json::Map<_, _> = serde_json::from_str(&format!("{{{more}}}")).expect("members");
    members.as_object_mut().expect("an object").extend(more);
    members.to_string()
}

fn problems(text: &str) -> Vec<String> {
    Catalog::parse(text).expect_err(text).iter().map(ToString::to_string).collect()
}

/// Checks that a product with these members has exactly this problem.
fn check(members: &str, problem: &str) {
    let found = problems(&file(&product(members)));
    assert_eq!(found.len(), 1, "{members}: {found:?}");
    assert!(found[0].starts_with(&format!("shops.tea.products[0].{problem}")), "{members}: {found:?}");
}

#[test]
fn the_file_that_was_built_in_is_a_catalog() {
    let catalog = Catalog::parse(crate::FILE).expect("the build let it pass");
    assert!(catalog.assortment("any-shop").is_some_and(|assortment| !assortment.products.is_empty()));
}

#[test]
fn omitted_members_have_defaults() {
    let catalog = Catalog::parse(&file(&product(""))).expect("it is right");
    let product = &catalog.assortment("tea").expect("the shop is there").products[0];
    assert_eq!((product.price, product.price_before, product.available), (Price(890), None, true));
    assert_eq!((product.description.as_str(), &product.image, product.tags.len()), ("", &None, 0));
}

#[test]
fn a_shop_has_its_own_products_or_those_of_every_shop_or_none() {
    let mut shops = vec![r#""tea":{"currency":"EUR","products":[]}"#];
    let open = |shops: &[&str]| {
        Catalog::parse(&format!(r#"{{"shops":{{{}}}}}"#, shops.join(","))).expect("it is right")
    };
    assert_eq!(open(&shops).assortment("wands"), None);
    shops.push(r#""*":{"currency":"USD","products":[]}"#);
    let catalog = open(&shops);
    let currency = |shop: &str| catalog.assortment(shop).map(|assortment| assortment.currency.as_str());
    assert_eq!((currency("tea"), currency("wands")), (Some("EUR"), Some("USD")));
}

#[test]
fn a_member_of_the_wrong_form_is_named() {
    check(
        r#""price": 8.9"#,
        "price: invalid type: floating point `8.9`, expected an integer in the currency's minor unit",
    );
    check(r#""price": "890""#, "price: invalid type: string \"890\", expected an integer");
    check(r#""price": -1"#, "price: invalid type: integer `-1`, expected an integer");
    check(r#""prize": 1"#, "prize: unknown field `prize`, expected one of `id`, `title`");
    check(r#""tags": "black""#, "tags: invalid type: string \"black\", expected a sequence");
    check(
        r#""image": {"url": "https://a.example/a.png", "width": 1, "height": 1}"#,
        "image: missing field `alt`",
    );
}

#[test]
fn a_member_that_breaks_a_rule_is_named() {
    check(r#""id": "a b""#, "id: must be one or more of");
    check(r#""id": """#, "id: must be one or more of");
    check(r#""title": " ""#, "title: must not be empty");
    check(r#""tags": ["black", "Breakfast"]"#, "tags[1]: must be in lower case");
    check(r#""price_before": 890"#, "price_before: must be greater than the price");
    check(
        r#""image": {"url": "https://a.example/a.png", "alt": "", "width": 0, "height": 1}"#,
        "image.width: ",
    );
    for url in [
        "",
        "#",
        "tea",
        "//a.example",
        "/\\\\a.example",
        "http://a.example",
        "javascript:x",
        "https://",
        "/a b",
    ] {
        check(&format!(r#""url": "{url}""#), "url: must be `https://…`");
    }
    for url in ["", "http://a.example/a.png", "data:text/html,x", "/a.png"] {
        let image = format!(r#""image": {{"url": "{url}", "alt": "", "width": 1, "height": 1}}"#);
        check(&image, "image.url: must be");
    }
}

#[test]
fn what_only_some_products_have_is_checked_too() {
    check(r#""rating": {"average_hundredths": 4}"#, "rating: must be 100 to 500");
    check(r#""rating": {"average_hundredths": 450, "count": 0}"#, "rating: must be 100 to 500");
    check(
        r#""second_image": {"url": "/a.png", "alt": "", "width": 1, "height": 1}"#,
        "second_image.url: must be",
    );
    let variant = r#"{"id": "m", "title": "M", "price": 1}"#;
    check(
        &format!(r#""choice": {{"name": "Size", "variants": [{variant}]}}"#),
        "choice.variants: must be 2 to 20",
    );
    let unnamed = r#"{"id": "a b", "title": "M", "price": 1}"#;
    check(
        &format!(r#""choice": {{"name": "Size", "variants": [{variant}, {unnamed}]}}"#),
        "choice.variants[1].id: must be",
    );
}

#[test]
fn all_problems_are_reported_at_once() {
    let products = [product(""), product(r#""url": "tea", "price_before": 1"#)].join(",");
    assert_eq!(problems(&file(&products)).len(), 3, "an address, a price, and an id twice");
}

#[test]
fn a_shop_has_at_most_a_hundred_products() {
    let products = |count: usize| {
        let products: Vec<_> = (0..count).map(|id| product(&format!(r#""id": "{id}""#))).collect();
        file(&products.join(","))
    };
    assert!(Catalog::parse(&products(100)).is_ok());
    assert_eq!(problems(&products(101)), ["shops.tea.products: 101 products; a shop shows at most 100"]);
}

#[test]
fn invalid_shops_currencies_and_json_are_named() {
    let shop = |shop: &str, currency: &str| {
        problems(&format!(r#"{{"shops":{{"{shop}":{{"currency":"{currency}","products":[]}}}}}}"#))
    };
    assert!(shop("Tea", "EUR")[0].starts_with("shops.Tea: shop id may hold only"));
    assert!(
        shop("tea", "EUD")[0].starts_with("shops.tea.currency: \"EUD\" is not an ISO 4217 currency code")
    );
    assert_eq!(problems(r#"{"shops":{}}"#), ["shops: must name a shop; `*` stands for every shop"]);
    assert!(problems("").iter().all(|problem| problem.contains("EOF while parsing")));
    assert!(problems(&(file("") + "]"))[0].contains("trailing characters"));
}

proptest! {
    #[test]
    fn no_address_that_passes_leads_to_another_scheme_or_host(url in "(/|https://|#|data:|javascript:)?[/\\\\:\t\n a-z#.]{0,20}") {
        let url = serde_json::Value::from(url.as_str());
        if let Ok(catalog) = Catalog::parse(&file(&product(&format!("\"url\": {url}")))) {
            let read = &catalog.assortment("tea").expect("the shop is there").products[0].url;
            let read = read.replace(['\t', '\n'], "").replace('\\', "/");
            prop_assert!(
                read.starts_with("https://") || read.starts_with('#') || (read.starts_with('/') && !read.starts_with("//")),
                "{read:?}"
            );
        }
    }
}

/// A shop with teas of two categories.
fn teas() -> Catalog {
    let products = [
        product(r#""id": "oolong", "title": "Milk Oolong", "category": "Tè blu""#),
        product(r#""category": "Black tea", "description": "Takes milk.""#),
        product(r#""id": "keemun", "title": "Keemun", "category": "Black tea""#),
        product(r#""id": "cup", "title": "Cup""#),
    ];
    Catalog::parse(&file(&products.join(","))).expect("it is right")
}

#[test]
fn a_category_is_a_collection_and_the_largest_is_first() {
    let teas = teas();
    let collections = teas.assortment("tea").expect("the shop is there").collections();
    let seen: Vec<_> = collections
        .iter()
        .map(|Collection { handle, category, products }| (handle.as_str(), *category, products.len()))
        .collect();
    assert_eq!(seen, [("black-tea-2", "Black tea", 2), ("t--blu-1", "Tè blu", 1)]);
}

#[test]
fn words_find_products_and_first_those_that_are_called_so() {
    let teas = teas();
    let found = |term| -> Vec<&str> {
        let products = teas.assortment("tea").expect("the shop is there").search(term);
        products.into_iter().map(|product| product.id.as_str()).collect()
    };
    assert_eq!(found("MILK"), ["oolong", "assam"]);
    assert_eq!(found("milk, black"), ["assam"]);
    assert_eq!(found("tè"), ["oolong"]);
    for nothing in ["", " ! ", "coffee", "milk coffee"] {
        assert_eq!(found(nothing), Vec::<&str>::new(), "{nothing:?}");
    }
}
