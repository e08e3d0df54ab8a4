"""Settings from the environment; see docs/contracts.md."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything the simulator is told from outside. Production is the default, and there it refuses to run."""

    model_config = SettingsConfigDict(env_prefix="HEADGATE_", extra="ignore", frozen=True)

    home: Path = Path(".headgate")
    demo: bool = False

    simulator_host: str = "127.0.0.1"
    simulator_port: int = 8010
    public_url: str = "http://127.0.0.1:8000"
    backend_url: str = "http://127.0.0.1:8001"
    # The sandbox processor, whose connector `<Pay>` goes through; without it the built-in one with its test cards.
    processor_url: str = ""

    operator_token: SecretStr
    twilio_account_sid: str
    twilio_auth_token: SecretStr
    twilio_number: str

    @property
    def state_file(self) -> Path:
        """Where inboxes, calls and opt-outs are kept."""
        return self.home / "simulator.sqlite"
