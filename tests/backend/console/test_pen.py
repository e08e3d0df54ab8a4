"""What is written for a page is text, whoever has written it first: nothing that is shown can become markup."""

import pytest

from backend.console.pen import Pen
from backend.console.tables import facts, table

NASTY = """<script>alert("x")</script> & 'so on'"""


def test_words_and_attributes_are_escaped() -> None:
    pen = Pen()
    with pen.within("p", NASTY, title=NASTY):
        pen("b", NASTY)
        pen.text(NASTY)
    assert "<script" not in pen.html
    assert pen.html.count("&lt;script&gt;") == 4
    assert 'title="&lt;script&gt;alert(&quot;x&quot;)' in pen.html


def test_an_attribute_is_written_as_it_is_meant() -> None:
    pen = Pen()
    pen("input", id="a", for_="b", aria_label="c", required=True, disabled=False, value=None, min=0)
    assert pen.html == '<input id="a" for="b" aria-label="c" required min="0">'


def test_a_button_names_its_deed_and_has_an_id_of_its_own() -> None:
    pen = Pen()
    pen.button("Reverse", "reverse", 7, "button bad")
    assert pen.html == (
        '<button class="button bad" type="button" data-deed="reverse" data-value="7" id="reverse-7">Reverse</button>'
    )


@pytest.mark.parametrize("kind", ["svg", "polyline", "circle", "span"])
def test_only_html_has_elements_without_an_end(kind: str) -> None:
    pen = Pen()
    pen(kind)
    assert pen.html == f"<{kind}></{kind}>"


def test_a_table_says_of_each_cell_which_column_it_is_in() -> None:
    pen = Pen()
    with table(pen, "Bills", [("Date", "day"), ("Amount", "number"), ("", "deeds-cell")]) as rows, rows.row():
        rows.cell("Nov 1")
        rows.cell("$5.00", "struck")
        with rows.within():
            pen("b", "x")
    assert '<td class="day" role="cell" data-label="Date">Nov 1</td>' in pen.html
    assert '<td class="number struck" role="cell" data-label="Amount">$5.00</td>' in pen.html
    assert '<td class="deeds-cell" role="cell" data-label=""><b>x</b></td>' in pen.html
    assert pen.html.count('role="columnheader"') == 2


def test_what_is_not_known_is_left_out_of_the_facts() -> None:
    pen = Pen()
    facts(pen, [("Phone", "(951) 555-0101"), ("Email", "")])
    assert "Phone" in pen.html and "Email" not in pen.html
