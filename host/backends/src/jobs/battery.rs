//! What every job backend must do.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::Arc;

use bytes::Bytes;
use proptest::prelude::*;
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::{
    Buried, ClaimResult, Claimed, Completion, End, Ended, Enqueued, Error, Filter, Jobs, NewJob,
    PAYLOAD_BYTES_MAX, QueueStats, Range, Record, Requeued, Scripted, State, Status, open,
};
use crate::battery::battery;
use crate::faults::Faults;
use crate::kind::{Selection, Site};
use crate::postgres::server::Schema;

battery! {
    kinds: of_kind,
    cases: [
        an_accepted_job_is_claimed_as_it_was_enqueued,
        a_full_queue_fails_over_to_the_next,
        an_owner_who_fills_a_queue_leaves_room_for_the_others,
        owners_take_turns_however_many_jobs_one_has,
        one_owner_is_served_in_order,
        a_key_has_one_live_job,
        a_live_job_is_found_even_if_all_queues_are_full,
        one_of_twenty_jobs_with_one_key_is_accepted,
        racing_producers_overfill_no_queue,
        two_claimers_never_get_the_same_job,
        jobs_run_in_the_order_of_enqueueing_and_a_retry_keeps_its_turn,
        an_idle_queue_says_when_to_come_back,
        expired_lease_is_claimed_again,
        a_free_member_claims_from_every_queue,
        the_jobs_of_a_dead_process_are_due_at_once,
        a_process_that_stops_gives_its_jobs_back,
        crashes_are_counted_in_a_row_and_apart_from_attempts,
        a_clock_set_back_delays_no_job,
        a_clock_that_was_set_forward_ends_leases_and_no_attempt,
        an_expired_lease_that_nobody_claimed_is_still_held,
        an_extended_lease_holds_longer,
        a_claim_is_found_by_its_token_until_the_next_claim,
        a_completed_job_is_completed_once,
        a_completion_that_is_repeated_has_the_same_answer_and_changes_nothing,
        a_retried_job_waits_for_its_time,
        a_postponed_job_waits_and_loses_no_attempt,
        a_dead_job_is_kept_with_its_reason,
        a_note_on_a_done_job_is_kept,
        a_done_job_keeps_no_payload,
        queues_are_measured_apart,
        latest_is_the_live_job_or_else_the_last,
        the_newest_jobs_of_many_keys_are_the_latest_of_each,
        a_job_is_due_when_a_claim_would_find_it,
        jobs_are_listed_newest_first,
        a_job_of_another_backend_is_inserted_once_as_it_was,
        a_requeued_job_has_all_its_attempts,
        only_a_dead_job_without_successor_is_requeued,
        a_job_in_a_removed_queue_moves_to_another,
        a_running_job_is_adopted_with_its_lease,
        strays_are_spread_evenly_and_nothing_else_moves,
        without_queues_nothing_moves,
        a_buried_job_is_out_of_its_holders_hands,
        pruning_deletes_only_old_jobs_that_ended_so,
        deleting_by_key_removes_jobs_in_every_state,
        deleting_in_batches_deletes_every_job,
        a_payload_over_the_limit_is_refused,
        ids_sort_by_time,
        failures_pass_and_leave_nothing_behind,
    ]
}

struct Stage {
    jobs: Arc<dyn Jobs>,
    _folder: TempDir,
    _schema: Option<Schema>,
}

impl Deref for Stage {
    type Target = dyn Jobs;

    fn deref(&self) -> &Self::Target {
        &*self.jobs
    }
}

/// Returns none if the kind needs a server that is missing.
async fn of_kind(kind: &str) -> Option<Stage> {
    let folder = tempfile::tempdir().unwrap();
    let schema = Schema::for_kind(kind).await?;
    let database = Schema::migrated_if_any(schema.as_ref()).await;
    let site = Site { process: Some(HOLDER.into()), database, ..Site::scripted(folder.path()) };
    Some(Stage { jobs: open(&Selection::of(kind), &site).await.unwrap(), _folder: folder, _schema: schema })
}

/// The start time of the tests, and the length of a lease.
const T: u64 = 1_700_000_000_000;
const LEASE_MS: u32 = 1_000;
/// The process that holds the leases.
const HOLDER: &str = "here";

fn job(key: &str, now_ms: u64) -> NewJob {
    NewJob {
        queues: vec!["pool-0".into(), "pool-1".into()],
        queue_depth_max: 50,
        key: key.into(),
        payload: Bytes::from(format!("payload of {key}")),
        now_ms,
    }
}

impl Stage {
    async fn accept(&self, key: &str, now_ms: u64) -> String {
        match self.enqueue(job(key, now_ms)).await.unwrap() {
            Enqueued::Accepted { id, .. } => id,
            refused => panic!("{key} was not accepted: {refused:?}"),
        }
    }

    async fn take(&self, now_ms: u64) -> Claimed {
        match self.claim(now_ms, LEASE_MS).await.unwrap() {
            ClaimResult::Job(claimed) => claimed,
            ClaimResult::Idle(until) => panic!("there was no job before {until:?}"),
        }
    }

    async fn finish(&self, claimed: &Claimed, now_ms: u64, completion: Completion) -> Option<String> {
        self.complete(&claimed.id, claimed.token, now_ms, completion).await.unwrap()
    }

    async fn state(&self, id: &str) -> State {
        self.show(id).await.unwrap().unwrap().state
    }

    async fn die(&self, key: &str, now_ms: u64) -> String {
        self.accept(key, now_ms).await;
        let claimed = self.take(now_ms).await;
        self.finish(&claimed, now_ms, Completion::Dead("broken".into())).await.unwrap();
        claimed.id
    }
}

async fn an_accepted_job_is_claimed_as_it_was_enqueued(jobs: &Stage) {
    let enqueued = NewJob { payload: Bytes::from_static(b"\0\xff"), ..job("k", T) };
    let Enqueued::Accepted { id, queue } = jobs.enqueue(enqueued).await.unwrap() else {
        panic!("not accepted")
    };
    assert_eq!(queue, "pool-0");
    let claimed = jobs.take(T).await;
    let payload = Bytes::from_static(b"\0\xff");
    assert_eq!(
        claimed,
        Claimed { id: id.clone(), key: "k".into(), token: claimed.token, attempt: 1, crashes: 0, payload }
    );
    assert_eq!(jobs.state(&id).await, State::Running);
}

async fn a_full_queue_fails_over_to_the_next(jobs: &Stage) {
    let narrow = |key| NewJob { queue_depth_max: 2, ..job(key, T) };
    let mut queues = Vec::new();
    for key in ["a", "b", "c", "d"] {
        let Enqueued::Accepted { queue, .. } = jobs.enqueue(narrow(key)).await.unwrap() else {
            panic!("full")
        };
        queues.push(queue);
    }
    assert_eq!(queues, ["pool-0", "pool-0", "pool-1", "pool-1"]);
    assert_eq!(jobs.enqueue(narrow("e")).await, Ok(Enqueued::Full));
    assert_eq!(jobs.enqueue(NewJob { queues: vec![], ..job("f", T) }).await, Ok(Enqueued::Full));

    let claimed = jobs.take(T).await;
    assert_eq!(jobs.enqueue(narrow("e")).await, Ok(Enqueued::Full), "a running job takes up room");
    jobs.finish(&claimed, T, Completion::Dead("no".into())).await.unwrap();
    assert!(
        matches!(jobs.enqueue(narrow("e")).await, Ok(Enqueued::Accepted { queue, .. }) if queue == "pool-0")
    );
}

async fn an_owner_who_fills_a_queue_leaves_room_for_the_others(jobs: &Stage) {
    let narrow = |key: String| NewJob { queue_depth_max: 20, queues: vec!["pool-0".into()], ..job(&key, T) };
    let accepted = async |owner: &str| {
        let mut accepted = 0;
        for number in 0..30 {
            let enqueued = jobs.enqueue(narrow(format!("{owner}:{number}"))).await.unwrap();
            accepted += usize::from(matches!(enqueued, Enqueued::Accepted { .. }));
        }
        accepted
    };
    assert_eq!(accepted("flood").await, 20);
    assert_eq!(accepted("b").await, 2, "a tenth");
    assert_eq!(accepted("flood").await, 0);
    let others = "cdefghijklmnop".split_inclusive(|_: char| true);
    let mut sum = 22;
    for owner in others {
        sum += accepted(owner).await;
    }
    assert_eq!(sum, 40, "no queue gets deeper than twice its depth");
}

async fn owners_take_turns_however_many_jobs_one_has(jobs: &Stage) {
    for number in 0..20 {
        jobs.accept(&format!("flood:{number}"), T).await;
    }
    let running = jobs.take(T).await;
    for key in ["a:1", "b:1", "a:2", "b:2"] {
        jobs.accept(key, T + 1).await;
    }
    let mut order = Vec::new();
    for _ in 0..7 {
        order.push(jobs.take(T + 1).await.key);
    }
    assert_eq!(running.key, "flood:0");
    assert_eq!(order, ["flood:1", "a:1", "b:1", "flood:2", "a:2", "b:2", "flood:3"]);

    // When all of those run, the next job to arrive is claimed next, even before a job that must be done again.
    jobs.accept("c:1", T + 2).await;
    jobs.release(HOLDER, End::Stopped, T + 2).await.unwrap();
    assert_eq!(jobs.take(T + 2).await.key, "flood:0");
    for _ in 0..7 {
        jobs.take(T + 2).await;
    }
    assert_eq!(jobs.take(T + 2).await.key, "flood:4");
    assert_eq!(jobs.take(T + 2).await.key, "c:1");
}

async fn one_owner_is_served_in_order(jobs: &Stage) {
    for number in 0..10 {
        jobs.accept(&format!("a:{number}"), T + 10 - number).await;
    }
    for number in 0..10 {
        assert_eq!(jobs.take(T + 20).await.key, format!("a:{number}"));
    }
}

async fn a_key_has_one_live_job(jobs: &Stage) {
    let first = jobs.accept("k", T).await;
    assert_eq!(jobs.enqueue(job("k", T)).await, Ok(Enqueued::Live(first.clone())), "while it waits");
    let claimed = jobs.take(T).await;
    assert_eq!(jobs.enqueue(job("k", T)).await, Ok(Enqueued::Live(first.clone())), "while it runs");
    jobs.finish(&claimed, T, Completion::Done(None)).await.unwrap();
    assert_ne!(jobs.accept("k", T).await, first, "when it is done");
}

async fn a_live_job_is_found_even_if_all_queues_are_full(jobs: &Stage) {
    let id = jobs.accept("k", T).await;
    assert_eq!(jobs.enqueue(NewJob { queue_depth_max: 0, ..job("k", T) }).await, Ok(Enqueued::Live(id)));
    assert_eq!(jobs.enqueue(NewJob { queue_depth_max: 0, ..job("l", T) }).await, Ok(Enqueued::Full));
}

async fn enqueue_at_once(stage: &Stage, enqueued: impl Iterator<Item = NewJob>) -> Vec<Enqueued> {
    let mut enqueuing = JoinSet::new();
    for offer in enqueued {
        let jobs = stage.jobs.clone();
        enqueuing.spawn(async move { jobs.enqueue(offer).await.unwrap() });
    }
    enqueuing.join_all().await
}

async fn one_of_twenty_jobs_with_one_key_is_accepted(jobs: &Stage) {
    let enqueued = enqueue_at_once(jobs, (0..20).map(|_| job("k", T))).await;
    let accepted: Vec<_> =
        enqueued.iter().filter(|enqueued| matches!(enqueued, Enqueued::Accepted { .. })).collect();
    let [Enqueued::Accepted { id, .. }] = accepted[..] else { panic!("{accepted:?}") };
    assert_eq!(enqueued.iter().filter(|enqueued| **enqueued == Enqueued::Live(id.clone())).count(), 19);
}

async fn racing_producers_overfill_no_queue(jobs: &Stage) {
    let enqueued = (0..30).map(|n| NewJob { queue_depth_max: 5, ..job(&format!("k{n}"), T) });
    let enqueued = enqueue_at_once(jobs, enqueued).await;
    assert_eq!(enqueued.iter().filter(|enqueued| **enqueued == Enqueued::Full).count(), 20);
    assert_eq!(jobs.stats("pool-0").await.unwrap().queued, 5);
    assert_eq!(jobs.stats("pool-1").await.unwrap().queued, 5);
}

async fn two_claimers_never_get_the_same_job(stage: &Stage) {
    for n in 0..20 {
        stage.accept(&format!("k{n}"), T).await;
    }
    let mut claimers = JoinSet::new();
    for _ in 0..8 {
        let jobs = stage.jobs.clone();
        claimers.spawn(async move {
            let mut claimed = Vec::new();
            while let ClaimResult::Job(job) = jobs.claim(T, LEASE_MS).await.unwrap() {
                claimed.push(job.id);
            }
            claimed
        });
    }
    let claimed = claimers.join_all().await.concat();
    assert_eq!(claimed.len(), 20);
    assert_eq!(claimed.iter().collect::<BTreeSet<_>>().len(), 20);
}

async fn jobs_run_in_the_order_of_enqueueing_and_a_retry_keeps_its_turn(jobs: &Stage) {
    for (key, at_ms) in [("b", T + 2), ("a", T + 1), ("c", T + 2)] {
        jobs.accept(key, at_ms).await;
    }
    let first = jobs.take(T + 5).await;
    jobs.finish(&first, T + 5, Completion::Retry { at_ms: T + 6, reason: "again".into() }).await.unwrap();
    let mut order = vec![first.key];
    for _ in 0..3 {
        order.push(jobs.take(T + 10).await.key);
    }
    assert_eq!(order, ["b", "b", "a", "c"]);
}

async fn an_idle_queue_says_when_to_come_back(jobs: &Stage) {
    assert_eq!(jobs.claim(T, LEASE_MS).await, Ok(ClaimResult::Idle(None)));
    jobs.accept("k", T + 100).await;
    assert_eq!(jobs.claim(T, LEASE_MS).await, Ok(ClaimResult::Idle(Some(T + 100))));
    jobs.take(T + 100).await;
    assert_eq!(jobs.claim(T + 100, LEASE_MS).await, Ok(ClaimResult::Idle(Some(T + 1_100))));
}

async fn expired_lease_is_claimed_again(jobs: &Stage) {
    jobs.accept("k", T).await;
    let lost = jobs.take(T).await;
    assert_eq!(jobs.claim(T + 999, LEASE_MS).await, Ok(ClaimResult::Idle(Some(T + 1_000))));
    let taken = jobs.take(T + 1_000).await;
    assert_eq!((&taken.id, taken.attempt, taken.crashes), (&lost.id, 1, 1), "it is the same attempt");
    assert!(taken.token > lost.token);

    for completion in [
        Completion::Done(None),
        Completion::Dead("late".into()),
        Completion::Retry { at_ms: T, reason: "late".into() },
    ] {
        assert_eq!(jobs.finish(&lost, T + 1_001, completion).await, None);
    }
    assert_eq!(jobs.extend_lease(&lost.id, lost.token, T + 1_001, LEASE_MS).await, Ok(false));
    assert_eq!(jobs.state(&taken.id).await, State::Running, "nothing changed");
    assert_eq!(jobs.finish(&taken, T + 1_002, Completion::Done(None)).await.as_deref(), Some("k"));
}

async fn a_free_member_claims_from_every_queue(jobs: &Stage) {
    for (queue, key) in [("pool-1", "a"), ("pool-0", "b"), ("pool-7", "c")] {
        accept_into(jobs, queue, key).await;
    }
    let mut order = Vec::new();
    for _ in 0..3 {
        order.push(jobs.take(T).await.key);
    }
    assert_eq!(order, ["a", "b", "c"], "the one enqueued first, whatever its queue");
    assert_eq!(jobs.stats("pool-1").await.unwrap().running, 1, "where it waited, it still takes up room");
    assert_eq!(
        jobs.enqueue(job("a", T)).await.unwrap(),
        Enqueued::Live(jobs.latest("a").await.unwrap().unwrap().id)
    );
}

async fn the_jobs_of_a_dead_process_are_due_at_once(jobs: &Stage) {
    let id = jobs.accept("k", T).await;
    jobs.accept("waits", T + 1).await;
    let lost = jobs.take(T).await;
    assert_eq!(jobs.show(&id).await.unwrap().unwrap().holder.as_deref(), Some(HOLDER));
    assert_eq!(jobs.release("another", End::Died, T + 5).await, Ok(0), "the lease is not theirs");
    assert_eq!(jobs.release(HOLDER, End::Died, T + 5).await, Ok(1));
    assert_eq!(jobs.show(&id).await.unwrap().unwrap().holder, None);
    assert_eq!(jobs.release(HOLDER, End::Died, T + 5).await, Ok(0), "once");
    assert_eq!(jobs.finish(&lost, T + 6, Completion::Done(None)).await, None, "should it live after all");
    let taken = jobs.take(T + 6).await;
    assert_eq!((taken.id, taken.attempt, taken.crashes), (id, 1, 1), "before what was enqueued later");
}

async fn a_process_that_stops_gives_its_jobs_back(jobs: &Stage) {
    let id = jobs.accept("k", T).await;
    jobs.take(T).await;
    assert_eq!(jobs.release(HOLDER, End::Stopped, T + 5).await, Ok(1));
    let taken = jobs.take(T + 5).await;
    assert_eq!((taken.id, taken.attempt, taken.crashes), (id, 1, 0));
}

async fn crashes_are_counted_in_a_row_and_apart_from_attempts(jobs: &Stage) {
    let id = jobs.accept("k", T).await;
    let at = |n: u32| T + u64::from(n) * u64::from(LEASE_MS);
    for crashes in 0..20 {
        let claimed = jobs.take(at(crashes)).await;
        assert_eq!((claimed.attempt, claimed.crashes), (1, crashes));
    }
    let claimed = jobs.take(at(20)).await;
    let retry = Completion::Retry { at_ms: at(20), reason: "rate limited".into() };
    jobs.finish(&claimed, at(20), retry).await.unwrap();
    let claimed = jobs.take(at(20)).await;
    assert_eq!((claimed.attempt, claimed.crashes), (2, 0));
    let claimed = jobs.take(at(21)).await;
    jobs.finish(&claimed, at(21), Completion::Dead("it crashed too often".into())).await.unwrap();
    assert_eq!(jobs.show(&id).await.unwrap().unwrap().crashes, 1, "a dead job says how often");
    jobs.requeue(&id, at(22)).await.unwrap();
    let claimed = jobs.take(at(22)).await;
    assert_eq!((claimed.attempt, claimed.crashes), (1, 0));
}

/// The clock goes back by an hour. Each wait keeps its length and gets no longer.
async fn a_clock_set_back_delays_no_job(jobs: &Stage) {
    const BACK: u64 = T - 3_600_000;
    jobs.accept("retried", T).await;
    let retried = jobs.take(T).await;
    let retry = Completion::Retry { at_ms: T + 500, reason: "again".into() };
    jobs.finish(&retried, T, retry).await.unwrap();
    jobs.accept("runs", T).await;
    let running = jobs.take(T).await;
    jobs.accept("waits", T).await;

    assert_eq!(jobs.take(BACK).await.key, "waits");
    assert_eq!(jobs.claim(BACK, LEASE_MS).await, Ok(ClaimResult::Idle(Some(BACK + 500))));
    assert_eq!(jobs.take(BACK + 500).await.key, "retried");
    assert_eq!(
        jobs.extend_lease(&running.id, running.token, BACK + 900, LEASE_MS).await,
        Ok(true),
        "it is held"
    );
    assert_eq!(jobs.take(BACK + 1_000).await.key, "waits", "this lease was not extended");
    let crashed = jobs.take(BACK + 1_900).await;
    assert_eq!(crashed.key, "retried");
    assert_eq!(jobs.take(BACK + 1_900).await.key, "runs");
}

async fn a_clock_that_was_set_forward_ends_leases_and_no_attempt(jobs: &Stage) {
    const FORWARD: u64 = T + 3_600_000;
    jobs.accept("k", T).await;
    let lost = jobs.take(T).await;
    let taken = jobs.take(FORWARD).await;
    assert_eq!((taken.attempt, taken.crashes), (1, 1));
    assert_eq!(jobs.finish(&lost, FORWARD, Completion::Done(None)).await, None);
    assert_eq!(jobs.finish(&taken, FORWARD, Completion::Done(None)).await.as_deref(), Some("k"));
}

async fn an_expired_lease_that_nobody_claimed_is_still_held(jobs: &Stage) {
    jobs.accept("k", T).await;
    let claimed = jobs.take(T).await;
    assert_eq!(jobs.finish(&claimed, T + 60_000, Completion::Done(None)).await.as_deref(), Some("k"));
}

async fn a_claim_is_found_by_its_token_until_the_next_claim(jobs: &Stage) {
    jobs.accept("k", T).await;
    let first = jobs.take(T).await;
    assert_eq!(jobs.leased(&first.id, first.token).await, Ok(Some(first.clone())));
    assert_eq!(jobs.leased("elsewhere", first.token).await, Ok(None));
    let next = jobs.take(T + 1_000).await;
    assert_eq!(jobs.leased(&first.id, first.token).await, Ok(None));
    assert_eq!(jobs.leased(&next.id, next.token).await, Ok(Some(next.clone())));
    jobs.finish(&next, T + 1_001, Completion::Done(None)).await.unwrap();
    let done = Claimed { payload: Bytes::new(), crashes: 0, ..next };
    assert_eq!(jobs.leased(&done.id, done.token).await, Ok(Some(done)));
}

async fn an_extended_lease_holds_longer(jobs: &Stage) {
    jobs.accept("k", T).await;
    let claimed = jobs.take(T).await;
    assert_eq!(jobs.extend_lease(&claimed.id, claimed.token, T + 900, LEASE_MS).await, Ok(true));
    assert_eq!(jobs.claim(T + 1_899, LEASE_MS).await, Ok(ClaimResult::Idle(Some(T + 1_900))));
    assert_eq!(jobs.extend_lease(&claimed.id, claimed.token + 1, T + 900, LEASE_MS).await, Ok(false));
    assert_eq!(jobs.extend_lease("nothing", 1, T, LEASE_MS).await, Ok(false));
}

async fn a_completed_job_is_completed_once(jobs: &Stage) {
    jobs.accept("k", T).await;
    let claimed = jobs.take(T).await;
    assert_eq!(jobs.finish(&claimed, T + 5, Completion::Done(None)).await.as_deref(), Some("k"));
    assert_eq!(jobs.finish(&claimed, T + 6, Completion::Dead("late".into())).await, None);
    assert_eq!(jobs.extend_lease(&claimed.id, claimed.token, T + 6, LEASE_MS).await, Ok(false));
    let expected = Status { id: claimed.id, state: State::Done, attempt: 1, since_ms: T + 5 };
    assert_eq!(jobs.latest("k").await, Ok(Some(expected)));
    assert_eq!(jobs.claim(T + 100_000, LEASE_MS).await, Ok(ClaimResult::Idle(None)));
}

/// The answer to a completion may be lost after its commit, and the worker asks again at a later time.
async fn a_completion_that_is_repeated_has_the_same_answer_and_changes_nothing(jobs: &Stage) {
    let retry = |at_ms| Completion::Retry { at_ms, reason: "rate limited".into() };
    for (key, first, again) in [
        ("done", Completion::Done(Some("a note".into())), Completion::Done(None)),
        ("dead", Completion::Dead("broken".into()), Completion::Dead("broken".into())),
        ("retried", retry(T + 1_000), retry(T + 2_000)),
        ("postponed", Completion::Postponed(T + 1_000), Completion::Postponed(T + 2_000)),
    ] {
        jobs.accept(key, T).await;
        let claimed = jobs.take(T).await;
        assert_eq!(jobs.finish(&claimed, T + 5, first).await.as_deref(), Some(key));
        let before = jobs.show(&claimed.id).await.unwrap();
        assert_eq!(jobs.finish(&claimed, T + 6, again).await.as_deref(), Some(key));
        assert_eq!(jobs.show(&claimed.id).await.unwrap(), before, "{key}");
    }

    let released = jobs.accept("released", T).await;
    let claimed = jobs.take(T).await;
    assert_eq!(claimed.id, released);
    jobs.release(HOLDER, End::Stopped, T + 5).await.unwrap();
    for completion in [retry(T + 1_000), Completion::Postponed(T + 1_000)] {
        assert_eq!(jobs.finish(&claimed, T + 6, completion).await, None, "no worker completed it");
    }
}

async fn a_retried_job_waits_for_its_time(jobs: &Stage) {
    jobs.accept("k", T).await;
    let claimed = jobs.take(T).await;
    let retry = Completion::Retry { at_ms: T + 5_000, reason: "rate limited".into() };
    assert_eq!(jobs.finish(&claimed, T + 10, retry).await.as_deref(), Some("k"));
    assert_eq!(jobs.claim(T + 4_999, LEASE_MS).await, Ok(ClaimResult::Idle(Some(T + 5_000))));
    let record = jobs.show(&claimed.id).await.unwrap().unwrap();
    assert_eq!((record.state, record.completed_ms), (State::Queued, None));
    assert_eq!(record.error.as_deref(), Some("rate limited"));

    let again = jobs.take(T + 5_000).await;
    assert_eq!(again.attempt, 2);
    assert_eq!(
        jobs.finish(&claimed, T + 5_001, Completion::Done(None)).await,
        None,
        "the old token is worthless"
    );
}

async fn a_postponed_job_waits_and_loses_no_attempt(jobs: &Stage) {
    jobs.accept("k", T).await;
    jobs.take(T).await;
    for claim in 1..=5 {
        let now_ms = T + claim * 10_000;
        let claimed = jobs.take(now_ms).await;
        assert_eq!((claimed.attempt, claimed.crashes), (1, 1), "it crashed once before it was postponed");
        let postponed = Completion::Postponed(now_ms + 700);
        assert_eq!(jobs.finish(&claimed, now_ms, postponed).await.as_deref(), Some("k"));
        let idle = ClaimResult::Idle(Some(now_ms + 700));
        assert_eq!(jobs.claim(now_ms + 699, LEASE_MS).await, Ok(idle));
    }
    let claimed = jobs.take(T + 60_000).await;
    let retry = Completion::Retry { at_ms: T + 60_000, reason: "rate limited".into() };
    jobs.finish(&claimed, T + 60_000, retry).await.unwrap();
    let claimed = jobs.take(T + 60_000).await;
    assert_eq!((claimed.attempt, claimed.crashes), (2, 0));
}

async fn a_dead_job_is_kept_with_its_reason(jobs: &Stage) {
    let id = jobs.die("k", T).await;
    let record = jobs.show(&id).await.unwrap().unwrap();
    assert_eq!((record.state, record.error.as_deref()), (State::Dead, Some("broken")));
    assert_eq!((record.completed_ms, record.payload), (Some(T), "payload of k".into()));
    assert_eq!(jobs.claim(T + 100_000, LEASE_MS).await, Ok(ClaimResult::Idle(None)));
}

async fn a_note_on_a_done_job_is_kept(jobs: &Stage) {
    jobs.accept("k", T).await;
    let claimed = jobs.take(T).await;
    let retry = Completion::Retry { at_ms: T, reason: "first".into() };
    jobs.finish(&claimed, T, retry).await.unwrap();
    let claimed = jobs.take(T).await;
    jobs.finish(&claimed, T, Completion::Done(None)).await.unwrap();
    assert_eq!(jobs.show(&claimed.id).await.unwrap().unwrap().error.as_deref(), Some("first"));

    jobs.accept("l", T).await;
    let claimed = jobs.take(T).await;
    jobs.finish(&claimed, T, Completion::Done(Some("planned locally".into()))).await.unwrap();
    assert_eq!(jobs.show(&claimed.id).await.unwrap().unwrap().error.as_deref(), Some("planned locally"));
}

/// A payload may name a person who asked for deletion. Retries need it, and so does an operator who inspects
/// a dead job.
async fn a_done_job_keeps_no_payload(jobs: &Stage) {
    let id = jobs.accept("k", T).await;
    let payload = async || jobs.show(&id).await.unwrap().unwrap().payload;
    let claimed = jobs.take(T).await;
    jobs.finish(&claimed, T, Completion::Retry { at_ms: T, reason: "first".into() }).await.unwrap();
    assert_eq!(payload().await, "payload of k");
    let claimed = jobs.take(T).await;
    jobs.finish(&claimed, T, Completion::Done(None)).await.unwrap();
    assert_eq!(payload().await, "");
    assert_eq!(
        jobs.requeue(&id, T).await,
        Ok(Requeued::NotDead(State::Done)),
        "a completed job is not retried"
    );

    let id = jobs.die("l", T).await;
    jobs.requeue(&id, T).await.unwrap();
    assert_eq!(jobs.take(T).await.payload, "payload of l");
}

async fn queues_are_measured_apart(jobs: &Stage) {
    assert_eq!(jobs.stats("pool-0").await, Ok(QueueStats::default()));
    jobs.die("dead", T).await;
    for (key, at_ms) in [("a", T + 1), ("b", T + 2), ("c", T + 3)] {
        jobs.accept(key, at_ms).await;
    }
    let done = jobs.take(T + 3).await;
    jobs.finish(&done, T + 3, Completion::Done(None)).await.unwrap();
    jobs.take(T + 3).await;
    let expected = QueueStats { queued: 1, running: 1, dead: 1, oldest_ms: Some(T + 2) };
    assert_eq!(jobs.stats("pool-0").await, Ok(expected));
    assert_eq!(jobs.stats("pool-1").await, Ok(QueueStats::default()));
}

async fn latest_is_the_live_job_or_else_the_last(jobs: &Stage) {
    assert_eq!(jobs.latest("k").await, Ok(None));
    jobs.die("k", T).await;
    let live = jobs.accept("k", T - 50).await;
    let expected = Status { id: live.clone(), state: State::Queued, attempt: 0, since_ms: T - 50 };
    assert_eq!(jobs.latest("k").await, Ok(Some(expected)), "although the clock went back");

    let claimed = jobs.take(T).await;
    jobs.finish(&claimed, T + 7, Completion::Done(None)).await.unwrap();
    let last = jobs.die("k", T + 20).await;
    assert_eq!(jobs.latest("k").await.unwrap().unwrap().id, last);
}

async fn the_newest_jobs_of_many_keys_are_the_latest_of_each(jobs: &Stage) {
    jobs.die("a", T).await;
    jobs.accept("a", T + 1).await;
    jobs.die("b", T + 2).await;
    let keys = ["b", "none", "a", "b"].map(str::to_owned);
    let newest = jobs.newest(&keys).await.unwrap();
    let mut latest = Vec::new();
    for key in &keys {
        latest.push(jobs.latest(key).await.unwrap());
    }
    assert_eq!(newest, latest);
    assert_eq!(jobs.newest(&[]).await, Ok(Vec::new()));
}

async fn a_job_is_due_when_a_claim_would_find_it(jobs: &Stage) {
    assert_eq!(jobs.is_due(T).await, Ok(false));
    jobs.accept("k", T).await;
    assert_eq!(jobs.is_due(T).await, Ok(true));
    let claimed = jobs.take(T).await;
    assert_eq!(jobs.is_due(T).await, Ok(false), "it runs");
    assert_eq!(jobs.is_due(T + u64::from(LEASE_MS)).await, Ok(true), "its lease is over");
    jobs.finish(&claimed, T, Completion::Done(None)).await.unwrap();
    assert_eq!(jobs.is_due(T + u64::from(LEASE_MS)).await, Ok(false));
}

async fn jobs_are_listed_newest_first(jobs: &Stage) {
    jobs.die("a", T).await;
    jobs.accept("b", T + 1).await;
    jobs.enqueue(NewJob { queues: vec!["pool-1".into()], ..job("c", T + 2) }).await.unwrap();
    jobs.accept("d", T + 2).await;
    let keys = async |filter, limit| {
        let listed = jobs.list(filter, limit).await.unwrap();
        listed.into_iter().map(|job| job.key).collect::<Vec<_>>()
    };
    let (state, queue) = (Some(State::Queued), Some("pool-1".to_owned()));
    assert_eq!(keys(Filter::default(), 100).await, ["d", "c", "b", "a"]);
    assert_eq!(keys(Filter::default(), 2).await, ["d", "c"]);
    assert_eq!(keys(Filter { state, queue: None }, 100).await, ["d", "c", "b"]);
    assert_eq!(keys(Filter { state, queue: queue.clone() }, 100).await, ["c"]);
    assert_eq!(keys(Filter { state: Some(State::Done), queue }, 100).await, [""; 0]);
}

async fn a_job_of_another_backend_is_inserted_once_as_it_was(jobs: &Stage) {
    jobs.die("dead", T).await;
    jobs.accept("running", T + 1).await;
    jobs.take(T + 1).await;
    jobs.accept("queued", T + 2).await;
    let all = jobs.list(Filter::default(), 10).await.unwrap();
    assert!(all.iter().any(|job| job.state == State::Running && job.claims == 1), "{all:?}");
    for job in &all {
        assert_eq!(jobs.import(job).await, Ok(false), "it is here");
    }
    jobs.delete(Range::StartingWith(String::new()), 10).await.unwrap();
    for job in all.iter().rev() {
        assert_eq!(jobs.import(job).await, Ok(true));
    }
    let expected: Vec<_> = all.iter().cloned().map(|job| Record { holder: None, ..job }).collect();
    assert_eq!(jobs.list(Filter::default(), 10).await.unwrap(), expected);
    let live = all.iter().find(|job| job.key == "queued").unwrap();
    let twin = Record { id: "another".into(), ..live.clone() };
    assert_eq!(jobs.import(&twin).await, Ok(false), "its key has a live job");
    assert_eq!(jobs.take(T + 4).await.key, "queued");
}

async fn a_requeued_job_has_all_its_attempts(jobs: &Stage) {
    let id = jobs.die("k", T).await;
    assert_eq!(jobs.requeue(&id, T + 10).await, Ok(Requeued::Done));
    let expected = Status { id: id.clone(), state: State::Queued, attempt: 0, since_ms: T + 10 };
    assert_eq!(jobs.latest("k").await, Ok(Some(expected)));
    let claimed = jobs.take(T + 10).await;
    assert_eq!((claimed.attempt, claimed.token), (1, 2), "the token still grows");
    assert_eq!(jobs.finish(&claimed, T + 11, Completion::Done(None)).await.as_deref(), Some("k"));
}

async fn only_a_dead_job_without_successor_is_requeued(jobs: &Stage) {
    assert_eq!(jobs.requeue("nothing", T).await, Ok(Requeued::NotThere));
    let dead = jobs.die("k", T).await;
    let live = jobs.accept("k", T).await;
    assert_eq!(jobs.requeue(&dead, T).await, Ok(Requeued::Live(live.clone())));
    assert_eq!(jobs.requeue(&live, T).await, Ok(Requeued::NotDead(State::Queued)));
    let claimed = jobs.take(T).await;
    assert_eq!(jobs.requeue(&live, T).await, Ok(Requeued::NotDead(State::Running)));
    jobs.finish(&claimed, T, Completion::Done(None)).await.unwrap();
    assert_eq!(jobs.requeue(&live, T).await, Ok(Requeued::NotDead(State::Done)));
    assert_eq!(jobs.requeue(&dead, T).await, Ok(Requeued::Done));
}

/// Accepts a job into `queue` and no other.
async fn accept_into(jobs: &Stage, queue: &str, key: &str) -> String {
    let enqueued = jobs.enqueue(NewJob { queues: vec![queue.into()], ..job(key, T) }).await.unwrap();
    let Enqueued::Accepted { id, .. } = enqueued else { panic!("{key} was not accepted: {enqueued:?}") };
    id
}

async fn adopt(jobs: &Stage, queues: &[&str]) -> u64 {
    let queues: Vec<_> = queues.iter().map(|queue| (*queue).to_owned()).collect();
    jobs.adopt(&queues).await.unwrap()
}

async fn queue(jobs: &Stage, id: &str) -> String {
    jobs.show(id).await.unwrap().unwrap().queue
}

async fn a_job_in_a_removed_queue_moves_to_another(jobs: &Stage) {
    let id = accept_into(jobs, "pool-7", "k").await;
    assert_eq!(adopt(jobs, &["pool-0"]).await, 1);
    assert_eq!(queue(jobs, &id).await, "pool-0");
    assert_eq!(jobs.claim(T - 1, LEASE_MS).await, Ok(ClaimResult::Idle(Some(T))));
    assert_eq!(jobs.take(T).await.id, id);
    assert_eq!(jobs.stats("pool-7").await, Ok(QueueStats::default()));
}

async fn a_running_job_is_adopted_with_its_lease(jobs: &Stage) {
    accept_into(jobs, "pool-7", "k").await;
    let ClaimResult::Job(claimed) = jobs.claim(T, LEASE_MS).await.unwrap() else { panic!("idle") };
    assert_eq!(adopt(jobs, &["pool-0"]).await, 1);
    assert_eq!(jobs.claim(T + 999, LEASE_MS).await, Ok(ClaimResult::Idle(Some(T + 1_000))));
    assert_eq!(jobs.extend_lease(&claimed.id, claimed.token, T + 999, LEASE_MS).await, Ok(true));
    assert_eq!(jobs.finish(&claimed, T + 1_500, Completion::Done(None)).await.as_deref(), Some("k"));
}

async fn strays_are_spread_evenly_and_nothing_else_moves(jobs: &Stage) {
    let dead = jobs.die("dead", T).await;
    let mut strays = Vec::new();
    for n in 0..4 {
        accept_into(jobs, "pool-1", &format!("home{n}")).await;
        strays.push(accept_into(jobs, &format!("pool-{}", 3 + n), &format!("stray{n}")).await);
    }
    assert_eq!(adopt(jobs, &["pool-1", "pool-2"]).await, 4);
    let mut queues = Vec::new();
    for id in &strays {
        queues.push(queue(jobs, id).await);
    }
    assert_eq!(queues, ["pool-1", "pool-2", "pool-1", "pool-2"]);
    assert_eq!(jobs.stats("pool-1").await.unwrap().queued, 4 + 2);
    assert_eq!(queue(jobs, &dead).await, "pool-0");
    assert_eq!(adopt(jobs, &["pool-1", "pool-2"]).await, 0, "all are at home now");
}

async fn without_queues_nothing_moves(jobs: &Stage) {
    let id = accept_into(jobs, "pool-7", "k").await;
    assert_eq!(adopt(jobs, &[]).await, 0);
    assert_eq!(queue(jobs, &id).await, "pool-7");
}

async fn a_buried_job_is_out_of_its_holders_hands(jobs: &Stage) {
    assert_eq!(jobs.bury("nothing", "why not", T).await, Ok(Buried::NotThere));
    jobs.accept("k", T).await;
    let claimed = jobs.take(T).await;
    assert_eq!(jobs.bury(&claimed.id, "stuck", T + 1).await, Ok(Buried::Done));
    assert_eq!(jobs.bury(&claimed.id, "again", T + 2).await, Ok(Buried::NotLive(State::Dead)));
    assert_eq!(jobs.finish(&claimed, T + 3, Completion::Done(None)).await, None);
    assert_eq!(jobs.extend_lease(&claimed.id, claimed.token, T + 3, LEASE_MS).await, Ok(false));
    let record = jobs.show(&claimed.id).await.unwrap().unwrap();
    assert_eq!(
        (record.state, record.completed_ms, record.error.as_deref()),
        (State::Dead, Some(T + 1), Some("stuck"))
    );

    assert_eq!(jobs.requeue(&claimed.id, T + 4).await, Ok(Requeued::Done));
    assert_eq!(
        jobs.finish(&claimed, T + 5, Completion::Done(None)).await,
        None,
        "not even when it lives again"
    );
}

async fn pruning_deletes_only_old_jobs_that_ended_so(jobs: &Stage) {
    let dead = jobs.die("dead", T).await;
    let mut done = Vec::new();
    for at_ms in [T, T + 10] {
        jobs.accept("k", at_ms).await;
        let claimed = jobs.take(at_ms).await;
        jobs.finish(&claimed, at_ms, Completion::Done(None)).await.unwrap();
        done.push(claimed.id);
    }
    let live = jobs.accept("live", T).await;
    assert_eq!(jobs.prune(Ended::Done, T, 10).await, Ok(0));
    assert_eq!(jobs.prune(Ended::Done, T + 11, 0).await, Ok(0));
    assert_eq!(jobs.prune(Ended::Done, T + 11, 1).await, Ok(1), "the older one");
    assert_eq!(jobs.show(&done[0]).await, Ok(None));
    for id in [&dead, &done[1], &live] {
        assert!(jobs.show(id).await.unwrap().is_some());
    }
    assert_eq!(jobs.prune(Ended::Dead, T, 10).await, Ok(0));
    assert_eq!(jobs.prune(Ended::Dead, T + 11, 10).await, Ok(1));
    assert_eq!(jobs.show(&dead).await, Ok(None));
    assert!(jobs.show(&done[1]).await.unwrap().is_some());
}

async fn a_payload_over_the_limit_is_refused(jobs: &Stage) {
    let limit = usize::try_from(PAYLOAD_BYTES_MAX).unwrap();
    let of = |size| NewJob { payload: vec![0; size].into(), ..job("k", T) };
    assert_eq!(jobs.enqueue(of(limit + 1)).await, Err(Error::TooLarge(PAYLOAD_BYTES_MAX)));
    assert_eq!(jobs.latest("k").await, Ok(None));
    assert!(matches!(jobs.enqueue(of(limit)).await, Ok(Enqueued::Accepted { .. })));
}

async fn ids_sort_by_time(jobs: &Stage) {
    let mut ids = Vec::new();
    for (n, at_ms) in [0, 1, 999, 1_000, T, T + 1].into_iter().enumerate() {
        ids.push(jobs.accept(&format!("k{n}"), at_ms).await);
    }
    assert!(ids.is_sorted(), "{ids:?}");
}

async fn deleting_by_key_removes_jobs_in_every_state(stage: &Stage) {
    stage.accept("shop:ann", T).await;
    let done = stage.take(T).await;
    stage.finish(&done, T, Completion::Done(None)).await;
    stage.accept("shop:ann", T + 1).await;
    let running = stage.take(T + 1).await;
    stage.accept("shop:anna", T).await;
    stage.accept("shop:bob", T).await;
    stage.accept("shop-2:ann", T).await;

    assert_eq!(stage.delete(Range::Exactly("shop:ann".into()), 100).await, Ok(2));
    assert_eq!(stage.finish(&running, T + 2, Completion::Done(None)).await, None, "it was lost");
    assert_eq!(stage.latest("shop:ann").await, Ok(None));
    assert!(stage.latest("shop:anna").await.unwrap().is_some());

    assert_eq!(stage.delete(Range::StartingWith("shop:".into()), 100).await, Ok(2));
    assert!(stage.latest("shop-2:ann").await.unwrap().is_some());
    stage.accept("shop:ann", T + 3).await;
}

async fn deleting_in_batches_deletes_every_job(stage: &Stage) {
    for key in ["a:1", "a:2", "a:3", "b:1"] {
        stage.accept(key, T).await;
    }
    let keys = Range::StartingWith("a:".into());
    assert_eq!(stage.delete(keys.clone(), 2).await, Ok(2));
    assert_eq!(stage.delete(keys.clone(), 2).await, Ok(1));
    assert_eq!(stage.delete(keys, 2).await, Ok(0));
    assert_eq!(stage.list(Filter::default(), 10).await.unwrap().len(), 1);
}

async fn failures_pass_and_leave_nothing_behind(stage: &Stage) {
    let faults = Arc::new(Faults::default());
    let jobs = Scripted::new(stage.jobs.clone(), faults.clone());
    let id = stage.accept("k", T).await;

    faults.break_all();
    let down = Error::Unavailable("scripted failure".to_owned());
    assert_eq!(jobs.enqueue(job("l", T)).await, Err(down.clone()));
    assert_eq!(jobs.claim(T, LEASE_MS).await, Err(down.clone()));
    assert_eq!(jobs.release(HOLDER, End::Died, T).await, Err(down.clone()));
    assert_eq!(jobs.extend_lease(&id, 1, T, LEASE_MS).await, Err(down.clone()));
    assert_eq!(jobs.complete(&id, 1, T, Completion::Done(None)).await, Err(down.clone()));
    assert_eq!(jobs.latest("k").await, Err(down.clone()));
    assert_eq!(jobs.stats("pool-0").await, Err(down.clone()));
    assert_eq!(jobs.list(Filter::default(), 1).await, Err(down.clone()));
    assert_eq!(jobs.show(&id).await, Err(down.clone()));
    assert_eq!(jobs.requeue(&id, T).await, Err(down.clone()));
    assert_eq!(jobs.adopt(&["pool-1".to_owned()]).await, Err(down.clone()));
    assert_eq!(jobs.bury(&id, "no", T).await, Err(down.clone()));
    assert_eq!(jobs.delete(Range::Exactly("k".into()), 1).await, Err(down.clone()));
    assert_eq!(jobs.prune(Ended::Done, T, 1).await, Err(down.clone()));
    assert_eq!(jobs.probe().await, Err(down));

    faults.restore();
    assert_eq!(jobs.stats("pool-0").await.unwrap().queued, 1);
    assert!(matches!(jobs.claim(T, LEASE_MS).await, Ok(ClaimResult::Job(claimed)) if claimed.id == id));
}

/// A step of a test. Small numbers refer to the jobs and claims seen so far.
#[derive(Debug, Clone)]
enum Act {
    Offer { key: u8, queues: Vec<u8>, depth_max: u32 },
    Claim,
    Release(bool),
    Extend(usize),
    Complete(usize, u8),
    Requeue(usize),
    Bury(usize),
    Adopt(Vec<u8>),
    Prune,
    Wait(u64),
    SetBack(u64),
    Look,
}

fn act() -> impl Strategy<Value = Act> {
    let queues = proptest::collection::vec(0..2_u8, 0..3);
    prop_oneof![
        1 => queues.clone().prop_map(Act::Adopt),
        4 => (0..5_u8, queues, 0..4_u32).prop_map(|(key, queues, depth_max)| Act::Offer { key, queues, depth_max }),
        4 => Just(Act::Claim),
        1 => any::<bool>().prop_map(Act::Release),
        1 => (1..5_000_u64).prop_map(Act::SetBack),
        1 => (0..8_usize).prop_map(Act::Extend),
        4 => (0..8_usize, 0..4_u8).prop_map(|(claim, how)| Act::Complete(claim, how)),
        1 => (0..8_usize).prop_map(Act::Requeue),
        1 => (0..8_usize).prop_map(Act::Bury),
        1 => Just(Act::Prune),
        2 => (1..1_500_u64).prop_map(Act::Wait),
        2 => Just(Act::Look),
    ]
}

/// A sequence of steps on one backend.
struct Story {
    stage: Stage,
    now_ms: u64,
    jobs: Vec<String>,
    claims: Vec<(String, u64)>,
}

impl Story {
    fn new(stage: Stage) -> Self {
        Self { stage, now_ms: T, jobs: vec!["nothing".into()], claims: vec![("nothing".into(), 1)] }
    }

    async fn play(&mut self, act: &Act) -> String {
        let (jobs, now_ms) = (&self.stage.jobs, self.now_ms);
        let some_job = |n: &usize| self.jobs[n % self.jobs.len()].clone();
        let some_claim = |n: &usize| self.claims[n % self.claims.len()].clone();
        match act {
            Act::Offer { key, queues, depth_max } => {
                let queues = queues.iter().map(|queue| format!("pool-{queue}")).collect();
                let offer = NewJob { queues, queue_depth_max: *depth_max, ..job(&format!("k{key}"), now_ms) };
                let enqueued = jobs.enqueue(offer).await;
                if let Ok(Enqueued::Accepted { id, .. }) = &enqueued {
                    self.jobs.push(id.clone());
                }
                format!("{enqueued:?}")
            }
            Act::Claim => {
                let claimed = jobs.claim(now_ms, LEASE_MS).await;
                if let Ok(ClaimResult::Job(claimed)) = &claimed {
                    self.claims.push((claimed.id.clone(), claimed.token));
                }
                format!("{claimed:?}")
            }
            Act::Release(died) => {
                let end = if *died { End::Died } else { End::Stopped };
                format!("{:?}", jobs.release(HOLDER, end, now_ms).await)
            }
            Act::Extend(claim) => {
                let (id, token) = some_claim(claim);
                format!("{:?}", jobs.extend_lease(&id, token, now_ms, LEASE_MS).await)
            }
            Act::Complete(claim, how) => {
                let (id, token) = some_claim(claim);
                format!("{:?}", jobs.complete(&id, token, now_ms, completion(*how, now_ms)).await)
            }
            Act::Requeue(job) => format!("{:?}", jobs.requeue(&some_job(job), now_ms).await),
            Act::Bury(job) => format!("{:?}", jobs.bury(&some_job(job), "buried", now_ms).await),
            Act::Adopt(queues) => {
                let queues: Vec<_> = queues.iter().map(|queue| format!("pool-{queue}")).collect();
                format!("{:?}", jobs.adopt(&queues).await)
            }
            Act::Prune => format!("{:?}", jobs.prune(Ended::Done, now_ms - 500, 100).await),
            Act::Wait(wait_ms) => {
                self.now_ms += wait_ms;
                String::new()
            }
            Act::SetBack(back_ms) => {
                self.now_ms -= back_ms;
                String::new()
            }
            Act::Look => self.look().await,
        }
    }

    async fn look(&self) -> String {
        let jobs = &self.stage.jobs;
        let queues = (jobs.stats("pool-0").await, jobs.stats("pool-1").await);
        let newest = (jobs.latest("k0").await, jobs.latest("k1").await);
        format!("{queues:?} {newest:?} {:?}", jobs.list(Filter::default(), 100).await)
    }
}

fn completion(how: u8, now_ms: u64) -> Completion {
    match how {
        0 => Completion::Done(None),
        1 => Completion::Done(Some("with a note".into())),
        2 => Completion::Retry { at_ms: now_ms + 300, reason: "again".into() },
        _ => Completion::Dead("broken".into()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_backend_tells_the_same_story(acts in proptest::collection::vec(act(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let stages = [of_kind("memory").await, of_kind("sqlite").await, of_kind("postgres").await];
            let mut stories: Vec<_> = stages.into_iter().flatten().map(Story::new).collect();
            for act in acts.iter().chain([&Act::Look]) {
                let mut told = Vec::new();
                for story in &mut stories {
                    told.push(story.play(act).await);
                }
                prop_assert!(told.iter().all(|other| *other == told[0]), "{:?}: {:#?}", act, told);
            }
            Ok(())
        })?;
    }
}

/// Prints how many jobs a second each kind enqueues, claims and completes, and what a job costs this process.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it measures: cargo test --release -p capabilities jobs_per_second -- --ignored --nocapture"]
#[expect(clippy::disallowed_types, reason = "it measures")]
async fn jobs_per_second() {
    const PRODUCERS: u32 = 20;
    const JOBS_EACH: u32 = 100;
    for kind in ["sqlite", "postgres", "sqlite", "postgres"] {
        let Some(stage) = of_kind(kind).await else { continue };
        let (started, before_ms) = (std::time::Instant::now(), cpu_ms());
        let mut producers = JoinSet::new();
        for producer in 0..PRODUCERS {
            let jobs = stage.jobs.clone();
            producers.spawn(async move {
                for number in 0..JOBS_EACH {
                    let queues = (0..10).map(|queue| format!("pool-{}", (producer + queue) % 10)).collect();
                    let offer = NewJob { queues, ..job(&format!("owner-{producer}:{number}"), T) };
                    jobs.enqueue(offer).await.unwrap();
                    loop {
                        let ClaimResult::Job(claimed) = jobs.claim(T, 60_000).await.unwrap() else {
                            continue;
                        };
                        let done = Completion::Done(None);
                        jobs.complete(&claimed.id, claimed.token, T, done).await.unwrap().unwrap();
                        break;
                    }
                }
            });
        }
        producers.join_all().await;
        let (seconds, jobs) = (started.elapsed().as_secs_f64(), f64::from(PRODUCERS * JOBS_EACH));
        let cpu_us = 1_000.0 * (cpu_ms() - before_ms) / jobs;
        println!("{kind}: {:.0} jobs/s, {cpu_us:.0} µs of CPU a job in this process", jobs / seconds);
    }
}

/// Returns the CPU time of this process. Linux counts it in hundredths of a second.
fn cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    10.0 * (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap())
}
