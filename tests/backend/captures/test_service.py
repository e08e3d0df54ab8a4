"""A card keyed in with a lead on the line: field by field, in dots, charged once; canceled, wrong, and told twice."""

import pytest

from backend.access import Principal, Role
from backend.captures.errors import CaptureNotFoundError, CaptureOpenError
from backend.captures.service import Next
from backend.charges.service import PaymentInProgressError
from backend.models.base import new_id
from backend.offers.errors import PaymentPendingError
from backend.queue.lines import NoCallError
from tests.backend.captures.conftest import CALL, Line
from tests.backend.charges.payer import DEBT_CENTS, Payer
from tests.backend.gateway.world import SandboxWorld

NUMBER = {"payment-card-number": "••••••••••••4242"}
FIELDS = {**NUMBER, "expiration-date": "••••", "security-code": "•••", "postal-code": "•••••"}


async def test_field_by_field_until_it_is_charged_once(line: Line, payer: Payer, world: SandboxWorld) -> None:
    capture_id = await line.begin()
    (order,) = await line.orders()
    assert (order["what"], order["call_sid"], order["method"]) == ("take_card", CALL, "card")
    first = await line.told(capture_id)
    assert first == Next("ask", "payment-card-number", f"{capture_id}:payment-card-number:1")
    assert (await line.told(capture_id)).action == "none", "the same news again asks for nothing"
    await line.told(capture_id, partial="••••")
    assert (await line.seen()).partial == "••••"
    keyed: dict[str, str] = {}
    for name, following in zip(FIELDS, [*list(FIELDS)[1:], None], strict=True):
        keyed[name] = FIELDS[name]
        asked = await line.told(capture_id, keyed=dict(keyed))
        assert (asked.action, asked.field) == (("ask", following) if following else ("complete", None))
    assert (await line.told(capture_id, keyed=NUMBER)).action == "none", "late news takes nothing back"
    token = await world.save_method("visa", None)
    for _ in range(2):
        await line.told(capture_id, result="success", token=token, brand="visa", last4="4242")
    ((charge_id,),) = await line.rows("SELECT id FROM charges")
    await payer.walk_until_done(charge_id)
    seen = await line.seen()
    assert seen.status == "charged" and seen.charge is not None and seen.charge.confirmation_number is not None
    assert await payer.balance_cents() == DEBT_CENTS - 2_500 and await world.attempts() == 1
    (text,) = await payer.texts()
    assert "$25.00 from Visa ending in 4242" in text and "Your balance is now $57.50." in text
    kinds = [row.kind for row in await line.rows("SELECT kind FROM hand_off_events ORDER BY id")]
    assert kinds[-2:] == ["card_asked", "card_charged"]


async def test_a_wrong_field_is_asked_for_again(line: Line) -> None:
    capture_id = await line.begin()
    await line.told(capture_id)
    await line.told(capture_id, problem="invalid-card-number")
    assert (await line.seen()).problem == "invalid-card-number"
    await line.again()
    *_, order = await line.orders()
    assert (order["what"], order["field"], order["payment_sid"]) == ("ask_card", "payment-card-number", "PK1")
    assert order["key"] == f"{capture_id}:payment-card-number:2" and (await line.seen()).problem is None


async def test_canceled_charges_nothing_even_when_the_token_comes_later(
    line: Line, payer: Payer, world: SandboxWorld
) -> None:
    capture_id = await line.begin()
    with pytest.raises(CaptureOpenError):
        await line.begin()
    with pytest.raises(CaptureOpenError):
        await line.record_again()
    await line.cancel()  # telephony has not told of a session yet: it is dropped when it does
    assert (await line.told(capture_id)).action == "drop"
    token = await world.save_method("visa", None)
    assert (await line.told(capture_id, result="success", token=token)).action == "none"
    assert (await line.seen()).status == "canceled" and await line.rows("SELECT 1 FROM charges") == []
    await line.record_again()
    with pytest.raises(CaptureNotFoundError):
        await line.cancel()
    again = await line.begin(cents=1_000)
    await line.told(again, result="payment-connector-error", problem="64012")
    seen = await line.seen()
    assert (seen.id, seen.status, seen.problem) == (again, "failed", "64012")


async def test_what_is_on_its_way_is_not_taken_again(line: Line, payer: Payer, world: SandboxWorld) -> None:
    bank = await payer.save("checking")
    capture_id = await line.begin(cents=DEBT_CENTS)
    await payer.walk((await payer.agree(method=bank, amount_cents=5_000)).id)  # on the web, while the caller keys it in
    await line.told(capture_id, result="success", token=await world.save_method("visa", None))
    assert ((await line.seen()).status, await world.attempts()) == ("failed", 1)
    with pytest.raises(PaymentPendingError) as refused:
        await line.begin(cents=DEBT_CENTS)
    assert refused.value.extra == {"amount_cents": 5_000, "left_cents": DEBT_CENTS - 5_000}
    await line.begin(cents=DEBT_CENTS - 5_000)


async def test_only_who_talks_may_and_not_beside_another_payment(line: Line, payer: Payer) -> None:
    stranger = Line(line.tools, Principal.of_staff(new_id(), Role.LEAD), line.case)
    with pytest.raises(NoCallError):
        await stranger.begin()
    await payer.agree(amount_cents=1_000)
    with pytest.raises(PaymentInProgressError):
        await line.begin()
