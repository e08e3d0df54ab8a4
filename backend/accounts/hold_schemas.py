"""The shapes of holds and of low-income declarations."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000, pattern=r"^[^\x00]*$")]
HoldKind = Literal["dispute", "appeal", "extension", "review"]
Program = Literal["calworks", "calfresh", "general_assistance", "medi_cal", "ssi_ssp", "wic"]
_AS_OF = "2026-11-23T18:00:00Z"


def _example(body: dict[str, Any]) -> ConfigDict:
    return ConfigDict(from_attributes=True, json_schema_extra={"examples": [body]})


class HoldOut(BaseModel):
    """A hold. While one is live no late fee is charged and nothing is shut off for non-payment."""

    model_config = _example(
        {
            "id": "01936f3e-5a00-7c00-8000-0000000000b1",
            "kind": "dispute",
            "started_on": "2026-11-20",
            "ended_on": None,
            "note": "Says that the read of October cannot be right.",
            "placed_by": "Rosa Delgado",
            "placed_at": "2026-11-20T17:05:00Z",
            "lifted_by": None,
            "lifted_at": None,
            "lift_note": None,
            "is_live": True,
        }
    )

    id: UUID
    kind: HoldKind
    started_on: date
    ended_on: date | None
    note: str
    placed_by: str | None
    placed_at: datetime
    lifted_by: str | None
    lifted_at: datetime | None
    lift_note: str | None
    is_live: bool


class DeclarationOut(BaseModel):
    """A low-income household. `program` is null for the customer's own word."""

    model_config = _example(
        {
            "id": "01936f3e-5a00-7c00-8000-0000000000c1",
            "basis": "program",
            "program": "calfresh",
            "declared_on": "2026-11-23",
            "expires_on": "2027-11-23",
            "recorded_by": "Rosa Delgado",
            "recorded_at": _AS_OF,
            "is_live": True,
        }
    )

    id: UUID
    basis: Literal["program", "declaration"]
    program: Program | None
    declared_on: date
    expires_on: date
    recorded_by: str | None
    recorded_at: datetime
    is_live: bool


_HOLD_EXAMPLES: Any = HoldOut.model_config["json_schema_extra"]
_DECLARATION_EXAMPLES: Any = DeclarationOut.model_config["json_schema_extra"]


class HoldsOut(BaseModel):
    """The account's holds, newest first."""

    model_config = _example({"holds": _HOLD_EXAMPLES["examples"], "as_of": _AS_OF})

    holds: list[HoldOut]
    as_of: datetime


class HoldIn(BaseModel):
    """Put a hold on the account from today, through `until` (null: until somebody lifts it)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"kind": "extension", "note": "Paid on Friday, the 4th.", "until": "2026-12-07"}]
        },
    )

    kind: HoldKind
    note: Note
    until: date | None = None


class LiftIn(BaseModel):
    """Lift the hold, and why."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"note": "The read was right; the customer was told."}]}
    )

    note: Note


class LowIncomeOut(BaseModel):
    """Whether the household counts as one of a low income now, and what it declared, newest first."""

    model_config = _example({"low_income": True, "declarations": _DECLARATION_EXAMPLES["examples"], "as_of": _AS_OF})

    low_income: bool
    declarations: list[DeclarationOut]
    as_of: datetime


class LowIncomeIn(BaseModel):
    """A program that somebody of the household is in; null: the customer declares an income under 200 percent."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"program": "calfresh"}]})

    program: Annotated[Program | None, Field(default=None)]
