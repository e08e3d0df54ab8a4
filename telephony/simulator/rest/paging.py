"""Lists of the 2010 API: pages with relative addresses."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from fastapi import Request

from telephony.simulator.errors import TwilioError

Item = TypeVar("Item")

PAGE_SIZE = 50
PAGE_SIZE_MAX = 1000


def page_of(
    request: Request, name: str, find: Callable[[int, int], Sequence[Item]], render: Callable[[Item], dict[str, Any]]
) -> dict[str, Any]:
    """The page that the query asks for. `find(offset, limit)` gives the items. Raises 400/20006."""
    query = request.query_params
    try:
        size = min(max(int(query.get("PageSize", PAGE_SIZE)), 1), PAGE_SIZE_MAX)
        page = max(int(query.get("Page", 0)), 0)
    except ValueError:
        raise TwilioError(400, 20006, "Page and PageSize must be whole numbers") from None
    items = find(page * size, size + 1)
    shown = items[:size]
    kept = [(key, value) for key, value in query.multi_items() if key not in ("Page", "PageSize", "PageToken")]

    def address(number: int) -> str:
        return f"{request.url.path}?{urlencode([*kept, ('PageSize', size), ('Page', number)])}"

    return {
        "first_page_uri": address(0),
        "previous_page_uri": address(page - 1) if page else None,
        "uri": address(page),
        "next_page_uri": address(page + 1) if len(items) > size else None,
        "page": page,
        "page_size": size,
        "start": page * size,
        "end": page * size + max(len(shown) - 1, 0),
        name: [render(item) for item in shown],
    }
