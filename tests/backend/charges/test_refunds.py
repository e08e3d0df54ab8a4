"""A payment goes back to the card: agreed to by two, in the ledger at once, at the processor once whatever happens."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from backend.access import Principal, Role
from backend.charges.disputes import settle_disputes
from backend.charges.refunds import send_refunds
from backend.ledger import chart
from backend.models.staff import Staff
from backend.payments.card_refunds import NotRefundableError, TooMuchRefundedError, request_card_refund
from backend.payments.refunds import decide_refund
from backend.payments.return_items import Given
from backend.payments.returns import return_payment
from tests.backend.charges.payer import DEBT_CENTS, Payer
from tests.backend.charges.test_notifications import hear
from tests.backend.gateway.world import SandboxWorld


async def staff(payer: Payer, name: str) -> Principal:
    async with payer.tools.database.transaction() as session:
        one = Staff(
            user_name=name, name=name, role=Role.SUPERVISOR, password_digest="none", languages=["en"],
            created_at=payer.tools.clock.now(), password_changed_at=payer.tools.clock.now(),
        )  # fmt: skip
        session.add(one)
        await session.flush()
        return Principal.of_staff(one.id, Role.SUPERVISOR)


async def paid(payer: Payer, **changes: Any) -> UUID:
    charge = await payer.agree(**changes)
    await payer.walk_until_done(charge.id)
    found = (await payer.state(charge.id)).payment_id
    assert found is not None
    return found


async def ask(payer: Payer, asker: Principal, payment_id: UUID, cents: int, key: str = "one") -> UUID:
    tools = payer.tools
    async with tools.database.transaction() as session:
        return await request_card_refund(
            session, asker, payment_id, amount_cents=cents, reason="Paid by mistake", idempotency_key=key,
            now=tools.clock.now(),
        )  # fmt: skip


async def agree(payer: Payer, refund_id: UUID, decider: Principal) -> None:
    tools = payer.tools
    async with tools.database.transaction() as session:
        await decide_refund(
            session, decider, refund_id, approve=True, note="Yes", district=tools.district, now=tools.clock.now()
        )


async def given_back(payer: Payer, cents: int, **changes: Any) -> UUID:
    """Asked for by one and agreed to by another; the refund."""
    refund_id = await ask(payer, await staff(payer, "ana"), await paid(payer, **changes), cents)
    await agree(payer, refund_id, await staff(payer, "bo"))
    return refund_id


async def at_processor(payer: Payer) -> list[tuple[str, int]]:
    now = payer.tools.real_now
    listed = await payer.tools.gateway.made_between(now.replace(year=now.year - 1), now.replace(year=now.year + 1))
    return [(one.reference, one.amount_cents) for one in listed.refunds]


STATE = "SELECT sending FROM refunds"


async def test_it_is_owed_again_and_goes_to_the_processor_once(payer: Payer) -> None:
    refund_id = await given_back(payer, 2_000)
    assert await payer.balance_cents() == 2_000 and await payer.rows(STATE) == [("waits",)]
    assert (await send_refunds(payer.tools), await send_refunds(payer.tools)) == (1, 0)
    assert await at_processor(payer) == [(str(refund_id), 2_000)]
    ((sending, theirs),) = await payer.rows("SELECT sending, processor_refund_id FROM refunds")
    assert sending == "sent" and theirs


async def test_the_whole_with_its_convenience_fee(payer: Payer) -> None:
    refund_id = await given_back(payer, 7_000, amount_cents=7_000, fee_cents=250)
    await send_refunds(payer.tools)
    assert await at_processor(payer) == [(str(refund_id), 7_250)]
    for account in (chart.CONVENIENCE_FEES, chart.CASH):
        ((cents,),) = await payer.rows(
            f"SELECT sum(amount_cents) FROM ledger_postings WHERE ledger_account_id = '{account}'"
        )
        assert cents == 0
    assert await payer.balance_cents() == DEBT_CENTS


async def test_never_more_than_was_paid(payer: Payer) -> None:
    payment_id, asker = await paid(payer), await staff(payer, "ana")
    first = await ask(payer, asker, payment_id, 8_000)
    assert await ask(payer, asker, payment_id, 8_000) == first, "the same again is the same request"
    with pytest.raises(TooMuchRefundedError) as refused:
        await ask(payer, asker, payment_id, 251, "two")
    assert refused.value.extra["left_cents"] == 250 and isinstance(refused.value.extra["left_cents"], int)


async def test_a_payment_that_came_back_is_not_refunded_as_well(payer: Payer) -> None:
    payment_id, asker = await paid(payer), await staff(payer, "ana")
    refund_id = await ask(payer, asker, payment_id, 1_000)
    tools = payer.tools
    async with tools.database.transaction() as session:
        given = Given(tools.district.today(tools.clock.now()), "R10")
        await return_payment(
            session, payment_id=payment_id, given=given, district=tools.district, now=tools.clock.now()
        )
    with pytest.raises(NotRefundableError):
        await agree(payer, refund_id, await staff(payer, "bo"))
    with pytest.raises(NotRefundableError):
        await ask(payer, asker, payment_id, 1_000, "two")


async def test_while_the_processor_is_away_it_waits(payer: Payer, world: SandboxWorld) -> None:
    await given_back(payer, 2_000)
    await world.go_down(True)
    assert await send_refunds(payer.tools) == 0 and await payer.rows(STATE) == [("waits",)]
    await world.go_down(False)
    await payer.rows("UPDATE refunds SET look_at = now() RETURNING id")
    assert await send_refunds(payer.tools) == 1
    assert len(await at_processor(payer)) == 1


async def test_killed_after_the_processor_had_it_there_is_one(payer: Payer) -> None:
    """Also when so long has passed that the processor may have forgotten the key."""
    await given_back(payer, 2_000)
    await send_refunds(payer.tools)
    for ago in ("1 minute", "30 hours"):
        await payer.rows(
            "UPDATE refunds SET sending = 'waits', look_at = now(),"
            f" first_sent_at = now() - interval '{ago}' RETURNING id"
        )
        assert await send_refunds(payer.tools) == 1
    assert len(await at_processor(payer)) == 1


async def test_one_that_is_refused_is_taken_back_and_a_person_sees_to_it(payer: Payer) -> None:
    await given_back(payer, 2_000)
    await payer.rows("UPDATE charges SET processor_charge_id = 'ch_gone' RETURNING id")
    assert await send_refunds(payer.tools) == 0
    assert await payer.rows(STATE) == [("failed",)] and await payer.balance_cents() == 0
    assert await payer.rows("SELECT cause, amount_cents FROM return_items") == [("credit_returned", 2_000)]


async def test_its_event_is_matched_and_one_that_came_back_too(payer: Payer, world: SandboxWorld) -> None:
    await given_back(payer, 2_000)
    await send_refunds(payer.tools)
    await payer.rows("UPDATE refunds SET sending = 'waits', processor_refund_id = NULL RETURNING id")
    for body in await world.bodies():
        await hear(payer, body)
    await settle_disputes(payer.tools)
    assert await payer.rows(STATE) == [("sent",)]
    changed = "UPDATE gateway_events SET state = 'failed', handled_at = NULL WHERE kind = 'refund_changed' RETURNING id"
    for _ in range(2):
        assert len(await payer.rows(changed)) == 1
        await settle_disputes(payer.tools)
    assert await payer.rows(STATE) == [("failed",)] and await payer.balance_cents() == 0
    assert len(await payer.rows("SELECT id FROM return_items")) == 1


async def test_what_did_not_come_by_card_goes_back_otherwise(payer: Payer) -> None:
    payment_id = await paid(payer)
    await payer.rows(
        "UPDATE charges SET payment_id = NULL, status = 'failed', decline_reason = 'x', posted_on = NULL RETURNING id"
    )
    with pytest.raises(NotRefundableError):
        await ask(payer, await staff(payer, "ana"), payment_id, 1_000)
    async with payer.tools.database.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM refunds")) == 0
