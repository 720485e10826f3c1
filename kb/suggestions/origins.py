"""Where drafts came from: a suggestion, or what an agent replied to a customer."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from kb.browsing import Browsing
from kb.comparing import Comparing
from kb.content import EntryContent, Lang, Variant
from kb.editing import Audit, Editing
from kb.encoder import EncoderUnavailable
from kb.models import Origin, Revision
from kb.sentences import said
from kb.suggestions.grouping import plain
from kb.suggestions.repository import SuggestionRepository
from kit.clock import Clock
from kit.database import Database
from kit.errors import Conflict, InvalidRequest, NotFound

NO_SCENARIO = "unsorted"


class Origins:
    """Makes drafts of agents' replies, and tells where a draft came from."""

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

    async def of(self, entry_id: str) -> list[Origin]:
        """Where drafts of an entry came from, the newest first.

        Raises:
            NotFound: there is no such entry.
        """
        await self._browsing.entry(entry_id)
        async with self._database.read() as session:
            return await SuggestionRepository(session).origins(entry_id)

    async def draft_from_reply(
        self, question: str, answer: str, language: Lang, conversation_id: str, seq: int, by: str
    ) -> Revision:
        """A draft of what an agent replied to a customer; a reply makes one draft.

        Args:
            question: the customer's, masked.
            answer: the agent's, masked.
            language: of both.
            conversation_id: where it was said.
            seq: the agent's message.
            by: who keeps it.

        Raises:
            Conflict: it has been made already.
            InvalidRequest: the customer asked nothing.
        """
        asked = plain(question)
        if not any(map(str.isalnum, asked)):
            raise InvalidRequest(said("reply_answers_nothing"))
        entry_id = reply_id(conversation_id, seq)
        if await _is_there(self._browsing, entry_id):
            raise Conflict(f"This reply is kept already, as the entry {entry_id!r}.", code="already_drafted")
        variants: dict[Lang, Variant] = {language: Variant(question=asked, answer=answer)}
        content = EntryContent(id=entry_id, scenario=await self._scenario(asked, language), variants=variants)
        revision = await self._editing.save(content, by, is_new=True)
        now = self._clock.now()
        async with self._database.write() as session:
            origin = origin_of(revision, "reply", question, by, now, conversation_id=conversation_id, seq=seq)
            await SuggestionRepository(session).add_origin(origin)
            if self._audit is not None:
                detail: dict[str, Any] = {"revision": revision.number, "conversation": conversation_id, "seq": seq}
                self._audit.record(session, by, "entry.drafted_from_reply", entry_id, **detail)
        return revision

    async def _scenario(self, question: str, language: Lang) -> str:
        """That of the entry that the question is nearest to."""
        if not self._comparing.is_possible:
            return NO_SCENARIO
        try:
            [(first, _)] = await self._comparing.found([(question, language)])
        except EncoderUnavailable:
            return NO_SCENARIO  # counted where it failed; the draft is worth more than its place in the list
        return first.entry.scenario


def reply_id(conversation_id: str, seq: int) -> str:
    """The entry of a reply: always the same, and nobody reads from it which conversation that was."""
    return f"reply-{hashlib.sha256(f'{conversation_id} {seq}'.encode()).hexdigest()[:10]}"


def origin_of(
    revision: Revision,
    kind: str,
    question: str,
    by: str,
    at: datetime,
    *,
    suggestion_id: int | None = None,
    conversation_id: str | None = None,
    seq: int | None = None,
) -> Origin:
    """Where a revision came from; ``question`` is masked."""
    return Origin(
        entry_id=revision.entry_id,
        revision=revision.number,
        kind=kind,
        question=question,
        suggestion_id=suggestion_id,
        conversation_id=conversation_id,
        seq=seq,
        by=by,
        at=at,
    )


async def free_id(browsing: Browsing, wanted: str) -> str:
    """An id that no entry has: the one that is wanted, or that with a number behind it."""
    number, entry_id = 1, wanted
    while await _is_there(browsing, entry_id):
        number += 1
        entry_id = f"{wanted}-{number}"
    return entry_id


async def _is_there(browsing: Browsing, entry_id: str) -> bool:
    try:
        await browsing.entry(entry_id)
    except NotFound:
        return False
    return True
