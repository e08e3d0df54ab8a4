"""Running the verbs of one document, top down."""

from collections.abc import Collection

from telephony.simulator.calls.documents import load
from telephony.simulator.calls.execution import Execution, Finish, Outcome
from telephony.simulator.calls.line import Goto
from telephony.simulator.calls.verbs.registry import UNSUPPORTED, VERBS
from telephony.simulator.requester import FetchFailed
from telephony.simulator.twiml import Document


async def perform(execution: Execution, document: Document, only: Collection[str] | None = None) -> Outcome:
    """Run the verbs of one document until one of them leads away. `only` limits them (in a queue)."""
    for index, element in enumerate(document.root):
        verb = VERBS.get(element.tag)
        if verb is None or (only is not None and element.tag not in only):
            known = element.tag in UNSUPPORTED or verb is not None
            detail = f"<{element.tag}> is not carried out here" if known else f"<{element.tag}> is no verb"
            execution.warn(12200, detail)
            continue
        for name in sorted(element.attrib.keys() - verb.attributes):
            execution.warn(12200, f"attribute {name} is not allowed on <{element.tag}>")
        if not (index == 0 and _waits_to_answer(element.tag, element.get("answerOnBridge"))):
            execution.answer()
        outcome = await verb.run(execution, element)
        if outcome is not None:
            return outcome
    return None


async def perform_guest(execution: Execution, goto: Goto, only: Collection[str]) -> Finish | None:
    """Run a document that does not lead the call (a whisper, an announcement) with its redirects; a failure is
    recorded and passed over. `Finish` when it hung up."""
    here = execution.document
    target: Goto | None = goto
    try:
        while target is not None:
            moment = execution.line.now
            execution.document = await load(execution, target)
            outcome = await perform(execution, execution.document, only)
            if isinstance(outcome, Finish):
                return outcome
            target = outcome if isinstance(outcome, Goto) else None
            if target is not None and execution.line.now == moment:
                await execution.line.play(1.0, ())
    except FetchFailed as failure:
        execution.fail(failure)
    finally:
        execution.document = here
    return None


def _waits_to_answer(tag: str, answer_on_bridge: str | None) -> bool:
    return tag == "Reject" or (tag == "Dial" and (answer_on_bridge or "").lower() == "true")
