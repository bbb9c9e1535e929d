//! The facts about a stored page, as names and values in English, for the admin and the command line.

use model::origin::{Row, Value};

use crate::Stored;

/// A name and a value.
pub type Fact = (&'static str, String);

impl Stored {
    /// Returns the facts about the page. `more` stands between those of the page and those of its plan.
    pub fn facts(&self, more: Vec<Fact>) -> Vec<Fact> {
        let Self {
            state,
            persona,
            confidence,
            source,
            planned_ms,
            fresh_until_ms,
            variant,
            instead,
            told,
            plan: _,
        } = self;
        let page = [
            ("state", (*state).to_owned()),
            ("persona", format!("{persona} ({confidence} %)")),
            ("planned by", (*source).to_owned()),
            ("first shown from", time(*planned_ms)),
            ("fresh until", time(*fresh_until_ms)),
            ("shown instead", (*instead).to_owned()),
        ];
        let told = told.rows().into_iter().map(|Row { name, value }| match value {
            Value::Text(text) => (name, text),
            Value::Time(at_ms) => (name, time(at_ms)),
        });
        let variant = variant.iter().map(|variant| ("variant", variant.clone()));
        page.into_iter().chain(variant).chain(more).chain(told).collect()
    }
}

/// Formats a time, which is in milliseconds since the epoch.
fn time(at_ms: u64) -> String {
    let at = i64::try_from(at_ms).ok().and_then(|at_ms| jiff::Timestamp::from_millisecond(at_ms).ok());
    at.map_or_else(|| format!("{at_ms} ms"), |at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_date_and_an_impossible_one_a_number() {
        assert_eq!(time(1_790_000_000_000), "2026-09-21 14:13:20 UTC");
        assert_eq!(time(u64::MAX), format!("{} ms", u64::MAX));
    }
}
