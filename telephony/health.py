"""Alive, ready, measured."""

import asyncio

import orjson
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.exceptions import RedisError

from telephony.services import Services, services_of

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def healthz() -> Response:
    """The process is alive."""
    return Response(b'{"status":"alive"}', media_type="application/json")


@router.get("/readyz")
async def readyz(request: Request) -> Response:
    """200 when a turn can be answered by the assistant, else 503 with what is missing.

    Redis is reported and not required: every channel answers without it.
    """
    services = services_of(request)
    backend, engine, store = await asyncio.gather(
        services.backend.is_ready(), services.engine.is_ready(), _redis_answers(services)
    )
    missing = [name for name, there in (("backend", backend), ("engine", engine)) if not there]
    body = {"status": "ready" if not missing else "not_ready", "missing": missing, "redis": store}
    if missing:
        body |= {"error": "not_ready", "detail": f"Waiting for: {', '.join(missing)}."}
    return Response(orjson.dumps(body), 503 if missing else 200, media_type="application/json")


async def _redis_answers(services: Services) -> bool:
    try:
        return bool(await services.store.ping())
    except (RedisError, OSError, TimeoutError):
        return False


@router.get("/metrics")
async def metrics() -> Response:
    """Prometheus text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
