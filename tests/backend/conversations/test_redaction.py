"""What must not be kept is masked in every disguise; what looks like it and is not passes untouched."""

import string
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from backend.conversations.digits import groups, without_digits, without_stated_secrets
from backend.conversations.redaction import card_over_messages, luhn_valid, redact, routing_valid

# Test numbers that the card schemes publish.
CARDS = (
    "4242424242424242",
    "4012888888881881",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "6011111111111117",
    "3530111333300000",
    "30569309025904",
)
ENGLISH = dict(
    zip("0123456789", ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"], strict=True)
)
SPANISH = dict(
    zip("0123456789", ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"], strict=True)
)
SEPARATORS = (" ", "-", ".", " - ", "  ", "/", ", ", " and ", " y ", "\u200b", "…")


def _with_check_digit(digits: str) -> str:
    return next(digits + last for last in string.digits if luhn_valid(digits + last))


cards = st.one_of(
    st.sampled_from(CARDS),
    st.text(string.digits, min_size=14, max_size=14).map(lambda rest: _with_check_digit("4" + rest)),
    st.text(string.digits, min_size=12, max_size=12).map(lambda rest: _with_check_digit("34" + rest)),
    st.text(string.digits, min_size=13, max_size=13).map(lambda rest: _with_check_digit("55" + rest)),
)
words_without_numbers = st.sampled_from(
    ["", "please charge ", "my card: ", "quiero pagar con mi tarjeta ", "número ", "👍 ", "إليك البطاقة "]
)


class TestCards:
    @given(cards, words_without_numbers, st.sampled_from(SEPARATORS), st.integers(1, 6))
    def test_split_anyhow(self, card: str, before: str, separator: str, size: int) -> None:
        parts = [card[at : at + size] for at in range(0, len(card), size)]
        found = redact(before + separator.join(parts))
        assert found.refused == "card_number"
        assert not groups(found.text)

    @given(cards, st.sampled_from([ENGLISH, SPANISH]), st.sampled_from([" ", ", ", "-"]))
    def test_spoken(self, card: str, names: dict[str, str], separator: str) -> None:
        found = redact(separator.join(names[digit] for digit in card))
        assert found.refused == "card_number"
        assert not groups(found.text)

    @given(cards, st.sampled_from([0x0660, 0x06F0, 0x0966, 0xFF10, 0x1D7CE]))
    def test_in_other_scripts(self, card: str, zero: int) -> None:
        found = redact("".join(chr(zero + int(digit)) for digit in card))
        assert found.refused == "card_number"
        assert not groups(found.text)

    @pytest.mark.parametrize(
        "text",
        [
            "triple five triple five triple five triple five double four double four",
            "forty two forty two forty two forty two forty two forty two forty two forty two",
            "cuarenta y dos cuarenta y dos cuarenta y dos cuarenta y dos cuarenta y dos cuarenta y dos"
            " cuarenta y dos cuarenta y dos",
            "4242 4242 four two four two 4242",
            "42424242424242421227123",
            "4242 4242 4242 4241",
        ],
    )
    def test_in_odd_ways(self, text: str) -> None:
        assert redact(text).refused == "card_number"

    def test_date_and_code_behind_it_go_too(self) -> None:
        found = redact("4242 4242 4242 4242, 12/27, 123, ZIP 92599")
        assert not [group.digits for group in groups(found.text) if group.digits != "92599"]

    @pytest.mark.parametrize(
        "text", ["cvv 123", "CVC: 1234", "my security code is one two three", "código de seguridad 999"]
    )
    def test_a_security_code_alone(self, text: str) -> None:
        found = redact(text)
        assert found.refused == "card_number" and not groups(found.text)

    def test_over_several_messages(self) -> None:
        assert card_over_messages(["4242", "four two four two", "4242"], "4242") == 3
        assert card_over_messages(["42424242"], "4242 4242") == 1
        assert card_over_messages(["1234", "12345678"], "92599") == 0
        assert card_over_messages(["my account", "4242", "4242"], "4242 4242") == 0


class TestOtherNumbers:
    @pytest.mark.parametrize(
        ("text", "refused"),
        [
            ("123-45-6789", "ssn"),
            ("my social is 123456789", "ssn"),
            ("seguro social uno dos tres cuatro cinco seis siete ocho nueve", "ssn"),
            ("the end of my social is 6789", "ssn"),
            ("routing 021000021 account 1234567890", "bank_number"),
            ("021000021 and 000123456789", "bank_number"),
            ("my checking account is 000123456", "bank_number"),
            ("cuenta bancaria 1234567890", "bank_number"),
            ("número de ruta 021000021", "bank_number"),
        ],
    )
    def test_refused(self, text: str, refused: str) -> None:
        found = redact(text)
        assert found.refused == refused
        assert not groups(found.text)

    def test_the_check_digit_of_a_routing_number(self) -> None:
        assert routing_valid("021000021") and routing_valid("122105155")
        assert not routing_valid("021000022") and not routing_valid("951555012")


class TestUntouched:
    @given(st.from_regex(r"[1-9][0-9]{7}", fullmatch=True), st.sampled_from(["my account is ", "cuenta ", ""]))
    def test_account_numbers(self, number: str, before: str) -> None:
        assert redact(before + number).refused is None

    @given(st.integers(200, 999), st.integers(0, 9999))
    def test_telephone_numbers(self, exchange: int, line: int) -> None:
        for text in (f"951-{exchange}-{line:04}", f"(951) {exchange}-{line:04}", f"+1951{exchange}{line:04}"):
            assert redact(f"call me at {text}").text == f"call me at {text}"

    @given(st.integers(0, 999999))
    def test_one_time_codes_and_meter_reads(self, number: int) -> None:
        for text in (f"{number:06}", f"my code is {number:06}", f"the meter reads {number}"):
            assert redact(text).refused is None

    @given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.decimals(0, 9999, places=2))
    @example(date(1999, 1, 2), Decimal("426.79"))
    def test_dates_and_amounts(self, day: object, amount: object) -> None:
        text = f"I paid ${amount} on {day}"
        assert redact(text).text == text

    @given(st.text(st.characters(exclude_categories=["Nd", "No", "Nl", "Cs"]), max_size=200))
    def test_text_without_digits_is_kept_as_it_is(self, text: str) -> None:
        assume(not groups(text))
        assert redact(text).text == text

    @given(st.text(max_size=300))
    def test_any_text_is_survived_and_masking_is_final(self, text: str) -> None:
        once = redact(text)
        assert redact(once.text).text == once.text

    @given(st.text(max_size=100))
    def test_without_digits_leaves_none(self, text: str) -> None:
        assert not any(group.digits for group in groups(without_digits(text)))


class TestWithoutStatedSecrets:
    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("account 10001484 pin 3980", "account 10001484 pin ••••"),
            ("10001484 3980", "10001484 ••••"),
            ("1000 1484, PIN: 3980", "1000 1484, PIN: ••••"),
            ("pin 3980 account 10001484", "pin •••• account 10001484"),
            ("the code is 238337", "the code is ••••••"),
            ("mi nip es tres nueve ocho cero", "mi nip es • • • •"),
        ],
    )
    def test_a_pin_or_code_is_not_kept(self, text: str, kept: str) -> None:
        assert without_stated_secrets(text) == kept

    @pytest.mark.parametrize(
        "text",
        ["I was born in 1984", "call me at 951-555-0101", "account 1000 1484", "meter reads 1999", "sin números"],
    )
    def test_other_numbers_are_kept(self, text: str) -> None:
        assert without_stated_secrets(text) == text
