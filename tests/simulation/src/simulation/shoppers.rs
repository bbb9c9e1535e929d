//! Shoppers who visit, report what they look at, and in the end must have a page of today's products.

use std::cell::RefCell;
use std::rc::Rc;

use super::{MARK_MS, SHOPS, Simulation};
use crate::actor::Actor;
use crate::request::{Shopper, report, visit};
use crate::task::{Suspend, Task};

/// Customers whose numbers begin alike.
const CUSTOMERS: [u64; 3] = [1, 2, 12];
/// How often a shopper visits before they must have their page.
const ROUNDS_MAX: u32 = 8;

impl Simulation {
    pub(super) fn customer(&self) -> u64 {
        CUSTOMERS[self.world.random.borrow_mut().index(CUSTOMERS.len())]
    }

    pub(super) fn shopper(&self) -> Shopper {
        if self.world.one_in(6) {
            return Shopper::Guest(1 + self.world.below(2));
        }
        Shopper::Customer { number: self.customer(), is_abroad: self.world.one_in(4) }
    }

    pub(super) fn visit(&mut self, shop: &'static str) {
        let (shopper, Some(host)) = (self.shopper(), self.host()) else { return };
        let world = self.world.clone();
        self.request(host, move |suspend| {
            visit(&Actor::request(world, host, suspend), shop, shopper);
        });
    }

    pub(super) fn report(&mut self, shop: &'static str) {
        let (shopper, Some(host)) = (self.shopper(), self.host()) else { return };
        let world = self.world.clone();
        let count = 1 + self.world.below(4);
        let reported = |_| world.ledger.borrow_mut().data.reported(shop, &shopper.person());
        let (events, products): (Vec<_>, Vec<_>) = (0..count).map(reported).unzip();
        self.request(host, move |suspend| {
            let actor = Actor::request(world.clone(), host, suspend);
            report(&actor, shop, shopper, &products);
            let step = world.step.get();
            for event in &events {
                world.ledger.borrow_mut().data.ended(*event, step);
            }
        });
    }

    pub(super) fn request(&mut self, host: usize, body: impl FnOnce(&Suspend) + 'static) {
        let stack = self.world.stacks.borrow_mut().pop();
        self.tasks.push(Task::new(stack, host, true, body));
    }

    /// Lets some shoppers visit open shops until they have a page of today's products.
    pub(super) fn visit_until_current(&mut self) {
        // While there is a mark that their data was deleted, shoppers get no page.
        self.wait(MARK_MS + self.back_ms);
        for (place, shop) in SHOPS.into_iter().enumerate() {
            if self.shops[place].is_open() {
                let shopper = self.shopper();
                self.visit_one_until_current(shop, shopper);
            }
        }
    }

    pub(super) fn visit_one_until_current(&mut self, shop: &'static str, shopper: Shopper) {
        let products = self.world.products.borrow().get(shop).copied().unwrap_or_default();
        let seen = Rc::new(RefCell::new(None));
        for _ in 0..ROUNDS_MAX {
            let Some(host) = self.host() else { return };
            let (world, shown) = (self.world.clone(), seen.clone());
            self.request(host, move |suspend| {
                shown.replace(visit(&Actor::request(world, host, suspend), shop, shopper));
            });
            self.drain();
            if seen.borrow().as_ref().is_some_and(|(_, facts)| facts.products == products) {
                return;
            }
            // Entries that are cached at the edge are outdated for no longer.
            self.wait(self.world.platform.trust_ms());
        }
        let seen = seen.borrow();
        self.world
            .judge(Err(format!("{} in {shop} has no page of products {products}: {seen:?}", shopper.id())));
    }
}
