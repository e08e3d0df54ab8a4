"""The clock, read at the edge only: routes and workflows read it and pass `now` in.

In the demonstration it can be set to another time; then it runs on from there.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import row_of


class Clock:
    """The time now, moved by an offset that the database keeps (always zero in production)."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC) + self._offset

    @property
    def is_real(self) -> bool:
        """False while the demonstration's clock is set to another time."""
        return not self._offset

    async def load(self, session: AsyncSession) -> None:
        """Read the offset that was stored last."""
        row = await row_of(session, "SELECT offset_seconds FROM demo_clock WHERE id = 1", ())
        self._offset = timedelta(seconds=float(row.offset_seconds if row else 0))

    async def move_to(self, session: AsyncSession, instant: datetime) -> None:
        """Make it `instant` (with a zone) now, here and after a restart."""
        await self._store(session, instant - datetime.now(UTC))

    async def run_real(self, session: AsyncSession) -> None:
        """Go back to the real time."""
        await self._store(session, timedelta())

    async def _store(self, session: AsyncSession, offset: timedelta) -> None:
        statement = (
            "INSERT INTO demo_clock (id, offset_seconds) VALUES (1, :seconds)"
            " ON CONFLICT (id) DO UPDATE SET offset_seconds = excluded.offset_seconds"
        )
        await session.execute(text(statement), {"seconds": offset.total_seconds()})
        self._offset = offset


async def _now(request: Request) -> datetime:
    clock: Clock = request.app.state.clock
    return clock.now()


NowDep = Annotated[datetime, Depends(_now)]
