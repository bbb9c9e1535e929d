-- Each shop has a budget of its own. The deployment's has no owner.
CREATE TABLE budgets (
    owner  TEXT NOT NULL,
    -- Days since the epoch.
    day    INTEGER NOT NULL,
    tokens INTEGER NOT NULL CHECK (tokens >= 0),
    PRIMARY KEY (owner, day)
) STRICT, WITHOUT ROWID;

INSERT INTO budgets (owner, day, tokens) SELECT '', day, tokens FROM spent;

DROP TABLE spent;
