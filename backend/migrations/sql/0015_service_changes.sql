-- Starting, stopping and transferring service: what was changed, by whom and why; households by the day.

CREATE TABLE service_changes (
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    kind TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    effective_on DATE NOT NULL,
    agreement_id UUID,
    meter_id UUID,
    asked JSONB NOT NULL,
    detail JSONB NOT NULL,
    reason TEXT NOT NULL,
    changed_by UUID NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_service_changes PRIMARY KEY (id),
    CONSTRAINT uq_service_changes_idempotency_key UNIQUE (idempotency_key),
    CONSTRAINT ck_service_changes_kind CHECK (kind IN ('start', 'stop', 'transfer', 'meter_exchange', 'meter_install',
                                                       'household', 'billing_hold', 'billing_release')),
    CONSTRAINT ck_service_changes_reason CHECK (reason <> ''),
    CONSTRAINT fk_service_changes_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id),
    CONSTRAINT fk_service_changes_agreement_id_service_agreements
        FOREIGN KEY(agreement_id) REFERENCES service_agreements (id),
    CONSTRAINT fk_service_changes_meter_id_meters FOREIGN KEY(meter_id) REFERENCES meters (id),
    CONSTRAINT fk_service_changes_changed_by_staff FOREIGN KEY(changed_by) REFERENCES staff (id)
);
CREATE INDEX ix_service_changes_account_id_changed_at ON service_changes (account_id, changed_at);
CREATE TRIGGER service_changes_append_only BEFORE UPDATE OR DELETE ON service_changes
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The household of an agreement from a day on; what stood before the first change is the first row.
CREATE TABLE agreement_households (
    id UUID NOT NULL,
    agreement_id UUID NOT NULL,
    effective_on DATE NOT NULL,
    persons SMALLINT NOT NULL,
    landscape_sqft INTEGER NOT NULL,
    CONSTRAINT pk_agreement_households PRIMARY KEY (id),
    CONSTRAINT ck_agreement_households_numbers CHECK (persons >= 0 AND landscape_sqft >= 0),
    CONSTRAINT fk_agreement_households_agreement_id_service_agreements
        FOREIGN KEY(agreement_id) REFERENCES service_agreements (id)
);
CREATE INDEX ix_agreement_households_agreement_id_effective_on ON agreement_households (agreement_id, effective_on);
CREATE TRIGGER agreement_households_append_only BEFORE UPDATE OR DELETE ON agreement_households
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Where paper goes when it does not go to the service address, one line of the address a line.
ALTER TABLE accounts ADD COLUMN mailing_address TEXT;

-- The last bill of an account says so on its draft already.
ALTER TABLE bill_drafts ADD COLUMN kind TEXT DEFAULT 'regular' NOT NULL;
ALTER TABLE bill_drafts ADD CONSTRAINT ck_bill_drafts_kind CHECK (kind IN ('regular', 'final'));
