"""Which part of a recording a player asks for."""

import pytest

from backend.recordings.sound import part_of


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        (None, None),
        ("bytes=0-", (0, 99)),
        ("bytes=0-3", (0, 3)),
        ("bytes=90-200", (90, 99)),
        ("bytes=-10", (90, 99)),
        ("bytes=-500", (0, 99)),
        ("bytes=100-", None),
        ("bytes=9-3", None),
        ("bytes=-", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-3", None),
    ],
)
def test_what_makes_no_sense_gets_everything(asked: str | None, part: tuple[int, int] | None) -> None:
    assert part_of(100, asked) == part
