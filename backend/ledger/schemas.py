"""Bodies of the ledger's routes, with examples for the API's page."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class AgingOut(BaseModel):
    """What an account owes by days past due; `balance_cents` is all of it less the credits that pay nothing yet."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "example": {
                "current_cents": 6_418,
                "days_1_30_cents": 8_250,
                "days_31_60_cents": 0,
                "days_61_90_cents": 0,
                "days_over_90_cents": 0,
                "credit_cents": 0,
                "past_due_cents": 8_250,
                "balance_cents": 14_668,
                "as_of": "2026-11-23",
            }
        },
    )

    current_cents: int
    days_1_30_cents: int
    days_31_60_cents: int
    days_61_90_cents: int
    days_over_90_cents: int
    credit_cents: int
    past_due_cents: int
    balance_cents: int
    as_of: date


class StatementEntryOut(BaseModel):
    """A line; charges are positive, payments and credits negative."""

    model_config = ConfigDict(from_attributes=True)

    entry_id: UUID
    effective_on: date
    kind: str
    description: str
    due_on: date | None
    amount_cents: int
    balance_cents: int
    reverses_id: UUID | None


class AccountStatementOut(BaseModel):
    """An account in a period, both days included."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "example": {
                "account_id": "019ab1c2-0000-7000-8000-000000000001",
                "first": "2026-11-01",
                "last": "2026-11-23",
                "opening_cents": 8_250,
                "entries": [
                    {
                        "entry_id": "019ab1c2-0000-7000-8000-000000000002",
                        "effective_on": "2026-11-10",
                        "kind": "payment",
                        "description": "Payment by card",
                        "due_on": None,
                        "amount_cents": -8_250,
                        "balance_cents": 0,
                        "reverses_id": None,
                    }
                ],
                "closing_cents": 0,
                "as_of": "2026-11-23T18:00:00Z",
            }
        },
    )

    account_id: UUID
    first: date
    last: date
    opening_cents: int
    entries: list[StatementEntryOut]
    closing_cents: int
    as_of: datetime


class BalanceLineOut(BaseModel):
    """The balance of a ledger account, debit positive."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    kind: str
    balance_cents: int


class TrialBalanceOut(BaseModel):
    """Every ledger account, customers' receivables as one; `sum_cents` is zero, always."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "lines": [
                    {"code": "cash", "kind": "asset", "balance_cents": 500_000},
                    {"code": "receivable", "kind": "asset", "balance_cents": 120_000},
                    {"code": "water_revenue", "kind": "revenue", "balance_cents": -620_000},
                ],
                "sum_cents": 0,
                "as_of": "2026-11-23",
            }
        }
    )

    lines: list[BalanceLineOut]
    sum_cents: int
    as_of: date
