"""General questions: the district's words with its facts, said as the channel says them."""

from actions import names
from actions.account_api import AccountApi
from actions.knowledge import OFFERS, ActionKnowledge
from actions.serve import registered_actions
from backend.knowledge import files
from tests.actions.harness import Loopback, Tell

ARTICLE = {
    "slug": "late_fee",
    "title": {"en": "The late fee", "es": "El recargo"},
    "text": {"en": "It is {late_fee}. Call {phone} or see {website}.", "es": "Es {late_fee}. Llame al {phone}."},
    "link": {"en": "{website}/fees", "es": None},
    "facts": {
        "late_fee": {"kind": "money", "value": 1000},
        "phone": {"kind": "phone", "value": "+19515550100"},
        "website": {"kind": "address", "value": "https://www.rioseco.example"},
    },
}
ASKED = {"intent": "ask_knowledge", "entities": [("article", "late_fee")]}


async def test_the_answer_with_its_link(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/v1/knowledge/late_fee", ARTICLE)
    said = await run(ActionKnowledge(), **ASKED)
    told = said.variables("utter_knowledge")["answer"]
    assert told == "It is $10.00. Call (951) 555-0100 or see https://www.rioseco.example."
    assert said.variables("utter_knowledge_link")["link"] == "https://www.rioseco.example/fees"


async def test_the_answer_on_the_phone_is_spoken_and_has_no_link(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/v1/knowledge/late_fee", ARTICLE)
    said = await run(ActionKnowledge(), channel="voice", **ASKED)
    told = said.variables("utter_knowledge")["answer"]
    assert told == "It is 10 dollars. Call this number or see rioseco dot example."
    # Who is told to call the number that they have called is offered the person at once.
    assert said.names == ["utter_knowledge", "utter_knowledge_person"]
    assert said.slots[names.OFFER] == "person:request"
    inside = await run(ActionKnowledge(), channel="voice", form="identity_form", **ASKED)
    assert inside.names == ["utter_knowledge"]


async def test_the_answer_in_spanish(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/v1/knowledge/late_fee", ARTICLE)
    said = await run(ActionKnowledge(), slots={"language": "es"}, **ASKED)
    assert said.variables("utter_knowledge")["answer"] == "Es $10.00. Llame al (951) 555-0100."
    assert said.names == ["utter_knowledge"]


async def test_an_answer_that_is_gone_is_a_person_not_an_invention(
    api: AccountApi, answers: Loopback, run: Tell
) -> None:
    said = await run(ActionKnowledge(), **ASKED)
    assert said.names == ["utter_knowledge_gone"]
    assert said.slots[names.OFFER] == names.OFFER_PERSON


async def test_a_question_without_an_article_is_a_person(api: AccountApi, answers: Loopback, run: Tell) -> None:
    said = await run(ActionKnowledge(), intent="ask_knowledge")
    assert said.names == ["utter_knowledge_gone"]
    assert answers.asked == []


async def test_the_backend_is_out(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/v1/knowledge/late_fee", {"error": "database_unavailable"}, status=503)
    said = await run(ActionKnowledge(), **ASKED)
    assert said.names == ["utter_backend_out_case_filed"]


async def test_what_the_assistant_can_do_about_it_is_offered(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/v1/knowledge/late_fee", {**ARTICLE, "offers": "meter_check"})
    said = await run(ActionKnowledge(), **ASKED)
    assert said.names[-1] == "utter_knowledge_offer_meter_check"
    assert said.slots[names.OFFER] == "do:action_meter_check"
    inside = await run(ActionKnowledge(), form="identity_form", **ASKED)
    assert "utter_knowledge_offer_meter_check" not in inside.names


def test_every_offer_of_the_files_is_something_that_is_done() -> None:
    assert set(OFFERS) == files.OFFERS
    assert set(OFFERS.values()) <= set(registered_actions())


async def test_whether_a_notice_is_on_comes_before_what_it_means(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/v1/knowledge/boil_notice", {**ARTICLE, "slug": "boil_notice", "notices": True})
    asked = {"intent": "ask_knowledge", "entities": [("article", "boil_notice")]}
    answers.say("GET", "/notices", {"notices": []})
    none = await run(ActionKnowledge(), **asked)
    assert none.names[:2] == ["utter_no_notice_on", "utter_knowledge"]
    text = {"en": "Boil your water in Zone 2.", "es": "Hierva el agua en la zona 2."}
    down = {"id": "2", "kind": "billing_down", "text": {"en": "-", "es": "-"}, "no_water": False}
    boil = {"id": "1", "kind": "water", "text": text, "no_water": False}
    answers.say("GET", "/notices", {"notices": [down, boil]})
    on = await run(ActionKnowledge(), slots={"language": "es"}, **asked)
    assert on.names[:2] == ["utter_notices_on", "utter_knowledge"]
    assert on.variables("utter_notices_on")["announced"] == text["es"]
