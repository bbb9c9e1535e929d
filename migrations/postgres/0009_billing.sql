-- The shop's subscription to a plan of the app. The column means what it means in SQLite (migrations/sqlite/shops).
ALTER TABLE shops ADD COLUMN subscription text;

DROP TRIGGER shops_updated ON shops;

CREATE TRIGGER shops_updated AFTER UPDATE OF state, choices, subscription ON shops
    FOR EACH ROW EXECUTE FUNCTION note_shop_revision();
