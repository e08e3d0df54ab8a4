"""What a customer hears when a person has decided what the assistant proposed for them."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import service as accounts
from backend.fees.names import fee_name
from backend.models.fee import FeeCharge, FeeReversal
from backend.outbox import service as outbox

_DECIDED = {
    "en": {
        "posted": "Good news: your {fee} of {amount} has been taken off your water account. Thank you for asking.",
        "declined": "We looked at your request about your {fee} of {amount}. We could not take it off this time."
        " To talk with a person about it, reply AGENT.",
    },
    "es": {
        "posted": "Buenas noticias: retiramos el {fee} de {amount} de su cuenta de agua. Gracias por preguntar.",
        "declined": "Revisamos su solicitud sobre el {fee} de {amount}. Esta vez no pudimos retirarlo."
        " Para hablar con una persona, responda AGENTE.",
    },
}


def decision_text(language: str, code: str, amount_cents: int, status: str) -> str:
    """The text message about a decision; `status` is posted or declined."""
    words = _DECIDED[language][status]
    return words.format(fee=fee_name(code, language), amount=f"${amount_cents // 100:,}.{amount_cents % 100:02}")


async def tell_decision(session: AsyncSession, fee: FeeCharge, reversal: FeeReversal, now: datetime) -> None:
    """Text the customer who asked by conversation; staff who asked tell their customer themselves."""
    if reversal.requested_role != "assistant":
        return
    facts = await accounts.account_facts(session, fee.account_id)
    if facts.text_phone is None:
        return
    await outbox.enqueue(
        session,
        channel="sms",
        recipient=facts.text_phone,
        text=decision_text(facts.language, fee.code, fee.amount_cents, reversal.status),
        language=facts.language,
        purpose="fee_reversal_decided",
        now=now,
    )
