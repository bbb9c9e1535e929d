//! The budgets of the deployment and of each shop, in tokens per day and in money per day and month (UTC): which of them a
//! call reserves from, in which order, and what is given back if one of them refuses.
//!
//! A call reserves the most that it may cost in every budget before it is made, and settles at its actual cost afterwards.
//! [`Reserving`] names the budgets one after the other; the host reserves and reports the answers.

use std::ops::{Add, Sub};

use jiff::Timestamp;
use jiff::tz::Offset;
use model::Cause;
use model::llm::Failed;
use model::shop::{Dollars, ShopSettings};

/// The owner of the deployment's budget. Every other owner is a shop, by its id.
pub const DEPLOYMENT: &str = "";

/// The milliseconds of a day.
const DAY_MS: u64 = 86_400_000;
/// The delay before a retry if a budget cannot be written, in milliseconds: storage may soon recover.
const UNAVAILABLE_MS: u64 = 5_000;
/// The part of a budget that optional calls may use, in percent. The operator is told once it is used.
pub const SOFT_LIMIT_PERCENT: u64 = 80;
/// When an optional call that was refused is worth another try, in milliseconds: by then it may be no longer optional.
const OPTIONAL_AGAIN_MS: u64 = 60_000;

/// A day in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// The day, counted from the epoch.
    pub number: u64,
    /// The first day of its month, counted from the epoch.
    pub first_of_month: u64,
}

/// An amount of tokens and money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amount {
    /// Tokens, of questions and answers together.
    pub tokens: u64,
    /// Their cost, in millionths of a dollar.
    pub microdollars: u64,
}

/// The amounts of a budget that are spent and reserved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    /// On the day.
    pub of_day: Amount,
    /// In the month up to that day, in millionths of a dollar.
    pub month_microdollars: u64,
}

/// The most that may be used of a budget. A budget without any limit only counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Tokens per day.
    pub tokens_per_day: Option<u64>,
    /// Millionths of a dollar per day.
    pub microdollars_per_day: Option<u64>,
    /// Millionths of a dollar per month.
    pub microdollars_per_month: Option<u64>,
}

/// The budgets of a call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Budgets {
    /// The limits of the deployment.
    pub of_deployment: Limits,
    /// The limits of the call's shop.
    pub of_shop: Limits,
}

/// One budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget<'a> {
    /// Whose it is.
    pub owner: &'a str,
    /// Its limits.
    pub limits: Limits,
}

/// A limit of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Of tokens per day.
    TokensPerDay,
    /// Of money per day.
    MoneyPerDay,
    /// Of money per month.
    MoneyPerMonth,
}

/// A budget's answer to a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The amount is reserved.
    Reserved,
    /// The budget has less left than the amount, and nothing is reserved. The field is the amount in use at that time.
    UsedUp(Used),
    /// The budget did not answer.
    Unavailable,
}

/// The reservation for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// The day whose budgets hold it.
    pub day: Day,
    /// How much of each owner's budget.
    pub of_owners: Vec<(String, Amount)>,
}

/// The reservation of a call in every budget.
#[derive(Debug)]
pub struct Reserving<'a> {
    budgets: [Option<Budget<'a>>; 2],
    amount: Amount,
    is_optional: bool,
    reservation: Reservation,
}

impl Day {
    /// Returns the day of a time, in milliseconds since the epoch.
    pub fn at(now_ms: u64) -> Self {
        let number = now_ms / DAY_MS;
        let time = i64::try_from(now_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        let of_month = Offset::UTC.to_datetime(time.unwrap_or_default()).day();
        let before = u64::try_from(of_month - 1).unwrap_or_default();
        Self { number, first_of_month: number.saturating_sub(before) }
    }
}

impl Add for Amount {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            tokens: self.tokens.saturating_add(other.tokens),
            microdollars: self.microdollars.saturating_add(other.microdollars),
        }
    }
}

impl Sub for Amount {
    type Output = Self;

    /// Subtracts as much as there is.
    fn sub(self, other: Self) -> Self {
        Self {
            tokens: self.tokens.saturating_sub(other.tokens),
            microdollars: self.microdollars.saturating_sub(other.microdollars),
        }
    }
}

impl Used {
    /// Returns what is used after `amount` as well.
    #[must_use]
    pub fn with(self, amount: Amount) -> Self {
        Self {
            of_day: self.of_day + amount,
            month_microdollars: self.month_microdollars.saturating_add(amount.microdollars),
        }
    }

    /// Returns what was used before `amount`.
    #[must_use]
    pub fn without(self, amount: Amount) -> Self {
        Self {
            of_day: self.of_day - amount,
            month_microdollars: self.month_microdollars.saturating_sub(amount.microdollars),
        }
    }

    /// Returns how much of a limit is used.
    pub fn of(&self, limit: Limit) -> u64 {
        match limit {
            Limit::TokensPerDay => self.of_day.tokens,
            Limit::MoneyPerDay => self.of_day.microdollars,
            Limit::MoneyPerMonth => self.month_microdollars,
        }
    }
}

impl From<&ShopSettings> for Limits {
    /// Returns the limits that a shop's settings have.
    fn from(shop: &ShopSettings) -> Self {
        Self {
            tokens_per_day: None,
            microdollars_per_day: shop.budget_per_day.map(Dollars::microdollars),
            microdollars_per_month: shop.budget_per_month.map(Dollars::microdollars),
        }
    }
}

impl Limits {
    /// Returns a limit, if there is one.
    pub fn of(&self, limit: Limit) -> Option<u64> {
        match limit {
            Limit::TokensPerDay => self.tokens_per_day,
            Limit::MoneyPerDay => self.microdollars_per_day,
            Limit::MoneyPerMonth => self.microdollars_per_month,
        }
    }

    /// Returns what optional calls may use.
    #[must_use]
    pub fn soft(self) -> Self {
        let part = |all: u64| all / 100 * SOFT_LIMIT_PERCENT + all % 100 * SOFT_LIMIT_PERCENT / 100;
        Self {
            tokens_per_day: self.tokens_per_day.map(part),
            microdollars_per_day: self.microdollars_per_day.map(part),
            microdollars_per_month: self.microdollars_per_month.map(part),
        }
    }

    /// Returns the first limit that `used` exceeds, if there is one.
    pub fn exceeded_by(&self, used: &Used) -> Option<Limit> {
        Limit::ALL.into_iter().find(|limit| self.of(*limit).is_some_and(|max| used.of(*limit) > max))
    }

    /// Returns the first limit whose part for optional calls is used up, with `amount` as the latest use.
    pub fn nearly_used_by(self, amount: Amount, used: &Used) -> Option<Limit> {
        let (soft, before) = (self.soft(), used.without(amount));
        let crosses = |limit: &Limit| {
            soft.of(*limit).is_some_and(|soft| (before.of(*limit)..used.of(*limit)).contains(&soft))
        };
        Limit::ALL.into_iter().find(crosses)
    }

    fn is_limited(&self) -> bool {
        *self != Self::default()
    }
}

impl Limit {
    /// Every limit, the shortest first.
    pub const ALL: [Self; 3] = [Self::TokensPerDay, Self::MoneyPerDay, Self::MoneyPerMonth];

    /// Returns the name of its setting, of the deployment or of a shop.
    pub fn setting(self, owner: &str) -> &'static str {
        match (self, owner) {
            (Self::TokensPerDay, DEPLOYMENT) => "llm.tokens_per_day_max",
            (Self::TokensPerDay, _) => "llm.tokens_per_shop_per_day_max",
            (Self::MoneyPerDay, DEPLOYMENT) => "llm.budget_per_day",
            (Self::MoneyPerMonth, DEPLOYMENT) => "llm.budget_per_month",
            (Self::MoneyPerDay, _) => "budget_per_day",
            (Self::MoneyPerMonth, _) => "budget_per_month",
        }
    }

    /// Returns an amount of the limited unit, for people.
    pub fn show(self, amount: u64) -> String {
        match self {
            Self::TokensPerDay => format!("{amount} tokens"),
            Self::MoneyPerDay | Self::MoneyPerMonth => {
                format!("${}.{:04}", amount / 1_000_000, amount % 1_000_000 / 100)
            }
        }
    }
}

impl Budgets {
    /// Begins to reserve the most that a call for a shop may cost. A call for no shop, whose id is empty, has the
    /// deployment's budget only.
    pub fn reserve(self, shop: &str, amount: Amount, now_ms: u64) -> Reserving<'_> {
        let of_shop = Budget { owner: shop, limits: self.of_shop };
        let of_deployment = Budget { owner: DEPLOYMENT, limits: self.of_deployment };
        Reserving {
            budgets: [Some(of_shop).filter(|_| !shop.is_empty()), Some(of_deployment)],
            amount,
            is_optional: false,
            reservation: Reservation { day: Day::at(now_ms), of_owners: Vec::new() },
        }
    }
}

impl<'a> Reserving<'a> {
    /// Sets whether the call can be done without: it leaves the last fifth of each budget to others.
    #[must_use]
    pub fn optional(self, is_optional: bool) -> Self {
        Self { is_optional, ..self }
    }

    /// Returns the most that may be used of a budget with this call.
    pub fn available(&self, budget: &Budget<'_>) -> Limits {
        if self.is_optional { budget.limits.soft() } else { budget.limits }
    }

    /// Returns the budget to reserve from now, the narrowest first; `None` once the amount is reserved in all.
    pub fn budget(&self) -> Option<Budget<'a>> {
        self.budgets.into_iter().flatten().next()
    }

    /// Returns the amount to reserve.
    pub fn amount(&self) -> Amount {
        self.amount
    }

    /// Returns the day to reserve it of.
    pub fn day(&self) -> Day {
        self.reservation.day
    }

    /// Takes the answer of the budget of [`Self::budget`]. Fails if the call must not be made: then what is reserved is to
    /// be settled at no cost. A budget without a limit that does not answer prevents no call.
    pub fn answered(&mut self, answer: Answer) -> Result<(), Failed> {
        let Some(budget) = self.budgets.iter_mut().find_map(Option::take) else { return Ok(()) };
        match answer {
            Answer::Reserved => {
                self.reservation.of_owners.push((budget.owner.to_owned(), self.amount));
                Ok(())
            }
            Answer::UsedUp(used) => Err(self.refused(&budget, &used)),
            Answer::Unavailable if budget.limits.is_limited() => Err(unavailable()),
            Answer::Unavailable => {
                self.reservation.of_owners.push((budget.owner.to_owned(), Amount::default()));
                Ok(())
            }
        }
    }

    /// Returns what is reserved.
    pub fn end(self) -> Reservation {
        self.reservation
    }

    fn refused(&self, budget: &Budget<'_>, used: &Used) -> Failed {
        let wanted = used.with(self.amount);
        // What others gave back meanwhile may have made room: then the widest limit stands for the one that refused.
        let limit = self.available(budget).exceeded_by(&wanted).unwrap_or(Limit::MoneyPerMonth);
        let setting = limit.setting(budget.owner);
        let max = limit.show(budget.limits.of(limit).unwrap_or_default());
        let (said, retry_after_ms) = if self.is_optional {
            let kept = 100 - SOFT_LIMIT_PERCENT;
            let said = format!("the last {kept} % of `{setting}` ({max}) are kept for shoppers with signals");
            (said, Some(OPTIONAL_AGAIN_MS))
        } else {
            let cost = limit.show(wanted.of(limit).saturating_sub(used.of(limit)));
            (format!("`{setting}` ({max}) leaves too little: this question may cost {cost}"), None)
        };
        Failed { cause: Cause::Quota, said, retry_after_ms }
    }
}

fn unavailable() -> Failed {
    let said = "cannot write the budget".to_owned();
    Failed { cause: Cause::Quota, said, retry_after_ms: Some(UNAVAILABLE_MS) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITED: Budgets = Budgets { of_deployment: tokens(100), of_shop: tokens(50) };

    const fn tokens(max: u64) -> Limits {
        Limits { tokens_per_day: Some(max), microdollars_per_day: None, microdollars_per_month: None }
    }

    const fn amount(tokens: u64, microdollars: u64) -> Amount {
        Amount { tokens, microdollars }
    }

    fn used(tokens: u64, microdollars: u64, month_microdollars: u64) -> Used {
        Used { of_day: amount(tokens, microdollars), month_microdollars }
    }

    #[test]
    fn a_day_knows_its_month() {
        for (ms, number, first_of_month) in [
            (0, 0, 0),
            (DAY_MS * 31 - 1, 30, 0),
            (DAY_MS * 31, 31, 31),
            // 29 February, 1 March and 30 November.
            (1_709_164_800_000, 19_782, 19_754),
            (1_709_251_200_000, 19_783, 19_783),
            (1_796_079_599_999, 20_787, 20_758),
        ] {
            assert_eq!(Day::at(ms), Day { number, first_of_month });
        }
    }

    #[test]
    fn the_shops_budget_is_asked_before_the_deployments() {
        let mut reserving = LIMITED.reserve("tea-house", amount(10, 7), 2 * DAY_MS + 5);
        for (owner, max) in [("tea-house", 50), (DEPLOYMENT, 100)] {
            assert_eq!(reserving.budget(), Some(Budget { owner, limits: tokens(max) }));
            assert_eq!(reserving.answered(Answer::Reserved), Ok(()));
        }
        assert_eq!(reserving.budget(), None);
        let of_owners = vec![("tea-house".to_owned(), amount(10, 7)), (String::new(), amount(10, 7))];
        assert_eq!(reserving.end(), Reservation { day: Day { number: 2, first_of_month: 0 }, of_owners });
    }

    #[test]
    fn a_refusal_says_which_reservations_were_made_before_it() {
        let mut reserving = LIMITED.reserve("tea-house", amount(10, 0), 0);
        reserving.answered(Answer::Reserved).unwrap();
        let failed = reserving.answered(Answer::UsedUp(used(91, 0, 0))).unwrap_err();
        assert_eq!((failed.cause, failed.retry_after_ms), (Cause::Quota, None));
        assert_eq!(
            failed.said,
            "`llm.tokens_per_day_max` (100 tokens) leaves too little: this question may cost 10 tokens"
        );
        assert_eq!(reserving.end().of_owners, [("tea-house".to_owned(), amount(10, 0))]);
    }

    #[test]
    fn a_refusal_names_the_limit_that_leaves_too_little() {
        let limits = Limits {
            tokens_per_day: Some(1_000),
            microdollars_per_day: Some(2_000_000),
            microdollars_per_month: Some(20_000_000),
        };
        let budgets = Budgets { of_shop: limits, ..Budgets::default() };
        for (used, setting) in [
            (used(995, 0, 0), "llm.tokens_per_shop_per_day_max"),
            (used(10, 1_999_999, 1_999_999), "budget_per_day"),
            (used(10, 5, 19_999_999), "budget_per_month"),
        ] {
            let mut reserving = budgets.reserve("tea-house", amount(10, 40_000), 0);
            let said = reserving.answered(Answer::UsedUp(used)).unwrap_err().said;
            assert!(said.starts_with(&format!("`{setting}` (")), "{said}");
        }
        let mut reserving = budgets.reserve("tea-house", amount(10, 40_000), 0);
        let said = reserving.answered(Answer::UsedUp(used(10, 5, 19_999_999))).unwrap_err().said;
        let expected = "`budget_per_month` ($20.0000) leaves too little: this question may cost $0.0400";
        assert_eq!(said, expected);
    }

    #[test]
    fn a_budget_that_does_not_answer_prevents_calls_only_if_it_has_a_limit() {
        let failed =
            LIMITED.reserve("tea-house", amount(10, 0), 0).answered(Answer::Unavailable).unwrap_err();
        assert_eq!(failed.retry_after_ms, Some(UNAVAILABLE_MS));
        let mut reserving = Budgets::default().reserve("", amount(10, 3), 0);
        assert_eq!(reserving.answered(Answer::Unavailable), Ok(()));
        assert_eq!(reserving.end().of_owners, [(String::new(), Amount::default())], "nothing to give back");
    }

    #[test]
    fn an_optional_call_leaves_the_last_fifth() {
        for (is_optional, available, again_ms) in [(false, 50, None), (true, 40, Some(OPTIONAL_AGAIN_MS))] {
            let mut reserving = LIMITED.reserve("tea-house", amount(60, 0), 0).optional(is_optional);
            assert_eq!(reserving.available(&reserving.budget().unwrap()), tokens(available));
            assert_eq!(
                reserving.answered(Answer::UsedUp(used(0, 0, 0))).unwrap_err().retry_after_ms,
                again_ms
            );
        }
        let limits =
            Limits { microdollars_per_day: Some(999), microdollars_per_month: Some(10), ..tokens(1_000) };
        let soft = Limits { microdollars_per_day: Some(799), microdollars_per_month: Some(8), ..tokens(800) };
        assert_eq!(limits.soft(), soft);
    }

    #[test]
    fn a_soft_limit_is_crossed_once() {
        let crossed = |limits: Limits| {
            let sums = (100..=1_000).step_by(100);
            let is_crossed =
                |sum: &u64| limits.nearly_used_by(amount(100, 100), &used(*sum, *sum, *sum)).is_some();
            sums.filter(is_crossed).collect::<Vec<u64>>()
        };
        assert_eq!(crossed(tokens(1_000)), [900]);
        let of_month = Limits { microdollars_per_month: Some(500), ..Limits::default() };
        assert_eq!(crossed(of_month), [500]);
        assert!(crossed(Limits::default()).is_empty());
    }
}
