"""Those who pay by text hear of a new bill the night it goes out, and of one due soon that is still owed."""

from datetime import date, timedelta

import pytest

from backend.enrolments.reminders import text_bills
from backend.ledger import service as ledger
from backend.parts import EVERYTHING
from tests.backend.charges.payer import DEBT_CENTS, Payer
from tests.backend.offers.thread import Thread

TODAY = date(2026, 11, 23)


async def a_bill(payer: Payer, issued_on: date, due: date) -> None:
    async with payer.tools.database.transaction() as session:
        await ledger.post_bill(
            session,
            account_id=payer.account_id,
            amount_cents=4_000,
            usage_ccf=9,
            period=(issued_on - timedelta(days=30), issued_on - timedelta(days=1)),
            issued_on=issued_on,
            due_date=due,
            idempotency_key=f"bill {issued_on}",
            now=payer.tools.clock.now(),
        )


async def night(payer: Payer, day: date = TODAY) -> dict[str, int]:
    tools = payer.tools
    async with tools.database.transaction() as session:
        return await text_bills(session, day, tools.clock.now(), EVERYTHING, district=tools.district)


@pytest.fixture
async def agreed(thread: Thread, payer: Payer) -> Thread:
    await thread.ask_to_enrol(payer.account_id)
    await thread.confirm()
    return thread


async def test_a_new_bill_says_how_to_pay_it(agreed: Thread, payer: Payer) -> None:
    await a_bill(payer, TODAY, TODAY + timedelta(days=21))
    assert await night(payer) == {"bill_texts": 1, "bill_reminders": 0}
    (words,) = await payer.texts()
    assert "your new water bill" in words and "is $40.00, due December 14." in words
    assert words.endswith(f"Your balance in all is ${(DEBT_CENTS + 4_000) / 100:.2f}. Reply PAY to pay it now.")


async def test_what_is_on_its_way_is_not_asked_for_again(agreed: Thread, payer: Payer) -> None:
    await a_bill(payer, TODAY - timedelta(days=18), TODAY + timedelta(days=3))
    bank = await payer.save("checking")
    await payer.walk((await payer.agree(method=bank, amount_cents=DEBT_CENTS)).id)
    assert await night(payer) == {"bill_texts": 0, "bill_reminders": 1}
    words = (await payer.texts())[-1]
    assert "$40.00 for the account ending in" in words and "A payment of $82.50 is on its way." in words
    await payer.walk((await payer.agree(method=bank, amount_cents=4_000)).id)
    assert await night(payer) == {"bill_texts": 0, "bill_reminders": 0}


async def test_a_bill_due_soon_is_told_again_while_it_is_owed(agreed: Thread, payer: Payer) -> None:
    await a_bill(payer, TODAY - timedelta(days=18), TODAY + timedelta(days=3))
    assert await night(payer) == {"bill_texts": 0, "bill_reminders": 1}
    charge = await payer.agree(amount_cents=DEBT_CENTS + 4_000)
    await payer.walk_until_done(charge.id)
    assert await night(payer) == {"bill_texts": 0, "bill_reminders": 0}


async def test_on_other_days_nobody_is_texted(agreed: Thread, payer: Payer) -> None:
    await a_bill(payer, TODAY - timedelta(days=5), TODAY + timedelta(days=16))
    assert await night(payer) == {"bill_texts": 0, "bill_reminders": 0}


async def test_who_has_not_agreed_is_not_texted(thread: Thread, payer: Payer) -> None:
    await thread.ask_to_enrol(payer.account_id)
    await a_bill(payer, TODAY, TODAY + timedelta(days=21))
    assert await night(payer) == {"bill_texts": 0, "bill_reminders": 0}
