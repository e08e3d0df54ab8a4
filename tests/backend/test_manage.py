"""`python -m backend.manage`: as the supervisor runs it, and again."""

from pathlib import Path

import psycopg
import pytest

from backend import manage
from tests.backend.conftest import SECRET_KEY


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("HEADGATE_SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("HEADGATE_HOME", str(tmp_path))
    monkeypatch.setenv("HEADGATE_DEMO", "true")
    return monkeypatch


class TestMigrate:
    def test_may_run_again(
        self, environment: pytest.MonkeyPatch, empty_url: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        environment.setenv("DATABASE_URL", empty_url)
        manage.main(["migrate"])
        manage.main(["migrate"])
        assert capsys.readouterr().out.splitlines() == ["The database is at the newest revision."] * 2


class TestSeed:
    def test_makes_what_is_missing_and_then_nothing(
        self, environment: pytest.MonkeyPatch, seeded_url: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The district is there; its staff is not."""
        environment.setenv("DATABASE_URL", seeded_url)
        manage.main(["seed"])
        assert "0 new accounts and 4 new members of the staff" in capsys.readouterr().out
        manage.main(["seed"])
        assert "nothing was changed" in capsys.readouterr().out

    def test_is_refused_outside_the_demonstration(self, environment: pytest.MonkeyPatch, database_url: str) -> None:
        environment.setenv("DATABASE_URL", database_url)
        environment.setenv("HEADGATE_DEMO", "false")
        with pytest.raises(SystemExit, match="refused outside the demonstration"):
            manage.main(["seed"])
        with psycopg.connect(database_url) as connection:
            assert connection.execute("SELECT count(*) FROM accounts").fetchone() == (0,)
