"""Train and try pipelines on any `text,intent` CSV, side by side.

  python -m bench.nlu --train train.csv --test test.csv --pipeline ours --pipeline default
  python -m bench.nlu --train train.csv --test test.csv --shots 10 --draws 3
  python -m bench.nlu --train all.csv --hold-out 15 --json

Rows whose intent is out_of_scope, oos or empty (or a label of --out-of-scope) are out of scope. Without --test a fifth
of each intent's rows is kept to try. Prediction runs on one thread, one message at a time.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.nlu.data import LABELS, DataError, Row, check_rows, draw_rows, hold_out, read_rows, split_rows
from bench.nlu.pipelines import DEFAULT_EPOCHS, Result, measure, pipeline_named

TRIED_SHARE = 0.2


def rows_of_draw(given: argparse.Namespace, seed: int) -> tuple[list[Row], list[Row]]:
    """What to learn from and what to try in the draw with `seed`.

    :raises DataError: the files cannot be used.
    """
    labels = given.out_of_scope or LABELS
    learn = [row for path in given.train for row in read_rows(path, labels)]
    if given.test:
        tried = [row for path in given.test for row in read_rows(path, labels)]
    else:
        learn, tried = split_rows(learn, TRIED_SHARE, seed)
    if given.hold_out:
        learn, tried = hold_out(learn, tried, given.hold_out, seed)
    if given.shots:
        learn = draw_rows(learn, given.shots, seed)
    check_rows(learn, tried)
    return learn, tried


def table_of(results: Sequence[Result]) -> Table:
    """One line for each pipeline: means over its draws."""
    first = results[0].quality
    title = f"{first.rows} messages in scope, {first.out_of_scope_rows} out of scope; {results[0].examples} examples"
    table = Table(title=title)
    headings = ("accuracy", "macro-F1", "oos recall at 3 pts", "Matthews", "as shipped: acc.", "oos recall", "Matthews")
    table.add_column("pipeline")
    for heading in (*headings, "training s", "median ms", "p95 ms", "MB"):
        table.add_column(heading, justify="right")
    for name in dict.fromkeys(result.pipeline for result in results):
        draws = [result for result in results if result.pipeline == name]
        of = [draw.quality for draw in draws]
        cells = [
            _percent([q.accuracy for q in of]),
            _percent([q.macro_f1 for q in of]),
            _percent([q.recall for q in of]),
        ]
        cells += [_mean([q.matthews for q in of], 3), _percent([q.shipped_accuracy for q in of])]
        cells += [_percent([q.shipped_recall for q in of]), _mean([q.shipped_matthews for q in of], 3)]
        cells += [_mean([draw.training_seconds for draw in draws], 1), _mean([draw.median_ms for draw in draws], 2)]
        cells += [_mean([draw.p95_ms for draw in draws], 2), _mean([draw.memory_mb for draw in draws], 0)]
        table.add_row(f"{name} (× {len(draws)})" if len(draws) > 1 else name, *cells)
    return table


def _mean(values: Sequence[float], digits: int) -> str:
    return f"{statistics.fmean(values):.{digits}f}"


def _percent(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{100 * statistics.fmean(known):.1f} %" if known else "-"


def arguments_of(given: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.nlu", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--train", type=Path, nargs="+", required=True, metavar="CSV", help="rows to learn from")
    parser.add_argument("--test", type=Path, nargs="+", metavar="CSV", help="rows to try (else a fifth of --train)")
    parser.add_argument(
        "--pipeline", action="append", metavar="NAME", help="ours, default or a config.yml (repeatable)"
    )
    parser.add_argument("--out-of-scope", action="append", metavar="LABEL", help="the intent of what is out of scope")
    parser.add_argument("--hold-out", type=int, default=0, metavar="N", help="leave N intents out of what is learned")
    parser.add_argument("--shots", type=int, default=0, metavar="N", help="learn from N examples of each intent")
    parser.add_argument("--draws", type=int, default=1, metavar="N", help="repeat with N seeds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=DEFAULT_EPOCHS, help="of the default pipeline")
    parser.add_argument("--json", action="store_true", help="print every draw's figures as JSON")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """0 when everything was measured, 1 with the reason on standard error."""
    arguments = arguments_of(given)
    console = Console(stderr=True, highlight=False)
    results = []
    try:
        pipelines = [pipeline_named(name, arguments.epochs) for name in arguments.pipeline or ["ours", "default"]]
        for seed in range(arguments.seed, arguments.seed + arguments.draws):
            learn, tried = rows_of_draw(arguments, seed)
            for pipeline in pipelines:
                with tempfile.TemporaryDirectory(prefix="headgate-nlu-") as folder:
                    results.append(measure(pipeline, learn, tried, Path(folder), console.print))
    except DataError as wrong:
        print(f"bench.nlu: {wrong}", file=sys.stderr)
        return 1
    if arguments.json:
        print(json.dumps([asdict(result) for result in results], indent=2))
    else:
        Console(width=160).print(table_of(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
