//! The events of a shop that were reported to Shopify Flow.

use capabilities::tables::Statement;
use model::ShopId;
use serde::{Deserialize, Serialize};

use super::happening::{Event, Happening};
use crate::installations::Installations;
use crate::{Unavailable, sql};

/// The least time between two words about pages that wait. A shop may have hundreds of them.
const WAITING_MS_MIN: u64 = 60 * 60 * 1_000;

/// What Flow was told and is still the case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Told {
    /// The names of events.
    events: Vec<String>,
    /// The versions of plans that wait.
    waiting: Vec<String>,
    /// When it was told last that pages wait, in milliseconds since the epoch.
    waiting_ms: u64,
}

/// What Flow was told, as it is stored.
pub(crate) struct StoredTold {
    pub(super) told: Told,
    text: Option<String>,
}

impl Told {
    /// Returns the part of it that still lasts. An event that ends and happens again is reported again.
    pub fn still(&self, happening: &Happening) -> Self {
        let is_now = |name: &&String| happening.events.iter().any(|event| event.name() == **name);
        let waits = |version: &&String| happening.waiting.contains(version);
        Self {
            events: self.events.iter().filter(is_now).cloned().collect(),
            waiting: self.waiting.iter().filter(waits).cloned().collect(),
            waiting_ms: self.waiting_ms,
        }
    }

    /// Returns the next event to tell Flow, if there is one now.
    pub fn untold(&self, happening: &Happening, now_ms: u64) -> Option<Event> {
        let is_new = |event: &&Event| !self.events.contains(&event.name());
        let event = happening.events.iter().find(is_new).cloned();
        event.or_else(|| {
            let is_due = self.waiting_due_ms(happening).is_some_and(|due_ms| due_ms <= now_ms);
            is_due.then_some(Event::PagesWait(happening.waiting.len()))
        })
    }

    /// Returns when to tell Flow of further pages that wait; `None` if it knows of all.
    pub fn waiting_due_ms(&self, happening: &Happening) -> Option<u64> {
        let is_new = |version: &String| !self.waiting.contains(version);
        happening.waiting.iter().any(is_new).then(|| self.waiting_ms.saturating_add(WAITING_MS_MIN))
    }

    /// Returns what Flow was told after this event.
    pub fn with(&self, event: &Event, happening: &Happening, now_ms: u64) -> Self {
        let mut told = self.clone();
        match event {
            Event::PagesWait(_) => {
                told.waiting.clone_from(&happening.waiting);
                told.waiting_ms = now_ms;
            }
            event => told.events.push(event.name()),
        }
        told
    }

    fn text(&self) -> Result<String, Unavailable> {
        serde_json::to_string(self).map_err(|error| Unavailable(error.to_string()))
    }
}

impl Installations {
    /// Returns the events of a shop that were reported to Flow.
    pub(super) async fn told_flow(&self, shop: &ShopId) -> Result<StoredTold, Unavailable> {
        let row = self.tables.first(Statement::new(sql::FLOW).bind(shop.as_str())).await?;
        let text: Option<String> = row.map(|row| row.get("flow")).transpose()?.flatten();
        let told = text.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        Ok(StoredTold { told, text })
    }

    /// Stores what Flow was told in place of `stored`. Returns what is stored now; `None` if another host stored something
    /// meanwhile, or the app is not installed in the shop.
    pub(super) async fn tell_flow(
        &self,
        shop: &ShopId,
        stored: &StoredTold,
        told: Told,
    ) -> Result<Option<StoredTold>, Unavailable> {
        let text = told.text()?;
        let statement =
            Statement::new(sql::TELL_FLOW).bind(shop.as_str()).bind(text.as_str()).bind(stored.text.clone());
        let is_done = self.tables.change(statement).await?.is_some();
        Ok(is_done.then_some(StoredTold { told, text: Some(text) }))
    }
}

#[cfg(test)]
mod tests {
    use model::Persona;

    use super::*;

    const HOUR_MS: u64 = WAITING_MS_MIN;

    fn spent(number: u64) -> Event {
        Event::BudgetSpent { period: "day", number, limit: 1 }
    }

    fn happening(events: &[Event], waiting: &[&str]) -> Happening {
        let waiting = waiting.iter().map(|version| (*version).to_owned()).collect();
        Happening { events: events.to_vec(), waiting }
    }

    /// Returns the events to report now in this state of the shop, and the events that are reported after that.
    fn tell(told: &Told, now: &Happening, now_ms: u64) -> (Vec<Event>, Told) {
        let (mut told, mut events) = (told.still(now), Vec::new());
        while let Some(event) = told.untold(now, now_ms) {
            told = told.with(&event, now, now_ms);
            events.push(event);
        }
        (events, told)
    }

    #[test]
    fn each_event_is_told_once_and_again_if_it_ended_meanwhile() {
        let paused = Event::PersonaPaused(Persona::Explorer);
        let both = happening(&[spent(7), paused.clone()], &[]);
        let (events, told) = tell(&Told::default(), &both, HOUR_MS);
        assert_eq!(events, [spent(7), paused.clone()]);
        let (events, told) = tell(&told, &both, HOUR_MS);
        assert_eq!(events, []);
        let (events, told) = tell(&told, &happening(&[spent(8)], &[]), HOUR_MS);
        assert_eq!(events, [spent(8)], "another day, and the persona is shown again");
        let (events, _) = tell(&told, &both, HOUR_MS);
        assert_eq!(events, [spent(7), paused]);
    }

    #[test]
    fn pages_that_wait_are_told_of_together_and_once_an_hour_at_most() {
        let (events, told) = tell(&Told::default(), &happening(&[], &["a", "b"]), HOUR_MS);
        assert_eq!(events, [Event::PagesWait(2)]);
        let three = happening(&[], &["a", "b", "c"]);
        assert_eq!(tell(&told, &three, 2 * HOUR_MS - 1).0, []);
        assert_eq!(told.waiting_due_ms(&three), Some(2 * HOUR_MS));
        let (events, told) = tell(&told, &three, 2 * HOUR_MS);
        assert_eq!(events, [Event::PagesWait(3)]);
        let fewer = happening(&[], &["c"]);
        assert_eq!(
            (tell(&told, &fewer, 9 * HOUR_MS).0, told.still(&fewer).waiting_due_ms(&fewer)),
            (vec![], None)
        );
    }

    #[test]
    fn what_is_stored_is_small_whatever_waits() {
        let waiting: Vec<_> =
            (0..model::review::REVIEWS_MAX).map(|number| format!("{number:016x}")).collect();
        let now = Happening { events: Vec::new(), waiting };
        let (_, told) = tell(&Told::default(), &now, HOUR_MS);
        assert!(told.text().unwrap().len() < 10_000);
    }
}
