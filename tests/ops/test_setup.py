"""The set-up: which Python it takes, when it does nothing, what it says when it fails."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ops import installs
from ops.chromium import installed
from ops.installs import STAMP, Environment, ensure, ensure_launcher, is_current
from ops.progress import SetupError, advice, run
from ops.pythons import candidates, find_python, runs_as

HERE = sys.version_info[:2]


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n" + text + "\n")
    path.chmod(0o755)
    return path


def real_python(path: Path) -> Path:
    return program(path, f'exec "{sys.executable}" "$@"')


def test_a_python_on_path_is_found(tmp_path: Path) -> None:
    python = real_python(tmp_path / "bin" / "python{}.{}".format(*HERE))
    assert find_python([HERE], {"PATH": str(python.parent), "HOME": str(tmp_path)}) == str(python)


def test_a_shim_that_does_not_start_is_passed_over_for_pyenvs_newest(tmp_path: Path) -> None:
    dotted = "{}.{}".format(*HERE)
    shim = program(tmp_path / "shims" / f"python{dotted}", "echo 'version is not set' >&2; exit 127")
    real_python(tmp_path / "versions" / f"{dotted}.2" / "bin" / "python")
    newest = real_python(tmp_path / "versions" / f"{dotted}.11" / "bin" / "python")
    environ = {"PATH": str(shim.parent), "PYENV_ROOT": str(tmp_path), "HOME": str(tmp_path)}
    assert find_python([HERE], environ) == str(newest)


def test_pyenv_is_found_in_the_home_folder_too(tmp_path: Path) -> None:
    dotted = "{}.{}".format(*HERE)
    python = real_python(tmp_path / ".pyenv" / "versions" / f"{dotted}.1" / "bin" / "python")
    assert str(python) in candidates(HERE, {"PATH": "", "HOME": str(tmp_path)})


def test_another_version_will_not_do(tmp_path: Path) -> None:
    python = real_python(tmp_path / "python3.99")
    assert runs_as(str(python)) == HERE
    assert find_python([(3, 99)], {"PATH": str(tmp_path), "HOME": str(tmp_path)}) is None


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    lock = tmp_path / "requirements" / "app.txt"
    lock.parent.mkdir()
    lock.write_text("# nothing is needed\n")
    return Environment("the application", tmp_path / ".venv", lock, (HERE,))


def test_an_environment_is_made_once_and_again_when_the_lock_changes(
    environment: Environment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = dict(os.environ)
    assert ensure(environment, environ, tmp_path)
    assert runs_as(str(environment.python)) == HERE
    assert "Installing the packages of the application" in capsys.readouterr().out
    assert not ensure(environment, environ, tmp_path)
    assert capsys.readouterr().out == ""
    environment.lock.write_text("# another lock\n")
    assert ensure(environment, environ, tmp_path)


def test_a_half_finished_installation_is_done_again(environment: Environment, tmp_path: Path) -> None:
    ensure(environment, dict(os.environ), tmp_path)
    (environment.folder / STAMP).unlink()
    assert not is_current(environment)
    assert ensure(environment, dict(os.environ), tmp_path)
    assert is_current(environment)


def test_an_environment_that_lost_its_python_is_made_anew(environment: Environment, tmp_path: Path) -> None:
    ensure(environment, dict(os.environ), tmp_path)
    (environment.folder / STAMP).unlink()
    shutil.rmtree(environment.folder / "bin")
    assert ensure(environment, dict(os.environ), tmp_path)
    assert runs_as(str(environment.python)) == HERE


def test_an_installation_that_fails_leaves_no_stamp_and_says_what_to_do(
    environment: Environment, tmp_path: Path
) -> None:
    environment.lock.write_text("there-is-no-such-package==1 --hash=sha256:" + "0" * 64 + "\n")
    offline = dict(os.environ) | {"UV_OFFLINE": "1"}
    with pytest.raises(SetupError, match="Installing the packages failed"):
        ensure(environment, offline, tmp_path)
    assert not is_current(environment)


@pytest.mark.parametrize(
    ("output", "word"),
    [
        ("error: No space left on device (os error 28)", "disk is full"),
        ("error: Failed to fetch: dns error: failed to lookup address", "network"),
        ("fatal error: Python.h: No such file or directory", "python3-dev"),
        ("Hash mismatch for `x`", "not the file that the lock names"),
        ("No module named ensurepip", "python3-venv"),
    ],
)
def test_advice_for_what_usually_goes_wrong(output: str, word: str) -> None:
    assert word in advice(output)


def test_a_failing_command_is_told_with_its_output(tmp_path: Path) -> None:
    script = program(tmp_path / "fails", "echo out of luck; echo No space left on device >&2; exit 3")
    with pytest.raises(SetupError) as caught:
        run([str(script)], "Doing it")
    told = str(caught.value)
    assert "Doing it failed" in told
    assert "out of luck" in told
    assert "disk is full" in told


def test_too_little_disk_is_said_before_anything_is_done(
    environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installs, "FREE_BYTES_MIN", 1 << 62)
    with pytest.raises(SetupError, match="GB are free"):
        ensure(environment, dict(os.environ), tmp_path)
    assert not environment.folder.exists()


def test_the_headgate_command_works_from_any_folder(environment: Environment, tmp_path: Path) -> None:
    project = tmp_path / "it's a project"
    real = Environment("the application", project / ".venv", environment.lock, (HERE,))
    real_python(real.python)
    (project / "ops").mkdir()
    (project / "ops" / "__init__.py").touch()
    (project / "ops" / "cli.py").write_text("import sys\ndef main(): print(sys.argv)\n")
    ensure_launcher(real, project)
    command = [str(real.folder / "bin" / "headgate"), "text", "two words"]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['headgate', 'text', 'two words']"


def test_a_browser_that_does_not_start_is_not_taken(tmp_path: Path) -> None:
    stub = program(tmp_path / "stub" / "chromium-browser", "echo 'please install the snap' >&2; exit 1")
    works = program(tmp_path / "works" / "google-chrome", "echo 'Google Chrome 140.0'")
    noted = tmp_path / "noted"
    assert installed({"PATH": f"{stub.parent}:{works.parent}"}, noted) == str(works)
    named = program(tmp_path / "named", "echo 'Chromium 141.0'")
    assert installed({"PATH": str(works.parent), "HEADGATE_CHROMIUM": str(named)}, noted) == str(named)


@pytest.mark.parametrize("module", ["bootstrap", "installs", "pythons", "progress", "chromium"])
def test_the_setup_imports_nothing_that_would_have_to_be_installed(module: str) -> None:
    code = f"import sys, ops.{module}; print([m for m in sys.modules if 'site-packages' in "
    code += "str(getattr(sys.modules[m], '__file__', ''))])"
    command = [sys.executable, "-S", "-c", code]
    done = subprocess.run(command, cwd=installs.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
