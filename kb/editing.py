"""The life of an entry: draft, in review, published, archived; and of releases, which are made and rolled back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from kb.browsing import no_entry
from kb.content import EntryContent, Lang
from kb.contents import Contents
from kb.examination.claims import undated_figure
from kb.examination.rules import bundled_rules
from kb.models import Comment, Revision
from kb.repository import ARCHIVED, DRAFT, IN_REVIEW, PUBLISHED, KnowledgeRepository
from kb.sentences import said
from kit.clock import Clock
from kit.database import Database
from kit.errors import Conflict, Forbidden, NotFound


class Audit(Protocol):
    """Where it is written down who did what."""

    def record(self, session: AsyncSession, actor: str, action: str, subject: str, **detail: Any) -> None:
        """Add a line in the caller's transaction."""


class EditConflict(Conflict):
    """Somebody stored a revision meanwhile.

    Args:
        newest: the newest revision.
        base: the number of the one that the editor began with; None for an entry that was new.
    """

    code = "edit_conflict"

    def __init__(self, newest: Revision, base: int | None) -> None:
        super().__init__(
            f"{newest.author} stored revision {newest.number} of {newest.entry_id!r} meanwhile. "
            "Put both together and store again."
        )
        self.current, self.author, self.base = newest.number, newest.author, base


Chosen = tuple[str, int]


@dataclass(frozen=True)
class Proposal:
    """What a publication would do.

    Args:
        release_id: the release that is live meanwhile.
        chosen: entries and numbers that would go live.
        approved: what those say.
        released: what all entries would say.
    """

    release_id: int | None
    chosen: list[Chosen]
    approved: list[EntryContent]
    released: list[EntryContent]


class Editing:
    """Every change of entries and releases. Nobody approves what they wrote themselves, or a part of it.

    Args:
        contents: what revisions say.
        announce: called with a release that is committed; returns when this worker searches by it.
        tell: called when the workers have something to get ready for.
        audit: where changes are written down; None for a knowledge base of one's own.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        contents: Contents,
        announce: Callable[[int], Awaitable[None]],
        tell: Callable[[], Awaitable[None]],
        audit: Audit | None,
    ) -> None:
        self._contents = contents
        self._database = database
        self._clock = clock
        self._announce = announce
        self._tell = tell
        self._audit = audit

    async def save(
        self,
        content: EntryContent,
        author: str,
        *,
        base: int | None = None,
        is_new: bool = False,
        confirmed: Lang | None = None,
        today: date | None = None,
    ) -> Revision:
        """Store a new draft of an entry.

        Args:
            content: what it says.
            author: who wrote it.
            base: the revision that it was made from; None stores it whatever there is.
            is_new: whether there must be no such entry yet.
            confirmed: a language that is right although only the other one has changed.
            today: by which an entry that says something new is dated; None leaves its date as it is.

        Raises:
            EditConflict: the newest revision is another one, or there is one though the entry is new.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            repository = KnowledgeRepository(session)
            await repository.live_release_id(lock=True)  # two editors who store at once come one after the other
            newest = await repository.newest(content.id)
            if newest is not None and (is_new or base not in (None, newest.number)):
                raise EditConflict(newest, base)
            if newest is None:
                if base is not None:
                    raise no_entry(content.id)
                await repository.add_entry(content.id, now)
            if today is not None:
                before = EntryContent.model_validate(newest.content) if newest else None
                content = dated(content, before, today)
            revision = await repository.add_revision(content, author, DRAFT, now, confirmed)
            self._record(session, author, "entry.saved", content.id, revision=revision.number)
            return revision

    async def submit(self, entry_id: str, number: int, by: str, comment: str = "") -> Revision:
        """Ask for a review of the newest revision.

        Raises:
            NotFound: there is no such entry.
            EditConflict: ``number`` is not the newest.
            Conflict: it is no draft.
        """
        return await self._move(entry_id, number, by, comment, DRAFT, IN_REVIEW, "entry.submitted")

    async def send_back(self, entry_id: str, number: int, by: str, comment: str = "") -> Revision:
        """Make a revision that is in review a draft again; errors as of `submit`."""
        return await self._move(entry_id, number, by, comment, IN_REVIEW, DRAFT, "entry.returned")

    async def _move(
        self, entry_id: str, number: int, by: str, comment: str, before: str, after: str, action: str
    ) -> Revision:
        async with self._database.write() as session:
            repository = KnowledgeRepository(session)
            await repository.live_release_id(lock=True)
            revision = await self._newest(repository, entry_id, number)
            if revision.status != before:
                raise _wrong_status(revision, before)
            revision.status = after
            if comment.strip():
                await repository.add_comment(revision, by, comment, self._clock.now())
            self._record(session, by, action, entry_id, revision=number, comment=comment)
            return revision

    async def comment(self, entry_id: str, by: str, text: str) -> Comment:
        """Say something about the newest revision of an entry.

        Raises:
            NotFound: there is no such entry.
        """
        async with self._database.write() as session:
            repository = KnowledgeRepository(session)
            revision = await repository.newest(entry_id)
            if revision is None:
                raise no_entry(entry_id)
            self._record(session, by, "entry.commented", entry_id, revision=revision.number, comment=text)
            return await repository.add_comment(revision, by, text, self._clock.now())

    async def propose(self, by: str, chosen: Sequence[Chosen] | None = None) -> Proposal:
        """What `publish` would do with these arguments; errors as there. Every worker gets ready for it meanwhile."""
        async with self._database.write() as session:
            repository = KnowledgeRepository(session)
            release_id = await repository.live_release_id()
            live = await repository.released(release_id)
            approved = await self._approved(repository, by, chosen)
            proposed = {revision.entry_id: revision.id for revision in approved}
            contents = await self._contents.read(repository, {**live, **proposed}.values())
            await repository.propose(proposed)
        await self._tell()
        return Proposal(
            release_id,
            [(revision.entry_id, revision.number) for revision in approved],
            [contents[revision.id] for revision in approved],
            list(contents.values()),
        )

    async def publish(
        self,
        by: str,
        comment: str,
        chosen: Sequence[Chosen] | None = None,
        reasons: Mapping[str, str] | None = None,
        *,
        beside: int | None = None,
    ) -> int | None:
        """Put revisions that are in review live in one release.

        Args:
            by: who approves them.
            comment: why.
            chosen: entries and numbers; None takes all that others alone wrote.
            reasons: by entry, why it goes live in spite of warnings. They are kept as comments.
            beside: the live release that they were examined beside; None for any.

        Returns:
            The release; None when nothing was chosen.

        Raises:
            NotFound, EditConflict, Conflict: a chosen revision is not there, not the newest, or not in review; or
                another release has gone live.
            Forbidden: the person wrote one of them, or something of it that nobody has approved.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            repository = KnowledgeRepository(session)
            live_id = await repository.live_release_id(lock=True)
            if beside is not None and beside != live_id:
                raise Conflict(f"Release {live_id} went live meanwhile. Publish again.", code="release_changed")
            live = await repository.released(live_id)
            approved = await self._approved(repository, by, chosen)
            if not approved:
                return None
            for revision in approved:
                revision.reviewer, revision.reviewed_at = by, now
                reason = (reasons or {}).get(revision.entry_id, "").strip()
                if reason:
                    await repository.add_comment(revision, by, reason, now)
                self._record(session, by, "entry.approved", revision.entry_id, revision=revision.number, reason=reason)
            released = {**live, **{revision.entry_id: revision.id for revision in approved}}
            release = await self.release(session, live, released, by, comment)
        await self._announce(release)
        return release

    async def _approved(
        self, repository: KnowledgeRepository, by: str, chosen: Sequence[Chosen] | None
    ) -> list[Revision]:
        if chosen is None:
            waiting = await repository.in_review()
        else:
            newest = await repository.newest_of(entry_id for entry_id, _ in chosen)
            waiting = [_meant(newest.get(entry_id), entry_id, number) for entry_id, number in chosen]
        writers = await repository.writers(waiting, await repository.numbers(await repository.live_release_id()))
        if chosen is None:
            return [revision for revision in waiting if by not in writers[revision.entry_id]]
        for revision in waiting:
            if revision.status != IN_REVIEW:
                raise _wrong_status(revision, IN_REVIEW)
            if by in writers[revision.entry_id]:
                raise Forbidden(
                    f"You wrote something of revision {revision.number} of {revision.entry_id!r}; a colleague must "
                    "approve it.",
                    code="own_revision",
                )
        return waiting

    async def withdraw(self, entry_id: str, by: str, comment: str) -> int:
        """Take an entry out of the live release at once; returns the new release.

        Raises:
            NotFound: it is not in the live release.
        """
        async with self._database.write() as session:
            repository = KnowledgeRepository(session)
            live = await repository.released(await repository.live_release_id(lock=True))
            if entry_id not in live:
                raise NotFound(said("entry_not_live", entry=entry_id), code="entry_not_found")
            left = {key: revision for key, revision in live.items() if key != entry_id}
            self._record(session, by, "entry.withdrawn", entry_id, comment=comment)
            release = await self.release(session, live, left, by, comment)
        await self._announce(release)
        return release

    async def restore(self, release_id: int, by: str, comment: str) -> int:
        """Say again what an earlier release said, in a new release; returns that.

        Raises:
            NotFound: there is no such release.
        """
        async with self._database.write() as session:
            repository = KnowledgeRepository(session)
            live = await repository.released(await repository.live_release_id(lock=True))
            if await repository.release(release_id) is None:
                raise NotFound(said("release_not_found", release=release_id), code="release_not_found")
            released = await repository.released(release_id)
            release = await self.release(session, live, released, by, comment, restored=release_id)
            await repository.point_at(released)
        await self._announce(release)
        return release

    async def release(
        self,
        session: AsyncSession,
        live: Mapping[str, int],
        released: Mapping[str, int],
        by: str,
        comment: str,
        **detail: Any,
    ) -> int:
        """Make a release of these revisions in the caller's transaction, which holds the live release's lock.

        Args:
            session: of the transaction.
            live: what is live: ids of revisions by their entries'.
            released: what shall be.
            by: who publishes.
            comment: why.
            detail: for the audit log.
        """
        repository = KnowledgeRepository(session)
        before, after = set(live.values()), set(released.values())
        await repository.set_status(before - after, ARCHIVED)
        await repository.set_status(after - before, PUBLISHED)
        made = await repository.add_release(released, by, comment, self._clock.now())
        self._record(session, by, "release.published", str(made.id), comment=comment, **detail)
        return made.id

    async def _newest(self, repository: KnowledgeRepository, entry_id: str, number: int) -> Revision:
        return _meant(await repository.newest(entry_id), entry_id, number)

    def _record(self, session: AsyncSession, actor: str, action: str, subject: str, **detail: Any) -> None:
        if self._audit is not None:
            self._audit.record(session, actor, action, subject, **detail)


def dated(content: EntryContent, before: EntryContent | None, today: date) -> EntryContent:
    """The entry, dated today where customers are told something new and nobody has given it a date.

    Figures whose day the answer does not tell keep the date that they had, or none: whoever mends a slip beside an old
    rate has not looked whether it still holds.
    """
    after, told = (
        {language: variant.told for language, variant in entry.variants.items()} if entry else {}
        for entry in (content, before)
    )
    if after == told or content.updated != (before.updated if before else None):
        return content
    if any(undated_figure(variant, bundled_rules()) for variant in content.variants.values()):
        return content
    return content.model_copy(update={"updated": today})


def _meant(newest: Revision | None, entry_id: str, number: int) -> Revision:
    if newest is None:
        raise no_entry(entry_id)
    if newest.number != number:
        raise EditConflict(newest, number)
    return newest


def _wrong_status(revision: Revision, wanted: str) -> Conflict:
    return Conflict(
        f"Revision {revision.number} of {revision.entry_id!r} is {revision.status}, not {wanted}. Load it again.",
        code="wrong_status",
    )
