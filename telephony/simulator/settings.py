"""Settings from the environment; see docs/contracts.md."""

from dataclasses import dataclass
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

    operator_token: SecretStr
    twilio_account_sid: str
    twilio_auth_token: SecretStr
    twilio_number: str

    @property
    def district_number(self) -> "DistrictNumber":
        """The district's telephone number with its webhooks under the public address."""
        return DistrictNumber.under(self.public_url, self.twilio_number)

    @property
    def state_file(self) -> Path:
        """Where inboxes, calls and opt-outs are kept."""
        return self.home / "simulator.sqlite"


@dataclass(frozen=True)
class DistrictNumber:
    """A telephone number as it would be configured in Twilio's console. An empty address means none."""

    number: str
    voice_url: str
    voice_fallback_url: str
    status_callback: str
    sms_url: str
    sms_fallback_url: str

    @classmethod
    def under(cls, public_url: str, number: str) -> "DistrictNumber":
        """The webhooks of Headgate's telephony at `public_url`."""
        base = public_url.rstrip("/") + "/twilio"
        return cls(
            number=number,
            voice_url=f"{base}/voice",
            voice_fallback_url=f"{base}/voice/fallback",
            status_callback=f"{base}/voice/status",
            sms_url=f"{base}/sms",
            sms_fallback_url=f"{base}/sms/fallback",
        )
