"""What is stored of a real turn is enough to replay it: the policy in force changes nothing, another one does."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest

from chat.history import ConversationHistory
from chat.models import Conversation
from chat.service import ChatService
from chat.standing import is_elder
from handoff.__main__ import main
from handoff.facts import Happening, Reason
from handoff.interfaces import StoredConversation
from handoff.policy import read_policy
from handoff.replay import change_of, replay
from handoff.rules import SHIPPED
from kit.clock import ManualClock
from kit.database import Database
from kit.events import MemoryEvents

POLICY = read_policy()


async def stored(store, conversation_id: str) -> StoredConversation:
    found = [each async for each in ConversationHistory(store.database).since(None) if each.id == conversation_id]
    assert len(found) == 1
    return found[0]


async def test_what_testers_said_is_not_replayed(database: Database, clock: ManualClock) -> None:
    service = ChatService(database, MemoryEvents(), clock)
    for channel in ("web", "shopper", "simulation"):
        conversation, _ = await service.create("en", channel)
        await service.post(conversation.id, "1", f"from {channel}", "en")
    replayed = [[turn.text for turn in each.turns] async for each in ConversationHistory(database).since(None)]
    assert replayed == [["from web"]]


async def ask_and_leave(customer, rasa) -> None:
    await customer.reply_to("银行卡丢了怎么挂失？")


async def ask_for_a_person(customer, rasa) -> None:
    await customer.reply_to("银行卡丢了怎么挂失？")
    await customer.reply_to("我要转人工客服")


async def press_the_button(customer, rasa) -> None:
    await customer.reply_to("银行卡丢了怎么挂失？")
    await customer.post("/handoff")


async def press_it_at_once(customer, rasa) -> None:
    await customer.post("/handoff")


async def ask_what_nobody_wrote(customer, rasa) -> None:
    await customer.reply_to("你们银行的保管箱一年租金多少钱")


async def go_off_topic_twice(customer, rasa) -> None:
    rasa.behave(customer.id, lambda bot, sender, text: bot.answer(sender, text, intent="out_of_scope"))
    await customer.reply_to("今天天气怎么样")
    await customer.reply_to("那明天会下雨吗")


async def fill_in_the_form(customer, rasa) -> None:
    rasa.behave(customer.id, lambda bot, sender, text: bot.hand_off(sender, text, "staff_only_action"))
    await customer.reply_to("确认")


async def meet_a_silent_bot(customer, rasa) -> None:
    rasa.behave(customer.id, lambda *_: [])
    await customer.reply_to("银行卡丢了怎么挂失？")


@pytest.mark.parametrize(
    ("happens", "reason", "happening", "turns"),
    [
        (ask_and_leave, None, None, 1),
        (ask_for_a_person, Reason.ASKED_FOR_HUMAN, None, 2),
        (press_the_button, Reason.ASKED_FOR_HUMAN, Happening.PRESSED_FOR_PERSON, 1),
        (press_it_at_once, Reason.ASKED_FOR_HUMAN, Happening.PRESSED_FOR_PERSON, 0),
        (ask_what_nobody_wrote, Reason.NO_ENTRY, None, 1),
        (go_off_topic_twice, Reason.REPEATED_FAILURE, None, 2),
        (fill_in_the_form, Reason.STAFF_ONLY_ACTION, Happening.STAFF_ONLY_ACTION, 1),
        (meet_a_silent_bot, Reason.BOT_UNAVAILABLE, Happening.BOT_UNAVAILABLE, 1),
    ],
)
async def test_the_policy_in_force_changes_nothing(customer, rasa, store, happens, reason, happening, turns) -> None:
    await happens(customer, rasa)
    conversation = await stored(store, customer.id)
    handoff = conversation.handoff
    assert (handoff and handoff.reason, handoff and handoff.happening) == (reason, happening)
    assert len(conversation.turns) == turns
    assert change_of(conversation, replay(conversation, POLICY)) is None


async def test_an_answer_that_did_not_help_is_remembered(customer, store) -> None:
    answer = await customer.reply_to("银行卡丢了怎么挂失？")
    await customer.post(f"/messages/{answer['seq']}/feedback", {"helpful": False})
    (turn,) = (await stored(store, customer.id)).turns
    assert turn.unhelpful == 1
    assert turn.bars is not None
    assert turn.confidences[0] >= turn.bars.answer


async def test_a_conversation_is_read_only_up_to_the_first_handoff(customer, rasa, store) -> None:
    await ask_for_a_person(customer, rasa)
    await customer.post("/handoff/cancel")
    await customer.reply_to("银行卡丢了怎么挂失？")
    assert len((await stored(store, customer.id)).turns) == 2


async def test_the_command_shows_whose_outcome_changes(
    customer, rasa, service, tmp_path: Path, monkeypatch, capsys
) -> None:
    await ask_for_a_person(customer, rasa)
    strict = tmp_path / "strict.yml"
    table = SHIPPED.read_text(encoding="utf-8").replace("name: standard", "name: strict")
    strict.write_text(re.sub(r"\basked >= [0-9.]+", "asked < 0.0", table), encoding="utf-8")
    monkeypatch.setenv("BILIN_DATA_DIR", str(service.settings.data_dir))
    figures = tmp_path / "figures.json"
    arguments = ["replay", "--policy", str(strict), "--since", "2020-01-01", "--json", str(figures)]
    assert await asyncio.to_thread(main, arguments) == 0
    report = json.loads(figures.read_text(encoding="utf-8"))
    assert report["policy"].startswith("strict-")
    changed = report["by_reason"].values()  # what the search finds may call a person all the same, for another reason
    assert sum(each["no_longer"] + each["other_reason"] for each in changed) >= 1
    assert "asked_for_human" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--policy", "absent.yml"], "absent.yml cannot be read"),
        (
            ["--policy", str(SHIPPED), "--since", "yesterday"],
            "--since needs a date such as 2026-11-01",
        ),
    ],
)
def test_the_command_says_what_is_wrong(arguments: list[str], said: str, capsys) -> None:
    assert main(["replay", *arguments]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(("customer", "elder"), [("standard", False), ("elder", True), ("vip", False)])
def test_the_class_of_the_customer_says_who_is_elderly(customer: str, elder: bool) -> None:
    assert is_elder(Conversation(customer_class=customer)) == elder
