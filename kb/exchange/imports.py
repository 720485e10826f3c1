"""Files of entries: what would become of each row, and then that, in the background and from where it stopped."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from kb.browsing import Browsing
from kb.content import EntryContent
from kb.editing import Audit
from kb.exchange.interchange import fates, read
from kb.exchange.repository import ImportRepository
from kb.exchange.sentences import said
from kb.models import ImportedFile, Revision
from kb.repository import IN_REVIEW, KnowledgeRepository
from kit.clock import Clock
from kit.database import Database
from kit.errors import BilinError, NotFound

log = structlog.get_logger(__name__)

CHECKED, APPLYING, DONE = "checked", "applying", "done"
# Rows of one transaction: others write in between, and a worker that dies loses no more than these.
LOT = 200
LEASE_SECONDS = 30.0
# How often each worker looks for files that another one has left half-done.
SWEEP_SECONDS = 30.0
SETTLED = ("same", "refused")


class Imports:
    """Reads files, says what would become of their rows, and stores them as revisions in review.

    Args:
        audit: where changes are written down; None for a knowledge base of one's own.
    """

    def __init__(self, database: Database, clock: Clock, browsing: Browsing, audit: Audit | None) -> None:
        self._database = database
        self._clock = clock
        self._browsing = browsing
        self._audit = audit
        self._name = secrets.token_hex(16)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._sweeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Go on with what has been left half-done, now and whenever a worker leaves something."""
        self._sweeper = asyncio.create_task(self._sweep())

    async def check(self, name: str, content: bytes, author: str) -> ImportedFile:
        """Read a file; nothing changes before `apply`.

        Raises:
            InvalidRequest: it is no such file; the message says what to do.
        """
        rows = await asyncio.to_thread(read, name, content)
        newest = await self._browsing.newest()
        known = {key: EntryContent.model_validate(revision.content) for key, revision in newest.items()}
        imported = ImportedFile(
            id=secrets.token_hex(16),
            file=name[-255:],
            content=content,
            author=author,
            created_at=self._clock.now(),
            state=CHECKED,
            fates=[
                {
                    "row": each.row.number,
                    "entry_id": each.row.entry_id,
                    "fate": each.fate,
                    "column": each.row.column,
                    "message": each.row.problem,
                    "base": newest[each.row.entry_id].number if each.row.entry_id in newest else None,
                }
                for each in fates(rows, known)
            ],
            done=0,
        )
        async with self._database.write() as session:
            await ImportRepository(session).add(imported)
        return imported

    async def imported(self, import_id: str) -> ImportedFile:
        """A file and how far it has come. One that a worker has left half-done is gone on with at once.

        Raises:
            NotFound: there is no such file.
        """
        async with self._database.read() as session:
            found = await ImportRepository(session).imported(import_id)
        if found is None:
            raise NotFound(said("import_not_found"), code="import_not_found")
        if found.state == APPLYING and (found.leased_until is None or found.leased_until <= self._clock.now()):
            self._start(import_id)
        return found

    async def recent(self, limit: int) -> list[tuple[ImportedFile, int]]:
        """The files that were read last, each with how many rows it has; what becomes of the rows is not read."""
        async with self._database.read() as session:
            return await ImportRepository(session).recent(limit)

    async def apply(self, import_id: str, by: str) -> ImportedFile:
        """Store the rows that are new or changed, in the background. Once is enough; again does nothing.

        Raises:
            NotFound: there is no such file.
        """
        async with self._database.write() as session:
            found = await ImportRepository(session).imported(import_id, lock=True)
            if found is not None and found.state == CHECKED:
                found.state, found.author = APPLYING, by
                if self._audit is not None:
                    self._audit.record(session, by, "import.applied", import_id, file=found.file)
        return await self.imported(import_id)

    async def settled(self, import_id: str) -> None:
        """Wait until this worker has done what it does for a file."""
        if import_id in self._running:
            await asyncio.shield(self._running[import_id])

    async def resume(self) -> None:
        """Go on with every file that a worker has left half-done; one that somebody is at is left to them."""
        async with self._database.read() as session:
            left = await ImportRepository(session).left(APPLYING, self._clock.now())
        for import_id in left:
            self._start(import_id)

    async def close(self) -> None:
        """Stop; another worker, or this one later, goes on where it was."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sweeper
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _sweep(self) -> None:
        while True:
            try:
                await self.resume()
            except Exception as error:  # edge of a background task: it is looked at again
                log.error("imports_not_resumed", exc_info=error)
            await asyncio.sleep(SWEEP_SECONDS)

    def _start(self, import_id: str) -> None:
        if import_id not in self._running or self._running[import_id].done():
            self._running[import_id] = asyncio.create_task(self._run(import_id))

    async def _run(self, import_id: str) -> None:
        try:
            async with self._database.read() as session:
                repository = ImportRepository(session)
                content, found = await repository.content(import_id), await repository.imported(import_id)
            assert found is not None
            rows = await asyncio.to_thread(read, found.file, content)
            entries = [row.entry for row in rows]
            while await self._lot(import_id, entries):
                log.debug("import_lot", import_id=import_id)
        except BilinError as error:  # busy or unreachable: whoever looks at it next goes on
            log.warning("import_interrupted", import_id=import_id, code=error.code)
        except Exception as error:  # edge of a background task: it is tried again
            log.error("import_interrupted", import_id=import_id, exc_info=error)

    async def _lot(self, import_id: str, entries: list[EntryContent | None]) -> bool:
        """Settle the next rows; False when there are none left, or another worker is at them."""
        now = self._clock.now()
        async with self._database.write() as session:
            repository = KnowledgeRepository(session)
            found = await ImportRepository(session).imported(import_id, lock=True)
            if found is None or found.state != APPLYING:
                return False
            if found.leased_until is not None and found.leased_until > now and found.leased_by != self._name:
                return False
            found.leased_by = self._name
            settled = [dict(fate) for fate in found.fates]
            end = min(found.done + LOT, len(settled))
            stored: list[Revision] = []
            for at in range(found.done, end):
                entry = entries[at]
                if settled[at]["fate"] not in SETTLED and entry is not None:
                    stored += await self._store(repository, entry, found.author, settled[at])
            self._note(session, stored, import_id)  # at the end, so that the lines go to the database as one
            found.fates, found.done = settled, end
            found.state = DONE if end == len(settled) else APPLYING
            found.leased_until = now + timedelta(seconds=LEASE_SECONDS) if end < len(settled) else None
            return end < len(settled)

    async def _store(
        self, repository: KnowledgeRepository, entry: EntryContent, author: str, fate: dict[str, Any]
    ) -> list[Revision]:
        """The revision that was stored; none where somebody was quicker."""
        newest = await repository.newest(entry.id)
        if (newest.number if newest else None) != fate["base"]:
            assert newest is not None
            fate["fate"] = "refused"
            fate["message"] = said("stored_meanwhile", author=newest.author, revision=newest.number)
            return []
        if newest is None:
            await repository.add_entry(entry.id, self._clock.now())
        return [await repository.add_revision(entry, author, IN_REVIEW, self._clock.now())]

    def _note(self, session: AsyncSession, stored: Sequence[Revision], import_id: str) -> None:
        """A line of the audit log for each revision."""
        if self._audit is not None:
            for each in stored:
                detail = {"revision": each.number, "import_id": import_id}
                self._audit.record(session, each.author, "entry.imported", each.entry_id, **detail)
