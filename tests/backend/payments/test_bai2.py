"""Lockbox files in BAI2: what is read from one, and that a file with anything wrong in it is refused whole."""

from datetime import date

import pytest

from backend.payments import bai2
from backend.payments.files import Dates, FileReceipt, FileRefusedError
from tests.backend.payments.bank_files import Deposit
from tests.backend.payments.bank_files import bai2 as lockbox

TODAY = date(2026, 11, 23)
DATES = Dates(TODAY, days_back=400)
LARGEST_CENTS = 25_000_000

# As a bank would write it: a summary and its continuation in the 03, funds with their days, text over two lines.
BY_HAND = """\
01,122099999,RIOSECO,261123,0500,1,80,,2/
02,RIOSECO,122099999,1,261122,2359,USD,2/
03,0123456789,USD,100,19999,3,V,261122,1200/
88,115,19999,3,S,10000,5000,4999/
16,115,8420,Z,0001,10000018,/
16,142,1079,V,261122,,0002,1000-0026,MARIA, FOR HER MOTHER
88, AND HER OWN/
16,165,10500,D,2,0,500,1,10000,0003,,0010000034/
49,59997,7/
98,59997,1,9/
99,59997,1,11/
"""


def read(content: str | bytes, dates: Dates = DATES) -> tuple[FileReceipt, ...]:
    raw = content.encode() if isinstance(content, str) else content
    return bai2.parse(raw, dates, LARGEST_CENTS).receipts


def wrong(content: str | bytes, dates: Dates = DATES) -> list[tuple[int, str, str]]:
    """Line, field and reason of everything that is wrong in the file."""
    with pytest.raises(FileRefusedError) as refused:
        read(content, dates)
    return [(problem.line, problem.field, problem.reason) for problem in refused.value.problems]


def where(content: str | bytes, dates: Dates = DATES) -> list[tuple[int, str]]:
    return [(line, field) for line, field, _ in wrong(content, dates)]


class TestWhatIsRead:
    def test_each_credit_with_its_account_number_its_cents_and_the_day_of_its_group(self) -> None:
        day = date(2026, 11, 22)
        assert read(BY_HAND) == (
            FileReceipt(5, "10000018", 8_420, day, "lockbox", "0001"),
            FileReceipt(6, "10000026", 1_079, day, "lockbox", "0002"),
            FileReceipt(8, "10000034", 10_500, day, "lockbox", "0003"),
        )

    def test_total_and_lines_are_the_file_s(self) -> None:
        parsed = bai2.parse(BY_HAND.encode(), DATES, LARGEST_CENTS)
        assert (parsed.total_cents, parsed.line_count) == (19_999, 11)

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_however_its_lines_end(self, end: str) -> None:
        assert read(BY_HAND.replace("\n", end)) == read(BY_HAND)

    def test_with_a_byte_order_mark_and_lines_filled_up_with_blanks(self) -> None:
        padded = "\n".join(f"{line:<80}" for line in BY_HAND.splitlines())
        assert read(b"\xef\xbb\xbf" + padded.encode()) == read(BY_HAND)

    def test_several_accounts_foot_to_their_group(self) -> None:
        deposits = [Deposit(f"1000{number:04d}", 100 + number) for number in range(7)]
        found = read(lockbox(deposits, per_account=3))
        assert [receipt.amount_cents for receipt in found] == [one.cents for one in deposits]

    def test_a_summary_counts_for_the_control_total(self) -> None:
        content = lockbox([Deposit("10000018", 500)], summary=",010,-300,,")
        assert where(content) == [(5, "control total"), (6, "control total"), (7, "control total")]
        told = content.replace(b"49,500,", b"49,200,").replace(b"98,500,", b"98,200,").replace(b"99,500,", b"99,200,")
        assert [receipt.amount_cents for receipt in read(told)] == [500]

    def test_a_leap_day(self) -> None:
        leap = Dates(date(2028, 2, 29), days_back=400)
        (receipt,) = read(lockbox([Deposit("10000018", 1)], day="280229"), leap)
        assert receipt.received_on == date(2028, 2, 29)

    def test_without_an_account_number_the_money_is_still_taken_and_the_bank_s_own_number_is_none(self) -> None:
        (receipt,) = read(lockbox([Deposit("", 500, bank_reference="10000018")]))
        assert (receipt.reference, receipt.bank_reference) == ("", "10000018")

    def test_no_deposits_are_no_receipts(self) -> None:
        assert read(lockbox([])) == ()


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("cents", "reason"),
        [
            ("0", "a payment is more than nothing"),
            ("-100", "is not cents in digits"),
            ("", "is not cents in digits"),
            ("1.50", "is not cents in digits"),
            ("١٢", "is not cents in digits"),
            ("25000001", "a payment of more than $250,000.00 is refused as a slip of the keyboard"),
            ("12345678901234567890", "is not cents in digits"),
        ],
    )
    def test_amounts_that_no_payment_has(self, cents: str, reason: str) -> None:
        content = lockbox([Deposit("10000018", 500)]).decode().replace("16,115,500,", f"16,115,{cents},")
        assert (4, "amount", reason) in wrong(content)

    @pytest.mark.parametrize(
        ("old", "new", "line", "field"),
        [
            ("49,59997,", "49,59998,", 9, "control total"),
            ("49,59997,7", "49,59997,8", 9, "number of records"),
            ("98,59997,", "98,-59997,", 10, "control total"),
            ("98,59997,1,", "98,59997,2,", 10, "number of accounts"),
            ("98,59997,1,9", "98,59997,1,8", 10, "number of records"),
            ("99,59997,", "99,0,", 11, "control total"),
            ("99,59997,1,", "99,59997,3,", 11, "number of groups"),
            ("99,59997,1,11", "99,59997,1,99", 11, "number of records"),
        ],
    )
    def test_a_total_or_count_that_does_not_foot(self, old: str, new: str, line: int, field: str) -> None:
        assert where(BY_HAND.replace(old, new)) == [(line, field)]

    def test_a_changed_amount_shows_at_every_level(self) -> None:
        found = where(BY_HAND.replace("16,115,8420,", "16,115,8421,"))
        assert found == [(9, "control total"), (10, "control total"), (11, "control total")]

    @pytest.mark.parametrize(
        ("old", "new", "line", "field"),
        [
            ("261123,0500,1,80,,2/", "261123,0500,1,80,,3/", 1, "version"),
            ("RIOSECO,261123,", "RIOSECO,261332,", 1, "file creation date"),
            ("1,261122,2359", "1,260229,2359", 2, "as-of date"),
            ("1,261122,2359", "1,,2359", 2, "as-of date"),
            ("1,261122,2359", "1,261125,2359", 2, "as-of date"),
            ("1,261122,2359", "1,250101,2359", 2, "as-of date"),
            ("122099999,1,261122", "122099999,2,261122", 2, "group status"),
            ("122099999,1,261122", "122099999,4,261122", 2, "group status"),
            ("2359,USD,2/", "2359,EUR,2/", 2, "currency"),
            ("0123456789,USD,", "0123456789,CAD,", 3, "currency"),
            ("16,115,", "16,475,", 5, "type code"),
            ("16,115,", "16,9999,", 5, "type code"),
            ("8420,Z,", "8420,X,", 5, "funds type"),
            ("10500,D,2,", "10500,D,x,", 8, "funds type"),
        ],
    )
    def test_a_field_that_cannot_be(self, old: str, new: str, line: int, field: str) -> None:
        assert (line, field) in where(BY_HAND.replace(old, new, 1))

    @pytest.mark.parametrize(
        ("dropped", "line"),
        [("01,", 1), ("02,", 2), ("03,", 4), ("49,", 9), ("98,", 10)],
    )
    def test_a_record_that_is_missing(self, dropped: str, line: int) -> None:
        content = "".join(row for row in BY_HAND.splitlines(keepends=True) if not row.startswith(dropped))
        assert where(content)[0] == (line, "record")

    def test_a_file_that_was_cut_off(self) -> None:
        lines = BY_HAND.splitlines(keepends=True)
        for count in range(1, len(lines)):
            assert wrong("".join(lines[:count])), f"the first {count} lines were taken"

    def test_anything_after_the_end(self) -> None:
        assert where(BY_HAND + "16,115,100,Z,1,2,/\n") == [(12, "record")]
        assert where(BY_HAND + BY_HAND) == [(12, "record")]

    @pytest.mark.parametrize(
        ("line", "field"),
        [
            ("88,A CONTINUATION OF NOTHING/", "88"),
            ("17,115,100/", "record"),
            ("nonsense", "record"),
            ("16;115;100/", "record"),
        ],
    )
    def test_a_line_that_is_no_record(self, line: str, field: str) -> None:
        assert where(f"{line}\n{BY_HAND}") == [(1, field)]

    def test_a_record_that_does_not_end(self) -> None:
        assert where(BY_HAND.replace("49,59997,7/", "49,59997,7")) == [(9, "record")]
        assert (5, "record") in where(BY_HAND.replace("16,115,8420,Z,0001,10000018,/", "16,115,8420,Z,0001,10000018"))

    @pytest.mark.parametrize("place", [2, 3, 5])
    def test_a_header_before_the_trailer_of_what_is_open(self, place: int) -> None:
        lines = BY_HAND.splitlines(keepends=True)
        again = {2: "02,RIOSECO,122099999,1,261122,,,2/\n", 3: "03,1,USD/\n", 5: "99,0,0,1/\n"}[place]
        lines.insert(8, again)
        assert (9, "record") in where("".join(lines))

    def test_every_wrong_line_is_named_not_only_the_first(self) -> None:
        content = lockbox([Deposit("10000018", 0), Deposit("10000026", 5), Deposit("10000034", 0)])
        assert where(content) == [(4, "amount"), (6, "amount")]

    def test_not_more_than_fifty_are_listed(self) -> None:
        assert len(wrong(lockbox([Deposit("10000018", 0)] * 80, per_account=80))) == 50


class TestEncodings:
    @pytest.mark.parametrize(
        ("content", "line"),
        [
            (BY_HAND.replace("MARIA", "MARÍA").encode("latin-1"), 6),
            (BY_HAND.encode("utf-16"), 1),
            (BY_HAND.replace("MARIA", "MAR\0IA").encode(), 6),
            (BY_HAND.replace("MARIA", "MAR\x1bIA").encode(), 6),
            (b"%PDF-1.7 \xff\xfe\x00", 1),
        ],
    )
    def test_what_is_not_plain_text_is_refused_with_its_line(self, content: bytes, line: int) -> None:
        assert where(content) == [(line, "encoding")]

    @pytest.mark.parametrize("content", [b"", b"\n\n", b"  \r\n"])
    def test_nothing_is_no_file(self, content: bytes) -> None:
        assert where(content) == [(1, "file")]
