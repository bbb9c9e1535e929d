//! What merchants decided about plans, and the plans that wait for a decision.
//!
//! A review is an entry in short-term storage that must not be lost (`crates/model/src/durability.rs`). A host that has
//! an admin writes decisions to the same entry; both sides write by compare-and-swap. A shop has at most
//! [`REVIEWS_MAX`] reviews, and a review without an approved plan expires.

use model::review::{Kept, REVIEWS_MAX, Review, WaitingPlan};
use model::{Audience, Key, ShopId};

use crate::cache::{Cache, Error};
use crate::capabilities::{Blob, Failure, Kv, Level, Operator, Swap, Value};
use crate::changes::SWAPS_MAX;
use crate::plan::{InvalidPlan, PLAN_BYTES_MAX};

impl<K, B, O> Cache<K, B, O>
where
    K: Kv,
    B: Blob<Value = K::Value>,
    O: Operator,
{
    /// Returns the review of an audience, which is empty while the shop is closed.
    pub fn review(&self, shop: &ShopId, audience: &Audience) -> Result<Kept, Error> {
        if self.shop(shop)?.closed {
            return Ok(Kept { is_full: true, ..Kept::default() });
        }
        match self.read_review(shop, audience)? {
            Some((review, _)) => Ok(Kept { review, is_full: false }),
            None => Ok(Kept { is_full: self.has_no_room(shop)?, ..Kept::default() }),
        }
    }

    /// Makes a plan the audience's waiting plan, in place of an earlier one. Returns whether it waits now. If the shop
    /// was closed meanwhile, the review is removed again, because no later deletion would find it.
    pub fn submit_plan(&self, shop: &ShopId, audience: &Audience, plan: &WaitingPlan) -> Result<bool, Error> {
        serde_json::from_str::<serde::de::IgnoredAny>(&plan.json).map_err(|_| InvalidPlan::NotJson)?;
        if self.shop(shop)?.closed {
            return Ok(false);
        }
        for _ in 0..SWAPS_MAX {
            let read = self.read_review(shop, audience)?;
            if read.is_none() && self.has_no_room(shop)? {
                return Ok(false);
            }
            let (mut review, version) = read.map_or_else(Default::default, |(review, at)| (review, Some(at)));
            review.waiting = Some(plan.clone());
            if self.swap_review(shop, audience, version, &review)? {
                return self.keep_unless_closed(shop, audience);
            }
        }
        Err(Error::Unavailable(format!("review: gave up after {SWAPS_MAX} write conflicts")))
    }

    fn read_review(&self, shop: &ShopId, audience: &Audience) -> Result<Option<(Review, u64)>, Failure> {
        let key = Key::Review(shop, audience);
        let Some(entry) = self.kv.get(key, PLAN_BYTES_MAX)? else { return Ok(None) };
        let review = Review::decode(&entry.head).unwrap_or_else(|| {
            let key = ("key", &*key.to_string());
            self.operator.event(Level::Warn, "ignored an entry that is not a valid review", &[key]);
            Review::default()
        });
        Ok(Some((review, entry.version)))
    }

    fn swap_review(
        &self,
        shop: &ShopId,
        audience: &Audience,
        expected: Option<u64>,
        review: &Review,
    ) -> Result<bool, Error> {
        let bytes = review.encode();
        if bytes.len() > PLAN_BYTES_MAX as usize {
            return Err(InvalidPlan::TooLarge.into());
        }
        let (key, value) = (Key::Review(shop, audience), K::Value::new(&bytes));
        Ok(self.kv.compare_and_swap(key, expected, &value, review.ttl_seconds())? == Swap::Done)
    }

    fn keep_unless_closed(&self, shop: &ShopId, audience: &Audience) -> Result<bool, Error> {
        let is_closed = self.shop(shop)?.closed;
        if is_closed {
            self.kv.delete(&Key::Review(shop, audience).to_string())?;
        }
        Ok(!is_closed)
    }

    fn has_no_room(&self, shop: &ShopId) -> Result<bool, Failure> {
        let prefix = format!("{}{shop}:", Key::REVIEWS);
        Ok(self.kv.list_keys(&prefix, "", REVIEWS_MAX)?.len() >= REVIEWS_MAX as usize)
    }
}

#[cfg(test)]
mod tests {
    use model::pages::JobId;
    use model::review::{Decision, UNDECIDED_SECONDS};
    use model::{Market, PageKind, Persona, Scope};

    use super::*;
    use crate::fakes::{Bytes, FakeBlob, FakeKv, FakeOperator};

    fn cache() -> Cache<FakeKv, FakeBlob, FakeOperator> {
        Cache { kv: FakeKv::default(), blob: FakeBlob::default(), operator: FakeOperator::default() }
    }

    fn shop() -> ShopId {
        ShopId::parse("magic-wands").unwrap()
    }

    fn audience() -> Audience {
        Audience { page: PageKind::Home, persona: Persona::Explorer, market: Market::default() }
    }

    fn plan(json: &str) -> WaitingPlan {
        WaitingPlan { json: json.to_owned(), job: JobId::UNKNOWN, planned_ms: 1 }
    }

    fn key() -> String {
        Key::Review(&shop(), &audience()).to_string()
    }

    #[test]
    fn a_plan_waits_in_the_place_of_the_one_before_and_beside_what_was_approved() {
        let cache = cache();
        assert_eq!(cache.review(&shop(), &audience()), Ok(Kept::default()));
        assert_eq!(cache.submit_plan(&shop(), &audience(), &plan("{}")), Ok(true));
        assert_eq!(cache.kv.entries.borrow()[&key()].ttl_seconds, Some(UNDECIDED_SECONDS));
        let mut review = cache.review(&shop(), &audience()).unwrap().review;
        review.decide(&plan("{}").version(), Decision::Approve, "7", 5).unwrap();
        cache.kv.write(key(), Bytes(review.encode().into()), None);

        assert_eq!(cache.submit_plan(&shop(), &audience(), &plan("[1]")), Ok(true));
        let kept = cache.review(&shop(), &audience()).unwrap().review;
        assert_eq!((kept.waiting, kept.approved), (Some(plan("[1]")), review.approved));
        assert_eq!(cache.kv.entries.borrow()[&key()].ttl_seconds, None, "what was approved is kept");
    }

    #[test]
    fn a_decision_that_is_made_meanwhile_is_not_lost() {
        let cache = cache();
        let mut decided = Review { waiting: Some(plan("{}")), ..Review::default() };
        decided.decide(&plan("{}").version(), Decision::Reject("too loud".to_owned()), "7", 5).unwrap();
        cache.kv.rivals.borrow_mut().push_back((key(), Bytes(decided.encode().into())));
        assert_eq!(cache.submit_plan(&shop(), &audience(), &plan("[1]")), Ok(true));
        let kept = cache.review(&shop(), &audience()).unwrap().review;
        assert_eq!((kept.waiting, kept.rejections), (Some(plan("[1]")), decided.rejections));
    }

    #[test]
    fn a_shop_has_so_many_reviews_and_no_more() {
        let cache = cache();
        for number in 1..REVIEWS_MAX {
            cache.kv.write(format!("review:magic-wands:{number}"), Bytes(b"{}"[..].into()), None);
        }
        assert_eq!(cache.submit_plan(&shop(), &audience(), &plan("{}")), Ok(true));
        assert_eq!(cache.submit_plan(&shop(), &audience(), &plan("[]")), Ok(true), "its own stays");
        let other = Audience { persona: Persona::Loyalist, ..audience() };
        assert!(cache.review(&shop(), &other).unwrap().is_full);
        assert_eq!(cache.submit_plan(&shop(), &other, &plan("{}")), Ok(false));
        let elsewhere = ShopId::parse("lamps").unwrap();
        assert_eq!(cache.submit_plan(&elsewhere, &other, &plan("{}")), Ok(true));
    }

    #[test]
    fn an_invalid_plan_does_not_wait_and_an_invalid_review_is_replaced() {
        let cache = cache();
        let submit = |json: &str| cache.submit_plan(&shop(), &audience(), &plan(json));
        assert_eq!(submit("nonsense"), Err(Error::Plan(InvalidPlan::NotJson)));
        let long = format!("\"{}\"", "a".repeat(PLAN_BYTES_MAX as usize));
        assert_eq!(submit(&long), Err(Error::Plan(InvalidPlan::TooLarge)));
        cache.kv.write(key(), Bytes(b"\xff"[..].into()), None);
        assert_eq!(cache.review(&shop(), &audience()), Ok(Kept::default()));
        assert_eq!((submit("{}"), cache.operator.events.borrow().len()), (Ok(true), 2));
    }

    #[test]
    fn a_closed_shop_has_no_reviews_and_a_deletion_takes_them() {
        let cache = cache();
        assert_eq!(cache.submit_plan(&shop(), &audience(), &plan("{}")), Ok(true));
        cache.close(&shop(), None).unwrap();
        assert!(cache.review(&shop(), &audience()).unwrap().is_full);
        assert_eq!(cache.submit_plan(&shop(), &audience(), &plan("{}")), Ok(false));
        cache.delete(Scope::Shop(&shop())).unwrap();
        assert!(!cache.kv.entries.borrow().contains_key(&key()));
    }
}
