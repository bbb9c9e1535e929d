use serde_json::{Value, json};

use super::*;
use crate::capabilities::{Answer, NoAnswer};
use crate::fakes::{Fake, SHOP_ID, card, found, money, products, refuses, says, shop, status};

fn shop_id() -> ShopId {
    ShopId::parse(SHOP_ID).unwrap()
}

fn german() -> Market {
    Market::of("DE", "DE").unwrap()
}

fn catalog(script: impl IntoIterator<Item = Result<Answer, NoAnswer>>) -> Catalog<Fake> {
    Catalog { world: Fake::new(script) }
}

/// A catalog that knows one product, of 12.50, and the shop.
fn stocked() -> Catalog<Fake> {
    let catalog = catalog([says(&products(&[card(1, "12.50")], None)), says(&shop())]);
    assert_eq!(prices(&catalog, Freshness::Current), Ok(vec![1250]));
    catalog.world.asked.borrow_mut().clear();
    catalog
}

fn ask(catalog: &Catalog<Fake>, freshness: Freshness) -> Result<Assortment, CatalogError> {
    catalog.products(&shop_id(), &Market::default(), freshness)
}

fn prices(catalog: &Catalog<Fake>, freshness: Freshness) -> Result<Vec<u64>, CatalogError> {
    ask(catalog, freshness)
        .map(|assortment| assortment.products.iter().map(|product| product.price).collect())
}

#[test]
fn an_assortment_is_products_with_what_the_shop_says_of_itself() {
    let assortment = ask(&stocked(), Freshness::Current).unwrap();
    assert_eq!((assortment.shop_name.as_str(), assortment.currency.as_str()), ("Magic Wands", "EUR"));
    assert_eq!(assortment.money_format, "€{{amount_with_comma_separator}}");
}

#[test]
fn products_are_asked_for_page_by_page() {
    let page = |number: u32, cursor| says(&products(&[card(number, "1")], cursor));
    let catalog = catalog([page(1, Some("a")), page(2, Some("b")), page(3, Some("c")), says(&shop())]);
    assert_eq!(ask(&catalog, Freshness::Current).unwrap().products.len(), 3);
    let asked = catalog.world.asked.borrow();
    let after: Vec<_> = asked.iter().map(|(variables, _)| variables["after"].clone()).collect();
    assert_eq!(after, [Value::Null, json!("a"), json!("b"), Value::Null]);
}

#[test]
fn only_stale_answers_are_requested_again() {
    let catalog = stocked();
    catalog.world.pass(299_000);
    assert_eq!((prices(&catalog, Freshness::Current), catalog.world.asked_times()), (Ok(vec![1250]), 0));
    catalog.world.pass(1_000);
    catalog.world.says([says(&products(&[card(1, "13")], None))]);
    assert_eq!((prices(&catalog, Freshness::Current), catalog.world.asked_times()), (Ok(vec![1300]), 1));
}

#[test]
fn a_changed_catalog_makes_fresh_answers_stale() {
    let catalog = stocked();
    catalog.world.version.set(Some(8));
    catalog.world.says([says(&products(&[card(1, "13")], None)), says(&shop())]);
    assert_eq!(prices(&catalog, Freshness::Current), Ok(vec![1300]));
}

#[test]
fn a_waiting_shopper_gets_known_products_however_old() {
    let catalog = stocked();
    catalog.world.pass(6 * 24 * 3_600_000);
    catalog.world.version.set(Some(8));
    assert_eq!((prices(&catalog, Freshness::StaleOk), catalog.world.asked_times()), (Ok(vec![1250]), 0));
}

#[test]
fn without_known_products_a_shopper_waits_for_the_first_page_and_the_next_request_gets_the_rest() {
    let first = says(&products(&[card(1, "1")], Some("a")));
    let catalog = catalog([first.clone(), says(&shop())]);
    assert_eq!(prices(&catalog, Freshness::StaleOk), Ok(vec![100]));
    let waits: Vec<_> = catalog.world.asked.borrow().iter().map(|(_, wait_ms)| *wait_ms).collect();
    assert_eq!(waits, [800, 790]);
    catalog.world.says([first, says(&products(&[card(2, "2")], None))]);
    assert_eq!(prices(&catalog, Freshness::Current), Ok(vec![100, 200]));
}

#[test]
fn a_hung_shop_is_not_asked_again_after_the_first_shopper() {
    let catalog = catalog([Err(NoAnswer::Timeout)]);
    catalog.world.answer_ms.set(800);
    assert_eq!(prices(&catalog, Freshness::StaleOk), Err(CatalogError::Unavailable(5_000)));
    assert_eq!(prices(&catalog, Freshness::StaleOk), Err(CatalogError::Unavailable(5_000)));
    catalog.world.pass(1_000);
    assert_eq!(prices(&catalog, Freshness::Current), Err(CatalogError::Unavailable(4_000)));
    assert_eq!(catalog.world.asked_times(), 1);
    catalog.world.pass(4_000);
    catalog.world.answer_ms.set(10);
    catalog.world.says([says(&products(&[card(1, "1")], None))]);
    assert_eq!(prices(&catalog, Freshness::Current), Ok(vec![100]));
}

#[test]
fn running_out_of_time_starts_no_pause() {
    let catalog = catalog([says(&products(&[card(1, "1")], None))]);
    catalog.world.answer_ms.set(790);
    assert_eq!(prices(&catalog, Freshness::StaleOk), Ok(vec![100]));
    assert!(catalog.world.warnings.borrow()[0].contains("no time left"));
    catalog.world.answer_ms.set(10);
    catalog.world.says([says(&products(&[card(1, "2")], None)), says(&shop())]);
    assert_eq!(prices(&catalog, Freshness::Current), Ok(vec![200]));
    assert_eq!(catalog.world.asked_times(), 3, "once, and both again");
}

#[test]
fn one_throttled_shopper_blocks_no_job() {
    for failure in [status(429), status(430), refuses("THROTTLED")] {
        let catalog = catalog([failure.clone()]);
        assert!(prices(&catalog, Freshness::StaleOk).is_err());
        assert!(prices(&catalog, Freshness::StaleOk).is_err());
        assert_eq!(catalog.world.asked_times(), 1, "a waiting shopper sends no second request: {failure:?}");
        catalog.world.says([says(&products(&[card(1, "1")], None)), says(&shop())]);
        assert_eq!(prices(&catalog, Freshness::Current), Ok(vec![100]), "{failure:?}");
        catalog.world.pass(300_000);
        catalog.world.says([failure.clone()]);
        assert_eq!(prices(&catalog, Freshness::Current), Ok(vec![100]));
        let collections = catalog.collections(&shop_id(), &Market::default(), Freshness::StaleOk);
        assert!(
            collections.is_err(),
            "a failure that is not of one shopper pauses requests for all: {failure:?}"
        );
        assert_eq!(catalog.world.asked_times(), 4, "{failure:?}");
    }
}

#[test]
fn after_a_failure_answers_of_the_current_catalog_version_stay() {
    let failures = [
        Err(NoAnswer::Timeout),
        Err(NoAnswer::TooLarge(4)),
        Err(NoAnswer::Unavailable("refused".to_owned())),
        status(429),
        status(430),
        status(500),
        status(302),
        refuses("THROTTLED"),
        refuses("ACCESS_DENIED"),
        says(&json!({"data": {"products": 1}})),
        says(&json!("garbage")),
    ];
    for failure in failures {
        let catalog = stocked();
        catalog.world.pass(300_000);
        catalog.world.says([failure.clone(), failure.clone()]);
        assert_eq!(prices(&catalog, Freshness::Current), Ok(vec![1250]), "{failure:?}");
        catalog.world.version.set(Some(8));
        let answer = prices(&catalog, Freshness::Current);
        assert!(matches!(answer, Err(CatalogError::Unavailable(ms)) if ms > 0), "{failure:?}: {answer:?}");
        assert_eq!(prices(&catalog, Freshness::StaleOk), Ok(vec![1250]), "{failure:?}");
    }
}

#[test]
fn a_shop_that_the_deployment_does_not_know_is_unknown() {
    let catalog = catalog([Err(NoAnswer::NoSuchUpstream)]);
    assert_eq!(prices(&catalog, Freshness::Current), Err(CatalogError::NoSuchShop));
}

#[test]
fn pages_that_do_not_come_leave_those_that_did() {
    let catalog = catalog([says(&products(&[card(1, "1")], Some("a"))), status(503)]);
    assert_eq!(prices(&catalog, Freshness::Current), Ok(vec![100]));
    catalog.world.pass(6_000);
    catalog.world.says([says(&products(&[card(1, "2")], None))]);
    assert_eq!(prices(&catalog, Freshness::Current), Ok(vec![200]));
}

#[test]
fn without_a_token_tags_are_requested_only_once() {
    let catalog = catalog([refuses("ACCESS_DENIED"), says(&products(&[card(1, "1")], None)), says(&shop())]);
    assert_eq!(prices(&catalog, Freshness::Current), Ok(vec![100]));
    catalog.world.says([says(&found(&[]))]);
    let search = catalog.search(&shop_id(), &Market::default(), Freshness::Current, "oak");
    assert_eq!(search, Ok(Vec::new()));
    let tags: Vec<_> = catalog.world.asked.borrow().iter().map(|(asked, _)| asked["tags"].clone()).collect();
    assert_eq!(tags, [json!(true), json!(false), Value::Null, json!(false)]);
}

#[test]
fn a_rejected_token_is_logged_and_retried_once_a_minute() {
    for refusal in [status(401), status(403), refuses("UNAUTHORIZED")] {
        let catalog = stocked();
        catalog.world.pass(300_000);
        for minute in 1..=3 {
            catalog.world.says([refusal.clone()]);
            for _ in 0..5 {
                assert_eq!(prices(&catalog, Freshness::Current), Ok(vec![1250]), "{refusal:?}");
                assert!(catalog.collections(&shop_id(), &Market::default(), Freshness::StaleOk).is_err());
            }
            assert_eq!(catalog.world.asked_times(), minute, "{refusal:?}");
            catalog.world.pass(60_000);
        }
        let told = catalog.world.warnings.borrow();
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told[0].contains("Shopify rejected our Storefront API token"), "{told:?}");
    }
}

#[test]
fn a_language_that_shopify_does_not_know_is_given_up_and_the_country_is_not() {
    let catalog =
        catalog([refuses("INVALID_VARIABLE"), says(&products(&[card(1, "1")], None)), says(&shop())]);
    let assortment = catalog.products(&shop_id(), &german(), Freshness::Current).unwrap();
    assert_eq!(assortment.products.len(), 1);
    let asked = catalog.world.asked.borrow();
    assert_eq!(asked[0].0["language"], json!("DE"));
    assert_eq!((&asked[1].0["country"], &asked[1].0["language"]), (&json!("DE"), &Value::Null));
}

#[test]
fn in_a_country_that_shopify_does_not_know_nothing_is_sold_and_no_price_is_of_another() {
    let refused = || refuses("INVALID_VARIABLE");
    let catalog =
        catalog([refused(), refused(), says(&products(&[card(1, "1")], Some("more"))), says(&shop())]);
    let assortment = catalog.products(&shop_id(), &german(), Freshness::Current).unwrap();
    assert_eq!(assortment.products, []);
    assert_eq!(
        catalog.world.asked.borrow()[2].0["country"],
        Value::Null,
        "whether the country was the reason"
    );
    let term = "oak";
    catalog.world.says([refused(), refused(), says(&found(&[card(1, "1")]))]);
    assert_eq!(catalog.search(&shop_id(), &german(), Freshness::Current, term), Ok(Vec::new()));
    // The shop's own market is asked as before.
    catalog.world.says([says(&products(&[card(1, "1")], None))]);
    assert_eq!(prices(&catalog, Freshness::Current), Ok(vec![100]));
}

#[test]
fn prices_of_another_currency_are_not_written_in_the_shops_format() {
    let mut dollars = card(1, "5");
    dollars["priceRange"]["minVariantPrice"] = money("5", "USD");
    let catalog = catalog([says(&products(&[dollars], None)), says(&shop())]);
    let assortment = catalog.products(&shop_id(), &german(), Freshness::Current).unwrap();
    assert_eq!((assortment.currency.as_str(), assortment.money_format.as_str()), ("USD", ""));
}

#[test]
fn markets_do_not_answer_for_each_other() {
    let catalog = stocked();
    catalog.world.says([says(&products(&[card(1, "99")], None))]);
    let german = catalog.products(&shop_id(), &german(), Freshness::StaleOk).unwrap();
    assert_eq!((german.products[0].price, german.shop_name.as_str()), (9900, "Magic Wands"));
    assert_eq!(prices(&catalog, Freshness::StaleOk), Ok(vec![1250]));
}

#[test]
fn a_search_is_stored_for_half_a_minute_without_its_words() {
    let catalog = stocked();
    let search = |term| {
        catalog.search(&shop_id(), &Market::default(), Freshness::Current, term).map(|found| found.len())
    };
    catalog.world.says([says(&found(&[card(2, "3")])), says(&found(&[]))]);
    assert_eq!((search("Xyzzy  oak"), search("xyzzy oak"), catalog.world.asked_times()), (Ok(1), Ok(1), 1));
    assert_eq!((search(" "), catalog.world.asked_times()), (Ok(0), 1));
    catalog.world.pass(30_000);
    assert_eq!((search("xyzzy oak"), catalog.world.asked_times()), (Ok(0), 2));
    catalog.world.pass(30_000);
    assert_eq!(search("xyzzy oak"), Ok(0), "what was known, as Shopify says nothing more");
    let told = format!("{:?} {:?}", catalog.world.warnings.borrow(), catalog.world.stored.borrow().keys());
    assert!(told.contains("Shopify did not answer") && !told.contains("xyzzy"), "{told}");
}

#[test]
fn results_in_another_currency_are_not_shown() {
    let catalog = stocked();
    let mut dollars = card(2, "5");
    dollars["priceRange"]["minVariantPrice"] = money("5", "USD");
    catalog.world.says([says(&found(&[dollars]))]);
    assert_eq!(catalog.search(&shop_id(), &Market::default(), Freshness::Current, "oak"), Ok(Vec::new()));
}

#[test]
fn collections_that_are_not_for_us_do_not_keep_products_from_coming() {
    let catalog = catalog([refuses("ACCESS_DENIED"), says(&products(&[card(1, "1")], None)), says(&shop())]);
    let collections = || catalog.collections(&shop_id(), &Market::default(), Freshness::StaleOk);
    assert_eq!(collections(), Err(CatalogError::Unavailable(60_000)));
    assert_eq!(prices(&catalog, Freshness::StaleOk), Ok(vec![100]));
    assert!(collections().is_err());
    assert_eq!(catalog.world.asked_times(), 3);
}

#[test]
fn failing_storage_costs_only_stored_answers() {
    let catalog = catalog([says(&products(&[card(1, "1")], None)), says(&shop())]);
    catalog.world.storage_fails.set(true);
    assert_eq!(prices(&catalog, Freshness::StaleOk), Ok(vec![100]));
    assert!(catalog.world.warnings.borrow().iter().any(|told| told.contains("the disk is full")));
}

#[test]
fn answers_are_stored_as_long_as_they_are_useful() {
    let catalog = stocked();
    let stored = catalog.world.stored.borrow();
    let seconds = |name: &str| stored[&format!("shopify:{SHOP_ID}:{name}")].1;
    assert_eq!((seconds("products"), seconds("shop")), (604_800, 604_800));
}

const ASKING: &str = "shopify:magic-wands.myshopify.com:asking_products";

/// Another instance is asking for the products.
fn asks(world: &Fake) {
    world.stored.borrow_mut().insert(ASKING.to_owned(), (b"1".to_vec(), 12));
}

#[test]
fn while_another_instance_asks_others_get_stale_products_or_wait() {
    let catalog = stocked();
    asks(&catalog.world);
    catalog.world.version.set(Some(8));
    assert_eq!(prices(&catalog, Freshness::Current), Err(CatalogError::Busy(1_000)));
    assert_eq!(prices(&catalog, Freshness::StaleOk), Ok(vec![1250]));
    catalog.world.version.set(Some(7));
    catalog.world.pass(300_000);
    assert_eq!(prices(&catalog, Freshness::Current), Ok(vec![1250]), "it is old, but nothing changed");
    assert_eq!((catalog.world.asked_times(), catalog.world.warnings.borrow().len()), (0, 0));
}

#[test]
fn an_answer_of_another_instance_is_not_requested_again() {
    let catalog = stocked();
    catalog.world.version.set(Some(8));
    // It finished between our read of the stored answer and our claim.
    *catalog.world.rival.borrow_mut() = Some(Box::new(|world: &Fake| {
        let mut stored = world.stored.borrow_mut();
        let (kept, _) = stored.get_mut("shopify:magic-wands.myshopify.com:products").expect("they are kept");
        let text = String::from_utf8(kept.clone()).unwrap();
        *kept = text.replace("\"version\":7", "\"version\":8").replace("1250", "1300").into_bytes();
    }));
    catalog.world.says([says(&shop())]);
    assert_eq!((prices(&catalog, Freshness::Current), catalog.world.asked_times()), (Ok(vec![1300]), 1));
}

#[test]
fn a_claim_ends_with_the_answer_whatever_it_is() {
    let catalog = stocked();
    let is_claimed = || catalog.world.stored.borrow().contains_key(ASKING);
    assert!(!is_claimed());
    catalog.world.version.set(Some(8));
    assert_eq!(prices(&catalog, Freshness::Current), Err(CatalogError::Unavailable(5_000)));
    assert!(!is_claimed());
}

#[test]
fn a_shopper_without_known_products_waits_for_no_other_instance() {
    let catalog = catalog([says(&products(&[card(1, "1")], None)), says(&shop())]);
    asks(&catalog.world);
    assert_eq!(prices(&catalog, Freshness::StaleOk), Ok(vec![100]));
    assert!(catalog.world.stored.borrow().contains_key(ASKING), "the claim is not theirs to end");
}

#[test]
fn a_page_is_not_made_while_another_instance_requests_the_shop() {
    let catalog = catalog([says(&products(&[card(1, "1")], None))]);
    let asking = ASKING.replace("products", "shop");
    catalog.world.stored.borrow_mut().insert(asking, (b"1".to_vec(), 12));
    assert_eq!(prices(&catalog, Freshness::Current), Err(CatalogError::Busy(1_000)));
}

/// A page of the ids of a collection's products.
fn ids(numbers: std::ops::Range<u32>, cursor: Option<&str>) -> Result<Answer, NoAnswer> {
    let nodes: Vec<_> =
        numbers.map(|number| json!({"id": format!("gid://shopify/Product/{number}")})).collect();
    let page_info = json!({"hasNextPage": cursor.is_some(), "endCursor": cursor});
    says(&json!({"data": {"collection": {"products": {"nodes": nodes, "pageInfo": page_info}}}}))
}

fn members(
    catalog: &Catalog<Fake>,
    freshness: Freshness,
    handles: &[&str],
) -> Result<Vec<Vec<String>>, CatalogError> {
    let handles: Vec<_> = handles.iter().map(|handle| (*handle).to_owned()).collect();
    catalog.members(&shop_id(), freshness, &handles)
}

#[test]
fn a_collection_is_known_whole_and_one_that_is_gone_is_empty() {
    let gone = says(&json!({"data": {"collection": null}}));
    let catalog = catalog([ids(0..190, Some("a")), ids(190..250, None), gone]);
    let found = members(&catalog, Freshness::Current, &["sale", "gone"]).unwrap();
    assert_eq!((found[0].len(), found[0][249].as_str(), found[1].len()), (250, "249", 0));
    let asked: Vec<_> = catalog.world.asked.borrow().iter().map(|(variables, _)| variables.clone()).collect();
    assert_eq!(asked[1], json!({"first": 190, "after": "a", "handle": "sale"}));
    assert_eq!(members(&catalog, Freshness::StaleOk, &["sale", "gone"]), Ok(found), "from storage");
    assert_eq!(catalog.world.asked_times(), 3);
}

#[test]
fn a_collection_of_which_a_page_is_missing_is_not_known() {
    let catalog = catalog([ids(0..190, Some("a")), status(502)]);
    assert!(matches!(members(&catalog, Freshness::Current, &["sale"]), Err(CatalogError::Unavailable(_))));
}

#[test]
fn a_collection_without_end_is_known_as_far_as_its_limit() {
    let catalog = catalog((0..9).map(|page| ids(190 * page..190 * (page + 1), Some("more"))));
    assert_eq!(
        members(&catalog, Freshness::Current, &["all"]).unwrap()[0].len(),
        model::catalog::MEMBERS_MAX
    );
    assert_eq!(catalog.world.asked_times(), 6);
}

fn by_name(catalog: &Catalog<Fake>, names: &[&str]) -> Result<Vec<String>, CatalogError> {
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    let found = catalog.by_name(&shop_id(), &Market::default(), Freshness::Current, &names)?;
    Ok(found.into_iter().map(|product| product.id).collect())
}

#[test]
fn products_are_found_by_number_and_by_handle_wherever_the_shop_lists_them() {
    let catalog = stocked();
    let nodes = says(&json!({"data": {"nodes": [card(5_000, "9"), null]}}));
    let handles = says(&json!({"data": {"a": card(7, "9"), "b": null, "c": card(7, "9")}}));
    catalog.world.says([nodes, handles]);
    let names = ["5000", "Oak-Wand", "6000"];
    assert_eq!(by_name(&catalog, &names), Ok(vec!["5000".to_owned(), "7".to_owned()]));
    let asked: Vec<_> = catalog.world.asked.borrow().iter().map(|(variables, _)| variables.clone()).collect();
    assert_eq!(asked[0]["ids"], json!(["gid://shopify/Product/5000", "gid://shopify/Product/6000"]));
    let handles = ["a", "b", "c", "h"].map(|slot| asked[1][slot].as_str().unwrap().to_owned());
    assert_eq!(handles, ["6000", "oak-wand", "6000", "6000"], "digits may be a handle");

    let backwards = ["6000", "oak-wand", "5000"];
    assert!(by_name(&catalog, &backwards).is_ok() && catalog.world.asked_times() == 2, "from storage");
    assert_eq!(by_name(&catalog, &[]), Ok(Vec::new()));
}

#[test]
fn so_many_products_are_asked_for_by_name_and_no_more() {
    let catalog = stocked();
    let numbers: Vec<_> = (10..40).map(|number: u32| number.to_string()).collect();
    let all: Vec<_> = (10..18).map(|number| card(number, "9")).collect();
    catalog.world.says([says(&json!({"data": {"nodes": all}}))]);
    let names: Vec<_> = numbers.iter().map(String::as_str).collect();
    assert_eq!(by_name(&catalog, &names).unwrap().len(), model::catalog::NAMES_MAX);
    assert_eq!(catalog.world.asked_times(), 1, "all were found by their numbers");
}

#[test]
fn what_is_found_by_name_has_the_prices_of_the_market_or_is_left_out() {
    let catalog = stocked();
    let mut dollars = card(5_000, "9");
    dollars["priceRange"]["minVariantPrice"] = money("9", "USD");
    catalog.world.says([says(&json!({"data": {"nodes": [dollars]}}))]);
    assert_eq!(by_name(&catalog, &["5000"]), Ok(Vec::new()));
}
