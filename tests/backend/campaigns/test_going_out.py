"""A campaign on its way, on good days and bad ones: paced, paused, stopped by STOP, by the evening, by a kill."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

from backend.access import Principal
from backend.campaigns import service
from backend.campaigns.wording import Words
from backend.district.service import District
from backend.ledger import service as ledger
from tests.backend.campaigns.conftest import (
    NOW,
    add_lead,
    add_somebody,
    campaign_status,
    phone_of,
    rows,
    started,
    statuses,
)
from tests.backend.fees.conftest import TODAY, add_bill, pay
from tests.backend.living import TELEPHONY, Api, living, settings_for
from tests.backend.outbox.test_delivery import ready, text, until
from tests.backend.workflows.telephone import Telephone, listening

EVENING = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
"""Half past nine in the evening in California."""
MORNING = datetime(2026, 11, 24, 16, 1, tzinfo=UTC)


@asynccontextmanager
async def office(
    url: str, valkey_url: str, port: int, *, people: int, now: datetime = NOW
) -> AsyncIterator[tuple[Api, Principal]]:
    """The application with its workflows, so many people in it, and a lead; its clock says `now`."""
    settings = settings_for(url, valkey_url, workflows=True, telephony_url=f"http://127.0.0.1:{port}")
    async with living(settings) as api:
        await until(lambda: ready(api))
        await api.clock(now)
        async with api.app.state.database.transaction() as session:
            for place in range(people):
                await add_somebody(session, place)
            lead = await add_lead(session)
        yield api, lead


def texted(telephone: Telephone) -> Counter[str]:
    """How many different messages each number was sent."""
    return Counter(to for _, to in {(asked["message_id"], asked["to"]) for asked in telephone.asked})


def pace(url: str, busy_seconds: float) -> None:
    """The number is busy for so long from now, or free again."""
    rows(url, "UPDATE sender_pace SET busy_until = now() + make_interval(secs => %s)", busy_seconds)


async def test_everybody_gets_one_text_and_it_ends(own_url: str, valkey_url: str) -> None:
    telephone = Telephone()
    with listening(telephone) as port:
        async with office(own_url, valkey_url, port, people=8) as (api, lead):
            campaign_id = await started(api, lead)
            await until(lambda: campaign_status(own_url, campaign_id) == "finished")
    assert texted(telephone) == Counter({phone_of(place): 1 for place in range(8)})
    assert {asked["text"] for asked in telephone.asked} == {"Rio Seco: water is off on Friday, Rosa."}


async def test_it_waits_for_the_number_and_a_reply_overtakes_it(own_url: str, valkey_url: str) -> None:
    telephone = Telephone()
    with listening(telephone) as port:
        async with office(own_url, valkey_url, port, people=3) as (api, lead):
            pace(own_url, 3_600)
            campaign_id = await started(api, lead)
            await until(lambda: len(statuses(own_url, campaign_id)) == 3)
            await text(api)
            await until(lambda: bool(telephone.asked))
            assert texted(telephone) == Counter({"+15550001111": 1})
            pace(own_url, 0)
            await until(lambda: campaign_status(own_url, campaign_id) == "finished")
    assert sum(texted(telephone).values()) == 4


async def test_paused_nothing_goes_and_then_it_goes_on(own_url: str, valkey_url: str) -> None:
    telephone = Telephone()
    with listening(telephone) as port:
        async with office(own_url, valkey_url, port, people=5) as (api, lead):
            pace(own_url, 3_600)
            campaign_id = await started(api, lead)
            await until(lambda: len(statuses(own_url, campaign_id)) == 5)
            async with api.app.state.database.transaction() as session:
                await service.pause(session, lead, campaign_id)
            pace(own_url, 0)
            await text(api)  # the pump has looked, and found nothing else to send
            await until(lambda: texted(telephone) == Counter({"+15550001111": 1}))
            assert set(statuses(own_url, campaign_id).values()) == {"held"}
            async with api.app.state.database.transaction() as session:
                await service.resume(session, lead, campaign_id)
            await until(lambda: campaign_status(own_url, campaign_id) == "finished")
    assert sum(texted(telephone).values()) == 6


async def test_canceled_what_has_not_gone_never_goes(own_url: str, valkey_url: str) -> None:
    telephone = Telephone()
    with listening(telephone) as port:
        async with office(own_url, valkey_url, port, people=5) as (api, lead):
            pace(own_url, 3_600)
            campaign_id = await started(api, lead)
            await until(lambda: len(statuses(own_url, campaign_id)) == 5)
            async with api.app.state.database.transaction() as session:
                await service.cancel(session, lead, campaign_id, note="Wrong week", now=NOW)
            pace(own_url, 0)
            await text(api)
            await until(lambda: bool(telephone.asked))
    assert set(statuses(own_url, campaign_id).values()) == {"canceled"}
    assert texted(telephone) == Counter({"+15550001111": 1})


async def test_stop_in_the_middle_of_it(own_url: str, valkey_url: str) -> None:
    telephone = Telephone()
    with listening(telephone) as port:
        async with office(own_url, valkey_url, port, people=4) as (api, lead):
            pace(own_url, 3_600)
            campaign_id = await started(api, lead)
            await until(lambda: len(statuses(own_url, campaign_id)) == 4)
            for place, (words, keyword) in enumerate([("STOP", True), ("no more texts please", False)]):
                said = {
                    "phone": phone_of(place),
                    "word": "stop",
                    "wording": words,
                    "is_keyword": keyword,
                    "provider_message_id": f"SM{place}",
                }
                heard = await api.client.post("/v1/text-consents", json=said, headers=TELEPHONY)
                assert heard.json() == {"heard": True}
            pace(own_url, 0)
            await until(lambda: campaign_status(own_url, campaign_id) == "finished")
    assert texted(telephone) == Counter({phone_of(2): 1, phone_of(3): 1})
    assert [statuses(own_url, campaign_id)[phone_of(place)] for place in range(2)] == ["opted_out", "opted_out"]


async def test_quiet_hours_begin_in_the_middle_of_it(own_url: str, valkey_url: str) -> None:
    telephone = Telephone()
    with listening(telephone) as port:
        async with office(own_url, valkey_url, port, people=3) as (api, lead):
            pace(own_url, 3_600)
            campaign_id = await started(api, lead)
            await until(lambda: len(statuses(own_url, campaign_id)) == 3)
            await api.clock(EVENING)
            pace(own_url, 0)
            await until(lambda: waits(own_url, campaign_id) == {"quiet_hours": 3})
            await text(api)  # what somebody asks for still goes
            await until(lambda: texted(telephone) == Counter({"+15550001111": 1}))
            await api.clock(MORNING)
            await until(lambda: campaign_status(own_url, campaign_id) == "finished")
    assert sum(texted(telephone).values()) == 4


def waits(url: str, campaign_id: UUID) -> dict[str, int]:
    query = (
        "SELECT waits_for, count(*) FROM outbound_messages"
        " WHERE campaign_id = %s AND status = 'pending' AND waits_for IS NOT NULL GROUP BY 1"
    )
    return dict(rows(url, query, campaign_id))


async def test_who_pays_meanwhile_is_not_reminded(own_url: str, valkey_url: str, district: District) -> None:
    telephone = Telephone()
    words = Words({"en": "{amount} is due {due_date}.", "es": "{amount} vence el {due_date}."})
    with listening(telephone) as port:
        async with office(own_url, valkey_url, port, people=0) as (api, lead):
            async with api.app.state.database.transaction() as session:
                pays, owes = await add_somebody(session, 1), await add_somebody(session, 2)
                for one in (pays, owes):
                    await add_bill(session, one.account_id, due=TODAY)
            pace(own_url, 3_600)
            campaign_id = await started(api, lead, kind="payment_reminder", words=words)
            await until(lambda: len(statuses(own_url, campaign_id)) == 2)
            async with api.app.state.database.transaction() as session:
                await pay(session, pays.account_id, 8_250)
                assert await ledger.balance_cents(session, pays.account_id) == 0
            pace(own_url, 0)
            await until(lambda: campaign_status(own_url, campaign_id) == "finished")
    assert statuses(own_url, campaign_id)[pays.phone] == "paid"
    assert [asked["text"] for asked in telephone.asked] == ["$82.50 is due November 23."]


async def test_a_carrier_that_answers_429_500_and_then_nothing(own_url: str, valkey_url: str) -> None:
    telephone = Telephone()
    telephone.statuses = [429, 503, 500, 429, 503, 500, 429, 503, 202]
    with listening(telephone) as port:
        async with office(own_url, valkey_url, port, people=6) as (api, lead):
            campaign_id = await started(api, lead)
            await until(lambda: campaign_status(own_url, campaign_id) == "finished")
    assert texted(telephone) == Counter({phone_of(place): 1 for place in range(6)})
    assert len(telephone.asked) == 6 + 8
