"""What each role may do: one table, and the signed-in person it is asked about."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from backend.access import Principal, Role
from backend.errors import ForbiddenError


class Permission(StrEnum):
    SEE_CASES = "see_cases"
    TAKE_CASE = "take_case"
    ANSWER_CASE = "answer_case"
    CLOSE_CASE = "close_case"
    TAKE_OVER_CASE = "take_over_case"
    SIGN_OUT_OTHERS = "sign_out_others"
    SEE_ACCOUNTS = "see_accounts"
    CHANGE_OPTIONS = "change_options"
    TAKE_PAYMENT = "take_payment"
    ASK_FOR_MONEY_BACK = "ask_for_money_back"
    SEE_REQUESTS = "see_requests"
    HANDLE_BANK_MONEY = "handle_bank_money"
    SEE_NIGHTS = "see_nights"
    PLACE_HOLD = "place_hold"
    LIFT_HOLD = "lift_hold"
    RECORD_LOW_INCOME = "record_low_income"
    CHARGE_FEE = "charge_fee"
    SEE_BILLING = "see_billing"
    REVIEW_BILLING = "review_billing"
    APPROVE_BILLING = "approve_billing"
    CORRECT_BILLS = "correct_bills"
    CHANGE_SERVICE = "change_service"
    EXCHANGE_METER = "exchange_meter"
    HOLD_BILLING = "hold_billing"
    IMPORT_READS = "import_reads"
    SEE_CAMPAIGNS = "see_campaigns"
    RUN_CAMPAIGNS = "run_campaigns"
    SEE_EMERGENCIES = "see_emergencies"
    SWITCH_EMERGENCY = "switch_emergency"
    SUPERVISE_CALLS = "supervise_calls"
    SEE_RECEPTION = "see_reception"
    RUN_RECEPTION = "run_reception"


_CSR = frozenset(
    {
        Permission.SEE_CASES,
        Permission.TAKE_CASE,
        Permission.ANSWER_CASE,
        Permission.CLOSE_CASE,
        Permission.SEE_ACCOUNTS,
        Permission.CHANGE_OPTIONS,
        Permission.CHANGE_SERVICE,
        Permission.TAKE_PAYMENT,
        Permission.ASK_FOR_MONEY_BACK,
        Permission.SEE_REQUESTS,
        Permission.PLACE_HOLD,
        Permission.RECORD_LOW_INCOME,
        Permission.SEE_BILLING,
        Permission.SEE_CAMPAIGNS,
        Permission.SEE_EMERGENCIES,
        Permission.SEE_RECEPTION,
        Permission.RUN_RECEPTION,
    }
)
_LEAD = _CSR | {
    Permission.TAKE_OVER_CASE,
    Permission.HANDLE_BANK_MONEY,
    Permission.SEE_NIGHTS,
    Permission.LIFT_HOLD,
    Permission.CHARGE_FEE,
    Permission.REVIEW_BILLING,
    Permission.APPROVE_BILLING,
    Permission.CORRECT_BILLS,
    Permission.EXCHANGE_METER,
    Permission.HOLD_BILLING,
    Permission.IMPORT_READS,
    Permission.RUN_CAMPAIGNS,
    Permission.SWITCH_EMERGENCY,
    Permission.SUPERVISE_CALLS,
}
_SUPERVISOR = _LEAD | {Permission.SIGN_OUT_OTHERS}

PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {Role.CSR: _CSR, Role.LEAD: _LEAD, Role.SUPERVISOR: _SUPERVISOR}
)


def allows(role: Role, permission: Permission) -> bool:
    """Whether `role` may do this."""
    return permission in PERMISSIONS[role]


def require(principal: Principal, permission: Permission) -> UUID:
    """The member of the staff who asks, if their role may do this.

    :raises ForbiddenError: `staff_only`, or `role_not_allowed`.
    """
    if principal.role is None or principal.staff_id is None:
        raise ForbiddenError("staff_only", "Only a signed-in member of the staff may do this.")
    if not allows(principal.role, permission):
        detail = f"The role {principal.role} may not {permission.replace('_', ' ')}. Ask a lead or a supervisor."
        raise ForbiddenError("role_not_allowed", detail)
    return principal.staff_id


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A signed-in member of the staff; `languages` are `en`, `es`."""

    id: UUID
    user_name: str
    name: str
    role: Role
    languages: tuple[str, ...]

    @property
    def principal(self) -> Principal:
        """Who asks, for the services."""
        return Principal.of_staff(self.id, self.role)

    def may(self, permission: Permission) -> bool:
        return allows(self.role, permission)

    def require(self, permission: Permission) -> None:
        """:raises ForbiddenError: this role may not do that."""
        require(self.principal, permission)
