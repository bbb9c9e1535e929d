//! All statements of `shops.db`.

/// Reads one shop.
pub const FIND: &str = "SELECT state, scopes, access, access_until_ms, refresh, refresh_until_ms, changed_ms
    FROM shops WHERE shop = ?";

/// Lists shops that are served because they installed the app.
pub const INSTALLED: &str = "SELECT shop FROM shops WHERE state = 'installed' ORDER BY shop";

/// Records an installation with all of its tokens at once, and with choices if the shop has none.
pub const INSTALL: &str = "INSERT INTO shops (shop, state, scopes, access, access_until_ms, refresh,
        refresh_until_ms, changed_ms, installed_ms, choices)
    VALUES (?1, 'installed', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
    ON CONFLICT (shop) DO UPDATE SET state = 'installed', scopes = ?2, access = ?3, access_until_ms = ?4,
        refresh = ?5, refresh_until_ms = ?6, changed_ms = ?7, installed_ms = ?8, choices = coalesce(choices, ?9)";

/// Writes all tokens of a shop at once, unless it is no longer installed.
pub const RENEW: &str = "UPDATE shops SET scopes = ?2, access = ?3, access_until_ms = ?4, refresh = ?5,
        refresh_until_ms = ?6, changed_ms = ?7
    WHERE shop = ?1 AND state = 'installed' RETURNING shop";

/// Writes the same tokens encrypted with another key, unless they were replaced meanwhile.
pub const ENCRYPT_AGAIN: &str = "UPDATE shops SET access = ?2, refresh = ?3
    WHERE shop = ?1 AND access = ?4";

/// Deletes a token pair whose refresh token Shopify rejected, unless it was replaced meanwhile.
pub const DROP_TOKENS: &str = "UPDATE shops SET access = NULL, access_until_ms = NULL, refresh = NULL,
        refresh_until_ms = NULL, changed_ms = ?2
    WHERE shop = ?1 AND changed_ms = ?3";

/// Marks a shop as uninstalled and deletes its tokens, unless it was installed again since.
pub const UNINSTALL: &str = "UPDATE shops SET state = 'uninstalled', scopes = '', access = NULL,
        access_until_ms = NULL, refresh = NULL, refresh_until_ms = NULL, changed_ms = ?2
    WHERE shop = ?1 AND installed_ms <= ?3 RETURNING shop";

/// Deletes a shop, unless it was installed after the given time.
pub const DELETE: &str =
    "DELETE FROM shops WHERE shop = ? AND NOT (state = 'installed' AND installed_ms > ?)";

/// Reads a merchant's choices.
pub const CHOICES: &str = "SELECT choices FROM shops WHERE shop = ?";

/// Lists every merchant's choices.
pub const ALL_CHOICES: &str = "SELECT shop, choices FROM shops
    WHERE choices IS NOT NULL AND state <> 'uninstalled' ORDER BY shop";

/// Stores a merchant's choices, unless the app is not installed in the shop.
pub const CHOOSE: &str = "UPDATE shops SET choices = ?2, changed_ms = ?3
    WHERE shop = ?1 AND state = 'installed' RETURNING shop";

/// Adds to an hour's counts.
pub const COUNT: &str = "INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (shop, hour) DO UPDATE SET hits = hits + excluded.hits, stale = stale + excluded.stale,
        misses = misses + excluded.misses, generations = generations + excluded.generations,
        failures = failures + excluded.failures, tokens_in = tokens_in + excluded.tokens_in,
        tokens_out = tokens_out + excluded.tokens_out,
        cost_microdollars = cost_microdollars + excluded.cost_microdollars";

/// Sums a shop's counts from an hour on.
pub const SUM: &str = "SELECT coalesce(sum(hits), 0), coalesce(sum(stale), 0), coalesce(sum(misses), 0),
        coalesce(sum(generations), 0), coalesce(sum(failures), 0), coalesce(sum(tokens_in), 0),
        coalesce(sum(tokens_out), 0), coalesce(sum(cost_microdollars), 0)
    FROM usage WHERE shop = ? AND hour >= ?";

/// Deletes a shop's counts.
pub const DELETE_USAGE: &str = "DELETE FROM usage WHERE shop = ?";

/// Deletes at most so many counts older than the given hour.
pub const PURGE_USAGE: &str = "DELETE FROM usage WHERE (shop, hour) IN
    (SELECT shop, hour FROM usage WHERE hour < ? LIMIT ?)";
