-- What the tokens cost, in millionths of a dollar. Budgets of months need the days of a month.
ALTER TABLE budgets ADD COLUMN microdollars INTEGER NOT NULL DEFAULT 0 CHECK (microdollars >= 0);

DROP TRIGGER budgets_of_earlier_days;

CREATE TRIGGER budgets_of_earlier_days AFTER INSERT ON budgets BEGIN
    DELETE FROM budgets WHERE day < NEW.day - 62;
END;
