-- Allocation of credits to charges, and posting a payment in one round trip. `backend/payments/rules.py` is the same
-- order in Python; tests compare the two.

-- Credits of these accounts that nothing was paid with yet (payments, adjustments) pay what is unpaid of their charges.
-- A charge is any posting that raises a receivable: a refund too is paid out of a credit. Both sides are laid end to
-- end, each in its order; where a credit and a charge overlap, that many cents are allocated.
CREATE FUNCTION allocate_credits(p_accounts uuid[], p_order text, p_within_date text, p_on_plan text)
RETURNS bigint LANGUAGE plpgsql
-- Planning this takes longer than running it, and one plan is right for one account and for five hundred.
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    made bigint;
BEGIN
    PERFORM FROM public.ledger_accounts WHERE id = ANY (p_accounts) ORDER BY id FOR NO KEY UPDATE;
    WITH live AS MATERIALIZED (
        SELECT credit_entry_id, credit_line, charge_entry_id, charge_line, amount_cents
          FROM public.payment_allocations WHERE account_id = ANY (p_accounts) AND undone_by_id IS NULL
    ), used AS (
        SELECT credit_entry_id AS entry_id, credit_line AS line, sum(amount_cents)::bigint AS cents FROM live GROUP BY 1, 2
        UNION ALL
        SELECT charge_entry_id, charge_line, sum(amount_cents)::bigint FROM live GROUP BY 1, 2
    ), unsettled AS MATERIALIZED (
        SELECT p.ledger_account_id AS account_id, p.entry_id, p.line, p.amount_cents > 0 AS is_charge, p.effective_on,
               coalesce(p.due_on, p.effective_on) AS due_on, abs(p.amount_cents) - coalesce(used.cents, 0) AS left_cents
          FROM public.ledger_postings p LEFT JOIN used ON used.entry_id = p.entry_id AND used.line = p.line
         WHERE p.ledger_account_id = ANY (p_accounts) AND abs(p.amount_cents) > coalesce(used.cents, 0)
    ), standing AS MATERIALIZED (
        SELECT u.*, e.kind FROM unsettled u JOIN public.ledger_entries e ON e.id = u.entry_id
         WHERE e.kind <> 'reversal' AND NOT EXISTS (SELECT FROM public.ledger_entries r WHERE r.reverses_id = u.entry_id)
    ), charges AS (
        SELECT s.account_id, s.entry_id, s.line, sum(s.left_cents) OVER ranked AS ends,
               sum(s.left_cents) OVER ranked - s.left_cents AS starts
          FROM standing s
          LEFT JOIN public.arrangements plan ON plan.account_id = s.account_id AND plan.status = 'active'
               AND p_on_plan = 'current_bill_first'
         WHERE s.is_charge
        WINDOW ranked AS (
            PARTITION BY s.account_id
            ORDER BY coalesce(s.effective_on <= plan.agreed_on, false),
                     CASE p_order WHEN 'service_first' THEN s.kind = 'fee' WHEN 'fees_first' THEN s.kind <> 'fee'
                                  ELSE false END,
                     s.due_on, (s.kind = 'fee') = (p_within_date = 'service_first'), s.effective_on, s.entry_id, s.line
            ROWS UNBOUNDED PRECEDING)
    ), credits AS (
        SELECT s.account_id, s.entry_id, s.line, sum(s.left_cents) OVER ranked AS ends,
               sum(s.left_cents) OVER ranked - s.left_cents AS starts
          FROM standing s WHERE NOT s.is_charge
        WINDOW ranked AS (
            PARTITION BY s.account_id ORDER BY s.effective_on, s.entry_id, s.line ROWS UNBOUNDED PRECEDING)
    )
    INSERT INTO public.payment_allocations
           (account_id, credit_entry_id, credit_line, charge_entry_id, charge_line, amount_cents)
    SELECT credit.account_id, credit.entry_id, credit.line, charge.entry_id, charge.line,
           least(credit.ends, charge.ends) - greatest(credit.starts, charge.starts)
      FROM credits credit JOIN charges charge ON charge.account_id = credit.account_id
       AND charge.starts < credit.ends AND credit.starts < charge.ends
     ORDER BY credit.account_id, credit.starts, charge.starts;
    GET DIAGNOSTICS made = ROW_COUNT;
    RETURN made;
END $$;

-- A payment once for its key: entry, two postings, payment, allocations. No row when there is no such receivable;
-- `is_new` is false when the key was used before, and the digest says whether for the same.
CREATE FUNCTION post_payment(
    p_entry_id uuid, p_payment_id uuid, p_account_id uuid, p_debit uuid, p_cents bigint, p_key text, p_description text,
    p_digest bytea, p_effective_on date, p_now timestamptz, p_method text, p_received_on date, p_batch_id uuid,
    p_import_id uuid, p_bank_reference text, p_order text, p_within_date text, p_on_plan text)
RETURNS TABLE (is_new boolean, entry_id uuid, content_digest bytea, payment_id uuid, confirmation_number bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
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
        RETURN QUERY
        SELECT false, e.id, e.content_digest, p.id, p.confirmation_number
          FROM public.ledger_entries e LEFT JOIN public.payments p ON p.entry_id = e.id WHERE e.idempotency_key = p_key;
        RETURN;
    END IF;
    INSERT INTO public.ledger_postings (entry_id, line, ledger_account_id, amount_cents, effective_on)
    VALUES (p_entry_id, 1, p_debit, p_cents, p_effective_on), (p_entry_id, 2, p_account_id, -p_cents, p_effective_on);
    RETURN QUERY
    INSERT INTO public.payments AS made
           (id, account_id, entry_id, method, amount_cents, received_on, batch_id, import_id, bank_reference)
    VALUES (p_payment_id, p_account_id, p_entry_id, p_method, p_cents, p_received_on, p_batch_id, p_import_id,
            p_bank_reference)
    RETURNING true, p_entry_id, p_digest, made.id, made.confirmation_number;
    PERFORM public.allocate_credits(ARRAY[p_account_id], p_order, p_within_date, p_on_plan);
END $$;

-- What a reversed entry paid, or was paid with, is free again: whoever posts the reversal, in the same transaction.
-- The receivables are held first, so that nobody allocates to the entry while it goes.
CREATE FUNCTION ledger_reversal_frees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM public.ledger_accounts
      WHERE account_id IS NOT NULL
        AND id IN (SELECT ledger_account_id FROM public.ledger_postings WHERE entry_id = NEW.reverses_id)
      ORDER BY id FOR NO KEY UPDATE;
    UPDATE public.payment_allocations SET undone_by_id = NEW.id
     WHERE undone_by_id IS NULL AND (charge_entry_id = NEW.reverses_id OR credit_entry_id = NEW.reverses_id);
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_reversal_frees AFTER INSERT ON ledger_entries
FOR EACH ROW WHEN (NEW.reverses_id IS NOT NULL) EXECUTE FUNCTION ledger_reversal_frees();

-- Allocations are history: they may be undone, not rewritten or removed.
CREATE FUNCTION payment_allocations_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of payment_allocations is refused: reverse the entry that should not have paid', TG_OP
          USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payment_allocations_stay';
END $$;

CREATE TRIGGER payment_allocations_stay BEFORE UPDATE ON payment_allocations FOR EACH ROW
WHEN (OLD.undone_by_id IS NOT NULL OR 
      (NEW.account_id, NEW.credit_entry_id, NEW.credit_line, NEW.charge_entry_id, NEW.charge_line, NEW.amount_cents)
      IS DISTINCT FROM
      (OLD.account_id, OLD.credit_entry_id, OLD.credit_line, OLD.charge_entry_id, OLD.charge_line, OLD.amount_cents))
EXECUTE FUNCTION payment_allocations_stay();

CREATE TRIGGER payment_allocations_kept BEFORE DELETE OR TRUNCATE ON payment_allocations FOR EACH STATEMENT
EXECUTE FUNCTION payment_allocations_stay();

-- Nothing goes into a drawer that was counted: whoever posts, the drawer is held open until the transaction ends.
CREATE FUNCTION cash_batch_takes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM public.cash_batches WHERE id = NEW.batch_id AND closed_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'cash batch % is closed', NEW.batch_id
              USING ERRCODE = 'check_violation', CONSTRAINT = 'cash_batch_takes';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER payments_in_open_batch BEFORE INSERT ON payments
FOR EACH ROW WHEN (NEW.batch_id IS NOT NULL) EXECUTE FUNCTION cash_batch_takes();

CREATE TRIGGER unapplied_receipts_in_open_batch BEFORE INSERT ON unapplied_receipts
FOR EACH ROW WHEN (NEW.batch_id IS NOT NULL) EXECUTE FUNCTION cash_batch_takes();

-- A count is history too.
CREATE FUNCTION cash_batches_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of a closed cash batch is refused: it was counted', TG_OP
          USING ERRCODE = 'restrict_violation', CONSTRAINT = 'cash_batches_stay';
END $$;

CREATE TRIGGER cash_batches_stay BEFORE UPDATE OR DELETE ON cash_batches
FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION cash_batches_stay();
