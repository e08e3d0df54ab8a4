"""The answers over HTTP, for those who may ask."""

from tests.backend.living import ACTIONS, TELEPHONY, Api


async def test_the_names_of_all_answers(api: Api) -> None:
    answer = await api.client.get("/v1/knowledge", headers=TELEPHONY)
    assert answer.status_code == 200
    assert {"ccf", "read_meter", "tiers"} <= set(answer.json()["slugs"])


async def test_an_answer_with_its_facts(api: Api) -> None:
    answer = await api.client.get("/v1/knowledge/late_fee", headers=ACTIONS)
    assert answer.status_code == 200
    told = answer.json()
    assert told["facts"]["late_fee"] == {"kind": "money", "value": 1000}
    assert "{late_fee}" in told["text"]["en"] and "{late_fee}" in told["text"]["es"]


async def test_an_unknown_answer(api: Api) -> None:
    answer = await api.client.get("/v1/knowledge/moon", headers=ACTIONS)
    assert (answer.status_code, answer.json()["error"]) == (404, "article_not_found")
