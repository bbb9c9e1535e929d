//! Lists and deletes all data of a shop or a shopper, a part at a time.
//!
//! Objects are deleted before entries, and the short-term copy of each page right after its object, so that nothing
//! refills short-term storage from a deleted object. A call that fails leaves the rest for the next one.
//!
//! A page may be on its way while its shopper's data is deleted. So a mark is written first, which lasts longer than
//! a page takes to make. While it exists, no page of the shopper is stored. A shop is closed for the same reason.

use model::pages::Deleted;
use std::collections::BTreeSet;

use model::{Key, Object as Name, Range, Scope, ShopId, ShopperId};

use crate::cache::{Cache, Error};
use crate::capabilities::{Blob, Failure, Kv, Operator, Value};

/// How many objects, and how many entries, one call deletes: few enough for a fraction of the call's time limit, and
/// for the thousand that hosts list or delete at once.
pub(crate) const BATCH: usize = NAMES_PER_CALL as usize - 1;
/// How many names are listed at once: one more than a batch, so that a call knows whether any are left.
const NAMES_PER_CALL: u32 = 501;

/// The most pages of a shopper that are listed.
const PAGES_MAX: usize = 200;
/// How long the mark of a deleted shopper lasts: longer than making a page takes.
const NOTE_SECONDS: u32 = 5 * 60;

impl<K, B, O> Cache<K, B, O>
where
    K: Kv,
    B: Blob<Value = K::Value>,
    O: Operator,
{
    /// Deletes a shopper's page and plan. Tries all three names, and returns the first failure.
    ///
    /// Short-term storage comes last, so that nothing refills it from an object that is about to be deleted.
    pub fn purge(&self, shop: &ShopId, shopper: &ShopperId) -> Result<(), Error> {
        let plan = self.blob.delete(&Name::Plan(shop, shopper).to_string());
        let page = self.blob.delete(&Name::Page(shop, shopper).to_string());
        let copy = self.kv.delete(&Key::Page(shop, shopper).to_string());
        Ok(plan.and(page).and(copy).map(drop)?)
    }

    /// Deletes some of the data in `scope`, whether its shop is closed or not.
    pub fn delete(&self, scope: Scope<'_>) -> Result<Deleted, Error> {
        if let Scope::Shopper(shop, shopper) = scope {
            self.kv.set(Key::Forgotten(shop, shopper), &K::Value::new(b"1"), NOTE_SECONDS)?;
        }
        let mut objects = self.objects(scope, BATCH + 1)?;
        let more = objects.len() > BATCH;
        objects.truncate(BATCH);
        let mut count = self.remove_objects(&objects)?;
        if more {
            return Ok(Deleted { count, more });
        }
        let mut entries = self.entries(scope, BATCH + 1)?;
        let more = entries.len() > BATCH;
        entries.truncate(BATCH);
        let (pages, others): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|key| key.starts_with(Key::PAGES));
        count += self.remove_entries(&pages)?;
        self.remove_entries(&others)?;
        Ok(Deleted { count, more })
    }

    /// Returns the first 200 ids under which a shopper has pages or plans in any market, whether the shop is closed or
    /// not. The shopper's own id is always among them.
    pub fn pages(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Vec<ShopperId>, Error> {
        let scope = Scope::Shopper(shop, shopper);
        let mut kept = self.entries(scope, PAGES_MAX)?;
        // Each id may have a page and a plan.
        kept.extend(self.objects(scope, 2 * PAGES_MAX)?);
        let ids: BTreeSet<_> = kept.iter().filter_map(|name| model::shopper_of(name)).collect();
        Ok(ids.into_iter().take(PAGES_MAX).collect())
    }

    /// Returns whether the data of the page's shopper was just deleted.
    pub(crate) fn was_deleted(&self, shop: &ShopId, page: &ShopperId) -> Result<bool, Failure> {
        Ok(self.kv.get(Key::Forgotten(shop, &page.person()), 0)?.is_some())
    }

    /// Deletes objects and their copies in short-term storage. Returns how many of them were pages.
    fn remove_objects(&self, names: &[String]) -> Result<u32, Failure> {
        if names.is_empty() {
            return Ok(0);
        }
        self.blob.delete_many(names)?;
        let copies: Vec<String> = names.iter().filter_map(|name| model::short_term_key(name)).collect();
        self.remove_entries(&copies)?;
        Ok(u32::try_from(copies.len()).unwrap_or(u32::MAX))
    }

    fn remove_entries(&self, keys: &[String]) -> Result<u32, Failure> {
        if keys.is_empty() { Ok(0) } else { self.kv.delete_many(keys) }
    }

    /// Lists the names of objects in `scope`: all of them, or at least `enough`.
    fn objects(&self, scope: Scope<'_>, enough: usize) -> Result<Vec<String>, Failure> {
        let mut names = Vec::new();
        for prefix in scope.objects() {
            let list = |after: &str| self.blob.list_names(&prefix, after, NAMES_PER_CALL);
            collect(&mut names, enough, list, |name| scope.holds(name))?;
        }
        Ok(names)
    }

    /// Lists the keys of entries in `scope` in the same way. Keys that are named exactly are included without a check.
    fn entries(&self, scope: Scope<'_>, enough: usize) -> Result<Vec<String>, Failure> {
        let mut keys = Vec::new();
        let of_shop = scope.of_shop_alone().into_iter().map(Range::StartingWith);
        for range in scope.pages().into_iter().chain(of_shop) {
            match range {
                Range::Exactly(key) => keys.push(key),
                Range::StartingWith(prefix) => {
                    let list = |after: &str| self.kv.list_keys(&prefix, after, NAMES_PER_CALL);
                    collect(&mut keys, enough, list, |key| scope.holds(key))?;
                }
            }
        }
        Ok(keys)
    }
}

/// Adds listed names that `is_meant` accepts, until there are enough or the list ends.
fn collect(
    names: &mut Vec<String>,
    enough: usize,
    list: impl Fn(&str) -> Result<Vec<String>, Failure>,
    is_meant: impl Fn(&str) -> bool,
) -> Result<(), Failure> {
    let mut after = String::new();
    while names.len() < enough {
        let listed = list(&after)?;
        let Some(end) = listed.last() else { break };
        after.clone_from(end);
        let is_complete = listed.len() < NAMES_PER_CALL as usize;
        names.extend(listed.into_iter().filter(|name| is_meant(name)));
        if is_complete {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
