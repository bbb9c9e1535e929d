//! The page that a shopper gets, as a value: the cache's part in it, and whether a better one is being made.

use model::pages::PageMetadata;

/// The page that a shopper gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Served {
    /// The page that was made for them.
    Hit(PageMetadata),
    /// The page that was made for them, while a newer one is requested.
    Stale(PageMetadata, Generation),
    /// The fallback page, while theirs is requested.
    Miss(Generation),
}

/// The result of requesting a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generation {
    /// The shopper has a live job.
    Triggered,
    /// Every member of the pool is full.
    QueueFull,
    /// The queue did not answer.
    QueueUnavailable,
    /// A limit is reached.
    Limited,
    /// No page was requested.
    NotTriggered,
}

/// The cache's part in a page that was served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheOutcome {
    /// The shopper's page, which is fresh.
    Hit,
    /// The shopper's page, which must be made again.
    Stale,
    /// The fallback page.
    Miss,
}

impl Served {
    /// Returns whether the page was made for the shopper.
    pub(crate) fn is_generated(&self) -> bool {
        !matches!(self, Self::Miss(_))
    }

    /// Returns the cache's part in it.
    pub(crate) fn outcome(&self) -> CacheOutcome {
        match self {
            Self::Hit(_) => CacheOutcome::Hit,
            Self::Stale(..) => CacheOutcome::Stale,
            Self::Miss(_) => CacheOutcome::Miss,
        }
    }

    /// Returns whether the shopper has a live job, which this request may have enqueued.
    pub(crate) fn has_job(&self) -> bool {
        matches!(self, Self::Stale(_, Generation::Triggered) | Self::Miss(Generation::Triggered))
    }
}
