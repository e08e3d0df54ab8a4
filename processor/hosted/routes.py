"""The pages over HTTP. Whoever has a page's address may pay on it, once, before it expires."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Form
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel

from processor.cards import METHODS, TestMethod
from processor.charging import Order
from processor.errors import ProcessorError
from processor.hosted import pages
from processor.hosted.amounts import cents_of
from processor.hosted.pages import PAYS, Filled
from processor.hosted.words import REASONS, WORDS, index_of
from processor.shop import Shop, ShopDep
from processor.state.pages import Page

router = APIRouter(include_in_schema=False)

Language = Literal["en", "es"]
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def _html(words: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(words, status, _HEADERS)


@router.get("/pay/static/{name}")
async def asset(name: str) -> Response:
    """Styles and scripts of the pages."""
    path = pages.STATIC / name
    if path.suffix not in _TYPES or path.parent != pages.STATIC or not path.is_file():
        raise ProcessorError(404, "not_found", "There is no such file.")
    return FileResponse(path, media_type=_TYPES[path.suffix], headers={"X-Content-Type-Options": "nosniff"})


@router.get("/pay/{page_id}")
async def show(page_id: str, shop: ShopDep, lang: Language | None = None) -> Response:
    """The page as it stands."""
    shop.till.pass_time()
    page = shop.till.pages.get(page_id)
    if page is None:
        return _html(pages.missing_page(lang or "en", f"/pay/{page_id}"), 404)
    return _shown(page, shop, lang or page.language, Filled())


def _shown(page: Page, shop: Shop, language: str, filled: Filled) -> Response:
    if page.status == "expired":
        return _html(pages.expired_page(page, language), 410)
    if page.status == "completed":
        assert page.method is not None  # a completed page has one
        method, _ = shop.till.people.method(page.method)
        charge = shop.till.charges.get(page.charge) if page.charge else None
        amount_cents = charge.amount_cents if charge else 0
        pending = charge is not None and charge.state == "pending"
        return _html(pages.done_page(page, language, method, amount_cents, pending=pending))
    return _html(pages.form_page(page, language, filled), 422 if filled.problems else 200)


class Choice(BaseModel):
    """The form as it was sent; `bank` is the answer to the bank's own question."""

    method: str = ""
    amount: str = ""
    bank: Literal["", "approve", "refuse"] = ""


@router.post("/pay/{page_id}")
async def send(page_id: str, choice: Annotated[Choice, Form()], shop: ShopDep, lang: Language = "en") -> Response:
    """The customer has chosen. It is done once, however often the button is pressed: the second waits for the first."""
    async with shop.turn_at(page_id):
        shop.till.pass_time()
        page = shop.till.pages.get(page_id)
        if page is None:
            return _html(pages.missing_page(lang, f"/pay/{page_id}"), 404)
        wrong = await _try(page, choice, shop, lang) if page.status == "open" else None
    return wrong or RedirectResponse(f"/pay/{page_id}?lang={lang}", 303)


async def _try(page: Page, choice: Choice, shop: Shop, language: Language) -> Response | None:
    """Do what the customer chose; what is still to be answered or corrected, or None when it is done."""
    filled = _checked(page, language, Filled(choice.method, choice.amount))
    if filled.problems:
        return _shown(page, shop, language, filled)
    chosen = METHODS[choice.method]
    if chosen.verifies and not choice.bank:
        return _html(pages.verify_page(page, language, filled))
    await asyncio.sleep(chosen.seconds)
    decline = _carry_out(page, shop, chosen, filled, refused=choice.bank == "refuse")
    if decline is None:
        return None
    said = WORDS[language]["declined"].format(reason=_reason(decline, language))
    return _shown(page, shop, language, Filled(choice.method, choice.amount, method_problem=said))


def _reason(decline: str, language: str) -> str:
    return REASONS.get(decline, REASONS["do_not_honor"])[index_of(language)]


def _checked(page: Page, language: str, filled: Filled) -> Filled:
    """What was filled in, with what is wrong with it."""
    words = WORDS[language]
    known = METHODS.get(filled.chosen)
    method_problem = "" if known is not None and known.kind in page.kinds else words["choose_one"]
    amount_problem = ""
    if page.mode == PAYS and not page.amount_is_fixed:
        cents = cents_of(filled.amount)
        if cents is None or not (page.least_cents or 0) <= cents <= (page.most_cents or 0):
            amount_problem = words["amount_wrong"].format(**pages.limits(page))
    return Filled(filled.chosen, filled.amount, method_problem, amount_problem)


def _carry_out(page: Page, shop: Shop, chosen: TestMethod, filled: Filled, *, refused: bool) -> str | None:
    """Save or charge; why not, or None when it was done."""
    till = shop.till
    if refused or (page.mode != PAYS and chosen.refused_at_setup):
        return chosen.decline
    method_id = till.people.add_method(chosen, page.customer, till.controls.now())
    order = None
    if page.mode == PAYS:
        cents = page.least_cents if page.amount_is_fixed else cents_of(filled.amount)
        assert cents is not None  # checked
        order = Order(page.reference, cents, method_id, page.description, page.customer, customer_present=True)
    charge = till.complete(page, method_id, order)
    return charge.decline if charge is not None and charge.state == "failed" else None
