"""`<Pay>`: the caller keys in a card or bank account, which goes to the payment connector and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from telephony.simulator.callbacks import Callback
from telephony.simulator.calls.events import speaking_seconds
from telephony.simulator.calls.execution import Execution, flag_of, seconds_of
from telephony.simulator.calls.line import Goto, Heard, Key, Mode
from telephony.simulator.calls.verbs.registry import verb
from telephony.simulator.calls.verbs.speech import NESTED
from telephony.simulator.pay.connector import Order
from telephony.simulator.pay.fields import BANK, CARD, CARD_TYPES, DEFAULT_CARD_TYPES, PROCESSING, PaymentFields
from telephony.simulator.pay.prompts import prompt_for, usual_words
from telephony.simulator.requester import LOOPBACK

TIMEOUT_SECONDS = 5.0
AMOUNT_MAX = Decimal(1_000_000)
KEYS: frozenset[Mode] = frozenset({"dtmf"})
NOTHING: frozenset[Mode] = frozenset()
STAR = "caller-interrupted-with-star"
TOO_MANY = "too-many-failed-attempts"


@dataclass
class Session:
    """One `<Pay>` that is being carried out."""

    execution: Execution
    element: Element
    fields: PaymentFields
    order: Order
    attempts_max: int
    timeout_seconds: float
    language: str

    async def run(self) -> Mapping[str, str]:
        """Every field, then the connector; what the action is told."""
        for name in self.fields.wanted:
            failed = await self._field(name)
            if failed is not None:
                return self._told(failed)
        await self._say(PROCESSING, None, 1)
        await self._call_back(PROCESSING, None, 1)
        connectors = self.execution.facilities.connectors
        receipt = await connectors.process(self.element.get("paymentConnector", "Default"), self.order)
        result = "payment-connector-error" if receipt.error_code else "success"
        return self._told(result) | receipt.as_parameters()

    def _told(self, result: str) -> dict[str, str]:
        return {"Result": result, **self.fields.masked()}

    async def _field(self, name: str) -> str | None:
        """Ask for one field until it is right; the Result when that fails."""
        error: str | None = None
        for attempt in range(1, self.attempts_max + 1):
            heard = await self._say(name, error, attempt)
            digits = await self._keys(name, heard)
            if digits is None:
                return STAR
            error = self.fields.check(name, digits, self.execution.facilities.clock().date())
            if error is None:
                self.fields.values[name] = digits
            self.execution.emit("pay", f"{name} {'•' * len(digits)}".strip() + (f" ({error})" if error else ""))
            await self._call_back(name, error, attempt)
            if error is None:
                return None
        return TOO_MANY

    async def _say(self, name: str, error: str | None, attempt: int) -> Heard | None:
        prompt = prompt_for(self.element.findall("Prompt"), name, error, attempt, self.fields.card_type)
        keys = NOTHING if name == PROCESSING else KEYS
        if prompt is None:
            words = usual_words(name, error, self.language)
            self.execution.emit("say", words, language=self.language, seconds=speaking_seconds(words))
            return await self.execution.line.play(speaking_seconds(words), keys)
        for nested in prompt:
            if (sound := NESTED.get(nested.tag)) is not None:
                heard = await sound(self.execution, nested, keys)
                if heard is not None:
                    return heard
        return None

    async def _keys(self, name: str, first: Heard | None) -> str | None:
        """The digits of one field; None when * ended the whole."""
        line, digits = self.execution.line, ""
        key = first or await line.listen(self.timeout_seconds, KEYS)
        while isinstance(key, Key):
            if key.digit == "*":
                line.settle()
                return None
            if key.digit == "#":
                break
            digits += key.digit
            if self.fields.complete_at(name, digits):
                break
            key = await line.listen(self.timeout_seconds, KEYS)
        line.settle()
        return digits

    async def _call_back(self, name: str, error: str | None, attempt: int) -> None:
        """Not all of a webhook's usual parameters come with it."""
        address, leg = self.element.get("statusCallback"), self.execution.leg
        if not address:
            return
        account = self.execution.facilities.account_sid
        told = {"AccountSid": account, "CallSid": leg.sid, "For": name, "Attempt": str(attempt)}
        if error:
            told["ErrorType"] = error
        target = self.execution.goto(address, self.element.get("statusCallbackMethod"), told | self.fields.masked())
        await self.execution.facilities.callbacks.tell(Callback(leg.sid, target.url, target.method, target.parameters))


async def pay(execution: Execution, element: Element) -> Goto | None:
    """Take the payment and go to the action. After too many failed attempts Twilio's page says both that the action
    is asked and that the next verb is carried out: the conditions choose."""
    action = execution.goto(element.get("action"), "POST", {})
    parts = urlsplit(action.url)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        execution.warn(64016, "the action of <Pay> must be an https address")
        return None
    session, problem = _session(execution, element)
    farewell = Goto(action.url, "POST", {"Result": "caller-hung-up"})
    execution.farewells.append(farewell)
    execution.emit("pay", "begins")
    told = {"Result": "validation-error", "PayErrorCode": str(problem)} if problem else await session.run()
    execution.farewells.remove(farewell)
    execution.emit("pay", told["Result"])
    if told["Result"] == TOO_MANY and execution.facilities.conditions.pay_after_max_attempts == "next_verb":
        return None
    return Goto(action.url, "POST", dict(told))


def _session(execution: Execution, element: Element) -> tuple[Session, int]:
    """The session, and the number of what is wrong with its attributes (0: nothing)."""
    fields, problem = _fields(execution, element)
    amount = Decimal(0)
    try:
        amount = Decimal(element.get("chargeAmount") or "0")
    except InvalidOperation:
        problem = 64003
    if not 0 <= amount <= AMOUNT_MAX:
        problem = 64003
    token_type = element.get("tokenType", "reusable")
    if token_type not in ("one-time", "reusable", "payment-method"):
        problem = 64006
    if element.get("paymentConnector", "Default") not in execution.facilities.connectors.by_name:
        problem = 64004
    attempts = element.get("maxAttempts", "1")
    if attempts not in ("1", "2", "3"):
        problem = 64020
    if problem:
        execution.warn(problem, "an attribute of <Pay> is wrong")
    parameters = {each.get("name", ""): each.get("value", "") for each in element.findall("Parameter")}
    currency, description = element.get("currency", "usd"), element.get("description", "")
    order = Order(fields, amount, currency, description, token_type, parameters)
    timeout = seconds_of(execution, element, "timeout", TIMEOUT_SECONDS, 64020)
    language = element.get("language", "en-US")
    return Session(execution, element, fields, order, int(attempts) if not problem else 1, timeout, language), problem


def _fields(execution: Execution, element: Element) -> tuple[PaymentFields, int]:
    method = element.get("paymentMethod", "credit-card")
    postal = element.get("postalCode", "true")
    cards = element.get("validCardTypes", " ".join(DEFAULT_CARD_TYPES)).split()
    problem = 0 if method in ("credit-card", "ach-debit") else 64013
    if not set(cards) <= set(CARD_TYPES):
        problem = 64020
    for prompt in element.findall("Prompt"):
        if not set(prompt.get("for", "").split()) <= {*CARD, *BANK, PROCESSING}:
            execution.warn(12200, f"for={prompt.get('for')!r} on <Prompt>")
    fields = PaymentFields(
        method=method,
        security_code=flag_of(element, "securityCode", default=True),
        postal_code=postal.lower() != "false",
        known_postal_code=postal if postal.lower() not in ("true", "false") else "",
        postal_code_length_min=round(seconds_of(execution, element, "minPostalCodeLength", 0, 64020)),
        card_types=cards,
        bank_account_type=element.get("bankAccountType", "consumer-checking"),
    )
    return fields, problem


VERBS = {
    "Pay": verb(
        pay,
        "input action bankAccountType statusCallback statusCallbackMethod timeout maxAttempts securityCode "
        "postalCode minPostalCodeLength paymentConnector paymentMethod tokenType chargeAmount currency credentialSid "
        "description validCardTypes language",
    )
}
