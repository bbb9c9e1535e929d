//! Generated pages and plans: the vocabulary of `page-types` in `wit/storefront`.
//!
//! A document is in whatever type the crate holds it.

mod conversions;

use serde::{Deserialize, Serialize};

use crate::{Persona, Source};

const JOB_BYTES_MAX: usize = 64;

/// A page made for a shopper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<V> {
    /// The whole HTML document.
    pub content: V,
    /// The metadata of the page.
    pub metadata: PageMetadata,
}

/// A page to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPage<V> {
    /// The whole HTML document.
    pub content: V,
    /// The plan that the page was rendered from, as JSON.
    pub plan: String,
    /// The metadata of the page.
    pub metadata: PageMetadata,
}

/// A plan from storage, to render its page again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPlan {
    /// The plan as JSON, exactly as generation wrote it.
    pub json: String,
    /// The metadata of the page that was last rendered from this plan.
    pub metadata: PageMetadata,
}

/// A plan that the shoppers of a segment share. It holds nothing of any shopper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedPlan {
    /// The plan as JSON, exactly as generation wrote it.
    pub json: String,
    /// The time until which pages of it are fresh, in milliseconds since the epoch.
    pub fresh_until_ms: u64,
}

/// The cache's answer for a shopper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cached<V> {
    /// A page to serve.
    Fresh(Page<V>),
    /// A page to serve while a newer one is made.
    Stale(Page<V>, Staleness),
    /// No page.
    Miss,
    /// No page. None will be made, because the shop is closed.
    Closed,
}

/// Why a page is no longer fresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staleness {
    /// Products or settings changed since the page was rendered, or a campaign began or ended. Its plan can be rendered
    /// again.
    CatalogChanged,
    /// The plan is too old, or its age is unknown. The page needs a new plan.
    Expired,
}

/// The result of one bounded deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deleted {
    /// How many items were deleted.
    pub count: u32,
    /// Whether more may be left.
    pub more: bool,
}

/// The metadata of a page, stored in front of it and with its plan. The short names are those in the stored plan.
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
    /// The time at which a campaign on the page begins or ends, in milliseconds since the epoch: then it is rendered
    /// again.
    #[serde(rename = "n", default)]
    pub changes_ms: Option<u64>,
    /// The digest of the exclusions and withdrawals with which it was made ([`crate::shop::ShopSettings::exclusions`]).
    #[serde(rename = "x", default)]
    pub exclusions: u64,
    /// The part of the document that is shown inside a theme.
    #[serde(rename = "d", default)]
    pub fragment: Fragment,
}

impl PageMetadata {
    /// Returns the metadata assumed for a page without a head, such as the original deployment's pages under the
    /// same keys: all of them came from the language model, and all are expired.
    pub const fn unknown() -> Self {
        Self {
            persona: Persona::Explorer,
            confidence: 0,
            source: Source::Llm,
            job: JobId::UNKNOWN,
            planned_ms: 0,
            fresh_until_ms: 0,
            catalog_version: 0,
            changes_ms: None,
            exclusions: 0,
            fragment: Fragment::NONE,
        }
    }
}

/// A byte range of a document. Size 0 means that there is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fragment {
    /// The first byte.
    pub offset: u32,
    /// The length.
    pub size: u32,
}

impl Fragment {
    /// No part of the document.
    pub const NONE: Self = Self { offset: 0, size: 0 };

    /// Returns whether there is no such part.
    pub const fn is_empty(self) -> bool {
        self.size == 0
    }
}

/// The id of the job that made a page: up to 64 letters, digits, `_` and `-`, or empty if the job is
/// unknown. It cannot contain the end of the comment that it is written in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct JobId(String);

impl JobId {
    /// No id, for a page whose job is not known.
    pub const UNKNOWN: Self = Self(String::new());

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
