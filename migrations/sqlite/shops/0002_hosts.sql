-- Several processes serve the same shops, and see each other's changes.

-- A number that grows with each change of what is served. It has one row.
CREATE TABLE shop_revisions (
    number INTEGER NOT NULL
) STRICT;

INSERT INTO shop_revisions VALUES (1);

-- The number of the row's last change of state or choices.
ALTER TABLE shops ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;

CREATE TRIGGER shops_inserted AFTER INSERT ON shops BEGIN
    UPDATE shop_revisions SET number = number + 1;
    UPDATE shops SET revision = (SELECT number FROM shop_revisions) WHERE shop = NEW.shop;
END;

CREATE TRIGGER shops_updated AFTER UPDATE OF state, choices ON shops BEGIN
    UPDATE shop_revisions SET number = number + 1;
    UPDATE shops SET revision = (SELECT number FROM shop_revisions) WHERE shop = NEW.shop;
END;

CREATE TRIGGER shops_deleted AFTER DELETE ON shops BEGIN
    UPDATE shop_revisions SET number = number + 1;
END;

-- One process at a time asks Shopify to renew a shop's tokens. The number of the newest attempt, until when that attempt
-- keeps others from asking, null if it has ended, and from when on the next may begin.
ALTER TABLE shops ADD COLUMN renewal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shops ADD COLUMN renewing_until_ms INTEGER;
ALTER TABLE shops ADD COLUMN renew_from_ms INTEGER NOT NULL DEFAULT 0;
