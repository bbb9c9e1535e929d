-- Which deployment this database belongs to: each fact that its hosts have in common, such as its name. Hosts compare it
-- with their configuration, so that two deployments do not take each other's jobs and shops for their own.
CREATE TABLE deployment (
    fact  text COLLATE "C" PRIMARY KEY,
    value text NOT NULL
);
