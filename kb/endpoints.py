"""The knowledge base over REST, for editors."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Query
from starlette.requests import HTTPConnection

from identity.endpoints import staff_with
from identity.service import Role, SignedIn
from kb.content import EntryContent
from kb.models import Revision
from kb.schemas import (
    CandidateView,
    EntryList,
    EntryView,
    ExpressionRequest,
    ExpressionView,
    LexiconView,
    Published,
    PublishRequest,
    ReleaseList,
    ReleaseView,
    SearchView,
)
from kb.service import KnowledgeBase
from kit.errors import InvalidRequest, NotFound
from kit.language import detect

router = APIRouter(prefix="/api/kb", tags=["knowledge base"])


def knowledge_base(connection: HTTPConnection) -> KnowledgeBase:
    """The knowledge base that ``server`` put there."""
    return cast(KnowledgeBase, connection.app.state.knowledge)


Knowledge = Annotated[KnowledgeBase, Depends(knowledge_base)]
Reader = Annotated[SignedIn, Depends(staff_with(Role.AGENT, Role.EDITOR, Role.REVIEWER, Role.SUPERVISOR))]
Editor = Annotated[SignedIn, Depends(staff_with(Role.EDITOR))]
Reviewer = Annotated[SignedIn, Depends(staff_with(Role.REVIEWER))]


def _view(revision: Revision) -> EntryView:
    return EntryView(
        revision=revision.number,
        status=revision.status,
        author=revision.author,
        created_at=revision.created_at,
        content=EntryContent.model_validate(revision.content),
    )


@router.get("/entries")
async def entries(knowledge: Knowledge, _: Reader) -> EntryList:
    """The newest revision of every entry."""
    return EntryList(entries=[_view(revision) for revision in (await knowledge.revisions()).values()])


@router.get("/entries/{entry_id}")
async def entry(entry_id: str, knowledge: Knowledge, _: Reader) -> EntryView:
    """The newest revision of one entry."""
    found = (await knowledge.revisions()).get(entry_id)
    if found is None:
        raise NotFound(f"There is no entry {entry_id!r}.", code="entry_not_found")
    return _view(found)


@router.put("/entries/{entry_id}")
async def write(entry_id: str, body: EntryContent, knowledge: Knowledge, who: Editor) -> EntryView:
    """Store a draft; it goes live with the next release."""
    if body.id != entry_id:
        raise InvalidRequest(f"The address names {entry_id!r}, the entry {body.id!r}; they must be the same.")
    return _view(await knowledge.save_draft(body, who.login))


@router.get("/releases")
async def releases(knowledge: Knowledge, _: Reader) -> ReleaseList:
    """The newest releases."""
    rows = [ReleaseView.model_validate(row) for row in await knowledge.releases()]
    return ReleaseList(live=knowledge.release_id, releases=rows)


@router.post("/releases", status_code=201)
async def publish(body: PublishRequest, knowledge: Knowledge, who: Reviewer) -> Published:
    """Put every draft live; the answer comes when it is searched."""
    return Published(release_id=await knowledge.publish(who.login, body.comment))


@router.post("/entries/{entry_id}/withdraw", status_code=201)
async def withdraw(entry_id: str, body: PublishRequest, knowledge: Knowledge, who: Reviewer) -> Published:
    """Take an entry out of the live release at once; the answer comes when it is no longer found."""
    return Published(release_id=await knowledge.withdraw(entry_id, who.login, body.comment))


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
