"""Bodies of the nightly update's routes, with examples for the API's page."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

_STEP_EXAMPLE: dict[str, Any] = {
    "step": "late_fees",
    "status": "done",
    "parts_done": 5,
    "parts": 5,
    "counts": {"late_fees": 12, "late_fee_cents": 12000},
    "done_at": "2026-11-24T07:00:12Z",
}


class NightIn(BaseModel):
    """Which night: null is today's, by the district's clock."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"business_date": "2026-11-23"}})

    business_date: date | None = None


class StepOut(BaseModel):
    """How far a step is; `parts` is null where that is not known beforehand."""

    model_config = ConfigDict(from_attributes=True)

    step: str
    status: Literal["done", "running", "waiting"]
    parts_done: int
    parts: int | None
    counts: dict[str, int]
    done_at: datetime | None


class NightOut(BaseModel):
    """A night as it stands. `waiting`: something is in the way (`problem`), and it is tried again."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "example": {
                "business_date": "2026-11-23",
                "status": "finished",
                "started_at": "2026-11-24T07:00:02Z",
                "finished_at": "2026-11-24T07:00:31Z",
                "problem": None,
                "steps": [_STEP_EXAMPLE],
                "summary": {"late_fees": {"late_fees": 12, "late_fee_cents": 12000}, "trial_balance_cents": 0},
            }
        },
    )

    business_date: date
    status: Literal["running", "waiting", "finished"]
    started_at: datetime
    finished_at: datetime | None
    problem: str | None
    steps: list[StepOut]
    summary: dict[str, Any] | None
