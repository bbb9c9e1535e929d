-- The shop's subscription to a plan of the app, as Shopify reported it last, as JSON; absent until it did.
ALTER TABLE shops ADD COLUMN subscription TEXT;

DROP TRIGGER shops_updated;

CREATE TRIGGER shops_updated AFTER UPDATE OF state, choices, subscription ON shops BEGIN
    UPDATE shop_revisions SET number = number + 1;
    UPDATE shops SET revision = (SELECT number FROM shop_revisions) WHERE shop = NEW.shop;
END;
