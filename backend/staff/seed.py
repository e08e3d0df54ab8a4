"""The demonstration's staff, with passwords made at the first start."""

import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Role
from backend.models.staff import Staff
from backend.staff import repository
from backend.staff.service import hash_password

SIGN_IN_FILE = "console-sign-in.txt"


@dataclass(frozen=True)
class Newcomer:
    user_name: str
    name: str
    role: Role
    languages: tuple[str, ...]


DEMONSTRATION_STAFF = (
    Newcomer("rosa", "Rosa Delgado", Role.SUPERVISOR, ("en", "es")),
    Newcomer("frank", "Frank Osei", Role.LEAD, ("en",)),
    Newcomer("dana", "Dana Whitfield", Role.CSR, ("en",)),
    Newcomer("luis", "Luis Ortega", Role.CSR, ("en", "es")),
)


def read_sign_in_file(home: Path) -> dict[str, tuple[str, str]]:
    """What the file says, as user name → (role, password); empty when there is no file."""
    path = home / SIGN_IN_FILE
    if not path.exists():
        return {}
    rows = (line.split() for line in path.read_text().splitlines())
    return {row[1]: (row[0], row[2]) for row in rows if len(row) == 3}


def _write_sign_in_file(home: Path, passwords: dict[str, str]) -> None:
    """Replace the file in one step; readable by its owner from its first byte."""
    home.mkdir(parents=True, exist_ok=True)
    lines = [f"{one.role} {one.user_name} {passwords[one.user_name]}\n" for one in DEMONSTRATION_STAFF]
    path, draft = home / SIGN_IN_FILE, home / f"{SIGN_IN_FILE}.new"
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(lines)
    draft.replace(path)


async def seed_staff(session: AsyncSession, home: Path, now: datetime) -> int:
    """Make whoever of the demonstration's staff is missing; how many were made. Runs again without harm.

    The file in `home` is written before the caller commits: if the commit fails, the next run makes
    the same people with the passwords that the file has.
    """
    known = {staff.user_name for staff in await repository.all_staff(session)}
    written = read_sign_in_file(home)
    passwords = {user: password for user, (_, password) in written.items()}
    complete = known & passwords.keys()
    missing = [one for one in DEMONSTRATION_STAFF if one.user_name not in complete]
    if not missing:
        return 0
    for one in missing:
        password = passwords.setdefault(one.user_name, secrets.token_urlsafe(12))
        await _make_or_renew(session, one, password, now)
    _write_sign_in_file(home, passwords)
    return len(missing)


async def _make_or_renew(session: AsyncSession, one: Newcomer, password: str, now: datetime) -> None:
    """A person whose line in the file was lost gets a new password, or nobody could sign in as them."""
    digest = hash_password(password)
    staff = await repository.staff_by_user_name(session, one.user_name)
    if staff is not None:
        staff.password_digest, staff.password_changed_at = digest, now
        return
    session.add(
        Staff(
            user_name=one.user_name,
            name=one.name,
            role=one.role,
            password_digest=digest,
            languages=list(one.languages),
            active=True,
            created_at=now,
            password_changed_at=now,
        )
    )
