//! What every budget must do.

use std::ops::Deref;
use std::sync::Arc;

use tempfile::TempDir;
use tokio::task::JoinSet;

use super::{Amount, Budget, DEPLOYMENT, Day, Entry, Limits, Unavailable, Used, open};
use crate::battery::battery;
use crate::kind::{Selection, Site};
use crate::postgres::server::Schema;

battery! {
    kinds: of_kind,
    cases: [
        spent_and_reserved_amounts_never_exceed_the_days_limit,
        money_of_a_day_and_of_a_month_is_limited_too,
        each_owner_has_a_budget_of_its_own,
        months_are_remembered_and_earlier_ones_forgotten,
        racing_calls_never_reserve_more_than_there_is,
        the_use_is_listed_by_owner_and_day,
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

    /// Returns whether so many tokens of an owner's day can be reserved.
    async fn reserves(&self, owner: &str, day: u64, tokens: u64, max: u64) -> Result<bool, Unavailable> {
        self.reserve(owner, at(day), amount(tokens, 0), of_tokens(max)).await
    }
}

/// A day of a month that began on day 0.
fn at(number: u64) -> Day {
    Day { number, first_of_month: 0 }
}

fn amount(tokens: u64, microdollars: u64) -> Amount {
    Amount { tokens, microdollars }
}

fn of_tokens(max: u64) -> Limits {
    Limits { tokens_per_day: Some(max), ..Limits::default() }
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

async fn spent_and_reserved_amounts_never_exceed_the_days_limit(budget: &Stage) {
    let reserves = |day, tokens, max| budget.reserves(DEPLOYMENT, day, tokens, max);
    assert_eq!(reserves(1, 60, 100).await, Ok(true));
    assert_eq!(reserves(1, 41, 100).await, Ok(false));
    assert_eq!(reserves(1, 40, 100).await, Ok(true));
    assert_eq!(budget.settle(DEPLOYMENT, 1, amount(60, 0), amount(5, 0)).await, Ok(()));
    assert_eq!(reserves(1, 56, 100).await, Ok(false));
    assert_eq!(reserves(1, 55, 100).await, Ok(true));
    assert_eq!(reserves(2, 101, 100).await, Ok(false), "more than a whole day");
    assert_eq!(reserves(2, 100, 100).await, Ok(true), "another day");
    assert_eq!(reserves(3, u64::MAX >> 1, u64::MAX >> 1).await, Ok(true));
    assert_eq!(reserves(3, 1, u64::MAX >> 1).await, Ok(false));
}

async fn money_of_a_day_and_of_a_month_is_limited_too(budget: &Stage) {
    let limits =
        Limits { microdollars_per_day: Some(50), microdollars_per_month: Some(80), ..of_tokens(1_000) };
    let reserves = async |day, microdollars| {
        budget
            .reserve("lamps", Day { number: day, first_of_month: 31 }, amount(1, microdollars), limits)
            .await
    };
    assert_eq!(budget.settle("lamps", 30, amount(0, 0), amount(1, 1_000)).await, Ok(()), "the month before");
    for (day, microdollars, is_reserved, why) in [
        (31, 51, false, "more than a whole day"),
        (31, 50, true, "a whole day"),
        (31, 1, false, "the day is used up"),
        (33, 31, false, "more than the month has left"),
        (33, 30, true, "all that the month has left"),
        (34, 1, false, "the month is used up"),
    ] {
        assert_eq!(reserves(day, microdollars).await, Ok(is_reserved), "{why}");
    }
    assert_eq!(budget.settle("lamps", 33, amount(1, 30), amount(1, 10)).await, Ok(()));
    assert_eq!(reserves(34, 20).await, Ok(true), "what was not spent");
    let used = budget.used("lamps", Day { number: 33, first_of_month: 31 }).await.unwrap();
    assert_eq!(used.of_day, amount(1, 10));
    let later = budget.used("lamps", Day { number: 34, first_of_month: 31 }).await;
    assert_eq!(later, Ok(Used { of_day: amount(1, 20), month_microdollars: 80 }));
    let next = Day { number: 62, first_of_month: 62 };
    assert_eq!(budget.used("lamps", next).await, Ok(Used::default()));
    assert_eq!(budget.reserve("lamps", next, amount(1, 50), limits).await, Ok(true), "another month");
}

async fn each_owner_has_a_budget_of_its_own(budget: &Stage) {
    assert_eq!(budget.reserves("magic-wands", 1, 60, 100).await, Ok(true));
    assert_eq!(budget.reserves("magic-wands", 1, 41, 100).await, Ok(false));
    assert_eq!(budget.reserves("tea-house", 1, 41, 100).await, Ok(true));
    assert_eq!(budget.reserves(DEPLOYMENT, 1, 100, 100).await, Ok(true));
    assert_eq!(budget.settle("magic-wands", 1, amount(60, 0), amount(3, 0)).await, Ok(()));
    assert_eq!(budget.reserves("magic-wands", 1, 97, 100).await, Ok(true));
    assert_eq!(budget.settle("lamps", 1, amount(0, 0), amount(7, 2)).await, Ok(()));
    let used = Used { of_day: amount(7, 2), month_microdollars: 2 };
    assert_eq!(budget.used("lamps", at(1)).await, Ok(used), "a call without a reservation counts");
}

async fn months_are_remembered_and_earlier_ones_forgotten(budget: &Stage) {
    if budget.kind == "memory" {
        return;
    }
    for day in [1, 2, 64] {
        assert_eq!(budget.reserves(DEPLOYMENT, day, 60, 100).await, Ok(true));
    }
    assert_eq!(budget.reserves(DEPLOYMENT, 2, 60, 100).await, Ok(false), "two months ago");
    assert_eq!(budget.reserves(DEPLOYMENT, 1, 60, 100).await, Ok(true));
}

/// Reserves 10 tokens many times at once, in turn at each of the budgets. Returns how often that succeeded.
async fn race(budgets: &[Arc<dyn Budget>], tokens_max: u64) -> u64 {
    let mut racers = JoinSet::new();
    for number in 0..200 {
        let budget = budgets[number % budgets.len()].clone();
        racers.spawn(async move {
            budget.reserve(DEPLOYMENT, at(1), amount(10, 1), of_tokens(tokens_max)).await.unwrap()
        });
    }
    racers.join_all().await.into_iter().map(u64::from).sum()
}

async fn racing_calls_never_reserve_more_than_there_is(stage: &Stage) {
    assert_eq!(race(std::slice::from_ref(&stage.budget), 995).await, 99);
    assert_eq!(stage.reserves(DEPLOYMENT, 1, 6, 995).await, Ok(false));
    assert_eq!(stage.reserves(DEPLOYMENT, 1, 5, 995).await, Ok(true));
}

async fn the_use_is_listed_by_owner_and_day(budget: &Stage) {
    assert_eq!(budget.since(0).await, Ok(Vec::new()));
    for (owner, day, tokens) in
        [("tea-house", 7, 40), (DEPLOYMENT, 7, 50), ("tea-house", 8, 1), ("lamps", 6, 3)]
    {
        budget.reserve(owner, at(day), amount(tokens, tokens), Limits::default()).await.unwrap();
    }
    budget.settle("tea-house", 7, amount(40, 40), amount(30, 20)).await.unwrap();
    let entry = |owner: &str, day, amount| Entry { owner: owner.to_owned(), day, amount };
    let expected = [
        entry(DEPLOYMENT, 7, amount(50, 50)),
        entry("tea-house", 7, amount(30, 20)),
        entry("tea-house", 8, amount(1, 1)),
    ];
    assert_eq!(budget.since(7).await, Ok(expected.into()));
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
    assert_eq!(hosts[1].settle(DEPLOYMENT, 1, amount(10, 1), amount(10, 1)).await, Ok(()));
    drop(hosts);
    let restarted = stage.another().await;
    let reserves = |tokens| restarted.reserve(DEPLOYMENT, at(1), amount(tokens, 1), of_tokens(995));
    assert_eq!(reserves(10).await, Ok(false), "the calls were not settled");
    assert_eq!(reserves(5).await, Ok(true));
    let used = Used { of_day: amount(995, 100), month_microdollars: 100 };
    assert_eq!(restarted.used(DEPLOYMENT, at(1)).await, Ok(used));
}
