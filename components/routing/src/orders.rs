//! Joins orders to the shoppers who were counted, and subtracts refunds and cancellations.
//!
//! With the shopper's consent, the theme's script names them in an attribute of the cart, which Shopify puts into the
//! order. An order without it is joined to nobody, and nothing of it is stored: not even if its customer is known here,
//! because a shopper who withdrew their consent no longer has such an attribute.
//!
//! Webhooks arrive more than once and in any order. So a refund is noted in the entry of its order before it is subtracted,
//! and an order subtracts the noted ones after it is counted: whichever comes first, the refund counts once.

use experiments::{Assignment, Loss, Placed, Sales, Shift, Unit};
use model::{Currency, Key, ShopId, ShopperId};
use serde::{Deserialize, Serialize};
use shopify::order::{Order, Refund};

use crate::capabilities::{Deployment, Failure, Settings, Storage};
use crate::http::json;
use crate::sums::{Form, UNIT_TTL_SECONDS, add_up, change, decoded, log, place};

/// The attribute of a cart that names its shopper.
const ATTRIBUTE: &str = "_wandstore";
/// How long a refund waits for its order: longer than Shopify repeats a webhook.
const EARLY_TTL_SECONDS: u32 = 6 * 60 * 60;
/// The form in which entries of orders are written, and the only one that is read.
const FORM: u32 = 1;
/// The most refunds of an order.
const REFUNDS_MAX: usize = 16;
/// No entry of an order is longer.
const ENTRY_BYTES_MAX: u32 = 8 * 1024;

/// The entry of an order.
#[derive(Default, Serialize, Deserialize)]
struct Entry {
    form: u32,
    /// Who placed it; `None` if it did not arrive yet, or does not count.
    shopper: Option<String>,
    refunds: Vec<Refund>,
}

/// Counts an order, if its shopper is counted. It replaces the web pixel's report of the same order.
pub(crate) fn placed<D: Deployment>(deployment: &D, shop: &ShopId, order: &Order) -> Result<(), Failure> {
    let Some((shopper, unit)) = counted(deployment, shop, order)? else { return Ok(()) };
    if unit.confirmed(order.id).is_some() {
        update(deployment, shop, &shopper, |unit| unit.confirmed(order.id))?;
    }
    let currency = Currency::named(&order.total.currency).filter(|_| !order.is_test);
    let Some(currency) = currency else { return Ok(()) };
    let placed = Placed { order: order.id, at_ms: order.created_ms, paid: order.total.hundredths, currency };
    let now = assignment_of(deployment, shop, &shopper);
    let next = |unit: &Unit| unit.ordered(&placed, now?);
    if next(&unit).is_none() {
        return Ok(());
    }
    note(deployment, shop, &shopper, order)?;
    update(deployment, shop, &shopper, next)?;
    let refunds = read(deployment, shop, order.id)?.refunds;
    refunds.iter().try_for_each(|refund| subtract(deployment, shop, &shopper, refund))
}

/// Counts an order that the web pixel reported of a shopper, if they are counted.
pub(crate) fn reported<D: Deployment>(
    deployment: &D,
    shop: &ShopId,
    shopper: &ShopperId,
    placed: &Placed,
) -> Result<(), Failure> {
    let Some(now) = assignment_of(deployment, shop, shopper) else { return Ok(()) };
    update(deployment, shop, shopper, |unit| unit.reported(placed, now))
}

/// Takes a cancelled order out of the sums. If this arrives before the order itself, that is not counted afterwards.
pub(crate) fn cancelled<D: Deployment>(deployment: &D, shop: &ShopId, order: &Order) -> Result<(), Failure> {
    placed(deployment, shop, order)?;
    match read(deployment, shop, order.id)?.shopper() {
        Some(shopper) => update(deployment, shop, &shopper, |unit| unit.lost(order.id, Loss::Cancelled)),
        None => Ok(()),
    }
}

/// Subtracts a refund, now or once its order arrives.
pub(crate) fn refunded<D: Deployment>(deployment: &D, shop: &ShopId, refund: &Refund) -> Result<(), Failure> {
    let key = Key::Order(shop, refund.order);
    let ttl =
        |shopper: &Option<ShopperId>| if shopper.is_some() { UNIT_TTL_SECONDS } else { EARLY_TTL_SECONDS };
    change(deployment, key, ENTRY_BYTES_MAX, ttl, |stored| {
        let mut entry = Entry::decode(stored)?;
        let is_known = entry.refunds.iter().any(|known| known.id == refund.id);
        if is_known || entry.refunds.len() >= REFUNDS_MAX {
            return Ok(None);
        }
        entry.refunds.push(refund.clone());
        Ok(Some((json(&entry), entry.shopper())))
    })?;
    match read(deployment, shop, refund.order)?.shopper() {
        Some(shopper) => subtract(deployment, shop, &shopper, refund),
        None => Ok(()),
    }
}

/// Returns who placed an order, if that is known.
pub(crate) fn shopper_of(
    storage: &impl Storage,
    shop: &ShopId,
    order: u64,
) -> Result<Option<ShopperId>, Failure> {
    Ok(read(storage, shop, order)?.shopper())
}

/// Names the customer who took over a visitor's record in the entries of its orders, so that refunds find it.
pub(crate) fn hand_over(
    storage: &impl Storage,
    shop: &ShopId,
    unit: &Unit,
    customer: &ShopperId,
) -> Result<(), Failure> {
    unit.orders().try_for_each(|order| attribute(storage, shop, order, customer))
}

/// Returns the shopper of an order who was counted, as a visitor or after they logged in, with their record.
fn counted(
    storage: &impl Storage,
    shop: &ShopId,
    order: &Order,
) -> Result<Option<(ShopperId, Unit)>, Failure> {
    let Some(visitor) = order.attribute(ATTRIBUTE).and_then(|drawn| ShopperId::visitor(drawn).ok()) else {
        return Ok(None);
    };
    for shopper in std::iter::once(visitor).chain(customer_of(order)) {
        let found = storage.read(Key::Unit(shop, &shopper), Unit::BYTES_MAX)?;
        if let Some(unit) = decoded(found.as_ref().map(|found| found.bytes.as_slice()), Unit::decode)? {
            return Ok(Some((shopper, unit)));
        }
    }
    Ok(None)
}

fn customer_of(order: &Order) -> Option<ShopperId> {
    order.customer.and_then(|id| ShopperId::customer(&id.to_string()).ok())
}

/// Returns what a shopper gets now; `None` if the shop is not served.
fn assignment_of(settings: &impl Settings, shop: &ShopId, shopper: &ShopperId) -> Option<Assignment> {
    Some(Assignment::of(&settings.merchant(shop)?, shop, shopper))
}

/// Notes who placed an order, for its refunds and for redactions of the customer.
fn note(storage: &impl Storage, shop: &ShopId, shopper: &ShopperId, order: &Order) -> Result<(), Failure> {
    if let Some(customer) = customer_of(order) {
        storage.put(Key::OrderOf(shop, &customer, order.id), b"1", Some(UNIT_TTL_SECONDS))?;
    }
    attribute(storage, shop, order.id, shopper)
}

/// Writes a shopper into the entry of an order.
fn attribute(storage: &impl Storage, shop: &ShopId, order: u64, shopper: &ShopperId) -> Result<(), Failure> {
    change(
        storage,
        Key::Order(shop, order),
        ENTRY_BYTES_MAX,
        |()| UNIT_TTL_SECONDS,
        |stored| {
            let entry = Entry { shopper: Some(shopper.to_string()), ..Entry::decode(stored)? };
            Ok(Some((json(&entry), ())))
        },
    )
    .map(drop)
}

fn subtract<D: Deployment>(
    deployment: &D,
    shop: &ShopId,
    shopper: &ShopperId,
    refund: &Refund,
) -> Result<(), Failure> {
    update(deployment, shop, shopper, |unit| {
        let amount = refund.amount_in(unit.currency()?.code());
        unit.lost(refund.order, Loss::Refund(refund.id, amount))
    })
}

/// Changes the record of a shopper, and then the sums of its group. If the sums cannot be changed, the log says so, and
/// no later attempt would add it either, so Shopify need not repeat the webhook.
fn update<D: Deployment>(
    deployment: &D,
    shop: &ShopId,
    shopper: &ShopperId,
    next: impl Fn(&Unit) -> Option<(Unit, Shift)>,
) -> Result<(), Failure> {
    let key = Key::Unit(shop, shopper);
    let changed = change(
        deployment,
        key,
        Unit::BYTES_MAX,
        |_| UNIT_TTL_SECONDS,
        |stored| {
            let Some(unit) = decoded(stored, Unit::decode)? else { return Ok(None) };
            Ok(next(&unit).map(|(unit, shift)| (unit.encode(), (unit, shift))))
        },
    )?;
    if let Some((unit, shift)) = changed {
        let added = add(deployment, shop, shopper, &unit, shift);
        log(deployment, shop, "cannot count an order", added);
    }
    Ok(())
}

fn add(
    storage: &impl Storage,
    shop: &ShopId,
    shopper: &ShopperId,
    unit: &Unit,
    shift: Shift,
) -> Result<(), Failure> {
    let group = unit.group();
    let (period, part) = place(group, shopper);
    let form: Form<Sales> = (Sales::BYTES_MAX, Sales::decode, Sales::encode);
    add_up(storage, Key::Sales(shop, period, part), form, |sales| sales.add(group, shift))
}

fn read(storage: &impl Storage, shop: &ShopId, order: u64) -> Result<Entry, Failure> {
    let found = storage.read(Key::Order(shop, order), ENTRY_BYTES_MAX)?;
    Entry::decode(found.as_ref().map(|found| found.bytes.as_slice()))
}

impl Entry {
    /// Reads an entry; none is the same as one that says nothing.
    fn decode(stored: Option<&[u8]>) -> Result<Self, Failure> {
        let entry =
            |bytes: &[u8]| serde_json::from_slice(bytes).ok().filter(|entry: &Self| entry.form == FORM);
        Ok(decoded(stored, entry)?.unwrap_or_else(|| Self { form: FORM, ..Self::default() }))
    }

    fn shopper(&self) -> Option<ShopperId> {
        ShopperId::parse(self.shopper.as_deref()?).ok()
    }
}
