"""All SQL of the knowledge base."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from kb.content import EntryContent
from kb.expressions import Expression, Expressions
from kb.models import EditorsExpression, Entry, LiveRelease, Release, ReleaseEntry, Revision

DRAFT = "draft"
PUBLISHED = "published"
ARCHIVED = "archived"


class KnowledgeRepository:
    """Works inside the transaction it is given."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def live_release_id(self, *, lock: bool = False) -> int | None:
        """The live release; with ``lock``, nobody else publishes before this transaction ends."""
        statement = select(LiveRelease)
        if lock:
            statement = statement.with_for_update()
        row = (await self._session.execute(statement)).scalar_one()
        return row.release_id

    async def released(self, release_id: int | None) -> dict[str, Revision]:
        """The revisions of a release by entry id; none for None."""
        if release_id is None:
            return {}
        rows = await self._session.execute(
            select(Revision)
            .join(ReleaseEntry, ReleaseEntry.revision_id == Revision.id)
            .where(ReleaseEntry.release_id == release_id)
        )
        return {revision.entry_id: revision for revision in rows.scalars()}

    async def release(self, release_id: int) -> Release | None:
        """One release."""
        return await self._session.get(Release, release_id)

    async def entries(self) -> dict[str, Entry]:
        """Every entry by its id."""
        return {entry.id: entry for entry in (await self._session.execute(select(Entry))).scalars()}

    async def entry(self, entry_id: str) -> Entry | None:
        """One entry."""
        return await self._session.get(Entry, entry_id)

    async def add_entry(self, entry_id: str, now: datetime, source_digest: str = "") -> Entry:
        """A new entry, without a revision."""
        entry = Entry(id=entry_id, created_at=now, source_digest=source_digest)
        self._session.add(entry)
        await self._session.flush()
        return entry

    async def add_revision(self, content: EntryContent, author: str, status: str, now: datetime) -> Revision:
        """The next revision of the entry that ``content`` names."""
        newest = await self._session.execute(
            select(func.coalesce(func.max(Revision.number), 0)).where(Revision.entry_id == content.id)
        )
        revision = Revision(
            entry_id=content.id,
            number=newest.scalar_one() + 1,
            status=status,
            content=content.model_dump(mode="json"),
            author=author,
            created_at=now,
        )
        self._session.add(revision)
        await self._session.flush()
        return revision

    async def newest_revisions(self) -> dict[str, Revision]:
        """The newest revision of each entry."""
        newest = select(Revision.entry_id, func.max(Revision.number).label("number")).group_by(Revision.entry_id)
        latest = newest.subquery()
        rows = await self._session.execute(
            select(Revision)
            .join(
                latest,
                (Revision.entry_id == latest.c.entry_id) & (Revision.number == latest.c.number),
            )
            .order_by(Revision.entry_id)
        )
        return {revision.entry_id: revision for revision in rows.scalars()}

    async def drafts(self) -> dict[str, Revision]:
        """The newest revision of each entry whose newest revision is a draft."""
        return {key: revision for key, revision in (await self.newest_revisions()).items() if revision.status == DRAFT}

    async def set_status(self, revision_ids: Iterable[int], status: str) -> None:
        """Move revisions along their life."""
        await self._session.execute(update(Revision).where(Revision.id.in_(list(revision_ids))).values(status=status))

    async def add_release(
        self,
        revisions: dict[str, Revision],
        published_by: str,
        comment: str,
        now: datetime,
    ) -> Release:
        """A release of ``revisions``, made live. Call with the live release locked."""
        release = Release(published_by=published_by, comment=comment, published_at=now)
        self._session.add(release)
        await self._session.flush()
        self._session.add_all(
            ReleaseEntry(release_id=release.id, entry_id=entry_id, revision_id=revision.id)
            for entry_id, revision in revisions.items()
        )
        await self._session.execute(update(LiveRelease).values(release_id=release.id))
        return release

    async def releases(self, limit: int) -> list[Release]:
        """The newest releases first."""
        rows = await self._session.execute(select(Release).order_by(Release.id.desc()).limit(limit))
        return list(rows.scalars())

    async def expressions(self) -> list[EditorsExpression]:
        """What editors have put, in the order of its characters."""
        rows = await self._session.execute(select(EditorsExpression))
        return sorted(rows.scalars(), key=lambda row: row.expression)

    async def meanings(self) -> Expressions:
        """What editors have put, as questions are mended by it. Read twice a second, so no rows are built for it."""
        rows = await self._session.execute(
            select(EditorsExpression.expression, EditorsExpression.language, EditorsExpression.meaning)
        )
        return Expressions.of(rows)

    async def put_expression(self, expression: Expression, author: str, now: datetime) -> EditorsExpression:
        """Store an expression, in place of what it meant before."""
        await self.live_release_id(lock=True)  # two editors who put the same at once come one after the other
        return await self._session.merge(
            EditorsExpression(
                expression=expression.text,
                language=expression.language,
                meaning=expression.meaning,
                author=author,
                updated_at=now,
            )
        )

    async def delete_expression(self, expression: str) -> bool:
        """Forget an expression; False when there is none."""
        await self.live_release_id(lock=True)
        gone = await self._session.execute(
            delete(EditorsExpression)
            .where(EditorsExpression.expression == expression)
            .returning(EditorsExpression.expression)
        )
        return gone.scalar_one_or_none() is not None
