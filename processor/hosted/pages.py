"""Renders the pages; everything that is shown is escaped here."""

from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from string import Template

from processor.cards import CARD, METHODS, TestMethod
from processor.hosted.words import OUTCOMES, WORDS, dollars, index_of, method_name
from processor.state.pages import Page

STATIC = Path(__file__).parent / "static"
PAYS, SAVES = "payment", "setup"


@dataclass(frozen=True, slots=True)
class Filled:
    """What the customer had filled in, and what was wrong with it."""

    chosen: str = ""
    amount: str = ""
    method_problem: str = ""
    amount_problem: str = ""

    @property
    def problems(self) -> list[tuple[str, str]]:
        """(the field's id, what is wrong), in the order of the form."""
        found = [("amount", self.amount_problem), ("first-method", self.method_problem)]
        return [(field, words) for field, words in found if words]


@lru_cache(maxsize=4)
def _template(name: str) -> Template:
    return Template((STATIC / name).read_text("utf-8"))


def _say(language: str, name: str, **values: str) -> str:
    return escape(WORDS[language][name].format(**values))


def _frame(language: str, merchant: str, title: str, content: str, path: str) -> str:
    other = "es" if language == "en" else "en"
    return _template("frame.html").substitute(
        language=language,
        title=title,
        content=content,
        skip=_say(language, "skip"),
        sandbox_label=_say(language, "sandbox_label"),
        sandbox=_say(language, "sandbox"),
        language_label=_say(language, "language_label"),
        other_language=other,
        other_name=_say(other, "language_name"),
        other_path=escape(f"{path}?lang={other}"),
        footer=_say(language, "footer", merchant=merchant) if merchant else "",
    )


def form_page(page: Page, language: str, filled: Filled) -> str:
    """The open page: what is asked for, and the test methods to choose from."""
    pays = page.mode == PAYS
    title = _say(language, "pay_title" if pays else "setup_title", merchant=page.merchant)
    explained = "" if pays else f"<p>{_say(language, 'setup_explained', merchant=page.merchant)}</p>"
    content = _template("form.html").substitute(
        title=title,
        summary=_say(language, "summary" if pays else "setup_summary"),
        merchant=escape(page.merchant),
        description=escape(page.description),
        explained=explained,
        total=f'<p class="total">{dollars(page.suggested_cents or 0)}</p>' if _is_fixed(page) else "",
        errors=_errors(language, filled),
        action=escape(f"/pay/{page.id}?lang={language}"),
        amount_field=_amount_field(page, language, filled),
        choose=_say(language, "choose"),
        groups=_groups(page, language, filled),
        method_problem=_problem("method-problem", filled.method_problem),
        button=_button(page, language),
        return_url=escape(page.return_url),
        cancel=_say(language, "cancel" if pays else "cancel_setup"),
    )
    return _frame(language, page.merchant, title, content, f"/pay/{page.id}")


def _is_fixed(page: Page) -> bool:
    return page.mode == PAYS and page.amount_is_fixed


def _button(page: Page, language: str) -> str:
    if page.mode == SAVES:
        return _say(language, "save")
    if page.amount_is_fixed:
        return _say(language, "pay", amount=dollars(page.suggested_cents or 0))
    return _say(language, "pay_chosen")


def _errors(language: str, filled: Filled) -> str:
    if not filled.problems:
        return ""
    items = "".join(f'<li><a href="#{field}">{escape(words)}</a></li>' for field, words in filled.problems)
    heading = _say(language, "problem")
    return f'<div class="errors" role="alert" tabindex="-1" autofocus><h2>{heading}</h2><ul>{items}</ul></div>'


def _problem(name: str, words: str) -> str:
    return f'<p class="problem" id="{name}">{escape(words)}</p>' if words else ""


def limits(page: Page) -> dict[str, str]:
    """The least and the most that this page takes, written."""
    return {"least": dollars(page.least_cents or 0), "most": dollars(page.most_cents or 0)}


def _amount_field(page: Page, language: str, filled: Filled) -> str:
    if page.mode == SAVES or page.amount_is_fixed:
        return ""
    suggested = page.suggested_cents or 0
    value = filled.amount or f"{suggested // 100}.{suggested % 100:02d}"
    wrong = bool(filled.amount_problem)
    return _template("amount.html").substitute(
        label=_say(language, "amount"),
        help=_say(language, "amount_help", **limits(page)),
        value=escape(value),
        invalid="true" if wrong else "false",
        described="amount-help amount-problem" if wrong else "amount-help",
        problem=_problem("amount-problem", filled.amount_problem),
    )


def _groups(page: Page, language: str, filled: Filled) -> str:
    offered = [method for method in METHODS.values() if method.kind in page.kinds]
    first = offered[0].name
    groups = []
    for kind in page.kinds:
        heading = _say(language, "cards" if kind == CARD else "accounts")
        options = "".join(
            _option(method, language, filled, first=method.name == first) for method in offered if method.kind == kind
        )
        groups.append(f"<fieldset><legend>{heading}</legend>{options}</fieldset>")
    return "".join(groups)


def _option(method: TestMethod, language: str, filled: Filled, *, first: bool) -> str:
    field = "first-method" if first else f"method-{method.name}"
    outcome = escape(OUTCOMES[method.name][index_of(language)])
    checked = " checked" if method.name == filled.chosen else ""
    described = ' aria-describedby="method-problem"' if filled.method_problem else ""
    return (
        f'<label class="method" for="{field}"><input type="radio" name="method" value="{method.name}" id="{field}"'
        f"{checked}{described}><span><strong>{escape(method_name(method, language))}</strong> {outcome}</span></label>"
    )


def verify_page(page: Page, language: str, filled: Filled) -> str:
    """The bank's own question, between the form and the outcome."""
    content = _template("verify.html").substitute(
        title=_say(language, "verify_title"),
        text=_say(language, "verify_text"),
        action=escape(f"/pay/{page.id}?lang={language}"),
        method=escape(filled.chosen),
        amount=escape(filled.amount),
        approve=_say(language, "approve"),
        refuse=_say(language, "refuse"),
    )
    return _frame(language, page.merchant, _say(language, "verify_title"), content, f"/pay/{page.id}")


def done_page(page: Page, language: str, method: TestMethod, amount_cents: int, *, pending: bool) -> str:
    """What was done, and the way back."""
    what = "saved" if page.mode == SAVES else "pending" if pending else "paid"
    text = _say(
        language,
        f"{what}_text",
        merchant=page.merchant,
        amount=dollars(amount_cents),
        method=method_name(method, language),
    )
    title = _say(language, f"{what}_title")
    back = _link(page.return_url, _say(language, "back", merchant=page.merchant))
    return _frame(language, page.merchant, title, _message("done", title, text, back), f"/pay/{page.id}")


def expired_page(page: Page, language: str) -> str:
    """The page's time is over."""
    title = _say(language, "expired_title")
    text = _say(language, "expired_text", merchant=page.merchant)
    back = _link(page.return_url, _say(language, "back", merchant=page.merchant))
    return _frame(language, page.merchant, title, _message("over", title, text, back), f"/pay/{page.id}")


def missing_page(language: str, path: str) -> str:
    """Nothing is at this address."""
    title = _say(language, "missing_title")
    return _frame(language, "", title, _message("over", title, _say(language, "missing_text"), ""), path)


def _message(kind: str, title: str, text: str, link: str) -> str:
    return f'<div class="message {kind}"><h1>{title}</h1><p>{text}</p>{link}</div>'


def _link(address: str, words: str) -> str:
    return f'<p><a class="main-action" href="{escape(address)}">{words}</a></p>'
