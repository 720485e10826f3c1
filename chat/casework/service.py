"""What staff add to conversations: ``handoff.case_interfaces.Casework`` over the desk's side of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from chat.casework.csat import satisfaction
from chat.casework.models import CaseNote, Consultation
from chat.casework.repository import CaseRepository
from chat.desk import WITHOUT_AGENT, DeskConversations, line_of, storable
from chat.giving import AtCapacity
from chat.models import Conversation
from chat.ownership import Owner, OwnerChanged
from chat.repository import ChatRepository
from chat.sentences import said
from chat.service import ConversationNotFound
from handoff.case_interfaces import Note, OtherConversation, RatingLine, Satisfaction, Subject, Team
from handoff.hours import is_open, next_opening
from handoff.interfaces import Case, Lang, Line, Person
from handoff.roster import read_teams_of
from handoff.spoken import spoken_moment
from kit.errors import Conflict
from kit.masking import mask

LIVE_FOR = timedelta(minutes=30)
WANTS_LENGTH = 120
SETTLED = ("solved", "spam")
Beside = Callable[[AsyncSession, Conversation], Awaitable[None]]


def note_of(note: CaseNote) -> Note:
    """A stored note as staff see it."""
    return Note(
        number=note.number,
        kind=note.kind,
        author=Person(note.author_id, note.author_name),
        client_id=note.client_id,
        text=note.text,
        after_seq=note.after_seq,
        created_at=note.created_at,
        data=note.data,
    )


class ColleagueFull(Conflict):
    """The colleague who should get a conversation has as many as they may have."""

    code = "colleague_full"


class Casework(DeskConversations):
    """Conversations with everything that staff do in them."""

    async def notes(self, conversation_id: str, after: int) -> list[Note]:
        """Notes after a number, in order."""
        async with self.database.read() as session:
            return [note_of(note) for note in await CaseRepository(session).notes(conversation_id, after)]

    async def note(self, conversation_id: str, author: Person, client_id: str, text: str) -> Note:
        """Store a note; the same ``client_id`` of an author is stored once."""
        text = storable(text)
        async with self.database.write() as session:
            conversation = await self._locked(ChatRepository(session), conversation_id)
            cases = CaseRepository(session)
            known = await cases.note_by_client_id(conversation_id, author.id, client_id)
            if known is not None:
                return note_of(known)
            stored = await cases.append_note(self._note(conversation, "note", author, text, client_id))
        await self.changed(conversation_id)
        return note_of(stored)

    async def transfer(self, case: Case, by: Person, to: Person | Team, memo: str) -> Case:
        """Give a conversation to a colleague, or put it into a team's queue; the memo is stored with the same stroke.

        Raises:
            OwnerChanged: it is no longer as ``case`` saw it.
            ColleagueFull: the colleague has as many conversations as they may have.
        """
        now = self.clock.now()
        if isinstance(to, Person):
            noted = self._noting("transfer", by, memo, {"to": to.name, "to_id": to.id}, leaves=to.id)
            given = {"agent_id": to.id, "agent_name": to.name, "taken_at": now}
            try:
                return await self._move(case, Owner.AGENT, by.name, "transferred", given, noted, agent=to.name)
            except AtCapacity as error:
                raise ColleagueFull(f"{to.name} has as many conversations as they may have. Choose another.") from error
        noted = self._noting("transfer", by, memo, {"to": to.name["zh"], "team": to.id, "names": to.name})
        # Its place in the queue stays that of the first wait: who is passed on does not start again at the end.
        arrived = {} if case.waiting_since else {"queue_since": now}
        waiting = {**WITHOUT_AGENT, "team": to.id, "waiting_since": now, **arrived}
        language: Lang = "en" if case.language == "en" else "zh"
        opening = await self._opening(to.id, language)
        key = "to_team_away" if opening else "to_team"
        return await self._move(
            case, Owner.WAITING, by.name, "to_team", waiting, noted, key=key, agent=to.name[language], opening=opening
        )

    async def _opening(self, team_id: str, language: Lang) -> str:
        """When a team that is closed now opens, as it is said to customers; empty where it or its stand-in is there."""
        now = self.clock.now()
        async with self.database.read() as session:
            teams = await read_teams_of(session)
        team = teams.get(team_id)
        stand_in = teams.get(team.overflow or "") if team else None
        if team is None or any(each and is_open(each.schedule, now) for each in (team, stand_in)):
            return ""
        opening = next_opening(team.schedule, now)
        return spoken_moment(opening, now, team.time_zone, language) if opening else ""

    async def take_over(self, case: Case, by: Person) -> Case:
        """Become the one who speaks, whoever did before.

        Raises:
            OwnerChanged: it is no longer as ``case`` saw it, or has ended.
        """
        before = {"from": case.agent_name or case.owner}
        noted = self._noting("taken_over", by, "", before, leaves=by.id)
        taken = {"agent_id": by.id, "agent_name": by.name, "taken_at": self.clock.now()}
        return await self._move(case, Owner.AGENT, by.name, "joined", taken, noted)

    async def consult(self, case: Case, by: Person, colleague: Person, question: str) -> Case:
        """Let a colleague read, and write notes."""

        async def ask(session: AsyncSession, conversation: Conversation) -> None:
            await CaseRepository(session).consult(
                Consultation(
                    conversation_id=conversation.id,
                    colleague_id=colleague.id,
                    colleague_name=colleague.name,
                    asked_by=by.id,
                    asked_at=self.clock.now(),
                    ended_at=None,
                )
            )
            await self._noting("consult", by, question, {"to": colleague.name, "to_id": colleague.id})(
                session, conversation
            )

        return await self._while_same(case, ask)

    async def end_consultation(self, case: Case, by: Person, colleague_id: int) -> Case:
        """The colleague's part is over; ending it twice changes nothing."""

        async def end(session: AsyncSession, conversation: Conversation) -> None:
            if await CaseRepository(session).end_consultations(conversation.id, self.clock.now(), colleague_id):
                name = case.consulted.get(colleague_id, "")
                await self._noting("consult_end", by, "", {"to": name, "to_id": colleague_id})(session, conversation)

        return await self._while_same(case, end)

    async def consulted_by(self, colleague_id: int) -> list[Case]:
        """Conversations in which a colleague is being consulted."""
        async with self.database.read() as session:
            found = await CaseRepository(session).consulted_by(colleague_id)
            return await self._cases_of(ChatRepository(session), found)

    async def live(self) -> list[Case]:
        """All that are going on: people first, then the bot's in which something was said in the last half hour."""
        async with self.database.read() as session:
            found = await CaseRepository(session).live(self.clock.now() - LIVE_FOR)
            return await self._cases_of(ChatRepository(session), found)

    async def others(self, conversation_id: str) -> list[OtherConversation]:
        """The same customer's other conversations, the newest first."""
        async with self.database.read() as session:
            conversation = await self._known(session, conversation_id)
            repository = ChatRepository(session)
            return [
                OtherConversation(
                    id=other.id,
                    language=other.language,
                    channel=other.channel,
                    owner=other.owner,
                    created_at=other.created_at,
                    outcome=outcome,
                    wants=" / ".join(
                        mask(message.text)[:WANTS_LENGTH] for message in await repository.customer_lines(other.id, 2)
                    ),
                    open_complaint=complained and outcome not in SETTLED,
                )
                for other, outcome, complained in await CaseRepository(session).others(conversation)
            ]

    async def other_lines(self, conversation_id: str, other_id: str) -> list[Line]:
        """Messages of another conversation of the same customer.

        Raises:
            NotFound: there is none, or it is another customer's: both look alike.
        """
        async with self.database.read() as session:
            conversation = await self._known(session, conversation_id)
            other = await self._known(session, other_id)
            if conversation.customer_id is None or conversation.customer_id != other.customer_id:
                raise ConversationNotFound(said("conversation_not_of_customer"))
            return [line_of(message) for message in await ChatRepository(session).messages(other_id, 0)]

    async def ratings(self, since: datetime) -> tuple[dict[Subject, Satisfaction], list[RatingLine]]:
        """Satisfaction with the bot and with people, apart, and the ratings behind it, the newest first."""
        subjects: tuple[Subject, ...] = ("bot", "agent")
        async with self.database.read() as session:
            cases = CaseRepository(session)
            found = await cases.ratings(since)
            asked = {subject: await cases.ratable(subject, since) for subject in subjects}
        lines = [
            RatingLine(
                conversation_id=rating.conversation_id,
                subject="bot" if rating.subject == "bot" else "agent",
                score=rating.score,
                comment=mask(rating.comment) if rating.comment else None,
                agent_name=rating.agent_name,
                language=conversation.language,
                at=rating.at,
            )
            for rating, conversation in found
        ]
        scores = {subject: [line.score for line in lines if line.subject == subject] for subject in subjects}
        return {subject: satisfaction(scores[subject], asked[subject]) for subject in subjects}, lines

    async def _while_same(self, case: Case, work: Beside) -> Case:
        """Do something that leaves the owner as it is, if it still is as ``case`` saw it."""
        async with self.database.write() as session:
            repository = ChatRepository(session)
            conversation = await self._locked(repository, case.id)
            if conversation.version != case.version:
                raise OwnerChanged("Somebody else has just changed this conversation. Reload it.")
            await work(session, conversation)
            now = await self._case(repository, conversation)
        await self.changed(case.id, queue=True)
        return now

    def _note(
        self,
        conversation: Conversation,
        kind: str,
        author: Person,
        text: str,
        client_id: str | None = None,
        data: dict[str, Any] | None = None,
    ) -> CaseNote:
        return CaseNote(
            conversation_id=conversation.id,
            client_id=client_id,
            kind=kind,
            author_id=author.id,
            author_name=author.name,
            text=text,
            data=data or {},
            after_seq=conversation.last_seq,
            created_at=self.clock.now(),
        )

    def _noting(self, kind: str, by: Person, text: str, data: dict[str, Any], leaves: int | None = None) -> Beside:
        """Writes down what happened; ``leaves`` is who is no longer consulted, since they speak themselves."""

        async def write(session: AsyncSession, conversation: Conversation) -> None:
            cases = CaseRepository(session)
            if leaves is not None:
                await cases.end_consultations(conversation.id, self.clock.now(), leaves)
            await cases.append_note(self._note(conversation, kind, by, text.replace("\x00", ""), data=data))

        return write

    async def _known(self, session: AsyncSession, conversation_id: str) -> Conversation:
        conversation = await ChatRepository(session).conversation(conversation_id)
        if conversation is None:
            raise ConversationNotFound(said("conversation_not_found"))
        return conversation
