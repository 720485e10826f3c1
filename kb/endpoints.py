"""The knowledge base over REST, for editors."""

from __future__ import annotations

from datetime import date
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from starlette.requests import HTTPConnection

from identity.endpoints import staff_with
from identity.service import Role, SignedIn
from kb.content import EntryContent, Lang
from kb.editing import EditConflict
from kb.examination.gate import ChecksFailed, Regressed
from kb.filters import EntryFilter, Gap, Status, Validity, ValidityKind
from kb.models import Comment
from kb.review_schemas import (
    Chosen,
    FindingList,
    PublishRequest,
    RegressionAnswer,
    RegressionRequest,
    RegressionView,
    ReviewItem,
    ReviewQueue,
    TrialView,
    TryRequest,
    TryView,
    Waiting,
)
from kb.schemas import (
    CandidateView,
    ChangeView,
    CommentedRequest,
    CommentList,
    CommentRequest,
    CommentView,
    Count,
    EntryPage,
    EntrySummary,
    EntryView,
    ExpressionRequest,
    ExpressionView,
    LexiconView,
    MoveRequest,
    Published,
    ReleaseChanges,
    ReleaseList,
    ReleaseView,
    RevisionList,
    RevisionView,
    SearchView,
    Told,
)
from kb.service import KnowledgeBase
from kit.errors import Conflict, Forbidden, InvalidRequest, NotFound, NotSignedIn
from kit.http import error_answers
from kit.language import detect

ERRORS = error_answers(NotSignedIn, Forbidden, NotFound, Conflict)

router = APIRouter(prefix="/api/kb", tags=["knowledge base"], responses=ERRORS)


def knowledge_base(connection: HTTPConnection) -> KnowledgeBase:
    """The knowledge base that ``server`` put there."""
    return cast(KnowledgeBase, connection.app.state.knowledge)


Knowledge = Annotated[KnowledgeBase, Depends(knowledge_base)]
Reader = Annotated[SignedIn, Depends(staff_with(Role.AGENT, Role.EDITOR, Role.REVIEWER, Role.SUPERVISOR))]
Editor = Annotated[SignedIn, Depends(staff_with(Role.EDITOR))]
Reviewer = Annotated[SignedIn, Depends(staff_with(Role.REVIEWER))]
EditorOrReviewer = Annotated[SignedIn, Depends(staff_with(Role.EDITOR, Role.REVIEWER))]
LARGEST = 2**31 - 1
Number = Annotated[int, Path(ge=1, le=LARGEST)]
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)
Day = Annotated[date | None, Query(ge=EARLIEST, le=LATEST)]
LONGEST_NUMBER = 9  # digits that a column of numbers holds in any case


@router.get("/entries")
async def entries(
    knowledge: Knowledge,
    _: Reader,
    scenario: str | None = None,
    status: Status | None = None,
    gap: Gap | None = None,
    validity: ValidityKind | None = None,
    text: Annotated[str, Query(max_length=200)] = "",
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> EntryPage:
    """The entries that match, by their newest revisions, in the order of their ids."""
    calendar = knowledge.calendar()
    by_days = Validity(validity, calendar) if validity else None
    wanted = EntryFilter(scenario, status, gap, text, by_days)
    page = await knowledge.browsing.entries(wanted, calendar, offset, limit)
    return EntryPage(
        entries=[EntrySummary.of(shown) for shown in page.entries],
        total=page.total,
        scenarios=Count.all_of(page.scenarios),
        statuses=Count.all_of(page.statuses),
        gaps=Count.all_of(page.gaps),
        validities=Count.all_of(page.validities),
        today=calendar.today,
        soon=calendar.soon,
    )


@router.get("/entries/{entry_id}")
async def entry(entry_id: str, knowledge: Knowledge, _: Reader, response: Response) -> EntryView:
    """The newest revision of one entry; ``ETag`` has its number."""
    return _tagged(EntryView.of(await knowledge.browsing.entry(entry_id)), response)


@router.put("/entries/{entry_id}")
async def write(
    entry_id: str,
    body: EntryContent,
    knowledge: Knowledge,
    who: Editor,
    response: Response,
    confirm: Lang | None = None,
    if_match: Annotated[str | None, Header()] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> EntryView:
    """Store a draft. ``If-Match`` names the revision that it was made from; ``If-None-Match: *`` is for a new entry.

    ``If-Match: *`` stores it whatever there is. ``confirm``: this language is right although the other one changed.
    """
    if body.id != entry_id:
        raise InvalidRequest(f"The address names {entry_id!r}, the entry {body.id!r}; they must be the same.")
    base, is_new = _precondition(if_match, if_none_match)
    try:
        await knowledge.editing.save(
            body, who.login, base=base, is_new=is_new, confirmed=confirm, today=knowledge.today()
        )
    except EditConflict as conflict:
        for name, number in (("current", conflict.current), ("base", conflict.base)):
            view = EntryView.of(await knowledge.browsing.revision(entry_id, number)) if number else None
            conflict.beside[name] = view.model_dump(mode="json") if view else None
        raise
    return _tagged(EntryView.of(await knowledge.browsing.entry(entry_id)), response)


def _precondition(if_match: str | None, if_none_match: str | None) -> tuple[int | None, bool]:
    """The revision that is changed, None for whichever; and whether there must be none."""
    if if_none_match == "*":
        return None, True
    if if_match == "*":
        return None, False
    number = (if_match or "").strip().removeprefix("W/").strip('"')
    if not number.isdecimal() or len(number) > LONGEST_NUMBER:
        raise InvalidRequest(
            'Send If-Match with the revision that you changed, such as "3", or If-None-Match: * for a new entry.',
            code="precondition_required",
        )
    return int(number), False


def _tagged(view: EntryView, response: Response) -> EntryView:
    response.headers["ETag"] = f'"{view.revision}"'
    return view


@router.post("/entries/{entry_id}/submit")
async def submit(entry_id: str, body: MoveRequest, knowledge: Knowledge, who: Editor) -> EntryView:
    """Ask for a review of the newest draft."""
    await knowledge.editing.submit(entry_id, body.revision, who.login, body.comment)
    return EntryView.of(await knowledge.browsing.entry(entry_id))


@router.post("/entries/{entry_id}/return")
async def send_back(entry_id: str, body: MoveRequest, knowledge: Knowledge, who: EditorOrReviewer) -> EntryView:
    """Make what is in review a draft again: a reviewer returns it, or its author takes it back."""
    await knowledge.editing.send_back(entry_id, body.revision, who.login, body.comment)
    return EntryView.of(await knowledge.browsing.entry(entry_id))


@router.get("/entries/{entry_id}/revisions")
async def revisions(entry_id: str, knowledge: Knowledge, _: Reader) -> RevisionList:
    """Every revision of an entry, the newest first."""
    return RevisionList(
        revisions=[
            RevisionView(
                revision=row.number,
                status=row.status,
                author=row.author,
                created_at=row.created_at,
                reviewer=row.reviewer,
            )
            for row in await knowledge.browsing.revisions(entry_id)
        ]
    )


@router.get("/entries/{entry_id}/revisions/{number}")
async def revision(entry_id: str, number: Number, knowledge: Knowledge, _: Reader) -> EntryView:
    """One revision of an entry."""
    return EntryView.of(await knowledge.browsing.revision(entry_id, number))


@router.get("/entries/{entry_id}/comments")
async def comments(entry_id: str, knowledge: Knowledge, _: Reader) -> CommentList:
    """What was said about an entry."""
    return CommentList(comments=[_comment(row) for row in await knowledge.browsing.comments(entry_id)])


@router.post("/entries/{entry_id}/comments", status_code=201)
async def comment(entry_id: str, body: CommentRequest, knowledge: Knowledge, who: EditorOrReviewer) -> CommentView:
    """Say something about the newest revision of an entry."""
    return _comment(await knowledge.editing.comment(entry_id, who.login, body.text))


def _comment(row: Comment) -> CommentView:
    return CommentView(revision=row.number, author=row.author, at=row.at, text=row.text)


@router.get("/review")
async def review(
    knowledge: Knowledge,
    who: Reader,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=0, le=500)] = 50,
) -> ReviewQueue:
    """What waits for a reviewer, the longest wait first; ``after`` is the ``next`` of the page before."""
    queue = await knowledge.browsing.in_review(after, limit)
    writers = await knowledge.browsing.writers(queue.waiting)
    entries = [Waiting.of(shown, own=who.login in writers[shown.revision.entry_id]) for shown in queue.waiting]
    return ReviewQueue(entries=entries, total=queue.total, next=queue.next)


@router.get("/review/{entry_id}")
async def waiting(entry_id: str, knowledge: Knowledge, who: Reader) -> ReviewItem:
    """One that waits for a reviewer, beside what customers are told, with its findings."""
    shown, live = await knowledge.browsing.waiting(entry_id)
    view = EntryView.of(shown)
    writers = await knowledge.browsing.writers([shown])
    found = FindingList.of(await knowledge.gate.findings(view.content)).findings
    return ReviewItem(entry=view, live=live, findings=found, own=who.login in writers[entry_id])


@router.get("/releases")
async def releases(
    knowledge: Knowledge,
    _: Reader,
    before: Annotated[int | None, Query(ge=1, le=LARGEST)] = None,
    on: Day = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> ReleaseList:
    """The newest releases first; ``on`` a day at the bank, those that were live then, the last of that day first."""
    found = await knowledge.browsing.releases(limit + 1, before, knowledge.hours_of(on) if on else None)
    rows = [ReleaseView.model_validate(row) for row in found[:limit]]
    return ReleaseList(live=knowledge.release_id, releases=rows, more=len(found) > limit)


@router.post("/releases", status_code=201)
async def publish(body: PublishRequest, knowledge: Knowledge, who: Reviewer) -> Published:
    """Put what is in review live; the answer comes when it is searched. Nobody approves what they wrote."""
    try:
        made = await knowledge.gate.publish(who.login, body.comment, _chosen(body.entries), body.reasons)
    except ChecksFailed as failed:
        failed.beside["findings"] = {
            entry_id: FindingList.of(found).model_dump(mode="json")["findings"]
            for entry_id, found in failed.findings.items()
        }
        raise
    except Regressed as failed:
        failed.beside["regression"] = RegressionView.of(failed.regression).model_dump(mode="json")
        raise
    return Published(release_id=made)


@router.post("/review/regression")
async def regression(body: RegressionRequest, knowledge: Knowledge, who: Reviewer) -> RegressionAnswer:
    """The check questions asked of what customers are told, and of that with these revisions."""
    proposal = await knowledge.editing.propose(who.login, _chosen(body.entries))
    found = await knowledge.gate.regression(proposal.released, proposal.approved) if proposal.approved else None
    return RegressionAnswer(regression=RegressionView.of(found) if found else None)


def _chosen(entries: list[Chosen] | None) -> list[tuple[str, int]] | None:
    return None if entries is None else [(each.id, each.revision) for each in entries]


@router.post("/checks")
async def checks(body: EntryContent, knowledge: Knowledge, _: Reader) -> FindingList:
    """What is wrong with an entry, or may be, as it is being written; nothing is stored."""
    return FindingList.of(await knowledge.gate.findings(body))


@router.get("/releases/{release_id}")
async def release(release_id: Number, knowledge: Knowledge, _: Reader) -> ReleaseChanges:
    """What a release did to the one before it."""
    found, changes = await knowledge.browsing.changes(release_id)
    return ReleaseChanges(
        release=ReleaseView.model_validate(found), changes=[ChangeView.model_validate(each) for each in changes]
    )


@router.post("/releases/{release_id}/restore", status_code=201)
async def restore(release_id: Number, body: CommentedRequest, knowledge: Knowledge, who: Reviewer) -> Published:
    """Say again what a release said, in a new one; the answer comes when it is searched."""
    return Published(release_id=await knowledge.editing.restore(release_id, who.login, body.comment))


@router.get("/releases/{release_id}/entries/{entry_id}")
async def told(release_id: Number, entry_id: str, knowledge: Knowledge, _: Reader, on: Day = None) -> Told:
    """What customers were told of an entry while a release was live, or ``on`` one day, with author and reviewer."""
    found, shown = await knowledge.browsing.told(release_id, entry_id, on)
    return Told(release=ReleaseView.model_validate(found), entry=EntryView.of(shown))


@router.post("/entries/{entry_id}/withdraw", status_code=201)
async def withdraw(entry_id: str, body: CommentedRequest, knowledge: Knowledge, who: Reviewer) -> Published:
    """Take an entry out of the live release at once; the answer comes when it is no longer found."""
    return Published(release_id=await knowledge.editing.withdraw(entry_id, who.login, body.comment))


@router.post("/try")
async def try_out(body: TryRequest, knowledge: Knowledge, _: Reader) -> TryView:
    """What a question finds in what customers are told, and in that with all work in progress."""
    language, live, draft = await knowledge.try_out(body.text)
    return TryView(
        language=language,
        live=TrialView.of(live, language) if live else None,
        draft=TrialView.of(draft, language) if draft else None,
    )


@router.get("/lexicon")
async def lexicon(knowledge: Knowledge, _: Reader) -> LexiconView:
    """What editors have put beside the shipped expressions."""
    stored = [ExpressionView.model_validate(row) for row in await knowledge.lexicon.expressions()]
    return LexiconView(expressions=stored, shipped=knowledge.lexicon.shipped_count)


@router.put("/lexicon/{expression:path}")
async def put_expression(expression: str, body: ExpressionRequest, knowledge: Knowledge, who: Editor) -> ExpressionView:
    """Say what an expression means; the answer comes when questions are searched by it."""
    return ExpressionView.model_validate(
        await knowledge.lexicon.put(expression, body.language, body.meaning, who.login)
    )


@router.delete("/lexicon/{expression:path}", status_code=204)
async def delete_expression(expression: str, knowledge: Knowledge, who: Editor) -> None:
    """Forget an expression; the answer comes when questions are no longer searched by it."""
    await knowledge.lexicon.delete(expression, who.login)


@router.get("/search")
async def search(
    text: Annotated[str, Query(min_length=1, max_length=2000)], knowledge: Knowledge, _: Reader
) -> SearchView:
    """What customers who ask this would find."""
    language = detect(text).answer_language
    found = await knowledge.search(text, language)
    return SearchView(
        release_id=found.release_id,
        candidates=[
            CandidateView(
                entry_id=candidate.entry.id,
                question=candidate.entry.variant_for(language)[1].question,
                confidence=candidate.confidence,
            )
            for candidate in found.candidates
        ],
    )
