"""A payment that an agent takes on a live call: the agent says which field is next, the caller keys it in."""

from dataclasses import dataclass, field
from datetime import datetime

from telephony.simulator.callbacks import Callback
from telephony.simulator.calls.execution import Execution
from telephony.simulator.calls.line import Key
from telephony.simulator.pay.connector import Order
from telephony.simulator.pay.fields import PARAMETERS, PaymentFields
from telephony.simulator.values import new_sid


@dataclass(eq=False)
class AssistedPayment:
    """One session, until it is completed or cancelled."""

    execution: Execution
    order: Order
    connector: str
    callback_url: str
    created_at: datetime
    sid: str = field(default_factory=lambda: new_sid("PK"))
    capture: str | None = None
    over: bool = False
    _digits: str = ""

    @property
    def fields(self) -> PaymentFields:
        return self.order.fields

    async def begin(self) -> None:
        """Take the caller's keys from here on, and tell what is needed."""
        self.execution.payment = self
        await self._tell({})

    async def ask(self, name: str) -> None:
        """The keys that come now are this field."""
        self.capture, self._digits = name, ""
        self.fields.values.pop(name, None)
        self.execution.emit("pay", f"{name} is asked for")
        await self._tell({"Capture": name})

    async def take(self, key: Key) -> bool:
        if self.capture is None:
            return False
        name = self.capture
        if key.digit == "*":
            self._digits = ""
            return True
        if key.digit != "#":
            self._digits += key.digit
        if key.digit != "#" and not self.fields.complete_at(name, self._digits):
            shown = {PARAMETERS[name]: "x" * len(self._digits)}
            await self._tell({"Capture": name, "PartialResult": "true", **shown})
            return True
        digits, self._digits = self._digits, ""
        error = self.fields.check(name, digits, self.execution.facilities.clock().date())
        self.execution.emit("pay", f"{name} {'•' * len(digits)}".strip() + (f" ({error})" if error else ""))
        if error is None:
            self.fields.values[name] = digits
            self.capture = None
            await self._tell({})
        else:
            await self._tell({"Capture": name, "ErrorType": error})
        return True

    async def complete(self) -> None:
        """Charge or tokenise, and tell what became of it."""
        self._end()
        receipt = await self.execution.facilities.connectors.process(self.connector, self.order)
        result = "payment-connector-error" if receipt.error_code else "success"
        self.execution.emit("pay", result)
        await self._tell({"Result": result, **receipt.as_parameters()})

    async def cancel(self) -> None:
        """Forget what was keyed in."""
        self._end()
        await self._tell({"Result": "payment-canceled"})

    def _end(self) -> None:
        self.over, self.capture = True, None
        if self.execution.payment is self:
            self.execution.payment = None

    async def _tell(self, more: dict[str, str]) -> None:
        told = {
            "AccountSid": self.execution.facilities.account_sid,
            "CallSid": self.execution.leg.sid,
            "Sid": self.sid,
            "PaymentConnector": self.connector,
            **self.fields.masked(),
        }
        if missing := self.fields.missing:
            told["Required"] = ",".join(missing)
        await self.execution.facilities.callbacks.tell(
            Callback(self.sid, self.callback_url, "POST", told | more, last="Result" in more)
        )
