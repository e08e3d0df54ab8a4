"""One topic, one file name: domain, examples in both languages, rules, actions, stories."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DOMAIN = ROOT / "bot" / "domain"
# Files that belong to every topic and so to none.
SHARED = {"_shared"}


def _stems(folder: Path, pattern: str) -> set[str]:
    return {path.stem for path in folder.glob(pattern)} - SHARED


def _load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text()) or {}
    return loaded


TOPICS = _stems(DOMAIN, "*.yml")


def test_examples_exist_in_both_languages_for_the_same_topics() -> None:
    assert len(TOPICS) >= 9
    assert _stems(ROOT / "data/nlu/en", "*.yml") == _stems(ROOT / "data/nlu/es", "*.yml")
    assert _stems(ROOT / "data/nlu/en", "*.yml") <= TOPICS


def test_each_topic_has_rules_and_stories() -> None:
    assert _stems(ROOT / "data/rules", "*.yml") == TOPICS
    assert {name.removeprefix("test_") for name in _stems(ROOT / "tests/stories", "test_*.yml")} == TOPICS


def test_actions_are_named_after_topics() -> None:
    helpers = {"__init__", "serve", "settings", "account_api", "account_types", "names", "turn", "wording", "logs"}
    helpers |= {"intake_answers", "intake_questions"}
    modules = {path.stem for path in (ROOT / "actions").glob("*.py")}
    topic_modules = {name for name in modules - helpers if re.search(r"\bAction\b", _source(name))}
    assert topic_modules <= TOPICS, topic_modules - TOPICS


def _source(module: str) -> str:
    return (ROOT / "actions" / f"{module}.py").read_text()


def test_every_intent_has_examples_in_both_languages_and_a_rule() -> None:
    rules = "\n".join(path.read_text() for path in (ROOT / "data/rules").glob("*.yml"))
    examples = {
        language: "\n".join(path.read_text() for path in (ROOT / f"data/nlu/{language}").glob("*.yml"))
        for language in ("en", "es")
    }
    for path in sorted(DOMAIN.glob("*.yml")):
        for intent in _load(path).get("intents", []):
            name = intent if isinstance(intent, str) else next(iter(intent))
            named = re.compile(rf"intent:\s*{name}\b")
            assert named.search(rules), f"{name} ({path.name}) has no rule"
            in_examples = {language: bool(named.search(text)) for language, text in examples.items()}
            assert in_examples["en"] == in_examples["es"], f"{name} has examples in one language only"


# What telephony and the classifier say without words: see docs of bot/channel.py and bot/nlu.
SENT_WITHOUT_WORDS = {"start_conversation", "silence", "no_match", "nlu_fallback"}


def test_every_rule_can_fire() -> None:
    """Its intent is said (it has examples), picked (a choice sends it) or sent; no two rules begin alike."""
    examples = "\n".join(path.read_text() for path in (ROOT / "data/nlu").rglob("*.yml"))
    said = set(re.findall(r"intent:\s*(\w+)", examples)) | {"ask_knowledge"}
    sources = [*DOMAIN.glob("*.yml"), *(ROOT / "actions").glob("*.py"), *(ROOT / "telephony").rglob("*.py")]
    picked = set(re.findall(r"[\"']/([a-z_]+)", "\n".join(path.read_text() for path in sources)))
    beginnings: list[str] = []
    for path in sorted((ROOT / "data/rules").glob("*.yml")):
        for rule in _load(path)["rules"]:
            first = rule["steps"][0]
            beginnings.append(repr((rule.get("condition"), first)))
            if "intent" in first:
                assert first["intent"] in said | picked | SENT_WITHOUT_WORDS, f"{path.name}: {rule['rule']} cannot fire"
    assert len(beginnings) > 60
    assert [one for one in beginnings if beginnings.count(one) > 1] == []


def test_every_action_is_run_by_a_rule_or_by_another_action() -> None:
    rules = "\n".join(path.read_text() for path in (ROOT / "data/rules").glob("*.yml"))
    in_rules = set(re.findall(r"action: (\w+)", rules))
    code = "\n".join(path.read_text() for path in (ROOT / "actions").glob("*.py"))
    in_code, starts = Counter(re.findall(r"\w+", code)), set(re.findall(r'start="(\w+)"', code))
    for path in sorted(DOMAIN.glob("*.yml")):
        loaded = _load(path)
        for action in loaded.get("actions", []):
            form = re.fullmatch(r"(?:validate|action_ask)_(\w+?_form)(?:_\w+)?", action)
            named = in_code[action] > 1 or action in starts
            asked = form is not None and form[1] in loaded.get("forms", {})
            assert action in in_rules or named or asked, f"{path.name}: nothing runs {action}"
