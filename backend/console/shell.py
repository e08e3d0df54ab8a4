"""What surrounds the work: the demonstration's banner, the sections, who is signed in, the language, notices."""

from backend.console.navigation import Section, offered
from backend.console.pen import Pen
from backend.console.sheet import Sheet
from backend.console.surroundings import PREFIX, Surroundings
from backend.console.tags import set_attribute, set_text, tag
from backend.console.words import LANGUAGES, Wording
from backend.staff.permissions import SignedIn


class Shell:
    """Drawn once; afterwards only the notices change. `skip`: the id of what a keyboard jumps to."""

    def __init__(
        self, t: Wording, around: Surroundings, staff: SignedIn, *, here: str, section: Section, skip: str
    ) -> None:
        self._t, self._around, self._staff = t, around, staff
        self.here = here
        self._section, self._skip = section, skip

    @property
    def district_name(self) -> str:
        return self._around.district_name

    def build(self) -> None:
        t = self._t
        self._head = Sheet()
        self._head.show(self._draw_head)
        with tag("div", css="notices"):
            self._trouble = tag("p", css="notice bad", role="alert", data_notice="trouble")
            self._bad = tag("p", css="notice bad", role="alert", data_notice="refused", data_fault=t("trouble_fault"))
            self._good = tag("p", css="notice good", role="status", data_notice="done")

    def _draw_head(self, pen: Pen) -> None:
        t = self._t
        pen.link(t(f"skip_to_{self._skip}"), f"#{self._skip}", "skip")
        with pen.within("header", "top"):
            if self._around.demo:
                pen("p", t("demo_banner"), "demo")
            with pen.within("div", "bar"):
                with pen.within("p", "brand"):
                    pen("img", src=f"{PREFIX}/static/mark.svg", alt="", width=22, height=22)
                    pen("span", self.district_name)
                self._draw_sections(pen)
                self._draw_languages(pen)
                self._draw_account(pen)

    def _draw_sections(self, pen: Pen) -> None:
        with pen.within("nav", "sections", aria_label=self._t("sections")):
            for section in offered(self._staff):
                current = "page" if section.name == self._section.name else None
                pen.link(self._t(f"nav_{section.name}"), f"{PREFIX}{section.path}", aria_current=current)

    def _draw_languages(self, pen: Pen) -> None:
        with pen.within("nav", "languages", aria_label=self._t("language_switch")):
            for code in LANGUAGES:
                name = self._around.wording(code)("language_name")
                current = "true" if code == self._t.language else None
                link = f"{PREFIX}/language/{code}?next={self.here}"
                pen.link(name, link, lang=code, hreflang=code, aria_current=current)

    def _draw_account(self, pen: Pen) -> None:
        t, staff = self._t, self._staff
        with pen.within("nav", "account", aria_label=t("account_menu")):
            with pen.within("span", "who-am-i"):
                pen("strong", staff.name)
                pen("span", t(f"role_{staff.role}"), "role")
            pen.link(t("change_password"), f"{PREFIX}/password")
            with pen.within("form", method="post", action=f"{PREFIX}/sign-out"):
                pen("button", t("sign_out"), "button quiet", type="submit")

    def now_at(self, here: str) -> None:
        """The page shows something else: a change of language, or a new sign-in, comes back to that."""
        self.here = here
        self._head.show(self._draw_head)

    def say_done(self, words: str) -> None:
        """Tell what was done; an earlier refusal is over."""
        set_text(self._bad, "")
        set_text(self._good, words)

    def say_refused(self, words: str) -> None:
        """Tell what was not done, and why."""
        set_text(self._good, "")
        set_text(self._bad, words)

    def say_trouble(self, words: str, *, mild: bool = False) -> None:
        """What is wrong for now; empty when all is well again. `mild`: work goes on, only slower."""
        set_attribute(self._trouble, "data-mild", mild)
        set_text(self._trouble, words)
