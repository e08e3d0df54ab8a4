"""Changing how one pays: once however often asked, told to the phone on file, refused with a reason."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from backend.accounts import service as accounts
from backend.district.service import District
from backend.models.customer import CustomerEmail, CustomerPhone
from backend.options import notices, service
from tests.backend.factories import make_account
from tests.backend.fees.conftest import NOW, TODAY

LABEL = "checking ending 4421"


async def with_phone(session: AsyncSession) -> UUID:
    account_id = await make_account(session)
    facts = await session.execute(text("SELECT customer_id FROM accounts WHERE id = :id"), {"id": account_id})
    session.add(CustomerPhone(customer_id=facts.scalar_one(), phone="+15550001111", rank=0, texts_allowed=True))
    await session.flush()
    return account_id


async def texts(session: AsyncSession) -> list[str]:
    return list(await session.scalars(text("SELECT text FROM outbound_messages ORDER BY id")))


async def test_autopay_on_and_off(session: AsyncSession, district: District) -> None:
    account_id = await with_phone(session)
    for _ in range(2):
        made = await service.enrol_autopay(session, account_id, method_label=LABEL, now=NOW, district=district)
        assert made == service.Autopay(LABEL, TODAY)
    assert (await accounts.account_facts(session, account_id)).autopay
    for expected in (True, False):
        assert await service.end_autopay(session, account_id, reason="asked", now=NOW, district=district) is expected
    assert await service.autopay_of(session, account_id) is None
    on, off = await texts(session)
    assert on == (
        "Rio Seco Water District: Autopay is on: each bill will be paid on its due date from checking ending 4421."
        " If this was not you, call us at 951-555-0100."
    )
    assert "Autopay is off." in off


async def test_another_bank_account_takes_the_place_of_the_first(session: AsyncSession, district: District) -> None:
    account_id = await make_account(session)
    for label in (LABEL, "savings ending 0099"):
        await service.enrol_autopay(session, account_id, method_label=label, now=NOW, district=district)
    found = await service.autopay_of(session, account_id)
    assert found is not None
    assert found.method_label == "savings ending 0099"
    reasons = await session.scalars(text("SELECT end_reason FROM payment_instructions WHERE ended_on IS NOT NULL"))
    assert list(reasons) == ["replaced"]


async def test_eight_who_enrol_at_once_enrol_once(
    session: AsyncSession, engine: AsyncEngine, district: District
) -> None:
    account_id = await make_account(session)
    await session.commit()

    async def one() -> None:
        async with AsyncSession(engine, expire_on_commit=False) as own, own.begin():
            await service.enrol_autopay(own, account_id, method_label=LABEL, now=NOW, district=district)

    await asyncio.gather(*(one() for _ in range(8)))
    assert await session.scalar(text("SELECT count(*) FROM payment_instructions")) == 1


async def test_a_payment_on_a_day(session: AsyncSession, district: District) -> None:
    account_id = await make_account(session)

    async def choose(cents: int, day: int, label: str = LABEL) -> service.Recurring:
        return await service.set_recurring(
            session,
            account_id,
            amount_cents=cents,
            day_of_month=day,
            method_label=label,
            now=NOW,
            district=district,
        )

    assert (await choose(5_000, 31)).next_on.isoformat() == "2026-11-30"
    assert (await choose(5_000, 23)).next_on.isoformat() == "2026-12-23"
    for cents, day, label in (
        (0, 5, LABEL),
        (-1, 5, LABEL),
        (10**20, 5, LABEL),
        (500, 32, LABEL),
        (500, 5, "12345678"),
    ):
        with pytest.raises(service.MalformedOptionError):
            await choose(cents, day, label)
    assert await service.end_recurring(session, account_id, reason="asked", now=NOW, district=district)
    assert await service.recurring_of(session, account_id, TODAY) is None


async def test_bills_by_email_need_an_address(session: AsyncSession, district: District) -> None:
    account_id = await make_account(session)
    with pytest.raises(service.OptionRefusedError) as refused:
        await service.set_paperless(session, account_id, paperless=True, now=NOW, district=district)
    assert refused.value.extra["reason"] == "no_email"
    customer_id = await session.scalar(text("SELECT customer_id FROM accounts WHERE id = :id"), {"id": account_id})
    session.add(CustomerEmail(customer_id=customer_id, email="rosa@example.com", rank=0))
    await session.flush()
    changed = [
        await service.set_paperless(session, account_id, paperless=True, now=NOW, district=district) for _ in range(2)
    ]
    assert changed == [True, False]


async def test_nothing_is_drawn_for_a_closed_account(session: AsyncSession, district: District) -> None:
    account_id = await make_account(session)
    await session.execute(text("UPDATE accounts SET status = 'closed', closed_on = '2026-11-01'"))
    with pytest.raises(service.OptionRefusedError):
        await service.enrol_autopay(session, account_id, method_label=LABEL, now=NOW, district=district)


def test_every_change_is_worded_in_both_languages() -> None:
    english, spanish = notices._CHANGED["en"], notices._CHANGED["es"]
    assert english.keys() == spanish.keys()
    for change in english:
        for language in ("en", "es"):
            said = notices.change_text(
                language, change, district="Rio Seco", phone="951-555-0100", cents=7_200, day=TODAY, method=LABEL
            )
            assert "{" not in said
            assert ("951-555-0100" in said) is (change not in notices.BY_ITSELF)
