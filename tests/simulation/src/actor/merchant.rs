//! A merchant who looks through the plans that wait, and approves or rejects them, as a host with an admin does.

use model::review::{Decision, REVIEWS_MAX, Review};
use model::{Access, Key, ShopId, Store};

use super::Actor;
use crate::bytes::Bytes;

/// How many plans a merchant approves for each that they reject.
const REJECTED_ONE_IN: u64 = 4;

impl Actor<'_> {
    /// Decides about every plan that waits, and makes pages stale if one was approved.
    pub(crate) fn decide_about_plans(&self, shop: &ShopId) -> Result<(), String> {
        let prefix = format!("{}{shop}:", Key::REVIEWS);
        let keys = self.list_entries(Access::CACHING, Store::UiCache, &prefix, None, REVIEWS_MAX)?;
        for key in keys {
            if self.decide_about(&key)? {
                let bumped = self.cache().bump_catalog_version(shop, self.wall_ms());
                bumped.map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }

    /// Decides about the plan of an audience. Returns whether it was approved.
    fn decide_about(&self, key: &str) -> Result<bool, String> {
        let Some(entry) = self.get_entry(Access::CACHING, Store::UiCache, key)? else { return Ok(false) };
        let Some(mut review) = Review::decode(&entry.bytes.0) else { return Ok(false) };
        let Some(waiting) = review.waiting.clone() else { return Ok(false) };
        let rejects = self.world.one_in(REJECTED_ONE_IN);
        let decision = if rejects { Decision::Reject("Too loud.".into()) } else { Decision::Approve };
        let decided = review.decide(&waiting.version(), decision, "7", self.wall_ms());
        decided.map_err(|outdated| outdated.to_string())?;
        if !rejects {
            self.world.ledger.borrow_mut().approvals.approved(&waiting.json);
        }
        let (bytes, ttl) = (Bytes(review.encode().into()), review.ttl_seconds());
        let version = Some(entry.version);
        let is_done = self.swap_entry(Access::CACHING, Store::UiCache, key, version, &bytes, ttl)?;
        Ok(is_done && !rejects)
    }
}
