-- Long-term objects, where there is no bucket for them.
CREATE TABLE objects (
    bucket TEXT NOT NULL,
    key    TEXT NOT NULL,
    value  BLOB NOT NULL,
    PRIMARY KEY (bucket, key)
) STRICT;
