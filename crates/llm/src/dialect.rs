//! The dialect of an endpoint: what is configured, without what the endpoint refused.
//!
//! Endpoints differ in how they accept a schema and in which members of a request they know. A part that an endpoint
//! refused is not sent for a while and then tried again, because endpoints change.

use std::collections::BTreeSet;

/// How long a refusal that named the refused part is remembered: a day.
const CERTAIN_MS: u64 = 24 * 60 * 60 * 1000;
/// How long a guess is remembered. It is short, because a status 500 may have had nothing to do with the form, and then
/// the endpoint is asked for less than it can do.
const GUESSED_MS: u64 = 10 * 60 * 1000;

/// The limit of tokens, as `OpenAI` and most endpoints first called it,
pub(crate) const MAX_TOKENS: &str = "max_tokens";
/// and as newer models of `OpenAI`'s call it
/// (<https://platform.openai.com/docs/api-reference/chat/create>).
pub(crate) const MAX_COMPLETION_TOKENS: &str = "max_completion_tokens";
/// The form of the answer.
pub(crate) const RESPONSE_FORMAT: &str = "response_format";

/// How an endpoint is told the form of the answer. Each mode demands less of it than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum SchemaMode {
    /// By `response_format: json_schema`.
    #[default]
    JsonSchema,
    /// By `response_format: json_object`, with the schema among the instructions.
    JsonObject,
    /// By the instructions alone.
    None,
}

/// The part of a request that an endpoint refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// The form of the answer.
    Form,
    /// The member of that name.
    Member(String),
}

impl Part {
    /// Returns the member of the request.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Form => RESPONSE_FORMAT,
            Self::Member(name) => name,
        }
    }
}

/// The dialect of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// How the endpoint is told the form of the answer.
    pub(crate) mode: SchemaMode,
    /// The name of the token limit.
    pub(crate) limit: &'static str,
    /// The members that are not sent.
    pub(crate) without: BTreeSet<String>,
}

impl Dialect {
    /// Creates the configured dialect.
    pub(crate) fn new(mode: SchemaMode) -> Self {
        Self { mode, limit: MAX_TOKENS, without: BTreeSet::new() }
    }

    /// Returns the dialect without the refused part, or `None` if nothing is left to leave out. Each dialect demands
    /// less than the one before, so this ends.
    pub(crate) fn without(&self, refused: &Part) -> Option<Self> {
        let mut next = self.clone();
        match refused {
            Part::Form => {
                next.mode = match self.mode {
                    SchemaMode::JsonSchema => SchemaMode::JsonObject,
                    SchemaMode::JsonObject => SchemaMode::None,
                    SchemaMode::None if self.without.contains(RESPONSE_FORMAT) => return None,
                    // The operator's own member, from `extra`.
                    SchemaMode::None => {
                        next.without.insert(RESPONSE_FORMAT.to_owned());
                        self.mode
                    }
                };
            }
            Part::Member(name) if name == MAX_TOKENS && self.limit == MAX_TOKENS => {
                next.limit = MAX_COMPLETION_TOKENS;
            }
            Part::Member(name) => {
                if !next.without.insert(name.clone()) {
                    return None;
                }
            }
        }
        Some(next)
    }

    /// Combines what both know about an endpoint.
    fn and(self, other: Self) -> Self {
        let limit = if other.limit == MAX_COMPLETION_TOKENS { other.limit } else { self.limit };
        Self {
            mode: self.mode.max(other.mode),
            limit,
            without: self.without.into_iter().chain(other.without).collect(),
        }
    }
}

/// What is known about one model at one endpoint, for as long as the process lives.
#[derive(Debug, Default)]
pub struct Memory(Option<(Dialect, u64)>);

impl Memory {
    /// Returns the remembered dialect, or the configured one if none is remembered.
    pub(crate) fn recall(&mut self, configured: SchemaMode, now_ms: u64) -> Dialect {
        match &self.0 {
            Some((dialect, until_ms)) if now_ms < *until_ms => dialect.clone(),
            _ => {
                self.0 = None;
                Dialect::new(configured)
            }
        }
    }

    /// Remembers the dialect that an endpoint accepts.
    pub(crate) fn keep(&mut self, dialect: Dialect, certain: bool, now_ms: u64) {
        let until_ms = now_ms.saturating_add(if certain { CERTAIN_MS } else { GUESSED_MS });
        let known = self.0.take().filter(|(_, until_ms)| now_ms < *until_ms);
        self.0 = Some(match known {
            Some((known, known_until_ms)) => (known.and(dialect), until_ms.min(known_until_ms)),
            None => (dialect, until_ms),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_asks_less_until_nothing_is_left() {
        let mut dialect = Dialect::new(SchemaMode::JsonSchema);
        let refusals =
            [Part::Form, Part::Member(MAX_TOKENS.into()), Part::Member(MAX_COMPLETION_TOKENS.into())];
        for step in 0.. {
            let next = refusals.iter().find_map(|refused| dialect.without(refused));
            let Some(next) = next else {
                assert_eq!(step, 6, "object, plain, no form at all, the other limit, neither limit");
                break;
            };
            assert_ne!(next, dialect);
            dialect = next;
        }
    }

    #[test]
    fn what_is_remembered_is_forgotten_after_a_day_and_a_guess_after_ten_minutes() {
        let configured = Dialect::new(SchemaMode::JsonSchema);
        let plainer = configured.without(&Part::Form).unwrap();
        for (certain, lasts_ms) in [(true, CERTAIN_MS), (false, GUESSED_MS)] {
            let mut memory = Memory::default();
            memory.keep(plainer.clone(), certain, 5);
            assert_eq!(memory.recall(SchemaMode::JsonSchema, 5 + lasts_ms - 1), plainer);
            assert_eq!(memory.recall(SchemaMode::JsonSchema, 5 + lasts_ms), configured);
        }
    }

    #[test]
    fn what_two_questions_learned_at_once_is_both_remembered() {
        let configured = Dialect::new(SchemaMode::JsonSchema);
        let mut memory = Memory::default();
        memory.keep(configured.without(&Part::Member(MAX_TOKENS.into())).unwrap(), true, 0);
        memory.keep(configured.without(&Part::Form).unwrap(), true, 0);
        let known = memory.recall(SchemaMode::JsonSchema, 1);
        assert_eq!((known.mode, known.limit), (SchemaMode::JsonObject, MAX_COMPLETION_TOKENS));
    }
}
