"""Where the backend is and what to say to it, from the environment (docs/contracts.md)."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of the action server. The token is made at first start and has no default."""

    model_config = SettingsConfigDict(env_prefix="HEADGATE_")

    actions_port: int = 5055
    backend_url: str = "http://127.0.0.1:8001"
    actions_token: str = Field(default=..., min_length=16)
