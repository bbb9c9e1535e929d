//! Counts what shoppers of both arms do, for the comparison of personal pages with the fallback page.
//!
//! Each shopper has a record ([`Unit`]), which says that they were counted; what they do is added to sums of their group
//! ([`Aggregates`]). The record is written first, so that nothing is added twice, whatever fails afterwards.

use experiments::{Aggregates, Cell, Group, Unit};
use model::{Key, ShopId, ShopperId};

use crate::capabilities::{Clock, Failure, Log, Storage, Swap};
use crate::events::Event;
use crate::visitor::Visitor;

/// How long a shopper is known to be counted after their last counted event: as long as their session.
const UNIT_TTL_SECONDS: u32 = 30 * 24 * 60 * 60;
/// How long sums are kept after the last change of their period.
const EFFECTS_TTL_SECONDS: u32 = 400 * 24 * 60 * 60;
/// The days whose sums are in one entry.
const PERIOD_DAYS: u32 = 30;
/// The entries over which the shoppers of a period are spread, so that few of them write the same one at once.
const PARTS: u8 = 8;
/// How many times a compare-and-swap is tried.
const TRIES: u32 = 10;
/// No record of a shopper is longer.
pub(crate) const UNIT_BYTES_MAX: u32 = 1_024;

/// Counts the events of a visitor who takes part in the comparison. A failure is logged.
pub(crate) fn count(deployment: &(impl Storage + Clock + Log), visitor: &Visitor, events: &[Event]) {
    let Some(assigned) = visitor.assigned else { return };
    let events: Vec<_> = events.iter().filter_map(counted).collect();
    let key = Key::Unit(&visitor.shop, &visitor.person);
    let added = change(deployment, key, UNIT_BYTES_MAX, UNIT_TTL_SECONDS, |stored| {
        let known = stored.map(|bytes| Unit::decode(bytes).ok_or_else(unreadable)).transpose()?;
        let after = Unit::after(known, &events, &assigned.at(deployment.now_ms()));
        Ok(after
            .filter(|(_, cell)| *cell != Cell::default())
            .map(|(unit, cell)| (unit.encode(), (unit, cell))))
    });
    let added = added.and_then(|added| match added {
        Some((unit, cell)) => add(deployment, visitor, unit.group(), cell),
        None => Ok(()),
    });
    log(deployment, &visitor.shop, "cannot count what a shopper did", added);
}

/// Gives a visitor's record to the customer that they turned out to be, unless the customer has one, so that nobody is
/// counted a second time for logging in.
pub(crate) fn hand_over(
    deployment: &(impl Storage + Log),
    shop: &ShopId,
    visitor: &ShopperId,
    customer: &ShopperId,
) {
    let (from, to) = (Key::Unit(shop, visitor), Key::Unit(shop, customer));
    let handed_over = deployment.read(from, UNIT_BYTES_MAX).and_then(|found| {
        let Some(found) = found else { return Ok(()) };
        deployment.compare_and_swap(to, None, &found.bytes, UNIT_TTL_SECONDS)?;
        deployment.remove(from.store(), &from.to_string()).map(drop)
    });
    log(deployment, shop, "cannot keep who was counted before a login", handed_over);
}

fn counted(event: &Event) -> Option<experiments::Event> {
    match event {
        Event::Seen => Some(experiments::Event::Seen),
        Event::View(_) => Some(experiments::Event::View),
        Event::AddToCart(_) => Some(experiments::Event::AddToCart),
        Event::Visit | Event::Search(_) | Event::Filter(_) | Event::Sort(_) | Event::Purchase(_) => None,
    }
}

/// Adds to the sums of a group. If a new shopper cannot be added, their record goes, because what they do later would
/// otherwise be added without them.
fn add(deployment: &impl Storage, visitor: &Visitor, group: Group, cell: Cell) -> Result<(), Failure> {
    let key = Key::Effects(&visitor.shop, group.day / PERIOD_DAYS, part(&visitor.person));
    let added = change(deployment, key, Aggregates::BYTES_MAX, EFFECTS_TTL_SECONDS, |stored| {
        let mut sums = match stored {
            Some(bytes) => Aggregates::decode(bytes).ok_or_else(unreadable)?,
            None => Aggregates::default(),
        };
        sums.add(group, cell).map_err(|_full| Failure::Invalid("there are too many groups".into()))?;
        Ok(Some((sums.encode(), ())))
    });
    if added.is_err() && cell.shoppers > 0 {
        let unit = Key::Unit(&visitor.shop, &visitor.person);
        deployment.remove(unit.store(), &unit.to_string())?;
    }
    added.map(drop)
}

/// Returns the part of a period's entries that a shopper belongs to.
fn part(shopper: &ShopperId) -> u8 {
    shopper.as_str().bytes().fold(0, u8::wrapping_add) % PARTS
}

/// Changes an entry by compare-and-swap, because others may change it at the same time. `next` returns the bytes to
/// write and a result; without them, nothing is written.
fn change<T>(
    storage: &impl Storage,
    key: Key<'_>,
    bytes_max: u32,
    ttl_seconds: u32,
    next: impl Fn(Option<&[u8]>) -> Result<Option<(Vec<u8>, T)>, Failure>,
) -> Result<Option<T>, Failure> {
    for _ in 0..TRIES {
        let found = storage.read(key, bytes_max)?;
        let stored = found.as_ref().map(|found| found.bytes.as_slice());
        let Some((bytes, result)) = next(stored)? else { return Ok(None) };
        let version = found.as_ref().map(|found| found.version);
        if storage.compare_and_swap(key, version, &bytes, ttl_seconds)? == Swap::Done {
            return Ok(Some(result));
        }
    }
    Err(Failure::Unavailable(format!("gave up after {TRIES} write conflicts")))
}

fn unreadable() -> Failure {
    Failure::Invalid("the stored entry has another form; a newer release wrote it".into())
}

fn log(log: &impl Log, shop: &ShopId, message: &str, result: Result<(), Failure>) {
    if let Err(failure) = result {
        log.warn(message, &[("shop", shop.as_str()), ("reason", failure.reason())]);
    }
}
