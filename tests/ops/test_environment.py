"""Each process is given what it needs, and no secret of another."""

from pathlib import Path

import pytest

from ops.environment import SECRETS, process_environment
from ops.home import SECRET_NAMES, Home, load_secrets
from ops.settings import Settings, SettingsError, load_settings

ALLOWED = {
    "engine": {"engine_token", "valkey_password"},
    "actions": {"actions_token"},
    "backend": {
        "telephony_token", "actions_token", "outbound_token", "operator_token", "secret_key",
        "processor_key", "processor_webhook_secret",
        "postgres_password", "valkey_password",
    },
    "telephony": {"engine_token", "telephony_token", "outbound_token", "twilio_auth_token", "valkey_password"},
    "simulator": {"operator_token", "twilio_auth_token"},
    "processor": {"operator_token", "processor_key", "processor_webhook_secret"},
}  # fmt: skip


@pytest.fixture
def secrets(tmp_path: Path) -> dict[str, str]:
    home = Home(tmp_path)
    home.make()
    return load_secrets(home)


def settings(folder: Path, **given: object) -> Settings:
    return Settings(home=folder, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("process", SECRETS)
def test_a_process_has_only_the_secrets_it_needs(process: str, tmp_path: Path, secrets: dict[str, str]) -> None:
    environment = process_environment(process, settings(tmp_path, demo=True), secrets, {})
    everything = "\n".join(environment.values())
    held = {name for name in SECRET_NAMES if secrets[name] in everything}
    assert held == ALLOWED[process]


def test_secrets_of_the_persons_environment_are_not_passed_on(tmp_path: Path, secrets: dict[str, str]) -> None:
    theirs = {
        "HEADGATE_TWILIO_AUTH_TOKEN": "their-twilio-token",
        "HEADGATE_SECRET_KEY": "their-secret-key",
        "AWS_SECRET_ACCESS_KEY": "of-something-else",
        "DATABASE_URL": "postgresql://them:password@db/x",
        "HEADGATE_VOICE_EN": "Polly.Matthew",
        "PATH": "/bin",
    }
    environment = process_environment("actions", settings(tmp_path), secrets, theirs)
    assert environment["PATH"] == "/bin"
    assert environment["HEADGATE_VOICE_EN"] == "Polly.Matthew"
    assert not set(environment.values()) & {"their-twilio-token", "their-secret-key", "of-something-else"}
    assert "DATABASE_URL" not in environment


def test_servers_of_your_own_replace_the_embedded_ones(tmp_path: Path, secrets: dict[str, str]) -> None:
    own = settings(tmp_path, database_url="postgresql://own/db", redis_url="redis://own/1")
    environment = process_environment("backend", own, secrets, {})
    assert environment["DATABASE_URL"] == "postgresql://own/db"
    assert environment["REDIS_URL"] == "redis://own/1"


def test_the_demonstration_talks_to_the_simulator_and_production_to_twilio(
    tmp_path: Path, secrets: dict[str, str]
) -> None:
    demo = process_environment("telephony", settings(tmp_path, demo=True, simulator_port=9123), secrets, {})
    assert demo["HEADGATE_TWILIO_API_URL"] == "http://127.0.0.1:9123"
    assert demo["HEADGATE_TWILIO_ACCOUNT_SID"].startswith("AC")
    real = settings(tmp_path, twilio_account_sid="AC" + "1" * 32, twilio_auth_token="t" * 32)
    production = process_environment("telephony", real, secrets, {})
    assert production["HEADGATE_TWILIO_API_URL"] == ""
    assert production["HEADGATE_TWILIO_AUTH_TOKEN"] == "t" * 32


def test_telephony_and_simulator_agree_on_the_account(tmp_path: Path, secrets: dict[str, str]) -> None:
    demo = settings(tmp_path, demo=True)
    of_both = [process_environment(process, demo, secrets, {}) for process in ("telephony", "simulator")]
    for name in ("HEADGATE_TWILIO_ACCOUNT_SID", "HEADGATE_TWILIO_AUTH_TOKEN", "HEADGATE_PUBLIC_URL"):
        assert of_both[0][name] == of_both[1][name] != ""


def test_the_card_processors_key_is_the_backends_alone(tmp_path: Path, secrets: dict[str, str]) -> None:
    theirs = {"HEADGATE_STRIPE_API_KEY": "sk_live_theirs", "HEADGATE_STRIPE_WEBHOOK_SECRET": "whsec_theirs"}
    ours = settings(tmp_path, stripe_api_key="sk_live_theirs", stripe_webhook_secret="whsec_theirs")
    holders = {
        process
        for process in SECRETS
        if {"sk_live_theirs", "whsec_theirs"} & set(process_environment(process, ours, secrets, theirs).values())
    }
    assert holders == {"backend"}


def test_a_setting_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HEADGATE_HOME", str(tmp_path))
    monkeypatch.setenv("HEADGATE_BACKEND_PORT", "a lot")
    with pytest.raises(SettingsError, match="HEADGATE_BACKEND_PORT"):
        load_settings()


def test_settings_may_be_kept_in_the_home_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HEADGATE_HOME", str(tmp_path))
    monkeypatch.setenv("HEADGATE_BACKEND_PORT", "9001")
    (tmp_path / "settings.env").write_text("HEADGATE_BACKEND_PORT=9002\nHEADGATE_ENGINE_PORT=9003\n")
    found = load_settings()
    assert (found.backend_port, found.engine_port) == (9001, 9003)
    assert not found.demo, "production is the default"
