//! The account of how a plan was made: who planned it, what the language model was asked, what it cost, and what became of
//! its answer. It is stored with the plan.

use std::hash::Hasher as _;

use fnv::FnvHasher;
use model::jobs::Trouble;
use model::llm::{Completion, Message, Request, Role};
use model::origin::{Account, Asked, Failed, Origin, Planner, QUESTION_BYTES_MAX, Turn};

use crate::check::Problem;
use crate::mended::Mended;
use crate::salvage::{Salvaged, Unusable};

/// The release of this component.
pub const RELEASE: &str = env!("CARGO_PKG_VERSION");
/// The longest reason that is stored, in characters. It may repeat what an endpoint said.
const REASON_CHARS_MAX: usize = 300;
/// The longest name of a model that is stored, in characters.
const NAME_CHARS_MAX: usize = 100;

/// The model's part in a plan, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Telling {
    asked: Option<Asked>,
    question: Vec<Turn>,
}

impl Telling {
    /// Adds an answer of the model. The second one of a job is asked with everything that was said before.
    pub fn answered(&mut self, request: &Request, answer: &Completion) {
        let before = self.asked.take().unwrap_or_default();
        self.asked = Some(Asked {
            answered: cut(&answer.model, NAME_CHARS_MAX),
            configured: cut(&answer.configured_model, NAME_CHARS_MAX),
            prompt: digest(instructions(request)),
            sent: digest(sent(request)),
            calls: before.calls.saturating_add(answer.calls),
            tokens_in: before.tokens_in.saturating_add(answer.tokens_in.into()),
            tokens_out: before.tokens_out.saturating_add(answer.tokens_out.into()),
            cost_microdollars: before.cost_microdollars.saturating_add(answer.cost_microdollars),
            ..Asked::default()
        });
        self.question = turns(&request.messages);
    }

    /// Adds what became of the newest answer.
    pub fn judged(&mut self, salvaged: &Result<Salvaged, Unusable>) {
        let Some(asked) = &mut self.asked else { return };
        let none = Mended::new();
        let (mended, refused, share) = match salvaged {
            Ok(Salvaged { mended, refused, share, .. }) => (mended, refused, share),
            Err(Unusable { refused, share }) => (&none, refused, share),
        };
        asked.mended = mended.iter().map(|mend| mend.code().to_owned()).collect();
        asked.refused = refused.iter().map(|problem: &Problem| problem.path.clone()).collect();
        asked.blocks = *share;
    }

    /// Returns the account of the model's plan.
    pub fn by_model(self, planned_ms: u64) -> Account {
        self.told(Planner::Model, None, planned_ms)
    }

    /// Returns the account of a plan of the local planner. `trouble` is why the model did not plan, if it should have.
    pub fn by_rules(self, trouble: Option<&Trouble>, planned_ms: u64) -> Account {
        let failed = trouble
            .map(|Trouble { cause, reason }| Failed { cause: *cause, reason: cut(reason, REASON_CHARS_MAX) });
        self.told(Planner::Rules, failed, planned_ms)
    }

    fn told(self, planner: Planner, failed: Option<Failed>, planned_ms: u64) -> Account {
        let origin = Origin {
            release: RELEASE.to_owned(),
            planned_ms,
            planner,
            segment: None,
            model: self.asked,
            failed,
            edited: false,
            approved: None,
        };
        Account { origin, question: self.question }
    }
}

/// Returns the conversation, up to its limit in bytes.
fn turns(messages: &[Message]) -> Vec<Turn> {
    let mut bytes_left = QUESTION_BYTES_MAX;
    let mut turns = Vec::new();
    for Message { role, text } in messages {
        let text = beginning(text, bytes_left);
        bytes_left -= text.len();
        turns.push(Turn { role: name(*role).to_owned(), text: text.to_owned() });
    }
    turns
}

const fn name(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

/// Returns the beginning of a text, at most so many bytes of it.
fn beginning(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}

fn cut(text: &str, chars_max: usize) -> String {
    text.chars().take(chars_max).collect()
}

/// Returns the instructions, which are the same for every shop with the same kinds of block on the same kind of page.
fn instructions(request: &Request) -> impl Iterator<Item = &str> {
    request.messages.iter().filter(|message| message.role == Role::System).map(|message| &*message.text)
}

fn sent(request: &Request) -> impl Iterator<Item = &str> {
    request.messages.iter().map(|message| &*message.text).chain([&*request.schema])
}

/// Returns a digest of texts in 16 hexadecimal digits. It tells versions apart; it is no protection from a forger.
pub fn digest<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut hasher = FnvHasher::default();
    for text in texts {
        hasher.write(&(text.len() as u64).to_le_bytes());
        hasher.write(text.as_bytes());
    }
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::answer;
    use proptest::prelude::*;

    fn request(texts: &[&str]) -> Request {
        let roles = [Role::System, Role::User, Role::Assistant, Role::User];
        let said = |(text, role): (&&str, Role)| Message { role, text: (*text).to_owned() };
        Request {
            messages: texts.iter().zip(roles).map(said).collect(),
            schema: "{}".to_owned(),
            schema_name: "plan".to_owned(),
            tokens_max: 1,
            calls_max: 2,
            is_optional: false,
        }
    }

    #[test]
    fn two_answers_cost_what_both_cost_and_the_second_was_asked_everything() {
        let mut telling = Telling::default();
        telling.answered(&request(&["do", "plan"]), &answer("a").unwrap());
        telling.answered(&request(&["do", "plan", "a", "again"]), &answer("b").unwrap());
        let Account { origin, question } = telling.by_model(7);
        let asked = origin.model.unwrap();
        assert_eq!((asked.calls, asked.tokens_in, asked.tokens_out), (2, 4_000, 1_000));
        assert_eq!((asked.cost_microdollars, origin.planned_ms), (7_800, 7));
        assert_eq!((&*asked.answered, &*asked.configured), ("scripted-2026-11", "scripted"));
        let said: Vec<_> = question.iter().map(|turn| (&*turn.role, &*turn.text)).collect();
        assert_eq!(said, [("system", "do"), ("user", "plan"), ("assistant", "a"), ("user", "again")]);
    }

    #[test]
    fn the_version_of_a_prompt_is_that_of_its_instructions() {
        let of = |texts: &[&str]| {
            let mut telling = Telling::default();
            telling.answered(&request(texts), &answer("a").unwrap());
            telling.by_model(0).origin.model.map(|asked| (asked.prompt, asked.sent)).unwrap()
        };
        let (one, other) = (of(&["do", "wands"]), of(&["do", "lamps"]));
        assert_eq!(one.0, other.0);
        assert_ne!(one.1, other.1);
        assert_ne!(of(&["do not", "wands"]).0, one.0);
    }

    proptest! {
        #[test]
        fn a_question_is_stored_up_to_its_limit(text in "[é水a]{0,40}", bytes_max in 0usize..100) {
            let kept = beginning(&text, bytes_max);
            prop_assert!(kept.len() <= bytes_max && text.starts_with(kept));
        }
    }

    #[test]
    fn a_long_question_is_cut() {
        let long = "é".repeat(QUESTION_BYTES_MAX);
        let kept = turns(&request(&["do", &long, "more"]).messages);
        let bytes: usize = kept.iter().map(|turn| turn.text.len()).sum();
        assert!(bytes <= QUESTION_BYTES_MAX && kept.len() == 3 && kept[2].text.is_empty());
    }
}
