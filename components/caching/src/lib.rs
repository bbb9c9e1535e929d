//! Stores pages: decides which tier answers, which pages are fresh, and what is written where and in which order.
//!
//! Pure: it reads no clock and holds no page. A page passes through as a handle. Of its bytes, the
//! cache sees only the head that it wrote itself, which holds the page's metadata.
//!
//! A page is stored in two tiers in the same form (see `metadata.rs`): short-term storage (KV),
//! where it expires, and long-term storage (blob), which is the source of truth. The plan that the page was
//! rendered from is stored next to the latter. A plan that the shoppers of a segment share is in short-term
//! storage only, beside the lease of the job that plans (see `shared.rs`), and so is what a merchant
//! decided about plans (see `review.rs`). For a closed shop, the cache returns and stores nothing.
//!
//! Whether a page is fresh is a function of its metadata, the time and the shop's catalog version:
//!
//! ```
//! use caching::staleness;
//! use model::pages::{PageMetadata, Staleness};
//!
//! let page = PageMetadata { fresh_until_ms: 1_000, catalog_version: 3, ..PageMetadata::unknown() };
//! assert_eq!(staleness(&page, 999, Some(3)), None);
//! assert_eq!(staleness(&page, 999, Some(4)), Some(Staleness::CatalogChanged));
//! assert_eq!(staleness(&page, 1_000, Some(3)), Some(Staleness::Expired));
//! ```

mod cache;
mod capabilities;
mod changes;
mod deletion;
mod freshness;
mod metadata;
mod plan;
mod review;
mod shared;
mod shop;

#[cfg(test)]
mod fakes;
#[cfg(target_arch = "wasm32")]
mod guest;

pub use cache::{Cache, Error, Stored};
pub use capabilities::{Blob, Entry, Failure, Kv, Level, Object, Operator, Swap, Value};
pub use freshness::staleness;
pub use plan::InvalidPlan;
pub use shared::PLANNING_MS;
pub use shop::Shop;
