-- Takes back 0004_holds_and_budgets.sql. Refuses (by a foreign key) when its ledger account has been posted to.

DELETE FROM ledger_accounts WHERE code = 'budget_deferred';
DROP TABLE budget_entries;
DROP TABLE interest_waivers;
DROP TABLE low_income_declarations;
DROP TABLE account_holds;
