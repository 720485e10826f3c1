"""The knowledge base as the rest of the system uses it: load, edit, publish, search."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from kb.browsing import Browsing
from kb.checks import CheckQuestion, read_checks
from kb.comparing import Comparing
from kb.content import EntryContent, Lang
from kb.contents import Contents
from kb.context import Earlier
from kb.editing import Audit, Editing
from kb.encoder import EncoderUnavailable, TurnEncoder, Vectors
from kb.examination.gate import Gate
from kb.examination.links import LinkInquiry
from kb.examination.regression import answered
from kb.examination.rules import bundled_rules
from kb.exchange.imports import Imports
from kb.filters import Calendar
from kb.finding import Findings, Search
from kb.fitting import Targets
from kb.lexicon import EditorsLexicon
from kb.live import LiveEngine
from kb.loading import CONTENT_AUTHOR, ContentFiles
from kb.meaning import meanings, mended
from kb.repository import DRAFT, IN_REVIEW, KnowledgeRepository
from kb.reranking import TurnReranker
from kb.scoring import Parts
from kb.search import Engine
from kb.sentences import said
from kb.trials import TestBox, Trial
from kb.webhooks import Webhooks
from kb.wording import Wording
from kit.clock import Clock
from kit.database import Database
from kit.errors import NotFound, Unavailable
from kit.events import Event, Events
from kit.language import detect
from kit.settings import Settings

log = structlog.get_logger(__name__)

RELEASES = "kb:releases"
FOLLOW_SECONDS = 0.25


@dataclass(frozen=True)
class SearchOptions:
    """What the operator chose.

    Args:
        parts: which parts of the engine are in use.
        targets: what is wanted of the confidence.
        checks: check questions, which confidence is measured by.
        time_zone: in which an entry's first and last day begin and end.
        learn_after_seconds: for how long nothing must have gone live before lessons begin.
    """

    parts: Parts = field(default_factory=Parts)
    targets: Targets = field(default_factory=Targets)
    checks: tuple[CheckQuestion, ...] = ()
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    learn_after_seconds: float = 0.0

    @classmethod
    def from_settings(cls, settings: Settings) -> SearchOptions:
        """What the settings say."""
        return cls(
            Parts.without([name.strip() for name in settings.search_without.split(",") if name.strip()]),
            Targets(settings.answered_precision, settings.clarified_success),
            tuple(read_checks(settings.checks_dir)),
            ZoneInfo(settings.time_zone),
            settings.learn_after_seconds,
        )


class KnowledgeBase:
    """One per process. Searches the newest release, and follows when another worker publishes.

    Args:
        encoder: None when no encoder could be loaded; entries are still written and published, but not searched.
        cache: folder for the vectors and the fit of the live release; None keeps them in memory only.
        options: what the operator chose; by default everything is in use.
        reranker: puts the first candidates in its order; None leaves them in the engine's.
        audit: where it is written down who changed what; None writes nothing down.
        webhook_urls: addresses that are told of each release.
        webhook_secret: signs what they are told.
        links: asks whether the pages that answers link are there; None where none is asked.
    """

    def __init__(
        self,
        database: Database,
        events: Events,
        clock: Clock,
        encoder: TurnEncoder | None,
        *,
        cache: Path | None,
        options: SearchOptions | None = None,
        reranker: TurnReranker | None = None,
        audit: Audit | None = None,
        webhook_urls: Sequence[str] = (),
        webhook_secret: str = "",
        links: LinkInquiry | None = None,
    ) -> None:
        self._database = database
        self._events = events
        self._clock = clock
        self._encoder = encoder
        self._options = options or SearchOptions()
        self._findings = Findings(encoder, self._options.parts, reranker) if encoder else None
        self._live = (
            LiveEngine(
                encoder,
                cache,
                self._options.parts,
                self._options.targets,
                self._options.checks,
                self._options.learn_after_seconds,
                rehearse=answered,
            )
            if encoder
            else None
        )
        self._box = TestBox(self._live, encoder, self._options.parts, reranker) if encoder and self._live else None
        self._released: tuple[int, list[EntryContent]] | None = None
        self._looked: tuple[int, date] | None = None  # the release whose validity was looked at, and on which day
        self._contents = Contents()
        self.lexicon = EditorsLexicon(database, clock, self._announce, audit)
        self.editing = Editing(database, clock, self._contents, self._released_live, self._tell_workers, audit)
        self._files = ContentFiles(database, clock, self.editing, audit)
        self.browsing = Browsing(database)
        self.webhooks = Webhooks(self.browsing, webhook_urls, webhook_secret)
        self.imports = Imports(database, clock, self.browsing, audit)
        self.gate = Gate(self.browsing, self.editing, self._live, encoder, self._options.checks, self.today, links)
        self.comparing = Comparing(self._live, encoder)
        self._refreshing = asyncio.Lock()
        self._follower: asyncio.Task[None] | None = None
        self._proposed: dict[str, int] = {}
        self._getting_ready: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Build the live release's engine and follow newer ones; imports that were left half-done go on."""
        await self.refresh()
        self.imports.start()
        self._follower = asyncio.create_task(self._follow())

    async def close(self) -> None:
        """Stop following."""
        for task in (self._follower, self._getting_ready):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        await self.imports.close()
        await self.webhooks.close()
        if self._live is not None:
            await self._live.close()

    async def settled(self) -> None:
        """Wait until the live release is searched by what was learnt from itself, not from the one before it."""
        if self._live is not None:
            await self._live.settled()

    async def search(self, text: str, language: Lang, earlier: Earlier | None = None) -> Search:
        """Candidates for one message.

        Args:
            text: the message.
            language: the customer's.
            earlier: the turn before. It is looked at only where the message alone does not tell what is meant.

        Raises:
            EncoderUnavailable: there is no encoder, or it failed.
            Unavailable: nothing has been published yet.
        """
        if self._findings is None:
            raise EncoderUnavailable("The knowledge base cannot be searched: no encoder is loaded.")
        if self._engine is None:
            raise Unavailable("The knowledge base is empty; publish a release first.", code="knowledge_base_empty")
        return await self._findings.find(self._engine, self._wording, text, language, earlier)

    async def try_out(self, text: str) -> tuple[Lang, Trial | None, Trial | None]:
        """What a question finds in the live release, and what it would find with all work in progress live.

        Returns:
            The language that it is in, and both trials; None where there is nothing to search.

        Raises:
            EncoderUnavailable: there is no encoder, or it failed.
        """
        language = detect(text).answer_language
        if self._box is None:
            raise EncoderUnavailable("The knowledge base cannot be searched: no encoder is loaded.")
        at_work = [
            EntryContent.model_validate(revision.content)
            for revision in (await self.browsing.newest()).values()
            if revision.status in (DRAFT, IN_REVIEW)
        ]
        engine = self._engine
        entries = {entry.id: entry for entry in (engine.release.entries if engine and at_work else ())}
        entries.update({entry.id: entry for entry in at_work})
        live = await self._box.ask_live(text, language)
        return language, live, await self._box.ask_draft(text, language, list(entries.values()))

    async def encode(self, text: str, language: Lang) -> Vectors:
        """The raw vector of a text, shape ``(dimensions,)``: as it is searched, with pictographs, which tell a mood.

        Raises:
            EncoderUnavailable: there is no encoder, or it failed.
        """
        if self._encoder is None:
            raise EncoderUnavailable("The knowledge base cannot be searched: no encoder is loaded.")
        [meant] = await meanings([(text, language)], self._wording, mended)
        return await self._encoder.vector(meant)

    @property
    def _engine(self) -> Engine | None:
        return self._live.engine if self._live else None

    @property
    def _wording(self) -> Wording | None:
        return self._live.wording if self._live else None

    def entry(self, entry_id: str) -> EntryContent:
        """A live entry.

        Raises:
            NotFound: it is not in the live release.
        """
        return self.live_entry(entry_id)[1]

    def live_entry(self, entry_id: str) -> tuple[int, EntryContent]:
        """A live entry, and the release that says so; errors as of `entry`."""
        engine = self._engine
        if engine is None or entry_id not in engine.entries:
            raise NotFound(said("entry_not_live", entry=entry_id), code="entry_not_found")
        return engine.release.id, engine.entries[entry_id]

    def scenario_of(self, entry_id: str) -> str | None:
        """The scenario of a live entry; None when there is no such entry."""
        try:
            return self.entry(entry_id).scenario
        except NotFound:
            return None

    def featured(self, limit: int) -> list[EntryContent]:
        """The most-asked entries, for the widget's first screen."""
        engine = self._engine
        return [entry for entry in engine.entries.values() if entry.featured][:limit] if engine else []

    @property
    def release_id(self) -> int | None:
        """The release that is searched at present."""
        return self._engine.release.id if self._engine else None

    async def load(self, entries: Sequence[EntryContent], author: str = CONTENT_AUTHOR) -> int | None:
        """Publish what changed in content files since they were last loaded; returns the new release, or None.

        An entry that an editor changed after the file is left as the editor has it until the file changes again.
        Entries that came from a file and are no longer in one are archived.
        """
        release = await self._files.load(entries, author)
        if release is not None:
            await self._released_live(release)
        return release

    async def _released_live(self, release_id: int) -> None:
        """Search by a release that is committed, here and elsewhere, then tell other systems of it."""
        await self._announce()
        self.webhooks.tell(release_id)

    async def _announce(self) -> None:
        """Tell the other workers of a release or an expression that is committed, then search by it here."""
        await self._tell_workers()
        await self.refresh()

    async def _tell_workers(self) -> None:
        """Make every worker look; without Redis, others look a moment later by themselves."""
        await self._events.publish(Event(RELEASES))

    async def refresh(self) -> None:
        """Search what is newest and valid today, by today's lexicon. Queries under way end on the old engine."""
        if self._live is None:
            return
        async with self._refreshing:
            async with self._database.read() as session:
                repository = KnowledgeRepository(session)
                release_id, proposed = await repository.live_and_proposed()
                if release_id is None:
                    return
                if self._released is None or self._released[0] != release_id:
                    revision_ids = (await repository.released(release_id)).values()
                    contents = await self._contents.read(repository, revision_ids)
                    self._released = (release_id, list(contents.values()))
                expressions = await repository.meanings()
                await self._get_ready(repository, release_id, proposed)
            await self._live.reword(expressions)
            engine, today = self._live.engine, self.today()
            if (release_id, today) == self._looked and engine is not None and engine.release.id == release_id:
                return
            valid = [entry for entry in self._released[1] if entry.is_valid_on(today)]
            shown = set(engine.entries) if engine and engine.release.id == release_id else set()
            if shown != {entry.id for entry in valid} or (engine is not None and not valid):
                await self._show(release_id, valid)
            self._looked = release_id, today

    async def _get_ready(self, repository: KnowledgeRepository, release_id: int, proposed: dict[str, int]) -> None:
        """Build what somebody is about to put live, so that it is there at once when it does go live."""
        if proposed == self._proposed:
            return
        self._proposed = proposed
        if not proposed or self._engine is None or self._engine.release.id != release_id:
            return  # taken back, or this worker is behind: what is live comes first
        revision_ids = {**await repository.released(release_id), **proposed}.values()
        contents = await self._contents.read(repository, revision_ids)
        valid = [entry for entry in contents.values() if entry.is_valid_on(self.today())]
        if valid and (self._getting_ready is None or self._getting_ready.done()):
            self._getting_ready = asyncio.create_task(self._build_ahead(valid))

    async def _build_ahead(self, entries: Sequence[EntryContent]) -> None:
        assert self._live is not None
        try:
            await self._live.candidate(entries)
        except Exception as error:  # noqa: BLE001  # edge of a background task: it is built when it goes live
            log.warning("release_not_built_ahead", reason=str(error))

    async def _show(self, release_id: int, valid: Sequence[EntryContent]) -> None:
        assert self._live is not None
        if valid:
            await self._live.show(release_id, valid)
            log.info("release_live", release_id=release_id, entries=len(valid))
        else:
            await self._live.empty()
            log.warning("release_empty", release_id=release_id)

    def today(self) -> date:
        """The day it is at the bank."""
        return self.day_of(self._clock.now())

    def calendar(self) -> Calendar:
        """The same, and the last of the days on which an entry that ends is said to end soon."""
        today = self.today()
        return Calendar(today, today + timedelta(days=bundled_rules().limits.expiry_days))

    def day_of(self, moment: datetime) -> date:
        """The day of a moment at the bank."""
        return moment.astimezone(self._options.time_zone).date()

    def midnight(self, day: date) -> datetime:
        """When a day begins at the bank."""
        return datetime.combine(day, time.min, self._options.time_zone)

    def hours_of(self, day: date) -> tuple[datetime, datetime]:
        """When a day begins at the bank, and when the next one does."""
        return self.midnight(day), self.midnight(day + timedelta(days=1))

    async def _follow(self) -> None:
        async with self._events.subscribe(RELEASES) as subscription:
            while True:
                await subscription.next(timeout_seconds=FOLLOW_SECONDS)
                try:
                    await self.refresh()
                except Exception as error:  # edge of a background task: the old release goes on serving
                    log.error("release_not_loaded", exc_info=error)
