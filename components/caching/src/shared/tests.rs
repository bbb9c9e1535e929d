use model::{Market, PageKind, Persona, Scope};

use super::*;
use crate::fakes::{FakeBlob, FakeKv, FakeOperator, Faults};

const NOW_MS: u64 = 1_700_000_000_000;

fn cache() -> Cache<FakeKv, FakeBlob, FakeOperator> {
    Cache { kv: FakeKv::default(), blob: FakeBlob::default(), operator: FakeOperator::default() }
}

fn shop() -> ShopId {
    ShopId::parse("magic-wands").unwrap()
}

fn segment() -> SegmentId {
    SegmentId::of(PageKind::Home, Persona::Explorer, &Market::default(), 7)
}

fn job(id: &str) -> JobId {
    id.to_owned().try_into().unwrap()
}

fn plan() -> SharedPlan {
    SharedPlan { json: r#"{ "blocks" : [1.0] }"#.to_owned(), fresh_until_ms: NOW_MS + 5_000 }
}

#[test]
fn a_plan_comes_back_to_the_byte_and_is_kept_while_the_next_one_is_made() {
    let cache = cache();
    assert_eq!(cache.shared_plan(&shop(), &segment()), Ok(None));
    cache.share_plan(&shop(), &segment(), &plan(), NOW_MS).unwrap();
    assert_eq!(cache.shared_plan(&shop(), &segment()), Ok(Some(plan())));
    let key = "plan:magic-wands:home_explorer_-_0000000000000007";
    assert_eq!(cache.kv.entries.borrow()[key].ttl_seconds, Some(3_605));
    let other = SegmentId::of(PageKind::Home, Persona::Loyalist, &Market::default(), 7);
    assert_eq!(cache.shared_plan(&shop(), &other), Ok(None));
}

#[test]
fn an_invalid_plan_is_neither_stored_nor_read() {
    let cache = cache();
    let share = |json: &str| {
        let plan = SharedPlan { json: json.to_owned(), ..plan() };
        cache.share_plan(&shop(), &segment(), &plan, NOW_MS)
    };
    assert_eq!(share("nonsense"), Err(Error::Plan(InvalidPlan::NotJson)));
    let long = format!("\"{}\"", "a".repeat(PLAN_BYTES_MAX as usize));
    assert_eq!(share(&long), Err(Error::Plan(InvalidPlan::TooLarge)));
    let key = Key::SharedPlan(&shop(), &segment()).to_string();
    cache.kv.write(key, Value::new(b"\xff{"), None);
    assert_eq!(cache.shared_plan(&shop(), &segment()), Ok(None));
    assert_eq!(cache.operator.events.borrow().len(), 1);
}

#[test]
fn one_job_plans_at_a_time_and_a_dead_one_blocks_nobody_longer_than_its_lease() {
    let cache = cache();
    let lease = |id: &str, at_ms| cache.lease_planning(&shop(), &segment(), &job(id), at_ms).unwrap();
    assert!(lease("job-1", NOW_MS));
    assert!(!lease("job-2", NOW_MS) && !lease("job-2", NOW_MS + PLANNING_MS - 1));
    assert!(lease("job-1", NOW_MS + 1), "its own next attempt");
    assert!(lease("job-2", NOW_MS + 1 + PLANNING_MS));
    assert!(!lease("job-1", NOW_MS + 2 + PLANNING_MS));
    assert!(lease("job-1", NOW_MS - 10 * PLANNING_MS), "a host with a wrong clock wrote it");
}

#[test]
fn a_lease_that_is_given_back_is_free_at_once_and_nobody_gives_back_anothers() {
    let cache = cache();
    let lease = |id: &str| cache.lease_planning(&shop(), &segment(), &job(id), NOW_MS).unwrap();
    let release = |id: &str| cache.release_planning(&shop(), &segment(), &job(id)).unwrap();
    release("job-1");
    assert!(lease("job-1"));
    release("job-2");
    assert!(!lease("job-2"));
    release("job-1");
    assert!(lease("job-2"));
}

#[test]
fn of_two_jobs_that_meet_one_has_the_lease() {
    let cache = cache();
    let key = Key::Planning(&shop(), &segment()).to_string();
    let theirs = Lease { job: "job-2", until_ms: NOW_MS + PLANNING_MS }.encode();
    cache.kv.rivals.borrow_mut().push_back((key, Value::new(theirs.as_bytes())));
    assert_eq!(cache.lease_planning(&shop(), &segment(), &job("job-1"), NOW_MS), Ok(false));
    assert_eq!(cache.lease_planning(&shop(), &segment(), &job("job-2"), NOW_MS), Ok(true));
}

#[test]
fn a_closed_shop_has_no_plans_even_if_it_is_closed_meanwhile() {
    let cache = cache();
    cache.share_plan(&shop(), &segment(), &plan(), NOW_MS).unwrap();
    cache.close(&shop(), None).unwrap();
    assert_eq!(cache.shared_plan(&shop(), &segment()), Ok(None));
    assert_eq!(cache.lease_planning(&shop(), &segment(), &job("job-1"), NOW_MS), Ok(false));
    cache.delete(Scope::Shop(&shop())).unwrap();
    cache.share_plan(&shop(), &segment(), &plan(), NOW_MS).unwrap();
    let keys = || cache.kv.entries.borrow().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(), ["catalog:magic-wands"]);

    cache.reopen(&shop(), NOW_MS).unwrap();
    let closed = ("catalog:magic-wands".to_owned(), Value::new(b"00000000000000000001 closed"));
    *cache.kv.afterwards.borrow_mut() = Some(closed);
    cache.share_plan(&shop(), &segment(), &plan(), NOW_MS).unwrap();
    assert_eq!(keys(), ["catalog:magic-wands"], "closed while it was stored");
}

#[test]
fn plans_and_leases_go_with_their_shop_and_with_no_shopper() {
    let cache = cache();
    let longer = ShopId::parse("magic-wands.evil").unwrap();
    for shop in [&shop(), &longer] {
        cache.share_plan(shop, &segment(), &plan(), NOW_MS).unwrap();
        cache.lease_planning(shop, &segment(), &job("job-1"), NOW_MS).unwrap();
    }
    let count = || cache.kv.entries.borrow().keys().filter(|key| key.starts_with("plan")).count();
    cache.delete(Scope::Shopper(&shop(), &model::ShopperId::parse("home_explorer").unwrap())).unwrap();
    assert_eq!(count(), 4);
    cache.delete(Scope::Shop(&shop())).unwrap();
    assert_eq!(count(), 2);
    assert!(cache.shared_plan(&longer, &segment()).unwrap().is_some());
}

#[test]
fn storage_that_does_not_answer_is_an_error_and_no_lease() {
    let cache = cache();
    cache.kv.faults.set(Faults::ALL);
    let lease = cache.lease_planning(&shop(), &segment(), &job("job-1"), NOW_MS);
    assert!(matches!(lease, Err(Error::Unavailable(_))));
    assert!(cache.shared_plan(&shop(), &segment()).is_err());
    assert!(cache.share_plan(&shop(), &segment(), &plan(), NOW_MS).is_err());
}
