//! The visits of a shopper, and what is entered of them into the ledger.

use std::sync::Arc;

use super::door::Door;
use super::ledger::Ledger;
use crate::shopper::{Shoppers, is_of_connection};

/// A shopper who visits.
#[derive(Clone)]
pub struct Visit {
    /// Where it is entered.
    pub ledger: Arc<Ledger>,
    /// Where the server is.
    pub door: Arc<Door>,
    /// Who sends the requests.
    pub shoppers: Shoppers,
    /// The shopper's number.
    pub shopper: u64,
}

impl Visit {
    /// Searches for what the model's endpoint knows the shopper by, and visits the shop.
    pub async fn search_and_look(&self) {
        let (address, changes) = self.door.enter().await;
        if let Err(error) = self.shoppers.search(&address, &name(self.shopper), self.shopper).await {
            self.failed("a report", &error, changes);
        }
        self.look().await;
    }

    /// Visits the shop.
    pub async fn look(&self) {
        let (address, changes) = self.door.enter().await;
        match self.shoppers.visit(&address, &name(self.shopper)).await {
            Ok(page) => self.ledger.answered(self.shopper, &page),
            Err(error) => self.failed("a page", &error, changes),
        }
    }

    /// Visits the shop if the page is ready, and returns its state.
    pub async fn look_if_ready(&self) -> Option<String> {
        let (address, changes) = self.door.enter().await;
        match self.shoppers.state(&address, &name(self.shopper), 0).await {
            Ok(state) => {
                if state == "ready" {
                    self.look().await;
                }
                Some(state)
            }
            Err(error) => {
                self.failed("a state", &error, changes);
                None
            }
        }
    }

    /// A request may fail only because the process ended meanwhile.
    fn failed(&self, what: &str, error: &anyhow::Error, changes: u64) {
        if is_of_connection(error) && !self.door.is_same(changes) {
            self.ledger.interrupted(self.shopper);
        } else {
            self.ledger.wrong(format!("{what} for shopper {}: {error:#}", self.shopper));
        }
    }
}

/// Returns the id of a shopper.
pub fn name(shopper: u64) -> String {
    format!("chaos-{shopper}")
}
