"""How a customer wants to pay: autopay, a fixed amount on a day, a levelized budget bill; and what is drawn."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id


class PaymentInstruction(Base):
    """Standing orders: `autopay` draws each bill on its due date; `recurring` a fixed amount on a day of the month.

    `method_label` is what the customer may see ("checking ending 4421"); the account itself is never here. With
    `method_id`, a card or bank account that the processor keeps is charged; without, the district's bank drafts it.
    """

    __tablename__ = "payment_instructions"
    __table_args__ = (
        CheckConstraint("kind IN ('autopay', 'recurring')", name="kind"),
        CheckConstraint("(kind = 'recurring') = (amount_cents IS NOT NULL AND day_of_month IS NOT NULL)", name="terms"),
        CheckConstraint("day_of_month BETWEEN 1 AND 31", name="day_of_month"),
        Index(
            "uq_payment_instructions_live", "account_id", "kind", unique=True, postgresql_where=text("ended_on IS NULL")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[str]
    method_label: Mapped[str]
    method_id: Mapped[UUID | None] = mapped_column(ForeignKey("saved_methods.id"))
    amount_cents: Mapped[int | None] = mapped_column(BigInteger)
    day_of_month: Mapped[int | None] = mapped_column(SmallInteger)
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str | None]


class PaymentDraft(Base):
    """One draw of an instruction on a day, with the payment or the charge it became; one a day for an instruction."""

    __tablename__ = "payment_drafts"

    instruction_id: Mapped[UUID] = mapped_column(ForeignKey("payment_instructions.id"), primary_key=True)
    draft_on: Mapped[date] = mapped_column(primary_key=True)
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payments.id"), unique=True)
    charge_id: Mapped[UUID | None] = mapped_column(ForeignKey("charges.id"), unique=True)


class BudgetBill(Base):
    """Levelized billing: the same amount each month, reckoned anew each year, ended on default."""

    __tablename__ = "budget_bills"
    __table_args__ = (
        CheckConstraint("monthly_cents > 0", name="monthly_cents"),
        Index("uq_budget_bills_live", "account_id", unique=True, postgresql_where=text("ended_on IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    monthly_cents: Mapped[int] = mapped_column(BigInteger)
    started_on: Mapped[date]
    recalculate_on: Mapped[date]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str | None]


class BudgetEntry(Base):
    """An entry that moved part of what is owed out of what is due, or back; their sum is what a budget has put off.

    `level`: a bill was brought to the monthly amount. `cancel`: that bill was taken back. `settle`: the sum fell due.
    """

    __tablename__ = "budget_entries"
    __table_args__ = (
        CheckConstraint("kind IN ('level', 'cancel', 'settle')", name="kind"),
        CheckConstraint("(kind = 'settle') = (bill_id IS NULL)", name="bill"),
        Index(None, "budget_id"),
        Index("uq_budget_entries_bill", "bill_id", "kind", unique=True),
    )

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entries.id"), primary_key=True)
    budget_id: Mapped[UUID] = mapped_column(ForeignKey("budget_bills.id"))
    kind: Mapped[str]
    bill_id: Mapped[UUID | None] = mapped_column(ForeignKey("bills.id"))
    deferred_cents: Mapped[int] = mapped_column(BigInteger)


class StatementLink(Base):
    """A link to one bill's statement that expires. Only the token's digest is kept."""

    __tablename__ = "statement_links"
    __table_args__ = (CheckConstraint("octet_length(token_digest) = 32", name="token_digest"),)

    token_digest: Mapped[bytes] = mapped_column(primary_key=True)
    bill_id: Mapped[UUID] = mapped_column(ForeignKey("bills.id"))
    language: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
