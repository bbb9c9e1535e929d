//! Tells Shopify Flow what happened in a shop, so that a merchant's workflows begin
//! (<https://shopify.dev/docs/apps/build/flow/triggers>). The extensions `shopify/extensions/flow-*` are the triggers.
//!
//! Nobody waits for it. The admin looks at a shop a few seconds after something happened there, and never otherwise. It
//! reports each event to Flow once. Before it reports an event, it stores with the shop that it did, by compare-and-swap,
//! so that only one of several hosts reports it. If Shopify surely did not take the event, the admin undoes this and
//! reports the event again later. If the answer was lost, it does not.

mod happening;
mod told;

use std::sync::Arc;
use std::time::Duration;

use model::ShopId;
use serde_json::{Value, json};

use crate::noted::Due;
use crate::shopify_api::Failure;
use crate::{Admin, NotConnected, State, choices};

use happening::{Event, Happening};

/// How often the admin looks at shops in which something happened.
const LOOK: Duration = Duration::from_secs(5);
/// The first pause after a failed report about a shop; it doubles each time.
const PAUSE_MS: u64 = 60_000;
/// The longest pause.
const PAUSE_MS_MAX: u64 = 60 * 60 * 1_000;

/// (<https://shopify.dev/docs/api/admin-graphql/latest/mutations/flowTriggerReceive>).
const TELL: &str = "mutation($handle: String, $payload: JSON) { flowTriggerReceive(handle: $handle, payload: $payload) \
    { userErrors { field message } } }";

/// What is left to do for a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    /// Nothing, until something happens.
    Nothing,
    /// To look at it again at this time.
    At(u64),
}

/// Why Flow was not told.
#[derive(Debug)]
enum Untold {
    /// Shopify surely did not take it, and may later.
    NotNow(String),
    /// Shopify does not take it, as if the app was deployed without the trigger.
    Refused(String),
    /// Nobody knows whether Shopify took it.
    Lost(String),
}

impl Admin {
    /// Notes that something may have happened in a shop that Shopify Flow must hear about.
    pub fn note_for_flow(&self, shop: &ShopId) {
        self.noted.note(shop);
    }

    /// Reports events of shops to Flow, until it is dropped. Events from while no host ran are reported first.
    pub async fn keep_telling_flow(self: Arc<Self>) {
        match self.installations().installed().await {
            Ok(shops) => shops.iter().for_each(|shop| self.noted.note(shop)),
            Err(error) => tracing::warn!(%error, "cannot read which shops installed the app"),
        }
        loop {
            tokio::time::sleep(LOOK).await;
            self.tell_flow().await;
        }
    }

    /// Tells Flow what happened in the shops that are due, one after the other.
    pub async fn tell_flow(&self) {
        let now_ms = self.clock.now_ms();
        for (shop, due) in self.noted.due(now_ms) {
            match self.tell_flow_of(&shop).await {
                Ok(Rest::Nothing) => {}
                Ok(Rest::At(at_ms)) => self.noted.again(shop, Due { at_ms, pause_ms: 0 }),
                Err(error) => {
                    let pause_ms = (due.pause_ms * 2).clamp(PAUSE_MS, PAUSE_MS_MAX);
                    tracing::warn!(%shop, %error, pause_ms, "cannot send events to Shopify Flow; trying again");
                    self.noted.again(shop, Due { at_ms: now_ms.saturating_add(pause_ms), pause_ms });
                }
            }
        }
    }

    async fn tell_flow_of(&self, shop: &ShopId) -> Result<Rest, NotConnected> {
        let is_installed = self.find(shop).await?.is_some_and(|found| found.state == State::Installed);
        if !is_installed {
            return Ok(Rest::Nothing);
        }
        let (now_ms, stored) = (self.clock.now_ms(), self.installations().told_flow(shop).await?);
        let happening = self.happening(shop).await?;
        let before = stored.told.still(&happening);
        let Some(event) = before.untold(&happening, now_ms) else {
            return Ok(before.waiting_due_ms(&happening).map_or(Rest::Nothing, Rest::At));
        };
        let after = before.with(&event, &happening, now_ms);
        let Some(stored) = self.installations().tell_flow(shop, &stored, after).await? else {
            // Another host reports it, successfully or not.
            return Ok(Rest::At(now_ms.saturating_add(PAUSE_MS)));
        };
        match self.receive(shop, &event).await {
            Ok(()) => tracing::info!(%shop, trigger = event.handle(), "sent an event to Shopify Flow"),
            Err(Untold::Lost(reason)) => {
                tracing::warn!(%shop, trigger = event.handle(), reason, "sent an event to Shopify Flow, and lost the answer");
            }
            Err(Untold::Refused(reason)) => {
                tracing::warn!(%shop, trigger = event.handle(), reason, "Shopify Flow refused an event");
            }
            Err(Untold::NotNow(reason)) => {
                self.installations().tell_flow(shop, &stored, before).await?;
                return Err(NotConnected::Shopify(reason));
            }
        }
        // There may be more to tell.
        Ok(Rest::At(now_ms))
    }

    /// Returns the part of a shop's state that is reported to Flow.
    async fn happening(&self, shop: &ShopId) -> Result<Happening, NotConnected> {
        let settings = choices::shop(shop, &*self.storefronts, self.installations()).await?;
        let used = self.storefronts.used(shop).await?;
        let reviews = if settings.approves() { self.storefronts.reviews(shop).await? } else { Vec::new() };
        Ok(Happening::of(&settings, used, &reviews, self.clock.now_ms()))
    }

    /// Sends an event.
    async fn receive(&self, shop: &ShopId, event: &Event) -> Result<(), Untold> {
        let token = self.connections.access_token(shop).await;
        let token = token.map_err(|error| Untold::NotNow(error.to_string()))?;
        let variables = json!({ "handle": event.handle(), "payload": event.payload() });
        match self.connections.api.graphql(shop, &token, TELL, variables).await {
            Ok(answer) => judged(&answer),
            Err(Failure::Lost(reason)) => Err(Untold::Lost(reason)),
            Err(failure) => Err(Untold::NotNow(failure.to_string())),
        }
    }
}

fn judged(answer: &Value) -> Result<(), Untold> {
    let message = |error: &Value| error["message"].as_str().unwrap_or("no message").to_owned();
    let received = &answer["data"]["flowTriggerReceive"]["userErrors"];
    match (received.as_array(), answer["errors"][0].is_object()) {
        (Some(errors), _) => errors.first().map_or(Ok(()), |error| Err(Untold::Refused(message(error)))),
        (None, true) => Err(Untold::NotNow(message(&answer["errors"][0]))),
        (None, false) => Err(Untold::NotNow("Shopify did not say what became of it".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trigger_is_taken_refused_or_not_taken_now() {
        let received = |errors: Value| json!({ "data": { "flowTriggerReceive": { "userErrors": errors } } });
        assert!(judged(&received(json!([]))).is_ok());
        let unknown = received(json!([{ "field": ["handle"], "message": "Invalid handle" }]));
        assert!(matches!(judged(&unknown), Err(Untold::Refused(reason)) if reason == "Invalid handle"));
        let throttled =
            json!({ "errors": [{ "message": "Throttled", "extensions": { "code": "THROTTLED" } }] });
        assert!(matches!(judged(&throttled), Err(Untold::NotNow(reason)) if reason == "Throttled"));
        for odd in [json!({}), json!([]), json!({ "data": null, "errors": [] })] {
            assert!(matches!(judged(&odd), Err(Untold::NotNow(_))), "{odd}");
        }
    }
}
