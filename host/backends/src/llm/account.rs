//! The cost of calls: reserved in the budget before a call, and counted after it, whatever its outcome.

use std::sync::Arc;

use ::llm::{Call, Cause, Failed, Prices, Question};
use metrics::counter;
use tracing::warn;

use super::{Budget, Spent, budget};

/// The delay before a retry if cannot write the budget, in milliseconds: storage may soon recover.
const UNAVAILABLE_MS: u64 = 5_000;

/// The budget and the prices of a model.
pub(super) struct Account {
    pub(super) budget: Arc<dyn Budget>,
    /// The maximum number of tokens per day; with `None`, there is no limit and the budget only counts.
    pub(super) tokens_per_day_max: Option<u64>,
    pub(super) prices: Prices,
}

impl Account {
    /// Reserves the most that a question may cost, or returns why it must not be asked. If there is no limit, a
    /// question may be asked without a reservation.
    pub(super) async fn reserve<'a>(
        &'a self,
        question: &Question,
        spent: &'a Spent,
        now_ms: u64,
    ) -> Result<Reserved<'a>, Failed> {
        let (day, tokens) = (budget::day(now_ms), question.tokens_max());
        let tokens_max = self.tokens_per_day_max.unwrap_or(u64::MAX);
        let failed = |said, retry_after_ms| Failed { cause: Cause::Quota, said, retry_after_ms };
        let tokens = match self.budget.reserve(day, tokens, tokens_max).await {
            Ok(true) => tokens,
            Ok(false) => {
                let said = format!(
                    "`llm.tokens_per_day_max` ({tokens_max}) leaves too few tokens: this question may cost {tokens} tokens"
                );
                return Err(failed(said, None));
            }
            Err(error) => {
                warn!(%error, "cannot count the cost of the language model");
                if self.tokens_per_day_max.is_some() {
                    return Err(failed("cannot write the budget".to_owned(), Some(UNAVAILABLE_MS)));
                }
                0
            }
        };
        let unseen = (question.tokens_in, question.tokens_out_max);
        Ok(Reserved { account: self, spent, day, tokens, unseen, is_settled: false })
    }

    fn count(&self, outcome: &'static str, (tokens_in, tokens_out): (u32, u32), spent: &Spent) {
        spent.add(tokens_in, tokens_out);
        counter!("wandstore_llm_requests_total", "outcome" => outcome).increment(1);
        counter!("wandstore_llm_tokens_total", "direction" => "in").increment(tokens_in.into());
        counter!("wandstore_llm_tokens_total", "direction" => "out").increment(tokens_out.into());
        let cost = self.prices.cost_microdollars(tokens_in.into(), tokens_out.into());
        counter!("wandstore_llm_cost_microdollars_total").increment(cost);
    }
}

/// Tokens reserved for a call. If the call is cancelled before it ends, its cost is unknown, so the tokens
/// stay reserved and are counted.
pub(super) struct Reserved<'a> {
    account: &'a Account,
    spent: &'a Spent,
    day: u64,
    tokens: u64,
    unseen: (u32, u32),
    is_settled: bool,
}

impl Reserved<'_> {
    /// Counts a finished call, and returns unused tokens to the budget.
    pub(super) async fn settle(mut self, call: &Call) {
        self.is_settled = true;
        if call.was_sent {
            let outcome = call.cause.map_or("answered", Cause::name);
            self.account.count(outcome, (call.tokens_in, call.tokens_out), self.spent);
        }
        if let Some(member) = &call.left_out {
            counter!("wandstore_llm_renegotiations_total", "member" => member.clone()).increment(1);
        }
        let spent = u64::from(call.tokens_in) + u64::from(call.tokens_out);
        let (budget, day, reserved) = (self.account.budget.clone(), self.day, self.tokens);
        // A task of its own settles even if the caller has stopped waiting.
        let settled = tokio::spawn(async move { budget.settle(day, reserved, spent).await });
        if let Ok(Err(error)) = settled.await {
            warn!(%error, "cannot record the cost of a call; its reservation stays counted");
        }
    }
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        if !self.is_settled {
            self.account.count(Cause::Timeout.name(), self.unseen, self.spent);
        }
    }
}
