"""Content files become revisions and a release; what an editor changed after a file stays."""

from __future__ import annotations

from collections.abc import Sequence

from kb.content import EntryContent
from kb.editing import Audit, Editing
from kb.repository import PUBLISHED, KnowledgeRepository
from kit.clock import Clock
from kit.database import Database

CONTENT_AUTHOR = "content-files"
COMMENT = "Loaded from content files"


class ContentFiles:
    """Publishes what has changed in files since they were last loaded.

    Args:
        editing: makes the release.
        audit: where changes are written down; None for a knowledge base of one's own.
    """

    def __init__(self, database: Database, clock: Clock, editing: Editing, audit: Audit | None) -> None:
        self._database = database
        self._clock = clock
        self._editing = editing
        self._audit = audit

    async def load(self, entries: Sequence[EntryContent], author: str) -> int | None:
        """The release that was made of the files' entries; None where nothing has changed."""
        now = self._clock.now()
        async with self._database.write() as session:
            repository = KnowledgeRepository(session)
            live = await repository.released(await repository.live_release_id(lock=True))
            known = await repository.entries()
            released = dict(live)
            stored: dict[str, int] = {}
            for content in entries:
                entry = known.get(content.id) or await repository.add_entry(content.id, now)
                if entry.source_digest == content.digest:
                    continue
                entry.source_digest = content.digest
                revision = await repository.add_revision(content, author, PUBLISHED, now)
                released[content.id], stored[content.id] = revision.id, revision.number
            given = {content.id for content in entries}
            gone = [key for key in released if known.get(key) and known[key].source_digest and key not in given]
            for entry_id in gone:
                known[entry_id].source_digest = ""
                del released[entry_id]
            if released == live:
                return None
            if self._audit is not None:  # at the end, so that the lines go to the database as one
                for entry_id, number in stored.items():
                    self._audit.record(session, author, "entry.loaded", entry_id, revision=number)
                for entry_id in gone:
                    self._audit.record(session, author, "entry.withdrawn", entry_id, comment=COMMENT)
            return await self._editing.release(session, live, released, author, COMMENT)
