//! The page *Pages*: the contents of pages, their audience and their look.

use askama::Template;
use model::Persona;
use model::shop::{Approval, Campaign, Choices, Selector, ShopSettings};

use super::FormPage;
use super::approval::{Waiting, waiting};
use super::persona::{Offered, offered};
use super::settings::Plan;
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
    pub approval: Approval,
    pub only_approved: bool,
}

/// What it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    questions: Vec<String>,
    pinned: Vec<Selector>,
    excluded: Vec<Selector>,
    campaigns: Vec<Campaign>,
    personas_off: Vec<Persona>,
    approval: Approval,
    only_approved: bool,
}

#[derive(Template)]
#[template(path = "pages/content.html")]
struct Page<'a> {
    words: &'static Words,
    form: &'a Content,
    personas: Vec<Offered>,
    /// The pinned and excluded lines that name no product.
    unknown: Vec<String>,
    waiting: Waiting,
    mark: &'a str,
    /// The pricing plan, if some of what the page sets has no effect on it.
    limiting: Option<Plan>,
}

impl Page<'_> {
    /// Returns how many pages wait, if any can.
    fn waits(&self) -> Option<String> {
        match self.waiting {
            Waiting::Off => None,
            Waiting::Unknown => Some(self.words.unreadable().to_owned()),
            Waiting::Plans(count) => Some(self.words.pages_waiting(count)),
        }
    }

    fn approves_first(&self) -> bool {
        self.form.approval != Approval::Automatic
    }

    fn approves_everything(&self) -> bool {
        self.form.approval == Approval::Everything
    }
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
            approval: choices.approval,
            only_approved: choices.only_approved,
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
            approval: approval(posted),
            only_approved: posted.has("only_approved", "on"),
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
            approval: self.approval,
            only_approved: self.only_approved,
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
        let Sent { questions, pinned, excluded, campaigns, personas_off, approval, only_approved } =
            sent.clone();
        *choices = Choices {
            questions,
            pinned,
            excluded,
            campaigns,
            personas_off,
            approval,
            only_approved,
            ..choices.clone()
        };
    }
}

impl FormPage for Content {
    async fn body(
        self,
        mark: &str,
        settings: Option<&ShopSettings>,
        visit: &Visit,
    ) -> Result<String, askama::Error> {
        let unknown = unknown(&self, visit).await;
        let waiting = match settings {
            Some(settings) => waiting(visit, settings).await,
            None => Waiting::Unknown,
        };
        let (words, limiting) = (visit.words, Plan::limiting(visit).await);
        Page { unknown, waiting, limiting, ..page(&self, mark, words) }.render()
    }
}

/// Returns the pinned and excluded lines that name no product; none if that cannot be found out.
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

fn page<'a>(form: &'a Content, mark: &'a str, words: &'static Words) -> Page<'a> {
    let personas = offered(&form.personas, words);
    Page { words, form, personas, unknown: Vec::new(), waiting: Waiting::Off, mark, limiting: None }
}

/// Returns the choice of the ticked boxes: who approves every later plan approves the first too.
fn approval(posted: &Posted) -> Approval {
    let is_ticked = |approval: &Approval| posted.has("approval", approval.name());
    [Approval::Everything, Approval::First].into_iter().find(is_ticked).unwrap_or_default()
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
            excluded: vec![Selector::Vendor("Ollivander".into()), Selector::Block("story".into())],
            pinned: vec![Selector::Product("oak-wand".into())],
            questions: vec!["Do you repair? Yes.".into()],
            personas_off: vec![Persona::Minimalist, Persona::Dealhunter],
            approval: Approval::Automatic,
            only_approved: false,
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
        assert_eq!(changed, Choices { personas_off: vec![Persona::Dealhunter], ..stored.clone() });
        let approves = format!("{GOOD}&approval=everything&only_approved=on");
        Content::apply(&read(&approves).unwrap(), &mut changed);
        let (approval, only_approved) = (Approval::Everything, true);
        assert_eq!(
            (changed.approval, changed.only_approved, changed.tone),
            (approval, only_approved, stored.tone)
        );
    }

    #[test]
    fn ticked_boxes_say_what_is_approved() {
        for (ticked, expected) in [
            ("", Approval::Automatic),
            ("&approval=first", Approval::First),
            ("&approval=everything", Approval::Everything),
            ("&approval=first&approval=everything", Approval::Everything),
            ("&approval=all", Approval::Automatic),
        ] {
            assert_eq!(read(&format!("{GOOD}{ticked}")).unwrap().approval, expected, "{ticked}");
        }
    }

    #[test]
    fn every_persona_is_shown_with_its_own_name_and_description() {
        for shown in Persona::ALL {
            let form = Content { personas: vec![(shown, true)], ..Content::default() };
            let html = page(&form, "", Words::of("en")).render().unwrap();
            for Offered { name, label, description, .. } in
                offered(&Persona::ALL.map(|persona| (persona, true)), Words::of("en"))
            {
                let preview = format!(r#"data-preview="{name}""#);
                for part in [label, description, &preview] {
                    assert_eq!(html.contains(part), name == shown.name(), "{part} in {html}");
                }
            }
        }
    }
}
