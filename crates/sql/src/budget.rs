//! Every statement of the language model's budget in `SQLite`.

/// ?1 day, ?2 tokens, ?3 the most for the day. Returns a row if the tokens are reserved. If the day does not have that
/// many, returns no row and changes nothing.
pub const RESERVE: &str = "
    INSERT INTO spent (day, tokens) SELECT ?1, ?2 WHERE ?2 <= ?3
    ON CONFLICT (day) DO UPDATE SET tokens = tokens + excluded.tokens
        WHERE tokens + excluded.tokens <= ?3
    RETURNING tokens";

/// ?1 day, ?2 tokens that were reserved, or 0 if that failed, ?3 tokens that were spent.
pub const SETTLE: &str = "
    INSERT INTO spent (day, tokens) VALUES (?1, ?3)
    ON CONFLICT (day) DO UPDATE SET tokens = max(0, tokens - ?2 + ?3)";
