"""The district's list of vendors: who may be let in to work, until when they are insured, and who answers for them."""

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from backend.district.schemas import InTwoLanguages

# What a company is called with or without.
_FORMS = frozenset({"inc", "llc", "ltd", "co", "corp", "corporation", "company", "incorporated", "the", "and"})


class Vendor(BaseModel):
    """One entry of `vendors.toml`: a company with a contract. `insured_until` is the last day that it is insured;
    `approved_by` who of the district answers for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=2, max_length=80)]
    work: InTwoLanguages
    contract: Annotated[str, Field(min_length=1, max_length=40)]
    insured_until: date
    approved_by: Annotated[str, Field(min_length=2, max_length=80)]

    def is_insured(self, on: date) -> bool:
        """Whether it is insured on that day."""
        return on <= self.insured_until


def vendor_named(vendors: Mapping[str, Vendor], said: str) -> Vendor | None:
    """The one vendor that `said` names, whatever its legal form; None when it names none, or could be several."""
    words = set(_words(said))
    found = [one for one in vendors.values() if words and _is(words, set(_words(one.name)))]
    return found[0] if len(found) == 1 else None


def _is(said: set[str], name: set[str]) -> bool:
    return name <= said or (said <= name and max(map(len, said)) >= 5)


def _words(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    letters = "".join(c if c.isalnum() else " " for c in plain.replace("'", "").replace(".", ""))
    return (word for word in letters.split() if word not in _FORMS)
