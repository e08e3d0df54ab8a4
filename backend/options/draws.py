"""A night's drafts, part by part: payments on a day first, then autopay for what is left of the bills due.

With a card or bank account on file they are charges like any other; else drafts of the district's own bank.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import service as accounts
from backend.charges.service import BalanceChangedError, NewCharge, PaymentInProgressError, begin_charge
from backend.district.service import District
from backend.options import notices, repository, rules
from backend.options.rules import year_before
from backend.parts import Part
from backend.payments import service as payments
from backend.payments.service import AmountRefusedError
from backend.saved_methods.service import MethodNotFoundError

_WHY_ENDED = {"returned_payments": "returned", "refused_payment": "refused"}


@dataclass(frozen=True, slots=True)
class Draw:
    """What an instruction draws from its account's customer: from a method on file, or by a draft of the bank.

    `balance_cents` is what is owed while it is reckoned: a charge is begun only if that is so still.
    """

    instruction_id: UUID
    account_id: UUID
    cents: int
    method_id: UUID | None
    balance_cents: int


async def draw_due(
    session: AsyncSession, business_date: date, now: datetime, part: Part, *, district: District
) -> dict[str, int]:
    """Draw what is due on `business_date` for the part's accounts, after ending what came back too often.

    Counts: `autopay_ended`, `recurring`, `recurring_cents`, `autopay`, `autopay_cents`. Bills due in the
    policy's last few days that no night has drawn are drawn too. Again for the same date it draws nothing more.
    """
    ended = await _end_unpaid(session, business_date, now, part, district)
    fixed = await _recurring(session, business_date, now, part, district)
    fixed = await _draw(session, fixed, "recurring", business_date, now=now, district=district)
    bills = await _autopay(session, business_date, now, part, district)
    bills = await _draw(session, bills, "autopay", business_date, now=now, district=district)
    return {
        "autopay_ended": ended,
        "recurring": len(fixed),
        "recurring_cents": sum(draw.cents for draw in fixed),
        "autopay": len(bills),
        "autopay_cents": sum(draw.cents for draw in bills),
    }


def _as_of(business_date: date, now: datetime, district: District) -> date:
    """A night works after its day: what was paid since then is not drawn again."""
    return max(business_date, district.today(now))


async def _recurring(
    session: AsyncSession, business_date: date, now: datetime, part: Part, district: District
) -> list[Draw]:
    days = rules.days_to_draw(business_date, district.policy.options.catch_up_days)
    as_of = _as_of(business_date, now, district)
    rows = await repository.recurring_due(session, part, business_date, days, as_of=as_of)
    return [
        Draw(row["instruction_id"], row["account_id"], cents, row["method_id"], row["balance_cents"])
        for row in rows
        if (cents := rules.recurring_cents(row["amount_cents"], row["balance_cents"], row["on_its_way_cents"]))
    ]


async def _autopay(
    session: AsyncSession, business_date: date, now: datetime, part: Part, district: District
) -> list[Draw]:
    first = business_date - timedelta(days=district.policy.options.catch_up_days)
    as_of, on_plan = _as_of(business_date, now, district), district.policy.payments.on_plan
    rows = await repository.autopay_due(session, part, business_date, first, as_of=as_of, on_plan=on_plan)
    return [
        Draw(row["instruction_id"], row["account_id"], cents, row["method_id"], row["balance_cents"])
        for row in rows
        if (cents := rules.autopay_cents(row["left_cents"], row["due_cents"], row["on_its_way_cents"]))
    ]


async def _draw(
    session: AsyncSession, draws: Sequence[Draw], kind: str, draft_on: date, *, now: datetime, district: District
) -> list[Draw]:
    """What was drawn of it: a charge waits for a payment of the account that is at work, until another night.

    What is not on file is drawn by the district's bank, or, where it has no such drafts, not at all.
    """
    by_bank = [draw for draw in draws if draw.method_id is None and district.policy.options.bank_drafts]
    await _post(session, by_bank, kind, draft_on, now=now, district=district)
    charged = [
        draw
        for draw in draws
        if draw.method_id is not None and await _charge(session, draw, kind, draft_on, now=now, district=district)
    ]
    return [*by_bank, *charged]


async def _charge(
    session: AsyncSession, draw: Draw, kind: str, draft_on: date, *, now: datetime, district: District
) -> bool:
    assert draw.method_id is not None  # the caller has chosen those
    facts = await accounts.account_facts(session, draw.account_id)
    new = NewCharge(
        idempotency_key=f"{kind}:{draw.instruction_id}:{draft_on}",
        account_id=draw.account_id,
        amount_cents=draw.cents,
        method=draw.method_id,
        purpose=kind,
        channel="nightly",
        language=facts.language,
        recipient=facts.text_phone,
        shows_balance=True,
        balance_cents=draw.balance_cents,
    )
    try:
        charge = await begin_charge(session, new, district=district, now=now)
    except (BalanceChangedError, PaymentInProgressError, MethodNotFoundError, AmountRefusedError):
        return False
    draft = {"instruction_id": draw.instruction_id, "draft_on": draft_on, "amount_cents": draw.cents}
    await repository.add_drafts(session, [{**draft, "charge_id": charge.id}])
    return True


async def _post(
    session: AsyncSession, draws: Sequence[Draw], kind: str, draft_on: date, *, now: datetime, district: District
) -> None:
    if not draws:
        return
    made = [
        payments.new_payment(
            account_id=draw.account_id,
            amount_cents=draw.cents,
            method="bank_transfer",
            received_on=draft_on,
            idempotency_key=f"{kind}:{draw.instruction_id}:{draft_on}",
        )
        for draw in draws
    ]
    ids = await payments.post_payments(session, made, district, now)
    drafts = [
        {
            "instruction_id": draw.instruction_id,
            "draft_on": draft_on,
            "amount_cents": draw.cents,
            "payment_id": payment_id,
        }
        for draw, payment_id in zip(draws, ids, strict=True)
    ]
    await repository.add_drafts(session, drafts)


async def _end_unpaid(session: AsyncSession, business_date: date, now: datetime, part: Part, district: District) -> int:
    """End what came back too often, and what was refused for good; the customers are told."""
    returns_max = district.policy.options.autopay_returns_max
    since = year_before(business_date)
    ended = [
        *await repository.end_returned(session, part, today=business_date, since=since, returns_max=returns_max),
        *await repository.end_refused(session, part, business_date),
    ]
    if ended:
        off = [row["account_id"] for row in ended if row["kind"] == "autopay"]
        await repository.set_flags(session, off, autopay=False)
    for row in ended:
        change = f"{row['kind']}_{_WHY_ENDED[row['end_reason']]}"
        method = row["method_label"]
        await notices.tell_change(session, row["account_id"], change, district=district, now=now, method=method)
    return len(ended)
