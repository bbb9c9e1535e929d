//! The page *Brand*: how the shop sounds and looks, and what it promises.

use askama::Template;
use model::shop::{Choices, Colour, ShopSettings, TONE_CHARS_MAX};

use super::FormPage;
use crate::form::{Field, Form, Posted, fields};
use crate::place::Place;
use crate::visit::Visit;
use crate::wording::Words;

const WORD_MAX: usize = 40;
const WORDS_MAX: usize = 60;
const PROMISE_MAX: usize = 80;
const PROMISES_MAX: usize = 8;

/// The form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Brand {
    pub tone: Field,
    pub accent: Field,
    pub surface: Field,
    /// One per line.
    pub banned_words: Field,
    /// One per line.
    pub promises: Field,
}

/// What it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    tone: String,
    accent: Option<Colour>,
    surface: Option<Colour>,
    banned_words: Vec<String>,
    promises: Vec<String>,
}

#[derive(Template)]
#[template(path = "pages/brand.html")]
struct Page<'a> {
    words: &'static Words,
    form: &'a Brand,
    mark: &'a str,
}

impl Form for Brand {
    const PLACE: Place = Place::Brand;
    type Sent = Sent;

    fn of(choices: &Choices, _: &Words) -> Self {
        let colour = |colour: Option<&Colour>| colour.map(ToString::to_string).unwrap_or_default().into();
        Self {
            tone: choices.tone.clone().into(),
            accent: colour(choices.accent.as_ref()),
            surface: colour(choices.surface.as_ref()),
            banned_words: choices.banned_words.join("\n").into(),
            promises: choices.promises.join("\n").into(),
        }
    }

    fn typed(posted: &Posted) -> Self {
        Self {
            tone: posted.field("tone"),
            accent: posted.field("accent"),
            surface: posted.field("surface"),
            banned_words: posted.field("banned_words"),
            promises: posted.field("promises"),
        }
    }

    fn judge(&mut self, words: &Words) -> Sent {
        Sent {
            tone: tone(&mut self.tone, words),
            accent: fields::colour(&mut self.accent, words),
            surface: fields::colour(&mut self.surface, words),
            banned_words: banned_words(&mut self.banned_words, words),
            promises: fields::lines(&mut self.promises, PROMISES_MAX, PROMISE_MAX, words),
        }
    }

    fn has_errors(&self) -> bool {
        let fields = [&self.tone, &self.accent, &self.surface, &self.banned_words, &self.promises];
        fields.into_iter().any(Field::is_wrong)
    }

    fn apply(sent: &Sent, choices: &mut Choices) {
        let Sent { tone, accent, surface, banned_words, promises } = sent.clone();
        *choices = Choices { tone, accent, surface, banned_words, promises, ..choices.clone() };
    }
}

impl FormPage for Brand {
    async fn body(
        self,
        mark: &str,
        _: Option<&ShopSettings>,
        visit: &Visit,
    ) -> Result<String, askama::Error> {
        Page { words: visit.words, form: &self, mark }.render()
    }
}

fn tone(field: &mut Field, words: &Words) -> String {
    let tone = fields::line(field, TONE_CHARS_MAX, words);
    if tone.is_empty() {
        words.error_tone().clone_into(&mut field.error);
    }
    tone
}

fn banned_words(field: &mut Field, words: &Words) -> Vec<String> {
    let mut banned = fields::lines(field, WORDS_MAX, WORD_MAX, words);
    for word in &mut banned {
        *word = word.to_lowercase();
    }
    banned.dedup();
    banned
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Sent, Box<Brand>> {
        Brand::read(&Posted::of(body.as_bytes()), Words::of("en")).map(|(_, sent)| sent)
    }

    #[test]
    fn form_input_is_normalised() {
        let body = "tone=+dry++and+short+&accent=%23A1B2C3&surface=&banned_words=Cheap%0D%0A%0D%0Aguru&promises=Free+returns";
        let expected = Sent {
            tone: "dry and short".into(),
            accent: "#a1b2c3".parse().ok(),
            surface: None,
            banned_words: vec!["cheap".into(), "guru".into()],
            promises: vec!["Free returns".into()],
        };
        assert_eq!(read(body), Ok(expected));
    }

    #[test]
    fn errors_are_shown_and_input_is_kept() {
        let form = read("tone=x&accent=red&banned_words=a%0Ab").unwrap_err();
        assert_eq!(form.accent.error, "Write a colour such as #1b3a57, or leave this empty.");
        assert_eq!((form.accent.typed.as_str(), form.tone.typed.as_str()), ("red", "x"));
        assert_eq!(form.banned_words.typed, "a\nb");
        assert_eq!(read("").unwrap_err().tone.error, "Say in a few words how your shop sounds.");
    }

    #[test]
    fn nothing_grows_without_bounds() {
        let many = "w%0A".repeat(WORDS_MAX + 1);
        let long = "x".repeat(PROMISE_MAX + 1);
        let form =
            read(&format!("tone={}&banned_words={many}&promises=a%0A{long}", "x".repeat(TONE_CHARS_MAX + 1)))
                .unwrap_err();
        assert_eq!(form.tone.error, "Use at most 120 characters.");
        assert_eq!(form.banned_words.error, "Write at most 60 lines.");
        assert_eq!(form.promises.error, "Line 2 is longer than 80 characters.");
    }

    #[test]
    fn it_changes_its_own_part_of_the_choices() {
        let stored = Choices { paused: true, questions: vec!["Open? Yes.".into()], ..Choices::default() };
        let mut changed = stored.clone();
        Brand::apply(&read("tone=dry&promises=Free+returns").unwrap(), &mut changed);
        assert_eq!(changed, Choices { tone: "dry".into(), promises: vec!["Free returns".into()], ..stored });
    }
}
