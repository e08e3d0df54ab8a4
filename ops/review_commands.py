"""`headgate review`: what the assistant did not understand, looked at by a person."""

# ruff: noqa: PLC0415

import json
from dataclasses import asdict
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from ops.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="What the assistant did not understand: list it, learn from it, drop it.")
EntryId = Annotated[str, typer.Argument(metavar="ID", help="As `headgate review list` shows it.")]


def _redis() -> Any:
    from redis import Redis

    from ops.environment import redis_url
    from ops.home import Home, load_secrets

    settings = load_settings()
    return Redis.from_url(redis_url(settings, load_secrets(Home(settings.home))), socket_connect_timeout=3)


def _silent(error: Exception) -> RuntimeError:
    return RuntimeError(f"Redis does not answer ({type(error).__name__}): is Headgate running?")


def _fail(error: Exception) -> NoReturn:
    typer.echo(str(error), err=True)
    raise typer.Exit(1) from error


@app.command("list")
def show(
    count: Annotated[int, typer.Option(help="How many, the oldest first.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable output.")] = False,
) -> None:
    """Show what waits for review, with the assistant's best guesses."""
    from redis.exceptions import RedisError

    from ops.review import waiting

    try:
        found = waiting(_redis(), count)
    except RedisError as error:
        _fail(_silent(error))
    if as_json:
        typer.echo(json.dumps([asdict(entry) for entry in found], ensure_ascii=False, indent=2))
        return
    if not found:
        typer.echo("Nothing waits for review.")
        return
    table = Table("id", "language", "what was said", "guesses")
    for entry in found:
        guesses = ", ".join(f"{name} {confidence:.2f}" for name, confidence in entry.guesses)
        table.add_row(entry.id, entry.language, entry.text, guesses)
    Console(width=max(120, Console().width)).print(table)


@app.command()
def learn(
    entry_id: EntryId,
    intent: Annotated[str, typer.Argument(help="What it means; `ask_knowledge/ARTICLE` for a general question.")],
    text: Annotated[str | None, typer.Option(help="Other words for it: without masks, names or slips.")] = None,
) -> None:
    """Make it a training example of INTENT; the next `make train` learns it."""
    from redis.exceptions import RedisError

    from ops import review

    try:
        path = review.learn(_redis(), entry_id, intent, text, district=load_settings().district_dir)
    except review.ReviewError as error:
        _fail(error)
    except RedisError as error:
        _fail(_silent(error))
    typer.echo(f"Added to {path}. `make train` learns it.")


@app.command()
def drop(entry_id: EntryId) -> None:
    """Take it off the list: there is nothing to learn from it."""
    from redis.exceptions import RedisError

    from ops import review

    try:
        review.drop(_redis(), entry_id)
    except review.ReviewError as error:
        _fail(error)
    except RedisError as error:
        _fail(_silent(error))
    typer.echo("Dropped.")
