//! Deletes the data of a shop or a customer in key-value storage, a bounded number of keys at a time.

use experiments::Unit;
use model::pages::Deleted;
use model::{Key, Range, Scope, ShopId, ShopperId, Store};
use serde_json::Value;

use crate::capabilities::{Failure, Storage};
use crate::domains;
use crate::orders;

/// The most keys that one part of a maintenance task deletes.
const KEYS_MAX: u32 = 500;
/// The most entries that one part reads, one by one, to see whose they are.
const READS_MAX: u32 = 200;
/// The most that is read of an entry to see whose it is.
const ENTRY_BYTES_MAX: u32 = 64 * 1024;
/// The journals of the original deployment: jobs, errors and debug notes. Each entry names its owner in its content.
/// No new entries are written. Pairs of a key prefix and the key after which the original deployment's entries begin.
const JOURNALS: [(&str, &str); 3] =
    [(Key::OLD_NOTES, ""), (Key::JOB_ERRORS, Key::JOB_ERRORS_END), (Key::OLD_JOBS, "")];

pub(super) const NOTHING: Deleted = Deleted { count: 0, more: false };

/// The shop or customer whose entries are deleted.
pub(super) struct Subject<'a> {
    pub(super) shop: &'a ShopId,
    /// One of the shop's customers; `None` means the shop with all of them.
    pub(super) customer: Option<&'a ShopperId>,
}

/// Deletes entries whose keys name the subject, except tallies: two redactions of a shop that delete each other's would
/// begin again and again. A tally names nobody, and ends with its task.
pub(super) fn keys(storage: &impl Storage, subject: &Subject<'_>) -> Result<Deleted, Failure> {
    if subject.customer.is_none() {
        domains::remove_from_index(storage, subject.shop)?;
    }
    let orders =
        subject.customer.map_or(Ok(NOTHING), |customer| orders_of(storage, subject.shop, customer))?;
    if orders.more {
        return Ok(orders);
    }
    let (mut count, mut left) = (orders.count + originals(storage, subject)?, KEYS_MAX);
    for (store, range) in Scope::of(subject.shop, subject.customer).entries() {
        let keys = match range {
            Range::Exactly(key) => vec![key],
            Range::StartingWith(prefix) if prefix.starts_with(Key::TALLIES) => continue,
            Range::StartingWith(prefix) => storage.keys(store, &prefix, None, left)?,
        };
        left -= count_of(&keys).min(left);
        count += remove_all(storage, store, &keys)?;
        if left == 0 {
            break;
        }
    }
    Ok(Deleted { count, more: left == 0 })
}

/// Deletes the entries of a customer's orders, and the sessions and records of the visitors who placed them.
fn orders_of(storage: &impl Storage, shop: &ShopId, customer: &ShopperId) -> Result<Deleted, Failure> {
    let listed = numbers_of_orders(storage, shop, customer)?;
    let more = listed.len() == READS_MAX as usize;
    let mut keys = Vec::new();
    for order in listed {
        let visitor = orders::shopper_of(storage, shop, order)?.filter(|shopper| !shopper.is_customer());
        let theirs = visitor.iter().flat_map(|it| [Key::Unit(shop, it), Key::Session(shop, it)]);
        let entries = [Key::Order(shop, order), Key::OrderOf(shop, customer, order)];
        keys.extend(theirs.chain(entries).map(|key| key.to_string()));
    }
    let counted = storage.read(Key::Unit(shop, customer), Unit::BYTES_MAX)?;
    let counted = counted.and_then(|found| Unit::decode(&found.bytes));
    let known = counted.iter().flat_map(Unit::orders).map(|order| Key::Order(shop, order).to_string());
    keys.extend(known);
    Ok(Deleted { count: remove_all(storage, Store::ShopperSessions, &keys)?, more })
}

/// Returns the numbers of orders of a customer, as many as one part reads.
pub(super) fn numbers_of_orders(
    storage: &impl Storage,
    shop: &ShopId,
    customer: &ShopperId,
) -> Result<Vec<u64>, Failure> {
    let prefix = model::orders_of(shop, customer);
    let index = storage.keys(Store::ShopperSessions, &prefix, None, READS_MAX)?;
    Ok(index.iter().filter_map(|key| key.strip_prefix(&prefix)?.parse().ok()).collect())
}

/// Deletes the customer's sessions from the original deployment, whose keys did not name the shop.
fn originals(storage: &impl Storage, subject: &Subject<'_>) -> Result<u32, Failure> {
    let mut count = 0;
    for name in subject.customer.map(names_of).into_iter().flatten() {
        count += u32::from(storage.remove(Store::ShopperSessions, &format!("{}{name}", Key::SESSIONS))?);
    }
    Ok(count)
}

fn remove_all(storage: &impl Storage, store: Store, keys: &[String]) -> Result<u32, Failure> {
    if keys.is_empty() { Ok(0) } else { storage.remove_many(store, keys) }
}

fn count_of(keys: &[String]) -> u32 {
    u32::try_from(keys.len()).unwrap_or(u32::MAX)
}

/// Deletes entries of the subject whose keys do not name it: first those that an index lists, then those of the
/// original deployment. `after` is the last key of the latter that was looked at.
pub(super) fn journals(
    storage: &impl Storage,
    subject: &Subject<'_>,
    after: &mut Option<String>,
) -> Result<Deleted, Failure> {
    let (store, prefix) = Scope::of(subject.shop, subject.customer).index();
    let index = storage.keys(store, &prefix, None, KEYS_MAX)?;
    let entries: Vec<String> = index.iter().filter_map(|key| model::indexed(key)).collect();
    let count = remove_all(storage, store, &entries)?;
    remove_all(storage, store, &index)?;
    if count_of(&index) == KEYS_MAX {
        return Ok(Deleted { count, more: true });
    }
    let old = old_journals(storage, subject, after)?;
    Ok(Deleted { count: count + old.count, more: old.more })
}

fn old_journals(
    storage: &impl Storage,
    subject: &Subject<'_>,
    after: &mut Option<String>,
) -> Result<Deleted, Failure> {
    let (mut count, mut left) = (0, READS_MAX);
    for (prefix, start) in JOURNALS {
        // Prefixes that sort before `after` are done.
        let begun = after.as_deref().is_some_and(|after| after.starts_with(prefix));
        if !begun && after.as_deref().is_some_and(|after| after > prefix) {
            continue;
        }
        let from = after.as_deref().filter(|_| begun).unwrap_or(start);
        let keys = storage.keys(Store::GenerationQueue, prefix, Some(from), left)?;
        count += remove_its(storage, subject, &keys)?;
        left -= count_of(&keys).min(left);
        if left == 0 {
            *after = keys.last().cloned();
            return Ok(Deleted { count, more: true });
        }
    }
    Ok(Deleted { count, more: false })
}

fn remove_its(storage: &impl Storage, subject: &Subject<'_>, keys: &[String]) -> Result<u32, Failure> {
    let mut count = 0;
    for key in keys {
        let bytes = storage.peek(Store::GenerationQueue, key, ENTRY_BYTES_MAX)?.unwrap_or_default();
        if subject.is_named_by(key, &bytes) {
            count += u32::from(storage.remove(Store::GenerationQueue, key)?);
        }
    }
    Ok(count)
}

impl Subject<'_> {
    /// Returns whether a key or its entry names the shop and, if the subject is a customer, the customer as well.
    fn is_named_by(&self, key: &str, entry: &[u8]) -> bool {
        let entry = serde_json::from_slice::<Value>(entry).unwrap_or_default();
        let named = |names: &[&str], fields: &[&str]| {
            let in_key = key.split(':').any(|part| names.contains(&part));
            let mut values = fields.iter().filter_map(|field| entry.get(field));
            in_key || values.any(|value| value.as_str().is_some_and(|text| names.contains(&text)))
        };
        let shop = [self.shop.as_str()];
        let in_shop = named(&shop, &["store", "store_id", "storeId", "shop"]);
        let Some(customer) = self.customer else { return in_shop };
        let [ours, number] = names_of(customer);
        let is_theirs = named(&[&ours, &number], &["shopper", "shopper_id", "shopperId", "customer"]);
        is_theirs && in_shop
    }
}

/// Returns a customer's two names: our shopper id, and Shopify's number. Any other shopper has one.
pub(super) fn names_of(shopper: &ShopperId) -> [String; 2] {
    let id = shopper.as_str();
    let number = id.trim_start_matches(|c: char| !c.is_ascii_digit());
    [id, if shopper.is_customer() { number } else { id }].map(str::to_owned)
}
