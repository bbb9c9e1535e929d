//! Every statement of the language model's budgets in `SQLite`.

/// ?1 owner, ?2 day, ?3 tokens, ?4 the most for the day. Returns the day's tokens, spent and reserved, if these are
/// reserved. If the day does not have that many, returns no row and changes nothing.
pub const RESERVE: &str = "
    INSERT INTO budgets (owner, day, tokens) SELECT ?1, ?2, ?3 WHERE ?3 <= ?4
    ON CONFLICT (owner, day) DO UPDATE SET tokens = tokens + excluded.tokens
        WHERE tokens + excluded.tokens <= ?4
    RETURNING tokens";

/// ?1 owner, ?2 day, ?3 tokens that were reserved, or 0 if that failed, ?4 tokens that were spent.
pub const SETTLE: &str = "
    INSERT INTO budgets (owner, day, tokens) VALUES (?1, ?2, ?4)
    ON CONFLICT (owner, day) DO UPDATE SET tokens = max(0, tokens - ?3 + ?4)";

/// ?1 day. Returns the tokens of each owner.
pub const OF_DAY: &str = "SELECT owner, tokens FROM budgets WHERE day = ?1 ORDER BY owner";
