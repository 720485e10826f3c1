"""From stored conversations to a page for each of two raters and back to figures, on a real database."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chat.casework.models import Rating
from chat.models import Conversation, Message, OwnerChange
from evaluation.__main__ import main
from evaluation.datasets import DatasetError
from evaluation.traffic.labelling_page import Shown, labelling_page
from evaluation.traffic.labels import read_labels, sample_key
from kit.database import Database
from kit.settings import Settings

DAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
CARD = "6222 0212 3456 7890 128"


def conversation(number: int, at: datetime, channel: str = "web", customer: str | None = None) -> Conversation:
    return Conversation(
        id=f"c{number}",
        token_hash="-",
        customer_id=customer,
        channel=channel,
        language="zh",
        owner="bot",
        scenario="lost_cards",
        slots={},
        created_at=at,
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
            session.add(Rating(conversation_id=f"c{number}", subject="bot", score=4, at=at))
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


def page_of(folder: Path, name: str) -> dict[str, Any]:
    """What a page holds."""
    found = re.search(r'id="data">(.*?)</script>', (folder / f"{name}.html").read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return json.loads(found[1])


def judge(folder: Path, name: str, needs_human: dict[int, str]) -> None:
    """Save what somebody judged of a page's conversations, by their place; the others need no person."""
    page = page_of(folder, name)
    labels = {
        each["id"]: {"needs_human": needs_human.get(place, "no"), "last_answer_right": "yes"}
        for place, each in enumerate(page["conversations"])
    }
    content = json.dumps({"rater": name, "sample": page["sample"], "labels": labels})
    (folder / f"{name}.json").write_text(content, encoding="utf-8")


SAMPLE = ["sample", "--from", "2026-03-01", "--to", "2026-03-10", "--size", "10", "--out"]


def test_a_sample_is_masked_and_for_two(live: Path) -> None:
    assert main([*SAMPLE, str(live)]) == 0
    for name in ("rater1", "rater2"):
        shown = page_of(live, name)["conversations"]
        assert len(shown) == 10
        assert all(each["turns"][1] == ["bot", "请挂失。"] for each in shown)
        assert all("[card *0128]" in each["turns"][0][1] for each in shown)
        assert CARD not in (live / f"{name}.html").read_text(encoding="utf-8")
    assert "6222" not in (live / "sample.json").read_text(encoding="utf-8")
    assert json.loads((live / "sample.json").read_text())["of"] == 20, "the tester's is not among them"
    assert main([*SAMPLE, str(live)]) == 2, "nothing is written over"


def test_what_a_customer_wrote_is_never_part_of_the_page() -> None:
    told = labelling_page(
        "rater1", ["c"], [Shown("c", [("customer", "</script><script>alert(1)</script><!--part DATA-->")])]
    )
    assert told.count("</script>") == 2
    assert told.count("\\u003c/script>") == 2


def test_disagreements_are_settled_and_then_there_are_figures(
    live: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*SAMPLE, str(live)]) == 0
    assert main(["labels", str(live)]) == 2, "nobody has judged yet"
    judge(live, "rater1", {0: "yes", 1: "yes", 2: "yes"})
    judge(live, "rater2", {0: "yes", 1: "yes", 3: "yes"})
    out = tmp_path / "labels.json"
    assert main(["labels", str(live), "--json", str(out)]) == 1
    report = json.loads(out.read_text())
    agreement = report["agreement"]["needs_human"]
    assert (agreement["agreed"], agreement["n"]) == (0.8, 10)
    assert agreement["kappa"] == pytest.approx(0.5238, abs=1e-4)
    assert agreement["interval"]["low"] < agreement["kappa"] < agreement["interval"]["high"]
    kappa = f"0.5238 ({agreement['interval']['low']:.4f} – {agreement['interval']['high']:.4f})"
    assert f"needs_human: Cohen's kappa {kappa}, agreed on 0.8000 (0.4902 – 0.9433), n = 10" in capsys.readouterr().err
    assert len(report["to_settle"]) == 2
    assert report["scores"] == {}
    shown = page_of(live, "settled")["conversations"]
    assert [each["said"] for each in shown] == [{"needs_human": ["yes", "no"]}, {"needs_human": ["no", "yes"]}]
    judge(live, "settled", {})
    assert main(["labels", str(live), "--json", str(out)]) == 0
    scores = json.loads(out.read_text())["scores"]
    assert scores["handoff_precision"]["value"] == 0.2
    assert scores["handoff_recall"]["value"] == 1.0
    assert scores["handoff_precision"]["low"] < 0.2 < scores["handoff_precision"]["high"]
    assert (scores["csat_bot"]["value"], scores["csat_bot"]["n"]) == (4.0, 10)
    assert scores["csat_bot_response_rate"]["value"] == 1.0
    groups = json.loads(out.read_text())["groups"]
    assert groups["scenario"]["lost_cards"]["handoff_precision"] == scores["handoff_precision"]
    assert groups["slice"]["out_of_scope"]["transfer_rate"]["n"] == 10


IDS = ["c1", "c2"]


@pytest.mark.parametrize(
    ("sample", "labels", "said"),
    [
        (
            IDS,
            {"c1": {"needs_human": "perhaps", "last_answer_right": "no"}},
            "conversation 1: 'needs_human' must be yes or no",
        ),
        (
            IDS,
            {"c1": {"needs_human": "yes", "last_answer_right": "none"}},
            "1 of 2 conversations are not judged yet: 2",
        ),
        (IDS, {"c1": {"needs_human": "yes"}, "c2": None}, "2 of 2 conversations are not judged yet: 1, 2"),
        (["c1"], {}, "is about another sample"),
        (IDS, [1, 2], "is no file of judgements"),
    ],
)
def test_judgements_that_cannot_be_used_are_refused_by_name(
    tmp_path: Path, sample: list[str], labels: Any, said: str
) -> None:
    path = tmp_path / "rater1.json"
    path.write_text(json.dumps({"sample": sample_key(sample), "labels": labels}), encoding="utf-8")
    with pytest.raises(DatasetError, match=said):
        read_labels(path, IDS)


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
    by_scenario = report["groups"]["scenario"]["lost_cards"]
    assert by_scenario["transfer_rate"] == transfer


async def come_again(settings: Settings) -> None:
    """The customer of the first conversation asks the same in a new one, and once as a tester, who is nobody."""
    database = Database.from_settings(settings)
    async with database.write() as session:
        for number, channel in ((100, "web"), (101, "web"), (102, "shopper")):
            at = DAY + timedelta(days=100, hours=number - 100)
            customer = "testers" if number > 100 else "anna"
            session.add(conversation(number, at, channel, customer))
            await session.flush()
            turn = {"outcome": "answer", "candidates": [{"entry_id": "card"}]}
            session.add(message(number, 1, "customer", "我的卡丢了", at, turn))
        later = DAY + timedelta(days=102)
        session.add(conversation(103, later, "web", "anna"))
        await session.flush()
        session.add(message(103, 1, "customer", "卡还是没找到", later, turn))
    await database.close()


def test_a_customer_who_comes_back_with_a_new_conversation_was_not_helped(live: Path, tmp_path: Path) -> None:
    asyncio.run(come_again(Settings(_env_file=None)))
    out = tmp_path / "periods.json"
    day = (DAY + timedelta(days=100)).date()
    periods = ["--before", "2026-03-01..2026-03-10", "--after", f"{day}..{day + timedelta(days=1)}"]
    assert main(["periods", *periods, "--json", str(out)]) == 0
    after = json.loads(out.read_text())["verified_resolution"]["after"]
    assert (after["value"], after["n"]) == (0.5, 2), "anna came back after two days; a tester's visit is no return"
