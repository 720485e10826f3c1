"""What editors decide on a suggestion: more ways to ask for an entry, a new entry, or nothing."""

from __future__ import annotations

from collections.abc import Sequence

from kb.browsing import Browsing
from kb.comparing import Comparing, Nearer
from kb.content import EntryContent, Lang, Variant
from kb.editing import Audit, Editing
from kb.encoder import EncoderUnavailable
from kb.models import Revision, Suggestion
from kb.sentences import said
from kb.suggestions.grouping import plain
from kb.suggestions.origins import NO_SCENARIO, free_id, origin_of
from kb.suggestions.repository import ACCEPTED, DISMISSED, OPEN, SuggestionRepository
from kit.clock import Clock
from kit.database import Database
from kit.errors import Conflict, InvalidRequest, NotFound

EXAMPLES = 5


class QuestionConflict(Conflict):
    """A question is nearer to another entry than to the one that it is to be added to.

    Args:
        nearer: that entry and its question.
    """

    code = "question_conflict"

    def __init__(self, entry_id: str, nearer: Nearer) -> None:
        super().__init__(
            f"The question is nearer to {nearer.entry_id!r} than to {entry_id!r}. "
            "Add it there, or say that you mean it all the same."
        )
        self.nearer = nearer


class Deciding:
    """Every decision is remembered, with who and when, and is in the audit log."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        browsing: Browsing,
        editing: Editing,
        comparing: Comparing,
        audit: Audit | None,
    ) -> None:
        self._database, self._clock = database, clock
        self._browsing, self._editing, self._comparing, self._audit = browsing, editing, comparing, audit

    async def accept(
        self, suggestion_id: int, entry_id: str, by: str, examples: Sequence[str] = (), *, in_spite: bool = False
    ) -> Revision:
        """Add the question to an entry's similar ones, in a new draft.

        Args:
            suggestion_id: the suggestion.
            entry_id: the entry.
            by: the editor.
            examples: which of its questions, as they are shown; none for the first one.
            in_spite: whether to add it although it is nearer to another entry.

        Returns:
            The entry's draft.

        Raises:
            NotFound: there is no such suggestion or entry.
            Conflict: it has been decided already, or somebody stored a revision of the entry meanwhile.
            QuestionConflict: another entry is nearer to one of the questions; the first of them is told.
            InvalidRequest: the entry does not have the question's language, or has it already.
        """
        suggestion = await self._open(suggestion_id)
        language = language_of(suggestion)
        newest = (await self._browsing.entry(entry_id)).revision
        content = EntryContent.model_validate(newest.content)
        added = await self._chosen(suggestion, examples)
        if not in_spite:
            for question in added:
                await self._check(question, language, content)
        changed = with_similar(content, language, added)
        revision = await self._editing.save(changed, by, base=newest.number)
        await self._decide(suggestion_id, ACCEPTED, by, "suggestion.accepted", revision, suggestion.text)
        return revision

    async def draft(self, suggestion_id: int, by: str) -> Revision:
        """Make a new entry of it, a draft that has its question and no answer yet; errors as of `accept`."""
        suggestion = await self._open(suggestion_id)
        question = plain(suggestion.text)
        content = EntryContent(
            id=await free_id(self._browsing, f"asked-{suggestion_id}"),
            scenario=suggestion.scenario or NO_SCENARIO,
            variants={language_of(suggestion): Variant(question=question)},
        )
        revision = await self._editing.save(content, by, is_new=True)
        await self._decide(suggestion_id, ACCEPTED, by, "suggestion.drafted", revision, suggestion.text)
        return revision

    async def dismiss(self, suggestion_id: int, by: str, comment: str = "") -> None:
        """Leave it: it stays away, however often it is asked.

        Raises:
            NotFound: there is no such suggestion.
            Conflict: it has been decided already.
        """
        await self._open(suggestion_id)
        await self._decide(suggestion_id, DISMISSED, by, "suggestion.dismissed", None, comment=comment)

    async def reopen(self, suggestion_id: int, by: str) -> None:
        """Take a decision back. What was written because of it stays as it is.

        Raises:
            NotFound: there is no such suggestion.
        """
        await self._decide(suggestion_id, OPEN, by, "suggestion.reopened", None)

    async def _open(self, suggestion_id: int) -> Suggestion:
        async with self._database.read() as session:
            found = await SuggestionRepository(session).suggestion(suggestion_id)
        if found is None:
            raise no_suggestion(suggestion_id)
        if found.status != OPEN:
            raise Conflict(
                f"{found.decided_by} decided this suggestion already. Load it again.", code="suggestion_decided"
            )
        return found

    async def _chosen(self, suggestion: Suggestion, examples: Sequence[str]) -> list[str]:
        if not examples:
            return [plain(suggestion.text)]
        async with self._database.read() as session:
            known = await SuggestionRepository(session).examples(suggestion.id, EXAMPLES)
        language = language_of(suggestion)
        held = {suggestion.text, *(each.text for each in known if each.language == language)}
        if not held.issuperset(examples):
            raise InvalidRequest(said("question_of_another"))
        return list(dict.fromkeys(plain(text) for text in examples))

    async def _check(self, question: str, language: Lang, content: EntryContent) -> None:
        try:
            nearer = await self._comparing.nearer((question, language), content)
        except EncoderUnavailable:
            return  # the checks before publishing look at it again
        if nearer is not None:
            raise QuestionConflict(content.id, nearer)

    async def _decide(
        self,
        suggestion_id: int,
        status: str,
        by: str,
        action: str,
        revision: Revision | None,
        question: str = "",
        **detail: str,
    ) -> None:
        async with self._database.write() as session:
            repository = SuggestionRepository(session)
            found = await repository.suggestion(suggestion_id, lock=True)
            if found is None:
                raise no_suggestion(suggestion_id)
            found.status, found.decided_by, found.decided_at = status, by, self._clock.now()
            if revision is not None:
                found.entry_id, found.revision = revision.entry_id, revision.number
                origin = origin_of(revision, "suggestion", question, by, found.decided_at, suggestion_id=suggestion_id)
                await repository.add_origin(origin)
                detail = {**detail, "entry": revision.entry_id, "revision": str(revision.number)}
            if self._audit is not None:
                self._audit.record(session, by, action, str(suggestion_id), **detail)


def with_similar(content: EntryContent, language: Lang, questions: Sequence[str]) -> EntryContent:
    """The entry with more similar questions in a language.

    Raises:
        InvalidRequest: it does not have the language, or has all the questions.
    """
    variant = content.variants.get(language)
    if variant is None:
        raise InvalidRequest(
            f"{content.id!r} is not written in this language yet. Write it first, then add the question.",
            code="language_missing",
        )
    new = [question for question in questions if question not in variant.questions]
    if not new:
        raise InvalidRequest(f"{content.id!r} has this question already.", code="question_known")
    changed = variant.model_copy(update={"similar": (*variant.similar, *new)})
    return content.model_copy(update={"variants": {**content.variants, language: changed}})


def language_of(suggestion: Suggestion) -> Lang:
    """The language of its first question."""
    return "en" if suggestion.language == "en" else "zh"


def no_suggestion(suggestion_id: int) -> NotFound:
    """What is raised where a suggestion is asked for that there is not."""
    return NotFound(said("suggestion_not_found", suggestion=suggestion_id), code="suggestion_not_found")
