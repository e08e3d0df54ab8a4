"""The merchant's interface: customers, pages, methods, charges, refunds, and lists of a span of time."""

import asyncio
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, model_validator

from processor.access import Key, merchant_only
from processor.charging import Order, Till
from processor.errors import Declined, ProcessorError, not_found
from processor.shop import Shop, ShopDep
from processor.state.charges import Charge, ListQuery, Table
from processor.state.database import stored, together
from processor.state.keys import digest_of
from processor.state.pages import Page

router = APIRouter(prefix="/v1", dependencies=[Depends(merchant_only)], tags=["merchant"])

SILENCE_SECONDS = 120.0
AMOUNT_CENTS_MAX = 100_000_000
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Cents = Annotated[int, Field(ge=50, le=AMOUNT_CENTS_MAX)]
Kind = Literal["card", "bank_account"]


class CustomerIn(BaseModel):
    """Somebody, by a reference of the merchant's. No name, address or number."""

    reference: Name


class PageIn(BaseModel):
    """A page for a customer: `setup` saves a method, `payment` takes money once, within the limits."""

    mode: Literal["setup", "payment"]
    reference: Name
    merchant: Name
    description: Annotated[str, StringConstraints(max_length=200)] = ""
    language: Literal["en", "es"]
    return_url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=2000)]
    expires_at: AwareDatetime
    customer: Name | None = None
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)] = ("card", "bank_account")
    least_cents: Cents | None = None
    most_cents: Cents | None = None
    suggested_cents: Cents | None = None

    @model_validator(mode="after")
    def _fits_its_mode(self) -> "PageIn":
        amounts = (self.least_cents, self.most_cents, self.suggested_cents)
        if self.mode == "setup":
            if self.customer is None or any(amounts):
                raise ValueError("a set-up has a customer and no amounts")
            return self
        if self.least_cents is None or self.most_cents is None or self.suggested_cents is None:
            raise ValueError("a payment has the least, the most and the suggested amount")
        if not self.least_cents <= self.suggested_cents <= self.most_cents:
            raise ValueError("the suggested amount is between the least and the most")
        return self


class ChargeIn(BaseModel):
    """Take money of a method, its owner not being there."""

    reference: Name
    amount_cents: Cents
    method: Name
    customer: Name | None = None
    description: Annotated[str, StringConstraints(max_length=200)] = ""


class RefundIn(BaseModel):
    """Give money back."""

    reference: Name
    charge: Name
    amount_cents: Annotated[int, Field(ge=1, le=AMOUNT_CENTS_MAX)]


@router.post("/customers", status_code=201)
async def add_customer(body: CustomerIn, shop: ShopDep) -> dict[str, str]:
    """The processor's id of a customer; the same for the same reference."""
    till = shop.till
    return {"id": till.people.customer_for(body.reference, till.controls.now()), "reference": body.reference}


def page_shown(page: Page, till: Till, settings_url: str) -> dict[str, Any]:
    """A page as the interface shows it."""
    return {
        "id": page.id,
        "mode": page.mode,
        "reference": page.reference,
        "status": page.status,
        "url": f"{settings_url}/pay/{page.id}",
        "expires_at": stored(page.expires_at),
        "method": till.people.shown(page.method, page.created_at.date()) if page.method else None,
        "charge": till.shown(till.charges.get(page.charge)) if page.charge else None,
    }


def _shown(page: Page, shop: Shop) -> dict[str, Any]:
    return page_shown(page, shop.till, shop.settings.public_url)


@router.post("/pages", status_code=201)
async def add_page(body: PageIn, shop: ShopDep) -> dict[str, Any]:
    """A page; for the same reference and content the same one."""
    till, digest = shop.till, digest_of(body.model_dump())
    known = till.pages.of_reference(body.reference)
    if known is not None:
        if known.digest != digest:
            raise ProcessorError(409, "key_reused", "This reference was used for another page.")
        return _shown(known, shop)
    if body.customer is not None:
        till.people.require_customer(body.customer)
    values = body.model_dump() | {"digest": digest}
    return _shown(till.pages.add(values, till.controls.now()), shop)


@router.get("/pages/{page_id}")
async def get_page(page_id: str, shop: ShopDep) -> dict[str, Any]:
    """A page as it stands."""
    shop.till.pass_time()
    page = shop.till.pages.get(page_id)
    if page is None:
        raise not_found("page")
    return _shown(page, shop)


@router.post("/pages/{page_id}/expire")
async def expire_page(page_id: str, shop: ShopDep) -> dict[str, Any]:
    """Let it end now; one that was completed stays so."""
    page = shop.till.pages.get(page_id)
    if page is None:
        raise not_found("page")
    shop.till.expire(page)
    return await get_page(page_id, shop)


@router.get("/methods/{method_id}")
async def get_method(method_id: str, shop: ShopDep) -> dict[str, Any]:
    """A saved card or bank account."""
    return shop.till.people.shown(method_id, shop.till.controls.now().date())


@router.post("/methods/{method_id}/forget")
async def forget_method(method_id: str, shop: ShopDep) -> dict[str, Any]:
    """It is its customer's no more."""
    shop.till.people.forget(method_id)
    return await get_method(method_id, shop)


@router.post("/charges", status_code=201)
async def add_charge(body: ChargeIn, key: Key, request: Request, shop: ShopDep) -> JSONResponse:
    """Take money. 201, or 402 with the record of the attempt; the same key again gets the same answer."""
    till, digest = shop.till, digest_of(body.model_dump())
    known = till.keys.answer(key, digest)
    if known is not None:
        return _answer(*known, replayed=True)
    with till.keys.at_work(key):
        fault = till.controls.next_fault()
        await _misbehave_before(fault, shop, request)
        method, _ = till.people.method(body.method)
        if method.seconds:
            await asyncio.sleep(method.seconds)
        with together(till.connection):
            charge = till.take(Order(**body.model_dump()), decline=_wanted_decline(fault))
            status, told = _outcome(till, charge)
            till.keys.keep(key, digest, status, told)
    if fault == "charge_then_error":
        raise ProcessorError(500, "internal_error", "Something went wrong here, as the operator wanted.")
    if fault == "charge_then_silence" or method.falls_silent:
        await _say_nothing(request)
    return _answer(status, told)


async def _misbehave_before(fault: str, shop: Shop, request: Request) -> None:
    name, _, seconds = fault.partition(":")
    latency = shop.till.controls.faults.latency_ms / 1000
    await asyncio.sleep(latency + (float(seconds) if name == "slow" else 0.0))
    if fault == "error":
        raise ProcessorError(500, "internal_error", "Something went wrong here, as the operator wanted.")
    if fault == "silence":
        await _say_nothing(request)
        raise ProcessorError(500, "internal_error", "Nothing was done.")


async def _say_nothing(request: Request) -> None:
    """Keep the caller waiting until it gives up."""
    for _ in range(int(SILENCE_SECONDS / 0.05)):
        if await request.is_disconnected():
            return
        await asyncio.sleep(0.05)


def _wanted_decline(fault: str) -> str | None:
    name, _, reason = fault.partition(":")
    return reason if name == "decline" else None


def _outcome(till: Till, charge: Charge) -> tuple[int, dict[str, Any]]:
    shown = till.shown(charge)
    if charge.state != "failed":
        return 201, shown
    return 402, Declined(charge.decline or "other", shown).body


def _answer(status: int, body: dict[str, Any], *, replayed: bool = False) -> JSONResponse:
    return JSONResponse(body, status, {"Idempotent-Replayed": "true"} if replayed else None)


@router.get("/charges/{charge_id}")
async def get_charge(charge_id: str, shop: ShopDep) -> dict[str, Any]:
    """A charge as it stands."""
    shop.till.pass_time()
    return shop.till.shown(shop.till.charges.get(charge_id))


@router.post("/refunds", status_code=201)
async def add_refund(body: RefundIn, key: Key, shop: ShopDep) -> JSONResponse:
    """Give money back; the same key again gets the same answer."""
    till, digest = shop.till, digest_of(body.model_dump())
    known = till.keys.answer(key, digest)
    if known is not None:
        return _answer(*known, replayed=True)
    with together(till.connection):
        refund = till.refund(till.charges.get(body.charge), body.reference, body.amount_cents)
        till.keys.keep(key, digest, 201, refund)
    return _answer(201, refund)


def list_query(
    created_from: AwareDatetime | None = None,
    created_before: AwareDatetime | None = None,
    reference: str | None = None,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 100,
) -> ListQuery:
    """The query of a list."""
    start: datetime | None = created_from
    return ListQuery(start, created_before, reference, after, limit)


ListDep = Annotated[ListQuery, Depends(list_query)]


@router.get("/charges")
async def list_charges(query: ListDep, shop: ShopDep) -> dict[str, Any]:
    """Charges, oldest first."""
    till = shop.till
    till.pass_time()
    rows, more = till.charges.listed("charges", query)
    return {"data": [till.shown(till.charges.get(row["id"])) for row in rows], "has_more": more}


@router.get("/refunds")
async def list_refunds(query: ListDep, shop: ShopDep) -> dict[str, Any]:
    """Refunds, oldest first."""
    return _listed("refunds", query, shop)


@router.get("/disputes")
async def list_disputes(query: ListDep, shop: ShopDep) -> dict[str, Any]:
    """Disputes, oldest first."""
    if query.reference is not None:
        raise ProcessorError(400, "no_reference", "Disputes have no reference of yours: ask by time.")
    return _listed("disputes", query, shop)


def _listed(table: Table, query: ListQuery, shop: Shop) -> dict[str, Any]:
    rows, more = shop.till.charges.listed(table, query)
    return {"data": rows, "has_more": more}
