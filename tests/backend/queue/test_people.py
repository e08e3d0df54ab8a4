"""Callers who ask for somebody by name: that phone first, then the department's way."""

from typing import Any

from tests.backend.queue.floor import Floor

SID = "CA" + "7" * 32
PARTY = "+19517770131"


async def asked_for(floor: Floor, words: str, **more: Any) -> Any:
    """The assistant files the case of a caller who said this."""
    body = {"channel": "voice", "thread_key": SID, "party": PARTY, "reason": "asked_for_person"}
    return (await floor.api.hand_off(**body, department="customer_service", asked_for=words, **more)).json()


async def enters(floor: Floor, **more: Any) -> tuple[str, str]:
    told = await floor.asks("POST", "/calls", {"call_sid": SID, "party": PARTY, "department": None, **more})
    return told["outcome"], told["number"]


async def test_their_phone_first_then_their_department(floor: Floor) -> None:
    case = await asked_for(floor, "can i talk to mr okafor")
    people, departments = floor.district.people, floor.district.departments
    assert (case["person"], case["department"]) == ("Daniel Okafor", "engineering")
    assert await enters(floor) == ("ring", people["daniel_okafor"].phone)
    assert await enters(floor, tried="unanswered", rung=1) == ("ring", departments["engineering"].phone)
    assert (await enters(floor, tried="unanswered", rung=2))[0] == "closed", "and then it is a missed call"
    assert floor.rows("SELECT details->0->>'value' FROM hand_offs") == [("Daniel Okafor, District Engineer",)]


async def test_whoever_hangs_up_before_they_answer_is_a_missed_call(floor: Floor) -> None:
    await asked_for(floor, "elena marsh please")
    await enters(floor)
    assert (await enters(floor, tried="gone", rung=1))[0] == "closed"
    assert floor.rows("SELECT recipient FROM outbound_messages") == [(PARTY,)]


async def test_somebody_without_a_phone_of_their_own_is_their_department(floor: Floor) -> None:
    case = await asked_for(floor, "walter hines")
    assert case["person"] == "Walter Hines"
    assert await enters(floor) == ("ring", floor.district.departments["records"].phone)


async def test_an_emergency_is_nobodys_by_name(floor: Floor) -> None:
    await floor.at_work("Lena")
    body = {"channel": "voice", "thread_key": SID, "party": PARTY, "reason": "emergency"}
    await floor.api.hand_off(**body, department="customer_service", asked_for="elena marsh, there is water everywhere")
    outcome, number = await enters(floor)
    assert number != floor.district.people["elena_marsh"].phone
    assert outcome in ("wait", "ring")
