"""Webhooks at the backend: proved, kept once, and only ever a reason to ask the processor."""

from collections.abc import AsyncIterator

import httpx
import pytest

from backend.charges import notifications
from backend.charges.tools import Tools
from backend.database import Event
from tests.backend.charges.payer import Payer
from tests.backend.charges.test_checkouts import finished, link
from tests.backend.gateway.world import PROCESSOR_KEY, WEBHOOK_SECRET, SandboxWorld, signed
from tests.backend.living import ACTIONS, TELEPHONY, Api, living, settings_for

HEADER = "processor-signature"
EVENTS = "SELECT kind, handled_at IS NULL AS open FROM gateway_events ORDER BY received_at, id"


@pytest.fixture
def events(tools: Tools) -> list[Event]:
    """What the database's listeners hear."""
    heard: list[Event] = []

    async def hear(news: list[Event]) -> None:
        heard.extend(event for event in news if event.kind in ("charge", "checkout_page", "setup_page"))

    tools.database.listeners.append(hear)
    return heard


async def hear(payer: Payer, body: bytes) -> str:
    """One webhook."""
    tools = payer.tools
    heard = await notifications.hear(tools.database, tools.gateway, body, signed(body, HEADER), now=tools.clock.now())
    return heard.outcome


async def test_the_outcome_is_learned_by_webhook_when_the_answer_got_lost(
    world: SandboxWorld, payer: Payer, events: list[Event]
) -> None:
    await world.misbehave("charge_then_silence")
    charge = await payer.agree()
    assert await payer.walk(charge.id) == "wait"
    events.clear()
    (body,) = await world.bodies()
    assert await hear(payer, body) == "kept"
    assert [(event.kind, event.data) for event in events] == [("charge", {"charge_id": str(charge.id)})]
    await payer.walk(charge.id)
    assert (await payer.state(charge.id)).status == "told"


async def test_the_webhook_may_be_there_before_the_answer(world: SandboxWorld, payer: Payer) -> None:
    charge = await payer.agree()
    await payer.rows("UPDATE charges SET status = 'submitted', submitted_at = now(), attempted_at = now() RETURNING id")
    ((token, customer),) = await payer.rows("SELECT method_token, processor_customer FROM charges")
    await world.charge_directly(str(charge.id), token, customer)
    (body,) = await world.bodies()
    await hear(payer, body)
    await payer.walk(charge.id)
    assert (await payer.state(charge.id)).status == "told"
    assert await world.attempts() == 1


async def test_twice_and_late_it_is_one_event_and_changes_nothing(
    world: SandboxWorld, payer: Payer, events: list[Event]
) -> None:
    charge = await payer.agree()
    await payer.walk(charge.id)
    events.clear()
    (body,) = await world.bodies()
    assert [await hear(payer, body) for _ in range(3)] == ["kept", "duplicate", "duplicate"]
    assert events == []
    assert len(await payer.rows(EVENTS)) == 1
    assert (await payer.balance_cents(), len(await payer.texts())) == (0, 1)


async def test_in_any_order_the_processors_present_word_counts(world: SandboxWorld, payer: Payer) -> None:
    """A card was declined on the page, another paid: the news of the decline comes last."""
    made = await link(payer)
    await world.fill_in(made.page, "insufficient_funds")
    await world.fill_in(made.page, "visa")
    for body in reversed(await world.bodies()):
        await hear(payer, body)
    await finished(payer, made.checkout_id)
    for body in await world.bodies():
        await hear(payer, body)
    await payer.walk(made.checkout_id)
    assert (await payer.state(made.checkout_id)).status == "told"
    assert await payer.balance_cents() == 0


async def test_a_charge_that_was_given_up_and_is_there_after_all_reaches_the_ledger(
    world: SandboxWorld, payer: Payer
) -> None:
    await world.misbehave("charge_then_silence")
    charge = await payer.agree()
    await payer.walk(charge.id)
    given_up = "status = 'failed', decline_reason = 'not_taken', told_at = now(), look_at = NULL"
    await payer.rows(f"UPDATE charges SET {given_up} RETURNING id")
    (body,) = await world.bodies()
    assert await hear(payer, body) == "kept"
    await payer.walk(charge.id)
    assert (await payer.state(charge.id)).status == "told"
    assert await payer.balance_cents() == 0


async def test_a_page_that_was_completed_is_looked_at(world: SandboxWorld, payer: Payer, events: list[Event]) -> None:
    made = await link(payer)
    await world.fill_in(made.page, "visa")
    for body in await world.bodies():
        await hear(payer, body)
    assert ("checkout_page", {"checkout_id": str(made.checkout_id)}) in [(event.kind, event.data) for event in events]


async def test_news_of_somebody_elses_charge_is_no_news(world: SandboxWorld, payer: Payer, events: list[Event]) -> None:
    token = await world.save_method("visa", None)
    for reference in ("of another system", "01a2b3c4-0000-7000-8000-000000000000"):
        await world.charge_directly(reference, token)
    events.clear()
    for body in await world.bodies():
        assert await hear(payer, body) == "kept"
    assert events == []


class TestRoute:
    @pytest.fixture
    async def api(self, database_url: str, valkey_url: str, world: SandboxWorld) -> AsyncIterator[Api]:
        settings = settings_for(
            database_url,
            valkey_url,
            processor_url=world.url,
            processor_key=PROCESSOR_KEY,
            processor_webhook_secret=WEBHOOK_SECRET,
        )
        async with living(settings) as made:
            yield made

    async def post(self, api: Api, body: bytes, headers: dict[str, str]) -> httpx.Response:
        return await api.client.post("/v1/payment-notifications", content=body, headers=headers)

    async def test_takes_what_telephony_passes_on(self, api: Api, world: SandboxWorld, payer: Payer) -> None:
        await payer.walk((await payer.agree()).id)
        (body,) = await world.bodies()
        answers = [await self.post(api, body, {**TELEPHONY, **signed(body, HEADER)}) for _ in range(2)]
        assert [(answer.status_code, answer.json()["outcome"]) for answer in answers] == [
            (200, "kept"),
            (200, "duplicate"),
        ]

    async def test_refuses_what_is_forged_replayed_or_from_last_week(
        self, api: Api, world: SandboxWorld, payer: Payer
    ) -> None:
        await payer.walk((await payer.agree()).id)
        (body,) = await world.bodies()
        for headers in (
            {},
            signed(body, HEADER, secret="whsec_of_somebody_else"),
            signed(body, HEADER, seconds_ago=7 * 86_400),
            signed(body + b" ", HEADER),
        ):
            answer = await self.post(api, body, {**TELEPHONY, **headers})
            assert (answer.status_code, answer.json()["error"]) == (403, "notification_refused")
        assert await payer.rows(EVENTS) == []

    async def test_is_telephonys_alone(self, api: Api, world: SandboxWorld, payer: Payer) -> None:
        await payer.walk((await payer.agree()).id)
        (body,) = await world.bodies()
        assert (await self.post(api, body, {**ACTIONS, **signed(body, HEADER)})).status_code == 403
        assert (await self.post(api, body, signed(body, HEADER))).status_code == 401


async def test_without_a_processor_there_is_nothing_to_hear(api: Api) -> None:
    answer = await api.client.post("/v1/payment-notifications", content=b"{}", headers=TELEPHONY)
    assert (answer.status_code, answer.json()["error"]) == (503, "payments_off")
