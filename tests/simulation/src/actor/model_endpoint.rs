//! The language model's endpoint, and the budgets that a call is reserved in.

use llm::spending::{Amount, Answer, Budget, Limits, Reservation, Reserving, Used};
use model::Cause;
use storage::Value;

use super::Actor;
use crate::Bug;
use crate::task::Pause;
use crate::world::{BUDGETS, CALL_TOKENS_MAX, priced};

/// The longest that the endpoint takes to answer.
const ANSWER_MS_MAX: u64 = 6_000;

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// There is an answer.
    Answered,
    /// The endpoint gives no answer, for this reason.
    Failed(Cause),
}

impl Actor<'_> {
    /// Asks the model for a shop, within its budgets.
    pub(crate) fn ask(&self, shop: &str) -> Asked {
        if self.world.has(Bug::BudgetReservesAfterCall) {
            let (asked, spent) = self.ask_endpoint(shop, self.wall_ms());
            let Ok(reservation) = self.reserve(shop, self.wall_ms()) else {
                return Asked::Failed(Cause::Quota);
            };
            self.settle(&reservation, spent);
            return asked;
        }
        let began_ms = self.wall_ms();
        match self.reserve(shop, began_ms) {
            Ok(reservation) => {
                let (asked, spent) = self.ask_endpoint(shop, began_ms);
                self.settle(&reservation, spent);
                asked
            }
            Err(cause) => Asked::Failed(cause),
        }
    }

    fn reserve(&self, shop: &str, now_ms: u64) -> Result<Reservation, Cause> {
        let mut reserving = BUDGETS.reserve(shop, priced(CALL_TOKENS_MAX), now_ms);
        while let Some(budget) = reserving.budget() {
            let answer = self.reserve_of(budget, &reserving);
            if let Err(failed) = reserving.answered(answer) {
                self.settle(&reserving.end(), 0);
                return Err(failed.cause);
            }
        }
        Ok(reserving.end())
    }

    fn reserve_of(&self, budget: Budget<'_>, reserving: &Reserving<'_>) -> Answer {
        let (day, Amount { tokens, microdollars }) = (reserving.day(), reserving.amount());
        let Limits { tokens_per_day, microdollars_per_day, microdollars_per_month } = budget.limits;
        let most = |limit: Option<u64>| limit.unwrap_or(i64::MAX.unsigned_abs());
        let parameters: [Value; 8] = [
            budget.owner.into(),
            day.number.into(),
            tokens.into(),
            microdollars.into(),
            most(tokens_per_day).into(),
            most(microdollars_per_day).into(),
            most(microdollars_per_month).into(),
            day.first_of_month.into(),
        ];
        let reserve = || self.world.database.first(sql::budget::RESERVE, &parameters);
        match self.call(|| format!("budget.reserve {:?} {tokens}", budget.owner), reserve) {
            Ok(Ok(Some(_))) => Answer::Reserved,
            Ok(Ok(None)) => Answer::UsedUp(Used::default()),
            Ok(Err(_)) | Err(_) => Answer::Unavailable,
        }
    }

    /// Replaces what is reserved by what was spent. If a budget does not answer, it stays counted.
    fn settle(&self, reservation: &Reservation, tokens: u64) {
        let spent = priced(tokens);
        for (owner, reserved) in &reservation.of_owners {
            let parameters: [Value; 6] = [
                owner.as_str().into(),
                reservation.day.number.into(),
                reserved.tokens.into(),
                reserved.microdollars.into(),
                spent.tokens.into(),
                spent.microdollars.into(),
            ];
            let settle = || self.world.database.execute(sql::budget::SETTLE, &parameters);
            let call = || format!("budget.settle {owner:?} {} by {tokens}", reserved.tokens);
            if !matches!(self.call(call, settle), Ok(Ok(_))) {
                return;
            }
        }
    }

    /// Asks the endpoint, which charges also for answers that do not arrive. Returns the tokens that the host knows of.
    fn ask_endpoint(&self, shop: &str, began_ms: u64) -> (Asked, u64) {
        let world = &self.world;
        self.pause(Pause::Turn);
        let (tokens, fails) = (1 + world.below(CALL_TOKENS_MAX), world.is_faulty.get() && world.one_in(4));
        let is_charged = !fails || world.one_in(2);
        if is_charged {
            world.note(|| format!("host {} asks the model for {shop}: {tokens} tokens", self.host));
            world.judge(world.ledger.borrow_mut().spending.charged(shop, began_ms, priced(tokens), BUDGETS));
        }
        self.pause(Pause::Until(world.now_ms.get() + world.below(ANSWER_MS_MAX)));
        match (fails, is_charged) {
            (false, _) => (Asked::Answered, tokens),
            // An answer that broke off counts as all that it may have cost.
            (true, true) => (Asked::Failed(Cause::Timeout), CALL_TOKENS_MAX),
            (true, false) => (Asked::Failed(Cause::Unreachable), 0),
        }
    }
}
