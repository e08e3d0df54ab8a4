-- Meter reads, bill cycles, cash, fees, billing options, the nightly update. The models say what each table means.

CREATE TABLE evapotranspiration (
    zone TEXT NOT NULL,
    day DATE NOT NULL,
    inches NUMERIC(6, 3) NOT NULL,
    CONSTRAINT pk_evapotranspiration PRIMARY KEY (zone, day)
);

CREATE TABLE file_imports (
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    sha256 BYTEA NOT NULL,
    file_name TEXT NOT NULL,
    line_count INTEGER NOT NULL,
    total_cents BIGINT NOT NULL,
    business_date DATE NOT NULL,
    imported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    posted INTEGER DEFAULT 0 NOT NULL,
    set_aside INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_file_imports PRIMARY KEY (id),
    CONSTRAINT ck_file_imports_sha256 CHECK (octet_length(sha256) = 32),
    CONSTRAINT uq_file_imports_sha256 UNIQUE (sha256)
);

CREATE TABLE refused_files (
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    sha256 BYTEA NOT NULL,
    file_name TEXT NOT NULL,
    business_date DATE NOT NULL,
    refused_at TIMESTAMP WITH TIME ZONE NOT NULL,
    problems JSONB NOT NULL,
    CONSTRAINT pk_refused_files PRIMARY KEY (id),
    CONSTRAINT ck_refused_files_sha256 CHECK (octet_length(sha256) = 32)
);

CREATE UNIQUE INDEX uq_refused_files_content ON refused_files (sha256, business_date);

CREATE TABLE nightly_schedule (
    only_row BOOLEAN DEFAULT true NOT NULL,
    first DATE NOT NULL,
    since DATE NOT NULL,
    CONSTRAINT pk_nightly_schedule PRIMARY KEY (only_row),
    CONSTRAINT ck_nightly_schedule_since CHECK (since >= first),
    CONSTRAINT ck_nightly_schedule_only_row CHECK (only_row)
);

CREATE TABLE nightly_runs (
    business_date DATE NOT NULL,
    part_accounts INTEGER NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    problem TEXT,
    summary JSONB,
    CONSTRAINT pk_nightly_runs PRIMARY KEY (business_date),
    CONSTRAINT ck_nightly_runs_finished CHECK ((finished_at IS NULL) = (summary IS NULL)),
    CONSTRAINT ck_nightly_runs_part_accounts CHECK (part_accounts > 0)
);

CREATE INDEX ix_nightly_runs_unfinished ON nightly_runs (business_date) WHERE finished_at IS NULL;

CREATE TABLE billing_runs (
    id UUID NOT NULL,
    cycle SMALLINT NOT NULL,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    status TEXT NOT NULL,
    prepared_at TIMESTAMP WITH TIME ZONE NOT NULL,
    prepared_by UUID,
    approved_at TIMESTAMP WITH TIME ZONE,
    approved_by UUID,
    billed_at TIMESTAMP WITH TIME ZONE,
    prepared_through UUID,
    billed_through UUID,
    accounts_not_due INTEGER DEFAULT 0 NOT NULL,
    accounts_active INTEGER,
    CONSTRAINT pk_billing_runs PRIMARY KEY (id),
    CONSTRAINT ck_billing_runs_status CHECK (status IN ('preparing', 'prepared', 'approved', 'billed')),
    CONSTRAINT ck_billing_runs_period CHECK (period_end >= period_start),
    CONSTRAINT fk_billing_runs_approved_by_staff FOREIGN KEY(approved_by) REFERENCES staff (id),
    CONSTRAINT fk_billing_runs_prepared_by_staff FOREIGN KEY(prepared_by) REFERENCES staff (id)
);

CREATE UNIQUE INDEX uq_billing_runs_cycle ON billing_runs (cycle, period_end);

CREATE TABLE cash_batches (
    id UUID NOT NULL,
    business_date DATE NOT NULL,
    opened_by UUID NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    float_cents BIGINT NOT NULL,
    counted_cents BIGINT,
    counted_checks_cents BIGINT,
    closed_by UUID,
    difference_entry_id UUID,
    closed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_cash_batches PRIMARY KEY (id),
    CONSTRAINT ck_cash_batches_closed CHECK ((closed_at IS NULL) = (counted_cents IS NULL) AND (closed_at IS NULL) = (counted_checks_cents IS NULL)),
    CONSTRAINT ck_cash_batches_amounts CHECK (float_cents >= 0 AND counted_cents >= 0 AND counted_checks_cents >= 0),
    CONSTRAINT fk_cash_batches_closed_by_staff FOREIGN KEY(closed_by) REFERENCES staff (id),
    CONSTRAINT fk_cash_batches_difference_entry_id_ledger_entries FOREIGN KEY(difference_entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT fk_cash_batches_opened_by_staff FOREIGN KEY(opened_by) REFERENCES staff (id)
);

CREATE UNIQUE INDEX uq_cash_batches_open ON cash_batches (opened_by) WHERE closed_at IS NULL;

CREATE TABLE nightly_steps (
    business_date DATE NOT NULL,
    step TEXT NOT NULL,
    part INTEGER NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE NOT NULL,
    counts JSONB NOT NULL,
    CONSTRAINT pk_nightly_steps PRIMARY KEY (business_date, step, part),
    CONSTRAINT fk_nightly_steps_business_date_nightly_runs FOREIGN KEY(business_date) REFERENCES nightly_runs (business_date)
);

CREATE TABLE nightly_items (
    id UUID NOT NULL,
    business_date DATE NOT NULL,
    kind TEXT NOT NULL,
    cause TEXT NOT NULL,
    account_id UUID,
    detail JSONB NOT NULL,
    status TEXT NOT NULL,
    note TEXT,
    decided_by UUID,
    decided_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_nightly_items PRIMARY KEY (id),
    CONSTRAINT ck_nightly_items_kind CHECK (kind IN ('arrangement_broken', 'file_refused', 'run_held')),
    CONSTRAINT ck_nightly_items_status CHECK (status IN ('open', 'done')),
    CONSTRAINT ck_nightly_items_decided CHECK ((status = 'open') = (decided_at IS NULL) AND (status = 'open') = (note IS NULL)),
    CONSTRAINT fk_nightly_items_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id),
    CONSTRAINT fk_nightly_items_business_date_nightly_runs FOREIGN KEY(business_date) REFERENCES nightly_runs (business_date),
    CONSTRAINT fk_nightly_items_decided_by_staff FOREIGN KEY(decided_by) REFERENCES staff (id),
    CONSTRAINT uq_nightly_items_cause UNIQUE (cause)
);

CREATE INDEX ix_nightly_items_open ON nightly_items (business_date) WHERE status = 'open';

CREATE TABLE unapplied_receipts (
    id UUID NOT NULL,
    entry_id UUID NOT NULL,
    import_id UUID,
    batch_id UUID,
    given_reference TEXT NOT NULL,
    bank_reference TEXT,
    method TEXT NOT NULL,
    amount_cents BIGINT NOT NULL,
    received_on DATE NOT NULL,
    status TEXT NOT NULL,
    decided_by UUID,
    decided_at TIMESTAMP WITH TIME ZONE,
    note TEXT,
    payment_id UUID,
    CONSTRAINT pk_unapplied_receipts PRIMARY KEY (id),
    CONSTRAINT ck_unapplied_receipts_status CHECK (status IN ('open', 'applied', 'refunded', 'returned')),
    CONSTRAINT ck_unapplied_receipts_applied CHECK ((status = 'applied') <= (payment_id IS NOT NULL)),
    CONSTRAINT ck_unapplied_receipts_amount_cents CHECK (amount_cents > 0),
    CONSTRAINT fk_unapplied_receipts_payment_id_payments FOREIGN KEY(payment_id) REFERENCES payments (id),
    CONSTRAINT uq_unapplied_receipts_payment_id UNIQUE (payment_id),
    CONSTRAINT fk_unapplied_receipts_batch_id_cash_batches FOREIGN KEY(batch_id) REFERENCES cash_batches (id),
    CONSTRAINT fk_unapplied_receipts_decided_by_staff FOREIGN KEY(decided_by) REFERENCES staff (id),
    CONSTRAINT fk_unapplied_receipts_entry_id_ledger_entries FOREIGN KEY(entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT fk_unapplied_receipts_import_id_file_imports FOREIGN KEY(import_id) REFERENCES file_imports (id),
    CONSTRAINT uq_unapplied_receipts_entry_id UNIQUE (entry_id)
);

CREATE INDEX ix_unapplied_receipts_open ON unapplied_receipts (received_on) WHERE status = 'open';

CREATE TABLE bill_drafts (
    run_id UUID NOT NULL,
    account_id UUID NOT NULL,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    usage_units NUMERIC(14, 2) NOT NULL,
    amount_cents BIGINT NOT NULL,
    is_estimated BOOLEAN NOT NULL,
    lines JSONB NOT NULL,
    service_class TEXT NOT NULL,
    basis JSONB NOT NULL,
    CONSTRAINT pk_bill_drafts PRIMARY KEY (run_id, account_id),
    CONSTRAINT fk_bill_drafts_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id),
    CONSTRAINT fk_bill_drafts_run_id_billing_runs FOREIGN KEY(run_id) REFERENCES billing_runs (id)
);

CREATE TABLE budget_bills (
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    monthly_cents BIGINT NOT NULL,
    started_on DATE NOT NULL,
    recalculate_on DATE NOT NULL,
    ended_on DATE,
    end_reason TEXT,
    CONSTRAINT pk_budget_bills PRIMARY KEY (id),
    CONSTRAINT ck_budget_bills_monthly_cents CHECK (monthly_cents > 0),
    CONSTRAINT fk_budget_bills_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id)
);

CREATE UNIQUE INDEX uq_budget_bills_live ON budget_bills (account_id) WHERE ended_on IS NULL;

CREATE TABLE fee_charges (
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    code TEXT NOT NULL,
    amount_cents BIGINT NOT NULL,
    charged_on DATE NOT NULL,
    entry_id UUID NOT NULL,
    caused_by_entry_id UUID,
    CONSTRAINT pk_fee_charges PRIMARY KEY (id),
    CONSTRAINT ck_fee_charges_code CHECK (code IN ('late', 'delinquent_processing', 'tag', 'reconnection', 'returned_payment')),
    CONSTRAINT ck_fee_charges_amount_cents CHECK (amount_cents > 0),
    CONSTRAINT fk_fee_charges_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id),
    CONSTRAINT fk_fee_charges_caused_by_entry_id_ledger_entries FOREIGN KEY(caused_by_entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT fk_fee_charges_entry_id_ledger_entries FOREIGN KEY(entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT uq_fee_charges_entry_id UNIQUE (entry_id)
);

CREATE INDEX ix_fee_charges_account_id_charged_on ON fee_charges (account_id, charged_on);

CREATE UNIQUE INDEX uq_fee_charges_cause ON fee_charges (code, caused_by_entry_id);

CREATE TABLE payment_instructions (
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    kind TEXT NOT NULL,
    method_label TEXT NOT NULL,
    amount_cents BIGINT,
    day_of_month SMALLINT,
    started_on DATE NOT NULL,
    ended_on DATE,
    end_reason TEXT,
    CONSTRAINT pk_payment_instructions PRIMARY KEY (id),
    CONSTRAINT ck_payment_instructions_terms CHECK ((kind = 'recurring') = (amount_cents IS NOT NULL AND day_of_month IS NOT NULL)),
    CONSTRAINT ck_payment_instructions_kind CHECK (kind IN ('autopay', 'recurring')),
    CONSTRAINT ck_payment_instructions_day_of_month CHECK (day_of_month BETWEEN 1 AND 31),
    CONSTRAINT fk_payment_instructions_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id)
);

CREATE UNIQUE INDEX uq_payment_instructions_live ON payment_instructions (account_id, kind) WHERE ended_on IS NULL;

CREATE TABLE refunds (
    id UUID NOT NULL,
    idempotency_key TEXT NOT NULL,
    account_id UUID,
    receipt_id UUID,
    amount_cents BIGINT NOT NULL,
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    requested_by UUID NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    decided_by UUID,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_note TEXT,
    entry_id UUID,
    CONSTRAINT pk_refunds PRIMARY KEY (id),
    CONSTRAINT ck_refunds_status CHECK (status IN ('pending', 'posted', 'declined')),
    CONSTRAINT ck_refunds_posted CHECK ((status = 'posted') = (entry_id IS NOT NULL)),
    CONSTRAINT ck_refunds_decided CHECK ((status = 'pending') = (decided_by IS NULL)),
    CONSTRAINT ck_refunds_two_people CHECK (requested_by <> decided_by),
    CONSTRAINT ck_refunds_amount_cents CHECK (amount_cents > 0),
    CONSTRAINT ck_refunds_one_source CHECK ((account_id IS NULL) <> (receipt_id IS NULL)),
    CONSTRAINT fk_refunds_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id),
    CONSTRAINT fk_refunds_decided_by_staff FOREIGN KEY(decided_by) REFERENCES staff (id),
    CONSTRAINT fk_refunds_entry_id_ledger_entries FOREIGN KEY(entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT fk_refunds_receipt_id_unapplied_receipts FOREIGN KEY(receipt_id) REFERENCES unapplied_receipts (id),
    CONSTRAINT fk_refunds_requested_by_staff FOREIGN KEY(requested_by) REFERENCES staff (id),
    CONSTRAINT uq_refunds_entry_id UNIQUE (entry_id),
    CONSTRAINT uq_refunds_idempotency_key UNIQUE (idempotency_key)
);

CREATE INDEX ix_refunds_pending ON refunds (account_id) WHERE status = 'pending';

CREATE UNIQUE INDEX uq_refunds_receipt ON refunds (receipt_id) WHERE status <> 'declined';

CREATE TABLE bill_cancellations (
    bill_id UUID NOT NULL,
    reversal_entry_id UUID NOT NULL,
    replaced_by_id UUID,
    reason TEXT NOT NULL,
    cancelled_by UUID,
    cancelled_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_bill_cancellations PRIMARY KEY (bill_id),
    CONSTRAINT fk_bill_cancellations_bill_id_bills FOREIGN KEY(bill_id) REFERENCES bills (id),
    CONSTRAINT fk_bill_cancellations_cancelled_by_staff FOREIGN KEY(cancelled_by) REFERENCES staff (id),
    CONSTRAINT fk_bill_cancellations_replaced_by_id_bills FOREIGN KEY(replaced_by_id) REFERENCES bills (id),
    CONSTRAINT fk_bill_cancellations_reversal_entry_id_ledger_entries FOREIGN KEY(reversal_entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT uq_bill_cancellations_reversal_entry_id UNIQUE (reversal_entry_id)
);

CREATE TABLE bill_releases (
    bill_id UUID NOT NULL,
    findings JSONB NOT NULL,
    reason TEXT NOT NULL,
    released_by UUID,
    released_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_bill_releases PRIMARY KEY (bill_id),
    CONSTRAINT fk_bill_releases_bill_id_bills FOREIGN KEY(bill_id) REFERENCES bills (id),
    CONSTRAINT fk_bill_releases_released_by_staff FOREIGN KEY(released_by) REFERENCES staff (id)
);

CREATE TABLE bill_lines (
    bill_id UUID NOT NULL,
    line SMALLINT NOT NULL,
    code TEXT NOT NULL,
    detail TEXT NOT NULL,
    quantity NUMERIC(18, 8) NOT NULL,
    dollars_each NUMERIC(14, 6) NOT NULL,
    amount_cents BIGINT NOT NULL,
    agreement_id UUID NOT NULL,
    service_class TEXT NOT NULL,
    CONSTRAINT pk_bill_lines PRIMARY KEY (bill_id, line),
    CONSTRAINT fk_bill_lines_agreement_id_service_agreements FOREIGN KEY(agreement_id) REFERENCES service_agreements (id),
    CONSTRAINT fk_bill_lines_bill_id_bills FOREIGN KEY(bill_id) REFERENCES bills (id)
);

CREATE TABLE billing_exceptions (
    id UUID NOT NULL,
    run_id UUID NOT NULL,
    account_id UUID NOT NULL,
    meter_id UUID,
    code TEXT NOT NULL,
    detail JSONB NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    decided_by UUID,
    decided_at TIMESTAMP WITH TIME ZONE,
    earlier JSONB DEFAULT '[]' NOT NULL,
    CONSTRAINT pk_billing_exceptions PRIMARY KEY (id),
    CONSTRAINT ck_billing_exceptions_reason CHECK ((status = 'open') = (reason IS NULL)),
    CONSTRAINT ck_billing_exceptions_status CHECK (status IN ('open', 'resolved', 'released', 'held')),
    CONSTRAINT fk_billing_exceptions_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id),
    CONSTRAINT fk_billing_exceptions_decided_by_staff FOREIGN KEY(decided_by) REFERENCES staff (id),
    CONSTRAINT fk_billing_exceptions_meter_id_meters FOREIGN KEY(meter_id) REFERENCES meters (id),
    CONSTRAINT fk_billing_exceptions_run_id_billing_runs FOREIGN KEY(run_id) REFERENCES billing_runs (id)
);

CREATE INDEX ix_billing_exceptions_open ON billing_exceptions (run_id) WHERE status = 'open';

CREATE UNIQUE INDEX uq_billing_exceptions ON billing_exceptions (run_id, account_id, code, meter_id) NULLS NOT DISTINCT;

CREATE TABLE fee_reversals (
    id UUID NOT NULL,
    fee_id UUID NOT NULL,
    status TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    note TEXT NOT NULL,
    requested_role TEXT NOT NULL,
    requested_by UUID,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    conversation_id UUID,
    decided_by UUID,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_note TEXT,
    entry_id UUID,
    CONSTRAINT pk_fee_reversals PRIMARY KEY (id),
    CONSTRAINT ck_fee_reversals_posted CHECK ((status = 'posted') = (entry_id IS NOT NULL)),
    CONSTRAINT ck_fee_reversals_status CHECK (status IN ('posted', 'pending', 'declined')),
    CONSTRAINT fk_fee_reversals_decided_by_staff FOREIGN KEY(decided_by) REFERENCES staff (id),
    CONSTRAINT fk_fee_reversals_entry_id_ledger_entries FOREIGN KEY(entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT fk_fee_reversals_fee_id_fee_charges FOREIGN KEY(fee_id) REFERENCES fee_charges (id),
    CONSTRAINT fk_fee_reversals_requested_by_staff FOREIGN KEY(requested_by) REFERENCES staff (id),
    CONSTRAINT uq_fee_reversals_entry_id UNIQUE (entry_id)
);

CREATE INDEX ix_fee_reversals_pending ON fee_reversals (requested_at) WHERE status = 'pending';

CREATE UNIQUE INDEX uq_fee_reversals_live ON fee_reversals (fee_id) WHERE status <> 'declined';

CREATE TABLE meter_reads (
    id UUID NOT NULL,
    meter_id UUID NOT NULL,
    read_on DATE NOT NULL,
    kind TEXT NOT NULL,
    register_value BIGINT NOT NULL,
    import_id UUID,
    entered_by UUID,
    CONSTRAINT pk_meter_reads PRIMARY KEY (id),
    CONSTRAINT fk_meter_reads_entered_by_staff FOREIGN KEY(entered_by) REFERENCES staff (id),
    CONSTRAINT ck_meter_reads_kind CHECK (kind IN ('actual', 'estimated', 'customer', 'exchange_out', 'exchange_in')),
    CONSTRAINT ck_meter_reads_register_value CHECK (register_value >= 0),
    CONSTRAINT fk_meter_reads_import_id_file_imports FOREIGN KEY(import_id) REFERENCES file_imports (id),
    CONSTRAINT fk_meter_reads_meter_id_meters FOREIGN KEY(meter_id) REFERENCES meters (id)
);

CREATE UNIQUE INDEX uq_meter_reads_meter_id_read_on ON meter_reads (meter_id, read_on, kind);

CREATE TABLE struck_reads (
    id UUID NOT NULL,
    meter_id UUID NOT NULL,
    read_on DATE NOT NULL,
    kind TEXT NOT NULL,
    register_value BIGINT NOT NULL,
    import_id UUID,
    entered_by UUID,
    struck_by UUID,
    struck_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_struck_reads PRIMARY KEY (id),
    CONSTRAINT fk_struck_reads_meter_id_meters FOREIGN KEY(meter_id) REFERENCES meters (id),
    CONSTRAINT fk_struck_reads_import_id_file_imports FOREIGN KEY(import_id) REFERENCES file_imports (id),
    CONSTRAINT fk_struck_reads_entered_by_staff FOREIGN KEY(entered_by) REFERENCES staff (id),
    CONSTRAINT fk_struck_reads_struck_by_staff FOREIGN KEY(struck_by) REFERENCES staff (id)
);

CREATE TABLE read_items (
    id UUID NOT NULL,
    import_id UUID NOT NULL,
    line INTEGER NOT NULL,
    cause TEXT NOT NULL,
    serial_number TEXT NOT NULL,
    account_number TEXT,
    meter_id UUID,
    read_on DATE NOT NULL,
    kind TEXT NOT NULL,
    register_value BIGINT,
    note TEXT,
    status TEXT NOT NULL,
    decided_by UUID,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_note TEXT,
    CONSTRAINT pk_read_items PRIMARY KEY (id),
    CONSTRAINT ck_read_items_cause CHECK (cause IN ('unknown_meter', 'meter_not_there', 'other_account', 'other_value', 'not_read')),
    CONSTRAINT ck_read_items_status CHECK (status IN ('open', 'taken', 'dismissed', 'noted')),
    CONSTRAINT fk_read_items_import_id_file_imports FOREIGN KEY(import_id) REFERENCES file_imports (id),
    CONSTRAINT fk_read_items_meter_id_meters FOREIGN KEY(meter_id) REFERENCES meters (id),
    CONSTRAINT fk_read_items_decided_by_staff FOREIGN KEY(decided_by) REFERENCES staff (id)
);

CREATE UNIQUE INDEX uq_read_items_line ON read_items (import_id, line);

CREATE INDEX ix_read_items_open ON read_items (read_on) WHERE status = 'open';

CREATE TABLE payment_allocations (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY,
    account_id UUID NOT NULL,
    credit_entry_id UUID NOT NULL,
    credit_line SMALLINT NOT NULL,
    charge_entry_id UUID NOT NULL,
    charge_line SMALLINT NOT NULL,
    amount_cents BIGINT NOT NULL,
    undone_by_id UUID,
    CONSTRAINT pk_payment_allocations PRIMARY KEY (id),
    CONSTRAINT ck_payment_allocations_amount_cents CHECK (amount_cents > 0),
    CONSTRAINT fk_payment_allocations_credit FOREIGN KEY(credit_entry_id, credit_line) REFERENCES ledger_postings (entry_id, line),
    CONSTRAINT fk_payment_allocations_charge FOREIGN KEY(charge_entry_id, charge_line) REFERENCES ledger_postings (entry_id, line),
    CONSTRAINT fk_payment_allocations_undone_by_id_ledger_entries FOREIGN KEY(undone_by_id) REFERENCES ledger_entries (id)
);

CREATE INDEX ix_payment_allocations_credit ON payment_allocations (credit_entry_id) WHERE undone_by_id IS NULL;

CREATE INDEX ix_payment_allocations_live ON payment_allocations (account_id) WHERE undone_by_id IS NULL;

CREATE INDEX ix_payment_allocations_charge_entry_id ON payment_allocations (charge_entry_id);

CREATE TABLE open_charges (
    account_id UUID NOT NULL,
    entry_id UUID NOT NULL,
    line SMALLINT NOT NULL,
    is_fee BOOLEAN NOT NULL,
    charged_on DATE NOT NULL,
    due_on DATE NOT NULL,
    left_cents BIGINT NOT NULL,
    CONSTRAINT pk_open_charges PRIMARY KEY (account_id, entry_id, line),
    CONSTRAINT ck_open_charges_left_cents CHECK (left_cents > 0),
    CONSTRAINT fk_open_charges_charge FOREIGN KEY(entry_id, line) REFERENCES ledger_postings (entry_id, line)
);

CREATE TABLE payment_drafts (
    instruction_id UUID NOT NULL,
    draft_on DATE NOT NULL,
    amount_cents BIGINT NOT NULL,
    payment_id UUID,
    CONSTRAINT pk_payment_drafts PRIMARY KEY (instruction_id, draft_on),
    CONSTRAINT fk_payment_drafts_instruction_id_payment_instructions FOREIGN KEY(instruction_id) REFERENCES payment_instructions (id),
    CONSTRAINT fk_payment_drafts_payment_id_payments FOREIGN KEY(payment_id) REFERENCES payments (id),
    CONSTRAINT uq_payment_drafts_payment_id UNIQUE (payment_id)
);

CREATE TABLE payment_voids (
    id UUID NOT NULL,
    payment_id UUID NOT NULL,
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    requested_by UUID NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    decided_by UUID,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_note TEXT,
    reversal_entry_id UUID,
    CONSTRAINT pk_payment_voids PRIMARY KEY (id),
    CONSTRAINT ck_payment_voids_status CHECK (status IN ('pending', 'posted', 'declined')),
    CONSTRAINT ck_payment_voids_posted CHECK ((status = 'posted') = (reversal_entry_id IS NOT NULL)),
    CONSTRAINT ck_payment_voids_decided CHECK ((status = 'pending') = (decided_by IS NULL)),
    CONSTRAINT ck_payment_voids_two_people CHECK (requested_by <> decided_by),
    CONSTRAINT fk_payment_voids_decided_by_staff FOREIGN KEY(decided_by) REFERENCES staff (id),
    CONSTRAINT fk_payment_voids_payment_id_payments FOREIGN KEY(payment_id) REFERENCES payments (id),
    CONSTRAINT fk_payment_voids_requested_by_staff FOREIGN KEY(requested_by) REFERENCES staff (id),
    CONSTRAINT fk_payment_voids_reversal_entry_id_ledger_entries FOREIGN KEY(reversal_entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT uq_payment_voids_reversal_entry_id UNIQUE (reversal_entry_id)
);

CREATE UNIQUE INDEX uq_payment_voids_live ON payment_voids (payment_id) WHERE status <> 'declined';

CREATE TABLE return_items (
    id UUID NOT NULL,
    import_id UUID,
    line INTEGER,
    cause TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    trace_number TEXT NOT NULL,
    given_reference TEXT NOT NULL,
    amount_cents BIGINT NOT NULL,
    returned_on DATE NOT NULL,
    payment_id UUID,
    status TEXT NOT NULL,
    note TEXT,
    decided_by UUID,
    decided_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_return_items PRIMARY KEY (id),
    CONSTRAINT ck_return_items_status CHECK (status IN ('open', 'done')),
    CONSTRAINT ck_return_items_decided CHECK ((status = 'open') = (decided_at IS NULL)),
    CONSTRAINT fk_return_items_decided_by_staff FOREIGN KEY(decided_by) REFERENCES staff (id),
    CONSTRAINT fk_return_items_import_id_file_imports FOREIGN KEY(import_id) REFERENCES file_imports (id),
    CONSTRAINT fk_return_items_payment_id_payments FOREIGN KEY(payment_id) REFERENCES payments (id)
);

CREATE UNIQUE INDEX uq_return_items_line ON return_items (import_id, line, cause);

CREATE INDEX ix_return_items_open ON return_items (returned_on) WHERE status = 'open';

CREATE TABLE statement_links (
    token_digest BYTEA NOT NULL,
    bill_id UUID NOT NULL,
    language TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_statement_links PRIMARY KEY (token_digest),
    CONSTRAINT ck_statement_links_token_digest CHECK (octet_length(token_digest) = 32),
    CONSTRAINT fk_statement_links_bill_id_bills FOREIGN KEY(bill_id) REFERENCES bills (id)
);

ALTER TABLE accounts ADD COLUMN billing_cycle SMALLINT DEFAULT 1 NOT NULL;

ALTER TABLE accounts ADD COLUMN billing_hold TEXT;

CREATE INDEX ix_accounts_billing_cycle_id ON accounts (billing_cycle, id);

ALTER TABLE bills ADD COLUMN run_id UUID;

ALTER TABLE bills ADD COLUMN kind TEXT DEFAULT 'regular' NOT NULL;

ALTER TABLE bills ADD COLUMN is_estimated BOOLEAN DEFAULT false NOT NULL;

CREATE INDEX ix_bills_run_id ON bills (run_id) WHERE run_id IS NOT NULL;

ALTER TABLE bills ADD CONSTRAINT fk_bills_run_id_billing_runs FOREIGN KEY(run_id) REFERENCES billing_runs (id);

ALTER TABLE meters ADD COLUMN service_class TEXT;

ALTER TABLE meters ADD COLUMN route TEXT DEFAULT '1' NOT NULL;

ALTER TABLE meters ADD COLUMN route_sequence INTEGER DEFAULT 0 NOT NULL;

CREATE INDEX ix_meters_route_route_sequence ON meters (route, route_sequence);

ALTER TABLE meters ADD COLUMN digits SMALLINT DEFAULT 6 NOT NULL;

ALTER TABLE meters ADD COLUMN units_per_count NUMERIC(12, 6) DEFAULT 1 NOT NULL;

ALTER TABLE payments ADD COLUMN batch_id UUID;

ALTER TABLE payments ADD COLUMN import_id UUID;

ALTER TABLE payments ADD COLUMN bank_reference TEXT;

CREATE INDEX ix_payments_bank_reference ON payments (bank_reference) WHERE bank_reference IS NOT NULL;

CREATE INDEX ix_payments_import_id ON payments (import_id) WHERE import_id IS NOT NULL;

CREATE INDEX ix_payments_batch_id ON payments (batch_id) WHERE batch_id IS NOT NULL;

ALTER TABLE payment_returns ADD COLUMN next_step TEXT;

ALTER TABLE payment_returns ADD COLUMN import_id UUID;

ALTER TABLE payment_returns ADD COLUMN trace_number TEXT;

CREATE INDEX ix_payment_returns_trace_number ON payment_returns (trace_number) WHERE trace_number IS NOT NULL;

ALTER TABLE payment_returns ADD CONSTRAINT fk_payment_returns_import_id_file_imports FOREIGN KEY(import_id) REFERENCES file_imports (id);

ALTER TABLE payments ADD CONSTRAINT fk_payments_batch_id_cash_batches FOREIGN KEY(batch_id) REFERENCES cash_batches (id);

ALTER TABLE payments ADD CONSTRAINT fk_payments_import_id_file_imports FOREIGN KEY(import_id) REFERENCES file_imports (id);

ALTER TABLE service_agreements ADD COLUMN persons SMALLINT DEFAULT 3 NOT NULL;

ALTER TABLE service_agreements ADD COLUMN landscape_sqft INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE bills ADD CONSTRAINT ck_bills_kind CHECK (kind IN ('regular', 'final', 'rebill'));

INSERT INTO ledger_accounts (id, code, kind) VALUES
    ('00000000-0000-4000-8000-000000002000', 'unapplied', 'liability'),
    ('00000000-0000-4000-8000-000000005000', 'over_and_short', 'expense');
