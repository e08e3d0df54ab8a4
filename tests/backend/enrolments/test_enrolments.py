"""Paying by text is agreed to on the telephone itself; everybody else of the account is told."""

from datetime import timedelta

import pytest

from backend.enrolments import service
from backend.enrolments.service import NoPhoneToAskError, NothingToConfirmError
from backend.errors import ForbiddenError
from backend.models.customer import CustomerPhone
from backend.offers.errors import ChooseAccountError
from tests.backend.charges.conftest import SetClock
from tests.backend.charges.payer import DEBT_CENTS, Payer, enrolled
from tests.backend.gateway.world import SandboxWorld
from tests.backend.offers.thread import OTHER_PHONE, OWN_PHONE, Thread, begun


class TestAsking:
    async def test_in_a_text_thread_it_is_asked_right_there(self, thread: Thread, payer: Payer) -> None:
        asked = await thread.ask_to_enrol(payer.account_id)
        assert (asked.status, asked.phone_masked, asked.texted) == ("asked", "•••-•••-1111", False)
        assert "Reply CONFIRM to agree, STOP to get no texts" in asked.words
        assert await payer.texts() == []

    async def test_from_a_chat_the_phone_on_file_is_asked(self, payer: Payer) -> None:
        chat = await begun(payer.tools, payer.account_id, channel="chat", phone=None)
        with pytest.raises(NoPhoneToAskError):
            await chat.ask_to_enrol(payer.account_id)
        async with payer.tools.database.transaction() as session:
            session.add(CustomerPhone(customer_id=payer.customer_id, phone=OTHER_PHONE, rank=0, texts_allowed=True))
        asked = await chat.ask_to_enrol(payer.account_id)
        assert (asked.phone_masked, asked.texted) == ("•••-•••-2222", True)
        assert await payer.texts() == [asked.words]

    async def test_the_words_and_the_times_are_kept(self, thread: Thread, payer: Payer) -> None:
        asked = await thread.ask_to_enrol(payer.account_id)
        await thread.confirm()
        async with payer.tools.database.transaction() as session:
            (kept,) = await service.enrolments_of(session, payer.account_id)
        now = payer.tools.clock.now()
        assert (kept.terms, kept.status, kept.asked_at, kept.confirmed_at) == (asked.words, "confirmed", now, now)


class TestConfirming:
    async def test_lets_the_phone_pay_without_being_verified(self, thread: Thread, payer: Payer) -> None:
        await thread.ask_to_enrol(payer.account_id)
        later = await begun(payer.tools, None)
        with pytest.raises(ForbiddenError):
            await later.offer()
        (confirmed,) = await thread.confirm()
        assert "can now pay by text" in confirmed.words
        assert (await later.offer()).amount_cents == DEBT_CENTS
        for channel, phone in (("voice", OWN_PHONE), ("sms", OTHER_PHONE)):
            elsewhere = await begun(payer.tools, None, channel=channel, phone=phone)
            with pytest.raises(ForbiddenError):
                await elsewhere.offer()

    async def test_is_for_the_phone_that_was_asked(self, thread: Thread, payer: Payer) -> None:
        await thread.ask_to_enrol(payer.account_id)
        for where in (
            await begun(payer.tools, payer.account_id, phone=OTHER_PHONE),
            await begun(payer.tools, payer.account_id, channel="voice"),
        ):
            with pytest.raises(NothingToConfirmError):
                await where.confirm()

    async def test_after_a_week_it_is_asked_again(self, thread: Thread, payer: Payer, clock: SetClock) -> None:
        await thread.ask_to_enrol(payer.account_id)
        clock.moment += timedelta(days=7)
        later = await begun(payer.tools, payer.account_id)
        with pytest.raises(NothingToConfirmError):
            await later.confirm()
        await later.ask_to_enrol(payer.account_id)
        assert len(await later.confirm()) == 1

    async def test_the_other_phones_of_the_account_are_told(self, thread: Thread, payer: Payer) -> None:
        await thread.ask_to_enrol(payer.account_id)
        await thread.confirm()
        second = await begun(payer.tools, payer.account_id, phone=OTHER_PHONE, language="es")
        await second.ask_to_enrol(payer.account_id)
        await second.confirm()
        (sent,) = await second.rows("SELECT recipient, text FROM outbound_messages")
        assert sent.recipient == OWN_PHONE
        assert "the phone •••-•••-2222 can now also pay by text" in sent.text and "If this was not you" in sent.text

    async def test_one_phone_pays_for_several_accounts(self, thread: Thread, payer: Payer, world: SandboxWorld) -> None:
        second = await enrolled(payer.tools, world)
        for one in (payer, second):
            await (await begun(payer.tools, one.account_id)).ask_to_enrol(one.account_id)
        assert len(await thread.confirm()) == 2
        later = await begun(payer.tools, None)
        with pytest.raises(ChooseAccountError) as choose:
            await later.offer()
        assert {one["account_id"] for one in choose.value.extra["choices"]} == {
            str(payer.account_id),
            str(second.account_id),
        }
        assert (await later.offer(second.account_id)).amount_cents == DEBT_CENTS


class TestEnding:
    async def test_stop_ends_all_of_a_phone(self, thread: Thread, payer: Payer) -> None:
        await thread.ask_to_enrol(payer.account_id)
        await thread.confirm()
        async with payer.tools.database.transaction() as session:
            assert await service.end_of_phone(session, OWN_PHONE, payer.tools.clock.now()) == 1
        with pytest.raises(ForbiddenError):
            await (await begun(payer.tools, None)).offer()


async def test_ended_from_elsewhere_the_telephone_is_told(thread: Thread, payer: Payer) -> None:
    await thread.ask_to_enrol(payer.account_id)
    await thread.confirm()
    tools, call = payer.tools, await begun(payer.tools, payer.account_id, channel="voice", phone=OTHER_PHONE)
    async with tools.database.transaction() as session:
        ended = await service.end_of_conversation(
            session, call.conversation_id, payer.account_id, district=tools.district, now=tools.clock.now()
        )
    assert ended == 1
    ((recipient, words),) = await payer.rows("SELECT recipient, text FROM outbound_messages")
    assert recipient == OWN_PHONE and "can no longer pay by text" in words and "If this was not you" in words


async def test_ended_on_the_telephone_itself_there_is_no_second_text(thread: Thread, payer: Payer) -> None:
    await thread.ask_to_enrol(payer.account_id)
    await thread.confirm()
    tools = payer.tools
    async with tools.database.transaction() as session:
        await service.end_of_conversation(
            session, thread.conversation_id, payer.account_id, district=tools.district, now=tools.clock.now()
        )
    assert await payer.texts() == []


async def test_ended_by_the_staff_is_kept_as_such_and_told(thread: Thread, payer: Payer) -> None:
    await thread.ask_to_enrol(payer.account_id)
    await thread.confirm()
    tools = payer.tools
    async with tools.database.transaction() as session:
        assert (
            await service.end_of_account(session, payer.account_id, district=tools.district, now=tools.clock.now()) == 1
        )
    assert await payer.rows("SELECT end_reason FROM text_enrolments") == [("ended by staff",)]
    assert len(await payer.texts()) == 1
