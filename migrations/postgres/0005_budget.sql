-- The budgets of the language model: the tokens that each owner spent and reserved, by day. The columns mean what they
-- mean in SQLite (migrations/sqlite/budget).
CREATE TABLE budgets (
    owner  text COLLATE "C" NOT NULL,
    day    bigint NOT NULL,
    tokens bigint NOT NULL CHECK (tokens >= 0),
    PRIMARY KEY (owner, day)
);

CREATE INDEX budgets_by_day ON budgets (day);

-- What was used on a day is of no use a week later. Passes over what another host deletes, so no two wait for each other.
CREATE FUNCTION delete_earlier_budgets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM budgets WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM budgets WHERE day < NEW.day - 7 FOR UPDATE SKIP LOCKED
    ));
    RETURN NULL;
END
$$;

CREATE TRIGGER budgets_of_earlier_days AFTER INSERT ON budgets
    FOR EACH ROW EXECUTE FUNCTION delete_earlier_budgets();
