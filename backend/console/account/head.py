"""The head of the account page: whose it is, how it stands, and what one must know before saying anything."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend.access import Principal
from backend.accounts import records, service
from backend.accounts.holds import Hold, holds_of
from backend.accounts.records import AccountRecord
from backend.accounts.service import Balance
from backend.console.account.view import Look
from backend.console.pen import Pen
from backend.console.surroundings import PREFIX
from backend.console.words import Wording
from backend.hand_offs.desk import AccountCase, cases_of_account
from backend.ledger.aging import Aging
from backend.ledger.reports import aging


@dataclass(frozen=True, slots=True)
class Head:
    """What every tab knows of the account."""

    record: AccountRecord
    balance: Balance
    aging: Aging
    holds: tuple[Hold, ...]
    cases: tuple[AccountCase, ...]


async def read_head(look: Look, principal: Principal) -> Head:
    """:raises AccountNotFoundError: no such account."""
    session, account_id = look.session, look.account_id
    holds = await holds_of(session, account_id, look.today)
    return Head(
        record=await records.account_record(session, account_id, look.now, look.today),
        balance=await service.balance(session, account_id, look.now, look.today),
        aging=await aging(session, account_id, look.today),
        holds=tuple(hold for hold in holds if hold.is_live),
        cases=tuple(await cases_of_account(session, principal, account_id)),
    )


def draw_head(pen: Pen, t: Wording, head: Head) -> None:
    """Name, place and marks on the left; the balance on the right."""
    record = head.record
    with pen.within("div", "page-head account-head"):
        with pen.within("nav", "crumbs", aria_label=t("crumbs")), pen.within("ol"):
            with pen.within("li"):
                pen.link(t("nav_accounts"), f"{PREFIX}/accounts")
            pen("li", record.number)
        with pen.within("div", "account-who"):
            pen("h1", record.name)
            where = next((one.service_address for one in record.services), "")
            pen("p", " · ".join(part for part in (record.number, where) if part), "soft")
            with pen.within("p", "marks"):
                for words, css in _marks(t, head):
                    pen("span", words, f"mark {css}")
        _draw_balance(pen, t, head)


def _draw_balance(pen: Pen, t: Wording, head: Head) -> None:
    owed = head.balance
    with pen.within("div", "figure account-balance"):
        pen("span", t("credit" if owed.balance_cents < 0 else "balance"), "of")
        pen("strong", t.money(abs(owed.balance_cents)), "big")
        if owed.past_due_cents:
            pen("span", t("past_due_amount", amount=t.money(owed.past_due_cents)), "bad-words")
        elif owed.due_date is not None:
            pen("span", t("due_on", date=t.day(owed.due_date)), "of")


def _marks(t: Wording, head: Head) -> Iterator[tuple[str, str]]:
    record = head.record
    yield t.known("status", record.status, "status_active"), "" if record.status == "closed" else "good"
    yield t.known("class", record.service_class, "class_other"), ""
    if record.language != t.language:
        yield t(f"speaks_{record.language}"), "accent"
    if record.medical_protection:
        yield t("medical_protection"), "warn"
    for hold in head.holds:
        yield t("mark_hold", kind=t.known("hold", hold.kind, "hold_other")), "warn"
    if record.billing_hold:
        yield t("mark_billing_hold"), "warn"
    if record.identity_locked:
        yield t("mark_locked"), "bad"
    if head.balance.returned_payment:
        yield t("returned_payment"), "bad"
    if head.balance.arrangement:
        yield t("arrangement"), "accent"
    if record.low_income:
        yield t("low_income"), "accent"
    if record.autopay:
        yield t("autopay"), "accent"
    if record.paperless:
        yield t("paperless"), ""
