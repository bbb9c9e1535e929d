//! What Shopify and the operator ask for. They ask again until they get an answer, and Shopify sometimes once more.

use std::cell::Cell;
use std::rc::Rc;

use crate::random::Random;
use crate::request::{Request, post};
use crate::task::Task;
use crate::world::World;

/// The longest pause before a request is repeated.
const PAUSE_MS_MAX: u64 = 8_000;

/// The request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    ProductsChanged,
    RedactCustomer(u64),
    ReportCustomer(u64),
    Uninstalled,
    RedactShop,
    Reopened,
}

/// A request that is repeated until it is answered.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) event: Event,
    pub(crate) shop: &'static str,
    pub(crate) id: String,
    /// When it happened, by Shopify's clock, which nobody sets.
    happened_ms: u64,
    is_answered: Rc<Cell<bool>>,
    /// Shared with the requests that are under way.
    under_way: Rc<()>,
    pub(crate) next_ms: u64,
    /// How often it is sent again although it was answered.
    duplicates: u32,
}

impl Delivery {
    pub(crate) fn new(event: Event, shop: &'static str, number: u64, now_ms: u64, duplicates: u32) -> Self {
        let id = format!("webhook-{number}");
        Self {
            event,
            shop,
            id,
            happened_ms: now_ms,
            is_answered: Rc::default(),
            under_way: Rc::default(),
            next_ms: now_ms,
            duplicates,
        }
    }

    pub(crate) fn is_answered(&self) -> bool {
        self.is_answered.get()
    }

    /// Returns whether it is never sent again.
    pub(crate) fn is_over(&self) -> bool {
        self.is_answered() && self.duplicates == 0
    }

    /// Returns whether no host works on it, now or later.
    pub(crate) fn is_at_rest(&self) -> bool {
        self.is_over() && Rc::strong_count(&self.under_way) == 1
    }

    /// Returns whether a maintenance task follows from it.
    pub(crate) fn has_task(&self) -> bool {
        !matches!(self.event, Event::ProductsChanged | Event::Reopened)
    }

    /// Sends it to a host, if it is not lost on the way.
    pub(crate) fn send(&mut self, world: &Rc<World>, host: usize) -> Option<Task> {
        if self.is_answered() {
            self.duplicates -= 1;
        }
        let mut random = world.random.borrow_mut();
        // A repeated report of an uninstallation does harm only if the app was installed again meanwhile.
        let is_late = self.event == Event::Uninstalled && self.duplicates > 0;
        let pause_ms_max = if is_late { 5 * PAUSE_MS_MAX } else { PAUSE_MS_MAX };
        self.next_ms = world.now_ms.get() + 1_000 + random.below(pause_ms_max);
        let (is_lost, is_unanswered) = luck(&mut random, world.is_faulty.get());
        if is_lost {
            return None;
        }
        let (target, request) = self.request();
        let (is_answered, under_way) = (self.is_answered.clone(), self.under_way.clone());
        let (stack, world) = (world.stacks.borrow_mut().pop(), world.clone());
        world.note(|| format!("{:?} {} of {} is delivered", self.event, self.id, self.shop));
        Some(Task::new(stack, host, true, move |suspend| {
            let actor = crate::actor::Actor::request(world, host, suspend);
            if post(&actor, &target, &request) && !is_unanswered {
                is_answered.set(true);
            }
            drop(under_way);
        }))
    }

    fn request(&self) -> (String, Request) {
        let Self { event, shop, id, .. } = self;
        let number = shop.len();
        let of_shop = format!(r#""shop_id":{number},"shop_domain":"{shop}""#);
        let (topic, body) = match event {
            Event::Reopened => return (format!("/debug/reopen?store={shop}"), Request::default()),
            Event::ProductsChanged => ("products/update", r#"{"id":7}"#.to_owned()),
            Event::Uninstalled => {
                ("app/uninstalled", format!(r#"{{"id":{number},"myshopify_domain":"{shop}"}}"#))
            }
            Event::RedactShop => ("shop/redact", format!("{{{of_shop}}}")),
            Event::RedactCustomer(customer) => {
                ("customers/redact", format!(r#"{{{of_shop},"customer":{{"id":{customer}}}}}"#))
            }
            Event::ReportCustomer(customer) => {
                let request = r#""data_request":{"id":9}"#;
                (
                    "customers/data_request",
                    format!(r#"{{{of_shop},"customer":{{"id":{customer}}},{request}}}"#),
                )
            }
        };
        ("/webhooks".to_owned(), Request::webhook(topic, id, shop, self.happened_ms, body))
    }
}

fn luck(random: &mut Random, is_faulty: bool) -> (bool, bool) {
    (is_faulty && random.one_in(8), is_faulty && random.one_in(8))
}
