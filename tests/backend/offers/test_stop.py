"""STOP in the middle of paying by text: what was offered counts no more, and nothing more reaches the telephone."""

import pytest

from backend.consent import service as consent
from backend.consent.routes import post_text_consent
from backend.consent.schemas import TextConsentIn
from backend.offers.errors import OfferOverError
from backend.outbox.rules import Drop, decide
from tests.backend.charges.payer import DEBT_CENTS, Payer
from tests.backend.gateway.world import SandboxWorld
from tests.backend.offers.thread import OTHER_PHONE, OWN_PHONE, Thread, begun


async def stop(payer: Payer, phone: str = OWN_PHONE) -> None:
    """The carrier's keyword, as telephony tells of it."""
    said = TextConsentIn(phone=phone, word="stop", wording="STOP", is_keyword=True, provider_message_id=f"SM {phone}")
    async with payer.tools.database.transaction() as session:
        await post_text_consent(said, session, payer.tools.clock.now())


async def test_before_yes_the_offer_is_dropped(thread: Thread, payer: Payer, world: SandboxWorld) -> None:
    offer = await thread.offer()
    await stop(payer)
    with pytest.raises(OfferOverError) as over:
        await thread.accept(offer.id)
    assert over.value.extra["state"] == "declined"
    assert (await payer.balance_cents(), await world.attempts()) == (DEBT_CENTS, 0)


async def test_of_another_telephone_it_is_no_matter_nor_of_a_call(thread: Thread, payer: Payer) -> None:
    offer = await thread.offer()
    call = await begun(payer.tools, payer.account_id, channel="voice", phone=OTHER_PHONE)
    spoken = await call.offer()
    await stop(payer, OTHER_PHONE)
    rows = await thread.rows("SELECT id, status FROM payment_offers")
    assert {row.id: row.status for row in rows} == {offer.id: "open", spoken.id: "open"}


async def test_between_yes_and_receipt_the_payment_is_made_and_no_text_goes(
    thread: Thread, payer: Payer, world: SandboxWorld
) -> None:
    charge = await thread.accept((await thread.offer()).id)
    await stop(payer)
    await payer.walk_until_done(charge.id)
    assert (await payer.balance_cents(), await world.attempts()) == (0, 1)
    (line,) = await thread.rows("SELECT text FROM messages WHERE sender = 'system'")
    assert "Confirmation number" in line.text  # a person who looks at the thread sees it
    (sent,) = await thread.rows("SELECT recipient, kind FROM outbound_messages")
    async with payer.tools.database.transaction() as session:
        known = (await consent.states(session, [sent.recipient]))[sent.recipient]
    now = payer.tools.clock.now()
    assert decide(
        sent.kind, now, stopped_by=known.stopped_by, unreachable=known.unreachable, stood_down=False, quiet_until=None
    ) == Drop("opted_out")
