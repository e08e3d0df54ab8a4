-- Holds and low-income households, which decide fees; what a budget bill puts off. The models say what each table means.

CREATE TABLE account_holds (
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    kind TEXT NOT NULL,
    started_on DATE NOT NULL,
    ended_on DATE,
    note TEXT NOT NULL,
    placed_by UUID,
    placed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lifted_by UUID,
    lifted_at TIMESTAMP WITH TIME ZONE,
    lift_note TEXT,
    CONSTRAINT pk_account_holds PRIMARY KEY (id),
    CONSTRAINT ck_account_holds_kind CHECK (kind IN ('dispute', 'appeal', 'extension', 'review')),
    CONSTRAINT ck_account_holds_ends_after_start CHECK (ended_on >= started_on),
    CONSTRAINT ck_account_holds_lifted CHECK ((lifted_at IS NULL) = (lift_note IS NULL)),
    CONSTRAINT fk_account_holds_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id),
    CONSTRAINT fk_account_holds_placed_by_staff FOREIGN KEY(placed_by) REFERENCES staff (id),
    CONSTRAINT fk_account_holds_lifted_by_staff FOREIGN KEY(lifted_by) REFERENCES staff (id)
);

CREATE INDEX ix_account_holds_account_id ON account_holds (account_id);

CREATE TABLE low_income_declarations (
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    basis TEXT NOT NULL,
    program TEXT,
    declared_on DATE NOT NULL,
    expires_on DATE NOT NULL,
    recorded_by UUID,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_low_income_declarations PRIMARY KEY (id),
    CONSTRAINT ck_low_income_declarations_basis CHECK (basis IN ('program', 'declaration')),
    CONSTRAINT ck_low_income_declarations_program CHECK ((basis = 'program') = (program IS NOT NULL)),
    CONSTRAINT ck_low_income_declarations_program_known CHECK (program IN ('calworks', 'calfresh', 'general_assistance', 'medi_cal', 'ssi_ssp', 'wic')),
    CONSTRAINT ck_low_income_declarations_expires_later CHECK (expires_on >= declared_on),
    CONSTRAINT fk_low_income_declarations_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id),
    CONSTRAINT fk_low_income_declarations_recorded_by_staff FOREIGN KEY(recorded_by) REFERENCES staff (id)
);

CREATE INDEX ix_low_income_declarations_account_id ON low_income_declarations (account_id);

CREATE TABLE interest_waivers (
    bill_entry_id UUID NOT NULL,
    account_id UUID NOT NULL,
    amount_cents BIGINT NOT NULL,
    waived_on DATE NOT NULL,
    CONSTRAINT pk_interest_waivers PRIMARY KEY (bill_entry_id),
    CONSTRAINT ck_interest_waivers_amount_cents CHECK (amount_cents > 0),
    CONSTRAINT fk_interest_waivers_bill_entry_id_ledger_entries FOREIGN KEY(bill_entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT fk_interest_waivers_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id)
);

CREATE INDEX ix_interest_waivers_account_id_waived_on ON interest_waivers (account_id, waived_on);

CREATE TABLE budget_entries (
    entry_id UUID NOT NULL,
    budget_id UUID NOT NULL,
    kind TEXT NOT NULL,
    bill_id UUID,
    deferred_cents BIGINT NOT NULL,
    CONSTRAINT pk_budget_entries PRIMARY KEY (entry_id),
    CONSTRAINT ck_budget_entries_kind CHECK (kind IN ('level', 'cancel', 'settle')),
    CONSTRAINT ck_budget_entries_bill CHECK ((kind = 'settle') = (bill_id IS NULL)),
    CONSTRAINT fk_budget_entries_entry_id_ledger_entries FOREIGN KEY(entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT fk_budget_entries_budget_id_budget_bills FOREIGN KEY(budget_id) REFERENCES budget_bills (id),
    CONSTRAINT fk_budget_entries_bill_id_bills FOREIGN KEY(bill_id) REFERENCES bills (id)
);

CREATE INDEX ix_budget_entries_budget_id ON budget_entries (budget_id);

CREATE UNIQUE INDEX uq_budget_entries_bill ON budget_entries (bill_id, kind);

INSERT INTO ledger_accounts (id, code, kind) VALUES
    ('00000000-0000-4000-8000-000000001100', 'budget_deferred', 'asset');
