"""Who the customers of the written conversations are: a named customer of the demonstration (by situation), or somebody
of the town whom no other conversation uses, so that many run at once and change what they like.
"""

import threading
from dataclasses import dataclass

from tests.e2e.people import People

_SOMEBODY = """
SELECT a.number AS account, a.customer_id, p.zip, f.phone, p.street
  FROM accounts a
  JOIN customer_phones f ON f.customer_id = a.customer_id AND f.rank = 0 AND f.texts_allowed
  JOIN customer_emails e ON e.customer_id = a.customer_id AND e.rank = 0
  JOIN service_agreements s ON s.account_id = a.id AND s.ended_on IS NULL
  JOIN premises p ON p.id = s.premise_id
 WHERE a.status = 'active' AND a.service_class = 'residential' AND NOT a.identity_locked
   AND NOT EXISTS (SELECT FROM demo_customers d WHERE d.account_id = a.id)
   AND NOT EXISTS (SELECT FROM charges c WHERE c.account_id = a.id)
   AND NOT EXISTS (SELECT FROM saved_method_accounts m WHERE m.account_id = a.id)
   AND NOT EXISTS (SELECT FROM conversations k WHERE k.account_id = a.id OR k.party = f.phone)
   AND (SELECT sum(l.amount_cents) FROM ledger_postings l WHERE l.ledger_account_id = a.id) > 4000
   AND (SELECT count(*) FROM accounts o WHERE o.customer_id = a.customer_id) {accounts}
   AND {that}
 ORDER BY a.number DESC LIMIT 400
"""
_THAT = {
    "somebody": ("= 1", "NOT a.autopay AND NOT a.paperless"),
    "somebody on autopay": ("= 1", "a.autopay"),
    "somebody paperless": ("= 1", "NOT a.autopay AND a.paperless"),
    "owner of two": ("= 2", "NOT a.autopay"),
}


@dataclass(frozen=True, slots=True)
class Customer:
    """Who somebody is, and where their texts go. `pin` is their ZIP where no PIN is known; empty: a stranger."""

    account: str = ""
    pin: str = ""
    zip: str = ""
    phone: str = ""
    street: str = ""
    second_account: str = ""
    second_zip: str = ""
    second_street: str = ""


class Cast:
    """Hands out customers; nobody of the town twice."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._lock = threading.Lock()
        self._left: dict[str, list[Customer]] = {}

    def take(self, who: str) -> Customer:
        """The named customer, or the next who is like that."""
        if who == "stranger":
            return Customer()
        if who in self._people.customers:
            named = self._people.customers[who]
            street = named["service_address"].split(",")[0]
            return Customer(named["account_number"], named["pin"], named["zip"], named["phone"], street)
        with self._lock:
            if who not in self._left:
                self._left[who] = self._find(who)
            assert self._left[who], f"nobody is left who is {who!r}"
            return self._left[who].pop()

    def _find(self, who: str) -> list[Customer]:
        accounts, that = _THAT[who]
        rows = self._people.rows(_SOMEBODY.format(accounts=accounts, that=that))
        by_customer: dict[object, list[Customer]] = {}
        for row in rows:
            one = Customer(row["account"], row["zip"], row["zip"], row["phone"], row["street"])
            by_customer.setdefault(row["customer_id"], []).append(one)
        if accounts == "= 1":
            return [ones[0] for ones in by_customer.values()]
        return [
            Customer(one.account, one.pin, one.zip, one.phone, one.street, other.account, other.zip, other.street)
            for one, other in (ones for ones in by_customer.values() if len(ones) == 2)
        ]


SITUATIONS = frozenset(_THAT) | {"stranger"}
