//! The dialect of an endpoint: the configured members, without those that the endpoint refused.
//!
//! Endpoints differ in how they accept a schema and in which members of a request they know. A part that an endpoint
//! refused is not sent for a while and then tried again, because endpoints change.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::protocol::Protocol;
use crate::wire::{Parts, SchemaMode};

/// How long a refusal that named the refused part is remembered: a day.
const CERTAIN_MS: u64 = 24 * 60 * 60 * 1000;
/// How long a guess is remembered. It is short, because a status 500 may have had nothing to do with the form, and then
/// the endpoint is asked for less than it can do.
const GUESSED_MS: u64 = 10 * 60 * 1000;

/// The part of a request that an endpoint refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// The form of the answer.
    Form,
    /// The member of that name.
    Member(String),
    /// The value of the limit of tokens, which may be so large at most.
    Limit(u32),
}

impl Part {
    /// Returns the member of the request.
    pub(crate) fn name<'a>(&'a self, parts: &Parts) -> &'a str {
        match self {
            Self::Form => parts.form,
            Self::Member(name) => name,
            Self::Limit(_) => parts.limits.first().copied().unwrap_or_default(),
        }
    }
}

/// The dialect of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dialect {
    protocol: Protocol,
    /// How requests state the form of the answer.
    pub(crate) mode: SchemaMode,
    /// The place of the token limit's name among those of the protocol.
    limit: usize,
    /// The largest limit that the endpoint accepts, if it refused a larger one.
    pub(crate) tokens_max: Option<u32>,
    /// The members that are not sent.
    pub(crate) without: BTreeSet<String>,
    /// Whether a schema is sent as a grammar, where that makes a difference.
    pub(crate) is_strict: bool,
    /// Whether the model thinks, so that its answer gets more tokens.
    pub(crate) has_room: bool,
    /// Whether the answer is to come as a stream.
    pub(crate) is_streamed: bool,
}

impl Dialect {
    /// Creates the configured dialect.
    pub(crate) fn new(protocol: Protocol, mode: SchemaMode) -> Self {
        Self {
            protocol,
            mode,
            limit: 0,
            tokens_max: None,
            without: BTreeSet::new(),
            is_strict: false,
            has_room: false,
            is_streamed: false,
        }
    }

    /// Applies what is known about the provider.
    pub(crate) fn knowing(self, facts: Facts) -> Self {
        let limit = facts.limit.and_then(|name| self.parts().limits.iter().position(|known| *known == name));
        let mut without = self.without.clone();
        if facts.counts_unasked {
            without.insert(self.parts().stream_options.to_owned());
        }
        Self { limit: limit.unwrap_or(self.limit), is_strict: facts.is_strict, without, ..self }
    }

    /// Asks for a stream or for a whole answer.
    pub(crate) fn streamed(self, is_streamed: bool) -> Self {
        Self { is_streamed, ..self }
    }

    /// Returns the dialect in which a model that thinks gets more tokens; `None` if it gets them already.
    pub(crate) fn with_room(&self) -> Option<Self> {
        (!self.has_room).then(|| Self { has_room: true, ..self.clone() })
    }

    /// Returns the name of the token limit.
    pub(crate) fn limit(&self) -> &'static str {
        self.parts().limits[self.limit]
    }

    fn parts(&self) -> &'static Parts {
        self.protocol.wire().parts()
    }

    /// Returns the dialect without the refused part, or `None` if nothing is left to leave out. Each dialect demands
    /// less than the one before, so this ends.
    pub(crate) fn without(&self, refused: &Part) -> Option<Self> {
        let mut next = self.clone();
        match refused {
            Part::Form if self.is_strict && self.mode == SchemaMode::JsonSchema => next.is_strict = false,
            Part::Form => {
                next.mode = match self.mode {
                    SchemaMode::JsonSchema => SchemaMode::JsonObject,
                    SchemaMode::JsonObject => SchemaMode::None,
                    SchemaMode::None if self.without.contains(self.parts().form) => return None,
                    // The operator's own member, from `extra`.
                    SchemaMode::None => {
                        next.without.insert(self.parts().form.to_owned());
                        self.mode
                    }
                };
            }
            // An endpoint that names ever smaller limits is not followed for long.
            Part::Limit(tokens) if self.tokens_max.is_some_and(|known| *tokens > known / 2) => return None,
            Part::Limit(tokens) => next.tokens_max = Some(*tokens),
            Part::Member(name) if name == self.limit() && self.limit + 1 < self.parts().limits.len() => {
                next.limit += 1;
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
        Self {
            protocol: self.protocol,
            mode: self.mode.max(other.mode),
            limit: self.limit.max(other.limit),
            tokens_max: [self.tokens_max, other.tokens_max].into_iter().flatten().min(),
            without: self.without.into_iter().chain(other.without).collect(),
            is_strict: self.is_strict && other.is_strict,
            has_room: self.has_room || other.has_room,
            is_streamed: self.is_streamed && other.is_streamed,
        }
    }
}

/// The knowledge about one model at one endpoint, for the life of the process.
#[derive(Debug, Default)]
pub struct Memory {
    /// The dialect that it accepts, and until when that counts.
    dialect: Option<(Dialect, u64)>,
    /// The shortest question with its answer, in tokens, that was too long for it, and until when that counts.
    too_long: Option<(u32, u64)>,
}

impl Memory {
    /// Returns the remembered dialect, or the configured one if none is remembered.
    pub(crate) fn recall(&mut self, configured: Dialect, now_ms: u64) -> Dialect {
        match &self.dialect {
            Some((dialect, until_ms)) if now_ms < *until_ms => dialect.clone(),
            _ => {
                self.dialect = None;
                configured
            }
        }
    }

    /// Remembers the dialect that an endpoint accepts.
    pub(crate) fn keep(&mut self, dialect: Dialect, certain: bool, now_ms: u64) {
        let until_ms = now_ms.saturating_add(if certain { CERTAIN_MS } else { GUESSED_MS });
        let known = self.dialect.take().filter(|(_, until_ms)| now_ms < *until_ms);
        self.dialect = Some(match known {
            Some((known, known_until_ms)) => (known.and(dialect), until_ms.min(known_until_ms)),
            None => (dialect, until_ms),
        });
    }

    /// Returns the number of tokens from which on a question is known to be too long.
    pub(crate) fn too_long(&self, now_ms: u64) -> Option<u32> {
        self.too_long.filter(|(_, until_ms)| now_ms < *until_ms).map(|(tokens, _)| tokens)
    }

    /// Remembers that a question of so many tokens was too long.
    pub(crate) fn was_too_long(&mut self, tokens: u32, now_ms: u64) {
        let tokens = self.too_long(now_ms).map_or(tokens, |known| known.min(tokens));
        self.too_long = Some((tokens, now_ms.saturating_add(CERTAIN_MS)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configured() -> Dialect {
        Dialect::new(Protocol::ChatCompletions, SchemaMode::JsonSchema)
    }

    fn member(name: &str) -> Part {
        Part::Member(name.to_owned())
    }

    #[test]
    fn every_refusal_asks_less_until_nothing_is_left() {
        let mut dialect = configured();
        let refusals = [Part::Form, member("max_tokens"), member("max_completion_tokens")];
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
    fn a_learned_dialect_expires_after_a_day_and_a_guess_after_ten_minutes() {
        let plainer = configured().without(&Part::Form).unwrap();
        for (certain, lasts_ms) in [(true, CERTAIN_MS), (false, GUESSED_MS)] {
            let mut memory = Memory::default();
            memory.keep(plainer.clone(), certain, 5);
            assert_eq!(memory.recall(configured(), 5 + lasts_ms - 1), plainer);
            assert_eq!(memory.recall(configured(), 5 + lasts_ms), configured());
        }
    }

    #[test]
    fn concurrent_questions_both_record_what_they_learned() {
        let mut memory = Memory::default();
        memory.keep(configured().without(&member("max_tokens")).unwrap(), true, 0);
        memory.keep(configured().without(&Part::Form).unwrap(), true, 0);
        let known = memory.recall(configured(), 1);
        assert_eq!((known.mode, known.limit()), (SchemaMode::JsonObject, "max_completion_tokens"));
    }
}
