//! Keeps pages: which tier answers, what counts as fresh, what is written where and in which order.
//!
//! Pure: it reads no clock and holds no page. A page passes through as a handle; of its bytes the
//! cache sees only the head that it wrote itself, which says what is known about the page.
//!
//! A page lives in two tiers under one form (see [`PageMetadata::encode_head`]): short-term storage (KV),
//! which expires, and long-term storage (blob), which is the truth. Beside the latter lies the plan
//! that the page was rendered from. While a shop is closed, nothing is found for it and nothing kept.

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
pub use metadata::{Fragment, JobId, PageMetadata, WrongJobId};
pub use plan::{StoredPlan, WrongPlan};
pub use shop::Shop;
