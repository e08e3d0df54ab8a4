"""The day's list of the processor against our charges: what differs, for a person to see to. Pure, but for `ours`.

A charge that is still on its way on either side differs in nothing yet: it is looked at again when its state is final.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.charges import repository
from backend.district.service import District
from backend.gateway.protocol import PaymentGateway
from backend.gateway.values import ChargeState, DayList

SETTLE = timedelta(minutes=30)
"""A charge this young may still be on its way to the ledger; it counts on the next day."""
SLACK = timedelta(hours=1)
"""The processor may have made a charge of midnight on the other side of it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something the two sides do not agree on. `kind` says what to do, `reference` is what to look it up by.

    `charge_unknown`: the processor has money for a charge that is not ours. `charge_not_posted`: it has the money, the
    ledger does not. `charge_missing`: the ledger has it, the processor does not. `charge_amount`: other cents.
    `refund_elsewhere`, `charge_disputed`: money that went back without us.
    """

    kind: str
    reference: str
    account_id: UUID | None
    amount_cents: int


def compare(listed: DayList, ours: Mapping[str, Row[Any]], missing: Iterable[Row[Any]]) -> list[Difference]:
    """`ours`: our charges by the references that the processor listed; `missing`: those of the day it did not list."""
    found = [one for charge in listed.charges if (one := _of_charge(charge, ours.get(charge.reference))) is not None]
    found += [
        Difference(
            "charge_missing", row.processor_charge_id or str(row.id), row.account_id, row.amount_cents + row.fee_cents
        )
        for row in missing
    ]
    by_charge = {row.processor_charge_id: row.account_id for row in ours.values()}
    found += [
        Difference("refund_elsewhere", one.id, by_charge.get(one.charge_id), one.amount_cents)
        for one in listed.refunds
        if not one.reference
    ]
    found += [
        Difference("charge_disputed", one.id, by_charge.get(one.charge_id), one.amount_cents) for one in listed.disputes
    ]
    return found


def _of_charge(charge: Any, row: Row[Any] | None) -> Difference | None:
    if charge.state is not ChargeState.SUCCEEDED:
        return None
    if row is None:
        return Difference("charge_unknown", charge.id, None, charge.amount_cents)
    if row.amount_cents + row.fee_cents != charge.amount_cents:
        return Difference("charge_amount", charge.id, row.account_id, charge.amount_cents)
    if row.payment_id is None:
        return Difference("charge_not_posted", charge.id, row.account_id, charge.amount_cents)
    return None


async def reconcile(
    session: AsyncSession, listed: DayList, processor: str, span: tuple[datetime, datetime]
) -> Sequence[Difference]:
    """What the processor `listed` against what we have of it, and of the time `span` besides."""
    references = {one.reference for one in listed.charges}
    ids = [UUID(reference) for reference in references if _is_id(reference)]
    rows = await repository.charges_of(session, processor, ids, span)
    missing = [row for row in rows if str(row.id) not in references and row.payment_id is not None]
    return compare(listed, {str(row.id): row for row in rows}, missing)


def _is_id(reference: str) -> bool:
    try:
        UUID(reference)
    except ValueError:
        return False
    return True


def span_of(business_date: date, district: District, now: datetime) -> tuple[datetime, datetime]:
    """The moments of a business date, but for the last minutes before `now`."""
    first, following = (
        datetime.combine(day, time(), district.zone) for day in (business_date, business_date + timedelta(days=1))
    )
    return first, max(first, min(following, now - SETTLE))


async def list_of(gateway: PaymentGateway, span: tuple[datetime, datetime]) -> DayList:
    """What the processor has of a span, and an hour around it.

    :raises GatewayError: it does not say.
    """
    return await gateway.made_between(span[0] - SLACK, span[1] + SLACK)
