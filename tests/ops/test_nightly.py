"""`headgate nightly`: begun once, followed through a backend that goes away, told as a table or as JSON."""

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from rich.console import Console
from typer.testing import CliRunner

from backend.nightly.schemas import NightOut
from ops import cli, nightly
from ops.api import CommandError, NoAnswerError
from ops.home import Home, load_secrets
from ops.running import System
from ops.settings import Settings

DAY = "2026-11-23"
AWAY = "The backend does not answer. The night goes on when it is back."
LATE = [{"count": 2, "what": "late fees", "amount_cents": 123_400}]


def step(name: str, status: str, lines: list[dict[str, Any]] | None = None, parts: int | None = None) -> dict[str, Any]:
    done_at = "2026-11-24T09:15:09Z" if status == "done" else None
    counts = {"parts_done": 3 if status == "running" else 0, "parts": parts, "counts": {}, "done_at": done_at}
    return {"step": name.lower().replace(" ", "_"), "title": name, "status": status, "lines": lines or [], **counts}


def night(*steps: dict[str, Any], status: str = "running", problem: str | None = None) -> dict[str, Any]:
    """A night as the backend tells it, which its own model accepts."""
    finished = status == "finished"
    body = {
        "business_date": DAY,
        "status": status,
        "started_at": "2026-11-24T09:15:00Z",
        "finished_at": "2026-11-24T09:16:05Z" if finished else None,
        "problem": problem,
        "steps": list(steps),
        "summary": {"trial_balance_cents": 0} if finished else None,
    }
    NightOut.model_validate(body)
    return body


BEGUN = night(step("Files from the inbox", "running"), step("Late fees", "waiting"))
HALF_WAY = night(step("Files from the inbox", "done"), step("Late fees", "running", LATE, parts=7))
STUCK = night(*HALF_WAY["steps"], status="waiting", problem="The database does not answer.")
DONE = night(step("Files from the inbox", "done"), step("Late fees", "done", LATE), status="finished")


class Backend(BaseHTTPRequestHandler):
    """Answers with what the test has written for it, in order, and hangs up where that is None."""

    script: ClassVar[list[dict[str, Any] | None]] = []
    asked: ClassVar[list[tuple[str, str, Any]]] = []
    token = ""

    def do_GET(self) -> None:
        self._take(None)

    def do_POST(self) -> None:
        self._take(json.loads(self.rfile.read(int(self.headers["content-length"]))))

    def _take(self, body: Any) -> None:
        assert self.headers["authorization"] == f"Bearer {self.token}"
        self.asked.append((self.command, self.path, body))
        answer = self.script.pop(0)
        if answer is None:
            self.close_connection = True
            return
        written = json.dumps(answer).encode()
        self.send_response(answer.get("http", 200))
        self.send_header("content-length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    home = Home(tmp_path / "home")
    home.make()
    monkeypatch.setattr(Backend, "token", load_secrets(home)["operator_token"])
    monkeypatch.setattr(Backend, "script", [])
    monkeypatch.setattr(Backend, "asked", [])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    names = ("telephony_url", "backend_url", "simulator_url", "processor_url", "public_url")
    urls = dict.fromkeys(names, f"http://127.0.0.1:{server.server_port}")
    system = System(pid=1, demo=False, twilio_number="+19515550100", **urls)
    made = Settings(home=home.path)
    monkeypatch.setattr(nightly, "running_system", lambda settings, demo: system)
    monkeypatch.setattr(nightly, "POLL_SECONDS", 0.0)
    monkeypatch.setattr(cli, "load_settings", lambda: made)
    yield made
    server.shutdown()
    server.server_close()


def run(*arguments: str) -> tuple[int, str, str]:
    """The command as it is typed: exit status, what it printed, what it said beside that."""
    told = CliRunner().invoke(cli.app, ["nightly", *arguments])
    return told.exit_code, told.stdout, told.stderr


class TestFollowing:
    def test_the_night_is_told_until_it_is_finished(self, settings: Settings) -> None:
        Backend.script += [HALF_WAY, DONE]
        assert list(nightly.follow(settings, BEGUN)) == [BEGUN, HALF_WAY, DONE]
        assert {path for _, path, _ in Backend.asked} == {f"/v1/nightly/{DAY}"}

    def test_a_backend_that_is_away_for_a_while_is_waited_for(self, settings: Settings) -> None:
        Backend.script += [None, None, HALF_WAY, DONE]
        told = list(nightly.follow(settings, BEGUN))
        assert [one["problem"] for one in told] == [None, AWAY, AWAY, None, None]
        assert told[1]["steps"] == BEGUN["steps"]

    def test_one_that_stays_away_is_given_up(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(nightly, "AWAY_SECONDS_MAX", -1.0)
        Backend.script += [None]
        with pytest.raises(NoAnswerError, match="headgate doctor"):
            list(nightly.follow(settings, BEGUN))

    def test_line_by_line_each_step_and_each_problem_is_told_once(self, settings: Settings) -> None:
        Backend.script += [HALF_WAY, STUCK, STUCK, DONE]
        out = io.StringIO()
        assert nightly.watch(settings, BEGUN, Console(file=out, width=200)) == DONE
        assert out.getvalue().splitlines() == [
            "Files from the inbox: nothing to do",
            "Waiting: The database does not answer.",
            "Late fees: 2 late fees $1,234.00",
        ]

    def test_a_terminal_is_redrawn_and_left_clean(self, settings: Settings) -> None:
        Backend.script += [STUCK, DONE]
        out = io.StringIO()
        assert nightly.watch(settings, BEGUN, Console(file=out, width=120, force_terminal=True)) == DONE
        assert "Nightly update of 2026-11-23" in out.getvalue()

    def test_who_stops_watching_hears_that_the_night_goes_on(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def pressed(seconds: float) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(nightly.time, "sleep", pressed)
        with pytest.raises(CommandError, match=f"goes on by itself.*headgate nightly --date {DAY}"):
            nightly.watch(settings, BEGUN, Console(file=io.StringIO()))


def test_the_table_of_a_running_night_says_how_far_each_step_is() -> None:
    out = io.StringIO()
    Console(file=out, width=120).print(nightly.progress_table(STUCK))
    lines = [" ".join(line.split()) for line in out.getvalue().splitlines()]
    assert "✓ Files from the inbox nothing to do" in lines
    assert "… Late fees 3 of 7 parts; 2 late fees $1,234.00" in lines
    assert lines[-1] == "Waiting: The database does not answer."


class TestTheCommand:
    def test_it_follows_and_ends_with_a_table(self, settings: Settings) -> None:
        Backend.script += [BEGUN, HALF_WAY, DONE]
        status, printed, _ = run("--date", DAY)
        assert (status, Backend.asked[0]) == (0, ("POST", "/v1/nightly", {"business_date": DAY}))
        told = printed.splitlines()
        assert f"The nightly update of {DAY} is finished (65 s)." in told
        rows = [line.split() for line in told[told.index(f"The nightly update of {DAY} is finished (65 s).") + 1 :]]
        assert ["Late", "fees", "2", "late", "fees", "$1,234.00"] in rows
        assert ["Files", "from", "the", "inbox", "nothing", "to", "do"] in rows

    def test_without_a_date_it_is_todays_night(self, settings: Settings) -> None:
        Backend.script += [DONE]
        assert run()[0] == 0
        assert Backend.asked == [("POST", "/v1/nightly", {"business_date": None})]

    def test_the_second_time_nothing_was_left_to_do(self, settings: Settings) -> None:
        Backend.script += [DONE]
        status, printed, _ = run("--date", DAY)
        assert status == 0 and len(Backend.asked) == 1
        assert f"The nightly update of {DAY} was finished before: nothing was left to do." in printed

    def test_as_json_the_answer_stands_alone(self, settings: Settings) -> None:
        Backend.script += [BEGUN, HALF_WAY, DONE]
        status, printed, beside = run("--date", DAY, "--json")
        assert (status, json.loads(printed)) == (0, DONE)
        assert "Late fees: 2 late fees $1,234.00" in beside

    @pytest.mark.parametrize("written", ["tomorrow", "2026-02-29", "23.11.2026"])
    def test_what_is_no_date_is_refused_with_an_example(self, settings: Settings, written: str) -> None:
        status, _, beside = run("--date", written)
        assert (status, Backend.asked) == (1, []) and "Write it like 2026-11-23." in beside

    def test_what_the_backend_refuses_is_told_in_its_words(self, settings: Settings) -> None:
        Backend.script += [{"http": 409, "error": "business_date_in_future", "detail": "2030-01-01 is in the future."}]
        status, _, beside = run("--date", "2030-01-01")
        assert status == 1 and beside.strip() == "2030-01-01 is in the future."
