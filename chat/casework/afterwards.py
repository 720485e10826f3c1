"""The end of a conversation from the customer's side, and what they say of the bot and of the person, apart."""

from __future__ import annotations

from dataclasses import dataclass

from chat.casework.repository import CaseRepository
from chat.models import Conversation
from chat.ownership import Owner
from chat.repository import ChatRepository
from chat.service import ChatService, language_of
from chat.texts import text as say
from handoff.case_interfaces import Subject
from kit.errors import Conflict

SUBJECTS: tuple[Subject, ...] = ("bot", "agent")
OVER: dict[Subject, tuple[str, ...]] = {"bot": (Owner.CLOSED,), "agent": (Owner.CLOSED, Owner.BOT)}


class TooEarly(Conflict):
    """There is nothing to rate yet: the part of the bot, or of the person, is not over, or never was."""

    code = "not_ratable"


@dataclass(frozen=True)
class Asked:
    """Somebody whom the customer may rate now; ``score`` and ``comment`` are what they have said already."""

    subject: Subject
    name: str | None
    score: int | None
    comment: str | None


class Afterwards(ChatService):
    """What a customer may do when it is over."""

    async def end(self, conversation_id: str) -> Conversation:
        """The customer ends the conversation, whoever has it; ending it twice changes nothing."""
        async with self.database.write() as session:
            repository = ChatRepository(session)
            conversation = await self._locked(repository, conversation_id)
            if conversation.owner == Owner.CLOSED:
                return conversation
            await repository.change_owner(
                conversation, Owner.CLOSED, actor="customer", at=self.clock.now(), reason="ended"
            )
            await CaseRepository(session).end_consultations(conversation_id, self.clock.now())
            line = say(language_of(conversation), "ended")
            await self._notice(repository, conversation, "closed", line, by="customer")
        await self.changed(conversation_id, queue=True)
        return conversation

    async def asked(self, conversation_id: str) -> list[Asked]:
        """Whom the customer may rate now: the person once they have left, the bot once all is over."""
        async with self.database.read() as session:
            conversation = await ChatRepository(session).conversation(conversation_id)
            cases = CaseRepository(session)
            speakers, given = await cases.speakers(conversation_id), await cases.ratings_of(conversation_id)
        if conversation is None:
            return []
        return [
            Asked(
                subject,
                speakers[subject],
                given[subject].score if subject in given else None,
                given[subject].comment if subject in given else None,
            )
            for subject in SUBJECTS
            if subject in speakers and conversation.owner in OVER[subject]
        ]

    async def rate(self, conversation_id: str, subject: Subject, score: int, comment: str | None) -> None:
        """Store a rating; a second one takes the place of the first, so a tap can be corrected.

        Args:
            conversation_id: the conversation.
            subject: the bot, or the person.
            score: 1 to 5.
            comment: in the customer's words; None keeps the one that there is.

        Raises:
            TooEarly: there is nothing of the kind to rate.
        """
        asked = {each.subject: each for each in await self.asked(conversation_id)}
        if subject not in asked:
            raise TooEarly("This can be rated once it is over.")
        async with self.database.write() as session:
            conversation = await self._locked(ChatRepository(session), conversation_id)
            given = await CaseRepository(session).rating(conversation_id, subject)
            kept = given.comment if given else None
            await CaseRepository(session).rate(
                {
                    "conversation_id": conversation_id,
                    "subject": subject,
                    "score": score,
                    "comment": kept if comment is None else comment.replace("\x00", "").strip() or None,
                    "agent_id": conversation.agent_id if subject == "agent" else None,
                    "agent_name": asked[subject].name if subject == "agent" else None,
                    "at": self.clock.now(),
                }
            )
