"""Canned replies: the shipped ones, with what supervisors have written, changed or withdrawn in front of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.exc import IntegrityError

from handoff.canned.models import CannedReplyRow
from handoff.canned.repository import CannedRepository
from handoff.interfaces import Lang
from handoff.sentences import said
from identity.service import Role, SignedIn
from kit.clock import Clock
from kit.database import Database
from kit.errors import Conflict, NotFound
from kit.yaml_text import load_yaml

SHIPPED = Path(__file__).parent / "replies.yml"
READERS = (Role.AGENT, Role.SUPERVISOR)

Texts = dict[Lang, str]


class ReplyChanged(Conflict):
    """Another supervisor has changed the reply meanwhile."""

    code = "edit_conflict"


@dataclass(frozen=True)
class CannedReply:
    """A reply in both languages; ``version`` is 0 while it is as it was shipped."""

    id: str
    title: Texts
    text: Texts
    version: int
    updated_by: str | None


@cache
def shipped() -> tuple[CannedReply, ...]:
    """The replies that every installation begins with."""
    rows: list[dict[str, Any]] = load_yaml(SHIPPED.read_text("utf-8"))
    return tuple(CannedReply(row["id"], _texts(row["title"]), _texts(row["text"]), 0, None) for row in rows)


class CannedReplies:
    """Every agent reads them, supervisors change them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def all(self, who: SignedIn) -> list[CannedReply]:
        """Those in use: the shipped ones in their order, then what was added, by id."""
        who.require(*READERS)
        async with self._database.read() as session:
            rows = {row.id: row for row in await CannedRepository(session).rows()}
        order = [reply.id for reply in shipped()]
        known = {reply.id: reply for reply in shipped()}
        known |= {row.id: _reply(row) for row in rows.values()}
        added = sorted(known.keys() - set(order))
        return [known[each] for each in (*order, *added) if each not in rows or not rows[each].withdrawn]

    async def save(self, who: SignedIn, reply_id: str, title: Texts, text: Texts, version: int) -> CannedReply:
        """Write a new reply, or change one.

        Args:
            who: a supervisor.
            reply_id: the word after the ``/`` that finds it.
            title: in both languages.
            text: in both languages.
            version: of the reply that was changed; 0 for a new or a shipped one.

        Raises:
            ReplyChanged: the version is no longer the newest.
        """
        return _reply(await self._store(who, reply_id, version, titles=title, texts=text, withdrawn=False))

    async def withdraw(self, who: SignedIn, reply_id: str) -> None:
        """Take a reply out of use.

        Raises:
            NotFound: there is none of that id in use.
        """
        known = {reply.id: reply for reply in await self.all(who)}
        if reply_id not in known:
            raise NotFound(said("canned_reply_not_found"), code="canned_reply_not_found")
        reply = known[reply_id]
        await self._store(who, reply_id, reply.version, titles=reply.title, texts=reply.text, withdrawn=True)

    async def _store(self, who: SignedIn, reply_id: str, version: int, **values: Any) -> CannedReplyRow:
        who.require(Role.SUPERVISOR)
        written = {"version": version + 1, "updated_by": who.name, "updated_at": self._clock.now(), **values}
        try:
            async with self._database.write() as session:
                repository = CannedRepository(session)
                row = await repository.row(reply_id)
                if version != (row.version if row is not None and not (row.withdrawn and version == 0) else 0):
                    raise ReplyChanged("Somebody has changed this reply meanwhile. Look at it again.")
                if row is None:
                    row = CannedReplyRow(id=reply_id, **written)
                    repository.add(row)
                else:
                    written["version"] = row.version + 1
                    for name, value in written.items():
                        setattr(row, name, value)
        except IntegrityError as error:  # two supervisors wrote it for the first time at once
            raise ReplyChanged("Somebody has changed this reply meanwhile. Look at it again.") from error
        return row


def _reply(row: CannedReplyRow) -> CannedReply:
    return CannedReply(row.id, _texts(row.titles), _texts(row.texts), row.version, row.updated_by)


def _texts(by_language: Mapping[str, str]) -> Texts:
    return {"zh": by_language["zh"], "en": by_language["en"]}
