"""Return files of the ACH network: what is read from one, and that a file with anything wrong in it is refused whole."""

from datetime import date

import pytest

from backend.payments import nacha
from backend.payments.files import Dates, FileRefusedError
from backend.payments.nacha import FileReturn
from tests.backend.payments.bank_files import FILLER, Entry
from tests.backend.payments.bank_files import nacha as return_file

TODAY = date(2026, 11, 23)
DATES = Dates(TODAY, days_back=400)
TWO = (Entry("R01", 8_420), Entry("R10", 12_000, account="10000026", trace="121000350000002", transaction="36"))


def read(content: str | bytes, dates: Dates = DATES) -> tuple[FileReturn, ...]:
    raw = content.encode() if isinstance(content, str) else content
    return nacha.parse(raw, dates).returns


def wrong(content: str | bytes, dates: Dates = DATES) -> list[tuple[int, str, str]]:
    """Line, field and reason of everything that is wrong in the file."""
    with pytest.raises(FileRefusedError) as refused:
        read(content, dates)
    return [(problem.line, problem.field, problem.reason) for problem in refused.value.problems]


def where(content: str | bytes, dates: Dates = DATES) -> list[tuple[int, str]]:
    return [(line, field) for line, field, _ in wrong(content, dates)]


def changed(content: bytes, line: int, start: int, value: str) -> str:
    """The file with `value` at place `start` (from 0) of a line (from 1)."""
    lines = content.decode().splitlines()
    old = lines[line - 1]
    lines[line - 1] = old[:start] + value + old[start + len(value) :]
    return "\n".join(lines)


class TestWhatIsRead:
    def test_each_entry_with_its_reason_and_our_own_numbers(self) -> None:
        assert read(return_file(TWO)) == (
            FileReturn(3, "R01", "121000350000001", "10000018", 8_420, is_debit=True),
            FileReturn(5, "R10", "121000350000002", "10000026", 12_000, is_debit=True),
        )

    def test_total_day_and_lines_are_the_file_s(self) -> None:
        parsed = nacha.parse(return_file(TWO), DATES)
        assert (parsed.total_cents, parsed.created_on, parsed.line_count) == (20_420, TODAY, 10)

    def test_several_batches(self) -> None:
        entries = [Entry("R01", 100 + number, trace=f"1210003500000{number:02d}") for number in range(11)]
        assert [one.amount_cents for one in read(return_file(entries, per_batch=4))] == [one.cents for one in entries]

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r", ""])
    def test_on_lines_or_in_one_piece(self, end: str) -> None:
        assert read(return_file(TWO, end=end)) == read(return_file(TWO))

    def test_without_the_lines_that_fill_the_block(self) -> None:
        content = return_file(TWO).decode().replace(f"{FILLER}\n", "")
        assert len(read(content)) == 2

    def test_a_correction_has_no_amount_and_leaves_what_it_says_in_the_file(self) -> None:
        (notice,) = read(return_file([Entry("C01", 0)], note="998877665544"))
        assert notice == FileReturn(3, "C01", "121000350000001", "10000018", 0, is_debit=True)
        assert "998877665544" not in repr(notice)

    def test_a_trial_entry_comes_back_without_an_amount(self) -> None:
        assert [one.amount_cents for one in read(return_file([Entry("R03", 0)]))] == [0]

    def test_a_credit_that_we_sent_is_told_from_a_debit_that_we_drew(self) -> None:
        returns = read(return_file([Entry("R03", 500, transaction="21"), Entry("R01", 700)]))
        assert [one.is_debit for one in returns] == [False, True]

    @pytest.mark.parametrize("code", ["R61", "R67", "R69", "R71", "R77"])
    def test_returns_that_banks_argue_about(self, code: str) -> None:
        assert [one.reason_code for one in read(return_file([Entry(code, 700)]))] == [code]

    def test_the_entry_hash_keeps_its_last_ten_digits(self) -> None:
        entries = [Entry("R01", 100, bank="99999999", trace=f"{number:015d}") for number in range(150)]
        assert len(read(return_file(entries, per_batch=200))) == 150

    def test_a_leap_day(self) -> None:
        leap = Dates(date(2028, 2, 29), days_back=400)
        assert nacha.parse(return_file(TWO, day="280229"), leap).created_on == date(2028, 2, 29)

    def test_a_file_without_returns(self) -> None:
        assert read(return_file([])) == ()


class TestWhatIsRefused:
    """Lines of the file: 1 header, 2 batch, 3 entry, 4 addenda, 5 entry, 6 addenda, 7 batch control, 8 control."""

    @pytest.mark.parametrize(
        ("line", "start", "value", "field"),
        [
            (7, 4, "000005", "entry and addenda count"),
            (7, 10, "0000000001", "entry hash"),
            (7, 20, "000000020421", "total debits"),
            (7, 32, "000000000001", "total credits"),
            (8, 1, "000002", "batch count"),
            (8, 7, "000002", "block count"),
            (8, 13, "00000005", "entry and addenda count"),
            (8, 21, "9999999999", "entry hash"),
            (8, 31, "000000000000", "total debits"),
            (8, 43, "000000000001", "total credits"),
            (8, 31, "00000002042X", "total debits"),
        ],
    )
    def test_a_count_hash_or_total_that_does_not_foot(self, line: int, start: int, value: str, field: str) -> None:
        assert where(changed(return_file(TWO), line, start, value)) == [(line, field)]

    def test_a_changed_amount_shows_in_the_batch_and_in_the_file(self) -> None:
        found = where(changed(return_file(TWO), 3, 29, "0000008421"))
        assert found == [(7, "total debits"), (8, "total debits")]

    @pytest.mark.parametrize(
        ("line", "start", "value", "field"),
        [
            (1, 23, "260229", "file creation date"),
            (1, 23, "261301", "file creation date"),
            (1, 23, "261126", "file creation date"),
            (1, 23, "240229", "file creation date"),
            (1, 34, "106", "record size"),
            (3, 1, "27", "transaction code"),
            (3, 1, "  ", "transaction code"),
            (3, 3, "1210-035", "receiving bank"),
            (3, 29, "-000008420", "amount"),
            (3, 29, "      8420", "amount"),
            (3, 78, "0", "addenda indicator"),
            (4, 1, "05", "addenda type"),
            (4, 3, "C01", "reason code"),
            (4, 3, "R1 ", "reason code"),
            (4, 3, "R00", "reason code"),
            (4, 79, "000000000000009", "trace number"),
            (7, 1, "220", "service class"),
            (7, 44, "1999999999", "company"),
            (7, 79, "11111111", "originating bank"),
            (7, 87, "0000009", "batch number"),
        ],
    )
    def test_a_field_that_cannot_be(self, line: int, start: int, value: str, field: str) -> None:
        assert where(changed(return_file(TWO), line, start, value))[0] == (line, field)

    def test_a_correction_with_an_amount(self) -> None:
        assert where(return_file([Entry("C01", 100)])) == [(3, "amount")]

    @pytest.mark.parametrize("line", range(1, 9))
    def test_a_record_that_is_missing(self, line: int) -> None:
        lines = return_file(TWO).decode().splitlines()
        del lines[line - 1]
        assert wrong("\n".join(lines))

    @pytest.mark.parametrize("line", range(1, 9))
    def test_a_record_that_comes_twice(self, line: int) -> None:
        lines = return_file(TWO).decode().splitlines()
        lines.insert(line, lines[line - 1])
        assert wrong("\n".join(lines))

    def test_a_file_that_was_cut_off(self) -> None:
        lines = return_file(TWO).decode().splitlines()
        for count in range(1, 8):
            assert wrong("\n".join(lines[:count])), f"the first {count} lines were taken"

    @pytest.mark.parametrize("length", [93, 95, 80])
    def test_a_record_of_another_length(self, length: int) -> None:
        lines = return_file(TWO).decode().splitlines()
        lines[4] = f"{lines[4]:<{length}}"[:length]
        assert where("\n".join(lines)) == [(5, "record length")]

    def test_one_piece_that_does_not_divide_into_records(self) -> None:
        assert where(return_file(TWO, end="")[:-1]) == [(10, "record length")]

    def test_a_type_that_there_is_not(self) -> None:
        assert where(changed(return_file(TWO), 3, 0, "4"))[0] == (3, "record type")

    def test_anything_but_filling_after_the_end(self) -> None:
        content = return_file(TWO).decode()
        assert where(content.replace(FILLER, "5" + FILLER[1:], 1)) == [(9, "record")]

    def test_a_letter_of_another_alphabet(self) -> None:
        assert where(changed(return_file(TWO), 3, 54, "MARÍA LÓPEZ")) == [(3, "encoding")]

    def test_what_is_no_text(self) -> None:
        assert where(b"\xff\xfe1\x000\x001\x00") == [(1, "encoding")]
