"""Files of reads, line by line: what is taken, and what is refused with line, field and reason."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.payments.files import FileRefusedError
from backend.reads.layout_schemas import InLayout
from backend.reads.layouts import ReadLayouts
from backend.reads.parsing import FileRead, ReadFile, parse

FOLDER = Path(__file__).parents[3] / "district"
LAYOUTS = ReadLayouts.load(FOLDER)
TODAY = date(2026, 11, 23)
DAY = date(2026, 11, 20)


def layout(file_name: str) -> InLayout:
    found = LAYOUTS.of_file(file_name)
    assert found is not None
    return found


def taken(file_name: str, text: str, today: date = TODAY) -> ReadFile:
    return parse(layout(file_name), text.encode(), today)


def refused(file_name: str, text: str, today: date = TODAY) -> list[tuple[int, str]]:
    with pytest.raises(FileRefusedError) as wrong:
        taken(file_name, text, today)
    return [(problem.line, problem.field) for problem in wrong.value.problems]


def plain(*lines: str, count: object = None, total: object = None) -> str:
    held = sum(int(line.split(",")[3]) for line in lines if line.split(",")[3].isdigit())
    trailer = f"TOTAL,{len(lines) if count is None else count},{held if total is None else total}"
    return "\n".join(["meter,account_number,read_on,register_value,kind,note", *lines, trailer, ""])


class TestPlainCsv:
    def test_a_file(self) -> None:
        text = plain(
            "RS40001,10000018,2026-11-20,152450,,",
            "RS40002,,2026-11-19,77,customer,phoned in",
            'RS40003,10000026,2026-11-20,,not_read,"dog, gate locked"',
        )
        assert taken("reads-1120.csv", text) == ReadFile(
            (
                FileRead(2, "RS40001", "10000018", DAY, 152_450, "actual", None),
                FileRead(3, "RS40002", None, date(2026, 11, 19), 77, "customer", "phoned in"),
                FileRead(4, "RS40003", "10000026", DAY, None, "not_read", "dog, gate locked"),
            ),
            5,
        )

    def test_columns_may_come_in_any_order_and_some_may_be_missing(self) -> None:
        text = "read_on,register_value,METER\r\n2026-11-20,5,RS1\r\nTOTAL,1,5\r\n"
        assert taken("READS.CSV", text).reads == (FileRead(2, "RS1", None, DAY, 5, "actual", None),)

    @pytest.mark.parametrize(
        ("line", "field"),
        [
            (",10000018,2026-11-20,5,,", "serial_number"),
            ("RS1,10000018,,5,,", "read_on"),
            ("RS1,10000018,2026-11-20,,,", "register_value"),
            ("RS1,10000018,11/20/2026,5,,", "read_on"),
            ("RS1,10000018,2026-02-30,5,,", "read_on"),
            ("RS1,10000018,2027-02-29,5,,", "read_on"),
            ("RS1,10000018,2026-11-24,5,,", "read_on"),
            ("RS1,10000018,2026-10-08,5,,", "read_on"),
            ("RS1,10000018,2026-11-20,-5,,", "register_value"),
            ("RS1,10000018,2026-11-20,5.5,,", "register_value"),
            ("RS1,10000018,2026-11-20,12345678901234567890,,", "register_value"),
            ("RS1,10000018,2026-11-20,٥,,", "register_value"),
            ("RS1,10000018,2026-11-20,5,guessed,", "kind"),
            ("RS1,10000018,2026-11-20,5,," + "x" * 81, "note"),
        ],
    )
    def test_a_bad_line_is_named_with_its_field(self, line: str, field: str) -> None:
        good = "RS9,10000026,2026-11-20,1,,"
        assert refused("reads.csv", plain(good, line, count=2, total=6)) == [(3, field)]

    def test_every_bad_line_is_named(self) -> None:
        text = plain("RS1,,2026-13-01,x,,", "RS2,,2026-11-20,5,,", ",,2026-11-20,5,,", count=3, total=10)
        assert refused("reads.csv", text) == [(2, "register_value"), (2, "read_on"), (4, "serial_number")]

    def test_a_total_that_does_not_agree(self) -> None:
        line = "RS1,10000018,2026-11-20,5,,"
        assert refused("reads.csv", plain(line, count=2)) == [(3, "count")]
        assert refused("reads.csv", plain(line, total=6)) == [(3, "hash_total")]
        assert refused("reads.csv", plain(line, total="many")) == [(3, "hash_total")]

    def test_a_file_that_was_cut_off(self) -> None:
        whole = plain("RS1,10000018,2026-11-20,5,,", "RS2,10000026,2026-11-20,6,,")
        assert refused("reads.csv", whole[: whole.index("TOTAL")]) == [(3, "trailer")]

    def test_the_same_meter_twice_on_a_day(self) -> None:
        text = plain("RS1,,2026-11-20,5,,", "RS2,,2026-11-20,5,,", "RS1,,2026-11-20,6,,", "RS1,,2026-11-19,4,,")
        assert refused("reads.csv", text) == [(4, "serial_number")]

    @pytest.mark.parametrize(
        ("content", "place"),
        [
            (b"", (1, "file")),
            (b"\n\n", (1, "file")),
            (b"meter,read_on\nTOTAL,0,0\n", (1, "register_value")),
            (b"meter,read_on,register_value\nRS\xff1,2026-11-20,5\n", (2, "encoding")),
            (b"meter,read_on,register_value\nRS\x001,2026-11-20,5\n", (2, "encoding")),
            (b'meter,read_on,register_value\n"RS1,2026-11-20,5\nTOTAL,1,5\n', (2, "line")),
        ],
    )
    def test_what_is_no_such_file(self, content: bytes, place: tuple[int, str]) -> None:
        with pytest.raises(FileRefusedError) as wrong:
            parse(layout("reads.csv"), content, TODAY)
        assert place in [(problem.line, problem.field) for problem in wrong.value.problems]


def autoread(*records: str, count: int | None = None, total: int | None = None) -> str:
    held = sum(int(record[26:36].strip() or 0) for record in records)
    trailer = f"T{len(records) if count is None else count:07d}{held if total is None else total:015d}"
    return "\r\n".join(["H11232026 RIO SECO", *records, trailer, ""])


def record(serial: str, account: str, value: str, day: str, code: str = "R", *, note: str = "") -> str:
    return f"D{serial:<10}{account:<15}{value:>10}{day}0930{code}{note:<15}"


class TestFixedWidth:
    def test_the_places_of_the_autoread_export(self) -> None:
        text = autoread(
            record("RS40001", "10000018", "0000152450", "11202026"),
            record("RS40002", "10000026", "", "11202026", "S", note="DOG"),
        )
        assert taken("autoread-4.txt", text).reads == (
            FileRead(2, "RS40001", "10000018", DAY, 152_450, "actual", None),
            FileRead(3, "RS40002", "10000026", DAY, None, "not_read", "DOG"),
        )

    def test_its_header_trailer_and_totals(self) -> None:
        one = record("RS40001", "10000018", "152450", "11202026")
        assert refused("x.rdg", autoread(one)[20:]) == [(1, "header")]
        assert refused("x.rdg", autoread(one, count=2)) == [(3, "count")]
        assert refused("x.rdg", autoread(one, total=152_451)) == [(3, "hash_total")]
        assert refused("x.rdg", autoread("X" + one[1:])) == [(2, "line")]
        assert refused("x.rdg", autoread(one + "x")) == [(2, "line")]

    def test_a_line_whose_end_was_trimmed_is_whole(self) -> None:
        text = (
            autoread(record("RS40001", "10000018", "152450", "11202026")).replace(" \r\n", "\r\n").replace("  ", "  ")
        )
        trimmed = "\r\n".join(line.rstrip() for line in text.split("\r\n"))
        assert taken("x.rdg", trimmed).reads[0].value == 152_450

    def test_radix_keeps_what_it_has_no_room_for(self) -> None:
        line = "   010100001 0152450112026RS40001   "
        assert taken("route.rdx", line).reads == (FileRead(1, "RS40001", None, DAY, 152_450, "actual", None),)

    def test_records_without_line_ends(self) -> None:
        one = layout("route.rdx").model_copy(update={"line_ends": False})
        line = "   010100001 0152450112026RS40001   "
        assert len(parse(one, line.encode(), TODAY).reads) == 1
        two = line + line.replace("RS40001", "RS40002")
        assert [read.line for read in parse(one, two.encode(), TODAY).reads] == [1, 2]
        for broken in (two[:-1], two + "\nx"):
            with pytest.raises(FileRefusedError):
                parse(one, broken.encode(), TODAY)


class TestDaysWithoutAYear:
    def k3(self, month_and_day: str) -> str:
        head = f"{'10000018':<12}{'RS40001':<15}".ljust(42)
        return f"{head}0{'000152450'}{month_and_day}".ljust(91)

    @pytest.mark.parametrize(
        ("written", "today", "expected"),
        [
            ("1120", TODAY, DAY),
            ("1231", date(2027, 1, 2), date(2026, 12, 31)),
            ("0101", date(2027, 1, 2), date(2027, 1, 1)),
            ("0102", date(2027, 1, 2), date(2027, 1, 2)),
            ("0229", date(2028, 3, 2), date(2028, 2, 29)),
        ],
    )
    def test_it_is_the_last_such_day(self, written: str, today: date, expected: date) -> None:
        assert taken("cycle4.k3", self.k3(written), today).reads[0].read_on == expected

    @pytest.mark.parametrize(
        ("written", "today"),
        [
            ("0103", date(2027, 1, 2)),  # tomorrow: it would be a year ago
            ("0229", date(2027, 3, 2)),  # the last February 29 was three years ago
            ("1331", TODAY),
            ("0000", TODAY),
        ],
    )
    def test_what_is_no_day_of_late(self, written: str, today: date) -> None:
        assert refused("cycle4.k3", self.k3(written), today) == [(1, "read_on")]


class TestAlways:
    @given(st.binary(max_size=400), st.sampled_from(["reads.csv", "x.rdg", "x.k3", "x.rdx"]))
    def test_no_file_is_half_taken_and_none_breaks_the_reader(self, content: bytes, file_name: str) -> None:
        try:
            found = parse(layout(file_name), content, TODAY)
        except FileRefusedError as wrong:
            assert wrong.problems
        else:
            assert all(read.serial_number for read in found.reads)

    @given(st.lists(st.tuples(st.integers(0, 10**9), st.dates(date(2026, 10, 20), TODAY)), min_size=1, max_size=20))
    def test_what_was_written_is_read(self, given_reads: list[tuple[int, date]]) -> None:
        lines = [f"M{n},,{day},{value},," for n, (value, day) in enumerate(given_reads)]
        found = taken("reads.csv", plain(*lines))
        assert [(read.value, read.read_on) for read in found.reads] == given_reads
