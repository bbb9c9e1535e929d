-- What Shopify Flow was told of the shop. The column means what it means in SQLite (migrations/sqlite/shops).
ALTER TABLE shops ADD COLUMN flow text;
