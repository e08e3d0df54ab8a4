"""HTTP of paying in a conversation: offers, pages to pay on, pages to save a card or bank account on."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from backend.access import Kind, admits
from backend.charges.service import ChargeState
from backend.charges.tools import ToolsDep
from backend.clock import NowDep
from backend.database import SessionDep, SingleStatementDep
from backend.district.service import DistrictDep
from backend.errors import error_body
from backend.offers import keyed, links, service
from backend.offers.payers import payer_of
from backend.offers.schemas import (
    AgreedOut,
    DeclinedOut,
    KeyedIn,
    LinkIn,
    LinkOut,
    OfferChargeOut,
    OfferIn,
    OfferOut,
    ReceiptOut,
    SetupOut,
)
from backend.settings import Settings

router = APIRouter(
    prefix="/v1/conversations/{conversation_id}", tags=["pay by text"], dependencies=[admits(Kind.ACTIONS)]
)
captures = APIRouter(
    prefix="/v1/conversations/{conversation_id}", tags=["pay by text"], dependencies=[admits(Kind.TELEPHONY)]
)


@router.post("/payment-offers", status_code=201, response_model=OfferOut)
async def post_offer(
    conversation_id: UUID,
    asked: OfferIn,
    *,
    session: SingleStatementDep,
    now: NowDep,
    district: DistrictDep,
    tools: ToolsDep,
) -> service.Offer | Response:
    """Offer to pay what is due, a part of it, or an amount: from what is on file (level 2, or an enrolled phone), or
    with what a caller keys in (anyone, by the account's number)."""
    wanted = service.Wanted(asked.purpose, asked.amount_cents, asked.method_id, asked.pays_with)
    if asked.account_number is not None:
        number = asked.account_number
        made = await keyed.offer_by_number(session, conversation_id, number, wanted, district=district, now=now)
        return made or _no_such_account()
    payer = await payer_of(session, conversation_id, asked.account_id, purpose="offer", now=now)
    return await service.make_offer(session, payer, wanted, district=district, now=now)


@router.post("/payment-offers/{offer_id}/acceptance", response_model=OfferChargeOut)
async def post_acceptance(
    conversation_id: UUID, offer_id: UUID, session: SessionDep, now: NowDep, district: DistrictDep
) -> ChargeState:
    """Agree to it: charged once, however often this is asked. The receipt comes by itself."""
    return await service.accept_offer(session, conversation_id, offer_id, district=district, now=now)


@router.post("/payment-offers/{offer_id}/refusal")
async def post_refusal(conversation_id: UUID, offer_id: UUID, session: SessionDep, now: NowDep) -> DeclinedOut:
    """No, thank you."""
    status = await service.decline_offer(session, conversation_id, offer_id, now)
    return DeclinedOut.model_validate({"status": status})


@router.get("/payment-offers/{offer_id}/payment", response_model=OfferChargeOut)
async def get_payment(conversation_id: UUID, offer_id: UUID, session: SingleStatementDep) -> ChargeState:
    """How the payment of an accepted offer goes."""
    return await service.charge_of_offer(session, conversation_id, offer_id)


@router.post("/payment-offers/{offer_id}/agreement", response_model=AgreedOut)
async def post_agreement(
    conversation_id: UUID, offer_id: UUID, session: SessionDep, now: NowDep, district: DistrictDep
) -> dict[str, str]:
    """Say yes to an offer of paying by keys: what is keyed in from here on is charged."""
    return {"status": await keyed.agree(session, conversation_id, offer_id, district=district, now=now)}


@captures.post("/payment-offers/{offer_id}/capture", response_model=OfferChargeOut)
async def post_capture(
    conversation_id: UUID, offer_id: UUID, given: KeyedIn, *, session: SessionDep, now: NowDep, tools: ToolsDep
) -> ChargeState:
    """Charge what was keyed in, once, however often this is told. The receipt comes by itself."""
    what = keyed.Keyed(given.token, given.kind, given.brand, given.last4)
    return await keyed.capture(session, tools, conversation_id, offer_id, what, now=now)


@router.get("/payment-offers/{offer_id}/receipt", response_model=ReceiptOut)
async def get_receipt(conversation_id: UUID, offer_id: UUID, session: SessionDep) -> keyed.OfferReceipt:
    """The confirmation number and the new balance of a payment that is made."""
    return await keyed.receipt_of(session, conversation_id, offer_id)


@router.post("/payment-links", status_code=201, response_model=LinkOut)
async def post_link(
    conversation_id: UUID, asked: LinkIn, request: Request, tools: ToolsDep, now: NowDep
) -> links.PageLink | Response:
    """A page to pay on. Anyone may pay, by the account's number alone, without hearing what is owed."""
    settings: Settings = request.app.state.settings
    wanted = links.Wanted(asked.account_number, asked.amount_cents, asked.purpose)
    made = await links.payment_link(tools, conversation_id, wanted, public_url=settings.public_url, now=now)
    return made or _no_such_account()


def _no_such_account() -> Response:
    # The wrong number was counted, so this is no exception: one would take the count back.
    words = error_body("account_not_found", "There is no account of this number. Check it and try again.")
    return Response(words, 404, media_type="application/json")


@router.post("/method-setups", status_code=201, response_model=SetupOut)
async def post_setup(conversation_id: UUID, request: Request, tools: ToolsDep, now: NowDep) -> links.PageLink:
    """A page to save a card or bank account on (level 2, or an enrolled phone)."""
    settings: Settings = request.app.state.settings
    return await links.setup_link(tools, conversation_id, public_url=settings.public_url, now=now)
