"""The shapes of the ways to pay. A way to pay is named, never numbered."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class AutopayIn(BaseModel):
    """Pay each bill on its due date from a card or bank account on file, or from `method_label` by bank draft."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"method_id": "0192f0c1-8a70-7000-8000-00000000d1f1"},
                {"method_label": "checking ending 4421"},
            ]
        }
    )

    method_label: Label | None = None
    method_id: UUID | None = None


class RecurringIn(BaseModel):
    """Pay up to `amount_cents` on that day of each month; the 31st is the last day of a shorter month."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"amount_cents": 7500, "day_of_month": 31, "method_label": "checking ending 4421"}]
        }
    )

    amount_cents: Annotated[int, Field(gt=0, le=100_000_000)]
    day_of_month: Annotated[int, Field(ge=1, le=31)]
    method_label: Label | None = None
    method_id: UUID | None = None


class PaperlessIn(BaseModel):
    """Bills by email, or on paper."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"paperless": True}]})

    paperless: bool


class AutopayOut(_Out):
    """Autopay as it is on."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={"examples": [{"method_label": "checking ending 4421", "started_on": "2026-01-05"}]},
    )

    method_label: str
    started_on: date


class RecurringOut(_Out):
    """A payment on a day as it is on."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "method_label": "checking ending 4421",
                    "amount_cents": 7500,
                    "day_of_month": 31,
                    "started_on": "2026-01-05",
                    "next_on": "2026-11-30",
                }
            ]
        },
    )

    method_label: str
    amount_cents: int
    day_of_month: int
    started_on: date
    next_on: date


class MonthOut(_Out):
    """One leveled bill."""

    issued_on: date
    used_cents: int
    asked_cents: int


class BudgetOut(_Out):
    """A budget bill in force; `deferred_cents` was used and not asked for yet (negative: paid ahead)."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "monthly_cents": 7200,
                    "started_on": "2026-01-05",
                    "recalculate_on": "2027-01-05",
                    "deferred_cents": 2700,
                    "months": [{"issued_on": "2026-11-02", "used_cents": 9900, "asked_cents": 7200}],
                }
            ]
        },
    )

    monthly_cents: int
    started_on: date
    recalculate_on: date
    deferred_cents: int
    months: tuple[MonthOut, ...]


class PastBillOut(_Out):
    """A bill that the average was made of."""

    issued_on: date
    amount_cents: int


class BudgetFactsOut(_Out):
    """The budget bill, or what it would be (`monthly_cents`) and why there is none (`why_not`)."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "budget": None,
                    "why_not": None,
                    "monthly_cents": 7200,
                    "average_cents": 7162,
                    "round_up_to_cents": 100,
                    "bills_needed": 12,
                    "history": [{"issued_on": "2026-11-02", "amount_cents": 5640}],
                }
            ]
        },
    )

    budget: BudgetOut | None
    why_not: str | None
    monthly_cents: int | None
    average_cents: int | None
    round_up_to_cents: int
    bills_needed: int
    history: tuple[PastBillOut, ...]


class MethodOnFileOut(BaseModel):
    """A card or bank account that the processor keeps, as its owner may see it."""

    method_id: UUID
    label: str


class OptionsOut(BaseModel):
    """Every way to pay that is on, the most a payment on a day may be, and what is on file, the newest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "autopay": {"method_label": "checking ending 4421", "started_on": "2026-01-05"},
                    "recurring": None,
                    "paperless": True,
                    "budget": None,
                    "recurring_cents_max": 200000,
                    "on_file": [{"method_id": "0192f0c1-8a70-7000-8000-00000000d1f1", "label": "Visa ending in 4242"}],
                    "as_of": "2026-11-23T18:00:00Z",
                }
            ]
        }
    )

    autopay: AutopayOut | None
    recurring: RecurringOut | None
    paperless: bool
    budget: BudgetOut | None
    recurring_cents_max: int
    on_file: list[MethodOnFileOut]
    as_of: datetime
