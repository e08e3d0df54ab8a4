"""Who calls again and again, and who is not let through."""

from dataclasses import replace

import pytest

from backend.conversations.callers import turned_away
from backend.conversations.schemas import TurnIn
from backend.queue.wording import again
from tests.backend.queue.floor import Floor

PHONE = "+19517770141"


async def test_the_lead_hears_which_call_of_the_day_it_is(floor: Floor) -> None:
    await floor.at_work("Lena")
    await floor.later(minutes=-24 * 60)
    await floor.left(await floor.calls(party=PHONE), "hangup")
    await floor.later(minutes=24 * 60)
    for _ in range(2):
        await floor.left(await floor.calls(party=PHONE), "hangup")
    sid = await floor.calls(party=PHONE)
    await floor.round()
    await floor.takes(floor.people["Lena"], floor.case_of(sid))
    (leg,) = floor.legs()
    assert "Third call today." in (await floor.asks("GET", f"/legs/{leg}"))["words"], "yesterday's is not counted"


@pytest.mark.parametrize(
    ("calls", "language", "words"),
    [(1, "en", ""), (2, "es", "Segunda llamada de hoy."), (5, "en", "5 calls today."), (5, "es", "5 llamadas hoy.")],
)
def test_its_words(calls: int, language: str, words: str) -> None:
    assert again(calls, language) == words


async def test_more_calls_an_hour_than_a_person_makes_are_not_taken(floor: Floor) -> None:
    most = floor.district.policy.callers.calls_an_hour

    async def begins(number: int, party: str | None = PHONE) -> str | None:
        ids = {"thread_key": f"CA{party}{number}", "provider_message_id": f"CA{party}{number}:0", "party": party}
        told = (await floor.api.said("", channel="voice", kind="start", **ids)).json()
        away: str | None = told["turned_away"]
        return away

    assert [await begins(number) for number in range(most)] == [None] * most
    assert await begins(most) == "too_many"
    assert await begins(0, "+19517770142") is None and await begins(0, None) is None
    await floor.later(minutes=61)
    assert await begins(most + 1) is None


async def test_a_blocked_number_is_not_taken_and_only_on_the_phone(floor: Floor) -> None:
    district = floor.district
    callers_policy = district.policy.callers.model_copy(update={"blocked": frozenset({PHONE})})
    blocking = replace(district, policy=district.policy.model_copy(update={"callers": callers_policy}))
    async with floor.api.app.state.database.transaction() as session:
        found = [
            await turned_away(session, _begins(channel, party), blocking, floor.now)
            for channel, party in (("voice", PHONE), ("sms", PHONE), ("voice", "+19517770142"))
        ]
    assert found == ["blocked", None, None]


def _begins(channel: str, party: str) -> TurnIn:
    ids = {"thread_key": f"{channel}{party}", "provider_message_id": f"{channel}{party}:0"}
    return TurnIn.model_validate({"channel": channel, "party": party, "kind": "start", "text": "", **ids})
