//! What is known about a page, and how it is written at the head of the page itself.
//!
//! A stored page is `<!--wand {words}-->`, a line feed, and the document. So every copy says what it
//! is, and page and facts can only be written together. A comment before the doctype does not
//! change how a browser reads a document (WHATWG HTML, 13.2.6.4.1, "initial" insertion mode).
//!
//! The words, one space between them: persona, confidence, source, job (`.` if not known), when it
//! was planned, until when it is fresh, catalog version. Every hit reads them: as JSON they took
//! longer than the rest of this component together.

use serde::{Deserialize, Serialize};

/// How many bytes to peek at: more than any head takes.
pub(crate) const HEAD_BYTES_MAX: u32 = 256;

const OPENING: &[u8] = b"<!--wand ";
const CLOSING: &[u8] = b"-->\n";
const JOB_BYTES_MAX: usize = 64;
const NO_JOB: &str = ".";

/// For whom a page was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Persona {
    /// Wants one good answer.
    Minimalist,
    /// Looks around.
    Explorer,
    /// Compares prices.
    Dealhunter,
    /// Comes back.
    Loyalist,
}

impl Persona {
    const ALL: [Self; 4] = [Self::Minimalist, Self::Explorer, Self::Dealhunter, Self::Loyalist];

    fn name(self) -> &'static str {
        match self {
            Self::Minimalist => "minimalist",
            Self::Explorer => "explorer",
            Self::Dealhunter => "dealhunter",
            Self::Loyalist => "loyalist",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|persona| persona.name() == name)
    }
}

/// Who planned a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The language model.
    Llm,
    /// The local planner.
    Local,
}

impl Source {
    const ALL: [Self; 2] = [Self::Llm, Self::Local];

    fn name(self) -> &'static str {
        match self {
            Self::Llm => "llm",
            Self::Local => "local",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}

/// The job that made a page: up to 64 letters, digits, `_` and `-`. Empty for a page whose job is
/// not known. It cannot hold what would close the comment it is written in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct JobId(String);

impl JobId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<JobId> for String {
    fn from(id: JobId) -> Self {
        id.0
    }
}

impl TryFrom<String> for JobId {
    type Error = WrongJobId;

    fn try_from(text: String) -> Result<Self, WrongJobId> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        let is_id = text.len() <= JOB_BYTES_MAX && text.bytes().all(fits);
        if is_id { Ok(Self(text)) } else { Err(WrongJobId) }
    }
}

/// The text is no job id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("job id may hold only A-Z, a-z, 0-9, '_' and '-', at most {JOB_BYTES_MAX} bytes")]
pub struct WrongJobId;

/// What is known about a stored page. The short names are those of the stored plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// For whom it was made.
    #[serde(rename = "p")]
    pub persona: Persona,
    /// How sure that is, in percent.
    #[serde(rename = "c")]
    pub confidence: u32,
    /// Who planned it.
    #[serde(rename = "s")]
    pub source: Source,
    /// The job that made it.
    #[serde(rename = "j")]
    pub job: JobId,
    /// When its plan was made, in milliseconds since the epoch.
    #[serde(rename = "t")]
    pub planned_ms: u64,
    /// Until when it is fresh, likewise.
    #[serde(rename = "f")]
    pub fresh_until_ms: u64,
    /// The catalog version that its prices are from.
    #[serde(rename = "v")]
    pub catalog_version: u64,
}

impl Facts {
    /// What is assumed of a page without a head, such as the original deployment wrote under the
    /// same keys: all of them came from the language model, and all are out of date.
    pub fn unknown() -> Self {
        Self {
            persona: Persona::Explorer,
            confidence: 0,
            source: Source::Llm,
            job: JobId::default(),
            planned_ms: 0,
            fresh_until_ms: 0,
            catalog_version: 0,
        }
    }

    /// The head of a page with these facts, at most 256 bytes.
    pub fn encode_head(&self) -> Vec<u8> {
        let Self { persona, confidence, source, job, planned_ms, fresh_until_ms, catalog_version } = self;
        let (persona, source) = (persona.name(), source.name());
        let job = if job.0.is_empty() { NO_JOB } else { job.as_str() };
        let words =
            format!("{persona} {confidence} {source} {job} {planned_ms} {fresh_until_ms} {catalog_version}");
        [OPENING, words.as_bytes(), CLOSING].concat()
    }

    /// Reads the head of a page from its first bytes; `None` if it has none.
    pub fn decode_head(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(OPENING)?;
        let end = rest.windows(CLOSING.len()).position(|window| window == CLOSING)?;
        let mut words = std::str::from_utf8(rest.get(..end)?).ok()?.split(' ');
        let facts = Self {
            persona: Persona::named(words.next()?)?,
            confidence: words.next()?.parse().ok()?,
            source: Source::named(words.next()?)?,
            job: words.next().filter(|job| *job != NO_JOB).unwrap_or_default().to_owned().try_into().ok()?,
            planned_ms: words.next()?.parse().ok()?,
            fresh_until_ms: words.next()?.parse().ok()?,
            catalog_version: words.next()?.parse().ok()?,
        };
        words.next().is_none().then_some(facts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_facts() -> impl Strategy<Value = Facts> {
        let persona = prop::sample::select(vec![
            Persona::Minimalist,
            Persona::Explorer,
            Persona::Dealhunter,
            Persona::Loyalist,
        ]);
        let source = prop::sample::select(vec![Source::Llm, Source::Local]);
        let numbers = (any::<u32>(), any::<u64>(), any::<u64>(), any::<u64>());
        (persona, source, "[A-Za-z0-9_-]{0,64}", numbers).prop_map(|(persona, source, job, numbers)| Facts {
            persona,
            source,
            job: job.try_into().unwrap(),
            confidence: numbers.0,
            planned_ms: numbers.1,
            fresh_until_ms: numbers.2,
            catalog_version: numbers.3,
        })
    }

    proptest! {
        #[test]
        fn facts_survive_the_head_of_a_page(facts in any_facts(), page in "\\PC{0,600}") {
            let stored = [facts.encode_head(), page.into_bytes()].concat();
            let peeked = &stored[..stored.len().min(HEAD_BYTES_MAX as usize)];
            prop_assert_eq!(Facts::decode_head(peeked), Some(facts));
        }

        #[test]
        fn a_head_is_one_comment_on_one_line(facts in any_facts()) {
            let text = String::from_utf8(facts.encode_head()).unwrap();
            prop_assert!(text.len() <= HEAD_BYTES_MAX as usize);
            prop_assert_eq!(text.find("-->"), Some(text.len() - CLOSING.len()));
            prop_assert_eq!(text.find('\n'), Some(text.len() - 1));
        }

        #[test]
        fn any_bytes_can_be_asked_for_a_head(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            prop_assert_eq!(Facts::decode_head(&bytes), None);
            let _ = Facts::decode_head(&[OPENING, &bytes].concat());
        }
    }

    #[test]
    fn a_head_that_is_broken_is_none() {
        for head in [
            "",
            "<!doctype html>",
            "<!--wand -->\n",
            "<!--wand explorer-->\n",
            "<!--wand explorer 1 llm . 1 1-->\n",
            "<!--wand explorer 1 llm . 1 1 1 1-->\n",
            "<!--wand nobody 1 llm . 1 1 1-->\n",
            "<!--wand explorer 1 llm . 1 1 -1-->\n",
        ] {
            assert_eq!(Facts::decode_head(head.as_bytes()), None, "{head}");
        }
        let mut cut = Facts::unknown().encode_head();
        cut.pop();
        assert_eq!(Facts::decode_head(&cut), None);
    }

    #[test]
    fn what_could_close_the_comment_is_no_job_id() {
        for text in ["-->", "a b", "a\"", "é", &"a".repeat(65)] {
            assert_eq!(JobId::try_from(text.to_owned()), Err(WrongJobId), "{text}");
        }
        assert_eq!(Facts::decode_head(b"<!--wand explorer 1 llm <b> 1 1 1-->\n"), None);
    }
}
