"""Whatever a bank writes is read back; whatever happens to it on the way, it is refused or says the same money."""

from collections import Counter
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.payments import bai2, nacha, payment_csv
from backend.payments.files import Dates, FileRefusedError, same_content
from backend.payments.return_rules import RULES
from tests.backend.payments import bank_files
from tests.backend.payments.bank_files import Deposit, Entry, Line

DATES = Dates(date(2026, 11, 23), days_back=400)
LARGEST_CENTS = 25_000_000

amounts = st.integers(1, LARGEST_CENTS)
account_numbers = st.integers(10_000_000, 99_999_999).map(str)
words = st.text("ABCXYZabcñü 0123456789-.'/\"&,", max_size=30)
ends = st.sampled_from(["\n", "\r\n", "\r"])
deposits = st.lists(
    st.builds(
        Deposit,
        account=account_numbers,
        cents=amounts,
        bank_reference=st.integers(0, 10**12).map(str),
        text=words.map(lambda text: text.strip().rstrip("/")),
        funds=st.sampled_from(["Z", "0", "1", "V,261123,1200", "S,1,2,3", "D,1,0,5", ""]),
    ),
    max_size=12,
)
entries = st.lists(
    st.one_of(
        st.builds(
            Entry,
            code=st.sampled_from(sorted(RULES)),
            cents=st.integers(0, 10**10 - 1),
            account=account_numbers,
            trace=st.integers(0, 10**15 - 1).map(lambda number: f"{number:015d}"),
            transaction=st.sampled_from(["26", "36", "21", "31"]),
            bank=st.integers(0, 99_999_999).map(lambda number: f"{number:08d}"),
        ),
        st.builds(Entry, code=st.sampled_from(["C01", "C05"]), cents=st.just(0), account=account_numbers),
    ),
    max_size=12,
)
lines = st.lists(
    st.builds(
        Line,
        account=account_numbers,
        cents=amounts,
        day=st.dates(date(2026, 1, 1), date(2026, 11, 24)),
        method=st.sampled_from(["cash", "check", "card", "bank_transfer", "lockbox"]),
        reference=words.map(str.strip),
    ),
    max_size=12,
)


@given(deposits, st.integers(1, 5), ends)
def test_a_lockbox_file_is_read_back(made: list[Deposit], per_account: int, end: str) -> None:
    content = bank_files.bai2(made, per_account=per_account, end=end)
    found = bai2.parse(content, DATES, LARGEST_CENTS)
    assert [(one.reference, one.amount_cents, one.bank_reference) for one in found.receipts] == [
        (one.account, one.cents, one.bank_reference) for one in made
    ]
    assert found.total_cents == sum(one.cents for one in made)


@given(entries, st.integers(1, 5), st.sampled_from(["\n", "\r\n", ""]))
def test_a_return_file_is_read_back(made: list[Entry], per_batch: int, end: str) -> None:
    found = nacha.parse(bank_files.nacha(made, per_batch=per_batch, end=end), DATES)
    assert [(one.reason_code, one.amount_cents, one.individual_id, one.trace_number) for one in found.returns] == [
        (one.code, one.cents, one.account, one.trace) for one in made
    ]


@given(lines, st.booleans(), ends)
def test_a_plain_csv_is_read_back(made: list[Line], quoted: bool, end: str) -> None:
    found = payment_csv.parse(bank_files.payment_csv(made, quoted=quoted, end=end), DATES, LARGEST_CENTS)
    assert [(r.reference, r.amount_cents, r.received_on, r.method, r.bank_reference) for r in found.receipts] == [
        (one.account, one.cents, one.day, one.method, one.reference or None) for one in made
    ]


def _lockbox(content: bytes) -> Counter[int]:
    return Counter(one.amount_cents for one in bai2.parse(content, DATES, LARGEST_CENTS).receipts)


def _returns(content: bytes) -> Counter[int]:
    return Counter(one.amount_cents for one in nacha.parse(content, DATES).returns)


def _csv(content: bytes) -> Counter[int]:
    return Counter(one.amount_cents for one in payment_csv.parse(content, DATES, LARGEST_CENTS).receipts)


files = st.one_of(
    st.tuples(deposits.map(bank_files.bai2), st.just(_lockbox)),
    st.tuples(entries.map(bank_files.nacha), st.just(_returns)),
    st.tuples(lines.map(bank_files.payment_csv), st.just(_csv)),
)


@st.composite
def one_byte_off(draw: st.DrawFn, content: bytes) -> bytes:
    """A byte changed, lost or too many."""
    place = draw(st.integers(0, len(content) - 1))
    kind = draw(st.sampled_from(["change", "lose", "add"]))
    byte = (
        b"" if kind == "lose" else bytes([draw(st.one_of(st.sampled_from(b"0123456789,/-\n "), st.integers(0, 255)))])
    )
    return content[:place] + byte + content[place + (kind != "add") :]


@st.composite
def lines_off(draw: st.DrawFn, content: bytes) -> bytes:
    """A line lost, doubled or moved, or the end cut off."""
    rows = content.split(b"\n")[:-1]
    place, other = draw(st.integers(0, len(rows) - 1)), draw(st.integers(0, len(rows) - 1))
    kind = draw(st.sampled_from(["lose", "double", "swap", "cut"]))
    if kind == "lose":
        del rows[place]
    elif kind == "double":
        rows.insert(other, rows[place])
    elif kind == "swap":
        rows[place], rows[other] = rows[other], rows[place]
    else:
        rows = rows[:place]
    return b"\n".join(rows)


@settings(max_examples=400)
@given(st.data())
def test_a_file_that_suffered_is_refused_or_says_the_same_money(data: st.DataObject) -> None:
    content, money = data.draw(files)
    damaged = data.draw(st.one_of(one_byte_off(content), lines_off(content)))
    try:
        found = money(damaged)
    except FileRefusedError as refused:
        assert refused.problems
        assert all(problem.line >= 1 and problem.field and problem.reason for problem in refused.problems)
    else:
        assert found == money(content)


@given(st.binary(max_size=400))
def test_anything_at_all_is_refused_and_nothing_worse(content: bytes) -> None:
    for money in (_lockbox, _returns, _csv):
        try:
            found = money(content)
        except FileRefusedError:
            continue
        assert not found


@given(files, ends, st.booleans())
def test_sent_again_with_other_line_ends_it_is_the_same_content(
    made: tuple[bytes, object], end: str, marked: bool
) -> None:
    content, _ = made
    again = (b"\xef\xbb\xbf" if marked else b"") + content.replace(b"\n", end.encode())
    assert same_content(again) == same_content(content)
