-- What the language model was asked for, by day (UTC): tokens that were spent, and those that are reserved for
-- calls under way. What a call reserved and did not settle stays counted.
CREATE TABLE spent (
    -- Days since the epoch.
    day    INTEGER PRIMARY KEY,
    tokens INTEGER NOT NULL CHECK (tokens >= 0)
) STRICT;
