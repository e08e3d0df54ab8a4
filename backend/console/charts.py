"""Small pictures of numbers: drawn with the page's own boxes, so that their words stay readable on a phone.

Each has its numbers in words or in a table beside it, for those who do not see the picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.console.pen import Pen


@dataclass(frozen=True, slots=True)
class Bar:
    """One place of a bar chart: `before` stands behind it; `weak` is drawn hatched (an estimate)."""

    label: str
    value: int
    before: int | None
    says: str
    weak: bool = False


def bars(pen: Pen, name: str, places: Sequence[Bar]) -> None:
    """Bars beside those of a year before. `name` says what they show."""
    beside = any(bar.before is not None for bar in places)
    most = max((value for bar in places for value in (bar.value, bar.before or 0)), default=0) or 1
    with pen.within("div", "bars", role="img", aria_label=name), pen.within("div", "bars-field"):
        for bar in places:
            with pen.within("div", "bars-place", title=bar.says):
                with pen.within("div", "bars-pair"):
                    if beside:
                        pen("span", "", "pillar before", style=f"height:{(bar.before or 0) / most * 100:.1f}%")
                    css = "pillar weak" if bar.weak else "pillar"
                    pen("span", "", css, style=f"height:{bar.value / most * 100:.1f}%", data_value=bar.value)
                pen("span", bar.label, "bars-label")


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a whole: `css` is its color, `amount` its value in words."""

    name: str
    value: int
    amount: str
    css: str


def shares(pen: Pen, name: str, parts: Sequence[Share]) -> None:
    """A bar of parts with its legend; parts of nothing are in the legend only."""
    whole = sum(part.value for part in parts)
    with pen.within("div", "shares"):
        with pen.within("div", "shares-bar", role="img", aria_label=name):
            for part in parts:
                if part.value > 0:
                    pen("span", "", f"share {part.css}", style=f"flex-grow:{part.value / whole:.4f}")
        with pen.within("dl", "shares-legend"):
            for part in parts:
                with pen.within("div", "empty-share" if part.value <= 0 else ""):
                    with pen.within("dt"):
                        pen("span", "", f"share-mark {part.css}", aria_hidden="true")
                        pen.text(part.name)
                    pen("dd", part.amount, "number")


WIDTH, HEIGHT, MARGIN = 132, 30, 4


def sparkline(pen: Pen, values: Sequence[float], name: str) -> None:
    """A line through `values` in their order; the last one is marked. `name` says in words what it shows."""
    if len(values) < 2:
        return
    most, step = max(values) or 1, (WIDTH - 2 * MARGIN) / (len(values) - 1)
    points = [
        (MARGIN + place * step, HEIGHT - MARGIN - value / most * (HEIGHT - 2 * MARGIN))
        for place, value in enumerate(values)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    with pen.within(
        "svg", "spark", viewBox=f"0 0 {WIDTH} {HEIGHT}", width=WIDTH, height=HEIGHT, role="img", aria_label=name
    ):
        pen("polyline", points=line, fill="none")
        pen("circle", cx=f"{points[-1][0]:.1f}", cy=f"{points[-1][1]:.1f}", r="3")


def progress(pen: Pen, name: str, done: int, whole: int) -> None:
    """How far something is."""
    share = 100 * done // whole if whole else 0
    with pen.within(
        "div", "progress", role="progressbar", aria_label=name, aria_valuenow=share, aria_valuemin=0, aria_valuemax=100
    ):
        pen("span", "", style=f"width:{share}%")
