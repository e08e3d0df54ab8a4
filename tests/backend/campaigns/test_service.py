"""Making and starting campaigns: who may, whom they reach, whom they leave out, and each person once."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal, Role
from backend.campaigns import service
from backend.campaigns.errors import CampaignStateError, CampaignTextError, NobodyError
from backend.campaigns.preview import preview
from backend.campaigns.rules import Audience
from backend.campaigns.service import Plan
from backend.campaigns.wording import Words
from backend.charges.service import NewCharge, begin_charge
from backend.consent import service as consent
from backend.district.service import District
from backend.emergency import service as emergency
from backend.emergency.service import Switched
from backend.errors import ForbiddenError
from backend.models.account_hold import AccountHold
from backend.models.customer import CustomerPhone
from tests.backend.campaigns.conftest import NOW, SPOKEN, TEXTS, WORDS, add_lead, add_somebody
from tests.backend.charges.payer import captured
from tests.backend.fees.conftest import add_bill

TODAY = date(2026, 11, 23)
REMINDER = Words({"en": "{district}: {amount} is due {due_date}.", "es": "{district}: {amount} vence el {due_date}."})


async def make(session: AsyncSession, staff: Principal, **changes: object) -> service.Campaign:
    plan = {"name": "Friday", "kind": "outage", "audience": Audience(), "words": WORDS, **changes}
    made = await service.make(session, staff, Plan(**plan), key=uuid4().hex, now=NOW)  # type: ignore[arg-type]
    return await service.campaign(session, staff, made)


async def test_who_may_not_does_not(session: AsyncSession, district: District) -> None:
    csr = await add_lead(session, Role.CSR)
    with pytest.raises(ForbiddenError):
        await make(session, csr)
    one = await make(session, await add_lead(session))
    with pytest.raises(ForbiddenError):
        await service.start(session, csr, one.id, district=district, now=NOW)


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ({"en": "Water is off.", "es": " "}, "empty"),
        ({"en": "Water is off [when].", "es": "No hay agua."}, "unfinished"),
        ({"en": "You owe {amount}.", "es": "No hay agua."}, "unknown_place"),
        ({"en": "a" * 641, "es": "No hay agua."}, "too_long"),
    ],
)
async def test_texts_that_cannot_go_out(session: AsyncSession, texts: dict[str, str], reason: str) -> None:
    with pytest.raises(CampaignTextError) as refused:
        await make(session, await add_lead(session), words=Words(texts))
    assert refused.value.extra["reason"] == reason


async def test_nothing_is_said_about_money_to_whoever_picks_up(session: AsyncSession) -> None:
    spoken = {"en": "You owe {amount}.", "es": "Usted debe {amount}."}
    with pytest.raises(CampaignTextError) as refused:
        await make(session, await add_lead(session), kind="shut_off_warning", words=Words(TEXTS, spoken))
    assert refused.value.extra["reason"] == "unknown_place"


async def test_landlines_are_called_when_there_is_something_to_say(session: AsyncSession, district: District) -> None:
    await add_somebody(session, 1)
    landline, silent, neither = [await add_somebody(session, place, texts=False) for place in (2, 3, 4)]
    await consent.learn(session, landline.phone, "30006", NOW)
    await consent.stop_calls(session, neither.phone, wording="9", source="keys", message_id="CA1:calls", now=NOW)
    words = Words(TEXTS, SPOKEN)
    found = await preview(session, "outage", Audience(), words, district=district, now=NOW)
    assert (found.people, found.estimate.segments, found.estimate.calls) == (3, 1, 2)
    assert dict(found.left_out) == {"no_calls": 1}
    assert found.spoken == {"en": "Your water is off on Friday. Call 951-555-0100."}
    assert found.estimate.finishes_at == NOW + timedelta(seconds=2), "a call a second takes longer than one text"
    assert found.estimate.cost_cents == 2 + 3
    assert (await preview(session, "outage", Audience(), WORDS, district=district, now=NOW)).people == 1
    assert silent.phone != landline.phone


async def test_the_same_key_is_one_campaign(session: AsyncSession) -> None:
    lead = await add_lead(session)
    plan = Plan("Friday", "outage", Audience(), WORDS)
    made = {await service.make(session, lead, plan, key="same", now=NOW) for _ in range(2)}
    assert len(made) == 1


async def test_a_preview_says_whom_it_reaches_in_which_language_and_what_it_takes(
    session: AsyncSession, district: District
) -> None:
    await add_somebody(session, 1)
    await add_somebody(session, 2, language="es")
    await add_somebody(session, 3, zone="Valley")
    found = await preview(session, "outage", Audience(zones=("Mesa",)), WORDS, district=district, now=NOW)
    assert (found.people, dict(found.by_language), dict(found.left_out)) == (2, {"en": 1, "es": 1}, {})
    assert found.samples["es"] == "Rio Seco: no hay agua el viernes, Rosa."
    assert (found.estimate.segments, found.estimate.cost_cents) == (2, 3)
    assert found.estimate.finishes_at == NOW + timedelta(seconds=2 / 3)


async def test_everybody_left_out_is_counted_with_the_reason(session: AsyncSession, district: District) -> None:
    stopped, landline, silent, twice = [await add_somebody(session, place) for place in range(4)]
    await add_somebody(session, 9, phone=twice.phone)
    await consent.hear(
        session, stopped.phone, "stop", wording="no more texts", is_keyword=False, message_id="SM1", now=NOW
    )
    await consent.learn(session, landline.phone, "30006", NOW)
    await session.execute(
        text("UPDATE customer_phones SET texts_allowed = false WHERE phone = :phone"), {"phone": silent.phone}
    )
    found = await preview(session, "outage", Audience(), WORDS, district=district, now=NOW)
    assert found.people == 1
    assert dict(found.left_out) == {"opted_out": 1, "unreachable": 1, "not_allowed": 1, "already_included": 1}


async def test_somebody_with_a_second_number_is_reached_there(session: AsyncSession, district: District) -> None:
    one = await add_somebody(session, 1)
    session.add(CustomerPhone(customer_id=one.customer_id, phone="+19515553001", rank=1, texts_allowed=True))
    await session.flush()
    await consent.learn(session, one.phone, "30006", NOW)
    assert (await preview(session, "outage", Audience(), WORDS, district=district, now=NOW)).people == 1


class TestReminders:
    async def people(self, session: AsyncSession, district: District, kind: str, days: int) -> dict[str, int]:
        found = await preview(session, kind, Audience(days=days), REMINDER, district=district, now=NOW)
        return {"people": found.people, **found.left_out}

    async def test_what_falls_due_soon(self, session: AsyncSession, district: District) -> None:
        soon, late, held = [await add_somebody(session, place) for place in range(3)]
        await add_somebody(session, 4)
        await add_bill(session, soon.account_id, due=TODAY + timedelta(days=7))
        await add_bill(session, late.account_id, due=TODAY + timedelta(days=8))
        await add_bill(session, held.account_id, due=TODAY + timedelta(days=2))
        lead = await add_lead(session)
        session.add(
            AccountHold(account_id=held.account_id, kind="dispute", started_on=TODAY, note="x",
                        placed_by=lead.staff_id, placed_at=NOW)
        )  # fmt: skip
        await session.flush()
        assert await self.people(session, district, "payment_reminder", 7) == {"people": 1, "hold": 1}

    async def test_what_has_long_been_past_due(self, session: AsyncSession, district: District) -> None:
        old, fresh = [await add_somebody(session, place) for place in range(2)]
        await add_bill(session, old.account_id, due=TODAY - timedelta(days=45))
        await add_bill(session, fresh.account_id, due=TODAY - timedelta(days=44))
        assert await self.people(session, district, "shut_off_warning", 45) == {"people": 1}

    async def test_nobody_is_warned_or_asked_again_while_a_payment_is_on_its_way(
        self, session: AsyncSession, district: District
    ) -> None:
        part, whole, neither = [await add_somebody(session, place) for place in range(3)]
        for one in (part, whole, neither):
            await add_bill(session, one.account_id, cents=8_000, due=TODAY - timedelta(days=45))
            await add_bill(session, one.account_id, cents=2_000, due=TODAY + timedelta(days=3))
        for one, cents in ((part, 1_000), (whole, 10_000)):
            agreed = NewCharge(
                idempotency_key=f"offer:{one.phone}", account_id=one.account_id, amount_cents=cents,
                method=captured("pm_1"), purpose="bill", channel="sms", language="en",
            )  # fmt: skip
            await begin_charge(session, agreed, district=district, now=NOW)
        assert await self.people(session, district, "shut_off_warning", 45) == {"people": 1, "payment_pending": 2}
        assert await self.people(session, district, "payment_reminder", 7) == {"people": 2, "payment_pending": 1}

    async def test_an_emergency_stands_them_down_there(self, session: AsyncSession, district: District) -> None:
        here, there = await add_somebody(session, 1), await add_somebody(session, 2, zone="Valley")
        for one in (here, there):
            await add_bill(session, one.account_id, due=TODAY + timedelta(days=3))
        lead = await add_lead(session)
        asked = Switched("water", ("Mesa",), {"en": "Main break.", "es": "Se rompió una tubería."}, "Main break")
        await emergency.switch_on(session, lead, asked, key="one", now=NOW)
        assert await self.people(session, district, "payment_reminder", 7) == {"people": 1, "emergency": 1}


async def test_a_campaign_without_anybody_does_not_start(session: AsyncSession, district: District) -> None:
    lead = await add_lead(session)
    one = await make(session, lead)
    with pytest.raises(NobodyError):
        await service.start(session, lead, one.id, district=district, now=NOW)


async def test_started_once_paused_gone_on_with_canceled(session: AsyncSession, district: District) -> None:
    await add_somebody(session, 1)
    lead = await add_lead(session)
    one = await make(session, lead)
    with pytest.raises(CampaignStateError):
        await service.pause(session, lead, one.id)
    for _ in range(2):
        await service.start(session, lead, one.id, district=district, now=NOW)
    for _ in range(2):
        await service.pause(session, lead, one.id)
    await service.resume(session, lead, one.id)
    for _ in range(2):
        await service.cancel(session, lead, one.id, note="Wrong week", now=NOW)
    with pytest.raises(CampaignStateError):
        await service.start(session, lead, one.id, district=district, now=NOW)
    ended = await service.campaign(session, lead, one.id)
    assert (ended.status, ended.end_note, ended.started_by) == ("canceled", "Wrong week", "Lee")
