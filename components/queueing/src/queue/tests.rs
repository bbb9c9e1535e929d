use model::jobs::{MaintenanceKind, Work};
use model::{Cause, EventId, Market, PageKind, Persona, Signals};

use super::*;
use crate::fakes::{DIED, FakeJobs, FakeKv, FakeOperator, Fault};
use crate::policy::Backoff;

const POOL: Pool = Pool {
    size: 3,
    depth_max: 2,
    attempts_max: 3,
    crashes_max: 10,
    lease_ms: 100,
    backoff: Backoff { first_ms: 1000, max_ms: 5000 },
};

type TestQueue = Queue<FakeJobs, FakeKv, FakeOperator>;

fn queue() -> TestQueue {
    Queue { jobs: FakeJobs::default(), kv: FakeKv::default(), operator: FakeOperator::default() }
}

fn request(shopper: &str) -> GenerationRequest {
    GenerationRequest {
        shop: ShopId::parse("magic-wands").unwrap(),
        shopper: ShopperId::parse(shopper).unwrap(),
        work: Work::Generate,
        signals: Signals { visits: 2, searches: vec!["willow".into()], ..Signals::default() },
        persona: Some(Persona::Loyalist),
        market: Market::of("DE", "").unwrap(),
        page: PageKind::Home,
    }
}

fn maintenance(cause: &str, kind: MaintenanceKind) -> MaintenanceTask {
    let (shop, cause) = (ShopId::parse("magic-wands").unwrap(), EventId::parse(cause).unwrap());
    MaintenanceTask { shop, cause, happened_ms: 0, kind }
}

fn redact(customer: &str) -> MaintenanceKind {
    MaintenanceKind::RedactCustomer(customer.to_owned().try_into().unwrap())
}

fn enqueue_maintenance(queue: &TestQueue, cause: &str) -> Enqueued {
    queue.enqueue_maintenance(&maintenance(cause, redact("7041")), POOL, 0).unwrap()
}

/// Enqueues a generation request and claims its job.
fn job_under_way(queue: &TestQueue) -> Job {
    assert!(matches!(queue.enqueue(request("abc123"), POOL, 0), Ok(Enqueued::Accepted(_))));
    claim_any(queue, 0).expect("a job was enqueued")
}

fn claim_any(queue: &TestQueue, now_ms: u64) -> Option<Job> {
    (0..POOL.size).find_map(|index| match queue.claim(&member_name(index), POOL, now_ms).unwrap() {
        Claimed::Job(job) => Some(*job),
        Claimed::Idle(_) => None,
    })
}

fn complete(queue: &TestQueue, job: &Job, outcome: &Outcome, now_ms: u64) -> bool {
    queue.complete(&job.lease, outcome, POOL, now_ms, 0).unwrap()
}

fn because(reason: &str) -> Trouble {
    Trouble { cause: Some(Cause::Rate), reason: reason.into() }
}

fn retry(after_ms: Option<u64>) -> Outcome {
    Outcome::Retry { after_ms, trouble: because("asked too often") }
}

fn state(queue: &TestQueue) -> Option<State> {
    let GenerationRequest { shop, shopper, .. } = request("abc123");
    queue.status(&shop, &shopper, POOL).unwrap()
}

/// Returns the reason and completion of each record.
fn records(queue: &TestQueue, now_ms: u64) -> Vec<(String, String)> {
    let errors = queue.errors(10, now_ms).unwrap();
    errors.into_iter().map(|record| (record.reason, record.ending.name().to_owned())).collect()
}

#[test]
fn a_request_is_claimed_as_it_was_enqueued() {
    let queue = queue();
    let job = job_under_way(&queue);
    assert_eq!((job.attempt, job.last, job.crashed), (1, false, false));
    assert_eq!(job.task, Task::Page(request("abc123")));
}

#[test]
fn a_shopper_has_one_live_job() {
    let queue = queue();
    let Enqueued::Accepted(id) = queue.enqueue(request("abc123"), POOL, 0).unwrap() else {
        panic!("refused")
    };
    assert_eq!(queue.enqueue(request("abc123"), POOL, 1), Ok(Enqueued::Live(id)));
}

#[test]
fn a_full_member_fails_over_until_all_are_full() {
    let queue = queue();
    for shopper in 0..POOL.size * POOL.depth_max {
        let enqueued = queue.enqueue(request(&format!("shopper-{shopper}")), POOL, 0);
        assert!(matches!(enqueued, Ok(Enqueued::Accepted(_))), "{enqueued:?}");
    }
    assert_eq!(queue.enqueue(request("one-too-many"), POOL, 0), Ok(Enqueued::Full));
    for member in queue.members(POOL).unwrap() {
        assert_eq!(member.depth, QueueStats { queued: 2, running: 0, dead: 0, oldest_ms: Some(0) });
    }
}

#[test]
fn the_preferred_member_gets_the_job_and_whoever_is_free_works_on_it() {
    let queue = queue();
    queue.enqueue(request("abc123"), POOL, 0).unwrap();
    let home = rotation("magic-wands:abc123", POOL.size).next().unwrap();
    assert_eq!(queue.members(POOL).unwrap()[home as usize].depth.queued, 1);
    let other = member_name((home + 1) % POOL.size);
    assert!(matches!(queue.claim(&other, POOL, 0), Ok(Claimed::Job(_))));
    assert_eq!(queue.members(POOL).unwrap()[home as usize].depth.running, 1);
}

#[test]
fn jobs_of_a_removed_member_are_claimed_by_the_others() {
    let queue = queue();
    let large = Pool { size: 30, ..POOL };
    for shopper in 0..20 {
        queue.enqueue(request(&format!("shopper-{shopper}")), large, 0).unwrap();
    }
    let small = Pool { size: 1, ..POOL };
    let claimed = std::iter::from_fn(|| match queue.claim("pool-0", small, 0).unwrap() {
        Claimed::Job(job) => Some(job.lease.id),
        Claimed::Idle(_) => None,
    });
    assert!(claimed.is_sorted_by(|one, next| one < next), "in the order in which they were enqueued");
    assert_eq!(queue.jobs.rows.borrow().values().filter(|row| row.state == State::Running).count(), 20);
}

#[test]
fn an_empty_pool_is_full() {
    assert_eq!(queue().enqueue(request("abc123"), Pool { size: 0, ..POOL }, 0), Ok(Enqueued::Full));
}

#[test]
fn a_member_that_the_pool_does_not_have_is_refused() {
    for name in ["", "pool-", "pool-3", "pool-01", "pool-+1", "pool--1", "pool-0 ", "queue-0"] {
        assert_eq!(queue().claim(name, POOL, 0), Err(Error::NoSuchMember), "{name}");
    }
}

#[test]
fn an_empty_member_is_idle_and_a_busy_one_until_its_lease_runs_out() {
    let queue = queue();
    let member = member_name(rotation("magic-wands:abc123", POOL.size).next().unwrap());
    assert_eq!(queue.claim(&member, POOL, 0), Ok(Claimed::Idle(None)));
    job_under_way(&queue);
    assert_eq!(queue.claim(&member, POOL, 50), Ok(Claimed::Idle(Some(100))));
}

#[test]
fn a_job_goes_from_queued_to_done() {
    let queue = queue();
    assert_eq!(state(&queue), None);
    queue.enqueue(request("abc123"), POOL, 0).unwrap();
    assert_eq!(state(&queue), Some(State::Queued));
    let job = claim_any(&queue, 0).unwrap();
    assert_eq!(state(&queue), Some(State::Running));
    assert!(complete(&queue, &job, &Outcome::Done(None), 10));
    assert_eq!(state(&queue), Some(State::Done));
    assert!(records(&queue, 10).is_empty());
    assert!(matches!(queue.enqueue(request("abc123"), POOL, 20), Ok(Enqueued::Accepted(_))));
}

#[test]
fn a_note_on_a_done_job_is_recorded() {
    let queue = queue();
    let job = job_under_way(&queue);
    assert!(complete(&queue, &job, &Outcome::Done(Some(because("planned locally"))), 10));
    assert_eq!(records(&queue, 10), [("planned locally".into(), "done".into())]);
    assert_eq!(queue.kv.ttls_seconds.take(), [604_800; 2], "the record, and that the shop has it");
    assert_eq!(queue.errors(1, 10).unwrap()[0].cause, Some(Cause::Rate));
    assert_eq!(queue.jobs.rows.borrow()[&job.lease.id].reason.as_deref(), Some("rate: planned locally"));
}

#[test]
fn a_retry_pauses_and_longer_if_a_server_asked_for_it() {
    let queue = queue();
    let job = job_under_way(&queue);
    assert!(complete(&queue, &job, &retry(None), 10));
    assert_eq!(state(&queue), Some(State::Queued));
    assert_eq!(claim_any(&queue, 509), None);

    let job = claim_any(&queue, 510).unwrap();
    assert_eq!((job.attempt, job.last), (2, false));
    assert!(complete(&queue, &job, &retry(Some(90_000)), 520));
    assert_eq!(claim_any(&queue, 90_519), None);
    assert!(claim_any(&queue, 90_520).unwrap().last);
    let record = ("asked too often".to_owned(), "retry".to_owned());
    assert_eq!(records(&queue, 90_520), [record.clone(), record]);
}

#[test]
fn a_pause_without_end_does_not_overflow() {
    let queue = queue();
    let job = job_under_way(&queue);
    assert!(complete(&queue, &job, &retry(Some(u64::MAX)), 10));
    assert_eq!(claim_any(&queue, u64::MAX - 1), None);
}

#[test]
fn a_retry_after_the_last_attempt_is_death() {
    let queue = queue();
    let job = job_under_way(&queue);
    let once = Pool { attempts_max: 1, ..POOL };
    assert_eq!(queue.complete(&job.lease, &retry(None), once, 10, 0), Ok(true));
    assert_eq!(state(&queue), Some(State::Dead));
    assert_eq!(records(&queue, 10), [("asked too often".into(), "dead".into())]);
}

#[test]
fn repeating_a_completion_whose_answer_was_lost_changes_nothing() {
    let queue = queue();
    let job = job_under_way(&queue);
    queue.jobs.fault.set(Fault::Unanswered);
    let noted = Outcome::Done(Some(because("planned locally")));
    assert!(queue.complete(&job.lease, &noted, POOL, 10, 0).is_err());
    queue.jobs.fault.set(Fault::None);
    assert!(complete(&queue, &job, &noted, 20));
    assert_eq!(state(&queue), Some(State::Done));
    assert_eq!(queue.jobs.rows.borrow()[&job.lease.id].reason.as_deref(), Some("rate: planned locally"));
}

#[test]
fn a_failed_job_is_dead_at_once() {
    let queue = queue();
    let job = job_under_way(&queue);
    assert!(complete(&queue, &job, &Outcome::Failed("no such store".into()), 10));
    assert_eq!(state(&queue), Some(State::Dead));
    assert_eq!(records(&queue, 10), [("no such store".into(), "dead".into())]);
}

#[test]
fn expired_lease_is_claimed_again_and_the_late_worker_changes_nothing() {
    let queue = queue();
    let late = job_under_way(&queue);
    let job = claim_any(&queue, 100).unwrap();
    assert_eq!((job.attempt, &job.lease.id), (1, &late.lease.id), "the job did nothing");

    assert!(!complete(&queue, &late, &Outcome::Failed("too late".into()), 110));
    assert_eq!(queue.extend_lease(&late.lease, POOL, 110), Ok(false));
    assert!(records(&queue, 110).is_empty());
    assert!(complete(&queue, &job, &Outcome::Done(None), 120));
    assert!(complete(&queue, &job, &Outcome::Done(None), 130), "it is repeated");
    assert!(!complete(&queue, &job, &Outcome::Postponed(1), 140));
}

#[test]
fn an_extended_lease_does_not_expire() {
    let queue = queue();
    let job = job_under_way(&queue);
    assert_eq!(queue.extend_lease(&job.lease, POOL, 90), Ok(true));
    assert_eq!(claim_any(&queue, 189), None);
    assert!(claim_any(&queue, 190).is_some());
}

#[test]
fn a_job_whose_process_dies_every_time_is_buried_after_ten() {
    let queue = queue();
    job_under_way(&queue);
    for crash in 1..10 {
        let job = claim_any(&queue, crash * 100).unwrap();
        assert_eq!((job.attempt, job.last, job.crashed), (1, false, true));
    }
    assert_eq!(claim_any(&queue, 1000), None);
    assert_eq!(state(&queue), Some(State::Dead));
    let reason = "its process died 10 times in a row while it ran";
    assert_eq!(records(&queue, 1000), [(reason.into(), "dead".into())]);
    assert_eq!(queue.errors(1, 1000).unwrap()[0].shop, "magic-wands");
}

#[test]
fn crashes_between_attempts_cost_no_attempt() {
    let queue = queue();
    let mut job = job_under_way(&queue);
    for attempt in 1..=3 {
        for _ in 0..5 {
            queue.jobs.release(DIED, 0);
            job = claim_any(&queue, 0).unwrap();
            assert_eq!((job.attempt, job.last, job.crashed), (attempt, attempt == 3, true));
        }
        assert!(complete(&queue, &job, &retry(None), 0));
        if attempt < 3 {
            job = claim_any(&queue, 100_000 * u64::from(attempt)).unwrap();
            assert!(!job.crashed, "that attempt is over");
        }
    }
    assert_eq!(state(&queue), Some(State::Dead), "it was tried three times");
}

#[test]
fn a_postponed_job_returns_with_all_attempts_and_no_error_record() {
    let queue = queue();
    let mut job = job_under_way(&queue);
    for time in 1..=20 {
        let now_ms = time * 1_000;
        assert!(complete(&queue, &job, &Outcome::Postponed(700), now_ms));
        assert_eq!(claim_any(&queue, now_ms + 699), None);
        job = claim_any(&queue, now_ms + 700).unwrap();
        assert_eq!((job.attempt, job.last), (1, false));
    }
    assert_eq!(records(&queue, 30_000), []);
    let (once, outcome) = (Pool { attempts_max: 1, ..POOL }, Outcome::Postponed(1));
    let ours = queue.complete(&job.lease, &outcome, once, 30_000, 0);
    assert_eq!(ours, Ok(true), "the last attempt was not made either");
    assert_eq!(state(&queue), Some(State::Queued));
}

#[test]
fn a_payload_that_is_no_request_is_buried_and_the_next_job_claimed() {
    let queue = queue();
    let enqueue = |key: &str, payload: Vec<u8>| {
        let queues = vec![member_name(0)];
        let job = NewJob { queues, queue_depth_max: 9, key: key.into(), payload, now_ms: 0 };
        queue.jobs.enqueue(job).unwrap();
    };
    enqueue("a", b"\xff".to_vec());
    enqueue("b", generation_request::encode(request("abc123")));
    let Ok(Claimed::Job(job)) = queue.claim("pool-0", POOL, 0) else { panic!("no job") };
    assert_eq!(job.task, Task::Page(request("abc123")));
    let errors = queue.errors(10, 0).unwrap();
    assert_eq!((errors.len(), errors[0].ending, &*errors[0].shop), (1, Ending::Dead, ""));
    assert!(errors[0].reason.starts_with("invalid task"), "{}", errors[0].reason);
}

#[test]
fn a_claim_buries_a_bounded_number_of_jobs() {
    let queue = queue();
    for number in 0..=BURIALS_MAX {
        let (queues, key) = (vec![member_name(0)], number.to_string());
        queue.jobs.enqueue(NewJob { queues, queue_depth_max: 99, key, payload: vec![], now_ms: 0 }).unwrap();
    }
    assert_eq!(queue.claim("pool-0", POOL, 7), Ok(Claimed::Idle(Some(7))));
    assert_eq!(queue.claim("pool-0", POOL, 7), Ok(Claimed::Idle(None)));
}

#[test]
fn a_failed_error_record_is_logged() {
    let queue = queue();
    let job = job_under_way(&queue);
    queue.kv.fault.set(Fault::Lost);
    assert!(complete(&queue, &job, &Outcome::Failed("no such store".into()), 10));
    assert_eq!(queue.operator.warnings.take(), ["cannot record why a job failed"]);
}

#[test]
fn without_storage_the_queue_is_unavailable() {
    let queue = queue();
    let job = job_under_way(&queue);
    queue.jobs.fault.set(Fault::Lost);
    queue.kv.fault.set(Fault::Lost);
    let down = Error::Storage(Failure::Unavailable("down".into()));
    assert_eq!(queue.enqueue(request("other"), POOL, 0), Err(down.clone()));
    assert_eq!(queue.claim("pool-0", POOL, 0), Err(down.clone()));
    assert_eq!(queue.complete(&job.lease, &Outcome::Done(None), POOL, 0, 0), Err(down.clone()));
    assert_eq!(queue.members(POOL), Err(down.clone()));
    assert_eq!(queue.errors(1, 0), Err(down));
}

#[test]
fn a_maintenance_task_is_claimed_as_it_was_enqueued_and_completed_like_a_page() {
    let queue = queue();
    assert!(matches!(enqueue_maintenance(&queue, "event-1"), Enqueued::Accepted(_)));
    let job = claim_any(&queue, 0).unwrap();
    assert_eq!((job.attempt, job.last), (1, false));
    assert_eq!(job.task, Task::Maintenance(maintenance("event-1", redact("7041"))));
    assert!(complete(&queue, &job, &Outcome::Done(Some(because("it took a while"))), 10));
    assert_eq!(claim_any(&queue, u64::MAX), None);
    assert_eq!(records(&queue, 10), [("it took a while".into(), "done".into())]);
}

#[test]
fn a_webhook_that_comes_again_finds_its_maintenance_task_also_when_that_is_over() {
    let queue = queue();
    let Enqueued::Accepted(id) = enqueue_maintenance(&queue, "event-1") else { panic!("refused") };
    assert_eq!(enqueue_maintenance(&queue, "event-1"), Enqueued::Live(id.clone()));
    let job = claim_any(&queue, 0).unwrap();
    assert_eq!(enqueue_maintenance(&queue, "event-1"), Enqueued::Live(id.clone()));
    assert!(complete(&queue, &job, &Outcome::Done(None), 10));
    assert_eq!(enqueue_maintenance(&queue, "event-1"), Enqueued::Live(id));
    assert_eq!(claim_any(&queue, 10), None);
    assert!(matches!(enqueue_maintenance(&queue, "event-2"), Enqueued::Accepted(_)));
}

#[test]
fn a_dead_maintenance_task_is_accepted_again() {
    let queue = queue();
    enqueue_maintenance(&queue, "event-1");
    let job = claim_any(&queue, 0).unwrap();
    assert!(complete(&queue, &job, &Outcome::Failed("broken".into()), 10));
    assert!(matches!(enqueue_maintenance(&queue, "event-1"), Enqueued::Accepted(_)));
    assert_eq!(claim_any(&queue, 10).unwrap().attempt, 1);
}

#[test]
fn no_pool_is_too_full_or_too_small_for_a_maintenance_task() {
    let queue = queue();
    for shopper in 0..POOL.size * POOL.depth_max {
        queue.enqueue(request(&format!("shopper-{shopper}")), POOL, 0).unwrap();
    }
    for number in 0..20 {
        assert!(matches!(enqueue_maintenance(&queue, &format!("event-{number}")), Enqueued::Accepted(_)));
    }
    let nobody = Pool { size: 0, ..POOL };
    let enqueued =
        queue.enqueue_maintenance(&maintenance("event-20", MaintenanceKind::RedactShop), nobody, 0);
    assert!(matches!(enqueued, Ok(Enqueued::Accepted(_))), "{enqueued:?}");
}

#[test]
fn a_maintenance_task_is_tried_a_hundred_times_before_it_is_given_up() {
    let queue = queue();
    enqueue_maintenance(&queue, "event-1");
    let mut now_ms = 0;
    for attempt in 1..=100 {
        let job = claim_any(&queue, now_ms).unwrap();
        assert_eq!((job.attempt, job.last), (attempt, attempt == 100));
        assert!(complete(&queue, &job, &retry(None), now_ms));
        now_ms += 6 * 3_600_000;
    }
    assert_eq!(claim_any(&queue, now_ms), None);
    assert_eq!(records(&queue, now_ms)[0], ("asked too often".into(), "dead".into()));
}

#[test]
fn the_error_record_of_a_maintenance_task_names_no_customer() {
    let queue = queue();
    enqueue_maintenance(&queue, "event-1");
    let job = claim_any(&queue, 0).unwrap();
    let reason = "no answer for session:magic-wands:customer-7041".to_owned();
    assert!(complete(&queue, &job, &Outcome::Failed(reason), 10));
    let expected = "no answer for session:magic-wands:customer-…";
    assert_eq!(records(&queue, 10), [(expected.into(), "dead".into())]);
    assert_eq!(queue.jobs.rows.borrow()[&job.lease.id].reason.as_deref(), Some(expected));
}

/// Returns the keys of all jobs.
fn keys(queue: &TestQueue) -> Vec<String> {
    let mut keys: Vec<String> = queue.jobs.rows.borrow().values().map(|row| row.key.clone()).collect();
    keys.sort();
    keys
}

fn delete(queue: &TestQueue, shopper: Option<&str>) -> Result<Deleted, Error> {
    let shop = ShopId::parse("magic-wands").unwrap();
    let shopper = shopper.map(|shopper| ShopperId::parse(shopper).unwrap());
    queue.delete(Scope::of(&shop, shopper.as_ref()), Pool { depth_max: 999, ..POOL })
}

#[test]
fn a_customer_is_deleted_in_every_market_and_nobody_else() {
    let queue = queue();
    let pool = Pool { depth_max: 99, ..POOL };
    for shopper in ["customer-12", "customer-12_DE-DE", "customer-123", "customer-123_DE-DE", "customer-1"] {
        queue.enqueue(request(shopper), pool, 0).unwrap();
    }
    enqueue_maintenance(&queue, "customer-12");
    assert_eq!(delete(&queue, Some("customer-12")), Ok(Deleted { count: 2, more: false }));
    let kept = ["customer-1", "customer-123", "customer-123_DE-DE"].map(|id| format!("magic-wands:{id}"));
    let maintenance = vec!["errand/magic-wands/customer-12".to_owned()];
    assert_eq!(keys(&queue), [maintenance, kept.to_vec()].concat());
    assert_eq!(delete(&queue, Some("customer-12")), Ok(Deleted { count: 0, more: false }));
}

#[test]
fn deleting_a_shop_spares_other_shops_and_its_maintenance_tasks() {
    let queue = queue();
    let evil = GenerationRequest { shop: ShopId::parse("magic-wands.evil").unwrap(), ..request("abc123") };
    queue.enqueue(evil, POOL, 0).unwrap();
    enqueue_maintenance(&queue, "event-1");
    let late = job_under_way_of(&queue, "abc123");
    let done = job_under_way_of(&queue, "abc124");
    complete(&queue, &done, &Outcome::Done(None), 1);
    assert_eq!(delete(&queue, None), Ok(Deleted { count: 2, more: false }));
    assert_eq!(keys(&queue), ["errand/magic-wands/event-1", "magic-wands.evil:abc123"]);
    assert_eq!(queue.extend_lease(&late.lease, POOL, 2), Ok(false));
    assert!(!complete(&queue, &late, &Outcome::Failed("too late".into()), 2));
    assert!(records(&queue, 2).is_empty());
}

/// Enqueues a generation request, and claims jobs until it gets the job of this request.
fn job_under_way_of(queue: &TestQueue, shopper: &str) -> Job {
    queue.enqueue(request(shopper), Pool { depth_max: 99, ..POOL }, 0).unwrap();
    let is_ours = |job: &Job| job.task == Task::Page(request(shopper));
    std::iter::from_fn(|| claim_any(queue, 0)).find(is_ours).expect("a job was enqueued")
}

#[test]
fn many_jobs_are_deleted_in_batches() {
    let queue = queue();
    for number in 0..=DELETED_MAX {
        queue.enqueue(request(&format!("shopper-{number}")), Pool { depth_max: 999, ..POOL }, 0).unwrap();
    }
    assert_eq!(delete(&queue, None), Ok(Deleted { count: DELETED_MAX, more: true }));
    assert_eq!(delete(&queue, None), Ok(Deleted { count: 1, more: false }));
}

#[test]
fn a_job_of_a_release_before_maintenance_tasks_is_still_done() {
    let queue = queue();
    let signals =
        r#"{"visits":0,"views":[],"searches":[],"filters":[],"sorts":[],"carted":[],"purchased":[]}"#;
    let payload = format!(
        r#"{{"form":1,"store":"magic-wands","shopper":"abc123","work":"rerender","signals":{signals}}}"#
    );
    let (queues, key) = (vec![member_name(0)], "magic-wands:abc123".to_owned());
    let job = NewJob { queues, queue_depth_max: 9, key, payload: payload.into(), now_ms: 0 };
    queue.jobs.enqueue(job).unwrap();
    let expected = GenerationRequest {
        work: Work::Rerender,
        signals: Signals::default(),
        persona: None,
        market: Market::default(),
        ..request("abc123")
    };
    assert_eq!(claim_any(&queue, 0).map(|job| job.task), Some(Task::Page(expected)));
}
