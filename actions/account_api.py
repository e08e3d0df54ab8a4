"""The account API: everything the assistant knows of a customer comes through here.

One client session for the process, kept alive between calls. A call takes at most `SECONDS_MAX`.
It is repeated once when no connection was made, so nothing reached the backend; aiohttp itself
repeats a GET or PUT once when a kept connection turns out to be closed.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar
from uuid import UUID

import aiohttp
import orjson

from actions.account_types import Account, Article, Balance, CodeCheck, CodeSent, HandOff, HandOffRequest, Verification
from actions.district_types import District, Notice, notices_from_json

SECONDS_MAX: Final = 3.0
T = TypeVar("T")


class AccountApiError(Exception):
    """The account API did not do what was asked."""


class Refused(AccountApiError):
    """The backend will not do this now. `name` is its error name, such as `verification_required`.

    `reason` says more where one name has several causes, such as `past_due` of `option_refused`; `facts` is the
    whole answer, such as `balance_cents` of `no_method`.
    """

    def __init__(
        self, status: int, name: str, reason: str | None = None, facts: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(f"{status} {name}")
        self.status = status
        self.name = name
        self.reason = reason
        self.facts = facts or {}


class NotFound(Refused):
    """There is no such conversation or account."""


class Unavailable(AccountApiError):
    """The backend did not answer in time, or said that it cannot work now."""


class BillingDown(Unavailable):
    """The district has switched account questions off: its billing system is down."""


class AccountApi:
    """The calls of docs/contracts.md, in the name of one conversation each.

    Every method raises `Refused` (or `NotFound`) when the backend says no, `Unavailable` when
    it cannot be reached, answers with 5xx or 429, or answers with what was not agreed.
    """

    def __init__(self, base_url: str, token: str, seconds_max: float = SECONDS_MAX) -> None:
        self._base_url = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._timeout = aiohttp.ClientTimeout(total=seconds_max)
        self._session: aiohttp.ClientSession | None = None
        self._last_district: District | None = None

    async def open(self) -> None:
        """Make the client session; call in the event loop that will use it."""
        connector = aiohttp.TCPConnector(limit=64, keepalive_timeout=60)
        self._session = aiohttp.ClientSession(connector=connector, timeout=self._timeout, headers=self._headers)

    async def close(self) -> None:
        """Close the client session and its connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def ready(self) -> bool:
        """Whether the backend says that it can work."""
        try:
            await self.call("GET", "/readyz")
        except AccountApiError:
            return False
        return True

    async def district(self) -> District:
        """The district's public facts as they are now."""
        self._last_district = await self.ask(District.from_json, "GET", "/v1/district")
        return self._last_district

    async def notices(self, conversation_id: str) -> tuple[Notice, ...]:
        """What the district tells everybody where the customer has water; all of it when nobody knows where."""
        return await self.ask(notices_from_json, "GET", f"/v1/conversations/{conversation_id}/notices")

    async def article(self, slug: str) -> Article:
        """The district's answer of this name."""
        return await self.ask(Article.from_json, "GET", f"/v1/knowledge/{slug}")

    def last_known_district(self) -> District | None:
        """The facts as last heard: names and telephone numbers stay true when the backend is down."""
        return self._last_district

    async def verify(
        self,
        conversation_id: str,
        *,
        account_number: str | None,
        pin: str | None = None,
        zip_code: str | None = None,
    ) -> Verification:
        """Try two factors; `account_number` None means the calling number is the first."""
        body = {"account_number": account_number, "pin": pin, "zip": zip_code}
        path = f"/v1/conversations/{conversation_id}/verification"
        return await self.ask(Verification.from_json, "POST", path, body)

    async def choose_account(self, conversation_id: str, account: UUID) -> Verification:
        """Choose one of the accounts that the two factors fit."""
        body = {"account": str(account)}
        return await self.ask(Verification.from_json, "POST", f"/v1/conversations/{conversation_id}/account", body)

    async def send_code(self, conversation_id: str) -> CodeSent:
        """Send a one-time code to the contact on file."""
        path = f"/v1/conversations/{conversation_id}/one-time-code"
        return await self.ask(CodeSent.from_json, "POST", path, {})

    async def check_code(self, conversation_id: str, code: str) -> CodeCheck:
        """Check the one-time code; a right one lifts the conversation to level 3."""
        path = f"/v1/conversations/{conversation_id}/one-time-code/check"
        return await self.ask(CodeCheck.from_json, "POST", path, {"code": code})

    async def account(self, conversation_id: str) -> Account:
        """The verified customer's account (level 2)."""
        return await self.ask(Account.from_json, "GET", f"/v1/conversations/{conversation_id}/account")

    async def balance(self, conversation_id: str) -> Balance:
        """What the verified customer owes (level 2)."""
        return await self.ask(Balance.from_json, "GET", f"/v1/conversations/{conversation_id}/balance")

    async def change_email(self, conversation_id: str, email: str) -> None:
        """Put a new e-mail address on file (level 3)."""
        await self.call("PUT", f"/v1/conversations/{conversation_id}/email", {"email": email})

    async def set_language(self, conversation_id: str, language: str) -> None:
        """Remember the language the customer chose."""
        await self.call("PUT", f"/v1/conversations/{conversation_id}/language", {"language": language})

    async def hand_off(self, request: HandOffRequest) -> HandOff:
        """Put the conversation in the queue of the people."""
        return await self.ask(HandOff.from_json, "POST", "/v1/hand-offs", request.as_json())

    async def ask(
        self, read: Callable[[dict[str, Any]], T], method: str, path: str, body: dict[str, Any] | None = None
    ) -> T:
        """What `read` makes of the answer to a call."""
        answer = await self.call(method, path, body)
        try:
            return read(answer)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unavailable("the answer is not what was agreed") from error

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The answer to a call as it came."""
        try:
            try:
                return await self._request(method, path, body)
            except aiohttp.ClientConnectorError:
                return await self._request(method, path, body)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unavailable(type(error).__name__) from error

    async def _request(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        if self._session is None:
            raise Unavailable("the client session is closed")
        data = None if body is None else orjson.dumps(body)
        async with self._session.request(method, self._base_url + path, data=data) as response:
            content = await response.read()
            return _answer(response.status, content)


def _answer(status: int, content: bytes) -> dict[str, Any]:
    if status == 503 and b'"billing_system_down"' in content:
        raise BillingDown("the billing system is down")
    if status >= 500 or status == 429:
        raise Unavailable(f"status {status}")
    try:
        answer = orjson.loads(content) if content else {}
    except orjson.JSONDecodeError as error:
        raise Unavailable("the answer is not JSON") from error
    if not isinstance(answer, dict):
        raise Unavailable("the answer is not an object")
    if status == 404:
        raise NotFound(status, str(answer.get("error", "not_found")))
    if status >= 400:
        raise Refused(status, str(answer.get("error", "refused")), answer.get("reason"), answer)
    return answer
