"""Ending a conversation, and rating the bot and the person apart, on both databases."""

from __future__ import annotations

import pytest

from chat.casework.afterwards import TooEarly
from chat.ownership import Owner
from chat.service import ConversationClosed
from kit.clock import ManualClock
from tests.chat.casework.conftest import CHEN, LIN

BOT_LINE = {"kind": "text", "text": "您好", "data": {}}


async def subjects(afterwards, case_id: str) -> dict[str, tuple[str | None, int | None]]:
    return {each.subject: (each.name, each.score) for each in await afterwards.asked(case_id)}


@pytest.fixture
async def served(casework, taken):
    """The bot spoke, then Lin did."""
    case = await taken()
    await casework.reply(case.id, LIN.id, LIN.name, "r", "您好")
    return case


class TestEnding:
    async def test_the_customer_ends_it_whoever_has_it(self, casework, afterwards, taken, waiting) -> None:
        with_bot, _ = await casework.create("zh", "web")
        for case_id in (with_bot.id, (await waiting()).id, (await taken()).id):
            await afterwards.end(case_id)
            await afterwards.end(case_id)
            assert (await casework.current(case_id)).owner == Owner.CLOSED
            told = [line for line in await casework.lines(case_id, 0) if line.data.get("event") == "closed"]
            assert [(line.text, line.data["by"]) for line in told] == [("您已结束本次对话，感谢您的咨询。", "customer")]
            with pytest.raises(ConversationClosed):
                await casework.post(case_id, "late", "还在吗", "zh")
        assert await casework.waiting() == []


class TestWhoIsRated:
    async def test_nobody_while_it_goes_on(self, afterwards, served) -> None:
        assert await subjects(afterwards, served.id) == {}
        for subject in ("bot", "agent"):
            with pytest.raises(TooEarly):
                await afterwards.rate(served.id, subject, 5, None)

    async def test_the_person_once_they_have_left_and_the_bot_at_the_end(self, casework, afterwards, served) -> None:
        await casework.give_back(served, LIN.name)
        assert await subjects(afterwards, served.id) == {"agent": (LIN.name, None)}
        await casework.say(served.id, [BOT_LINE], "zh", while_owner=(Owner.BOT,))
        await afterwards.end(served.id)
        assert await subjects(afterwards, served.id) == {"bot": (None, None), "agent": (LIN.name, None)}

    async def test_who_never_spoke_is_not_rated(self, casework, afterwards, taken) -> None:
        case = await taken()
        await casework.close(case, LIN.name)
        assert await subjects(afterwards, case.id) == {}

    async def test_after_a_transfer_it_is_the_one_who_spoke_last(self, casework, afterwards, served) -> None:
        moved = await casework.transfer(served, LIN, CHEN, "")
        await casework.reply(moved.id, CHEN.id, CHEN.name, "another", "我来处理")
        await casework.close(moved, CHEN.name)
        assert await subjects(afterwards, served.id) == {"agent": (CHEN.name, None)}


class TestRatings:
    async def test_a_tap_a_word_and_a_second_thought(self, casework, afterwards, served) -> None:
        await casework.close(served, LIN.name)
        await afterwards.rate(served.id, "agent", 2, None)
        await afterwards.rate(served.id, "agent", 2, " 等太久 \x00")
        await afterwards.rate(served.id, "agent", 4, None)
        (asked,) = await afterwards.asked(served.id)
        assert (asked.score, asked.comment) == (4, "等太久")
        await afterwards.rate(served.id, "agent", 4, "")
        (asked,) = await afterwards.asked(served.id)
        assert asked.comment is None

    async def test_supervisors_see_both_apart_with_who_could_have_rated(
        self, casework, afterwards, taken, clock: ManualClock
    ) -> None:
        since = clock.now()
        for score in (5, 3, None):
            case = await taken()
            await casework.reply(case.id, LIN.id, LIN.name, "r", "您好")
            back = await casework.give_back(case, LIN.name)
            await casework.say(back.id, [BOT_LINE], "zh", while_owner=(Owner.BOT,))
            if score:
                clock.advance(1)
                await afterwards.rate(case.id, "agent", score, f"卡号6222021234567890128打{score}分")
        await afterwards.end(back.id)
        await afterwards.rate(back.id, "bot", 1, None)
        satisfied, lines = await casework.ratings(since)
        agent, bot = satisfied["agent"], satisfied["bot"]
        assert (agent.mean, agent.answers, agent.asked) == (4.0, 2, 3)
        assert agent.low is not None
        assert agent.low <= 4.0 <= agent.high
        assert (bot.mean, bot.answers, bot.asked, bot.low) == (1.0, 1, 1, None)
        assert [line.score for line in lines if line.subject == "agent"] == [3, 5]
        assert not [line for line in lines if line.comment and "6222021234567890128" in line.comment]
        clock.advance(1)
        assert (await casework.ratings(clock.now()))[0]["agent"].mean is None

    async def test_what_testers_do_is_in_no_figure(self, casework, afterwards, clock: ManualClock) -> None:
        visited, _ = await casework.create("zh", "shopper")
        await casework.post(visited.id, "1", "房贷可以提前还吗", "zh")
        await casework.say(visited.id, [BOT_LINE], "zh", while_owner=(Owner.BOT,))
        await afterwards.end(visited.id)
        await afterwards.rate(visited.id, "bot", 5, None)
        satisfied, lines = await casework.ratings(visited.created_at)
        assert (satisfied["bot"].answers, satisfied["bot"].asked, lines) == (0, 0, [])
