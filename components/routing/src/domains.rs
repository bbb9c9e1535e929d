//! The domains of a shop. A merchant may change the domain that Shopify knows the shop by. Stored data keeps the old
//! domain in its keys, while Shopify's requests and webhooks name the new one or either. Two domains belong to one
//! shop if signed bodies named both with the same shop number of Shopify. Each domain's record has that number and
//! the shop's other domains, and an index maps the number to its domains.
//!
//! Webhook headers are not signed. A header is trusted only in a `shop/update`, which reports a changed domain, and
//! only if the old domain has no known number and the new one is not served as a shop of its own.

use model::shop::ShopStatus;
use model::{Domains, Key, ShopId, Store};

use crate::capabilities::{Asker, Failure, Found, Settings, Storage};
use crate::http::json;

/// More domains than a shop can have had, because Shopify lets a merchant change theirs once.
const DOMAINS_MAX: u32 = 5;
/// An upper bound on the size of a record.
const BYTES_MAX: u32 = 2048;

/// Returns the served shop that has this domain too, which is not served itself.
pub(crate) fn served_sibling(
    deployment: &(impl Settings + Storage),
    shop: &ShopId,
) -> Result<Option<ShopId>, Failure> {
    Ok(others(deployment, shop, None)?.into_iter().find(|other| is_served(deployment, other)))
}

/// Returns whether the shop is served under this domain.
pub(crate) fn is_served(settings: &impl Settings, shop: &ShopId) -> bool {
    settings.shop_status(shop, Asker::VouchedFor) != ShopStatus::Unknown
}

/// Returns whether there is a record of this domain.
pub(crate) fn is_known(storage: &impl Storage, shop: &ShopId) -> Result<bool, Failure> {
    Ok(recall(storage, shop)? != Domains::default())
}

/// Returns the other domains in the record of this one. Leaves out domains that are known to belong to a shop with
/// another number, and returns none if this domain's own record has another number than `number`.
pub(crate) fn others(
    storage: &impl Storage,
    shop: &ShopId,
    number: Option<u64>,
) -> Result<Vec<ShopId>, Failure> {
    let record = recall(storage, shop)?;
    if differ(record.number, number) {
        return Ok(Vec::new());
    }
    let number = number.or(record.number);
    let others = record.others.iter().filter_map(|other| ShopId::parse(other).ok());
    keeping(others, |other| Ok(!differ(recall(storage, other)?.number, number)))
}

/// Returns the known domains of the shop with this number.
pub(crate) fn of_number(storage: &impl Storage, number: u64) -> Result<Vec<ShopId>, Failure> {
    // The index may be older than a domain's record: a domain whose record has another number is another shop's.
    let index = indexed(storage, number)?;
    keeping(index.into_iter(), |domain| Ok(recall(storage, domain)?.number == Some(number)))
}

/// Records that a domain belongs to the shop with this number, as a signed body says, and links it to the number's
/// other domains. Drops what was known of a former shop of this domain.
pub(crate) fn note(storage: &impl Storage, shop: &ShopId, number: u64) -> Result<(), Failure> {
    let before = recall(storage, shop)?;
    let former = before.number.filter(|former| *former != number);
    let mut record = if former.is_some() { Domains::default() } else { before.clone() };
    record.number = Some(number);
    let others: Vec<_> = of_number(storage, number)?.into_iter().filter(|other| other != shop).collect();
    for other in &others {
        add(&mut record, other);
    }
    if record != before {
        keep(storage, shop, &record)?;
    }
    if let Some(former) = former {
        delete_number(storage, shop, former)?;
    }
    storage.put(Key::DomainOf(number, shop), b"1", None)?;
    others.iter().try_for_each(|other| link(storage, other, shop))
}

/// Records that the shop with this number changed its domain from `former`, which only a header names, to `shop`.
/// Returns false, and records nothing, if the two are more likely different shops.
pub(crate) fn note_change(
    deployment: &(impl Settings + Storage),
    former: &ShopId,
    shop: &ShopId,
    number: u64,
) -> Result<bool, Failure> {
    let record = recall(deployment, former)?;
    let was_here = is_served(deployment, former) || record != Domains::default();
    if !was_here || record.number.is_some() || is_served(deployment, shop) {
        return Ok(false);
    }
    note(deployment, former, number)?;
    note(deployment, shop, number)?;
    Ok(true)
}

/// Removes a domain from the index. Call it before removing the domain's record, which holds the number.
pub(crate) fn remove_from_index(storage: &impl Storage, shop: &ShopId) -> Result<(), Failure> {
    let number = recall(storage, shop)?.number;
    number.map_or(Ok(()), |number| delete_number(storage, shop, number))
}

/// Returns whether both numbers are known and differ.
fn differ(one: Option<u64>, other: Option<u64>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one != other)
}

fn keeping(
    domains: impl Iterator<Item = ShopId>,
    is_wanted: impl Fn(&ShopId) -> Result<bool, Failure>,
) -> Result<Vec<ShopId>, Failure> {
    let mut wanted = Vec::new();
    for domain in domains {
        if is_wanted(&domain)? {
            wanted.push(domain);
        }
    }
    Ok(wanted)
}

fn delete_number(storage: &impl Storage, shop: &ShopId, number: u64) -> Result<(), Failure> {
    let key = Key::DomainOf(number, shop);
    storage.remove(key.store(), &key.to_string()).map(|_removed| ())
}

fn indexed(storage: &impl Storage, number: u64) -> Result<Vec<ShopId>, Failure> {
    let prefix = model::domains_of(number);
    let keys = storage.keys(Store::GenerationQueue, &prefix, None, DOMAINS_MAX)?;
    Ok(keys.iter().filter_map(|key| ShopId::parse(key.strip_prefix(&prefix)?).ok()).collect())
}

fn link(storage: &impl Storage, shop: &ShopId, other: &ShopId) -> Result<(), Failure> {
    let before = recall(storage, shop)?;
    let mut record = before.clone();
    add(&mut record, other);
    if record == before { Ok(()) } else { keep(storage, shop, &record) }
}

fn add(record: &mut Domains, other: &ShopId) {
    let is_new = record.others.iter().all(|known| known != other.as_str());
    if is_new && record.others.len() < DOMAINS_MAX as usize {
        record.others.push(other.to_string());
    }
}

fn recall(storage: &impl Storage, shop: &ShopId) -> Result<Domains, Failure> {
    let found = storage.read(Key::Domains(shop), BYTES_MAX)?;
    Ok(found.and_then(|Found { bytes, .. }| serde_json::from_slice(&bytes).ok()).unwrap_or_default())
}

fn keep(storage: &impl Storage, shop: &ShopId, record: &Domains) -> Result<(), Failure> {
    storage.put(Key::Domains(shop), &json(record), None)
}
