"""What the workflow does with a charge: submit, ask, post, tell. A step may be repeated, cut short, or doubled.

Nothing here holds a transaction while the processor is asked. What was sent is written down before it is sent. When the
processor says at once that it has the money, all that follows is one transaction; whatever comes in between leaves a
charge in one of the states on the way, and each is gone on from in transactions of their own.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import structlog
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.charges import repository, rules, telling
from backend.charges.checkouts import close_paid
from backend.charges.rules import NOT_TAKEN, REFUSED, Step
from backend.charges.service import next_step
from backend.charges.tools import Tools
from backend.database import announce
from backend.gateway.errors import DeclinedError, GatewayUnavailableError, RequestRefusedError
from backend.gateway.values import ChargeRequest, ChargeState, DeclineReason, GatewayCharge, MethodKind
from backend.payments import posting
from backend.payments import service as payments
from backend.payments.posting import NewPayment, PostedPayment
from backend.saved_methods import service as saved_methods

Outcome = Literal["go_on", "wait", "done"]
"""Somebody else has brought it further meanwhile: look again; there is more to do later (`look_at`); there is none."""

LOOKS_MAX = 5
_TENDERS = {MethodKind.CARD: "card", MethodKind.BANK_ACCOUNT: "bank_transfer"}

log = structlog.get_logger("backend.charges")


async def advance_all(tools: Tools, charge_ids: Sequence[UUID]) -> list[UUID]:
    """Do what can be done for these charges now, side by side; those of them that failed and may be tried again.

    None of them waits for another, but for the one statement by which those that are new are marked as submitted.
    """
    async with tools.database.single_statement() as session:
        charges = await repository.begin_submitting(session, charge_ids, tools.gateway.name)
    async with asyncio.TaskGroup() as group:
        failed = [group.create_task(_safely(tools, charge)) for charge in charges]
    return [charge.id for charge, has_failed in zip(charges, failed, strict=True) if has_failed.result()]


async def _safely(tools: Tools, charge: Row[Any]) -> bool:
    """Whether it failed: what goes wrong with one charge is no matter of the others."""
    try:
        # One that is not new is read again: another run of it may have been faster than the statement.
        if not charge.is_submitted or await _charge(tools, charge) == "go_on":
            await advance(tools, charge.id)
    except Exception as problem:
        # Only the type: the message of an exception can hold customer data.
        log.warning("charge_step_failed", charge_id=str(charge.id), kind=type(problem).__name__)
        return True
    return False


async def advance(tools: Tools, charge_id: UUID) -> Outcome:
    """Do what can be done for a charge now: submit or ask, then post, then tell."""
    outcome: Outcome = "go_on"
    for _ in range(LOOKS_MAX):
        async with tools.database.single_statement() as session:
            charge = await repository.by_id(session, charge_id)
        outcome = "done" if charge is None else await _go_on(tools, charge)
        if outcome != "go_on":
            break
    return outcome


async def _go_on(tools: Tools, charge: Row[Any]) -> Outcome:
    """From where the charge is."""
    step = next_step(charge)
    if step is Step.NONE:
        return "done"
    if charge.processor != tools.gateway.name and step in (Step.SUBMIT, Step.ASK):
        return await _wait_for_its_processor(tools, charge)
    if step is Step.SUBMIT:
        return await _submit(tools, charge)
    if step is Step.ASK:
        return await _ask(tools, charge)
    if step is Step.POST:
        return await _post(tools, charge.id)
    return await _tell(tools, charge.id)


async def _submit(tools: Tools, charge: Row[Any]) -> Outcome:
    async with tools.database.single_statement() as session:
        if not await repository.mark_submitted(session, charge.id):
            return "go_on"
    return await _charge(tools, charge)


async def _charge(tools: Tools, charge: Row[Any]) -> Outcome:
    """Ask the processor for the money, which is on record as asked for."""
    try:
        made = await tools.gateway.charge(_request(charge))
    except DeclinedError as no:
        return await _learn_failed(tools, charge.id, no.reason.value, no.charge_id)
    except RequestRefusedError as refused:
        log.error("charge_refused", charge_id=str(charge.id), code=refused.code)
        return await _learn_failed(tools, charge.id, REFUSED)
    except GatewayUnavailableError as away:
        return await _look_later(tools, charge, away.why)
    return await _learn(tools, charge, made)


def _request(charge: Row[Any]) -> ChargeRequest:
    return ChargeRequest(
        reference=str(charge.id),
        idempotency_key=f"charge:{charge.id}",
        amount_cents=charge.amount_cents + charge.fee_cents,
        method=charge.method_token,
        kind=MethodKind(charge.method_kind),
        description=charge.description,
        customer=charge.processor_customer,
    )


async def _ask(tools: Tools, charge: Row[Any]) -> Outcome:
    """What became of it? When the processor has none, it may be submitted under its own key, for some hours."""
    try:
        found = await _find(tools, charge)
    except (GatewayUnavailableError, RequestRefusedError, DeclinedError) as away:
        return await _look_later(tools, charge, away.error)
    if found is not None:
        return await _learn(tools, charge, found)
    now = tools.real_now
    if rules.may_submit(charge.submitted_at, now):
        return await _submit(tools, charge)
    submitted_at, attempted_at = charge.submitted_at or now, charge.attempted_at or now
    if rules.came_to_nothing(submitted_at, attempted_at, now):
        return await _learn_failed(tools, charge.id, NOT_TAKEN)
    return await _look_later(tools, charge, "not_there")


async def _find(tools: Tools, charge: Row[Any]) -> GatewayCharge | None:
    if charge.processor_charge_id is not None:
        return await tools.gateway.charge_by_id(charge.processor_charge_id)
    since = charge.submitted_at or tools.real_now
    return await tools.gateway.find_charge(str(charge.id), since=since, customer=charge.processor_customer)


async def _learn(tools: Tools, charge: Row[Any], found: GatewayCharge) -> Outcome:
    if found.amount_cents != charge.amount_cents + charge.fee_cents:
        # Never post what was not agreed; a person finds it in the day's reconciliation.
        log.error("charge_of_another_amount", charge_id=str(charge.id), processor_charge_id=found.id)
        return await _look_later(tools, charge, "another_amount")
    if found.state is ChargeState.FAILED:
        return await _learn_failed(tools, charge.id, (found.decline or DeclineReason.OTHER).value, found.id)
    now = tools.clock.now()
    if found.state is ChargeState.PENDING:
        return await _learn_pending(tools, charge, found, now)
    try:
        return await _settle(tools, charge, found, now)
    except Exception as problem:
        # What cannot be told must be in the ledger all the same, so now each in a transaction of its own.
        log.warning("charge_not_settled", charge_id=str(charge.id), kind=type(problem).__name__)
    return await _learn_succeeded(tools, charge, found, now)


async def _settle(tools: Tools, charge: Row[Any], found: GatewayCharge, now: datetime) -> Outcome:
    """It succeeded: learn, post and tell in one transaction, which costs a third of three."""
    posted_on = now.astimezone(tools.district.zone).date()
    new = _payment(charge, posted_on, found.id)
    async with tools.database.transaction() as session:
        values = posting.values_of(new, tools.district, now)
        settled = await repository.settle(session, charge.id, found.id, posted_on, values)
        if settled.is_new is None:
            return "go_on"
        posting.confirmed(new, _posted(settled))
        await _paid(session, charge.account_id)
        await telling.tell_receipt(session, charge, settled, tools.district, now)
    log.info("charge_settled", charge_id=str(charge.id), payment_id=str(settled.payment_id))
    return "done"


async def _paid(session: AsyncSession, account_id: UUID) -> None:
    """Less is owed now, or will be: who looks at the account sees it, and links that ask for more are closed."""
    announce(session, "money", account_id=account_id)
    await close_paid(session, account_id)


def _posted(settled: Row[Any]) -> PostedPayment:
    return PostedPayment(
        settled.is_new, settled.entry_id, settled.content_digest, settled.payment_id, settled.confirmation_number
    )


async def _learn_succeeded(tools: Tools, charge: Row[Any], found: GatewayCharge, now: datetime) -> Outcome:
    posted_on = now.astimezone(tools.district.zone).date()
    async with tools.database.single_statement() as session:
        learned = await repository.learn(
            session, charge.id, "succeeded", now=now, posted_on=posted_on, processor_charge_id=found.id
        )
        if learned is not None:
            announce(session, "money", account_id=charge.account_id)
    log.info("charge_succeeded", charge_id=str(charge.id))
    return await _post(tools, charge.id)


async def _learn_pending(tools: Tools, charge: Row[Any], found: GatewayCharge, now: datetime) -> Outcome:
    if charge.status == "pending":
        return await _look_later(tools, charge, "pending")
    pause = rules.pause(1, pending=True)
    async with tools.database.transaction() as session:
        await repository.learn(session, charge.id, "pending", pause=pause, now=now, processor_charge_id=found.id)
        await _paid(session, charge.account_id)
        await _tell_pending(session, tools, charge.id, now)
    log.info("charge_pending", charge_id=str(charge.id))
    return "wait"


async def _learn_failed(tools: Tools, charge_id: UUID, reason: str, processor_charge_id: str | None = None) -> Outcome:
    now = tools.clock.now()
    async with tools.database.transaction() as session:
        learned = await repository.learn(
            session, charge_id, "failed", now=now, processor_charge_id=processor_charge_id, decline_reason=reason
        )
        if learned is not None:
            announce(session, "money", account_id=learned.account_id)
        if learned is not None and learned.method_id is not None and reason == DeclineReason.METHOD_GONE:
            await saved_methods.mark_gone(session, learned.method_id, now)
    log.info("charge_failed", charge_id=str(charge_id), reason=reason)
    return await _tell(tools, charge_id)


async def _look_later(tools: Tools, charge: Row[Any], why: str) -> Outcome:
    """Nobody knows: ask again after a pause that grows, and tell the customer once that it is pending."""
    now = tools.clock.now()
    pause = rules.pause(charge.looks + 1, pending=charge.status == "pending")
    async with tools.database.transaction() as session:
        if not await repository.look_later(session, charge.id, pause, unknown=True):
            return "go_on"
        if rules.owes_pending_notice(charge.submitted_at, tools.real_now):
            await _tell_pending(session, tools, charge.id, now)
    log.info("charge_not_known", charge_id=str(charge.id), why=why, looks=charge.looks + 1)
    return "wait"


async def _tell_pending(session: AsyncSession, tools: Tools, charge_id: UUID, now: datetime) -> None:
    told = await repository.mark_pending_told(session, charge_id, now)
    if told is not None:
        await telling.tell_pending(session, told, tools.district, now)


async def _wait_for_its_processor(tools: Tools, charge: Row[Any]) -> Outcome:
    """It was begun with another processor than the district has now: only that one knows about it."""
    log.error("charge_of_another_processor", charge_id=str(charge.id), processor=charge.processor)
    async with tools.database.transaction() as session:
        await repository.look_later(session, charge.id, rules.pause(101, pending=False), unknown=False)
    return "wait"


async def _post(tools: Tools, charge_id: UUID) -> Outcome:
    """Into the ledger, in one transaction with the mark that it is there."""
    now = tools.clock.now()
    async with tools.database.transaction() as session:
        charge = await repository.take_succeeded(session, charge_id)
        if charge is None:
            return "go_on"
        new = _payment(charge, charge.posted_on, charge.processor_charge_id)
        payment = await payments.post_new(session, new, tools.district, now)
        await repository.mark_posted(session, charge_id, payment.id, payment.confirmation_number)
        await _paid(session, charge.account_id)
    log.info("charge_posted", charge_id=str(charge_id), payment_id=str(payment.id))
    return await _tell(tools, charge_id)


def _payment(charge: Row[Any], posted_on: date, processor_charge_id: str | None) -> NewPayment:
    return payments.new_payment(
        account_id=charge.account_id,
        amount_cents=charge.amount_cents,
        method=_TENDERS[MethodKind(charge.method_kind)],
        received_on=charge.received_on,
        posted_on=posted_on,
        idempotency_key=f"charge:{charge.id}",
        bank_reference=processor_charge_id,
        fee_cents=charge.fee_cents,
    )


async def _tell(tools: Tools, charge_id: UUID) -> Outcome:
    """The text goes into the outbox in one transaction with the mark that it was told."""
    now = tools.clock.now()
    async with tools.database.transaction() as session:
        charge = await repository.mark_told(session, charge_id, now)
        if charge is not None:
            await telling.tell_outcome(session, charge, tools.district, now)
    return "done"
