"""The named demonstration customers, one for each situation. Days are counted from the business date."""

from datetime import date, timedelta

from backend.demo.book import Book
from backend.demo.entries import ORDINARY, Fee, OpenAccount, Options, Person, Place
from backend.demo.history import CURRENT_CYCLE, bill_and_pay, months_before, next_read_day
from backend.options.rules import levelized_cents, year_after

PHONE_BASE = 19_515_550_100
"""Named customers have +1 951 555 0101 and up."""
YEAR = (8, 7, 7, 9, 11, 13, 15, 16, 14, 12, 10, 8)
"""The usage of a small household in the twelve months before the last bill, in CCF."""
ON_TIME_DAYS = 12
GARDEN_USE = (4, 5, 6, 8, 10, 12, 14, 14, 12, 10, 8, 6)
"""The restaurant's garden in the same twelve months."""
FIRE_LINE = ("fire_line", ("4",), 0)
BUDGET_BILLS, BUDGET_ROUND_UP_CENTS = 12, 100
"""A budget bill's amount is the average of so many bills, rounded up to the dollar."""
RETURN_FEE_CENTS = 2_500
LATE_FEE_CENTS = 1_000


def _person(number: int, name: str, language: str = "en") -> Person:
    first, _, _ = name.partition(" ")
    return Person(name, first, language, f"+{PHONE_BASE + number}", f"{first.lower()}.demo@example.com")


def _open(book: Book, person: Person, place: Place, options: Options = ORDINARY) -> OpenAccount:
    """A long-standing customer's account at a place of their own."""
    customer, premise = book.customer(person), book.premise(place)
    opened_on = months_before(book.today, 60)
    return book.account(customer, premise, opened_on=opened_on, options=options)


def _ago(book: Book, days: int) -> date:
    return book.today - timedelta(days=days)


def _paid_year(book: Book, account: OpenAccount, age_days: int, scale: int = 1, method: str = "card") -> None:
    """Twelve monthly bills, all paid, the last of them `age_days` ago."""
    usages = [usage * scale for usage in YEAR]
    bill_and_pay(book, account, usages, [ON_TIME_DAYS] * 12, age_days=age_days, method=method)


def past_due(book: Book) -> OpenAccount:
    """Two bills past due, a late fee, and a third bill on its way to its due date."""
    account = _open(book, _person(1, "Denise Carver"), Place("11801 Mesquite Ln", "92594"), Options(cycle=2))
    _paid_year(book, account, age_days=103, method="check")
    late_bill = book.bill(account, 12, _ago(book, 73))
    book.bill(account, 10, _ago(book, 43))
    late_fee = Fee("late", LATE_FEE_CENTS, "Late fee", late_bill.entry_id)
    book.fee(account, late_fee, _ago(book, 21), _ago(book, -8))
    book.bill(account, 9, _ago(book, 13))
    return account


def autopay(book: Book) -> OpenAccount:
    """On autopay: the last bill will be drawn on its due date."""
    options = Options(autopay=True, paperless=True, cycle=3)
    account = _open(book, _person(2, "Kevin Tran"), Place("11803 Palo Verde Ave", "92597"), options)
    bill_and_pay(book, account, YEAR, [21] * 12, age_days=45, method="bank_transfer")
    book.bill(account, 11, _ago(book, 15))
    return account


def nsf(book: Book) -> OpenAccount:
    """A payment came back for want of funds: the bill is owed again, with a fee."""
    account = _open(book, _person(3, "Raymond Ochoa"), Place("11805 Cottonwood St", "92598"), Options(cycle=2))
    _paid_year(book, account, age_days=70, method="bank_transfer")
    bill = book.bill(account, 14, _ago(book, 40))
    payment = book.payment(account, bill.amount_cents, _ago(book, 22), "bank_transfer")
    book.returned(payment, _ago(book, 17), RETURN_FEE_CENTS, _ago(book, -11))
    book.bill(account, 9, _ago(book, 10))
    return account


def spanish_speaker(book: Book) -> OpenAccount:
    """Speaks Spanish; one bill, not due yet."""
    person = _person(4, "Guadalupe Fuentes Rivera", "es")
    account = _open(book, person, Place("11807 Calle Hermosa", "92597", None, "3/4"), Options(cycle=3))
    _paid_year(book, account, age_days=44, method="cash")
    book.bill(account, 13, _ago(book, 14))
    return account


def landlord_and_tenant(book: Book) -> tuple[OpenAccount, OpenAccount]:
    """An owner with a budget bill at home, and the tenant of their other house with an account there.

    The tenant's meter could not be read the month before the last, so that bill was an estimate, and too low.
    """
    home = Place("11809 Alder Ct", "92598", None, "1")
    owner = book.customer(_person(5, "Harold Whitcomb"))
    opened_on = months_before(book.today, 90)
    landlord = book.account(owner, book.premise(home, owner), opened_on=opened_on, options=Options(cycle=3))
    _levelled(book, landlord, [2 * usage for usage in (*YEAR[7:], *YEAR)], last_issued_on=_ago(book, 18))
    rented = Place("11811 Cottonwood St", "92598", "Unit B")
    renter = book.customer(_person(6, "Alicia Moreno"))
    premise = book.premise(rented, owner)
    tenant = book.account(renter, premise, opened_on=months_before(book.today, 16), options=Options(cycle=2))
    bill_and_pay(book, tenant, YEAR[:-1], [ON_TIME_DAYS] * 11, age_days=67, method="card")
    estimate = book.bill(tenant, 5, _ago(book, 37), estimated=True)
    book.payment(tenant, estimate.amount_cents, _ago(book, 37 - ON_TIME_DAYS))
    book.bill(tenant, 10, _ago(book, 7))
    return landlord, tenant


def _levelled(book: Book, account: OpenAccount, usages: list[int], last_issued_on: date) -> None:
    """A bill a month; after the first twelve a budget bill levels them. All but the last are paid."""
    paid, budget_id, monthly_cents = [], None, 0
    for place, usage in enumerate(usages):
        bill = book.bill(account, usage, months_before(last_issued_on, len(usages) - 1 - place))
        if budget_id is not None:
            book.level(budget_id, bill, monthly_cents)
        if place == len(usages) - 1:
            return
        paid_on = bill.issued_on + timedelta(days=ON_TIME_DAYS)
        paid.append(bill.amount_cents)
        book.payment(account, bill.amount_cents if budget_id is None else monthly_cents, paid_on, "check")
        if len(paid) == BUDGET_BILLS:
            monthly_cents = levelized_cents(paid, BUDGET_ROUND_UP_CENTS)
            joined_on = paid_on + timedelta(days=1)
            budget_id = book.budget(account, monthly_cents, joined_on, year_after(joined_on))


def leak(book: Book) -> OpenAccount:
    """The last bill is three times the usual."""
    account = _open(book, _person(7, "Marjorie Bell"), Place("11813 Jacaranda St", "92594"), Options(cycle=1))
    _paid_year(book, account, age_days=35)
    book.bill(account, 3 * YEAR[-1] + 9, _ago(book, 5))
    return account


def payment_plan(book: Book) -> OpenAccount:
    """Old bills in four installments, two of them kept; the new bill is not due yet."""
    account = _open(book, _person(8, "Terrence Boyd"), Place("11815 Olive Ave", "92594"), Options(cycle=3))
    bill_and_pay(book, account, YEAR[:8], [ON_TIME_DAYS] * 8, age_days=200, method="card")
    overdue_cents = sum(
        book.bill(account, usage, _ago(book, days)).amount_cents for usage, days in ((30, 170), (24, 140), (20, 110))
    )
    for usage, days in ((12, 80), (10, 50)):
        book.payment(account, book.bill(account, usage, _ago(book, days)).amount_cents, _ago(book, days - 15))
    installment_cents, rest_cents = divmod(overdue_cents, 4)
    due = [_ago(book, days) for days in (55, 25, -5, -35)]
    cents = [installment_cents] * 3 + [installment_cents + rest_cents]
    kept = [_ago(book, 56), _ago(book, 26), None, None]
    for day, amount_cents in zip(kept[:2], cents[:2], strict=True):
        assert day is not None
        book.payment(account, amount_cents, day)
    book.arrangement(account, _ago(book, 70), list(zip(due, cents, kept, strict=True)))
    book.bill(account, 9, _ago(book, 20))
    return account


def commercial(book: Book) -> OpenAccount:
    """A restaurant with two meters, a garden with a water budget, and a fire line."""
    person = Person(
        "La Fogata Restaurant", "Hector", "en", f"+{PHONE_BASE + 9}", "lafogata.demo@example.com", "organization"
    )
    place = Place("11817 Mission Trl", "92594", "Suite 3", "2")
    customer, premise = book.customer(person), book.premise(place)
    account = book.empty_account(customer, months_before(book.today, 60), Options("commercial", cycle=3))
    for service_class, sizes, sqft in (("commercial", ("2", "3/4"), 0), ("irrigation", ("3/4",), 2_600), FIRE_LINE):
        book.service(account, premise, service_class, sizes, landscape_sqft=sqft, shares_premise=True)
    for age, usage in zip(range(12, 0, -1), YEAR, strict=True):
        issued_on = months_before(_ago(book, 16), age)
        bill = book.bill(account, usage * 9, issued_on, more=(usage, GARDEN_USE[12 - age], 0))
        book.payment(account, bill.amount_cents, issued_on + timedelta(days=ON_TIME_DAYS), "bank_transfer")
    book.bill(account, 106, _ago(book, 16), more=(12, 9, 0))
    return account


def closed_with_credit(book: Book) -> OpenAccount:
    """Moved out; paid more than the final bill came to."""
    place = Place("11819 Sycamore Ct", "92597")
    customer, premise = book.customer(_person(10, "Eleanor Vance")), book.premise(place)
    account = book.account(
        customer,
        premise,
        opened_on=months_before(book.today, 48),
        closed_on=_ago(book, 38),
        options=Options(cycle=CURRENT_CYCLE),
    )
    _paid_year(book, account, age_days=62)
    book.payment(account, 10_000, _ago(book, 37), "check")
    book.bill(account, 4, _ago(book, 35), kind="final")
    book.read(account, 3, next_read_day(book.today))
    return account


def medical_protection(book: Book) -> OpenAccount:
    """Behind by one bill; a doctor's certificate and a low income protect the service (HSC 116910)."""
    options = Options(medical_protection=True, cycle=2)
    account = _open(book, _person(11, "Walter Nakamura"), Place("11821 Manzanita Dr", "92598"), options)
    _paid_year(book, account, age_days=72, method="check")
    book.low_income(account, "ssi_ssp", _ago(book, 50), _ago(book, -315))
    book.bill(account, 15, _ago(book, 42))
    book.bill(account, 12, _ago(book, 12))
    return account


def new_move_in(book: Book) -> OpenAccount:
    """Moved in three weeks ago: no bill yet, nothing owed."""
    place = Place("11823 Citrus Ave", "92594")
    customer, premise = book.customer(_person(12, "Priya Raman")), book.premise(place)
    account = book.account(customer, premise, opened_on=_ago(book, 21), options=Options(cycle=3))
    book.opening_read(account, _ago(book, 22))
    return account


def locked(book: Book) -> OpenAccount:
    """Identity theft was reported: no account facts by phone, text or chat, only in person."""
    options = Options(identity_locked=True, cycle=2)
    account = _open(book, _person(13, "Gloria Estrada"), Place("11825 Ocotillo Way", "92598"), options)
    _paid_year(book, account, age_days=39)
    book.bill(account, 8, _ago(book, 9))
    return account


def add_named_customers(book: Book) -> None:
    """Add every named customer, in the order in which `headgate demo` lists them."""
    for make in (past_due, autopay, nsf, spanish_speaker):
        book.show(make.__name__, make(book))
    landlord, tenant = landlord_and_tenant(book)
    book.show("landlord", landlord)
    book.show("tenant", tenant)
    for make in (leak, payment_plan, commercial, closed_with_credit, medical_protection, new_move_in, locked):
        book.show(make.__name__, make(book))
