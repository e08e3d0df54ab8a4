"""An HTTP server of a test, on a port of its own, that misbehaves when it is told to."""

import asyncio
from dataclasses import dataclass
from typing import Any

from aiohttp import web


@dataclass
class Fault:
    """How a server misbehaves: `status` instead of an answer, `seconds` of silence first, or a cut connection."""

    status: int | None = None
    seconds: float = 0.0
    cut: bool = False


@dataclass
class Server:
    """A server on a port of its own that can be stopped and started again there."""

    routes: list[web.RouteDef]
    port: int = 0
    fault: Fault | None = None
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        app = web.Application(middlewares=[self._misbehave])
        app.add_routes(self.routes)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @web.middleware
    async def _misbehave(self, request: web.Request, handler: Any) -> web.StreamResponse:
        fault = self.fault
        if fault is not None and request.path not in ("/readyz", "/v1/district"):
            await asyncio.sleep(fault.seconds)
            if fault.cut and request.transport is not None:
                request.transport.abort()
                return web.Response(status=500)
            if fault.status is not None:
                return web.json_response({"error": "database_unavailable"}, status=fault.status)
        answer: web.StreamResponse = await handler(request)
        return answer
