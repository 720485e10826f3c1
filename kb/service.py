"""The knowledge base as the rest of the system uses it: load, edit, publish, search."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import structlog
import yaml

from kb.content import EntryContent, Lang
from kb.encoder import EncoderUnavailable, TurnEncoder, Vectors
from kb.fits import FitCache
from kb.models import Revision
from kb.repository import ARCHIVED, DRAFT, PUBLISHED, KnowledgeRepository
from kb.search import Candidate, Engine
from kb.vectors import VectorCache
from kb.wording import Wording
from kit.clock import Clock
from kit.database import Database
from kit.errors import NotFound, Unavailable
from kit.events import Event, Events
from kit.language import to_simplified

log = structlog.get_logger(__name__)

RELEASES = "kb:releases"
FOLLOW_SECONDS = 3.0
CONTENT_AUTHOR = "content-files"


@dataclass(frozen=True)
class Search:
    """The candidates of one question, best first, and the release they come from."""

    release_id: int
    language: Lang
    candidates: list[Candidate]


@cache
def background() -> dict[Lang, list[str]]:
    """Everyday sentences in each language."""
    loaded: dict[Lang, list[str]] = yaml.safe_load((Path(__file__).parent / "background.yml").read_text("utf-8"))
    return loaded


class KnowledgeBase:
    """One per process. Searches the newest release, and follows when another worker publishes.

    Args:
        encoder: None when no encoder could be loaded; entries are still written and published, but not searched.
        cache: folder for the vectors and the fit of the live release; None keeps them in memory only.
    """

    def __init__(
        self,
        database: Database,
        events: Events,
        clock: Clock,
        encoder: TurnEncoder | None,
        *,
        cache: Path | None,
    ) -> None:
        self._database = database
        self._events = events
        self._clock = clock
        self._encoder = encoder
        self._vectors = VectorCache(encoder.encoder, cache / "vectors.npz" if cache else None) if encoder else None
        self._fits = FitCache(cache / "fit.npz") if cache else None
        self._engine: Engine | None = None
        self._wording: Wording | None = None
        self._swap = asyncio.Lock()
        self._follower: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Build the live release's engine and follow newer ones."""
        await self.refresh()
        self._follower = asyncio.create_task(self._follow())

    async def close(self) -> None:
        """Stop following."""
        if self._follower is not None:
            self._follower.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._follower

    async def search(self, text: str, language: Lang) -> Search:
        """Candidates for one question.

        Raises:
            EncoderUnavailable: there is no encoder, or it failed.
            Unavailable: nothing has been published yet.
        """
        vector = await self.encode(text, language)
        engine = self._engine
        if engine is None:
            raise Unavailable("The knowledge base is empty; publish a release first.", code="knowledge_base_empty")
        found = engine.search(vector[None, :], language)
        return Search(engine.release_id, language, found[0])

    async def encode(self, text: str, language: Lang) -> Vectors:
        """The vector by which a text is searched, shape ``(dimensions,)``; slips of the pen are mended, once encoded.

        Raises:
            EncoderUnavailable: there is no encoder, or it failed.
        """
        if self._encoder is None:
            raise EncoderUnavailable("The knowledge base cannot be searched: no encoder is loaded.")
        wording = self._wording
        plain = to_simplified(text)
        return await self._encoder.vector(wording.repair(plain, language) if wording else plain)

    def entry(self, entry_id: str) -> EntryContent:
        """A live entry.

        Raises:
            NotFound: it is not in the live release.
        """
        engine = self._engine
        if engine is None or entry_id not in engine.entries:
            raise NotFound(f"There is no live entry {entry_id!r}.", code="entry_not_found")
        return engine.entries[entry_id]

    def featured(self, limit: int) -> list[EntryContent]:
        """The most-asked entries, for the widget's first screen."""
        engine = self._engine
        return [entry for entry in engine.entries.values() if entry.featured][:limit] if engine else []

    @property
    def release_id(self) -> int | None:
        """The release that is searched at present."""
        return self._engine.release_id if self._engine else None

    async def load(self, entries: Sequence[EntryContent], author: str = CONTENT_AUTHOR) -> int | None:
        """Publish what changed in content files since they were last loaded; returns the new release, or None.

        An entry that an editor changed after the file is left as the editor has it until the file changes again.
        Entries that came from a file and are no longer in one are archived.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            repository = KnowledgeRepository(session)
            live = await repository.released(await repository.live_release_id(lock=True))
            known = await repository.entries()
            released = dict(live)
            for content in entries:
                entry = known.get(content.id) or await repository.add_entry(content.id, now)
                if entry.source_digest == content.digest:
                    continue
                entry.source_digest = content.digest
                released[content.id] = await repository.add_revision(content, author, PUBLISHED, now)
            given = {content.id for content in entries}
            for entry_id in [
                key for key in released if known.get(key) and known[key].source_digest and key not in given
            ]:
                known[entry_id].source_digest = ""
                del released[entry_id]
            if released == live:
                return None
            release = await self._release(repository, live, released, author, "Loaded from content files")
        await self._announce()
        return release

    async def save_draft(self, content: EntryContent, author: str) -> Revision:
        """Store a new draft revision of an entry, new or known."""
        now = self._clock.now()
        async with self._database.write() as session:
            repository = KnowledgeRepository(session)
            if await repository.entry(content.id) is None:
                await repository.add_entry(content.id, now)
            return await repository.add_revision(content, author, DRAFT, now)

    async def publish(self, published_by: str, comment: str) -> int | None:
        """Put every draft live in one release; returns its id, or None when there is no draft."""
        async with self._database.write() as session:
            repository = KnowledgeRepository(session)
            live = await repository.released(await repository.live_release_id(lock=True))
            drafts = await repository.drafts()
            if not drafts:
                return None
            release = await self._release(repository, live, {**live, **drafts}, published_by, comment)
        await self._announce()
        return release

    async def _release(
        self,
        repository: KnowledgeRepository,
        live: dict[str, Revision],
        released: dict[str, Revision],
        published_by: str,
        comment: str,
    ) -> int:
        replaced = [revision.id for key, revision in live.items() if released.get(key) is not revision]
        await repository.set_status(replaced, ARCHIVED)
        await repository.set_status([revision.id for revision in released.values()], PUBLISHED)
        release = await repository.add_release(released, published_by, comment, self._clock.now())
        return release.id

    async def _announce(self) -> None:
        """Tell the other workers of a release that is committed, then search it here."""
        await self._events.publish(Event(RELEASES))
        await self.refresh()

    async def refresh(self) -> None:
        """Search the newest release from now on. Queries under way end on the old one."""
        async with self._swap:
            async with self._database.read() as session:
                repository = KnowledgeRepository(session)
                release_id = await repository.live_release_id()
                if release_id is None or release_id == self.release_id or self._vectors is None:
                    return
                revisions = await repository.released(release_id)
                entries = [EntryContent.model_validate(revision.content) for revision in revisions.values()]
            self._engine, self._wording = await asyncio.to_thread(self._build, release_id, entries)
            log.info("release_live", release_id=release_id, entries=len(entries))

    def _build(self, release_id: int, entries: list[EntryContent]) -> tuple[Engine, Wording]:
        vectors = self._vectors
        assert vectors is not None

        def encode(texts: Sequence[str]) -> Vectors:
            return vectors.encode([to_simplified(text) for text in texts])

        engine = Engine(release_id, entries, encode, background(), self._fits)
        vectors.keep_used()
        return engine, Wording.of(entries)

    async def _follow(self) -> None:
        async with self._events.subscribe(RELEASES) as subscription:
            while True:
                await subscription.next(timeout_seconds=FOLLOW_SECONDS)
                try:
                    await self.refresh()
                except Exception as error:  # edge of a background task: the old release goes on serving
                    log.error("release_not_loaded", exc_info=error)

    async def revisions(self) -> dict[str, Revision]:
        """The newest revision of each entry, draft or published."""
        async with self._database.read() as session:
            return await KnowledgeRepository(session).newest_revisions()

    async def releases(self, limit: int = 50) -> list[dict[str, Any]]:
        """The newest releases first."""
        async with self._database.read() as session:
            rows = await KnowledgeRepository(session).releases(limit)
        return [
            {
                "id": row.id,
                "comment": row.comment,
                "published_by": row.published_by,
                "published_at": row.published_at,
            }
            for row in rows
        ]
