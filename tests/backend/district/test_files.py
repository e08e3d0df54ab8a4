"""The district's files: right as they ship, and every mistake named by file and line."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.district.service import District, DistrictFileError

DISTRICT = Path(__file__).parents[3] / "district"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DISTRICT, tmp_path / "district"))


def change(path: Path, old: str, new: str) -> int:
    """Replace `old` and give the line it stood on."""
    text = path.read_text("utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("district.toml", 'monday = "07:30-17:30"', 'monday = "7.30 to 17.30"', "07:30-17:30"),
        ("district.toml", 'monday = "07:30-17:30"', 'monday = "17:30-07:30"', "close after it opens"),
        ("district.toml", "closed_friday = 2026-11-20", "closed_friday = 2026-11-19", "not a Friday"),
        ("district.toml", 'time_zone = "America/Los_Angeles"', 'time_zone = "California"', "not a time zone"),
        ("district.toml", 'phone = "+19515550100"', 'phone = "951-555-0100"', "phone"),
        ("district.toml", '"Labor Day" =', '"Labour Day" =', "no holiday is called 'Labour Day'"),
        ("district.toml", 'subdivision = "CA"', 'subdivision = "Mars"', "no such country"),
        (
            "district.toml",
            'name = { en = "Christmas Eve", es = "Nochebuena" }',
            'name = { en = "Eve" }',
            "closures.0.name.es",
        ),
        ("district.toml", 'language = "en"', 'language = "fr"', "language"),
        ("departments.toml", 'phone = "+19515550202"', 'phone = "0"', "billing.phone"),
        ("departments.toml", 'hours = "always"', 'hours = "sometimes"', "emergency.hours"),
        ("policy.toml", "attempts = 3", "attempts = 0", "verification.attempts"),
        ("policy.toml", "lock_minutes = 30", "lock_minutes = thirty", "policy.toml"),
        ("policy.toml", "upset = 1", "upsett = 1", "priorities"),
    ],
)
def test_a_mistake_is_named_with_its_line(folder: Path, file: str, old: str, new: str, says: str) -> None:
    line = change(folder / file, old, new)
    with pytest.raises(DistrictFileError) as refused:
        District.load(folder)
    message = str(refused.value)
    assert says in message
    lines = [int(part.split(":")[1]) for part in message.splitlines()]
    country = 1 if "subdivision" in old else 0
    assert any(line - country <= found <= line for found in lines), message


@pytest.mark.parametrize(
    ("fee", "says"),
    [
        ('methods = ["card"]\nchannels = ["link"]\ncents = 250', 'give "link" a fee of its own'),
        ('methods = ["cash"]\nchannels = ["voice"]\ncents = 250', "methods.0"),
        (
            'methods = ["card"]\nchannels = ["voice", "voice"]\ncents = 250',
            "two convenience fees are for card by voice",
        ),
        ('methods = ["card"]\nchannels = ["nightly"]\ncents = 250', "channels.0"),
        ('methods = ["card"]\nchannels = ["voice"]\ncents = 0', "cents"),
    ],
)
def test_a_convenience_fee_that_cannot_be_is_named_with_its_line(folder: Path, fee: str, says: str) -> None:
    policy = folder / "policy.toml"
    before = policy.read_text()
    assert District.load(folder).policy.payments.convenience_fee_cents("card", "voice") == 0, "none by default"
    policy.write_text(f"{before}\n[[payments.convenience_fees]]\n{fee}\n")
    with pytest.raises(DistrictFileError) as refused:
        District.load(folder)
    message = str(refused.value)
    assert says in message and "policy.toml:" in message
    assert int(message.splitlines()[0].split(":")[1]) > before.count("\n") or "two convenience" in message


def test_a_missing_file_and_a_missing_department(folder: Path) -> None:
    change(folder / "departments.toml", "[customer_service]", "[customers]")
    with pytest.raises(DistrictFileError, match="customer_service"):
        District.load(folder)
    (folder / "policy.toml").unlink()
    with pytest.raises(DistrictFileError, match=r"policy.toml:1: this file is missing"):
        District.load(folder)


def test_every_mistake_is_named_at_once(folder: Path) -> None:
    change(folder / "district.toml", 'phone = "+19515550100"', 'phone = "1"')
    change(folder / "district.toml", 'language = "en"', 'language = "fr"')
    with pytest.raises(DistrictFileError) as refused:
        District.load(folder)
    assert len(str(refused.value).splitlines()) == 2


class TestRioSeco:
    district = District.load(DISTRICT)

    @pytest.mark.parametrize(
        ("day", "name"),
        [
            ("2026-11-26", "Día de Acción de Gracias"),
            ("2026-12-25", "Navidad"),
            ("2027-01-01", "Año Nuevo"),
            ("2027-03-31", "Día de César Chávez"),
            ("2027-07-05", "Día de la Independencia"),
        ],
    )
    def test_holidays_of_california_close_it(self, day: str, name: str) -> None:
        noon = datetime.fromisoformat(f"{day}T20:00:00+00:00")
        assert not self.district.is_open(noon)
        assert self.district.office(noon.year).closures[noon.date()][1] == name

    def test_an_ordinary_monday_is_open(self) -> None:
        assert self.district.is_open(datetime(2026, 11, 23, 18, tzinfo=UTC))

    def test_departments_in_two_languages(self) -> None:
        for department in self.district.departments.values():
            assert department.name.en != department.name.es
            assert department.purpose.en != department.purpose.es
