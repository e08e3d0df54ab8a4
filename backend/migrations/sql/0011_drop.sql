-- Refused by the constraints while a fee or a keyed payment is on record: money does not disappear.

DROP TABLE assisted_captures;
DROP FUNCTION post_payment(uuid, uuid, uuid, uuid, bigint, text, text, bytea, date, timestamptz, text, date, uuid, uuid, text, text, text, text, uuid, bigint);

-- A payment once for its key: entry, two postings, payment, allocations. All null when there is no such receivable;
-- `is_new` is false when the key was used before, and the digest says whether for the same.
CREATE FUNCTION post_payment(
    p_entry_id uuid, p_payment_id uuid, p_account_id uuid, p_debit uuid, p_cents bigint, p_key text, p_description text,
    p_digest bytea, p_effective_on date, p_now timestamptz, p_method text, p_received_on date, p_batch_id uuid,
    p_import_id uuid, p_bank_reference text, p_order text, p_within_date text, p_on_plan text,
    OUT is_new boolean, OUT entry_id uuid, OUT content_digest bytea, OUT payment_id uuid,
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
    VALUES (p_entry_id, p_key, 'payment', p_description, p_effective_on, p_now, p_digest, 2)
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
    VALUES (p_entry_id, 1, p_debit, p_cents, p_effective_on), (p_entry_id, 2, p_account_id, -p_cents, p_effective_on);
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

DELETE FROM ledger_accounts WHERE code = 'convenience_fees';
ALTER TABLE payment_offers DROP CONSTRAINT ck_payment_offers_method;
ALTER TABLE payment_offers ALTER COLUMN method_id SET NOT NULL;
ALTER TABLE payment_offers ALTER COLUMN balance_cents SET NOT NULL;
ALTER TABLE payment_offers DROP COLUMN agreed_at, DROP COLUMN pays_with, DROP COLUMN fee_cents;
ALTER TABLE checkouts DROP COLUMN fee_cents;
ALTER TABLE charges DROP COLUMN fee_cents;
