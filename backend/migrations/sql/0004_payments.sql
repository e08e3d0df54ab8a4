-- What pays what. `backend/payments/rules.py` is the same order in Python; tests compare the two.
--
-- These functions read by the indexes alone: a plan is made once a connection and may be older than the tables are large.

-- What is unpaid of each charge, kept by the triggers below, so that a payment need not look through all that was ever
-- charged. A charge is any posting that raises a receivable, but no reversal: a refund too is paid out of a credit.
CREATE FUNCTION charge_opens() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    INSERT INTO public.open_charges (account_id, entry_id, line, is_fee, charged_on, due_on, left_cents)
    SELECT a.account_id, NEW.entry_id, NEW.line, e.kind = 'fee', NEW.effective_on,
           coalesce(NEW.due_on, NEW.effective_on), NEW.amount_cents
      FROM public.ledger_accounts a, public.ledger_entries e
     WHERE a.id = NEW.ledger_account_id AND a.account_id IS NOT NULL AND e.id = NEW.entry_id AND e.kind <> 'reversal';
    RETURN NULL;
END $$;

-- The debit of a payment is cash, the most frequent posting of all: no function is called for it.
CREATE TRIGGER charge_opens AFTER INSERT ON ledger_postings FOR EACH ROW
WHEN (NEW.amount_cents > 0 AND NEW.ledger_account_id <> '00000000-0000-4000-8000-000000001000')
EXECUTE FUNCTION charge_opens();

-- A charge is paid so far as there is something left of it.
CREATE FUNCTION charge_is_paid() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    DELETE FROM public.open_charges
     WHERE account_id = NEW.account_id AND entry_id = NEW.charge_entry_id AND line = NEW.charge_line
       AND left_cents = NEW.amount_cents;
    IF NOT FOUND THEN
        UPDATE public.open_charges SET left_cents = left_cents - NEW.amount_cents
         WHERE account_id = NEW.account_id AND entry_id = NEW.charge_entry_id AND line = NEW.charge_line;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'charge % (%) is not open', NEW.charge_entry_id, NEW.charge_line
                  USING ERRCODE = 'check_violation', CONSTRAINT = 'charge_is_paid';
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER charge_is_paid AFTER INSERT ON payment_allocations FOR EACH ROW EXECUTE FUNCTION charge_is_paid();

-- Credits of these accounts that nothing was paid with yet (payments, adjustments) pay what is open of their charges.
-- Both sides are laid end to end, each in its order; where a credit and a charge overlap, that many cents are allocated.
CREATE FUNCTION allocate_credits(p_accounts uuid[], p_order text, p_within_date text, p_on_plan text)
RETURNS bigint LANGUAGE plpgsql
-- Planning this takes longer than running it, and one plan is right for one account and for thousands: account by account
-- through the indexes (the laterals leave no other way), then one hash join of what is free with what is open.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_nestloop = off SET enable_mergejoin = off
AS $$
DECLARE
    made bigint;
BEGIN
    PERFORM FROM public.ledger_accounts WHERE id = ANY (p_accounts) ORDER BY id FOR NO KEY UPDATE;
    WITH charges AS MATERIALIZED (
        SELECT o.account_id, o.entry_id, o.line, sum(o.left_cents) OVER ranked AS ends,
               sum(o.left_cents) OVER ranked - o.left_cents AS starts
          FROM public.open_charges o
          LEFT JOIN public.arrangements plan ON plan.account_id = o.account_id AND plan.status = 'active'
               AND p_on_plan = 'current_bill_first'
         WHERE o.account_id = ANY (p_accounts)
        WINDOW ranked AS (
            PARTITION BY o.account_id
            ORDER BY coalesce(o.charged_on <= plan.agreed_on, false),
                     CASE p_order WHEN 'service_first' THEN o.is_fee WHEN 'fees_first' THEN NOT o.is_fee ELSE false END,
                     o.due_on, o.is_fee = (p_within_date = 'service_first'), o.charged_on, o.entry_id, o.line
            ROWS UNBOUNDED PRECEDING)
    ), given AS MATERIALIZED (
        SELECT owing.account_id, p.entry_id, p.line, p.effective_on, p.cents - used.cents AS left_cents
          FROM (SELECT DISTINCT account_id FROM charges) owing
         CROSS JOIN LATERAL (
               SELECT entry_id, line, effective_on, -amount_cents AS cents FROM public.ledger_postings
                WHERE ledger_account_id = owing.account_id AND amount_cents < 0 OFFSET 0) p
         CROSS JOIN LATERAL (
               SELECT coalesce(sum(a.amount_cents), 0)::bigint AS cents FROM public.payment_allocations a
                WHERE a.account_id = owing.account_id AND a.credit_entry_id = p.entry_id AND a.credit_line = p.line
                  AND a.undone_by_id IS NULL) used
         WHERE p.cents > used.cents
    ), credits AS (
        SELECT g.account_id, g.entry_id, g.line, sum(g.left_cents) OVER ranked AS ends,
               sum(g.left_cents) OVER ranked - g.left_cents AS starts
          FROM given g
         WHERE (SELECT e.kind FROM public.ledger_entries e WHERE e.id = g.entry_id) <> 'reversal'
           AND (SELECT r.id FROM public.ledger_entries r WHERE r.reverses_id = g.entry_id) IS NULL
        WINDOW ranked AS (
            PARTITION BY g.account_id ORDER BY g.effective_on, g.entry_id, g.line ROWS UNBOUNDED PRECEDING)
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

-- The same for one new credit, when the account has no other that nothing was paid with.
CREATE FUNCTION allocate_credit(p_account_id uuid, p_entry_id uuid, p_line smallint, p_cents bigint, p_order text,
                                p_within_date text, p_on_plan text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.payment_allocations
           (account_id, credit_entry_id, credit_line, charge_entry_id, charge_line, amount_cents)
    SELECT p_account_id, p_entry_id, p_line, charge.entry_id, charge.line, least(charge.ends, p_cents) - charge.starts
      FROM (SELECT o.entry_id, o.line, sum(o.left_cents) OVER ranked AS ends,
                   sum(o.left_cents) OVER ranked - o.left_cents AS starts
              FROM public.open_charges o
              LEFT JOIN public.arrangements plan ON plan.account_id = o.account_id AND plan.status = 'active'
                   AND p_on_plan = 'current_bill_first'
             WHERE o.account_id = p_account_id
            WINDOW ranked AS (
                ORDER BY coalesce(o.charged_on <= plan.agreed_on, false),
                         CASE p_order WHEN 'service_first' THEN o.is_fee WHEN 'fees_first' THEN NOT o.is_fee ELSE false END,
                         o.due_on, o.is_fee = (p_within_date = 'service_first'), o.charged_on, o.entry_id, o.line
                ROWS UNBOUNDED PRECEDING)) charge
     WHERE charge.starts < p_cents;
END $$;

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

-- What a reversed entry paid, or was paid with, is free again: whoever posts the reversal, in the same transaction.
-- The receivables are held first, so that nobody allocates to the entry while it goes.
CREATE FUNCTION ledger_reversal_frees() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    PERFORM FROM public.ledger_accounts
      WHERE account_id IS NOT NULL
        AND id IN (SELECT ledger_account_id FROM public.ledger_postings WHERE entry_id = NEW.reverses_id)
      ORDER BY id FOR NO KEY UPDATE;
    DELETE FROM public.open_charges
     WHERE entry_id = NEW.reverses_id
       AND account_id IN (SELECT ledger_account_id FROM public.ledger_postings WHERE entry_id = NEW.reverses_id);
    UPDATE public.payment_allocations SET undone_by_id = NEW.id
     WHERE undone_by_id IS NULL AND charge_entry_id = NEW.reverses_id;
    WITH undone AS (
        UPDATE public.payment_allocations SET undone_by_id = NEW.id
         WHERE undone_by_id IS NULL AND credit_entry_id = NEW.reverses_id
        RETURNING account_id, charge_entry_id, charge_line, amount_cents
    )
    INSERT INTO public.open_charges AS o (account_id, entry_id, line, is_fee, charged_on, due_on, left_cents)
    SELECT u.account_id, u.charge_entry_id, u.charge_line, e.kind = 'fee', p.effective_on,
           coalesce(p.due_on, p.effective_on), u.cents
      FROM (SELECT account_id, charge_entry_id, charge_line, sum(amount_cents)::bigint AS cents
              FROM undone GROUP BY 1, 2, 3) u
      JOIN public.ledger_postings p ON p.entry_id = u.charge_entry_id AND p.line = u.charge_line
      JOIN public.ledger_entries e ON e.id = p.entry_id
    ON CONFLICT (account_id, entry_id, line) DO UPDATE SET left_cents = o.left_cents + excluded.left_cents;
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
