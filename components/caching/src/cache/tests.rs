use model::pages::{Fragment, Staleness};
use model::{InvalidId, Persona, Source};
use proptest::prelude::*;

use super::*;
use crate::changes::SWAPS_MAX;
use crate::fakes::{Bytes, FakeBlob, FakeKv, FakeOperator, Faults};
use crate::shop::BUMP_INTERVAL_MS;

const KEY: &str = "ui:magic-wands:abc123";
const PAGE: &str = "generated/magic-wands:abc123.html";
const PLAN: &str = "generated/magic-wands:abc123.json";
const VERSION: &str = "catalog:magic-wands";
/// The time at which products change. Pages in these tests are fresh until 1000.
const NOW_MS: u64 = 900;

struct Shop {
    cache: Cache<FakeKv, FakeBlob, FakeOperator>,
    id: ShopId,
    shopper: ShopperId,
}

impl Shop {
    fn open() -> Result<Self, InvalidId> {
        Ok(Self {
            cache: Cache {
                kv: FakeKv::default(),
                blob: FakeBlob::default(),
                operator: FakeOperator::default(),
            },
            id: ShopId::parse("magic-wands")?,
            shopper: ShopperId::parse("abc123")?,
        })
    }

    fn store_page(&self, html: &str, metadata: PageMetadata) -> Result<Stored, Error> {
        let content = Bytes::new(html.as_bytes());
        let page = NewPage { content, plan: format!("{{\"title\":\"{html}\"}}"), metadata };
        self.cache.store(&self.id, &self.shopper, &page)
    }

    fn lookup(&self, now_ms: u64) -> Result<Cached<Bytes>, Error> {
        self.cache.lookup(&self.id, &self.shopper, now_ms)
    }

    /// The result of a lookup, and the served document.
    fn served(&self, now_ms: u64) -> (&'static str, String) {
        match self.lookup(now_ms).unwrap() {
            Cached::Fresh(page) => ("fresh", document(&page)),
            Cached::Stale(page, Staleness::CatalogChanged) => ("catalog changed", document(&page)),
            Cached::Stale(page, Staleness::Expired) => ("expired", document(&page)),
            Cached::Miss => ("miss", String::new()),
            Cached::Closed => ("closed", String::new()),
        }
    }

    fn clear_short_term(&self) {
        self.cache.kv.entries.borrow_mut().remove(KEY);
    }

    fn kv_calls(&self) -> Vec<String> {
        self.cache.kv.calls.take()
    }

    fn warnings(&self) -> Vec<String> {
        let events = self.cache.operator.events.take();
        events.into_iter().filter(|(level, _)| *level == Level::Warn).map(|(_, message)| message).collect()
    }
}

fn document(page: &Page<Bytes>) -> String {
    std::str::from_utf8(&page.content.0).unwrap().to_owned()
}

fn metadata() -> PageMetadata {
    PageMetadata {
        persona: Persona::Dealhunter,
        confidence: 80,
        source: Source::Local,
        job: "job-1".to_owned().try_into().unwrap(),
        planned_ms: 100,
        fresh_until_ms: 1000,
        catalog_version: 0,
        changes_ms: None,
        exclusions: 0,
        fragment: Fragment { offset: 1, size: 3 },
    }
}

/// Returns the part of the content that is the fragment by its metadata.
fn fragment(page: &Page<Bytes>) -> &str {
    let Fragment { offset, size } = page.metadata.fragment;
    std::str::from_utf8(&page.content.0[offset as usize..][..size as usize]).unwrap()
}

fn is<T>(state: &'static str, html: T) -> (&'static str, String)
where
    T: Into<String>,
{
    (state, html.into())
}

#[test]
fn a_fresh_page_costs_two_reads_of_short_term_storage() {
    let shop = Shop::open().unwrap();
    shop.store_page("hello", metadata()).unwrap();
    shop.kv_calls();
    shop.cache.blob.calls.take();

    assert_eq!(shop.served(200), is("fresh", "hello"));
    assert_eq!(shop.kv_calls(), [format!("get {KEY}"), format!("get {VERSION}")]);
    assert!(shop.cache.blob.calls.take().is_empty());
}

#[test]
fn a_page_comes_with_its_metadata() {
    let shop = Shop::open().unwrap();
    shop.store_page("hello", metadata()).unwrap();
    let Cached::Fresh(page) = shop.lookup(200).unwrap() else { panic!("not fresh") };
    assert_eq!(fragment(&page), "ell");
    assert_eq!(PageMetadata { fragment: metadata().fragment, ..page.metadata }, metadata());
}

#[test]
fn nothing_anywhere_is_a_miss() {
    let shop = Shop::open().unwrap();
    assert_eq!(shop.served(0), is("miss", ""));
    assert!(shop.warnings().is_empty());
}

#[test]
fn a_page_goes_stale_by_time_and_by_catalog() {
    let shop = Shop::open().unwrap();
    shop.store_page("hello", metadata()).unwrap();
    assert_eq!(shop.cache.bump_catalog_version(&shop.id, NOW_MS), Ok(1));
    assert_eq!(shop.served(999), is("catalog changed", "hello"));
    assert_eq!(shop.served(1000), is("expired", "hello"));

    shop.store_page("hello again", PageMetadata { catalog_version: 1, ..metadata() }).unwrap();
    assert_eq!(shop.served(999), is("fresh", "hello again"));
}

#[test]
fn a_page_of_the_original_deployment_is_served_as_expired() {
    let shop = Shop::open().unwrap();
    shop.cache.kv.write(KEY.into(), Bytes::new(b"<!doctype html>old"), None);
    let Cached::Stale(page, Staleness::Expired) = shop.lookup(0).unwrap() else { panic!("not expired") };
    assert_eq!((document(&page).as_str(), page.metadata), ("<!doctype html>old", PageMetadata::unknown()));
}

#[test]
fn long_term_storage_refills_short_term_with_the_same_bytes() {
    let shop = Shop::open().unwrap();
    shop.store_page("hello", metadata()).unwrap();
    shop.clear_short_term();

    assert_eq!(shop.served(200), is("fresh", "hello"));
    {
        let entries = shop.cache.kv.entries.borrow();
        assert_eq!(entries[KEY].value, shop.cache.blob.objects.borrow()[PAGE]);
        assert_eq!(entries[KEY].ttl_seconds, Some(FakeOperator::TTL_SECONDS));
    }
    shop.cache.blob.faults.set(Faults::ALL);
    assert_eq!(shop.served(200), is("fresh", "hello"));
}

#[test]
fn a_refill_does_not_replace_a_newer_page() {
    let shop = Shop::open().unwrap();
    shop.store_page("older", metadata()).unwrap();
    shop.clear_short_term();
    let newer = Bytes::new(b"newer").behind(&encode_head(&metadata()));
    shop.cache.kv.rivals.borrow_mut().push_back((KEY.into(), newer));

    assert_eq!(shop.served(200), is("fresh", "older"));
    assert_eq!(shop.served(200), is("fresh", "newer"));
}

#[test]
fn a_refill_that_fails_is_only_a_warning() {
    let shop = Shop::open().unwrap();
    shop.store_page("hello", metadata()).unwrap();
    shop.clear_short_term();
    shop.cache.kv.faults.set(&["swap"]);
    assert_eq!(shop.served(200), is("fresh", "hello"));
    assert_eq!(shop.warnings(), ["cannot copy a page to short-term storage"]);
}

#[test]
fn without_short_term_storage_long_term_answers() {
    let shop = Shop::open().unwrap();
    shop.store_page("hello", metadata()).unwrap();
    shop.cache.kv.faults.set(Faults::ALL);
    shop.kv_calls();

    assert_eq!(shop.served(200), is("fresh", "hello"));
    assert_eq!(shop.kv_calls(), [format!("get {KEY}"), format!("get {VERSION}")]);
    assert_eq!(
        shop.warnings(),
        ["cannot read a page from short-term storage", "cannot read the catalog version"]
    );
}

#[test]
fn without_any_storage_the_cache_is_unavailable() {
    let shop = Shop::open().unwrap();
    shop.cache.kv.faults.set(Faults::ALL);
    shop.cache.blob.faults.set(Faults::ALL);
    assert_eq!(shop.lookup(0).unwrap_err(), Error::Unavailable("get is down".into()));
}

#[test]
fn a_plan_is_kept_beside_its_page() {
    let shop = Shop::open().unwrap();
    assert_eq!(shop.cache.plan(&shop.id, &shop.shopper), Ok(None));
    shop.store_page("hello", metadata()).unwrap();
    let plan = StoredPlan { json: "{\"title\":\"hello\"}".into(), metadata: metadata() };
    assert_eq!(shop.cache.plan(&shop.id, &shop.shopper), Ok(Some(plan)));
}

#[test]
fn the_plan_is_written_before_the_page_and_long_term_before_short_term() {
    let shop = Shop::open().unwrap();
    shop.store_page("hello", metadata()).unwrap();
    assert_eq!(
        shop.cache.blob.calls.take(),
        [format!("get {PLAN}"), format!("put {PLAN}"), format!("put {PAGE}")]
    );

    shop.cache.blob.faults.set(&["put"]);
    shop.kv_calls();
    assert_eq!(shop.store_page("hello", metadata()), Err(Error::Unavailable("put is down".into())));
    assert_eq!(shop.kv_calls(), [format!("get {VERSION}"), "get forgotten:magic-wands:abc123".into()]);
}

#[test]
fn a_page_that_short_term_storage_refuses_is_kept_and_not_hidden_by_an_older_one() {
    let shop = Shop::open().unwrap();
    shop.store_page("older", metadata()).unwrap();
    shop.cache.kv.faults.set(&["set"]);
    assert_eq!(shop.store_page("newer", metadata()), Ok(Stored::Written));
    assert_eq!(shop.warnings(), ["cannot write a page to short-term storage"]);
    assert_eq!(shop.served(200), is("fresh", "newer"));
}

#[test]
fn a_late_worker_does_not_overwrite_a_newer_page() {
    let shop = Shop::open().unwrap();
    shop.store_page("newer", PageMetadata { planned_ms: 101, ..metadata() }).unwrap();
    assert_eq!(shop.store_page("late", metadata()), Ok(Stored::Outdated));
    assert_eq!(shop.served(200), is("fresh", "newer"));
}

#[test]
fn a_plan_that_cannot_be_read_does_not_stand_in_the_way() {
    let shop = Shop::open().unwrap();
    shop.cache.blob.objects.borrow_mut().insert(PLAN.into(), Bytes::new(b"garbage"));
    assert_eq!(shop.cache.plan(&shop.id, &shop.shopper), Ok(None));
    assert_eq!(shop.warnings(), ["ignored an object that is not a valid plan"]);
    assert_eq!(shop.store_page("hello", metadata()), Ok(Stored::Written));
}

#[test]
fn a_plan_that_is_no_json_is_refused_before_anything_is_written() {
    let shop = Shop::open().unwrap();
    let page = NewPage { content: Bytes::new(b"hello"), plan: "{".into(), metadata: metadata() };
    let result = shop.cache.store(&shop.id, &shop.shopper, &page);
    assert_eq!(result, Err(Error::Plan(InvalidPlan::NotJson)));
    assert!(shop.cache.blob.calls.take().is_empty());
}

#[test]
fn a_catalog_that_never_changed_is_at_version_0() {
    let shop = Shop::open().unwrap();
    assert_eq!(shop.cache.catalog_version(&shop.id, NOW_MS), Ok(0));
    assert_eq!(shop.cache.bump_catalog_version(&shop.id, NOW_MS), Ok(1));
    let later_ms = NOW_MS + BUMP_INTERVAL_MS;
    assert_eq!(shop.cache.bump_catalog_version(&shop.id, later_ms), Ok(2));
    assert_eq!(shop.cache.catalog_version(&shop.id, later_ms), Ok(2));
    let entries = shop.cache.kv.entries.borrow();
    let written = std::str::from_utf8(&entries[VERSION].value.0).unwrap();
    assert_eq!((written, entries[VERSION].ttl_seconds), ("2 moved=1900", None));
}

#[test]
fn changes_that_follow_each_other_closely_are_one_move_and_one_write() {
    let shop = Shop::open().unwrap();
    shop.store_page("hello", PageMetadata { catalog_version: 1, fresh_until_ms: 90_000, ..metadata() })
        .unwrap();
    for change in 0..200 {
        assert_eq!(shop.cache.products_changed(&shop.id, NOW_MS + change), Ok(()));
        assert_eq!(shop.cache.catalog_version(&shop.id, NOW_MS + change), Ok(1));
    }
    let writes = shop.kv_calls().iter().filter(|call| *call == &format!("swap {VERSION}")).count();
    assert_eq!(writes, 2, "the first change, and the move that is due");
    assert_eq!(shop.served(NOW_MS + BUMP_INTERVAL_MS - 1), is("fresh", "hello"));
    assert_eq!(shop.served(NOW_MS + BUMP_INTERVAL_MS), is("catalog changed", "hello"));
    assert_eq!(shop.cache.catalog_version(&shop.id, NOW_MS + BUMP_INTERVAL_MS), Ok(2));
}

#[test]
fn a_catalog_version_that_is_bumped_by_hand_is_bumped_at_once_however_often() {
    let shop = Shop::open().unwrap();
    shop.cache.products_changed(&shop.id, NOW_MS).unwrap();
    shop.cache.products_changed(&shop.id, NOW_MS + 1).unwrap();
    for version in [2, 3] {
        assert_eq!(shop.cache.bump_catalog_version(&shop.id, NOW_MS + 2), Ok(version));
    }
    assert_eq!(
        shop.cache.catalog_version(&shop.id, NOW_MS + BUMP_INTERVAL_MS),
        Ok(3),
        "it covers what was due"
    );
}

#[test]
fn racing_bumps_all_count() {
    let shop = Shop::open().unwrap();
    for version in ["1", "2"] {
        shop.cache.kv.rivals.borrow_mut().push_back((VERSION.into(), Bytes::new(version.as_bytes())));
    }
    assert_eq!(shop.cache.bump_catalog_version(&shop.id, NOW_MS), Ok(3));
}

#[test]
fn a_write_gives_up_after_repeated_conflicts() {
    let shop = Shop::open().unwrap();
    for version in 1..=SWAPS_MAX {
        let value = Bytes::new(version.to_string().as_bytes());
        shop.cache.kv.rivals.borrow_mut().push_back((VERSION.into(), value));
    }
    let given_up = "shop record: gave up after 8 write conflicts";
    assert_eq!(shop.cache.bump_catalog_version(&shop.id, NOW_MS), Err(Error::Unavailable(given_up.into())));
    assert_eq!(shop.cache.catalog_version(&shop.id, NOW_MS), Ok(u64::from(SWAPS_MAX)));
}

#[test]
fn an_invalid_version_is_replaced_by_the_next_bump() {
    let shop = Shop::open().unwrap();
    shop.cache.kv.write(VERSION.into(), Bytes::new(b"\xff not a number"), None);
    assert_eq!(shop.cache.catalog_version(&shop.id, NOW_MS), Ok(0));
    assert_eq!(shop.cache.bump_catalog_version(&shop.id, NOW_MS), Ok(1));
}

#[test]
fn a_purge_deletes_page_and_plan() {
    let shop = Shop::open().unwrap();
    shop.store_page("hello", metadata()).unwrap();
    assert_eq!(shop.cache.purge(&shop.id, &shop.shopper), Ok(()));
    assert_eq!(shop.served(200), is("miss", ""));
    assert_eq!(shop.cache.plan(&shop.id, &shop.shopper), Ok(None));
    assert_eq!(shop.cache.purge(&shop.id, &shop.shopper), Ok(()));
}

#[test]
fn a_purge_that_fails_in_part_tries_the_rest() {
    let shop = Shop::open().unwrap();
    shop.store_page("hello", metadata()).unwrap();
    shop.cache.blob.faults.set(&["delete"]);
    assert_eq!(shop.cache.purge(&shop.id, &shop.shopper), Err(Error::Unavailable("delete is down".into())));
    assert!(shop.cache.kv.entries.borrow().is_empty());
    assert_eq!(
        shop.cache.blob.calls.take().split_off(3),
        [format!("delete {PLAN}"), format!("delete {PAGE}")]
    );
}

#[test]
fn a_closed_shop_serves_and_stores_nothing() {
    let shop = Shop::open().unwrap();
    shop.store_page("hello", metadata()).unwrap();
    assert_eq!(shop.cache.close(&shop.id, None), Ok(()));
    assert_eq!(shop.served(200), is("closed", ""));
    assert_eq!(shop.cache.plan(&shop.id, &shop.shopper), Ok(None));
    shop.cache.blob.calls.take();
    assert_eq!(shop.store_page("newer", metadata()), Ok(Stored::Dropped));
    assert!(shop.cache.blob.calls.take().is_empty());

    shop.clear_short_term();
    assert_eq!((shop.served(200), shop.served(1000)), (is("closed", ""), is("closed", "")));
}

#[test]
fn another_shop_stays_open() {
    let shop = Shop::open().unwrap();
    shop.store_page("hello", metadata()).unwrap();
    shop.cache.close(&ShopId::parse("magic-wands.myshopify.com").unwrap(), None).unwrap();
    assert_eq!(shop.served(200), is("fresh", "hello"));
}

#[test]
fn a_closed_shop_stays_closed_when_its_catalog_moves() {
    let shop = Shop::open().unwrap();
    shop.cache.close(&shop.id, None).unwrap();
    assert_eq!(shop.cache.bump_catalog_version(&shop.id, NOW_MS), Ok(1));
    assert_eq!(shop.served(0), is("closed", ""));
    assert_eq!(shop.cache.close(&shop.id, None), Ok(()));
    assert_eq!(shop.cache.catalog_version(&shop.id, NOW_MS), Ok(1));
}

#[test]
fn the_pages_of_a_shop_that_is_open_again_are_stale() {
    let shop = Shop::open().unwrap();
    shop.store_page("hello", metadata()).unwrap();
    shop.cache.close(&shop.id, None).unwrap();
    assert_eq!(shop.cache.reopen(&shop.id, NOW_MS), Ok(()));
    assert_eq!(shop.served(200), is("catalog changed", "hello"));
    assert_eq!(shop.cache.reopen(&shop.id, NOW_MS), Ok(()));
    assert_eq!(shop.cache.catalog_version(&shop.id, NOW_MS), Ok(1));
}

#[test]
fn closing_is_one_write_and_loses_no_race() {
    let shop = Shop::open().unwrap();
    shop.cache.kv.rivals.borrow_mut().push_back((VERSION.into(), Bytes::new(b"7")));
    shop.kv_calls();
    assert_eq!(shop.cache.close(&shop.id, None), Ok(()));
    let (get, swap) = (format!("get {VERSION}"), format!("swap {VERSION}"));
    assert_eq!(shop.kv_calls(), [get.clone(), swap.clone(), get, swap]);
    assert_eq!(shop.cache.catalog_version(&shop.id, NOW_MS), Ok(7));
    assert_eq!(shop.served(0), is("closed", ""));
}

#[test]
fn a_page_written_while_its_shop_closes_is_removed() {
    let shop = Shop::open().unwrap();
    let closed = Bytes::new(b"00000000000000000000 closed");
    shop.cache.kv.afterwards.replace(Some((VERSION.into(), closed)));
    assert_eq!(shop.store_page("late", metadata()), Ok(Stored::Dropped));
    assert!(shop.cache.blob.objects.borrow().is_empty());
    assert_eq!(shop.cache.kv.entries.borrow().keys().collect::<Vec<_>>(), [VERSION]);
}

#[test]
fn without_the_shop_record_a_page_is_served_and_none_is_stored() {
    let shop = Shop::open().unwrap();
    shop.store_page("hello", metadata()).unwrap();
    shop.cache.kv.faults.set(&["get"]);
    assert_eq!(shop.served(200), is("fresh", "hello"));
    let down = Error::Unavailable("get is down".into());
    assert_eq!(shop.store_page("newer", metadata()), Err(down.clone()));
    assert_eq!(shop.cache.plan(&shop.id, &shop.shopper), Err(down));
}

#[test]
fn a_page_deleted_during_a_refill_does_not_come_back() {
    let shop = Shop::open().unwrap();
    shop.store_page("hello", metadata()).unwrap();
    shop.clear_short_term();
    shop.cache.blob.deleted_by_read.replace(Some(PAGE.into()));
    assert_eq!(shop.served(200), is("fresh", "hello"));
    assert_eq!(shop.served(200), is("miss", ""));
}

#[derive(Debug, Clone)]
enum Step {
    Store { planned_ms: u64 },
    Lookup,
    ClearShortTerm,
    BreakShortTerm(&'static [&'static str]),
    Purge,
}

fn any_step() -> impl Strategy<Value = Step> {
    let faults: Vec<&[&str]> = vec![&[], &["get"], &["set"], &["swap"], &["get", "set", "swap"]];
    prop_oneof![
        (0..20u64).prop_map(|planned_ms| Step::Store { planned_ms }),
        Just(Step::Lookup),
        Just(Step::ClearShortTerm),
        prop::sample::select(faults).prop_map(Step::BreakShortTerm),
        Just(Step::Purge),
    ]
}

proptest! {
    /// Short-term storage may fail to read and write, but not to delete. Then a lookup returns the page that was
    /// last written, and its plan is never older than the one before. If short-term storage cannot be read, nothing
    /// is written, because it is unknown whether the shop is closed.
    #[test]
    fn a_lookup_returns_the_last_write(steps in prop::collection::vec(any_step(), 1..40)) {
        let shop = Shop::open().unwrap();
        let mut kept: Option<(u64, String)> = None;
        let mut unread = false;
        for (number, step) in steps.into_iter().enumerate() {
            match step {
                Step::Store { planned_ms } => {
                    let html = format!("page {number}");
                    let newer = kept.as_ref().is_none_or(|(stored_ms, _)| *stored_ms <= planned_ms);
                    let stored = shop.store_page(&html, PageMetadata { planned_ms, ..metadata() });
                    let expected = if newer { Stored::Written } else { Stored::Outdated };
                    prop_assert!(stored == Ok(expected) || (unread && stored.is_err()), "{:?}", stored);
                    if newer && !unread {
                        kept = Some((planned_ms, html));
                    }
                }
                Step::Lookup => {
                    let (_, html) = shop.served(0);
                    let expected = kept.as_ref().map_or("", |(_, html)| html);
                    prop_assert_eq!(html, expected);
                }
                Step::ClearShortTerm => shop.clear_short_term(),
                Step::BreakShortTerm(faults) => {
                    shop.cache.kv.faults.set(faults);
                    unread = faults.contains(&"get");
                }
                Step::Purge => {
                    shop.cache.purge(&shop.id, &shop.shopper).unwrap();
                    kept = None;
                }
            }
        }
    }
}
