"""Tells whoever saved a card or bank account, in the conversation they came from, so that they can go on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.conversations import service as conversations
from backend.gateway.values import MethodFacts
from backend.outbox import service as outbox
from backend.saved_methods import rules

_SAVED = {
    "en": "{method} is on file now. Write PAY to pay your bill with it.",
    "es": "{method} ya está registrada. Escriba PAGAR para pagar su factura con ella.",
}


async def tell_saved(
    session: AsyncSession, conversation_id: UUID, facts: MethodFacts, language: str, now: datetime
) -> None:
    """Say in the conversation what is on file now."""
    words = _SAVED[language].format(method=rules.label(facts.brand, facts.last4, language))
    line = await conversations.say(session, conversation_id, "system", words, now=now)
    if line.channel != "chat" and line.party is None:
        return
    await outbox.enqueue(
        session,
        channel=line.channel,
        recipient=line.party,
        text=words,
        language=language,
        purpose="method_saved",
        now=now,
        conversation_id=line.conversation_id,
        thread_key=line.thread_key,
        seq=line.seq,
    )
