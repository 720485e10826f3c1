"""All SQL of the knowledge base."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from kb.authorship import Written, writers
from kb.content import EntryContent, Lang
from kb.expressions import Expression, Expressions
from kb.models import Comment, EditorsExpression, Entry, LiveRelease, Release, ReleaseEntry, Revision

DRAFT = "draft"
IN_REVIEW = "in_review"
PUBLISHED = "published"
ARCHIVED = "archived"
# PostgreSQL takes 32,767 parameters a statement.
IDS_A_STATEMENT = 10_000


def _newest() -> Select[Revision]:
    return select(Revision).join(Entry, Entry.newest_id == Revision.id)


def _text(content: EntryContent) -> str:
    said = [content.id]
    for variant in content.variants.values():
        said += [*variant.questions, variant.answer, variant.risk or ""]
    return "\n".join(said).casefold()


class KnowledgeRepository:
    """Works inside the transaction it is given."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def live_release_id(self, *, lock: bool = False) -> int | None:
        """The live release; with ``lock``, nobody else publishes before this transaction ends."""
        return (await self.live_and_proposed(lock=lock))[0]

    async def live_and_proposed(self, *, lock: bool = False) -> tuple[int | None, dict[str, int]]:
        """The live release, and the revisions that are about to go live by their entries; ``lock`` as above."""
        statement = select(LiveRelease)
        if lock:
            statement = statement.with_for_update()
        row = (await self._session.execute(statement)).scalar_one()
        return row.release_id, row.proposed or {}

    async def propose(self, revisions: Mapping[str, int]) -> None:
        """Say which revisions, by their entries, are about to go live; the next release takes it back."""
        await self._session.execute(update(LiveRelease).values(proposed=dict(revisions)))

    async def released(self, release_id: int | None) -> dict[str, int]:
        """The ids of a release's revisions by entry id; none for None."""
        rows = await self._session.execute(
            select(ReleaseEntry.entry_id, ReleaseEntry.revision_id).where(ReleaseEntry.release_id == release_id)
        )
        return dict(rows.all())

    async def contents(self, revision_ids: Iterable[int]) -> dict[int, EntryContent]:
        """What revisions say, by their ids."""
        wanted, found = list(revision_ids), dict[int, EntryContent]()
        for at in range(0, len(wanted), IDS_A_STATEMENT):
            some = Revision.id.in_(wanted[at : at + IDS_A_STATEMENT])
            rows = await self._session.execute(select(Revision.id, Revision.content).where(some))
            found.update((key, EntryContent.model_validate(content)) for key, content in rows)
        return found

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

    async def add_revision(
        self, content: EntryContent, author: str, status: str, now: datetime, confirmed: Lang | None = None
    ) -> Revision:
        """The next revision of the entry that ``content`` names, which is its newest from now on.

        Args:
            content: what it says.
            author: who wrote it.
            status: which it has.
            now: the time.
            confirmed: a language that is right although only the other one has changed.
        """
        entry = await self._session.get_one(Entry, content.id)
        before = await self._session.get(Revision, entry.newest_id) if entry.newest_id else None
        last = await self._session.execute(
            select(func.coalesce(func.max(Revision.number), 0)).where(Revision.entry_id == content.id)
        )
        number = last.scalar_one() + 1
        since = _changed(content, before, number, confirmed)
        if before is not None and before.status in (DRAFT, IN_REVIEW):
            before.status = ARCHIVED
        revision = Revision(
            entry_id=content.id,
            number=number,
            status=status,
            content=content.model_dump(mode="json"),
            scenario=content.scenario,
            searched=_text(content),
            zh_changed=since["zh"],
            en_changed=since["en"],
            valid_from=content.valid_from,
            valid_to=content.valid_to,
            base=before.number if before else None,
            author=author,
            created_at=now,
        )
        self._session.add(revision)
        await self._session.flush()
        entry.newest_id = revision.id
        return revision

    async def newest_revisions(self) -> dict[str, Revision]:
        """The newest revision of each entry."""
        rows = await self._session.execute(_newest().order_by(Revision.entry_id))
        return {revision.entry_id: revision for revision in rows.scalars()}

    async def newest_ids(self, *, without: str) -> list[int]:
        """The ids of the newest revision of each entry, those of a status left out, in the order of the entries."""
        chosen = _newest().where(Revision.status != without).order_by(Revision.entry_id)
        return list((await self._session.execute(chosen.with_only_columns(Revision.id))).scalars())

    async def version(self) -> tuple[int, int]:
        """Changes whenever the newest revision of an entry does: the sum of their ids, and how many there are."""
        rows = await self._session.execute(select(func.coalesce(func.sum(Entry.newest_id), 0), func.count(Entry.id)))
        total, count = rows.one()
        return int(total or 0), count

    async def newest(self, entry_id: str) -> Revision | None:
        """The newest revision of one entry."""
        rows = await self._session.execute(_newest().where(Revision.entry_id == entry_id))
        return rows.scalar_one_or_none()

    async def newest_of(self, entry_ids: Iterable[str]) -> dict[str, Revision]:
        """The newest revisions of some entries, by their entries' ids."""
        wanted, found = list(entry_ids), dict[str, Revision]()
        for at in range(0, len(wanted), IDS_A_STATEMENT):
            some = Revision.entry_id.in_(wanted[at : at + IDS_A_STATEMENT])
            rows = await self._session.execute(_newest().where(some))
            found.update((revision.entry_id, revision) for revision in rows.scalars())
        return found

    async def in_review(self, after: int = 0, limit: int | None = None) -> list[Revision]:
        """The newest revisions that wait for a reviewer and whose ids are above ``after``, in the order of those."""
        waiting = _newest().where(Revision.status == IN_REVIEW, Revision.id > after)
        rows = await self._session.execute(waiting.order_by(Revision.id).limit(limit))
        return list(rows.scalars())

    async def count_in_review(self) -> int:
        """How many wait for a reviewer."""
        waiting = _newest().where(Revision.status == IN_REVIEW)
        return (await self._session.execute(select(func.count()).select_from(waiting.subquery()))).scalar_one()

    async def revisions_of(self, entry_id: str) -> list[Revision]:
        """Every revision of an entry, the newest first."""
        rows = await self._session.execute(
            select(Revision).where(Revision.entry_id == entry_id).order_by(Revision.number.desc())
        )
        return list(rows.scalars())

    async def writers(self, revisions: Iterable[Revision], live: Mapping[str, int]) -> dict[str, frozenset[str]]:
        """By entry, all who wrote something of these revisions that is not approved; ``live`` has the live numbers."""
        wanted, written = {each.entry_id: each.number for each in revisions}, dict[str, list[Written]]()
        ids = list(wanted)
        columns = (Revision.entry_id, Revision.number, Revision.base, Revision.author, Revision.reviewer)
        for at in range(0, len(ids), IDS_A_STATEMENT):
            some = Revision.entry_id.in_(ids[at : at + IDS_A_STATEMENT])
            for row in await self._session.execute(select(*columns).where(some)):
                written.setdefault(row.entry_id, []).append(Written(*row))
        return {key: writers(written[key], number, live.get(key)) for key, number in wanted.items()}

    async def revision(self, entry_id: str, number: int) -> Revision | None:
        """One revision."""
        rows = await self._session.execute(
            select(Revision).where(Revision.entry_id == entry_id, Revision.number == number)
        )
        return rows.scalar_one_or_none()

    async def live_numbers(self, release_id: int | None, entry_ids: Iterable[str]) -> dict[str, int]:
        """The numbers of the revisions of some entries in a release."""
        rows = await self._session.execute(
            select(Revision.entry_id, Revision.number)
            .join(ReleaseEntry, ReleaseEntry.revision_id == Revision.id)
            .where(ReleaseEntry.release_id == release_id, ReleaseEntry.entry_id.in_(list(entry_ids)))
        )
        return dict(rows.all())

    async def numbers(self, release_id: int | None) -> dict[str, int]:
        """The number of every entry's revision in a release."""
        rows = await self._session.execute(
            select(Revision.entry_id, Revision.number)
            .join(ReleaseEntry, ReleaseEntry.revision_id == Revision.id)
            .where(ReleaseEntry.release_id == release_id)
        )
        return dict(rows.all())

    async def release_before(self, release_id: int) -> int | None:
        """The release that was live before this one."""
        rows = await self._session.execute(select(func.max(Release.id)).where(Release.id < release_id))
        return rows.scalar_one()

    async def in_release(self, release_id: int, entry_id: str) -> Revision | None:
        """What a release says of an entry."""
        rows = await self._session.execute(
            select(Revision)
            .join(ReleaseEntry, ReleaseEntry.revision_id == Revision.id)
            .where(ReleaseEntry.release_id == release_id, ReleaseEntry.entry_id == entry_id)
        )
        return rows.scalar_one_or_none()

    async def point_at(self, revisions: Mapping[str, int]) -> None:
        """Edit these from now on, where nobody is at work on something newer."""
        entries = await self.entries()
        at_work = {key for key, found in (await self.newest_revisions()).items() if found.status in (DRAFT, IN_REVIEW)}
        for entry_id, revision_id in revisions.items():
            if entry_id not in at_work:
                entries[entry_id].newest_id = revision_id

    async def comments(self, entry_id: str) -> list[Comment]:
        """What was said about an entry, in its order."""
        rows = await self._session.execute(select(Comment).where(Comment.entry_id == entry_id).order_by(Comment.id))
        return list(rows.scalars())

    async def add_comment(self, revision: Revision, author: str, text: str, now: datetime) -> Comment:
        """Say something about a revision."""
        comment = Comment(entry_id=revision.entry_id, number=revision.number, author=author, at=now, text=text)
        self._session.add(comment)
        return comment

    async def set_status(self, revision_ids: Iterable[int], status: str) -> None:
        """Move revisions along their life."""
        wanted = list(revision_ids)
        for at in range(0, len(wanted), IDS_A_STATEMENT):
            some = Revision.id.in_(wanted[at : at + IDS_A_STATEMENT])
            await self._session.execute(update(Revision).where(some).values(status=status))

    async def add_release(
        self,
        revisions: Mapping[str, int],
        published_by: str,
        comment: str,
        now: datetime,
    ) -> Release:
        """A release of revisions, by their entries' ids and their own, made live. Call with the live release locked."""
        release = Release(published_by=published_by, comment=comment, published_at=now)
        self._session.add(release)
        await self._session.flush()
        if revisions:
            rows = [
                {"release_id": release.id, "entry_id": entry_id, "revision_id": revision_id}
                for entry_id, revision_id in revisions.items()
            ]
            await self._session.execute(insert(ReleaseEntry), rows)
        await self._session.execute(update(LiveRelease).values(release_id=release.id, proposed=None))
        return release

    async def releases(self, limit: int, before: int | None, during: tuple[datetime, datetime] | None) -> list[Release]:
        """The newest releases first.

        Args:
            limit: how many at most.
            before: only those made before this one.
            during: only those that were live at some time from the first of these moments until before the second.
        """
        statement = select(Release).order_by(Release.id.desc()).limit(limit)
        if before is not None:
            statement = statement.where(Release.id < before)
        if during is not None:
            since, until = during
            live_at_first = select(func.max(Release.id)).where(Release.published_at <= since).scalar_subquery()
            statement = statement.where(Release.id >= func.coalesce(live_at_first, 0), Release.published_at < until)
        return list((await self._session.execute(statement)).scalars())

    async def expressions(self) -> list[EditorsExpression]:
        """What editors have put, in the order of its characters."""
        rows = await self._session.execute(select(EditorsExpression))
        return sorted(rows.scalars(), key=lambda row: row.expression)

    async def meanings(self) -> Expressions:
        """What editors have put, as questions are mended by it. Read several times a second, so no rows are built."""
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


def _changed(
    content: EntryContent, before: Revision | None, number: int, confirmed: Lang | None
) -> dict[Lang, int | None]:
    """The revision since which each language says what it does.

    One that was behind and changes has caught up with the other. More ways to ask for it make nothing older.
    """
    earlier = EntryContent.model_validate(before.content).variants if before else {}
    told = {language: variant.told for language, variant in earlier.items()}
    held: dict[Lang, int | None] = {
        "zh": before.zh_changed if before else None,
        "en": before.en_changed if before else None,
    }
    is_new = {language: told.get(language) != variant.told for language, variant in content.variants.items()}
    since: dict[Lang, int | None] = {"zh": None, "en": None}
    pairs: tuple[tuple[Lang, Lang], ...] = (("zh", "en"), ("en", "zh"))
    for language, other in pairs:
        if language not in content.variants:
            continue
        mine, theirs = held[language], held[other]
        has_caught_up = theirs is not None and not is_new.get(other, True) and (mine is None or mine < theirs)
        if is_new[language]:
            since[language] = theirs if has_caught_up else number
        else:
            since[language] = mine
    if confirmed is not None and confirmed in content.variants:
        since[confirmed] = since["en" if confirmed == "zh" else "zh"] or number
    return since
