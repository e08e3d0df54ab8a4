"""An account's card payments on its page: on their way, with a fee, back to the card, and what autopay draws from."""

from datetime import UTC, date, datetime
from uuid import UUID

from playwright.async_api import expect
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from backend.payments.service import new_payment, post_new
from backend.settings import driver_url
from tests.backend.console.conftest import SignIn
from tests.backend.console.office import Office

TOLD = "[data-notice=done]"


async def test_a_payment_on_its_way(office: Office, sign_in: SignIn) -> None:
    account = office.account("leak")
    office.execute(
        "INSERT INTO charges (id, idempotency_key, account_id, amount_cents, purpose, channel, processor, method_token,"
        " method_kind, method_label, description, language, shows_balance, status, created_at, received_on)"
        " VALUES (gen_random_uuid(), 'a debit', %(id)s, 5000, 'bill', 'link', 'elsewhere', 'pm_1', 'bank_account',"
        " 'Bank account ending in 6789', 'Water bill payment', 'en', true, 'pending', now(), '2026-11-20')",
        {"id": account.id},
    )
    page = await sign_in("dana", path=account.path + "/payments")
    await expect(page.get_by_text("On its way: $50.00 from Bank account ending in 6789")).to_be_visible()


async def paid_by_card(office: Office, account_id: UUID, fee_cents: int = 0) -> None:
    """A payment of $70.00 through the processor."""
    now = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
    engine = create_async_engine(driver_url(office.database_url))
    async with AsyncSession(engine) as session:
        new = new_payment(
            account_id=account_id, amount_cents=7_000, fee_cents=fee_cents, method="card",
            received_on=date(2026, 11, 23), idempotency_key=f"charge of {account_id}",
        )  # fmt: skip
        made = await post_new(session, new, None, now)
        await session.commit()
    await engine.dispose()
    office.execute(
        "INSERT INTO charges (id, idempotency_key, account_id, amount_cents, fee_cents, purpose, channel, processor,"
        " processor_charge_id, method_token, method_kind, method_label, description, language, shows_balance, status,"
        " created_at, received_on, posted_on, payment_id, confirmation_number, told_at)"
        " VALUES (gen_random_uuid(), %(key)s, %(id)s, 7000, %(fee)s, 'bill', 'sms', 'elsewhere', %(key)s, 'pm_1',"
        " 'card', 'Visa ending in 4242', 'Water bill payment', 'en', true, 'told', now(), '2026-11-23', '2026-11-23',"
        " %(payment)s, %(number)s, now())",
        {
            "key": f"ch_{account_id}",
            "id": account_id,
            "fee": fee_cents,
            "payment": made.id,
            "number": made.confirmation_number,
        },
    )


async def test_a_payment_by_card_is_asked_back_to_the_card(office: Office, sign_in: SignIn) -> None:
    account = office.account("medical_protection")
    await paid_by_card(office, account.id)
    page = await sign_in("dana", path=account.path + "/payments")
    await page.get_by_role("button", name="Refund to the card…").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("$70.00 of this payment can go back")
    await dialog.get_by_label("Amount").fill("70.01")
    await dialog.get_by_label("Why?").fill("She paid the wrong account.")
    await dialog.get_by_role("button", name="Send the request").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("$70.00 of the payment are left")
    await dialog.get_by_label("Amount").fill("20")
    await dialog.get_by_role("button", name="Send the request").click()
    await expect(page.locator(TOLD)).to_be_visible()
    decides = await sign_in("frank", path="/requests")
    waiting = decides.locator("tbody tr", has_text="She paid the wrong account.")
    await expect(waiting).to_contain_text("of a payment, to Visa ending in 4242")
    await expect(waiting).to_contain_text("$20.00")


async def test_a_convenience_fee_is_shown_beside_what_it_came_with(office: Office, sign_in: SignIn) -> None:
    account = office.account("commercial")
    await paid_by_card(office, account.id, fee_cents=250)
    page = await sign_in("dana", path=account.path + "/payments")
    shown = page.locator("#payment")
    await expect(shown).to_contain_text("Fee for paying this way")
    await expect(shown).to_contain_text("$2.50 on top, $72.50 in all")
    receipt = await shown.get_by_role("link", name="Receipt").get_attribute("href")
    assert receipt is not None
    await page.goto(f"{office.origin}{receipt}?language=es")
    await expect(page.get_by_text("$2.50 adicionales, $72.50 en total")).to_be_visible()


async def test_autopay_is_from_what_is_on_file_where_there_is_something(office: Office, sign_in: SignIn) -> None:
    account = office.account("nsf")
    office.execute(
        "WITH made AS ("
        " INSERT INTO saved_methods (id, customer_id, processor, token, kind, brand, last4, label, saved_at)"
        " SELECT gen_random_uuid(), customer_id, 'elsewhere', 'pm_console', 'card', 'visa', '4242', 'Visa', now()"
        "   FROM accounts WHERE id = %(id)s RETURNING id)"
        " INSERT INTO saved_method_accounts (method_id, account_id, added_at) SELECT id, %(id)s, now() FROM made",
        {"id": account.id},
    )
    page = await sign_in("dana", path=account.path + "/options")
    autopay = page.get_by_role("region", name="Autopay")
    await autopay.get_by_role("button", name="Turn on…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Pays from").select_option(label="Visa ending in 4242")
    await dialog.get_by_role("button", name="Save").click()
    await expect(autopay).to_contain_text("Visa ending in 4242")
    ((method_id,),) = office.rows(
        "SELECT method_id FROM payment_instructions WHERE account_id = %(id)s AND ended_on IS NULL", {"id": account.id}
    )
    assert method_id is not None
