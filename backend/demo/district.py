"""The 2,000 generated accounts of the demonstration district."""

from datetime import timedelta
from random import Random
from uuid import UUID

from backend.demo import people
from backend.demo.book import Book, OpenAccount, Options, Person, Place
from backend.demo.history import MONTHS, NEVER, Habit, bill_and_pay, months_before, seasonal

ACCOUNTS = 2_000
SEED = "Rio Seco Water District"
PHONE_BASE = 19_515_551_000
"""Generated customers have +1 951 555 1000 and up; the district and the named customers are below."""
ANOTHER_ACCOUNT_EVERY = 50
"""So often a generated customer has a second account, and has to say which one they mean."""


def generate(book: Book, count: int = ACCOUNTS) -> None:
    """Add the first `count` of `ACCOUNTS` accounts, with thirteen months of bills and payments, to the book."""
    random = Random(SEED)
    phones = random.sample(range(9_000), ACCOUNTS * 3 // 2)
    places = _places(random)
    previous: UUID | None = None
    for index in range(count):
        second = previous is not None and index % ANOTHER_ACCOUNT_EVERY == 0
        person = _person(random, index, phones)
        customer = previous if second and previous else book.customer(person)
        _account(book, random, customer, places[index], person.kind)
        previous = customer


def _places(random: Random) -> list[Place]:
    houses = [(number, street) for street in people.STREETS for number in range(11_010, 11_010 + 75 * 14, 14)]
    zips = list(people.ZONES)
    zip_of = {street: zips[index % len(zips)] for index, street in enumerate(people.STREETS)}
    chosen = random.sample(houses, ACCOUNTS)
    sizes = random.choices(("5/8", "3/4", "1"), (70, 22, 8), k=ACCOUNTS)
    return [
        Place(f"{number} {street}", zip_of[street], None, size)
        for (number, street), size in zip(chosen, sizes, strict=True)
    ]


def _person(random: Random, index: int, phones: list[int]) -> Person:
    phone = f"+{PHONE_BASE + phones[index]}"
    more = (f"+{PHONE_BASE + phones[ACCOUNTS + index // 2]}",) if index % 4 == 0 else ()
    if random.random() < 0.04:
        name = f"{random.choice(people.BUSINESSES)} {random.randint(2, 99)}"
        return Person(name, None, "en", phone, f"office{index}@example.com", "organization", more)
    hispanic = random.random() < 0.55
    first = random.choice(people.SPANISH_FIRST if hispanic else people.ENGLISH_FIRST)
    last = random.choice(people.SPANISH_LAST if hispanic else people.ENGLISH_LAST)
    if hispanic and random.random() < 0.3:
        last = f"{last} {random.choice(people.SPANISH_LAST)}"
    language = "es" if hispanic and random.random() < 0.45 else "en"
    email = f"customer{index}@example.com" if random.random() < 0.8 else None
    return Person(f"{first} {last}", first, language, phone, email, "person", more)


def _account(book: Book, random: Random, customer: UUID, place: Place, kind: str) -> None:
    age_days = random.choice((3, 10, 17, 24))
    habit = random.choices(list(Habit), (25, 57, 18))[0]
    service_class = "commercial" if kind == "organization" else "residential"
    options = Options(
        service_class,
        autopay=habit is Habit.AUTOPAY,
        paperless=random.random() < 0.4,
        medical_protection=random.random() < 0.01,
    )
    opened_on = months_before(book.today, MONTHS + 1) - timedelta(days=random.randint(30, 4_000))
    account = book.account(customer, book.premise(place), place.meter_size, opened_on=opened_on, options=options)
    _year(book, random, account, habit, age_days)


def _year(book: Book, random: Random, account: OpenAccount, habit: Habit, age_days: int) -> None:
    average = random.randint(30, 220) if account.service_class == "commercial" else random.randint(5, 26)
    usages = [seasonal(average + random.randint(-2, 3), month) for month in range(MONTHS)]
    unpaid = random.choices((0, 1, 2, 3), (90, 5, 3, 2))[0]
    days = [random.randint(*habit.value) for _ in range(MONTHS - unpaid)] + [NEVER] * unpaid
    method = "bank_transfer" if habit is Habit.AUTOPAY else random.choice(("card", "check", "cash", "lockbox"))
    bill_and_pay(book, account, usages, days, age_days=age_days, method=method)
    if random.random() < 0.01:
        book.payment(account, random.randint(10, 80) * 100, book.today - timedelta(days=1), "check")
