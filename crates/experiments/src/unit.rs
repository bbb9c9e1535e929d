//! The record of a shopper who was counted, and what it adds to the sums.
//!
//! A shopper is counted when they first see the block, and what they do counts for the 24 hours after that. So each
//! shopper is one independent observation, and is complete after a fixed time, but for refunds of their orders.

use std::hash::Hasher as _;

use fnv::FnvHasher;
use model::shop::{Share, VariantArm};
use model::{Currency, PageKind, Persona};
use serde::{Deserialize, Serialize};

use crate::aggregates::Group;
use crate::assignment::{Arm, Assignment};
use crate::cell::Cell;
use crate::earlier::Earlier;
use crate::orders::{Loss, Orders, Placed, Shift, Source};
use crate::{DAY_MS, day};

/// How long after a shopper first saw the block their events count.
pub const WINDOW_MS: u64 = DAY_MS;
/// The most viewed products of one shopper that count. It bounds what a single shopper, or a bot, weighs.
const VIEWS_MAX: u16 = 20;
/// How much the clocks of the shop and of this host may differ.
const SKEW_MS: u64 = 60 * 1_000;
/// How often the record of a shopper who sees the block again is written anew, so that it does not expire: half of the time
/// for which it is kept.
const REMEMBERED_MS: u64 = 30 * DAY_MS;
/// The form in which records are written, and the only one that is read.
const FORM: u32 = 1;

/// What a shopper did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// They saw the block.
    Seen,
    /// They viewed the product with this mark: see [`Event::viewed`].
    View(u32),
    /// They put a product into the cart.
    AddToCart,
    /// They ordered, as the web pixel says.
    Ordered,
}

impl Event {
    /// Returns the view of a product, by its id. A product counts once, whoever reports it.
    pub fn viewed(product: &str) -> Self {
        let mut hasher = FnvHasher::default();
        hasher.write(product.as_bytes());
        // Two products in four thousand million have the same mark, which is as good as none for twenty of them.
        Self::View((hasher.finish() >> 32) as u32)
    }
}

/// The circumstances of a shopper's event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exposure {
    /// The time.
    pub at_ms: u64,
    /// The share of the holdout.
    pub share: Share,
    /// What the shopper gets.
    pub assignment: Assignment,
    /// The kind of page of the shop.
    pub page: PageKind,
    /// What was known of the shopper before.
    pub earlier: Earlier,
}

/// The record of a shopper who was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    form: u32,
    seen_ms: u64,
    share: Share,
    arm: Arm,
    persona: Persona,
    #[serde(default)]
    page: Option<PageKind>,
    #[serde(default)]
    earlier: Earlier,
    /// Their part in the test of a variant that ran when they first saw the block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    variant: Option<VariantArm>,
    /// When they saw the block last, to within [`REMEMBERED_MS`]; 0 if that was the first time.
    #[serde(default)]
    again_ms: u64,
    carted: bool,
    views: u16,
    /// The marks of the viewed products.
    #[serde(default)]
    products: Vec<u32>,
    #[serde(default)]
    ordered: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    orders: Option<Orders>,
    /// The orders that only the web pixel reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reported: Option<Orders>,
}

impl Unit {
    /// No stored record is longer: eight orders with sixteen refunds each.
    pub const BYTES_MAX: u32 = 16 * 1024;

    /// Returns the record after events, and what they add to the sums of its group. `known` is the record before. A
    /// shopper who did not see the block yet has no record: what they did before that does not count.
    pub fn after(known: Option<Self>, events: &[Event], now: &Exposure) -> Option<(Self, Cell)> {
        let (mut unit, mut added) = (known, Cell::default());
        for event in events {
            match (&mut unit, event) {
                (None, Event::Seen) => {
                    unit = Some(Self::first(now));
                    added.shoppers = 1;
                }
                (Some(unit), Event::Seen) => unit.saw_again(now.at_ms),
                (Some(unit), event) if unit.is_open(now) => unit.count(*event, &mut added),
                _ => {}
            }
        }
        unit.map(|unit| (unit, added))
    }

    /// Returns the record after an order, and what that changes in the sums of its group; `None` if it does not count.
    /// `now` is what the shopper gets now. An order of nothing is none: nobody bought anything, and anybody could place
    /// as many as they like.
    pub fn ordered(&self, placed: &Placed, now: Assignment) -> Option<(Self, Shift)> {
        let new = || Orders::none_in(Source::Webhook, placed.currency);
        let mut orders = self.orders.clone().unwrap_or_else(new);
        let shift = orders.add(placed).filter(|_| self.takes(placed, now))?;
        Some((Self { orders: Some(orders), ..self.clone() }, shift))
    }

    /// Returns the record after the web pixel reported an order, and what that changes in the sums of its group; `None` if
    /// it does not count. If Shopify's webhook told of it, that counts alone.
    pub fn reported(&self, placed: &Placed, now: Assignment) -> Option<(Self, Shift)> {
        let new = || Orders::none_in(Source::Pixel, placed.currency);
        let mut reported = self.reported.clone().unwrap_or_else(new);
        let is_known = self.orders().any(|order| order == placed.order);
        let shift = reported.add(placed).filter(|_| !is_known && self.takes(placed, now))?;
        Some((Self { reported: Some(reported), ..self.clone() }, shift))
    }

    /// Returns the record without an order that the web pixel reported, because Shopify's webhook tells of it, and what that
    /// changes in the sums of its group; `None` if the pixel did not report it.
    pub fn confirmed(&self, order: u64) -> Option<(Self, Shift)> {
        let mut reported = self.reported.clone()?;
        let shift = reported.take(order)?;
        Some((Self { reported: Some(reported), ..self.clone() }, shift))
    }

    /// Returns whether an order was placed in time, and is worth something.
    fn takes(&self, placed: &Placed, now: Assignment) -> bool {
        let is_before = placed.at_ms.saturating_add(SKEW_MS) < self.seen_ms;
        let is_in_time = !is_before && placed.at_ms.saturating_sub(self.seen_ms) < WINDOW_MS;
        is_in_time && now.agrees(self.assignment()) && placed.paid > 0
    }

    /// Returns the record after an order lost worth, and what that changes in the sums of its group; `None` if it changes
    /// nothing. That may be long after the 24 hours.
    pub fn lost(&self, order: u64, loss: Loss) -> Option<(Self, Shift)> {
        let mut orders = self.orders.clone()?;
        let shift = orders.lose(order, loss)?;
        Some((Self { orders: Some(orders), ..self.clone() }, shift))
    }

    /// Returns the numbers of the orders that count.
    pub fn orders(&self) -> impl Iterator<Item = u64> {
        self.orders.iter().flat_map(Orders::numbers)
    }

    /// Returns the currency of the orders that count.
    pub fn currency(&self) -> Option<Currency> {
        self.orders.as_ref().map(Orders::currency)
    }

    /// Returns the group that the shopper is counted in.
    pub fn group(&self) -> Group {
        let Self { seen_ms, share, arm, persona, page, earlier, variant, .. } = *self;
        Group { day: day(seen_ms), share, arm, persona, page, earlier, variant }
    }

    /// Returns what the shopper got when they were counted.
    fn assignment(&self) -> Assignment {
        Assignment { arm: self.arm, variant: self.variant }
    }

    /// Reads a stored record; `None` if it has another form.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok().filter(|unit: &Self| unit.form == FORM)
    }

    /// Returns the stored form.
    pub fn encode(&self) -> Vec<u8> {
        // Numbers and names always have a JSON form.
        serde_json::to_vec(self).unwrap_or_default()
    }

    fn first(now: &Exposure) -> Self {
        let Exposure { at_ms, share, assignment: Assignment { arm, variant }, page, earlier } = *now;
        Self {
            form: FORM,
            seen_ms: at_ms,
            share,
            arm,
            persona: page.suggests(),
            page: Some(page),
            earlier,
            variant,
            again_ms: 0,
            carted: false,
            views: 0,
            products: Vec::new(),
            ordered: false,
            orders: None,
            reported: None,
        }
    }

    /// Returns whether events still count. They do not once a changed share has moved the shopper to the other arm, or a login
    /// to the other side of a test. A clock that was set back makes no event older than the first.
    fn is_open(&self, now: &Exposure) -> bool {
        now.at_ms.saturating_sub(self.seen_ms) < WINDOW_MS && now.assignment.agrees(self.assignment())
    }

    /// Notes that they saw the block again, if that was noted long ago. Otherwise they would be counted a second time, by
    /// what they did after the first.
    fn saw_again(&mut self, at_ms: u64) {
        if at_ms.saturating_sub(self.seen_ms.max(self.again_ms)) >= REMEMBERED_MS {
            self.again_ms = at_ms;
        }
    }

    fn count(&mut self, event: Event, added: &mut Cell) {
        match event {
            Event::AddToCart if !self.carted => {
                self.carted = true;
                added.carted += 1;
            }
            Event::Ordered if !self.ordered => {
                self.ordered = true;
                added.ordered += 1;
            }
            Event::View(product) if self.views < VIEWS_MAX && !self.products.contains(&product) => {
                self.products.push(product);
                added.views += 1;
                added.views_squared += 2 * u64::from(self.views) + 1;
                self.views += 1;
            }
            Event::AddToCart | Event::Ordered | Event::View(_) | Event::Seen => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PERSONAL: Assignment = Assignment { arm: Arm::Personal, variant: None };
    const HELD_OUT: Assignment = Assignment { arm: Arm::Holdout, variant: None };
    const NOW: Exposure = Exposure {
        at_ms: 20_000 * DAY_MS + 7,
        share: Share::TENTH,
        assignment: PERSONAL,
        page: PageKind::Collection,
        earlier: Earlier::Browsed,
    };

    fn seen() -> Unit {
        Unit::after(None, &[Event::Seen], &NOW).unwrap().0
    }

    fn added(events: &[Event], now: &Exposure) -> Cell {
        Unit::after(Some(seen()), events, now).unwrap().1
    }

    #[test]
    fn a_shopper_counts_once_however_often_they_see_the_block() {
        let (unit, cell) = Unit::after(None, &[Event::Seen, Event::Seen], &NOW).unwrap();
        assert_eq!(cell, Cell { shoppers: 1, ..Cell::default() });
        assert_eq!((unit.group().day, unit.group().arm), (20_000, Arm::Personal));
        assert_eq!(
            (unit.group().page, unit.group().persona),
            (Some(PageKind::Collection), Persona::Explorer)
        );
        let later = Exposure { at_ms: NOW.at_ms + 90 * DAY_MS, ..NOW };
        assert_eq!(added(&[Event::Seen], &later), Cell::default());
    }

    #[test]
    fn what_was_known_earlier_is_that_of_the_first_look() {
        let later = Exposure { at_ms: NOW.at_ms + 1, earlier: Earlier::Carted, ..NOW };
        let (unit, _) = Unit::after(Some(seen()), &[Event::Seen, Event::AddToCart], &later).unwrap();
        assert_eq!(unit.group().earlier, Earlier::Browsed);
    }

    #[test]
    fn the_record_of_who_comes_back_is_written_once_a_month() {
        let after = |unit: Unit, days: u64| {
            let later = Exposure { at_ms: NOW.at_ms + days * DAY_MS, ..NOW };
            Unit::after(Some(unit), &[Event::Seen], &later).unwrap().0
        };
        assert_eq!(after(seen(), 29), seen());
        let again = after(seen(), 30);
        assert_ne!(again, seen());
        assert_eq!((after(again.clone(), 59), again.group()), (again.clone(), seen().group()));
        assert_ne!(after(again.clone(), 60), again);
    }

    #[test]
    fn actions_before_a_shopper_sees_the_block_do_not_count() {
        assert_eq!(Unit::after(None, &[Event::View(1), Event::AddToCart], &NOW), None);
        let (_, cell) = Unit::after(None, &[Event::AddToCart, Event::Seen, Event::View(1)], &NOW).unwrap();
        assert_eq!(cell, Cell { shoppers: 1, views: 1, views_squared: 1, ..Cell::default() });
    }

    #[test]
    fn actions_count_for_a_day() {
        let last = Exposure { at_ms: NOW.at_ms + WINDOW_MS - 1, ..NOW };
        assert_eq!(added(&[Event::AddToCart], &last).carted, 1);
        let late = Exposure { at_ms: NOW.at_ms + WINDOW_MS, ..NOW };
        assert_eq!(added(&[Event::AddToCart], &late), Cell::default());
        let set_back = Exposure { at_ms: 0, ..NOW };
        assert_eq!(added(&[Event::AddToCart], &set_back).carted, 1);
    }

    #[test]
    fn a_product_and_an_order_count_once_whoever_reports_them() {
        let events = ["7", "8", "7"].map(Event::viewed);
        assert_eq!(added(&events, &NOW), Cell { views: 2, views_squared: 4, ..Cell::default() });
        assert_eq!(added(&[Event::Ordered, Event::Ordered], &NOW), Cell { ordered: 1, ..Cell::default() });
    }

    #[test]
    fn a_shopper_whom_a_changed_share_moved_adds_nothing_more() {
        let moved = Exposure { assignment: HELD_OUT, share: Share::of_basis_points(2_000).unwrap(), ..NOW };
        assert_eq!(
            added(&[Event::Seen, Event::View(1), Event::AddToCart, Event::Ordered], &moved),
            Cell::default()
        );
    }

    #[test]
    fn a_shopper_stays_on_the_side_of_a_test_on_which_they_were_counted() {
        let side = |test, has_variant| Exposure {
            assignment: Assignment { variant: Some(VariantArm { test, has_variant }), ..PERSONAL },
            ..NOW
        };
        let (unit, _) = Unit::after(None, &[Event::Seen], &side(1, true)).unwrap();
        assert_eq!(unit.group().variant, Some(VariantArm { test: 1, has_variant: true }));
        assert_eq!(Unit::decode(&unit.encode()), Some(unit.clone()));
        let carted = |now: &Exposure| Unit::after(Some(unit.clone()), &[Event::AddToCart], now).unwrap();
        let (after, cell) = carted(&side(1, true));
        assert_eq!((after.group(), cell.carted), (unit.group(), 1));
        assert_eq!(carted(&side(1, false)).1, Cell::default(), "a login moved them");
        assert_eq!(carted(&side(2, false)).1.carted, 1, "another test runs now");
        assert_eq!(carted(&NOW).1.carted, 1, "the test is over");
        // Whoever was counted before a test is no observation of it.
        assert_eq!(
            Unit::after(Some(seen()), &[Event::Seen], &side(1, true)).unwrap().0.group().variant,
            None
        );
    }

    fn placed(after_ms: u64, paid: u64) -> Placed {
        Placed { order: 1, at_ms: NOW.at_ms + after_ms, paid, currency: Currency::named("USD").unwrap() }
    }

    #[test]
    fn an_order_counts_if_it_was_placed_within_a_day_of_the_first_look() {
        let (unit, shift) = seen().ordered(&placed(WINDOW_MS - 1, 5_000), PERSONAL).unwrap();
        assert_eq!((shift.before, shift.after), (0, 5_000));
        assert_eq!((unit.orders().collect(), unit.currency()), (vec![1], Currency::named("USD")));
        assert_eq!(Unit::decode(&unit.encode()), Some(unit.clone()));
        assert_eq!(seen().ordered(&placed(WINDOW_MS, 5_000), PERSONAL), None, "too late");
        assert_eq!(
            seen().ordered(&Placed { at_ms: NOW.at_ms - SKEW_MS - 1, ..placed(0, 1) }, PERSONAL),
            None,
            "too early"
        );
        assert_eq!(seen().ordered(&placed(1, 0), PERSONAL), None, "worth nothing");
        assert_eq!(seen().ordered(&placed(1, 5_000), HELD_OUT), None, "moved to the other arm");
        assert_eq!(unit.ordered(&placed(1, 5_000), PERSONAL), None, "known");
    }

    #[test]
    fn an_order_that_the_pixel_and_the_webhook_report_counts_once_whoever_comes_first() {
        let order = placed(1, 5_000);
        let (unit, shift) = seen().reported(&order, PERSONAL).unwrap();
        assert_eq!((shift.source, shift.before, shift.after), (Source::Pixel, 0, 5_000));
        assert_eq!(unit.reported(&order, PERSONAL), None, "replayed");
        assert_eq!(Unit::decode(&unit.encode()), Some(unit.clone()));
        let (unit, shift) = unit.confirmed(order.order).unwrap();
        assert_eq!((shift.source, shift.before, shift.after), (Source::Pixel, 5_000, 0));
        assert_eq!(unit.confirmed(order.order), None);
        let (unit, shift) = unit.ordered(&order, PERSONAL).unwrap();
        assert_eq!((shift.source, shift.before, shift.after), (Source::Webhook, 0, 5_000));
        assert_eq!(
            unit.reported(&Placed { paid: 9_000_000, ..order }, PERSONAL),
            None,
            "the webhook came first"
        );
    }

    #[test]
    fn what_the_pixel_reports_must_be_in_time_and_worth_something() {
        let reported = |placed: &Placed, now| seen().reported(placed, now);
        assert_eq!(reported(&placed(WINDOW_MS, 5_000), PERSONAL), None);
        assert_eq!(reported(&placed(1, 0), PERSONAL), None);
        assert_eq!(reported(&placed(1, 5_000), HELD_OUT), None);
    }

    #[test]
    fn an_order_loses_worth_at_any_time() {
        let (unit, _) = seen().ordered(&placed(1, 5_000), PERSONAL).unwrap();
        let (unit, shift) = unit.lost(1, Loss::Refund(11, 2_000)).unwrap();
        assert_eq!((shift.before, shift.after), (5_000, 3_000));
        assert_eq!(unit.lost(1, Loss::Refund(11, 2_000)), None);
        assert_eq!(unit.lost(1, Loss::Cancelled).unwrap().1.after, 0);
        assert_eq!((unit.lost(2, Loss::Cancelled), seen().lost(1, Loss::Cancelled)), (None, None));
    }

    #[test]
    fn the_largest_record_is_not_longer_than_the_limit() {
        let mut unit = seen();
        for order in (u64::MAX - 100..).take(8) {
            unit = unit.ordered(&Placed { order, ..placed(1, u64::MAX) }, PERSONAL).unwrap().0;
            for refund in (u64::MAX - 100..).take(16) {
                unit = unit.lost(order, Loss::Refund(refund, u64::MAX)).unwrap().0;
            }
            unit = unit.reported(&Placed { order: order - 200, ..placed(1, u64::MAX) }, PERSONAL).unwrap().0;
        }
        assert!(unit.encode().len() <= Unit::BYTES_MAX as usize, "{}", unit.encode().len());
    }

    #[test]
    fn another_form_is_not_read() {
        let text = String::from_utf8(seen().encode()).unwrap();
        assert_eq!(Unit::decode(text.as_bytes()), Some(seen()));
        assert_eq!(Unit::decode(text.replace(r#""form":1"#, r#""form":2"#).as_bytes()), None);
        assert_eq!(Unit::decode(b"{}"), None);
    }

    proptest! {
        /// However events are split into reports, the sums are those of the whole, and no shopper weighs more than the
        /// limits.
        #[test]
        fn sums_do_not_depend_on_how_events_arrive(
            kinds in prop::collection::vec(0_usize..30, 0..80), at in 0_usize..80,
        ) {
            let event = |kind: usize| match kind {
                0 => Event::Seen,
                1 => Event::AddToCart,
                2 => Event::Ordered,
                product => Event::viewed(&product.to_string()),
            };
            let events: Vec<_> = kinds.into_iter().map(event).collect();
            let (first, second) = events.split_at(at.min(events.len()));
            let whole = Unit::after(None, &events, &NOW);
            let halves = Unit::after(None, first, &NOW);
            let (known, mut sum) = halves.map_or((None, Cell::default()), |(unit, cell)| (Some(unit), cell));
            let both = Unit::after(known, second, &NOW).map(|(unit, cell)| {
                sum += cell;
                (unit, sum)
            });
            prop_assert_eq!(&whole, &both);
            let cell = whole.map(|(_, cell)| cell).unwrap_or_default();
            prop_assert!(cell.shoppers <= 1 && cell.carted <= 1 && cell.ordered <= 1 && cell.views <= u64::from(VIEWS_MAX));
            prop_assert_eq!(cell.views_squared, cell.views * cell.views);
        }
    }
}
