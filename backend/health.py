"""Liveness, readiness and metrics: for the supervisor, and nothing in them about a customer."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

router = APIRouter(tags=["health"], include_in_schema=False)
PROBE_SECONDS = 2.0


@router.get("/healthz")
async def healthz() -> Response:
    """The process is alive."""
    return Response(b'{"status":"ok"}', media_type="application/json")


@router.get("/readyz")
async def readyz(request: Request) -> Response:
    """Whether the backend can do its work; 503 with what is missing."""
    state = request.app.state
    database, cache = await asyncio.gather(_works(state.database.ping()), _works(state.redis.ping()))
    found = {"database": database, "redis": cache, "workflows": state.workflows is None or state.workflows.ready}
    missing = [name for name, works in found.items() if not works]
    if not missing:
        return Response(b'{"status":"ready"}', media_type="application/json")
    body = {"error": "not_ready", "detail": f"Waiting for: {', '.join(missing)}.", "missing": missing}
    return Response(orjson.dumps(body), 503, media_type="application/json")


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus exposition."""
    body, content_type = request.app.state.metrics.text()
    return Response(body, headers={"content-type": content_type})


async def _works(probe: Awaitable[Any]) -> bool:
    try:
        await asyncio.wait_for(probe, PROBE_SECONDS)
    except Exception:
        return False
    return True
