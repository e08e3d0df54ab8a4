"""The shapes of bills outside a run: proposed, posted, cancelled."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from backend.billing import examples
from backend.billing.corrections import Proposal
from backend.billing.review import REASON_LENGTH_MAX
from backend.billing.rules import line_values
from backend.billing.schemas import Reason, Units


class CancellationIn(BaseModel):
    """Why a bill is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Meter was read 10 times too high."}]})

    reason: Reason


class CancellationOut(BaseModel):
    """A cancelled bill, and the bill that replaces it, once there is one."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [examples.CANCELLATION]})

    bill_id: UUID
    reversal_entry_id: UUID
    replaced_by_id: UUID | None
    reason: str
    cancelled_at: datetime


class ReleaseIn(BaseModel):
    """Why what is unusual about the bill may pass; needed only when something is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": ""}]})

    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=REASON_LENGTH_MAX)] = ""


class ProposalOut(BaseModel):
    """A bill that could be posted, and what a person would have to let pass."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PROPOSAL]})

    kind: Literal["final", "rebill"]
    period_start: date
    period_end: date
    units: Units
    amount_cents: int
    is_estimated: bool
    lines: list[dict[str, Any]]
    unusual: list[dict[str, Any]]

    @classmethod
    def of(cls, proposal: Proposal) -> "ProposalOut":
        """The proposal as it is sent."""
        draft = proposal.draft
        return cls.model_validate(
            {
                "kind": proposal.kind,
                "period_start": draft.period[0],
                "period_end": draft.period[1],
                "units": draft.units,
                "amount_cents": draft.amount_cents,
                "is_estimated": draft.is_estimated,
                "lines": [line_values(line) for line in draft.lines],
                "unusual": [{"code": found.code, "detail": found.detail} for found in proposal.unusual],
            }
        )


class CorrectedOut(BaseModel):
    """A bill posted outside a run; `is_new` false: it was there before."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [examples.CORRECTED]})

    bill_id: UUID
    amount_cents: int
    is_new: bool
