"""Money that somebody wants to go back: fee reversals, refunds and voids in one list. Registered at `/requests`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import Request, Response
from nicegui import Client, ui

from backend.access import Role
from backend.console.account_page import account_address
from backend.console.forms import feet, form, words_in
from backend.console.navigation import REQUESTS
from backend.console.page import BUILD_SECONDS, LivePage, serve
from backend.console.pen import Pen
from backend.console.sheet import Deed, Sheet
from backend.console.tables import Rows, table
from backend.fees import reversals, worklist
from backend.fees.reversals import grants_of
from backend.fees.worklist import ReversalRow
from backend.payments import refunds, voids
from backend.payments.authority import reaches
from backend.payments.refunds import RefundRow
from backend.payments.voids import VoidRow
from backend.staff.permissions import Permission

NO_ONE = "–"
DECIDE: Mapping[str, Callable[..., Awaitable[object]]] = {
    "reversal": reversals.decide_reversal,
    "refund": refunds.decide_refund,
    "void": voids.decide_void,
}
"""Kind of request → the service that decides it."""


def register() -> None:
    """Put the page on NiceGUI's router; once a process."""
    ui.page("/requests", response_timeout=BUILD_SECONDS)(show_requests)


async def show_requests(request: Request, client: Client) -> Response | None:
    return await serve(request, client, REQUESTS, RequestsPage)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, of whatever kind, as the list shows it. `roles` may decide it, except whoever asked."""

    kind: str
    id: UUID
    what: str
    account_id: UUID | None
    account: str
    amount_cents: int
    why: str
    asked_by: str
    asked_at: datetime
    roles: tuple[Role, ...]
    may_decide: bool
    may_approve: bool


@dataclass(frozen=True, slots=True)
class _Shown:
    waiting: Sequence[Asked]
    decided: Sequence[ReversalRow]


class RequestsPage(LivePage):
    """What waits, oldest first; below it what was decided last."""

    def build(self) -> None:
        self._body = Sheet(self._press, css="column")
        self.title(self.t("nav_requests"))

    async def show(self) -> None:
        seat, now = self.seat, self.seat.now()
        async with seat.looking() as session:
            who, district = seat.principal, seat.district
            asked = [
                *map(
                    self._of_reversal,
                    await worklist.reversals(session, who, pending=True, now=now, district=district),
                ),
                *map(self._of_refund, await refunds.pending_refunds(session, who, district=district)),
                *map(self._of_void, await voids.pending_voids(session, who, district=district)),
            ]
            decided = await worklist.reversals(session, who, pending=False, now=now, district=district)
        self._waiting = {(one.kind, str(one.id)): one for one in asked}
        shown = _Shown(sorted(asked, key=lambda one: one.asked_at), decided)
        self._body.show(lambda pen: self._draw(pen, shown))

    def _of_reversal(self, row: ReversalRow) -> Asked:
        t = self.t
        reason = t.known("reversal", row.reason, "reversal_other")
        covering = [
            grant
            for grant in grants_of(self.seat.district)
            if row.code in grant.fees and row.reason in grant.reasons and row.amount_cents <= grant.cents_max
        ]
        roles = tuple(role for role in Role if any(grant.role == role.value for grant in covering))
        return Asked(
            kind="reversal",
            id=row.id,
            what=t.known("fee", row.code, "entry_fee"),
            account_id=row.account_id,
            account=f"{row.customer_name}, {row.account_number}",
            amount_cents=row.amount_cents,
            why=f"{reason}. {row.note}" if row.note else reason,
            asked_by=row.asked_by or t("said_assistant"),
            asked_at=row.asked_at,
            roles=roles,
            may_decide=row.may_decide,
            may_approve=row.may_decide and self.seat.me.role in roles,
        )

    def _of_refund(self, row: RefundRow) -> Asked:
        limits = self.seat.district.policy.payments.refund_cents_max
        roles = tuple(role for role in Role if row.amount_cents <= getattr(limits, role.value))
        unapplied = self.t("request_unapplied", reference=row.given_reference or NO_ONE)
        what = self.t("request_of_credit" if row.account_id else "request_of_unapplied")
        if row.method_label is not None:
            what = self.t("request_of_charge", method=row.method_label)
        return Asked(
            kind="refund",
            id=row.id,
            what=what,
            account_id=row.account_id,
            account=f"{row.customer_name}, {row.account_number}" if row.account_id else unapplied,
            amount_cents=row.amount_cents,
            why=row.reason,
            asked_by=row.requested_by_name,
            asked_at=row.requested_at,
            roles=roles,
            may_decide=row.may_decide,
            may_approve=row.may_decide,
        )

    def _of_void(self, row: VoidRow) -> Asked:
        least = self.seat.district.policy.payments.roles.decide_void
        method = self.t.known("method", row.method, "method_other").lower()
        return Asked(
            kind="void",
            id=row.id,
            what=self.t("request_of_payment", number=row.confirmation_number, method=method),
            account_id=row.account_id,
            account=row.account_number,
            amount_cents=row.amount_cents,
            why=row.reason,
            asked_by=row.requested_by_name,
            asked_at=row.requested_at,
            roles=tuple(role for role in Role if reaches(role, least)),
            may_decide=row.may_decide,
            may_approve=row.may_decide,
        )

    def _draw(self, pen: Pen, shown: _Shown) -> None:
        t = self.t
        with pen.within("div", "page-head"):
            pen("h1", t("nav_requests"))
            pen("p", t("requests_lead"), "lead")
        with pen.within("section", "panel flush", aria_labelledby="waiting-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t.count("requests_waiting", len(shown.waiting)), id="waiting-title")
            if shown.waiting:
                self._draw_waiting(pen, shown.waiting)
            else:
                with pen.within("p", "nothing"):
                    pen("strong", t("requests_nothing"))
                    pen.text(t("requests_nothing_help"))
        if shown.decided:
            self._draw_decided(pen, shown.decided)

    def _draw_waiting(self, pen: Pen, waiting: Sequence[Asked]) -> None:
        t = self.t
        columns = [
            (t("request"), ""),
            (t("account"), ""),
            (t("amount"), "number"),
            (t("why"), ""),
            (t("request_asked"), ""),
            (t("request_decides"), ""),
            ("", "deeds-cell"),
        ]
        with table(pen, t("nav_requests"), columns) as rows:
            for one in waiting:
                with rows.row(data_kind=one.kind):
                    self._draw_row(pen, rows, one)

    def _draw_row(self, pen: Pen, rows: Rows, one: Asked) -> None:
        t = self.t
        with rows.within("lead-cell"):
            pen("span", t(f"request_{one.kind}"), "strong")
            pen("span", one.what, "sub")
        with rows.within():
            if one.account_id is None:
                pen.text(one.account)
            else:
                pen.link(one.account, account_address(one.account_id))
        rows.cell(t.money(one.amount_cents))
        rows.cell(one.why)
        with rows.within():
            pen.text(one.asked_by)
            pen("span", t.clock_time(one.asked_at, self.seat.now()), "sub")
        rows.cell(self._who_decides(one))
        with rows.within():
            value = f"{one.kind}:{one.id}"
            if one.may_approve:
                pen.button(t("request_approve"), "ask_approve", value, "button main")
            if one.may_decide:
                pen.button(t("request_decline"), "ask_decline", value)

    def _who_decides(self, one: Asked) -> str:
        t = self.t
        if one.may_approve:
            return t("request_you")
        names = [t(f"role_{role.value}") for role in one.roles]
        if not names:
            return t("request_nobody")
        return t("request_others", roles=t("or_word").join(names), name=one.asked_by)

    def _draw_decided(self, pen: Pen, decided: Sequence[ReversalRow]) -> None:
        t = self.t
        columns = [
            (t("request"), ""),
            (t("account"), ""),
            (t("amount"), "number"),
            (t("state"), ""),
            (t("request_decided_by"), ""),
            (t("note"), ""),
        ]
        with pen.within("section", "panel flush", aria_labelledby="decided-title"):
            with pen.within("div", "panel-head"):
                pen("h2", t("requests_decided"), id="decided-title")
            with table(pen, t("requests_decided"), columns) as rows:
                for row in decided:
                    with rows.row():
                        with rows.within("lead-cell"):
                            pen("span", t.known("fee", row.code, "entry_fee"))
                            pen("span", row.asked_by or t("said_assistant"), "sub")
                        with rows.within():
                            pen.link(f"{row.customer_name}, {row.account_number}", account_address(row.account_id))
                        rows.cell(t.money(row.amount_cents))
                        with rows.within():
                            css = "good" if row.status == "posted" else "bad"
                            pen("span", t.known("request_status", row.status, "request_status_posted"), f"mark {css}")
                        rows.cell(row.decided_by or NO_ONE)
                        rows.cell(row.decision_note or "")

    async def _press(self, deed: Deed) -> bool | None:
        kind, _, request_id = deed.value.partition(":")
        one = self._waiting.get((kind, request_id))
        if one is None:
            await self.look()
            return None
        self._ask(one, approve=deed.name == "ask_approve")
        return None

    def _ask(self, one: Asked, *, approve: bool) -> None:
        t = self.t

        def draw(pen: Pen) -> None:
            with pen.within("div", "about"):
                pen("strong", f"{t(f'request_{one.kind}')}: {one.what}, {t.money(one.amount_cents)}")
                pen("p", one.account)
                pen("p", t("request_said", name=one.asked_by, why=one.why))
            with form(pen, t, "decide", value=f"{one.kind}:{one.id}") as fields:
                fields.words("note", t("why"), help=t("why_kept"), autofocus=True)
                with feet(pen):
                    fields.cancel()
                    name = "request_approve_now" if approve else "request_decline_now"
                    fields.send(t(name), "button main" if approve else "button main bad")

        async def decide(deed: Deed) -> bool:
            done = self.t("request_approved_done" if approve else "request_declined_done")
            return await self.conclude(lambda: self._decide(one, words_in(deed.fields, "note"), approve=approve), done)

        self.ask(t(f"request_{'approve' if approve else 'decline'}_title"), draw, decide)

    async def _decide(self, one: Asked, note: str, *, approve: bool) -> None:
        seat = self.seat
        async with seat.deed(Permission.SEE_REQUESTS) as session:
            who, now, district = seat.principal, seat.now(), seat.district
            await DECIDE[one.kind](session, who, one.id, approve=approve, note=note, district=district, now=now)
