"""From stored conversations to two workbooks and back to figures, on a real database and real workbooks."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from chat.models import Conversation, Message, OwnerChange
from evaluation.__main__ import main
from evaluation.traffic.workbook import read_labels
from kit.database import Database
from kit.settings import Settings

DAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
CARD = "6222 0212 3456 7890 128"


def conversation(number: int, at: datetime, channel: str = "web") -> Conversation:
    return Conversation(
        id=f"c{number}", token_hash="-", channel=channel, language="zh", owner="bot", slots={}, created_at=at
    )


def message(number: int, seq: int, sender: str, text: str, at: datetime, turn: Any = None) -> Message:
    return Message(
        conversation_id=f"c{number}",
        seq=seq,
        sender=sender,
        kind="text",
        text=text,
        language="zh",
        data={},
        turn=turn,
        created_at=at,
    )


async def fill(settings: Settings) -> None:
    """Before: all 20 are transferred. After: 2 of 20. One more of each is a tester's."""
    database = Database.from_settings(settings)
    await database.migrate()
    async with database.write() as session:
        for number in range(42):
            at = DAY + timedelta(days=30 * (number >= 21), minutes=number)
            session.add(conversation(number, at, "shopper" if number in (20, 41) else "web"))
            await session.flush()
            turn = {"outcome": "answer", "candidates": [{"entry_id": "card"}]}
            session.add(message(number, 1, "customer", f"=我的卡 {CARD} 丢了", at, turn))
            session.add(message(number, 2, "bot", "请挂失。", at + timedelta(seconds=2)))
            if number < 23:
                change = {"from_owner": "bot", "to_owner": "waiting", "actor": "policy", "reason": "no_entry"}
                session.add(OwnerChange(conversation_id=f"c{number}", version=1, policy={}, at=at, **change))
    await database.close()


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "var").mkdir()
    monkeypatch.setenv("BILIN_DATA_DIR", str(tmp_path / "var"))
    asyncio.run(fill(Settings(_env_file=None)))
    return tmp_path / "sample"


def fill_in(path: Path, needs_human: dict[int, str]) -> None:
    book = load_workbook(path)
    for row in range(2, book["labels"].max_row + 1):
        book["labels"].cell(row, 3).value = needs_human.get(row, "no")
        book["labels"].cell(row, 4).value = "yes"
    book.save(path)


SAMPLE = ["sample", "--from", "2026-03-01", "--to", "2026-03-10", "--size", "10", "--out"]


def test_a_sample_is_masked_and_for_two(live: Path) -> None:
    assert main([*SAMPLE, str(live)]) == 0
    texts = [row[1] for row in load_workbook(live / "rater1.xlsx")["labels"].iter_rows(min_row=2, values_only=True)]
    assert len(texts) == 10
    assert all("[card *0128]" in text and "6222" not in text and not text.startswith("=") for text in texts)
    assert (live / "rater1.xlsx").read_bytes()
    assert "6222" not in (live / "sample.json").read_text(encoding="utf-8")
    assert json.loads((live / "sample.json").read_text())["of"] == 20, "the tester's is not among them"
    assert main([*SAMPLE, str(live)]) == 2, "nothing is written over"


def test_disagreements_are_settled_and_then_there_are_figures(live: Path, tmp_path: Path) -> None:
    assert main([*SAMPLE, str(live)]) == 0
    assert main(["labels", str(live)]) == 2, "nobody has judged yet"
    fill_in(live / "rater1.xlsx", {2: "yes", 3: "yes", 4: "yes"})
    fill_in(live / "rater2.xlsx", {2: "yes", 3: "yes", 5: "yes"})
    out = tmp_path / "labels.json"
    assert main(["labels", str(live), "--json", str(out)]) == 1
    report = json.loads(out.read_text())
    assert report["agreement"]["needs_human"]["agreed"] == 0.8
    assert report["agreement"]["needs_human"]["kappa"] == pytest.approx(0.5238, abs=1e-4)
    assert len(report["to_settle"]) == 2
    assert report["scores"] == {}
    fill_in(live / "disagreements.xlsx", {})
    assert main(["labels", str(live), "--settled", str(live / "disagreements.xlsx"), "--json", str(out)]) == 0
    scores = json.loads(out.read_text())["scores"]
    assert scores["handoff_precision"]["value"] == 0.2
    assert scores["handoff_recall"]["value"] == 1.0
    assert scores["handoff_precision"]["low"] < 0.2 < scores["handoff_precision"]["high"]


def test_a_judgement_that_is_none_is_refused_by_its_row(live: Path) -> None:
    assert main([*SAMPLE, str(live)]) == 0
    fill_in(live / "rater1.xlsx", {4: "perhaps"})
    from evaluation.datasets import DatasetError

    with pytest.raises(DatasetError, match="row 4: 'needs_human' must be yes or no"):
        read_labels(live / "rater1.xlsx", [])


def test_two_periods(live: Path, tmp_path: Path) -> None:
    out = tmp_path / "periods.json"
    periods = ["--before", "2026-03-01..2026-03-10", "--after", "2026-03-31..2026-04-10"]
    assert main(["periods", *periods, "--json", str(out)]) == 0
    report = json.loads(out.read_text())
    transfer = report["transfer_rate"]
    assert (transfer["before"]["value"], transfer["after"]["value"]) == (1.0, 0.1)
    assert (transfer["before"]["n"], transfer["after"]["n"]) == (20, 20)
    assert transfer["difference"]["value"] == pytest.approx(-0.9)
    assert transfer["difference"]["p"] < 0.001
    assert (report["verified_resolution"]["before"]["value"], report["verified_resolution"]["after"]["value"]) == (
        0,
        0.9,
    )
