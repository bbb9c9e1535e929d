//! Every statement of the language model's budgets in PostgreSQL. Parameters and results are those of `SQLite`
//! ([`crate::budget`]).

/// The cost of a month's other days. A host that settles a call of yesterday may change it meanwhile, only to less than what
/// was reserved.
macro_rules! other_days {
    () => {
        "(SELECT CAST(coalesce(sum(other.microdollars), 0) AS bigint) FROM budgets AS other
            WHERE other.owner = $1 AND other.day >= $8 AND other.day <> $2)"
    };
}

/// See [`crate::budget::RESERVE`]. The day's row is locked before it is compared, so two hosts never reserve the same.
pub const RESERVE: &str = concat!(
    "INSERT INTO budgets AS held (owner, day, tokens, microdollars)
        SELECT $1, $2, $3, $4 WHERE $3 <= $5 AND $4 <= $6 AND $4 <= $7 - ",
    other_days!(),
    " ON CONFLICT (owner, day) DO UPDATE
        SET tokens = held.tokens + excluded.tokens, microdollars = held.microdollars + excluded.microdollars
        WHERE held.tokens <= $5 - excluded.tokens AND held.microdollars <= $6 - excluded.microdollars
            AND held.microdollars <= $7 - excluded.microdollars - ",
    other_days!(),
    " RETURNING held.day"
);

/// See [`crate::budget::SETTLE`].
pub const SETTLE: &str = "
    INSERT INTO budgets AS held (owner, day, tokens, microdollars) VALUES ($1, $2, $5, $6)
    ON CONFLICT (owner, day) DO UPDATE
        SET tokens = greatest(0, held.tokens - $3 + $5), microdollars = greatest(0, held.microdollars - $4 + $6)";

/// See [`crate::budget::USED`].
pub const USED: &str = "
    SELECT CAST(coalesce(sum(tokens) FILTER (WHERE day = $2), 0) AS bigint) AS tokens,
        CAST(coalesce(sum(microdollars) FILTER (WHERE day = $2), 0) AS bigint) AS microdollars,
        CAST(coalesce(sum(microdollars), 0) AS bigint) AS month_microdollars
    FROM budgets WHERE owner = $1 AND day >= $3";

/// See [`crate::budget::SINCE`].
pub const SINCE: &str =
    "SELECT owner, day, tokens, microdollars FROM budgets WHERE day >= $1 ORDER BY owner, day";
