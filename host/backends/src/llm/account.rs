//! The cost of calls: reserved in the budget before a call, and counted after it, whatever its outcome.

use std::sync::Arc;

use ::llm::{Call, Cause, Failed, Prices, Question};
use metrics::counter;
use tracing::warn;

use super::{Budget, Spent, budget};

/// The delay before a retry if the budget cannot be written, in milliseconds: storage may soon recover.
const UNAVAILABLE_MS: u64 = 5_000;

/// The part of a budget that optional requests may use, in percent. The operator is told once it is used.
const SOFT_LIMIT_PERCENT: u64 = 80;

/// When an optional request that was refused is worth another try, in milliseconds: by then it may be no longer optional.
const OPTIONAL_AGAIN_MS: u64 = 60_000;

/// The budgets and the prices of a model.
pub(super) struct Account {
    pub(super) budget: Arc<dyn Budget>,
    /// The maximum number of tokens per day; with `None`, there is no limit and the budget only counts.
    pub(super) tokens_per_day_max: Option<u64>,
    /// The maximum number of tokens per day of each shop.
    pub(super) tokens_per_shop_per_day_max: Option<u64>,
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
        let unseen = (question.tokens_in, question.tokens_out_max);
        let mut of_owners = Vec::new();
        for limit in self.limits(spent.shop()) {
            match self.reserve_of(limit, day, tokens, question.is_optional).await {
                Ok(tokens) => of_owners.push((limit.owner.to_owned(), tokens)),
                Err(failed) => {
                    settle(self.budget.clone(), day, of_owners, 0).await;
                    return Err(failed);
                }
            }
        }
        Ok(Reserved { account: self, spent, day, tokens: of_owners, unseen, is_settled: false })
    }

    /// Returns the limits of a call for a shop, the narrowest first. A call for no shop has the deployment's only.
    fn limits<'a>(&self, shop: &'a str) -> impl Iterator<Item = Limit<'a>> {
        let of_shop = Limit {
            owner: shop,
            setting: "llm.tokens_per_shop_per_day_max",
            tokens_max: self.tokens_per_shop_per_day_max,
        };
        let of_deployment = Limit {
            owner: budget::DEPLOYMENT,
            setting: "llm.tokens_per_day_max",
            tokens_max: self.tokens_per_day_max,
        };
        Some(of_shop).filter(|of_shop| !of_shop.owner.is_empty()).into_iter().chain([of_deployment])
    }

    /// Reserves tokens of one budget. Returns how many are reserved: 0 if they cannot be counted and need not be.
    async fn reserve_of(
        &self,
        limit: Limit<'_>,
        day: u64,
        tokens: u64,
        is_optional: bool,
    ) -> Result<u64, Failed> {
        let Limit { owner, setting, tokens_max } = limit;
        let failed = |said, retry_after_ms| Failed { cause: Cause::Quota, said, retry_after_ms };
        let available = if is_optional { limit.soft() } else { tokens_max };
        match self.budget.reserve(owner, day, tokens, available.unwrap_or(u64::MAX)).await {
            Ok(Some(sum)) => {
                limit.warn_if_nearly_used(sum, tokens);
                Ok(tokens)
            }
            Ok(None) => {
                let tokens_max = tokens_max.unwrap_or_default();
                if is_optional {
                    let kept = 100 - SOFT_LIMIT_PERCENT;
                    let said = format!(
                        "the last {kept} % of `{setting}` ({tokens_max}) are kept for shoppers about whom something is known"
                    );
                    return Err(failed(said, Some(OPTIONAL_AGAIN_MS)));
                }
                let said = format!(
                    "`{setting}` ({tokens_max}) leaves too few tokens: this question may cost {tokens} tokens"
                );
                Err(failed(said, None))
            }
            Err(error) => {
                warn!(%error, "cannot count the cost of the language model");
                match tokens_max {
                    Some(_) => Err(failed("cannot write the budget".to_owned(), Some(UNAVAILABLE_MS))),
                    None => Ok(0),
                }
            }
        }
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

/// The limit of one budget.
#[derive(Clone, Copy)]
struct Limit<'a> {
    owner: &'a str,
    /// The name of the setting.
    setting: &'static str,
    tokens_max: Option<u64>,
}

impl Limit<'_> {
    /// Returns how many tokens optional requests may use.
    fn soft(self) -> Option<u64> {
        self.tokens_max.map(|tokens_max| tokens_max / 100 * SOFT_LIMIT_PERCENT)
    }

    /// Warns when a reservation of `tokens`, with which `sum` are used, crosses the soft limit.
    fn warn_if_nearly_used(self, sum: u64, tokens: u64) {
        let (Some(tokens_max), Some(soft)) = (self.tokens_max, self.soft()) else { return };
        if (sum.saturating_sub(tokens)..sum).contains(&soft) {
            warn!(
                shop = self.owner,
                setting = self.setting,
                tokens_max,
                used = sum,
                "the language model's daily budget is nearly used up: newcomers' pages are planned without it, and soon all"
            );
        }
    }
}

/// Tokens reserved for a call. If the call is cancelled before it ends, its cost is unknown, so the tokens
/// stay reserved and are counted.
pub(super) struct Reserved<'a> {
    account: &'a Account,
    spent: &'a Spent,
    day: u64,
    /// How many of each owner's budget.
    tokens: Vec<(String, u64)>,
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
        settle(self.account.budget.clone(), self.day, std::mem::take(&mut self.tokens), spent).await;
    }
}

/// Replaces the tokens that are reserved in the owners' budgets by those spent. A task of its own does so even if the
/// caller has stopped waiting.
async fn settle(budget: Arc<dyn Budget>, day: u64, of_owners: Vec<(String, u64)>, spent: u64) {
    let settled = tokio::spawn(async move {
        for (owner, reserved) in of_owners {
            budget.settle(&owner, day, reserved, spent).await?;
        }
        Ok::<(), budget::Unavailable>(())
    });
    if let Ok(Err(error)) = settled.await {
        warn!(%error, "cannot record the cost of a call; its reservation stays counted");
    }
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        if !self.is_settled {
            self.account.count(Cause::Timeout.name(), self.unseen, self.spent);
        }
    }
}
