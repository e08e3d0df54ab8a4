"""Fetching documents during a call, with the fallback address when the first fails."""

from telephony.simulator.calls.execution import Execution
from telephony.simulator.calls.line import Goto
from telephony.simulator.requester import FetchFailed
from telephony.simulator.twiml import Document, parse_inline, parse_voice


async def load_or_fall_back(execution: Execution, goto: Goto) -> Document:
    """The document, or the fallback's when that fails. Raises FetchFailed when both fail."""
    try:
        return await load(execution, goto)
    except FetchFailed as failure:
        execution.fail(failure)
        if not execution.fallback_url:
            raise
        parameters = {"ErrorCode": str(failure.code), "ErrorUrl": failure.url}
    try:
        return await load(execution, Goto(execution.fallback_url, "POST", parameters))
    except FetchFailed as failure:
        execution.fail(failure)
        raise


async def load(execution: Execution, goto: Goto) -> Document:
    """Ask for a document with the leg's parameters. Raises FetchFailed."""
    if goto.markup is not None:
        return parse_inline(goto.markup, goto.url)
    return parse_voice(await execution.fetch(goto), goto.method)
