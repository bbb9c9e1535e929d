//! Shoppers' data. Each event that a shopper reports names a product with a number of its own, so that whatever is made of
//! the event can be told from data of other events.

use std::collections::BTreeMap;

use super::{Verdict, ensure};

/// The start of the id of a product that stands for an event.
const EVENT: &str = "event-";

/// An event that a shopper reported.
#[derive(Debug)]
struct Event {
    shop: String,
    person: String,
    /// The step at which its report was answered, or given up.
    ended: Option<u64>,
    /// Whether it is recorded as deleted: from then on, only workers that die leave a page of it.
    is_recorded: bool,
    /// Since when nothing may be stored of it.
    gone_ms: Option<u64>,
}

/// A redaction that Shopify asked for.
#[derive(Debug)]
struct Redaction {
    shop: String,
    /// The customer; `None` for all of the shop.
    person: Option<String>,
    /// The step at which Shopify asked.
    asked: u64,
    /// Whether its audit record was written.
    is_recorded: bool,
}

/// Everything that shoppers reported, and what must be gone of it.
#[derive(Debug, Default)]
pub(crate) struct Data {
    events: Vec<Event>,
    redactions: BTreeMap<String, Redaction>,
    /// Whether nothing may be stored of any event.
    is_any_gone: bool,
    /// Since when shops are closed.
    closed_ms: BTreeMap<String, u64>,
}

impl Data {
    /// Records a new event, and returns the id of its product.
    pub(crate) fn reported(&mut self, shop: &str, person: &str) -> (usize, String) {
        let number = self.events.len();
        self.events.push(Event {
            shop: shop.into(),
            person: person.into(),
            ended: None,
            is_recorded: false,
            gone_ms: None,
        });
        (number, format!("{EVENT}{number}-"))
    }

    /// Records that the report of an event was answered.
    pub(crate) fn ended(&mut self, event: usize, step: u64) {
        self.events[event].ended = Some(step);
    }

    pub(crate) fn redaction_asked(&mut self, cause: &str, shop: &str, person: Option<String>, step: u64) {
        self.redactions
            .insert(cause.into(), Redaction { shop: shop.into(), person, asked: step, is_recorded: false });
    }

    /// Records that the audit record of a maintenance task was written.
    pub(crate) fn recorded(&mut self, cause: &str) {
        if let Some(redaction) = self.redactions.get_mut(cause) {
            redaction.is_recorded = true;
        }
        self.deleted_by(cause).for_each(|event| event.is_recorded = true);
    }

    /// Returns whether the audit record of a redaction was written: what it deletes is deleted, and it only waits for what
    /// may come late.
    pub(crate) fn is_recorded(&self, cause: &str) -> bool {
        self.redactions.get(cause).is_some_and(|redaction| redaction.is_recorded)
    }

    /// Records that a maintenance task is done. From now on nothing may be stored of the data that it deletes.
    pub(crate) fn maintenance_done(&mut self, cause: &str, now_ms: u64) {
        let mut is_any_gone = false;
        for event in self.deleted_by(cause).filter(|event| event.gone_ms.is_none()) {
            event.gone_ms = Some(now_ms);
            is_any_gone = true;
        }
        self.is_any_gone |= is_any_gone;
    }

    /// Returns the events that a maintenance task deletes.
    fn deleted_by(&mut self, cause: &str) -> impl Iterator<Item = &mut Event> {
        let redaction = self.redactions.get(cause);
        self.events.iter_mut().filter(move |event| {
            redaction.is_some_and(|redaction| {
                event.ended.is_some_and(|ended| ended < redaction.asked)
                    && event.shop == redaction.shop
                    && redaction.person.as_ref().is_none_or(|person| *person == event.person)
            })
        })
    }

    /// Checks a page that was just stored, by a worker that lives: it may have nothing that is recorded as deleted.
    pub(crate) fn check_page(&self, page: &str) -> Verdict {
        for number in numbers_in(page) {
            let Some(event) = self.events.get(number) else { continue };
            ensure!(
                !event.is_recorded,
                "a page of {} in {} was stored with event {number}, which was redacted",
                event.person,
                event.shop
            );
        }
        Ok(())
    }

    /// Returns the first event in these bytes that must have been deleted since `since_ms`.
    pub(crate) fn gone_in(&self, bytes: &[u8], since_ms: u64) -> Option<String> {
        let text = str::from_utf8(bytes).ok().filter(|_| self.is_any_gone)?;
        let mut events = numbers_in(text).filter_map(|number| Some((number, self.events.get(number)?)));
        let (number, event) =
            events.find(|(_, event)| event.gone_ms.is_some_and(|gone_ms| gone_ms <= since_ms))?;
        Some(format!("event {number} of {} in {}", event.person, event.shop))
    }

    /// Returns the events in these bytes that do not belong to this shopper of this shop.
    pub(crate) fn check_owner(&self, bytes: &[u8], shop: &str, person: &str) -> Verdict {
        let text = str::from_utf8(bytes).unwrap_or_default();
        for number in numbers_in(text) {
            let Some(event) = self.events.get(number) else { continue };
            ensure!(
                event.shop == shop && event.person == person,
                "{person} in {shop} has event {number} of {} in {}",
                event.person,
                event.shop
            );
        }
        Ok(())
    }

    /// Records whether a shop is closed. Returns whether it was reopened.
    pub(crate) fn set_closed(&mut self, shop: &str, is_closed: bool, now_ms: u64) -> bool {
        if is_closed {
            self.closed_ms.entry(shop.into()).or_insert(now_ms);
            false
        } else {
            self.closed_ms.remove(shop).is_some()
        }
    }

    /// Returns since when a shop is closed.
    pub(crate) fn closed_since_ms(&self, shop: &str) -> Option<u64> {
        self.closed_ms.get(shop).copied()
    }
}

/// Returns the numbers of the events in a text.
fn numbers_in(text: &str) -> impl Iterator<Item = usize> {
    text.split(EVENT).skip(1).filter_map(|rest| rest.split('-').next()?.parse().ok())
}
