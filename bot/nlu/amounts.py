"""Amounts of money as people write and say them, in cents.

Pure: standard library only.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.nlu.spoken_numbers import Chunk
from bot.nlu.words import Word

_WRITTEN = re.compile(r"\$?(\d{1,3}(?:,\d{3})+|\d{1,6})(?:\.(\d{1,2}))?")
_DOLLARS = frozenset({"dollars", "dollar", "bucks", "buck", "usd", "dolares", "dolar", "pesos"})
_CENTS = frozenset({"cents", "cent", "centavos", "centavo"})
_JOINS = frozenset({"and", "with", "y", "con"})
_PAYS = frozenset({"pay", "paid", "pagar", "pago", "pague", "pagare", "abonar", "abono"})


@dataclass(frozen=True)
class Amount:
    """`cents`, and the words (`first` to `last`, excluded) that said so."""

    cents: int
    first: int
    last: int
    certain: bool = True
    """False when the same words could be digits: "forty two fifty"."""


def read_amounts(words: Sequence[Word], chunks: Sequence[Chunk]) -> list[Amount]:
    """Every amount of money in `words`, in order, none overlapping."""
    found: list[Amount] = []
    spoken = {chunk.first: index for index, chunk in enumerate(chunks)}
    position = 0
    while position < len(words):
        amount = next(_readings(words, chunks, spoken, position), None)
        if amount is None:
            position += 1
        else:
            found.append(amount)
            position = amount.last
    return found


def _readings(
    words: Sequence[Word], chunks: Sequence[Chunk], spoken: dict[int, int], position: int
) -> Iterator[Amount]:
    written = _written(words, position)
    if written is not None:
        yield written
    index = spoken.get(position)
    if index is not None:
        yield from _from_chunks(words, chunks, index)


def _written(words: Sequence[Word], position: int) -> Amount | None:
    """ "$42.50", "42.50", "1,200.00": written with a sign or with cents."""
    sign = words[position].text == "$"
    at = position + 1 if sign else position
    match = _WRITTEN.fullmatch(words[at].text) if at < len(words) else None
    if match is None:
        return None
    sign = sign or words[at].text.startswith("$")
    decimals = match.group(2)
    if not sign and (decimals is None or len(decimals) != 2):
        return None
    cents = int(match.group(1).replace(",", "")) * 100 + int((decimals or "0").ljust(2, "0"))
    last = at + 1
    if _at(words, last) in _DOLLARS:
        last += 1
    return Amount(cents, position, last)


def _from_chunks(words: Sequence[Word], chunks: Sequence[Chunk], index: int) -> Iterator[Amount]:
    chunk = chunks[index]
    following = chunks[index + 1] if index + 1 < len(chunks) else None
    after = _at(words, chunk.last)
    if after in _CENTS:
        yield Amount(chunk.value, chunk.first, chunk.last + 1)
    if after in _DOLLARS:
        yield _dollars(words, chunk, following)
    if after in _JOINS and following and following.first == chunk.last + 1:
        ends = following.last + (1 if _at(words, following.last) in _CENTS | _DOLLARS else 0)
        if after in {"con", "with"} and following.value < 100:
            yield Amount(chunk.value * 100 + following.value, chunk.first, ends)
    if _is_price(chunk, following, chunks[index - 1] if index else None) and following:
        ends = following.last + (1 if _at(words, following.last) in _DOLLARS else 0)
        if not (index + 2 < len(chunks) and chunks[index + 2].first == ends):
            certain = ends > following.last
            yield Amount(chunk.value * 100 + following.value, chunk.first, ends, certain)
    if _pays_before(words, chunk.first) and len(chunk.digits) <= 4:
        yield Amount(chunk.value * 100, chunk.first, chunk.last, certain=False)


def _dollars(words: Sequence[Word], chunk: Chunk, following: Chunk | None) -> Amount:
    """ "42 dollars", and "and 50 cents" after it."""
    last = chunk.last + 1
    start = last + 1 if _at(words, last) in _JOINS else last
    if following and following.first == start and following.value < 100:
        named = _at(words, following.last) in _CENTS
        if named or start > last:
            cents = chunk.value * 100 + following.value
            return Amount(cents, chunk.first, following.last + (1 if named else 0))
    return Amount(chunk.value * 100, chunk.first, last)


def _is_price(chunk: Chunk, following: Chunk | None, before: Chunk | None) -> bool:
    """ "forty two fifty": two numbers said one after the other, the second as cents."""
    if following is None or following.first != chunk.last or not following.is_tens:
        return False
    if before is not None and before.last == chunk.first:
        return False
    return chunk.cardinal and 10 <= chunk.value <= 999


def _pays_before(words: Sequence[Word], position: int) -> bool:
    return position > 0 and words[position - 1].folded in _PAYS


def _at(words: Sequence[Word], position: int) -> str:
    return words[position].folded if position < len(words) else ""
