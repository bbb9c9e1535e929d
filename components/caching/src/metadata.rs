//! The metadata of a page, and its encoding at the head of the stored page.
//!
//! A stored page is `<!--wand {words}-->`, a line feed, `<!--part {offset} {size}-->`, a line feed, and the
//! document. So every copy contains its own metadata, and page and metadata can only be written together. The head
//! is not served: only the host learns which job made a page.
//!
//! The words, separated by one space: persona, confidence, source, job (`.` if unknown), time of the
//! plan, time until which the page is fresh, catalog version. Every hit reads them: as JSON they took
//! longer than the rest of this component together. The second comment gives the fragment, the part of the
//! document that is shown inside a theme. Pages of releases before fragments lack it, and such a release treats it as
//! part of the document.

use model::{Persona, Source};
use serde::{Deserialize, Serialize};

/// How many bytes to peek at: an upper bound on the size of a head.
pub(crate) const HEAD_BYTES_MAX: u32 = 256;

const OPENING: &[u8] = b"<!--wand ";
const CLOSING: &[u8] = b"-->\n";
const PART_OPENING: &[u8] = b"<!--part ";
const JOB_BYTES_MAX: usize = 64;
const NO_JOB: &str = ".";

/// The id of the job that made a page: up to 64 letters, digits, `_` and `-`, or empty if the job is
/// unknown. It cannot contain the end of the comment that it is written in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct JobId(String);

impl JobId {
    /// Returns the id as text.
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
    type Error = InvalidJobId;

    fn try_from(text: String) -> Result<Self, InvalidJobId> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        let is_id = text.len() <= JOB_BYTES_MAX && text.bytes().all(fits);
        if is_id { Ok(Self(text)) } else { Err(InvalidJobId) }
    }
}

/// The error for a text that is not a job id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("job id may hold only A-Z, a-z, 0-9, '_' and '-', at most {JOB_BYTES_MAX} bytes")]
pub struct InvalidJobId;

/// The metadata of a stored page. The short names are those in the stored plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageMetadata {
    /// The persona that the page was made for.
    #[serde(rename = "p")]
    pub persona: Persona,
    /// The confidence in the persona, in percent.
    #[serde(rename = "c")]
    pub confidence: u32,
    /// The planner: the language model or the local planner.
    #[serde(rename = "s")]
    pub source: Source,
    /// The job that made the page.
    #[serde(rename = "j")]
    pub job: JobId,
    /// The time at which its plan was made, in milliseconds since the epoch.
    #[serde(rename = "t")]
    pub planned_ms: u64,
    /// The time until which the page is fresh, in milliseconds since the epoch.
    #[serde(rename = "f")]
    pub fresh_until_ms: u64,
    /// The catalog version of its prices.
    #[serde(rename = "v")]
    pub catalog_version: u64,
    /// The part of the document that is shown inside a theme.
    #[serde(rename = "d", default)]
    pub fragment: Fragment,
}

/// A byte range of a document. Size 0 means that there is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fragment {
    /// The first byte.
    pub offset: u32,
    /// The length.
    pub size: u32,
}

impl PageMetadata {
    /// Returns the metadata assumed for a page without a head, such as the original deployment's pages under the
    /// same keys: all of them came from the language model, and all are expired.
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

    /// Encodes the head of a page with this metadata, at most 256 bytes.
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

/// The decoded head of a stored page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    /// The metadata of the page; `None` if the head is absent or invalid.
    pub metadata: Option<PageMetadata>,
    /// The length of the head. The document follows.
    pub bytes: usize,
}

impl Head {
    /// Decodes the head of a stored page from its first bytes. An invalid head is still a head, and not part of the
    /// document.
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

/// Returns the content of the comment at the start of `bytes`, and the rest. Invalid UTF-8 counts as empty content.
fn comment<'a>(bytes: &'a [u8], opening: &[u8]) -> Option<(&'a str, &'a [u8])> {
    let rest = bytes.strip_prefix(opening)?;
    let end = rest.windows(CLOSING.len()).position(|window| window == CLOSING)?;
    let (words, rest) = rest.split_at(end);
    Some((std::str::from_utf8(words).unwrap_or_default(), &rest[CLOSING.len()..]))
}

#[cfg(test)]
mod tests;
