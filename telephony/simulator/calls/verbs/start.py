"""`<Start>` and `<Stop>`: streams and transcriptions that go on beside the verbs. `<Refer>`: another SIP endpoint."""

from xml.etree.ElementTree import Element

from telephony.simulator.calls.execution import Execution, text_of
from telephony.simulator.calls.line import Goto
from telephony.simulator.calls.streams import stream_of
from telephony.simulator.calls.transcriptions import transcription_of
from telephony.simulator.calls.verbs.registry import verb


async def start(execution: Execution, element: Element) -> None:
    """Begin what is nested; a failure is recorded and the call goes on."""
    for noun in element:
        if noun.tag == "Stream":
            stream = stream_of(execution, noun, both_ways=False)
            if await stream.start():
                execution.companions.append(stream)
        elif noun.tag == "Transcription":
            transcription = transcription_of(execution, noun)
            execution.companions.append(transcription)
            await transcription.start()
        else:
            execution.warn(12200, f"<{noun.tag}> in <Start> is not carried out here")


async def stop(execution: Execution, element: Element) -> None:
    """End what is nested, by its name."""
    for noun in element:
        found = next((each for each in execution.companions if each.name == noun.get("name", "")), None)
        if found is None:
            execution.warn(12200, f"<Stop>: nothing named {noun.get('name')!r} goes on")
            continue
        execution.companions.remove(found)
        await found.stop()


async def refer(execution: Execution, element: Element) -> Goto | None:
    """Only a SIP caller can be referred elsewhere; the action is told how it went, and the call is over for us."""
    sip = element.find("Sip")
    target = text_of(sip if sip is not None else element)
    possible = execution.leg.record.caller.startswith("sip:") and target.startswith(("sip:", "sips:"))
    if not possible:
        execution.warn(13243, "<Refer> needs a call that came by SIP, and a SIP address")
    told = {
        "ReferCallStatus": "completed" if possible else "failed",
        "ReferSipResponseCode": "202" if possible else "501",
    }
    execution.emit("dial", f"referred to {target}" if possible else "refer failed")
    if not element.get("action"):
        return None
    return execution.goto(element.get("action"), element.get("method"), told)


VERBS = {"Start": verb(start, "action method"), "Stop": verb(stop), "Refer": verb(refer, "action method")}
