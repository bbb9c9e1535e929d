//! A shop's way through installation, uninstallation and redaction.

use crate::delivery::{Delivery, Event};
use crate::world::World;

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Open,
    /// An event is on its way.
    Asked(String, Event),
    Closed {
        is_redacted: bool,
    },
}

/// A shop.
#[derive(Debug)]
pub(crate) struct Shop {
    state: State,
}

impl Shop {
    pub(crate) fn new() -> Self {
        Self { state: State::Open }
    }

    /// Returns whether shoppers can have pages.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.state, State::Open | State::Asked(_, Event::Reopened))
    }

    /// Returns the next event. A shop is redacted only while it is closed, and reopened only when that is done.
    pub(crate) fn next(&mut self, world: &World, deliveries: &[Delivery]) -> Option<Event> {
        if let State::Asked(id, event) = &self.state {
            let delivery = deliveries.iter().find(|delivery| delivery.id == *id)?;
            let ledger = world.ledger.borrow();
            let is_done = !delivery.has_task() || ledger.jobs.is_done(id) || ledger.data.is_recorded(id);
            // A repeated report of an uninstallation may come when the app is installed again.
            let may_go_on = match event {
                Event::Uninstalled => delivery.is_answered(),
                _ => delivery.is_at_rest() && is_done,
            };
            if !may_go_on {
                return None;
            }
            self.state = match event {
                Event::Reopened => State::Open,
                event => State::Closed { is_redacted: *event == Event::RedactShop },
            };
        }
        match self.state {
            State::Open => world.one_in(3).then_some(Event::Uninstalled),
            State::Closed { is_redacted: false } if world.one_in(2) => Some(Event::RedactShop),
            State::Closed { .. } => Some(Event::Reopened),
            State::Asked(..) => None,
        }
    }

    pub(crate) fn asked(&mut self, delivery: &Delivery) {
        if matches!(delivery.event, Event::Uninstalled | Event::RedactShop | Event::Reopened) {
            self.state = State::Asked(delivery.id.clone(), delivery.event);
        }
    }
}
