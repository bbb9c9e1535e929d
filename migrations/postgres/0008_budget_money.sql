-- What the tokens cost, in millionths of a dollar. Budgets of months need the days of a month.
ALTER TABLE budgets ADD COLUMN microdollars bigint NOT NULL DEFAULT 0 CHECK (microdollars >= 0);

CREATE OR REPLACE FUNCTION delete_earlier_budgets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM budgets WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM budgets WHERE day < NEW.day - 62 FOR UPDATE SKIP LOCKED
    ));
    RETURN NULL;
END
$$;
