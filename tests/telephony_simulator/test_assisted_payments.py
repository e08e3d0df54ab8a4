"""An agent takes a payment on a live call: asks for one field after the other, and never sees or hears a digit."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from twilio.rest import Client

from tests.telephony_simulator.rest_client import off_the_loop, refusal
from tests.telephony_simulator.world import Application, Hook, Simulator, heard

ANA = "+15550002001"
GOOD = "4242424242424242"
EXPIRY = f"12{(datetime.now(UTC).year + 2) % 100:02d}"


class Agent:
    """Begins a payment when the two are connected, and asks for whatever is still required."""

    def __init__(self, application: Application, client: Client) -> None:
        self._client, self._url = client, f"{application.base}/told"
        self.asked: list[str] = []
        self.told: list[dict[str, str]] = []
        self.sids: list[str] = []
        self._call_sid = ""
        self._work: list[asyncio.Task[Any]] = []
        application.twiml(
            "/twilio/voice",
            '<Dial action="/after"><Number statusCallback="/connected" statusCallbackEvent="answered">'
            f"{ANA}</Number></Dial>",
        )
        application.twiml("/after", "")
        application.answers["/connected"] = self._connected
        application.answers["/told"] = self._told

    def begin(self) -> None:
        """The same request twice, as a client that lost the answer sends it."""
        for _ in range(2):
            payment = self._client.calls(self._call_sid).payments.create(
                idempotency_key="case-1", status_callback=self._url, charge_amount=42.5, token_type="one-time"
            )
            self.sids.append(payment.sid or "")

    def _connected(self, hook: Hook) -> str:
        self._call_sid = hook.form["ParentCallSid"]
        self._later(self.begin)
        return ""

    def _told(self, hook: Hook) -> str:
        self.told.append(hook.form)
        if not {"Result", "PartialResult", "Capture"} & hook.form.keys():
            wanted = hook.form.get("Required", "").split(",")[0]
            self.asked.append(wanted or "complete")
            self._later(lambda: self._go_on(hook.form["Sid"], wanted))
        return ""

    def _go_on(self, sid: str, wanted: str) -> None:
        fields = {"capture": wanted} if wanted else {"status": "complete"}
        payments = self._client.calls(self._call_sid).payments
        payments(sid).update(idempotency_key=f"{sid}-{wanted}", status_callback=self._url, **fields)

    def _later(self, work: Any) -> None:
        self._work.append(asyncio.ensure_future(off_the_loop(work)))

    async def over(self) -> None:
        await asyncio.gather(*self._work)


async def test_the_caller_keys_in_what_the_agent_asks_for(
    application: Application, simulator: Simulator, client: Client
) -> None:
    agent = Agent(application, client)
    simulator.prepare(ANA, "say:your card please", "hear:goodbye", "hangup", after_seconds=0)
    call = await simulator.call(
        "hear:payment-card-number is asked for",
        f"press:{GOOD}",
        "hear:expiration-date is asked for",
        "press:1320",
        f"press:{EXPIRY}",
        "hear:security-code is asked for",
        "press:123",
        "hear:postal-code is asked for",
        "press:92599#",
        "hear:success",
        "say:goodbye",
        "wait:5",
        "hangup",
    )
    ana = await simulator.told(ANA)
    await agent.over()
    assert agent.asked == ["payment-card-number", "expiration-date", "security-code", "postal-code", "complete"]
    assert len(set(agent.sids)) == 1
    done = agent.told[-1]
    assert (done["Result"], done["PaymentCardNumber"]) == ("success", "xxxx-xxxx-xxxx-4242")
    assert [told["ErrorType"] for told in agent.told if "ErrorType" in told] == ["invalid-date"]
    assert all(hook.signed() for hook in application.at("/told"))
    seen = json.dumps([call.as_dict(), ana.as_dict(), [hook.form for hook in application.hooks]])
    assert GOOD not in seen and heard(ana, "pressed") == heard(call, "pressed") == []


async def test_a_payment_can_be_cancelled(application: Application, simulator: Simulator, client: Client) -> None:
    agent = Agent(application, client)
    application.answers["/told"] = agent._told

    def cancel(hook: Hook) -> str:
        agent.told.append(hook.form)
        if "Result" not in hook.form:
            payments = client.calls(hook.form["CallSid"]).payments
            update = {"idempotency_key": "stop", "status_callback": hook.url, "status": "cancel"}
            agent._later(lambda: payments(hook.form["Sid"]).update(**update))
        return ""

    application.answers["/told"] = cancel
    simulator.prepare(ANA, "say:your card please", "hear:never", after_seconds=0)
    await simulator.call("hear:your card please", "hold:3", "hangup")
    await simulator.network.settled()
    await agent.over()
    assert agent.told[-1]["Result"] == "payment-canceled"


@pytest.mark.parametrize("sid", ["CA" + "0" * 32])
async def test_only_a_live_call_can_be_paid_on(client: Client, sid: str) -> None:
    def create() -> Any:
        return client.calls(sid).payments.create(idempotency_key="k", status_callback="https://x.example")

    assert await off_the_loop(lambda: refusal(create)) == (404, 20404)
