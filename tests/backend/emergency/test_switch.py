"""The emergency switch: who is told, what stands down, who comes first, and how it ends."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal, Role
from backend.campaigns import service as campaigns
from backend.district.service import District
from backend.emergency import facts, service
from backend.emergency.rules import Area, concerns
from backend.emergency.service import EmergencyRefusedError, Switched
from backend.errors import ForbiddenError
from backend.fees.late import charge_late_fees
from backend.parts import EVERYTHING
from backend.queue.standing import standing
from tests.backend.campaigns.conftest import NOW, add_lead, add_somebody
from tests.backend.fees.conftest import TODAY, add_bill
from tests.backend.living import ACTIONS, TELEPHONY, Api

WORDS = {"en": "A main broke in Mesa.", "es": "Se rompió una tubería en Mesa."}
LATER = NOW + timedelta(hours=4)


async def on(session: AsyncSession, lead: Principal, *zones: str, now: datetime = NOW, **changes: object) -> UUID:
    asked = Switched("water", zones, WORDS, "Main break", **changes)  # type: ignore[arg-type]
    return await service.switch_on(session, lead, asked, key=uuid4().hex, now=now)


async def test_it_ends_by_itself_or_by_hand(session: AsyncSession) -> None:
    await add_somebody(session, 1)
    lead = await add_lead(session)
    await on(session, lead, "Mesa", ends_at=LATER)
    by_hand = await on(session, lead)
    assert len(await facts.active(session, LATER - timedelta(seconds=1))) == 2
    assert [one.id for one in await facts.active(session, LATER)] == [by_hand]
    for _ in range(2):
        await service.switch_off(session, lead, by_hand, now=LATER)
    assert await facts.active(session, LATER) == []
    ended = {one.id: one.ended_by for one in await service.recent(session, lead)}
    assert ended[by_hand] == "Lee" and set(ended.values()) == {"Lee", None}


async def test_the_same_key_is_one_emergency(session: AsyncSession) -> None:
    lead = await add_lead(session)
    asked = Switched("water", (), WORDS, "Main break", sends_texts=True)
    assert len({await service.switch_on(session, lead, asked, key="k", now=NOW) for _ in range(2)}) == 1
    assert len(await campaigns.campaigns(session, lead)) == 1


async def test_who_may_not_does_not(session: AsyncSession) -> None:
    with pytest.raises(ForbiddenError):
        await on(session, await add_lead(session, Role.CSR))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"texts": {"en": "x", "es": " "}}, "no_text"),
        ({"texts": {"en": "x" * 641, "es": "x"}}, "too_long"),
        ({"reason": " "}, "no_reason"),
        ({"ends_at": NOW}, "in_the_past"),
        ({"zones": ("Atlantis",)}, "zone_unknown"),
    ],
)
async def test_what_cannot_be_switched_on(session: AsyncSession, changes: dict[str, object], reason: str) -> None:
    lead = await add_lead(session)
    asked = {"kind": "water", "zones": (), "texts": WORDS, "reason": "Main break", **changes}
    with pytest.raises(EmergencyRefusedError) as refused:
        await service.switch_on(session, lead, Switched(**asked), key="k", now=NOW)  # type: ignore[arg-type]
    assert refused.value.extra["reason"] == reason


async def test_where_dunning_stands_down_and_where_there_is_no_water(session: AsyncSession) -> None:
    await add_somebody(session, 1)
    await add_somebody(session, 2, zone="Valley")
    lead = await add_lead(session)
    assert not await facts.stood_down(session, NOW) and not await facts.no_water(session, NOW)
    await on(session, lead, "Mesa", no_water=True)
    await on(session, lead, "Valley", stands_down=False)
    assert await facts.stood_down(session, NOW) == Area(zones=frozenset({"Mesa"}))
    assert await facts.no_water(session, NOW) == Area(zones=frozenset({"Mesa"}))
    await on(session, lead, no_water=True)
    assert (await facts.no_water(session, NOW)).covers(["anywhere"])


async def test_no_late_fee_while_it_lasts_and_the_nights_after_it_catch_up(
    session: AsyncSession, district: District
) -> None:
    here, there = await add_somebody(session, 1), await add_somebody(session, 2, zone="Valley")
    for one in (here, there):
        await add_bill(session, one.account_id, due=TODAY - timedelta(days=1))
    lead = await add_lead(session)
    emergency_id = await on(session, lead, "Mesa")
    counts = await charge_late_fees(session, TODAY, NOW, EVERYTHING, district=district)
    assert counts["late_fees"] == 1
    await service.switch_off(session, lead, emergency_id, now=NOW + timedelta(hours=1))
    next_night = NOW + timedelta(days=1)
    counts = await charge_late_fees(session, TODAY + timedelta(days=1), next_night, EVERYTHING, district=district)
    assert counts["late_fees"] == 1


async def test_everywhere_nobody_is_charged(session: AsyncSession, district: District) -> None:
    one = await add_somebody(session, 1)
    await add_bill(session, one.account_id, due=TODAY - timedelta(days=1))
    await on(session, await add_lead(session))
    assert (await charge_late_fees(session, TODAY, NOW, EVERYTHING, district=district))["late_fees"] == 0


async def test_its_texts_are_a_campaign_that_ends_with_it(session: AsyncSession) -> None:
    await add_somebody(session, 1)
    lead = await add_lead(session)
    emergency_id = await on(session, lead, "Mesa", sends_texts=True)
    (campaign,) = await campaigns.campaigns(session, lead)
    assert (campaign.status, campaign.kind, campaign.audience.zones) == ("running", "emergency", ("Mesa",))
    assert campaign.words.texts["en"] == "{district}: A main broke in Mesa."
    await service.switch_off(session, lead, emergency_id, now=LATER)
    assert (await campaigns.campaign(session, lead, campaign.id)).status == "canceled"


class TestOverTheApi:
    """What telephony and the actions see."""

    async def switch(self, api: Api, kind: str, *zones: str, no_water: bool = False) -> None:
        async with api.app.state.database.transaction() as session:
            lead = await add_lead(session)
            asked = Switched(kind, zones, WORDS, "Main break", no_water=no_water)  # type: ignore[arg-type]
            await service.switch_on(session, lead, asked, key=uuid4().hex, now=api.app.state.clock.now())

    async def somebody(self, api: Api, place: int, zone: str) -> str:
        async with api.app.state.database.transaction() as session:
            return (await add_somebody(session, place, zone=zone, phone=f"+1951556{place:04d}")).phone

    async def notices(self, api: Api, party: str | None) -> list[str]:
        thread = f"{party}|{uuid4().hex}"
        told = (await api.said("hello", party=party, thread_key=thread)).json()["notices"]
        return [one["text"]["es"] for one in told]

    async def test_who_is_told(self, api: Api) -> None:
        here = await self.somebody(api, 101, "Mesa")
        there = await self.somebody(api, 102, "Valley")
        assert await self.notices(api, here) == []
        await self.switch(api, "water", "Mesa")
        assert await self.notices(api, here) == [WORDS["es"]]
        assert await self.notices(api, there) == []
        assert await self.notices(api, "+16195550177") == await self.notices(api, None) == [WORDS["es"]]
        public = (await api.client.get("/v1/district", headers=TELEPHONY)).json()["notices"]
        assert [(one["kind"], one["zones"], one["text"]) for one in public] == [("water", ["Mesa"], WORDS)]

    async def test_what_the_assistant_knows_of_it_for_whoever_it_talks_to(self, api: Api) -> None:
        here, there = await self.somebody(api, 105, "Mesa"), await self.somebody(api, 106, "Valley")
        await self.switch(api, "water", "Mesa", no_water=True)
        await self.switch(api, "billing_down")
        told = {}
        for party in (here, there, "+16195550179"):
            said = (await api.said("no water", party=party, thread_key=f"{party}|notices")).json()
            path = f"/v1/conversations/{said['conversation_id']}/notices"
            answer = await api.client.get(path, headers=ACTIONS)
            told[party] = [(one["kind"], one["no_water"], one["text"]["en"]) for one in answer.json()["notices"]]
            assert (await api.client.get(path, headers=TELEPHONY)).status_code == 403
        everything = [("water", True, WORDS["en"]), ("billing_down", False, WORDS["en"])]
        assert told == {here: everything, there: everything[1:], "+16195550179": everything}

    async def test_callers_without_water_come_first_who_waited_before_it_too(self, api: Api) -> None:
        here = await self.somebody(api, 103, "Mesa")
        cases = {}
        for party in ("+16195550178", here):
            said = (await api.said("a person", party=party, thread_key=f"{party}|x")).json()
            filed = await api.hand_off(conversation_id=said["conversation_id"], channel="sms")
            cases[UUID(filed.json()["hand_off_id"])] = party

        async def stands() -> list[tuple[str, bool]]:
            async with api.app.state.database.transaction() as session:
                found = await standing(session, api.app.state.district, api.app.state.clock.now())
            whys = {case: {reason.name for reason in why} for case, (_, why) in found.reasons().items()}
            return [(cases[case.id], "no_water" in whys[case.id]) for case in found.cases]

        assert await stands() == [("+16195550178", False), (here, False)]
        await self.switch(api, "water", "Mesa", no_water=True)
        assert await stands() == [(here, True), ("+16195550178", False)]
        await self.switch(api, "water", no_water=True)
        assert await stands() == [("+16195550178", True), (here, True)], "nobody in the whole district has water"

    async def test_when_billing_is_down_account_questions_are_refused_and_the_rest_works(self, api: Api) -> None:
        conversation = (await api.said("my balance")).json()["conversation_id"]
        await self.switch(api, "billing_down")
        path = f"/v1/conversations/{conversation}"
        for method, end, body in (
            ("GET", "/balance", None),
            ("GET", "/account", None),
            ("POST", "/verification", {"account_number": "10000378", "pin": "1234", "zip": None}),
        ):
            answer = await api.act(method, path + end, body)
            assert (answer.status_code, answer.json()["error"]) == (503, "billing_system_down"), end
        assert (await api.client.get("/v1/district", headers=ACTIONS)).status_code == 200
        assert (await api.hand_off(conversation_id=conversation, channel="sms")).status_code == 201


def test_who_has_to_be_told() -> None:
    assert concerns((), ["Valley"]) and concerns(("Mesa",), None) and concerns(("Mesa",), ["Mesa", "Valley"])
    assert not concerns(("Mesa",), ["Valley"])
