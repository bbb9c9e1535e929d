-- Counts belong to a kind of page, too, and calls of the model are counted. Earlier counts belong to no kind: ''.
CREATE TABLE usage_by_page (
    shop TEXT NOT NULL,
    hour INTEGER NOT NULL,
    page TEXT NOT NULL,
    hits INTEGER NOT NULL,
    stale INTEGER NOT NULL,
    misses INTEGER NOT NULL,
    generations INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    tokens_in INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL,
    cost_microdollars INTEGER NOT NULL,
    PRIMARY KEY (shop, hour, page)
) STRICT, WITHOUT ROWID;

INSERT INTO usage_by_page
    SELECT shop, hour, '', hits, stale, misses, generations, failures, 0, tokens_in, tokens_out, cost_microdollars
    FROM usage;

DROP TABLE usage;

ALTER TABLE usage_by_page RENAME TO usage;
