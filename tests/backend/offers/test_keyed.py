"""Paying by keys on a call: agreed to first, charged once, for anyone; and a fee, said, charged and kept apart."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from backend.charges.service import BalanceChangedError
from backend.charges.tools import Tools
from backend.district.money import ConvenienceFee
from backend.gateway.values import MethodKind
from backend.ledger import chart
from backend.offers import keyed
from backend.offers.errors import AmountWantedError, KeysNeedCallError, OfferOverError
from backend.offers.keyed import Keyed
from backend.offers.service import Offer, Wanted
from backend.payments import returns
from backend.payments.return_items import Given
from backend.payments.service import receipt
from tests.backend.charges.payer import DEBT_CENTS, Payer
from tests.backend.gateway.world import SandboxWorld
from tests.backend.offers.thread import OTHER_PHONE, OWN_PHONE, Thread, begun

FEE_CENTS = 250


def charging(tools: Tools, *fees: ConvenienceFee) -> Tools:
    """The same, in a district that charges for paying."""
    policy = tools.district.policy
    payments = policy.payments.model_copy(update={"convenience_fees": fees})
    return replace(tools, district=replace(tools.district, policy=policy.model_copy(update={"payments": payments})))


def card_fee(*channels: Any) -> ConvenienceFee:
    return ConvenienceFee(methods=("card",), channels=channels, cents=FEE_CENTS)


async def agree(call: Thread, offer_id: UUID) -> str:
    async with call.tools.database.transaction() as session:
        return await keyed.agree(
            session, call.conversation_id, offer_id, district=call.tools.district, now=call.tools.clock.now()
        )


async def capture(call: Thread, offer_id: UUID, token: str, kind: MethodKind = MethodKind.CARD) -> UUID:
    what = Keyed(token, kind, "visa", "4242")
    async with call.tools.database.transaction() as session:
        made = await keyed.capture(
            session, call.tools, call.conversation_id, offer_id, what, now=call.tools.clock.now()
        )
    return made.id


async def by_number(call: Thread, number: str, **wanted: Any) -> Offer | None:
    async with call.tools.database.transaction() as session:
        return await keyed.offer_by_number(
            session, call.conversation_id, number, Wanted(pays_with="keyed_card", **wanted),
            district=call.tools.district, now=call.tools.clock.now(),
        )  # fmt: skip


@pytest.fixture
async def call(payer: Payer) -> Thread:
    """A verified caller."""
    return await begun(payer.tools, payer.account_id, channel="voice")


async def test_what_is_keyed_in_after_a_yes_is_charged_once_however_often_it_is_told(
    call: Thread, payer: Payer, world: SandboxWorld
) -> None:
    offer = await call.offer(pays_with="keyed_card", amount_cents=4_000)
    assert (offer.method, offer.kind, offer.fee_cents) == ("", "card", 0)
    token = await world.save_method("visa", None)
    with pytest.raises(OfferOverError):
        await capture(call, offer.id, token)  # nobody has agreed yet
    assert await agree(call, offer.id) == "open"
    charge_id = await capture(call, offer.id, token)
    assert await capture(call, offer.id, token) == charge_id
    await payer.walk_until_done(charge_id)
    assert await payer.balance_cents() == DEBT_CENTS - 4_000 and await world.attempts() == 1
    async with call.tools.database.transaction() as session:
        told = await keyed.receipt_of(session, call.conversation_id, offer.id)
    assert told.confirmation_number is not None and told.balance_cents == DEBT_CENTS - 4_000
    (text,) = await payer.texts()
    assert "$40.00 from Visa ending in 4242" in text and "Your balance is now $42.50." in text


async def test_nothing_is_charged_when_the_offer_is_gone_or_the_balance_is_another(
    call: Thread, payer: Payer, world: SandboxWorld
) -> None:
    token = await world.save_method("visa", None)
    offer = await call.offer(pays_with="keyed_card")
    await agree(call, offer.id)
    with pytest.raises(OfferOverError):
        await capture(call, offer.id, token, MethodKind.BANK_ACCOUNT)  # another kind than was agreed to
    await payer.walk_until_done((await payer.agree(amount_cents=1_000)).id)
    with pytest.raises(BalanceChangedError):
        await capture(call, offer.id, token)
    again = await call.offer(pays_with="keyed_card")
    await agree(call, again.id)
    assert await call.decline(again.id) == "declined"
    with pytest.raises(OfferOverError):
        await capture(call, again.id, token)
    assert await world.attempts() == 1


async def test_anyone_pays_by_the_number_alone_and_hears_nothing_of_what_is_owed(
    payer: Payer, world: SandboxWorld
) -> None:
    stranger = await begun(payer.tools, None, channel="voice", phone=OTHER_PHONE)
    ((number,),) = await stranger.rows("SELECT number FROM accounts")
    with pytest.raises(AmountWantedError):
        await by_number(stranger, number)
    assert await by_number(stranger, "00000000", amount_cents=500) is None
    assert await stranger.rows("SELECT wrong_account_numbers FROM conversations WHERE account_id IS NULL") == [(1,)]
    offer = await by_number(stranger, number, amount_cents=9_000)  # more than is owed, which nobody tells them
    assert offer is not None and offer.balance_cents is None
    await agree(stranger, offer.id)
    charge_id = await capture(stranger, offer.id, await world.save_method("visa", None))
    await payer.walk_until_done(charge_id)
    async with stranger.tools.database.transaction() as session:
        told = await keyed.receipt_of(session, stranger.conversation_id, offer.id)
    assert told.balance_cents is None and await payer.balance_cents() == DEBT_CENTS - 9_000
    (text,) = await payer.texts()
    assert "$90.00" in text and "balance" not in text


async def test_a_caller_with_a_hidden_number_gets_no_text(payer: Payer, world: SandboxWorld) -> None:
    call = await begun(payer.tools, payer.account_id, channel="voice", phone=None)
    offer = await call.offer(pays_with="keyed_card")
    await agree(call, offer.id)
    charge_id = await capture(call, offer.id, await world.save_method("visa", None))
    await payer.walk_until_done(charge_id)
    assert (await payer.state(charge_id)).receipt_is_sent is False and await payer.texts() == []


async def test_keys_are_for_calls(thread: Thread) -> None:
    with pytest.raises(KeysNeedCallError):
        await thread.offer(pays_with="keyed_card")


class TestAFee:
    """`[[payments.convenience_fees]]`, $2.50 for a card."""

    async def test_is_said_charged_and_kept_apart_and_goes_back_with_the_payment(
        self, payer: Payer, world: SandboxWorld
    ) -> None:
        tools = charging(payer.tools, card_fee("voice", "sms"))
        call = await begun(tools, payer.account_id, channel="voice", phone=OWN_PHONE)
        offer = await call.offer(pays_with="keyed_card", amount_cents=7_000)
        assert (offer.amount_cents, offer.fee_cents) == (7_000, FEE_CENTS)
        assert (await call.offer(pays_with="keyed_bank_account")).fee_cents == 0
        offer = await call.offer(pays_with="keyed_card", amount_cents=7_000)
        await agree(call, offer.id)
        charge_id = await capture(call, offer.id, await world.save_method("visa", None))
        await payer.walk_until_done(charge_id)

        (made,) = await payer.rows("SELECT amount_cents, fee_cents, payment_id FROM charges")
        assert (made.amount_cents, made.fee_cents) == (7_000, FEE_CENTS)
        assert await payer.balance_cents() == DEBT_CENTS - 7_000, "the fee pays nothing of the bill"
        assert await self._cents(payer, chart.CONVENIENCE_FEES) == -FEE_CENTS
        assert await self._cents(payer, chart.CASH) == 7_000 + FEE_CENTS
        (text,) = await payer.texts()
        assert "$70.00 plus a $2.50 card fee ($72.50 in all) from Visa" in text

        async with tools.database.transaction() as session:
            shown = await receipt(session, made.payment_id, tools.clock.now())
        assert (shown.amount_cents, shown.fee_cents) == (7_000, FEE_CENTS)

        given = Given(tools.district.today(tools.clock.now()), "R10")
        async with tools.database.transaction() as session:
            await returns.return_payment(
                session, payment_id=made.payment_id, given=given, district=tools.district, now=tools.clock.now()
            )
        assert await self._cents(payer, chart.CONVENIENCE_FEES) == 0 and await self._cents(payer, chart.CASH) == 0

    async def test_in_a_thread_in_spanish(self, payer: Payer) -> None:
        tools = charging(payer.tools, card_fee("sms"))
        thread = await begun(tools, payer.account_id, language="es")
        offer = await thread.offer()
        charge = await thread.accept(offer.id)
        assert (charge.amount_cents, charge.fee_cents) == (DEBT_CENTS, FEE_CENTS)
        await payer.walk_until_done(charge.id)
        (line,) = await thread.rows("SELECT text FROM messages WHERE sender = 'system'")
        assert "$82.50 más $2.50 por pagar con tarjeta ($85.00 en total)" in line.text

    async def test_of_a_link_is_in_what_the_page_asks_for(self, payer: Payer, world: SandboxWorld) -> None:
        fee = ConvenienceFee(methods=("card", "bank_account"), channels=("link",), cents=FEE_CENTS)
        thread = await begun(charging(payer.tools, fee), payer.account_id)
        made = await thread.link(cents=2_000)
        assert made is not None and made.fee_cents == FEE_CENTS
        (row,) = await thread.rows("SELECT page_id, least_cents, fee_cents, description FROM checkouts")
        assert (row.least_cents, row.fee_cents) == (2_000, FEE_CENTS) and "$2.50 fee" in row.description
        page = await world.gateway.page(row.page_id)
        assert page.charge is None
        assert (await world.http.get(made.url)).text.count("$22.50") > 0

    @staticmethod
    async def _cents(payer: Payer, ledger_account: UUID) -> int:
        query = (
            f"SELECT coalesce(sum(amount_cents), 0) FROM ledger_postings WHERE ledger_account_id = '{ledger_account}'"
        )
        ((cents,),) = await payer.rows(query)
        return int(cents)
