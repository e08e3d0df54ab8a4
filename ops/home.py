"""`$HEADGATE_HOME`: its folders, and the secrets made at the first start, for the owner's eyes only."""

import fcntl
import json
import os
import secrets
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

SECRET_NAMES = (
    "engine_token",
    "telephony_token",
    "actions_token",
    "outbound_token",
    "operator_token",
    "secret_key",
    "processor_key",
    "processor_webhook_secret",
    "twilio_auth_token",
    "postgres_password",
    "valkey_password",
)
SOCKET_PATH_MAX = 100


@dataclass(frozen=True)
class Home:
    """Paths inside `$HEADGATE_HOME`."""

    path: Path

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def models(self) -> Path:
        return self.path / "models"

    @property
    def run(self) -> Path:
        """What belongs to the running system: socket, lock, addresses. Empty of value when nothing runs."""
        return self.path / "run"

    @property
    def secrets(self) -> Path:
        return self.path / "secrets"

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def valkey(self) -> Path:
        return self.path / "valkey"

    @property
    def sign_in(self) -> Path:
        """One `role user password` a line; written by `backend.manage seed` in the demonstration."""
        return self.path / "console-sign-in.txt"

    @property
    def socket(self) -> Path:
        """supervisord's socket. Socket paths are short by nature: a deep home gets one under /tmp."""
        inside = self.run / "supervisor.sock"
        if len(str(inside)) <= SOCKET_PATH_MAX:
            return inside
        number = self.path.stat().st_ino
        return Path("/tmp") / f"headgate-{os.getuid()}-{number}" / "supervisor.sock"

    def make(self) -> None:
        """Makes the folders; those with secrets and the socket are the owner's alone (0700)."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (self.logs, self.models, self.valkey):
            folder.mkdir(exist_ok=True, mode=0o750)
        for folder in (self.run, self.secrets, self.socket.parent):
            folder.mkdir(exist_ok=True, mode=0o700)
            folder.chmod(0o700)


def write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner may read (0600), all or nothing."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text)
    draft.replace(path)


def load_secrets(home: Home) -> dict[str, str]:
    """The secrets of this installation, made now where they are missing.

    Two starts at the same moment get the same secrets: the file is made under a lock.
    """
    path = home.secrets / "secrets.json"
    with (home.secrets / ".lock").open("w") as lock:
        os.fchmod(lock.fileno(), 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        missing = [name for name in SECRET_NAMES if name not in known]
        if missing:
            known |= {name: secrets.token_urlsafe(32) for name in missing}
            write_private(path, json.dumps(known, indent=1) + "\n")
    if "twilio_account_sid" not in known:
        known["twilio_account_sid"] = "AC" + _hex_of(known["twilio_auth_token"])
    return known


def _hex_of(token: str) -> str:
    """32 hexadecimal digits that follow from `token` one way only: the demonstration's account id."""
    return sha256(token.encode()).hexdigest()[:32]
