-- The hosts that serve from this database, each under a lease that it extends while it lives. Times are those of the
-- server's clock, so the hosts' clocks do not matter.
CREATE TABLE hosts (
    -- The holder in the leases of its jobs.
    id      text COLLATE "C" PRIMARY KEY,
    -- The order of arrival.
    number  bigint GENERATED ALWAYS AS IDENTITY,
    -- Whether another host found that its lease had ended, and takes over its jobs.
    is_gone boolean NOT NULL DEFAULT false,
    -- When its lease ends; when it is gone, that of the host that takes over its jobs.
    until   timestamptz NOT NULL
)
-- An extension then stays on its page.
WITH (fillfactor = 50);

-- Which host claims jobs for each member of the pool.
CREATE TABLE pool_members (
    name text COLLATE "C" PRIMARY KEY,
    host text COLLATE "C" REFERENCES hosts ON DELETE SET NULL
);

-- The jobs of members that run on a host which had these members before.
CREATE TABLE pool_leftovers (
    member text COLLATE "C" NOT NULL REFERENCES pool_members,
    host   text COLLATE "C" NOT NULL REFERENCES hosts ON DELETE CASCADE,
    jobs   integer NOT NULL,
    PRIMARY KEY (member, host)
);
