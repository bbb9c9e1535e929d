//! The page *Pages*: what is on pages, for whom they are made, and how they look.

use askama::Template;
use model::Persona;
use model::shop::{Choices, Day};

use super::FormPage;
use super::persona::{Offered, offered};
use crate::form::{Field, Form, Posted, fields};
use crate::place::Place;
use crate::visit::Visit;
use crate::wording::Words;

const ANNOUNCEMENT_MAX: usize = 120;
const QUESTION_MAX: usize = 400;
const QUESTIONS_MAX: usize = 8;

/// The form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Content {
    pub announcement: Field,
    pub announcement_until: Field,
    /// One per line.
    pub questions: Field,
    /// Every persona, and whether pages are made for it.
    pub personas: Vec<(Persona, bool)>,
    pub personas_error: String,
}

/// What it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    announcement: String,
    announcement_until: Option<Day>,
    questions: Vec<String>,
    personas_off: Vec<Persona>,
}

#[derive(Template)]
#[template(path = "pages/content.html")]
struct Page<'a> {
    words: &'static Words,
    form: &'a Content,
    personas: Vec<Offered>,
    mark: &'a str,
}

impl Form for Content {
    const PLACE: Place = Place::Pages;
    type Sent = Sent;

    fn of(choices: &Choices, _: &Words) -> Self {
        Self {
            announcement: choices.announcement.clone().into(),
            announcement_until: choices
                .announcement_until
                .map(|day| day.to_string())
                .unwrap_or_default()
                .into(),
            questions: choices.questions.join("\n").into(),
            personas: personas(|persona| !choices.personas_off.contains(&persona)),
            personas_error: String::new(),
        }
    }

    fn typed(posted: &Posted) -> Self {
        Self {
            announcement: posted.field("announcement"),
            announcement_until: posted.field("announcement_until"),
            questions: posted.field("questions"),
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
            announcement: fields::line(&mut self.announcement, ANNOUNCEMENT_MAX, words),
            announcement_until: fields::day(&mut self.announcement_until, words),
            questions: fields::questions(&mut self.questions, QUESTIONS_MAX, QUESTION_MAX, words),
        }
    }

    fn has_errors(&self) -> bool {
        let fields = [&self.announcement, &self.announcement_until, &self.questions];
        !self.personas_error.is_empty() || fields.into_iter().any(Field::is_wrong)
    }

    fn apply(sent: &Sent, choices: &mut Choices) {
        let Sent { announcement, announcement_until, questions, personas_off } = sent.clone();
        *choices = Choices { announcement, announcement_until, questions, personas_off, ..choices.clone() };
    }
}

impl FormPage for Content {
    async fn body(self, mark: &str, visit: &Visit) -> Result<String, askama::Error> {
        page(&self, mark, visit.words).render()
    }
}

fn page<'a>(form: &'a Content, mark: &'a str, words: &'static Words) -> Page<'a> {
    Page { words, form, personas: offered(&form.personas, words), mark }
}

fn personas(on: impl Fn(Persona) -> bool) -> Vec<(Persona, bool)> {
    Persona::ALL.into_iter().map(|persona| (persona, on(persona))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "questions=Do+you+repair?+Yes.&announcement=+Robes++are+back&announcement_until=2026-12-24&\
        persona=explorer&persona=loyalist";

    fn read(body: &str) -> Result<Sent, Box<Content>> {
        Content::read(&Posted::of(body.as_bytes()), Words::of("en")).map(|(_, sent)| sent)
    }

    #[test]
    fn form_input_is_normalised() {
        let expected = Sent {
            announcement: "Robes are back".into(),
            announcement_until: "2026-12-24".parse().ok(),
            questions: vec!["Do you repair? Yes.".into()],
            personas_off: vec![Persona::Minimalist, Persona::Dealhunter],
        };
        assert_eq!(read(GOOD), Ok(expected));
    }

    #[test]
    fn errors_are_shown_and_input_is_kept() {
        let form =
            read(&GOOD.replace("2026-12-24", "tomorrow").replace("repair?+Yes.", "repair?")).unwrap_err();
        assert_eq!(form.announcement_until.error, "Write a day such as 2026-12-24, or leave this empty.");
        assert_eq!(form.announcement_until.typed, "tomorrow");
        assert_eq!(form.questions.error, "Line 1 needs a question mark, and an answer after it.");
        assert_eq!(
            read("persona=none").unwrap_err().personas_error,
            "Leave at least one on, or pause Wandstore."
        );
        let long = read(&GOOD.replace("Robes", &"x".repeat(121))).unwrap_err();
        assert_eq!(long.announcement.error, "Use at most 120 characters.");
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
            let html = page(&form, "", Words::of("en")).render().unwrap();
            for persona in Persona::ALL {
                let preview = format!(r#"data-preview="{}""#, persona.name());
                for part in [persona.label(), persona.description(), &preview] {
                    assert_eq!(html.contains(part), persona == shown, "{part} in {html}");
                }
            }
        }
    }
}
