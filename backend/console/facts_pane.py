"""What is known: why they need a person, how far they are verified, the account, the case's history."""

import re
from collections.abc import Iterator
from datetime import date, datetime

from backend.console.account.wanted import Wanted
from backend.console.surroundings import PREFIX
from backend.console.tags import tag
from backend.console.views import AccountFacts, Case, DatedAmount, Step
from backend.console.words import Wording

_PHONE = re.compile(r"[2-9]\d{9}")
_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")


def draw_facts(t: Wording, case: Case, now: datetime) -> None:
    """Fill the current element with everything that is not the conversation."""
    with tag("section", css="fact-group", aria_labelledby="summary-title"):
        tag("h3", t("summary"), id="summary-title")
        tag("p", t.known("reason", case.item.reason, "reason_other"), "reason-strong")
        if case.summary:
            tag("p", case.summary, "summary-text", dir="auto")
    if case.details:
        with tag("section", css="fact-group", aria_labelledby="details-title"):
            tag("h3", t("details"), id="details-title")
            _definitions((detail.label[t.language], _noted(t, detail.value), "") for detail in case.details)
            _draw_to_service(t, case)
    if case.item.place:
        draw_place(t, case)
    with tag("section", css="fact-group", aria_labelledby="level-title"):
        tag("h3", t("verification"), id="level-title")
        level = case.item.verification_level
        tag("p", t.known("level", str(level), "level_0"), "level", data_level=level)
    with tag("section", css="fact-group", aria_labelledby="facts-title"):
        tag("h3", t("facts"), id="facts-title")
        if case.party:
            _definitions(iter([(t(f"party_{case.item.channel}"), case.party, "number")]))
        if case.facts is None:
            tag("p", t("no_account"), "empty")
        else:
            _definitions(_facts(t, case.facts))
            with tag("p", css="to-account"):
                tag("a", t("account_open"), href=f"{PREFIX}/accounts/{case.facts.account_id}", id="to-account")
    with tag("section", css="fact-group", aria_labelledby="history-title"):
        tag("h3", t("history"), id="history-title")
        with tag("ol", css="history"):
            for step in case.steps:
                _draw_step(t, step, now)
        if case.disposition:
            tag("p", t.known("disposition", case.disposition, "disposition_other"), "strong")


def _draw_to_service(t: Wording, case: Case) -> None:
    """To where the dialog for what was asked opens with what was noted: the account's Service tab, or for somebody who
    has no account yet the page of accounts."""
    wanted = Wanted.of_details({detail.name: detail.value for detail in case.details})
    if wanted.deed and (case.facts is not None or wanted.deed == "ask_start"):
        words = t(f"case_{wanted.deed.removeprefix('ask_')}_service")
        place = f"/{case.facts.account_id}/service" if case.facts is not None else ""
        href = f"{PREFIX}/accounts{place}?case={case.item.id}"
        with tag("p", css="to-account"):
            tag("a", words, href=href, id="to-service")


def _noted(t: Wording, value: str) -> str:
    """What was noted as people read it: a day, a telephone number, yes or no; words as the customer said them."""
    if value in {"yes", "no"}:
        return t(value)
    if _PHONE.fullmatch(value):
        return t.phone(f"+1{value}")
    if _DAY.fullmatch(value):
        return t.day(date.fromisoformat(value))
    return value


def draw_place(t: Wording, case: Case) -> None:
    """The place in line, and why it is that."""
    with tag("section", css="fact-group", aria_labelledby="place-title"):
        tag("h3", t("place_title"), id="place-title")
        tag("p", t("in_line", place=case.item.place), "strong")
        with tag("ul", css="why"):
            for name, minutes in case.item.why:
                tag("li", t("why_part", words=t.known("why", name, "why_waited"), minutes=minutes), data_why=name)


def _definitions(pairs: Iterator[tuple[str, str, str]]) -> None:
    with tag("dl", css="facts"):
        for name, value, css in pairs:
            with tag("div"):
                tag("dt", name)
                tag("dd", value, css)


def _facts(t: Wording, facts: AccountFacts) -> Iterator[tuple[str, str, str]]:
    yield t("account"), facts.number, "number"
    yield t("service_address"), facts.service_address, ""
    yield t("account_status"), t.known("status", facts.status, "status_active"), ""
    yield t("balance"), t.money(facts.balance_cents), "number strong"
    if facts.past_due_cents:
        yield t("past_due"), t.money(facts.past_due_cents), "number bad"
    if facts.credit_cents:
        yield t("credit"), t.money(facts.credit_cents), "number"
    if facts.due_date is not None:
        yield t("due_date"), t.day(facts.due_date), "number"
    if facts.last_payment is not None:
        yield t("last_payment"), _dated(t, facts.last_payment), "number"
    if facts.installment is not None:
        next_one = facts.installment
        words = t("installment", amount=t.money(next_one.amount_cents), date=t.day(next_one.on))
        yield t("arrangement"), words, "number"
    if facts.returned is not None:
        yield t("returned_payment"), _dated(t, facts.returned), "number bad"
    yield t("autopay"), t("yes" if facts.autopay else "no"), ""
    if facts.medical_protection:
        yield t("medical_protection"), t("yes"), "strong"
    if facts.phone:
        yield t("phone"), facts.phone, "number"
    if facts.email:
        yield t("email"), facts.email, ""


def _dated(t: Wording, paid: DatedAmount) -> str:
    return t("payment_on", amount=t.money(paid.amount_cents), date=t.day(paid.on))


def _draw_step(t: Wording, step: Step, now: datetime) -> None:
    name = step.staff_name or t("someone")
    with tag("li"):
        tag("time", t.clock_time(step.at, now), datetime=step.at.isoformat())
        tag("span", t.known("event", step.kind, "event_other").format(name=name), data_event=step.kind)
        if step.note:
            tag("span", step.note, "note", dir="auto")
