"""The `headgate` command.

Each command imports what it needs when it runs: `headgate text` answers at once and does not load a supervisor.
"""

# ruff: noqa: PLC0415

import asyncio
import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from ops import review_commands
from ops.settings import Settings, SettingsError, load_settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Headgate: the contact center that a public water district can run itself.",
)
app.add_typer(review_commands.app, name="review")
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
Phone = Annotated[str, typer.Option("--from", help="The customer's phone number, as people write it.")]


TABLE_WIDTH_MIN = 120


def _console() -> Console:
    return Console(soft_wrap=True)


def _print_table(table: Table) -> None:
    """In full, also where the terminal is narrow or there is none: a cut phone number is of no use."""
    Console(width=max(TABLE_WIDTH_MIN, Console().width)).print(table)


def _fail(words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(1)


def _settings() -> Settings:
    try:
        return load_settings()
    except SettingsError as error:
        _fail(str(error))


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def friendly(command: Callable[..., None]) -> Callable[..., None]:
    """Turns the errors that a person can do something about into one sentence and exit status 1."""

    @wraps(command)
    def wrapped(*arguments: Any, **options: Any) -> None:
        from ops.api import CommandError
        from ops.supervision import NotRunningError

        try:
            command(*arguments, **options)
        except (CommandError, NotRunningError, TimeoutError) as error:
            _fail(str(error))

    return wrapped


@app.command()
def run() -> None:
    """Start everything and keep it running (make run does this, with the demonstration on)."""
    from ops.run import run_everything

    raise typer.Exit(run_everything(_settings(), _console()))


@app.command()
@friendly
def stop() -> None:
    """Stop whatever runs here, also what an earlier start left behind."""
    from ops.home import Home
    from ops.running import stop_system

    stopped = stop_system(Home(_settings().home))
    typer.echo("Headgate has stopped." if stopped else "Nothing is running.")


@app.command()
@friendly
def status(as_json: Json = False) -> None:
    """What runs, since when, and whether it is ready."""
    from ops.status import rows, table

    found = rows(_settings())
    _print_json(found) if as_json else _print_table(table(found))


@app.command()
def train() -> None:
    """Train the assistant's model, if what it is made from has changed; write how well it understands."""
    from ops.home import Home, load_secrets
    from ops.model import TrainingError, ensure_model, report
    from ops.processes import Plan

    settings = _settings()
    home = Home(settings.home)
    home.make()
    environment = Plan(settings, home, load_secrets(home)).environment("engine")
    try:
        path = asyncio.run(ensure_model(home, environment, typer.echo))
    except TrainingError as error:
        _fail(str(error))
    typer.echo(f"The model is current: {path}")
    page = asyncio.run(report(home, path, environment))
    typer.echo(f"How well it understands: {page}" if page else f"No report: see {home.logs / 'report.log'}")


@app.command()
def doctor() -> None:
    """Say in plain words what is missing or wrong, and what to do about it."""
    from ops.doctor import examine

    findings = examine(_settings())
    for finding in findings:
        typer.echo(finding.line())
    wrong = sum(not finding.fine for finding in findings)
    typer.echo("\nAll is well." if not wrong else f"\n{wrong} to look at.")
    raise typer.Exit(1 if wrong else 0)


@app.command()
@friendly
def demo(as_json: Json = False) -> None:
    """The demonstration's customers, one for each situation."""
    from ops.talk import customers, customers_table

    found = customers(_settings())
    _print_json(found) if as_json else _print_table(customers_table(found))


@app.command()
@friendly
def text(words: str, sender: Phone, as_json: Json = False) -> None:
    """Send one text message as a customer, through a signed Twilio webhook; print the replies."""
    from ops.talk import send_text

    answer = send_text(_settings(), sender, words)
    if as_json:
        _print_json(answer)
        return
    for reply in answer["replies"]:
        typer.echo(reply["body"])


@app.command(context_settings={"ignore_unknown_options": True})
@friendly
def call(
    steps: Annotated[list[str] | None, typer.Argument()] = None,
    sender: Annotated[str, typer.Option("--from", help="A phone number, or anonymous.")] = "",
    as_json: Json = False,
    mode: Annotated[
        str | None, typer.Option("--mode", help="webhook or relay: how this call is taken, whatever the setting says.")
    ] = None,
    script: Annotated[str, typer.Option("--script", help="A call that is written already; list: their names.")] = "",
) -> None:
    """Make a scripted phone call, or one that is written already.

    STEPS: say:WORDS, say@0.6:WORDS, press:KEYS, interrupt:WORDS, wait:SECONDS, hold:SECONDS, hear:WORDS, silence, drop,
    hangup. `wait` passes on the call's own clock, which jumps; `hold` and `hear` wait for others in real time.
    """
    from ops.call_scripts import carry_out, checked
    from ops.talk import make_call, spoken_lines

    if script:
        for line in carry_out(_settings(), script):
            typer.echo(line)
        return
    answer = make_call(_settings(), *checked(sender, steps), mode)
    if as_json:
        _print_json(answer)
        return
    for line in spoken_lines(answer):
        typer.echo(line)


@app.command()
@friendly
def chat(
    words: str,
    visitor: Annotated[str, typer.Option("--as", help="Any name; the same name continues its conversation.")],
    as_json: Json = False,
) -> None:
    """Send one web chat message over the real chat socket; print the replies."""
    from ops.webchat import say_in_chat

    answer = asyncio.run(say_in_chat(_settings(), visitor, words))
    if as_json:
        _print_json(answer)
        return
    for reply in [*answer["earlier"], *answer["replies"]]:
        typer.echo(f"{reply['name']}: {reply['text']}" if reply.get("name") else reply["text"])
        for number, choice in enumerate(reply.get("choices") or [], 1):
            typer.echo(f"  {number}. {choice['title']}")


@app.command()
@friendly
def inbox(
    phone: Annotated[str, typer.Option("--phone", help="Whose texts: a phone number.")], as_json: Json = False
) -> None:
    """The texts that were delivered to a phone: codes, receipts, reminders, a person's answers."""
    from ops.talk import inbox_lines, texts_of

    found = texts_of(_settings(), phone)
    if as_json:
        _print_json(found)
        return
    for line in inbox_lines(found) or ["No texts yet."]:
        typer.echo(line)


@app.command()
@friendly
def clock(
    change: Annotated[list[str] | None, typer.Argument(help="Nothing, or: set TIME, or: real")] = None,
    as_json: Json = False,
) -> None:
    """Show or move the demonstration's clock: `clock`, `clock set 2026-12-24T18:30`, `clock real`."""
    from ops.talk import clock_line, move_clock

    answer = move_clock(_settings(), change or [])
    _print_json(answer) if as_json else typer.echo(clock_line(answer))


@app.command()
@friendly
def handheld(
    cycle: Annotated[int | None, typer.Option(help="The billing cycle to read; without one, list the routes.")] = None,
    route: Annotated[str | None, typer.Option(help="One route of the cycle; without one, all of them.")] = None,
    layout: Annotated[str, typer.Option(help="A layout of [[downloads]] in district/reads.toml.")] = "plain_csv",
    output: Annotated[Path | None, typer.Option(help="Where to write the file.")] = None,
    as_json: Json = False,
) -> None:
    """Write the file of a meter reading route: last reads, and what to expect."""
    from ops.handheld import download, routes, routes_table

    if cycle is None:
        found = routes(_settings())
        _print_json(found) if as_json else _print_table(routes_table(found))
        return
    made = download(_settings(), cycle, route, layout, output)
    _print_json(made) if as_json else typer.echo(f"{made['meters']:,} meters in {made['file']}")


@app.command()
@friendly
def nightly(
    written: Annotated[
        str | None, typer.Option("--date", help="The business date, like 2026-11-23; today when left out.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run the nightly update of a date now, or finish it; nothing is ever done twice."""
    from ops.nightly import begin, headline, result_table, watch

    night = begin(_settings(), written)
    was_finished = night["status"] == "finished"
    # With --json, what is said while it runs goes where errors go, so that a program can read the answer.
    if not was_finished:
        night = watch(_settings(), night, Console(stderr=True) if as_json else _console())
    if as_json:
        _print_json(night)
        return
    typer.echo(headline(night, was_finished=was_finished))
    _print_table(result_table(night))


def main() -> None:
    """The entry point of the `headgate` command."""
    app()


if __name__ == "__main__":
    main()
