//! The domains of a shop. A merchant may change the one that Shopify knows the shop by: what is kept lies under the old one,
//! and what Shopify tells and asks is of the new one, or of either. So the two are noted as names of one shop when
//! Shopify says so, in a `shop/update` whose header has the old domain and whose signed body has the new one.
//!
//! The header is not signed. Hence a shop that is served under its own name is not taken for another unless Shopify's
//! number of the two is known to be the same.

use names::{Key, StoreId};
use serde::{Deserialize, Serialize};

use crate::capabilities::{Asker, Failure, Found, Settings, ShopStatus, Storage};

/// More domains than a shop can have had: Shopify lets a merchant change theirs once.
const OTHERS_MAX: usize = 4;
/// More than any record takes.
const BYTES_MAX: u32 = 2048;

/// What is known of a shop by one of its domains.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Record {
    /// Shopify's number of the shop.
    number: Option<u64>,
    /// Its other domains.
    others: Vec<String>,
}

/// The shop under another domain that it is or was known by; of these, one that is served. A shop that is served, or is
/// known under no other domain, is itself. It costs nothing for a shop that is served.
pub(crate) fn served_as(deployment: &(impl Settings + Storage), store: StoreId) -> Result<StoreId, Failure> {
    let is_served = |store: &StoreId| deployment.shop_status(store, Asker::VouchedFor) != ShopStatus::Unknown;
    if is_served(&store) {
        return Ok(store);
    }
    Ok(others(deployment, &store)?.into_iter().find(is_served).unwrap_or(store))
}

/// The other domains of a shop.
pub(crate) fn others(storage: &impl Storage, store: &StoreId) -> Result<Vec<StoreId>, Failure> {
    let Record { others, .. } = recall(storage, store)?;
    Ok(others.iter().filter_map(|other| StoreId::parse(other).ok()).collect())
}

/// Whether two domains are known to be of two shops.
pub(crate) fn differ(storage: &impl Storage, number: Option<u64>, store: &StoreId) -> Result<bool, Failure> {
    let known = recall(storage, store)?.number;
    Ok(matches!((number, known), (Some(number), Some(known)) if number != known))
}

/// Notes Shopify's number of a shop, which was told in a signed body. A domain that has another number by now is another
/// shop's, and its other domains were the former one's.
pub(crate) fn note(storage: &impl Storage, store: &StoreId, number: u64) -> Result<(), Failure> {
    let known = recall(storage, store)?;
    if known.number == Some(number) {
        return Ok(());
    }
    let others = if known.number.is_none() { known.others } else { Vec::new() };
    keep(storage, store, &Record { number: Some(number), others })
}

/// Notes that a shop is known as `former`, too, unless they are more likely two.
pub(crate) fn join(
    deployment: &(impl Settings + Storage),
    store: &StoreId,
    former: &StoreId,
    number: Option<u64>,
) -> Result<(), Failure> {
    let same = number.is_some() && recall(deployment, former)?.number == number;
    if !same && deployment.shop_status(store, Asker::VouchedFor) != ShopStatus::Unknown {
        return Ok(());
    }
    for (one, other) in [(store, former), (former, store)] {
        let mut record = recall(deployment, one)?;
        record.number = number.or(record.number);
        if record.others.iter().all(|known| known != other.as_str()) && record.others.len() < OTHERS_MAX {
            record.others.push(other.to_string());
        }
        keep(deployment, one, &record)?;
    }
    Ok(())
}

fn recall(storage: &impl Storage, store: &StoreId) -> Result<Record, Failure> {
    let found = storage.read(Key::Domains(store), BYTES_MAX)?;
    Ok(found.and_then(|Found { bytes, .. }| serde_json::from_slice(&bytes).ok()).unwrap_or_default())
}

fn keep(storage: &impl Storage, store: &StoreId, record: &Record) -> Result<(), Failure> {
    let bytes = serde_json::to_vec(record).expect("a record of plain fields has a JSON form");
    storage.put(Key::Domains(store), &bytes, None)
}
