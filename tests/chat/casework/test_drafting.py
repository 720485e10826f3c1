"""A suggested answer that an agent improved becomes a draft of its entry, on both databases."""

from __future__ import annotations

import pytest

from chat.casework.drafting import EntryDrafts
from chat.casework.service import Casework
from handoff.case_interfaces import EditedReply
from handoff.interfaces import Person, Suggested
from kb.content import EntryContent, read_folder
from kb.service import KnowledgeBase
from kit.clock import ManualClock
from kit.database import Database
from kit.errors import Conflict, NotFound
from kit.events import MemoryEvents
from tests.chat.conftest import CONTENT

LIN = Person(1, "林晓")
BETTER = "可以提前还。还款满一年后免违约金。"


@pytest.fixture
async def knowledge(database: Database, clock: ManualClock) -> KnowledgeBase:
    made = KnowledgeBase(database, MemoryEvents(), clock, None, cache=None)
    await made.load(read_folder(CONTENT))
    return made


@pytest.fixture
def drafts(knowledge: KnowledgeBase) -> EntryDrafts:
    return EntryDrafts(knowledge.browsing, knowledge.editing)


def edited(entry_id: str, language: str = "zh") -> EditedReply:
    return EditedReply("c", 4, entry_id, language, "旧的", BETTER, LIN)


async def content_of(knowledge: KnowledgeBase, entry_id: str) -> tuple[str, str, EntryContent]:
    revision = (await knowledge.browsing.entry(entry_id)).revision
    return revision.status, revision.author, EntryContent.model_validate(revision.content)


async def test_only_the_answer_in_that_language_changes_and_nothing_goes_live(knowledge, drafts) -> None:
    before = (await content_of(knowledge, "fund-risk"))[2]
    await drafts.offer(edited("fund-risk"))
    status, author, after = await content_of(knowledge, "fund-risk")
    assert (status, author) == ("draft", LIN.name)
    assert after.variants["zh"].answer == BETTER
    assert after.variants["zh"].risk == before.variants["zh"].risk
    assert after.variants["zh"].similar == before.variants["zh"].similar
    assert after.variants["en"] == before.variants["en"]


async def test_what_an_editor_is_at_work_on_is_left_alone(knowledge, drafts) -> None:
    await drafts.offer(edited("card-lost"))
    with pytest.raises(Conflict):
        await drafts.offer(edited("card-lost", "en"))
    assert (await content_of(knowledge, "card-lost"))[2].variants["zh"].answer == BETTER


async def test_an_entry_that_has_gone_is_not_found(drafts) -> None:
    with pytest.raises(NotFound):
        await drafts.offer(edited("no-such-entry"))


async def test_sending_an_improved_suggestion_makes_the_draft(database, clock, knowledge, drafts, taken) -> None:
    case = await taken()
    casework = Casework(database, MemoryEvents(), clock, offers=drafts)
    await casework.reply(case.id, LIN.id, LIN.name, "r", BETTER, Suggested("mortgage-early", "可以。"))
    assert (await content_of(knowledge, "mortgage-early"))[0] == "draft"
