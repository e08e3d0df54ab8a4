"""Bodies of the nightly update's routes, with examples for the API's page."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

_STEP_EXAMPLE: dict[str, Any] = {
    "step": "late_fees",
    "title": "Late fees",
    "status": "done",
    "parts_done": 5,
    "parts": 5,
    "counts": {"late_fees": 12, "late_fee_cents": 12000},
    "lines": [{"count": 12, "what": "late fees", "amount_cents": 12000}],
    "done_at": "2026-11-24T09:15:12Z",
}
_BOOKS_EXAMPLE: dict[str, Any] = {
    "code": "receivable",
    "kind": "asset",
    "opening_cents": 1_204_410,
    "debits_cents": 12_000,
    "credits_cents": 84_300,
    "closing_cents": 1_132_110,
}


class NightIn(BaseModel):
    """Which night: null is today's, by the district's clock."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"business_date": "2026-11-23"}]})

    business_date: date | None = None


class LineOut(BaseModel):
    """How many of what a step did, and their amount; `count` or `amount_cents` is null where there is none."""

    model_config = ConfigDict(from_attributes=True)

    count: int | None
    what: str
    amount_cents: int | None


class StepOut(BaseModel):
    """How far a step is; `parts` is null where that is not known beforehand."""

    model_config = ConfigDict(from_attributes=True)

    step: str
    title: str
    status: Literal["done", "running", "waiting"]
    parts_done: int
    parts: int | None
    counts: dict[str, int]
    lines: list[LineOut]
    done_at: datetime | None


class NightOut(BaseModel):
    """A night as it stands. `waiting`: something is in the way (`problem`), and it is tried again by itself."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "business_date": "2026-11-23",
                    "status": "finished",
                    "started_at": "2026-11-24T09:15:02Z",
                    "finished_at": "2026-11-24T09:15:31Z",
                    "problem": None,
                    "steps": [_STEP_EXAMPLE],
                    "summary": {
                        "late_fees": {"late_fees": 12, "late_fee_cents": 12000},
                        "trial_balance_cents": 0,
                        "books": [_BOOKS_EXAMPLE],
                    },
                }
            ]
        },
    )

    business_date: date
    status: Literal["running", "waiting", "finished"]
    started_at: datetime
    finished_at: datetime | None
    problem: str | None
    steps: list[StepOut]
    summary: dict[str, Any] | None


class ItemOut(BaseModel):
    """Something a night found that a person must see to; `detail` says what it is about."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    business_date: date
    kind: Literal["arrangement_broken", "file_refused", "run_held"]
    account_id: UUID | None
    account_number: str | None
    detail: dict[str, Any]


class WorkOut(BaseModel):
    """What waits for people: counts by kind (each has a list of its own), and the items that only nights make."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "counts": {
                        "billing_exceptions": 8,
                        "runs_to_approve": 1,
                        "unapplied_receipts": 2,
                        "nightly_items": 1,
                    },
                    "items": [
                        {
                            "id": "019ab1c2-0000-7000-8000-000000000003",
                            "business_date": "2026-11-23",
                            "kind": "file_refused",
                            "account_id": None,
                            "account_number": None,
                            "detail": {
                                "file": "lockbox-1123.bai",
                                "problems": [{"line": 7, "field": "amount", "reason": "is not a number of cents"}],
                            },
                        }
                    ],
                }
            ]
        },
    )

    counts: dict[str, int]
    items: list[ItemOut]


class ItemDoneIn(BaseModel):
    """What was done about an item."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"note": "Called; pays on Friday."}]})

    note: str = Field(max_length=1_000)
