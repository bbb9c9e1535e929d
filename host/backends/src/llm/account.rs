//! The cost of calls: reserved in the budget before a call, and counted after it, whatever its outcome.

use std::sync::Arc;

use ::llm::spending::{Answer, DailyLimits, Limit, Reservation};
use ::llm::{Call, Cause, Failed, Prices, Question};
use metrics::counter;
use tracing::warn;

use super::{Budget, Spent, budget};

/// The budgets and the prices of a model.
pub(super) struct Account {
    pub(super) budget: Arc<dyn Budget>,
    pub(super) limits: DailyLimits,
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
        let reserving = self.limits.reserve(spent.shop(), question.tokens_max(), now_ms);
        let mut reserving = reserving.optional(question.is_optional);
        while let Some(limit) = reserving.limit() {
            let (day, tokens) = (reserving.day(), reserving.tokens());
            let available = reserving.available(&limit).unwrap_or(u64::MAX);
            let answer = self.reserve_of(limit, day, tokens, available).await;
            if let Err(failed) = reserving.answered(answer) {
                settle(self.budget.clone(), reserving.end(), 0).await;
                return Err(failed);
            }
        }
        let unseen = (question.tokens_in, question.tokens_out_max);
        Ok(Reserved { account: self, spent, reservation: Some(reserving.end()), unseen })
    }

    async fn reserve_of(&self, limit: Limit<'_>, day: u64, tokens: u64, available: u64) -> Answer {
        match self.budget.reserve(limit.owner, day, tokens, available).await {
            Ok(Some(sum)) => {
                if limit.is_nearly_used(sum, tokens) {
                    warn_of(limit, sum);
                }
                Answer::Reserved
            }
            Ok(None) => Answer::UsedUp,
            Err(error) => {
                warn!(%error, "cannot count the cost of the language model");
                Answer::Unavailable
            }
        }
    }

    fn count(&self, outcome: &'static str, (tokens_in, tokens_out): (u32, u32), spent: &Spent) {
        spent.add(tokens_in, tokens_out);
        add(outcome, 1, (tokens_in.into(), tokens_out.into()), self.prices);
    }
}

/// Adds requests with an outcome, and their tokens, to the metrics.
fn add(outcome: &'static str, requests: u64, (tokens_in, tokens_out): (u64, u64), prices: Prices) {
    counter!("wandstore_llm_requests_total", "outcome" => outcome).increment(requests);
    counter!("wandstore_llm_tokens_total", "direction" => "in").increment(tokens_in);
    counter!("wandstore_llm_tokens_total", "direction" => "out").increment(tokens_out);
    counter!("wandstore_llm_cost_microdollars_total")
        .increment(prices.cost_microdollars(tokens_in, tokens_out));
}

/// Lets the metrics start at 0: otherwise nobody notices the first failure, with which its counter would begin.
pub(super) fn register_metrics() {
    let free = Prices { in_microdollars: 0, out_microdollars: 0 };
    for outcome in Cause::ALL.map(Cause::name).into_iter().chain(["answered"]) {
        add(outcome, 0, (0, 0), free);
    }
}

/// Warns that `sum` tokens of a limited budget are used.
fn warn_of(limit: Limit<'_>, sum: u64) {
    warn!(
        shop = limit.owner,
        setting = limit.setting,
        tokens_max = limit.tokens_max,
        used = sum,
        "the language model's daily budget is nearly used up: newcomers' pages are planned without it, and soon all"
    );
}

/// Tokens reserved for a call. If the call is cancelled before it ends, its cost is unknown, so the tokens
/// stay reserved and are counted.
pub(super) struct Reserved<'a> {
    account: &'a Account,
    spent: &'a Spent,
    /// What is reserved, until it is settled.
    reservation: Option<Reservation>,
    unseen: (u32, u32),
}

impl Reserved<'_> {
    /// Counts a finished call, and returns unused tokens to the budget.
    pub(super) async fn settle(mut self, call: &Call) {
        if call.was_sent {
            let outcome = call.cause.map_or("answered", Cause::name);
            self.account.count(outcome, (call.tokens_in, call.tokens_out), self.spent);
        }
        if let Some(member) = &call.left_out {
            counter!("wandstore_llm_renegotiations_total", "member" => member.clone()).increment(1);
        }
        let spent = u64::from(call.tokens_in) + u64::from(call.tokens_out);
        if let Some(reservation) = self.reservation.take() {
            settle(self.account.budget.clone(), reservation, spent).await;
        }
    }
}

/// Replaces the tokens that are reserved in the owners' budgets by those spent. A task of its own does so even if the
/// caller has stopped waiting.
async fn settle(budget: Arc<dyn Budget>, reservation: Reservation, spent: u64) {
    let settled = tokio::spawn(async move {
        for (owner, reserved) in reservation.of_owners {
            budget.settle(&owner, reservation.day, reserved, spent).await?;
        }
        Ok::<(), budget::Unavailable>(())
    });
    if let Ok(Err(error)) = settled.await {
        warn!(%error, "cannot record the cost of a call; its reservation stays counted");
    }
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        if self.reservation.is_some() {
            self.account.count(Cause::Timeout.name(), self.unseen, self.spent);
        }
    }
}
