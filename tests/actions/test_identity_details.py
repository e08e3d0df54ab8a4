"""What a message gives towards an identity: digits told apart by their length, and what may be a name."""

import pytest

from actions.identity_details import is_a_name, read_details


@pytest.mark.parametrize(
    ("groups", "account", "secret", "unclear"),
    [
        (["44124412"], "44124412", None, False),
        (["0417"], None, "0417", False),
        (["92599"], None, "92599", False),
        (["925991234"], None, None, True),
        (["0417", "44124412"], "44124412", "0417", False),
        (["441244120417"], "44124412", "0417", False),
        (["4412441292599"], "44124412", "92599", False),
        (["123"], None, None, True),
        (["9515550100"], None, None, True),
        ([], None, None, False),
    ],
)
def test_digits_are_told_apart_by_their_length(
    groups: list[str], account: str | None, secret: str | None, unclear: bool
) -> None:
    details = read_details(groups, calling_number=False)
    assert (details.account, details.secret, details.unclear) == (account, secret, unclear)


def test_nine_digits_are_a_zip_where_one_is_expected() -> None:
    assert read_details(["925991234"], calling_number=False, zip_plus=True).secret == "92599"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("this is Denise Carver", True),
        ("soy guadalupe fuentes", True),
        ("it's under John Carver", True),
        ("Maria De La Cruz", True),
        ("está a nombre de mi esposo", True),
        ("I'm Tom Baker", True),
        ("I'm on a fixed income", False),
        ("mrrp wug", False),
        ("Maria", False),
        ("I lost the bill", False),
        ("10001484", False),
    ],
)
def test_what_may_say_who_somebody_is(text: str, is_one: bool) -> None:
    assert is_a_name(text) is is_one
