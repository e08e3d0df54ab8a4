-- What a payment does to the database, in as few statements as it can be: each of these is one call.

-- A charge that somebody has agreed to, once for its key, while nobody else begins one for the account.
-- `outcome`: `made`, `known` (the key was used before: `charge` is what it made), `no_receivable`, `balance_changed`
-- (other than `p_balance_cents`, if given), `in_progress` (`charge` is the other one), `no_method`. Each statement looks
-- at what was committed before it, so what is looked at after the account is held is what whoever held it has left.
CREATE FUNCTION begin_charge(p_values jsonb, p_while_another boolean, p_balance_cents bigint, p_today date,
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

-- The processor has said that it took the money: the charge, into the ledger (see `post_payment`, whose values the
-- others are), and marked as told, for the caller tells it in the same transaction. All null when that is not what
-- comes next: somebody else has brought it further.
CREATE FUNCTION settle_charge(
    p_charge_id uuid, p_processor_charge_id text, p_posted_on date,
    p_entry_id uuid, p_payment_id uuid, p_account_id uuid, p_debit uuid, p_cents bigint, p_key text, p_description text,
    p_digest bytea, p_effective_on date, p_now timestamptz, p_method text, p_received_on date, p_batch_id uuid,
    p_import_id uuid, p_bank_reference text, p_order text, p_within_date text, p_on_plan text, p_fee_account uuid,
    p_fee_cents bigint, OUT is_new boolean, OUT entry_id uuid, OUT content_digest bytea, OUT payment_id uuid,
    OUT confirmation_number bigint, OUT account_number text, OUT balance_cents bigint)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
    PERFORM FROM public.charges
      WHERE id = p_charge_id AND status IN ('created', 'submitted', 'unknown', 'pending') FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT p.is_new, p.entry_id, p.content_digest, p.payment_id, p.confirmation_number
      INTO is_new, entry_id, content_digest, payment_id, confirmation_number
      FROM public.post_payment(p_entry_id, p_payment_id, p_account_id, p_debit, p_cents, p_key, p_description, p_digest,
                               p_effective_on, p_now, p_method, p_received_on, p_batch_id, p_import_id,
                               p_bank_reference, p_order, p_within_date, p_on_plan, p_fee_account, p_fee_cents) p;
    IF payment_id IS NULL THEN
        RETURN;
    END IF;
    UPDATE public.charges c
       SET status = 'told', processor_charge_id = p_processor_charge_id, posted_on = p_posted_on, resolved_at = p_now,
           payment_id = settle_charge.payment_id, confirmation_number = settle_charge.confirmation_number,
           told_at = p_now, look_at = NULL
     WHERE c.id = p_charge_id;
    SELECT a.number INTO account_number FROM public.accounts a WHERE a.id = p_account_id;
    SELECT sum(p.amount_cents) INTO balance_cents FROM public.ledger_postings p
     WHERE p.ledger_account_id = p_account_id;
END $$;

-- An offer in place of the open one that this payer has for the account. Ten messages at once make offers one after the
-- other: each statement here looks at what was committed before it, the lock included.
CREATE FUNCTION place_offer(p_values jsonb) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    placed public.payment_offers := jsonb_populate_record(NULL::public.payment_offers, p_values);
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(placed.account_id::text || placed.payer, 0));
    UPDATE public.payment_offers SET status = 'replaced', answered_at = placed.made_at
     WHERE account_id = placed.account_id AND payer = placed.payer AND status = 'open';
    INSERT INTO public.payment_offers VALUES (placed.*);
END $$;

-- What the processor tells of a charge, kept once, and what follows from it: one that nobody knows the outcome of is
-- looked at now, and one that we had given up is looked at again, for the ledger must have what the processor has.
-- A charge that has a good end keeps it.
CREATE FUNCTION hear_of_charge(p_values jsonb, p_charge_id uuid, p_succeeded boolean, p_soon interval,
                               OUT is_new boolean, OUT is_due boolean)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
    INSERT INTO public.gateway_events SELECT * FROM jsonb_populate_record(NULL::public.gateway_events, p_values)
    ON CONFLICT DO NOTHING;
    is_new := FOUND;
    is_due := false;
    IF NOT is_new THEN
        RETURN;
    END IF;
    UPDATE public.charges SET look_at = now() + p_soon
     WHERE id = p_charge_id AND status IN ('created', 'submitted', 'unknown', 'pending');
    is_due := FOUND;
    IF NOT is_due AND p_succeeded THEN
        UPDATE public.charges
           SET status = 'unknown', decline_reason = NULL, resolved_at = NULL, told_at = NULL, look_at = now() + p_soon
         WHERE id = p_charge_id AND status = 'failed';
        is_due := FOUND;
    END IF;
END $$;
