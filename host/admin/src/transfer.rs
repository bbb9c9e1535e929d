//! Copies shops, and how their pages went, to other tables, such as from `SQLite` to PostgreSQL.

use capabilities::tables::{Row, Statement, Tables};

use crate::unavailable::Unavailable;

const SHOPS: &str = "
    SELECT shop, state, scopes, access, access_until_ms, refresh, refresh_until_ms, choices, installed_ms, changed_ms, subscription,
        flow
    FROM shops ORDER BY shop";

const ADD_SHOP: &str = "
    INSERT INTO shops (shop, state, scopes, access, access_until_ms, refresh, refresh_until_ms, choices, installed_ms,
        changed_ms, subscription, flow)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (shop) DO NOTHING";

const USAGE: &str = "
    SELECT shop, hour, hits, stale, misses, generations, failures, tokens_in, tokens_out, cost_microdollars
    FROM usage ORDER BY shop, hour";

const ADD_USAGE: &str = "
    INSERT INTO usage (shop, hour, hits, stale, misses, generations, failures, tokens_in, tokens_out, cost_microdollars)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (shop, hour) DO NOTHING";

const COUNTS: [&str; 9] = [
    "hour",
    "hits",
    "stale",
    "misses",
    "generations",
    "failures",
    "tokens_in",
    "tokens_out",
    "cost_microdollars",
];

/// Copies what the other tables do not have. Returns how many rows were copied, and how many were there. Tokens stay
/// encrypted as they are.
pub async fn copy_shops(from: &dyn Tables, to: &dyn Tables) -> Result<(u64, u64), Unavailable> {
    let (mut copied, mut all) = (0, 0);
    for (rows, add) in [(SHOPS, shop as fn(&Row) -> _), (USAGE, usage)] {
        for row in from.all(Statement::new(rows)).await? {
            copied += to.change_many(add(&row)?).await?;
            all += 1;
        }
    }
    Ok((copied, all - copied))
}

fn shop(row: &Row) -> Result<Statement, Unavailable> {
    Ok(Statement::new(ADD_SHOP)
        .bind(row.get::<String>("shop")?)
        .bind(row.get::<String>("state")?)
        .bind(row.get::<String>("scopes")?)
        .bind(row.get::<Option<Vec<u8>>>("access")?)
        .bind(row.get::<Option<i64>>("access_until_ms")?)
        .bind(row.get::<Option<Vec<u8>>>("refresh")?)
        .bind(row.get::<Option<i64>>("refresh_until_ms")?)
        .bind(row.get::<Option<String>>("choices")?)
        .bind(row.get::<i64>("installed_ms")?)
        .bind(row.get::<i64>("changed_ms")?)
        .bind(row.get::<Option<String>>("subscription")?)
        .bind(row.get::<Option<String>>("flow")?))
}

fn usage(row: &Row) -> Result<Statement, Unavailable> {
    let add = Statement::new(ADD_USAGE).bind(row.get::<String>("shop")?);
    COUNTS.iter().try_fold(add, |add, column| Ok(add.bind(row.get::<i64>(column)?)))
}
