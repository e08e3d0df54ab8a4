"""What may stand in a text about a visitor: pure."""

import re

NAME_LENGTH_MAX = 60
_NOT_OF_NAMES = re.compile(r"[^\w &'’-]+")


def plain_name(words: str) -> str:
    """A name without what makes a link: anybody can say that they visit somebody."""
    return " ".join(_NOT_OF_NAMES.sub(" ", words).split())[:NAME_LENGTH_MAX]
