//! The part of a shop's state that is reported to Shopify Flow.

use capabilities::llm::budget::{Day, Limits, Used};
use model::review::Review;
use model::shop::ShopSettings;
use model::{Audience, Persona, microdollars};
use serde_json::{Value, json};

use crate::budget::{Level, Spent};

/// The state of a shop: the events that last.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Happening {
    /// Everything but pages that wait.
    pub events: Vec<Event>,
    /// The versions of the plans that wait for approval, in order.
    pub waiting: Vec<String>,
}

/// An event that is reported to Flow.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Event {
    /// The budget of a day or month is spent.
    BudgetSpent {
        /// `day` or `month`.
        period: &'static str,
        /// Its first day, counted from the epoch.
        number: u64,
        /// In millionths of a dollar.
        limit: u64,
    },
    /// A persona is paused.
    PersonaPaused(Persona),
    /// So many pages wait for approval.
    PagesWait(usize),
}

impl Happening {
    /// Returns the state of a shop.
    pub fn of(
        settings: &ShopSettings,
        used: Option<Used>,
        reviews: &[(Audience, Review)],
        now_ms: u64,
    ) -> Self {
        let spent = used.map(|used| spent(Limits::from(settings), used, now_ms)).unwrap_or_default();
        let paused = settings.personas_paused.iter().copied().map(Event::PersonaPaused);
        let mut waiting: Vec<_> =
            reviews.iter().filter_map(|(_, review)| Some(review.waiting.as_ref()?.version())).collect();
        waiting.sort();
        Self { events: spent.into_iter().chain(paused).collect(), waiting }
    }
}

fn spent(limits: Limits, used: Used, now_ms: u64) -> Vec<Event> {
    let Day { number, first_of_month } = Day::at(now_ms);
    let periods = [
        ("day", number, used.of_day.microdollars, limits.microdollars_per_day),
        ("month", first_of_month, used.month_microdollars, limits.microdollars_per_month),
    ];
    let event = |(period, number, used, limit): (&'static str, u64, u64, Option<u64>)| {
        let limit = limit.filter(|limit| Spent { used, limit: Some(*limit) }.level() == Level::All)?;
        Some(Event::BudgetSpent { period, number, limit })
    };
    periods.into_iter().filter_map(event).collect()
}

impl Event {
    /// Returns the handle of its trigger (`shopify/extensions/flow-*`).
    pub fn handle(&self) -> &'static str {
        match self {
            Self::BudgetSpent { .. } => "budget-spent",
            Self::PersonaPaused(_) => "persona-paused",
            Self::PagesWait(_) => "page-waits",
        }
    }

    /// Returns the values of its trigger's fields. They have at most a few hundred bytes; Shopify takes 50,000.
    pub fn payload(&self) -> Value {
        match self {
            Self::BudgetSpent { period, limit, .. } => {
                json!({ "Period": period, "Limit": microdollars::number(*limit) })
            }
            Self::PersonaPaused(persona) => json!({ "Persona": persona.name() }),
            Self::PagesWait(pages) => json!({ "Pages": pages }),
        }
    }

    /// Returns a text by which it is known again.
    pub fn name(&self) -> String {
        match self {
            Self::BudgetSpent { period, number, .. } => format!("{period} {number}"),
            Self::PersonaPaused(persona) => persona.name().to_owned(),
            Self::PagesWait(_) => String::new(),
        }
    }
}
