//! The page *Experiments*: the comparison, what it shows, and what pages cost and are worth.

mod report;
mod value;

use askama::Template;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use model::Persona;
use model::shop::{Choices, Share, ShopSettings};

use super::FormPage;
use super::persona::{Offered, offered};
use crate::answers::download_csv;
use crate::form::{Field, Form, Posted, fields};
use crate::html;
use crate::place::Place;
use crate::records::{State, has_scope};
use crate::refused::Why;
use crate::visit::Visit;
use crate::wording::Words;
use crate::worth::{COST_DAYS, Worth};
use crate::{Effects, csv, rollouts};

use report::Told;
use value::Value;

/// The form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Comparison {
    /// In percent.
    pub holdout: Field,
    /// The personas that are paused because personal pages lose, and whether they are to stay so.
    pub personas_paused: Vec<(Persona, bool)>,
}

/// What it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    holdout: Share,
    /// Personas that were shown as paused and that the merchant unticked.
    personas_kept: Vec<Persona>,
}

#[derive(Template)]
#[template(path = "pages/experiments.html")]
struct Page<'a> {
    words: &'static Words,
    form: &'a Comparison,
    losing: Vec<Offered>,
    mark: &'a str,
    /// The comparison; `None` if it cannot be read.
    told: Option<Told>,
    value: Option<Value>,
    /// The optional scope that the merchant may still grant, so that Shopify's Rollouts are left out.
    ungranted: Option<&'static str>,
}

impl Form for Comparison {
    const PLACE: Place = Place::Experiments;
    type Sent = Sent;

    fn of(choices: &Choices, _: &Words) -> Self {
        let personas_paused = choices.personas_paused.iter().map(|persona| (*persona, true)).collect();
        Self { holdout: choices.holdout.to_string().into(), personas_paused }
    }

    fn typed(posted: &Posted) -> Self {
        let shown = posted.personas("was_paused").into_iter();
        let stays = |persona: Persona| (persona, posted.has("stay_paused", persona.name()));
        Self { holdout: posted.field("holdout"), personas_paused: shown.map(stays).collect() }
    }

    fn judge(&mut self, words: &Words) -> Sent {
        let kept = self.personas_paused.iter().filter(|(_, stays)| !stays).map(|(persona, _)| *persona);
        Sent { personas_kept: kept.collect(), holdout: fields::share(&mut self.holdout, words) }
    }

    fn has_errors(&self) -> bool {
        self.holdout.is_wrong()
    }

    fn apply(sent: &Sent, choices: &mut Choices) {
        let Sent { holdout, personas_kept } = sent.clone();
        *choices = Choices { holdout, personas_kept, ..choices.clone() }.made_upon(choices);
    }
}

impl Comparison {
    /// The address of the table of costs and worth as a file.
    pub const CSV: &str = "/admin/experiments.csv";

    /// Returns the comparison in words; `None` if it cannot be read.
    pub async fn told(visit: &Visit) -> Option<Told> {
        Some(Told::of(&effects(visit).await?.report, visit.words))
    }
}

/// Serves the table of costs and worth of all days as a file.
pub(crate) async fn table(visit: Visit) -> Response<Body> {
    let Visit { caller, words, .. } = &visit;
    match effects(&visit).await {
        Some(effects) => download_csv(&csv(&caller.shop, &worth(&visit, &effects).await)),
        None => html::refused(StatusCode::SERVICE_UNAVAILABLE, &Why::Report, words, Some(&caller.domain)),
    }
}

impl FormPage for Comparison {
    async fn body(
        self,
        mark: &str,
        _: Option<&ShopSettings>,
        visit: &Visit,
    ) -> Result<String, askama::Error> {
        let (words, effects) = (visit.words, effects(visit).await);
        let value = match &effects {
            Some(effects) => value(visit, effects).await,
            None => None,
        };
        let told = effects.map(|effects| Told::of(&effects.report, words));
        let losing = offered(&self.personas_paused, words);
        let ungranted = ungranted(visit).await;
        Page { words, form: &self, losing, mark, told, value, ungranted }.render()
    }
}

async fn effects(visit: &Visit) -> Option<Effects> {
    let Visit { admin, caller, .. } = visit;
    let effects = admin.storefronts.effects(&caller.shop).await;
    let effects = effects.inspect_err(|error| {
        tracing::warn!(shop = %caller.shop, %error, "cannot read the comparison of personal pages");
    });
    effects.ok()
}

/// Returns the scope of Rollouts if the shop is connected without it.
async fn ungranted(visit: &Visit) -> Option<&'static str> {
    let found = visit.admin.installations().find(&visit.caller.shop).await.ok().flatten()?;
    (found.state == State::Installed && !has_scope(&found.scopes, rollouts::SCOPE)).then_some(rollouts::SCOPE)
}

/// Returns the part about what pages cost and are worth, if anything was counted.
async fn value(visit: &Visit, effects: &Effects) -> Option<Value> {
    let worth = worth(visit, effects).await;
    (!worth.days.is_empty()).then(|| Value::of(&worth, visit.words))
}

/// Returns what pages cost and are worth, with costs as far as they can be read.
async fn worth(visit: &Visit, effects: &Effects) -> Worth {
    let Visit { admin, caller, .. } = visit;
    let costs = admin.shops.usage.by_day_and_page(&caller.shop, COST_DAYS).await;
    let costs = costs
        .inspect_err(|error| tracing::warn!(shop = %caller.shop, %error, "cannot read the cost of pages"));
    let Effects { report, sums, sales } = effects;
    Worth::of(report, sums, sales, &costs.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Sent, Box<Comparison>> {
        Comparison::read(&Posted::of(body.as_bytes()), Words::of("en")).map(|(_, sent)| sent)
    }

    #[test]
    fn a_share_may_be_typed_with_a_percent_sign_and_in_any_notation() {
        for typed in ["+2.5+%25", "2,5", "2.5%EF%BC%85"] {
            let holdout = Share::of_basis_points(250).expect("it is a share");
            assert_eq!(read(&format!("holdout={typed}")), Ok(Sent { holdout, personas_kept: Vec::new() }));
        }
        let form = read("holdout=most").unwrap_err();
        assert_eq!(
            (form.holdout.typed.as_str(), form.holdout.error.as_str()),
            ("most", "Write a number from 0 to 50, such as 10 or 2.5.")
        );
    }

    #[test]
    fn it_changes_its_own_part_of_the_choices() {
        let stored = Choices {
            tone: "dry".into(),
            personas_paused: vec![Persona::Explorer, Persona::Loyalist],
            ..Choices::default()
        };
        let mut changed = stored.clone();
        let body = "holdout=10&was_paused=explorer&was_paused=loyalist&stay_paused=loyalist";
        Comparison::apply(&read(body).unwrap(), &mut changed);
        let expected = Choices {
            personas_paused: vec![Persona::Loyalist],
            personas_kept: vec![Persona::Explorer],
            ..stored
        };
        assert_eq!(changed, expected);
    }
}
