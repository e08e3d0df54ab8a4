"""A town and the application over it, so that services are changed by HTTP."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from backend.access import Role
from backend.billing import service
from tests.backend.billing.town import NOW, TARIFF, TODAY, Town
from tests.backend.callers import sign_in
from tests.backend.conftest import SEEDED_AT
from tests.backend.living import Api, living, settings_for, valkey_url

__all__ = ["valkey_url"]


@dataclass
class Office:
    """A lead of the district, and the town that they serve."""

    api: Api
    town: Town
    lead: dict[str, str]
    keys: int = 0
    committing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def post(self, path: str, body: dict[str, Any], who: dict[str, str] | None = None) -> Any:
        """The answer to a change; without a key of its own it gets a new one. What the town did is there before."""
        self.keys += 1
        given = {"reason": "Asked for it", "idempotency_key": f"test key {self.keys}", **body}
        async with self.committing:
            await self.town.session.commit()
        return await self.api.client.post(path, headers=who or self.lead, json=given)

    async def done(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What a change became."""
        answer = await self.post(path, body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def refused(self, path: str, body: dict[str, Any]) -> tuple[int, str, str | None]:
        """(status, error, reason) of a change that cannot be."""
        answer = await self.post(path, body)
        said = answer.json()
        assert len(said.get("detail", "")) > 20 or answer.status_code == 422
        return answer.status_code, said["error"], said.get("reason")

    async def get(self, path: str) -> Any:
        answer = await self.api.client.get(path, headers=self.lead)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def bill_cycle(self, run_id: Any) -> None:
        """Release what was found, let another person approve, and post the bills."""
        path = f"/v1/billing-runs/{run_id}"
        for row in (await self.get(f"{path}/exceptions?status=open"))["rows"]:
            said = {"decision": "released", "reason": "Looked at it"}
            answer = await self.api.client.post(
                f"/v1/billing-exceptions/{row['id']}/decision", headers=self.lead, json=said
            )
            assert answer.status_code == 200, answer.text
        other = await sign_in(self.api, Role.SUPERVISOR)
        approved = await self.api.client.post(f"{path}/approval", headers=other)
        assert approved.status_code == 200, approved.text
        await service.bill_run(self.town.database, TARIFF, run_id, issued_on=TODAY, now=NOW)

    async def lines(self, account_id: Any) -> list[tuple[str, str, int]]:
        """(class and code, quantity, cents) of the account's newest bill."""
        query = """SELECT l.code, l.quantity, l.amount_cents FROM bill_lines l
                    WHERE l.bill_id = (SELECT id FROM bills WHERE account_id = :id ORDER BY id DESC LIMIT 1)
                    ORDER BY l.line"""
        rows = await self.town.rows(query, id=account_id)
        return [(row.code, f"{row.quantity.normalize():f}", row.amount_cents) for row in rows]


@pytest.fixture
async def office(
    database_url: str, valkey_url: str, engine: AsyncEngine, session: AsyncSession
) -> AsyncIterator[Office]:
    """The application over a town of this test alone, on November 23, 2026."""
    async with living(settings_for(database_url, valkey_url)) as api:
        await api.clock(SEEDED_AT)
        yield Office(api, Town(engine, session), await sign_in(api, Role.LEAD))
