"""The district's `[billing]` policy: a mistake is named by file and line."""

import shutil
from pathlib import Path

import pytest

from backend.district.files import DistrictFileError
from backend.district.service import District
from tests.backend.billing.town import FOLDER


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        ("fire_line = 20000\n", "", "add fire_line to bill_high_cents"),
        ("irrigation = 2.0\n", "", "add irrigation to class_units_per_day"),
        ("residential = 0.4\n", "residential = -0.4\n", "greater than or equal to 0"),
        ("days_min = 25 ", "days_min = 36 ", "days_min is more than days_max"),
        ("reads_percent_min = 90 ", "reads_percent_min = 101 ", "less than or equal to 100"),
        ("4 = 26", "4 = 29", "less than or equal to 28"),
        ("residential = 40000", "residential = 20000000000000000000", "less than or equal to 100000000"),
        ("due_days = 21   ", 'due_days = "soon" ', "valid integer"),
    ],
)
def test_a_mistake_is_named_by_its_line(tmp_path: Path, wrong: str, right: str, says: str) -> None:
    folder = tmp_path / "district"
    shutil.copytree(FOLDER, folder)
    policy = folder / "policy.toml"
    text = policy.read_text()
    assert wrong in text
    policy.write_text(text.replace(wrong, right, 1))
    with pytest.raises(DistrictFileError) as refused:
        District.load(folder)
    told = str(refused.value)
    assert says in told
    line = int(told.split("policy.toml:")[1].split(":", maxsplit=1)[0])
    of_table = next(n for n, one in enumerate(text.splitlines(), 1) if one == "[billing]")
    assert of_table <= line <= text[: text.index("[fees]")].count("\n") + 1
