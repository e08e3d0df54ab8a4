"""What surrounds the work: the demonstration's banner, who is signed in, the language, notices."""

from nicegui.elements.mixins.text_element import TextElement

from backend.console.surroundings import PREFIX, Surroundings
from backend.console.tags import set_attribute, set_text, tag
from backend.console.words import LANGUAGES, Wording
from backend.staff.permissions import SignedIn


def _language_link(code: str, here: str) -> str:
    return f"{PREFIX}/language/{code}?next={here}"


class Shell:
    """Drawn once; afterwards only the notices change."""

    def __init__(self, t: Wording, around: Surroundings, staff: SignedIn, here: str) -> None:
        self._t, self._around, self._staff = t, around, staff
        self._here = here
        self._language_links: dict[str, TextElement] = {}

    @property
    def district_name(self) -> str:
        return self._around.district_name

    def build(self) -> None:
        t = self._t
        tag("a", t("skip_to_case"), "skip", href="#case")
        with tag("header", css="top"):
            if self._around.demo:
                tag("p", t("demo_banner"), "demo")
            with tag("div", css="bar"):
                with tag("p", css="brand"):
                    tag("img", src=f"{PREFIX}/static/mark.svg", alt="", width=22, height=22)
                    tag("span", self.district_name)
                    tag("span", f"{t('product')} {t('console')}", "product")
                self._build_languages()
                self._build_account()
        with tag("div", css="notices"):
            self._trouble = tag("p", css="notice bad", role="alert", data_notice="trouble")
            self._bad = tag("p", css="notice bad", role="alert", data_notice="refused")
            self._good = tag("p", css="notice good", role="status", data_notice="done")

    def _build_languages(self) -> None:
        with tag("nav", css="languages", aria_label=self._t("language_switch")):
            for code in LANGUAGES:
                self._language_links[code] = tag(
                    "a",
                    self._around.wording(code)("language_name"),
                    href=_language_link(code, self._here),
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
        """The page shows something else: a change of language comes back to that."""
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
