"""Running the verbs of one document, top down."""

from collections.abc import Collection

from telephony.simulator.calls.execution import Execution, Outcome
from telephony.simulator.calls.verbs.registry import UNSUPPORTED, VERBS
from telephony.simulator.twiml import Document


async def perform(execution: Execution, document: Document, only: Collection[str] | None = None) -> Outcome:
    """Run the verbs of one document until one of them leads away. `only` limits them (in a queue)."""
    for index, element in enumerate(document.root):
        verb = VERBS.get(element.tag)
        if verb is None or (only is not None and element.tag not in only):
            code = 12200
            known = element.tag in UNSUPPORTED or verb is not None
            detail = f"<{element.tag}> is not carried out here" if known else f"<{element.tag}> is no verb"
            execution.warn(code, detail)
            continue
        for name in sorted(element.attrib.keys() - verb.attributes):
            execution.warn(12200, f"attribute {name} is not allowed on <{element.tag}>")
        if element.tag != "Reject" or index:
            execution.answer()
        outcome = await verb.run(execution, element)
        if outcome is not None:
            return outcome
    return None
