//! The merchant's settings form.

use model::Persona;
use model::shop::{Choices, Colour, Day, Share};

const TONE_MAX: usize = 120;
const WORD_MAX: usize = 40;
const WORDS_MAX: usize = 60;
const PROMISE_MAX: usize = 80;
const PROMISES_MAX: usize = 8;
const QUESTION_MAX: usize = 400;
const QUESTIONS_MAX: usize = 8;
const ANNOUNCEMENT_MAX: usize = 120;

/// A field of the form: its text and its error.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Field {
    /// The text that was typed.
    pub typed: String,
    /// The error; empty if there is none.
    pub error: String,
}

/// The form as displayed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Form {
    pub tone: Field,
    pub accent: Field,
    pub surface: Field,
    /// One per line.
    pub banned_words: Field,
    /// One per line.
    pub promises: Field,
    /// One per line.
    pub questions: Field,
    pub announcement: Field,
    pub announcement_until: Field,
    /// Every persona, and whether pages are made for it.
    pub personas: Vec<(Persona, bool)>,
    pub personas_error: String,
    /// In percent.
    pub holdout: Field,
    /// The personas that are paused because personal pages lose.
    pub personas_paused: Vec<Persona>,
    pub paused: bool,
}

impl Form {
    /// Returns the form for the current choices.
    pub fn of(choices: &Choices) -> Self {
        let field = |typed: String| Field { typed, error: String::new() };
        Self {
            tone: field(choices.tone.clone()),
            accent: field(text(choices.accent.as_ref())),
            surface: field(text(choices.surface.as_ref())),
            banned_words: field(choices.banned_words.join("\n")),
            promises: field(choices.promises.join("\n")),
            questions: field(choices.questions.join("\n")),
            announcement: field(choices.announcement.clone()),
            announcement_until: field(
                choices.announcement_until.map(|day| day.to_string()).unwrap_or_default(),
            ),
            personas: personas(|persona| !choices.personas_off.contains(&persona)),
            personas_error: String::new(),
            holdout: field(choices.holdout.to_string()),
            personas_paused: choices.personas_paused.clone(),
            paused: choices.paused,
        }
    }

    /// Parses a submitted form (`application/x-www-form-urlencoded`). Returns the merchant's choices, or the form with
    /// the typed text and its errors. The merchant keeps personas that the form showed as paused and that they unticked.
    pub fn read(body: &[u8]) -> Result<Choices, Box<Self>> {
        let pairs: Vec<_> = form_urlencoded::parse(body).collect();
        let typed = |name: &str| {
            let value = pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_ref());
            Field { typed: value.unwrap_or_default().to_owned(), error: String::new() }
        };
        let has = |name: &str, persona: Persona| {
            pairs.iter().any(|(key, value)| key == name && value == persona.name())
        };
        let shown = Persona::ALL.into_iter().filter(|persona| has("was_paused", *persona));
        let (personas_paused, kept) = shown.partition(|persona| has("stay_paused", *persona));
        // A page of an earlier release has no such field.
        let untouched = Self::of(&Choices::default()).holdout;
        let form = Self {
            tone: typed("tone"),
            accent: typed("accent"),
            surface: typed("surface"),
            banned_words: typed("banned_words"),
            promises: typed("promises"),
            questions: typed("questions"),
            announcement: typed("announcement"),
            announcement_until: typed("announcement_until"),
            personas: personas(|persona| has("persona", persona)),
            personas_error: String::new(),
            holdout: if pairs.iter().any(|(key, _)| key == "holdout") { typed("holdout") } else { untouched },
            personas_paused,
            paused: pairs.iter().any(|(key, value)| key == "paused" && value == "on"),
        };
        form.judge(kept)
    }

    fn judge(mut self, personas_kept: Vec<Persona>) -> Result<Choices, Box<Self>> {
        let off = self.personas.iter().filter(|(_, on)| !on).map(|(persona, _)| *persona);
        let choices = Choices {
            personas_off: off.collect(),
            tone: line(&mut self.tone),
            accent: colour(&mut self.accent),
            surface: colour(&mut self.surface),
            banned_words: lines(&mut self.banned_words, WORDS_MAX, WORD_MAX),
            promises: lines(&mut self.promises, PROMISES_MAX, PROMISE_MAX),
            questions: questions(&mut self.questions),
            announcement: announcement(&mut self.announcement),
            announcement_until: day(&mut self.announcement_until),
            holdout: share(&mut self.holdout),
            personas_paused: self.personas_paused.clone(),
            personas_kept,
            paused: self.paused,
        };
        if choices.personas_off.len() == Persona::ALL.len() {
            "Leave at least one on, or pause Wandstore.".clone_into(&mut self.personas_error);
        }
        if self.has_errors() { Err(Box::new(self)) } else { Ok(in_lower_case(choices)) }
    }

    fn has_errors(&self) -> bool {
        let brand = [&self.tone, &self.accent, &self.surface, &self.banned_words, &self.promises];
        let more = [&self.questions, &self.announcement, &self.announcement_until, &self.holdout];
        let mut fields = brand.into_iter().chain(more);
        !self.personas_error.is_empty() || fields.any(|field| !field.error.is_empty())
    }
}

fn in_lower_case(mut choices: Choices) -> Choices {
    choices.banned_words.iter_mut().for_each(|word| *word = word.to_lowercase());
    choices.banned_words.dedup();
    choices
}

fn personas(on: impl Fn(Persona) -> bool) -> Vec<(Persona, bool)> {
    Persona::ALL.into_iter().map(|persona| (persona, on(persona))).collect()
}

/// Returns one line, with surrounding spaces removed and inner ones collapsed.
fn line(field: &mut Field) -> String {
    let line = one_line(&field.typed);
    if line.is_empty() {
        "Say in a few words how your shop sounds.".clone_into(&mut field.error);
    } else if line.chars().count() > TONE_MAX {
        field.error = format!("Use at most {TONE_MAX} characters.");
    }
    line
}

fn text(colour: Option<&Colour>) -> String {
    colour.map(ToString::to_string).unwrap_or_default()
}

/// Returns a colour in lower case, if one was typed.
fn colour(field: &mut Field) -> Option<Colour> {
    let typed = field.typed.trim().to_lowercase();
    let colour = typed.parse().ok();
    if colour.is_none() && !typed.is_empty() {
        "Write a colour such as #1b3a57, or leave this empty.".clone_into(&mut field.error);
    }
    colour
}

/// Returns questions with their answers.
fn questions(field: &mut Field) -> Vec<String> {
    let lines = lines(field, QUESTIONS_MAX, QUESTION_MAX);
    if let Some(index) = lines.iter().position(|line| model::shop::question(line).is_none()) {
        field.error = format!("Line {} needs a question mark, and an answer after it.", index + 1);
    }
    lines
}

fn announcement(field: &mut Field) -> String {
    if field.typed.chars().count() > ANNOUNCEMENT_MAX {
        field.error = format!("Use at most {ANNOUNCEMENT_MAX} characters.");
    }
    one_line(&field.typed)
}

/// Returns a day, if one was typed.
fn day(field: &mut Field) -> Option<Day> {
    let typed = field.typed.trim();
    let day = typed.parse().ok();
    if day.is_none() && !typed.is_empty() {
        "Write a day such as 2026-12-24, or leave this empty.".clone_into(&mut field.error);
    }
    day
}

/// Returns a share of shoppers, with or without a percent sign.
fn share(field: &mut Field) -> Share {
    let typed = field.typed.trim().trim_end_matches('%').trim_end();
    typed.parse().unwrap_or_else(|_| {
        "Write a number from 0 to 50, such as 10 or 2.5.".clone_into(&mut field.error);
        Share::NOBODY
    })
}

fn lines(field: &mut Field, lines_max: usize, chars_max: usize) -> Vec<String> {
    let lines: Vec<_> = field.typed.lines().map(one_line).filter(|line| !line.is_empty()).collect();
    if lines.len() > lines_max {
        field.error = format!("Write at most {lines_max} lines.");
    }
    if let Some(index) = lines.iter().position(|line| line.chars().count() > chars_max) {
        field.error = format!("Line {} is longer than {chars_max} characters.", index + 1);
    }
    lines
}

fn one_line(text: &str) -> String {
    let spaced = text.replace(|char: char| char.is_control(), " ");
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use model::shop::ShopSettings;

    use super::*;

    const GOOD: &str = "tone=+dry++and+short+&accent=%23A1B2C3&surface=&banned_words=Cheap%0D%0A%0D%0Aguru&\
        promises=Free+returns&questions=Do+you+repair?+Yes.&announcement=Robes++are+back&announcement_until=2026-12-24&\
        persona=explorer&persona=loyalist&holdout=+2.5+%25&was_paused=explorer&was_paused=loyalist&stay_paused=loyalist&\
        paused=on";

    #[test]
    fn form_input_is_normalised() {
        let expected = Choices {
            tone: "dry and short".into(),
            accent: "#a1b2c3".parse().ok(),
            surface: None,
            banned_words: vec!["cheap".into(), "guru".into()],
            promises: vec!["Free returns".into()],
            questions: vec!["Do you repair? Yes.".into()],
            announcement: "Robes are back".into(),
            announcement_until: "2026-12-24".parse().ok(),
            personas_off: vec![Persona::Minimalist, Persona::Dealhunter],
            holdout: Share::of_basis_points(250).expect("it is a share"),
            personas_paused: vec![Persona::Loyalist],
            personas_kept: vec![Persona::Explorer],
            paused: true,
        };
        assert_eq!(Form::read(GOOD.as_bytes()), Ok(expected.clone()));
        assert_eq!(expected.over(ShopSettings::default()).validate(), Ok(()));
    }

    #[test]
    fn errors_are_shown_and_input_is_kept() {
        let body = "tone=x&accent=red&banned_words=a%0Ab&persona=none&holdout=most";
        let form = Form::read(body.as_bytes()).unwrap_err();
        assert_eq!(form.accent.error, "Write a colour such as #1b3a57, or leave this empty.");
        assert_eq!((form.accent.typed.as_str(), form.tone.typed.as_str()), ("red", "x"));
        assert_eq!(form.holdout.error, "Write a number from 0 to 50, such as 10 or 2.5.");
        assert_eq!((form.banned_words.typed.as_str(), form.holdout.typed.as_str()), ("a\nb", "most"));
        assert_eq!(form.personas_error, "Leave at least one on, or pause Wandstore.");
        let body = format!("{GOOD}&x").replace("2026-12-24", "tomorrow").replace("repair?+Yes.", "repair?");
        let form = Form::read(body.as_bytes()).unwrap_err();
        assert_eq!(form.announcement_until.error, "Write a day such as 2026-12-24, or leave this empty.");
        assert_eq!(form.questions.error, "Line 1 needs a question mark, and an answer after it.");
    }

    #[test]
    fn nothing_grows_without_bounds() {
        let many = "w%0A".repeat(WORDS_MAX + 1);
        let long = "x".repeat(PROMISE_MAX + 1);
        let body = format!("tone={}&banned_words={many}&promises=a%0A{long}", "x".repeat(TONE_MAX + 1));
        let form = Form::read(body.as_bytes()).unwrap_err();
        assert_eq!(form.tone.error, "Use at most 120 characters.");
        assert_eq!(form.banned_words.error, "Write at most 60 lines.");
        assert_eq!(form.promises.error, "Line 2 is longer than 80 characters.");
    }

    #[test]
    fn bytes_that_are_no_form_only_make_an_invalid_one() {
        for body in [&b""[..], b"\xff\xfe=%zz&&==", b"{\"tone\":1}"] {
            assert!(Form::read(body).is_err());
        }
    }
}
