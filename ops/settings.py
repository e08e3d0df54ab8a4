"""What people can set: `HEADGATE_…`, `DATABASE_URL`, `REDIS_URL`. The table is in docs/settings.md."""

import os
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]
SETTINGS_FILE = "settings.env"
ENGINE_WORKERS_MAX = 8


class SettingsError(Exception):
    """A setting has a value that cannot be used; the message names the variable."""


def home_folder() -> Path:
    """`HEADGATE_HOME` (relative to where we are), by default `.headgate` in the project."""
    return Path(os.environ.get("HEADGATE_HOME") or ROOT / ".headgate").absolute()


class Settings(BaseSettings):
    """Settings of the supervisor and the commands. Production is the default; `make run` sets `demo`."""

    model_config = SettingsConfigDict(env_prefix="HEADGATE_", extra="ignore", frozen=True)

    home: Path = Field(default_factory=home_folder)
    demo: bool = False
    database_url: SecretStr | None = Field(default=None, validation_alias=AliasChoices("DATABASE_URL", "database_url"))
    redis_url: SecretStr | None = Field(default=None, validation_alias=AliasChoices("REDIS_URL", "redis_url"))
    district_dir: Path = ROOT / "district"

    telephony_port: int = Field(default=8000, ge=1, le=65535)
    backend_port: int = Field(default=8001, ge=1, le=65535)
    engine_port: int = Field(default=5005, ge=1, le=65535)
    actions_port: int = Field(default=5055, ge=1, le=65535)
    simulator_port: int = Field(default=8010, ge=1, le=65535)
    processor_port: int = Field(default=8020, ge=1, le=65535)
    postgres_port: int = Field(default=5433, ge=1, le=65535)
    valkey_port: int = Field(default=6380, ge=1, le=65535)

    public_url: str = ""
    twilio_number: str = "+19515550100"
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_api_url: str = ""
    stripe_api_key: SecretStr = SecretStr("")
    stripe_webhook_secret: SecretStr = SecretStr("")
    stripe_api_url: str = ""
    start_seconds_max: int = Field(default=180, ge=5)
    engine_workers: int = Field(
        default_factory=lambda: min(os.cpu_count() or 1, ENGINE_WORKERS_MAX), ge=1, le=ENGINE_WORKERS_MAX
    )

    def url_of(self, process: str) -> str:
        """The loopback address of one of our processes: `http://127.0.0.1:8001` for `backend`."""
        return f"http://127.0.0.1:{getattr(self, process + '_port')}"


def load_settings(**given: Any) -> Settings:
    """Settings from the environment and from `$HEADGATE_HOME/settings.env`; the environment wins.

    :raises SettingsError: a value cannot be used.
    """
    try:
        settings = Settings(_env_file=home_folder() / SETTINGS_FILE, **given)  # type: ignore[call-arg]
    except ValidationError as error:
        problems = [f"HEADGATE_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]
        raise SettingsError("A setting cannot be used. " + "; ".join(problems)) from error
    return settings.model_copy(update={"home": settings.home.absolute()})
