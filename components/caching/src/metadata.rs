//! The metadata of a page, and its encoding at the head of the stored page.
//!
//! A stored page is `<!--wand {words}-->`, a line feed, `<!--part {offset} {size}-->`, a line feed, and the
//! document. So every copy contains its own metadata, and page and metadata can only be written together. The head
//! is not served: only the host learns which job made a page.
//!
//! The words, separated by one space: persona, confidence, source, job (`.` if unknown), time of the
//! plan, time until which the page is fresh, catalog version; and, unless both are 0, the time at which what it shows changes
//! by itself, and the digest of the merchant's exclusions. Every hit reads them: as JSON they took
//! longer than the rest of this component together. The second comment gives the fragment, the part of the
//! document that is shown inside a theme. Pages of releases before fragments lack it, and such a release treats it as
//! part of the document.

use std::str::FromStr;

use model::pages::{Fragment, PageMetadata};
use model::{Persona, Source};

/// How many bytes to peek at: an upper bound on the size of a head.
pub(crate) const HEAD_BYTES_MAX: u32 = 256;

const OPENING: &[u8] = b"<!--wand ";
const CLOSING: &[u8] = b"-->\n";
const PART_OPENING: &[u8] = b"<!--part ";
const NO_JOB: &str = ".";

/// Encodes the head of a page with this metadata, at most 256 bytes.
pub(crate) fn encode_head(metadata: &PageMetadata) -> Vec<u8> {
    let PageMetadata {
        persona,
        confidence,
        source,
        job,
        planned_ms,
        fresh_until_ms,
        catalog_version,
        changes_ms,
        exclusions,
        fragment,
    } = metadata;
    let (persona, source) = (persona.name(), source.name());
    let job = if job.as_str().is_empty() { NO_JOB } else { job.as_str() };
    let words =
        format!("{persona} {confidence} {source} {job} {planned_ms} {fresh_until_ms} {catalog_version}");
    let more = match (changes_ms.unwrap_or_default(), exclusions) {
        (0, 0) => String::new(),
        (changes_ms, exclusions) => format!(" {changes_ms} {exclusions:x}"),
    };
    let part = format!("{} {}", fragment.offset, fragment.size);
    [OPENING, words.as_bytes(), more.as_bytes(), CLOSING, PART_OPENING, part.as_bytes(), CLOSING].concat()
}

fn metadata_of(words: &str) -> Option<PageMetadata> {
    let mut words = Words(Some(words));
    let metadata = PageMetadata {
        persona: Persona::named(words.next()?)?,
        confidence: words.number()?,
        source: Source::named(words.next()?)?,
        job: words.next().filter(|job| *job != NO_JOB).unwrap_or_default().to_owned().try_into().ok()?,
        planned_ms: words.number()?,
        fresh_until_ms: words.number()?,
        catalog_version: words.number()?,
        changes_ms: None,
        exclusions: 0,
        fragment: Fragment::default(),
    };
    let Some(changes_ms) = words.next() else { return Some(metadata) };
    let changes_ms = Some(changes_ms.parse().ok()?).filter(|ms| *ms > 0);
    let exclusions = u64::from_str_radix(words.next()?, 16).ok()?;
    words.next().is_none().then_some(PageMetadata { changes_ms, exclusions, ..metadata })
}

/// Words with a space between two. Splitting text by `str::split` costs a hit more than the rest of this component.
struct Words<'a>(Option<&'a str>);

impl Words<'_> {
    fn number<N: FromStr>(&mut self) -> Option<N> {
        self.next()?.parse().ok()
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.0?;
        let Some(end) = text.bytes().position(|byte| byte == b' ') else { return self.0.take() };
        self.0 = text.get(end + 1..);
        text.get(..end)
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
        let metadata = metadata_of(words);
        let Some((part, document)) = comment(rest, PART_OPENING) else {
            return Self { metadata, bytes: stored.len() - rest.len() };
        };
        let with_part = |metadata| fragment_of(part).map(|fragment| PageMetadata { fragment, ..metadata });
        Self { metadata: metadata.and_then(with_part), bytes: stored.len() - document.len() }
    }
}

fn fragment_of(words: &str) -> Option<Fragment> {
    let mut words = Words(Some(words));
    let fragment = Fragment { offset: words.number()?, size: words.number()? };
    words.next().is_none().then_some(fragment)
}

/// Returns the content of the comment at the start of `bytes`, and the rest. Invalid UTF-8 counts as empty content.
fn comment<'a>(bytes: &'a [u8], opening: &[u8]) -> Option<(&'a str, &'a [u8])> {
    let mut end = 0;
    let rest = bytes.strip_prefix(opening)?;
    loop {
        // The words hold hyphens, but seldom; the comment ends with two.
        end += rest.get(end..)?.iter().position(|byte| *byte == b'-')?;
        if rest.get(end..)?.starts_with(CLOSING) {
            break;
        }
        end += 1;
    }
    let (words, rest) = rest.split_at(end);
    Some((std::str::from_utf8(words).unwrap_or_default(), rest.get(CLOSING.len()..)?))
}

#[cfg(test)]
mod tests;
