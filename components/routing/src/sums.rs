//! Stored records of shoppers and sums over them, which many requests change at the same time.

use experiments::{Full, Group};
use model::{Key, ShopId, ShopperId};

use crate::capabilities::{Failure, Log, Storage, Swap};

/// How long a shopper is known to be counted after their last counted event, because what they ordered may be paid back
/// so late.
pub(crate) const UNIT_TTL_SECONDS: u32 = 60 * 24 * 60 * 60;
/// How long sums are kept after the last change of their period.
const SUMS_TTL_SECONDS: u32 = 400 * 24 * 60 * 60;
/// The days whose sums are in one entry.
const PERIOD_DAYS: u32 = 30;
/// The entries over which the shoppers of a period are spread, so that few of them write the same one at once.
const PARTS: u8 = 8;
/// How many times a compare-and-swap is tried.
const TRIES: u32 = 10;

/// The stored form of sums: their largest size, and how they are read and written.
pub(crate) type Form<T> = (u32, fn(&[u8]) -> Option<T>, fn(&T) -> Vec<u8>);

/// Changes stored sums.
pub(crate) fn add_up<T: Default>(
    storage: &impl Storage,
    key: Key<'_>,
    (bytes_max, decode, encode): Form<T>,
    change_sums: impl Fn(&mut T) -> Result<(), Full>,
) -> Result<(), Failure> {
    let added = change(
        storage,
        key,
        bytes_max,
        |()| SUMS_TTL_SECONDS,
        |stored| {
            let mut sums = decoded(stored, decode)?.unwrap_or_default();
            change_sums(&mut sums).map_err(|Full| Failure::Invalid("there are too many groups".into()))?;
            Ok(Some((encode(&sums), ())))
        },
    );
    added.map(drop)
}

/// Returns the period and the part of the entry that has the sums of a group with this shopper.
pub(crate) fn place(group: Group, shopper: &ShopperId) -> (u32, u8) {
    let part = shopper.as_str().bytes().fold(0, u8::wrapping_add) % PARTS;
    (group.day / PERIOD_DAYS, part)
}

/// Changes an entry by compare-and-swap, because others may change it at the same time. `next` returns the bytes to
/// write and a result; without them, nothing is written.
pub(crate) fn change<T>(
    storage: &impl Storage,
    key: Key<'_>,
    bytes_max: u32,
    ttl_seconds: impl Fn(&T) -> u32,
    next: impl Fn(Option<&[u8]>) -> Result<Option<(Vec<u8>, T)>, Failure>,
) -> Result<Option<T>, Failure> {
    for _ in 0..TRIES {
        let found = storage.read(key, bytes_max)?;
        let stored = found.as_ref().map(|found| found.bytes.as_slice());
        let Some((bytes, result)) = next(stored)? else { return Ok(None) };
        let version = found.as_ref().map(|found| found.version);
        if storage.compare_and_swap(key, version, &bytes, ttl_seconds(&result))? == Swap::Done {
            return Ok(Some(result));
        }
    }
    Err(Failure::Unavailable(format!("gave up after {TRIES} write conflicts")))
}

/// Decodes a stored entry, if there is one.
pub(crate) fn decoded<T>(
    stored: Option<&[u8]>,
    decode: impl FnOnce(&[u8]) -> Option<T>,
) -> Result<Option<T>, Failure> {
    stored.map(|bytes| decode(bytes).ok_or_else(unreadable)).transpose()
}

pub(crate) fn unreadable() -> Failure {
    Failure::Invalid("the stored entry has another form; a newer release wrote it".into())
}

pub(crate) fn log(log: &impl Log, shop: &ShopId, message: &str, result: Result<(), Failure>) {
    if let Err(failure) = result {
        log.warn(message, &[("shop", shop.as_str()), ("reason", failure.reason())]);
    }
}
