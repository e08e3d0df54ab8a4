"""CSV files of messages: what is read, what is refused and how it is said."""

from pathlib import Path

import pytest

from bench.nlu.data import DataError, Row, check_rows, draw_rows, hold_out, read_rows, split_rows


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "rows.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_labels_for_out_of_scope_become_one(tmp_path: Path) -> None:
    path = written(tmp_path, 'text,intent\n"pay, now",pay\njoke,oos\nsong,\nhola,out_of_scope\n')
    rows = read_rows(path)
    assert [row.intent for row in rows] == ["pay", "out_of_scope", "out_of_scope", "out_of_scope"]
    assert rows[0].text == "pay, now"
    assert [row.in_scope for row in rows] == [True, False, False, False]


def test_a_label_of_ones_own_takes_the_place_of_the_usual(tmp_path: Path) -> None:
    rows = read_rows(written(tmp_path, "text,intent\njoke,NO_NODES_DETECTED\nhi,oos\n"), ["NO_NODES_DETECTED"])
    assert [row.intent for row in rows] == ["out_of_scope", "oos"]


def test_columns_may_stand_in_any_order_beside_others(tmp_path: Path) -> None:
    rows = read_rows(written(tmp_path, "id,intent,text\n1,pay,let me pay\n"))
    assert rows == [Row("let me pay", "pay")]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("sentence,intent\nhi,greet\n", "line 1: no column text"),
        ("", "line 1: no column text or intent"),
        ("text,intent\n", "has no rows"),
        ("text,intent\nhi,greet\n ,greet\n", "line 3: the text is empty"),
        ("text,intent\nhi, there,greet\n", "line 2: not two columns"),
        ("text,intent\nhi\n", "line 2: not two columns"),
        ('text,intent\n"hi,greet\n', "unexpected end of data"),
        (b"text,intent\nma\xf1ana,greet\n", "is not UTF-8"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path, content: str | bytes, told: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(DataError, match=told) as refused:
        read_rows(path)
    assert str(path) in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.csv: cannot be read"):
        read_rows(tmp_path / "nowhere.csv")


ROWS = [Row(f"{intent} {number}", intent) for intent in ("a", "b", "c") for number in range(10)]


def test_draws_are_even_different_and_repeatable() -> None:
    first, second = draw_rows(ROWS, 4, seed=1), draw_rows(ROWS, 4, seed=2)
    assert [row.intent for row in first].count("b") == 4
    assert first != second
    assert draw_rows(ROWS, 4, seed=1) == first


def test_a_split_shares_every_intent_out_and_loses_nothing() -> None:
    learn, tried = split_rows(ROWS, 0.2, seed=3)
    assert sorted((learn + tried), key=ROWS.index) == ROWS
    assert [row.intent for row in tried].count("a") == 2


def test_held_out_intents_are_out_of_scope_where_tried_and_never_learned() -> None:
    learn, tried = hold_out(ROWS, ROWS, 1, seed=5)
    assert len({row.intent for row in learn}) == 2
    assert sum(not row.in_scope for row in tried) == 10


def test_what_cannot_be_learned_is_refused() -> None:
    with pytest.raises(DataError, match="two intents"):
        check_rows([Row("hi", "a")], [])
    with pytest.raises(DataError, match="without a training example: z"):
        check_rows(ROWS, [Row("hi", "z")])
