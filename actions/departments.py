"""Which department does what, and its telephone."""

import re
import unicodedata
from collections.abc import Sequence

from actions import names
from actions.district_types import Department
from actions.turn import TopicAction, Turn, account_api

_WORD = re.compile(r"[a-z]{4,}")
_COMMON = frozenset(
    {"department", "departments", "departamento", "departamentos", "phone", "number", "telefono", "numero"}
    | {"call", "llamar", "llamo", "whom", "with", "from", "para", "como", "cual", "quien", "donde", "what"}
    | {"which", "about", "hablar", "speak", "talk", "want", "need", "quiero", "necesito", "water", "agua"}
    | {"district", "distrito", "service", "servicio", "person", "persona", "this", "that", "esta", "este"}
    | {"please", "favor", "have", "help", "ayuda", "someone", "alguien", "your", "does"}
)
_STEM_LETTERS = 5


def _stems(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return {word[:_STEM_LETTERS] for word in _WORD.findall(plain) if word not in _COMMON}


def best_department(text: str, departments: Sequence[Department]) -> Department | None:
    """The department whose name or purpose shares most with `text` (a name counts twice), or None."""
    asked = _stems(text)
    best, best_score = None, 0
    for department in departments:
        in_name = asked & _stems(" ".join(department.name.values()))
        in_purpose = asked & _stems(" ".join(department.purpose.values()))
        score = 2 * len(in_name) + len(in_purpose - in_name)
        if score > best_score:
            best, best_score = department, score
    return best


class ActionDepartments(TopicAction):
    """The department that was asked about, or all of them to choose from."""

    def name(self) -> str:
        return "action_departments"

    async def answer(self, turn: Turn) -> None:
        district = await account_api().district()
        asked = " ".join([turn.text, *map(str, turn.entities("department"))])
        department = best_department(asked, district.departments)
        if department is None:
            buttons = [
                {
                    "title": one.name[turn.language],
                    "payload": f'/ask_department{{"department":"{one.name[turn.language]}"}}',
                }
                for one in district.departments
            ]
            turn.say("utter_departments", phone=turn.wording.phone(district.phone), buttons=buttons)
            return
        turn.set(names.DEPARTMENT_NAMED, department.id)
        turn.say(
            "utter_department",
            name=department.name[turn.language],
            purpose=department.purpose[turn.language].rstrip("."),
            phone=turn.wording.phone(department.phone),
        )
        if department.open_now is False:
            turn.say("utter_department_closed_now")
