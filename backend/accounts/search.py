"""Finding an account for somebody who calls: by number, name, address or phone, or by several of these at once."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal, reach_accounts_as_staff
from backend.accounts import search_repository as repository

FOUND_MAX = 25
QUERY_LENGTH_MAX = 200
LETTERS_MIN = 2
"""A single letter is in nearly every account."""
_ACCENTED = {"a": "áàâä", "c": "ç", "e": "éèêë", "i": "íìîï", "n": "ñ", "o": "óòôö", "u": "úùûü"}


@dataclass(frozen=True, slots=True)
class FoundAccount:
    """An account as it is listed; `phone` (E.164) is the customer's first."""

    account_id: UUID
    number: str
    status: str
    service_class: str
    name: str
    street: str | None
    unit: str | None
    city: str | None
    phone: str | None

    @property
    def service_address(self) -> str:
        """ "14210 Mesquite Ln, Unit 4, Rio Seco"; empty when the account never had service."""
        return ", ".join(part for part in (self.street, self.unit, self.city) if part)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, active accounts first, by name; `more`: there are others, so another word would help."""

    accounts: tuple[FoundAccount, ...]
    more: bool


def words_of(query: str) -> list[str]:
    """The words to look for, without accents. A number with blanks, dashes or brackets is one word."""
    plain = query.replace("\x00", "").strip()[:QUERY_LENGTH_MAX]
    if re.fullmatch(r"[\d\s().+/-]+", plain):
        plain = re.sub(r"\D", "", plain)
        plain = plain[1:] if len(plain) == 11 and plain.startswith("1") else plain
    folded = unicodedata.normalize("NFKD", plain.casefold())
    letters = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return list(dict.fromkeys(re.findall(r"[^\s,;]+", letters)))


def pattern_of(word: str) -> str:
    """A regular expression for a folded word in any case, with or without accents.

    The letters are spelled out: what PostgreSQL takes for upper and lower case depends on the locale it was made with.
    """
    return "".join(_letter(letter) for letter in word)


def _letter(letter: str) -> str:
    if not letter.isalnum():
        return f"\\{letter}"
    alike = letter + _ACCENTED.get(letter, "")
    return f"[{alike}{alike.upper()}]" if letter.isalpha() else letter


def _digits(word: str) -> str:
    """The digits of a word that has no letters: it may be (the end of) a phone, or an account number's beginning."""
    return "" if any(letter.isalpha() for letter in word) else re.sub(r"\D", "", word)


async def find_accounts(session: AsyncSession, principal: Principal, query: str, now: datetime) -> Found:
    """The accounts with every word of `query`; each that is shown is a look in the audit trail.

    :raises ForbiddenError: `staff_only`.
    """
    words = words_of(query)
    if not words or max(map(len, words)) < LETTERS_MIN:
        return Found((), more=False)
    asked = [(pattern_of(word), _digits(word)) for word in words]
    ids = await repository.find(session, asked, FOUND_MAX + 1)
    shown = ids[:FOUND_MAX]
    await reach_accounts_as_staff(session, principal, shown, purpose="search", now=now)
    rows = await repository.shown(session, shown) if shown else ()
    return Found(tuple(FoundAccount(**row) for row in rows), more=len(ids) > FOUND_MAX)
