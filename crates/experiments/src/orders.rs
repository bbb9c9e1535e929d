//! The orders of a shopper who was counted, and what is left of their worth after refunds and cancellations.

use model::Currency;
use serde::{Deserialize, Serialize};

/// The most orders of a shopper that count.
const ORDERS_MAX: usize = 8;
/// The most refunds of an order that are subtracted.
const REFUNDS_MAX: usize = 16;

/// Who reports an order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Shopify's webhook, which is signed.
    #[default]
    Webhook,
    /// The web pixel, for which nobody vouches.
    Pixel,
}

/// An order as it is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Its number.
    pub order: u64,
    /// When it was placed.
    pub at_ms: u64,
    /// The amount that was paid, in hundredths of the currency's unit.
    pub paid: u64,
    /// The currency.
    pub currency: Currency,
}

/// What takes from the worth of an order that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// The refund with this number paid back so many hundredths.
    Refund(u64, u64),
    /// The order was cancelled.
    Cancelled,
}

/// How the worth of a shopper's orders changed, in hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// Who reports the orders.
    pub source: Source,
    /// The currency.
    pub currency: Currency,
    /// What they were worth before.
    pub before: u64,
    /// What they are worth now.
    pub after: u64,
}

/// The orders of a shopper, all in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Orders {
    #[serde(default)]
    source: Source,
    currency: Currency,
    list: Vec<Order>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Order {
    number: u64,
    paid: u64,
    /// The number and the amount of each refund.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    refunds: Vec<(u64, u64)>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_cancelled: bool,
}

impl Orders {
    /// Returns no orders in a currency.
    pub(crate) fn none_in(source: Source, currency: Currency) -> Self {
        Self { source, currency, list: Vec::new() }
    }

    /// Adds an order. Returns `None` if it does not count: it is known, in another currency, or one too many.
    pub(crate) fn add(&mut self, placed: &Placed) -> Option<Shift> {
        let is_known = self.list.iter().any(|order| order.number == placed.order);
        if is_known || placed.currency != self.currency || self.list.len() >= ORDERS_MAX {
            return None;
        }
        let Placed { order, paid, .. } = *placed;
        Some(self.shifted(|list| {
            list.push(Order { number: order, paid, refunds: Vec::new(), is_cancelled: false });
        }))
    }

    /// Takes from the worth of an order. Returns `None` if that changes nothing: the order does not count, or the refund
    /// is known.
    pub(crate) fn lose(&mut self, order: u64, loss: Loss) -> Option<Shift> {
        let known = self.list.iter().find(|known| known.number == order)?;
        let changes = match loss {
            Loss::Cancelled => !known.is_cancelled,
            Loss::Refund(number, _) => {
                known.refunds.len() < REFUNDS_MAX && known.refunds.iter().all(|(known, _)| *known != number)
            }
        };
        changes.then(|| {
            self.shifted(|list| {
                list.iter_mut().filter(|known| known.number == order).for_each(|it| it.lose(loss));
            })
        })
    }

    /// Takes out an order. Returns `None` if it is not known.
    pub(crate) fn take(&mut self, number: u64) -> Option<Shift> {
        let is_known = self.numbers().any(|known| known == number);
        is_known.then(|| self.shifted(|list| list.retain(|order| order.number != number)))
    }

    pub(crate) fn currency(&self) -> Currency {
        self.currency
    }

    pub(crate) fn numbers(&self) -> impl Iterator<Item = u64> {
        self.list.iter().map(|order| order.number)
    }

    fn shifted(&mut self, change: impl FnOnce(&mut Vec<Order>)) -> Shift {
        let before = self.worth();
        change(&mut self.list);
        Shift { source: self.source, currency: self.currency, before, after: self.worth() }
    }

    fn worth(&self) -> u64 {
        self.list.iter().map(Order::worth).fold(0, u64::saturating_add)
    }
}

impl Order {
    fn lose(&mut self, loss: Loss) {
        match loss {
            Loss::Cancelled => self.is_cancelled = true,
            Loss::Refund(number, amount) => self.refunds.push((number, amount)),
        }
    }

    /// Returns what is left of its worth, never less than nothing.
    fn worth(&self) -> u64 {
        let refunded = self.refunds.iter().fold(0, |sum: u64, (_, amount)| sum.saturating_add(*amount));
        if self.is_cancelled { 0 } else { self.paid.saturating_sub(refunded) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dollars() -> Currency {
        Currency::named("USD").unwrap()
    }

    fn placed(order: u64, paid: u64) -> Placed {
        Placed { order, at_ms: 0, paid, currency: dollars() }
    }

    fn orders() -> Orders {
        let mut orders = Orders::none_in(Source::Webhook, dollars());
        orders.add(&placed(1, 5_000)).unwrap();
        orders
    }

    fn shift(before: u64, after: u64) -> Shift {
        Shift { source: Source::Webhook, currency: dollars(), before, after }
    }

    #[test]
    fn an_order_counts_once() {
        let mut orders = orders();
        assert_eq!(orders.add(&placed(1, 5_000)), None);
        assert_eq!(orders.add(&placed(2, 700)), Some(shift(5_000, 5_700)));
        let euros = Placed { currency: Currency::named("EUR").unwrap(), ..placed(3, 1) };
        assert_eq!(orders.add(&euros), None, "amounts in two currencies are not added up");
        let counted = (3..100).filter(|number| orders.add(&placed(*number, 1)).is_some()).count();
        assert_eq!(counted, ORDERS_MAX - 2);
    }

    #[test]
    fn a_refund_is_subtracted_once_and_nothing_is_worth_less_than_nothing() {
        let mut orders = orders();
        assert_eq!(orders.lose(1, Loss::Refund(11, 2_000)), Some(shift(5_000, 3_000)));
        assert_eq!(orders.lose(1, Loss::Refund(11, 2_000)), None);
        assert_eq!(orders.lose(1, Loss::Refund(12, 9_000)), Some(shift(3_000, 0)));
        assert_eq!(orders.lose(1, Loss::Refund(13, u64::MAX)), Some(shift(0, 0)));
        assert_eq!(orders.lose(1, Loss::Cancelled), Some(shift(0, 0)));
        assert_eq!(orders.lose(1, Loss::Cancelled), None);
        assert_eq!(orders.lose(2, Loss::Cancelled), None, "an order that does not count");
    }

    #[test]
    fn an_order_that_is_taken_out_is_worth_nothing_and_may_be_added_again() {
        let mut orders = orders();
        orders.add(&placed(2, 700)).unwrap();
        assert_eq!(orders.take(1), Some(shift(5_700, 700)));
        assert_eq!(orders.take(1), None);
        assert_eq!(orders.add(&placed(1, 5_000)), Some(shift(700, 5_700)));
    }

    #[test]
    fn a_cancelled_order_stays_so_whatever_arrives_afterwards() {
        let mut orders = orders();
        assert_eq!(orders.lose(1, Loss::Cancelled), Some(shift(5_000, 0)));
        assert_eq!(orders.add(&placed(1, 5_000)), None);
        assert_eq!(orders.lose(1, Loss::Refund(11, 1)), Some(shift(0, 0)));
    }
}
