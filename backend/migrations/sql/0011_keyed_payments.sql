-- Paying on the telephone with keys, an agent's payment on a live call, and a fee for paying by card.

ALTER TABLE charges ADD COLUMN fee_cents BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE charges ADD CONSTRAINT ck_charges_fee_cents CHECK (fee_cents >= 0);
ALTER TABLE checkouts ADD COLUMN fee_cents BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE checkouts ADD CONSTRAINT ck_checkouts_fee_cents CHECK (fee_cents >= 0);

ALTER TABLE payment_offers ADD COLUMN fee_cents BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE payment_offers ADD CONSTRAINT ck_payment_offers_fee_cents CHECK (fee_cents >= 0);
ALTER TABLE payment_offers ADD COLUMN pays_with TEXT DEFAULT 'saved' NOT NULL;
ALTER TABLE payment_offers ADD CONSTRAINT ck_payment_offers_pays_with
    CHECK (pays_with IN ('saved', 'keyed_card', 'keyed_bank_account'));
ALTER TABLE payment_offers ADD COLUMN agreed_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE payment_offers ALTER COLUMN balance_cents DROP NOT NULL;
ALTER TABLE payment_offers ALTER COLUMN method_id DROP NOT NULL;
ALTER TABLE payment_offers ADD CONSTRAINT ck_payment_offers_method
    CHECK ((pays_with = 'saved') = (method_id IS NOT NULL));

INSERT INTO ledger_accounts (id, code, kind) VALUES
    ('00000000-0000-4000-8000-000000004200', 'convenience_fees', 'revenue');

DROP FUNCTION post_payment(uuid, uuid, uuid, uuid, bigint, text, text, bytea, date, timestamptz, text, date, uuid, uuid, text, text, text, text);

-- A payment once for its key: entry, postings, payment, allocations; a convenience fee is a third posting, so that
-- whatever takes the payment back takes the fee back with it, and no charge of water is ever paid with it. All null when there is no such receivable;
-- `is_new` is false when the key was used before, and the digest says whether for the same.
CREATE FUNCTION post_payment(
    p_entry_id uuid, p_payment_id uuid, p_account_id uuid, p_debit uuid, p_cents bigint, p_key text, p_description text,
    p_digest bytea, p_effective_on date, p_now timestamptz, p_method text, p_received_on date, p_batch_id uuid,
    p_import_id uuid, p_bank_reference text, p_order text, p_within_date text, p_on_plan text,
    p_fee_account uuid, p_fee_cents bigint, OUT is_new boolean, OUT entry_id uuid, OUT content_digest bytea, OUT payment_id uuid,
    OUT confirmation_number bigint)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    unpaid bigint;
    owed bigint;
BEGIN
    PERFORM FROM public.ledger_accounts
      WHERE id = p_account_id AND account_id IS NOT NULL FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    INSERT INTO public.ledger_entries (id, idempotency_key, kind, description, effective_on, posted_at, content_digest,
                                       posting_count)
    VALUES (p_entry_id, p_key, 'payment', p_description, p_effective_on, p_now, p_digest,
            CASE WHEN p_fee_cents > 0 THEN 3 ELSE 2 END)
    ON CONFLICT (idempotency_key) DO NOTHING;
    IF NOT FOUND THEN
        SELECT false, e.id, e.content_digest, p.id, p.confirmation_number
          INTO is_new, entry_id, content_digest, payment_id, confirmation_number
          FROM public.ledger_entries e LEFT JOIN public.payments p ON p.entry_id = e.id WHERE e.idempotency_key = p_key;
        RETURN;
    END IF;
    SELECT (SELECT sum(o.left_cents) FROM public.open_charges o WHERE o.account_id = p_account_id),
           (SELECT sum(p.amount_cents) FROM public.ledger_postings p WHERE p.ledger_account_id = p_account_id)
      INTO unpaid, owed;
    INSERT INTO public.ledger_postings (entry_id, line, ledger_account_id, amount_cents, effective_on)
    VALUES (p_entry_id, 1, p_debit, p_cents + p_fee_cents, p_effective_on),
           (p_entry_id, 2, p_account_id, -p_cents, p_effective_on);
    IF p_fee_cents > 0 THEN
        INSERT INTO public.ledger_postings (entry_id, line, ledger_account_id, amount_cents, effective_on)
        VALUES (p_entry_id, 3, p_fee_account, -p_fee_cents, p_effective_on);
    END IF;
    INSERT INTO public.payments AS made
           (id, account_id, entry_id, method, amount_cents, received_on, batch_id, import_id, bank_reference)
    VALUES (p_payment_id, p_account_id, p_entry_id, p_method, p_cents, p_received_on, p_batch_id, p_import_id,
            p_bank_reference)
    RETURNING true, p_entry_id, p_digest, made.id, made.confirmation_number
      INTO is_new, entry_id, content_digest, payment_id, confirmation_number;
    IF unpaid = owed THEN
        PERFORM public.allocate_credit(p_account_id, p_entry_id, 2::smallint, p_cents, p_order, p_within_date, p_on_plan);
    ELSIF unpaid > 0 THEN
        PERFORM public.allocate_credits(ARRAY[p_account_id], p_order, p_within_date, p_on_plan);
    END IF;
END $$;

CREATE TABLE assisted_captures (
    id UUID NOT NULL,
    hand_off_id UUID NOT NULL,
    account_id UUID NOT NULL,
    staff_id UUID NOT NULL,
    call_sid TEXT NOT NULL,
    conference TEXT NOT NULL,
    party TEXT,
    language TEXT NOT NULL,
    kind TEXT NOT NULL,
    purpose TEXT NOT NULL,
    amount_cents BIGINT NOT NULL,
    fee_cents BIGINT NOT NULL,
    shows_balance BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    step TEXT,
    asked SMALLINT DEFAULT 0 NOT NULL,
    keyed JSONB DEFAULT '{}' NOT NULL,
    problem TEXT,
    payment_sid TEXT,
    charge_id UUID,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_assisted_captures PRIMARY KEY (id),
    CONSTRAINT ck_assisted_captures_kind CHECK (kind IN ('card', 'bank_account')),
    CONSTRAINT ck_assisted_captures_purpose CHECK (purpose IN ('bill', 'past_due', 'installment', 'other_amount')),
    CONSTRAINT ck_assisted_captures_amount_cents CHECK (amount_cents > 0 AND fee_cents >= 0),
    CONSTRAINT ck_assisted_captures_status CHECK (status IN ('open', 'completing', 'charged', 'failed', 'canceled')),
    CONSTRAINT ck_assisted_captures_charged CHECK ((status = 'charged') = (charge_id IS NOT NULL)),
    CONSTRAINT ck_assisted_captures_ended CHECK ((status IN ('open', 'completing')) = (ended_at IS NULL)),
    CONSTRAINT fk_assisted_captures_hand_off_id_hand_offs FOREIGN KEY(hand_off_id) REFERENCES hand_offs (id),
    CONSTRAINT fk_assisted_captures_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id),
    CONSTRAINT fk_assisted_captures_staff_id_staff FOREIGN KEY(staff_id) REFERENCES staff (id),
    CONSTRAINT uq_assisted_captures_charge_id UNIQUE (charge_id),
    CONSTRAINT fk_assisted_captures_charge_id_charges FOREIGN KEY(charge_id) REFERENCES charges (id)
);

CREATE INDEX ix_assisted_captures_hand_off_id ON assisted_captures (hand_off_id, created_at);

CREATE UNIQUE INDEX uq_assisted_captures_open ON assisted_captures (call_sid) WHERE status IN ('open', 'completing');
