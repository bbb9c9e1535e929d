//! Every statement of the language model's budgets in PostgreSQL.

/// $1 owner, $2 day, $3 tokens, $4 the most for the day. Returns the day's tokens, spent and reserved, if these are
/// reserved. If the day does not have that many, returns no row and changes nothing.
///
/// The row is locked before its tokens are compared, so two hosts never reserve the same ones.
pub const RESERVE: &str = "
    INSERT INTO budgets AS held (owner, day, tokens) SELECT $1, $2, $3 WHERE $3 <= $4
    ON CONFLICT (owner, day) DO UPDATE SET tokens = held.tokens + excluded.tokens
        WHERE held.tokens <= $4 - excluded.tokens
    RETURNING held.tokens";

/// $1 owner, $2 day, $3 tokens that were reserved, or 0 if that failed, $4 tokens that were spent.
pub const SETTLE: &str = "
    INSERT INTO budgets AS held (owner, day, tokens) VALUES ($1, $2, $4)
    ON CONFLICT (owner, day) DO UPDATE SET tokens = greatest(0, held.tokens - $3 + $4)";

/// $1 day. Returns the tokens of each owner.
pub const OF_DAY: &str = "SELECT owner, tokens FROM budgets WHERE day = $1 ORDER BY owner";
