-- A charge is begun as in 0012, and never for more than is owed once the bank debits on their way have come: two who agree
-- to pay the same debt, the first of them by a debit that the bank takes days for, are not both charged. What the key
-- made before is looked for first, so that asking twice is answered the same whatever has come in since.
CREATE OR REPLACE FUNCTION begin_charge(p_values jsonb, p_while_another boolean, p_balance_cents bigint, p_today date,
                             p_soon interval, OUT outcome text, OUT charge charges)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    agreed public.charges := jsonb_populate_record(NULL::public.charges, p_values);
    owed bigint;
    coming bigint;
BEGIN
    PERFORM FROM public.ledger_accounts WHERE id = agreed.account_id AND account_id IS NOT NULL FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        outcome := 'no_receivable';
        RETURN;
    END IF;
    SELECT c.* INTO charge FROM public.charges c WHERE c.idempotency_key = agreed.idempotency_key;
    IF FOUND THEN
        outcome := 'known';
        RETURN;
    END IF;
    IF p_balance_cents IS NOT NULL THEN
        SELECT coalesce(sum(p.amount_cents), 0) INTO owed FROM public.ledger_postings p
         WHERE p.ledger_account_id = agreed.account_id AND p.effective_on <= p_today;
        SELECT coalesce(sum(c.amount_cents), 0) INTO coming FROM public.charges c
         WHERE c.account_id = agreed.account_id AND c.status IN ('created', 'submitted', 'unknown', 'pending', 'succeeded')
           AND c.status = 'pending';
        IF owed <> p_balance_cents OR agreed.amount_cents > owed - coming THEN
            outcome := 'balance_changed';
            RETURN;
        END IF;
    END IF;
    -- A bank debit that was taken on is done but for its bank; it does not stand in the way for days. The first
    -- condition names the states of the partial index on charges that are on their way, word for word, so that it serves.
    IF NOT p_while_another THEN
        SELECT c.* INTO charge FROM public.charges c
         WHERE c.account_id = agreed.account_id AND c.status IN ('created', 'submitted', 'unknown', 'pending', 'succeeded')
           AND c.status <> 'pending'
         ORDER BY c.created_at, c.id LIMIT 1;
        IF FOUND THEN
            outcome := 'in_progress';
            RETURN;
        END IF;
    END IF;
    IF agreed.method_token IS NULL THEN
        outcome := 'no_method';
        RETURN;
    END IF;
    agreed.status := 'created';
    agreed.looks := 0;
    agreed.look_at := now() + p_soon;
    INSERT INTO public.charges VALUES (agreed.*);
    charge := agreed;
    outcome := 'made';
END $$;

-- A page that nobody is to pay on any more.
ALTER TABLE checkouts ADD COLUMN closing boolean NOT NULL DEFAULT false;

-- A refund to the card or bank account that a charge came from.
ALTER TABLE refunds
    ADD COLUMN charge_id uuid CONSTRAINT fk_refunds_charge_id_charges REFERENCES charges (id),
    ADD COLUMN fee_cents bigint NOT NULL DEFAULT 0,
    ADD COLUMN sending text,
    ADD COLUMN processor_refund_id text,
    ADD COLUMN first_sent_at timestamptz,
    ADD COLUMN looks integer NOT NULL DEFAULT 0,
    ADD COLUMN look_at timestamptz,
    ADD CONSTRAINT ck_refunds_sending_known CHECK (sending IN ('waits', 'sent', 'failed')),
    ADD CONSTRAINT ck_refunds_sending CHECK ((sending IS NOT NULL) = (charge_id IS NOT NULL AND status = 'posted')),
    ADD CONSTRAINT ck_refunds_fee_cents CHECK (fee_cents >= 0 AND (charge_id IS NOT NULL OR fee_cents = 0));
CREATE INDEX ix_refunds_charge_id ON refunds (charge_id);
CREATE INDEX ix_refunds_to_send ON refunds (look_at) WHERE sending = 'waits';

-- What reconciliation finds besides: a charge that failed, or that we took back, and the other side says otherwise.
ALTER TABLE nightly_items DROP CONSTRAINT ck_nightly_items_kind, ADD CONSTRAINT ck_nightly_items_kind CHECK (kind IN (
    'arrangement_broken', 'file_refused', 'run_held', 'charge_unknown', 'charge_not_posted', 'charge_missing',
    'charge_amount', 'charge_failed', 'charge_reversed', 'refund_elsewhere', 'charge_disputed'));
