"""The doctor says what is wrong in plain words, each with what to do."""

import socket
from pathlib import Path
from typing import Any

import pytest

from ops.doctor import Finding, examine, look_at_environments, look_at_secrets
from ops.embedded import free_port
from ops.home import Home, load_secrets
from ops.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    names = ("telephony", "backend", "engine", "actions", "simulator", "processor", "postgres", "valkey")
    numbers: dict[str, Any] = {f"{name}_port": free_port() for name in names}
    return Settings(home=tmp_path / "home", demo=True, **numbers)


def lines(settings: Settings) -> str:
    return "\n".join(finding.line() for finding in examine(settings))


def test_both_environments_of_a_machine_that_is_set_up_are_fine() -> None:
    assert [finding.words for finding in look_at_environments() if "does not start" in finding.words] == []
    assert len(look_at_environments()) == 2


def test_before_the_first_start_it_says_what_is_not_there_yet(settings: Settings) -> None:
    told = lines(settings)
    assert "No secrets yet" in told
    assert "Headgate is not running." in told
    assert "All ports are free." in told
    assert "make train" in told
    assert not settings.home.exists(), "looking changes nothing"


def test_a_taken_port_has_its_variable(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", settings.valkey_port))
        taken.listen()
        told = lines(settings)
    assert f"Port {settings.valkey_port}, for valkey, is taken" in told
    assert "HEADGATE_VALKEY_PORT, or REDIS_URL" in told


def test_a_secret_that_others_can_read_is_told_with_the_command_that_closes_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.make()
    load_secrets(home)
    assert [finding.fine for finding in look_at_secrets(home)] == [True]
    (home.secrets / "secrets.json").chmod(0o644)
    told = look_at_secrets(home)[0]
    assert not told.fine
    assert "chmod go-rwx" in told.remedy
    assert str(home.secrets / "secrets.json") in told.remedy


def test_a_server_of_your_own_that_is_away_is_told_without_its_password(settings: Settings) -> None:
    url = f"postgresql://me:open-sesame@127.0.0.1:{free_port()}/x"
    told = "\n".join(f.line() for f in examine(Settings(home=settings.home, database_url=url)))  # type: ignore[arg-type]
    assert "LOOK  DATABASE_URL:" in told
    assert "open-sesame" not in told


def test_only_what_is_wrong_has_a_remedy() -> None:
    assert Finding(True, "All fine.", "never shown").line() == "ok    All fine."
    assert "→ do this" in Finding(False, "Wrong.", "do this").line()
