"""What the pages stand on, wired once when the backend starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from redis.asyncio import Redis
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from backend.billing.facts import Tariff
from backend.clock import Clock
from backend.console.errands import Errands
from backend.console.live import Live
from backend.console.words import LANGUAGES, Wording
from backend.database import Database
from backend.district.service import District
from backend.rates.service import RateBook
from backend.settings import Settings

PREFIX = "/console"
SESSION_COOKIE = "headgate_staff"
LANGUAGE_COOKIE = "headgate_language"
NO_DATABASE = (OperationalError, InterfaceError, TimeoutError, OSError)


@dataclass(frozen=True)
class Surroundings:
    """The process's connections, the district, and how it is reached."""

    database: Database
    redis: Redis
    clock: Clock
    live: Live
    demo: bool
    is_https: bool
    district: District
    book: RateBook
    settings: Settings
    errands: Errands

    @property
    def tariff(self) -> Tariff:
        """The rates with the billing policy."""
        return Tariff(self.book, self.district.policy.billing)

    @property
    def district_name(self) -> str:
        return self.district.settings.name

    def wording(self, language: str) -> Wording:
        return Wording(language, self.district.zone)

    @staticmethod
    def real_now() -> datetime:
        """The time for sessions and pauses; `clock.now()` is the time of everything the pages show."""
        return datetime.now(UTC)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One action, one transaction.

        :raises DatabaseAwayError: PostgreSQL does not answer.
        """
        try:
            async with self.database.transaction() as session:
                yield session
        except NO_DATABASE as problem:
            raise DatabaseAwayError from problem
        except DBAPIError as problem:
            if problem.connection_invalidated:
                raise DatabaseAwayError from problem
            raise


class DatabaseAwayError(Exception):
    """The database does not answer; the page says so and tries again."""


def language_of(request: Request) -> str:
    """The chosen language, else the browser's first that we speak."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    for part in request.headers.get("accept-language", "").split(","):
        if part.strip()[:2].lower() in LANGUAGES:
            return part.strip()[:2].lower()
    return LANGUAGES[0]


def own_path(target: str) -> str:
    """`target` when it is a path of the console, else the console's first page: no redirect leads elsewhere."""
    plain = target.isprintable() and "\\" not in target and ".." not in target
    return target if plain and target.startswith(f"{PREFIX}/") else f"{PREFIX}/"
