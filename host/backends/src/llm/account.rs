//! The cost of calls: reserved in the budget before a call, and counted after it, whatever its outcome.

use std::sync::Arc;

use ::llm::spending::{self, Amount, Answer, Budgets, Limit, Limits, Reservation, Reserving};
use ::llm::{Call, Cause, Failed, Prices, Question};
use metrics::counter;
use tracing::warn;

use super::{Budget, Spent, budget};

/// The budgets and the prices of a model.
pub(super) struct Account {
    pub(super) budget: Arc<dyn Budget>,
    /// The limits of the deployment.
    pub(super) limits: Limits,
    /// The most tokens per day for each shop.
    pub(super) tokens_of_shop: Option<u64>,
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
        let of_shop = Limits { tokens_per_day: self.tokens_of_shop, ..spent.limits };
        let budgets = Budgets { of_deployment: self.limits, of_shop };
        let reserving = budgets.reserve(spent.shop(), question.amount_max(self.prices), now_ms);
        let mut reserving = reserving.optional(question.is_optional);
        while let Some(budget) = reserving.budget() {
            let answer = self.reserve_of(budget, &reserving).await;
            if let Err(failed) = reserving.answered(answer) {
                settle(self.budget.clone(), reserving.end(), Amount::default()).await;
                return Err(failed);
            }
        }
        let unseen = (question.tokens_in, question.tokens_out_max);
        Ok(Reserved { account: self, spent, reservation: Some(reserving.end()), unseen })
    }

    async fn reserve_of(&self, budget: spending::Budget<'_>, reserving: &Reserving<'_>) -> Answer {
        self.try_reserve(budget, reserving).await.unwrap_or_else(|error| {
            warn!(%error, "cannot count the cost of the language model");
            Answer::Unavailable
        })
    }

    async fn try_reserve(
        &self,
        budget: spending::Budget<'_>,
        reserving: &Reserving<'_>,
    ) -> Result<Answer, budget::Unavailable> {
        let (day, amount) = (reserving.day(), reserving.amount());
        let available = reserving.available(&budget);
        let is_reserved = self.budget.reserve(budget.owner, day, amount, available).await?;
        if budget.limits == Limits::default() {
            return Ok(Answer::Reserved);
        }
        let used = self.budget.used(budget.owner, day).await;
        if !is_reserved {
            return Ok(Answer::UsedUp(used?));
        }
        // The reservation stays, whether or not there is something to warn of.
        if let Ok(used) = used
            && let Some(limit) = budget.limits.nearly_used_by(amount, &used)
        {
            warn_of(budget, limit, used.of(limit));
        }
        Ok(Answer::Reserved)
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

/// Starts the metrics at 0. Otherwise a counter would begin with its first failure, and no alert would see it rise.
pub(super) fn register_metrics() {
    let free = Prices { in_microdollars: 0, out_microdollars: 0 };
    for outcome in Cause::ALL.map(Cause::name).into_iter().chain(["answered"]) {
        add(outcome, 0, (0, 0), free);
    }
}

/// Warns that so much of a limit is used.
fn warn_of(budget: spending::Budget<'_>, limit: Limit, used: u64) {
    warn!(
        shop = budget.owner,
        setting = limit.setting(budget.owner),
        max = limit.show(budget.limits.of(limit).unwrap_or_default()),
        used = limit.show(used),
        "the language model's budget is nearly used up: newcomers' pages are planned without it, and soon all"
    );
}

/// The reservation for a call. If the call is cancelled before it ends, its cost is unknown, so all of it stays
/// reserved and is counted.
pub(super) struct Reserved<'a> {
    account: &'a Account,
    spent: &'a Spent,
    /// The reservation, until it is settled.
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
        let (tokens_in, tokens_out) = (u64::from(call.tokens_in), u64::from(call.tokens_out));
        let microdollars = self.account.prices.cost_microdollars(tokens_in, tokens_out);
        let spent = Amount { tokens: tokens_in + tokens_out, microdollars };
        if let Some(reservation) = self.reservation.take() {
            settle(self.account.budget.clone(), reservation, spent).await;
        }
    }
}

/// Replaces a reservation in the owners' budgets by the actual cost. A task of its own does so even if the
/// caller has stopped waiting.
async fn settle(budget: Arc<dyn Budget>, reservation: Reservation, spent: Amount) {
    let settled = tokio::spawn(async move {
        for (owner, reserved) in reservation.of_owners {
            budget.settle(&owner, reservation.day.number, reserved, spent).await?;
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
