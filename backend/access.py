"""Who is asking, and what they may reach.

Every route names the principals it admits: `dependencies=[admits(Kind.ACTIONS)]`, or as a parameter
`principal: Annotated[Principal, admits(Kind.ACTIONS)]`. A test walks the routes and fails on one without.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from fastapi import Depends, Request

from backend.errors import ForbiddenError, HeadgateError
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
