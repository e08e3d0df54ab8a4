"""Is it ready? One short question to each kind of server. Each check gives None when ready, else what is missing."""

import http.client
import json

import psycopg
import redis
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

TIMEOUT_SECONDS = 2


def http_missing(port: int, path: str = "/readyz") -> str | None:
    """Asks one of our processes on loopback."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read(2000)
    except (OSError, http.client.HTTPException):
        return "does not answer"
    finally:
        connection.close()
    return None if response.status == 200 else _detail(body) or f"answers {response.status}"


def _detail(body: bytes) -> str:
    try:
        told = json.loads(body)
    except ValueError:
        return ""
    return str(told.get("detail") or told.get("error") or "") if isinstance(told, dict) else ""


def redis_missing(url: str) -> str | None:
    """Asks the Redis or Valkey at `url`."""
    client = redis.Redis.from_url(url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS)
    try:
        client.ping()
    except redis.RedisError as error:
        return _first_line(str(error))
    finally:
        client.close()
    return None


def postgres_missing(url: str) -> str | None:
    """Asks the PostgreSQL at `url`; makes the database that it names when only that is missing."""
    try:
        psycopg.connect(url, connect_timeout=TIMEOUT_SECONDS).close()
    except psycopg.OperationalError as error:
        if "does not exist" in str(error) and "database" in str(error):
            return _make_database(url)
        return _first_line(str(error))
    return None


def _make_database(url: str) -> str | None:
    name = str(conninfo_to_dict(url)["dbname"])
    try:
        with psycopg.connect(url, dbname="postgres", autocommit=True, connect_timeout=TIMEOUT_SECONDS) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.errors.DuplicateDatabase:
        return None
    except psycopg.Error as error:
        return f"the database {name} is missing and could not be made: {_first_line(str(error))}"
    return None


def _first_line(message: str) -> str:
    return message.strip().splitlines()[0] if message.strip() else "does not answer"
