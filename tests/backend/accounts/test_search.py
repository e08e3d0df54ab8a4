"""Finding an account by what a caller says, with a row in the audit trail for each that is shown."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Kind, Principal, Role, reach_account_as_staff
from backend.accounts.search import FOUND_MAX, find_accounts, pattern_of, words_of
from backend.errors import ForbiddenError, NotFoundError
from backend.models.staff import Staff
from tests.backend.conftest import SEEDED_AT


@pytest.fixture
async def lead(seeded_session: AsyncSession) -> Principal:
    staff = Staff(
        user_name="finder",
        name="A Finder",
        role="lead",
        password_digest="-",
        languages=["en"],
        created_at=SEEDED_AT,
        password_changed_at=SEEDED_AT,
    )
    seeded_session.add(staff)
    await seeded_session.flush()
    return Principal.of_staff(staff.id, Role.LEAD)


async def names(session: AsyncSession, who: Principal, query: str) -> list[str]:
    found = await find_accounts(session, who, query, SEEDED_AT)
    return [one.name for one in found.accounts]


@pytest.mark.parametrize(
    "query",
    [
        "Denise Carver",
        "carver",
        "CARVER denise",
        "carver mesquite",
        "11801 mesquite",
        "10000378",
        "1000 0378",
        "(951) 555-0101",
        "+1 951 555 0101",
        "951.555.0101",
        "5550101",
    ],
)
async def test_one_account_is_found_by_whatever_is_known_of_it(
    seeded_session: AsyncSession, lead: Principal, query: str
) -> None:
    assert await names(seeded_session, lead, query) == ["Denise Carver"]


@pytest.mark.parametrize("query", ["", "  ", "c", "\x00", "%", "_", "\\", "nobody at all", "carver 99999"])
async def test_nothing_is_found_by_what_says_nothing(seeded_session: AsyncSession, lead: Principal, query: str) -> None:
    assert await names(seeded_session, lead, query) == []


@pytest.mark.parametrize("query", ["a*(b", "[x", "a{2", "$$", "(?=", "' OR true --", "é" * 300])
async def test_odd_words_are_only_words(seeded_session: AsyncSession, lead: Principal, query: str) -> None:
    assert await names(seeded_session, lead, query) == []


async def test_accents_and_case_do_not_matter(seeded_session: AsyncSession, lead: Principal) -> None:
    await seeded_session.execute(text("UPDATE customers SET name = 'Íñigo PEÑA Ávila' WHERE name = 'Denise Carver'"))
    for query in ("inigo pena", "ÍÑIGO", "peña avila", "Pena"):
        assert "Íñigo PEÑA Ávila" in await names(seeded_session, lead, query)


async def test_a_name_that_many_have_is_cut_off_and_said_to_be(seeded_session: AsyncSession, lead: Principal) -> None:
    found = await find_accounts(seeded_session, lead, "rio seco", SEEDED_AT)
    assert (len(found.accounts), found.more) == (FOUND_MAX, True)
    assert [one.status for one in found.accounts] == ["active"] * FOUND_MAX


async def test_every_account_that_is_shown_is_a_look_in_the_trail_once_in_five_minutes(
    seeded_session: AsyncSession, lead: Principal
) -> None:
    async def looks() -> int:
        counted = "SELECT count(*) FROM account_access WHERE staff_id = :id AND purpose = 'search'"
        return int((await seeded_session.execute(text(counted), {"id": lead.staff_id})).scalar_one())

    await find_accounts(seeded_session, lead, "carver", SEEDED_AT)
    await find_accounts(seeded_session, lead, "denise", SEEDED_AT + timedelta(minutes=4))
    assert await looks() == 1
    await find_accounts(seeded_session, lead, "carver", SEEDED_AT + timedelta(minutes=6))
    assert await looks() == 2


async def test_only_the_staff_look_accounts_up(seeded_session: AsyncSession, lead: Principal) -> None:
    with pytest.raises(ForbiddenError) as refused:
        await find_accounts(seeded_session, Principal(Kind.ACTIONS), "carver", SEEDED_AT)
    assert refused.value.error == "staff_only"
    with pytest.raises(NotFoundError):
        await reach_account_as_staff(seeded_session, lead, UUID(int=1), purpose="search", now=SEEDED_AT)


def test_a_number_with_blanks_is_one_word() -> None:
    assert words_of("(951) 555-0101") == ["9515550101"]
    assert words_of("1-951-555-0101") == ["9515550101"]
    assert words_of("Peña, 14B  Elm") == ["pena", "14b", "elm"]
    assert pattern_of("a.1") == "[aáàâäAÁÀÂÄ]\\.1"
