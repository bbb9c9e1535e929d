//! The use of the shop's budget, in words.

use model::shop::ShopSettings;

use crate::budget::{Level, Spending, Spent};
use crate::visit::Visit;
use crate::wording::Words;

/// The use of a budget, as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Money {
    /// What it means for pages that most of the budget is spent; `None` while enough is left.
    pub state: Option<State>,
    /// Name and amount.
    pub lines: Vec<(&'static str, String)>,
    /// When the month's budget will be spent.
    pub lasts_until: Option<String>,
}

/// A badge, and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    pub tone: &'static str,
    pub badge: &'static str,
    pub details: String,
}

impl Money {
    /// Returns what the language model costs the shop; `None` if there is no model, or it cannot be read.
    pub async fn of(visit: &Visit, settings: Option<&ShopSettings>) -> Option<Self> {
        Some(Self::told(&visit.spending(settings?).await?, visit.words))
    }

    fn told(spending: &Spending, words: &Words) -> Self {
        let mut lines = vec![
            (words.spent_today(), shown(spending.today, words)),
            (words.spent_month(), shown(spending.month, words)),
        ];
        let forecast = spending.forecast.map(|forecast| dollars(forecast.month, words));
        lines.extend(forecast.map(|cost| (words.month_forecast(), cost)));
        Self {
            state: state(spending, words),
            lines,
            lasts_until: spending.spent_on().map(|day| words.budget_lasts_until(&words.day(day))),
        }
    }
}

fn state(spending: &Spending, words: &Words) -> Option<State> {
    match spending.level() {
        Level::Within => None,
        Level::Nearly => Some(State {
            tone: "warning",
            badge: words.budget_nearly(),
            details: words.budget_nearly_details().to_owned(),
        }),
        Level::All => Some(State {
            tone: "critical",
            badge: words.budget_spent(),
            details: words.budget_spent_details(&words.day(spending.renewed_on())),
        }),
    }
}

fn shown(spent: Spent, words: &Words) -> String {
    let used = dollars(spent.used, words);
    match spent.limit {
        Some(limit) => words.spent_of(&used, &dollars(limit, words)),
        None => used,
    }
}

/// Returns millionths of a dollar as dollars, rounded up to a cent.
fn dollars(micro: u64, words: &Words) -> String {
    let cents = micro.div_ceil(10_000);
    words.dollars(&words.decimal(&format!("{}.{:02}", cents / 100, cents % 100)))
}
