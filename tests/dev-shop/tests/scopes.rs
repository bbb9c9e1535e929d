//! `shopify.app.toml` asks for the access scopes that its webhook topics, its app proxy and the catalog's queries
//! require, and for no others. The tables are Shopify's documentation; each names its page.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use graphql_parser::query::{
    Definition, Document, FragmentDefinition, OperationDefinition, Selection, SelectionSet, TypeCondition,
    parse_query,
};
use toml::Value;

const FILE: &str = include_str!("../../../shopify/shopify.app.toml");

/// No access scope is required.
const NONE: &str = "";
const READ_ORDERS: &str = "read_orders";
const READ_PRODUCTS: &str = "read_products";
const LISTINGS: &str = "unauthenticated_read_product_listings";
const TAGS: &str = "unauthenticated_read_product_tags";

/// Topics and the scope that a subscription requires ("Requires the `…` scope" at each value of
/// <https://shopify.dev/docs/api/admin-graphql/latest/enums/WebhookSubscriptionTopic>).
///
/// `inventory_levels/update` requires `read_inventory` and is not subscribed to: `products/update` "occurs whenever a
/// product is updated, ordered, or variants are added, removed or updated" (same page), and is sent as well whenever a
/// variant's available quantity changes
/// (<https://community.shopify.com/c/Shopify-APIs-SDKs/Will-the-products-update-webhook-fire-whenever-inventory/m-p/748509>).
const TOPICS: &[(&str, &str)] = &[
    ("app/uninstalled", NONE),
    ("collections/create", READ_PRODUCTS),
    ("collections/delete", READ_PRODUCTS),
    ("collections/update", READ_PRODUCTS),
    ("orders/cancelled", READ_ORDERS),
    ("orders/create", READ_ORDERS),
    ("refunds/create", READ_ORDERS),
    ("products/create", READ_PRODUCTS),
    ("products/delete", READ_PRODUCTS),
    ("products/update", READ_PRODUCTS),
    ("shop/update", NONE),
];

/// "Your app has the `write_pixels` and `read_customer_events` access scopes"
/// (<https://shopify.dev/docs/apps/build/marketing-analytics/build-web-pixels>).
const PIXEL: [&str; 2] = ["read_customer_events", "write_pixels"];
const PIXEL_FILE: &str = include_str!("../../../shopify/extensions/pixel/shopify.extension.toml");

/// "Request `read_rollouts` to access Rollout data" (<https://shopify.dev/changelog/read_rollouts>): `host/admin` asks the Admin
/// API for them.
const ROLLOUTS: &str = "read_rollouts";

/// "Configuring an app proxy requires the `write_app_proxy` access scope"
/// (<https://shopify.dev/docs/apps/build/online-store/app-proxies>).
const APP_PROXY: &str = "write_app_proxy";

/// Fields that a query may select: type, field, type of its value (empty for scalars), and the scope that the field or
/// its type requires ("Requires `…` access scope" at
/// <https://shopify.dev/docs/api/storefront/latest/objects/Product> and the pages of the other types beside it).
/// `ProductVariant.quantityAvailable`, which requires `unauthenticated_read_product_inventory`, is not asked for;
/// `availableForSale` says whether something can be bought.
const FIELDS: &[(&str, &str, &str, &str)] = &[
    ("QueryRoot", "shop", "Shop", NONE),
    ("QueryRoot", "products", "ProductConnection", LISTINGS),
    ("QueryRoot", "collections", "CollectionConnection", LISTINGS),
    ("QueryRoot", "collection", "Collection", LISTINGS),
    ("QueryRoot", "search", "SearchResultItemConnection", LISTINGS),
    ("QueryRoot", "nodes", "Node", NONE),
    ("QueryRoot", "product", "Product", LISTINGS),
    ("Shop", "name", "", LISTINGS),
    ("Shop", "moneyFormat", "", LISTINGS),
    ("Shop", "paymentSettings", "PaymentSettings", LISTINGS),
    ("PaymentSettings", "currencyCode", "", NONE),
    ("ProductConnection", "nodes", "Product", LISTINGS),
    ("ProductConnection", "pageInfo", "PageInfo", NONE),
    ("PageInfo", "hasNextPage", "", NONE),
    ("PageInfo", "endCursor", "", NONE),
    ("CollectionConnection", "nodes", "Collection", LISTINGS),
    ("SearchResultItemConnection", "nodes", "SearchResultItem", LISTINGS),
    ("Collection", "id", "", LISTINGS),
    ("Collection", "handle", "", LISTINGS),
    ("Collection", "title", "", LISTINGS),
    ("Collection", "products", "ProductConnection", LISTINGS),
    ("Product", "id", "", LISTINGS),
    ("Product", "handle", "", LISTINGS),
    ("Product", "title", "", LISTINGS),
    ("Product", "description", "", LISTINGS),
    ("Product", "vendor", "", LISTINGS),
    ("Product", "productType", "", LISTINGS),
    ("Product", "tags", "", TAGS),
    ("Product", "availableForSale", "", LISTINGS),
    ("Product", "featuredImage", "Image", LISTINGS),
    ("Product", "images", "ImageConnection", LISTINGS),
    ("Product", "metafield", "Metafield", LISTINGS),
    ("Product", "options", "ProductOption", LISTINGS),
    ("Product", "variants", "ProductVariantConnection", LISTINGS),
    ("Product", "priceRange", "ProductPriceRange", LISTINGS),
    ("Product", "selectedOrFirstAvailableVariant", "ProductVariant", LISTINGS),
    ("ImageConnection", "nodes", "Image", NONE),
    ("Metafield", "value", "", NONE),
    ("ProductOption", "name", "", LISTINGS),
    ("ProductVariantConnection", "nodes", "ProductVariant", LISTINGS),
    ("ProductVariant", "id", "", LISTINGS),
    ("ProductVariant", "title", "", LISTINGS),
    ("ProductVariant", "availableForSale", "", LISTINGS),
    ("Image", "url", "", NONE),
    ("Image", "altText", "", NONE),
    ("Image", "width", "", NONE),
    ("Image", "height", "", NONE),
    ("ProductPriceRange", "minVariantPrice", "MoneyV2", NONE),
    ("ProductVariant", "price", "MoneyV2", LISTINGS),
    ("ProductVariant", "compareAtPrice", "MoneyV2", LISTINGS),
    ("MoneyV2", "amount", "", NONE),
    ("MoneyV2", "currencyCode", "", NONE),
];

/// A field of a type.
type Selected = BTreeSet<(String, String)>;

#[test]
fn the_app_asks_for_what_its_topics_proxy_pixel_and_queries_require_and_for_nothing_else() {
    let pixel: Value = toml::from_str(PIXEL_FILE).unwrap();
    assert_eq!(pixel["type"].as_str(), Some("web_pixel_extension"));
    let mut required = BTreeSet::from([APP_PROXY]);
    required.extend(PIXEL);
    required.extend(topics().iter().map(|topic| scope_of_topic(topic)));
    required.extend(selected().iter().map(|(of, field)| row(of, field).3));
    required.remove(NONE);
    let asked: Vec<_> =
        file()["access_scopes"]["scopes"].as_str().unwrap().split(',').map(str::to_owned).collect();
    assert_eq!(asked, Vec::from_iter(required), "the scopes, in alphabetical order");
    assert_eq!(file()["access_scopes"]["optional_scopes"].as_array().unwrap().as_slice(), [ROLLOUTS.into()]);
}

#[test]
fn no_row_of_the_tables_is_left_over() {
    let topics = topics();
    for (topic, _) in TOPICS {
        assert!(topics.contains(*topic), "{topic} is not subscribed to");
    }
    let selected = selected();
    for (of, field, ..) in FIELDS {
        assert!(selected.contains(&((*of).to_owned(), (*field).to_owned())), "no query selects {of}.{field}");
    }
}

fn file() -> Value {
    toml::from_str(FILE).unwrap()
}

fn topics() -> BTreeSet<String> {
    let file = file();
    assert!(file.get("app_proxy").is_some(), "without a proxy, {APP_PROXY} is not needed");
    let subscriptions = file["webhooks"]["subscriptions"].as_array().unwrap();
    let topics = subscriptions.iter().filter_map(|it| it.get("topics")?.as_array());
    topics.flatten().map(|topic| topic.as_str().unwrap().to_owned()).collect()
}

fn scope_of_topic(topic: &str) -> &'static str {
    let found = TOPICS.iter().find(|(known, _)| *known == topic);
    found.unwrap_or_else(|| panic!("look up which scope {topic} requires, and add it to TOPICS")).1
}

fn row(of: &str, field: &str) -> &'static (&'static str, &'static str, &'static str, &'static str) {
    let found = FIELDS.iter().find(|(known, name, ..)| *known == of && *name == field);
    found.unwrap_or_else(|| panic!("look up which scope {of}.{field} requires, and add it to FIELDS"))
}

/// Every field that a query of the catalog selects.
fn selected() -> Selected {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../components/catalog-shopify/queries");
    let files = std::fs::read_dir(folder).unwrap();
    let text: String =
        files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap() + "\n").collect();
    let document: Document<'_, String> = parse_query(&text).unwrap();
    let mut selection = Reader::default();
    for definition in &document.definitions {
        if let Definition::Fragment(fragment) = definition {
            selection.fragments.insert(&fragment.name, fragment);
        }
    }
    for definition in &document.definitions {
        if let Definition::Operation(operation) = definition {
            let OperationDefinition::Query(query) = operation else { panic!("the catalog only queries") };
            selection.collect("QueryRoot", &query.selection_set);
        }
    }
    selection.selected
}

#[derive(Default)]
struct Reader<'a> {
    fragments: HashMap<&'a str, &'a FragmentDefinition<'a, String>>,
    selected: Selected,
}

impl<'a> Reader<'a> {
    fn collect(&mut self, of: &str, set: &SelectionSet<'a, String>) {
        for selection in &set.items {
            match selection {
                Selection::Field(field) => {
                    self.selected.insert((of.to_owned(), field.name.clone()));
                    if !field.selection_set.items.is_empty() {
                        self.collect(row(of, &field.name).2, &field.selection_set);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.fragments[spread.fragment_name.as_str()];
                    let TypeCondition::On(of) = &fragment.type_condition;
                    self.collect(of, &fragment.selection_set);
                }
                Selection::InlineFragment(inline) => {
                    let of = match &inline.type_condition {
                        Some(TypeCondition::On(of)) => of,
                        None => of,
                    };
                    self.collect(of, &inline.selection_set);
                }
            }
        }
    }
}
