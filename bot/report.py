"""`make train`'s report: one page with pictures of how well the assistant understands, `$HEADGATE_HOME/reports/`.

`python -m bot.report --model FILE --output FILE`. No script, no address of another machine: HTML with SVG inside.
"""

import argparse
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Sequence
from html import escape
from pathlib import Path

from bot.absent import leave_out

leave_out()

from bot.nlu.intent_model import IntentModel  # noqa: E402
from bot.understanding import (  # noqa: E402
    NOTHING,
    Judged,
    by_intent,
    confusions,
    judge,
    read_said,
    reliability,
    summarise,
)

CONFUSIONS_SHOWN, INTENTS_SHOWN, MAP_SIZE = 30, 40, 16
_MODEL_PART = "bot.nlu.intents.IntentClassifier"
_STYLE = """body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:68rem;padding:0 1rem;color:#1b2733}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccd6dd;
vertical-align:top}td.n{text-align:right;font-variant-numeric:tabular-nums}svg{max-width:100%;height:auto}
.en{fill:#0b5cad}.es{fill:#b3541e}text{font:12px system-ui,sans-serif;fill:#1b2733}"""


def classifier_of(model: Path) -> IntentModel:
    """The intent model inside a trained model file.

    :raises ValueError: it has none.
    """
    with tempfile.TemporaryDirectory() as folder, tarfile.open(model) as packed:
        parts = [part for part in packed.getmembers() if _MODEL_PART in part.name and part.isfile()]
        if not parts:
            raise ValueError(f"{model} has no classifier of ours")
        for part in parts:
            part.name = Path(part.name).name
            packed.extract(part, folder)
        return IntentModel.load(Path(folder))


def page(judged: Sequence[Judged], examples: Sequence[Judged]) -> str:
    """The report: figures of `judged`, which nobody reads, and what is confused in `examples`, to improve by."""
    summary = summarise(judged)
    points = 100 * abs(summary.accuracy["en"] - summary.accuracy["es"])
    facts = [
        ("English", f"{summary.accuracy['en']:.1%} right"),
        ("Spanish", f"{summary.accuracy['es']:.1%} right ({points:.1f} points apart)"),
        ("Out of scope", f"{summary.out_of_scope_recall:.1%} found at 3 points of loss"),
        ("Out of scope, as shipped", f"{summary.shipped_recall:.1%} found"),
    ]
    rows = "".join(f"<tr><th scope=row>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in facts)
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>How well the assistant understands</title><style>{_STYLE}</style><main>"
        f"<h1>How well the assistant understands</h1><p>{len(judged)} messages that it never saw in training.</p>"
        f"<table>{rows}</table><h2>Weakest intents, English against Spanish</h2>{_intents(judged)}"
        f"<h2>Is it as sure as it is right?</h2>{_calibration(judged)}"
        f"<h2>What is taken for what</h2><p>In {len(examples)} other messages, kept to improve by.</p>"
        f"{_confusion_map(examples)}{_confusions(examples)}</main></html>"
    )


def _intents(judged: Sequence[Judged]) -> str:
    """Two bars for each intent, the weakest first."""
    found = by_intent(judged)
    ordered = sorted(found, key=lambda name: min(right / count for right, count in found[name].values()))
    bars = []
    for row, name in enumerate(ordered[:INTENTS_SHOWN]):
        top = row * 34
        bars.append(f"<text x=0 y={top + 18}>{escape(name)}</text>")
        for offset, language in ((2, "en"), (16, "es")):
            right, count = found[name].get(language, (0, 0))
            if count:
                width = 560 * right / count
                bars.append(f"<rect class={language} x=230 y={top + offset} width={width:.0f} height=12></rect>")
                bars.append(f"<text x={236 + width:.0f} y={top + offset + 10}>{language} {right} of {count}</text>")
    height = 34 * min(len(ordered), INTENTS_SHOWN)
    return f"<svg role=img aria-label='Share right of each intent' viewBox='0 0 900 {height}'>{''.join(bars)}</svg>"


def _calibration(judged: Sequence[Judged]) -> str:
    """Mean confidence across, share right upwards; on the line they agree."""
    dots = []
    for confidence, right, count in reliability(judged):
        x, y = 40 + 300 * confidence, 320 - 300 * right
        words = f"{count} messages: {confidence:.0%} sure, {right:.0%} right"
        dots.append(f"<circle class=en cx={x:.0f} cy={y:.0f} r=6><title>{words}</title></circle>")
    axes = "<path d='M40 320H340M40 320V20' stroke='#1b2733' fill=none></path>"
    axes += "<path d='M40 320L340 20' stroke='#88aaaa'></path>"
    words = "<text x=150 y=345>how sure it is</text><text x=44 y=30>how often it is right</text>"
    drawn = axes + words + "".join(dots)
    return f"<svg role=img aria-label='Calibration curve' viewBox='0 0 400 350' width=400>{drawn}</svg>"


def _confusion_map(judged: Sequence[Judged]) -> str:
    """The intents that are confused most: meant downwards, taken for across; the darker the oftener."""
    wrong: Counter[tuple[str, str]] = Counter()
    for one in judged:
        if one.said.intent != one.likeliest:
            wrong[one.said.intent, one.likeliest] += 1
    weight: Counter[str] = Counter()
    for (meant, taken), times in wrong.items():
        weight[meant] += times
        weight[taken] += times
    names = sorted(name for name, _ in weight.most_common(MAP_SIZE))
    most = max((wrong[meant, taken] for meant in names for taken in names), default=0)
    drawn = []
    for row, meant in enumerate(names):
        top = 170 + 24 * row
        drawn.append(f"<text x=0 y={top + 16}>{escape(meant)}</text>")
        drawn.append(f"<text transform='translate({216 + 24 * row} 164) rotate(-60)'>{escape(meant)}</text>")
        for column, taken in enumerate(names):
            times, left = wrong[meant, taken], 200 + 24 * column
            shade = f"fill=#0b5cad fill-opacity={times / most:.2f}" if times else "fill=#eef2f5"
            words = f"{meant} taken for {taken}: {times} times"
            drawn.append(f"<rect x={left} y={top} width=22 height=22 {shade}><title>{escape(words)}</title></rect>")
    height, width = 176 + 24 * len(names), 330 + 24 * len(names)
    label = "Which intents are taken for which"
    return f"<svg role=img aria-label='{label}' viewBox='0 0 {width} {height}' width={width}>{''.join(drawn)}</svg>"


def _confusions(judged: Sequence[Judged]) -> str:
    head = "<tr><th>meant</th><th>taken for</th><th>times</th><th>for example</th></tr>"
    rows = []
    for meant, taken, said in confusions(judged)[:CONFUSIONS_SHOWN]:
        examples = "; ".join(f"{one.text} ({one.language})" for one in said[:3])
        cells = (
            f"<td>{escape(meant)}</td><td>{escape(taken)}</td><td class=n>{len(said)}</td><td>{escape(examples)}</td>"
        )
        rows.append(f"<tr>{cells}</tr>")
    turned_away = sum(one.right and one.answer == NOTHING for one in judged)
    return f"<table>{head}{''.join(rows)}</table><p>{turned_away} right guesses were not sure enough to be used.</p>"


def main(arguments: list[str] | None = None) -> int:
    """Writes the page and prints its figures."""
    parser = argparse.ArgumentParser(prog="python -m bot.report", description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    model = classifier_of(chosen.model)
    judged = judge(model, read_said())
    chosen.output.parent.mkdir(parents=True, exist_ok=True)
    chosen.output.write_text(page(judged, judge(model, read_said("dev"))), "utf-8")
    summary = summarise(judged)
    english, spanish = summary.accuracy["en"], summary.accuracy["es"]
    print(f"Understood: English {english:.1%}, Spanish {spanish:.1%}, out of scope {summary.out_of_scope_recall:.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
