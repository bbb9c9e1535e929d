-- Counts belong to a kind of page, too, and calls of the model are counted. Earlier counts belong to no kind: ''.
ALTER TABLE usage ADD COLUMN page text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE usage ADD COLUMN calls bigint NOT NULL DEFAULT 0;
ALTER TABLE usage DROP CONSTRAINT usage_pkey;
ALTER TABLE usage ADD PRIMARY KEY (shop, hour, page);
