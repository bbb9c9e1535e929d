//! A limit of tokens per day (UTC), counted in this process. Time is an argument.

/// Milliseconds of a day.
const DAY_MS: u64 = 86_400_000;

/// What was spent today, and how much may be. Requests under way when the limit is reached
/// still finish.
#[derive(Debug)]
pub struct Budget {
    tokens_max: Option<u64>,
    day: u64,
    tokens: u64,
}

impl Budget {
    /// `tokens_max` per day, or no limit.
    pub fn new(tokens_max: Option<u64>) -> Self {
        Self { tokens_max, day: 0, tokens: 0 }
    }

    /// Whether anything is left.
    pub fn allows(&mut self, now_ms: u64) -> bool {
        self.turn_to(now_ms);
        self.tokens_max.is_none_or(|tokens_max| self.tokens < tokens_max)
    }

    /// Counts what was spent.
    pub fn spend(&mut self, tokens: u64, now_ms: u64) {
        self.turn_to(now_ms);
        self.tokens = self.tokens.saturating_add(tokens);
    }

    fn turn_to(&mut self, now_ms: u64) {
        let today = now_ms / DAY_MS;
        if today != self.day {
            (self.day, self.tokens) = (today, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spent_budget_is_renewed_at_midnight() {
        let mut budget = Budget::new(Some(100));
        budget.spend(99, 0);
        assert!(budget.allows(0));
        budget.spend(1, DAY_MS - 1);
        assert!(!budget.allows(DAY_MS - 1));
        assert!(budget.allows(DAY_MS));
    }

    #[test]
    fn no_limit_is_never_reached() {
        let mut budget = Budget::new(None);
        budget.spend(u64::MAX, 0);
        assert!(budget.allows(0));
    }
}
