"""A fee the customer wants taken off: at once within the assistant's authority, else a person decides."""

import re
from typing import Any

from actions import billing_api, names
from actions.account_api import Refused
from actions.billing_types import Fee
from actions.identity import known
from actions.turn import TopicAction, Turn

ASK = "action_fee_reversal_ask"
NOTE = "Asked the assistant to take the fee off."
_CODES = {
    "late": r"\b(?:late|tard[ií]o|tarde|atraso|retraso|mora|penalty|recargo)\b",
    "returned_payment": r"\b(?:returned|bounced|nsf|insufficient|devuelto|rebot\w+|sin fondos)\b",
    "reconnection": r"\b(?:reconnect\w*|turn.on|reconexi[oó]n|reconectar)\b",
    "tag": r"\b(?:tag|door|notice|aviso|puerta)\b",
    "delinquent_processing": r"\b(?:delinquen\w+|processing|moros\w+|tr[aá]mite)\b",
}
_NAMES = {
    "late": {"en": "late fee", "es": "cargo por pago tardío"},
    "returned_payment": {"en": "returned payment fee", "es": "cargo por pago devuelto"},
    "reconnection": {"en": "reconnection fee", "es": "cargo de reconexión"},
    "tag": {"en": "notice fee", "es": "cargo por aviso en la puerta"},
    "delinquent_processing": {"en": "past due processing fee", "es": "cargo por trámite de morosidad"},
}


class ActionFeeReversal(TopicAction):
    """Which fee it is, and whether the customer wants it asked for."""

    def name(self) -> str:
        return "action_fee_reversal"

    async def answer(self, turn: Turn) -> None:
        fees = await known(turn, self.name(), billing_api.fees)
        if fees is None:
            return
        fee = _meant(turn, fees)
        if fee is None:
            turn.say("utter_fee_none")
            turn.offer(f"{names.OFFER_PERSON}:above_authority")
            return
        turn.say(f"utter_fee_{fee.state}", **_facts(turn, fee))
        if fee.state == "charged":
            turn.offer(f"{names.OFFER_ACTION}:{ASK}:{fee.id}")


class ActionFeeReversalAsk(TopicAction):
    """Yes: ask for it. Asking twice is one request."""

    def name(self) -> str:
        return ASK

    async def answer(self, turn: Turn) -> None:
        fees = await known(turn, "action_fee_reversal", billing_api.fees)
        if fees is None:
            return
        wanted = (turn.offered or "").rpartition(":")[2]
        fee = next((one for one in fees if str(one.id) == wanted), None) or _meant(turn, fees)
        if fee is None or fee.state != "charged":
            turn.say(
                "utter_fee_none" if fee is None else f"utter_fee_{fee.state}", **(_facts(turn, fee) if fee else {})
            )
            return
        try:
            made = await billing_api.ask_fee_reversal(turn.conversation_id, fee.id, NOTE)
        except Refused as refused:
            if refused.status != 409:
                raise
            turn.say("utter_fee_reversal_refused")
            turn.offer(f"{names.OFFER_PERSON}:above_authority")
            return
        became = "asked" if made.status == "pending" else made.status
        turn.say(f"utter_fee_reversal_{became}", **_facts(turn, fee))


def _meant(turn: Turn, fees: tuple[Fee, ...]) -> Fee | None:
    """The newest fee of the kind that was named (else of any kind), one that still stands before one that does not."""
    named = [code for code, words in _CODES.items() if re.search(words, turn.text, re.IGNORECASE)]
    fitting = [fee for fee in fees if not named or fee.code in named]
    return next((fee for fee in fitting if fee.state == "charged"), next(iter(fitting), None))


def _facts(turn: Turn, fee: Fee) -> dict[str, Any]:
    return {
        "fee": _NAMES[fee.code][turn.language],
        "amount": turn.wording.money(fee.amount_cents),
        "charged_on": turn.wording.day(fee.charged_on),
    }
