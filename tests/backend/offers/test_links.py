"""Anyone may pay by link, without hearing what is owed; a caller has it as a text."""

from datetime import timedelta
from uuid import UUID

import pytest

from backend.charges.checkouts import look_at_checkout
from backend.enrolments.service import NoPhoneToAskError
from backend.gateway.values import HostedPage
from backend.offers import links
from backend.offers.errors import MoreThanOwedError, PaymentPendingError
from backend.offers.links import NobodyNamedError, TooManyNumbersError
from backend.saved_methods.setups import look_at_setup
from tests.backend.charges.payer import DEBT_CENTS, Payer
from tests.backend.gateway.world import SandboxWorld
from tests.backend.offers.thread import OTHER_PHONE, PUBLIC_URL, Thread, begun


async def number_of(thread: Thread) -> str:
    (row,) = await thread.rows("SELECT number FROM accounts")
    number: str = row.number
    return number


async def newest(thread: Thread, table: str) -> UUID:
    (row,) = await thread.rows(f"SELECT id FROM {table} ORDER BY made_at DESC LIMIT 1")
    found: UUID = row.id
    return found


class TestToPay:
    async def test_a_verified_customer_pays_what_they_owe_or_less(
        self, thread: Thread, payer: Payer, world: SandboxWorld
    ) -> None:
        made = await thread.link()
        assert made is not None and made.sent_to is None
        (row,) = await thread.rows("SELECT least_cents, suggested_cents, most_cents, shows_balance FROM checkouts")
        assert tuple(row) == (100, DEBT_CENTS, DEBT_CENTS, True)
        checkout_id = await newest(thread, "checkouts")
        page = (await thread.rows("SELECT page_id FROM checkouts"))[0].page_id
        assert await world.fill_in(HostedPage(page, made.url, made.expires_at), "visa", 2_000)
        await look_at_checkout(payer.tools, checkout_id)
        await payer.walk_until_done(checkout_id)
        assert await payer.balance_cents() == DEBT_CENTS - 2_000
        (line,) = await thread.rows("SELECT text FROM messages WHERE sender = 'system'")
        assert "Your balance is now $62.50." in line.text

    async def test_a_part_is_suggested_to_whoever_may_know_what_is_owed(self, thread: Thread, payer: Payer) -> None:
        half = await thread.link(purpose="half")
        whole = await thread.link()
        stranger = await begun(payer.tools, None, phone=OTHER_PHONE)
        theirs = await stranger.link(await number_of(stranger), purpose="half")
        assert half is not None and whole is not None and theirs is not None
        assert (half.suggested_cents, whole.suggested_cents, theirs.suggested_cents) == (DEBT_CENTS // 2, None, None)
        rows = await thread.rows("SELECT suggested_cents, most_cents FROM checkouts ORDER BY made_at")
        assert [tuple(row) for row in rows][:2] == [(DEBT_CENTS // 2, DEBT_CENTS), (DEBT_CENTS, DEBT_CENTS)]

    async def test_a_stranger_pays_by_the_number_and_hears_no_balance(self, payer: Payer) -> None:
        stranger = await begun(payer.tools, None, phone=OTHER_PHONE)
        made = await stranger.link(await number_of(stranger), 4_250)
        assert made is not None
        (row,) = await stranger.rows("SELECT least_cents, most_cents, shows_balance, description FROM checkouts")
        assert (row.least_cents, row.most_cents, row.shows_balance) == (4_250, 4_250, False)
        assert str(DEBT_CENTS) not in row.description

    async def test_a_stranger_types_the_amount_on_the_page(self, payer: Payer) -> None:
        stranger = await begun(payer.tools, None, phone=OTHER_PHONE)
        assert await stranger.link(await number_of(stranger)) is not None
        (row,) = await stranger.rows("SELECT least_cents, suggested_cents, most_cents FROM checkouts")
        assert tuple(row) == (100, 5_000, 500_000)

    async def test_a_stranger_without_a_number_is_asked_for_one(self, payer: Payer) -> None:
        with pytest.raises(NobodyNamedError):
            await (await begun(payer.tools, None)).link()

    async def test_numbers_that_nobody_has_are_counted(self, payer: Payer) -> None:
        stranger = await begun(payer.tools, None)
        for _ in range(5):
            assert await stranger.link("99999999") is None
        with pytest.raises(TooManyNumbersError):
            await stranger.link(await number_of(stranger))

    async def test_more_than_is_owed_is_refused_to_whoever_may_know(self, thread: Thread) -> None:
        with pytest.raises(MoreThanOwedError):
            await thread.link(cents=DEBT_CENTS + 1)

    async def test_of_what_is_on_its_way_nobody_pays_again(self, thread: Thread, payer: Payer) -> None:
        bank = await payer.save("checking")
        await payer.walk((await payer.agree(method=bank, amount_cents=5_000)).id)
        assert await thread.link() is not None
        (row,) = await thread.rows("SELECT suggested_cents, most_cents FROM checkouts")
        assert tuple(row) == (DEBT_CENTS - 5_000, DEBT_CENTS - 5_000)
        stranger = await begun(payer.tools, None, phone=OTHER_PHONE)
        with pytest.raises(PaymentPendingError) as refused:
            await stranger.link(await number_of(stranger), DEBT_CENTS)
        assert refused.value.extra["amount_cents"] is None  # they are not told how much
        await payer.walk((await payer.agree(method=bank, amount_cents=DEBT_CENTS - 5_000)).id)
        with pytest.raises(PaymentPendingError):
            await thread.link()
        with pytest.raises(PaymentPendingError):
            await stranger.link(await number_of(stranger))

    async def test_a_caller_has_it_as_a_text(self, payer: Payer) -> None:
        call = await begun(payer.tools, payer.account_id, channel="voice", phone=OTHER_PHONE)
        made = await call.link()
        assert made is not None and made.sent_to == "•••-•••-2222"
        (sent,) = await call.rows("SELECT recipient, text FROM outbound_messages")
        assert sent.recipient == OTHER_PHONE and made.url in sent.text

    async def test_a_caller_who_hides_their_number_and_has_none_on_file(self, payer: Payer) -> None:
        call = await begun(payer.tools, payer.account_id, channel="voice", phone=None)
        with pytest.raises(NoPhoneToAskError):
            await call.link()


class TestOneAtATime:
    """Two pages that both take money are one too many."""

    async def page_of(self, thread: Thread, number: int) -> HostedPage:
        rows = await thread.rows("SELECT page_id, expires_at FROM checkouts ORDER BY made_at, id")
        page_id = rows[number].page_id
        return HostedPage(page_id, f"/pay/{page_id}", rows[number].expires_at)

    async def test_another_link_closes_the_one_before(self, thread: Thread, payer: Payer, world: SandboxWorld) -> None:
        first, second = await thread.link(), await thread.link(cents=2_000)
        assert first is not None and second is not None
        statuses = [row.status for row in await thread.rows("SELECT status FROM checkouts ORDER BY id")]
        assert statuses == ["expired", "open"]
        assert not await world.fill_in(await self.page_of(thread, 0), "visa", 2_000)

    async def test_what_was_paid_on_the_one_before_counts(
        self, thread: Thread, payer: Payer, world: SandboxWorld
    ) -> None:
        assert await thread.link() is not None
        assert await world.fill_in(await self.page_of(thread, 0), "visa", DEBT_CENTS)
        with pytest.raises(PaymentPendingError):
            await thread.link()

    async def test_a_strangers_link_is_left_alone(self, thread: Thread, payer: Payer) -> None:
        stranger = await begun(payer.tools, None, phone=OTHER_PHONE)
        await stranger.link(await number_of(stranger), 1_000)
        await thread.link()
        assert {row.status for row in await thread.rows("SELECT status FROM checkouts")} == {"open"}

    async def test_paid_by_text_the_link_takes_no_money_any_more(
        self, thread: Thread, payer: Payer, world: SandboxWorld
    ) -> None:
        assert await thread.link() is not None
        charge = await thread.accept((await thread.offer()).id)
        await payer.walk_until_done(charge.id)
        assert await look_at_checkout(payer.tools, await newest(thread, "checkouts")) == "expired"
        assert not await world.fill_in(await self.page_of(thread, 0), "visa", 1_000)

    async def test_so_does_a_bank_debit_on_its_way(self, thread: Thread, payer: Payer) -> None:
        assert await thread.link() is not None
        await payer.walk((await payer.agree(method=await payer.save("checking"))).id)
        assert await look_at_checkout(payer.tools, await newest(thread, "checkouts")) == "expired"

    async def test_a_link_for_less_than_is_still_owed_stays_open(self, thread: Thread, payer: Payer) -> None:
        assert await thread.link(cents=2_000) is not None
        await payer.walk_until_done((await payer.agree(amount_cents=1_000)).id)
        assert await look_at_checkout(payer.tools, await newest(thread, "checkouts")) == "open"


class TestToSaveAMethod:
    async def test_whoever_saved_one_is_told_where_they_asked(
        self, thread: Thread, payer: Payer, world: SandboxWorld
    ) -> None:
        now = payer.tools.clock.now()
        made = await links.setup_link(payer.tools, thread.conversation_id, public_url=PUBLIC_URL, now=now)
        setup_id = await newest(thread, "method_setups")
        page = (await thread.rows("SELECT page_id FROM method_setups"))[0].page_id
        assert await world.fill_in(HostedPage(page, made.url, made.expires_at), "mastercard")
        for _ in range(2):
            await look_at_setup(payer.tools.database, payer.tools.gateway, setup_id, now=now + timedelta(minutes=1))
        (line,) = await thread.rows("SELECT text FROM messages WHERE sender = 'system'")
        assert line.text == "Mastercard ending in 4444 is on file now. Write PAY to pay your bill with it."
        assert (await thread.offer()).method == "Mastercard ending in 4444"
