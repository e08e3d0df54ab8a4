"""How a card or bank account gets on file, for which accounts, and off file again."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.gateway.errors import DeclinedError, GatewayUnavailableError
from backend.gateway.values import MethodKind
from backend.saved_methods import service, setups
from backend.saved_methods.service import MethodNotFoundError, SavedMethod
from backend.saved_methods.setups import NewSetup, OneCustomerError, SetupLink, SetupNotFoundError, SetupOverError
from tests.backend.charges.payer import Payer, enrolled
from tests.backend.factories import make_account
from tests.backend.gateway.world import SandboxWorld

OVERDUE = "UPDATE method_setups SET look_at = now() - interval '1 second' RETURNING id"


async def begin(payer: Payer, **changes: Any) -> SetupLink:
    """A page for the payer to save a method on."""
    values = {
        "idempotency_key": f"setup:{uuid4()}",
        "account_ids": [payer.account_id],
        "language": "es",
        "return_url": "https://district.example/back",
    }
    tools = payer.tools
    return await setups.begin_setup(
        tools.database, tools.gateway, NewSetup(**{**values, **changes}), now=tools.real_now
    )


async def look(payer: Payer, setup_id: UUID) -> UUID | None:
    tools = payer.tools
    return await setups.look_at_setup(tools.database, tools.gateway, setup_id, now=tools.real_now)


async def on_file(payer: Payer, account_id: UUID | None = None) -> list[SavedMethod]:
    async with payer.tools.database.transaction() as session:
        return await service.methods_of(session, account_id or payer.account_id)


async def test_what_was_saved_on_the_page_is_on_file_and_can_be_charged(world: SandboxWorld, payer: Payer) -> None:
    made = await begin(payer)
    assert await look(payer, made.setup_id) is None
    assert await world.fill_in(made.page, "mastercard")
    method_id = await look(payer, made.setup_id)
    assert method_id is not None
    assert await look(payer, made.setup_id) == method_id
    newest, _ = await on_file(payer)
    assert (newest.id, newest.kind, newest.label("es")) == (
        method_id,
        MethodKind.CARD,
        "Mastercard que termina en 4444",
    )
    assert newest.expires_on is not None and newest.expires_on > payer.tools.real_now.date()
    charge = await payer.agree(method=method_id)
    await payer.walk(charge.id)
    assert (await payer.state(charge.id)).method_label == "Mastercard ending in 4444"


async def test_nothing_but_a_token_and_what_may_be_shown_is_kept(world: SandboxWorld, payer: Payer) -> None:
    made = await begin(payer)
    await world.fill_in(made.page, "checking")
    await look(payer, made.setup_id)
    kept = await payer.rows("SELECT brand, last4, expires_on, label FROM saved_methods WHERE kind = 'bank_account'")
    assert [tuple(row) for row in kept] == [("Sandbox Bank", "6789", None, "Sandbox Bank ending in 6789")]


async def test_one_method_for_several_accounts_of_a_customer(world: SandboxWorld, payer: Payer) -> None:
    second = await _second_account(payer)
    made = await begin(payer, account_ids=[payer.account_id, second])
    await world.fill_in(made.page, "visa")
    method_id = await look(payer, made.setup_id)
    assert [method.id for method in await on_file(payer, second)] == [method_id]
    async with payer.tools.database.transaction() as session:
        await service.not_for(session, method_id, second, payer.tools.real_now)  # type: ignore[arg-type]
        with pytest.raises(MethodNotFoundError):
            await service.not_for(session, method_id, second, payer.tools.real_now)  # type: ignore[arg-type]
    assert await on_file(payer, second) == []
    assert method_id in [method.id for method in await on_file(payer)]
    async with payer.tools.database.transaction() as session:
        await service.also_for(session, method_id, second, payer.tools.real_now)  # type: ignore[arg-type]
    assert [method.id for method in await on_file(payer, second)] == [method_id]


async def _second_account(payer: Payer) -> UUID:
    async with payer.tools.database.transaction() as session:
        second = await make_account(session)
    moved = f"UPDATE accounts SET customer_id = '{payer.customer_id}' WHERE id = '{second}' RETURNING id"
    await payer.rows(moved)
    return second


async def test_accounts_of_two_customers_need_two_pages(world: SandboxWorld, payer: Payer) -> None:
    other = await enrolled(payer.tools, world)
    with pytest.raises(OneCustomerError):
        await begin(payer, account_ids=[payer.account_id, other.account_id])


async def test_the_same_key_is_the_same_page_until_it_was_used(world: SandboxWorld, payer: Payer) -> None:
    first = await begin(payer, idempotency_key="one")
    assert await begin(payer, idempotency_key="one") == first
    await world.fill_in(first.page, "visa")
    await look(payer, first.setup_id)
    with pytest.raises(SetupOverError) as over:
        await begin(payer, idempotency_key="one")
    assert over.value.extra == {"state": "completed"}


async def test_details_that_are_wrong_are_put_right_on_the_page(world: SandboxWorld, payer: Payer) -> None:
    made = await begin(payer)
    assert not await world.fill_in(made.page, "incorrect_details")
    assert await look(payer, made.setup_id) is None
    assert await world.fill_in(made.page, "visa")
    assert await look(payer, made.setup_id) is not None


async def test_a_page_that_nobody_used_saves_nothing(world: SandboxWorld, payer: Payer) -> None:
    made = await begin(payer)
    await world.pass_seconds(3_700)
    assert await look(payer, made.setup_id) is None
    assert await payer.rows("SELECT id FROM method_setups WHERE status = 'open'") == []
    assert len(await on_file(payer)) == 1


async def test_a_page_whose_notification_got_lost_is_asked_about(world: SandboxWorld, payer: Payer) -> None:
    made = await begin(payer)
    assert await setups.due_setups(payer.tools.database) == []
    await payer.rows(OVERDUE)
    assert await setups.due_setups(payer.tools.database) == [made.setup_id]
    await world.go_down(True)
    with pytest.raises(GatewayUnavailableError):
        await look(payer, made.setup_id)
    assert await setups.due_setups(payer.tools.database) == []


async def test_a_setup_that_does_not_exist(payer: Payer) -> None:
    with pytest.raises(SetupNotFoundError):
        await look(payer, uuid4())


class TestOffFile:
    async def remove(self, payer: Payer, method_id: UUID) -> None:
        tools = payer.tools
        await service.remove_method(
            tools.database, tools.gateway, method_id, reason="removed by the customer", now=tools.real_now
        )

    async def test_a_removed_method_is_gone_here_and_at_the_processor(self, payer: Payer) -> None:
        ((token,),) = await payer.rows("SELECT token FROM saved_methods")
        await self.remove(payer, payer.method_id)
        assert await on_file(payer) == []
        assert (await payer.tools.gateway.method(token)).customer is None
        with pytest.raises(MethodNotFoundError):
            await payer.agree()

    async def test_with_the_processor_down_it_is_gone_here_at_once(self, world: SandboxWorld, payer: Payer) -> None:
        await world.go_down(True)
        with pytest.raises(GatewayUnavailableError):
            await self.remove(payer, payer.method_id)
        assert await on_file(payer) == []
        await world.go_down(False)
        await self.remove(payer, payer.method_id)
        ((token,),) = await payer.rows("SELECT token FROM saved_methods")
        assert (await payer.tools.gateway.method(token)).customer is None

    async def test_a_method_of_nobody(self, payer: Payer) -> None:
        with pytest.raises(MethodNotFoundError):
            await self.remove(payer, uuid4())
        with pytest.raises(DeclinedError):
            await payer.tools.gateway.method("pm_of_nobody")
