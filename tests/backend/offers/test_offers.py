"""An offer is bound to an amount and to what was owed; whatever is said about it, it is charged once."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from backend.charges.service import BalanceChangedError, PaymentInProgressError
from backend.errors import ForbiddenError, HeadgateError
from backend.offers.errors import (
    MoreThanOwedError,
    NoMethodError,
    NoSuchPartError,
    NothingDueError,
    OfferNotFoundError,
    OfferOverError,
    PaymentPendingError,
)
from backend.payments.service import AmountRefusedError
from tests.backend.charges.conftest import SetClock
from tests.backend.charges.payer import DEBT_CENTS, Payer
from tests.backend.gateway.world import SandboxWorld
from tests.backend.offers.thread import OTHER_PHONE, Thread, begun


class TestAnOffer:
    async def test_says_what_whose_from_what_and_until_when(self, thread: Thread) -> None:
        offer = await thread.offer()
        assert (offer.purpose, offer.amount_cents, offer.balance_cents) == ("bill", DEBT_CENTS, DEBT_CENTS)
        assert (offer.method, offer.past_due_cents) == ("Visa ending in 4242", DEBT_CENTS)
        assert offer.expires_at - thread.tools.clock.now() == timedelta(minutes=10)

    async def test_of_an_amount_of_ones_own(self, thread: Thread) -> None:
        offer = await thread.offer(amount_cents=4_250)
        assert (offer.purpose, offer.amount_cents, offer.others) == ("other_amount", 4_250, {"bill": DEBT_CENTS})

    @pytest.mark.parametrize("cents", [0, -500, 10**11, 10**15, 49])
    async def test_of_what_no_payment_can_be_is_refused(self, thread: Thread, cents: int) -> None:
        with pytest.raises(AmountRefusedError):
            await thread.offer(amount_cents=cents)

    async def test_of_more_than_is_owed_is_refused(self, thread: Thread) -> None:
        with pytest.raises(MoreThanOwedError) as refused:
            await thread.offer(amount_cents=DEBT_CENTS + 1)
        assert refused.value.extra["balance_cents"] == DEBT_CENTS

    async def test_of_a_part_that_there_is_not(self, thread: Thread) -> None:
        with pytest.raises(NoSuchPartError):
            await thread.offer(purpose="installment")

    async def test_all_that_is_owed_being_late_the_past_due_part_is_all_of_it(self, thread: Thread) -> None:
        assert (await thread.offer(purpose="past_due")).amount_cents == DEBT_CENTS

    async def test_of_half_of_it_with_the_odd_cent(self, thread: Thread) -> None:
        made = await thread.offer(purpose="half")
        assert (made.amount_cents, made.purpose) == ((DEBT_CENTS + 1) // 2, "other_amount")

    async def test_needs_a_method_that_is_good(self, thread: Thread, clock: SetClock) -> None:
        clock.moment += timedelta(days=365 * 20)
        with pytest.raises(NoMethodError) as refused:
            await thread.offer(amount_cents=1_000)
        assert refused.value.extra == {"balance_cents": DEBT_CENTS, "amount_cents": 1_000}

    async def test_is_for_whoever_was_verified(self, payer: Payer) -> None:
        stranger = await begun(payer.tools, None)
        with pytest.raises(ForbiddenError):
            await stranger.offer()

    async def test_there_is_one_open_for_a_payer_and_an_account(self, thread: Thread) -> None:
        offers = [await thread.offer() for _ in range(3)]
        rows = await thread.rows("SELECT id FROM payment_offers WHERE status = 'open'")
        assert [row.id for row in rows] == [offers[-1].id]


class TestYes:
    async def test_is_charged_posted_and_told_once(self, thread: Thread, payer: Payer, world: SandboxWorld) -> None:
        offer = await thread.offer()
        charges = [await thread.accept(offer.id) for _ in range(3)]
        assert len({charge.id for charge in charges}) == 1
        await payer.walk_until_done(charges[0].id)
        assert await payer.balance_cents() == 0
        assert await world.attempts() == 1
        (receipt,) = await payer.texts()
        assert "$82.50 from Visa ending in 4242" in receipt and "Your balance is now $0.00." in receipt

    async def test_is_said_in_the_thread(self, thread: Thread, payer: Payer) -> None:
        charge = await thread.accept((await thread.offer()).id)
        await payer.walk_until_done(charge.id)
        (line,) = await thread.rows("SELECT sender, text FROM messages WHERE sender = 'system'")
        assert "Confirmation number" in line.text

    async def test_by_telephone_the_receipt_is_a_text(self, payer: Payer) -> None:
        call = await begun(payer.tools, payer.account_id, channel="voice", phone=OTHER_PHONE)
        charge = await call.accept((await call.offer()).id)
        await payer.walk_until_done(charge.id)
        (sent,) = await call.rows("SELECT channel, recipient, purpose FROM outbound_messages")
        assert tuple(sent) == ("sms", OTHER_PHONE, "payment_receipt")

    async def test_after_ten_minutes_it_counts_no_more(self, thread: Thread, clock: SetClock) -> None:
        offer = await thread.offer()
        clock.moment += timedelta(minutes=10)
        with pytest.raises(OfferOverError) as over:
            await thread.accept(offer.id)
        assert over.value.extra["state"] == "expired"

    async def test_to_an_offer_that_was_replaced_counts_no_more(self, thread: Thread) -> None:
        first = await thread.offer()
        await thread.offer(amount_cents=1_000)
        with pytest.raises(OfferOverError):
            await thread.accept(first.id)

    async def test_after_the_balance_has_changed_it_counts_no_more(self, thread: Thread, payer: Payer) -> None:
        offer = await thread.offer()
        other = await payer.agree(amount_cents=1_000)
        await payer.walk_until_done(other.id)
        with pytest.raises(BalanceChangedError):
            await thread.accept(offer.id)
        assert (await thread.offer()).amount_cents == DEBT_CENTS - 1_000

    async def test_is_said_where_it_was_offered(self, thread: Thread, payer: Payer) -> None:
        offer = await thread.offer()
        elsewhere = await begun(payer.tools, payer.account_id, phone=OTHER_PHONE)
        for answer in (elsewhere.accept, elsewhere.decline, thread.accept):
            with pytest.raises(OfferNotFoundError):
                await answer(offer.id if answer != thread.accept else uuid4())


class TestNo:
    async def test_ends_it(self, thread: Thread) -> None:
        offer = await thread.offer()
        assert await thread.decline(offer.id) == "declined"
        with pytest.raises(OfferOverError):
            await thread.accept(offer.id)

    async def test_after_yes_comes_too_late(self, thread: Thread) -> None:
        offer = await thread.offer()
        await thread.accept(offer.id)
        assert await thread.decline(offer.id) == "accepted"


class TestAtOnce:
    async def test_ten_who_want_to_pay_have_one_offer(self, thread: Thread) -> None:
        await asyncio.gather(*(thread.offer() for _ in range(10)))
        rows = await thread.rows("SELECT status FROM payment_offers ORDER BY status")
        assert sorted(row.status for row in rows) == ["open"] + ["replaced"] * 9

    async def test_ten_times_yes_is_one_charge(self, thread: Thread, payer: Payer, world: SandboxWorld) -> None:
        offer = await thread.offer()
        charges = await asyncio.gather(*(thread.accept(offer.id) for _ in range(10)))
        assert len({charge.id for charge in charges}) == 1
        await payer.walk_until_done(charges[0].id)
        assert await world.attempts() == 1

    async def test_by_chat_and_by_telephone_in_the_same_second_one_is_charged(
        self, payer: Payer, world: SandboxWorld
    ) -> None:
        chat = await begun(payer.tools, payer.account_id, channel="chat", phone=None)
        call = await begun(payer.tools, payer.account_id, channel="voice", phone=OTHER_PHONE)
        offers = [(one, await one.offer()) for one in (chat, call)]

        async def agree(where: Thread, offer_id: UUID) -> UUID | type[HeadgateError]:
            try:
                charge = await where.accept(offer_id)
            except HeadgateError as refused:
                return type(refused)
            await payer.walk_until_done(charge.id)
            return charge.id

        became = await asyncio.gather(*(agree(where, offer.id) for where, offer in offers))
        refused = {one for one in became if isinstance(one, type)}
        assert len(refused) == 1 and refused <= {PaymentInProgressError, BalanceChangedError}
        assert (await world.attempts(), await payer.balance_cents()) == (1, 0)


class TestWhatIsOnItsWay:
    async def test_all_of_it_being_on_its_way_there_is_nothing_to_offer(self, thread: Thread, payer: Payer) -> None:
        bank = await payer.save("checking")
        charge = await payer.agree(method=bank)
        await payer.walk(charge.id)
        with pytest.raises(PaymentPendingError) as pending:
            await thread.offer()
        assert pending.value.extra["amount_cents"] == DEBT_CENTS

    async def test_what_is_left_beside_it_is_offered_and_charged(self, thread: Thread, payer: Payer) -> None:
        await payer.walk((await payer.agree(method=await payer.save("checking"), amount_cents=5_000)).id)
        offer = await thread.offer()
        assert (offer.amount_cents, offer.balance_cents) == (DEBT_CENTS - 5_000, DEBT_CENTS)
        assert (offer.on_its_way_cents, offer.others) == (5_000, {})
        with pytest.raises(MoreThanOwedError) as refused:
            await thread.offer(amount_cents=DEBT_CENTS - 5_000 + 1)
        assert refused.value.extra["balance_cents"] == DEBT_CENTS - 5_000
        charge = await thread.accept((await thread.offer()).id)
        assert charge.amount_cents == DEBT_CENTS - 5_000

    async def test_a_debit_that_was_begun_since_the_offer_changes_what_is_owed(
        self, thread: Thread, payer: Payer
    ) -> None:
        offer = await thread.offer()
        await payer.walk((await payer.agree(method=await payer.save("checking"))).id)
        with pytest.raises(BalanceChangedError):
            await thread.accept(offer.id)

    async def test_nothing_owed_nothing_offered(self, thread: Thread, payer: Payer) -> None:
        charge = await payer.agree()
        await payer.walk_until_done(charge.id)
        with pytest.raises(NothingDueError):
            await thread.offer()
