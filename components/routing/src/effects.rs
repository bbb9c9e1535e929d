//! Counts what shoppers of both arms do, for the comparison of personal pages with the fallback page.
//!
//! Each shopper has a record ([`Unit`]), which says that they were counted; what they do is added to sums of their group
//! ([`Aggregates`]). The record is written first, so that nothing is added twice, whatever fails afterwards.

use experiments::{Aggregates, Cell, Earlier, Group, Unit};
use model::{Key, ShopId, ShopperId};

use crate::capabilities::{Clock, Failure, Log, Storage, Swap};
use crate::events::Event;
use crate::orders;
use crate::sums::{Form, UNIT_TTL_SECONDS, add_up, change, decoded, log, place, unreadable};
use crate::visitor::Visitor;

/// Counts the events of a visitor who takes part in the comparison. `earlier` is what was known of them before. A
/// failure is logged.
pub(crate) fn count(
    deployment: &(impl Storage + Clock + Log),
    visitor: &Visitor,
    earlier: Earlier,
    events: &[Event],
) {
    let Some(assigned) = visitor.assigned else { return };
    let events: Vec<_> = events.iter().filter_map(counted).collect();
    let key = Key::Unit(&visitor.shop, &visitor.person);
    let added = change(
        deployment,
        key,
        Unit::BYTES_MAX,
        |_| UNIT_TTL_SECONDS,
        |stored| {
            let (known, now) = (decoded(stored, Unit::decode)?, assigned.at(deployment.now_ms(), earlier));
            let after = Unit::after(known.clone(), &events, &now);
            Ok(after
                .filter(|(unit, _)| known.as_ref() != Some(unit))
                .map(|(unit, cell)| (unit.encode(), (unit, cell))))
        },
    );
    let added = added.and_then(|added| match added {
        Some((unit, cell)) if cell != Cell::default() => add(deployment, visitor, unit.group(), cell),
        _ => Ok(()),
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
    let handed_over = deployment.read(from, Unit::BYTES_MAX).and_then(|found| {
        let Some(found) = found else { return Ok(()) };
        if deployment.compare_and_swap(to, None, &found.bytes, UNIT_TTL_SECONDS)? == Swap::Done {
            let unit = Unit::decode(&found.bytes).ok_or_else(unreadable)?;
            orders::hand_over(deployment, shop, &unit, customer)?;
        }
        deployment.remove(from.store(), &from.to_string()).map(drop)
    });
    log(deployment, shop, "cannot keep who was counted before a login", handed_over);
}

fn counted(event: &Event) -> Option<experiments::Event> {
    match event {
        Event::Seen => Some(experiments::Event::Seen),
        Event::View(product) => Some(experiments::Event::viewed(product)),
        Event::AddToCart(_) => Some(experiments::Event::AddToCart),
        Event::Ordered(_) => Some(experiments::Event::Ordered),
        Event::Visit | Event::Search(_) | Event::Filter(_) | Event::Sort(_) | Event::Purchase(_) => None,
    }
}

/// Adds to the sums of a group. If a new shopper cannot be added, their record goes, because what they do later would
/// otherwise be added without them.
fn add(deployment: &impl Storage, visitor: &Visitor, group: Group, cell: Cell) -> Result<(), Failure> {
    let (period, part) = place(group, &visitor.person);
    let key = Key::Effects(&visitor.shop, period, part);
    let form: Form<Aggregates> = (Aggregates::BYTES_MAX, Aggregates::decode, Aggregates::encode);
    let added = add_up(deployment, key, form, |sums| sums.add(group, cell));
    if added.is_err() && cell.shoppers > 0 {
        let unit = Key::Unit(&visitor.shop, &visitor.person);
        deployment.remove(unit.store(), &unit.to_string())?;
    }
    added
}
