"""What editors and auditors read: entries with their gaps, revisions, comments, and what each release said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from kb.content import EntryContent
from kb.filters import Calendar, EntryFilter, Gap, ValidityKind
from kb.listing.repository import ListRepository
from kb.models import Comment, Release, Revision
from kb.repository import ARCHIVED, IN_REVIEW, KnowledgeRepository
from kb.sentences import said
from kit.database import Database
from kit.errors import NotFound

Kind = Literal["added", "changed", "withdrawn"]


@dataclass(frozen=True)
class Shown:
    """A revision, and the number of the one that customers are told; None where they are told none."""

    revision: Revision
    live: int | None

    @property
    def gaps(self) -> list[Gap]:
        """What is wrong between the two languages."""
        zh, en = self.revision.zh_changed, self.revision.en_changed
        if zh is None or en is None:
            missing: tuple[tuple[Gap, int | None], ...] = (("zh_missing", zh), ("en_missing", en))
            return [gap for gap, changed in missing if changed is None]
        return ["zh_outdated"] if zh < en else ["en_outdated"] if en < zh else []


@dataclass(frozen=True)
class Page:
    """Some entries, and counts of all that match, each by every other filter than its own."""

    entries: list[Shown]
    total: int
    scenarios: dict[str, int]
    statuses: dict[str, int]
    gaps: dict[Gap, int]
    validities: dict[ValidityKind, int]


@dataclass(frozen=True)
class Queue:
    """Some of what waits for a reviewer, and how many wait; ``next`` is where the rest begins, None at the end."""

    waiting: list[Shown]
    total: int
    next: int | None


@dataclass(frozen=True)
class EntryChange:
    """What a release did to an entry: the revision that it says, and the one that was said before."""

    entry_id: str
    kind: Kind
    revision: int | None
    before: int | None


class Browsing:
    """Reads; changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._numbers: tuple[int | None, dict[str, int]] = (None, {})  # of the release asked for last: none changes

    async def entries(self, wanted: EntryFilter, calendar: Calendar, offset: int, limit: int) -> Page:
        """A page of the entries that are wanted, in the order of their ids; validity is counted by the calendar."""
        async with self._database.read() as session:
            repository, listed = KnowledgeRepository(session), ListRepository(session)
            return Page(
                await self._shown(repository, await listed.page(wanted, offset, limit)),
                await listed.count(wanted),
                await listed.count_by_scenario(wanted),
                await listed.count_by_status(wanted),
                await listed.count_by_gap(wanted),
                await listed.count_by_validity(wanted, calendar),
            )

    async def entry(self, entry_id: str) -> Shown:
        """The newest revision of an entry.

        Raises:
            NotFound: there is no such entry.
        """
        async with self._database.read() as session:
            repository = KnowledgeRepository(session)
            revision = await repository.newest(entry_id)
            if revision is None:
                raise no_entry(entry_id)
            return (await self._shown(repository, [revision]))[0]

    async def revision(self, entry_id: str, number: int) -> Shown:
        """One revision.

        Raises:
            NotFound: there is no such revision.
        """
        async with self._database.read() as session:
            repository = KnowledgeRepository(session)
            revision = await repository.revision(entry_id, number)
            if revision is None:
                raise NotFound(said("revision_not_found", entry=entry_id, number=number), code="revision_not_found")
            return (await self._shown(repository, [revision]))[0]

    async def revisions(self, entry_id: str) -> list[Revision]:
        """Every revision of an entry, the newest first.

        Raises:
            NotFound: there is no such entry.
        """
        async with self._database.read() as session:
            found = await KnowledgeRepository(session).revisions_of(entry_id)
        if not found:
            raise no_entry(entry_id)
        return found

    async def comments(self, entry_id: str) -> list[Comment]:
        """What was said about an entry, in its order."""
        async with self._database.read() as session:
            return await KnowledgeRepository(session).comments(entry_id)

    async def in_review(self, after: int = 0, limit: int = 50) -> Queue:
        """What waits for a reviewer, the longest wait first, from where an earlier call ended."""
        async with self._database.read() as session:
            repository = KnowledgeRepository(session)
            found = await repository.in_review(after, limit + 1) if limit else []
            waiting = found[:limit]
            return Queue(
                await self._shown(repository, waiting),
                await repository.count_in_review(),
                waiting[-1].id if len(found) > limit else None,
            )

    async def waiting(self, entry_id: str) -> tuple[Shown, EntryContent | None]:
        """An entry that waits for a reviewer, and what customers are told of it; None where they are told nothing.

        Raises:
            NotFound: there is no such entry, or it does not wait.
        """
        async with self._database.read() as session:
            repository = KnowledgeRepository(session)
            revision = await repository.newest(entry_id)
            if revision is None or revision.status != IN_REVIEW:
                raise NotFound(said("not_in_review", entry=entry_id), code="not_in_review")
            [shown] = await self._shown(repository, [revision])
            told = await repository.revision(entry_id, shown.live) if shown.live else None
        return shown, EntryContent.model_validate(told.content) if told else None

    async def writers(self, waiting: Sequence[Shown]) -> dict[str, frozenset[str]]:
        """By entry, all who wrote something of what waits: none of them may approve it."""
        async with self._database.read() as session:
            live = {shown.revision.entry_id: shown.live for shown in waiting if shown.live is not None}
            return await KnowledgeRepository(session).writers([shown.revision for shown in waiting], live)

    async def newest(self) -> dict[str, Revision]:
        """The newest revision of each entry, draft or published."""
        async with self._database.read() as session:
            return await KnowledgeRepository(session).newest_revisions()

    async def said_at_work(self, known: Mapping[int, EntryContent]) -> dict[int, EntryContent]:
        """What the newest revisions say, archived ones left out, by their ids; what is known is not read again."""
        async with self._database.read() as session:
            repository = KnowledgeRepository(session)
            ids = await repository.newest_ids(without=ARCHIVED)
            fresh = await repository.contents(each for each in ids if each not in known)
        return {each: known[each] if each in known else fresh[each] for each in ids}

    async def version(self) -> tuple[int, int]:
        """Changes whenever the newest revision of an entry does."""
        async with self._database.read() as session:
            return await KnowledgeRepository(session).version()

    async def releases(
        self, limit: int = 50, before: int | None = None, during: tuple[datetime, datetime] | None = None
    ) -> list[Release]:
        """The newest releases first.

        Args:
            limit: how many at most.
            before: only those made before this one.
            during: only those that were live at some time from the first of these moments until before the second.
        """
        async with self._database.read() as session:
            return await KnowledgeRepository(session).releases(limit, before, during)

    async def changes(self, release_id: int) -> tuple[Release, list[EntryChange]]:
        """A release, and what it did to the one before it, in the order of the entries' ids.

        Raises:
            NotFound: there is no such release.
        """
        async with self._database.read() as session:
            repository = KnowledgeRepository(session)
            release = await repository.release(release_id)
            if release is None:
                raise NotFound(said("release_not_found", release=release_id), code="release_not_found")
            now = await repository.numbers(release_id)
            before = await repository.numbers(await repository.release_before(release_id))
        changed = sorted(key for key in now.keys() | before.keys() if now.get(key) != before.get(key))
        return release, [EntryChange(key, _kind(key, now, before), now.get(key), before.get(key)) for key in changed]

    async def told(self, release_id: int, entry_id: str, on: date | None = None) -> tuple[Release, Shown]:
        """What customers were told of an entry while a release was live. A message of the bot names both.

        Args:
            release_id: the release.
            entry_id: the entry.
            on: a day on which it must have been valid; None for any.

        Raises:
            NotFound: there is no such release, the entry was not in it, or it was not valid on that day.
        """
        async with self._database.read() as session:
            repository = KnowledgeRepository(session)
            release = await repository.release(release_id)
            revision = await repository.in_release(release_id, entry_id)
            if release is None or revision is None:
                raise NotFound(said("entry_not_released", release=release_id, entry=entry_id), code="entry_not_found")
            if on is not None and not EntryContent.model_validate(revision.content).is_valid_on(on):
                raise NotFound(
                    said("entry_not_valid", number=revision.number, entry=entry_id, day=on),
                    code="entry_not_valid",
                )
            return release, (await self._shown(repository, [revision]))[0]

    async def revision_in(self, release_id: int, entry_id: str) -> int | None:
        """The number of an entry's revision in a release; None where it has none."""
        known, numbers = self._numbers
        if known != release_id:
            async with self._database.read() as session:
                numbers = await KnowledgeRepository(session).numbers(release_id)
            self._numbers = release_id, numbers
        return numbers.get(entry_id)

    async def _shown(self, repository: KnowledgeRepository, revisions: Sequence[Revision]) -> list[Shown]:
        live = await repository.live_numbers(
            await repository.live_release_id(), [revision.entry_id for revision in revisions]
        )
        return [Shown(revision, live.get(revision.entry_id)) for revision in revisions]


def _kind(entry_id: str, now: dict[str, int], before: dict[str, int]) -> Kind:
    if entry_id not in now:
        return "withdrawn"
    return "changed" if entry_id in before else "added"


def no_entry(entry_id: str) -> NotFound:
    """What is raised where an entry is asked for that there is not."""
    return NotFound(said("entry_not_found", entry=entry_id), code="entry_not_found")
