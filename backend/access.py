"""Who is asking, and what they may reach.

Every route names the principals it admits: `dependencies=[admits(Kind.ACTIONS)]`, or as a parameter
`principal: Annotated[Principal, admits(Kind.ACTIONS)]`. A test walks the routes and fails on one without.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import row_of, rows_of
from backend.errors import ConflictError, ForbiddenError, HeadgateError, NotFoundError, UnavailableError
from backend.settings import Settings

# Routes that anyone on the staff network may read; they hold nothing about a customer.
PUBLIC_PATHS = frozenset({"/healthz", "/readyz", "/metrics", "/docs", "/docs/oauth2-redirect", "/openapi.json"})


class Kind(StrEnum):
    """The callers there are."""

    TELEPHONY = "telephony"
    ACTIONS = "actions"
    OPERATOR = "operator"
    STAFF = "staff"


class Role(StrEnum):
    """What a member of the staff may do, from least to most."""

    CSR = "csr"
    LEAD = "lead"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Principal:
    """Someone who asks: a process by its token, or a signed-in member of the staff."""

    kind: Kind
    staff_id: UUID | None = None
    role: Role | None = None

    @classmethod
    def of_staff(cls, staff_id: UUID, role: Role) -> "Principal":
        """The principal of a member of the staff whom the console has signed in."""
        return cls(Kind.STAFF, staff_id, role)


class UnauthorizedError(HeadgateError):
    """401: no token, or one that nobody has."""

    def __init__(self) -> None:
        super().__init__(401, "unauthorized", "Send the caller's token: Authorization: Bearer <token>.")


class BillingDownError(UnavailableError):
    """503 `billing_system_down`: somebody has switched account questions off, because they cannot be answered."""

    def __init__(self) -> None:
        super().__init__(
            "billing_system_down",
            "The billing system is down. Say so, offer what needs no account, and file the question.",
        )


class Tokens:
    """The bearer tokens of the processes, compared in constant time. An empty token admits nobody."""

    def __init__(self, tokens: Mapping[Kind, str]) -> None:
        self._tokens = [(kind, token.encode()) for kind, token in tokens.items() if token]

    @classmethod
    def from_settings(cls, settings: Settings) -> "Tokens":
        """The tokens that the environment names."""
        return cls(
            {
                Kind.TELEPHONY: settings.telephony_token.get_secret_value(),
                Kind.ACTIONS: settings.actions_token.get_secret_value(),
                Kind.OPERATOR: settings.operator_token.get_secret_value(),
            }
        )

    def principal(self, authorization: str | None) -> Principal:
        """Who sent this Authorization header.

        :raises UnauthorizedError: nobody we know.
        """
        scheme, _, given = (authorization or "").partition(" ")
        presented = given.strip().encode()
        found: Kind | None = None
        for kind, token in self._tokens:
            if hmac.compare_digest(token, presented):
                found = kind
        if found is None or scheme.lower() != "bearer":
            raise UnauthorizedError
        return Principal(found)


class Admits:
    """A dependency that lets the named principals in. Instances are what the architecture test looks for."""

    def __init__(self, *kinds: Kind) -> None:
        if not kinds:
            raise ValueError("a route admits at least one kind of principal")
        self.kinds = frozenset(kinds)

    async def __call__(self, request: Request) -> Principal:
        """The caller.

        :raises UnauthorizedError: no valid token.
        :raises ForbiddenError: a caller that this route is not for.
        """
        tokens: Tokens = request.app.state.tokens
        principal = tokens.principal(request.headers.get("authorization"))
        if principal.kind not in self.kinds:
            raise ForbiddenError("wrong_principal", f"This call is not for {principal.kind}.")
        return principal


def admits(*kinds: Kind) -> Any:
    """`Depends` on a principal of one of `kinds`."""
    return Depends(Admits(*kinds))


# Reading who may see the account and writing down that they did is one statement, hence one round trip.
# A page of the console that looks again and again is one look in the trail every five minutes.
_REACH = """
    WITH asked AS (
        SELECT account_id, verification_level, ended_at,
               account_id IS NOT NULL
                   AND (%(staff)s OR (verification_level >= %(level)s AND ended_at IS NULL)) AS allowed
        FROM conversations WHERE id = %(conversation_id)s
    ), noted AS (
        INSERT INTO account_access (at, principal, staff_id, conversation_id, account_id, purpose)
        SELECT %(now)s, %(principal)s, CAST(%(staff_id)s AS uuid), %(conversation_id)s, account_id, %(purpose)s
        FROM asked WHERE allowed AND NOT (%(staff)s AND EXISTS (
            SELECT FROM account_access seen
            WHERE seen.account_id = asked.account_id AND seen.at > CAST(%(now)s AS timestamptz) - interval '5 minutes'
              AND seen.staff_id = CAST(%(staff_id)s AS uuid) AND seen.purpose = %(purpose)s))
    )
    SELECT account_id, verification_level, ended_at, allowed,
           NOT %(staff)s AND EXISTS (
               SELECT FROM emergencies WHERE kind = 'billing_down' AND ended_at IS NULL
                  AND started_at <= CAST(%(now)s AS timestamptz)
                  AND (ends_at IS NULL OR ends_at > CAST(%(now)s AS timestamptz))) AS billing_down
      FROM asked
    """

_NOTE_STAFF = text(
    """
    WITH asked AS (
        SELECT id FROM accounts WHERE id = ANY(CAST(:account_ids AS uuid[]))
    ), noted AS (
        INSERT INTO account_access (at, principal, staff_id, conversation_id, account_id, purpose)
        SELECT :now, :principal, CAST(:staff_id AS uuid), NULL, id, :purpose FROM asked
        WHERE NOT EXISTS (
            SELECT FROM account_access seen
            WHERE seen.account_id = asked.id AND seen.at > CAST(:now AS timestamptz) - interval '5 minutes'
              AND seen.staff_id = CAST(:staff_id AS uuid) AND seen.purpose = :purpose)
    )
    SELECT id FROM asked
    """
)

# Whoever texts from a number that was enrolled for an account may pay for it, and hear what is owed to do so.
_REACH_AS_PAYER = """
    WITH asked AS (
        SELECT c.id, c.channel, c.party, c.language, c.ended_at, c.verification_level, a.account_id
          FROM conversations c
          LEFT JOIN LATERAL (
               SELECT c.account_id WHERE c.account_id IS NOT NULL AND c.verification_level >= 2
                UNION
               SELECT e.account_id FROM text_enrolments e
                WHERE c.channel = 'sms' AND e.phone = c.party AND e.status = 'confirmed'
                  AND (c.account_id IS NULL OR c.verification_level < 2)) a
            ON CAST(%(account_id)s AS uuid) IS NULL OR a.account_id = %(account_id)s
         WHERE c.id = %(conversation_id)s
    ), noted AS (
        INSERT INTO account_access (at, principal, staff_id, conversation_id, account_id, purpose)
        SELECT %(now)s, %(principal)s, NULL, id, account_id, %(purpose)s FROM asked
         WHERE account_id IS NOT NULL AND ended_at IS NULL
    )
    SELECT * FROM asked ORDER BY account_id
    """


async def reach_account(
    session: AsyncSession, principal: Principal, conversation_id: UUID, *, purpose: str, now: datetime, level: int = 2
) -> UUID:
    """The id of the account that this conversation has proved, and a row in the audit trail.

    Customer data is reached through here and `reach_account_as_staff`, and in no other way. `level` is the
    verification level that `purpose` needs; a member of the staff may read the account of a case they see.

    :raises NotFoundError: `conversation_not_found`.
    :raises ForbiddenError: `verification_required` (with `required_level`, `verification_level`).
    :raises ConflictError: `conversation_ended`.
    """
    values = {
        "conversation_id": conversation_id,
        "staff": principal.kind is Kind.STAFF,
        "staff_id": principal.staff_id,
        "principal": principal.kind.value,
        "level": level,
        "purpose": purpose,
        "now": now,
    }
    row = await row_of(session, _REACH, values)
    if row is None:
        raise NotFoundError("conversation_not_found", "There is no conversation with this id.")
    if row.billing_down:
        raise BillingDownError
    if row.allowed:
        account_id: UUID = row.account_id
        return account_id
    if row.ended_at is not None and principal.kind is not Kind.STAFF:
        raise ConflictError("conversation_ended", "This conversation is over. Begin a new one.")
    detail = "Verify the customer's identity first."
    held = row.verification_level
    raise ForbiddenError("verification_required", detail, required_level=level, verification_level=held)


async def reach_as_payer(
    session: AsyncSession,
    principal: Principal,
    conversation_id: UUID,
    account_id: UUID | None,
    *,
    purpose: str,
    now: datetime,
) -> Sequence[Any]:
    """The accounts that this conversation may pay for (only `account_id`, if given), each with a row in the trail.

    Rows have `account_id`, and `channel`, `party` and `language` of the conversation.

    :raises NotFoundError: `conversation_not_found`. :raises ForbiddenError: `verification_required`.
    :raises ConflictError: `conversation_ended`.
    """
    values = {
        "conversation_id": conversation_id,
        "account_id": account_id,
        "principal": principal.kind.value,
        "purpose": purpose,
        "now": now,
    }
    rows = await rows_of(session, _REACH_AS_PAYER, values)
    if not rows:
        raise NotFoundError("conversation_not_found", "There is no conversation with this id.")
    if rows[0].ended_at is not None:
        raise ConflictError("conversation_ended", "This conversation is over. Begin a new one.")
    if rows[0].account_id is None:
        detail = "Verify the customer's identity first."
        held = rows[0].verification_level
        raise ForbiddenError("verification_required", detail, required_level=2, verification_level=held)
    return rows


async def reach_account_as_staff(
    session: AsyncSession, principal: Principal, account_id: UUID, *, purpose: str, now: datetime
) -> UUID:
    """The same account id, for a signed-in member of the staff, and a row in the audit trail.

    :raises ForbiddenError: `staff_only`. :raises NotFoundError: `account_not_found`.
    """
    if not await reach_accounts_as_staff(session, principal, [account_id], purpose=purpose, now=now):
        raise NotFoundError("account_not_found", "There is no account with this id.")
    return account_id


async def reach_accounts_as_staff(
    session: AsyncSession, principal: Principal, account_ids: Sequence[UUID], *, purpose: str, now: datetime
) -> set[UUID]:
    """Those of the accounts that there are, for a member of the staff who sees a list, each with a row in the trail.

    :raises ForbiddenError: `staff_only`.
    """
    if principal.kind is not Kind.STAFF:
        raise ForbiddenError("staff_only", "Only a signed-in member of the staff may look accounts up.")
    values = {
        "now": now,
        "principal": principal.kind.value,
        "staff_id": principal.staff_id,
        "account_ids": list(account_ids),
        "purpose": purpose,
    }
    return set(await session.scalars(_NOTE_STAFF, values)) if account_ids else set()
