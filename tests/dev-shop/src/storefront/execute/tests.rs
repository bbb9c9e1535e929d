//! Tests of queries and their responses.

use super::*;

fn ask(query: &str, variables: &Value, has_token: bool) -> Value {
    let variables = variables.as_object().cloned().unwrap_or_default();
    execute(&Goods::load().unwrap(), has_token, query, &variables)
}

#[test]
fn every_product_is_on_exactly_one_page() {
    let query = "query($after: String) { products(first: 10, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }";
    let (mut ids, mut after) = (Vec::new(), Value::Null);
    loop {
        let answer = ask(query, &json!({ "after": after }), true);
        let products = &answer["data"]["products"];
        ids.extend(products["nodes"].as_array().unwrap().iter().map(|node| node["id"].to_string()));
        if products["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = products["pageInfo"]["endCursor"].clone();
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), count), (24, 24));
}

#[test]
fn prices_are_in_the_currency_of_the_country() {
    let query = "query($c: CountryCode) @inContext(country: $c) { product(handle: \"ember-oak-wand\") \
                 { price: priceRange { minVariantPrice { amount currencyCode } } } }";
    let price = |country: &str| {
        let answer = ask(query, &json!({ "c": country }), true);
        let price = &answer["data"]["product"]["price"]["minVariantPrice"];
        format!("{} {}", price["amount"], price["currencyCode"])
    };
    assert_eq!(price("US"), r#""49.0" "USD""#);
    assert_eq!(price("DE"), r#""45.08" "EUR""#);
    assert_eq!(price("JP"), r#""7350.0" "JPY""#);
}

#[test]
fn tags_need_a_token() {
    let query = "{ products(first: 1) { nodes { tags } } }";
    assert_eq!(ask(query, &json!({}), false)["errors"][0]["extensions"]["code"], "ACCESS_DENIED");
    assert_eq!(ask(query, &json!({}), true)["data"]["products"]["nodes"][0]["tags"][0], "wands");
}

#[test]
fn the_app_s_own_questions_are_answered() {
    const CARD: &str = include_str!("../../../../../components/catalog-shopify/queries/card.graphql");
    let products = include_str!("../../../../../components/catalog-shopify/queries/products.graphql");
    let search = include_str!("../../../../../components/catalog-shopify/queries/search.graphql");
    let shop = include_str!("../../../../../components/catalog-shopify/queries/shop.graphql");
    let collections = include_str!("../../../../../components/catalog-shopify/queries/collections.graphql");
    for has_token in [false, true] {
        let variables =
            json!({ "first": 20, "after": null, "term": "wand", "tags": has_token, "country": "DE" });
        for query in [format!("{products}{CARD}"), format!("{search}{CARD}"), shop.into(), collections.into()]
        {
            let answer = ask(&query, &variables, has_token);
            assert!(answer["errors"].is_null(), "{answer}");
        }
    }
}

#[test]
fn reviews_are_metafields_and_variants_have_a_stock_of_their_own() {
    let query = "query($handle: String) { product(handle: $handle) { rating: metafield(namespace: \"reviews\", \
                 key: \"rating\") { value } count: metafield(namespace: \"reviews\", key: \"rating_count\") { value } \
                 options { name } variants(first: 9) { nodes { title availableForSale } } } }";
    let product = |handle: &str| ask(query, &json!({ "handle": handle }), true)["data"]["product"].clone();
    let cloak = product("moss-wool-cloak");
    assert_eq!((&cloak["rating"], &cloak["options"][0]["name"]), (&Value::Null, &json!("Size")));
    assert_eq!(cloak["variants"]["nodes"][0], json!({ "title": "S", "availableForSale": false }));
    let wand = product("ember-oak-wand");
    assert_eq!(wand["variants"]["nodes"], json!([{ "title": "Default Title", "availableForSale": true }]));
    assert_eq!(wand["count"], json!({ "value": "128" }));
    assert!(wand["rating"]["value"].as_str().unwrap().contains(r#""value":"4.6""#), "{wand}");
    assert_eq!(product("copper-cauldron")["count"], Value::Null);
}

#[test]
fn fragments_are_followed_and_unknown_fields_are_errors() {
    let query = "{ search(query: \"oak\", first: 5, types: PRODUCT) { edges { node { ... on Product { ...p } } } } } \
                 fragment p on Product { title }";
    let answer = ask(query, &json!({}), true);
    assert_eq!(answer["data"]["search"]["edges"][0]["node"], json!({ "title": "Ember Oak Wand" }));
    let answer = ask("{ shop { nonsense } }", &json!({}), true);
    assert_eq!(answer["errors"][0]["extensions"]["code"], "undefinedField");
}
