"""What the assistant gathers decides the place, through to the order."""

from backend.queue.standing import standing
from tests.backend.queue.floor import Floor


async def test_a_shut_off_that_the_assistant_heard_of_comes_first_today(floor: Floor) -> None:
    cases = []
    for day in ("2026-11-24", floor.now.astimezone(floor.district.zone).date().isoformat(), None):
        party = f"+1951777{len(cases):04}"
        said = (await floor.api.said("they shut me off", party=party, thread_key=f"{party}|x")).json()
        details = [{"name": "shut_off_on", "label": {"en": "Shut-off on", "es": "Corte el"}, "value": day}]
        body = {"details": details} if day else {}
        filed = await floor.api.hand_off(conversation_id=said["conversation_id"], reason="above_authority", **body)
        cases.append(filed.json()["hand_off_id"])
        await floor.later(seconds=5)
    async with floor.api.app.state.database.transaction() as session:
        found = await standing(session, floor.district, floor.now)
    assert [str(case.id) for case in found.cases] == [cases[1], cases[0], cases[2]]
    first = found.reasons()[found.cases[0].id]
    assert "shut_off_today" in {reason.name for reason in first[1]}
