"""Notes, transfers, advice, taking over, and a customer's other conversations, on both databases."""

from __future__ import annotations

import asyncio

import pytest

from chat.casework.repository import CaseRepository
from chat.casework.service import Casework, ColleagueFull
from chat.ownership import OwnerChanged
from chat.repository import ChatRepository
from chat.schemas import MessageView
from handoff.case_interfaces import EditedReply, Team
from handoff.interfaces import Outcome, Suggested
from handoff.policy import Reason
from handoff.roster import DEFAULT_CAPACITY, Roster, RosterRules
from handoff.teams import TeamDefinition
from kit.errors import Conflict, InvalidRequest, NotFound, Unavailable
from kit.events import MemoryEvents
from tests.chat.casework.conftest import CHEN, LIN, ZHAO

LOANS = Team("loans", {"zh": "贷款组", "en": "the loans team"})
CARD = "6222021234567890128"


async def events_told(casework: Casework, case_id: str) -> list[str | None]:
    return [line.data.get("event") for line in await casework.lines(case_id, 0) if line.sender == "system"]


class TestNotes:
    async def test_they_are_numbered_and_placed_after_what_was_said(self, casework, taken) -> None:
        case = await taken()
        first = await casework.note(case.id, LIN, "a", "客户很急")
        await casework.reply(case.id, LIN.id, LIN.name, "r", "您好")
        second = await casework.note(case.id, CHEN, "b", "同意")
        assert [(note.number, note.after_seq) for note in (first, second)] == [(1, 3), (2, 4)]
        assert await casework.notes(case.id, 0) == [first, second]
        assert await casework.notes(case.id, 1) == [second]

    async def test_no_customer_ever_gets_one(self, casework, taken) -> None:
        case = await taken()
        await casework.note(case.id, LIN, "a", "内部：疑似诈骗")
        await casework.transfer(await casework.case(case.id), LIN, CHEN, "内部：疑似诈骗")
        seen = [MessageView.of(message).model_dump_json() for message in await casework.messages(case.id, 0)]
        assert len(seen) == 4
        assert not [line for line in seen if "诈骗" in line]

    async def test_one_written_many_times_at_once_is_stored_once(self, casework, taken) -> None:
        case = await taken()
        stored = await asyncio.gather(*(casework.note(case.id, LIN, "same", "一次") for _ in range(5)))
        assert {note.number for note in stored} == {1}
        assert len(await casework.notes(case.id, 0)) == 1

    async def test_many_written_at_once_have_no_gap(self, casework, taken) -> None:
        case = await taken()
        authors = [LIN, CHEN, ZHAO]
        await asyncio.gather(*(casework.note(case.id, authors[n % 3], f"n{n}", f"{n}") for n in range(9)))
        assert [note.number for note in await casework.notes(case.id, 0)] == list(range(1, 10))

    @pytest.mark.parametrize("text", ["", "  ", "\x00", "x" * 2001])
    async def test_an_empty_or_endless_one_is_refused(self, casework, taken, text) -> None:
        with pytest.raises(InvalidRequest):
            await casework.note((await taken()).id, LIN, "a", text)


class TestTransfers:
    async def test_to_a_colleague_the_old_agent_has_it_no_longer(self, casework, taken) -> None:
        case = await taken("en")
        moved = await casework.transfer(case, LIN, CHEN, "wants a fee back")
        assert (moved.owner, moved.agent_id, moved.agent_name) == ("agent", CHEN.id, CHEN.name)
        assert await casework.held_by(LIN.id) == []
        assert [held.id for held in await casework.held_by(CHEN.id)] == [case.id]
        with pytest.raises(Conflict):
            await casework.reply(case.id, LIN.id, LIN.name, "late", "still me")
        (note,) = await casework.notes(case.id, 0)
        assert (note.kind, note.text, note.data["to"], note.author) == (
            "transfer",
            "wants a fee back",
            CHEN.name,
            LIN,
        )
        last = (await casework.lines(case.id, 0))[-1]
        assert (last.data, last.text) == (
            {"event": "transferred", "agent_name": CHEN.name},
            "Chen Fan goes on from here and can see everything you have said.",
        )

    @pytest.mark.parametrize(("language", "name"), [("zh", "贷款组"), ("en", "the loans team")])
    async def test_to_a_team_the_customer_waits_again_and_is_told_for_whom(
        self, casework, taken, language, name
    ) -> None:
        moved = await casework.transfer(await taken(language), LIN, LOANS, "查违约金")
        assert (moved.owner, moved.agent_id, moved.agent_name, moved.reason) == (
            "waiting",
            None,
            None,
            "asked_for_human",
        )
        assert [case.id for case in await casework.waiting()] == [moved.id]
        assert name in (await casework.lines(moved.id, 0))[-1].text
        (note,) = await casework.notes(moved.id, 0)
        assert note.data["team"] == "loans"

    @pytest.mark.parametrize(
        ("overflow", "language", "told"),
        [
            (None, "zh", "9:00 开始服务"),
            (None, "en", "who are back"),
            ("general", "zh", "正在为您转到贷款组"),
        ],
    )
    async def test_of_a_team_that_is_closed_they_are_told_when_it_opens(
        self, casework, taken, clock, overflow, language, told
    ) -> None:
        hours = {"mon-sun": ["09:00-10:00"]}
        closed = TeamDefinition(id="loans", name=LOANS.name, hours=hours, time_zone="UTC", overflow=overflow)
        roster = Roster(casework.database, MemoryEvents(), clock, casework, RosterRules())
        await roster.put_team(closed, "zhao")
        clock.advance(20 * 3600)
        moved = await casework.transfer(await taken(language), LIN, LOANS, "")
        assert told in (await casework.lines(moved.id, 0))[-1].text

    async def test_whoever_is_passed_on_keeps_their_place_in_the_queue(self, casework, taken, waiting, clock) -> None:
        first = await taken()
        clock.advance(60)
        second = await waiting()
        clock.advance(60)
        moved = await casework.transfer(first, LIN, LOANS, "")
        assert [case.id for case in await casework.waiting()] == [moved.id, second.id]
        assert moved.waiting_since == clock.now()
        assert (await casework.current(moved.id)).team == "loans"

    async def test_a_colleague_who_has_as_many_as_they_may_have_gets_no_more(self, casework, taken) -> None:
        for _ in range(DEFAULT_CAPACITY):
            await casework.transfer(await taken(), LIN, CHEN, "")
        case = await taken()
        with pytest.raises(ColleagueFull):
            await casework.transfer(case, LIN, CHEN, "one more")
        assert await casework.case(case.id) == case
        assert await casework.notes(case.id, 0) == []

    async def test_of_two_tabs_that_transfer_at_once_one_wins_and_one_memo_is_kept(self, casework, taken) -> None:
        case = await taken()
        results = await asyncio.gather(
            casework.transfer(case, LIN, CHEN, "tab one"),
            casework.transfer(case, LIN, ZHAO, "tab two"),
            casework.close(case, LIN.name, Outcome("spam")),
            return_exceptions=True,
        )
        refused = [each for each in results if isinstance(each, OwnerChanged)]
        assert len(refused) == 2
        now = await casework.case(case.id)
        assert now.version == case.version + 1
        assert len(await casework.notes(case.id, 0)) == (1 if now.owner == "agent" else 0)

    async def test_a_note_that_cannot_be_stored_leaves_the_owner(self, casework, taken, monkeypatch) -> None:
        case = await taken()

        async def full(*_: object) -> None:
            raise Unavailable("no room")

        monkeypatch.setattr(CaseRepository, "append_note", full)
        with pytest.raises(Unavailable):
            await casework.transfer(case, LIN, CHEN, "memo")
        assert await casework.case(case.id) == case
        assert "transferred" not in await events_told(casework, case.id)


class TestTakingOver:
    async def test_from_an_agent(self, casework, taken) -> None:
        case = await taken()
        now = await casework.take_over(case, ZHAO)
        assert (now.agent_id, now.agent_name) == (ZHAO.id, ZHAO.name)
        (note,) = await casework.notes(case.id, 0)
        assert (note.kind, note.data) == ("taken_over", {"from": LIN.name})

    async def test_from_the_bot(self, casework) -> None:
        conversation, _ = await casework.create("zh", "web")
        now = await casework.take_over(await casework.case(conversation.id), ZHAO)
        assert (now.owner, now.agent_id) == ("agent", ZHAO.id)
        said = await casework.say(
            conversation.id, [{"kind": "text", "text": "bot", "data": {}}], "zh", while_owner=("bot",)
        )
        assert said is None

    async def test_what_has_ended_stays_ended(self, casework, taken) -> None:
        closed = await casework.close(await taken(), LIN.name)
        with pytest.raises(OwnerChanged):
            await casework.take_over(closed, ZHAO)

    async def test_everything_that_goes_on_is_listed_people_first(self, casework, taken, waiting, clock) -> None:
        old, _ = await casework.create("zh", "web")
        await casework.post(old.id, "1", "很久以前", "zh")
        clock.advance(31 * 60)
        fresh, _ = await casework.create("zh", "web")
        await casework.post(fresh.id, "1", "刚刚", "zh")
        held, queued = await taken(), await waiting()
        ended = await casework.close(await taken(), LIN.name)
        listed = [case.id for case in await casework.live()]
        assert listed == [queued.id, held.id, fresh.id]
        assert ended.id not in listed
        assert old.id not in listed


class TestAdvice:
    async def test_a_colleague_is_asked_and_leaves(self, casework, taken) -> None:
        case = await casework.consult(await taken(), LIN, CHEN, "违约金怎么算？")
        assert case.consulted == {CHEN.id: CHEN.name}
        assert case.agent_id == LIN.id
        assert [each.id for each in await casework.consulted_by(CHEN.id)] == [case.id]
        ended = await casework.end_consultation(case, CHEN, CHEN.id)
        assert ended.consulted == {}
        await casework.end_consultation(ended, CHEN, CHEN.id)
        assert [note.kind for note in await casework.notes(case.id, 0)] == ["consult", "consult_end"]
        again = await casework.consult(ended, LIN, CHEN, "还有一个问题")
        assert again.consulted == {CHEN.id: CHEN.name}

    @pytest.mark.parametrize("ending", ["return", "close", "team", "to them"])
    async def test_it_is_over_when_the_conversation_goes_on_elsewhere(self, casework, taken, ending) -> None:
        case = await casework.consult(await taken(), LIN, CHEN, "")
        moved = await {
            "return": lambda: casework.give_back(case, LIN.name),
            "close": lambda: casework.close(case, LIN.name),
            "team": lambda: casework.transfer(case, LIN, LOANS, ""),
            "to them": lambda: casework.transfer(case, LIN, CHEN, ""),
        }[ending]()
        assert moved.consulted == {}
        assert await casework.consulted_by(CHEN.id) == []

    async def test_another_colleague_may_still_advise_after_a_transfer(self, casework, taken) -> None:
        case = await casework.consult(await taken(), LIN, ZHAO, "")
        moved = await casework.transfer(case, LIN, CHEN, "")
        assert moved.consulted == {ZHAO.id: ZHAO.name}


class TestOtherConversations:
    async def test_they_are_the_same_customers_the_newest_first_and_masked(self, casework, taken, clock) -> None:
        first = await taken(customer_id="c1")
        await casework.post(first.id, "2", f"卡号{CARD}", "zh")
        await casework.close(first, LIN.name, Outcome("solved", "mortgage-early"))
        clock.advance(60)
        second = await taken(customer_id="c1")
        clock.advance(60)
        now = await taken(customer_id="c1")
        await taken(customer_id="c2")
        await taken(customer_id=None)
        others = await casework.others(now.id)
        assert [(other.id, other.outcome, other.owner) for other in others] == [
            (second.id, None, "agent"),
            (first.id, "solved", "closed"),
        ]
        assert CARD not in others[1].wants
        assert len(await casework.other_lines(now.id, first.id)) == 5

    @pytest.mark.parametrize(
        ("outcome", "is_open"), [("not_solved", True), (None, True), ("solved", False), ("spam", False)]
    )
    async def test_a_complaint_is_open_until_somebody_says_that_it_was_solved(
        self, casework, taken, outcome, is_open
    ) -> None:
        conversation, _ = await casework.create("zh", "web", customer_id="c1")
        await casework.post(conversation.id, "1", "我要投诉", "zh")
        await casework.hand_off(conversation.id, Reason.COMPLAINT, actor="policy")
        complaint = await casework.take(await casework.case(conversation.id), LIN.id, LIN.name)
        await casework.close(complaint, LIN.name, Outcome(outcome) if outcome else None)
        ordinary, now = await taken(customer_id="c1"), await taken(customer_id="c1")
        others = {other.id: other.open_complaint for other in await casework.others(now.id)}
        assert others == {complaint.id: is_open, ordinary.id: False}

    async def test_another_customers_is_not_found(self, casework, taken) -> None:
        mine, theirs, nameless = await taken(customer_id="c1"), await taken(customer_id="c2"), await taken()
        for one, other in ((mine, theirs), (nameless, mine), (nameless, nameless), (mine, nameless)):
            with pytest.raises(NotFound):
                await casework.other_lines(one.id, other.id)
        assert await casework.others(nameless.id) == []


class Editors:
    """Takes what is offered, or fails."""

    def __init__(self, fails: bool = False) -> None:
        self.fails = fails
        self.offered: list[EditedReply] = []

    async def offer(self, edited: EditedReply) -> None:
        self.offered.append(edited)
        if self.fails:
            raise Unavailable("the editors are away")


class TestImprovedSuggestions:
    INSERTED = "可以，还款满一年后不收违约金。"

    async def reply(self, casework: Casework, case_id: str, text: str, client_id: str = "r") -> dict | None:
        suggested = Suggested("mortgage-early", self.INSERTED)
        return (await casework.reply(case_id, LIN.id, LIN.name, client_id, text, suggested)).turn

    async def stored(self, casework: Casework) -> list[tuple[str, str, str]]:
        async with casework.database.read() as session:
            found = await CaseRepository(session).edited_suggestions()
        return [(each.entry_id, each.suggested, each.sent) for each in found]

    async def test_one_that_was_sent_as_it_is_offers_nothing(self, casework, taken) -> None:
        turn = await self.reply(casework, (await taken()).id, f" {self.INSERTED}\n")
        assert turn == {"suggestion": {"entry_id": "mortgage-early", "edited": False}}
        assert await self.stored(casework) == []

    @pytest.mark.parametrize("fails", [False, True], ids=["editors there", "editors away"])
    async def test_one_that_was_changed_is_offered_to_the_editors_once_and_masked(
        self, database, clock, taken, fails
    ) -> None:
        case = await taken()
        editors = Editors(fails)
        casework = Casework(database, MemoryEvents(), clock, offers=editors)
        text = f"可以，满一年免违约金，您尾号{CARD}的卡也行。"
        turn = await self.reply(casework, case.id, text)
        await self.reply(casework, case.id, text)
        assert turn == {"suggestion": {"entry_id": "mortgage-early", "edited": True}}
        (offered,) = editors.offered
        assert (offered.entry_id, offered.language, offered.suggested) == ("mortgage-early", "zh", self.INSERTED)
        assert CARD not in offered.sent
        assert await self.stored(casework) == [("mortgage-early", self.INSERTED, offered.sent)]
        assert (await casework.lines(case.id, 0))[-1].text == text

    async def found(self, casework: Casework, case_id: str, release_id: int, revision: int) -> None:
        """The customer asks, and the bot notes what the release says."""
        asked = await casework.post(case_id, f"q{release_id}", "要付违约金吗", "zh")
        noted = {"entry_id": "mortgage-early", "release_id": release_id, "revision": revision}
        async with casework.database.write() as session:
            repository = ChatRepository(session)
            message = await repository.message(case_id, asked.message.seq)
            message.turn = {"outcome": "to_person", "candidates": [{"entry_id": "fx-limit"}, noted]}
            await repository.keep_turn(await repository.conversation(case_id), message)

    async def test_the_release_and_the_revision_that_it_came_from_are_stored_with_it(self, casework, taken) -> None:
        case = await taken()
        await self.found(casework, case.id, release_id=7, revision=2)
        await self.found(casework, case.id, release_id=8, revision=3)
        latest = await self.reply(casework, case.id, "改过的回答", "latest")
        assert latest == {"suggestion": {"entry_id": "mortgage-early", "edited": True, "release_id": 8, "revision": 3}}
        for release_id, source in (
            (7, {"release_id": 7, "revision": 2}),  # put into the box before the other went live
            (9, {}),  # nobody was suggested that
        ):
            suggested = Suggested("mortgage-early", self.INSERTED, release_id)
            line = await casework.reply(case.id, LIN.id, LIN.name, f"r{release_id}", self.INSERTED, suggested)
            assert line.turn == {"suggestion": {"entry_id": "mortgage-early", "edited": False, **source}}
        other = await casework.reply(case.id, LIN.id, LIN.name, "fx", "五万美元", Suggested("fx-limit", "五万美元"))
        assert other.turn == {"suggestion": {"entry_id": "fx-limit", "edited": False}}

    async def test_customers_do_not_see_where_it_came_from(self, casework, taken) -> None:
        case = await taken()
        await self.reply(casework, case.id, "改过的回答")
        shown = [MessageView.of(message).model_dump_json() for message in await casework.messages(case.id, 0)]
        assert not [line for line in shown if "mortgage-early" in line]


class TestOutcomes:
    @pytest.mark.parametrize("outcome", [Outcome("solved", "mortgage-early"), Outcome("not_solved"), Outcome("spam")])
    async def test_how_the_agent_judged_is_kept_with_the_closing(self, casework, taken, outcome) -> None:
        case = await taken()
        await casework.close(case, LIN.name, outcome)
        async with casework.database.read() as session:
            ((stored, conversation),) = await CaseRepository(session).outcomes()
        assert (stored.kind, stored.entry_id, stored.agent_name) == (outcome.kind, outcome.entry_id, LIN.name)
        assert (conversation.id, conversation.owner) == (case.id, "closed")

    async def test_closed_twice_it_is_judged_once(self, casework, taken) -> None:
        case = await taken()
        closings = (casework.close(case, LIN.name, Outcome(kind)) for kind in ("solved", "not_solved"))
        results = await asyncio.gather(*closings, return_exceptions=True)
        assert len([each for each in results if isinstance(each, OwnerChanged)]) == 1
        async with casework.database.read() as session:
            assert len(await CaseRepository(session).outcomes()) == 1
        assert (await events_told(casework, case.id)).count("closed") == 1
