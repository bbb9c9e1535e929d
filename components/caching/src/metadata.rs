//! What is known about a page, and how it is written at the head of the page itself.
//!
//! A stored page is `<!--wand {words}-->`, a line feed, `<!--part {offset} {size}-->`, a line feed, and the
//! document. So every copy says what it is, and page and metadata can only be written together. The head is not
//! served: nobody but the host is told which job made a page.
//!
//! The words, one space between them: persona, confidence, source, job (`.` if not known), when it
//! was planned, until when it is fresh, catalog version. Every hit reads them: as JSON they took
//! longer than the rest of this component together. The second comment says which part of the document
//! fits into a theme's page. Pages from before there were such parts lack it, and a release
//! from that time takes it for the document's own.

use names::{Persona, Source};
use serde::{Deserialize, Serialize};

/// How many bytes to peek at: more than any head takes.
pub(crate) const HEAD_BYTES_MAX: u32 = 256;

const OPENING: &[u8] = b"<!--wand ";
const CLOSING: &[u8] = b"-->\n";
const PART_OPENING: &[u8] = b"<!--part ";
const JOB_BYTES_MAX: usize = 64;
const NO_JOB: &str = ".";

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
pub struct PageMetadata {
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
    /// Which part of the document fits into a theme's page.
    #[serde(rename = "d", default)]
    pub fragment: Fragment,
}

/// A part of a document, in bytes. Of size 0: none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fragment {
    /// Where it begins.
    pub offset: u32,
    /// How long it is.
    pub size: u32,
}

impl PageMetadata {
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
            fragment: Fragment::default(),
        }
    }

    /// The head of a page with this metadata, at most 256 bytes.
    pub fn encode_head(&self) -> Vec<u8> {
        let Self { persona, confidence, source, job, planned_ms, fresh_until_ms, catalog_version, fragment } =
            self;
        let (persona, source) = (persona.name(), source.name());
        let job = if job.0.is_empty() { NO_JOB } else { job.as_str() };
        let words =
            format!("{persona} {confidence} {source} {job} {planned_ms} {fresh_until_ms} {catalog_version}");
        let part = format!("{} {}", fragment.offset, fragment.size);
        [OPENING, words.as_bytes(), CLOSING, PART_OPENING, part.as_bytes(), CLOSING].concat()
    }

    fn from_words(words: &str) -> Option<Self> {
        let mut words = words.split(' ');
        let metadata = Self {
            persona: Persona::named(words.next()?)?,
            confidence: words.next()?.parse().ok()?,
            source: Source::named(words.next()?)?,
            job: words.next().filter(|job| *job != NO_JOB).unwrap_or_default().to_owned().try_into().ok()?,
            planned_ms: words.next()?.parse().ok()?,
            fresh_until_ms: words.next()?.parse().ok()?,
            catalog_version: words.next()?.parse().ok()?,
            fragment: Fragment::default(),
        };
        words.next().is_none().then_some(metadata)
    }
}

/// The head of a stored page, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    /// What is known about the page; `None` if the head is absent or not understood.
    pub metadata: Option<PageMetadata>,
    /// How long the head is. The document follows.
    pub bytes: usize,
}

impl Head {
    /// Reads the head of a stored page from its first bytes. A head that is not understood is still one: it is not
    /// part of the document.
    pub fn decode(stored: &[u8]) -> Self {
        let Some((words, rest)) = comment(stored, OPENING) else { return Self { metadata: None, bytes: 0 } };
        let metadata = PageMetadata::from_words(words);
        let Some((part, document)) = comment(rest, PART_OPENING) else {
            return Self { metadata, bytes: stored.len() - rest.len() };
        };
        let with_part =
            |metadata| Fragment::from_words(part).map(|fragment| PageMetadata { fragment, ..metadata });
        Self { metadata: metadata.and_then(with_part), bytes: stored.len() - document.len() }
    }
}

impl Fragment {
    fn from_words(words: &str) -> Option<Self> {
        let (offset, size) = words.split_once(' ')?;
        Some(Self { offset: offset.parse().ok()?, size: size.parse().ok()? })
    }
}

/// What is in the comment that `bytes` open with, and what follows it. Words that are not UTF-8 count as none.
fn comment<'a>(bytes: &'a [u8], opening: &[u8]) -> Option<(&'a str, &'a [u8])> {
    let rest = bytes.strip_prefix(opening)?;
    let end = rest.windows(CLOSING.len()).position(|window| window == CLOSING)?;
    let (words, rest) = rest.split_at(end);
    Some((std::str::from_utf8(words).unwrap_or_default(), &rest[CLOSING.len()..]))
}

#[cfg(test)]
mod tests;
