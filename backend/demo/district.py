"""The 2,000 generated accounts of the demonstration district."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from uuid import UUID

from backend.demo import people
from backend.demo.book import Book
from backend.demo.current import Unusual, read_current_cycle
from backend.demo.entries import OpenAccount, Options, Person, Place
from backend.demo.history import (
    AGE_OF_CYCLE,
    CURRENT_CYCLE,
    MONTHS,
    NEVER,
    Habit,
    bill_and_pay,
    months_before,
    seasonal,
)

ACCOUNTS = 2_000
SEED = "Rio Seco Water District"
PHONE_BASE = 19_515_551_000
"""Generated customers have +1 951 555 1000 and up; the district and the named customers are below."""
SQFT_PER_UNIT = 390
"""Landscape that needs about a unit (CCF) a month."""
CLASS_BY_NAME = {
    "multifamily": ("Apartments", "Motel"),
    "irrigation": ("Nursery", "Garden Center", "Orchard"),
}
LANDLINE_EVERY = 12
"""Customers whose telephone takes no texts."""
ANOTHER_ACCOUNT_EVERY = 50
"""So often a generated customer has a second account, and has to say which one they mean."""


def generate(book: Book, count: int = ACCOUNTS) -> None:
    """Add the first `count` of `ACCOUNTS` accounts, with thirteen months of bills and payments, to the book."""
    random = Random(SEED)
    phones = random.sample(range(9_000), ACCOUNTS * 3 // 2)
    places = _places(random)
    previous: UUID | None = None
    in_cycle: Counter[int] = Counter()
    for index in range(count):
        second = previous is not None and index % ANOTHER_ACCOUNT_EVERY == 0
        person = _person(random, index, phones)
        customer = previous if second and previous else book.customer(person)
        _account(book, random, customer, (places[index], person), in_cycle)
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
    texts = index % LANDLINE_EVERY != 0
    return Person(f"{first} {last}", first, language, phone, email, "person", more, texts)


def _account(
    book: Book, random: Random, customer: UUID, who_and_where: tuple[Place, Person], in_cycle: Counter[int]
) -> None:
    place, person = who_and_where
    kind, name = person.kind, person.name
    cycle = random.choice(list(AGE_OF_CYCLE))
    habit = random.choices(list(Habit), (25, 57, 18))[0]
    service_class = _class_of(name) if kind == "organization" else "residential"
    average = random.randint(30, 220) if kind == "organization" else random.randint(5, 26)
    options = Options(
        service_class,
        cycle=cycle,
        landscape_sqft=average * SQFT_PER_UNIT if service_class == "irrigation" else 0,
        autopay=habit is Habit.AUTOPAY,
        paperless=random.random() < 0.4,
        medical_protection=random.random() < 0.01,
    )
    opened_on = months_before(book.today, MONTHS + 1) - timedelta(days=random.randint(30, 4_000))
    account = book.account(customer, book.premise(place), opened_on=opened_on, options=options)
    in_cycle[cycle] += 1
    _year(book, random, account, _Year(habit, cycle, in_cycle[cycle], average))


def _class_of(name: str) -> str:
    for service_class, words in CLASS_BY_NAME.items():
        if any(word in name for word in words):
            return service_class
    return "commercial"


@dataclass(frozen=True, slots=True)
class _Year:
    habit: Habit
    cycle: int
    number: int
    """The account's place in its cycle, from 1."""
    average: int


def _year(book: Book, random: Random, account: OpenAccount, year: _Year) -> None:
    habit, average = year.habit, year.average
    usages = [seasonal(average + random.randint(-2, 3), month) for month in range(MONTHS)]
    unpaid = random.choices((0, 1, 2, 3), (90, 5, 3, 2))[0]
    days = [random.randint(*habit.value) for _ in range(MONTHS - unpaid)] + [NEVER] * unpaid
    method = "bank_transfer" if habit is Habit.AUTOPAY else random.choice(("card", "check", "cash", "lockbox"))
    is_current = year.cycle == CURRENT_CYCLE
    unusual = Unusual.of(year.number) if is_current else None
    if unusual is Unusual.ROLLOVER:
        account.metered.near_the_end(sum(usages))
    age_days = AGE_OF_CYCLE[year.cycle]
    bill_and_pay(book, account, usages, days, age_days=age_days, method=method, cycle=year.cycle)
    if is_current:
        read_current_cycle(book, account, max(seasonal(average + random.randint(-2, 3), 1), 2), unusual)
    if random.random() < 0.01:
        book.payment(account, random.randint(10, 80) * 100, book.today - timedelta(days=1), "check")
