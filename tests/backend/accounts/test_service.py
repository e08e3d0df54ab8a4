"""Balances and identities of the demonstration's customers, each amount worked out by hand.

From July 2026 a month costs $28.81 (5/8"), $43.22 (3/4"), $72.03 (1") or $230.48 (2") and a State fee of $0.61; a unit
$3.47 up to 9, $3.96 up to 29 and $9.52 beyond (commercial $3.96), and $0.31 for wholesale water. Until September 30 a
drought adds $0.35 a unit, on the share of a bill's days. Nine units: 28.81 + 0.61 + 9 x 3.47 + 9 x 0.31 = 63.44.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import rules, service
from backend.demo.entries import demonstration_pin
from tests.backend.conftest import SECRET_KEY, SEEDED_AT

TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Expected:
    """Cents, and days from today."""

    balance: int
    past_due: int
    due_in: int | None
    last_payment: tuple[int, int, str] | None
    last_bill: tuple[int, int] | None
    autopay: bool = False
    arrangement: tuple[int, int] | None = None
    returned: tuple[int, int] | None = None
    medical: bool = False


EXPECTED = {
    # 12 units 76.25 + 12 x 0.35 = 80.45 and 10 units 67.71 + 7.33 x 0.35 (22 days of 30) = 70.28 are late;
    # 9 units 63.44 and the late fee 10.00 fall due in 8 days. Last paid: 8 units 59.66 + 2.80 = 62.46.
    "past_due": Expected(22_417, 15_073, 8, (6_246, -91, "check"), (6_344, -13)),
    # 63.44 + 2 x 4.27; the bill before (8 units 59.66 + 6.40 x 0.35) was drawn on its due date.
    "autopay": Expected(7_198, 0, 6, (6_190, -24, "bank_transfer"), (7_198, -15), autopay=True),
    # 14 units 84.79 + 8.87 x 0.35 = 87.89 came back and is late; 9 units 63.44 and the fee of 25.00 are due in 11 days.
    "nsf": Expected(17_633, 8_789, 11, (6_246, -58, "bank_transfer"), (6_344, -10), returned=(8_789, -17)),
    # 43.22 + 34.63 + 4 x 4.27; the payment: 43.22 + 30.85 + 6.13 x 0.35 = 76.22.
    "spanish_speaker": Expected(9_493, 0, 7, (7_622, -32, "cash"), (9_493, -14)),
    # A budget bill: the twelve bills before it were 1,872.57, 156.05 on average, 157.00 a month. This month's water is
    # 72.03 + 34.63 + 7 x 4.27 = 136.55; the month before, like this one, was paid with the monthly amount.
    "landlord": Expected(15_700, 0, 3, (15_700, -37, "check"), (15_700, -18)),
    # 63.44 + 4.27, whatever the owner of the house owes; the bill before was an estimate of 5 units: 29.42 + 5 x 3.78
    # + 2.67 x 0.35 (16 days of 30) = 49.25.
    "tenant": Expected(6_771, 0, 14, (4_925, -25, "card"), (6_771, -7)),
    # 63.44 + 20 x 4.27 + 4 x 9.83: three times the month before, 59.66 + 3.73 x 0.35.
    "leak": Expected(18_816, 0, 16, (6_097, -23, "card"), (18_816, -5)),
    # 30 units by the old rates 150.32 + 3.00 x 0.35 = 151.37; 24 units, 27 days of them by the old rates: 129.85;
    # 20 units 110.41 + 7.00: 398.63 in installments of 99.65, the last 99.68, two kept; and 9 units 63.44.
    "payment_plan": Expected(26_277, 0, 1, (9_965, -26, "card"), (6_344, -20), arrangement=(9_965, 5)),
    # Two meters 230.48 + 43.22 and 0.61 + 118 x 4.27 = 778.17. The garden: 12 days of 0.121 inches and 19 of 0.136 on
    # 2,600 sq ft x 0.6 are a budget of 5.25 units; 43.22 + 5.25 x 3.47 + 1.31 x 5.10 + 2.44 x 9.80 + 9 x 0.31 = 94.82.
    # The fire line 226.80. Paid: 273.70 + 0.61 + 80 x 4.27 + 69.33 x 0.35 (26 days of 30) = 640.18, the garden's
    # 43.22 + 4.86 x 3.47 + 1.13 x 5.10 + 0.01 x 9.80 + 6 x 0.31 + 5.20 x 0.35 = 69.62, and 226.80.
    "commercial": Expected(109_979, 0, 5, (93_660, -35, "bank_transfer"), (109_979, -16)),
    # 29.42 + 4 x 3.78 + 1.63 x 0.35 (11 days of 27) = 45.11, when 100.00 had been paid already.
    "closed_with_credit": Expected(-5_489, 0, None, (10_000, -37, "check"), (4_511, -35)),
    # 15 units 89.06 + 10.50 x 0.35 = 92.74 is late; 12 units 76.25 is not.
    "medical_protection": Expected(16_899, 9_274, 9, (6_246, -60, "check"), (7_625, -12), medical=True),
    "new_move_in": Expected(0, 0, None, None, None),
    "locked": Expected(5_966, 0, 12, (6_134, -27, "card"), (5_966, -9)),
}


def day(offset: int | None) -> date | None:
    return None if offset is None else TODAY + timedelta(days=offset)


async def account_of(session: AsyncSession, situation: str) -> UUID:
    query = text("SELECT account_id FROM demo_customers WHERE situation = :situation")
    account_id: UUID = (await session.execute(query, {"situation": situation})).scalar_one()
    return account_id


async def balance_of(session: AsyncSession, situation: str) -> service.Balance:
    return await service.balance(session, await account_of(session, situation), SEEDED_AT, TODAY)


class TestBalance:
    @pytest.mark.parametrize("situation", EXPECTED)
    async def test_of_each_demonstration_customer(self, seeded_session: AsyncSession, situation: str) -> None:
        expected = EXPECTED[situation]
        found = await balance_of(seeded_session, situation)
        paid, bill, plan, returned = found.last_payment, found.last_bill, found.arrangement, found.returned_payment
        assert found.balance_cents == expected.balance
        assert found.past_due_cents == expected.past_due
        assert found.credit_cents == max(0, -expected.balance)
        assert found.due_date == day(expected.due_in)
        assert (paid and (paid.amount_cents, (paid.received_on - TODAY).days, paid.method)) == expected.last_payment
        assert (bill and (bill.amount_cents, (bill.issued_on - TODAY).days)) == expected.last_bill
        assert (plan and (plan.installment_cents, (plan.next_due_on - TODAY).days)) == expected.arrangement
        assert (returned and (returned.amount_cents, (returned.returned_on - TODAY).days)) == expected.returned
        assert (found.autopay, found.medical_protection) == (expected.autopay, expected.medical)
        assert found.as_of == SEEDED_AT

    async def test_becomes_past_due_the_day_after_the_due_date(self, seeded_session: AsyncSession) -> None:
        account_id = await account_of(seeded_session, "tenant")
        late = []
        for after in (14, 15):
            today, now = TODAY + timedelta(days=after), SEEDED_AT + timedelta(days=after)
            late.append((await service.balance(seeded_session, account_id, now, today)).past_due_cents)
        assert late == [0, 6_771]

    async def test_of_an_earlier_day_knows_nothing_of_later_ones(self, seeded_session: AsyncSession) -> None:
        """Before the payment came back on day -17, the 14 units of day -40 were paid."""
        account_id = await account_of(seeded_session, "nsf")
        today = TODAY - timedelta(days=18)
        found = await service.balance(seeded_session, account_id, SEEDED_AT - timedelta(days=18), today)
        assert (found.balance_cents, found.returned_payment) == (0, None)
        assert found.last_bill is not None
        assert found.last_bill.amount_cents == 8_789

    async def test_takes_one_round_trip(self, seeded_session: AsyncSession, monkeypatch: pytest.MonkeyPatch) -> None:
        statements: list[object] = []
        execute = psycopg.AsyncCursor.execute

        async def count(cursor: Any, statement: Any, *rest: Any, **options: Any) -> Any:
            statements.append(statement)
            return await execute(cursor, statement, *rest, **options)

        account_id = await account_of(seeded_session, "payment_plan")
        monkeypatch.setattr(psycopg.AsyncCursor, "execute", count)
        await service.balance(seeded_session, account_id, SEEDED_AT, TODAY)
        assert len(statements) == 1

    async def test_refuses_an_account_that_does_not_exist(self, seeded_session: AsyncSession) -> None:
        with pytest.raises(service.AccountNotFoundError):
            await service.balance(seeded_session, uuid4(), SEEDED_AT, TODAY)


class TestLandlordAndTenant:
    async def test_see_their_own_account_alone(self, seeded_session: AsyncSession) -> None:
        landlord = await service.account_facts(seeded_session, await account_of(seeded_session, "landlord"))
        tenant = await service.account_facts(seeded_session, await account_of(seeded_session, "tenant"))
        for one in (landlord, tenant):
            assert one.phone is not None
            found = await service.candidates_by_phone(seeded_session, one.phone)
            assert [candidate.account_id for candidate in found] == [one.account_id]
        assert landlord.service_address != tenant.service_address

    async def test_the_landlord_owns_where_the_tenant_lives(self, seeded_session: AsyncSession) -> None:
        query = text(
            "SELECT o.name FROM demo_customers d JOIN service_agreements s ON s.account_id = d.account_id"
            " JOIN premises p ON p.id = s.premise_id JOIN customers o ON o.id = p.owner_customer_id"
            " WHERE d.situation = 'tenant'"
        )
        assert (await seeded_session.execute(query)).scalar_one() == "Harold Whitcomb"


class TestCandidates:
    async def test_by_account_number_have_what_proves_identity(self, seeded_session: AsyncSession) -> None:
        facts = await service.account_facts(seeded_session, await account_of(seeded_session, "spanish_speaker"))
        (found,) = await service.candidates_by_account_number(seeded_session, facts.number)
        assert found.zip == "92597"
        assert (found.first_name, found.language) == ("Guadalupe", "es")
        pin = demonstration_pin(facts.number)
        assert found.pin_digest == rules.pin_digest(SECRET_KEY, found.account_id, pin)

    @pytest.mark.parametrize("number", ["10000012", "99999999", "", "10000378; --"])
    async def test_of_a_number_nobody_has_are_none(self, seeded_session: AsyncSession, number: str) -> None:
        assert await service.candidates_by_account_number(seeded_session, number) == []

    async def test_by_phone_are_every_account_of_the_customer(self, seeded_session: AsyncSession) -> None:
        query = text(
            "SELECT f.phone FROM customer_phones f JOIN accounts a USING (customer_id)"
            " GROUP BY f.phone HAVING count(*) = 2 ORDER BY f.phone LIMIT 1"
        )
        phone = (await seeded_session.execute(query)).scalar_one()
        found = await service.candidates_by_phone(seeded_session, phone)
        assert len({candidate.service_address for candidate in found}) == 2
        assert len({candidate.address_hint for candidate in found}) == 2

    async def test_by_a_phone_nobody_has_are_none(self, seeded_session: AsyncSession) -> None:
        assert await service.candidates_by_phone(seeded_session, "+15005550006") == []

    async def test_say_that_an_account_is_locked(self, seeded_session: AsyncSession) -> None:
        facts = await service.account_facts(seeded_session, await account_of(seeded_session, "locked"))
        assert facts.identity_locked


class TestAccountSummary:
    async def test_masks_number_email_and_phone(self, seeded_session: AsyncSession) -> None:
        account_id = await account_of(seeded_session, "past_due")
        assert await service.account_summary(seeded_session, account_id, SEEDED_AT) == service.AccountSummary(
            account_number_masked="…0378",
            first_name="Denise",
            service_address="11801 Mesquite Ln, Rio Seco",
            status="active",
            email_masked="d•••@example.com",
            phone_masked="•••-•••-0101",
            autopay=False,
            paperless=False,
            as_of=SEEDED_AT,
        )

    async def test_of_a_closed_account_has_its_last_address(self, seeded_session: AsyncSession) -> None:
        account_id = await account_of(seeded_session, "closed_with_credit")
        found = await service.account_summary(seeded_session, account_id, SEEDED_AT)
        assert (found.status, found.service_address) == ("closed", "11819 Sycamore Ct, Rio Seco")


class TestChangeEmail:
    async def test_gives_the_facts_as_they_were(self, seeded_session: AsyncSession) -> None:
        account_id = await account_of(seeded_session, "leak")
        before = await service.change_email(seeded_session, account_id, "bell@example.org")
        await seeded_session.commit()
        after = await service.account_facts(seeded_session, account_id)
        assert (before.email, after.email) == ("marjorie.demo@example.com", "bell@example.org")

    async def test_adds_one_where_there_was_none(self, seeded_session: AsyncSession) -> None:
        query = text(
            "SELECT a.id FROM accounts a LEFT JOIN customer_emails e USING (customer_id) WHERE e.id IS NULL LIMIT 1"
        )
        account_id = (await seeded_session.execute(query)).scalar_one()
        before = await service.change_email(seeded_session, account_id, "new@example.org")
        after = await service.account_facts(seeded_session, account_id)
        assert (before.email, after.email) == (None, "new@example.org")
