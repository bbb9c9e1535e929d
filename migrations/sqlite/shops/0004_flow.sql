-- What Shopify Flow was told of the shop, as JSON, so that it is told once; absent until it was told something.
ALTER TABLE shops ADD COLUMN flow TEXT;
