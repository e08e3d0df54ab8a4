"""Writing the preliminary billing ledger: the drafts of some accounts, and what is unusual about each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from backend.billing import facts as gathering
from backend.billing import left_places, repository, rules, unusual
from backend.billing.facts import Tariff
from backend.models.base import new_id
from backend.models.billing import BillingRun
from backend.reads.rules import Finding


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of an exception (`resolved`, `released`, `held`), why, and who said so (None: the run itself)."""

    status: str
    reason: str
    by: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Drafts; what was found unusual, as (account, finding); and how many accounts had no day left to bill."""

    drafts: list[rules.Draft]
    found: list[tuple[UUID, Finding]]
    not_due: int

    def holds(self, account_id: UUID, code: str, meter_id: UUID | None) -> bool:
        """Whether this exception was found."""
        key = (account_id, code, meter_id)
        return any(key == (one, finding.code, finding.meter_id) for one, finding in self.found)


async def reckon(
    session: AsyncSession, tariff: Tariff, run: BillingRun, accounts: Sequence[Any], gone: Decision
) -> Reckoned:
    """Write the drafts and exceptions of some accounts into the run, in place of what it held of them.

    A decision stands while its exception is found again with the same facts; with other facts it is open again.
    What is found no more is decided by `gone`.
    """
    if not accounts:
        return Reckoned([], [], 0)
    late = timedelta(days=tariff.policy.read_window_days)
    facts = await gathering.gather(session, accounts, run.period_end, run.cycle, late)
    reckoned = _reckoned(facts, await gathering.terms(session, tariff, run.period_end + late), run)
    ids = [account.id for account in accounts]
    await repository.drop_drafts(session, run.id, ids)
    if reckoned.drafts:
        await repository.add_drafts(session, run.id, _drafts_json(reckoned.drafts))
    exceptions = _exception_values(run.id, reckoned.found)
    if reckoned.found:
        await repository.add_exceptions(session, exceptions)
    await repository.decide_gone(session, exceptions, ids, (gone.status, gone.reason, gone.by, gone.at))
    return reckoned


def _reckoned(facts: Sequence[rules.Facts], terms: rules.Terms, run: BillingRun) -> Reckoned:
    drafts: list[rules.Draft] = []
    found: list[tuple[UUID, Finding]] = []
    not_due = 0
    for one in facts:
        # Whoever leaves after the period's end is a customer of the period like any other.
        was_closed = one.closed_on is not None and one.closed_on <= run.period_end
        draft = rules.draft_final(one, run.period_end, terms)
        if draft is None and not was_closed:
            draft = rules.draft_bill(one, run.period_end, terms)
        if draft is not None:
            drafts.append(draft)
            findings = draft.findings
        elif was_closed:
            findings = left_places.closed_account_findings(one)
        else:
            not_due += 1
            findings = unusual.undrafted_findings(one)
        window = terms.thresholds.limits[one.service_class].window_days
        findings = [*findings, *left_places.vacant_findings(one, run.period_end, window)]
        found.extend((one.account_id, finding) for finding in findings)
    return Reckoned(drafts, found, not_due)


def _drafts_json(drafts: Sequence[rules.Draft]) -> str:
    rows = [
        {
            "account_id": draft.account_id,
            "period_start": draft.period[0],
            "period_end": draft.period[1],
            "units": draft.units,
            "amount_cents": draft.amount_cents,
            "is_estimated": draft.is_estimated,
            "lines": [rules.line_values(line) for line in draft.lines],
            "service_class": draft.service_class,
            "basis": draft.basis,
            "kind": "final" if draft.is_final else "regular",
        }
        for draft in drafts
    ]
    return orjson.dumps(rows).decode()


def lines_json(draft: rules.Draft) -> str:
    """The lines of a draft as they are kept."""
    return orjson.dumps([rules.line_values(line) for line in draft.lines]).decode()


def basis_json(draft: rules.Draft) -> str:
    """What a draft was reckoned from, as it is kept."""
    return orjson.dumps(draft.basis).decode()


def _exception_values(run_id: UUID, found: Sequence[tuple[UUID, Finding]]) -> dict[str, Any]:
    # A code is an exception once for each meter; what else was found of it joins its detail.
    once: dict[tuple[UUID, str, UUID | None], dict[str, object]] = {}
    for account_id, finding in found:
        detail = once.setdefault((account_id, finding.code, finding.meter_id), {})
        for name, value in finding.detail.items():
            detail[name] = value if detail.get(name, value) == value else f"{detail[name]}; {value}"
    return {
        "run_id": run_id,
        "ids": [new_id() for _ in once],
        "account_ids": [key[0] for key in once],
        "codes": [key[1] for key in once],
        "meter_ids": [key[2] for key in once],
        "details": [orjson.dumps(detail).decode() for detail in once.values()],
    }
