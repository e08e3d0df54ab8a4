"""Who is meant when a name is said."""

from pathlib import Path

import pytest

from backend.district.people import person_named
from backend.district.service import District, DistrictFileError
from tests.backend.district.test_files import DISTRICT, change, folder

__all__ = ["folder"]
PEOPLE = District.load(DISTRICT).people


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("can i talk to elena marsh", "elena_marsh"),
        ("is Mr. Okafor in?", "daniel_okafor"),
        ("señora navaro, por favor", "lucia_navarro"),
        ("quiero hablar con Lucía", "lucia_navarro"),
        ("connect me with grace", "grace_tran"),
        ("Grace", "grace_tran"),
        ("walter hines's extension", "walter_hines"),
        ("the general manager please", "elena_marsh"),
        ("comuníqueme con la gerente general", "elena_marsh"),
        ("my name is grace kim and i want a person", None),
        ("talk to somebody about my bill", None),
        ("a marshal is here", None),
        ("tram to the office", None),
        ("", None),
    ],
)
def test_a_name_as_it_is_said(said: str, meant: str | None) -> None:
    assert person_named(PEOPLE, said) == meant


def test_two_of_one_name_are_nobody() -> None:
    other = PEOPLE["grace_tran"].model_copy(update={"name": "Minh Tran"})
    both = {**PEOPLE, "minh_tran": other}
    assert person_named(both, "ms tran please") is None
    assert person_named(both, "minh tran please") == "minh_tran"


def test_a_district_without_a_directory(folder: Path) -> None:
    (folder / "people.toml").unlink()
    assert District.load(folder).people == {}


def test_a_department_that_there_is_not(folder: Path) -> None:
    change(folder / "people.toml", 'department = "engineering"', 'department = "enginering"')
    with pytest.raises(DistrictFileError, match=r"people.toml:\d+: there is no department 'enginering'"):
        District.load(folder)
