//! The page *Settings*: the pricing plan, the pause, the budget, the language model and the language.

mod money;
mod plan;

use askama::Template;
use model::Cause;
use model::shop::{Choices, Dollars, ShopSettings};

use super::FormPage;
use crate::form::{Field, Form, Posted, fields};
use crate::place::Place;
use crate::visit::Visit;
use crate::wording::Words;

use money::Money;
pub(super) use plan::Plan;

/// The form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Settings {
    pub paused: bool,
    /// In US dollars.
    pub budget_per_day: Field,
    /// In US dollars.
    pub budget_per_month: Field,
}

/// What it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sent {
    paused: bool,
    budget_per_day: Option<Dollars>,
    budget_per_month: Option<Dollars>,
}

#[derive(Template)]
#[template(path = "pages/settings.html")]
struct Page<'a> {
    words: &'static Words,
    form: &'a Settings,
    mark: &'a str,
    /// The pricing plan; `None` if the app has none, or it cannot be read.
    plan: Option<Plan>,
    /// The use of the budget; `None` if there is no model, or the use cannot be read.
    money: Option<Money>,
    /// Why the language model is not asked; `None` if it is.
    model_trouble: Option<String>,
    /// The note about the shop's language, if the language can be read.
    language: Option<String>,
}

impl Form for Settings {
    const PLACE: Place = Place::Settings;
    type Sent = Sent;

    fn of(choices: &Choices, _: &Words) -> Self {
        let dollars =
            |amount: Option<Dollars>| amount.map(|amount| amount.to_string()).unwrap_or_default().into();
        Self {
            paused: choices.paused,
            budget_per_day: dollars(choices.budget_per_day),
            budget_per_month: dollars(choices.budget_per_month),
        }
    }

    fn typed(posted: &Posted) -> Self {
        Self {
            paused: posted.has("paused", "on"),
            budget_per_day: posted.field("budget_per_day"),
            budget_per_month: posted.field("budget_per_month"),
        }
    }

    fn judge(&mut self, words: &Words) -> Sent {
        Sent {
            paused: self.paused,
            budget_per_day: fields::dollars(&mut self.budget_per_day, words),
            budget_per_month: fields::dollars(&mut self.budget_per_month, words),
        }
    }

    fn has_errors(&self) -> bool {
        self.budget_per_day.is_wrong() || self.budget_per_month.is_wrong()
    }

    fn apply(sent: &Sent, choices: &mut Choices) {
        let Sent { paused, budget_per_day, budget_per_month } = *sent;
        choices.paused = paused;
        choices.budget_per_day = budget_per_day;
        choices.budget_per_month = budget_per_month;
    }
}

impl FormPage for Settings {
    async fn body(
        self,
        mark: &str,
        settings: Option<&ShopSettings>,
        visit: &Visit,
    ) -> Result<String, askama::Error> {
        let words = visit.words;
        let trouble = visit.admin.storefronts.model_trouble(&visit.caller.shop);
        let model_trouble = trouble.map(|cause| words.model_not_asked_details(why(cause, words)));
        let (plan, money) = (Plan::of(visit).await, Money::of(visit, settings).await);
        let language = settings.map(|settings| language(settings.language.as_str(), words));
        Page { words, form: &self, mark, plan, money, model_trouble, language }.render()
    }
}

/// Returns the note on the shop's language.
fn language(tag: &str, words: &Words) -> String {
    match words::Language::of(tag) {
        Some(_) => words.language_known(tag),
        None => words.language_unknown(tag),
    }
}

fn why(cause: Cause, words: &Words) -> &'static str {
    match cause {
        Cause::Auth => words.cause_auth(),
        Cause::Model => words.cause_model(),
        Cause::Quota => words.cause_quota(),
        Cause::Rate => words.cause_rate(),
        Cause::Refusal => words.cause_refusal(),
        Cause::Length => words.cause_length(),
        Cause::Context => words.cause_context(),
        Cause::Thinking => words.cause_thinking(),
        Cause::Filter => words.cause_filter(),
        Cause::Format => words.cause_format(),
        Cause::Claims => words.cause_claims(),
        Cause::Unreachable => words.cause_unreachable(),
        Cause::Timeout => words.cause_timeout(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_that_is_not_asked_is_told_of() {
        let words = Words::of("en");
        let page = |model_trouble: Option<String>| {
            let form = &Settings::default();
            Page { words, form, mark: "", plan: None, money: None, model_trouble, language: None }
                .render()
                .unwrap()
        };
        let told = "Pages without the language model";
        assert!(!page(None).contains(told));
        let page = page(Some(words.model_not_asked_details(why(Cause::Claims, words))));
        assert!(
            page.contains(told) && page.contains("copy says what may not be said, several times"),
            "{page}"
        );
    }

    #[test]
    fn in_english_causes_are_called_what_the_command_line_calls_them() {
        for cause in Cause::ALL {
            assert_eq!(why(cause, Words::of("en")).replace('’', "'").to_lowercase(), cause.meaning());
        }
    }

    #[test]
    fn a_language_without_words_is_told_of() {
        let words = Words::of("en");
        assert!(language("de-AT", words).contains("your shop’s: de-AT"));
        assert!(language("ko", words).starts_with("Wandstore has no words in your shop’s language (ko)"));
    }
}
