"""Sign-in, sessions and passwords against a real database."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from backend.access import Role
from backend.errors import ForbiddenError
from backend.models.staff import Staff, StaffSession
from backend.staff import service
from backend.staff.permissions import SignedIn
from backend.staff.rules import ABSOLUTE, FREE_FAILURES_ADDRESS, FREE_FAILURES_USER, IDLE, PasswordFlaw
from backend.staff.service import PasswordRefused, SignInAccepted, SignInRefused

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
OFFICE = "192.0.2.7"
PASSWORD = "seven quiet herons"


async def hire(session: AsyncSession, user_name: str = "dana", role: Role = Role.CSR) -> Staff:
    staff = Staff(
        user_name=user_name,
        name=f"{user_name.title()} Whitfield",
        role=role,
        password_digest=service.hash_password(PASSWORD),
        languages=["en", "es"],
        active=True,
        created_at=NOON,
        password_changed_at=NOON,
    )
    session.add(staff)
    await session.commit()
    return staff


async def enter(session: AsyncSession, user_name: str = "dana", now: datetime = NOON) -> SignInAccepted:
    accepted = await service.sign_in(session, user_name, PASSWORD, OFFICE, now)
    assert isinstance(accepted, SignInAccepted)
    await session.commit()
    return accepted


async def fail(session: AsyncSession, times: int, user_name: str = "dana") -> SignInRefused:
    answer: SignInRefused | None = None
    for _ in range(times):
        refused = await service.sign_in(session, user_name, "wrong", OFFICE, NOON)
        assert isinstance(refused, SignInRefused)
        await session.commit()
        answer = refused
    assert answer is not None
    return answer


class TestSignIn:
    async def test_the_right_password_opens_a_session(self, session: AsyncSession) -> None:
        staff = await hire(session)
        accepted = await enter(session, " Dana ")
        assert accepted.staff == SignedIn(staff.id, "dana", staff.name, Role.CSR, ("en", "es"))
        assert await service.authenticate(session, accepted.token, NOON) == accepted.staff

    async def test_the_database_holds_neither_token_nor_password(self, session: AsyncSession) -> None:
        await hire(session)
        accepted = await enter(session)
        rows = await session.execute(text("SELECT s::text, x::text FROM staff s, staff_sessions x"))
        kept = str(rows.all())
        assert accepted.token not in kept and accepted.token.encode().hex() not in kept
        assert PASSWORD not in kept and "$argon2id$" in kept

    async def test_unknown_wrong_and_left_get_the_same_answer(self, session: AsyncSession) -> None:
        await hire(session)
        gone = await hire(session, "gone")
        await session.execute(update(Staff).where(Staff.id == gone.id).values(active=False))
        answers = [
            await service.sign_in(session, "dana", "wrong", OFFICE, NOON),
            await service.sign_in(session, "nobody", PASSWORD, OFFICE, NOON),
            await service.sign_in(session, "gone", PASSWORD, OFFICE, NOON),
        ]
        assert answers == [SignInRefused(0)] * 3

    async def test_the_pause_grows_and_holds_even_for_the_right_password(self, session: AsyncSession) -> None:
        await hire(session)
        assert (await fail(session, FREE_FAILURES_USER)).wait_seconds == 0
        assert (await fail(session, 1)).wait_seconds == 2
        assert await service.sign_in(session, "dana", PASSWORD, OFFICE, NOON) == SignInRefused(2)
        assert isinstance(await enter(session, now=NOON + timedelta(seconds=2)), SignInAccepted)

    async def test_a_good_sign_in_clears_the_count(self, session: AsyncSession) -> None:
        await hire(session)
        await fail(session, FREE_FAILURES_USER)
        await enter(session)
        assert (await fail(session, FREE_FAILURES_USER)).wait_seconds == 0

    async def test_unknown_names_are_paused_as_well(self, session: AsyncSession) -> None:
        assert (await fail(session, FREE_FAILURES_USER + 2, "nobody")).wait_seconds == 2

    async def test_one_address_cannot_try_name_after_name(self, session: AsyncSession) -> None:
        await hire(session)
        for number in range(FREE_FAILURES_ADDRESS + 1):
            await fail(session, 1, f"guess{number}")
        refused = await service.sign_in(session, "dana", PASSWORD, OFFICE, NOON)
        assert refused == SignInRefused(2)
        elsewhere = await service.sign_in(session, "dana", PASSWORD, "192.0.2.99", NOON)
        assert isinstance(elsewhere, SignInAccepted)

    async def test_guesses_at_the_same_time_do_not_slip_through(
        self, session: AsyncSession, engine: AsyncEngine
    ) -> None:
        await hire(session)

        async def guess() -> None:
            async with AsyncSession(engine) as own:
                await service.sign_in(own, "dana", "wrong", OFFICE, NOON)
                await own.commit()

        await asyncio.gather(*(guess() for _ in range(12)))
        counted = await session.scalar(text("SELECT max(failures) FROM sign_in_failures"))
        assert 1 <= counted <= FREE_FAILURES_USER + 1


class TestAuthenticate:
    async def test_idle_and_absolute_ends(self, session: AsyncSession) -> None:
        await hire(session)
        token = (await enter(session)).token
        assert await service.authenticate(session, token, NOON + IDLE) is None
        later = NOON
        while later + IDLE / 2 < NOON + ABSOLUTE:
            later += IDLE / 2
            assert await service.authenticate(session, token, later) is not None
        assert await service.authenticate(session, token, NOON + ABSOLUTE) is None

    async def test_a_page_that_refreshes_itself_is_not_activity(self, session: AsyncSession) -> None:
        await hire(session)
        token = (await enter(session)).token
        almost = NOON + IDLE - timedelta(minutes=1)
        assert await service.authenticate(session, token, almost, is_activity=False) is not None
        assert await service.authenticate(session, token, NOON + IDLE) is None

    @pytest.mark.parametrize("token", ["", "made-up", "\x00", "é" * 500])
    async def test_a_made_up_token_is_nobody(self, session: AsyncSession, token: str) -> None:
        assert await service.authenticate(session, token, NOON) is None

    async def test_who_leaves_is_out_at_once(self, session: AsyncSession) -> None:
        staff = await hire(session)
        token = (await enter(session)).token
        await session.execute(update(Staff).where(Staff.id == staff.id).values(active=False))
        assert await service.authenticate(session, token, NOON) is None


class TestSignOut:
    async def test_ends_this_session_alone(self, session: AsyncSession) -> None:
        await hire(session)
        here, there = await enter(session), await enter(session)
        await service.sign_out(session, here.token)
        assert await service.authenticate(session, here.token, NOON) is None
        assert await service.authenticate(session, there.token, NOON) is not None

    async def test_everywhere_ends_them_all(self, session: AsyncSession) -> None:
        await hire(session)
        here, _ = await enter(session), await enter(session)
        assert await service.sign_out_everywhere(session, here.staff, here.staff.id) == 2
        assert (await session.scalars(select(StaffSession))).all() == []

    async def test_only_a_supervisor_signs_others_out(self, session: AsyncSession) -> None:
        dana = await hire(session)
        await hire(session, "frank", Role.LEAD)
        await hire(session, "rosa", Role.SUPERVISOR)
        token = (await enter(session)).token
        frank, rosa = (await enter(session, "frank")).staff, (await enter(session, "rosa")).staff
        with pytest.raises(ForbiddenError):
            await service.sign_out_everywhere(session, frank, dana.id)
        assert await service.sign_out_everywhere(session, rosa, dana.id) == 1
        assert await service.authenticate(session, token, NOON) is None


class TestChangePassword:
    async def test_sets_it_and_ends_the_other_sessions(self, session: AsyncSession) -> None:
        await hire(session)
        here, there = await enter(session), await enter(session)
        refused = await service.change_password(
            session, here.staff, here.token, current=PASSWORD, new="nine patient egrets", now=NOON
        )
        assert refused is None
        assert await service.authenticate(session, here.token, NOON) is not None
        assert await service.authenticate(session, there.token, NOON) is None
        assert isinstance(await service.sign_in(session, "dana", "nine patient egrets", OFFICE, NOON), SignInAccepted)

    async def test_refuses_a_wrong_current_password_and_counts_it(self, session: AsyncSession) -> None:
        await hire(session)
        here = await enter(session)
        for _ in range(FREE_FAILURES_USER + 1):
            refused = await service.change_password(
                session, here.staff, here.token, current="wrong", new="nine patient egrets", now=NOON
            )
            assert refused == PasswordRefused(None)
        assert await service.sign_in(session, "dana", PASSWORD, OFFICE, NOON) == SignInRefused(2)

    async def test_says_what_is_wrong_with_the_new_one(self, session: AsyncSession) -> None:
        await hire(session)
        here = await enter(session)
        refused = await service.change_password(
            session, here.staff, here.token, current=PASSWORD, new="short", now=NOON
        )
        assert refused == PasswordRefused(PasswordFlaw.TOO_SHORT)
