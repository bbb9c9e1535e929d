use std::cell::RefCell;
use std::collections::BTreeSet;

use model::Persona;
use model::shop::Approval;

use super::*;

#[test]
fn a_document_is_read_back_as_it_was_written() {
    let mut document = Document::default();
    document.pool.size = 3;
    document.shops.insert("lamps".into(), ShopSettings { name: "Lamps".into(), ..ShopSettings::default() });
    let text = serde_json::to_string(&document).unwrap();
    let read: Document = serde_json::from_str(&text).unwrap();
    assert_eq!(read.settings(), document.settings());
}

#[test]
fn variables_lie_over_it_and_wrong_ones_are_named() {
    let mut document = Document::default();
    let known = |name: &str| (name == "POOL_SIZE").then(|| "7".to_owned());
    document.lay_over(known).unwrap();
    assert_eq!((document.pool.size, document.pool.depth_max), (7, 100));
    let wrong = document.lay_over(|name| (name == "ENVIRONMENT").then(|| "test".to_owned())).unwrap_err();
    assert_eq!(wrong.to_string(), r#"ENVIRONMENT is "test"; it must be development or production"#);
}

#[test]
fn a_variant_that_cannot_be_tested_is_named_with_its_shop() {
    let invalid = |change: fn(&mut ShopSettings)| {
        let mut document = Document::default();
        change(document.shops.get_mut("magic-wands").unwrap());
        document.validate().map_err(|invalid| invalid.to_string())
    };
    assert_eq!(invalid(|shop| shop.variant = "layout: compact".parse().ok()), Ok(()));
    let approving = invalid(|shop| {
        shop.variant = "tone: dry".parse().ok();
        shop.approval = Approval::First;
    });
    let expected = "shops.magic-wands.variant: a tone can be tested only while approval is automatic";
    assert!(approving.unwrap_err().starts_with(expected));
    let same = invalid(|shop| shop.variant = format!("tone: {}", shop.tone).parse().ok());
    assert!(same.unwrap_err().starts_with("shops.magic-wands.variant: the tone to test is the shop's own"));
    let read: Result<Document, _> = serde_json::from_str(r#"{"shops":{"lamps":{"variant":"layout: wide"}}}"#);
    assert!(read.unwrap_err().to_string().starts_with(r#""wide" is not a layout"#));
}

#[test]
fn every_variable_is_listed() {
    let asked = RefCell::new(BTreeSet::new());
    let note = |name: &str| {
        asked.borrow_mut().insert(name.to_owned());
        None
    };
    Document::default().lay_over(note).unwrap();
    assert_eq!(asked.into_inner(), VARIABLES.map(str::to_owned).into());
}

#[test]
fn a_shop_is_connected_by_its_domain_and_what_is_said_of_it_stays() {
    let known = |name: &str| (name == "SHOPIFY_STORE").then(|| "tea-house.myshopify.com".to_owned());
    let mut document = Document::default();
    document.lay_over(known).unwrap();
    assert_eq!(document.shops.len(), 1, "the demo shop gives way");
    let shop = document.shops["tea-house.myshopify.com"].clone();
    assert_eq!(
        (shop.name.as_str(), shop.url.as_deref()),
        ("tea-house", Some("https://tea-house.myshopify.com"))
    );
    let named = ShopSettings {
        name: "Tea".into(),
        url: Some("https://tea.example".into()),
        ..ShopSettings::default()
    };
    document.shops.insert("tea-house.myshopify.com".into(), named.clone());
    document.lay_over(known).unwrap();
    assert_eq!(document.shops["tea-house.myshopify.com"], named);
    let wrong = document.lay_over(|name| (name == "SHOPIFY_STORE").then(|| "tea.example".to_owned()));
    assert!(wrong.unwrap_err().to_string().starts_with("SHOPIFY_STORE is \"tea.example\""));
}

#[test]
fn a_model_is_left_alone_for_ten_minutes_at_most() {
    let mut document = Document::default();
    document.llm.breaker_cooldown_ms = 600_000;
    assert_eq!(document.validate(), Ok(()));
    document.llm.breaker_cooldown_ms += 1;
    let wrong = document.validate().unwrap_err().to_string();
    assert!(wrong.starts_with("llm.breaker_cooldown_ms is 600001; it must be at most 600000"), "{wrong}");
}

#[test]
fn a_shop_at_shopify_has_pages_of_its_own_however_it_was_named() {
    let url = |id: &str, url: Option<&str>| {
        let mut document = Document::default();
        let shop = ShopSettings { url: url.map(str::to_owned), ..ShopSettings::default() };
        document.shops.insert(id.to_owned(), shop);
        document.lay_over(|_| None).unwrap();
        document.shops[id].url.clone().unwrap_or_default()
    };
    assert_eq!(url("tea-house.myshopify.com", None), "https://tea-house.myshopify.com");
    assert_eq!(url("tea-house.myshopify.com", Some("https://tea.example")), "https://tea.example");
    assert_eq!(url("lamps", None), "");
}

#[test]
fn an_origin_is_scheme_and_host_and_nothing_after_it() {
    let validated = |origin: &str| {
        let mut document = Document::default();
        document.lay_over(|name| (name == "SHOPIFY_ORIGIN").then(|| origin.to_owned())).unwrap();
        document.validate()
    };
    for origin in ["http://127.0.0.1:9000", "https://shop.example"] {
        assert_eq!(validated(origin), Ok(()), "{origin}");
    }
    for other in ["http://h/", "http://h/a", "ftp://h", "h", "http://u:p@h", "http://h?q"] {
        assert!(validated(other).unwrap_err().to_string().starts_with("shopify.origin is "), "{other}");
    }
}

#[test]
fn a_mistake_in_a_shops_settings_is_named_with_its_key() {
    let mut document = Document::default();
    document.shops.insert(
        "lamps".into(),
        ShopSettings { personas_off: Persona::ALL.to_vec(), ..ShopSettings::default() },
    );
    let wrong = document.validate().unwrap_err().to_string();
    assert!(wrong.starts_with("shops.lamps.personas_off names every persona"), "{wrong}");
}

#[test]
fn a_shop_excludes_only_blocks_that_pages_can_do_without() {
    for (block, is_valid) in [("story", true), ("quote", false), ("hero", false)] {
        let json = format!(r#"{{"shops":{{"lamps":{{"excluded":["vendor: A","block: {block}"]}}}}}}"#);
        let document: Document = serde_json::from_str(&json).unwrap();
        let wrong = document.validate().map_err(|error| error.to_string());
        assert_eq!(wrong.is_ok(), is_valid, "{block}");
        let expected =
            format!("shops.lamps.excluded: line 2: {block:?} is not a block that pages can do without; ");
        assert!(wrong.err().is_none_or(|wrong| wrong.starts_with(&expected)));
    }
}

#[test]
fn a_gateway_stands_before_another_address() {
    let mut document = Document::default();
    document.lay_over(|name| name.ends_with("_URL").then(|| name.to_owned())).unwrap();
    assert_eq!(document.llm.address(false), Some("AI_GATEWAY_URL"));
}
