"""Statements: tagged PDFs in both languages; what stands on those of the demonstration's customers."""

import re
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.service import District
from backend.models.account_hold import AccountHold
from backend.rates.service import RateBook
from backend.statements import documents
from backend.statements.typesetting import LetterError, typeset
from tests.backend.conftest import SEEDED_AT
from tests.backend.statements.test_explanations import EXPECTED, account_of

FOLDER = Path(__file__).parents[3] / "district"
TEMPLATE = FOLDER / documents.TEMPLATE


@cache
def made_with() -> documents.Print:
    return documents.Print(District.load(FOLDER), RateBook.load(FOLDER), FOLDER, demo=True)


async def data_of(session: AsyncSession, situation: str, language: str = "en") -> dict[str, Any]:
    account_id = await account_of(session, situation)
    data, _ = await documents.statement_data(session, made_with(), account_id, None, language=language, now=SEEDED_AT)
    return data


def cents(written: str) -> int:
    """What `$1,234.05` or `−$1.00` says."""
    digits = int(re.sub(r"\D", "", written))
    return -digits if written.startswith("−") else digits


def notices(data: dict[str, Any]) -> list[str]:
    return [notice["code"] for notice in data["notices"]]


@pytest.mark.parametrize("situation", EXPECTED)
async def test_the_figures_add_up(seeded_session: AsyncSession, situation: str) -> None:
    """The account's rows make the amount due; the lines make their service, the services the new charges."""
    data = await data_of(seeded_session, situation)
    assert sum(cents(row["amount"]) for row in data["summary"]) == EXPECTED[situation].due
    for service in data["services"]:
        assert sum(cents(line["amount"]) for line in service["lines"]) == cents(service["amount"])
    assert sum(cents(service["amount"]) for service in data["services"]) == cents(data["new_charges"])
    assert all(row["code"] != "corrections" for row in data["summary"])


@pytest.mark.parametrize(
    ("situation", "codes"),
    [
        ("past_due", ["past_due"]),
        ("autopay", ["autopay", "paperless"]),
        ("nsf", ["past_due", "returned"]),
        ("spanish_speaker", []),
        ("landlord", ["budget"]),
        ("payment_plan", ["plan"]),
        ("closed_with_credit", ["final", "credit_closed"]),
        ("medical_protection", ["past_due"]),
    ],
)
async def test_a_customer_reads_first_what_they_must_know(
    seeded_session: AsyncSession, situation: str, codes: list[str]
) -> None:
    assert notices(await data_of(seeded_session, situation)) == codes


async def test_what_is_past_due_is_said_with_its_amount(seeded_session: AsyncSession) -> None:
    data = await data_of(seeded_session, "past_due")
    assert (data["amount"], data["past_due"], data["due"]) == ("$224.17", "$150.73", "December 1, 2026")
    assert data["notices"][0]["values"] == {"amount": "$150.73"}


async def test_a_plan_asks_for_the_new_charges_alone(seeded_session: AsyncSession) -> None:
    data = await data_of(seeded_session, "payment_plan")
    assert (data["amount"], data["past_due"]) == ("$63.44", None)
    assert [(row["code"], row["amount"]) for row in data["summary"]] == [
        ("previous", "$71.09"),
        ("planned_before", "$298.98"),
        ("payment", "−$71.09"),
        ("payment", "−$99.65"),
        ("charges", "$63.44"),
        ("planned", "−$199.33"),
    ]
    assert data["notices"][0]["values"] == {"amount": "$99.65", "day": "November 28, 2026"}


async def test_a_budget_bill_says_what_was_used_and_what_is_put_off(seeded_session: AsyncSession) -> None:
    data = await data_of(seeded_session, "landlord", "es")
    # 65.12 + 40.59 + 22.11 + 3.16 - 20.45 of the months since it began.
    assert data["notices"][0]["values"] == {
        "amount": "$157.00",
        "charges": "$136.55",
        "put_off": "$110.53",
        "ahead": "",
        "day": "18 de junio de 2027",
    }
    assert data["summary"][-1] == {"code": "levelled_up", "amount": "$20.45"}


async def test_a_returned_payment_is_followed_through_the_account(seeded_session: AsyncSession) -> None:
    data = await data_of(seeded_session, "nsf")
    rows = [(row["code"], row["amount"], row.get("day")) for row in data["summary"]]
    assert rows == [
        ("previous", "$87.89", None),
        ("payment", "−$87.89", "Nov 1"),
        ("payment_back", "$87.89", "Nov 6"),
        ("fee", "$25.00", "Nov 6"),
        ("charges", "$63.44", None),
    ]


async def test_each_meter_with_its_reads(seeded_session: AsyncSession) -> None:
    restaurant = await data_of(seeded_session, "commercial", "es")
    names = [(service["name"], [meter["size"] for meter in service["meters"]]) for service in restaurant["services"]]
    assert names == [("Agua del negocio", ["2", "3/4"]), ("Riego", ["3/4"]), ("Línea contra incendios", ["4"])]
    (kitchen, _), *_ = (service["meters"] for service in restaurant["services"])
    assert (kitchen["units"], kitchen["cubic_feet"]) == ("106", "10")
    assert int(kitchen["closing"]["value"]) - int(kitchen["opening"]["value"]) in range(1_050, 1_070)
    tenant = await data_of(seeded_session, "tenant")
    assert tenant["services"][0]["meters"][0]["opening"]["kind"] == "estimated"


async def test_high_use_gets_a_word_of_help_and_ordinary_use_none(seeded_session: AsyncSession) -> None:
    titles = [message["title"] for message in (await data_of(seeded_session, "leak"))["messages"]]
    assert titles == ["You used much more water than usual", "Let your sprinklers rest in winter"]
    spanish = (await data_of(seeded_session, "spanish_speaker", "es"))["messages"]
    assert [message["title"] for message in spanish] == ["Deje descansar sus aspersores en invierno"]
    assert (await data_of(seeded_session, "closed_with_credit"))["messages"] == []


async def test_a_hold_stands_where_past_due_would(seeded_session: AsyncSession) -> None:
    hold = AccountHold(
        account_id=await account_of(seeded_session, "medical_protection"),
        kind="appeal",
        started_on=date(2026, 11, 1),
        note="Appeal 12",
        placed_at=datetime(2026, 11, 1, 18, tzinfo=UTC),
    )
    seeded_session.add(hold)
    await seeded_session.flush()
    assert notices(await data_of(seeded_session, "medical_protection")) == ["hold_appeal"]


async def test_a_drought_in_force_is_told_with_its_price(seeded_session: AsyncSession) -> None:
    account_id = await account_of(seeded_session, "leak")
    query = "SELECT id FROM bills WHERE account_id = :id AND issued_on BETWEEN '2026-08-01' AND '2026-08-31'"
    bill_id = (await seeded_session.execute(text(query), {"id": account_id})).scalar_one()
    data, _ = await documents.statement_data(
        seeded_session, made_with(), account_id, bill_id, language="en", now=SEEDED_AT
    )
    assert {"code": "drought", "values": {"stage": "2", "price": "$0.35"}} in data["notices"]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("situation", EXPECTED)
async def test_each_is_a_tagged_pdf_with_its_language_and_title(
    seeded_session: AsyncSession, situation: str, language: str
) -> None:
    """Typst refuses what breaks PDF/UA-1 (headings out of order, a figure without words)."""
    data = await data_of(seeded_session, situation, language)
    pdf = typeset(TEMPLATE, data, SEEDED_AT)
    assert pdf.startswith(b"%PDF-")
    for mark in (b"/StructTreeRoot", b"/Marked true", b"/DisplayDocTitle true", b"pdfuaid:part>1<"):
        assert mark in pdf
    assert f"/Lang({language}-US)".encode() in pdf
    assert {"en": b"Water bill, Rio Seco", "es": b"Factura de agua, Rio Seco"}[language] in pdf
    assert typeset(TEMPLATE, data, SEEDED_AT) == pdf


def test_the_words_of_the_template_are_in_both_languages() -> None:
    """The same keys, row for row, notice for notice."""
    source = TEMPLATE.read_text("utf-8")
    english, spanish = source[source.index("  en: (") :].split("\n  es: (", 1)
    spanish = spanish[: spanish.index("\n)\n#let w")]
    keys = re.compile(r"^ {4,6}(\w+):", re.MULTILINE)
    assert keys.findall(english) == keys.findall(spanish)
    assert len(keys.findall(english)) > 60


def test_a_broken_template_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "statement.typ"
    broken.write_text("#let x = ")
    with pytest.raises(LetterError, match=re.escape(str(broken))):
        typeset(broken, {}, SEEDED_AT)


async def test_paper_goes_to_the_forwarding_address(seeded_session: AsyncSession) -> None:
    account_id = await account_of(seeded_session, "nsf")
    await seeded_session.execute(
        text("UPDATE accounts SET mailing_address = E'12 Harbor St\nOceanside, CA 92054' WHERE id = :id"),
        {"id": account_id},
    )
    data, _ = await documents.statement_data(
        seeded_session, made_with(), account_id, None, language="en", now=SEEDED_AT
    )
    assert data["mailing"] == ["12 Harbor St", "Oceanside, CA 92054"]
