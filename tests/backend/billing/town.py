"""A small town: accounts with their services, meters and reads, made one by one as a test needs them.

Its meters are read on the 20th and its rates are the district's. From October 2026 a residential 5/8 inch service
costs $28.81 and $0.61 of state fee a month, and $3.47 a unit up to 9, $3.96 up to 29, each with $0.31 of wholesale.
"""

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from backend.billing import service
from backend.billing.facts import Tariff
from backend.database import Database
from backend.district.service import District
from backend.ledger import service as ledger
from backend.models.account import Account, ServiceAgreement
from backend.models.base import new_id
from backend.models.meter_read import MeterRead
from backend.models.premise import Meter, Premise
from backend.models.staff import Staff
from backend.rates.service import RateBook
from tests.backend.factories import make_account

FOLDER = Path(__file__).parents[3] / "district"
DISTRICT = District.load(FOLDER)
TARIFF = Tariff(RateBook.load(FOLDER), DISTRICT.policy.billing)
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
READ_DAYS = (date(2026, 7, 20), date(2026, 8, 20), date(2026, 9, 20), date(2026, 10, 20))
BILLED_THROUGH = READ_DAYS[-1]
END = date(2026, 11, 20)
"""The end of the period that is to be billed: October 21 to November 20, 31 days."""
LONG_AGO = date(2020, 1, 1)
_serials = itertools.count(1)


@dataclass(frozen=True)
class Home:
    """An account with one service and its meter."""

    account_id: UUID
    agreement_id: UUID
    premise_id: UUID
    meter_id: UUID


class Town:
    """Makes what a test asks for; `prepare` commits it and makes the preliminary ledger of cycle 1."""

    def __init__(self, engine: AsyncEngine, session: AsyncSession) -> None:
        self.session = session
        self.database = Database(engine)

    async def account(self, **changes: Any) -> UUID:
        """An active residential account in cycle 1, without any service."""
        account_id = await make_account(self.session, opened_on=changes.pop("opened_on", LONG_AGO))
        account = await self.session.get_one(Account, account_id)
        for name, value in changes.items():
            setattr(account, name, value)
        await self.session.flush()
        return account_id

    async def premise(self, zone: str = "Valley") -> UUID:
        premise = Premise(
            street=f"{next(_serials)} Acequia Lane", unit=None, city="Rio Seco", state="CA", zip="92000", zone=zone
        )
        return await self._add(premise)

    async def service(self, account_id: UUID, premise_id: UUID, **changes: Any) -> UUID:
        """A residential agreement from long ago."""
        values = {"service_class": "residential", "started_on": LONG_AGO, "ended_on": None, **changes}
        return await self._add(ServiceAgreement(account_id=account_id, premise_id=premise_id, **values))

    async def meter(self, premise_id: UUID, **changes: Any) -> UUID:
        """A 5/8 inch meter of six digits that counts billing units."""
        values = {
            "serial_number": f"T{next(_serials):06d}",
            "size_inches": "5/8",
            "installed_on": LONG_AGO,
            "removed_on": None,
            "service_class": None,
            "digits": 6,
            "units_per_count": Decimal(1),
            **changes,
        }
        return await self._add(Meter(premise_id=premise_id, **values))

    async def read(self, meter_id: UUID, day: date, value: int, kind: str = "actual") -> None:
        await self._add(MeterRead(meter_id=meter_id, read_on=day, kind=kind, register_value=value))

    async def reads(self, meter_id: UUID, *values: int) -> None:
        """What was read on the days of `READ_DAYS`, the last of them last."""
        for day, value in zip(READ_DAYS[-len(values) :], values, strict=True):
            await self.read(meter_id, day, value)

    async def bill(self, account_id: UUID, end: date = BILLED_THROUGH, *, days: int = 30, cents: int = 7_000) -> UUID:
        """A bill that went out three days after `end`."""
        issued_on = end + timedelta(days=3)
        bill = await ledger.post_bill(
            self.session,
            account_id=account_id,
            amount_cents=cents,
            usage_ccf=10,
            period=(end - timedelta(days=days - 1), end),
            issued_on=issued_on,
            due_date=issued_on + timedelta(days=21),
            idempotency_key=f"town bill {next(_serials)}",
            now=NOW,
        )
        return bill.id

    async def home(self, *history: int, closing: int | None = None, **account: Any) -> Home:
        """A house with a year behind it; without `history` it used 10 units a month. `closing`: read on `END`."""
        meter = account.pop("meter", {})
        service = account.pop("service", {})
        account_id, premise_id = await self.account(**account), await self.premise()
        agreement_id = await self.service(account_id, premise_id, **service)
        meter_id = await self.meter(premise_id, **meter)
        await self.reads(meter_id, *(history or (100, 110, 120, 130)))
        await self.bill(account_id)
        if closing is not None:
            await self.read(meter_id, END, closing)
        return Home(account_id, agreement_id, premise_id, meter_id)

    async def person(self, name: str = "Dana", role: str = "lead") -> UUID:
        """Somebody of the staff."""
        person = Staff(
            user_name=f"{name}{next(_serials)}".lower(),
            name=name,
            role=role,
            password_digest="none",
            languages=["en"],
            created_at=NOW,
            password_changed_at=NOW,
        )
        return await self._add(person)

    async def prepare(self, *, period_end: date = END, prepared_by: UUID | None = None) -> UUID:
        """The preliminary ledger of cycle 1; the run's id."""
        await self.session.commit()
        return await service.prepare_run(
            self.database, TARIFF, cycle=1, period_end=period_end, now=NOW, prepared_by=prepared_by
        )

    async def exceptions(self, run_id: UUID, account_id: UUID) -> dict[str, dict[str, Any]]:
        """Code → detail of what was found about an account and is not resolved."""
        query = (
            "SELECT code, detail FROM billing_exceptions WHERE run_id = :r AND account_id = :a AND status <> 'resolved'"
        )
        rows = await self.session.execute(text(query), {"r": run_id, "a": account_id})
        return {row.code: row.detail for row in rows}

    async def exception_id(self, run_id: UUID, account_id: UUID, code: str) -> UUID:
        query = "SELECT id FROM billing_exceptions WHERE run_id = :r AND account_id = :a AND code = :c"
        found: UUID = (await self.session.execute(text(query), {"r": run_id, "a": account_id, "c": code})).scalar_one()
        return found

    async def draft(self, run_id: UUID, account_id: UUID) -> Any:
        """The account's row of the preliminary ledger, or None."""
        query = "SELECT * FROM bill_drafts WHERE run_id = :r AND account_id = :a"
        return (await self.session.execute(text(query), {"r": run_id, "a": account_id})).one_or_none()

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        """What the database says now."""
        return list(await self.session.execute(text(statement), values))

    async def _add(self, row: Any) -> UUID:
        row.id = new_id()
        self.session.add(row)
        await self.session.flush()
        made: UUID = row.id
        return made


def cents(lines: list[dict[str, Any]]) -> dict[str, int]:
    """Line code → cents."""
    found: dict[str, int] = {}
    for line in lines:
        found[line["code"]] = found.get(line["code"], 0) + line["amount_cents"]
    return found
