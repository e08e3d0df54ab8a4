"""What a message gives towards showing who somebody is: groups of digits by their length, or a name. Pure."""

import re
from dataclasses import dataclass

ACCOUNT_DIGITS = 8
PIN_DIGITS = 4
ZIP_DIGITS = 5
ZIP_PLUS_DIGITS = 9
CALLING_NUMBER = "calling_number"
_NAME_WORD = r"[^\W\d_][\w.'’-]*"
_NAME = re.compile(
    rf"\W*(?:(?:yes|hi|hello|s[ií]|hola)\b[\s,]*)?(?:"
    rf"(?i:this is|my name(?:'s| is)|it'?s (?:under|in)|under|me llamo|mi nombre es|soy|(?:le )?habla|"
    rf"(?:est[aá] )?a nombre de)\s+{_NAME_WORD}(?:\s+{_NAME_WORD}){{0,4}}"
    rf"|(?:I'?m |I am )?[A-ZÀ-Ý][\w'’-]+(?:\s+[A-ZÀ-Ý][\w.'’-]*){{1,3}})\W*"
)


@dataclass(frozen=True, slots=True)
class Details:
    """What one message gives towards an identity; `unclear` when it has digits that fit nothing."""

    account: str | None = None
    secret: str | None = None
    unclear: bool = False


def read_details(groups: list[str], *, calling_number: bool, zip_plus: bool = False) -> Details:
    """Sort groups of digits by their length: 8 is an account number, 4 a PIN, 5 a ZIP.

    Nine digits are a ZIP+4 where one may be expected (`zip_plus`), else a mistyped account number.

    An account number and a PIN or ZIP said in one breath arrive as one group and are cut apart.
    """
    account = CALLING_NUMBER if calling_number else None
    secret, unclear = None, False
    for group in groups:
        head, tail = group[:ACCOUNT_DIGITS], group[ACCOUNT_DIGITS:]
        if len(group) == ACCOUNT_DIGITS:
            account = group
        elif len(group) in {PIN_DIGITS, ZIP_DIGITS}:
            secret = group
        elif zip_plus and len(group) == ZIP_PLUS_DIGITS:
            secret = group[:ZIP_DIGITS]
        elif len(tail) in {PIN_DIGITS, ZIP_DIGITS}:
            account, secret = head, tail
        else:
            unclear = True
    return Details(account, secret, unclear and account is None and secret is None)


def is_a_name(text: str) -> bool:
    """Whether a message that nobody understands may say who somebody is: "this is Ana Torres", "Ana Torres"."""
    return _NAME.fullmatch(text) is not None
