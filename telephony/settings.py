"""Settings from the environment (`HEADGATE_…`, `REDIS_URL`); see docs/contracts.md."""

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything telephony is told from outside. Nothing here has a default secret."""

    model_config = SettingsConfigDict(env_prefix="HEADGATE_", extra="ignore", frozen=True)

    home: Path = Path(".headgate")
    demo: bool = False
    district_dir: Path = Path("district")
    redis_url: SecretStr = Field(validation_alias=AliasChoices("REDIS_URL", "redis_url"))

    telephony_host: str = "127.0.0.1"
    telephony_port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    backend_url: str = "http://127.0.0.1:8001"
    engine_url: str = "http://127.0.0.1:5005"
    simulator_url: str = "http://127.0.0.1:8010"

    telephony_token: SecretStr
    engine_token: SecretStr
    outbound_token: SecretStr

    twilio_account_sid: str
    twilio_auth_token: SecretStr
    twilio_api_url: str = ""
    twilio_number: str

    voice_en: str = "Polly.Joanna-Neural"
    voice_es: str = "Polly.Lupe-Neural"
    voice_mode: Literal["webhook", "relay"] = "webhook"
    recording_notice: bool = True
    # Calls with people; never without the notice (Cal. Penal Code 632: everybody on the line must know).
    record_calls: bool = True
    # The payment connector of the Twilio account that `<Pay>` goes through, as its console names it.
    payment_connector: str = "Default"

    # Other sites that may embed the chat, comma separated ("https://www.example.org"); our own always may.
    chat_origins: str = ""

    # Twilio gives up after 15 s. Engine, then filing and recording beside each other, end well before 10 s.
    turn_seconds: float = 6.0
    record_seconds: float = 2.0
    filler_seconds: float = 1.0

    @field_validator("public_url", "backend_url", "engine_url", "simulator_url", "twilio_api_url")
    @classmethod
    def _without_end_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @field_validator("telephony_token", "engine_token", "outbound_token", "twilio_auth_token")
    @classmethod
    def _not_empty(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < 16:
            raise ValueError("this secret needs at least 16 characters; `make run` makes one")
        return value

    @property
    def chat_session_key(self) -> bytes:
        """What chat session tokens are sealed with; it outlives a restart and needs no store."""
        return hashlib.sha256(b"webchat:" + self.telephony_token.get_secret_value().encode()).digest()

    @property
    def allowed_origins(self) -> frozenset[str]:
        """Origins that may open the chat socket, besides the one the page itself came from."""
        return frozenset({self.public_url, *(o.strip().rstrip("/") for o in self.chat_origins.split(",") if o.strip())})


def settings_from_environment() -> Settings:
    """The settings of this process.

    :raises pydantic.ValidationError: something is missing or wrong; it names the variable.
    """
    return Settings.model_validate({})
