//! The daily (UTC) token budgets, of the deployment and of each shop: which of them a call reserves from, in which order,
//! and what is given back if one of them refuses.
//!
//! A call reserves the most that it may cost in every budget before it is made, and settles at its actual cost afterwards.
//! [`Reserving`] names the budgets one after the other; the host reserves and reports the answers.

use model::Cause;
use model::llm::Failed;

/// The owner of the deployment's budget. Every other owner is a shop, by its id.
pub const DEPLOYMENT: &str = "";

/// The milliseconds of a day.
const DAY_MS: u64 = 86_400_000;
/// The delay before a retry if a budget cannot be written, in milliseconds: storage may soon recover.
const UNAVAILABLE_MS: u64 = 5_000;
/// The part of a budget that optional calls may use, in percent. The operator is told once it is used.
const SOFT_LIMIT_PERCENT: u64 = 80;
/// When an optional call that was refused is worth another try, in milliseconds: by then it may be no longer optional.
const OPTIONAL_AGAIN_MS: u64 = 60_000;

/// Returns the day of a time, counted from the epoch.
pub fn day(now_ms: u64) -> u64 {
    now_ms / DAY_MS
}

/// The maximum numbers of tokens per day. A budget without a limit only counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DailyLimits {
    /// The limit of the deployment.
    pub of_deployment: Option<u64>,
    /// The limit of each shop.
    pub of_shop: Option<u64>,
}

/// The limit of one budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit<'a> {
    /// The owner of the budget.
    pub owner: &'a str,
    /// The name of the setting.
    pub setting: &'static str,
    /// The maximum number of tokens per day, if there is one.
    pub tokens_max: Option<u64>,
}

/// A budget's answer to a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The tokens are reserved.
    Reserved,
    /// The day does not have as many, and none are reserved.
    UsedUp,
    /// The budget did not answer.
    Unavailable,
}

/// The tokens that are reserved for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// The day whose budgets hold them.
    pub day: u64,
    /// How many tokens of each owner's budget.
    pub of_owners: Vec<(String, u64)>,
}

/// The reservation of a call in every budget.
#[derive(Debug)]
pub struct Reserving<'a> {
    limits: [Option<Limit<'a>>; 2],
    tokens: u64,
    is_optional: bool,
    reservation: Reservation,
}

impl DailyLimits {
    /// Begins to reserve the most that a call for a shop may cost. A call for no shop, whose id is empty, has the
    /// deployment's budget only.
    pub fn reserve(self, shop: &str, tokens: u64, now_ms: u64) -> Reserving<'_> {
        let of_shop =
            Limit { owner: shop, setting: "llm.tokens_per_shop_per_day_max", tokens_max: self.of_shop };
        let of_deployment =
            Limit { owner: DEPLOYMENT, setting: "llm.tokens_per_day_max", tokens_max: self.of_deployment };
        Reserving {
            limits: [Some(of_shop).filter(|_| !shop.is_empty()), Some(of_deployment)],
            tokens,
            is_optional: false,
            reservation: Reservation { day: day(now_ms), of_owners: Vec::new() },
        }
    }
}

impl<'a> Reserving<'a> {
    /// Sets whether the call can be done without: it leaves the last fifth of each budget to others.
    #[must_use]
    pub fn optional(self, is_optional: bool) -> Self {
        Self { is_optional, ..self }
    }

    /// Returns the most that may be used of a budget with this call, if there is a limit.
    pub fn available(&self, limit: &Limit<'_>) -> Option<u64> {
        if self.is_optional { limit.soft() } else { limit.tokens_max }
    }

    /// Returns the budget to reserve from now, the narrowest first; `None` once the tokens are reserved in all.
    pub fn limit(&self) -> Option<Limit<'a>> {
        self.limits.into_iter().flatten().next()
    }

    /// Returns the tokens to reserve.
    pub fn tokens(&self) -> u64 {
        self.tokens
    }

    /// Returns the day to reserve them of.
    pub fn day(&self) -> u64 {
        self.reservation.day
    }

    /// Takes the answer of the budget of [`Self::limit`]. Fails if the call must not be made: then what is reserved is to
    /// be settled at no cost. A budget without a limit that does not answer prevents no call.
    pub fn answered(&mut self, answer: Answer) -> Result<(), Failed> {
        let Some(limit) = self.limits.iter_mut().find_map(Option::take) else { return Ok(()) };
        match answer {
            Answer::Reserved => {
                self.reservation.of_owners.push((limit.owner.to_owned(), self.tokens));
                Ok(())
            }
            Answer::UsedUp if self.is_optional => Err(limit.kept()),
            Answer::UsedUp => Err(limit.used_up(self.tokens)),
            Answer::Unavailable if limit.tokens_max.is_some() => Err(unavailable()),
            Answer::Unavailable => {
                self.reservation.of_owners.push((limit.owner.to_owned(), 0));
                Ok(())
            }
        }
    }

    /// Returns what is reserved.
    pub fn end(self) -> Reservation {
        self.reservation
    }
}

impl Limit<'_> {
    /// Returns whether a reservation of `tokens`, with which `sum` are used, crosses the soft limit.
    pub fn is_nearly_used(&self, sum: u64, tokens: u64) -> bool {
        self.soft().is_some_and(|soft| (sum.saturating_sub(tokens)..sum).contains(&soft))
    }

    /// Returns the tokens that optional calls may use.
    fn soft(&self) -> Option<u64> {
        let part = |tokens: u64| tokens / 100 * SOFT_LIMIT_PERCENT + tokens % 100 * SOFT_LIMIT_PERCENT / 100;
        self.tokens_max.map(part)
    }

    fn kept(&self) -> Failed {
        let (setting, tokens_max) = (self.setting, self.tokens_max.unwrap_or_default());
        let kept = 100 - SOFT_LIMIT_PERCENT;
        let said = format!(
            "the last {kept} % of `{setting}` ({tokens_max}) are kept for shoppers about whom something is known"
        );
        Failed { cause: Cause::Quota, said, retry_after_ms: Some(OPTIONAL_AGAIN_MS) }
    }

    fn used_up(&self, tokens: u64) -> Failed {
        let (setting, tokens_max) = (self.setting, self.tokens_max.unwrap_or_default());
        let said = format!(
            "`{setting}` ({tokens_max}) leaves too few tokens: this question may cost {tokens} tokens"
        );
        Failed { cause: Cause::Quota, said, retry_after_ms: None }
    }
}

fn unavailable() -> Failed {
    let said = "cannot write the budget".to_owned();
    Failed { cause: Cause::Quota, said, retry_after_ms: Some(UNAVAILABLE_MS) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITED: DailyLimits = DailyLimits { of_deployment: Some(100), of_shop: Some(50) };

    #[test]
    fn the_shops_budget_is_asked_before_the_deployments() {
        let mut reserving = LIMITED.reserve("tea-house", 10, 2 * DAY_MS + 5);
        assert_eq!(
            reserving.limit().map(|limit| (limit.owner, limit.tokens_max)),
            Some(("tea-house", Some(50)))
        );
        assert_eq!(reserving.answered(Answer::Reserved), Ok(()));
        assert_eq!(
            reserving.limit().map(|limit| (limit.owner, limit.tokens_max)),
            Some((DEPLOYMENT, Some(100)))
        );
        assert_eq!(reserving.answered(Answer::Reserved), Ok(()));
        assert_eq!(reserving.limit(), None);
        let of_owners = vec![("tea-house".to_owned(), 10), (String::new(), 10)];
        assert_eq!(reserving.end(), Reservation { day: 2, of_owners });
    }

    #[test]
    fn what_was_reserved_before_a_refusal_is_known() {
        let mut reserving = LIMITED.reserve("tea-house", 10, 0);
        reserving.answered(Answer::Reserved).unwrap();
        let failed = reserving.answered(Answer::UsedUp).unwrap_err();
        assert_eq!((failed.cause, failed.retry_after_ms), (Cause::Quota, None));
        assert!(failed.said.contains("`llm.tokens_per_day_max` (100)"), "{}", failed.said);
        assert_eq!(reserving.end().of_owners, [("tea-house".to_owned(), 10)]);
    }

    #[test]
    fn a_budget_that_does_not_answer_prevents_calls_only_if_it_has_a_limit() {
        let failed = LIMITED.reserve("tea-house", 10, 0).answered(Answer::Unavailable).unwrap_err();
        assert_eq!(failed.retry_after_ms, Some(UNAVAILABLE_MS));
        let mut reserving = DailyLimits::default().reserve("", 10, 0);
        assert_eq!(reserving.answered(Answer::Unavailable), Ok(()));
        assert_eq!(reserving.end().of_owners, [(String::new(), 0)], "nothing to give back");
    }

    #[test]
    fn an_optional_call_leaves_the_last_fifth() {
        for (is_optional, available, again_ms) in [(false, 50, None), (true, 40, Some(OPTIONAL_AGAIN_MS))] {
            let mut reserving = LIMITED.reserve("tea-house", 60, 0).optional(is_optional);
            assert_eq!(reserving.available(&reserving.limit().unwrap()), Some(available));
            assert_eq!(reserving.answered(Answer::UsedUp).unwrap_err().retry_after_ms, again_ms);
        }
        let limits = DailyLimits { of_shop: Some(1_000), ..DailyLimits::default() };
        let reserving = limits.reserve("tea-house", 60, 0).optional(true);
        assert_eq!(reserving.available(&reserving.limit().unwrap()), Some(800));
    }

    #[test]
    fn a_soft_limit_is_crossed_once() {
        let limits = DailyLimits { of_shop: Some(1_000), ..DailyLimits::default() };
        let limit = limits.reserve("tea-house", 100, 0).limit().unwrap();
        let crossed: Vec<u64> =
            (100..=1_000).step_by(100).filter(|sum| limit.is_nearly_used(*sum, 100)).collect();
        assert_eq!(crossed, [900]);
    }
}
