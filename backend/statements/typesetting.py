"""PDF of a letter: typst with the fonts it carries, without the network, tagged for screen readers (PDF/UA-1)."""

from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import typst


class LetterError(Exception):
    """A template of the district that cannot be set; the message has the place and what typst says."""


def typeset(template: Path, data: dict[str, Any], made_at: datetime) -> bytes:
    """The PDF of `template` filled with `data`; the same input gives the same bytes.

    :raises LetterError: the template is missing or wrong.
    """
    try:
        pdf = typst.compile(
            template,
            root=template.parent,
            format="pdf",
            sys_inputs={"data": orjson.dumps(data).decode()},
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=int(made_at.timestamp()),
        )
    except (typst.TypstError, RuntimeError, OSError) as wrong:
        raise LetterError(f"{template}: {wrong}") from wrong
    assert isinstance(pdf, bytes)
    return pdf
