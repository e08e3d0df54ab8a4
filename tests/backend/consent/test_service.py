"""Consent to texts: given and withdrawn with time and wording, and numbers at which none arrive."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Kind, Principal, Role
from backend.accounts.service import account_facts
from backend.consent import service
from backend.consent.service import CarrierStopError, State
from backend.errors import ForbiddenError
from backend.models.account import Account
from backend.models.customer import CustomerPhone
from backend.models.staff import Staff
from tests.backend.factories import make_account

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
PHONE = "+19515550142"


async def hear(session: AsyncSession, word: str, wording: str, *, keyword: bool, message: str) -> bool:
    return await service.hear(
        session, PHONE, word, wording=wording, is_keyword=keyword, message_id=message, now=NOW  # type: ignore[arg-type]
    )  # fmt: skip


async def state(session: AsyncSession) -> State:
    return (await service.states(session, [PHONE])).get(PHONE, State())


async def said(session: AsyncSession) -> list[tuple[str, str, str]]:
    """Oldest first."""
    return [(one.kind, one.source, one.wording) for one in reversed(await service.history(session, [PHONE]))]


async def account_with_phone(session: AsyncSession) -> UUID:
    account_id = await make_account(session)
    account = await session.get_one(Account, account_id)
    session.add(CustomerPhone(customer_id=account.customer_id, phone=PHONE, rank=0, texts_allowed=True))
    await session.flush()
    return account_id


async def csr(session: AsyncSession) -> Principal:
    one = Staff(
        user_name="csr", name="Csr", role="csr", password_digest="none", languages=["en"],
        created_at=NOW, password_changed_at=NOW,
    )  # fmt: skip
    session.add(one)
    await session.flush()
    return Principal.of_staff(one.id, Role.CSR)


async def test_stop_then_start(session: AsyncSession) -> None:
    assert await hear(session, "stop", "STOP", keyword=True, message="SM1")
    assert await state(session) == State(stopped_by="keyword")
    assert await hear(session, "start", "START", keyword=True, message="SM2")
    assert await state(session) == State()
    assert await said(session) == [("withdrawn", "keyword", "STOP"), ("given", "keyword", "START")]


async def test_plain_words_count_and_a_retry_says_nothing_new(session: AsyncSession) -> None:
    for _ in range(2):
        assert await hear(session, "stop", "no me manden más mensajes", keyword=False, message="SM1")
    assert await state(session) == State(stopped_by="words")
    assert await said(session) == [("withdrawn", "words", "no me manden más mensajes")]


async def test_a_retry_of_an_old_stop_does_not_take_back_a_later_start(session: AsyncSession) -> None:
    await hear(session, "stop", "STOP", keyword=True, message="SM1")
    await hear(session, "start", "START", keyword=True, message="SM2")
    await hear(session, "stop", "STOP", keyword=True, message="SM1")
    assert await state(session) == State()


async def test_yes_is_a_word_about_texts_only_where_the_carrier_has_closed(session: AsyncSession) -> None:
    assert not await hear(session, "yes", "YES", keyword=True, message="SM1")
    await hear(session, "stop", "please stop texting me", keyword=False, message="SM2")
    assert not await hear(session, "yes", "YES", keyword=True, message="SM3")
    await hear(session, "stop", "STOP", keyword=True, message="SM4")
    assert await hear(session, "yes", "YES", keyword=True, message="SM5")
    assert await state(session) == State()


async def test_plain_words_do_not_open_what_the_carrier_closed(session: AsyncSession) -> None:
    await hear(session, "stop", "STOP", keyword=True, message="SM1")
    assert not await hear(session, "start", "you can text me again", keyword=False, message="SM2")
    assert await state(session) == State(stopped_by="keyword")


@pytest.mark.parametrize(
    ("code", "learned"),
    [
        ("30006", State(unreachable="landline")),
        ("21614", State(unreachable="landline")),
        ("30004", State(unreachable="blocked")),
        ("30005", State(unreachable="invalid")),
        ("21612", State(unreachable="no_route")),
        ("21610", State(stopped_by="carrier")),
        ("30003", State()),
        ("30007", State()),
        ("30034", State()),
        (None, State()),
    ],
)
async def test_what_an_error_says_about_a_number(session: AsyncSession, code: str | None, learned: State) -> None:
    await service.learn(session, PHONE, code, NOW)
    assert await state(session) == learned


async def test_a_landline_is_nobodys_number_for_texts_until_its_holder_texts_start(session: AsyncSession) -> None:
    account_id = await account_with_phone(session)
    assert (await account_facts(session, account_id)).text_phone == PHONE
    await service.learn(session, PHONE, "30006", NOW)
    assert (await account_facts(session, account_id)).text_phone is None
    (number,) = await service.numbers_of(session, account_id)
    assert (number.unreachable, number.unreachable_code, number.takes_texts) == ("landline", "30006", False)
    await hear(session, "start", "START", keyword=True, message="SM1")
    assert (await account_facts(session, account_id)).text_phone == PHONE


async def test_staff_write_down_what_they_were_told(session: AsyncSession) -> None:
    account_id, staff = await account_with_phone(session), await csr(session)
    await service.withdraw(session, staff, account_id, PHONE, wording="No texts, she said.", now=NOW)
    assert await state(session) == State(stopped_by="staff")
    await service.give(session, staff, account_id, PHONE, wording="She wants them again.", now=NOW)
    assert await state(session) == State()
    assert [kind for kind, source, _ in await said(session) if source == "staff"] == ["withdrawn", "given"]


async def test_staff_cannot_open_what_the_carrier_closed(session: AsyncSession) -> None:
    account_id, staff = await account_with_phone(session), await csr(session)
    await hear(session, "stop", "STOP", keyword=True, message="SM1")
    with pytest.raises(CarrierStopError):
        await service.give(session, staff, account_id, PHONE, wording="Wants them.", now=NOW)


async def test_only_staff_and_only_the_accounts_numbers(session: AsyncSession) -> None:
    account_id, staff = await account_with_phone(session), await csr(session)
    with pytest.raises(ForbiddenError):
        await service.withdraw(session, Principal(Kind.ACTIONS), account_id, PHONE, wording="x", now=NOW)
    with pytest.raises(service.NumberNotOnFileError):
        await service.withdraw(session, staff, account_id, "+19515550199", wording="x", now=NOW)


async def test_what_was_said_is_masked_and_never_changed(session: AsyncSession) -> None:
    await hear(session, "stop", "stop texting me, my card is 4111 1111 1111 1111", keyword=False, message="SM1")
    assert "4111" not in (await said(session))[0][2]
    with pytest.raises(DBAPIError, match="never changed"):
        await session.execute(text("UPDATE text_consents SET wording = ''"))


async def test_no_more_calls_is_a_word_of_its_own_and_the_staff_opens_them_again(session: AsyncSession) -> None:
    account_id, staff = await account_with_phone(session), await csr(session)
    for _ in range(2):
        await service.stop_calls(session, PHONE, wording="9", source="keys", message_id="CA1:calls", now=NOW)
    assert await state(session) == State(calls_stopped_by="keys")
    await hear(session, "stop", "STOP", keyword=True, message="SM1")
    await service.give(session, staff, account_id, PHONE, wording="Call me again.", now=NOW, about="calls")
    assert await state(session) == State(stopped_by="keyword"), "texts stay as their holder left them"
    assert [one.about for one in await service.history(session, [PHONE])] == ["calls", "texts", "calls"]
