-- As 0012 has it.
CREATE OR REPLACE FUNCTION begin_charge(p_values jsonb, p_while_another boolean, p_balance_cents bigint, p_today date,
                             p_soon interval, OUT outcome text, OUT charge charges)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    agreed public.charges := jsonb_populate_record(NULL::public.charges, p_values);
    owed bigint;
BEGIN
    PERFORM FROM public.ledger_accounts WHERE id = agreed.account_id AND account_id IS NOT NULL FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        outcome := 'no_receivable';
        RETURN;
    END IF;
    IF p_balance_cents IS NOT NULL THEN
        SELECT coalesce(sum(p.amount_cents), 0) INTO owed FROM public.ledger_postings p
         WHERE p.ledger_account_id = agreed.account_id AND p.effective_on <= p_today;
        IF owed <> p_balance_cents THEN
            outcome := 'balance_changed';
            RETURN;
        END IF;
    END IF;
    SELECT c.* INTO charge FROM public.charges c WHERE c.idempotency_key = agreed.idempotency_key;
    IF FOUND THEN
        outcome := 'known';
        RETURN;
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

ALTER TABLE checkouts DROP COLUMN closing;

ALTER TABLE refunds DROP COLUMN charge_id, DROP COLUMN fee_cents, DROP COLUMN sending, DROP COLUMN processor_refund_id,
    DROP COLUMN first_sent_at, DROP COLUMN looks, DROP COLUMN look_at;

-- Items of the kinds that go stay as they are.
ALTER TABLE nightly_items DROP CONSTRAINT ck_nightly_items_kind, ADD CONSTRAINT ck_nightly_items_kind CHECK (kind IN (
    'arrangement_broken', 'file_refused', 'run_held', 'charge_unknown', 'charge_not_posted', 'charge_missing',
    'charge_amount', 'refund_elsewhere', 'charge_disputed')) NOT VALID;
