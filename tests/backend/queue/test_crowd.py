"""Many at once: 500 callers in a minute on 4 people; an hour of callers and call backs, nobody lost or served twice."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.queue.standing import Standing, Standings, standing
from tests.backend.queue.floor import Floor


@dataclass
class Desk:
    """One person's telephone: the leg and the caller it is with (called back: on a leg too), until when."""

    person: Principal
    leg: str = ""
    sid: str = ""
    customer: str = ""
    until: float = 0.0
    served: list[str] = field(default_factory=list)


async def test_500_callers_in_one_minute_on_4_people(floor: Floor) -> None:
    people = [await floor.at_work(f"Lead {number}") for number in range(4)]
    sids: list[str] = []
    for _ in range(25):
        sids += await asyncio.gather(*(floor.calls() for _ in range(20)))
        await floor.later(seconds=2.4)
    places = await asyncio.gather(*(floor.place(sid) for sid in (*sids[:20], *sids[-20:])))
    assert all(place["turn"] == "wait" for place in places)
    assert all(place["offer_callback"] and place["minutes"] > 500 for place in places[20:])
    everyone = floor.rows("SELECT call_sid FROM queued_calls WHERE state = 'waiting'")
    assert {row[0] for row in everyone} == set(sids) and len(everyone) == 500

    assert await floor.round() == 4 and await floor.round() == 0
    offered = [await floor.offered(person) for person in people]
    first = floor.rows("SELECT hand_off_id FROM queued_calls ORDER BY entered_at, hand_off_id LIMIT 20")
    assert len(set(offered)) == 4 and set(offered) <= {row[0] for row in first}
    async with floor.api.app.state.database.transaction() as session:
        stands = await standing(session, floor.district, floor.now)
    assert set(offered) == {case.id for case in stands.cases[:4]}, "the first by the one function"
    in_order = list(stands.cases)
    assert in_order == sorted(in_order, key=lambda case: (case.entered_at, case.number)), "nothing else differs"
    taking = [floor.takes(person, case) for person, case in zip(people, offered, strict=True) if case is not None]
    await asyncio.gather(*taking)
    assert len(floor.legs()) == 4 and Counter(floor.orders()) == {"ring": 4}


async def test_those_who_ask_in_one_moment_share_a_look_and_each_is_told_the_truth(floor: Floor) -> None:
    await floor.at_work("Lead")
    looks: list[int] = []

    class Counting(Standings):
        async def look(self, session: AsyncSession, district: Any, now: datetime) -> Standing:
            found = await super().look(session, district, now)
            looks.append(id(found))
            return found

    floor.api.app.state.standings = Counting()
    sids = [await floor.calls() for _ in range(20)]
    places = await asyncio.gather(*(floor.place(sid) for sid in sids))
    assert [place["place"] for place in places] == list(range(1, 21))
    assert len(set(looks)) < len(looks) == 20
    await floor.left(sids[0], "hangup")
    assert (await floor.place(sids[1]))["place"] == 1, "what has just happened is seen"


async def test_an_hour_of_callers_and_call_backs(floor: Floor) -> None:
    """One every 40 s on 4 people, calls of 2 to 3 minutes; a third is called back, some hang up."""
    dice = random.Random(11)
    desks = [Desk(await floor.at_work(f"Lead {number}")) for number in range(4)]
    callers: dict[str, str] = {}
    cases: dict[str, UUID] = {}
    clock = 0.0
    while clock < 3_600 or any(state in ("holding", "promised") for state in callers.values()):
        if clock < 3_600 and clock % 40 == 0:
            sid = await floor.calls()
            callers[sid], cases[sid] = "holding", floor.case_of(sid)
            await _choose(floor, callers, sid, dice.random())
        await _hang_up_and_take(floor, desks, callers, cases, clock=clock, dice=dice)
        clock += 20
        assert clock < 3 * 3_600, "the line never ends"
        await floor.later(seconds=20)
    fates = Counter(callers.values())
    assert fates["served"] + fates["hung up"] == len(callers) == 90
    served = [sid for desk in desks for sid in desk.served]
    assert len(served) == len(set(served)) == fates["served"]
    ends = Counter(row[0] for row in floor.rows("SELECT ended_as FROM queued_calls WHERE ended_as <> 'served'"))
    assert ends == {"abandoned": fates["hung up"]}


async def _choose(floor: Floor, callers: dict[str, str], sid: str, chance: float) -> None:
    if chance < 0.33:
        phone = str((await floor.place(sid))["phone"])
        await floor.asks("PUT", f"/calls/{sid}/callback", {"phone": phone})
        await floor.left(sid, "hangup")
        callers[sid] = "promised"
    elif chance < 0.4:
        await floor.left(sid, "hangup")
        callers[sid] = "hung up"


async def _hang_up_and_take(
    floor: Floor,
    desks: list[Desk],
    callers: dict[str, str],
    cases: dict[str, UUID],
    *,
    clock: float,
    dice: random.Random,
) -> None:
    for desk in desks:
        if desk.leg and clock >= desk.until:
            await floor.tells(desk.leg, "ended")
            if desk.customer:
                await floor.tells(desk.customer, "ended")
            await floor.left(desk.sid, "person_left")
            desk.leg = desk.customer = ""
    await _round_in_order(floor, desks)
    of_case = {case: sid for sid, case in cases.items()}
    for desk in desks:
        case = await floor.offered(desk.person)
        if case is None or desk.leg or case not in of_case:
            continue
        await floor.takes(desk.person, case)
        (leg,) = [leg for leg in floor.legs() if leg not in {each.leg for each in desks}]
        sid = of_case[case]
        assert (await floor.tells(leg, "joined"))["outcome"] == "join"
        if callers[sid] == "promised":
            desk.customer = floor.legs("customer")[-1]
            await floor.tells(desk.customer, "joined")
        desk.leg, desk.sid, desk.until = leg, sid, clock + dice.uniform(120, 180)
        desk.served.append(sid)
        callers[sid] = "served"


async def _round_in_order(floor: Floor, desks: list[Desk]) -> None:
    """One round of the dispatcher, which offers the callers that the one function puts first."""
    async with floor.api.app.state.database.transaction() as session:
        stands = await standing(session, floor.district, floor.now)
    before = {await floor.offered(desk.person) for desk in desks}
    callers = [case.id for case in stands.cases if case.contact != "message" and case.id in stands.due - before]
    await floor.round()
    new = {await floor.offered(desk.person) for desk in desks} - before
    offered = [case for case in callers if case in new]
    assert offered == callers[: len(offered)]
