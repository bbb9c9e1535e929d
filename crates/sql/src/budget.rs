//! Every statement of the language model's budgets in `SQLite`.

/// The cost of a month's other days: ?1 owner, ?2 day, ?8 first day of the month.
macro_rules! other_days {
    () => {
        "(SELECT coalesce(sum(microdollars), 0) FROM budgets AS other
            WHERE other.owner = ?1 AND other.day >= ?8 AND other.day <> ?2)"
    };
}

/// ?1 owner, ?2 day, ?3 tokens, ?4 their cost in millionths of a dollar, ?5 the most tokens for the day, ?6 the highest cost
/// for the day, ?7 the highest cost for the month, ?8 its first day. Returns the day if all of it is reserved. If a limit
/// leaves too little, returns no row and changes nothing.
pub const RESERVE: &str = concat!(
    "INSERT INTO budgets (owner, day, tokens, microdollars)
        SELECT ?1, ?2, ?3, ?4 WHERE ?3 <= ?5 AND ?4 <= ?6 AND ?4 + ",
    other_days!(),
    " <= ?7
    ON CONFLICT (owner, day) DO UPDATE
        SET tokens = tokens + excluded.tokens, microdollars = microdollars + excluded.microdollars
        WHERE tokens + excluded.tokens <= ?5 AND microdollars + excluded.microdollars <= ?6
            AND microdollars + excluded.microdollars + ",
    other_days!(),
    " <= ?7
    RETURNING day"
);

/// ?1 owner, ?2 day, ?3 tokens and ?4 millionths of a dollar that were reserved, or 0 if that failed, ?5 and ?6 those that
/// were spent.
pub const SETTLE: &str = "
    INSERT INTO budgets (owner, day, tokens, microdollars) VALUES (?1, ?2, ?5, ?6)
    ON CONFLICT (owner, day) DO UPDATE
        SET tokens = max(0, tokens - ?3 + ?5), microdollars = max(0, microdollars - ?4 + ?6)";

/// ?1 owner, ?2 day, ?3 first day of its month. Returns what is spent and reserved of the day, and the cost of the month.
pub const USED: &str = "
    SELECT coalesce(sum(CASE day WHEN ?2 THEN tokens END), 0) AS tokens,
        coalesce(sum(CASE day WHEN ?2 THEN microdollars END), 0) AS microdollars,
        coalesce(sum(microdollars), 0) AS month_microdollars
    FROM budgets WHERE owner = ?1 AND day >= ?3";

/// ?1 day. Returns what is spent and reserved from this day on, by owner and day.
pub const SINCE: &str =
    "SELECT owner, day, tokens, microdollars FROM budgets WHERE day >= ?1 ORDER BY owner, day";
