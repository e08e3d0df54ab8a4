"""From what the services answer to what the pages show."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from backend.accounts.service import AccountFacts as ServiceFacts
from backend.accounts.service import Balance
from backend.console.views import AccountFacts, Case, DatedAmount, Detail, Line, QueueItem, Step
from backend.console.words import Wording
from backend.hand_offs import desk as hand_offs
from backend.queue.rules import Reason


def queue_item(row: Row[Any], department: str) -> QueueItem:
    return QueueItem(
        id=row.id,
        reference=hand_offs.reference(row),
        state=row.state,
        priority=row.priority,
        reason=row.reason,
        department=department,
        channel=row.channel,
        language=row.language,
        customer_name=row.customer_name,
        verification_level=row.verification_level,
        created_at=row.created_at,
        staff_id=row.staff_id,
        staff_name=row.staff_name,
    )


def in_order(
    items: Sequence[QueueItem], reasons: Mapping[UUID, tuple[int, tuple[Reason, ...]]]
) -> tuple[QueueItem, ...]:
    """The queue as it is served: those that wait with their place and why, then those that somebody has."""
    placed = []
    for item in items:
        place, why = reasons.get(item.id, (0, ()))
        placed.append(replace(item, place=place, why=tuple((one.name, one.minutes) for one in why)))
    return tuple(sorted(placed, key=lambda item: (item.place == 0, item.place)))


def case(found: hand_offs.Case, department: str) -> Case:
    row = found.row
    return Case(
        item=queue_item(row, department),
        mode=row.mode,
        party=Wording.phone(row.party) if row.party else None,
        summary=row.summary,
        details=tuple(Detail(one["label"], one["value"], one["name"]) for one in row.details),
        assistant_continues=row.assistant_continues,
        shut_off_on=row.shut_off_on,
        can_answer=found.can_answer,
        disposition=row.disposition,
        facts=_facts(found.facts, found.balance) if found.facts and found.balance else None,
        steps=tuple(Step(event.kind, event.at, event.staff_name, _note(event, row)) for event in found.events),
        lines=tuple(Line(said["seq"], said["from"], said["name"], said["text"], said["at"]) for said in found.messages),
    )


def _note(event: Row[Any], row: Row[Any]) -> str | None:
    """A case closed without a note has its disposition there, which the page words itself."""
    return None if event.note == row.disposition else event.note


def _facts(facts: ServiceFacts, owed: Balance) -> AccountFacts:
    paid, plan, returned = owed.last_payment, owed.arrangement, owed.returned_payment
    return AccountFacts(
        account_id=facts.account_id,
        number=facts.number,
        service_address=facts.service_address,
        status=facts.status,
        balance_cents=owed.balance_cents,
        past_due_cents=owed.past_due_cents,
        credit_cents=owed.credit_cents,
        due_date=owed.due_date,
        last_payment=DatedAmount(paid.amount_cents, paid.received_on) if paid else None,
        installment=DatedAmount(plan.installment_cents, plan.next_due_on) if plan else None,
        returned=DatedAmount(returned.amount_cents, returned.returned_on) if returned else None,
        autopay=facts.autopay,
        medical_protection=facts.medical_protection,
        phone=Wording.phone(facts.phone) if facts.phone else None,
        email=facts.email,
    )
