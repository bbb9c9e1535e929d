//! The record of a shopper who was counted, and what it adds to the sums.
//!
//! A shopper is counted when they first see the block, and what they do counts for the 24 hours after that. So each
//! shopper is one independent observation, and is complete after a fixed time.

use model::Persona;
use model::shop::Share;
use serde::{Deserialize, Serialize};

use crate::aggregates::Group;
use crate::assignment::Arm;
use crate::cell::Cell;
use crate::{DAY_MS, day};

/// How long after a shopper first saw the block their events count.
pub const WINDOW_MS: u64 = DAY_MS;
/// The most viewed products of one shopper that count. It bounds what a single shopper, or a bot, weighs.
const VIEWS_MAX: u16 = 20;
/// The form in which records are written, and the only one that is read.
const FORM: u32 = 1;

/// What a shopper did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// They saw the block.
    Seen,
    /// They viewed a product.
    View,
    /// They put a product into the cart.
    AddToCart,
}

/// The circumstances of a shopper's event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exposure {
    /// The time.
    pub at_ms: u64,
    /// The share of the holdout.
    pub share: Share,
    /// What the shopper gets.
    pub arm: Arm,
    /// The persona that the page of the shop suggests.
    pub persona: Persona,
}

/// The record of a shopper who was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    form: u32,
    seen_ms: u64,
    share: Share,
    arm: Arm,
    persona: Persona,
    carted: bool,
    views: u16,
}

impl Unit {
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
                (Some(unit), event) if unit.is_open(now) => unit.count(*event, &mut added),
                _ => {}
            }
        }
        unit.map(|unit| (unit, added))
    }

    /// Returns the group that the shopper is counted in.
    pub fn group(&self) -> Group {
        let Self { seen_ms, share, arm, persona, .. } = *self;
        Group { day: day(seen_ms), share, arm, persona }
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
        let Exposure { at_ms, share, arm, persona } = *now;
        Self { form: FORM, seen_ms: at_ms, share, arm, persona, carted: false, views: 0 }
    }

    /// Returns whether events still count. They do not once a changed share has moved the shopper to the other arm. A
    /// clock that was set back makes no event older than the first.
    fn is_open(&self, now: &Exposure) -> bool {
        now.at_ms.saturating_sub(self.seen_ms) < WINDOW_MS && now.arm == self.arm
    }

    fn count(&mut self, event: Event, added: &mut Cell) {
        match event {
            Event::AddToCart if !self.carted => {
                self.carted = true;
                added.carted += 1;
            }
            Event::View if self.views < VIEWS_MAX => {
                added.views += 1;
                added.views_squared += 2 * u64::from(self.views) + 1;
                self.views += 1;
            }
            Event::AddToCart | Event::View | Event::Seen => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Exposure = Exposure {
        at_ms: 20_000 * DAY_MS + 7,
        share: Share::TENTH,
        arm: Arm::Personal,
        persona: Persona::Explorer,
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
        let later = Exposure { at_ms: NOW.at_ms + 90 * DAY_MS, ..NOW };
        assert_eq!(added(&[Event::Seen], &later), Cell::default());
    }

    #[test]
    fn what_a_shopper_does_before_they_see_the_block_does_not_count() {
        assert_eq!(Unit::after(None, &[Event::View, Event::AddToCart], &NOW), None);
        let (_, cell) = Unit::after(None, &[Event::AddToCart, Event::Seen, Event::View], &NOW).unwrap();
        assert_eq!(cell, Cell { shoppers: 1, carted: 0, views: 1, views_squared: 1 });
    }

    #[test]
    fn what_a_shopper_does_counts_for_a_day() {
        let last = Exposure { at_ms: NOW.at_ms + WINDOW_MS - 1, ..NOW };
        assert_eq!(added(&[Event::AddToCart], &last).carted, 1);
        let late = Exposure { at_ms: NOW.at_ms + WINDOW_MS, ..NOW };
        assert_eq!(added(&[Event::AddToCart], &late), Cell::default());
        let set_back = Exposure { at_ms: 0, ..NOW };
        assert_eq!(added(&[Event::AddToCart], &set_back).carted, 1);
    }

    #[test]
    fn a_shopper_whom_a_changed_share_moved_adds_nothing_more() {
        let moved = Exposure { arm: Arm::Holdout, share: Share::of_basis_points(2_000).unwrap(), ..NOW };
        assert_eq!(added(&[Event::Seen, Event::View, Event::AddToCart], &moved), Cell::default());
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
            kinds in prop::collection::vec(0_usize..3, 0..80), at in 0_usize..80,
        ) {
            let events: Vec<_> = kinds.iter().map(|kind| [Event::Seen, Event::View, Event::AddToCart][*kind]).collect();
            let (first, second) = events.split_at(at.min(events.len()));
            let whole = Unit::after(None, &events, &NOW);
            let halves = Unit::after(None, first, &NOW);
            let (known, mut sum) = halves.map_or((None, Cell::default()), |(unit, cell)| (Some(unit), cell));
            let both = Unit::after(known, second, &NOW).map(|(unit, cell)| {
                sum += cell;
                (unit, sum)
            });
            prop_assert_eq!(whole, both);
            let cell = whole.map(|(_, cell)| cell).unwrap_or_default();
            prop_assert!(cell.shoppers <= 1 && cell.carted <= 1 && cell.views <= u64::from(VIEWS_MAX));
            prop_assert_eq!(cell.views_squared, cell.views * cell.views);
        }
    }
}
