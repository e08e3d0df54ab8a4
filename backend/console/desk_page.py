"""The page people work on: queue left, case right, renewed by news. Registered at `/` and `/cases/{id}`."""

from uuid import UUID

from fastapi import Request, Response
from nicegui import Client, ui

from backend.console.navigation import CASES
from backend.console.page import BUILD_SECONDS, serve
from backend.console.workplace import Workplace


def register() -> None:
    """Put the pages on NiceGUI's router; once a process."""
    ui.page("/", response_timeout=BUILD_SECONDS)(show_queue)
    ui.page("/cases/{case_id:uuid}", response_timeout=BUILD_SECONDS)(show_case)


async def show_queue(request: Request, client: Client) -> Response | None:
    return await serve(request, client, CASES, Workplace, skip="case")


async def show_case(request: Request, client: Client, case_id: UUID) -> Response | None:
    return await serve(request, client, CASES, lambda frame: Workplace(frame, case_id), skip="case")
