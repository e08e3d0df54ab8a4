"""Statements behind links: the PDF as it is, kept by nobody on the way; else a page that says what to do."""

from collections.abc import Mapping

import pytest
from playwright.async_api import Browser

from tests.telephony.conftest import World
from tests.telephony.faults import Fault
from tests.telephony.test_webchat_page import violations

TOKEN = "3q2-7wXHk1vYb0cQZt5uEo8rLmNpAsDfGhJkLzXcVbN"
PDF = b"%PDF-1.7 a statement"


async def opened(world: World, token: str, method: str = "GET", **headers: str) -> tuple[int, Mapping[str, str], bytes]:
    async with world.http.request(method, f"{world.url}/statements/{token}", headers=headers) as answer:
        return answer.status, answer.headers, await answer.read()


@pytest.mark.parametrize(("language", "name"), [("en", "water-bill.pdf"), ("es", "factura-de-agua.pdf")])
async def test_a_link_opens_the_pdf_and_nobody_keeps_it(world: World, language: str, name: str) -> None:
    world.backend.statements[TOKEN] = (PDF, language)
    status, headers, body = await opened(world, TOKEN)
    assert (status, body, headers["Content-Type"]) == (200, PDF, "application/pdf")
    assert headers["Content-Disposition"] == f'inline; filename="{name}"'
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert (await opened(world, TOKEN, "HEAD"))[0] == 200


@pytest.mark.parametrize("token", ["x" * 43, "short", "..%2F..%2Fv1%2Fdistrict", "%00" * 20, "é" * 30])
async def test_a_wrong_link_says_how_to_have_a_new_one_in_both_languages(world: World, token: str) -> None:
    assert world.services is not None
    await world.services.directory.refresh()
    status, headers, body = await opened(world, token)
    page = body.decode()
    assert status == 404
    assert "does not open a bill any more" in page and "ya no abre una factura" in page
    assert "(951) 555-0123" in page and "(951) 555-0100" in page
    assert (headers["Cache-Control"], headers["X-Robots-Tag"]) == ("no-store", "noindex, nofollow, noarchive")
    assert "default-src 'none'" in headers["Content-Security-Policy"]


async def test_what_cannot_be_a_link_never_reaches_the_backend(world: World) -> None:
    await opened(world, "short")
    assert not any(path.startswith("GET short") for path in world.backend.calls)


@pytest.mark.parametrize("fault", [Fault(status=503), Fault(status=500), Fault(cut=True)])
async def test_while_the_backend_is_away_the_link_is_kept(world: World, fault: Fault) -> None:
    world.backend.statements[TOKEN] = (PDF, "en")
    world.backend.server.fault = fault
    status, headers, body = await opened(world, TOKEN)
    assert (status, headers["Retry-After"]) == (503, "60")
    assert "open it again in a few minutes" in body.decode() and "en unos minutos" in body.decode()
    world.backend.server.fault = None
    assert (await opened(world, TOKEN))[0] == 200


async def test_the_page_begins_in_the_browsers_language(world: World) -> None:
    _, _, spanish = await opened(world, "x" * 43, **{"Accept-Language": "es-MX,es;q=0.9"})
    _, _, english = await opened(world, "x" * 43, **{"Accept-Language": "en-US"})
    assert spanish.decode().index('<section lang="es">') < spanish.decode().index('<section lang="en">')
    assert english.decode().index('<section lang="en">') < english.decode().index('<section lang="es">')
    assert '<html lang="es">' in spanish.decode()


async def test_the_page_can_be_read_by_everybody(world: World, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 360, "height": 640}, bypass_csp=True)
    page = await context.new_page()
    await page.goto(f"{world.url}/statements/{'x' * 43}")
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await context.close()
