"""The demonstration's list of named customers."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import service as accounts
from backend.demo import repository
from backend.demo.entries import demonstration_pin
from backend.errors import ForbiddenError


class DemonstrationOnlyError(ForbiddenError):
    """403: this exists in the demonstration alone."""

    def __init__(self) -> None:
        super().__init__("demonstration_only", "The demonstration is off. Set HEADGATE_DEMO=true to switch it on.")


@dataclass(frozen=True, slots=True)
class NamedCustomer:
    """A named customer with their PIN and what they owe."""

    situation: str
    name: str
    phone: str
    email: str | None
    service_address: str
    zip: str
    account_number: str
    pin: str
    language: str
    balance_cents: int


async def named_customers(session: AsyncSession, now: datetime, today: date) -> list[NamedCustomer]:
    """The named customers in the order of the demonstration; none before it was seeded."""
    listed = []
    for situation, account_id in await repository.named_customers(session):
        facts = await accounts.account_facts(session, account_id)
        balance = await accounts.balance(session, account_id, now, today)
        listed.append(_named(situation, facts, balance))
    return listed


def _named(situation: str, facts: accounts.AccountFacts, balance: accounts.Balance) -> NamedCustomer:
    return NamedCustomer(
        situation=situation,
        name=facts.name,
        phone=facts.phone or "",
        email=facts.email,
        service_address=facts.service_address,
        zip=facts.zip or "",
        account_number=facts.number,
        pin=demonstration_pin(facts.number),
        language=facts.language,
        balance_cents=balance.balance_cents,
    )
