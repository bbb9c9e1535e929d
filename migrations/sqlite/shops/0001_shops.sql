-- Shops that installed the app. Tokens are encrypted; a shop's tokens are one row, so that one
-- statement writes them together.
CREATE TABLE shops (
    shop TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('known', 'installed', 'uninstalled')),
    -- What the access token allows, separated by commas.
    scopes TEXT NOT NULL DEFAULT '',
    access BLOB,
    access_until_ms INTEGER,
    refresh BLOB,
    refresh_until_ms INTEGER,
    -- What the merchant chose, as JSON; absent until they chose something.
    choices TEXT,
    -- When Shopify was asked last for tokens by a merchant who was there: the app was installed then. 0: never.
    installed_ms INTEGER NOT NULL DEFAULT 0,
    changed_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How shops' pages went, by the hour since 1970.
CREATE TABLE usage (
    shop TEXT NOT NULL,
    hour INTEGER NOT NULL,
    hits INTEGER NOT NULL,
    stale INTEGER NOT NULL,
    misses INTEGER NOT NULL,
    generations INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    tokens_in INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL,
    cost_microdollars INTEGER NOT NULL,
    PRIMARY KEY (shop, hour)
) STRICT, WITHOUT ROWID;
