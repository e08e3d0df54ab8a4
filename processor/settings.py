"""Settings from the environment; see docs/settings.md."""

from pathlib import Path

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything the processor is told from outside. Production is the default, and there it refuses to run."""

    model_config = SettingsConfigDict(env_prefix="HEADGATE_", extra="ignore", frozen=True)

    home: Path = Path(".headgate")
    demo: bool = False

    processor_host: str = "127.0.0.1"
    processor_port: int = 8020
    processor_url: str = ""
    telephony_url: str = "http://127.0.0.1:8000"

    processor_key: SecretStr
    processor_webhook_secret: SecretStr
    operator_token: SecretStr

    @field_validator("processor_key", "processor_webhook_secret", "operator_token")
    @classmethod
    def _not_empty(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < 16:
            raise ValueError("this secret needs at least 16 characters; `make run` makes one")
        return value

    @property
    def public_url(self) -> str:
        """Where a customer's browser finds the pages."""
        return (self.processor_url or f"http://{self.processor_host}:{self.processor_port}").rstrip("/")

    @property
    def webhook_url(self) -> str:
        """Where Headgate takes notifications, as it would be set on a real processor's dashboard."""
        return f"{self.telephony_url.rstrip('/')}/payments/notifications"

    @property
    def state_file(self) -> Path:
        """Where customers, cards and charges are kept."""
        return self.home / "processor.sqlite"
