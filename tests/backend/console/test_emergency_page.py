"""The emergency switch on the console: on for a zone in one deed, told to who calls from there, and ended."""

from uuid import uuid4

from playwright.async_api import expect

from tests.backend.console.conftest import SignIn
from tests.backend.console.office import Office
from tests.backend.console.test_access_for_all import assert_fine, assert_fine_at_any_width

TOLD = "[data-notice=done]"


def notices(office: Office, party: str) -> list[str]:
    """What somebody is told who texts from this number."""
    said = {
        "channel": "sms",
        "provider_message_id": f"SM{uuid4().hex}",
        "thread_key": f"{party}|+15559990000",
        "party": party,
        "kind": "message",
        "text": "hello",
        "payload": None,
        "media_count": 0,
        "language": None,
    }
    told = office.call("POST", "/turns", said)["notices"]
    return [one["text"]["en"] for one in told]


async def test_on_for_a_zone_and_ended(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("frank", path="/emergency")
    await expect(page.get_by_text("Nothing is switched on.")).to_be_visible()
    await page.get_by_role("button", name="Switch on an emergency").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Switch on now").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Write what customers are told, in both languages.")
    await dialog.get_by_label("Mesa").check()
    await dialog.get_by_label("What happened").fill("Main break, Mesa Rd")
    await dialog.get_by_label("What customers are told, in English").fill("A main broke in Mesa. Crews are there.")
    await dialog.get_by_label("What customers are told, in Spanish").fill("Se rompió una tubería en Mesa.")
    await dialog.get_by_label("There is no water").check()
    await assert_fine(page, "en")
    await dialog.get_by_role("button", name="Switch on now").click()
    await expect(page.locator(TOLD)).to_have_text("Switched on. Every channel says it from now on.")
    active = page.get_by_role("article", name="Main break, Mesa Rd")
    await expect(active).to_contain_text("No water")
    await assert_fine_at_any_width(page, "en")
    # Kevin Tran (autopay) lives in Mesa, Denise Carver (past due) in Valley; a stranger may be anywhere.
    assert notices(office, "+19515550102") == ["A main broke in Mesa. Crews are there."]
    assert notices(office, "+19515550101") == []
    assert notices(office, "+16195550177") == ["A main broke in Mesa. Crews are there."]

    await page.set_viewport_size({"width": 1280, "height": 800})
    await active.get_by_role("button", name="End it").click()
    await page.get_by_role("dialog").get_by_role("button", name="End it").click()
    await expect(page.locator(TOLD)).to_have_text("Ended. Customers hear the usual greeting again.")
    await expect(page.get_by_role("region", name="Before")).to_contain_text("ended by Frank")
    assert notices(office, "+19515550102") == []


async def test_who_may_not_switch_only_looks(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("dana", language="es", path="/emergency")
    await expect(page.get_by_text("No hay nada encendido.")).to_be_visible()
    await expect(page.get_by_role("button", name="Encender una emergencia")).to_have_count(0)
