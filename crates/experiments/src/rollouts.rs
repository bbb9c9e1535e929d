//! The shop's Rollouts: changes of its theme, prices or checkout that Shopify shows to a part of the buyers or for a time
//! (<https://shopify.dev/docs/api/admin-graphql/2026-10/objects/Rollout>). Their days are left out of the comparison. Shopify
//! says which days these are, and nobody chooses them by what the comparison shows, so the intervals still hold.

use serde::{Deserialize, Serialize};

use crate::day;

/// The form in which they are written, and the only one that is read.
const FORM: u32 = 1;
/// The longest name, in characters. Merchants choose names.
const NAME_CHARS_MAX: usize = 80;

/// A Rollout that began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollout {
    name: String,
    /// The first day that it touches.
    first: u32,
    /// The last one, if it has ended.
    last: Option<u32>,
}

/// The Rollouts of a shop.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rollouts(Vec<Rollout>);

/// The stored form.
#[derive(Serialize, Deserialize)]
struct Stored {
    form: u32,
    rollouts: Vec<Rollout>,
}

impl Rollout {
    /// Returns a Rollout from when it began to when it ended, if it has. Shoppers of the day before are watched for 24 hours,
    /// so that day is touched, too.
    pub fn new(name: &str, began_ms: u64, ended_ms: Option<u64>) -> Self {
        let name = name.chars().filter(|letter| !letter.is_control()).take(NAME_CHARS_MAX).collect();
        Self { name, first: day(began_ms).saturating_sub(1), last: ended_ms.map(day) }
    }

    fn holds(&self, day: u32) -> bool {
        self.first <= day && self.last.is_none_or(|last| day <= last)
    }
}

impl Rollouts {
    /// The most that are stored: the newest ones.
    pub const MAX: usize = 100;

    /// Returns the Rollouts of a list that begins with the newest one.
    pub fn of(rollouts: impl IntoIterator<Item = Rollout>) -> Self {
        Self(rollouts.into_iter().take(Self::MAX).collect())
    }

    /// Returns whether a day is one of theirs.
    pub(crate) fn hold(&self, day: u32) -> bool {
        self.0.iter().any(|rollout| rollout.holds(day))
    }

    /// Returns the names of those to which one of these days belongs.
    pub(crate) fn names_on(&self, days: &[u32]) -> Vec<String> {
        let touched = self.0.iter().filter(|rollout| days.iter().any(|day| rollout.holds(*day)));
        touched.map(|rollout| rollout.name.clone()).collect()
    }

    /// Reads the stored form; `None` if it is another one.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let stored: Stored = serde_json::from_slice(bytes).ok()?;
        (stored.form == FORM).then_some(Self(stored.rollouts))
    }

    /// Returns the stored form.
    pub fn encode(&self) -> Vec<u8> {
        // Numbers and texts always have a JSON form.
        serde_json::to_vec(&Stored { form: FORM, rollouts: self.0.clone() }).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DAY_MS;

    fn rollouts() -> Rollouts {
        let (sale, redesign) = (
            Rollout::new("Summer sale", 10 * DAY_MS + 5, Some(12 * DAY_MS)),
            Rollout::new("Redesign", 20 * DAY_MS, None),
        );
        Rollouts::of([redesign, sale])
    }

    #[test]
    fn their_days_are_those_whose_shoppers_they_touch() {
        let held: Vec<_> = (0..30).filter(|day| rollouts().hold(*day)).collect();
        assert_eq!(held, [vec![9, 10, 11, 12], (19..30).collect()].concat());
        assert_eq!(rollouts().names_on(&[12, 13]), ["Summer sale"]);
        assert_eq!(rollouts().names_on(&[13]), [""; 0]);
        assert_eq!(rollouts().names_on(&[9, 25]), ["Redesign", "Summer sale"]);
    }

    #[test]
    fn a_name_is_short_and_one_line() {
        let rollout = Rollout::new(&format!("a\n\u{1b}[31mb{}", "c".repeat(500)), 0, None);
        assert!(rollout.name.starts_with("a[31mbcc") && rollout.name.chars().count() == 80, "{rollout:?}");
    }

    #[test]
    fn they_are_read_as_they_were_written() {
        assert_eq!(Rollouts::decode(&rollouts().encode()), Some(rollouts()));
        for other in ["", "{}", r#"{"form":2,"rollouts":[]}"#] {
            assert_eq!(Rollouts::decode(other.as_bytes()), None, "{other}");
        }
    }
}
