"""Charge, post, tell: step by step against the sandbox, on good days and bad ones."""

import asyncio
from datetime import timedelta

import pytest

from backend.charges import rules, wording
from tests.backend.charges.conftest import SetClock
from tests.backend.charges.payer import DEBT_CENTS, PHONE, Payer, captured, until
from tests.backend.gateway.world import SandboxWorld

OUTBOX = "SELECT recipient, purpose, text FROM outbound_messages ORDER BY created_at, id"
PAYMENTS = "SELECT method, amount_cents, received_on::text, bank_reference FROM payments"


class TestGoodDay:
    async def test_charged_posted_and_told(self, world: SandboxWorld, payer: Payer) -> None:
        charge = await payer.agree()
        assert (charge.status, charge.is_pending) == ("created", True)
        assert await payer.walk(charge.id) == "done"
        done = await payer.state(charge.id)
        assert (done.status, done.failure) == ("told", None)
        assert await payer.balance_cents() == 0
        assert await world.attempts() == 1

    async def test_what_cannot_be_told_is_in_the_ledger_all_the_same(
        self, payer: Payer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        charge = await payer.agree()
        with monkeypatch.context() as broken:
            broken.setattr(wording, "receipt", lambda *_: 1 // 0)
            with pytest.raises(ZeroDivisionError):
                await payer.walk(charge.id)
        assert ((await payer.state(charge.id)).status, await payer.balance_cents()) == ("posted", 0)
        assert await payer.texts() == []
        assert await payer.walk(charge.id) == "done"
        assert len(await payer.texts()) == 1

    async def test_the_ledger_has_the_processors_number(self, payer: Payer) -> None:
        charge = await payer.agree()
        await payer.walk(charge.id)
        made = await payer.tools.gateway.find_charge(str(charge.id), since=payer.tools.real_now)
        assert made is not None
        assert [tuple(row) for row in await payer.rows(PAYMENTS)] == [("card", DEBT_CENTS, "2026-11-23", made.id)]
        (key,) = await payer.rows("SELECT idempotency_key FROM ledger_entries WHERE kind = 'payment'")
        assert key[0] == f"charge:{charge.id}"

    async def test_the_receipt_has_amount_method_number_and_balance(self, payer: Payer) -> None:
        await payer.walk((await payer.agree(amount_cents=5_000)).id)
        ((confirmation,),) = await payer.rows("SELECT confirmation_number FROM payments")
        ((recipient, purpose, words),) = await payer.rows(OUTBOX)
        assert (recipient, purpose) == (PHONE, "payment_receipt")
        for part in ("$50.00", "Visa ending in 4242", str(confirmation), "Your balance is now $32.50."):
            assert part in words

    async def test_in_spanish(self, payer: Payer) -> None:
        await payer.walk((await payer.agree(language="es")).id)
        (words,) = await payer.texts()
        assert "recibimos su pago de $82.50 con Visa que termina en 4242" in words
        assert "Su saldo ahora es $0.00." in words

    async def test_somebody_who_may_not_see_the_account_is_told_no_balance(self, payer: Payer) -> None:
        await payer.walk((await payer.agree(shows_balance=False)).id)
        (words,) = await payer.texts()
        assert "balance" not in words.lower()

    async def test_nobody_to_tell_is_no_reason_not_to_post(self, payer: Payer) -> None:
        charge = await payer.agree(recipient=None)
        assert await payer.walk(charge.id) == "done"
        assert (await payer.state(charge.id)).status == "told"
        assert await payer.texts() == []
        assert await payer.balance_cents() == 0

    async def test_a_card_keyed_on_the_phone_is_charged_like_one_on_file(
        self, world: SandboxWorld, payer: Payer
    ) -> None:
        token = await world.save_method("visa", None)
        charge = await payer.agree(method=captured(token), channel="voice")
        await payer.walk(charge.id)
        assert (await payer.state(charge.id)).status == "told"

    async def test_a_payment_counts_as_of_the_day_it_was_agreed(self, payer: Payer, clock: SetClock) -> None:
        charge = await payer.agree()
        clock.moment += timedelta(days=2)
        await payer.walk(charge.id)
        days = (
            "SELECT p.received_on::text, e.effective_on::text FROM payments p JOIN ledger_entries e ON e.id = entry_id"
        )
        rows = await payer.rows(days)
        assert [tuple(row) for row in rows] == [("2026-11-23", "2026-11-25")]


class TestDeclined:
    @pytest.mark.parametrize(
        ("name", "reason", "words"),
        [
            ("insufficient_funds", "insufficient_funds", "there was not enough money"),
            ("expired", "expired_card", "the card has expired"),
            ("do_not_honor", "do_not_honor", "your bank did not approve it"),
            ("stolen", "lost_or_stolen", "your bank did not approve it"),
        ],
    )
    async def test_says_why_and_what_to_do_once(self, payer: Payer, name: str, reason: str, words: str) -> None:
        charge = await payer.agree(method=await payer.save(name))
        await payer.walk(charge.id)
        await payer.walk(charge.id)
        done = await payer.state(charge.id)
        assert (done.status, done.failure, done.payment_id) == ("failed", reason, None)
        (told,) = await payer.texts()
        assert words in told and "You were not charged." in told
        assert "stolen" not in told
        assert await payer.balance_cents() == DEBT_CENTS

    async def test_a_method_that_the_processor_has_forgotten(self, payer: Payer) -> None:
        charge = await payer.agree()
        ((token,),) = await payer.rows("SELECT token FROM saved_methods")
        await payer.tools.gateway.forget_method(token)
        await payer.walk(charge.id)
        assert (await payer.state(charge.id)).failure == "method_gone"


class TestUnknown:
    """The answer is lost: the processor is asked, and what it has is what counts."""

    @pytest.mark.parametrize("fault", ["charge_then_silence", "charge_then_error"])
    async def test_of_a_charge_that_was_made(self, world: SandboxWorld, payer: Payer, fault: str) -> None:
        await world.misbehave(fault)
        charge = await payer.agree()
        assert await payer.walk(charge.id) == "wait"
        assert (await payer.state(charge.id)).status == "unknown"
        assert await payer.balance_cents() == DEBT_CENTS
        assert await payer.walk(charge.id) == "done"
        assert (await world.attempts(), await payer.balance_cents(), len(await payer.texts())) == (1, 0, 1)

    @pytest.mark.parametrize("fault", ["silence", "error"])
    async def test_of_a_charge_that_was_not_made(self, world: SandboxWorld, payer: Payer, fault: str) -> None:
        await world.misbehave(fault)
        charge = await payer.agree()
        assert await payer.walk(charge.id) == "wait"
        await payer.walk_until_done(charge.id)
        assert (await world.attempts(), await payer.balance_cents(), len(await payer.texts())) == (1, 0, 1)

    async def test_while_the_processor_is_down_the_customer_hears_pending_once(
        self, world: SandboxWorld, payer: Payer
    ) -> None:
        await world.go_down(True)
        charge = await payer.agree()
        await payer.walk(charge.id)
        assert await payer.texts() == []
        await payer.rows("UPDATE charges SET submitted_at = submitted_at - interval '1 minute' RETURNING id")
        for _ in range(3):
            assert await payer.walk(charge.id) == "wait"
        (pending,) = await payer.texts()
        assert "pending" in pending and "You will not be charged twice." in pending
        await world.go_down(False)
        await payer.walk(charge.id)
        assert [("received" in words) for words in await payer.texts()] == [False, True]
        assert await world.attempts() == 1

    async def test_is_never_submitted_again_after_half_a_day(self, world: SandboxWorld, payer: Payer) -> None:
        await world.misbehave("error")
        charge = await payer.agree()
        await payer.walk(charge.id)
        await payer.rows("UPDATE charges SET submitted_at = now() - interval '13 hours' RETURNING id")
        assert await payer.walk(charge.id) == "wait"
        await payer.rows("UPDATE charges SET attempted_at = now() - interval '20 minutes' RETURNING id")
        await payer.walk(charge.id)
        assert (await payer.state(charge.id)).failure == rules.NOT_TAKEN
        assert await world.attempts() == 0
        assert "You were not charged." in (await payer.texts())[-1]

    async def test_a_charge_of_another_amount_is_not_posted(self, world: SandboxWorld, payer: Payer) -> None:
        await world.misbehave("charge_then_silence")
        charge = await payer.agree()
        await payer.walk(charge.id)
        await payer.rows("UPDATE charges SET amount_cents = 9999 RETURNING id")
        assert await payer.walk(charge.id) == "wait"
        assert await payer.balance_cents() == DEBT_CENTS


class TestBankDebit:
    async def test_is_told_as_pending_and_posts_when_its_bank_has_paid(
        self, world: SandboxWorld, payer: Payer, clock: SetClock
    ) -> None:
        charge = await payer.agree(method=await payer.save("checking"))
        assert await payer.walk(charge.id) == "wait"
        assert (await payer.state(charge.id)).status == "pending"
        assert await payer.walk(charge.id) == "wait"
        (pending,) = await payer.texts()
        assert "is pending" in pending and "4 business days" in pending
        assert await payer.balance_cents() == DEBT_CENTS
        clock.moment += timedelta(days=3)
        made = await payer.tools.gateway.find_charge(str(charge.id), since=payer.tools.real_now)
        assert made is not None
        await world.settle(made.id)
        await payer.walk(charge.id)
        assert await payer.balance_cents() == 0
        (paid,) = await payer.rows(PAYMENTS)
        assert tuple(paid) == ("bank_transfer", DEBT_CENTS, "2026-11-23", made.id)
        assert len(await payer.texts()) == 2

    async def test_that_its_bank_gives_back_was_never_in_the_ledger(self, world: SandboxWorld, payer: Payer) -> None:
        charge = await payer.agree(method=await payer.save("checking_insufficient_funds"))
        await payer.walk(charge.id)
        made = await payer.tools.gateway.find_charge(str(charge.id), since=payer.tools.real_now)
        assert made is not None
        await world.settle(made.id, "insufficient_funds")
        await payer.walk(charge.id)
        done = await payer.state(charge.id)
        assert (done.status, done.failure) == ("failed", "insufficient_funds")
        assert await payer.rows(PAYMENTS) == []


class TestManyAtOnce:
    async def test_ten_runs_of_one_charge_do_no_more_than_one(self, world: SandboxWorld, payer: Payer) -> None:
        charge = await payer.agree()
        await asyncio.gather(*(payer.walk(charge.id) for _ in range(10)), return_exceptions=False)
        await payer.walk_until_done(charge.id)
        assert (await world.attempts(), await payer.balance_cents(), len(await payer.texts())) == (1, 0, 1)

    async def test_a_gateway_that_is_asked_while_the_request_is_on_its_way(
        self, world: SandboxWorld, payer: Payer
    ) -> None:
        await world.misbehave("slow:0.4")
        charge = await payer.agree()
        first = asyncio.create_task(payer.walk(charge.id))
        await until(lambda: payer.has_status(charge.id, "submitted"))
        assert await payer.walk(charge.id) == "wait"
        await first
        assert (await payer.state(charge.id)).status == "told"
        assert (await world.attempts(), len(await payer.texts())) == (1, 1)
