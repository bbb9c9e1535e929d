-- Shops that installed the app, and how their pages went. The columns mean what they mean in SQLite
-- (migrations/sqlite/shops).
CREATE TABLE shops (
    shop              text COLLATE "C" PRIMARY KEY,
    state             text COLLATE "C" NOT NULL CHECK (state IN ('known', 'installed', 'uninstalled')),
    scopes            text NOT NULL DEFAULT '',
    access            bytea,
    access_until_ms   bigint,
    refresh           bytea,
    refresh_until_ms  bigint,
    choices           text,
    installed_ms      bigint NOT NULL DEFAULT 0,
    changed_ms        bigint NOT NULL,
    revision          bigint NOT NULL DEFAULT 1,
    renewal           bigint NOT NULL DEFAULT 0,
    renewing_until_ms bigint,
    renew_from_ms     bigint NOT NULL DEFAULT 0
);

CREATE TABLE usage (
    shop              text COLLATE "C" NOT NULL,
    hour              bigint NOT NULL,
    hits              bigint NOT NULL,
    stale             bigint NOT NULL,
    misses            bigint NOT NULL,
    generations       bigint NOT NULL,
    failures          bigint NOT NULL,
    tokens_in         bigint NOT NULL,
    tokens_out        bigint NOT NULL,
    cost_microdollars bigint NOT NULL,
    PRIMARY KEY (shop, hour)
);

CREATE INDEX usage_by_hour ON usage (hour);

-- A number that grows with each change of what is served. Each change updates this row and holds it until it is
-- committed, so changes are committed in the order of their numbers, and a host that has seen a number has seen all
-- before it. A sequence would not promise that.
CREATE TABLE shop_revisions (
    number bigint NOT NULL
);

INSERT INTO shop_revisions VALUES (1);

-- The triggers run when the row of the shop is locked already, also for an insertion that finds it there: changes lock a
-- shop first and the number second, so no two wait for each other.
CREATE FUNCTION note_shop_revision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    noted bigint;
BEGIN
    UPDATE shop_revisions SET number = number + 1 RETURNING number INTO noted;
    IF TG_OP <> 'DELETE' THEN
        UPDATE shops SET revision = noted WHERE shop = NEW.shop;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER shops_inserted AFTER INSERT ON shops FOR EACH ROW EXECUTE FUNCTION note_shop_revision();

CREATE TRIGGER shops_updated AFTER UPDATE OF state, choices ON shops
    FOR EACH ROW EXECUTE FUNCTION note_shop_revision();

CREATE TRIGGER shops_deleted AFTER DELETE ON shops FOR EACH ROW EXECUTE FUNCTION note_shop_revision();
