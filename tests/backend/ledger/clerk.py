"""What can be done to accounts' money, as commands that can be given again, and the paper that adds them up."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal, Role
from backend.billing.cancellations import cancel_bill
from backend.district.service import District
from backend.fees import reversals
from backend.fees import service as fees
from backend.ledger import service as ledger
from backend.models.bill import Bill
from backend.models.payment import Payment
from backend.models.staff import Staff
from backend.payments import batches, refunds, returns, voids
from backend.payments import service as payments
from tests.backend.factories import make_account
from tests.backend.fees.conftest import FOLDER

NOW, TODAY, DUE = datetime(2026, 11, 23, 18, 0, tzinfo=UTC), date(2026, 11, 23), date(2026, 12, 14)
DISTRICT = District.load(FOLDER)
RETURN_FEES_CENTS = (2_500, 3_500)
"""The first returned payment of a customer, and each later one (Civil Code 1719)."""
ACCOUNTS = 3


@dataclass(frozen=True)
class Command:
    """Do `kind` to an account: `cents`, or what the command `target` has made. The same `key` again is the same."""

    kind: str
    key: str
    account: int
    cents: int = 0
    target: "Command | None" = None


@dataclass(frozen=True)
class Effect:
    """What a command did: entries posted, how they move the balance, and the id of what was made."""

    cents: int
    entries: int
    made: UUID | None = None


@dataclass
class Office:
    """Accounts, the people who decide about them, and the drawer that payments go into."""

    accounts: list[UUID]
    clerk: Principal
    supervisor: Principal
    batch_id: UUID


@dataclass
class Paper:
    """What has been done, by key, as the answers told it."""

    effects: dict[str, tuple[Command, Effect]] = field(default_factory=dict)

    def note(self, command: Command, effect: Effect) -> None:
        """Write an effect down; one that is there already must be the same."""
        known = self.effects.setdefault(command.key, (command, effect))
        assert known == (command, effect), "the same command had another effect"

    def done(self, *kinds: str) -> list[Command]:
        """The commands of these kinds that had an effect, oldest first."""
        return [command for command, _ in self.effects.values() if command.kind in kinds]

    def made(self, command: Command) -> UUID:
        made = self.effects[command.key][1].made
        assert made is not None
        return made

    def balance_cents(self, account: int) -> int:
        return sum(effect.cents for command, effect in self.effects.values() if command.account == account)

    @property
    def entries(self) -> int:
        return sum(effect.entries for _, effect in self.effects.values())

    def undone(self, command: Command) -> bool:
        """Whether the bill, the payment or the fee was taken back."""
        taken_back = self.done("cancel", "return", "void", "spare")
        return any(other.target == command for other in taken_back)


async def open_office(session: AsyncSession) -> Office:
    """Three accounts without a posting, a clerk with an open drawer, a supervisor."""
    people = []
    for role in (Role.CSR, Role.SUPERVISOR):
        one = Staff(
            user_name=f"{role}-{id(session)}-{datetime.now().timestamp()}",
            name=str(role),
            role=role,
            password_digest="none",
            languages=["en"],
            created_at=NOW,
            password_changed_at=NOW,
        )
        session.add(one)
        await session.flush()
        people.append(Principal.of_staff(one.id, role))
    accounts = [await make_account(session) for _ in range(ACCOUNTS)]
    drawer = await batches.open_batch(session, people[0], float_cents=10_000, district=DISTRICT, now=NOW)
    return Office(accounts, people[0], people[1], drawer.batch_id)


async def do(session: AsyncSession, office: Office, paper: Paper, command: Command) -> Effect:
    """Carry the command out in the session's transaction.

    :raises HeadgateError: the district's rules refuse it.
    """
    return await _DEEDS[command.kind](session, office, paper, command)


async def _bill(session: AsyncSession, office: Office, paper: Paper, command: Command) -> Effect:
    bill: Bill = await ledger.post_bill(
        session,
        account_id=office.accounts[command.account],
        amount_cents=command.cents,
        usage_ccf=command.cents % 50,
        period=(date(2026, 10, 21), date(2026, 11, 20)),
        issued_on=TODAY,
        due_date=DUE,
        idempotency_key=command.key,
        now=NOW,
    )
    return Effect(command.cents, 1, bill.id)


async def _pay(session: AsyncSession, office: Office, paper: Paper, command: Command) -> Effect:
    payment: Payment = await payments.post_payment(
        session,
        account_id=office.accounts[command.account],
        amount_cents=command.cents,
        method="check",
        received_on=TODAY,
        idempotency_key=command.key,
        now=NOW,
        district=DISTRICT,
        batch_id=office.batch_id,
    )
    return Effect(-command.cents, 1, payment.id)


async def _fee(session: AsyncSession, office: Office, paper: Paper, command: Command) -> Effect:
    fee = await fees.charge_fee(
        session,
        account_id=office.accounts[command.account],
        code="reconnection",
        charged_on=TODAY,
        due_on=DUE,
        caused_by_entry_id=None,
        idempotency_key=command.key,
        now=NOW,
        district=DISTRICT,
    )
    return Effect(fee.amount_cents, 1, fee.id)


async def _cancel(session: AsyncSession, office: Office, paper: Paper, command: Command) -> Effect:
    target = _target(command)
    done = await cancel_bill(
        session, paper.made(target), reason="Wrong", cancelled_by=office.clerk.staff_id, today=TODAY, now=NOW
    )
    return Effect(-target.cents, 1, done.reversal_entry_id)


async def _return(session: AsyncSession, office: Office, paper: Paper, command: Command) -> Effect:
    target = _target(command)
    given = returns.Given(TODAY, "R01")
    done = await returns.return_payment(session, payment_id=paper.made(target), given=given, district=DISTRICT, now=NOW)
    query = text("SELECT amount_cents FROM fee_charges WHERE entry_id = :id")
    fee_cents: int = (await session.execute(query, {"id": done.fee_entry_id})).scalar_one()
    assert fee_cents in RETURN_FEES_CENTS
    return Effect(target.cents + fee_cents, 2, done.reversal_entry_id)


async def _void(session: AsyncSession, office: Office, paper: Paper, command: Command) -> Effect:
    target = _target(command)
    asked = await voids.request_void(
        session, office.clerk, paper.made(target), reason="Keyed twice", district=DISTRICT, now=NOW
    )
    await voids.decide_void(session, office.supervisor, asked.id, approve=True, note="", district=DISTRICT, now=NOW)
    return Effect(target.cents, 1, asked.id)


async def _refund(session: AsyncSession, office: Office, paper: Paper, command: Command) -> Effect:
    asked = await refunds.request_refund(
        session,
        office.clerk,
        office.accounts[command.account],
        amount_cents=command.cents,
        reason="Moved away",
        idempotency_key=command.key,
        now=NOW,
    )
    await refunds.decide_refund(session, office.supervisor, asked.id, approve=True, note="", district=DISTRICT, now=NOW)
    return Effect(command.cents, 1, asked.id)


async def _spare(session: AsyncSession, office: Office, paper: Paper, command: Command) -> Effect:
    """Take a fee back."""
    target = _target(command)
    done = await reversals.request_reversal(
        session,
        office.supervisor,
        paper.made(target),
        reason="district_error",
        note="Our mistake",
        now=NOW,
        district=DISTRICT,
    )
    assert done.status == "posted"
    return Effect(-paper.effects[target.key][1].cents, 1, done.id)


def _target(command: Command) -> Command:
    assert command.target is not None
    return command.target


_DEEDS: dict[str, Callable[[AsyncSession, Office, Paper, Command], Awaitable[Effect]]] = {
    "bill": _bill,
    "pay": _pay,
    "fee": _fee,
    "cancel": _cancel,
    "return": _return,
    "void": _void,
    "refund": _refund,
    "spare": _spare,
}
