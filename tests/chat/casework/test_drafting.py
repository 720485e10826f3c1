"""A suggested answer that an agent improved becomes a draft of its entry, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chat.casework.drafting import EntryDrafts
from chat.casework.service import Casework
from handoff.case_interfaces import EditedReply
from handoff.interfaces import Person, Suggested
from identity.service import Identity, Role
from kb.content import EntryContent, read_folder
from kb.service import KnowledgeBase
from kit.clock import ManualClock
from kit.database import Database
from kit.errors import Conflict, Forbidden, NotFound
from kit.events import MemoryEvents
from tests.chat.conftest import CONTENT

LIN, LOGIN = Person(1, "林晓"), "lin"
BETTER = "可以提前还。还款满一年后免违约金。"


@pytest.fixture
async def knowledge(database: Database, clock: ManualClock) -> KnowledgeBase:
    made = KnowledgeBase(database, MemoryEvents(), clock, None, cache=None)
    await made.load(read_folder(CONTENT))
    return made


@pytest.fixture
async def drafts(database: Database, clock: ManualClock, knowledge: KnowledgeBase) -> EntryDrafts:
    """Offered by Lin, whose is the first account."""
    identity = Identity(database, clock, secret_key="a secret key of this test", session_hours=1)
    await identity.create_staff(LOGIN, LIN.name, "a long password", [Role.AGENT, Role.REVIEWER])
    assert await identity.login_of(LIN.id) == LOGIN
    return EntryDrafts(knowledge.browsing, knowledge.editing, identity.login_of)


def edited(entry_id: str, language: str = "zh") -> EditedReply:
    return EditedReply("c", 4, entry_id, language, "旧的", BETTER, LIN)


async def content_of(knowledge: KnowledgeBase, entry_id: str) -> tuple[str, str, EntryContent]:
    revision = (await knowledge.browsing.entry(entry_id)).revision
    return revision.status, revision.author, EntryContent.model_validate(revision.content)


async def test_only_the_answer_in_that_language_changes_and_nothing_goes_live(knowledge, drafts) -> None:
    before = (await content_of(knowledge, "fund-risk"))[2]
    await drafts.offer(edited("fund-risk"))
    status, author, after = await content_of(knowledge, "fund-risk")
    assert (status, author) == ("draft", LOGIN)
    assert after.variants["zh"].answer == BETTER
    assert after.variants["zh"].risk == before.variants["zh"].risk
    assert after.variants["zh"].similar == before.variants["zh"].similar
    assert after.variants["en"] == before.variants["en"]


async def test_an_agent_who_reviews_too_does_not_approve_their_own_words(knowledge, drafts) -> None:
    await drafts.offer(edited("card-lost"))
    await knowledge.editing.submit("card-lost", 2, "he")
    with pytest.raises(Forbidden) as refused:
        await knowledge.editing.publish(LOGIN, "", [("card-lost", 2)])
    assert refused.value.code == "own_revision"
    assert await knowledge.editing.publish(LOGIN, "everything") is None
    assert await knowledge.editing.publish("wu", "", [("card-lost", 2)]) == 2


async def test_who_has_no_account_offers_nothing(knowledge, drafts) -> None:
    with pytest.raises(NotFound) as refused:
        await drafts.offer(replace(edited("card-lost"), agent=Person(99, LIN.name)))
    assert refused.value.code == "agent_not_found"
    assert (await content_of(knowledge, "card-lost"))[0] == "published"


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
