"""Tables that read as tables on a desk, and as cards on a phone, where each cell brings the name of its column."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from backend.console.pen import Pen

# The roles are written out because cards are not displayed as a table, and browsers then forget that it is one.


class Rows:
    """The body of a table, written cell by cell in the order of its columns."""

    def __init__(self, pen: Pen, columns: Sequence[tuple[str, str]]) -> None:
        self._pen, self._columns = pen, columns
        self._place = 0

    @contextmanager
    def row(self, css: str = "", **attributes: object) -> Iterator[None]:
        self._place = 0
        with self._pen.within("tr", css, role="row", **attributes):
            yield

    def cell(self, text: str, css: str = "") -> None:
        """The next cell, with words in it."""
        name, own = self._next()
        self._pen("td", text, f"{own} {css}".strip(), role="cell", data_label=name)

    @contextmanager
    def across(self, css: str = "") -> Iterator[None]:
        """A row of one cell over all columns."""
        with (
            self._pen.within("tr", css, role="row"),
            self._pen.within("td", role="cell", colspan=len(self._columns), data_label=""),
        ):
            yield

    @contextmanager
    def within(self, css: str = "") -> Iterator[None]:
        """The next cell, with whatever is written inside the block."""
        name, own = self._next()
        with self._pen.within("td", f"{own} {css}".strip(), role="cell", data_label=name):
            yield

    def _next(self) -> tuple[str, str]:
        self._place += 1
        return self._columns[self._place - 1]


@contextmanager
def table(pen: Pen, caption: str, columns: Sequence[tuple[str, str]], css: str = "") -> Iterator[Rows]:
    """A table with a caption for those who do not see it; a column is its name and the css of its cells."""
    with pen.within("table", f"table {css}".strip(), role="table"):
        pen("caption", caption, "unseen")
        with pen.within("thead", role="rowgroup"), pen.within("tr", role="row"):
            for name, own in columns:
                if name:
                    pen("th", name, own, role="columnheader", scope="col")
                else:
                    pen("td", "", own, role="cell")
        with pen.within("tbody", role="rowgroup"):
            yield Rows(pen, columns)


def facts(pen: Pen, pairs: Sequence[tuple[str, str]], css: str = "pairs") -> None:
    """What is known, as names with their values; what is empty is left out."""
    with pen.within("dl", css):
        for name, value in pairs:
            if value:
                with pen.within("div"):
                    pen("dt", name)
                    pen("dd", value)
