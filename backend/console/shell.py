"""What surrounds the work: the demonstration's banner, the sections, who is signed in, the language, notices."""

from nicegui.elements.mixins.text_element import TextElement

from backend.console.navigation import Section, offered
from backend.console.surroundings import PREFIX, Surroundings
from backend.console.tags import set_attribute, set_text, tag
from backend.console.words import LANGUAGES, Wording
from backend.staff.permissions import SignedIn


def _language_link(code: str, here: str) -> str:
    return f"{PREFIX}/language/{code}?next={here}"


class Shell:
    """Drawn once; afterwards only the notices change. `skip`: the id of what a keyboard jumps to."""

    def __init__(
        self, t: Wording, around: Surroundings, staff: SignedIn, *, here: str, section: Section, skip: str
    ) -> None:
        self._t, self._around, self._staff = t, around, staff
        self.here = here
        self._section, self._skip = section, skip
        self._language_links: dict[str, TextElement] = {}

    @property
    def district_name(self) -> str:
        return self._around.district_name

    def build(self) -> None:
        t = self._t
        tag("a", t(f"skip_to_{self._skip}"), "skip", href=f"#{self._skip}")
        with tag("header", css="top"):
            if self._around.demo:
                tag("p", t("demo_banner"), "demo")
            with tag("div", css="bar"):
                with tag("p", css="brand"):
                    tag("img", src=f"{PREFIX}/static/mark.svg", alt="", width=22, height=22)
                    tag("span", self.district_name)
                self._build_sections()
                self._build_languages()
                self._build_account()
        with tag("div", css="notices"):
            self._trouble = tag("p", css="notice bad", role="alert", data_notice="trouble")
            self._bad = tag("p", css="notice bad", role="alert", data_notice="refused")
            self._good = tag("p", css="notice good", role="status", data_notice="done")

    def _build_sections(self) -> None:
        with tag("nav", css="sections", aria_label=self._t("sections")):
            for section in offered(self._staff):
                current = "page" if section.name == self._section.name else None
                tag("a", self._t(f"nav_{section.name}"), href=f"{PREFIX}{section.path}", aria_current=current)

    def _build_languages(self) -> None:
        with tag("nav", css="languages", aria_label=self._t("language_switch")):
            for code in LANGUAGES:
                self._language_links[code] = tag(
                    "a",
                    self._around.wording(code)("language_name"),
                    href=_language_link(code, self.here),
                    lang=code,
                    hreflang=code,
                    aria_current="true" if code == self._t.language else None,
                )

    def _build_account(self) -> None:
        t, staff = self._t, self._staff
        with tag("nav", css="account", aria_label=t("account_menu")):
            with tag("span", css="who-am-i"):
                tag("strong", staff.name)
                tag("span", t(f"role_{staff.role}"), "role")
            tag("a", t("change_password"), href=f"{PREFIX}/password")
            with tag("form", method="post", action=f"{PREFIX}/sign-out"):
                tag("button", t("sign_out"), "button quiet", type="submit")

    def now_at(self, here: str) -> None:
        """The page shows something else: a change of language, or a new sign-in, comes back to that."""
        self.here = here
        for code, link in self._language_links.items():
            set_attribute(link, "href", _language_link(code, here))

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
