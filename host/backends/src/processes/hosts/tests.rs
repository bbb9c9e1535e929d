use std::iter::zip;

use model::jobs::Completion;

use super::*;
use crate::jobs::{self, ClaimResult, End, Jobs, NewJob};
use crate::kind::{Selection, Site};
use crate::postgres::server::Schema;
use crate::processes::Slot;
use crate::random;

const MEMBERS: usize = 8;
const PER_MEMBER: usize = 3;

/// A host with slots, and the jobs that it runs.
struct Stage {
    hosts: Hosts,
    slots: Arc<Slots>,
    running: Vec<Slot>,
}

impl Stage {
    async fn of(schema: &Schema) -> Self {
        let database = schema.database();
        // Migrations may take longer than a beat.
        database.start().await.unwrap();
        let slots = Slots::new((0..MEMBERS).map(|member| format!("pool-{member}")), PER_MEMBER);
        // However slow the test is, only what it does ends a lease.
        let long = Duration::from_hours(1);
        let hosts = Hosts { lease: long, patience: long, ..Hosts::new(database, &random::System) };
        Self { hosts, slots, running: Vec::new() }
    }

    /// Beats as the keeper of a process does. Returns the ids of those that it has to clean up, which it does.
    async fn beat(&mut self) -> Vec<String> {
        let Beat::Alive(seen) = self.hosts.beat().await.unwrap() else { panic!("it was declared gone") };
        let mut gone = Vec::new();
        for found in seen.gone {
            gone.push(found.id.clone());
            self.hosts.remove(found).await.unwrap();
        }
        self.hosts.share(&self.slots).await.unwrap();
        gone
    }

    /// Takes every slot that is free.
    fn take_all(&mut self) {
        for member in self.slots.members() {
            self.running.extend(std::iter::from_fn(|| self.slots.take(&member)));
        }
    }

    fn members(&self) -> usize {
        self.slots.members_here()
    }
}

/// Ends the lease of a host, and lets another see it as if the grace were over.
async fn end_lease(schema: &Schema, of: &Hosts, seen_by: &Hosts) {
    let end = "UPDATE hosts SET until = clock_timestamp() - interval '1 second' WHERE id";
    schema.execute(format!("{end} = '{}'", of.id)).await;
    seen_by.state().ended.insert(of.id.clone(), Instant::now().checked_sub(GRACE).unwrap());
}

#[tokio::test]
async fn a_host_whose_lease_has_ended_is_declared_gone_once() {
    let Some(schema) = Schema::create().await else { return };
    let (mut here, mut there, mut dead) =
        (Stage::of(&schema).await, Stage::of(&schema).await, Stage::of(&schema).await);
    for stage in [&mut here, &mut there, &mut dead] {
        assert!(stage.beat().await.is_empty());
    }
    end_lease(&schema, &dead.hosts, &here.hosts).await;
    there.hosts.state().ended.insert(dead.hosts.id.clone(), Instant::now().checked_sub(GRACE).unwrap());
    let (Ok(Beat::Alive(first)), Ok(Beat::Alive(second))) =
        (here.hosts.beat().await, there.hosts.beat().await)
    else {
        panic!("both live")
    };
    assert_eq!((first.gone.len(), second.gone.len()), (1, 0), "the first one cleans up");
    assert_eq!(
        (first.gone[0].id.as_str(), first.others),
        (dead.hosts.id(), 1),
        "the dead one is not counted"
    );
}

#[tokio::test]
async fn if_the_database_was_away_nobody_is_declared_gone() {
    let Some(schema) = Schema::create().await else { return };
    let (mut here, mut there) = (Stage::of(&schema).await, Stage::of(&schema).await);
    here.beat().await;
    there.beat().await;
    schema.execute("UPDATE hosts SET until = clock_timestamp() - interval '1 hour'").await;
    assert!(here.beat().await.is_empty(), "the other one may be about to come back");
    assert!(there.beat().await.is_empty(), "its lease is extended late");
    assert!(here.beat().await.is_empty() && here.hosts.state().ended.is_empty());
}

#[tokio::test]
async fn a_host_that_was_declared_gone_learns_it_and_is_entered_again() {
    let Some(schema) = Schema::create().await else { return };
    let (mut here, mut cut_off) = (Stage::of(&schema).await, Stage::of(&schema).await);
    here.beat().await;
    cut_off.beat().await;
    end_lease(&schema, &cut_off.hosts, &here.hosts).await;
    let Ok(Beat::Alive(seen)) = here.hosts.beat().await else { panic!("it lives") };
    assert!(matches!(cut_off.hosts.beat().await, Ok(Beat::DeclaredGone)));
    assert!(matches!(cut_off.hosts.beat().await, Err(Error::TakenOver)), "its jobs are being released");
    for gone in seen.gone {
        here.hosts.remove(gone).await.unwrap();
    }
    cut_off.beat().await;
    assert_eq!(cut_off.hosts.state().live.len(), 2);
}

/// The host that declared this one gone ended before it had removed it.
#[tokio::test]
async fn a_host_whose_successor_died_is_entered_again() {
    let Some(schema) = Schema::create().await else { return };
    let mut stage = Stage::of(&schema).await;
    stage.beat().await;
    schema.execute("UPDATE hosts SET is_gone = true, until = clock_timestamp() - interval '1 second'").await;
    assert!(matches!(stage.hosts.beat().await, Ok(Beat::DeclaredGone)));
    stage.beat().await;
    assert_eq!(stage.members(), MEMBERS);
}

#[tokio::test]
async fn a_host_that_was_declared_gone_completes_nothing() {
    let Some(schema) = Schema::create().await else { return };
    let open = async |holder: &str| {
        let folder = tempfile::tempdir().unwrap();
        let database = schema.database();
        database.start().await.unwrap();
        let (process, database) = (Some(holder.to_owned()), Some(database));
        let site = Site { process, database, ..Site::scripted(folder.path()) };
        jobs::open(&Selection::of("postgres"), &site).await.unwrap()
    };
    let (here, cut_off) = (open("here").await, open("cut off").await);
    let queues = vec!["pool-0".to_owned()];
    let job = NewJob { queues, queue_depth_max: 9, key: "k".into(), payload: "p".into(), now_ms: 1 };
    here.enqueue(job).await.unwrap();
    let claim = async |jobs: &dyn Jobs| match jobs.claim(1, 60_000).await.unwrap() {
        ClaimResult::Job(job) => job,
        ClaimResult::Idle(_) => panic!("a job is due"),
    };
    let lost = claim(&*cut_off).await;
    assert_eq!(here.release("cut off", End::Died, 1).await, Ok(1));
    let complete = |token| cut_off.complete(&lost.id, token, 2, Completion::Done(None));
    assert_eq!(complete(lost.token).await, Ok(None), "it waits for the next claim");
    let job = claim(&*here).await;
    assert_eq!(complete(lost.token).await, Ok(None), "another host has it");
    assert_eq!(cut_off.extend_lease(&lost.id, lost.token, 2, 60_000).await, Ok(false));
    assert_eq!(here.complete(&job.id, job.token, 2, Completion::Done(None)).await, Ok(Some("k".to_owned())));
}

#[tokio::test]
async fn members_are_shared_out_evenly_and_move_when_a_host_arrives_leaves_or_dies() {
    let Some(schema) = Schema::create().await else { return };
    let (mut first, mut second, mut third) =
        (Stage::of(&schema).await, Stage::of(&schema).await, Stage::of(&schema).await);
    first.beat().await;
    assert_eq!(first.members(), MEMBERS, "a host alone has all");
    second.beat().await;
    for _ in 0..2 {
        first.beat().await;
        second.beat().await;
    }
    assert_eq!((first.members(), second.members()), (4, 4));
    third.beat().await;
    for stage in [&mut first, &mut second, &mut third] {
        stage.beat().await;
    }
    assert_eq!((first.members(), second.members(), third.members()), (3, 3, 2));

    second.hosts.retire().await.unwrap();
    first.beat().await;
    third.beat().await;
    assert_eq!((first.members(), third.members()), (4, 4), "the free ones are taken");

    end_lease(&schema, &third.hosts, &first.hosts).await;
    assert_eq!(first.beat().await, [third.hosts.id.as_str()]);
    assert_eq!(first.members(), MEMBERS, "those of a dead host at once");
}

#[tokio::test]
async fn a_member_moves_without_its_jobs_and_they_keep_their_slots() {
    let Some(schema) = Schema::create().await else { return };
    let (mut busy, mut other) = (Stage::of(&schema).await, Stage::of(&schema).await);
    busy.beat().await;
    busy.take_all();
    assert_eq!(busy.running.len(), MEMBERS * PER_MEMBER);
    other.beat().await;
    for _ in 0..2 {
        busy.beat().await;
        other.beat().await;
    }
    other.take_all();
    assert_eq!((other.running.len(), busy.slots.allowed()), (0, 4 * PER_MEMBER), "all slots are taken there");

    // Six jobs of members that moved end, and their slots follow.
    let has_moved = |name: &String| !busy.slots.is_allowed(name);
    let moved: Vec<_> = busy.slots.members().into_iter().filter(has_moved).collect();
    assert_eq!(moved.len(), 4);
    let mut ended = 0;
    busy.running.retain(|slot| {
        let ends = ended < 6 && moved.iter().any(|name| name == slot.member());
        ended += usize::from(ends);
        !ends
    });
    busy.beat().await;
    other.beat().await;
    other.take_all();
    assert_eq!(other.running.len(), 6);
    busy.take_all();
    assert_eq!(busy.running.len() + other.running.len(), MEMBERS * PER_MEMBER);
}

/// Hosts arrive, leave and work in a random order. Each of them is honest about its slots, so however they take turns,
/// they never run more jobs of a member than it has slots.
#[tokio::test]
async fn all_hosts_together_run_at_most_as_many_jobs_as_there_are_slots() {
    let Some(schema) = Schema::create().await else { return };
    let (mut stages, mut random) = (Vec::new(), 0x2545_f491_4f6c_dd1d_u64);
    let mut draw = |below: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(random >> 33).unwrap() % below
    };
    for _ in 0..150 {
        match draw(10) {
            0 if stages.len() < 4 => stages.push(Stage::of(&schema).await),
            1 if stages.len() > 1 => {
                let stage: Stage = stages.swap_remove(draw(stages.len()));
                stage.hosts.retire().await.unwrap();
            }
            _ if stages.is_empty() => stages.push(Stage::of(&schema).await),
            action => {
                let count = stages.len();
                let stage = &mut stages[draw(count)];
                stage.running.retain(|_| draw(3) > 0);
                if action > 3 {
                    stage.beat().await;
                }
                stage.take_all();
            }
        }
        let names = (0..MEMBERS).map(|member| format!("pool-{member}"));
        for name in names {
            let running: usize = stages.iter().map(|stage| stage.slots.taken(&name)).sum();
            assert!(running <= PER_MEMBER, "{name} runs {running} jobs");
        }
    }
    for stage in &mut stages {
        stage.running.clear();
    }
    for _ in 0..3 {
        for stage in &mut stages {
            stage.beat().await;
        }
    }
    let allowed: Vec<_> = stages.iter().map(|stage| stage.slots.allowed()).collect();
    assert_eq!(allowed.iter().sum::<usize>(), MEMBERS * PER_MEMBER, "in the end, every slot is somebody's");
    let evenly = |(one, other): (&Stage, &Stage)| one.members().abs_diff(other.members()) <= 1;
    assert!(zip(&stages, &stages[1..]).all(evenly));
}
