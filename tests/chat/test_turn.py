"""One turn through the running service: what the customer is told, and what is kept when a part is missing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from chat.current_turn import CurrentTurn
from chat.desk import DeskConversations
from chat.models import Conversation, Message
from chat.repository import ChatRepository
from chat.texts import text as say
from handoff.policy import read_policy
from handoff.signals import SignalReader
from kb.confidence import Thresholds
from kb.context import Earlier
from kb.finding import Finder, Findings, Search
from kb.search import Engine
from kb.wording import Wording
from kit.clock import ManualClock
from kit.errors import Unavailable
from kit.events import MemoryEvents

SHIPPED = read_policy()
GIVE_UP = {"zh": "银行卡丢了怎么挂失？", "en": "How do I report a lost bank card?"}


def line_of(rule: str) -> dict[str, str]:
    return dict(next(each.say for each in SHIPPED.rules if each.name == rule))


TWO_QUESTIONS = {
    "zh": "卡丢了怎么挂失，还有房贷可以提前还款吗？",
    "en": "I lost my card. Also, can I repay my mortgage early?",
}
ONLY_IN_THE_OTHER = {
    "zh": ("怎么订一本支票簿？", "cheque-book", "How do I order a cheque book?（英文）"),
    "en": (
        "do you offer home visits for the elderly",
        "branch-elder",
        "老人行动不便可以上门办理吗？ (in Chinese)",
    ),
}


async def found_anew(findings: Findings, engine: Engine, wording: Wording | None, *asked: Any) -> Search:
    """What is found without what was found before, under other bars."""
    return await Finder(engine, wording, findings._encoder, findings._parts, None).find(*asked)


@pytest.fixture
def bars(monkeypatch: pytest.MonkeyPatch) -> Callable[[float, float], None]:
    """Sets from where on to answer and to offer choices: the small bank teaches to be sure of all or of nothing."""

    def put(answer: float, clarify: float) -> None:
        monkeypatch.setattr(Findings, "find", found_anew)
        monkeypatch.setattr(Engine, "thresholds", lambda *_: Thresholds(answer, clarify))

    return put


def from_bot(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [message for message in messages if message["sender"] == "bot"]


class TestAnAnswer:
    @pytest.mark.parametrize(
        ("language", "question", "entry_id"),
        [
            ("zh", "银行卡丢了怎么挂失？", "card-lost"),
            ("zh", "提前還房貸要違約金嗎", "mortgage-early"),
            ("en", "lost my card yesterday", "card-lost"),
            ("zh", "How do I activate a new card?", "card-activate"),
        ],
    )
    async def test_a_question_is_answered_from_the_knowledge_base(self, arrive, language, question, entry_id) -> None:
        reply = await (await arrive(language)).reply_to(question)
        assert (reply["sender"], reply["kind"], reply["data"]["entry_id"]) == ("bot", "answer", entry_id)

    async def test_the_answer_is_in_the_customers_language(self, customer) -> None:
        reply = await customer.reply_to("can I repay my mortgage early")
        assert reply["language"] == "en"
        assert reply["text"].startswith("Yes. After one year")

    async def test_an_entry_in_one_language_only_says_so_in_the_other(self, arrive) -> None:
        reply = await (await arrive("en")).reply_to("Visit", choice="branch-elder")
        assert reply["text"].startswith(say("en", "other_language"))
        assert reply["data"]["answer_language"] == "zh"

    @pytest.mark.parametrize("language", ["zh", "en"])
    async def test_a_question_finds_what_only_the_other_language_has_and_is_told_so(
        self, arrive, bars, language
    ) -> None:
        bars(0, 0)
        question, entry_id, _ = ONLY_IN_THE_OTHER[language]
        reply = await (await arrive(language)).reply_to(question)
        assert (reply["kind"], reply["data"]["entry_id"]) == ("answer", entry_id)
        assert reply["text"].startswith(f"{say(language, 'other_language')}\n\n")
        assert reply["data"]["answer_language"] != language == reply["language"]

    @pytest.mark.parametrize(
        ("language", "entry_id", "asked", "label"),
        [
            ("zh", "branch-elder", "How do I order a cheque book?", "How do I order a cheque book?（英文）"),
            ("en", "cheque-book", "老人行动不便可以上门办理吗？", "老人行动不便可以上门办理吗？ (in Chinese)"),
        ],
    )
    async def test_a_related_question_in_the_other_language_says_so_where_it_is_offered(
        self, arrive, language, entry_id, asked, label
    ) -> None:
        customer = await arrive(language)
        reply = await customer.reply_to({"zh": "查一下", "en": "Visit"}[language], choice=entry_id)
        foreign, own = reply["data"]["related"]
        assert (foreign["question"], foreign["label"]) == (asked, label)
        assert own["entry_id"] == "card-lost"
        assert own["label"] == own["question"] == GIVE_UP[language]

    async def test_a_risk_product_comes_with_its_risk(self, arrive) -> None:
        reply = await (await arrive("en")).reply_to("Can I lose money in a fund?")
        assert reply["data"]["risk"] == "Funds carry risk. You may lose principal."

    async def test_what_the_bot_made_of_it_is_for_staff_only(self, customer, sign_in) -> None:
        reply = await customer.reply_to("银行卡丢了怎么挂失？")
        assert "turn" not in reply
        supervisor = await sign_in("zhao")
        asked = (await supervisor.history(customer.id))["messages"][0]
        assert asked["turn"]["outcome"] == "answer"
        assert asked["turn"]["candidates"][0]["entry_id"] == "card-lost"

    async def test_rasa_hears_the_text_and_the_language_without_leading_slashes(self, customer, rasa) -> None:
        rasa.behave(customer.id, lambda *_: [{"text": "ok"}])
        await customer.reply_to(" //restart now please")
        sender, text, metadata = rasa.heard[-1]
        assert (sender, text, metadata) == (customer.id, "restart now please", {"language": "en"})

    async def test_buttons_of_rasas_own_replies_become_ours(self, customer, rasa) -> None:
        button = {"title": "好的", "payload": "确认"}
        rasa.behave(customer.id, lambda *_: [{"text": "继续吗？", "buttons": [button]}])
        reply = await customer.reply_to("我要办理一个业务")
        assert reply["data"] == {"buttons": [{"label": "好的", "text": "确认"}]}

    async def test_a_choice_is_answered_without_asking_the_bot_again(self, customer, rasa) -> None:
        reply = await customer.reply_to("每年个人购汇额度是多少？", choice="fx-limit")
        assert reply["data"]["entry_id"] == "fx-limit"
        assert rasa.texts(customer.id) == []

    async def test_a_choice_that_has_gone_asks_to_ask_again(self, customer) -> None:
        reply = await customer.reply_to("旧的问题", choice="no-such-entry")
        assert reply["text"] == say("zh", "entry_gone")

    async def test_none_of_the_choices_brings_a_person(self, customer) -> None:
        reply = await customer.reply_to("都不是", choice="none")
        assert reply["data"]["event"] == "waiting"
        assert (await customer.conversation())["owner"] == "waiting"


class TestTwoQuestions:
    @pytest.mark.parametrize("language", ["zh", "en"])
    async def test_each_is_answered_in_a_message_of_its_own(self, arrive, language) -> None:
        customer = await arrive(language)
        await customer.send(TWO_QUESTIONS[language])
        replies = from_bot(await customer.until(lambda all_: len(from_bot(all_)) == 2))
        assert {(reply["kind"], reply["data"]["entry_id"]) for reply in replies} == {
            ("answer", "card-lost"),
            ("answer", "mortgage-early"),
        }

    @pytest.mark.parametrize("language", ["zh", "en"])
    async def test_both_are_offered_where_they_are_not_sure_enough(self, arrive, bars, language) -> None:
        bars(1.1, 0.5)
        reply = await (await arrive(language)).reply_to(TWO_QUESTIONS[language])
        assert reply["kind"] == "choices"
        offered = [choice["entry_id"] for choice in reply["data"]["choices"]]
        assert set(offered) == {"card-lost", "mortgage-early"}
        assert reply["data"]["none_label"] == say(language, "none_of_these")

    @pytest.mark.parametrize("language", ["zh", "en"])
    async def test_in_the_queue_each_is_answered_too(self, arrive, rasa, language) -> None:
        customer = await arrive(language)
        await customer.post("/handoff")
        await customer.send(TWO_QUESTIONS[language])
        replies = from_bot(await customer.until(lambda all_: len(from_bot(all_)) == 2))
        assert {reply["data"]["entry_id"] for reply in replies} == {"card-lost", "mortgage-early"}
        assert rasa.texts(customer.id) == []
        assert (await customer.conversation())["owner"] == "waiting"

    async def test_in_the_queue_only_the_sure_one_is_answered(self, customer, service, bars) -> None:
        found = await service.app.state.knowledge.search("房贷那个，还有卡丢了咋办", "zh")
        unsure, sure = sorted(found.questions, key=lambda each: each.confidence)
        bars((unsure.confidence + sure.confidence) / 2, 0.01)
        await customer.post("/handoff")
        await customer.send("房贷那个，还有卡丢了咋办")
        await customer.until(from_bot)
        await service.inside(service.app.state.turns.idle())
        replies = from_bot(await customer.said())
        assert [reply["data"]["entry_id"] for reply in replies] == [sure.entry.id]

    async def test_in_the_queue_what_is_not_sure_is_left_to_the_person(self, customer, service, bars) -> None:
        bars(1.1, 0.5)
        await customer.post("/handoff")
        await customer.send(TWO_QUESTIONS["zh"])
        await service.inside(service.app.state.turns.idle())
        assert from_bot(await customer.said()) == []
        assert (await customer.conversation())["owner"] == "waiting"


class TestChoices:
    @pytest.mark.parametrize("language", ["zh", "en"])
    async def test_they_are_two_or_three_questions_in_the_customers_language(
        self, arrive, service, bars, language
    ) -> None:
        bars(1.1, 0)
        reply = await (await arrive(language)).reply_to({"zh": "卡", "en": "card"}[language])
        assert (reply["kind"], reply["text"]) == ("choices", say(language, "clarify"))
        choices = reply["data"]["choices"]
        assert 2 <= len(choices) <= 3
        for choice in choices:
            entry = service.app.state.knowledge.entry(choice["entry_id"])
            if language in entry.variants:
                assert choice["label"] == entry.variants[language].question
            assert entry.id not in choice["label"]
            assert entry.scenario not in choice["label"]
        assert reply["data"]["none_label"] == say(language, "none_of_these")

    @pytest.mark.parametrize("language", ["zh", "en"])
    async def test_the_second_best_is_offered_even_where_it_is_unlikely(self, arrive, bars, language) -> None:
        bars(1.1, 0.9)
        reply = await (await arrive(language)).reply_to(GIVE_UP[language])
        choices = reply["data"]["choices"]
        assert (len(choices), choices[0]["entry_id"]) == (2, "card-lost")
        assert reply["text"] == say(language, "clarify")

    @pytest.mark.parametrize("language", ["zh", "en"])
    async def test_one_that_only_the_other_language_has_says_so(self, arrive, bars, language) -> None:
        bars(1.1, 0)
        question, entry_id, label = ONLY_IN_THE_OTHER[language]
        reply = await (await arrive(language)).reply_to(question)
        labels = {choice["entry_id"]: choice["label"] for choice in reply["data"]["choices"]}
        assert labels[entry_id] == label


class TestOrder:
    async def test_three_quick_messages_are_answered_one_after_another(self, customer, rasa) -> None:
        under_way: list[str] = []
        overlaps: list[str] = []

        def slowly(_: Any, __: str, text: str) -> Any:
            overlaps.extend(under_way)
            under_way.append(text)
            time.sleep(0.3)
            under_way.remove(text)
            return [{"text": f"re {text}"}]

        rasa.behave(customer.id, slowly)
        asked = ["第一个问题", "第二个问题", "第三个问题"]
        for text in asked:
            assert (await customer.send(text)).status_code == 201
        messages = await customer.until(lambda all_: len(from_bot(all_)) == 3)
        assert [message["text"] for message in from_bot(messages)] == [f"re {text}" for text in asked]
        assert not overlaps
        assert [message["seq"] for message in messages] == [1, 2, 3, 4, 5, 6]

    async def test_a_message_is_stored_before_it_is_acknowledged(self, customer, rasa, store) -> None:
        """Whoever has a 201 in hand finds the message in the database, whatever happens to this process next."""
        rasa.behave(customer.id, lambda *_: time.sleep(1) or [{"text": "ok"}])
        stored = (await customer.send("我的消息")).json()["message"]
        assert [(m.seq, m.text) for m in await store.messages(customer.id, 0)] == [(stored["seq"], "我的消息")]

    async def test_a_repeated_client_id_gets_one_turn(self, customer, rasa) -> None:
        first = await customer.send("银行卡丢了怎么挂失？", client_id="same")
        again = await customer.send("银行卡丢了怎么挂失？", client_id="same")
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json() == again.json()
        await customer.until(from_bot)
        assert len(rasa.texts(customer.id)) == 1

    async def test_the_turn_of_a_dead_worker_is_taken_by_another(self, customer, service, store, counted) -> None:
        """The worker stored the message, claimed the turn and died; its claim has run out."""
        past = datetime.now(UTC) - timedelta(minutes=1)
        dead_worker = DeskConversations(store.database, MemoryEvents(), ManualClock(past))
        await dead_worker.post(customer.id, "from-the-dead", "银行卡丢了怎么挂失？", "zh")
        async with store.database.write() as session:
            claim = update(Conversation).where(Conversation.id == customer.id).values(turn_until=past)
            await session.execute(claim)
        messages = await customer.until(from_bot)
        assert from_bot(messages)[0]["data"]["entry_id"] == "card-lost"
        assert counted.degraded("turn_recovered") == 1

    async def test_a_worker_that_dies_after_its_reply_leaves_no_turn_to_be_taken_again(
        self, customer, service, store, monkeypatch
    ) -> None:
        """What would come after the reply never happens; a minute later, another worker looks for what was left."""

        async def dead(*_: Any) -> None:
            raise SystemError

        monkeypatch.setattr(ChatRepository, "end_turn", dead)
        await customer.reply_to("银行卡丢了怎么挂失？")
        await service.inside(service.app.state.turns.idle())
        past = datetime.now(UTC) - timedelta(minutes=1)
        async with store.database.write() as session:
            await session.execute(update(Message).where(Message.conversation_id == customer.id).values(created_at=past))
        await service.inside(service.app.state.turns.recover())
        await service.inside(service.app.state.turns.idle())
        assert len(from_bot(await customer.said())) == 1

    async def test_a_turn_that_a_worker_still_holds_is_left_to_it(self, customer, service, store) -> None:
        past, later = datetime.now(UTC) - timedelta(minutes=1), datetime.now(UTC) + timedelta(minutes=1)
        busy_worker = DeskConversations(store.database, MemoryEvents(), ManualClock(past))
        await busy_worker.post(customer.id, "held", "银行卡丢了怎么挂失？", "zh")
        async with store.database.write() as session:
            claim = update(Conversation).where(Conversation.id == customer.id).values(turn_until=later)
            await session.execute(claim)
        await service.inside(service.app.state.turns.recover())
        await asyncio.sleep(0.5)
        assert from_bot(await customer.said()) == []


SILENT: Any = lambda *_: []  # noqa: E731  # a table of behaviours
DEGRADED = {"kind": "text", "text": "…", "data": {"degraded": True}}
FAILURES = {
    "silent": (SILENT, "bot_silent"),
    "only-empty-texts": (lambda *_: [{"text": ""}], "bot_silent"),
    "not-json": (lambda *_: b"<html>", "bot_error"),
    "not-a-list": (lambda *_: {"text": "hello"}, "bot_error"),
    "slow": (lambda *_: time.sleep(4) or [{"text": "too late"}], "bot_unreachable"),
    "degraded-action": (lambda *_: [{"custom": DEGRADED}], "bot_error"),
    "unknown-kind": (lambda *_: [{"custom": {"kind": "carousel", "text": "hi", "data": {}}}], "bot_error"),
    "buttons-that-are-none": (lambda *_: [{"text": "hi", "buttons": ["yes"]}], "bot_error"),
}


class TestAMissingBot:
    """The message is kept, the customer is told the truth in their language, a person is on the way, and it counts."""

    async def expect_handoff(self, customer, language: str, counted, path: str, store) -> None:
        reply = await customer.reply_to(GIVE_UP[language])
        assert reply["sender"] == "system"
        assert reply["data"]["event"] == "waiting"
        assert reply["text"] == say(language, "bot_unavailable")
        conversation = await customer.conversation()
        assert (conversation["owner"], conversation["language"]) == ("waiting", language)
        assert [m["text"] for m in await customer.said()] == [GIVE_UP[language], say(language, "bot_unavailable")]
        assert customer.id in {case.id for case in await store.waiting()}
        assert (await store.case(customer.id)).reason == "bot_unavailable"
        assert counted.degraded(path) == 1
        assert counted.handoffs("bot_unavailable") == 1

    @pytest.mark.parametrize("language", ["zh", "en"])
    @pytest.mark.parametrize("name", FAILURES)
    async def test_a_failing_bot(self, arrive, rasa, counted, store, name, language) -> None:
        behaviour, path = FAILURES[name]
        customer = await arrive(language)
        rasa.behave(customer.id, behaviour)
        await self.expect_handoff(customer, language, counted, path, store)

    @pytest.mark.parametrize("status", [401, 404, 500, 503])
    async def test_a_bot_that_answers_with_an_error(self, arrive, rasa, counted, store, fail_with, status) -> None:
        customer = await arrive("zh")
        rasa.behave(customer.id, fail_with(status))
        await self.expect_handoff(customer, "zh", counted, "bot_error", store)

    async def test_a_bot_that_is_not_there(self, arrive, rasa, counted, store, http) -> None:
        customer = await arrive("en")
        with rasa.down():
            assert (await http.get("/health")).json()["parts"]["bot"] is False
            await self.expect_handoff(customer, "en", counted, "bot_unreachable", store)
        health = await http.get("/health")
        assert (health.status_code, health.json()["status"]) == (200, "ok")

    @pytest.mark.parametrize("status", [(500, b"{}"), (200, b"<html>"), (200, b"[]"), (200, b'{"model_file": null}')])
    async def test_health_survives_whatever_listens_on_the_bots_port(self, rasa, http, status) -> None:
        usual, rasa.status = rasa.status, status
        try:
            health = await http.get("/health")
        finally:
            rasa.status = usual
        assert (health.status_code, health.json()["status"]) == (200, "degraded")

    @pytest.mark.parametrize("language", ["zh", "en"])
    async def test_a_mistake_of_our_own_in_the_turn(self, arrive, counted, store, monkeypatch, language) -> None:
        async def broken(*_: Any) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(SignalReader, "read", broken)
        await self.expect_handoff(await arrive(language), language, counted, "turn_failed", store)

    async def test_a_turn_that_the_database_went_away_from_is_taken_again(
        self, customer, service, store, counted, monkeypatch
    ) -> None:
        async def gone(*_: Any, **__: Any) -> None:
            raise Unavailable("gone", code="database_unreachable")

        with monkeypatch.context() as patch:
            patch.setattr(ChatRepository, "keep_turn", gone)
            await customer.send("银行卡丢了怎么挂失？")
            await service.inside(service.app.state.turns.idle())
        assert counted.degraded("turn_failed") == 1
        assert from_bot(await customer.said()) == []
        past = datetime.now(UTC) - timedelta(minutes=1)  # until the claim has run out
        async with store.database.write() as session:
            await session.execute(update(Conversation).where(Conversation.id == customer.id).values(turn_until=past))
            await session.execute(update(Message).where(Message.conversation_id == customer.id).values(created_at=past))
        await service.inside(service.app.state.turns.recover())
        assert from_bot(await customer.until(from_bot))[0]["data"]["entry_id"] == "card-lost"

    async def test_a_message_that_comes_while_its_turn_cannot_be_claimed_is_taken_by_whoever_holds_it(
        self, customer, service, store, counted
    ) -> None:
        """The other worker holds the turn of a message before; it has died, and both messages are taken up."""
        past = datetime.now(UTC) - timedelta(minutes=1)
        dead_worker = DeskConversations(store.database, MemoryEvents(), ManualClock(past))
        held = await dead_worker.post(
            customer.id, "held", "银行卡丢了怎么挂失？", "zh", claim=timedelta(minutes=1, seconds=8)
        )
        assert held.turn is not None
        await customer.send("每年个人购汇额度是多少？")
        messages = await customer.until(lambda all_: len(from_bot(all_)) == 2)
        assert [message["data"]["entry_id"] for message in from_bot(messages)] == ["card-lost", "fx-limit"]
        assert counted.degraded("turn_recovered") == 1

    async def test_the_service_goes_on_with_the_next_message(self, arrive, rasa) -> None:
        customer = await arrive("zh")
        rasa.behave(customer.id, SILENT)
        await customer.reply_to("银行卡丢了怎么挂失？")
        assert (await customer.post("/handoff/cancel")).status_code == 200
        rasa.behave(customer.id, type(rasa).answer)
        assert (await customer.reply_to("银行卡丢了怎么挂失？"))["data"]["entry_id"] == "card-lost"


class TestWhatTheWordsDemand:
    @pytest.mark.parametrize(
        ("language", "text", "reason", "line"),
        [
            ("zh", "我要转人工客服", "asked_for_human", None),
            ("en", "let me talk to a real person please", "asked_for_human", None),
            ("zh", "骗子还在电话里，正在转走我卡里的钱", "distress", line_of("fraud_in_progress")["zh"]),
            ("en", "I can't go on, I want to end my life", "distress", line_of("self_harm")["en"]),
            ("zh", "我爸爸昨天去世了，我不知道该怎么办", "vulnerable_customer", line_of("bereavement")["zh"]),
            ("zh", "我要投诉你们网点的柜员，态度太差了", "complaint", say("zh", "complaint")),
        ],
    )
    async def test_a_person_is_called_before_the_bot_is_asked(
        self, arrive, rasa, store, counted, language, text, reason, line
    ) -> None:
        customer = await arrive(language)
        reply = await customer.reply_to(text)
        assert reply["data"]["event"] == "waiting"
        assert (await store.case(customer.id)).reason == reason
        if line:
            assert reply["text"] == line
        assert rasa.texts(customer.id) == []
        assert counted.handoffs(reason) == 1

    async def test_the_bot_forgets_its_form_when_a_person_takes_over(self, customer, rasa) -> None:
        await customer.reply_to("我要转人工客服")
        deadline = time.monotonic() + 10
        while customer.id not in rasa.forgotten:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)

    async def test_distress_stands_in_front_of_the_queue(self, arrive) -> None:
        patient = await arrive("zh")
        await patient.reply_to("我要转人工客服")
        before = (await patient.conversation())["queue_position"]
        distressed = await arrive("zh")
        await distressed.reply_to("我刚被骗子骗走了二十万，我不想活了")
        assert (await patient.conversation())["queue_position"] == before + 1
        assert (await distressed.conversation())["queue_position"] < before + 1

    async def test_two_unhelped_turns_bring_a_person(self, arrive, rasa, store) -> None:
        customer = await arrive("zh")
        rasa.behave(customer.id, lambda bot, sender, text: bot.answer(sender, text, intent="out_of_scope"))
        first = await customer.reply_to("今天天气怎么样")
        assert first["text"] == say("zh", "decline")
        second = await customer.reply_to("那明天会下雨吗")
        assert second["data"].get("event") == "waiting"
        assert (await store.case(customer.id)).reason == "repeated_failure"

    async def test_a_question_that_nobody_wrote_goes_to_a_person(self, arrive, store) -> None:
        customer = await arrive("zh")
        reply = await customer.reply_to("你们银行的保管箱一年租金多少钱")
        assert reply["data"]["event"] == "waiting"
        assert (await store.case(customer.id)).reason == "no_entry"

    async def test_what_a_form_collected_goes_with_the_conversation(self, customer, rasa, store) -> None:
        slots = {"card_tail": "0128"}
        rasa.behave(customer.id, lambda bot, sender, text: bot.hand_off(sender, text, "staff_only_action", slots))
        reply = await customer.reply_to("确认")
        assert reply["text"] == say("zh", "staff_only_action")
        assert (await store.case(customer.id)).slots == slots

    async def test_the_bots_guess_alone_is_no_request_for_a_person(self, customer, rasa) -> None:
        rasa.behave(customer.id, lambda bot, sender, text: bot.hand_off(sender, text, "asked_for_human"))
        reply = await customer.reply_to("银行卡丢了怎么挂失？")
        assert reply["data"]["entry_id"] == "card-lost"
        assert (await customer.conversation())["owner"] == "bot"

    async def test_the_policys_inputs_are_kept_with_the_handoff(self, customer, store) -> None:
        await customer.reply_to("我要转人工客服")
        async with store.database.read() as session:
            (change,) = await ChatRepository(session).owner_changes(customer.id)
        assert (change.actor, change.reason, change.policy["version"]) == ("policy", "asked_for_human", SHIPPED.version)
        assert change.policy["rule"] == "asked_plainly"
        assert change.policy["inputs"]["asked_confidence"] >= 0.5
        assert change.policy["inputs"]["seq"] == 1


class TestWhileAPersonHasIt:
    async def test_in_the_queue_the_bot_still_answers_what_it_is_sure_of(self, customer, rasa) -> None:
        await customer.post("/handoff")
        messages = [await customer.reply_to("银行卡丢了怎么挂失？")]
        assert messages[0]["data"]["entry_id"] == "card-lost"
        assert rasa.texts(customer.id) == []
        assert (await customer.conversation())["owner"] == "waiting"

    async def test_the_bot_is_never_asked_while_an_agent_talks(self, customer, rasa, sign_in) -> None:
        agent = await sign_in("lin")
        await customer.post("/handoff")
        assert (await agent.take(customer.id)).status_code == 200
        await customer.send("银行卡丢了怎么挂失？")
        deadline = time.monotonic() + 10
        while not (turn := (await agent.history(customer.id))["messages"][-1]["turn"]) or "candidates" not in turn:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        assert turn["outcome"] == "to_person"
        assert turn["candidates"][0]["entry_id"] == "card-lost"
        assert rasa.texts(customer.id) == []
        assert from_bot(await customer.said()) == []

    async def test_a_bot_that_was_still_thinking_does_not_speak_over_the_agent(self, customer, rasa, sign_in) -> None:
        rasa.behave(customer.id, lambda *_: time.sleep(1.5) or [{"text": "I was still thinking"}])
        await customer.send("银行卡丢了怎么挂失？")
        while not rasa.texts(customer.id):
            await asyncio.sleep(0.02)
        agent = await sign_in("chen")
        await customer.post("/handoff")
        assert (await agent.take(customer.id)).status_code == 200
        await asyncio.sleep(1.8)
        assert from_bot(await customer.said()) == []

    async def test_the_bot_goes_on_when_the_agent_gives_back(self, customer, sign_in) -> None:
        agent = await sign_in("lin")
        await customer.post("/handoff")
        await agent.take(customer.id)
        assert (await agent.desk("POST", f"/{customer.id}/return")).json()["case"]["owner"] == "bot"
        assert (await customer.reply_to("银行卡丢了怎么挂失？"))["data"]["entry_id"] == "card-lost"


class TestWithoutAnEncoder:
    """`web` serves without one: every question goes to a person, and operators see why."""

    async def test_a_question_goes_to_a_person(self, service_without_encoder, counted) -> None:
        import httpx

        async with httpx.AsyncClient(base_url=service_without_encoder.url, timeout=40) as http:
            started = (await http.post("/api/chat/conversations", json={"language": "en"})).json()
            path = f"/api/chat/conversations/{started['conversation']['id']}/messages"
            headers = {"Authorization": f"Bearer {started['token']}"}
            await http.post(path, json={"client_id": "1", "text": "lost my card"}, headers=headers)
            got = await http.get(path, params={"after": 1, "wait": 20}, headers=headers)
            health = (await http.get("/health")).json()
        assert [message["text"] for message in got.json()["messages"]] == [say("en", "bot_unavailable")]
        assert got.json()["conversation"]["owner"] == "waiting"
        assert counted.handoffs("bot_unavailable") == 1
        assert (health["status"], health["parts"]["knowledge"]) == ("degraded", False)


class TestAfterAPerson:
    """The bot knows what the agent said."""

    async def test_a_question_may_follow_up_the_agents_words(self, arrive, sign_in, store) -> None:
        customer, agent = await arrive("zh"), await sign_in("lin")
        await customer.post("/handoff")
        await agent.take(customer.id)
        await agent.say(customer.id, "您是想提前还房贷，对吗？这项业务可以在手机银行办理。")
        await agent.desk("POST", f"/{customer.id}/return")
        await customer.reply_to("那要违约金吗")
        asked = (await store.messages(customer.id, 0))[-2]
        assert asked.turn["candidates"][0]["entry_id"] == "mortgage-early"
        assert "提前还房贷" in asked.turn.get("searched", "提前还房贷")

    def test_what_the_agent_gave_as_an_answer_counts_as_given_by_the_bot(self) -> None:
        suggested = {"suggestion": {"entry_id": "fund-risk", "edited": True}}
        told = [
            Message(text="会。基金不保本。", language="zh", turn=suggested),
            Message(text="还有别的吗？", language="zh", turn=None),
        ]
        now = datetime.now(UTC)
        before = [Message(text="基金会亏吗", language="zh", turn={"candidates": []}, created_at=now)]
        follow_up = Message(text="多少呢", language="zh", created_at=now)
        conversation = Conversation(language="zh")
        assert CurrentTurn(conversation, follow_up, (), told).topic == Earlier(
            "会。基金不保本。 还有别的吗？", "fund-risk"
        )
        after_both = CurrentTurn(conversation, follow_up, before, told).topic
        assert after_both is not None
        assert after_both.text.startswith("基金会亏吗，会。")
        after_the_last = CurrentTurn(conversation, follow_up, before, told[1:]).topic
        assert after_the_last is not None
        assert after_the_last.entry_id is None
