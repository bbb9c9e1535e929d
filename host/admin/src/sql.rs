//! All statements of the tables of shops, as `SQLite` and PostgreSQL both understand them.

/// Reads one shop.
pub const FIND: &str = "SELECT state, scopes, access, access_until_ms, refresh, refresh_until_ms, changed_ms
    FROM shops WHERE shop = $1";

/// Reads the tokens of all shops that have some.
pub const TOKENS: &str = "SELECT shop, access, access_until_ms, refresh, refresh_until_ms
    FROM shops WHERE access IS NOT NULL ORDER BY shop";

/// Lists shops that installed the app.
pub const INSTALLED: &str = "SELECT shop FROM shops WHERE state = 'installed' ORDER BY shop";

/// Reads the number of the last change of the served shops.
pub const REVISION: &str = "SELECT number FROM shop_revisions";

/// Lists shops that may be served.
pub const SERVED: &str = "SELECT shop, state FROM shops WHERE state <> 'uninstalled'";

/// Reads the choices and subscriptions of shops that may be served and were changed after a revision.
pub const CHANGED: &str = "SELECT shop, state, choices, subscription FROM shops
    WHERE state <> 'uninstalled' AND revision > $1 ORDER BY shop";

/// Records an installation with all of its tokens at once, and with choices if the shop has none. Renewals that are under
/// way come too late.
pub const INSTALL: &str = "INSERT INTO shops (shop, state, scopes, access, access_until_ms, refresh,
        refresh_until_ms, changed_ms, installed_ms, choices)
    VALUES ($1, 'installed', $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (shop) DO UPDATE SET state = 'installed', scopes = excluded.scopes, access = excluded.access,
        access_until_ms = excluded.access_until_ms, refresh = excluded.refresh,
        refresh_until_ms = excluded.refresh_until_ms, changed_ms = excluded.changed_ms,
        installed_ms = excluded.installed_ms, choices = coalesce(shops.choices, excluded.choices),
        renewal = shops.renewal + 1, renewing_until_ms = NULL, renew_from_ms = 0";

/// Begins a renewal of a shop's tokens, and returns its number: $2 now, $3 until when others do not begin one, $4 the
/// pause is ignored if it ends before this, $5 when a pause that begins now would end. A later end is of a clock that was
/// set back since.
pub const BEGIN_RENEWAL: &str = "UPDATE shops SET renewal = renewal + 1, renewing_until_ms = $3
    WHERE shop = $1 AND state = 'installed'
        AND (renewing_until_ms IS NULL OR renewing_until_ms <= $2 OR renewing_until_ms > $3)
        AND (renew_from_ms <= $4 OR renew_from_ms > $5)
    RETURNING renewal";

/// Ends a renewal, unless a later one has begun: $3 when the next may begin.
pub const END_RENEWAL: &str = "UPDATE shops SET renewing_until_ms = NULL, renew_from_ms = $3
    WHERE shop = $1 AND renewal = $2";

/// Reads whether a shop's tokens are being renewed.
pub const IS_RENEWING: &str =
    "SELECT renewing_until_ms FROM shops WHERE shop = $1 AND renewing_until_ms > $2";

/// Writes all tokens of a shop at once, unless it is no longer installed or another renewal has begun.
pub const RENEW: &str = "UPDATE shops SET scopes = $2, access = $3, access_until_ms = $4, refresh = $5,
        refresh_until_ms = $6, changed_ms = $7
    WHERE shop = $1 AND state = 'installed' AND renewal = $8 RETURNING shop";

/// Writes the same tokens encrypted with another key, unless they were replaced meanwhile.
pub const ENCRYPT_AGAIN: &str = "UPDATE shops SET access = $2, refresh = $3
    WHERE shop = $1 AND access = $4";

/// Deletes a token pair whose refresh token Shopify rejected, unless another renewal has begun.
pub const DROP_TOKENS: &str = "UPDATE shops SET access = NULL, access_until_ms = NULL, refresh = NULL,
        refresh_until_ms = NULL, changed_ms = $3
    WHERE shop = $1 AND renewal = $2";

/// Marks a shop as uninstalled and deletes its tokens, its subscription, which Shopify ends, and what Shopify Flow was told,
/// unless it was installed again since.
pub const UNINSTALL: &str = "UPDATE shops SET state = 'uninstalled', scopes = '', access = NULL,
        access_until_ms = NULL, refresh = NULL, refresh_until_ms = NULL, subscription = NULL, flow = NULL, changed_ms = $2
    WHERE shop = $1 AND installed_ms <= $3 RETURNING shop";

/// Deletes a shop, unless it was installed after the given time.
pub const DELETE: &str =
    "DELETE FROM shops WHERE shop = $1 AND NOT (state = 'installed' AND installed_ms > $2)";

/// Reads a merchant's choices.
pub const CHOICES: &str = "SELECT choices FROM shops WHERE shop = $1";

/// Stores a merchant's choices in place of $4, unless others are stored by now or the app is not installed in the shop.
pub const CHOOSE: &str = "UPDATE shops SET choices = $2, changed_ms = $3
    WHERE shop = $1 AND state = 'installed' AND choices IS NOT DISTINCT FROM $4 RETURNING shop";

/// Reads a shop's subscription.
pub const SUBSCRIPTION: &str = "SELECT subscription FROM shops WHERE shop = $1";

/// Stores a shop's subscription, unless it is the same or the app is not installed.
pub const SUBSCRIBE: &str = "UPDATE shops SET subscription = $2, changed_ms = $3
    WHERE shop = $1 AND state = 'installed' AND coalesce(subscription, '') <> $2 RETURNING shop";

/// Reads the events of a shop that were reported to Shopify Flow.
pub const FLOW: &str = "SELECT flow FROM shops WHERE shop = $1";

/// Stores what Shopify Flow was told of a shop in place of $3, unless something else is stored by now or the app is not
/// installed in the shop.
pub const TELL_FLOW: &str = "UPDATE shops SET flow = $2
    WHERE shop = $1 AND state = 'installed' AND flow IS NOT DISTINCT FROM $3 RETURNING shop";

/// Adds to an hour's counts.
pub const COUNT: &str =
    "INSERT INTO usage (shop, hour, page, hits, stale, misses, generations, failures, calls,
        tokens_in, tokens_out, cost_microdollars)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    ON CONFLICT (shop, hour, page) DO UPDATE SET hits = usage.hits + excluded.hits,
        stale = usage.stale + excluded.stale, misses = usage.misses + excluded.misses,
        generations = usage.generations + excluded.generations, failures = usage.failures + excluded.failures,
        calls = usage.calls + excluded.calls,
        tokens_in = usage.tokens_in + excluded.tokens_in, tokens_out = usage.tokens_out + excluded.tokens_out,
        cost_microdollars = usage.cost_microdollars + excluded.cost_microdollars";

/// The sums of a shop's counts.
macro_rules! sums {
    () => {
        "CAST(coalesce(sum(hits), 0) AS bigint) AS hits, CAST(coalesce(sum(stale), 0) AS bigint) AS stale,
        CAST(coalesce(sum(misses), 0) AS bigint) AS misses,
        CAST(coalesce(sum(generations), 0) AS bigint) AS generations,
        CAST(coalesce(sum(failures), 0) AS bigint) AS failures,
        CAST(coalesce(sum(calls), 0) AS bigint) AS calls,
        CAST(coalesce(sum(tokens_in), 0) AS bigint) AS tokens_in,
        CAST(coalesce(sum(tokens_out), 0) AS bigint) AS tokens_out,
        CAST(coalesce(sum(cost_microdollars), 0) AS bigint) AS cost_microdollars"
    };
}

/// Sums a shop's counts from an hour on.
pub const SUM: &str = concat!("SELECT ", sums!(), " FROM usage WHERE shop = $1 AND hour >= $2");

/// Sums a shop's counts of each day and kind of page from an hour on.
pub const BY_DAY: &str = concat!(
    "SELECT hour / 24 AS day, page, ",
    sums!(),
    " FROM usage WHERE shop = $1 AND hour >= $2 GROUP BY hour / 24, page"
);

/// Deletes a shop's counts.
pub const DELETE_USAGE: &str = "DELETE FROM usage WHERE shop = $1";

/// Deletes at most so many counts older than the given hour.
pub const PURGE_USAGE: &str = "DELETE FROM usage WHERE (shop, hour, page) IN
    (SELECT shop, hour, page FROM usage WHERE hour < $1 ORDER BY hour, shop, page LIMIT $2)";
