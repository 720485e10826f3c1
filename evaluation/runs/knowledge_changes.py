"""What changed in the knowledge base between two runs, and which answers now say what another entry said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rapidfuzz import fuzz

Knowledge = Mapping[str, Mapping[str, Mapping[str, Any]]]
Kind = Literal["answer_swapped", "answer_changed", "question_moved", "entry_added", "entry_removed"]
LIKE = 80.0
"""From this similarity on, in percent, an answer is another entry's."""


@dataclass(frozen=True)
class KnowledgeChange:
    """One change.

    Args:
        kind: ``answer_swapped`` where the answer is nearer to what another entry said before than to its own.
        entry_id: whose.
        language: zh or en; empty where it is the whole entry.
        text: the question that moved, or the answer as it is now.
        other: the entry that it came from.
    """

    kind: Kind
    entry_id: str
    language: str = ""
    text: str = ""
    other: str = ""


def knowledge_changes(before: Knowledge, after: Knowledge) -> list[KnowledgeChange]:
    """Every change, the graver kinds first."""
    found = [*_answers(before, after), *_moved(before, after)]
    found += [KnowledgeChange("entry_added", entry_id) for entry_id in sorted(after.keys() - before.keys())]
    found += [KnowledgeChange("entry_removed", entry_id) for entry_id in sorted(before.keys() - after.keys())]
    order: list[Kind] = ["answer_swapped", "question_moved", "answer_changed", "entry_removed", "entry_added"]
    return sorted(found, key=lambda change: order.index(change.kind))


def _answers(before: Knowledge, after: Knowledge) -> Iterator[KnowledgeChange]:
    for entry_id, variants in after.items():
        for language, variant in variants.items():
            old, new = before.get(entry_id, {}).get(language, {}).get("answer"), variant["answer"]
            if old is None or old == new:
                continue
            other = _said_by(new, old, entry_id, language, before)
            yield KnowledgeChange("answer_swapped" if other else "answer_changed", entry_id, language, new, other)


def _said_by(new: str, old: str, entry_id: str, language: str, before: Knowledge) -> str:
    """The other entry that said this before, or an empty text."""
    likeness = {
        other: fuzz.ratio(new, variants[language]["answer"], score_cutoff=LIKE)
        for other, variants in before.items()
        if other != entry_id and language in variants
    }
    if not likeness:
        return ""
    best = max(likeness, key=likeness.__getitem__)
    return best if likeness[best] >= LIKE and likeness[best] > fuzz.ratio(new, old) else ""


def _moved(before: Knowledge, after: Knowledge) -> Iterator[KnowledgeChange]:
    owners = _owners(before)
    for (language, text), entry_ids in _owners(after).items():
        for entry_id in sorted(entry_ids - owners.get((language, text), entry_ids)):
            left = sorted(owners[language, text] - entry_ids)
            if left:
                yield KnowledgeChange("question_moved", entry_id, language, text, left[0])


def _owners(knowledge: Knowledge) -> dict[tuple[str, str], set[str]]:
    owners: dict[tuple[str, str], set[str]] = {}
    for entry_id, variants in knowledge.items():
        for language, variant in variants.items():
            for text in (variant["question"], *variant["similar"]):
                owners.setdefault((language, text), set()).add(entry_id)
    return owners
