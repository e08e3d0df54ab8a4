"""The environment of each process: what it needs, and no secret of another (the table in docs/contracts.md)."""

import os
from collections.abc import Mapping
from urllib.parse import quote

from ops.home import Home
from ops.settings import Settings

PASSED_ON = ("PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "USER", "SSL_CERT_FILE", "SSL_CERT_DIR")
PASSED_ON_PREFIXES = ("LC_", "OTEL_", "HEADGATE_")
PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
SECRETS = {
    "engine": ("engine_token",),
    "actions": ("actions_token",),
    "backend": (
        "telephony_token",
        "actions_token",
        "outbound_token",
        "operator_token",
        "secret_key",
        "processor_key",
        "processor_webhook_secret",
    ),
    "telephony": ("engine_token", "telephony_token", "outbound_token"),
    "simulator": ("operator_token",),
    "processor": ("processor_key", "processor_webhook_secret", "operator_token"),
}
"""Which secrets each process is given, as `HEADGATE_…`. Those of Twilio, Stripe and the databases are added below."""

PROTECTED = {"HEADGATE_" + name.upper() for names in SECRETS.values() for name in names} | {
    "HEADGATE_TWILIO_ACCOUNT_SID",
    "HEADGATE_TWILIO_AUTH_TOKEN",
    "HEADGATE_STRIPE_API_KEY",
    "HEADGATE_STRIPE_WEBHOOK_SECRET",
}
TWILIO_USERS = ("telephony", "simulator")
REDIS_USERS = ("engine", "backend", "telephony")
MODEL_SERVER = {"TF_CPP_MIN_LOG_LEVEL": "2", "RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}


def database_url(settings: Settings, secrets: Mapping[str, str]) -> str:
    """`DATABASE_URL`, or the embedded server's."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return f"postgresql://headgate:{quote(secrets['postgres_password'])}@127.0.0.1:{settings.postgres_port}/headgate"


def redis_url(settings: Settings, secrets: Mapping[str, str]) -> str:
    """`REDIS_URL`, or the embedded server's."""
    if settings.redis_url is not None:
        return settings.redis_url.get_secret_value()
    return f"redis://:{quote(secrets['valkey_password'])}@127.0.0.1:{settings.valkey_port}/0"


def _inherited(environ: Mapping[str, str]) -> dict[str, str]:
    """What any process may see of the person's environment: never a secret of ours."""
    kept = {name: value for name, value in environ.items() if name in PASSED_ON + PROXIES}
    ours = {name: value for name, value in environ.items() if name.startswith(PASSED_ON_PREFIXES)}
    return kept | {name: value for name, value in ours.items() if name not in PROTECTED}


def _addresses(settings: Settings) -> dict[str, str]:
    values = {
        "HEADGATE_HOME": str(settings.home),
        "HEADGATE_DEMO": "true" if settings.demo else "false",
        "HEADGATE_DISTRICT_DIR": str(settings.district_dir.absolute()),
        "HEADGATE_PUBLIC_URL": settings.public_url or settings.url_of("telephony"),
        "HEADGATE_TWILIO_NUMBER": settings.twilio_number,
        "PYTHONUNBUFFERED": "1",
    }
    for process in SECRETS:
        values[f"HEADGATE_{process.upper()}_PORT"] = str(getattr(settings, process + "_port"))
        values[f"HEADGATE_{process.upper()}_URL"] = settings.url_of(process)
    return values


def _twilio(settings: Settings, secrets: Mapping[str, str]) -> dict[str, str]:
    """Twilio's credentials and address: the simulator's in the demonstration unless an account is set."""
    sid, token = settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value()
    address = settings.twilio_api_url
    if settings.demo and not sid:
        sid, token = secrets["twilio_account_sid"], secrets["twilio_auth_token"]
        address = address or settings.url_of("simulator")
    return {
        "HEADGATE_TWILIO_ACCOUNT_SID": sid,
        "HEADGATE_TWILIO_AUTH_TOKEN": token,
        "HEADGATE_TWILIO_API_URL": address,
    }


def _stripe(settings: Settings) -> dict[str, str]:
    """Stripe's credentials and address; all empty when the district does not use it."""
    return {
        "HEADGATE_STRIPE_API_KEY": settings.stripe_api_key.get_secret_value(),
        "HEADGATE_STRIPE_WEBHOOK_SECRET": settings.stripe_webhook_secret.get_secret_value(),
        "HEADGATE_STRIPE_API_URL": settings.stripe_api_url,
    }


def process_environment(
    process: str, settings: Settings, secrets: Mapping[str, str], environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The whole environment of `process` (a name in `SECRETS`)."""
    values = _inherited(environ) | _addresses(settings)
    values |= {"HEADGATE_" + name.upper(): secrets[name] for name in SECRETS[process]}
    if process == "backend":
        values["DATABASE_URL"] = database_url(settings, secrets)
        values |= _stripe(settings)
    if process in REDIS_USERS:
        values["REDIS_URL"] = redis_url(settings, secrets)
    if process in TWILIO_USERS:
        values |= _twilio(settings, secrets)
    if process == "engine":
        values |= MODEL_SERVER | {"HEADGATE_ENGINE_WORKERS": str(settings.engine_workers)}
    return values


def home_of(settings: Settings) -> Home:
    """The folders that these settings mean."""
    return Home(settings.home)
