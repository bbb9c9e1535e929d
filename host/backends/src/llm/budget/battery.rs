//! What every budget must do.

use std::ops::Deref;
use std::sync::Arc;

use tempfile::TempDir;
use tokio::task::JoinSet;

use super::{Budget, DEPLOYMENT, Unavailable, open};
use crate::battery::battery;
use crate::kind::{Selection, Site};
use crate::postgres::server::Schema;

battery! {
    kinds: of_kind,
    cases: [
        spent_and_reserved_tokens_never_exceed_the_days_limit,
        each_owner_has_a_budget_of_its_own,
        earlier_weeks_are_forgotten,
        racing_calls_never_reserve_more_than_there_is,
        what_was_used_on_a_day_is_listed_by_owner,
        a_budget_that_can_be_written_says_so,
        processes_and_hosts_share_a_budget_and_a_reservation_outlives_them,
    ]
}

struct Stage {
    kind: String,
    budget: Arc<dyn Budget>,
    folder: TempDir,
    schema: Option<Schema>,
}

impl Deref for Stage {
    type Target = dyn Budget;

    fn deref(&self) -> &Self::Target {
        &*self.budget
    }
}

impl Stage {
    /// Opens the budget as another process does, or another host with its own connections.
    async fn another(&self) -> Arc<dyn Budget> {
        let database = Schema::migrated_if_any(self.schema.as_ref()).await;
        let site = Site { database, ..Site::scripted(self.folder.path()) };
        open(&Selection::of(&self.kind), &site).await.unwrap()
    }

    /// Returns whether so many tokens of the deployment's day can be reserved.
    async fn reserves(&self, day: u64, tokens: u64, tokens_max: u64) -> Result<bool, Unavailable> {
        Ok(self.reserve(DEPLOYMENT, day, tokens, tokens_max).await?.is_some())
    }
}

/// Returns none if the kind needs a server that is missing.
async fn of_kind(kind: &str) -> Option<Stage> {
    let folder = tempfile::tempdir().unwrap();
    let schema = Schema::for_kind(kind).await?;
    let database = Schema::migrated_if_any(schema.as_ref()).await;
    let site = Site { database, ..Site::scripted(folder.path()) };
    let budget = open(&Selection::of(kind), &site).await.unwrap();
    Some(Stage { kind: kind.to_owned(), budget, folder, schema })
}

async fn spent_and_reserved_tokens_never_exceed_the_days_limit(budget: &Stage) {
    assert_eq!(budget.reserves(1, 60, 100).await, Ok(true));
    assert_eq!(budget.reserves(1, 41, 100).await, Ok(false));
    assert_eq!(budget.reserves(1, 40, 100).await, Ok(true));
    assert_eq!(budget.settle(DEPLOYMENT, 1, 60, 5).await, Ok(()));
    assert_eq!(budget.reserves(1, 56, 100).await, Ok(false));
    assert_eq!(budget.reserves(1, 55, 100).await, Ok(true));
    assert_eq!(budget.reserves(2, 101, 100).await, Ok(false), "more than a whole day");
    assert_eq!(budget.reserves(2, 100, 100).await, Ok(true), "another day");
    assert_eq!(budget.reserves(3, u64::MAX >> 1, u64::MAX >> 1).await, Ok(true));
    assert_eq!(budget.reserves(3, 1, u64::MAX >> 1).await, Ok(false));
}

async fn each_owner_has_a_budget_of_its_own(budget: &Stage) {
    assert_eq!(budget.reserve("magic-wands", 1, 60, 100).await, Ok(Some(60)));
    assert_eq!(budget.reserve("magic-wands", 1, 41, 100).await, Ok(None));
    assert_eq!(budget.reserve("tea-house", 1, 41, 100).await, Ok(Some(41)));
    assert_eq!(budget.reserve(DEPLOYMENT, 1, 100, 100).await, Ok(Some(100)));
    assert_eq!(budget.settle("magic-wands", 1, 60, 3).await, Ok(()));
    assert_eq!(budget.reserve("magic-wands", 1, 97, 100).await, Ok(Some(100)));
    assert_eq!(budget.settle("lamps", 1, 0, 7).await, Ok(()));
    assert_eq!(budget.reserve("lamps", 1, 1, 100).await, Ok(Some(8)), "a call without a reservation counts");
}

async fn earlier_weeks_are_forgotten(budget: &Stage) {
    if budget.kind == "memory" {
        return;
    }
    for day in [1, 2, 9] {
        assert_eq!(budget.reserves(day, 60, 100).await, Ok(true));
    }
    assert_eq!(budget.reserves(2, 60, 100).await, Ok(false), "a week ago");
    assert_eq!(budget.reserves(1, 60, 100).await, Ok(true));
}

/// Reserves 10 tokens many times at once, in turn at each of the budgets. Returns how often that succeeded.
async fn race(budgets: &[Arc<dyn Budget>], tokens_max: u64) -> u64 {
    let mut racers = JoinSet::new();
    for number in 0..200 {
        let budget = budgets[number % budgets.len()].clone();
        racers.spawn(async move { budget.reserve(DEPLOYMENT, 1, 10, tokens_max).await.unwrap().is_some() });
    }
    racers.join_all().await.into_iter().map(u64::from).sum()
}

async fn racing_calls_never_reserve_more_than_there_is(stage: &Stage) {
    assert_eq!(race(std::slice::from_ref(&stage.budget), 995).await, 99);
    assert_eq!(stage.reserves(1, 6, 995).await, Ok(false));
    assert_eq!(stage.reserves(1, 5, 995).await, Ok(true));
}

async fn what_was_used_on_a_day_is_listed_by_owner(budget: &Stage) {
    assert_eq!(budget.of_day(7).await, Ok(Vec::new()));
    for (owner, day, tokens) in [("tea-house", 7, 40), (DEPLOYMENT, 7, 50), ("tea-house", 8, 1)] {
        budget.reserve(owner, day, tokens, 100).await.unwrap();
    }
    budget.settle("tea-house", 7, 40, 30).await.unwrap();
    let expected = [(DEPLOYMENT, 50), ("tea-house", 30)].map(|(owner, tokens)| (owner.to_owned(), tokens));
    assert_eq!(budget.of_day(7).await, Ok(expected.into()));
}

async fn a_budget_that_can_be_written_says_so(budget: &Stage) {
    assert_eq!(budget.probe().await, Ok(()));
}

async fn processes_and_hosts_share_a_budget_and_a_reservation_outlives_them(stage: &Stage) {
    if stage.kind == "memory" {
        return;
    }
    let hosts = [stage.another().await, stage.another().await];
    assert_eq!(race(&hosts, 995).await, 99);
    assert_eq!(hosts[1].settle(DEPLOYMENT, 1, 10, 10).await, Ok(()));
    drop(hosts);
    let restarted = stage.another().await;
    assert_eq!(restarted.reserve(DEPLOYMENT, 1, 10, 995).await, Ok(None), "the calls were not settled");
    assert_eq!(restarted.reserve(DEPLOYMENT, 1, 5, 995).await, Ok(Some(995)));
}
