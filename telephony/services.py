"""Everything a request may need, made once when the process starts and closed when it ends."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import redis.asyncio as redis
from starlette.requests import HTTPConnection
from twilio.rest import Client

from telephony.backend_client import BackendClient
from telephony.calls.core import CallCore, Step
from telephony.calls.opening import Opening, RecordingNotice
from telephony.calls.places import CallPlaces
from telephony.calls.relay_health import RelayHealth
from telephony.calls.wishes import Wishes
from telephony.district import DistrictDirectory
from telephony.engine_client import EngineClient
from telephony.fallbacks import Fallbacks
from telephony.http_json import make_session
from telephony.memory import ThreadMemory, make_redis
from telephony.messages import Language
from telephony.notices.calls import NoticeCalls
from telephony.notices.memory import NoticeMemory
from telephony.outbound.attempts import CallsMade
from telephony.outbound.statuses import StatusReports
from telephony.outbound.texts import TextSender
from telephony.people.client import QueueClient
from telephony.people.twiml import LineTwiml
from telephony.settings import Settings
from telephony.spool import HandOffSpool
from telephony.switchboard import Switchboard
from telephony.twilio.rest import make_twilio_client
from telephony.twilio.signature import SignatureCheck
from telephony.twilio.twiml import VoiceStyle
from telephony.webchat.hub import ChatHub


@dataclass(slots=True)
class Services:
    """The composed process. `calls_waiting` holds voice turns whose caller was asked to hold on."""

    settings: Settings
    http: aiohttp.ClientSession
    store: "redis.Redis"
    backend: BackendClient
    engine: EngineClient
    memory: ThreadMemory
    spool: HandOffSpool
    directory: DistrictDirectory
    fallbacks: Fallbacks
    switchboard: Switchboard
    signature: SignatureCheck
    voice: VoiceStyle
    texts: TextSender
    statuses: StatusReports
    chats: ChatHub
    calls: CallCore
    places: CallPlaces
    relay: RelayHealth
    queue: QueueClient
    line: LineTwiml
    twilio: Client
    calls_made: CallsMade
    notices: NoticeCalls
    calls_waiting: "dict[str, asyncio.Future[Step]]" = field(default_factory=dict)


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Build the services, run their background work, close everything at the end."""
    session, store = make_session(), make_redis(settings.redis_url.get_secret_value())
    token = settings.telephony_token.get_secret_value()
    backend = BackendClient(session, settings.backend_url, token, settings.record_seconds)
    engine = EngineClient(session, settings.engine_url, settings.engine_token.get_secret_value())
    memory, spool = ThreadMemory(store), HandOffSpool(store, backend)
    directory = DistrictDirectory(backend, settings.district_dir)
    fallbacks = Fallbacks(backend, spool, memory, directory)
    switchboard = Switchboard(
        backend,
        engine,
        memory=memory,
        fallbacks=fallbacks,
        directory=directory,
        turn_seconds=settings.turn_seconds,
        preface=Opening(memory, RecordingNotice(memory) if settings.recording_notice else None),
    )
    twilio, voice, calls_made = make_twilio_client(settings, session), _voice(settings), CallsMade(store)
    services = Services(
        settings=settings,
        http=session,
        store=store,
        backend=backend,
        engine=engine,
        memory=memory,
        spool=spool,
        directory=directory,
        fallbacks=fallbacks,
        switchboard=switchboard,
        signature=SignatureCheck(settings.twilio_auth_token.get_secret_value(), settings.public_url),
        voice=voice,
        texts=TextSender(twilio, settings, store),
        statuses=StatusReports(backend),
        chats=ChatHub(store),
        calls=CallCore(switchboard, fallbacks, directory, Wishes(backend, directory)),
        places=CallPlaces(store),
        relay=RelayHealth(),
        queue=QueueClient(session, settings.backend_url, token),
        line=LineTwiml(voice, records=settings.record_calls and settings.recording_notice),
        twilio=twilio,
        calls_made=calls_made,
        notices=NoticeCalls(twilio, settings, voice, calls_made, NoticeMemory(store)),
    )
    work = [asyncio.ensure_future(each) for each in (spool.run(), directory.run(), services.chats.run())]
    try:
        yield services
    finally:
        await _end(work, session, store)


def _voice(settings: Settings) -> VoiceStyle:
    voices: dict[Language, str] = {"en": settings.voice_en, "es": settings.voice_es}
    return VoiceStyle(voices, settings.public_url, settings.payment_connector)


def services_of(connection: HTTPConnection) -> Services:
    """The services of the process that serves this request."""
    services: Services = connection.app.state.services
    return services


async def _end(work: Sequence["asyncio.Future[None]"], session: aiohttp.ClientSession, store: "redis.Redis") -> None:
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
    await session.close()
    await store.aclose()
