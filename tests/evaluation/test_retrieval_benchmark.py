"""``python -m evaluation.benchmarks.retrieval``: Bilin beside others, beside bare encoding, and as it grows."""

import gc
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info

from evaluation.benchmarks import growth, index, rasa_peer, retrieval
from evaluation.benchmarks.accuracy import figures_of
from evaluation.benchmarks.bm25 import Bm25, words
from evaluation.benchmarks.memory import grown
from evaluation.benchmarks.peers import NearestQuestion, Reply, by_vectors, by_words
from evaluation.benchmarks.questions import made_up_texts
from evaluation.benchmarks.rasa_peer import RasaUnavailable, rasa_selector
from evaluation.benchmarks.retrieval import main
from evaluation.benchmarks.timing import in_turns, one_thread
from evaluation.datasets import Query
from kb.content import EntryContent
from kb.vector_index import VectorIndex

QUESTIONS = [
    {"id": "q1", "text": "银行卡不见了要挂失", "language": "zh", "entry_id": "lost-card"},
    {"id": "q2", "text": "I want to order a new card", "language": "en", "entry_id": "new-card"},
    {"id": "q3", "text": "repay the mortgage early", "language": "en", "entry_id": "mortgage-early"},
    {"id": "q4", "text": "who wrote war and peace", "language": "en", "entry_id": None},
]
FIGURES = {"top1", "top3", "precision", "ready_seconds", "p50_ms", "p95_ms", "times_bilin"}


@pytest.fixture
def entries(bank: list[Any]) -> list[EntryContent]:
    return [EntryContent.model_validate(row) for row in bank]


@pytest.fixture
def without_rasa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(rasa_peer, "PYTHON", tmp_path / "no-bot" / "python")
    return tmp_path / "no-bot" / "python"


@pytest.fixture
def measured(
    small_data_dir: Path,
    spelled: Any,
    bank: list[Any],
    write_lines: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., dict[str, Any]]:
    """Runs the command on the small bank with the encoder by spelling."""
    for module in ("accuracy", "cost"):
        monkeypatch.setattr(f"evaluation.benchmarks.{module}.load_encoder", lambda settings: spelled)

    def run(*arguments: str) -> dict[str, Any]:
        kb, asked = write_lines("kb.jsonl", bank), write_lines("queries.jsonl", QUESTIONS)
        out = tmp_path / "report.json"
        assert main(["--kb", str(kb), "--queries", str(asked), "--json", str(out), *arguments]) == 0
        return json.loads(out.read_text(encoding="utf-8"))

    return run


def asked(text: str, entry_id: str | None = None) -> Query:
    return Query("q", text, "en", entry_id, "plain")


def reply(*ranked: str, confidence: float = 0.5, ms: float = 1.0, given: tuple[str, ...] | None = None) -> Reply:
    return Reply(ranked, ranked[:1] if given is None else given, confidence, ms)


# ── accuracy and latency ──────────────────────────────────────────────────────────────────────────────────────────


def test_every_peer_is_asked_every_question_and_rasa_says_why_it_is_missing(
    measured: Callable[..., dict[str, Any]], without_rasa: Path, spelled: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    report = measured("--parts", "accuracy")["accuracy"]
    assert (report["n"], report["in_scope"], report["entries"]) == (4, 3, 3)
    assert list(report["peers"]) == ["Bilin", "BM25", "encoder alone"]
    for figures in report["peers"].values():
        assert set(figures) == FIGURES
        assert figures["top1"] == 1.0
        assert 0 < figures["p50_ms"] <= figures["p95_ms"]
        assert figures["ready_seconds"] > 0
    assert report["peers"]["Bilin"]["times_bilin"] == 1.0
    assert spelled.asked.count("who wrote war and peace") == 2, "by Bilin and by the encoder alone, remembered by none"
    assert str(without_rasa) in report["missing"]["Rasa"]
    assert "make setup" in report["missing"]["Rasa"]
    assert "Rasa is not installed" in capsys.readouterr().err


def test_figures_by_hand() -> None:
    queries = [asked("a", "a"), asked("b", "b"), asked("c", "c"), asked("nothing")]
    replies = [
        reply("a", "b", confidence=0.9, ms=1),
        reply("a", "c", "b", confidence=0.8, ms=2),
        reply("c", "a", confidence=0.7, ms=3, given=("c", "a")),
        reply("a", confidence=0.1, ms=10),
    ]
    figures = figures_of(queries, replies, ready_seconds=7.0, bilin_ms=5.0)
    assert figures.top1 == pytest.approx(2 / 3)
    assert figures.top3 == 1.0
    assert figures.precision == pytest.approx(1 / 3), "of the surest three; two answers to one question are wrong"
    assert (figures.ready_seconds, figures.p50_ms, figures.times_bilin) == (7.0, 2.5, 0.5)
    assert figures.p95_ms == pytest.approx(8.95)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("My Card's PIN, 2 of 3!", ["my", "card", "s", "pin", "2", "of", "3"]),
        ("银行卡丢了", ["银行卡", "丢", "了"]),
        ("我的Card丟了", ["我", "的", "card", "丢", "了"]),
        ("?!", []),
    ],
)
def test_words_are_cut_in_both_languages(text: str, cut: list[str]) -> None:
    assert words(text) == cut


def test_bm25_finds_the_text_with_the_rarest_words() -> None:
    index = Bm25([["my", "card"], ["my", "mortgage"], ["my", "pin"], []])
    scores, rows = index.search(["my", "mortgage"], 2)
    assert rows[0] == 1
    assert scores[0] > scores[1] > 0
    assert index.search(["my"], 10)[1].shape == (4,)


@pytest.mark.parametrize("query", [["unheard"], []])
def test_bm25_is_sure_of_nothing_where_no_word_is_known(query: list[str]) -> None:
    scores, rows = Bm25([["my", "card"], ["my", "pin"]]).search(query, 2)
    assert scores.tolist() == [0, 0]
    assert sorted(rows.tolist()) == [0, 1]


@pytest.mark.parametrize("search", ["words", "vectors"])
async def test_an_entry_is_as_near_as_its_nearest_question(
    search: str, entries: list[EntryContent], spelled: Any
) -> None:
    peer = NearestQuestion(entries, by_words if search == "words" else by_vectors(spelled))
    (found,) = await peer.ask([asked("report a stolen card")])
    assert found.ranked[0] == "lost-card"
    assert sorted(found.ranked) == ["lost-card", "mortgage-early", "new-card"], "each entry once"
    assert found.given == ("lost-card",)
    assert found.confidence > 0
    assert peer.ready_seconds > 0


# ── Rasa ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_rasa_learns_the_same_entries_in_its_own_process() -> None:
    if not rasa_peer.PYTHON.is_file():
        pytest.skip(f"needs the bot's environment: there is no {rasa_peer.PYTHON}")
    questions = {
        "lost-card": ["I have lost my card", "my card was stolen", "银行卡丢了怎么办"],
        "mortgage": ["can I repay my [mortgage](loan) early", "pay off the mortgage", "房贷可以提前还款吗"],
    }
    entries = [
        EntryContent.model_validate(
            {"id": name, "scenario": "s", "variants": {"en": {"question": first, "similar": rest}}}
        )
        for name, (first, *rest) in questions.items()
    ]
    async with rasa_selector(entries, epochs=30, seed=0) as rasa:
        found = await rasa.ask([asked("the card is stolen"), asked("repay [mortgage]"), asked("我的银行卡丢了")])
    assert [one.given for one in found] == [("lost-card",), ("mortgage",), ("lost-card",)]
    assert all(sorted(one.ranked) == ["lost-card", "mortgage"] for one in found)
    assert all(0.5 < one.confidence <= 1 and one.ms > 0 for one in found)
    assert rasa.ready_seconds > 0


async def test_a_process_that_ends_tells_its_last_lines(
    entries: list[EntryContent], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rasa_peer, "PYTHON", Path(sys.executable))
    with pytest.raises(RasaUnavailable, match="No module named 'rasa'"):
        async with rasa_selector(entries, epochs=1, seed=0):
            pass


# ── cost of a question ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_cost_of_a_question_is_its_encoding_and_what_comes_on_top(
    measured: Callable[..., dict[str, Any]], spelled: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    report = measured("--parts", "cost", "--sample", "3")["cost"]
    assert (report["kb_questions"], report["entries"], report["asked"]) == (12, 3, 3)
    assert min(report["encode_ms"], report["search_ms"], report["wording_ms"]) > 0
    assert 1 < report["times_encoding"] < report["times_encoding_mended"]
    assert sum(text in {row["text"] for row in QUESTIONS} for text in spelled.asked) == 3, "nothing is remembered"
    assert "at most 1.25" in capsys.readouterr().err


def test_the_cost_may_be_that_of_another_knowledge_base(
    measured: Callable[..., dict[str, Any]], bank: list[Any], write_lines: Callable[..., Path]
) -> None:
    more = [{**bank[0], "id": "another"}, *bank]
    report = measured("--parts", "cost", "--cost-kb", str(write_lines("larger.jsonl", more)))
    assert report["cost"]["entries"] == 4
    assert report["cost"]["asked"] == len(QUESTIONS)


# ── size ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_sizes_need_no_knowledge_base_and_no_questions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--parts", "size", "--sizes", "5000,20000"]) == 0
    captured = capsys.readouterr()
    small, large = json.loads(captured.out)["size"]
    assert (small["questions"], large["questions"], large["kind"]) == (5000, 20000, "flat")
    assert min(value for size in (small, large) for value in size.values() if isinstance(value, float)) > 0
    assert (small["recall"], large["recall"]) == (1.0, 1.0), "every vector is compared"
    assert large["flat_ms"] > small["flat_ms"]
    assert large["flat_bytes"] == pytest.approx(384 * 4, rel=0.05)
    assert "20,000" in captured.err
    assert "recall@128 against Flat" in captured.err


def test_recall_is_the_share_of_what_flat_finds_that_the_graph_finds_too(monkeypatch: pytest.MonkeyPatch) -> None:
    build = VectorIndex.build

    def half(vectors: Any, ids: Any) -> VectorIndex:
        return build(vectors[::2], ids[::2])

    monkeypatch.setattr(VectorIndex, "build", half)
    assert growth.measure(2000, seed=0).recall == pytest.approx(0.5, abs=0.1)


def test_without_a_wish_it_grows_to_a_million() -> None:
    assert retrieval._parser().parse_args([]).sizes == [1000, 10_000, 100_000, 1_000_000]


def test_memory_is_that_of_what_was_made_whatever_is_thrown_away_meanwhile() -> None:
    left_behind: list[Any] = [np.ones(10**7)]
    left_behind.append(left_behind)
    del left_behind
    made, held = grown(lambda: (gc.collect(), np.ones(10**6))[1])
    assert held == pytest.approx(made.nbytes, rel=0.1)


def test_made_up_texts_are_the_same_for_the_same_seed_and_follow_zipf() -> None:
    texts = made_up_texts(2000, seed=3, stream=1)
    assert texts == made_up_texts(2000, seed=3, stream=1)
    assert texts[:10] != made_up_texts(10, seed=3, stream=2)
    lengths = [len(text) for text in texts]
    assert (min(lengths), max(lengths)) == (4, 12)
    assert np.mean(lengths) == pytest.approx(8, abs=0.3)
    said = [word for text in texts for word in text]
    assert said.count("w0") > len(said) / 20
    assert said.count("w0") == pytest.approx(2 * said.count("w1"), rel=0.2)


def test_the_vector_index_has_a_benchmark_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert index.main(["--sizes", "200", "--dimensions", "16", "--threads", "1"]) == 0
    captured = capsys.readouterr()
    (size,) = json.loads(captured.out)
    assert (size["rows"], size["kind"], size["recall"]) == (200, "flat", 1.0)
    assert "recall@10" in captured.err


# ── how times are taken ───────────────────────────────────────────────────────────────────────────────────────────


def test_searches_take_turns_block_by_block() -> None:
    order: list[tuple[str, int]] = []

    def search(name: str) -> Callable[[int], int]:
        return lambda query: order.append((name, query)) or query * 10

    (first_ms, first), (_, second) = in_turns(50, [search("a"), search("b")])
    assert first == second == [query * 10 for query in range(50)]
    assert first_ms >= 0
    assert [name for name, _ in order] == ["a"] * 40 + ["b"] * 40 + ["a"] * 10 + ["b"] * 10


def test_one_thread_is_one_thread_and_only_for_a_while() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with one_thread():
            assert torch.get_num_threads() == 1
            assert {pool["num_threads"] for pool in threadpool_info()} == {1}
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


# ── what cannot be run ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("part", ["accuracy", "cost"])
def test_parts_that_ask_need_questions(
    part: str, bank: list[Any], write_lines: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--parts", part, "--kb", str(write_lines("kb.jsonl", bank))]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "--queries" in captured.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--parts", "accuracy,speed"],
        ["--sizes", "10"],
        ["--sample", "0"],
        ["--epochs", "many"],
    ],
)
def test_a_wrong_command_line_says_how_it_should_be(
    arguments: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert arguments[1] in capsys.readouterr().err
