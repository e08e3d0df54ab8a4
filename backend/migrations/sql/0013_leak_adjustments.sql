CREATE TABLE leak_adjustments (
    bill_id UUID NOT NULL,
    account_id UUID NOT NULL,
    entry_id UUID NOT NULL,
    method TEXT NOT NULL,
    units NUMERIC(14, 2) NOT NULL,
    credit_cents BIGINT NOT NULL,
    repaired_on DATE NOT NULL,
    note TEXT NOT NULL,
    adjusted_by UUID NOT NULL,
    adjusted_on DATE NOT NULL,
    adjusted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_leak_adjustments PRIMARY KEY (bill_id),
    CONSTRAINT ck_leak_adjustments_method CHECK (method IN ('base_price', 'share_of_excess')),
    CONSTRAINT ck_leak_adjustments_amounts CHECK (units > 0 AND credit_cents > 0),
    CONSTRAINT ck_leak_adjustments_repaired CHECK (repaired_on <= adjusted_on),
    CONSTRAINT fk_leak_adjustments_bill_id_bills FOREIGN KEY(bill_id) REFERENCES bills (id),
    CONSTRAINT fk_leak_adjustments_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id),
    CONSTRAINT fk_leak_adjustments_entry_id_ledger_entries FOREIGN KEY(entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT fk_leak_adjustments_adjusted_by_staff FOREIGN KEY(adjusted_by) REFERENCES staff (id),
    CONSTRAINT uq_leak_adjustments_entry_id UNIQUE (entry_id)
);

CREATE INDEX ix_leak_adjustments_account_id_adjusted_on ON leak_adjustments (account_id, adjusted_on);
