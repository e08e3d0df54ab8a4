"""The day's list of the processor against our charges: what differs, for a person to see to.

The processor lists a charge on the day it was made. So those whose outcome, or whose reversal, is of this day and that
the list does not have are asked for one by one: a bank debit that took days, a charge made after an outage. A charge
that is still on its way on either side differs in nothing yet; its day comes when its outcome does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.charges import reconciliation_repository as repository
from backend.district.service import District
from backend.gateway.errors import DeclinedError, RequestRefusedError
from backend.gateway.protocol import PaymentGateway
from backend.gateway.values import ChargeState, DayList, GatewayCharge, GatewayDispute, GatewayRefund

SETTLE = timedelta(minutes=30)
"""A charge this young may still be on its way to the ledger; it counts on the next day."""
SLACK = timedelta(hours=1)
"""So much more than the day is listed: what the day before was too young, and what we have on this side of midnight."""

Span = tuple[datetime, datetime]
Asked = Mapping[UUID, GatewayCharge | None]
"""By our id, what the processor says of a charge that its list does not have; None: it has none."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something the two sides do not agree on. `kind` says what to do, `reference` is what to look it up by.

    `charge_unknown`: the processor has money for a charge that is not ours. `charge_not_posted`: it has the money, the
    ledger does not. `charge_reversed`: so too, for the payment was taken back here. `charge_missing`: the ledger has
    it, the processor does not. `charge_failed`: so too, for the processor says that it came to nothing.
    `charge_amount`: other cents. `refund_elsewhere`, `charge_disputed`: money that went back without us.
    `amount_cents` is what the processor moved: a convenience fee of `fee_cents` is in it.
    """

    kind: str
    reference: str
    account_id: UUID | None
    amount_cents: int
    fee_cents: int = 0


def compare(listed: DayList, rows: Iterable[Row[Any]], asked: Asked, span: Span) -> list[Difference]:
    """`rows`: our charges, those that the processor listed and those it was `asked` for."""
    ours = {str(row.id): row for row in rows}
    by_charge = {row.processor_charge_id: row for row in ours.values()}
    found = [
        _of_charge(charge, ours.get(charge.reference)) for charge in listed.charges if is_of(charge.created_at, span)
    ]
    found += [_asked_for(ours[str(one)], charge) for one, charge in asked.items() if str(one) in ours]
    back: list[tuple[str, GatewayRefund | GatewayDispute]]
    back = [("refund_elsewhere", one) for one in listed.refunds if not one.reference and is_of(one.created_at, span)]
    back += [("charge_disputed", one) for one in listed.disputes if is_of(one.created_at, span)]
    found += [_gone_back(kind, one, by_charge.get(one.charge_id)) for kind, one in back]
    return [one for one in found if one is not None]


def is_of(moment: datetime, span: Span, before: timedelta = SLACK) -> bool:
    """Whether that is of the span, or of the hour `before` it, which the night before may have left out."""
    return span[0] - before <= moment < span[1]


def _gone_back(kind: str, one: GatewayRefund | GatewayDispute, row: Row[Any] | None) -> Difference:
    fee = row.fee_cents if row is not None and one.amount_cents == row.amount_cents + row.fee_cents else 0
    return Difference(kind, one.id, row.account_id if row is not None else None, one.amount_cents, fee)


def _of_charge(charge: GatewayCharge, row: Row[Any] | None) -> Difference | None:
    if row is None:
        took = charge.state is ChargeState.SUCCEEDED
        return Difference("charge_unknown", charge.id, None, charge.amount_cents) if took else None
    kind = None
    if charge.state is ChargeState.SUCCEEDED:
        kind = _of_money(charge, row)
    elif charge.state is ChargeState.FAILED and _stands(row):
        kind = "charge_failed"
    return Difference(kind, charge.id, row.account_id, charge.amount_cents, row.fee_cents) if kind else None


def _of_money(charge: GatewayCharge, row: Row[Any]) -> str | None:
    """What is wrong about money that the processor has."""
    if row.amount_cents + row.fee_cents != charge.amount_cents:
        return "charge_amount"
    if row.payment_id is None:
        return "charge_not_posted"
    # What a bank took back by a dispute, or the processor refunded, it does not keep.
    kept = row.reversal_key is not None and not row.reversal_key.startswith("dispute:")
    return "charge_reversed" if kept and row.refunded_cents < charge.amount_cents else None


def _stands(row: Row[Any]) -> bool:
    return row.payment_id is not None and row.reversal_key is None


def _asked_for(row: Row[Any], charge: GatewayCharge | None) -> Difference | None:
    if charge is not None:
        return _of_charge(charge, row)
    if not _stands(row):
        return None
    reference = row.processor_charge_id or str(row.id)
    return Difference("charge_missing", reference, row.account_id, row.amount_cents + row.fee_cents, row.fee_cents)


async def to_ask(session: AsyncSession, listed: DayList, processor: str, span: Span) -> Sequence[Row[Any]]:
    """Our charges of the span that the list leaves out."""
    references = {one.reference for one in listed.charges}
    rows = await repository.charges_of(session, processor, [], [], span)
    return [row for row in rows if str(row.id) not in references]


async def ask(gateway: PaymentGateway, rows: Iterable[Row[Any]]) -> dict[UUID, GatewayCharge | None]:
    """What the processor says of each.

    :raises GatewayUnavailableError: it does not say.
    """
    asked: dict[UUID, GatewayCharge | None] = {}
    for row in rows:
        try:
            if row.processor_charge_id is not None:
                asked[row.id] = await gateway.charge_by_id(row.processor_charge_id)
            elif row.submitted_at is not None:
                since, customer = row.submitted_at, row.processor_customer
                asked[row.id] = await gateway.find_charge(str(row.id), since=since, customer=customer)
        except (DeclinedError, RequestRefusedError):
            asked[row.id] = None
    return asked


async def reconcile(
    session: AsyncSession, listed: DayList, asked: Asked, processor: str, span: Span
) -> Sequence[Difference]:
    """What the processor listed and was asked for, against what we have of the span."""
    ids = [UUID(one.reference) for one in listed.charges if _is_id(one.reference)]
    gone_back = {one.charge_id for one in listed.refunds} | {one.charge_id for one in listed.disputes}
    rows = await repository.charges_of(session, processor, [*ids, *asked], sorted(gone_back), span)
    return compare(listed, rows, asked, span)


def _is_id(reference: str) -> bool:
    try:
        UUID(reference)
    except ValueError:
        return False
    return True


def span_of(business_date: date, district: District, now: datetime) -> Span:
    """The moments of a business date, but for the last minutes before `now`."""
    first, following = (
        datetime.combine(day, time(), district.zone) for day in (business_date, business_date + timedelta(days=1))
    )
    return first, max(first, min(following, now - SETTLE))


async def list_of(gateway: PaymentGateway, span: Span) -> DayList:
    """What the processor has of a span, and an hour around it.

    :raises GatewayError: it does not say.
    """
    return await gateway.made_between(span[0] - SLACK, span[1] + SLACK)
