//! The monthly bill of a deployment: computed from its traffic, measured figures and a table of prices
//! (`cost/cost.toml`). It reads no storage and asks nobody.
//!
//! ```
//! use host::cost::{Table, Traffic};
//!
//! let bill = Table::built_in()?.bill(&Traffic { hosts: 1, ..Traffic::default() })?;
//! assert_eq!(bill.items.iter().filter(|item| item.name == "database").count(), 0, "one host needs none");
//! # Ok::<(), anyhow::Error>(())
//! ```

mod bill;
mod table;
#[cfg(test)]
mod tests;

pub use bill::{Bill, Item, PlansCost};
pub use table::{Figure, Figures, Original, Price, Prices, Table};

use anyhow::ensure;
use capabilities::llm::Prices as ModelPrices;

/// The hours of a month, as cloud providers count them.
pub const HOURS: f64 = 730.0;
/// The days of a month, likewise.
const DAYS: f64 = HOURS / 24.0;

/// The traffic of a month, and what serves it.
#[derive(Debug, Clone, PartialEq)]
pub struct Traffic {
    /// Visits a month.
    pub visits: f64,
    /// The share of visits by shoppers who are new, from 0 to 1. They look at one page.
    pub new: f64,
    /// Pages made in a month, if that is known; otherwise it follows from the visits.
    pub generations: Option<f64>,
    /// Shops. With a plan for each segment, each has its own.
    pub shops: f64,
    /// Hosts.
    pub hosts: u32,
    /// How long unread pages are kept.
    pub kept_days: f64,
    /// The prices of the language model; `None` without one.
    pub model: Option<ModelPrices>,
}

impl Default for Traffic {
    /// About the traffic of the original deployment, on two hosts.
    fn default() -> Self {
        let model = capabilities::llm::Settings::default().prices();
        Self {
            visits: 640_000.0,
            new: 0.7,
            generations: None,
            shops: 1.0,
            hosts: 2,
            kept_days: 90.0,
            model: Some(model),
        }
    }
}

impl Traffic {
    fn validate(&self) -> anyhow::Result<()> {
        for (name, value) in [
            ("visits", self.visits),
            ("generations", self.generations.unwrap_or_default()),
            ("shops", self.shops),
            ("days that pages are kept", self.kept_days),
        ] {
            ensure!(value.is_finite() && value >= 0.0, "{name}: {value} is not a number of at least 0");
        }
        ensure!(
            (0.0..=1.0).contains(&self.new),
            "the share of new shoppers is {}; it must be from 0 to 1",
            self.new
        );
        ensure!(self.hosts > 0, "the number of hosts is 0; it must be at least 1");
        Ok(())
    }
}
