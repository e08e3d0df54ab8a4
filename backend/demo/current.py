"""The cycle that has just been read: ordinary reads, and a few that a person must look at before bills go out."""

from datetime import timedelta
from enum import Enum

from backend.demo.book import Book
from backend.demo.entries import OpenAccount
from backend.demo.history import next_read_day


class Unusual(Enum):
    """What is unusual about the account at this place of the current cycle."""

    NO_READ = 3
    HIGH = 6
    ZERO_USE = 9
    ROLLOVER = 12
    NEGATIVE = 15
    EXCHANGE = 18
    DUP_READ = 21
    HOLD = 24

    @classmethod
    def of(cls, number: int) -> "Unusual | None":
        """What is unusual about the account at place `number`; for most, nothing."""
        return next((one for one in cls if one.value == number), None)


def read_current_cycle(book: Book, account: OpenAccount, usage_ccf: int, unusual: Unusual | None) -> None:
    """Read the account's meter after `usage_ccf` more units, unless something unusual happened."""
    day = next_read_day(book.today)
    match unusual:
        case Unusual.NO_READ:
            return
        case Unusual.HIGH:
            book.read(account, usage_ccf * 4 + 20, day)
        case Unusual.ZERO_USE:
            book.opening_read(account, day)
        case Unusual.NEGATIVE:
            book.wrong_read(account, max(account.metered.shown - 6_400, 0), day)
        case Unusual.EXCHANGE:
            account.metered.use(usage_ccf // 2)
            book.exchange(account, day - timedelta(days=12))
            book.read(account, usage_ccf - usage_ccf // 2, day)
        case Unusual.DUP_READ:
            book.read(account, usage_ccf // 2, day - timedelta(days=2))
            book.read(account, usage_ccf - usage_ccf // 2, day)
        case Unusual.HOLD:
            book.hold(account, "Owner disputes the final read of the tenant before")
            book.read(account, usage_ccf, day)
        case _:
            book.read(account, usage_ccf, day)
