//! The page *Experiments*: the comparison, what it shows, and what pages cost and are worth.

mod layout;
mod report;
mod value;

use askama::Template;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use model::shop::{Choices, InvalidVariant, Share, ShopSettings, TONE_CHARS_MAX, Variant};
use model::{Look, Persona};

use super::FormPage;
use super::persona::{Offered, offered};
use super::settings::Plan;
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

use layout::Layout;
use report::{Told, ToldOfVariant};
use value::Value;

/// The form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Comparison {
    /// In percent.
    pub holdout: Field,
    /// The tone of voice that is tested; empty if none is.
    pub variant_tone: Field,
    /// The name of the layout that is tested; empty if none is.
    pub variant_layout: Field,
    /// The personas that are paused because personal pages lose, and whether they are to stay so.
    pub personas_paused: Vec<(Persona, bool)>,
}

/// What it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    holdout: Share,
    variant: Option<Variant>,
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
    /// The layouts that can be tested.
    layouts: Vec<Layout>,
    /// The variant that is tested, as a merchant knows it, and its test's number.
    tested: Option<(u32, String)>,
    /// Why the variant that is chosen is not tested.
    untested: Option<&'static str>,
    /// The optional scope that the merchant may still grant, so that Shopify's Rollouts are left out.
    ungranted: Option<&'static str>,
    /// The pricing plan, if what the page sets has no effect on it.
    limiting: Option<Plan>,
}

impl Page<'_> {
    /// Returns the comparison of the variant that is tested, or else that of the last one, and which of them it is.
    fn variant(&self) -> Option<(&ToldOfVariant, &str)> {
        let variants = &self.told.as_ref()?.variants;
        let running = self.tested.as_ref().and_then(|(number, variant)| {
            let told = variants.iter().find(|told| told.test == *number)?;
            Some((told, variant.as_str()))
        });
        running.or_else(|| Some((variants.first()?, self.words.variant_over())))
    }
}

impl Form for Comparison {
    const PLACE: Place = Place::Experiments;
    type Sent = Sent;

    fn of(choices: &Choices, _: &Words) -> Self {
        let personas_paused = choices.personas_paused.iter().map(|persona| (*persona, true)).collect();
        let (tone, layout) = match &choices.variant {
            Some(Variant::Tone(tone)) => (tone.as_str(), ""),
            Some(Variant::Layout(look)) => ("", look.name()),
            None => ("", ""),
        };
        Self {
            holdout: choices.holdout.to_string().into(),
            variant_tone: tone.to_owned().into(),
            variant_layout: layout.to_owned().into(),
            personas_paused,
        }
    }

    fn typed(posted: &Posted) -> Self {
        let shown = posted.personas("was_paused").into_iter();
        let stays = |persona: Persona| (persona, posted.has("stay_paused", persona.name()));
        Self {
            holdout: posted.field("holdout"),
            variant_tone: posted.field("variant_tone"),
            variant_layout: posted.field("variant_layout"),
            personas_paused: shown.map(stays).collect(),
        }
    }

    fn judge(&mut self, words: &Words) -> Sent {
        let kept = self.personas_paused.iter().filter(|(_, stays)| !stays).map(|(persona, _)| *persona);
        let personas_kept = kept.collect();
        let variant = self.variant(words);
        Sent { holdout: fields::share(&mut self.holdout, words), variant, personas_kept }
    }

    fn has_errors(&self) -> bool {
        [&self.holdout, &self.variant_tone, &self.variant_layout].into_iter().any(Field::is_wrong)
    }

    fn apply(sent: &Sent, choices: &mut Choices) {
        let Sent { holdout, variant, personas_kept } = sent.clone();
        *choices = Choices { holdout, variant, personas_kept, ..choices.clone() }.made_upon(choices);
    }
}

impl Comparison {
    /// The address of the table of costs and worth as a file.
    pub const CSV: &str = "/admin/experiments.csv";

    /// Returns the variant that was typed or chosen. One thing is tested at a time, or nobody knows which of them made a
    /// difference.
    fn variant(&mut self, words: &Words) -> Option<Variant> {
        let tone = fields::line(&mut self.variant_tone, TONE_CHARS_MAX, words);
        let layout = self.variant_layout.typed.clone();
        let look = fields::parsed_by(&mut self.variant_layout, &layout, Look::named, words.error_layout());
        match (tone.is_empty(), look) {
            (true, look) => look.map(Variant::Layout),
            (false, None) => Some(Variant::Tone(tone)),
            (false, Some(_)) => {
                words.error_two_variants().clone_into(&mut self.variant_tone.error);
                None
            }
        }
    }

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
        shop: Option<&ShopSettings>,
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
        let layouts = layout::all(&self.variant_layout.typed, words);
        let tested = shop.and_then(|shop| tested(shop, words));
        let untested = shop.and_then(|shop| untested(shop, visit.admin.storefronts.has_model(), words));
        let limiting = Plan::limiting(visit).await;
        Page { words, form: &self, losing, mark, told, value, layouts, tested, untested, ungranted, limiting }
            .render()
    }
}

/// Returns the number of the test that runs, and its variant as a merchant knows it.
fn tested(shop: &ShopSettings, words: &Words) -> Option<(u32, String)> {
    let variant = match shop.variant.as_ref()? {
        Variant::Tone(tone) => words.variant_of_tone(tone),
        Variant::Layout(look) => words.variant_of_layout(layout::label(*look, words)),
    };
    Some((shop.variant_test()?, variant))
}

/// Returns why the variant that is chosen is not tested, or changes nothing; `None` if it is tested, or if none is chosen.
fn untested(shop: &ShopSettings, has_model: bool, words: &Words) -> Option<&'static str> {
    match (shop.validate_variant(), &shop.variant) {
        (Err(InvalidVariant::Approval), _) => Some(words.untested_approval()),
        (Err(InvalidVariant::Same), _) => Some(words.untested_same()),
        (Ok(()), Some(Variant::Tone(_))) if !(has_model && shop.has_model) => Some(words.untested_model()),
        _ => None,
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

/// Returns what pages cost and are worth, with costs as far as they can be read, and has the host measure it.
async fn worth(visit: &Visit, effects: &Effects) -> Worth {
    let Visit { admin, caller, .. } = visit;
    let costs = admin.shops.usage.by_day_and_page(&caller.shop, COST_DAYS).await;
    let costs = costs
        .inspect_err(|error| tracing::warn!(shop = %caller.shop, %error, "cannot read the cost of pages"));
    let Effects { report, sums, sales } = effects;
    let worth = Worth::of(report, sums, sales, &costs.unwrap_or_default());
    admin.storefronts.measure(&caller.shop, &worth);
    worth
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
            assert_eq!(
                read(&format!("holdout={typed}")),
                Ok(Sent { holdout, variant: None, personas_kept: Vec::new() })
            );
        }
        let form = read("holdout=most").unwrap_err();
        assert_eq!(
            (form.holdout.typed.as_str(), form.holdout.error.as_str()),
            ("most", "Write a number from 0 to 50, such as 10 or 2.5.")
        );
    }

    #[test]
    fn one_variant_is_tested_at_a_time() {
        let variant = |body: &str| read(&format!("holdout=10&{body}")).map(|sent| sent.variant);
        let line = |line: &str| Ok(Some(line.parse().unwrap()));
        assert_eq!(variant("variant_tone=&variant_layout="), Ok(None));
        assert_eq!(variant("variant_tone=+dry++and+short+"), line("tone: dry and short"));
        assert_eq!(variant("variant_layout=compact"), line("layout: compact"));
        let error = |body: &str| *variant(body).unwrap_err();
        let both = error("variant_tone=dry&variant_layout=compact");
        assert_eq!(both.variant_tone.error, Words::of("en").error_two_variants());
        let long = error(&format!("variant_tone={}", "x".repeat(TONE_CHARS_MAX + 1)));
        assert_eq!(long.variant_tone.error, "Use at most 120 characters.");
        assert_eq!(error("variant_layout=wide").variant_layout.error, Words::of("en").error_layout());
    }

    #[test]
    fn the_form_shows_the_variant_that_is_stored() {
        for (line, tone, layout) in [("tone: dry", "dry", ""), ("layout: calm", "", "calm")] {
            let choices = Choices { variant: line.parse().ok(), ..Choices::default() };
            let form = Comparison::of(&choices, Words::of("en"));
            assert_eq!(
                (form.variant_tone.typed.as_str(), form.variant_layout.typed.as_str()),
                (tone, layout)
            );
        }
    }

    #[test]
    fn a_variant_that_is_not_tested_says_why() {
        let words = Words::of("en");
        let shop = ShopSettings { variant: "tone: dry".parse().ok(), ..ShopSettings::demo() };
        assert_eq!(tested(&shop, words).unwrap().1, "Pages in the tone “dry”.");
        assert_eq!(untested(&shop, true, words), None);
        assert_eq!(untested(&shop, false, words), Some(words.untested_model()));
        let approving = ShopSettings { approval: model::shop::Approval::First, ..shop.clone() };
        assert_eq!(tested(&approving, words), None);
        assert_eq!(untested(&approving, true, words), Some(words.untested_approval()));
        let same = ShopSettings { tone: "dry".to_owned(), ..shop };
        assert_eq!(untested(&same, true, words), Some(words.untested_same()));
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
