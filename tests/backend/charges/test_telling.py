"""Where the receipt goes: back into the thread in which it was agreed, once, as a line of the conversation."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from tests.backend.charges.payer import Payer
from tests.backend.living import Api, living, settings_for

OUTBOX = "SELECT channel, recipient, thread_key, seq, conversation_id, language FROM outbound_messages"
PARTY = "+15550002222"


@pytest.fixture
async def api(database_url: str, valkey_url: str) -> AsyncIterator[Api]:
    """The application over the payer's own database."""
    async with living(settings_for(database_url, valkey_url)) as made:
        yield made


async def conversation(api: Api, channel: str, party: str | None = PARTY) -> tuple[UUID, str]:
    """A conversation of that channel; its id and thread."""
    key = f"{channel} thread"
    turn = (await api.said("I want to pay", channel=channel, thread_key=key, party=party)).json()
    await api.replied(turn["turn_id"], {"text": "Thank you. I am taking the payment now."})
    return UUID(turn["conversation_id"]), key


@pytest.mark.parametrize(
    ("channel", "sent_by", "thread"), [("sms", "sms", True), ("chat", "chat", True), ("voice", "sms", False)]
)
async def test_it_is_a_line_of_the_conversation_and_reaches_the_customer_there(
    api: Api, payer: Payer, channel: str, sent_by: str, thread: bool
) -> None:
    conversation_id, key = await conversation(api, channel)
    charge = await payer.agree(channel=channel, conversation_id=conversation_id, recipient=None)
    await payer.walk(charge.id)
    *_, line = (await api.messages(str(conversation_id)))["messages"]
    assert line["from"] == "system" and "we received your payment of $82.50" in line["text"]
    (row,) = await payer.rows(OUTBOX)
    assert (row.channel, row.thread_key) == (sent_by, key if thread else None)
    assert (row.conversation_id, row.seq) == (conversation_id, line["seq"])
    assert row.recipient == PARTY


async def test_a_caller_who_hid_their_number_has_it_in_the_transcript_at_least(api: Api, payer: Payer) -> None:
    conversation_id, _ = await conversation(api, "voice", party=None)
    charge = await payer.agree(channel="voice", conversation_id=conversation_id, recipient=None)
    assert await payer.walk(charge.id) == "done"
    *_, line = (await api.messages(str(conversation_id)))["messages"]
    assert "Confirmation number" in line["text"]
    assert await payer.rows(OUTBOX) == []


async def test_nothing_of_a_receipt_is_taken_for_a_number_to_hide(api: Api, payer: Payer) -> None:
    conversation_id, _ = await conversation(api, "chat")
    charge = await payer.agree(channel="chat", conversation_id=conversation_id)
    await payer.walk(charge.id)
    *_, line = (await api.messages(str(conversation_id)))["messages"]
    assert "removed" not in line["text"] and "4242" in line["text"]
