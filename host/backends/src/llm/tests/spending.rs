//! Tests that the budget is durable and that tokens are reserved before they are spent.

use ::llm as model;

use super::*;
use crate::llm::budget::{
    Amount, Budget, DEPLOYMENT, Day, Entry, Limits, Memory, Unavailable, Used, open_file,
};

/// Returns the most that a test's question may cost: a token per two bytes sent, and 500 for the answer.
fn question() -> u64 {
    let settings =
        Settings { base_url: Some("http://h".into()), model: "kimi".into(), ..Settings::default() };
    let endpoint = model::Endpoint::new(&settings, None).unwrap().unwrap().streaming();
    let question =
        model::Exchange::new(&endpoint, &request(), &mut model::Memory::default(), 0).question().unwrap();
    assert_eq!(question.tokens_max(), question.body().len().div_ceil(2) as u64 + 500);
    question.tokens_max()
}

/// The tokens counted for a question whose answer did not arrive completely: 6, and 500 for the answer.
const UNSEEN: u64 = 506;

fn limited(endpoint: &Endpoint, tokens_per_day_max: u64, budget: Arc<dyn Budget>) -> Client {
    client(&Settings { tokens_per_day_max, ..settings(endpoint) }).with_budget(budget)
}

/// The day of the tests' clock.
const TODAY: Day = Day { number: 0, first_of_month: 0 };

/// Asserts that so many tokens of the deployment are spent and reserved.
async fn assert_spent(budget: &dyn Budget, tokens: u64) {
    let used = budget.used(DEPLOYMENT, TODAY).await.unwrap();
    assert_eq!(used.of_day.tokens, tokens);
}

/// Returns an endpoint whose answers report no usage; the estimate is 6 input tokens and 1 output token.
async fn without_figures(answers: usize) -> Endpoint {
    let body = json!({ "choices": [{ "message": { "content": "{}" } }], "usage": null }).to_string();
    Endpoint::following((0..answers).map(|_| reply(200, "", &body))).await
}

#[tokio::test]
async fn a_spent_budget_sends_nothing_even_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("budget.db");
    let endpoint = without_figures(100).await;
    let mut calls = 0;
    for start in 0..4 {
        let budget = Arc::new(open_file(&path).await.unwrap());
        let client = limited(&endpoint, question() + 3 * 7, budget.clone());
        for _ in 0..10 {
            match put(&client).await {
                Ok(_) => calls += 1,
                error => assert_eq!(failed(error).cause, Cause::Quota),
            }
        }
        assert_eq!(calls, 4, "start {start}: after four calls a fifth might cost too much");
        assert_spent(&*budget, 4 * 7).await;
    }
    assert_eq!(endpoint.requests().len(), 4);
}

#[tokio::test]
async fn calls_at_once_never_reserve_more_than_there_is() {
    let endpoint = Endpoint::following((0..10).map(|_| Reply::Stall(vec![]))).await;
    let budget = Arc::new(Memory::default());
    let client = limited(&endpoint, 2 * question(), budget.clone());
    let client = Arc::new(client);
    let asking: Vec<_> = (0..10)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { put(&client).await })
        })
        .collect();
    let two = async {
        while endpoint.requests().len() < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), two).await.expect("two calls are made");
    let others = async {
        while asking.iter().filter(|asking| asking.is_finished()).count() < 8 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), others).await.expect("the others are refused");
    for asking in asking.into_iter().filter(tokio::task::JoinHandle::is_finished) {
        assert_eq!(failed(asking.await.unwrap()).cause, Cause::Quota);
    }
    assert_eq!(endpoint.requests().len(), 2);
    // Cancelled calls stay counted.
    assert_spent(&*budget, 2 * question()).await;
}

#[tokio::test]
async fn retries_and_other_forms_reserve_each_for_themselves() {
    let endpoint = Endpoint::following([Reply::Send(vec![]), answer("{}")]).await;
    let budget = Arc::new(Memory::default());
    let client = limited(&endpoint, UNSEEN + question() - 1, budget.clone());
    assert_eq!(failed(put(&client).await).cause, Cause::Quota, "there is no room for a second call");
    assert_eq!(endpoint.requests().len(), 1);
    assert_spent(&*budget, UNSEEN).await;

    let refused = complaint(400, "", "json_schema is not supported");
    let endpoint = Endpoint::following([refused, answer("{}")]).await;
    let budget = Arc::new(Memory::default());
    // The schema takes more tokens when it is part of the prompt.
    let client = limited(&endpoint, 2 * question() - 1, budget.clone());
    assert!(put(&client).await.is_ok(), "a refusal costs nothing");
    assert_spent(&*budget, 1_500).await;
}

#[tokio::test]
async fn a_new_day_has_a_new_budget() {
    let endpoint = without_figures(2).await;
    let settings = Settings { tokens_per_day_max: question(), ..settings(&endpoint) };
    let clock = Arc::new(clock::Scripted::new(0));
    let client = client_at(&settings, Some(&Secret::new(KEY)), clock.clone());
    assert!(put(&client).await.is_ok());
    assert_eq!(failed(put(&client).await).cause, Cause::Quota);
    clock.advance(Duration::from_hours(24));
    assert!(put(&client).await.is_ok());
}

struct Broken;

fn full<T>() -> Result<T, Unavailable> {
    Err(Unavailable("the disk is full".to_owned()))
}

#[async_trait::async_trait]
impl Budget for Broken {
    async fn reserve(&self, _: &str, _: Day, _: Amount, _: Limits) -> Result<bool, Unavailable> {
        full()
    }

    async fn settle(&self, _: &str, _: u64, _: Amount, _: Amount) -> Result<(), Unavailable> {
        full()
    }

    async fn used(&self, _: &str, _: Day) -> Result<Used, Unavailable> {
        full()
    }

    async fn since(&self, _: u64) -> Result<Vec<Entry>, Unavailable> {
        full()
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        full()
    }
}

#[tokio::test]
async fn a_budget_that_cannot_be_written_stops_questions_only_if_there_is_a_limit() {
    let endpoint = without_figures(1).await;
    let limited = limited(&endpoint, 1_000_000, Arc::new(Broken));
    let failed = failed(put(&limited).await);
    assert_eq!((failed.cause, failed.retry_after_ms), (Cause::Quota, Some(5_000)));
    assert_eq!(endpoint.requests().len(), 0);
    assert!(put(&client(&settings(&endpoint)).with_budget(Arc::new(Broken))).await.is_ok());
}

/// A budget in which nothing can be reserved, but which has recovered by the time a call settles.
struct Hesitant(Arc<dyn Budget>);

#[async_trait::async_trait]
impl Budget for Hesitant {
    async fn reserve(&self, _: &str, _: Day, _: Amount, _: Limits) -> Result<bool, Unavailable> {
        Err(Unavailable("another process holds the lock".to_owned()))
    }

    async fn settle(
        &self,
        owner: &str,
        day: u64,
        reserved: Amount,
        spent: Amount,
    ) -> Result<(), Unavailable> {
        self.0.settle(owner, day, reserved, spent).await
    }

    async fn used(&self, owner: &str, day: Day) -> Result<Used, Unavailable> {
        self.0.used(owner, day).await
    }

    async fn since(&self, day: u64) -> Result<Vec<Entry>, Unavailable> {
        self.0.since(day).await
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        self.0.probe().await
    }
}

#[tokio::test]
async fn an_unreserved_call_is_counted_and_refunds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = Arc::new(open_file(&folder.path().join("budget.db")).await.unwrap());
    for budget in [file as Arc<dyn Budget>, Arc::new(Memory::default())] {
        for calls in 1..=3 {
            let endpoint = without_figures(1).await;
            let client = client(&settings(&endpoint)).with_budget(Arc::new(Hesitant(budget.clone())));
            assert!(put(&client).await.is_ok());
            assert_spent(&*budget, calls * 7).await;
        }
    }
}

#[tokio::test]
async fn a_shop_that_used_up_its_budget_costs_nothing_more_and_the_others_go_on() {
    let endpoint = without_figures(100).await;
    let budget = Arc::new(Memory::default());
    let settings = Settings { tokens_per_shop_per_day_max: question() + 3 * 7, ..settings(&endpoint) };
    let client = client(&settings).with_budget(budget.clone());
    for shop in ["magic-wands", "tea-house"] {
        let spent = Spent::of_shop(shop);
        for call in 0..10 {
            let answered = client.complete(request(), &spent).await;
            assert_eq!(answered.is_ok(), call < 4, "{shop}, call {call}");
        }
        assert_eq!(budget.used(shop, TODAY).await.unwrap().of_day.tokens, 4 * 7);
    }
    assert_spent(&*budget, 2 * 4 * 7).await;
}

#[tokio::test]
async fn the_last_fifth_of_a_budget_is_not_for_optional_requests() {
    let endpoint = without_figures(100).await;
    let budget = Arc::new(Memory::default());
    let client = limited(&endpoint, 5 * question(), budget.clone());
    let others = Amount { tokens: 3 * question() + 1, microdollars: 0 };
    budget.settle(DEPLOYMENT, 0, Amount::default(), others).await.unwrap();
    let ask =
        async |is_optional| client.complete(Request { is_optional, ..request() }, &Spent::default()).await;
    let refused = failed(ask(true).await);
    assert_eq!((refused.cause, refused.retry_after_ms), (Cause::Quota, Some(60_000)));
    assert!(refused.said.starts_with("the last 20 % of `llm.tokens_per_day_max`"), "{}", refused.said);
    assert!(endpoint.requests().is_empty());
    assert!(ask(false).await.is_ok());
    assert_spent(&*budget, 3 * question() + 1 + 7).await;
}

#[tokio::test]
async fn a_shops_budget_in_money_ends_its_calls_and_no_others() {
    let endpoint = without_figures(100).await;
    let budget = Arc::new(Memory::default());
    // A token costs a dollar.
    let prices = Settings {
        price_in_microdollars: 1_000_000_000_000,
        price_out_microdollars: 1_000_000_000_000,
        ..settings(&endpoint)
    };
    let client = client(&prices).with_budget(budget.clone());
    let month = (question() + 2 * 7) * 1_000_000;
    let limited = Limits { microdollars_per_month: Some(month), ..Limits::default() };
    for (shop, limits, calls_made) in [("magic-wands", limited, 3), ("tea-house", Limits::default(), 5)] {
        let spent = Spent::of_shop(shop).within(limits);
        for call in 0..5 {
            let answered = client.complete(request(), &spent).await;
            assert_eq!(answered.is_ok(), call < calls_made, "{shop}, call {call}");
        }
    }
    let said = failed(client.complete(request(), &Spent::of_shop("magic-wands").within(limited)).await).said;
    assert!(said.starts_with("`budget_per_month` ($"), "{said}");
    let used = budget.used("magic-wands", TODAY).await.unwrap();
    assert_eq!(used.month_microdollars, 3 * 7 * 1_000_000);
}
