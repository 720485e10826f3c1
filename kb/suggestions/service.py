"""Suggestions as editors see them: what customers asked in vain, with what it finds at present."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.content import Lang
from kb.editing import Audit
from kb.encoder import EncoderUnavailable
from kb.interfaces import AskedQuestions
from kb.models import SuggestedQuestion, Suggestion
from kb.service import KnowledgeBase
from kb.suggestions.collecting import Collector
from kb.suggestions.deciding import EXAMPLES, Deciding, language_of, no_suggestion
from kb.suggestions.grouping import plain
from kb.suggestions.origins import Origins
from kb.suggestions.repository import SuggestionFilter, SuggestionRepository
from kit.clock import Clock
from kit.database import Database


@dataclass(frozen=True)
class Nearest:
    """The entry that a question finds at present; ``is_answered`` when customers who ask it now are told it."""

    entry_id: str
    questions: dict[Lang, str]
    confidence: float
    is_answered: bool


@dataclass(frozen=True)
class Shown:
    """A suggestion with what an editor needs to decide."""

    suggestion: Suggestion
    examples: list[SuggestedQuestion]
    languages: dict[str, int]
    whys: dict[str, int]
    nearest: Nearest | None


@dataclass(frozen=True)
class SuggestionPage:
    """Some suggestions, how many match, and how many there are in each status."""

    suggestions: list[Shown]
    total: int
    statuses: dict[str, int]


class Suggestions:
    """What customers asked in vain.

    Args:
        knowledge: what they are compared with, and drafts are stored in.
        asked: what customers asked.
        audit: where it is written down who decided what.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        knowledge: KnowledgeBase,
        asked: AskedQuestions,
        audit: Audit | None,
    ) -> None:
        self._database, self._comparing = database, knowledge.comparing
        parts = (database, clock, knowledge.browsing, knowledge.editing, knowledge.comparing, audit)
        self.deciding = Deciding(*parts)
        self.origins = Origins(*parts)
        self.collector = Collector(database, asked, knowledge.comparing, knowledge.day_of)

    async def page(self, wanted: SuggestionFilter, offset: int, limit: int) -> SuggestionPage:
        """Those that are wanted, the most asked first."""
        async with self._database.read() as session:
            repository = SuggestionRepository(session)
            found = await repository.page(wanted, offset, limit)
            total, statuses = await repository.count(wanted), await repository.count_by_status()
            shown = await self._facts(repository, found)
        nearest = await self._nearest(found)
        return SuggestionPage(
            [Shown(each, *facts, nearest.get(each.id)) for each, facts in zip(found, shown, strict=True)],
            total,
            statuses,
        )

    async def suggestion(self, suggestion_id: int) -> Shown:
        """One suggestion.

        Raises:
            NotFound: there is none.
        """
        async with self._database.read() as session:
            repository = SuggestionRepository(session)
            found = await repository.suggestion(suggestion_id)
            if found is None:
                raise no_suggestion(suggestion_id)
            [facts] = await self._facts(repository, [found])
        return Shown(found, *facts, (await self._nearest([found])).get(found.id))

    async def _facts(
        self, repository: SuggestionRepository, found: Sequence[Suggestion]
    ) -> list[tuple[list[SuggestedQuestion], dict[str, int], dict[str, int]]]:
        ids = [each.id for each in found]
        languages, whys = await repository.count_by(ids, "language"), await repository.count_by(ids, "why")
        examples = {key: await repository.examples(key, EXAMPLES) for key in ids}
        return [(examples[key], languages.get(key, {}), whys.get(key, {})) for key in ids]

    async def _nearest(self, found: Sequence[Suggestion]) -> dict[int, Nearest]:
        """What the questions find at present; nothing where nothing can be searched."""
        if not found or not self._comparing.is_possible:
            return {}
        try:
            best = await self._comparing.found([(plain(each.text), language_of(each)) for each in found])
        except EncoderUnavailable:
            return {}
        return {
            each.id: Nearest(
                first.entry.id,
                {language: variant.question for language, variant in first.entry.variants.items()},
                first.confidence,
                first.confidence >= bar,
            )
            for each, (first, bar) in zip(found, best, strict=True)
        }
