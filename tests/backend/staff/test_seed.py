"""The demonstration's staff and the file with their passwords."""

import stat
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from backend.staff import service
from backend.staff.seed import DEMONSTRATION_STAFF, SIGN_IN_FILE, read_sign_in_file, seed_staff
from backend.staff.service import SignInAccepted

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def signs_in(session: AsyncSession, home: Path, user_name: str) -> bool:
    _, password = read_sign_in_file(home)[user_name]
    answer = await service.sign_in(session, user_name, password, "192.0.2.7", NOON)
    return isinstance(answer, SignInAccepted)


async def test_everyone_in_the_file_can_sign_in(session: AsyncSession, tmp_path: Path) -> None:
    assert await seed_staff(session, tmp_path, NOON) == len(DEMONSTRATION_STAFF)
    await session.commit()
    file = tmp_path / SIGN_IN_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    roles = [line.split()[0] for line in file.read_text().splitlines()]
    assert roles == ["supervisor", "lead", "csr", "csr"]
    for one in DEMONSTRATION_STAFF:
        assert await signs_in(session, tmp_path, one.user_name)


async def test_a_second_run_changes_nothing(session: AsyncSession, tmp_path: Path) -> None:
    await seed_staff(session, tmp_path, NOON)
    before = (tmp_path / SIGN_IN_FILE).read_text()
    assert await seed_staff(session, tmp_path, NOON) == 0
    assert (tmp_path / SIGN_IN_FILE).read_text() == before


async def test_a_lost_file_is_made_again_with_passwords_that_work(session: AsyncSession, tmp_path: Path) -> None:
    await seed_staff(session, tmp_path, NOON)
    (tmp_path / SIGN_IN_FILE).unlink()
    await seed_staff(session, tmp_path, NOON)
    assert await signs_in(session, tmp_path, "rosa")


async def test_passwords_differ_between_homes(session: AsyncSession, tmp_path: Path) -> None:
    await seed_staff(session, tmp_path / "a", NOON)
    await seed_staff(session, tmp_path / "b", NOON)
    first, second = read_sign_in_file(tmp_path / "a"), read_sign_in_file(tmp_path / "b")
    assert not {password for _, password in first.values()} & {password for _, password in second.values()}
