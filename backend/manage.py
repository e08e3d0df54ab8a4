"""`python -m backend.manage migrate|seed`: prepare the database. Both may run again without harm."""

import argparse
import asyncio
import sys
from datetime import UTC, datetime

from backend.database import Database
from backend.demo.seeding import seed_district
from backend.migrations import upgrade
from backend.settings import Settings
from backend.staff.seed import seed_staff


def migrate(settings: Settings) -> str:
    """Bring the database to the newest revision of the schema."""
    upgrade(settings.database_url.get_secret_value())
    return "The database is at the newest revision."


def seed(settings: Settings) -> str:
    """Make the demonstration district and its staff, each unless it is there already."""
    if not settings.demo:
        raise SystemExit("Demonstration data is refused outside the demonstration: set HEADGATE_DEMO=true.")
    now = datetime.now(UTC)
    url, key = settings.database_url.get_secret_value(), settings.secret_key.get_secret_value()
    made = seed_district(url, key, now, folder=settings.district_dir)
    staff = asyncio.run(_seed_staff(settings, now))
    if not made and not staff:
        return "The demonstration is there already; nothing was changed."
    return f"The demonstration has {made} new accounts and {staff} new members of the staff."


async def _seed_staff(settings: Settings, now: datetime) -> int:
    database = Database.from_settings(settings)
    try:
        async with database.transaction() as session:
            return await seed_staff(session, settings.home, now)
    finally:
        await database.close()


COMMANDS = {"migrate": migrate, "seed": seed}


def main(arguments: list[str]) -> None:
    """Run the command that `arguments` name."""
    parser = argparse.ArgumentParser(prog="python -m backend.manage", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    chosen = parser.parse_args(arguments).command
    print(COMMANDS[chosen](Settings()))  # type: ignore[call-arg]


if __name__ == "__main__":
    main(sys.argv[1:])
