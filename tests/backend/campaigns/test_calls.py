"""A campaign by telephone: at its own pace, once more when nobody picks up, and never after "no more calls"."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.campaigns import service as campaigns
from backend.campaigns.rules import Audience
from backend.campaigns.service import Plan
from backend.campaigns.wording import Words
from backend.outbox import repository
from backend.outbox import service as outbox
from backend.outbox.service import BulkMessage, Done
from tests.backend.campaigns.conftest import (
    NOW,
    SPOKEN,
    TEXTS,
    add_lead,
    add_somebody,
    campaign_status,
    phone_of,
    rows,
    started,
    statuses,
)
from tests.backend.campaigns.test_going_out import EVENING, MORNING, office, texted
from tests.backend.living import TELEPHONY, Api
from tests.backend.outbox.test_delivery import until
from tests.backend.workflows.telephone import Telephone, listening

WORDS = Words(TEXTS, SPOKEN)
LANDLINE = phone_of(900)


async def landline(api: Api, place: int = 900) -> None:
    async with api.app.state.database.transaction() as session:
        await add_somebody(session, place, texts=False)


async def tell(api: Api, message_id: UUID, sid: str, status: str, code: str | None = None) -> list[Any]:
    """What telephony says of a call; the ids that are none of ours."""
    told = {"message_id": str(message_id), "status": status, "provider_message_id": sid, "error_code": code}
    answer = await api.client.post("/v1/message-statuses", json={"statuses": [told]}, headers=TELEPHONY)
    unknown: list[Any] = answer.json()["unknown"]
    return unknown


def call_of(url: str, campaign_id: UUID) -> tuple[Any, ...]:
    """Its one call: id, status, what it waits for, how often nobody picked up, the carrier's id."""
    found = rows(
        url,
        "SELECT id, status, waits_for, calls_missed, provider_message_id FROM outbound_messages"
        " WHERE campaign_id = %s AND channel = 'call'",
        campaign_id,
    )
    return found[0] if found else (None,) * 5


def hurry(url: str) -> None:
    """The half hour is over."""
    rows(url, "UPDATE outbound_messages SET look_at = now() WHERE status = 'pending'")


async def test_who_takes_no_texts_is_called_and_the_others_are_texted(own_url: str, valkey_url: str) -> None:
    telephone = Telephone()
    with listening(telephone) as port:
        async with office(own_url, valkey_url, port, people=2) as (api, lead):
            await landline(api)
            campaign_id = await started(api, lead, words=WORDS)
            await until(lambda: len(telephone.asked) == 3)
            asked = {(one["channel"], one["to"], one["text"]) for one in telephone.asked}
            assert ("call", LANDLINE, "Your water is off on Friday. Call 951-555-0100.") in asked
            assert {channel for channel, _, _ in asked} == {"sms", "call"}
            await until(lambda: campaign_status(own_url, campaign_id) == "finished")


async def test_calls_wait_for_one_another_and_not_for_texts(own_url: str, valkey_url: str) -> None:
    telephone = Telephone()
    with listening(telephone) as port:
        async with office(own_url, valkey_url, port, people=1) as (api, lead):
            rows(own_url, "UPDATE sender_pace SET busy_until = now() + interval '1 hour' WHERE id = 2")
            await landline(api)
            campaign_id = await started(api, lead, words=WORDS)
            await until(lambda: texted(telephone)[phone_of(0)] == 1)
            assert statuses(own_url, campaign_id)[LANDLINE] == "pending"
            rows(own_url, "UPDATE sender_pace SET busy_until = now() WHERE id = 2")
            await until(lambda: texted(telephone)[LANDLINE] == 1)


async def test_nobody_picks_up_twice(own_url: str, valkey_url: str) -> None:
    telephone = Telephone()
    with listening(telephone) as port:
        async with office(own_url, valkey_url, port, people=0) as (api, lead):
            await landline(api)
            campaign_id = await started(api, lead, words=WORDS)
            await until(lambda: call_of(own_url, campaign_id)[1] == "sent")
            message_id, _, _, _, first = call_of(own_url, campaign_id)
            assert await tell(api, message_id, first, "failed", "no_answer") == []
            assert call_of(own_url, campaign_id)[1:4] == ("pending", "no_answer", 1)
            # Twilio tells it again, and late: the second call is still to be made.
            assert await tell(api, message_id, first, "failed", "no_answer") == []
            assert call_of(own_url, campaign_id)[1:4] == ("pending", "no_answer", 1)
            hurry(own_url)
            await until(lambda: call_of(own_url, campaign_id)[1] == "sent")
            second = call_of(own_url, campaign_id)[4]
            assert second != first
            assert [one["message_id"] for one in telephone.asked] == [str(message_id), f"{message_id}.1"]
            await tell(api, message_id, first, "failed", "no_answer")
            assert call_of(own_url, campaign_id)[1] == "sent"
            await tell(api, message_id, second, "failed", "busy")
            assert statuses(own_url, campaign_id) == {LANDLINE: "busy"}
            await until(lambda: campaign_status(own_url, campaign_id) == "finished")
    assert len(telephone.asked) == 2


async def test_the_news_overtakes_the_answer_that_the_call_was_made(session: AsyncSession) -> None:
    """The phone is busy at once: telephony hears of it before the pump has written the call's id down."""
    one = await add_somebody(session, 900, texts=False)
    lead = await add_lead(session)
    campaign_id = await campaigns.make(session, lead, Plan("Friday", "outage", Audience(), WORDS), key="1", now=NOW)
    message = BulkMessage(one.phone, "Hello", "en", one.account_id, 0, "call")
    (message_id,) = await outbox.enqueue_many(
        session, [message], campaign_id=campaign_id, kind="notice", purpose="campaign_outage", now=NOW
    )
    await outbox.note_statuses(session, [Done(message_id, "failed", "CA1", "busy")], NOW)
    await repository.finish(session, [Done(message_id, "sent", "CA1")], NOW)
    query = text(
        "SELECT status, waits_for, calls_missed, look_at > now() + interval '20 minutes' FROM outbound_messages"
    )
    assert tuple((await session.execute(query)).one()) == ("pending", "no_answer", 1, True)


async def test_no_more_calls_in_the_middle_of_it(own_url: str, valkey_url: str) -> None:
    telephone = Telephone()
    with listening(telephone) as port:
        async with office(own_url, valkey_url, port, people=0) as (api, lead):
            rows(own_url, "UPDATE sender_pace SET busy_until = now() + interval '1 hour' WHERE id = 2")
            await landline(api)
            campaign_id = await started(api, lead, words=WORDS)
            await until(lambda: bool(statuses(own_url, campaign_id)))
            said = {
                "phone": LANDLINE,
                "word": "stop",
                "wording": "9",
                "is_keyword": True,
                "provider_message_id": "CA1:calls",
                "about": "calls",
            }
            heard = await api.client.post("/v1/text-consents", json=said, headers=TELEPHONY)
            assert heard.json() == {"heard": True}
            rows(own_url, "UPDATE sender_pace SET busy_until = now() WHERE id = 2")
            await until(lambda: campaign_status(own_url, campaign_id) == "finished")
    assert statuses(own_url, campaign_id) == {LANDLINE: "opted_out"}
    assert telephone.asked == []


async def test_an_emergency_calls_who_wants_neither_texts_nor_calls(own_url: str, valkey_url: str) -> None:
    telephone = Telephone()
    with listening(telephone) as port:
        async with office(own_url, valkey_url, port, people=1, now=EVENING) as (api, lead):
            for about in ("texts", "calls"):
                said = {
                    "phone": phone_of(0),
                    "word": "stop",
                    "wording": "STOP",
                    "is_keyword": True,
                    "provider_message_id": f"1:{about}",
                    "about": about,
                }
                await api.client.post("/v1/text-consents", json=said, headers=TELEPHONY)
            campaign_id = await started(api, lead, kind="emergency", words=WORDS)
            await until(lambda: campaign_status(own_url, campaign_id) == "finished")
    assert [(one["channel"], one["to"]) for one in telephone.asked] == [("call", phone_of(0))]


async def test_nobody_is_called_at_night(own_url: str, valkey_url: str) -> None:
    telephone = Telephone()
    with listening(telephone) as port:
        async with office(own_url, valkey_url, port, people=0, now=EVENING) as (api, lead):
            await landline(api)
            campaign_id = await started(api, lead, words=WORDS)

            def waits() -> bool:
                return bool(statuses(own_url, campaign_id)) and call_of(own_url, campaign_id)[2] == "quiet_hours"

            await until(waits)
            assert telephone.asked == []
            await api.clock(MORNING)
            await until(lambda: texted(telephone)[LANDLINE] == 1)


async def test_what_nobody_told_is_asked_and_called_again(own_url: str, valkey_url: str) -> None:
    telephone = Telephone()
    with listening(telephone) as port:
        async with office(own_url, valkey_url, port, people=0) as (api, lead):
            await landline(api)
            campaign_id = await started(api, lead, words=WORDS)
            await until(lambda: call_of(own_url, campaign_id)[1] == "sent")
            sid = call_of(own_url, campaign_id)[4]
            telephone.texts[sid] = {"status": "failed", "error_code": "no_answer"}
            rows(own_url, "UPDATE outbound_messages SET look_at = now() WHERE status = 'sent'")
            await until(lambda: call_of(own_url, campaign_id)[1:4] == ("pending", "no_answer", 1))
