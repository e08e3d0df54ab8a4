"""A night's drafts, part by part: payments on a day first, then autopay for what is left of the bills due."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.service import District
from backend.options import notices, repository, rules
from backend.options.rules import year_before
from backend.parts import Part
from backend.payments import service as payments

Draw = tuple[UUID, UUID, int]
"""The instruction, its account, and the cents to draw."""


async def draw_due(
    session: AsyncSession, business_date: date, now: datetime, part: Part, *, district: District
) -> dict[str, int]:
    """Draw what is due on `business_date` for the part's accounts, after ending what came back too often.

    Counts: `autopay_ended`, `recurring`, `recurring_cents`, `autopay`, `autopay_cents`. Bills due in the
    policy's last few days that no night has drawn are drawn too. Again for the same date it draws nothing more.
    """
    ended = await _end_returned(session, business_date, now, part, district)
    first = business_date - timedelta(days=district.policy.options.catch_up_days)
    fixed = await _recurring(session, business_date, part, district)
    await _post(session, fixed, "recurring", business_date, now=now, district=district)
    bills = [
        (row["instruction_id"], row["account_id"], cents)
        for row in await repository.autopay_due(session, part, business_date, first)
        if (cents := rules.autopay_cents(row["bills_cents"], row["balance_cents"], row["due_later_cents"]))
    ]
    await _post(session, bills, "autopay", business_date, now=now, district=district)
    return {
        "autopay_ended": ended,
        "recurring": len(fixed),
        "recurring_cents": sum(cents for _, _, cents in fixed),
        "autopay": len(bills),
        "autopay_cents": sum(cents for _, _, cents in bills),
    }


async def _recurring(session: AsyncSession, business_date: date, part: Part, district: District) -> list[Draw]:
    days = rules.days_to_draw(business_date, district.policy.options.catch_up_days)
    rows = await repository.recurring_due(session, part, business_date, days)
    return [
        (row["instruction_id"], row["account_id"], rules.recurring_cents(row["amount_cents"], row["balance_cents"]))
        for row in rows
    ]


async def _post(
    session: AsyncSession, draws: Sequence[Draw], kind: str, draft_on: date, *, now: datetime, district: District
) -> None:
    if not draws:
        return
    made = [
        payments.new_payment(
            account_id=account_id,
            amount_cents=cents,
            method="bank_transfer",
            received_on=draft_on,
            idempotency_key=f"{kind}:{instruction_id}:{draft_on}",
        )
        for instruction_id, account_id, cents in draws
    ]
    ids = await payments.post_payments(session, made, district, now)
    drafts = [
        {"instruction_id": instruction_id, "draft_on": draft_on, "amount_cents": cents, "payment_id": payment_id}
        for (instruction_id, _, cents), payment_id in zip(draws, ids, strict=True)
    ]
    await repository.add_drafts(session, drafts)


async def _end_returned(
    session: AsyncSession, business_date: date, now: datetime, part: Part, district: District
) -> int:
    returns_max = district.policy.options.autopay_returns_max
    since = year_before(business_date)
    ended = await repository.end_returned(session, part, today=business_date, since=since, returns_max=returns_max)
    if ended:
        accounts = [row["account_id"] for row in ended if row["kind"] == "autopay"]
        await repository.set_flags(session, accounts, autopay=False)
    for row in ended:
        change = f"{row['kind']}_returned"
        await notices.tell_change(session, row["account_id"], change, district=district, now=now)
    return len(ended)
