//! Shopify Flow is told once what happened in a shop, whoever tells it and whatever fails.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Bench, SHOP, shop};
use crate::shopify::Flow;

const BUDGET: &str = "persona=explorer&budget_per_day=0.50&budget_per_month=";
const APPROVES: &str = "persona=minimalist&persona=explorer&approval=everything";

async fn start() -> Option<Bench> {
    let bench = Bench::start().await?;
    bench.visit(SHOP).await;
    bench.admin.tell_flow().await;
    assert_eq!(told(&bench), [], "nothing happened");
    Some(bench)
}

/// Returns what Flow was told since this was asked last.
fn told(bench: &Bench) -> Vec<(String, Value)> {
    std::mem::take(&mut bench.shopify.told.lock().unwrap())
}

/// Looks until there is nothing left to tell now. `happened` says that something did.
async fn look(bench: &Bench, happened: bool) -> Vec<(String, Value)> {
    if happened {
        bench.admin.note_for_flow(&shop(SHOP));
    }
    for _ in 0..4 {
        bench.admin.tell_flow().await;
    }
    told(bench)
}

fn spent() -> (String, Value) {
    ("budget-spent".to_owned(), json!({ "Period": "day", "Limit": 0.5 }))
}

fn wait(pages: u64) -> (String, Value) {
    ("page-waits".to_owned(), json!({ "Pages": pages }))
}

/// Spends the budget of a shop.
async fn spend(bench: &Bench) {
    let saved = bench.save_at("/admin/settings", Some(&bench.token(SHOP)), BUDGET).await;
    assert_eq!(saved.status, 200, "{}", saved.text);
    *bench.host.spent_more.lock().unwrap() = 340_000;
}

#[tokio::test]
async fn a_budget_that_is_spent_a_persona_that_is_paused_and_pages_that_wait_are_told_once() {
    let Some(bench) = start().await else { return };
    spend(&bench).await;
    assert_eq!(look(&bench, true).await, [spent()]);
    assert_eq!(look(&bench, true).await, []);

    *bench.host.loses.lock().unwrap() = true;
    bench.admin.pause_losing().await;
    assert_eq!(look(&bench, false).await, [("persona-paused".to_owned(), json!({ "Persona": "explorer" }))]);

    bench.save_at("/admin/pages", Some(&bench.token(SHOP)), APPROVES).await;
    bench.submit("home_explorer_-", "fine");
    bench.submit("cart_explorer_-", "better");
    assert_eq!(look(&bench, true).await, [wait(2)]);
    bench.submit("search_explorer_-", "best");
    assert_eq!(look(&bench, true).await, [], "not more than once an hour");
    bench.clock.advance(Duration::from_hours(1));
    assert_eq!(look(&bench, false).await, [wait(3)]);
    bench.clock.advance(Duration::from_hours(24));
    assert_eq!(look(&bench, true).await, [spent()], "of the next day, and no page that is known");
}

#[tokio::test]
async fn while_shopify_has_no_time_it_is_told_later() {
    let Some(bench) = start().await else { return };
    spend(&bench).await;
    *bench.shopify.flow.lock().unwrap() = Flow::Throttles;
    assert_eq!(look(&bench, true).await, []);
    *bench.shopify.flow.lock().unwrap() = Flow::Takes;
    assert_eq!(look(&bench, true).await, [], "not at once");
    bench.clock.advance(Duration::from_mins(1));
    assert_eq!(look(&bench, false).await, [spent()]);
    bench.clock.advance(Duration::from_hours(1));
    assert_eq!(look(&bench, true).await, []);
}

#[tokio::test]
async fn what_may_have_arrived_or_is_refused_is_not_told_again() {
    for flow in [Flow::LosesAnswers, Flow::KnowsNone] {
        let Some(bench) = start().await else { return };
        spend(&bench).await;
        *bench.shopify.flow.lock().unwrap() = flow;
        look(&bench, true).await;
        *bench.shopify.flow.lock().unwrap() = Flow::Takes;
        bench.clock.advance(Duration::from_hours(1));
        assert_eq!(look(&bench, true).await, [], "{flow:?}");
    }
}

#[tokio::test]
async fn one_of_two_hosts_tells_it_and_nothing_is_left_of_it_after_an_uninstallation() {
    let Some(bench) = start().await else { return };
    spend(&bench).await;
    let (other, host) = bench.other_host().await;
    *host.spent_more.lock().unwrap() = 340_000;
    for admin in [&bench.admin, &other] {
        admin.note_for_flow(&shop(SHOP));
    }
    tokio::join!(bench.admin.tell_flow(), other.tell_flow());
    assert_eq!(told(&bench), [spent()]);

    bench.admin.uninstalled(&shop(SHOP), u64::MAX >> 1).await.unwrap();
    assert_eq!(look(&bench, true).await, [], "an uninstalled shop has no workflows of ours");
    bench.visit(SHOP).await;
    assert_eq!(look(&bench, true).await, [spent()], "what was told before is forgotten");
}
