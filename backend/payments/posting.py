"""The posting of a payment, for whoever does it together with something else in one statement."""

from datetime import datetime
from typing import Any

from backend.district.service import District
from backend.ledger import rules as ledger_rules
from backend.ledger import service as ledger
from backend.models.payment import Payment
from backend.payments import repository, rules
from backend.payments.repository import NewPayment, PostedPayment

__all__ = ["NewPayment", "PostedPayment"]


def order_of(district: District | None) -> rules.Order:
    """The district's order of allocation; without a district the usual one."""
    if district is None:
        return rules.Order()
    policy = district.policy.payments
    return rules.Order(policy.allocation, policy.within_date, policy.on_plan)


def values_of(new: NewPayment, district: District | None, now: datetime) -> tuple[Any, ...]:
    """The values of a call of `post_payment` in the database, for a statement that does more than that.

    :raises ledger_rules.UnsoundEntryError: an absurd amount.
    """
    ledger_rules.check(new.entry)
    return repository.posting(new, order_of(district), now)


def confirmed(new: NewPayment, posted: PostedPayment | None) -> Payment:
    """The payment that a key made.

    :raises ledger.ReceivableNotFoundError: there is no such account.
    :raises ledger.IdempotencyConflictError: the key was used before for something else.
    """
    if posted is None:
        raise ledger.ReceivableNotFoundError
    same = posted.is_new or posted.content_digest == ledger_rules.content_digest(new.entry)
    if not same or posted.payment_id is None:
        raise ledger.IdempotencyConflictError(new.entry.idempotency_key)
    return Payment(
        id=posted.payment_id,
        account_id=new.account_id,
        entry_id=posted.entry_id,
        method=new.method,
        amount_cents=new.amount_cents,
        received_on=new.received_on,
        confirmation_number=posted.confirmation_number,
        batch_id=new.batch_id,
        import_id=new.import_id,
        bank_reference=new.bank_reference,
    )
