"""The skeleton that every page stands on. A new page is a `LivePage` in a file of its own:

    async def show_things(request: Request, client: Client) -> Response | None:
        return await serve(request, client, THINGS, ThingsPage)

It is laid out once (`build`), shows what is true (`show`) at first and again at every piece of news, and carries out
deeds (`do`), telling how they went. What goes wrong on the way is said on the page, in words.
"""

import asyncio
import copy
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from json import dumps
from typing import ClassVar, Protocol
from uuid import UUID, uuid4

import structlog
from fastapi import Request, Response
from nicegui import Client, background_tasks, ui
from nicegui.element import Element

from backend.console import entrance
from backend.console.dialog import Dialog
from backend.console.live import POLL_SECONDS
from backend.console.navigation import Section
from backend.console.seat import Refusal, Seat, SignedOutError
from backend.console.sheet import Draw, OnDeed
from backend.console.shell import Shell
from backend.console.surroundings import PREFIX, SESSION_COOKIE, DatabaseAwayError, Surroundings, language_of
from backend.console.tags import tag
from backend.console.words import Wording
from backend.errors import NotFoundError, place_of
from backend.staff.permissions import SignedIn

log = structlog.get_logger("backend.console")
BUILD_SECONDS = 12.0
DONE_SECONDS = 8.0
STYLES = ("console", "pages", "charts")


@dataclass(frozen=True, slots=True)
class Frame:
    """What a page is given: its seat among the services, its language, what surrounds it, and its browser."""

    seat: Seat
    t: Wording
    shell: Shell
    client: Client


class Place(Protocol):
    """A page as `serve` drives it."""

    async def open_first(self) -> None:
        """Draw the page. :raises DatabaseAwayError: there is nothing to draw yet. :raises NotFoundError: no such."""

    async def keep_up(self) -> None:
        """Renew it until its browser is gone."""

    async def gone(self) -> None:
        """Nobody looks at it any more."""


async def serve(
    request: Request, client: Client, section: Section, make: Callable[[Frame], Place], skip: str = "work"
) -> Response | None:
    """Answer a request for a page of `section`; None when the page is drawn, else what is sent instead."""
    try:
        staff = await entrance.signed_in(request)
        if staff is None:
            return entrance.to_sign_in(request)
        if not staff.may(section.permission):
            return entrance.page(request, "not_offered.html", 403)
        place = make(_lay_out(request, client, staff, section, skip))
        await place.open_first()
    except DatabaseAwayError:
        return entrance.trouble_page(request)
    except NotFoundError:
        return entrance.page(request, "not_found.html", 404)
    background_tasks.create(_keep_up(client, place), name="console page")
    return None


def _lay_out(request: Request, client: Client, staff: SignedIn, section: Section, skip: str) -> Frame:
    around: Surroundings = request.app.state.surroundings
    language = language_of(request)
    client.page = copy.copy(client.page)  # NiceGUI keeps one page object a route; the language is each reader's own
    client.page.language = "es" if language == "es" else "en-US"
    # Quasar's layout would wrap everything in <main>; these pages bring landmarks of their own.
    for wrapper in (client.layout, client.page_container, *client.page_container.default_slot.children):
        wrapper.tag = "div"
    links = "".join(f'<link rel="stylesheet" href="{PREFIX}/static/{name}.css">' for name in STYLES)
    ui.add_head_html(f'{links}<script src="{PREFIX}/static/console.js"></script>')
    t = around.wording(language)
    shell = Shell(t, around, staff, here=request.url.path, section=section, skip=skip)
    return Frame(Seat(around, request.cookies[SESSION_COOKIE], staff), t, shell, client)


async def _keep_up(client: Client, place: Place) -> None:
    """Renew the page at every piece of news, until its browser is gone for good."""
    try:
        await client.connected(timeout=60)
        with client:
            await place.keep_up()
    except TimeoutError:
        client.delete()
    finally:
        await place.gone()


class LivePage(ABC):
    """One open page."""

    hears: ClassVar[frozenset[str]] = frozenset({"money"})
    """The kinds of news that wake it (see `backend/events.py`)."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.seat, self.t, self.shell, self.client = frame.seat, frame.t, frame.shell, frame.client
        self._done_at = 0.0
        self._looking = asyncio.Lock()
        self._keys: dict[str, str] = {}
        self._dialog: Dialog | None = None

    @abstractmethod
    def build(self) -> None:
        """Lay the page out inside its <main>, without asking the services."""

    @abstractmethod
    async def show(self) -> None:
        """Show what is true now.

        :raises DatabaseAwayError: PostgreSQL does not answer. :raises SignedOutError: the session is over.
        """

    @property
    def address(self) -> str:
        """Where a new sign-in comes back to."""
        return self.shell.here

    @property
    def poll_seconds(self) -> float:
        """After how long the page looks again without news."""
        return POLL_SECONDS

    def main(self) -> Element:
        """The element that the page is in."""
        self.client.content.classes("flow")
        return tag("main", css="page", id="work", tabindex="-1")

    async def open_first(self) -> None:
        self.shell.build()
        with self.main():
            self.build()
        await self.show()

    async def keep_up(self) -> None:
        async with self.seat.around.live.page(self.hears) as page:
            while not self.client.is_deleted:
                await page.news(self.poll_seconds)
                if self.client.is_deleted:
                    return
                await self.look()

    async def gone(self) -> None:
        """Nobody looks at this page any more."""
        self._keys.clear()

    async def look(self) -> None:
        """Show what is true now; say so when that cannot be found out."""
        try:
            async with self._looking:  # one at a time: what was read before a deed is never drawn over what came of it
                await self.show()
        except DatabaseAwayError:
            self.shell.say_trouble(self.t("trouble_database"))
        except SignedOutError:
            self.client.open(f"/sign-in?over=1&next={self.address}")  # NiceGUI puts the prefix in front
        except NotFoundError:
            self.client.open(self.address.removeprefix(PREFIX))
        except Exception as problem:
            log.error("console_page_failed", kind=type(problem).__name__, place=place_of(problem))
            self.shell.say_trouble(self.t("trouble_fault_page"))
        else:
            self.shell.say_trouble("" if self.seat.around.live.listening else self.t("trouble_live"), mild=True)
            if self._done_at and time.monotonic() - self._done_at > DONE_SECONDS:
                self._done_at = 0.0
                self.shell.say_done("")

    async def do(
        self, deed: Callable[[], Awaitable[None]], done: str = "", *, refuse: Callable[[str], None] | None = None
    ) -> bool:
        """Carry out a deed, say how it went (`done`, or through `refuse`, in words), show what is true now."""
        refuse = refuse or self.shell.say_refused
        try:
            await deed()
        except Refusal as refusal:
            await self.look()  # first, so that nothing is still to be drawn when they read why and try again
            refuse(self.t.refusal(refusal.error, refusal.values))
            if refusal.field:
                self.client.run_javascript(f"headgate.fault({dumps(refusal.field)})")
            return False
        except DatabaseAwayError:
            refuse(self.t("trouble_action"))
            return False
        except SignedOutError:
            await self.look()
            return False
        except Exception as problem:
            log.error("console_deed_failed", kind=type(problem).__name__, place=place_of(problem))
            refuse(self.t("trouble_fault"))
            return False
        if done:
            self.told(done)
        await self.look()
        return True

    def told(self, words: str) -> None:
        """Say for a while that something was done."""
        self.shell.say_done(words)
        self._done_at = time.monotonic()

    @property
    def dialog(self) -> Dialog:
        """The page's dialog, made when it first asks something."""
        if self._dialog is None:
            with self.client.content:
                self._dialog = Dialog(self.t, self.client)
        return self._dialog

    def ask(self, title: str, draw: Draw, on_deed: OnDeed) -> None:
        """Ask something in the dialog; see `Dialog.open`."""
        self.dialog.open(title, draw, on_deed)

    async def conclude(self, deed: Callable[[], Awaitable[None]], done: str, form: str = "") -> bool:
        """Carry out what the dialog asked for; a refusal is said in it, beside what was typed."""
        if not await self.do(deed, done, refuse=self.dialog.refuse):
            return False
        self.renew(form)
        return True

    def key(self, name: str) -> str:
        """The idempotency key of the form `name`, to be sent with it: the same until `renew` says that it is done."""
        return self._keys.setdefault(name, uuid4().hex)

    def renew(self, name: str) -> None:
        """The form `name` has done its work: what is sent next is something else."""
        self._keys.pop(name, None)

    def title(self, words: str) -> None:
        """What the browser's tab says."""
        named = f"{words} · {self.shell.district_name}"
        if self.client.title != named:
            with self.client:
                ui.page_title(named)


def id_in(given: str) -> UUID | None:
    """An id of an address; None for what is none."""
    try:
        return UUID(given)
    except ValueError:
        return None
