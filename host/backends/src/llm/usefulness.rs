//! A breaker for each shop: a model whose answers cannot be used, time after time, stops costing for a while.
//!
//! The breaker of the client is about an endpoint that fails. This one is about answers that were paid for and gave no
//! page, which has to do with the shop: its language, its banned words, its products.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ::llm::{Cause, Failed};

/// The number of useless answers in a row after which the model is not asked for a while. A page of a model that errs
/// once in three times passes it once in 200.
const USELESS_MAX: u32 = 5;
/// How long the model is not asked: as long as a page of the local planner counts as fresh, so that whatever is cured
/// shows within ten minutes.
const PAUSE_MS: u64 = 600_000;
/// The causes that concern an answer, not the endpoint.
const ABOUT_ANSWERS: [Cause; 6] =
    [Cause::Format, Cause::Claims, Cause::Length, Cause::Thinking, Cause::Filter, Cause::Refusal];

/// How useful the answers of a model have been for each shop.
#[derive(Debug, Default)]
pub struct Usefulness(Mutex<HashMap<String, Useless>>);

/// Useless answers in a row.
#[derive(Debug, Clone, Copy)]
struct Useless {
    count: u32,
    cause: Cause,
    until_ms: u64,
}

impl Usefulness {
    /// Records that an answer became a page.
    pub fn useful(&self, shop: &str) {
        self.shops().remove(shop);
    }

    /// Records that an answer, or two for one page, gave no page. Causes that do not concern answers are ignored.
    pub fn useless(&self, shop: &str, cause: Cause, now_ms: u64) {
        if !ABOUT_ANSWERS.contains(&cause) {
            return;
        }
        let mut shops = self.shops();
        let known = shops.entry(shop.to_owned()).or_insert(Useless { count: 0, cause, until_ms: 0 });
        (known.count, known.cause) = (known.count.saturating_add(1), cause);
        if known.count >= USELESS_MAX {
            known.until_ms = now_ms.saturating_add(PAUSE_MS);
        }
    }

    /// Returns why the model is not asked for the shop at the moment, if it is not.
    pub fn held(&self, shop: &str, now_ms: u64) -> Option<Failed> {
        let Useless { count, cause, until_ms } = self.shops().get(shop).copied()?;
        let left_ms = until_ms.checked_sub(now_ms).filter(|left_ms| *left_ms > 0)?;
        let minutes = left_ms.div_ceil(60_000);
        let said = format!("{count} times in a row for this shop; it is asked again in {minutes} minutes");
        Some(Failed { cause, said, retry_after_ms: Some(left_ms) })
    }

    fn shops(&self) -> MutexGuard<'_, HashMap<String, Useless>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_whose_answers_are_useless_five_times_is_held_for_ten_minutes() {
        let usefulness = Usefulness::default();
        for count in 1..=USELESS_MAX {
            assert_eq!(usefulness.held("a", 0), None);
            usefulness.useless("a", if count == 1 { Cause::Format } else { Cause::Claims }, 0);
        }
        let held = usefulness.held("a", 1).unwrap();
        assert_eq!((held.cause, held.retry_after_ms), (Cause::Claims, Some(PAUSE_MS - 1)));
        assert!(held.said.ends_with("it is asked again in 10 minutes"), "{}", held.said);
        assert_eq!((usefulness.held("b", 1), usefulness.held("a", PAUSE_MS)), (None, None));
        usefulness.useless("a", Cause::Format, PAUSE_MS);
        assert!(usefulness.held("a", PAUSE_MS).is_some(), "one more is enough");
    }

    #[test]
    fn a_useful_answer_ends_the_row_and_a_fault_of_the_endpoint_does_not_count() {
        let usefulness = Usefulness::default();
        for _ in 0..2 {
            for _ in 1..USELESS_MAX {
                usefulness.useless("a", Cause::Format, 0);
            }
            usefulness.useless("a", Cause::Unreachable, 0);
            assert_eq!(usefulness.held("a", 0), None);
            usefulness.useful("a");
        }
    }
}
