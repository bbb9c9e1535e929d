use model::pages::{NewPage, PageMetadata};
use proptest::prelude::*;

use super::*;
use crate::Stored;
use crate::fakes::{Bytes, FakeBlob, FakeKv, FakeOperator};

type TestCache = Cache<FakeKv, FakeBlob, FakeOperator>;

fn cache() -> TestCache {
    Cache { kv: FakeKv::default(), blob: FakeBlob::default(), operator: FakeOperator::default() }
}

fn store_page(cache: &TestCache, shop: &str, shopper: &str) {
    assert_eq!(try_to_store(cache, shop, shopper), Ok(Stored::Written));
}

fn try_to_store(cache: &TestCache, shop: &str, shopper: &str) -> Result<Stored, Error> {
    let (shop, shopper) = (ShopId::parse(shop).unwrap(), ShopperId::parse(shopper).unwrap());
    let page =
        NewPage { content: Bytes::new(b"hello"), plan: "{}".into(), metadata: PageMetadata::unknown() };
    cache.store(&shop, &shopper, &page)
}

fn delete(cache: &TestCache, shopper: Option<&str>) -> Result<Deleted, Error> {
    let shop = ShopId::parse("a.myshopify.com").unwrap();
    let shopper = shopper.map(|shopper| ShopperId::parse(shopper).unwrap());
    cache.delete(Scope::of(&shop, shopper.as_ref()))
}

/// Deletes a scope. Returns the number of calls and of deleted pages.
fn delete_all(cache: &TestCache, shopper: Option<&str>) -> (u32, u32) {
    let mut count = 0;
    for calls in 1..1000 {
        let deleted = delete(cache, shopper).unwrap();
        count += deleted.count;
        if !deleted.more {
            return (calls, count);
        }
    }
    panic!("it does not end");
}

/// Returns all names in both tiers, except the marks of deleted shoppers.
fn names(cache: &TestCache) -> Vec<String> {
    let (entries, objects) = (cache.kv.entries.borrow(), cache.blob.objects.borrow());
    let names = entries.keys().chain(objects.keys());
    names.filter(|name| !name.starts_with("forgotten:")).cloned().collect()
}

#[test]
fn deleting_a_shop_spares_other_shops() {
    let cache = cache();
    for other in ["a.myshopify.com.evil", "a.myshopify.co", "b.a.myshopify.com"] {
        store_page(&cache, other, "abc123");
    }
    let others = names(&cache);
    store_page(&cache, "a.myshopify.com", "abc123");
    store_page(&cache, "a.myshopify.com", "customer-12_DE-DE");
    assert_eq!(delete(&cache, None), Ok(Deleted { count: 2, more: false }));
    assert_eq!(names(&cache), others);
    assert_eq!(delete(&cache, None), Ok(Deleted { count: 0, more: false }));
}

#[test]
fn data_in_one_tier_and_malformed_data_is_deleted_too() {
    let cache = cache();
    let keys = ["ui:a.myshopify.com:expired long-term", "shopify:a.myshopify.com:products"];
    for key in keys {
        cache.kv.write(key.into(), Bytes::new(b"?"), None);
    }
    for name in ["generated/a.myshopify.com:of/no form", "generated/a.myshopify.com:abc123.json"] {
        cache.blob.objects.borrow_mut().insert(name.into(), Bytes::new(b"?"));
    }
    assert_eq!(delete(&cache, None), Ok(Deleted { count: 1, more: false }));
    assert_eq!(names(&cache), [""; 0]);
}

fn pages(cache: &TestCache, shopper: &str) -> Vec<String> {
    let (shop, shopper) = (ShopId::parse("a.myshopify.com").unwrap(), ShopperId::parse(shopper).unwrap());
    cache.pages(&shop, &shopper).unwrap().iter().map(ToString::to_string).collect()
}

#[test]
fn a_shoppers_pages_are_listed_from_both_tiers() {
    let cache = cache();
    for shopper in ["customer-7", "customer-7_DE-DE", "customer-77", "customer-7_x"] {
        store_page(&cache, "a.myshopify.com", shopper);
    }
    store_page(&cache, "a.myshopify.co", "customer-7_FR-FR");
    cache.kv.entries.borrow_mut().clear();
    cache
        .blob
        .objects
        .borrow_mut()
        .insert("generated/a.myshopify.com:customer-7_-FR.json".into(), Bytes::new(b"{}"));
    cache.kv.write("ui:a.myshopify.com:customer-7_IT-IT".into(), Bytes::new(b"page"), None);
    let expected = ["customer-7", "customer-7_-FR", "customer-7_DE-DE", "customer-7_IT-IT"];
    assert_eq!(pages(&cache, "customer-7"), expected);
    assert_eq!(pages(&cache, "customer-8"), ["customer-8"], "whether it is there is for another call");
}

#[test]
fn similar_ids_hide_none_of_a_shoppers_pages() {
    let cache = cache();
    for number in 0..450 {
        store_page(&cache, "a.myshopify.com", &format!("customer-7_x{number:03}"));
    }
    store_page(&cache, "a.myshopify.com", "customer-7_zz-DE");
    store_page(&cache, "a.myshopify.com", "customer-7_DE-DE");
    assert_eq!(pages(&cache, "customer-7"), ["customer-7", "customer-7_DE-DE"]);
}

#[test]
fn a_closed_shop_is_deleted_and_stays_closed() {
    let cache = cache();
    store_page(&cache, "a.myshopify.com", "abc123");
    let shop = ShopId::parse("a.myshopify.com").unwrap();
    cache.close(&shop, None).unwrap();
    assert_eq!(delete(&cache, None), Ok(Deleted { count: 1, more: false }));
    assert_eq!(names(&cache), ["catalog:a.myshopify.com"]);
    assert!(cache.shop(&shop).unwrap().closed);
}

#[test]
fn a_customer_is_deleted_in_every_market_and_nobody_else() {
    let cache = cache();
    for other in ["customer-1", "customer-123", "customer-123_DE-DE", "customer-12_", "visitor-customer-12"] {
        store_page(&cache, "a.myshopify.com", other);
    }
    store_page(&cache, "b.myshopify.com", "customer-12");
    let others = names(&cache);
    let pages = [
        "customer-12",
        "customer-12_DE-DE",
        "customer-12_BR-PT_BR",
        "customer-12_at-cart",
        "customer-12_at-product_DE-DE",
    ];
    for page in pages {
        store_page(&cache, "a.myshopify.com", page);
    }
    assert_eq!(delete(&cache, Some("customer-12")), Ok(Deleted { count: 5, more: false }));
    assert_eq!(names(&cache), others);
}

#[test]
fn a_page_made_while_its_shopper_is_deleted_is_not_stored() {
    let cache = cache();
    store_page(&cache, "a.myshopify.com", "customer-12");
    delete(&cache, Some("customer-12")).unwrap();
    for late in ["customer-12", "customer-12_DE-DE", "customer-12_at-search"] {
        assert_eq!(try_to_store(&cache, "a.myshopify.com", late), Ok(Stored::Dropped));
    }
    assert_eq!(names(&cache), [""; 0]);
    store_page(&cache, "a.myshopify.com", "customer-123");
    store_page(&cache, "b.myshopify.com", "customer-12");

    let note = cache.kv.entries.borrow_mut().remove("forgotten:a.myshopify.com:customer-12");
    assert_eq!(note.and_then(|note| note.ttl_seconds), Some(NOTE_SECONDS));
    store_page(&cache, "a.myshopify.com", "customer-12");
}

#[test]
fn a_page_written_while_its_shopper_is_deleted_is_removed() {
    let cache = cache();
    let note = ("forgotten:a.myshopify.com:customer-12".to_owned(), Bytes::new(b"1"));
    cache.kv.afterwards.replace(Some(note));
    assert_eq!(try_to_store(&cache, "a.myshopify.com", "customer-12_DE-DE"), Ok(Stored::Dropped));
    assert_eq!(names(&cache), [""; 0]);
}

#[test]
fn a_large_shop_is_deleted_in_batches_and_each_page_counts_once() {
    let cache = cache();
    for number in 0..BATCH * 3 {
        store_page(&cache, "a.myshopify.com", &format!("shopper-{number}"));
    }
    (0..BATCH * 2).for_each(|number| {
        cache.kv.write(format!("ui:a.myshopify.com:short-term-{number}"), Bytes::new(b"?"), None);
    });
    // Pages and plans are objects: six batches. The last batch also deletes entries, because it has room.
    assert_eq!(delete_all(&cache, None), (7, u32::try_from(5 * BATCH).unwrap()));
    assert_eq!(names(&cache), [""; 0]);
}

#[test]
fn others_in_great_number_do_not_hide_a_shoppers_own() {
    let cache = cache();
    for number in 0..BATCH * 3 {
        store_page(&cache, "a.myshopify.com", &format!("visitor-abc_A{number}"));
    }
    store_page(&cache, "a.myshopify.com", "visitor-abc_DE-DE");
    assert_eq!(delete_all(&cache, Some("visitor-abc")), (1, 1));
    assert_eq!(cache.blob.objects.borrow().len(), BATCH * 6);
}

/// Returns every listing that a deletion needs, in both tiers.
fn listings(cache: &TestCache, shopper: Option<&str>) -> Vec<String> {
    cache.kv.calls.borrow_mut().clear();
    cache.blob.calls.borrow_mut().clear();
    delete_all(cache, shopper);
    let (entries, objects) = (cache.kv.calls.borrow(), cache.blob.calls.borrow());
    entries.iter().chain(objects.iter()).filter(|call| call.starts_with("list ")).cloned().collect()
}

#[test]
fn data_of_others_costs_nothing() {
    for deleted in [Some("customer-12"), None] {
        let expected = {
            let cache = cache();
            store_page(&cache, "a.myshopify.com", "customer-12");
            listings(&cache, deleted)
        };
        let cache = cache();
        store_page(&cache, "a.myshopify.com", "customer-12");
        for number in 0..2 * BATCH {
            store_page(&cache, "b.myshopify.com", &format!("customer-{number}"));
            if deleted.is_some() {
                store_page(&cache, "a.myshopify.com", &format!("customer-12{number}"));
            }
        }
        assert_eq!(listings(&cache, deleted), expected);
        let owner = deleted.map_or("a.myshopify.com:".to_owned(), |id| format!("a.myshopify.com:{id}"));
        assert!(expected.iter().all(|listing| listing.contains(&owner)), "{expected:?}");
    }
}

#[test]
fn failing_storage_fails_a_deletion_that_can_be_repeated() {
    for operation in [["list"], ["delete"]] {
        let cache = cache();
        store_page(&cache, "a.myshopify.com", "abc123");
        let down = Err(Error::Unavailable(format!("{} is down", operation[0])));
        let operation: &'static [&'static str] = if operation == ["list"] { &["list"] } else { &["delete"] };
        cache.blob.faults.set(operation);
        assert_eq!(delete(&cache, None), down);
        cache.blob.faults.set(&[]);
        cache.kv.faults.set(operation);
        assert_eq!(delete(&cache, None), down);
        cache.kv.faults.set(&[]);
        delete_all(&cache, None);
        assert_eq!(names(&cache), [""; 0]);
    }
}

proptest! {
    /// For any stored data and any failing calls: in the end the scope is empty, and all other data remains.
    #[test]
    fn deletion_removes_exactly_its_scope(
        shoppers in prop::collection::btree_set("customer-[12]{1,2}(_DE-DE|_X)?", 0..12),
        deleted in prop::sample::select(vec![None, Some("customer-1"), Some("customer-12")]),
        fails in any::<bool>(),
    ) {
        let cache = cache();
        for shopper in &shoppers {
            store_page(&cache, "a.myshopify.com", shopper);
            store_page(&cache, "a.myshopify.com.evil", shopper);
        }
        if fails {
            cache.kv.faults.set(&["delete"]);
            let _ = delete(&cache, deleted);
            cache.kv.faults.set(&[]);
        }
        delete_all(&cache, deleted);
        let is_kept = |shopper: &str| deleted.is_some_and(|id| shopper.split('_').next() != Some(id) || shopper.ends_with("_X"));
        let left = names(&cache);
        for shopper in &shoppers {
            let kept = is_kept(shopper);
            prop_assert_eq!(left.contains(&format!("ui:a.myshopify.com:{shopper}")), kept);
            prop_assert_eq!(left.contains(&format!("generated/a.myshopify.com:{shopper}.json")), kept);
            let others = format!("generated/a.myshopify.com.evil:{shopper}.html");
            prop_assert!(left.contains(&others), "{}", others);
        }
    }
}
