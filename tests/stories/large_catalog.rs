//! A shop of 100,000 products: what its merchant pins is first, wherever the shop lists it, and pages cost Shopify no more
//! questions than those of a small shop.

use std::time::Duration;

use dev_shop::Options;

use crate::harness::shopify::{CONSENT, SECRET, SHOP, now_s, signed};
use crate::harness::{Process, eventually};

const TOKEN: &str = "simulated-token";

#[tokio::test]
async fn the_last_of_100_000_products_is_pinned_and_first() {
    let options = Options { products: 100_000, ..Options::of_test(SHOP, SECRET) };
    let shop = dev_shop::serve(options).await.expect("the shop opens");
    let folder = tempfile::tempdir().expect("a folder");
    let pins =
        format!("[shops.\"{SHOP}\"]\npinned = [\"product: spare-part-100000\", \"product: 9005000\"]\n");
    std::fs::write(folder.path().join("wandstore.toml"), pins).expect("the folder is there");
    let variables = [
        ("SHOPIFY_STORE", SHOP),
        ("SHOPIFY_ACCESS_TOKEN", TOKEN),
        ("SHOPIFY_API_SECRET", SECRET),
        ("SHOPIFY_ORIGIN", &*shop.origin),
    ];
    let host = Process::start(folder.path(), &variables);
    let fragment = async || {
        let answer = host.get(&signed("/proxy/fragment", &CONSENT, now_s())).await.expect("the host answers");
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer
    };
    let opening = async || {
        let answer = fragment().await;
        let is_theirs = answer.header("x-cache") == "HIT";
        let ids = answer.body.split("data-id=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let first: Vec<_> = ids.take(4).map(str::to_owned).collect();
        let is_first = first.iter().any(|id| id == "9100000") || first.iter().any(|id| id == "9005000");
        (is_theirs && is_first).then_some(())
    };
    eventually("the pinned products are first", opening).await;

    let asked = reqwest::get(format!("{}/simulator/asked", shop.origin)).await.expect("the shop answers");
    let asked: serde_json::Value =
        serde_json::from_slice(&asked.bytes().await.expect("it is whole")).expect("JSON");
    let questions = asked["storefront"].as_u64().expect("a number");
    println!("{questions} questions to a shop of 100,000 products");
    assert!(questions <= QUESTIONS_MAX, "{questions}");
    tokio::time::timeout(Duration::from_mins(1), fragment()).await.expect("a shopper waits for nothing");
}

/// The most questions for the first pages of a shop: its own data, products (first one page, then three), collections, and
/// what is pinned by number and by handle.
const QUESTIONS_MAX: u64 = 12;
