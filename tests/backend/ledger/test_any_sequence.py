"""Whatever is billed, paid, returned, voided, refunded, charged and taken back, in whatever order, again and again, and
by eight at once: every entry balances, the books come to zero, each key is posted once, and nothing pays for more than
it is."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from backend.errors import HeadgateError
from backend.ledger import reports, service
from backend.payments.service import allocate_credits
from backend.settings import driver_url
from tests.backend.ledger.clerk import ACCOUNTS, DISTRICT, TODAY, Command, Effect, Office, Paper, do, open_office

WRITERS = 8

_UNBALANCED = text(
    "SELECT count(*) FROM (SELECT FROM ledger_postings GROUP BY entry_id HAVING sum(amount_cents) <> 0) wrong"
)
_ENTRIES = text("SELECT count(DISTINCT entry_id) FROM ledger_postings WHERE ledger_account_id = ANY(:ids)")
# Every posting with what is allocated from or to it; an allocation of a posting that was reversed is no allocation.
_OVERSPENT = text("""
SELECT count(*) FROM ledger_postings p
  JOIN (SELECT credit_entry_id AS entry_id, credit_line AS line, -1 AS side, amount_cents FROM payment_allocations
         WHERE undone_by_id IS NULL
         UNION ALL
        SELECT charge_entry_id, charge_line, 1, amount_cents FROM payment_allocations WHERE undone_by_id IS NULL
       ) used USING (entry_id, line)
 GROUP BY p.entry_id, p.line, p.amount_cents
HAVING sum(used.amount_cents) > abs(p.amount_cents) OR bool_or(sign(p.amount_cents) <> used.side)
    OR EXISTS (SELECT FROM ledger_entries r WHERE r.reverses_id = p.entry_id)
""")

amounts = st.integers(1, 500_000)
accounts = st.integers(0, ACCOUNTS - 1)
choices = st.integers(0, 1_000)


class AnySequence(RuleBasedStateMachine):
    """A clerk with paper beside a real database, and seven colleagues."""

    url = ""
    checks = 0

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.engine: AsyncEngine = create_async_engine(driver_url(self.url), pool_size=WRITERS)
        self.paper, self.number = Paper(), 0

    @initialize()
    def open(self) -> None:
        self.office: Office = self.runner.run(self._open())

    async def _open(self) -> Office:
        async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            return await open_office(session)

    # What can be asked for: new charges and money, and taking back what is there.

    def _new(self, kind: str, account: int, cents: int) -> Command:
        self.number += 1
        return Command(kind, f"{self.office.accounts[0]}:{self.number}", account, cents)

    def _taking_back(self, kind: str, of: str, choice: int) -> Command | None:
        there = self.paper.done(of)
        if not there:
            return None
        target = there[choice % len(there)]
        return Command(kind, f"{kind} {target.key}", target.account, target=target)

    def _command(self, kind: str, account: int, cents: int, choice: int) -> Command | None:
        of = {"cancel": "bill", "return": "pay", "void": "pay", "spare": "fee"}.get(kind)
        if of is not None:
            return self._taking_back(kind, of, choice)
        credit = self._credit(account)
        within = 1 + cents % credit if kind == "refund" and credit > 0 else cents
        return self._new(kind, account, within)

    def _credit(self, account: int) -> int:
        return -self.paper.balance_cents(account)

    async def _do(self, command: Command) -> HeadgateError | None:
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            try:
                async with session.begin():
                    effect = await do(session, self.office, self.paper, command)
            except HeadgateError as refused:
                return refused
        self.paper.note(command, effect)
        return None

    @rule(kind=st.sampled_from(("bill", "pay", "fee")), account=accounts, cents=amounts, repeats=st.integers(1, 2))
    def new(self, kind: str, account: int, cents: int, repeats: int) -> None:
        command = self._new(kind, account, cents)
        for _ in range(repeats):
            assert self.runner.run(self._do(command)) is None

    @rule(kind=st.sampled_from(("cancel", "return", "void", "spare")), choice=choices)
    def take_back(self, kind: str, choice: int) -> None:
        command = self._command(kind, 0, 0, choice)
        if command is None:
            return
        is_new, undone = command.key not in self.paper.effects, command.target and self.paper.undone(command.target)
        refused = self.runner.run(self._do(command))
        # A payment is returned or voided, not both; what its money paid out already is not voided.
        may_refuse = kind in ("return", "void") and (undone or (kind == "void" and bool(self.paper.done("refund"))))
        assert refused is None or (is_new and may_refuse), refused

    @precondition(lambda self: any(self._credit(account) > 0 for account in range(ACCOUNTS)))
    @rule(choice=choices, cents=amounts, too_much=st.booleans(), repeats=st.integers(1, 2))
    def refund(self, choice: int, cents: int, too_much: bool, repeats: int) -> None:
        having = [account for account in range(ACCOUNTS) if self._credit(account) > 0]
        account = having[choice % len(having)]
        credit = self._credit(account)
        command = self._new("refund", account, credit + cents if too_much else 1 + cents % credit)
        for _ in range(repeats):
            refused = self.runner.run(self._do(command))
            assert (refused is not None) == too_much

    @rule(account=accounts, cents=amounts)
    def pay_ahead(self, account: int, cents: int) -> None:
        owed = max(0, self.paper.balance_cents(account))
        assert self.runner.run(self._do(self._new("pay", account, owed + cents))) is None

    @precondition(lambda self: self.paper.effects)
    @rule(choice=choices)
    def again(self, choice: int) -> None:
        commands = [command for command, _ in self.paper.effects.values()]
        assert self.runner.run(self._do(commands[choice % len(commands)])) is None

    @rule(
        drawn=st.lists(
            st.tuples(
                st.sampled_from(("bill", "pay", "fee", "cancel", "return", "void", "spare", "refund")),
                accounts,
                amounts,
                choices,
            ),
            min_size=2,
            max_size=WRITERS,
        ),
        doubled=st.booleans(),
    )
    def all_at_once(self, drawn: Sequence[tuple[str, int, int, int]], doubled: bool) -> None:
        found = [self._command(*one) for one in drawn]
        commands = [command for command in found if command is not None]
        if doubled:  # every second writer does what the one before does
            commands = [commands[place - place % 2] for place in range(len(commands))]
        self.runner.run(self._together(commands))

    async def _together(self, commands: Sequence[Command]) -> None:
        await asyncio.gather(*(self._do(command) for command in commands))

    @rule()
    def let_credits_pay(self) -> None:
        """As a night does; afterwards no account has both a credit and a charge open."""
        self.runner.run(self._let_credits_pay())

    async def _let_credits_pay(self) -> None:
        async with AsyncSession(self.engine) as session, session.begin():
            await allocate_credits(session, self.office.accounts, DISTRICT)
            assert await allocate_credits(session, self.office.accounts, DISTRICT) == 0
            for account_id in self.office.accounts:
                found = await reports.aging(session, account_id, TODAY)
                assert min(found.owed_cents, found.credit_cents) == 0

    @invariant()
    def books_are_sound(self) -> None:
        if hasattr(self, "office"):
            self.runner.run(self._check())

    async def _check(self) -> None:
        type(self).checks += 1
        async with AsyncSession(self.engine) as session:
            assert (await session.execute(_UNBALANCED)).scalar_one() == 0
            assert sum(line.balance_cents for line in await service.trial_balance(session)) == 0
            assert (await session.execute(_OVERSPENT)).all() == []
            entries = await session.execute(_ENTRIES, {"ids": self.office.accounts})
            assert entries.scalar_one() == self.paper.entries
            for place, account_id in enumerate(self.office.accounts):
                balance = await service.balance_cents(session, account_id)
                assert balance == self.paper.balance_cents(place)
                assert (await reports.aging(session, account_id, TODAY)).balance_cents == balance

    def teardown(self) -> None:
        self.runner.run(self.engine.dispose())
        self.runner.close()


@pytest.mark.timeout(300)
def test_every_sequence_keeps_the_books_sound(database_url: str) -> None:
    machine = type("Machine", (AnySequence,), {"url": database_url, "checks": 0})
    chosen = settings(
        max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
    )
    run_state_machine_as_test(machine, settings=chosen)  # type: ignore[no-untyped-call]
    assert machine.checks > chosen.max_examples, "the books were looked at after each step"


async def test_what_eight_at_once_take_back_is_taken_back_once(engine: AsyncEngine) -> None:
    for kind, of in (("return", "pay"), ("void", "pay"), ("cancel", "bill"), ("spare", "fee")):
        async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
            office, paper = await open_office(session), Paper()
            made = Command(of, f"{kind} {of}", 0, 5_000)
            paper.note(made, await do(session, office, paper, made))
        command = Command(kind, f"{kind} it", 0, target=made)

        async def write(command: Command = command, office: Office = office, paper: Paper = paper) -> Effect:
            async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
                return await do(session, office, paper, command)

        effects = await asyncio.gather(*(write() for _ in range(WRITERS)))
        assert len(set(effects)) == 1, kind
        paper.note(command, effects[0])
        async with AsyncSession(engine) as session:
            assert await service.balance_cents(session, office.accounts[0]) == paper.balance_cents(0), kind
            entries = await session.execute(_ENTRIES, {"ids": office.accounts})
            assert entries.scalar_one() == paper.entries, kind
