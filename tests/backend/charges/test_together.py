"""Charges that share a run, and the one transaction in which a charge is learned, posted and told."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from backend.charges import repository, steps, telling
from backend.charges.steps import advance_all
from backend.charges.tools import Tools
from backend.database import Event
from backend.workflows import payments as workflow
from backend.workflows.charging import AT_ONCE_MAX
from backend.workflows.payments import Payments
from tests.backend.charges.payer import DEBT_CENTS, Payer, enrolled, until
from tests.backend.gateway.world import SandboxWorld


class Killed(BaseException):
    """As far as the code can tell, the process has ended here."""


async def state_of(payer: Payer, charge_id: object) -> str:
    ((status,),) = await payer.rows(f"SELECT status FROM charges WHERE id = '{charge_id}'")
    return str(status)


@pytest.fixture
async def three(tools: Tools, world: SandboxWorld) -> list[Payer]:
    """Three customers, the second of whom has a card that is declined."""
    return [await enrolled(tools, world, name) for name in ("visa", "insufficient_funds", "visa")]


class TestOneTransaction:
    @pytest.mark.parametrize("place", ["before it", "in the middle of it", "at its end"])
    async def test_killed_after_the_processors_answer(
        self, world: SandboxWorld, payer: Payer, monkeypatch: pytest.MonkeyPatch, place: str
    ) -> None:
        """Nothing of it is there, and the next run asks the processor, posts once and tells once."""

        async def killed(*_: object, **__: object) -> Any:
            raise Killed

        charge = await payer.agree()
        with monkeypatch.context() as broken:
            where = {"before it": (repository, "settle"), "in the middle of it": (telling, "tell_receipt")}
            if place in where:
                broken.setattr(*where[place], killed)
            else:
                send = telling._send

                async def send_and_die(*arguments: Any) -> None:
                    await send(*arguments)
                    raise Killed

                broken.setattr(telling, "_send", send_and_die)
            with pytest.raises(Killed):
                await payer.walk(charge.id)
        assert (await state_of(payer, charge.id), await payer.balance_cents()) == ("submitted", DEBT_CENTS)
        assert await payer.texts() == []
        assert await payer.walk(charge.id) == "done"
        assert (await world.attempts(), await payer.balance_cents(), len(await payer.texts())) == (1, 0, 1)

    async def test_what_was_learned_before_a_death_is_gone_on_from(self, payer: Payer) -> None:
        """A backend of an earlier version, or one that could not tell, has left the states on the way."""
        charge = await payer.agree()
        made = await payer.tools.gateway.charge(steps._request((await payer.rows("SELECT * FROM charges"))[0]))
        await payer.rows(
            f"UPDATE charges SET status = 'succeeded', processor_charge_id = '{made.id}', posted_on = received_on,"
            " submitted_at = now(), attempted_at = now(), resolved_at = now() RETURNING id"
        )
        assert await payer.walk(charge.id) == "done"
        assert (await state_of(payer, charge.id), await payer.balance_cents()) == ("told", 0)
        assert len(await payer.texts()) == 1

    async def test_two_that_settle_at_once_settle_once(self, world: SandboxWorld, payer: Payer) -> None:
        await world.misbehave("charge_then_error")
        charge = await payer.agree()
        assert await payer.walk(charge.id) == "wait"
        await asyncio.gather(*(payer.walk(charge.id) for _ in range(6)))
        assert await state_of(payer, charge.id) == "told"
        assert len(await payer.rows("SELECT id FROM payments")) == len(await payer.texts()) == 1
        assert await payer.balance_cents() == 0


class TestOneRun:
    async def test_each_has_its_own_end(self, tools: Tools, three: list[Payer], world: SandboxWorld) -> None:
        charges = [await payer.agree() for payer in three]
        assert await advance_all(tools, [charge.id for charge in charges]) == []
        assert [await state_of(three[0], charge.id) for charge in charges] == ["told", "failed", "told"]
        assert await world.attempts() == 3

    async def test_one_that_nobody_answers_holds_up_none(
        self, tools: Tools, three: list[Payer], world: SandboxWorld
    ) -> None:
        charges = [await payer.agree() for payer in three]
        await world.misbehave("silence", "none", "none")
        run = asyncio.create_task(advance_all(tools, [charge.id for charge in charges]))

        async def others_are_done() -> bool:
            states = [await state_of(three[0], charge.id) for charge in charges]
            return len([state for state in states if state in ("told", "failed")]) == 2

        await until(others_are_done)
        assert not run.done()
        assert await run == []
        assert "unknown" in [await state_of(three[0], charge.id) for charge in charges]

    async def test_one_that_fails_is_tried_again_alone(
        self, tools: Tools, three: list[Payer], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        charges = [await payer.agree() for payer in three]
        charge, ask = tools.gateway.charge, charges[0].id

        async def fails(request: Any) -> Any:
            if request.reference == str(ask):
                raise ZeroDivisionError
            return await charge(request)

        with monkeypatch.context() as broken:
            broken.setattr(tools.gateway, "charge", fails)
            assert await advance_all(tools, [each.id for each in charges]) == [ask]
        assert [await state_of(three[0], each.id) for each in charges[1:]] == ["failed", "told"]
        assert await advance_all(tools, [ask]) == []
        assert await state_of(three[0], ask) == "told"

    async def test_of_another_processor_waits_for_it(self, tools: Tools, payer: Payer, world: SandboxWorld) -> None:
        charge = await payer.agree()
        await payer.rows("UPDATE charges SET processor = 'stripe' RETURNING id")
        assert await advance_all(tools, [charge.id]) == []
        assert (await state_of(payer, charge.id), await world.attempts()) == ("created", 0)

    async def test_what_there_is_not_is_no_matter(self, tools: Tools) -> None:
        assert await advance_all(tools, [uuid4()]) == []


class Engine:
    """Notes the runs that are begun; each stays in hand until it is let go."""

    def __init__(self) -> None:
        self.runs: list[list[str]] = []

    def start_charges(self, charge_ids: list[str]) -> None:
        self.runs.append(charge_ids)


def news(charge_id: str) -> Event:
    return Event("charge", {"charge_id": charge_id})


class TestGathering:
    @pytest.fixture
    async def at_work(self, tools: Tools) -> AsyncIterator[Payments]:
        yield Payments(tools, asyncio.get_running_loop())

    async def test_whoever_is_alone_does_not_wait(self, at_work: Payments, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(workflow, "GATHER_SECONDS", 3600.0)
        engine = Engine()
        await at_work.hear(news("one"), engine)
        await at_work.hear(news("two"), engine)
        assert engine.runs == [["one"], ["two"]]

    async def test_while_others_are_in_hand_they_share_a_run(self, at_work: Payments) -> None:
        engine = Engine()
        with at_work.charging.hold(["before"]):
            await asyncio.gather(*(at_work.hear(news(name), engine) for name in ("one", "two", "three")))
        assert engine.runs == [["one", "two", "three"]]

    async def test_news_of_one_in_hand_begins_no_second_run(
        self, at_work: Payments, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(workflow, "OVERTAKEN_SECONDS", 0.05)
        engine = Engine()
        with at_work.charging.hold(["one"]):
            heard = asyncio.create_task(at_work.hear(news("one"), engine))
            await asyncio.sleep(0)
        await heard
        assert engine.runs == []

    async def test_unless_its_answer_does_not_come(self, at_work: Payments, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(workflow, "OVERTAKEN_SECONDS", 0.05)
        engine = Engine()
        with at_work.charging.hold(["one"]):
            await at_work.hear(news("one"), engine)
        assert engine.runs == [["one"]]

    async def test_in_a_crowd_the_next_waits_for_room(self, at_work: Payments, monkeypatch: pytest.MonkeyPatch) -> None:
        """And not for the sweep, seconds later."""
        monkeypatch.setattr(workflow, "GATHER_SECONDS", 0.01)
        engine = Engine()
        with at_work.charging.hold([f"crowd-{place}" for place in range(AT_ONCE_MAX)]):
            heard = asyncio.create_task(at_work.hear(news("one"), engine))
            await asyncio.sleep(0.03)
            assert engine.runs == []
        await heard
        assert engine.runs == [["one"]]

    async def test_while_the_processor_is_silent_the_sweep_has_it(
        self, at_work: Payments, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(workflow, "GATHER_SECONDS", 0.001)
        engine = Engine()
        with at_work.charging.hold([f"silent-{place}" for place in range(AT_ONCE_MAX)]):
            await at_work.hear(news("one"), engine)
        assert engine.runs == []
