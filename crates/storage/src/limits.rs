//! Counters of the work that strangers cause, over a database.

use ::sql::limits as sql;
use model::limits::Counter;
use serde_json::json;

use crate::Failure;
use crate::database::{Database, Sql};

/// The counters of a deployment.
pub struct Counters<'a, S>(pub &'a Database<S>);

impl<S: Sql> Counters<'_, S> {
    /// Takes one from each of these counters, or from none if one of them is used up. Returns whether it did.
    pub fn take(&self, counters: &[Counter], now_ms: u64) -> Result<bool, Failure> {
        let full_ms = |counter: &Counter| u64::from(counter.interval_ms) * u64::from(counter.burst);
        let Some(longest_ms) = counters.iter().map(full_ms).max() else { return Ok(true) };
        let wanted = counters.iter().map(|counter| {
            let room_ms = full_ms(counter).saturating_sub(counter.interval_ms.into());
            json!({ "key": counter.key, "interval_ms": counter.interval_ms, "room_ms": room_ms })
        });
        let wanted = wanted.collect::<serde_json::Value>().to_string();
        let taken = self.0.execute(sql::TAKE, &[now_ms.into(), wanted.as_str().into(), longest_ms.into()])?;
        Ok(!taken.is_empty())
    }
}
