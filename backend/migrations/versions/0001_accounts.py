"""Customers, premises, accounts, the ledger with its rules, bills, payments and arrangements.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# A reversal must undo its original to the cent, per ledger account and due date.
_BALANCED = """
CREATE FUNCTION ledger_entry_is_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    postings bigint;
    total numeric;
    one_day boolean;
BEGIN
    SELECT count(*), sum(amount_cents), bool_and(effective_on = NEW.effective_on)
      INTO postings, total, one_day
      FROM public.ledger_postings WHERE entry_id = NEW.id;
    IF postings <> NEW.posting_count THEN
        RAISE EXCEPTION 'ledger entry % has % postings but announced %', NEW.id, postings, NEW.posting_count
              USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_complete';
    ELSIF total <> 0 THEN
        RAISE EXCEPTION 'ledger entry % is out of balance by % cents', NEW.id, total
              USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_balanced';
    ELSIF NOT one_day THEN
        RAISE EXCEPTION 'the postings of ledger entry % are not all of its day', NEW.id
              USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_one_day';
    END IF;
    IF NEW.reverses_id IS NOT NULL AND (
        EXISTS (SELECT FROM public.ledger_entries WHERE id = NEW.reverses_id AND kind = 'reversal')
        OR EXISTS (
            SELECT FROM public.ledger_postings WHERE entry_id IN (NEW.id, NEW.reverses_id)
             GROUP BY ledger_account_id, due_on HAVING sum(amount_cents) <> 0
        )
    ) THEN
        RAISE EXCEPTION 'ledger entry % does not undo entry %', NEW.id, NEW.reverses_id
              USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_undoes';
    END IF;
    RETURN NULL;
END $$
"""

# With line <= posting_count and the primary key, a complete entry has no room for another posting.
_NO_ROOM = """
CREATE FUNCTION ledger_posting_belongs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM fresh_postings AS fresh JOIN public.ledger_entries AS entry ON entry.id = fresh.entry_id
         WHERE fresh.line > entry.posting_count
    ) THEN
        RAISE EXCEPTION 'a posting has a line beyond what its ledger entry announced'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_posting_belongs';
    END IF;
    RETURN NULL;
END $$
"""

_APPEND_ONLY = """
CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the ledger is append-only, post a reversal', TG_OP, TG_TABLE_NAME
          USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_append_only';
END $$
"""

LEDGER_FUNCTIONS = {
    "ledger_entry_is_balanced": _BALANCED,
    "ledger_posting_belongs": _NO_ROOM,
    "ledger_is_append_only": _APPEND_ONLY,
}

# One check an entry, at commit: its postings may arrive in as many statements as the writer likes.
LEDGER_TRIGGERS = (
    "CREATE CONSTRAINT TRIGGER ledger_entry_is_balanced AFTER INSERT ON ledger_entries"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_is_balanced()",
    "CREATE TRIGGER ledger_posting_belongs AFTER INSERT ON ledger_postings"
    " REFERENCING NEW TABLE AS fresh_postings FOR EACH STATEMENT EXECUTE FUNCTION ledger_posting_belongs()",
    "CREATE TRIGGER ledger_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries"
    " FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()",
    "CREATE TRIGGER ledger_postings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_postings"
    " FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()",
)

# The district's own accounts; their ids are what backend/ledger/chart.py names.
CHART = (
    ("00000000-0000-4000-8000-000000001000", "cash", "asset"),
    ("00000000-0000-4000-8000-000000004000", "water_revenue", "revenue"),
    ("00000000-0000-4000-8000-000000004100", "fee_revenue", "revenue"),
    ("00000000-0000-4000-8000-000000004900", "adjustments", "revenue"),
)


def _chart_of_accounts() -> None:
    values = ", ".join(f"('{id}', '{code}', '{kind}')" for id, code, kind in CHART)
    op.execute(f"INSERT INTO ledger_accounts (id, code, kind) VALUES {values}")


def _customers() -> None:
    op.create_table(
        "customers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('person', 'organization')", name=op.f("ck_customers_kind")),
        sa.CheckConstraint("language IN ('en', 'es')", name=op.f("ck_customers_language")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
    )


def _demo_clock() -> None:
    op.create_table(
        "demo_clock",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("offset_seconds", sa.Double(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_demo_clock_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo_clock")),
    )


def _demo_seeding() -> None:
    op.create_table(
        "demo_seeding",
        sa.Column("id", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_demo_seeding_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo_seeding")),
    )


def _ledger_entries() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_digest", sa.LargeBinary(), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("posting_count", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name=op.f("ck_ledger_entries_reversal")),
        sa.CheckConstraint("idempotency_key <> ''", name=op.f("ck_ledger_entries_idempotency_key")),
        sa.CheckConstraint(
            "kind IN ('bill', 'fee', 'payment', 'adjustment', 'refund', 'write_off', 'transfer', 'reversal')",
            name=op.f("ck_ledger_entries_kind"),
        ),
        sa.CheckConstraint("octet_length(content_digest) = 32", name=op.f("ck_ledger_entries_content_digest")),
        sa.CheckConstraint("posting_count >= 2", name=op.f("ck_ledger_entries_posting_count")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["ledger_entries.id"], name=op.f("fk_ledger_entries_reverses_id_ledger_entries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_ledger_entries_idempotency_key")),
    )
    op.create_index(
        "uq_ledger_entries_reverses_id",
        "ledger_entries",
        ["reverses_id"],
        unique=True,
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("service_class", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("pin_digest", sa.LargeBinary(), nullable=True),
        sa.Column("autopay", sa.Boolean(), nullable=False),
        sa.Column("paperless", sa.Boolean(), nullable=False),
        sa.Column("medical_protection", sa.Boolean(), nullable=False),
        sa.Column("identity_locked", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(status = 'closed') = (closed_on IS NOT NULL)", name=op.f("ck_accounts_closed_on")),
        sa.CheckConstraint("number ~ '^[1-9][0-9]{7}$'", name=op.f("ck_accounts_number")),
        sa.CheckConstraint(
            "service_class IN ('residential', 'multifamily', 'commercial', 'irrigation', 'fire_line')",
            name=op.f("ck_accounts_service_class"),
        ),
        sa.CheckConstraint("status IN ('active', 'closed')", name=op.f("ck_accounts_status")),
        sa.CheckConstraint("octet_length(pin_digest) = 32", name=op.f("ck_accounts_pin_digest")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_accounts_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("number", name=op.f("uq_accounts_number")),
    )
    op.create_index(op.f("ix_accounts_customer_id"), "accounts", ["customer_id"], unique=False)


def _customer_emails() -> None:
    op.create_table(
        "customer_emails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_emails_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_emails")),
        sa.UniqueConstraint("customer_id", "rank", name=op.f("uq_customer_emails_customer_id_rank")),
    )


def _customer_phones() -> None:
    op.create_table(
        "customer_phones",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("texts_allowed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("phone ~ '^\\+[1-9][0-9]{6,14}$'", name=op.f("ck_customer_phones_e164")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_phones_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_phones")),
        sa.UniqueConstraint("customer_id", "phone", name=op.f("uq_customer_phones_customer_id_phone")),
        sa.UniqueConstraint("customer_id", "rank", name=op.f("uq_customer_phones_customer_id_rank")),
    )
    op.create_index(op.f("ix_customer_phones_phone"), "customer_phones", ["phone"], unique=False)


def _premises() -> None:
    op.create_table(
        "premises",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("zip", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("owner_customer_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("zip ~ '^[0-9]{5}$'", name=op.f("ck_premises_zip")),
        sa.ForeignKeyConstraint(
            ["owner_customer_id"], ["customers.id"], name=op.f("fk_premises_owner_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_premises")),
    )
    op.create_index(
        op.f("ix_premises_owner_customer_id"),
        "premises",
        ["owner_customer_id"],
        unique=False,
        postgresql_where=sa.text("owner_customer_id IS NOT NULL"),
    )
    op.create_index(
        "uq_premises_address", "premises", ["street", "unit", "zip"], unique=True, postgresql_nulls_not_distinct=True
    )


def _arrangements() -> None:
    op.create_table(
        "arrangements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "status IN ('active', 'completed', 'broken', 'cancelled')", name=op.f("ck_arrangements_status")
        ),
        sa.CheckConstraint("total_cents > 0", name=op.f("ck_arrangements_total_cents")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_arrangements_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrangements")),
    )
    op.create_index(
        "uq_arrangements_active",
        "arrangements",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("status = 'active'"),
    )


def _authorized_users() -> None:
    op.create_table(
        "authorized_users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("authorized_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("scope IN ('read', 'full')", name=op.f("ck_authorized_users_scope")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_authorized_users_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorized_users")),
    )
    op.create_index(op.f("ix_authorized_users_account_id"), "authorized_users", ["account_id"], unique=False)


def _bills() -> None:
    op.create_table(
        "bills",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("usage_ccf", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_cents > 0 AND usage_ccf >= 0", name=op.f("ck_bills_amounts")),
        sa.CheckConstraint("period_end >= period_start AND due_date >= issued_on", name=op.f("ck_bills_dates")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_bills_account_id_accounts")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entries.id"], name=op.f("fk_bills_entry_id_ledger_entries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bills")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_bills_entry_id")),
    )
    op.create_index(op.f("ix_bills_account_id_issued_on"), "bills", ["account_id", "issued_on"], unique=False)


def _demo_customers() -> None:
    op.create_table(
        "demo_customers",
        sa.Column("situation", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_demo_customers_account_id_accounts")),
        sa.PrimaryKeyConstraint("situation", name=op.f("pk_demo_customers")),
        sa.UniqueConstraint("account_id", name=op.f("uq_demo_customers_account_id")),
    )


def _ledger_accounts() -> None:
    op.create_table(
        "ledger_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(code = 'receivable') = (account_id IS NOT NULL AND id = account_id)",
            name=op.f("ck_ledger_accounts_receivable"),
        ),
        sa.CheckConstraint(
            "kind IN ('asset', 'liability', 'revenue', 'expense')", name=op.f("ck_ledger_accounts_kind")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_ledger_accounts_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_accounts")),
    )
    op.create_index(
        "uq_ledger_accounts_code",
        "ledger_accounts",
        ["code", "account_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )


def _meters() -> None:
    op.create_table(
        "meters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("premise_id", sa.Uuid(), nullable=False),
        sa.Column("serial_number", sa.Text(), nullable=False),
        sa.Column("size_inches", sa.Text(), nullable=False),
        sa.Column("installed_on", sa.Date(), nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["premise_id"], ["premises.id"], name=op.f("fk_meters_premise_id_premises")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meters")),
        sa.UniqueConstraint("serial_number", name=op.f("uq_meters_serial_number")),
    )
    op.create_index(op.f("ix_meters_premise_id"), "meters", ["premise_id"], unique=False)


def _payments() -> None:
    op.create_table(
        "payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("confirmation_number", sa.BigInteger(), sa.Identity(always=False, start=10000001), nullable=False),
        sa.CheckConstraint(
            "method IN ('cash', 'check', 'card', 'bank_transfer', 'lockbox')", name=op.f("ck_payments_method")
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_payments_amount_cents")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_payments_account_id_accounts")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entries.id"], name=op.f("fk_payments_entry_id_ledger_entries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("confirmation_number", name=op.f("uq_payments_confirmation_number")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_payments_entry_id")),
    )
    op.create_index(op.f("ix_payments_account_id_received_on"), "payments", ["account_id", "received_on"], unique=False)


def _service_agreements() -> None:
    op.create_table(
        "service_agreements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("premise_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("service_class", sa.Text(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "service_class IN ('residential', 'multifamily', 'commercial', 'irrigation', 'fire_line')",
            name=op.f("ck_service_agreements_service_class"),
        ),
        sa.CheckConstraint("ended_on >= started_on", name=op.f("ck_service_agreements_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_service_agreements_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["premise_id"], ["premises.id"], name=op.f("fk_service_agreements_premise_id_premises")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_agreements")),
    )
    op.create_index(op.f("ix_service_agreements_account_id"), "service_agreements", ["account_id"], unique=False)
    op.create_index(
        "uq_service_agreements_open",
        "service_agreements",
        ["premise_id", "service_class"],
        unique=True,
        postgresql_where=sa.text("ended_on IS NULL"),
    )


def _arrangement_installments() -> None:
    op.create_table(
        "arrangement_installments",
        sa.Column("arrangement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("kept_on", sa.Date(), nullable=True),
        sa.CheckConstraint("amount_cents > 0 AND number > 0", name=op.f("ck_arrangement_installments_amounts")),
        sa.ForeignKeyConstraint(
            ["arrangement_id"],
            ["arrangements.id"],
            name=op.f("fk_arrangement_installments_arrangement_id_arrangements"),
        ),
        sa.PrimaryKeyConstraint("arrangement_id", "number", name=op.f("pk_arrangement_installments")),
    )


def _ledger_postings() -> None:
    op.create_table(
        "ledger_postings",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        sa.Column("ledger_account_id", sa.Uuid(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.CheckConstraint("amount_cents <> 0 AND line >= 1", name=op.f("ck_ledger_postings_values")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entries.id"], name=op.f("fk_ledger_postings_entry_id_ledger_entries")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_account_id"],
            ["ledger_accounts.id"],
            name=op.f("fk_ledger_postings_ledger_account_id_ledger_accounts"),
        ),
        sa.PrimaryKeyConstraint("entry_id", "line", name=op.f("pk_ledger_postings")),
    )
    op.create_index(
        "ix_ledger_postings_balance",
        "ledger_postings",
        ["ledger_account_id", "effective_on"],
        unique=False,
        postgresql_include=["due_on", "amount_cents"],
    )


def _payment_returns() -> None:
    op.create_table(
        "payment_returns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("reversal_entry_id", sa.Uuid(), nullable=False),
        sa.Column("fee_entry_id", sa.Uuid(), nullable=True),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_payment_returns_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["fee_entry_id"], ["ledger_entries.id"], name=op.f("fk_payment_returns_fee_entry_id_ledger_entries")
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_payment_returns_payment_id_payments")),
        sa.ForeignKeyConstraint(
            ["reversal_entry_id"],
            ["ledger_entries.id"],
            name=op.f("fk_payment_returns_reversal_entry_id_ledger_entries"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_returns")),
        sa.UniqueConstraint("fee_entry_id", name=op.f("uq_payment_returns_fee_entry_id")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_payment_returns_payment_id")),
        sa.UniqueConstraint("reversal_entry_id", name=op.f("uq_payment_returns_reversal_entry_id")),
    )
    op.create_index(
        op.f("ix_payment_returns_account_id_returned_on"),
        "payment_returns",
        ["account_id", "returned_on"],
        unique=False,
    )


def upgrade() -> None:
    for make_table in TABLES:
        make_table()
    for function in LEDGER_FUNCTIONS.values():
        op.execute(function)
    for trigger in LEDGER_TRIGGERS:
        op.execute(trigger)
    _chart_of_accounts()


def downgrade() -> None:
    for make_table in reversed(TABLES):
        op.drop_table(make_table.__name__.removeprefix("_"))
    for name in LEDGER_FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}()")


TABLES = (
    _customers,
    _demo_clock,
    _demo_seeding,
    _ledger_entries,
    _accounts,
    _customer_emails,
    _customer_phones,
    _premises,
    _arrangements,
    _authorized_users,
    _bills,
    _demo_customers,
    _ledger_accounts,
    _meters,
    _payments,
    _service_agreements,
    _arrangement_installments,
    _ledger_postings,
    _payment_returns,
)
