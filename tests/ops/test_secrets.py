"""Secrets are made once, differ everywhere, and are readable by their owner only."""

import os
import stat
import threading
from pathlib import Path

from ops.home import SECRET_NAMES, Home, load_secrets, write_private


def made_home(folder: Path) -> Home:
    home = Home(folder / "home")
    home.make()
    return home


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_the_owners_alone(tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        home = made_home(tmp_path)
        load_secrets(home)
    finally:
        os.umask(previous)
    assert mode(home.secrets) == 0o700
    assert mode(home.run) == 0o700
    assert mode(home.secrets / "secrets.json") == 0o600


def test_secrets_are_long_and_all_different(tmp_path: Path) -> None:
    secrets = load_secrets(made_home(tmp_path))
    values = [secrets[name] for name in SECRET_NAMES]
    assert len(set(values)) == len(SECRET_NAMES)
    assert min(map(len, values)) >= 40


def test_a_second_start_has_the_same_secrets_and_another_home_has_others(tmp_path: Path) -> None:
    home = made_home(tmp_path)
    first = load_secrets(home)
    assert load_secrets(home) == first
    assert load_secrets(made_home(tmp_path / "other"))["secret_key"] != first["secret_key"]


def test_two_starts_at_once_agree(tmp_path: Path) -> None:
    home = made_home(tmp_path)
    found: list[dict[str, str]] = []
    threads = [threading.Thread(target=lambda: found.append(load_secrets(home))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(secrets == found[0] for secrets in found)


def test_a_secret_that_a_later_version_needs_is_added(tmp_path: Path) -> None:
    home = made_home(tmp_path)
    write_private(home.secrets / "secrets.json", '{"secret_key": "kept"}')
    secrets = load_secrets(home)
    assert secrets["secret_key"] == "kept"
    assert set(SECRET_NAMES) <= set(secrets)


def test_a_private_file_that_was_open_is_closed_again(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert (path.read_text(), mode(path)) == ("new", 0o600)


def test_a_deep_home_gets_a_socket_path_that_the_kernel_takes(tmp_path: Path) -> None:
    home = Home(tmp_path / ("deep" * 30))
    home.make()
    try:
        assert len(str(home.socket)) <= 100
        assert mode(home.socket.parent) == 0o700
    finally:
        home.socket.parent.rmdir()
