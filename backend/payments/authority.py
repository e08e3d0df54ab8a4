"""Who may do what with money: a signed-in person, by the district's roles, and never alone where money goes out."""

from dataclasses import dataclass
from uuid import UUID

from backend.access import Kind, Principal, Role
from backend.errors import ConflictError, ForbiddenError

_RANKS = tuple(Role)
"""Roles from least to most."""


class SecondPersonError(ForbiddenError):
    """403: whoever asked cannot decide."""

    def __init__(self) -> None:
        super().__init__("same_person", "Whoever asked cannot decide. Another person has to.")


class AboveAuthorityError(ForbiddenError):
    """403: the district leaves this to a higher role (`needs`, where one role is enough)."""

    def __init__(self, needs: Role | None = None) -> None:
        detail = "This is above your authority. Ask a lead or a supervisor."
        super().__init__("above_authority", detail, needs=needs.value if needs else None)


class AlreadyDecidedError(ConflictError):
    """409: somebody has decided otherwise."""

    def __init__(self, status: str) -> None:
        super().__init__("already_decided", "This was decided before. Look at it again.", decided=status)


@dataclass(frozen=True, slots=True)
class Clerk:
    """A signed-in member of the staff."""

    id: UUID
    role: Role


def clerk_of(principal: Principal, least: str = Role.CSR) -> Clerk:
    """The person who asks, who has the role `least` or a higher one.

    :raises ForbiddenError: `staff_only`. :raises AboveAuthorityError: a lower role.
    """
    if principal.kind is not Kind.STAFF or principal.staff_id is None or principal.role is None:
        raise ForbiddenError("staff_only", "Only a signed-in member of the staff may do this.")
    if not reaches(principal.role, least):
        raise AboveAuthorityError(Role(least))
    return Clerk(principal.staff_id, principal.role)


def reaches(role: Role, least: str) -> bool:
    """Whether `role` is `least` or higher."""
    return _RANKS.index(role) >= _RANKS.index(Role(least))
