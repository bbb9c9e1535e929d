//! A budget that is durable, and reserved before it is spent.

use super::*;
use crate::llm::budget::{Budget, InMemory, Sqlite, Unavailable};

/// What a question of ours may cost: 6 tokens of it, and 500 of answer.
const QUESTION: u64 = 506;

fn limited(endpoint: &Endpoint, tokens_per_day_max: u64, budget: Arc<dyn Budget>) -> OpenAi {
    let config = Config { tokens_per_day_max: Some(tokens_per_day_max), ..config(endpoint) };
    client(config).with_budget(budget)
}

/// Holds the budget to have so many tokens spent and reserved: only with a limit of fewer there is no room for none.
async fn assert_spent(budget: &dyn Budget, tokens: u64) {
    assert_eq!(budget.reserve(0, 0, tokens).await, Ok(true), "no more than {tokens}");
    assert_eq!(budget.reserve(0, 0, tokens - 1).await, Ok(false), "no less than {tokens}");
}

/// Answers that say nothing of what they cost, which is estimated at 6 and 1.
async fn without_figures(answers: usize) -> Endpoint {
    let body = json!({ "choices": [{ "message": { "content": "{}" } }], "usage": null }).to_string();
    Endpoint::following((0..answers).map(|_| reply(200, "", &body))).await
}

#[tokio::test]
async fn a_spent_budget_asks_nobody_and_a_restart_renews_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("budget.db");
    let endpoint = without_figures(100).await;
    let mut calls = 0;
    for start in 0..4 {
        let budget = Arc::new(Sqlite::open(&path).await.unwrap());
        let client = limited(&endpoint, QUESTION + 3 * 7, budget.clone());
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
    let budget = Arc::new(InMemory::default());
    let client = limited(&endpoint, 2 * QUESTION, budget.clone());
    let client = Arc::new(client);
    let asking: Vec<_> = (0..10)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { put(&client).await })
        })
        .collect();
    while endpoint.requests().len() < 2 {
        tokio::task::yield_now().await;
    }
    let mut refused = 0;
    for asking in asking {
        if let Ok(outcome) = tokio::time::timeout(STALLED, asking).await {
            assert_eq!(failed(outcome.unwrap()).cause, Cause::Quota);
            refused += 1;
        }
    }
    assert_eq!((refused, endpoint.requests().len()), (8, 2));
    // What was given up stays counted.
    assert_spent(&*budget, 2 * QUESTION).await;
}

#[tokio::test]
async fn retries_and_other_forms_reserve_each_for_themselves() {
    let endpoint = Endpoint::following([Reply::Send(vec![]), answer("{}")]).await;
    let budget = Arc::new(InMemory::default());
    let client = limited(&endpoint, 2 * QUESTION - 1, budget.clone());
    assert_eq!(failed(put(&client).await).cause, Cause::Quota, "there is no room for a second call");
    assert_eq!(endpoint.requests().len(), 1);
    assert_spent(&*budget, QUESTION).await;

    let refused = complaint(400, "", "json_schema is not supported");
    let endpoint = Endpoint::following([refused, answer("{}")]).await;
    let budget = Arc::new(InMemory::default());
    let client = limited(&endpoint, QUESTION, budget.clone());
    assert!(put(&client).await.is_ok(), "a refusal costs nothing");
    assert_spent(&*budget, 1_500).await;
}

#[tokio::test]
async fn a_new_day_has_a_new_budget() {
    let endpoint = without_figures(2).await;
    let config = Config { tokens_per_day_max: Some(QUESTION), ..config(&endpoint) };
    let clock = Arc::new(clock::Scripted::new(0));
    let client = OpenAi::new(config, clock.clone(), Arc::new(random::Scripted::new(0))).unwrap();
    assert!(put(&client).await.is_ok());
    assert_eq!(failed(put(&client).await).cause, Cause::Quota);
    clock.advance(Duration::from_hours(24));
    assert!(put(&client).await.is_ok());
}

struct Broken;

#[async_trait::async_trait]
impl Budget for Broken {
    async fn reserve(&self, _day: u64, _tokens: u64, _tokens_max: u64) -> Result<bool, Unavailable> {
        Err(Unavailable("the disk is full".to_owned()))
    }

    async fn settle(&self, _day: u64, _reserved: u64, _spent: u64) -> Result<(), Unavailable> {
        Err(Unavailable("the disk is full".to_owned()))
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        Err(Unavailable("the disk is full".to_owned()))
    }
}

#[tokio::test]
async fn where_a_budget_cannot_be_written_nobody_is_asked_unless_there_is_no_limit() {
    let endpoint = without_figures(1).await;
    let limited = limited(&endpoint, 1_000_000, Arc::new(Broken));
    let failed = failed(put(&limited).await);
    assert_eq!((failed.cause, failed.retry_after_ms), (Cause::Quota, Some(5_000)));
    assert_eq!(endpoint.requests().len(), 0);
    assert!(put(&client(config(&endpoint)).with_budget(Arc::new(Broken))).await.is_ok());
}
