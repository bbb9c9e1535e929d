-- What was used on a day is of no use a week later.
CREATE INDEX budgets_by_day ON budgets (day);

CREATE TRIGGER budgets_of_earlier_days AFTER INSERT ON budgets BEGIN
    DELETE FROM budgets WHERE day < NEW.day - 7;
END;
