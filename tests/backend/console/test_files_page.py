"""Files of banks: taken whole, refused whole with each line that is wrong, and what returns leave for a person."""

import re

from playwright.async_api import FilePayload, Page, expect

from tests.backend.console.conftest import SignIn
from tests.backend.console.office import Office
from tests.backend.payments.bank_files import Deposit, Entry, Line, bai2, nacha, payment_csv

TOLD = "[data-notice=done]"


def file(name: str, content: bytes) -> FilePayload:
    return FilePayload(name=name, mimeType="application/octet-stream", buffer=content)


async def send(page: Page, kind: str, name: str, content: bytes) -> None:
    await page.get_by_label("What is in it").select_option(kind)
    await page.get_by_label("File", exact=True).set_input_files(file(name, content))
    await page.get_by_role("button", name="Send it").click()
    await expect(page.locator("#outcome")).to_be_visible()


async def test_a_file_is_taken_once_and_what_nobody_owns_is_set_aside(office: Office, sign_in: SignIn) -> None:
    account = office.account("commercial")
    content = bai2([Deposit(account.number, 12_345, "LB1"), Deposit("77777777", 500, "LB2")])
    page = await sign_in("frank", path="/money/files")
    await send(page, "lockbox", "monday.bai", content)
    await expect(page.locator("#outcome")).to_contain_text("“monday.bai” is taken")
    await expect(page.locator("#outcome")).to_contain_text("Posted: 1. Set aside: 1.")
    await expect(page.get_by_role("region", name="Files that were taken")).to_contain_text("$128.45")
    await send(page, "lockbox", "monday-again.bai", content)
    await expect(page.locator("#outcome")).to_contain_text("was taken before; nothing was posted now.")
    paid = "SELECT count(*) FROM payments WHERE account_id = %(id)s AND amount_cents = 12345"
    assert office.rows(paid, {"id": account.id}) == [(1,)]
    await page.get_by_role("link", name="Unapplied money").click()
    await expect(page.locator("tbody tr", has_text="77777777")).to_contain_text("monday.bai")


async def test_a_file_with_a_bad_line_is_refused_whole_and_says_where(office: Office, sign_in: SignIn) -> None:
    account = office.account("commercial")
    wrong = payment_csv([Line(account.number, 777_00), Line(account.number, 5_00)]).replace(b"5.00", b"5,00")
    page = await sign_in("frank", path="/money/files")
    await send(page, "payments", "tuesday.csv", wrong)
    await expect(page.locator("#outcome")).to_contain_text("Nothing of this file was taken; what is wrong is listed")
    refused = page.get_by_role("article", name=re.compile("Nothing of “tuesday.csv” was taken"))
    await expect(refused.locator("tbody tr").first).to_contain_text("3")
    assert office.rows("SELECT count(*) FROM payments WHERE amount_cents = 77700") == [(0,)]


async def test_what_a_return_leaves_is_seen_to(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("frank", language="es", path="/money/files")
    await page.get_by_label("Qué contiene").select_option("returns")
    await page.get_by_label("Archivo", exact=True).set_input_files(
        file("back.ach", nacha([Entry("R03", 61_23, "10099999")]))
    )
    await page.get_by_role("button", name="Enviar").click()
    await expect(page.locator("#outcome")).to_contain_text("Apartados: 1.")
    await page.get_by_role("link", name="Devoluciones").click()
    row = page.locator("tbody tr", has_text="$61.23")
    await expect(row).to_contain_text("Ningún pago coincide")
    await expect(row).to_contain_text("R03: no hay cuenta, o el nombre no coincide")
    await row.get_by_role("button", name="Hecho…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Está hecho").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Escriba el motivo en una frase.")
    await dialog.get_by_label("Qué se hizo").fill("El banco lo aclaró.")
    await dialog.get_by_role("button", name="Está hecho").click()
    await expect(page.locator(TOLD)).to_have_text("Anotado.")
    await expect(page.locator("tbody tr", has_text="$61.23")).to_have_count(0)


async def test_a_file_from_elsewhere_or_by_a_stranger_is_not_taken(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("dana")
    sent = {"kind": "payments", "file": file("x.csv", b"x")}
    alone = await page.request.post(f"{office.console}/money/files", multipart=sent, max_redirects=0)
    assert alone.headers["location"].endswith("told=role_not_allowed")
    elsewhere = await page.request.post(
        f"{office.console}/money/files", multipart=sent, headers={"origin": "https://example.org"}, max_redirects=0
    )
    assert elsewhere.status == 403
    assert office.rows("SELECT count(*) FROM file_imports WHERE file_name = 'x.csv'") == [(0,)]


async def test_weather_is_sent_like_any_file(office: Office, sign_in: SignIn) -> None:
    ((zone,),) = office.rows("SELECT zone FROM premises ORDER BY zone LIMIT 1", {})
    page = await sign_in("frank", path="/money/files")
    await send(page, "weather", "mm.csv", f"date,zone,et_inches\n2026-11-23,{zone},2.8\n".encode())
    refused = page.get_by_role("article", name=re.compile("Nothing of “mm.csv” was taken"))
    await expect(refused).to_contain_text("are these millimeters?")
    await send(page, "weather", "inches.csv", f"date,zone,et_inches\n2026-11-23,{zone},0.987\n".encode())
    await expect(page.locator("#outcome")).to_contain_text("“inches.csv” is taken")
    kept = "SELECT inches FROM evapotranspiration WHERE day = '2026-11-23' AND zone = %(zone)s"
    assert [str(inches) for (inches,) in office.rows(kept, {"zone": zone})] == ["0.987"]
