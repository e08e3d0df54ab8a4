"""The sections of the console, and which of them a role is offered. A new section is a line here."""

from dataclasses import dataclass

from backend.staff.permissions import Permission, SignedIn


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the navigation, called `nav_<name>`; its pages begin with `path`."""

    name: str
    path: str
    permission: Permission


CASES = Section("cases", "/", Permission.SEE_CASES)
RECEPTION = Section("reception", "/reception", Permission.SEE_RECEPTION)
ACCOUNTS = Section("accounts", "/accounts", Permission.SEE_ACCOUNTS)
BILLING = Section("billing", "/billing", Permission.SEE_BILLING)
MONEY = Section("money", "/money", Permission.TAKE_PAYMENT)
REQUESTS = Section("requests", "/requests", Permission.SEE_REQUESTS)
NIGHTS = Section("nightly", "/nightly", Permission.SEE_NIGHTS)
CAMPAIGNS = Section("campaigns", "/campaigns", Permission.SEE_CAMPAIGNS)
EMERGENCY = Section("emergency", "/emergency", Permission.SEE_EMERGENCIES)
SECTIONS = (CASES, RECEPTION, ACCOUNTS, BILLING, MONEY, REQUESTS, NIGHTS, CAMPAIGNS, EMERGENCY)


def offered(me: SignedIn) -> tuple[Section, ...]:
    """What this person finds in the navigation, in order."""
    return tuple(section for section in SECTIONS if me.may(section.permission))
