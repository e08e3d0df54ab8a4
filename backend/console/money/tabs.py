"""The money pages as tabs of one section. A new money page is a line here."""

from collections.abc import Mapping

from backend.console.navigation import MONEY, Section
from backend.console.pen import Pen
from backend.console.surroundings import PREFIX
from backend.console.words import Wording
from backend.staff.permissions import Permission, SignedIn

DRAWER = MONEY
UNAPPLIED = Section("money", "/money/unapplied", Permission.HANDLE_BANK_MONEY)
FILES = Section("money", "/money/files", Permission.HANDLE_BANK_MONEY)
RETURNS = Section("money", "/money/returns", Permission.HANDLE_BANK_MONEY)
TABS: Mapping[str, Section] = {"drawer": DRAWER, "unapplied": UNAPPLIED, "files": FILES, "returns": RETURNS}
"""What a tab is called (`money_tab_<name>`) → where it is and who is offered it."""
COUNT_OF = {"unapplied": "unapplied_receipts", "returns": "return_items"}
"""Tab → what waits there, by its name among the nights' counts."""


def draw_money_head(pen: Pen, t: Wording, me: SignedIn, tab: str, counts: Mapping[str, int]) -> None:
    """The head of a money page; `counts` of what waits are shown at the tabs."""
    with pen.within("div", "page-head"):
        pen("h1", t("nav_money"))
    with pen.within("nav", "tabs", aria_label=t("money_tabs")):
        for name, section in TABS.items():
            if not me.may(section.permission):
                continue
            current = "page" if name == tab else None
            with pen.within("a", href=f"{PREFIX}{section.path}", aria_current=current):
                pen.text(t(f"money_tab_{name}"))
                if waiting := counts.get(COUNT_OF.get(name, ""), 0):
                    pen("span", t.number(waiting), "badge")
