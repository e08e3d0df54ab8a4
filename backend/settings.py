"""Settings from the environment (`HEADGATE_…`, `DATABASE_URL`, `REDIS_URL`); see docs/contracts.md."""

from pathlib import Path
from typing import Any, Self

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything the backend is told from outside. Nothing here has a default secret."""

    model_config = SettingsConfigDict(env_prefix="HEADGATE_", extra="ignore", frozen=True)

    home: Path = Path(".headgate")
    demo: bool = False
    district_dir: Path = Path("district")

    database_url: SecretStr = Field(validation_alias=AliasChoices("DATABASE_URL", "database_url"))
    redis_url: SecretStr = Field(validation_alias=AliasChoices("REDIS_URL", "redis_url"))

    backend_host: str = "127.0.0.1"
    backend_port: int = 8001
    public_url: str = "http://127.0.0.1:8000"
    telephony_url: str = "http://127.0.0.1:8000"

    # Stripe when there is a key; without one the sandbox processor in the demonstration, else no payments by card.
    stripe_api_key: SecretStr = SecretStr("")
    stripe_webhook_secret: SecretStr = SecretStr("")
    stripe_api_url: str = ""
    processor_url: str = "http://127.0.0.1:8020"
    processor_key: SecretStr = SecretStr("")
    processor_webhook_secret: SecretStr = SecretStr("")

    telephony_token: SecretStr = SecretStr("")
    actions_token: SecretStr = SecretStr("")
    operator_token: SecretStr = SecretStr("")
    outbound_token: SecretStr = SecretStr("")
    secret_key: SecretStr

    database_pool_size: int = 24
    statement_timeout_ms: int = 5_000
    lock_timeout_ms: int = 3_000
    nightly_part_accounts: int = Field(default=2_000, ge=1, le=10_000)
    workflows: bool = True
    console: bool = True

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < 16:
            raise ValueError("HEADGATE_SECRET_KEY needs at least 16 characters; `make run` makes one")
        return value

    @model_validator(mode="after")
    def _stripe_is_whole(self) -> Self:
        if self.stripe_api_key.get_secret_value() and not self.stripe_webhook_secret.get_secret_value():
            raise ValueError("HEADGATE_STRIPE_API_KEY needs HEADGATE_STRIPE_WEBHOOK_SECRET beside it (whsec_…)")
        return self

    @classmethod
    def from_environment(cls) -> "Settings":
        """The settings of this process.

        :raises pydantic.ValidationError: one is missing or wrong.
        """
        given: dict[str, Any] = {}
        return cls(**given)

    @property
    def sqlalchemy_url(self) -> str:
        """The database address with the driver's name in it, for SQLAlchemy and alembic."""
        return driver_url(self.database_url.get_secret_value())


def driver_url(url: str) -> str:
    """`postgresql://…` (or `postgres://…`) as SQLAlchemy wants it: `postgresql+psycopg://…`."""
    scheme, separator, rest = url.partition("://")
    if scheme in ("postgres", "postgresql"):
        scheme = "postgresql+psycopg"
    return f"{scheme}{separator}{rest}"
