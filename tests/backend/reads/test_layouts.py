"""The layouts themselves: what is wrong with one is named by file and line."""

from pathlib import Path

import pytest

from backend.district.files import DistrictFileError
from backend.reads.layouts import ReadLayouts

FOLDER = Path(__file__).parents[3] / "district"
GOOD = """\
[[layouts]]
name = "mine"
files = ["*.mine"]
format = "fixed"
record_length = 30
fields = [
    { field = "serial_number", start = 1, length = 10 },
    { field = "read_on", start = 11, length = 8, date = "yyyymmdd" },
    { field = "register_value", start = 19, length = 9 },
]

[[downloads]]
name = "out"
format = "csv"
fields = [
    { field = "serial_number", column = "meter" },
    { text = "W", column = "kind" },
]
"""


def load(folder: Path, text: str) -> ReadLayouts:
    (folder / "reads.toml").write_text(text)
    return ReadLayouts.load(folder)


def test_the_district_s_own(tmp_path: Path) -> None:
    layouts = ReadLayouts.load(FOLDER)
    assert [one.name for one in layouts.incoming] == ["plain_csv", "autoread", "sensus_k3", "radix_a"]
    assert layouts.of_file("Reads-2026-11-20.CSV") is layouts.incoming[0]
    assert layouts.of_file("payments.csv") is None
    assert layouts.download("autoread") is layouts.downloads[0]
    assert layouts.download("nothing") is None
    assert load(tmp_path, GOOD).incoming[0].name == "mine"


@pytest.mark.parametrize(
    ("wrong", "right", "line", "says"),
    [
        ('"serial_number", start = 1', '"serial_number", start = 12', 8, "stands where field 1 does"),
        ("start = 19, length = 9", "start = 19, length = 13", 9, "beyond the record's 30 places"),
        ('    { field = "read_on", start = 11, length = 8, date = "yyyymmdd" },\n', "", 6, "add read_on"),
        (', date = "yyyymmdd"', "", 8, "`date` belongs to read_on"),
        ("record_length = 30\n", "", 4, "needs its record_length"),
        ("start = 19, length = 9", 'column = "value"', 9, "gives each field its start and length"),
        ('"register_value", start = 19', '"serial_number", start = 19', 9, "stands here a second time"),
        ('column = "meter"', "start = 1, length = 3", 16, "gives each field its column"),
        ('text = "W"', 'text = "W", field = "route"', 17, "give either field or text"),
        ('name = "mine"', 'name = "Mine!"', 2, "pattern"),
        ('format = "fixed"', 'format = "xml"', 4, "'csv' or 'fixed'"),
        ("length = 10 }", "length = 10, colour = 3 }", 7, "Extra inputs"),
    ],
)
def test_a_mistake_is_named_by_its_line(tmp_path: Path, wrong: str, right: str, line: int, says: str) -> None:
    assert wrong in GOOD
    with pytest.raises(DistrictFileError) as refused:
        load(tmp_path, GOOD.replace(wrong, right))
    assert f"reads.toml:{line}: " in str(refused.value)
    assert says in str(refused.value)


def test_two_layouts_of_one_name(tmp_path: Path) -> None:
    with pytest.raises(DistrictFileError, match=r"reads.toml:13: a second layout called mine"):
        load(tmp_path, GOOD.split("[[downloads]]", maxsplit=1)[0] + GOOD)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DistrictFileError, match="missing"):
        ReadLayouts.load(tmp_path)
