"""Why each demonstration customer's newest bill differs, each cause worked out by hand.

From July 2026 a unit costs $3.47 up to 9, $3.96 up to 29 and $9.52 beyond, and $0.31 for wholesale water: 3.78, 4.27,
9.83 together (commercial 4.27, a fire line nothing of wholesale). Before it was $3.30, $3.77, $9.07 and $0.27; the
meter cost $27.44 (5/8") and costs $28.81. Until September 30 a drought added $0.35 a unit, on its share of the days.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.rates.service import RateBook
from backend.statements.service import BillNotFoundError, Explanation, explain_bill
from tests.backend.conftest import SEEDED_AT

BOOK = RateBook.load(Path(__file__).parents[3] / "district")
TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Expected:
    """What the bill asks for, and the causes against the last bill in cents, in their order."""

    due: int
    last: dict[str, int]


EXPECTED = {
    # The drought's 7.33 units of 10; unpaid 150.73, before 80.45; a late fee; one unit of tier 2 less.
    "past_due": Expected(22_417, {"drought_surcharge": -257, "previous_balance": 7_028, "fees": 1_000, "usage": -427}),
    # 6.40 x 0.35; from 8 to 11 units: 3.78 + 2 x 4.27.
    "autopay": Expected(7_198, {"drought_surcharge": -224, "usage": 1_232}),
    # 8.87 x 0.35; what came back is unpaid again; its fee; from 14 to 9 units: 5 x 4.27.
    "nsf": Expected(17_633, {"drought_surcharge": -310, "previous_balance": 8_789, "fees": 2_500, "usage": -2_135}),
    # 6.13 x 0.35; from 8 to 13 units: 3.78 + 4 x 4.27.
    "spanish_speaker": Expected(9_493, {"drought_surcharge": -215, "usage": 2_086}),
    # A day longer: 20 units are 20.67, 0.67 x 4.27. 18.67 x 0.35; down to 16 units: 4.67 x 4.27. The budget bill asks
    # for 157.00 both times: 20.45 more than 136.55 now, 3.16 less than 160.16 before.
    "landlord": Expected(15_700, {"period": 286, "drought_surcharge": -653, "usage": -1_994, "budget_bill": 2_361}),
    # Fifteen units in the 60 days since the last actual read are 7.5 a bill. 5 were billed before: 2.5 more, 26.03 -
    # 17.35 and 2.33 - 1.55; the other 2.5 the estimate had missed: 31.23 - 26.03, 3.96 and 3.10 - 2.33. 2.67 x 0.35.
    "tenant": Expected(6_771, {"catch_up_read": 993, "drought_surcharge": -93, "usage": 946}),
    # 3.73 x 0.35; from 8 to 33 units: 3.78 + 20 x 4.27 + 4 x 9.83.
    "leak": Expected(18_816, {"drought_surcharge": -131, "usage": 12_850}),
    # 9.67 x 0.35; the old debt, 298.98 and now 199.33, waits for its installments; one unit of tier 2 less.
    "payment_plan": Expected(
        6_344, {"drought_surcharge": -338, "previous_balance": -9_965, "usage": -427, "payment_plan": 9_965}
    ),
    # A day longer: 2.67 x 4.27 = 11.40, the garden's 0.20 units 1.11. Drought: 69.34 x 0.35 = 24.27 of the house; of
    # the garden, whose budget was smaller by a fifth too, 3.90. Less weather 1.38. From 82.67 to 118 units: 35.33 x
    # 4.27 = 150.86; the garden's from 6.20 to 9: 26.61.
    "commercial": Expected(
        109_979, {"period": 1_251, "drought_surcharge": -2_817, "weather": 138, "usage": 15_086 + 2_661}
    ),
    # Four days fewer: 1.03 x 4.13; dry are 2.84 of 6.97 units; 100.00 had been paid; 2.97 x 3.78 + 1.21 x 0.35.
    "closed_with_credit": Expected(
        -5_489, {"period": -425, "drought_surcharge": -145, "credit": -10_000, "usage": -1_165}
    ),
    # 10.50 x 0.35; a whole bill unpaid; from 15 to 12 units: 3 x 4.27.
    "medical_protection": Expected(16_899, {"drought_surcharge": -368, "previous_balance": 9_274, "usage": -1_281}),
    # Eight units both times, 4.80 of them dry before.
    "locked": Expected(5_966, {"drought_surcharge": -168}),
}


async def account_of(session: AsyncSession, situation: str) -> UUID:
    query = text("SELECT account_id FROM demo_customers WHERE situation = :situation")
    account_id: UUID = (await session.execute(query, {"situation": situation})).scalar_one()
    return account_id


async def explained(session: AsyncSession, situation: str) -> Explanation:
    account_id = await account_of(session, situation)
    return await explain_bill(session, BOOK, account_id, None, now=SEEDED_AT, today=TODAY)


def causes(explanation: Explanation, against: str) -> dict[str, int]:
    """Code → cents, in their order; the causes of several services together."""
    found = explanation.against[against]
    assert found is not None
    sums: dict[str, int] = {}
    for cause in found.comparison.causes:
        sums[cause.code] = sums.get(cause.code, 0) + cause.cents
    assert sum(sums.values()) == found.comparison.difference_cents
    return sums


@pytest.mark.parametrize("situation", EXPECTED)
async def test_of_each_demonstration_customer(seeded_session: AsyncSession, situation: str) -> None:
    found = await explained(seeded_session, situation)
    expected = EXPECTED[situation]
    assert found.history.bill.due_cents == expected.due
    assert list(causes(found, "last").items()) == list(expected.last.items())


async def test_who_has_just_moved_in_has_no_bill(seeded_session: AsyncSession) -> None:
    with pytest.raises(BillNotFoundError):
        await explained(seeded_session, "new_move_in")


async def test_against_the_same_month_last_year(seeded_session: AsyncSession) -> None:
    # Prices at the use of then: 8 x 0.17, 8 x 0.04; what 25 units more cost today, as against the last bill.
    leak = causes(await explained(seeded_session, "leak"), "last_year")
    assert leak == {"rate_change": 136, "fixed_charge": 137, "pass_through": 32, "usage": 12_850}
    # 7 units in 31 days are 6.77 in 30: 0.23 x 3.57 less; 6.77 x 0.17, 6.77 x 0.04; 2.23 x 3.78.
    past_due = causes(await explained(seeded_session, "past_due"), "last_year")
    assert past_due == {
        "period": -82,
        "rate_change": 115,
        "fixed_charge": 137,
        "pass_through": 27,
        "previous_balance": 15_073,
        "fees": 1_000,
        "usage": 843,
    }


async def test_a_leak_in_words(seeded_session: AsyncSession) -> None:
    found = (await explained(seeded_session, "leak")).against["last"]
    assert found is not None
    english, spanish = found.told["en"], found.told["es"]
    assert english.summary == "This bill is $127.19 more than the last bill."
    assert english.statement == (
        "The drought surcharge (stage 2) ended on September 30, 2026: $1.31 less.",
        "The meter measured about 823 gallons a day, up from 199: $128.50 more."
        " 4 units of it cost $9.52 each (Water, tier 3).",
    )
    assert english.chat.index("823 gallons") < english.chat.index("drought")
    assert "A meter shows how much water went through it" in english.chat
    assert "128 dólares con 50 centavos más" in spanish.speech
    assert "4 unidades cuestan 9 dólares con 52 centavos cada una (Agua, nivel 3)" in spanish.speech
    assert "$" not in spanish.speech + english.speech


async def test_each_service_of_the_restaurant_by_its_name(seeded_session: AsyncSession) -> None:
    found = (await explained(seeded_session, "commercial")).against["last"]
    assert found is not None
    assert [cause.service and cause.service[0] for cause in found.comparison.causes] == [
        None,
        None,
        "irrigation",
        "commercial",
        "irrigation",
    ]
    assert found.told["en"].statement[3].startswith("Business water: the meter measured about 2,847 gallons a day")
    assert found.told["es"].statement[4].startswith("Riego: el medidor registró")


async def test_a_budget_bill_asks_for_the_same_and_says_what_it_evens_out(seeded_session: AsyncSession) -> None:
    found = (await explained(seeded_session, "landlord")).against["last"]
    assert found is not None
    assert found.told["en"].summary == "This bill asks for the same amount as the last bill."
    assert found.told["es"].statement[-1] == ("El pago nivelado (la misma cantidad cada mes) lo compensa: $23.61 más.")
