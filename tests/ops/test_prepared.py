"""The model and the database are made again when what they are made from changed, and only then."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ops.database import is_prepared, note_prepared
from ops.digest import digest, files_under
from ops.embedded import running_postgres, running_valkey
from ops.home import Home
from ops.model import INPUTS, KEPT_MODELS, model_path, remove_old_models
from ops.readiness import http_missing, postgres_missing, redis_missing


def project(folder: Path) -> Path:
    for place in INPUTS:
        path = folder / place if "." in Path(place).name else folder / place / "en" / "one.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("one\n")
    return folder


@pytest.mark.parametrize("place", INPUTS)
def test_every_input_of_the_model_counts(place: str, tmp_path: Path) -> None:
    root, home = project(tmp_path), Home(tmp_path / "home")
    before = model_path(home, root)
    assert model_path(home, root) == before
    changed = next(path for path in files_under(root / place))
    changed.write_text("two\n")
    assert model_path(home, root) != before


def test_a_renamed_file_counts_and_caches_do_not(tmp_path: Path) -> None:
    root, home = project(tmp_path), Home(tmp_path / "home")
    before = model_path(home, root)
    cache = root / "bot" / "nlu" / "__pycache__" / "x.pyc"
    cache.parent.mkdir(parents=True)
    cache.write_text("x")
    assert model_path(home, root) == before
    (root / "data" / "en" / "one.yml").rename(root / "data" / "en" / "uno.yml")
    assert model_path(home, root) != before


def test_content_does_not_run_over_into_the_next_name(tmp_path: Path) -> None:
    assert digest(tmp_path, [], "ab", "c") != digest(tmp_path, [], "a", "bc")


def test_only_the_newest_models_are_kept(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()
    for number in range(6):
        (home.models / f"{number}.tar.gz").touch()
    remove_old_models(home)
    assert len(list(home.models.glob("*.tar.gz"))) == KEPT_MODELS


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_postgres(tmp_path_factory.mktemp("database") / "postgres") as url:
        yield url


def migrated(server: str, name: str) -> str:
    url = server.rpartition("/")[0] + "/" + name
    assert postgres_missing(url) is None, "a database that is merely missing is made"
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num text)")
        connection.execute("INSERT INTO alembic_version VALUES ('0003')")
    return url


def test_a_prepared_database_is_known_by_what_it_was_made_from(server: str) -> None:
    url = migrated(server, "prepared")
    assert not is_prepared(url, "inputs")
    note_prepared(url, "inputs")
    assert is_prepared(url, "inputs")
    assert not is_prepared(url, "other inputs")
    note_prepared(url, "other inputs")
    assert is_prepared(url, "other inputs")


def test_a_database_migrated_elsewhere_is_prepared_again(server: str) -> None:
    url = migrated(server, "elsewhere")
    note_prepared(url, "inputs")
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0002'")
    assert not is_prepared(url, "inputs")


def test_a_replaced_database_is_prepared_again(server: str) -> None:
    url = migrated(server, "replaced")
    note_prepared(url, "inputs")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE replaced")
    assert migrated(server, "replaced") == url
    assert not is_prepared(url, "inputs")


def test_what_does_not_answer_is_said_without_passwords(server: str, tmp_path: Path) -> None:
    wrong = server.replace("headgate:", "headgate:wrong-")
    told = postgres_missing(wrong)
    assert told is not None
    assert "wrong-" not in told
    with running_valkey(tmp_path / "valkey") as url:
        assert redis_missing(url) is None
    assert redis_missing(url) is not None
    assert http_missing(1) == "does not answer"
