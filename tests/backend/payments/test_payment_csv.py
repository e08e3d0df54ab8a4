"""A plain CSV of payments: what is read from one, and that a file with anything wrong in it is refused whole."""

from datetime import date

import pytest

from backend.payments import payment_csv
from backend.payments.files import Dates, FileReceipt, FileRefusedError
from tests.backend.payments.bank_files import Line
from tests.backend.payments.bank_files import payment_csv as made

DATES = Dates(date(2026, 11, 23), days_back=400)
LARGEST_CENTS = 25_000_000
HEADER = "account_number,amount,received_on,method,reference"
GOOD = f"""\
{HEADER}
10000018,84.20,2026-11-20,check,1042
1000-0026,1250.00,2026-11-23,bank_transfer,
"10000034","0.01","2026-11-24","cash","paid at the ""kiosk"", by Ana"
TOTAL,3,1334.21
"""


def read(content: str | bytes, dates: Dates = DATES) -> tuple[FileReceipt, ...]:
    raw = content.encode() if isinstance(content, str) else content
    return payment_csv.parse(raw, dates, LARGEST_CENTS).receipts


def wrong(content: str | bytes, dates: Dates = DATES) -> list[tuple[int, str, str]]:
    """Line, field and reason of everything that is wrong in the file."""
    with pytest.raises(FileRefusedError) as refused:
        read(content, dates)
    return [(problem.line, problem.field, problem.reason) for problem in refused.value.problems]


def with_line(line: str, total: str = "1,84.20") -> str:
    return f"{HEADER}\n{line}\nTOTAL,{total}\n"


class TestWhatIsRead:
    def test_each_line_quoted_or_not(self) -> None:
        assert read(GOOD) == (
            FileReceipt(2, "10000018", 8_420, date(2026, 11, 20), "check", "1042"),
            FileReceipt(3, "10000026", 125_000, date(2026, 11, 23), "bank_transfer", None),
            FileReceipt(4, "10000034", 1, date(2026, 11, 24), "cash", 'paid at the "kiosk", by Ana'),
        )

    @pytest.mark.parametrize("end", ["\r\n", "\r"])
    def test_however_its_lines_end_and_with_a_byte_order_mark(self, end: str) -> None:
        assert read(b"\xef\xbb\xbf" + GOOD.replace("\n", end).encode()) == read(GOOD)

    def test_quoted_all_over_and_with_blanks_around(self) -> None:
        assert read(made([Line("10000018", 8_420)], quoted=True)) == read(made([Line("10000018", 8_420)]))
        assert read(with_line(" 10000018 , 84.20 , 2026-11-20 , check , 1042 ")) == read(
            made([Line("10000018", 8_420)])
        )

    def test_a_leap_day(self) -> None:
        leap = Dates(date(2028, 3, 1), days_back=400)
        (receipt,) = read(with_line("10000018,84.20,2028-02-29,check,"), leap)
        assert receipt.received_on == date(2028, 2, 29)

    def test_no_payments(self) -> None:
        assert read(made([])) == ()


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("amount", "reason"),
        [
            ("0.00", "a payment is more than nothing"),
            ("-84.20", "a payment is more than nothing"),
            ("250000.01", "a payment of more than $250,000.00 is refused as a slip of the keyboard"),
            ("99999999999999999999.00", "is not dollars and cents like 84.20"),
            ("12345678901234567890", "is not dollars and cents like 84.20"),
            ("84", "is not dollars and cents like 84.20"),
            ("84.2", "is not dollars and cents like 84.20"),
            ("84.205", "is not dollars and cents like 84.20"),
            ('"1,084.20"', "is not dollars and cents like 84.20"),
            ("$84.20", "is not dollars and cents like 84.20"),
            ("8.4e1", "is not dollars and cents like 84.20"),
            ("NaN", "is not dollars and cents like 84.20"),
            ("٨٤.٢٠", "is not dollars and cents like 84.20"),
            ("", "is not dollars and cents like 84.20"),
        ],
    )
    def test_amounts_that_no_payment_has(self, amount: str, reason: str) -> None:
        assert wrong(with_line(f"10000018,{amount},2026-11-20,check,")) == [(2, "amount", reason)]

    @pytest.mark.parametrize(
        ("day", "reason"),
        [
            ("2026-02-29", "is not a day like 2026-11-20"),
            ("11/20/2026", "is not a day like 2026-11-20"),
            ("2026-11-20T10:00", "is not a day like 2026-11-20"),
            ("20261120", "is not a day like 2026-11-20"),
            ("", "is not a day like 2026-11-20"),
            ("2026-11-25", "2026-11-25 is in the future"),
            ("2024-02-29", "2024-02-29 is more than 400 days ago"),
        ],
    )
    def test_days_that_cannot_be(self, day: str, reason: str) -> None:
        assert wrong(with_line(f"10000018,84.20,{day},check,")) == [(2, "received_on", reason)]

    @pytest.mark.parametrize(
        ("line", "field"),
        [
            (",84.20,2026-11-20,check,", "account_number"),
            ("10000018,84.20,2026-11-20,wampum,", "method"),
            (f"10000018,84.20,2026-11-20,check,{'9' * 81}", "reference"),
            ("10000018,84.20,2026-11-20,check", "line"),
            ("10000018,84.20,2026-11-20,check,1042,more", "line"),
            ('10000018,84.20,2026-11-20,check,"never closed', "line"),
            ('10000018,84.20,2026-11-20,check,"closed"too soon', "line"),
            ("10000018;84.20;2026-11-20;check;1042", "line"),
            ("", "line"),
        ],
    )
    def test_a_line_that_cannot_be_read(self, line: str, field: str) -> None:
        found = wrong(with_line(line))
        assert [(at, name) for at, name, _ in found] == [(2, field)]

    @pytest.mark.parametrize(
        ("trailer", "field"),
        [
            ("TOTAL,2,84.20", "count"),
            ("TOTAL,1,84.21", "total"),
            ("TOTAL,1,-84.20", "total"),
            ("TOTAL,one,84.20", "trailer"),
            ("TOTAL,1,84.2", "trailer"),
            ("TOTAL,1", "trailer"),
            ("SUM,1,84.20", "trailer"),
            ("10000026,84.20,2026-11-20,check,", "trailer"),
        ],
    )
    def test_a_trailer_that_does_not_match(self, trailer: str, field: str) -> None:
        found = wrong(f"{HEADER}\n10000018,84.20,2026-11-20,check,\n{trailer}\n")
        assert [(at, name) for at, name, _ in found] == [(3, field)]

    @pytest.mark.parametrize(
        "header",
        [
            "account,amount,received_on,method,reference",
            "account_number,received_on,amount,method,reference",
            "account_number;amount;received_on;method;reference",
            "10000018,84.20,2026-11-20,check,1042",
        ],
    )
    def test_columns_of_another_name_or_order(self, header: str) -> None:
        (found,) = wrong(GOOD.replace(HEADER, header))
        assert found[:2] == (1, "header")

    def test_every_wrong_field_of_every_wrong_line_is_named(self) -> None:
        content = f"{HEADER}\n10000018,x,2026-02-30,check,\n10000026,1.00,2026-11-20,check,\n,2.00,2026-11-20,??,\nTOTAL,3,9.00\n"
        found = [(line, field) for line, field, _ in wrong(content)]
        assert found == [(2, "amount"), (2, "received_on"), (4, "account_number"), (4, "method")]

    def test_a_file_that_was_cut_off(self) -> None:
        lines = GOOD.splitlines(keepends=True)
        for count in range(1, len(lines)):
            assert wrong("".join(lines[:count])), f"the first {count} lines were taken"

    @pytest.mark.parametrize(
        ("content", "line"),
        [
            (GOOD.replace("Ana", "Iñés").encode("cp1252"), 4),
            (GOOD.encode("utf-16"), 1),
            (GOOD.encode("utf-32"), 1),
            (GOOD.replace("Ana", "A\0na").encode(), 4),
            (GOOD.replace("Ana", "A\u2028na").encode(), 4),
        ],
    )
    def test_other_encodings(self, content: bytes, line: int) -> None:
        (found,) = wrong(content)
        assert found[:2] == (line, "encoding")

    def test_more_lines_than_any_day_has(self) -> None:
        (found,) = wrong("\n" * 200_000 + "x")
        assert found == (200_000, "file", "more than 200000 lines")
