//! Stores pages: decides which tier answers, which pages are fresh, and what is written where and in which order.
//!
//! Pure: it reads no clock and holds no page. A page passes through as a handle. Of its bytes, the
//! cache sees only the head that it wrote itself, which holds the page's metadata.
//!
//! A page is stored in two tiers in the same form (see [`PageMetadata::encode_head`]): short-term storage (KV),
//! where it expires, and long-term storage (blob), which is the source of truth. The plan that the page was
//! rendered from is stored next to the latter. For a closed shop, the cache returns and stores nothing.

mod cache;
mod capabilities;
mod forget;
mod freshness;
mod metadata;
mod plan;
mod shop;

#[cfg(test)]
mod fakes;
#[cfg(target_arch = "wasm32")]
mod guest;

pub use cache::{Cache, Cached, Error, NewPage, Page, Stored};
pub use capabilities::{Blob, Entry, Failure, Kv, Level, Object, Operator, Swap, Value};
pub use forget::Forgotten;
pub use freshness::{Staleness, staleness};
pub use metadata::{Fragment, InvalidJobId, JobId, PageMetadata};
pub use plan::{InvalidPlan, StoredPlan};
pub use shop::Shop;
