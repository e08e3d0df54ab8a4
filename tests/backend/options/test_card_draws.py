"""Autopay from a card or bank account that the processor keeps: a charge like any other, tried again or ended."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from backend.ledger import service as ledger
from backend.models.customer import CustomerPhone
from backend.options import service
from backend.options.draws import draw_due
from backend.parts import EVERYTHING
from backend.saved_methods.service import MethodNotFoundError
from tests.backend.charges.conftest import SetClock, clock, database, district, payer, tools, valkey_url, world
from tests.backend.charges.payer import DEBT_CENTS, PHONE, Payer
from tests.backend.gateway.world import SandboxWorld

__all__ = ["clock", "database", "district", "payer", "tools", "valkey_url", "world"]
TODAY = date(2026, 11, 23)


async def autopay_from(payer: Payer, method_id: UUID) -> None:
    tools = payer.tools
    async with tools.database.transaction() as session:
        source = await service.source_on_file(session, payer.account_id, method_id)
        await service.enrol_autopay(
            session,
            payer.account_id,
            method_label=source.label,
            method_id=source.method_id,
            now=tools.clock.now(),
            district=tools.district,
        )
        # A bill of its own that is due today.
        await ledger.post_bill(
            session,
            account_id=payer.account_id,
            amount_cents=4_000,
            usage_ccf=9,
            period=(TODAY - timedelta(days=50), TODAY - timedelta(days=22)),
            issued_on=TODAY - timedelta(days=21),
            due_date=TODAY,
            idempotency_key="bill due today",
            now=tools.clock.now(),
        )


async def night(payer: Payer, day: date = TODAY) -> dict[str, int]:
    tools = payer.tools
    async with tools.database.transaction() as session:
        counts = await draw_due(session, day, tools.clock.now(), EVERYTHING, district=tools.district)
    for row in await payer.rows("SELECT id FROM charges WHERE status NOT IN ('told', 'failed')"):
        await payer.walk_until_done(row.id)
    return counts


async def test_a_bill_is_charged_on_its_due_date_once(payer: Payer, world: SandboxWorld) -> None:
    await autopay_from(payer, payer.method_id)
    first, again = await night(payer), await night(payer)
    assert (first["autopay"], first["autopay_cents"], again["autopay"]) == (1, 4_000, 0)
    (charge,) = await payer.rows("SELECT idempotency_key, purpose, channel, status FROM charges")
    assert charge.idempotency_key.startswith("autopay:") and charge.idempotency_key.endswith(":2026-11-23")
    assert tuple(charge)[1:3] == ("autopay", "nightly")
    assert (await payer.balance_cents(), await world.attempts()) == (DEBT_CENTS, 1)


async def test_for_lack_of_money_it_is_tried_once_more(payer: Payer, world: SandboxWorld, clock: SetClock) -> None:
    await autopay_from(payer, payer.method_id)
    await world.misbehave("decline:insufficient_funds")
    assert (await night(payer))["autopay"] == 1
    assert await payer.balance_cents() == DEBT_CENTS + 4_000
    counts = []
    for days in (1, 2, 3, 4):
        clock.moment += timedelta(days=1)
        counts.append((await night(payer, TODAY + timedelta(days=days)))["autopay"])
    assert counts == [0, 0, 1, 0]
    assert await payer.balance_cents() == DEBT_CENTS


async def test_a_method_that_is_refused_for_good_ends_it(payer: Payer, world: SandboxWorld, clock: SetClock) -> None:
    await autopay_from(payer, payer.method_id)
    await world.misbehave("decline:lost_or_stolen")
    await night(payer)
    clock.moment += timedelta(days=1)
    assert (await night(payer, TODAY + timedelta(days=1)))["autopay_ended"] == 1
    (instruction,) = await payer.rows("SELECT ended_on, end_reason FROM payment_instructions")
    assert tuple(instruction) == (TODAY + timedelta(days=1), "refused_payment")


async def test_what_is_told_of_a_card_is_in_the_customers_language_and_blames_no_bank(
    payer: Payer, world: SandboxWorld, clock: SetClock
) -> None:
    async with payer.tools.database.transaction() as session:
        session.add(CustomerPhone(customer_id=payer.customer_id, phone=PHONE, rank=1, texts_allowed=True))
        await session.execute(text("UPDATE customers SET language = 'es'"))
    await autopay_from(payer, payer.method_id)
    await world.misbehave("decline:expired_card")
    await night(payer)
    clock.moment += timedelta(days=1)
    await night(payer, TODAY + timedelta(days=1))
    rows = await payer.rows("SELECT purpose, text, kind FROM outbound_messages WHERE purpose LIKE 'option_%'")
    told = {row.purpose: row for row in rows}
    assert "con Visa que termina en 4242." in told["option_autopay_on"].text
    assert told["option_autopay_on"].kind == "reply", "somebody changed it just now"
    ended = told["option_autopay_refused"]
    assert "terminó porque no se pudo cobrar con Visa que termina en 4242." in ended.text
    assert (ended.kind, "banco" in ended.text) == ("notice", False)


async def test_while_another_payment_is_at_work_it_waits_for_another_night(payer: Payer, clock: SetClock) -> None:
    await autopay_from(payer, payer.method_id)
    other = await payer.agree(amount_cents=1_000)
    tools = payer.tools
    async with tools.database.transaction() as session:
        counts = await draw_due(session, TODAY, tools.clock.now(), EVERYTHING, district=tools.district)
    assert counts["autopay"] == 0
    await payer.walk_until_done(other.id)
    clock.moment += timedelta(days=1)
    assert (await night(payer, TODAY + timedelta(days=1)))["autopay_cents"] == 4_000


class TestWhatIsOnItsWay:
    """A bank debit takes days, and nobody pays twice for that."""

    async def debit(self, payer: Payer, cents: int) -> None:
        """A payment by hand from a bank account, which the bank has taken on."""
        made = await payer.agree(method=await payer.save("checking"), amount_cents=cents)
        await payer.walk(made.id)
        assert (await payer.state(made.id)).status == "pending"

    async def draw(self, payer: Payer) -> dict[str, int]:
        tools = payer.tools
        async with tools.database.transaction() as session:
            return await draw_due(session, TODAY, tools.clock.now(), EVERYTHING, district=tools.district)

    async def test_all_of_it_leaves_nothing_to_draw(self, payer: Payer, world: SandboxWorld) -> None:
        await autopay_from(payer, payer.method_id)
        await self.debit(payer, DEBT_CENTS + 4_000)
        assert (await self.draw(payer))["autopay"] == 0
        assert await world.attempts() == 1

    async def test_part_of_it_leaves_the_rest(self, payer: Payer) -> None:
        await autopay_from(payer, payer.method_id)
        await self.debit(payer, DEBT_CENTS + 1_500)
        assert (await self.draw(payer))["autopay_cents"] == 2_500

    async def test_what_pays_an_older_debt_leaves_the_bill(self, payer: Payer) -> None:
        await autopay_from(payer, payer.method_id)
        await self.debit(payer, DEBT_CENTS)
        assert (await self.draw(payer))["autopay_cents"] == 4_000

    async def test_a_draft_of_the_districts_bank_leaves_it_out_too(self, payer: Payer) -> None:
        await autopay_from(payer, payer.method_id)
        async with payer.tools.database.transaction() as session:
            await session.execute(text("UPDATE payment_instructions SET method_id = NULL"))
        await payer.agree(amount_cents=DEBT_CENTS + 4_000)  # by card, this minute
        assert (await self.draw(payer))["autopay"] == 0
        assert await payer.balance_cents() == DEBT_CENTS + 4_000

    async def test_a_payment_on_a_day_is_of_what_is_left(self, payer: Payer) -> None:
        tools = payer.tools
        async with tools.database.transaction() as session:
            await service.set_recurring(
                session, payer.account_id, amount_cents=5_000, day_of_month=TODAY.day, method_label="Visa",
                method_id=payer.method_id, now=tools.clock.now(), district=tools.district,
            )  # fmt: skip
        await self.debit(payer, 5_000)
        assert (await self.draw(payer))["recurring_cents"] == DEBT_CENTS - 5_000


async def test_what_was_paid_after_midnight_is_not_drawn_by_the_night_before(payer: Payer, clock: SetClock) -> None:
    await autopay_from(payer, payer.method_id)
    clock.moment += timedelta(days=1)
    paid = await payer.agree(amount_cents=DEBT_CENTS + 4_000)
    await payer.walk_until_done(paid.id)
    assert (await night(payer))["autopay"] == 0


async def test_what_is_not_on_file_cannot_be_drawn_from(payer: Payer) -> None:
    async with payer.tools.database.transaction() as session:
        await session.execute(text("UPDATE saved_method_accounts SET ended_at = now()"))
        with pytest.raises(MethodNotFoundError):
            await service.source_on_file(session, payer.account_id, payer.method_id)
