//! The page *Pages*: what is on pages, for whom they are made, and how they look.

use askama::Template;
use model::Persona;
use model::shop::{Campaign, Choices, Selector, ShopSettings};

use super::FormPage;
use super::persona::{Offered, offered};
use crate::form::campaigns::{self, Row};
use crate::form::{Field, Form, Posted, fields, selectors};
use crate::place::Place;
use crate::visit::Visit;
use crate::wording::Words;

const QUESTION_MAX: usize = 400;
const QUESTIONS_MAX: usize = 8;

/// The form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Content {
    /// One per line.
    pub questions: Field,
    /// One per line.
    pub pinned: Field,
    /// One per line.
    pub excluded: Field,
    /// Campaigns, and room for another.
    pub campaigns: Vec<Row>,
    /// Every persona, and whether pages are made for it.
    pub personas: Vec<(Persona, bool)>,
    pub personas_error: String,
}

/// What it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    questions: Vec<String>,
    pinned: Vec<Selector>,
    excluded: Vec<Selector>,
    campaigns: Vec<Campaign>,
    personas_off: Vec<Persona>,
}

#[derive(Template)]
#[template(path = "pages/content.html")]
struct Page<'a> {
    words: &'static Words,
    form: &'a Content,
    personas: Vec<Offered>,
    /// Lines of what is pinned and excluded that name no product.
    unknown: Vec<String>,
    mark: &'a str,
}

impl Form for Content {
    const PLACE: Place = Place::Pages;
    type Sent = Sent;

    fn of(choices: &Choices, _: &Words) -> Self {
        Self {
            questions: choices.questions.join("\n").into(),
            pinned: selectors::field(&choices.pinned),
            excluded: selectors::field(&choices.excluded),
            campaigns: campaigns::rows(&choices.campaigns),
            personas: personas(|persona| !choices.personas_off.contains(&persona)),
            personas_error: String::new(),
        }
    }

    fn typed(posted: &Posted) -> Self {
        Self {
            questions: posted.field("questions"),
            pinned: posted.field("pinned"),
            excluded: posted.field("excluded"),
            campaigns: campaigns::typed(posted),
            personas: personas(|persona| posted.has("persona", persona.name())),
            personas_error: String::new(),
        }
    }

    fn judge(&mut self, words: &Words) -> Sent {
        let off = self.personas.iter().filter(|(_, on)| !on).map(|(persona, _)| *persona);
        let personas_off: Vec<_> = off.collect();
        if personas_off.len() == Persona::ALL.len() {
            words.error_personas().clone_into(&mut self.personas_error);
        }
        Sent {
            personas_off,
            questions: fields::questions(&mut self.questions, QUESTIONS_MAX, QUESTION_MAX, words),
            pinned: selectors::pinned(&mut self.pinned, words),
            excluded: selectors::excluded(&mut self.excluded, words),
            campaigns: campaigns::judge(&mut self.campaigns, words),
        }
    }

    fn has_errors(&self) -> bool {
        let fields = [&self.questions, &self.pinned, &self.excluded];
        !self.personas_error.is_empty()
            || fields.into_iter().any(Field::is_wrong)
            || self.campaigns.iter().any(Row::has_errors)
    }

    fn apply(sent: &Sent, choices: &mut Choices) {
        let Sent { questions, pinned, excluded, campaigns, personas_off } = sent.clone();
        *choices = Choices { questions, pinned, excluded, campaigns, personas_off, ..choices.clone() };
    }
}

impl FormPage for Content {
    async fn body(self, mark: &str, visit: &Visit) -> Result<String, askama::Error> {
        let unknown = unknown(&self, visit).await;
        page(&self, unknown, mark, visit.words).render()
    }
}

/// Returns the lines of what is pinned and excluded that name no product; none if that cannot be found out.
async fn unknown(form: &Content, visit: &Visit) -> Vec<String> {
    let (mut pinned, mut excluded) = (form.pinned.clone(), form.excluded.clone());
    let settings = ShopSettings {
        pinned: selectors::pinned(&mut pinned, visit.words),
        excluded: selectors::excluded(&mut excluded, visit.words),
        ..ShopSettings::default()
    };
    if settings.excluded.is_empty() && settings.pinned.is_empty() {
        return Vec::new();
    }
    let shop = &visit.caller.shop;
    let unknown = visit.admin.storefronts.unknown(shop, &settings).await;
    let unknown = unknown.inspect_err(|error| {
        tracing::warn!(%shop, %error, "cannot look up excluded and pinned products");
    });
    unknown.unwrap_or_default()
}

fn page<'a>(form: &'a Content, unknown: Vec<String>, mark: &'a str, words: &'static Words) -> Page<'a> {
    Page { words, form, personas: offered(&form.personas, words), unknown, mark }
}

fn personas(on: impl Fn(Persona) -> bool) -> Vec<(Persona, bool)> {
    Persona::ALL.into_iter().map(|persona| (persona, on(persona))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "questions=Do+you+repair?+Yes.&campaign_1_text=+Robes++are+back&campaign_1_until=2026-12-24&\
        excluded=vendor:+Ollivander%0Ablock:+story&pinned=/products/oak-wand&persona=explorer&persona=loyalist";

    fn read(body: &str) -> Result<Sent, Box<Content>> {
        Content::read(&Posted::of(body.as_bytes()), Words::of("en")).map(|(_, sent)| sent)
    }

    #[test]
    fn form_input_is_normalised() {
        let expected = Sent {
            campaigns: vec![Campaign {
                text: "Robes are back".into(),
                until: "2026-12-24".parse().ok(),
                ..Campaign::default()
            }],
            excluded: vec![Selector::Vendor("Ollivander".into()), Selector::Block("story")],
            pinned: vec![Selector::Product("oak-wand".into())],
            questions: vec!["Do you repair? Yes.".into()],
            personas_off: vec![Persona::Minimalist, Persona::Dealhunter],
        };
        assert_eq!(read(GOOD), Ok(expected));
    }

    #[test]
    fn errors_are_shown_and_input_is_kept() {
        let form =
            read(&GOOD.replace("2026-12-24", "tomorrow").replace("repair?+Yes.", "repair?")).unwrap_err();
        let until = &form.campaigns[0].until;
        assert_eq!(until.error, "Write a day such as 2026-12-24, or leave this empty.");
        assert_eq!(until.typed, "tomorrow");
        assert_eq!(form.questions.error, "Line 1 needs a question mark, and an answer after it.");
        assert_eq!(
            read("persona=none").unwrap_err().personas_error,
            "Leave at least one on, or pause Wandstore."
        );
        let long = read(&GOOD.replace("Robes", &"x".repeat(121))).unwrap_err();
        assert_eq!(long.campaigns[0].text.error, "Use at most 120 characters.");
    }

    #[test]
    fn it_changes_its_own_part_of_the_choices() {
        let stored = Choices { tone: "dry".into(), paused: true, ..Choices::default() };
        let mut changed = stored.clone();
        Content::apply(&read("persona=explorer&persona=loyalist&persona=minimalist").unwrap(), &mut changed);
        assert_eq!(changed, Choices { personas_off: vec![Persona::Dealhunter], ..stored });
    }

    #[test]
    fn every_persona_is_shown_with_its_own_name_and_description() {
        for shown in Persona::ALL {
            let form = Content { personas: vec![(shown, true)], ..Content::default() };
            let html = page(&form, Vec::new(), "", Words::of("en")).render().unwrap();
            for persona in Persona::ALL {
                let preview = format!(r#"data-preview="{}""#, persona.name());
                for part in [persona.label(), persona.description(), &preview] {
                    assert_eq!(html.contains(part), persona == shown, "{part} in {html}");
                }
            }
        }
    }
}
