"""Check questions: what customers asked, and the right entry; confidence is measured by them, nothing learns from them.

An entry's similar questions are written to be unlike each other, so a question held out of them is harder than a
customer's. A knowledge base that also has questions as customers put them knows better how sure it may be.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from kb.content import ContentError, Lang


@dataclass(frozen=True)
class CheckQuestion:
    """A question and the entry that answers it; None where no entry does."""

    text: str
    language: Lang
    entry_id: str | None


def read_checks(folder: Path) -> list[CheckQuestion]:
    """Every question of the folder's JSON Lines files; none when there is no folder.

    Raises:
        ContentError: a line is not a check question; the message names file and line.
    """
    found: list[CheckQuestion] = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                text, language, entry_id = str(row["text"]).strip(), row["language"], row["entry_id"]
            except (ValueError, KeyError, TypeError) as error:
                raise ContentError(f"{path.name}, line {number}: not a check question: {error!r}") from error
            if not text or language not in ("zh", "en") or not (entry_id is None or isinstance(entry_id, str)):
                raise ContentError(
                    f"{path.name}, line {number}: 'text' must not be empty, 'language' must be zh or en, "
                    "'entry_id' the id of an entry or null."
                )
            found.append(CheckQuestion(text, language, entry_id))
    return found
