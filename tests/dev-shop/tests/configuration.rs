//! `shopify.app.toml` contains what the app and the theme extension rely on.

use toml::Value;

const FILE: &str = include_str!("../../../shopify/shopify.app.toml");
const EMBED: &str = include_str!("../../../shopify/extensions/wand/blocks/embed.liquid");
const STOREFRONT: &str = include_str!("../../../shopify/extensions/wand/blocks/storefront.liquid");

fn file() -> Value {
    toml::from_str(FILE).unwrap()
}

/// Every text in the lists called `name` of the webhooks.
fn webhooks(name: &str) -> Vec<String> {
    let subscriptions = file()["webhooks"]["subscriptions"].as_array().unwrap().clone();
    let lists = subscriptions.iter().filter_map(|it| it.get(name)?.as_array());
    let mut topics: Vec<_> = lists.flatten().map(|topic| topic.as_str().unwrap().to_owned()).collect();
    topics.sort();
    topics
}

#[test]
fn every_topic_that_moves_the_catalog_tells_of_orders_or_ends_the_app_is_subscribed_to_once() {
    let expected = [
        "app/uninstalled",
        "collections/create",
        "collections/delete",
        "collections/update",
        "orders/cancelled",
        "orders/create",
        "products/create",
        "products/delete",
        "products/update",
        "refunds/create",
        "shop/update",
    ];
    assert_eq!(webhooks("topics"), expected);
}

#[test]
fn the_topics_that_the_law_wants_are_there() {
    assert_eq!(webhooks("compliance_topics"), ["customers/data_request", "customers/redact", "shop/redact"]);
    assert_eq!(file()["webhooks"]["api_version"].as_str(), Some("2026-10"));
}

#[test]
fn everything_is_below_one_address() {
    let (file, home) = (file(), "https://wandstore.example");
    for (table, key, path) in [("app_proxy", "url", "/proxy"), ("app_preferences", "url", "/admin")] {
        assert_eq!(file[table][key].as_str(), Some(format!("{home}{path}").as_str()));
    }
    assert_eq!(file["application_url"].as_str(), Some(format!("{home}/admin").as_str()));
    assert!(webhooks("uri").is_empty(), "an address is a text");
    for subscription in file["webhooks"]["subscriptions"].as_array().unwrap() {
        assert_eq!(subscription["uri"].as_str(), Some(format!("{home}/webhooks").as_str()));
    }
}

#[test]
fn the_blocks_look_for_the_proxy_where_it_is_at_first() {
    let file = file();
    let proxy = &file["app_proxy"];
    let path = format!("/{}/{}", proxy["prefix"].as_str().unwrap(), proxy["subpath"].as_str().unwrap());
    for block in [STOREFRONT, EMBED] {
        assert!(block.contains(&format!("\"default\": \"{path}\"")));
    }
}
