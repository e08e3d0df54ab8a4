"""`<Gather>`: a question, and what the caller says or presses."""

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from telephony.simulator.calls.execution import Execution, flag_of, seconds_of
from telephony.simulator.calls.line import Goto, Heard, Key, Mode, Words
from telephony.simulator.calls.verbs.registry import verb
from telephony.simulator.calls.verbs.speech import DEFAULT_LANGUAGE, NESTED

TIMEOUT_SECONDS = 5.0
GENERIC_MODELS = {"default", "numbers_and_commands", "phone_call", "experimental_conversations",
                  "experimental_utterances"}  # fmt: skip
PROVIDER_MODELS = ("googlev2_", "deepgram_nova-2", "deepgram_nova-3")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*|multi")
HINTS_MAX, HINT_CHARACTERS_MAX = 500, 100


@dataclass(frozen=True)
class Rules:
    """The attributes of one `<Gather>`, read and checked."""

    accepts: frozenset[Mode]
    barges: frozenset[Mode]
    timeout_seconds: float
    finish_on_key: str
    digits_max: int | None
    language: str


async def gather(execution: Execution, element: Element) -> Goto | None:
    """Play what is nested, listen, and go to the action when there is something to tell it."""
    rules = _read_rules(execution, element)
    heard = await _prompt(execution, element, rules)
    execution.emit("gather", " ".join(sorted(rules.accepts)), language=rules.language)
    if heard is None:
        heard = await execution.line.listen(rules.timeout_seconds, rules.accepts)
    if isinstance(heard, Words):
        await _partial_results(execution, element, heard, rules)
        result = _spoken(execution, heard, rules, flag_of(element, "actionOnEmptyResult"))
    elif isinstance(heard, Key):
        result = await _pressed(execution, heard, rules)
    else:
        result = {}
    execution.line.settle()
    if not result:
        if not flag_of(element, "actionOnEmptyResult"):
            return None
        result = {"Digits": ""} if "dtmf" in rules.accepts else {}
        result |= {"SpeechResult": ""} if "speech" in rules.accepts else {}
    return execution.goto(element.get("action"), element.get("method"), result)


async def _partial_results(execution: Execution, element: Element, words: Words, rules: Rules) -> None:
    """What was understood so far, word by word in three parts; the answers do not matter."""
    said = words.text.split()
    for part in range(1, 4) if element.get("partialResultCallback") else ():
        told = {
            "UnstableSpeechResult": " ".join(said[: max(1, len(said) * part // 3)]),
            "StableSpeechResult": "",
            "Stability": "0.9" if part == 3 else "0.5",
            "SequenceNumber": str(part - 1),
            "Language": rules.language,
        }
        await execution.call_back(
            element.get("partialResultCallback"), element.get("partialResultCallbackMethod"), told
        )


async def _prompt(execution: Execution, element: Element, rules: Rules) -> Heard | None:
    for nested in element:
        sound = NESTED.get(nested.tag)
        if sound is None:
            execution.warn(13320, f"<{nested.tag}> may not stand in <Gather>")
            continue
        heard = await sound(execution, nested, rules.barges)
        if heard is not None:
            return heard
    return None


def _spoken(execution: Execution, words: Words, rules: Rules, empty_counts: bool) -> dict[str, str]:
    """Words with a confidence of 0 are a mumble: nothing was understood."""
    understood = words.confidence != 0
    text = words.text if understood else ""
    execution.emit("heard", text, language=rules.language, confidence=words.confidence)
    if not understood and not empty_counts:
        return {}
    result = {"SpeechResult": text}
    if words.confidence is not None:
        result["Confidence"] = str(words.confidence)
    return result


async def _pressed(execution: Execution, first: Key, rules: Rules) -> dict[str, str]:
    """Keys until the finishing key, the wanted number of digits, or a pause. Only the finishing key = nothing."""
    digits, finished = "", False
    key: Heard | None = first
    only_keys: frozenset[Mode] = frozenset({"dtmf"})
    while isinstance(key, Key):
        if rules.finish_on_key and key.digit == rules.finish_on_key:
            finished = True
            break
        digits += key.digit
        if rules.digits_max is not None and len(digits) >= rules.digits_max:
            break
        key = await execution.line.listen(rules.timeout_seconds, only_keys)
    execution.emit("pressed", digits + (rules.finish_on_key if finished else ""))
    return {"Digits": digits} if digits else {}


def _read_rules(execution: Execution, element: Element) -> Rules:
    inputs = element.get("input", "dtmf").split()
    accepts = frozenset(mode for mode in ("dtmf", "speech") if mode in inputs)
    if not accepts or len(inputs) != len(accepts):
        execution.warn(12200, f"input={element.get('input')!r} on <Gather>")
        accepts = accepts or frozenset({"dtmf"})
    _check_speech(execution, element, accepts)
    barge_in = flag_of(element, "bargeIn", default=True)
    return Rules(
        accepts=frozenset[Mode](accepts),
        barges=frozenset[Mode](accepts if barge_in else accepts & {"dtmf"}),
        timeout_seconds=seconds_of(execution, element, "timeout", TIMEOUT_SECONDS, 13313),
        finish_on_key=_finish_on_key(execution, element),
        digits_max=_digits_max(execution, element),
        language=element.get("language", DEFAULT_LANGUAGE),
    )


def _finish_on_key(execution: Execution, element: Element) -> str:
    value = element.get("finishOnKey", "#")
    if value == "" or (len(value) == 1 and value in "0123456789#*"):
        return value
    execution.warn(13310, f"finishOnKey={value!r}")
    return "#"


def _digits_max(execution: Execution, element: Element) -> int | None:
    value = element.get("numDigits")
    if value is None:
        return None
    if value.isdigit() and int(value) > 0:
        return int(value)
    execution.warn(13314, f"numDigits={value!r}")
    return None


def _check_speech(execution: Execution, element: Element, accepts: frozenset[str]) -> None:
    if "speech" in accepts and not _LANGUAGE.fullmatch(element.get("language", DEFAULT_LANGUAGE)):
        execution.warn(13331, f"language={element.get('language')!r}")
    model, pause = element.get("speechModel"), element.get("speechTimeout")
    if model and model not in GENERIC_MODELS and not model.startswith(PROVIDER_MODELS):
        execution.warn(13334, f"speechModel={model!r}")
    if pause == "auto" and model:
        execution.warn(13335, "speechTimeout='auto' with a speechModel")
    elif pause is not None and pause != "auto" and not (pause.isdigit() and int(pause) > 0):
        execution.warn(13327, f"speechTimeout={pause!r}")
    hints = [hint.strip() for hint in element.get("hints", "").split(",")]
    if len(hints) > HINTS_MAX or any(len(hint) > HINT_CHARACTERS_MAX for hint in hints):
        execution.warn(12200, "hints: at most 500 of at most 100 characters")


VERBS = {
    "Gather": verb(
        gather,
        "action method actionOnEmptyResult input timeout speechTimeout finishOnKey numDigits hints language "
        "speechModel enhanced profanityFilter partialResultCallback partialResultCallbackMethod bargeIn debug "
        "maxSpeechTime",
    )
}
