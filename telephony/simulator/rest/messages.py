"""`/Messages`: create, list, fetch, redact or cancel, delete."""

import asyncio
import hashlib
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from telephony.simulator.errors import TwilioError
from telephony.simulator.magic import MESSAGE_FROM, MESSAGE_TO
from telephony.simulator.messaging.segments import count_segments
from telephony.simulator.network import Network
from telephony.simulator.rest.access import Account, Fields, Form, network_of, not_found
from telephony.simulator.rest.dates import span
from telephony.simulator.rest.paging import page_of
from telephony.simulator.state.messages import Message, MessageQuery
from telephony.simulator.values import API_VERSION, is_e164, new_sid, parse_moment, rfc2822

router = APIRouter(prefix=f"/{API_VERSION}/Accounts/{{account_sid}}")

BODY_CHARACTERS_MAX = 1600
MEDIA_MAX = 10
QUEUE_SECONDS_MAX = 10 * 3600


@router.post("/Messages.json", status_code=201)
async def create(request: Request, account: Account, form: Form) -> dict[str, Any]:
    """Accept a text and deliver it in the background."""
    network = network_of(request)
    _check(form, network)
    now = network.clock()
    media = tuple(form.all("MediaUrl"))
    service = form.one("MessagingServiceSid") or None
    send_at = _send_at(form)
    message = Message(
        sid=new_sid("MM" if media else "SM"),
        direction="outbound-api",
        sender=form.one("From") or network.number.phone_number,
        recipient=form.one("To"),
        body=form.one("Body"),
        media=media,
        status="scheduled" if send_at else "accepted" if service else "queued",
        created_at=now,
        updated_at=now,
        messaging_service_sid=service,
        status_callback=form.one("StatusCallback") or None,
    )
    network.messages.add(message)
    if network.opt_outs.blocked(message.recipient, message.sender):
        network.delivery.blocked(message)
    elif send_at is None:
        network.delivery.send(message)
    else:
        delay_seconds = max(0.0, (send_at - now).total_seconds())
        asyncio.get_running_loop().call_later(delay_seconds, _send_scheduled, network, message.sid)
    return render(message, account)


@router.get("/Messages.json")
async def list_messages(request: Request, account: Account) -> dict[str, Any]:
    """The messages that match To, From and DateSent, newest first."""
    network = network_of(request)
    query = request.query_params
    sent_from, sent_before = span(request, "DateSent")
    wanted = MessageQuery(query.get("From"), query.get("To"), sent_from, sent_before)

    def find(offset: int, limit: int) -> list[Message]:
        return network.messages.find(wanted, offset, limit)

    return page_of(request, "messages", find, lambda message: render(message, account))


@router.get("/Messages/{sid}.json")
async def fetch(request: Request, account: Account, sid: str) -> dict[str, Any]:
    """One message."""
    return render(_stored(request, sid), account)


@router.post("/Messages/{sid}.json")
async def update(request: Request, account: Account, sid: str, form: Form) -> dict[str, Any]:
    """An empty Body redacts; Status=canceled cancels a scheduled message."""
    network = network_of(request)
    message = _stored(request, sid)
    changes: dict[str, Any] = {}
    if "Body" in form:
        if form.one("Body"):
            raise TwilioError(400, 20001, "Body can only be updated to an empty string")
        changes["body"] = ""
    if "Status" in form:
        if form.one("Status") != "canceled" or message.status != "scheduled":
            raise TwilioError(409, 30409, "Message is not in a cancelable state")
        changes["status"] = "canceled"
    changed = network.messages.change(sid, network.clock(), **changes) or message
    if changed.status != message.status:
        await network.delivery.call_back(changed)
    return render(changed, account)


@router.delete("/Messages/{sid}.json", status_code=204)
async def delete(request: Request, account: Account, sid: str) -> Response:
    """Forget a message."""
    network = network_of(request)
    if not network.messages.delete(sid):
        raise not_found(request)
    return Response(status_code=204)


@router.get("/Messages/{sid}/Media.json")
async def list_media(request: Request, account: Account, sid: str) -> dict[str, Any]:
    """The pictures of a message."""
    message = _stored(request, sid)
    found = [_render_media(message, index, account) for index in range(len(message.media))]
    return page_of(request, "media_list", lambda offset, limit: found[offset:], lambda each: each)


@router.get("/Messages/{sid}/Media/{media_sid}.json")
async def fetch_media(request: Request, account: Account, sid: str, media_sid: str) -> dict[str, Any]:
    """One picture's record; where the picture itself lies is in `MediaUrl`."""
    message = _stored(request, sid)
    for index in range(len(message.media)):
        found = _render_media(message, index, account)
        if found["sid"] == media_sid:
            return found
    raise not_found(request)


def _render_media(message: Message, index: int, account_sid: str) -> dict[str, Any]:
    sid = "ME" + hashlib.md5(f"{message.sid}:{index}".encode(), usedforsecurity=False).hexdigest()
    return {
        "account_sid": account_sid,
        "content_type": "image/jpeg",
        "date_created": rfc2822(message.created_at),
        "date_updated": rfc2822(message.created_at),
        "parent_sid": message.sid,
        "sid": sid,
        "uri": f"/{API_VERSION}/Accounts/{account_sid}/Messages/{message.sid}/Media/{sid}.json",
    }


def render(message: Message, account_sid: str) -> dict[str, Any]:
    """The body of one message, field for field as the OpenAPI file has it."""
    uri = f"/{API_VERSION}/Accounts/{account_sid}/Messages/{message.sid}"
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "body": message.body,
        "date_created": rfc2822(message.created_at),
        "date_sent": rfc2822(message.sent_at) if message.sent_at else None,
        "date_updated": rfc2822(message.updated_at),
        "direction": message.direction,
        "error_code": message.error_code,
        "error_message": message.error_message,
        "from": message.sender,
        "messaging_service_sid": message.messaging_service_sid,
        "num_media": str(len(message.media)),
        "num_segments": str(count_segments(message.body).count),
        "price": None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.recipient,
        "uri": f"{uri}.json",
    }


def _stored(request: Request, sid: str) -> Message:
    network = network_of(request)
    message = network.messages.get(sid)
    if message is None:
        raise not_found(request)
    return message


def _check(form: Fields, network: Network) -> None:
    """Refuse what Twilio refuses at once, with its numbers."""
    to, sender, body = form.one("To"), form.one("From"), form.one("Body")
    if not to:
        raise TwilioError(400, 21604, "A 'To' phone number is required.")
    if not sender and not form.one("MessagingServiceSid"):
        raise TwilioError(400, 21603, "A 'From' phone number is required.")
    if not body and not form.all("MediaUrl") and not form.one("ContentSid"):
        raise TwilioError(400, 21602, "Message body is required.")
    if len(body) > BODY_CHARACTERS_MAX:
        raise TwilioError(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
    if len(form.all("MediaUrl")) > MEDIA_MAX:
        raise TwilioError(400, 21623, "Number of media files exceeds allowed limit")
    if any(not url.startswith(("http://", "https://")) for url in form.all("MediaUrl")):
        raise TwilioError(400, 21620, "Invalid media URL(s)")
    for refusal in (MESSAGE_TO.get(to), MESSAGE_FROM.get(sender)):
        if refusal:
            raise TwilioError(400, refusal.code, refusal.message)
    if not is_e164(to):
        raise TwilioError(400, 21211, "The 'To' number is not a valid phone number.")
    if sender and not is_e164(sender):
        raise TwilioError(400, 21212, "The 'From' number is not a valid phone number.")
    if sender and not form.one("MessagingServiceSid") and network.opt_outs.blocked(to, sender):
        raise TwilioError(400, 21610, "Attempt to send to unsubscribed recipient")
    if sender and network.exchange.pacer.queued_seconds(sender) > QUEUE_SECONDS_MAX:
        raise TwilioError(400, 21611, "This 'From' number has exceeded the maximum number of queued messages.")


def _send_at(form: Fields) -> datetime | None:
    if form.one("ScheduleType") != "fixed":
        return None
    if not form.one("MessagingServiceSid"):
        raise TwilioError(400, 35118, "MessagingServiceSid is required to schedule a message")
    try:
        return parse_moment(form.one("SendAt"))
    except (ValueError, TypeError):
        raise TwilioError(400, 35114, "SendAt is not a valid ISO 8601 moment") from None


def _send_scheduled(network: Network, sid: str) -> None:
    message = network.messages.get(sid)
    if message is not None and message.status == "scheduled":
        network.delivery.send(message)
