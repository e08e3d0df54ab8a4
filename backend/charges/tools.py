"""What work on payments needs: made once in the composition root, and handed to the workflow and to routes."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request

from backend.clock import Clock
from backend.database import Database
from backend.district.service import District
from backend.errors import UnavailableError
from backend.gateway.protocol import PaymentGateway


class PaymentsOffError(UnavailableError):
    """503 `payments_off`: the district has no card processor."""

    def __init__(self) -> None:
        detail = "This district takes no card payments yet: set HEADGATE_STRIPE_API_KEY, or start the demonstration."
        super().__init__("payments_off", detail)


@dataclass(frozen=True, slots=True)
class Tools:
    """The database, the processor, the district and its clock."""

    database: Database
    gateway: PaymentGateway
    district: District
    clock: Clock

    @property
    def real_now(self) -> datetime:
        """The time of the outside world, by which requests are on their way."""
        return datetime.now(UTC)


async def _tools(request: Request) -> Tools:
    tools: Tools | None = request.app.state.payment_tools
    if tools is None:
        raise PaymentsOffError
    return tools


ToolsDep = Annotated[Tools, Depends(_tools)]
