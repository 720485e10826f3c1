"""Closed conversations become questions with known answers, on both databases."""

from __future__ import annotations

from pathlib import Path

from chat.casework.service import Casework
from chat.repository import ChatRepository
from evaluation import outcomes
from evaluation.datasets import read_queries
from handoff.interfaces import Outcome
from handoff.policy import Reason
from kit.clock import ManualClock
from kit.database import Database
from kit.events import MemoryEvents
from kit.settings import Settings

CARD = "6222021234567890128"


async def closed(casework: Casework, said: list[tuple[str, dict]], outcome: Outcome | None) -> None:
    conversation, _ = await casework.create("zh", "web")
    for number, (text, turn) in enumerate(said):
        stored = await casework.post(conversation.id, str(number), text, "zh")
        async with casework.database.write() as session:
            repository = ChatRepository(session)
            message = await repository.message(conversation.id, stored.message.seq)
            message.turn = turn
    await casework.hand_off(conversation.id, Reason.ASKED_FOR_HUMAN, actor="policy")
    case = await casework.take(await casework.case(conversation.id), 1, "林晓")
    await casework.close(case, "林晓", outcome)


def found(entry_id: str, confidence: float) -> dict:
    return {"candidates": [{"entry_id": entry_id, "question": "Q", "answer": "A", "confidence": confidence}]}


async def test_the_question_is_the_one_that_the_answer_came_nearest_to(database: Database, tmp_path: Path) -> None:
    casework = Casework(database, MemoryEvents(), ManualClock())
    await closed(
        casework,
        [
            ("在吗", {}),
            ("还房贷", found("mortgage-early", 0.2)),
            (f"卡{CARD}提前还房贷收钱吗", found("mortgage-early", 0.6)),
            ("转人工", {"asked_confidence": 0.99, **found("mortgage-early", 0.7)}),
        ],
        Outcome("solved", "mortgage-early"),
    )
    await closed(casework, [("没有相近的问法", {})], Outcome("solved", "card-lost"))
    await closed(casework, [("转人工", {"asked_confidence": 0.99})], Outcome("solved", "card-lost"))
    await closed(casework, [("别的答案", {})], Outcome("solved"))
    await closed(casework, [("没解决", {})], Outcome("not_solved"))
    await closed(casework, [("广告", {})], Outcome("spam"))
    await closed(casework, [("没说", {})], None)

    judged = await outcomes.read(Settings(_env_file=None, database_url=database.url))
    assert judged.ended == {"solved": 4, "not_solved": 1, "spam": 1}
    outcomes.write(judged.queries, tmp_path / "desk.jsonl")
    read = read_queries(tmp_path / "desk.jsonl", {"mortgage-early", "card-lost"})
    assert sorted((query.text, query.entry_id, query.slice) for query in read) == [
        ("卡[card *0128]提前还房贷收钱吗", "mortgage-early", "desk"),
        ("没有相近的问法", "card-lost", "desk"),
    ]
