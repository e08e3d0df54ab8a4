"""The step that holds the processor's day against ours, with a processor that answers: what it leaves to people."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from backend.billing.facts import Tariff
from backend.gateway.values import ChargeRequest, MethodKind
from backend.nightly import repository
from backend.nightly.processor_day import reconciliation
from backend.nightly.steps import Night
from backend.rates.service import RateBook
from backend.reads.layouts import ReadLayouts
from tests.backend.charges.conftest import FOLDER, clock, database, district, payer, tools, valkey_url, world
from tests.backend.charges.payer import DEBT_CENTS, Payer
from tests.backend.gateway.world import PROCESSOR_KEY, WEBHOOK_SECRET, SandboxWorld
from tests.backend.living import settings_for

__all__ = ["clock", "database", "district", "payer", "tools", "valkey_url", "world"]


@pytest.fixture
async def night(payer: Payer, world: SandboxWorld, database_url: str, tmp_path: Path) -> AsyncIterator[Night]:
    """The night after today; the processor lives in real time, and so does this night."""
    tools = payer.tools
    settings = settings_for(
        database_url, "redis://unused", home=tmp_path, processor_url=world.url, demo=True,
        processor_key=PROCESSOR_KEY, processor_webhook_secret=WEBHOOK_SECRET,
    )  # fmt: skip
    today = tools.district.today(tools.real_now)
    async with tools.database.transaction() as session:
        await repository.begin(session, today, 100, tools.real_now)
    yield Night(
        database=tools.database,
        district=tools.district,
        tariff=Tariff(RateBook.load(FOLDER), tools.district.policy.billing),
        layouts=ReadLayouts.load(FOLDER),
        inbox=tmp_path,
        business_date=today,
        now=tools.real_now + timedelta(days=1),
        part_accounts=100,
        stopping=lambda: False,
        settings=settings,
    )


async def test_what_differs_is_an_item_once_and_the_day_is_counted(
    payer: Payer, world: SandboxWorld, night: Night
) -> None:
    charge = await payer.agree(amount_cents=7_000, fee_cents=250)
    await payer.walk_until_done(charge.id)
    token = await world.save_method("visa", payer.customer)
    request = ChargeRequest("somebody-else", "a key", 777, token, MethodKind.CARD, "Elsewhere", payer.customer)
    unknown = await payer.tools.gateway.charge(request)
    await payer.rows("UPDATE charges SET fee_cents = 200 RETURNING id")
    for _ in range(2):
        await reconciliation(night)
    items = await payer.rows("SELECT kind, detail, account_id FROM nightly_items ORDER BY kind")
    (made,) = await payer.rows("SELECT processor_charge_id FROM charges")
    assert [tuple(one) for one in items] == [
        (
            "charge_amount",
            {"reference": made.processor_charge_id, "amount": "$72.50", "fee": "$2.00"},
            payer.account_id,
        ),
        ("charge_unknown", {"reference": unknown.id, "amount": "$7.77"}, None),
    ]
    (step,) = await payer.rows("SELECT counts FROM nightly_steps WHERE step = 'reconciliation'")
    assert step.counts == {"processor_charges": 2, "processor_charges_cents": 7_250 + 777, "differences": 2}


async def test_an_hour_on_either_side_is_not_counted(payer: Payer, night: Night) -> None:
    charge = await payer.agree(amount_cents=DEBT_CENTS)
    await payer.walk_until_done(charge.id)
    # The business date ended some minutes before the charge was made.
    ended = payer.tools.real_now - timedelta(minutes=5) + timedelta(minutes=30)
    await reconciliation(replace(night, now=ended))
    async with night.database.transaction() as session:
        counts = await session.scalar(text("SELECT counts FROM nightly_steps WHERE step = 'reconciliation'"))
    assert counts == {"processor_charges": 0, "processor_charges_cents": 0, "differences": 0}
