"""Holds a written conversation with the running system, through the same doors as a customer, and checks every answer.

Texts and calls go through the simulator, which signs Twilio's webhooks; chats through the socket of the web page.
A conversation that goes wrong fails with all that was said in it.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any

import httpx

from telephony.phrases import PHRASES
from tests.e2e.cast import Cast, Customer
from tests.e2e.facts import NAMES, Facts
from tests.e2e.people import People, eventually
from tests.e2e.talks import Move, Talk

_SLOT = re.compile(r"\{(\w+)\}")
_PAGE = re.compile(r"https?://\S+/pay/\S+")
_CODE = re.compile(r"\b\d{6}\b")
_ACT = re.compile(r"\[(.+)\]")
_APOLOGY = re.compile(r"(?:trouble|problema) (?:on my|de mi)|system is down for a moment|sistema no funciona")
_TOO_FAST = frozenset(PHRASES["chat_too_fast"].values())
_SECONDS_FOR_A_TEXT = 20


class Stage:
    """Where the conversations of one system are held; may be used by many threads at once."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._cast = Cast(people)

    def hold(self, talk: Talk) -> int:
        """Holds it, and gives how much of what is written was found so.

        Once more where a machine that is too busy to answer in time made the assistant apologise.

        :raises AssertionError: an answer was not what is written; with the whole conversation.
        """
        try:
            return self._hold(talk)
        except AssertionError as wrong:
            if not _APOLOGY.search(str(wrong)):
                raise
            return self._hold(talk)

    def wait_until_answering(self) -> None:
        """A system that has just started answers its first questions slowly."""
        for question in ("what are your hours?", "hola, ¿cuál es su horario?"):
            eventually(lambda words=question: "7:30" in self._people.text(self._people.new_phone(), words), 120)

    def _hold(self, talk: Talk) -> int:
        with ExitStack() as stack:
            scene = Scene(self._people, talk, self._cast.take(talk.who), stack)
            scene.play()
        return scene.found


class Scene:
    """One conversation while it is held."""

    def __init__(self, people: People, talk: Talk, customer: Customer, stack: ExitStack) -> None:
        self._people, self._talk, self._customer, self._stack = people, talk, customer, stack
        self._phone = customer.phone if talk.own_phone else people.new_phone()
        self._texts_before = len(people.inbox(customer.phone)) if customer.phone else 0
        self._facts: Facts | None = None
        self._party = self._phone
        self._heard: list[str] = []
        self.found = 0
        self.log: list[str] = [f"{talk.id}, as {talk.who} from {self._phone}"]

    def play(self) -> None:
        """Every move, each answer checked; then what the conversation must have left behind."""
        if self._talk.channel == "voice":
            self._call()
        else:
            say = self._say_in_chat() if self._talk.channel == "chat" else self._say_by_text
            for move in self._talk.moves:
                self._check(move, self._act(move, say))
        self._check_case()

    def _act(self, move: Move, say: Callable[[str], str]) -> str:
        act = _ACT.fullmatch(move.words)
        if act is not None and act[1].startswith("saves a "):
            self._save_method(act[1].removeprefix("saves a "))
            return ""
        words = self._fill(move.words)
        answer = say(words)
        self.log += [f"  > {words}", *(f"    {line}" for line in answer.splitlines())]
        return answer

    def _say_by_text(self, words: str) -> str:
        return self._people.text(self._phone, words)

    def _say_in_chat(self) -> Callable[[str], str]:
        chat = self._stack.enter_context(self._people.chat())

        def say(words: str) -> str:
            before = chat.last_seq
            answer = chat.say(words)
            while answer in _TOO_FAST:  # nobody types as fast as a test
                time.sleep(1.5)
                answer = chat.say(words)
            self._party = str(chat.conversation_id)
            # What else was told meanwhile (that a card is on file) comes in frames of its own.
            told = {one["seq"]: one["text"] for one in chat.messages if one["from"] != "customer"}
            return "\n".join(text for seq, text in sorted(told.items()) if seq > before) or answer

        return say

    def _call(self) -> None:
        steps = [self._step(move.words) for move in self._talk.moves]
        if self._talk.language == "es":
            steps.insert(0, "press:2")
        record = self._people.call(self._phone, *steps, "hangup")
        self._heard = [event["text"] for event in record["events"] if event["kind"] == "say"]
        answers = list(answers_of(record))[1 if self._talk.language == "en" else 2 :]
        for place, (move, step) in enumerate(zip(self._talk.moves, steps[-len(self._talk.moves) :], strict=True)):
            self.log.append(f"  > {step}")
            if place >= len(answers):
                self._fail(f"the call was over before this ({record['ended']})")
            self.log += [f"    {line}" for line in answers[place]]
            self._check(move, " ".join(answers[place]))

    def _step(self, words: str) -> str:
        act = _ACT.fullmatch(words)
        if act is None:
            return f"say:{self._fill(words)}"
        done, _, detail = act[1].partition(" ")
        return f"press:{self._fill(detail)}" if done == "press" else done

    def _check(self, move: Move, answer: str) -> None:
        heard = _plain(answer)
        for sign, words in move.expected:
            wanted = [_plain(self._fill(part)) for part in words.split(" … ")]
            if sign == "<" and not _in_order(wanted, heard):
                self._fail(f"not in the answer: {' … '.join(wanted)}")
            elif sign == "!" and any(part in heard for part in wanted):
                self._fail(f"must not be in the answer: {' … '.join(wanted)}")
            elif sign == "=":
                self._wait_for_text(wanted)
            self.found += 1

    def _wait_for_text(self, wanted: list[str]) -> None:
        def there() -> bool:
            return any(_in_order(wanted, _plain(body)) for body in self._texts_to_customer())

        try:
            eventually(there, _SECONDS_FOR_A_TEXT)
        except AssertionError:
            self.log += [f"    (text) {body}" for body in self._texts_to_customer()]
            self._fail(f"no text says: {' … '.join(wanted)}")

    def _texts_to_customer(self) -> list[str]:
        """What the phone on file got during this conversation, the newest first."""
        inbox = self._people.inbox(self._customer.phone)[self._texts_before :]
        return [message["body"] for message in reversed(inbox) if message["to"] == self._customer.phone]

    def _save_method(self, name: str) -> None:
        found = next((one[0] for line in reversed(self.log) if (one := _PAGE.search(line))), None)
        if found is None:
            self._fail("no link to a page was sent")
        answer = httpx.post(found, data={"method": name, "bank": "approve"}, timeout=30)
        self.log.append(f"  > [saves a {name}: {answer.status_code}]")
        query = "SELECT 1 FROM saved_method_accounts m JOIN accounts a ON a.id = m.account_id WHERE a.number = %s"
        eventually(lambda: self._people.rows(query, self._customer.account), what="the way to pay on file")

    def _check_case(self) -> None:
        if self._talk.case is None:
            return
        column = "c.id::text" if self._talk.channel == "chat" else "c.party"
        query = (
            "SELECT h.reason, h.department, h.topic FROM hand_offs h JOIN conversations c ON c.id = h.conversation_id"
            f" WHERE {column} = %s AND h.state IN ('waiting', 'taken')"
        )
        cases = self._people.rows(query, self._party)
        reasons = [case["reason"] for case in cases]
        if reasons != ([] if self._talk.case == "none" else [self._talk.case]):
            self._fail(f"cases of it: {cases or 'none'}, expected {self._talk.case}")

    def _fill(self, words: str) -> str:
        return _SLOT.sub(lambda slot: self._value(slot[1]), words)

    def _value(self, name: str) -> str:
        if name == "code":
            return str(eventually(self._code, _SECONDS_FOR_A_TEXT, "a text with a code"))
        known: dict[str, str] = asdict(self._customer)
        if name in known:
            return known[name]
        if name.startswith("spoken_") and (plain := name.removeprefix("spoken_")) in known:
            return " ".join(known[plain])
        if name not in NAMES:
            self._fail(f"there is no fact {{{name}}}")
        if self._facts is None:
            self._facts = Facts(self._people.system, self._customer.account, self._customer.zip)
            self._stack.callback(self._facts.close)
        return self._facts.said(name, self._talk.language, spoken=self._talk.channel == "voice")

    def _code(self) -> str | None:
        """The newest code, once as many have come as were announced."""
        announced = sum("10 min" in line for line in self.log)
        codes = [one[0] for body in self._texts_to_customer() if (one := _CODE.search(body))]
        return codes[0] if len(codes) >= announced else None

    def _fail(self, what: str) -> Any:
        call = [f"All that was heard: {' / '.join(self._heard)}"] if self._heard else []
        raise AssertionError("\n".join([*self.log, *call, f"WRONG: {what}"]))


def _plain(words: str) -> str:
    """Lower case, one space between words, one kind of apostrophe and of mask (a phone has no bullets)."""
    return " ".join(words.replace("’", "'").replace("•", "*").casefold().split())


def _in_order(parts: list[str], words: str) -> bool:
    """Whether the parts follow one another; `a|b` is either of the two."""
    at = 0
    for part in parts:
        found = re.search("|".join(map(re.escape, part.split("|"))), words[at:])
        if found is None:
            return False
        at += found.end()
    return True


def answers_of(record: dict[str, Any]) -> Iterator[list[str]]:
    """What was said in a call: before the caller did anything, then after each thing that they did (silence too)."""
    said: list[str] = []
    listening = False
    for event in record["events"]:
        if event["kind"] == "gather":
            listening = True
        elif event["kind"] in {"heard", "pressed"} or (event["kind"] == "say" and listening):
            yield said
            said, listening = [], False
        if event["kind"] == "say":
            said.append(event["text"])
    yield said
