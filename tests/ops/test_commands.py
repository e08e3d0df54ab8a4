"""The commands' own part: phone numbers as people write them, steps, times, the chat's session, the summary."""

import inspect
import io
import json
import stat
import sys
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from websockets.asyncio.server import Server, ServerConnection, serve

from ops import cli, webchat
from ops.api import CommandError
from ops.checks import Part, all_parts, check_parts, counts, run_part, run_parts
from ops.home import Home
from ops.running import System
from ops.settings import ROOT, Settings
from ops.talk import _moment, check_step, customers_table, e164, spoken_lines


@pytest.mark.parametrize("written", ["+19515550142", "(951) 555-0142", "951.555.0142", "1 951 555 0142", "9515550142"])
def test_a_phone_number_may_be_written_as_people_do(written: str) -> None:
    assert e164(written) == "+19515550142"


@pytest.mark.parametrize("written", ["", "hello", "12", "+1951555014299999"])
def test_what_is_no_phone_number_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(CommandError, match=r"\+19515550142"):
        e164(written)


def test_steps_of_a_call() -> None:
    for step in ("say:pay my bill", "press:1#", "wait:2", "silence", "hangup"):
        assert check_step(step) == step
    with pytest.raises(CommandError, match="press:KEYS"):
        check_step("shout:hello")


def test_a_time_without_a_zone_is_the_districts() -> None:
    assert _moment("2026-12-24 18:30") == "2026-12-24T18:30:00", "the district's time, which the backend knows"
    assert datetime.fromisoformat(_moment("2026-12-24T18:30-08:00")).utcoffset() == timedelta(hours=-8)
    with pytest.raises(CommandError, match="is not a time"):
        _moment("christmas")


def test_customers_are_shown_with_dollars() -> None:
    customer = {"situation": "past_due", "name": "Ana Ruiz", "phone": "+19515550142", "account_number": "10-1"}
    customer |= {"pin": "1234", "zip": "93000", "language": "es"}
    console = Console(width=200, record=True, file=io.StringIO())
    rows: list[dict[str, Any]] = [{**customer, "balance_cents": 123456}, {**customer, "balance_cents": -507}]
    console.print(customers_table(rows))
    told = console.export_text()
    assert "$1,234.56" in told
    assert "-$5.07" in told


def test_a_call_is_told_line_by_line() -> None:
    events = [
        {"at": 0.0, "kind": "say", "text": "Rio Seco Water.", "language": "en"},
        {"at": 2.5, "kind": "gather", "text": "", "language": "en"},
        {"at": 4.0, "kind": "pressed", "text": "1", "language": "en"},
    ]
    told = list(spoken_lines({"events": events, "ended": "completed"}))
    assert [line.split(maxsplit=1)[1] for line in told[:2]] == ["Headgate  Rio Seco Water.", "caller    1"]
    assert told[2] == "The call ended: completed."


class ChatServer:
    """The server's half of the protocol in telephony/webchat/protocol.py, with a memory."""

    def __init__(self) -> None:
        self.hellos: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []

    def add(self, who: str, text: str) -> None:
        self.messages.append({"seq": len(self.messages) + 1, "from": who, "text": text, "choices": []})

    async def __call__(self, socket: ServerConnection) -> None:
        hello = json.loads(await socket.recv())
        self.hellos.append(hello)
        if not hello["token"]:
            self.add("assistant", "Welcome!")
        common = {"conversation_id": "c-1", "mode": "assistant", "language": "en"}
        seen = hello["last_seq"]
        await socket.send(json.dumps({"type": "welcome", "token": "t-1", **common, "messages": self.messages[seen:]}))
        async for raw in socket:
            said = json.loads(raw)
            if said["text"] == "too much":
                await socket.send(json.dumps({"type": "error", "error": "too_long", "detail": "Please write less."}))
                continue
            before = len(self.messages)
            self.add("customer", said["text"])
            self.add("assistant", "You said " + said["text"])
            await socket.send(json.dumps({"type": "typing", "on": True}))
            new = {"type": "messages", **common, "messages": self.messages[before:], "acks": [said["id"]]}
            await socket.send(json.dumps(new))


@pytest.fixture
async def chat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[ChatServer, Settings]]:
    answers = ChatServer()
    server: Server
    async with serve(answers, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        address = f"http://127.0.0.1:{port}"
        names = ("telephony_url", "backend_url", "simulator_url", "processor_url", "public_url")
        system = System(pid=1, demo=True, twilio_number="+19515550100", **dict.fromkeys(names, address))
        monkeypatch.setattr(webchat, "running_system", lambda settings, demo: system)
        home = Home(tmp_path / "home")
        home.make()
        yield answers, Settings(home=home.path)


async def test_the_same_visitor_continues_the_same_conversation(chat: tuple[ChatServer, Settings]) -> None:
    server, settings = chat
    first = await webchat.say_in_chat(settings, "ana", "hello")
    assert [message["text"] for message in first["earlier"]] == ["Welcome!"]
    assert [message["text"] for message in first["replies"]] == ["You said hello"]
    server.add("person", "Frank here.")
    second = await webchat.say_in_chat(settings, "ana", "thanks")
    assert [message["text"] for message in second["earlier"]] == ["Frank here."]
    assert [message["text"] for message in second["replies"]] == ["You said thanks"]
    assert second["conversation_id"] == first["conversation_id"]
    assert server.hellos[1] | {"type": "hello"} == {
        "type": "hello", "token": "t-1", "conversation_id": "c-1", "last_seq": 3, "language": "en"
    }  # fmt: skip
    await webchat.say_in_chat(settings, "../ben", "hello")
    assert server.hellos[2]["token"] is None, "another visitor is another session"
    session = webchat.visitor_file(Home(settings.home), "ana")
    assert stat.S_IMODE(session.stat().st_mode) == 0o600


async def test_no_words_only_look_for_news(chat: tuple[ChatServer, Settings]) -> None:
    server, settings = chat
    await webchat.say_in_chat(settings, "ana", "hello")
    server.add("person", "Your leak is fixed.")
    news = await webchat.say_in_chat(settings, "ana", "")
    assert [message["text"] for message in news["earlier"]] == ["Your leak is fixed."]
    assert news["replies"] == []


async def test_a_refused_chat_message_is_told_in_the_servers_words(chat: tuple[ChatServer, Settings]) -> None:
    with pytest.raises(CommandError, match=r"Please write less\."):
        await webchat.say_in_chat(chat[1], "ana", "too much")


def test_all_parts_run_and_one_failure_fails_the_whole(capfd: pytest.CaptureFixture[str]) -> None:
    parts = [
        Part("good", (sys.executable, "-c", "print('first')")),
        Part("bad", (sys.executable, "-c", "raise SystemExit(3)")),
        Part("also good", (sys.executable, "-c", "print('last')")),
    ]
    assert run_parts(parts) == 1
    told = capfd.readouterr().out.splitlines()
    assert "last" in told
    assert told[-1] == "2 passed, 1 failed"
    assert run_parts(parts[::2]) == 0


def test_pytest_is_counted_test_by_test(tmp_path: Path) -> None:
    code = "import pytest\ndef test_a(): pass\ndef test_b(): pass\ndef test_c(): assert not 1\n"
    code += "@pytest.fixture\ndef broken(): raise OSError\ndef test_d(broken): pass\n"
    (tmp_path / "test_it.py").write_text(code + "@pytest.mark.skip\ndef test_e(): pass\n")
    result = run_part(Part("it", (sys.executable, "-m", "pytest", "-q", str(tmp_path)), "pytest"))
    assert (result.passed, result.failed, result.skipped) == (2, 2, 1)


def test_stories_are_counted_by_their_last_line() -> None:
    code = "import sys; print('story one'); print('4 passed, 1 failed'); sys.exit(1)"
    result = run_part(Part("stories", (sys.executable, "-c", code), "last line"))
    assert (result.passed, result.failed) == (4, 1)
    silent = run_part(Part("stories", (sys.executable, "-c", "raise SystemExit(1)"), "last line"))
    assert (silent.passed, silent.failed) == (0, 1)


def test_a_part_that_dies_before_it_counts_has_failed(tmp_path: Path) -> None:
    result = run_part(Part("it", (sys.executable, "-c", "raise SystemExit(2)"), "pytest"))
    assert (result.passed, result.failed) == (0, 1)
    report = tmp_path / "report.xml"
    report.write_text("<testsuites><testsuite><testcase name='a'/></testsuite></testsuites>")
    assert counts(report) == (1, 0, 0)


def test_make_test_runs_every_folder_of_tests() -> None:
    commands = " ".join(word for part in all_parts() for word in part.command)
    folders = [path.name for path in (ROOT / "tests").iterdir() if any(path.rglob("test_*.py"))]
    assert [name for name in folders if f"tests/{name}" not in commands and name != "stories"] == []
    assert {"lint", "types", "format", "arrows"} <= {part.name for part in check_parts()}


def test_whoever_is_written_as_a_command_is_one() -> None:
    written = {
        name
        for name, one in vars(cli).items()
        if inspect.isfunction(one) and one.__module__ == cli.__name__ and not name.startswith("_")
    }
    offered = {command.callback.__name__ for command in cli.app.registered_commands if command.callback}
    assert written - {"main", "friendly"} == offered
