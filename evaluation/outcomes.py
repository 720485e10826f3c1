"""What agents judged when they closed conversations, as questions with known answers: evaluation data of real days."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chat.casework.repository import CaseRepository
from chat.models import Message
from evaluation.datasets import Query
from kb.content import Lang
from kit.database import Database
from kit.masking import mask
from kit.settings import Settings

SLICE = "desk"
ASKED_FOR_PERSON = 0.45


@dataclass(frozen=True)
class Judged:
    """Questions that an answer of the knowledge base solved, and how many conversations ended in which way."""

    queries: list[Query]
    ended: dict[str, int]

    def report(self) -> dict[str, Any]:
        """The figures."""
        return {"command": "outcomes", "questions": len(self.queries), "ended": self.ended}


async def read(settings: Settings) -> Judged:
    """All closed conversations that an agent has judged. A question is masked, and is as the customer typed it."""
    database = Database.from_settings(settings)
    try:
        async with database.read() as session:
            repository = CaseRepository(session)
            outcomes = await repository.outcomes()
            solved = [outcome for outcome, _ in outcomes if outcome.kind == "solved" and outcome.entry_id]
            words = await repository.customers_words(outcome.conversation_id for outcome in solved)
    finally:
        await database.close()
    queries = []
    for outcome in solved:
        asked = question_for(words.get(outcome.conversation_id, []), str(outcome.entry_id))
        if asked is not None:
            language: Lang = "en" if asked.language == "en" else "zh"
            identifier = f"{SLICE}-{outcome.conversation_id}"
            queries.append(Query(identifier, mask(asked.text.strip()), language, outcome.entry_id, SLICE))
    return Judged(queries, dict(Counter(outcome.kind for outcome, _ in outcomes)))


def question_for(words: Sequence[Message], entry_id: str) -> Message | None:
    """The customer's message that an entry answers: the one it came nearest to, else the first about any matter."""
    spoken = [message for message in words if not message.data.get("choice")]
    matters = [message for message in spoken if (message.turn or {}).get("asked_confidence", 0) < ASKED_FOR_PERSON]
    nearest = max(matters, key=lambda message: _confidence(message, entry_id), default=None)
    if nearest is not None and _confidence(nearest, entry_id) > 0:
        return nearest
    return matters[0] if matters else None


def write(queries: Sequence[Query], path: Path) -> None:
    """As a file that ``python -m evaluation faq --queries`` reads."""
    lines = [json.dumps(vars(query), ensure_ascii=False) for query in queries]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _confidence(message: Message, entry_id: str) -> float:
    candidates = (message.turn or {}).get("candidates") or []
    return max((float(each["confidence"]) for each in candidates if each["entry_id"] == entry_id), default=0.0)
