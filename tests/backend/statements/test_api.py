"""Bills, explanations and statement links over HTTP, for the demonstration's customers."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from backend.access import Role
from tests.backend.callers import account_of, customer, signed_in
from tests.backend.conftest import SEEDED_AT
from tests.backend.living import ACTIONS, OPERATOR, TELEPHONY, Api


@pytest.fixture
async def talks(seeded_api: Api) -> dict[str, str]:
    """A verified conversation of each named customer, by situation; the clock stands at the seeding."""
    await seeded_api.clock(SEEDED_AT)
    listed = (await seeded_api.client.get("/v1/demo/customers", headers=OPERATOR)).json()
    found = {}
    for one in listed:
        if one["situation"] == "locked":
            continue
        told = (await seeded_api.said("hi", party=one["phone"], thread_key=f"{one['phone']}|+1")).json()
        path = f"/v1/conversations/{told['conversation_id']}"
        body = {"account_number": one["account_number"], "pin": one["pin"], "zip": None}
        answer = await seeded_api.act("POST", f"{path}/verification", body)
        assert answer.json()["status"] == "verified", one["situation"]
        found[one["situation"]] = path
    return found


async def get(api: Api, path: str) -> dict[str, Any]:
    answer = await api.act("GET", path)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_the_bills_of_an_account(seeded_api: Api, talks: dict[str, str]) -> None:
    told = await get(seeded_api, f"{talks['leak']}/bills")
    assert len(told["bills"]) == 13
    newest = told["bills"][0]
    assert (newest["usage_ccf"], newest["kind"], newest["is_cancelled"]) == (33, "regular", False)
    assert told["as_of"].startswith("2026-11-23T18:00")


async def test_a_high_bill_is_explained_to_the_cent(seeded_api: Api, talks: dict[str, str]) -> None:
    told = await get(seeded_api, f"{talks['leak']}/bills/latest/explanation")
    # Marjorie Bell: 33 units after 8. 8 x 3.47 = 27.76; 9 x 3.47 + 20 x 3.96 + 4 x 9.52 = 148.51.
    # The meter 28.81; wholesale 33 x 0.31 = 10.23 after 8 x 0.31 = 2.48; the state fee 0.61 in both. The last bill
    # had 14 days of drought in its 30 (17 to 30 September): 8 x 14/30 x 0.35 = 1.31.
    assert told["bill"]["due_cents"] == 2_881 + 14_851 + 1_023 + 61
    assert told["last"]["difference_cents"] == 12_075 + 775 - 131
    assert sum(cause["amount_cents"] for cause in told["last"]["causes"]) == 12_719
    assert "$127.19 more than the last bill" in told["last"]["words"]["en"]["summary"]
    assert "127 dólares con 19 centavos" in told["last"]["words"]["es"]["speech"]


@pytest.mark.parametrize("situation", ["past_due", "autopay", "nsf", "landlord", "payment_plan", "commercial"])
async def test_every_explanation_adds_up(seeded_api: Api, talks: dict[str, str], situation: str) -> None:
    told = await get(seeded_api, f"{talks[situation]}/bills/latest/explanation")
    compared = [told[name] for name in ("last", "last_year") if told[name]]
    assert compared
    for found in compared:
        assert sum(cause["amount_cents"] for cause in found["causes"]) == found["difference_cents"]
        assert found["difference_cents"] == told["bill"]["due_cents"] - found["with_bill"]["due_cents"]
        assert found["words"]["en"]["statement"] and found["words"]["es"]["statement"]


async def test_a_past_due_balance_is_named(seeded_api: Api, talks: dict[str, str]) -> None:
    told = await get(seeded_api, f"{talks['past_due']}/bills/latest/explanation")
    codes = {cause["code"] for cause in told["last"]["causes"]}
    assert {"fees", "previous_balance"} <= codes
    assert told["bill"]["fees_cents"] == 1_000


async def test_without_a_bill_there_is_nothing_to_explain(seeded_api: Api, talks: dict[str, str]) -> None:
    for path in ("bills/latest/explanation", "bills/0199c1e7-3c1a-7c4e-8a53-0f6f6a1f7d10/explanation"):
        answer = await seeded_api.act("GET", f"{talks['new_move_in']}/{path}")
        assert (answer.status_code, answer.json()["error"]) == (404, "bill_not_found")
    assert (await get(seeded_api, f"{talks['new_move_in']}/bills"))["bills"] == []


async def test_another_account_s_bill_is_not_there(seeded_api: Api, talks: dict[str, str]) -> None:
    theirs = (await get(seeded_api, f"{talks['leak']}/bills"))["bills"][0]["id"]
    for call in (("GET", f"bills/{theirs}/explanation", None), ("POST", "statement-link", {"bill": theirs})):
        answer = await seeded_api.act(call[0], f"{talks['past_due']}/{call[1]}", call[2])
        assert (answer.status_code, answer.json()["error"]) == (404, "bill_not_found")


async def test_nothing_without_verification(seeded_api: Api) -> None:
    told = (await seeded_api.said("hi")).json()
    path = f"/v1/conversations/{told['conversation_id']}"
    for method, rest in (("GET", "bills"), ("GET", "bills/latest/explanation"), ("POST", "statement-link")):
        answer = await seeded_api.act(method, f"{path}/{rest}", {} if method == "POST" else None)
        assert (answer.status_code, answer.json()["error"]) == (403, "verification_required")


async def open_statement(api: Api, url: str) -> Any:
    return await api.client.get("/v1" + url[url.index("/statements/") :], headers=TELEPHONY)


@pytest.mark.parametrize("language", ["en", "es"])
async def test_a_link_opens_the_statement_until_it_expires(
    seeded_api: Api, talks: dict[str, str], language: str
) -> None:
    answer = await seeded_api.act("POST", f"{talks['leak']}/statement-link", {"language": language})
    assert answer.status_code == 201, answer.text
    link = answer.json()
    opened = await open_statement(seeded_api, link["url"])
    assert (opened.status_code, opened.headers["content-type"]) == (200, "application/pdf")
    assert opened.content.startswith(b"%PDF-")
    expires_at = datetime.fromisoformat(link["expires_at"])
    assert expires_at.date() == (SEEDED_AT + timedelta(days=7)).date()
    await seeded_api.clock(expires_at - timedelta(minutes=10))
    assert (await open_statement(seeded_api, link["url"])).status_code == 200
    await seeded_api.clock(expires_at + timedelta(seconds=1))
    late = await open_statement(seeded_api, link["url"])
    wrong = await open_statement(seeded_api, "/statements/" + "x" * 43)
    assert late.status_code == wrong.status_code == 404
    assert late.content == wrong.content


async def test_the_link_speaks_the_customer_s_language(seeded_api: Api, talks: dict[str, str]) -> None:
    told = (await seeded_api.act("POST", f"{talks['spanish_speaker']}/statement-link", {})).json()
    assert told["language"] == "es"
    again = (await seeded_api.act("POST", f"{talks['spanish_speaker']}/statement-link", {})).json()
    assert again["url"] != told["url"]


async def test_a_link_is_texted_to_the_phone_on_file_and_the_text_blanked_once_it_is_gone(
    seeded_api: Api, talks: dict[str, str]
) -> None:
    told = (await seeded_api.act("POST", f"{talks['spanish_speaker']}/statement-link", {"text": True})).json()
    assert told["sent_to"] == "•••-•••-0104"
    async with seeded_api.app.state.database.transaction() as session:
        query = "SELECT recipient, text, language, secret FROM outbound_messages WHERE purpose = 'statement_link'"
        (sent,) = await session.execute(text(query))
    assert (sent.recipient, sent.language, sent.secret) == ("+19515550104", "es", True)
    assert told["url"] in sent.text and "30 de noviembre de 2026" in sent.text
    assert told["url"].startswith(seeded_api.app.state.settings.public_url + "/statements/")


async def test_the_staff_read_bills_explanations_and_statements_by_account(seeded_api: Api) -> None:
    account = f"/v1/accounts/{await account_of(seeded_api, await customer(seeded_api, 'leak'))}"
    async with signed_in(seeded_api, Role.CSR) as csr:
        bills = (await seeded_api.client.get(f"{account}/bills", headers=csr)).json()["bills"]
        assert (bills[0]["amount_cents"], bills[0]["asked_cents"]) == (18_816, 18_816)
        path = f"{account}/bills/{bills[0]['id']}"
        told = (await seeded_api.client.get(f"{path}/explanation", headers=csr)).json()
        assert told["last"]["difference_cents"] == 12_719
        pdf = await seeded_api.client.get(f"{path}/statement", headers=csr, params={"language": "es"})
        assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
        use = (await seeded_api.client.get(f"{account}/usage", headers=csr, params={"months": 2})).json()
        assert [period["month"] for period in use["periods"]] == ["2026-11", "2026-10"]
        assert (await seeded_api.client.get(f"{account}/usage?months=0", headers=csr)).status_code == 422
    for rest in ("bills", "bills/latest/explanation", "bills/latest/statement", "usage"):
        assert (await seeded_api.client.get(f"{account}/{rest}", headers=ACTIONS)).status_code == 401


async def test_the_token_itself_is_not_kept(seeded_api: Api, talks: dict[str, str]) -> None:
    link = (await seeded_api.act("POST", f"{talks['leak']}/statement-link", {})).json()
    token = link["url"].rsplit("/", 1)[1]
    async with seeded_api.app.state.database.transaction() as session:
        kept = list(await session.scalars(text("SELECT statement_links::text FROM statement_links")))
    assert kept and not any(token in row for row in kept)
