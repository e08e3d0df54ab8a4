"""The living application over a database of its own, with people to write to."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal, Role
from backend.campaigns import service
from backend.campaigns.rules import Audience
from backend.campaigns.service import Plan
from backend.campaigns.wording import Words
from backend.district.service import District
from backend.models.account import Account, ServiceAgreement
from backend.models.customer import Customer, CustomerPhone
from backend.models.premise import Premise
from backend.models.staff import Staff
from tests.backend.conftest import create_database
from tests.backend.factories import make_account
from tests.backend.living import Api, valkey_url

__all__ = ["valkey_url"]

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
"""Monday, 10 in the morning in California."""
TEXTS = {"en": "{district}: water is off on Friday, {name}.", "es": "{district}: no hay agua el viernes, {name}."}
WORDS = Words(TEXTS)
SPOKEN = {"en": "Your water is off on Friday. Call {phone}.", "es": "No tendrá agua el viernes. Llame al {phone}."}
FOLDER = Path(__file__).parents[3] / "district"


@pytest.fixture
def own_url(server_url: str, migrated_template: str) -> str:
    """What sends texts outlives a request, and must not meet another test's tables."""
    return create_database(server_url, f"campaign_{time.monotonic_ns()}", migrated_template)


@pytest.fixture(scope="session")
def district() -> District:
    return District.load(FOLDER)


def phone_of(place: int) -> str:
    return f"+19515552{place:03d}"


@dataclass(frozen=True)
class Somebody:
    """A customer with one account, and where it is."""

    account_id: UUID
    customer_id: UUID
    phone: str


async def add_somebody(
    session: AsyncSession,
    place: int,
    *,
    zone: str = "Mesa",
    language: str = "en",
    phone: str | None = None,
    texts: bool = True,
) -> Somebody:
    """A customer with a number that takes texts, unless it takes none, and water in `zone`."""
    account_id = await make_account(session)
    account = await session.get_one(Account, account_id)
    customer = await session.get_one(Customer, account.customer_id)
    customer.language, number = language, phone or phone_of(place)
    premise = Premise(
        street=f"{place} Main St {uuid4().hex[:6]}", unit=None, city="Rio Seco", state="CA", zip="92597", zone=zone,
        owner_customer_id=None,
    )  # fmt: skip
    session.add_all([CustomerPhone(customer_id=customer.id, phone=number, rank=0, texts_allowed=texts), premise])
    await session.flush()
    session.add(
        ServiceAgreement(
            premise_id=premise.id, account_id=account_id, service_class="residential", started_on=account.opened_on
        )
    )
    await session.flush()
    return Somebody(account_id, customer.id, number)


async def add_lead(session: AsyncSession, role: Role = Role.LEAD) -> Principal:
    one = Staff(
        user_name=f"{role}-{uuid4().hex[:6]}", name="Lee", role=role, password_digest="none", languages=["en"],
        created_at=NOW, password_changed_at=NOW,
    )  # fmt: skip
    session.add(one)
    await session.flush()
    return Principal.of_staff(one.id, role)


async def started(
    api: Api, lead: Principal, *, kind: str = "outage", zones: tuple[str, ...] = (), words: Words = WORDS
) -> UUID:
    """A campaign that was made and started at the application's present moment."""
    async with api.app.state.database.transaction() as session:
        now = api.app.state.clock.now()
        plan = Plan("Friday", kind, Audience(zones=zones, days=30), words)
        made = await service.make(session, lead, plan, key=uuid4().hex, now=now)
        await service.start(session, lead, made, district=api.app.state.district, now=now)
    return made


def rows(url: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement, values)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def statuses(url: str, campaign_id: UUID) -> dict[str, str]:
    """Each person's text: its number → its status, or why it failed."""
    found = rows(
        url,
        "SELECT recipient, coalesce(error_code, status) FROM outbound_messages WHERE campaign_id = %s",
        campaign_id,
    )
    return dict(found)


def campaign_status(url: str, campaign_id: UUID) -> str:
    return str(rows(url, "SELECT status FROM campaigns WHERE id = %s", campaign_id)[0][0])
