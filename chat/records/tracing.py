"""What stands behind a message: the revision it was told from, and the draft that comes of an agent's reply."""

from __future__ import annotations

from dataclasses import dataclass

from chat.models import Message
from chat.records.repository import Records
from chat.repository import ChatRepository
from chat.sentences import said
from handoff.desk import Desk
from identity.service import SignedIn
from kb.browsing import Browsing
from kb.browsing import Shown as Told
from kb.content import Lang
from kb.models import Release, Revision
from kb.suggestions.origins import Origins
from kit.database import Database
from kit.errors import InvalidRequest, NotFound
from kit.masking import mask


@dataclass(frozen=True)
class Trace:
    """A message, and what it was told from; None for what no entry says.

    Args:
        message: as it was sent.
        release: that was live.
        told: the entry's revision, with its author and reviewer.
        edited: whether an agent changed its words before they sent them.
    """

    message: Message
    release: Release | None
    told: Told | None
    edited: bool = False


class Tracing:
    """Of conversations that the caller may read: an agent's own, a supervisor's any.

    Args:
        desk: says who may read which conversation.
    """

    def __init__(self, database: Database, desk: Desk, browsing: Browsing, origins: Origins) -> None:
        self._database, self._desk, self._browsing, self._origins = database, desk, browsing, origins

    async def trace(self, who: SignedIn, conversation_id: str, seq: int) -> Trace:
        """What a message was told from: a bot's answer, or an agent's reply that began as a suggested one.

        Raises:
            NotFound: there is no such message, or it is not the caller's to read.
        """
        message = await self._message(who, conversation_id, seq)
        source = message.data if message.kind == "answer" else (message.turn or {}).get("suggestion") or {}
        entry_id, release_id = source.get("entry_id"), source.get("release_id")
        if entry_id is None or release_id is None:
            return Trace(message, None, None)
        release, told = await self._browsing.told(release_id, entry_id)
        return Trace(message, release, told, edited=source.get("edited", False))

    async def keep_reply(self, who: SignedIn, conversation_id: str, seq: int) -> Revision:
        """A draft of an agent's reply and the question that it answers; personal data is masked.

        Raises:
            NotFound: there is no such message, or it is not the caller's to read.
            InvalidRequest: it is no agent's, or answers no question.
            Conflict: it is kept already.
        """
        reply = await self._message(who, conversation_id, seq)
        if reply.sender != "agent" or reply.kind != "text":
            raise InvalidRequest(said("not_an_agents_reply"))
        async with self._database.read() as session:
            asked = await Records(session).question_of_reply(reply)
        if asked is None:
            raise InvalidRequest(said("reply_answers_nothing"))
        language: Lang = "en" if asked.language == "en" else "zh"
        return await self._origins.draft_from_reply(
            mask(asked.text), mask(reply.text), language, conversation_id, seq, who.login
        )

    async def _message(self, who: SignedIn, conversation_id: str, seq: int) -> Message:
        await self._desk.case(who, conversation_id)
        async with self._database.read() as session:
            message = await ChatRepository(session).message(conversation_id, seq)
        if message is None:
            raise NotFound(said("message_not_found"), code="message_not_found")
        return message
