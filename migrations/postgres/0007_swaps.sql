-- The component that the operator chose for a role while the hosts serve. They take it up one by one.
CREATE TABLE component_swaps (
    role      text COLLATE "C" PRIMARY KEY,
    -- Grows with each choice for the role.
    number    bigint NOT NULL,
    -- Where the component is, with its digest; null stands for the one in each host's configuration.
    reference text,
    -- Why no host takes it up any more.
    failure   text,
    -- The host that takes it up now. Its turn ends with the host.
    turn      text COLLATE "C" REFERENCES hosts ON DELETE SET NULL
);

-- Which choice each host took up last.
CREATE TABLE component_swap_hosts (
    role   text COLLATE "C" NOT NULL REFERENCES component_swaps ON DELETE CASCADE,
    host   text COLLATE "C" NOT NULL REFERENCES hosts ON DELETE CASCADE,
    number bigint NOT NULL,
    PRIMARY KEY (role, host)
);
