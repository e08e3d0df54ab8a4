"""What an operator decides about the network: conditions, how phones answer, payment connectors, live calls."""

from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from telephony.simulator.calls.line import Dropped
from telephony.simulator.calls.live import LiveLine
from telephony.simulator.calls.steps import STEPS_MAX
from telephony.simulator.conditions import Conditions
from telephony.simulator.errors import SimulatorError
from telephony.simulator.network import Network
from telephony.simulator.pay.connector import Connector
from telephony.simulator.values import normalise_number
from telephony.simulator.web.api import steps_of
from telephony.simulator.web.session import User

router = APIRouter(prefix="/api")


class Answer(BaseModel):
    """What happens at the next call to a phone: somebody picks up and follows steps, or nobody does."""

    model_config = ConfigDict(extra="forbid")

    steps: list[str] = Field(default_factory=list, max_length=STEPS_MAX)
    fate: Literal["answered", "busy", "no-answer", "failed"] = "answered"
    after_seconds: float = Field(4.0, ge=0, le=600)


class ConnectorSettings(BaseModel):
    """A payment connector: the processor's endpoint, or none for the built-in one with its test cards."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field("", pattern=r"^(https?://.*)?$")
    user: str = ""
    password: SecretStr = SecretStr("")


@router.get("/conditions")
async def conditions(request: Request, user: User) -> Conditions:
    """How the network behaves today."""
    return _network(request).conditions


@router.put("/conditions")
async def set_conditions(request: Request, user: User, wanted: Conditions) -> Conditions:
    """From now on it behaves like this; what is not named is as on a good day."""
    network = _network(request)
    network.conditions.become(wanted)
    return network.conditions


@router.post("/phones/{phone}/answers", status_code=201)
async def prepare(request: Request, user: User, phone: str, answer: Answer) -> dict[str, int]:
    """Prepare what happens at the next call to a phone, a client or a SIP address; several are used in turn."""
    address = phone if phone.startswith(("client:", "sip:")) else normalise_number(phone)
    if address is None:
        raise SimulatorError(422, "not_a_phone_number", "Use a number such as +15550001111, client:name or sip:address")
    phones = _network(request).facilities.phones
    return {"prepared": phones.prepare(address, steps_of(answer.steps), answer.fate, answer.after_seconds)}


@router.put("/connectors/{name}", status_code=204)
async def set_connector(request: Request, user: User, name: str, wanted: ConnectorSettings) -> None:
    """Set a payment connector up, as one would in Twilio's console."""
    password = wanted.password.get_secret_value()
    connectors = _network(request).facilities.connectors
    connectors.by_name[name] = Connector(name, wanted.url, wanted.user, password)


@router.get("/calls")
async def live_calls(request: Request, user: User) -> list[dict[str, Any]]:
    """The calls that go on now, oldest first."""
    return [
        {
            "call_sid": execution.leg.sid,
            "from": execution.leg.record.caller,
            "to": execution.leg.record.called,
            "direction": execution.leg.record.direction,
            "status": execution.leg.record.status,
            "seconds": execution.line.now,
        }
        for execution in _network(request).facilities.live.values()
    ]


@router.post("/calls/{sid}/drop", status_code=204)
async def drop(request: Request, user: User, sid: str) -> None:
    """Lose the socket of a call at the page, as a network does."""
    execution = _network(request).facilities.live.get(sid)
    if execution is None or not isinstance(execution.line, LiveLine):
        raise SimulatorError(404, "call_not_found", "No call of that SID goes on at the page; a script says drop")
    execution.line.receive(Dropped())


def _network(request: Request) -> Network:
    network: Network = request.app.state.network
    return network
