"""The reranker: which entry stands in which of the first places, and what happens where it is missing or fails."""

import asyncio
import json
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from evaluation.__main__ import main
from kb.content import EntryContent
from kb.context import Earlier
from kb.encoder import TurnEncoder, Vectors
from kb.finding import Search
from kb.reranking import (
    CrossEncoderReranker,
    Reranker,
    RerankerUnavailable,
    TurnReranker,
    available_reranker,
    load_reranker,
)
from kb.search import CANDIDATES
from kb.service import KnowledgeBase
from kit.clock import ManualClock
from kit.database import Database
from kit.events import MemoryEvents
from kit.language import to_simplified
from kit.settings import Settings
from server import create_app, running

CONTENT = Path(__file__).parents[1] / "chat" / "content"

SURE = "手机银行每天最多能转多少钱"
UNSURE = "提前的事"
DOUBLE = "怎么挂失银行卡，还有转账限额是多少"


class Preferring:
    """Scores a question by the entry that asks it, those named first highest; remembers what it was asked and where."""

    name = "preferring"

    def __init__(self, entries: Sequence[EntryContent], *preferred: str) -> None:
        self._preferred = list(reversed(preferred))
        self._asks = {
            to_simplified(question): entry.id
            for entry in entries
            for variant in entry.variants.values()
            for question in variant.questions
        }
        self.asked: list[tuple[str, list[str]]] = []
        self.threads: set[str] = set()
        self.is_broken = False

    def scores(self, query: str, texts: Sequence[str]) -> Vectors:
        self.asked.append((query, list(texts)))
        self.threads.add(threading.current_thread().name)
        if self.is_broken:
            raise RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory")
        said_by = [self._asks[text] for text in texts]
        return np.array([self._preferred.index(it) + 1 if it in self._preferred else 0 for it in said_by], np.float32)


class Giving:
    """Gives what it was made with, whatever it is asked."""

    name = "giving"

    def __init__(self, *given: Any) -> None:
        self._given = given

    def scores(self, query: str, texts: Sequence[str]) -> Vectors:
        return np.array(self._given, np.float32)


# ── the small bank, with a reranker and without ───────────────────────────────────────────────────────────────────


MakeKnowledgeBase = Callable[..., KnowledgeBase]


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Vectors and the fit, so that only the first test waits for them."""
    return tmp_path_factory.mktemp("fitted")


@pytest.fixture
async def knowledge(
    spelled: Any, fitted: Path, tmp_path: Path, bank: list[EntryContent]
) -> AsyncIterator[MakeKnowledgeBase]:
    """Makes workers of the published small bank, on an encoder that takes no time."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'kb.db'}")
    await database.migrate()

    def make(reranker: TurnReranker | None = None) -> KnowledgeBase:
        return KnowledgeBase(
            database, MemoryEvents(), ManualClock(), TurnEncoder(spelled), cache=fitted, reranker=reranker
        )

    first = make()
    await first.load(bank)
    await first.settled()
    yield make
    await database.close()


@pytest.fixture
def search(knowledge: MakeKnowledgeBase) -> Callable[..., Any]:
    """Asks a worker that has this reranker."""

    async def ask(
        text: str,
        reranker: Reranker | TurnReranker | None = None,
        *,
        places: int = CANDIDATES,
        earlier: Earlier | None = None,
    ) -> Search:
        is_bare = reranker is not None and not isinstance(reranker, TurnReranker)
        worker = knowledge(TurnReranker(reranker, places) if is_bare else reranker)
        await worker.refresh()
        return await worker.search(text, "zh", earlier)

    return ask


def ids(found: Search) -> list[str]:
    return [candidate.entry.id for candidate in found.candidates]


def at_places(found: Search) -> list[float]:
    return [candidate.confidence for candidate in found.candidates]


@pytest.mark.parametrize("text", [SURE, UNSURE], ids=["sure", "unsure"])
async def test_the_first_candidates_are_put_in_the_rerankers_order(
    search: Any, bank: list[EntryContent], text: str
) -> None:
    engines = ids(await search(text))
    assert len(engines) == CANDIDATES
    wanted = [engines[place] for place in (3, 1, 4, 0, 2)]
    assert ids(await search(text, Preferring(bank, *wanted))) == wanted


async def test_where_the_reranker_sees_no_difference_the_engines_order_stays(
    search: Any, bank: list[EntryContent]
) -> None:
    engines = ids(await search(SURE))
    assert ids(await search(SURE, Preferring(bank))) == engines
    assert ids(await search(SURE, Preferring(bank, engines[3]))) == [engines[3], *engines[:3], engines[4]]


async def test_it_sees_as_many_candidates_as_the_operator_says(search: Any, bank: list[EntryContent]) -> None:
    engines = ids(await search(SURE))
    reranker = Preferring(bank, *reversed(engines))
    assert ids(await search(SURE, reranker, places=2)) == [engines[1], engines[0], *engines[2:]]
    assert [len(texts) for _, texts in reranker.asked] == [2]


@pytest.mark.parametrize("text", [SURE, UNSURE], ids=["sure", "unsure"])
async def test_a_confidence_belongs_to_the_place_and_not_to_the_entry(
    search: Any, bank: list[EntryContent], text: str
) -> None:
    without = await search(text)
    found = await search(text, Preferring(bank, *reversed(ids(without))))
    assert ids(found) == list(reversed(ids(without)))
    assert at_places(found) == at_places(without)
    assert (found.confidences, found.thresholds) == (without.confidences, without.thresholds)


async def test_an_entry_is_judged_by_its_question_that_is_nearest(search: Any, bank: list[EntryContent]) -> None:
    similar = ("转账限额是多少", "怎么提高转账额度", "一天能转几万")
    reranker = Preferring(bank)
    for text in similar:
        assert ids(await search(text, reranker))[0] == "transfer-limit"
    assert [texts[0] for _, texts in reranker.asked] == list(similar)


async def test_an_entry_is_judged_in_the_customers_language_where_it_has_that(
    search: Any, bank: list[EntryContent]
) -> None:
    questions = {entry.id: [to_simplified(text) for text in entry.variant_for("zh")[1].questions] for entry in bank}
    reranker = Preferring(bank)
    seen: set[str] = set()
    for text in (SURE, UNSURE, "rent a safe deposit box", "取消短信通知收费"):
        found = ids(await search(text, reranker))
        _, texts = reranker.asked[-1]
        assert [text in questions[entry_id] for entry_id, text in zip(found, texts, strict=True)] == [True] * 5
        seen.update(found)
    assert {"safe-deposit-box", "sms-fee"} <= seen, "an entry in English only, and one in Chinese only"


async def test_it_reads_the_question_as_it_was_searched(search: Any, bank: list[EntryContent]) -> None:
    reranker = Preferring(bank)
    await search("銀行卡丟了怎麼辦？", reranker)
    assert [query for query, _ in reranker.asked] == ["银行卡丢了怎么办?"]


async def test_what_the_engine_understands_with_the_turn_before_stays_in_its_order(
    search: Any, bank: list[EntryContent]
) -> None:
    earlier = Earlier("怎么挂失银行卡", "lost-card")
    without = await search("那手续费呢", earlier=earlier)
    reranker = Preferring(bank, "lost-card")
    assert without.in_context
    assert await search("那手续费呢", reranker, earlier=earlier) == without
    assert reranker.asked == []


async def test_two_questions_in_one_message_stay_as_the_engine_answers_them(
    search: Any, bank: list[EntryContent]
) -> None:
    without = await search(DOUBLE)
    reranker = Preferring(bank, "open-account")
    assert [candidate.entry.id for candidate in without.questions] == ["lost-card", "transfer-limit"]
    assert await search(DOUBLE, reranker) == without
    assert reranker.asked == []


async def test_it_works_off_the_event_loop_one_question_at_a_time(
    knowledge: MakeKnowledgeBase, bank: list[EntryContent]
) -> None:
    reranker = Preferring(bank)
    worker = knowledge(TurnReranker(reranker, CANDIDATES))
    await worker.refresh()
    await asyncio.gather(*(worker.search(f"{SURE}{number}", "zh") for number in range(10)))
    assert len(reranker.asked) == 10
    assert len(reranker.threads) == 1
    assert threading.current_thread().name not in reranker.threads


# ── it fails, or gives what is no order ───────────────────────────────────────────────────────────────────────────


async def test_a_question_on_which_it_fails_keeps_order_and_confidence(
    search: Any, bank: list[EntryContent], counted: Any
) -> None:
    without = await search(SURE)
    wanted = list(reversed(ids(without)))
    reranker = Preferring(bank, *wanted)
    reranker.is_broken = True
    assert await search(SURE, reranker) == without
    assert counted.degraded("reranker_failed") == 1

    reranker.is_broken = False
    assert ids(await search(SURE, reranker)) == wanted
    assert counted.degraded("reranker_failed") == 1


NO_SCORES = {
    "too few": [1, 2, 3],
    "too many": [1, 2, 3, 4, 5, 6],
    "none": [],
    "two for each": [[1, 2]] * 5,
    "not a number": [1, 2, float("nan"), 4, 5],
    "without end": [1, 2, 3, 4, float("inf")],
}


@pytest.mark.parametrize("given", NO_SCORES.values(), ids=NO_SCORES)
async def test_what_is_not_one_finite_score_a_text_counts_as_failure(
    search: Any, counted: Any, given: list[Any]
) -> None:
    assert await search(SURE, Giving(*given)) == await search(SURE)
    assert counted.degraded("reranker_failed") == 1


# ── a real cross-encoder ──────────────────────────────────────────────────────────────────────────────────────────

LONGEST = 48


def make_model(folder: Path, kind: str = "BertForSequenceClassification", labels: int = 1) -> Path:
    """A BERT of one layer with random weights that reads letters and characters, in place of a bank's own."""
    import torch
    import transformers

    folder.mkdir()
    letters, characters = "abcdefghijklmnopqrstuvwxyz", "银行卡丢了怎么办手机每天最多能转少钱开户贷款提前还短信外币"
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{it}" for it in letters), *characters]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    configuration = transformers.BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=LONGEST,
        initializer_range=0.5,
        num_labels=labels,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        getattr(transformers, kind)(configuration).save_pretrained(folder)
    transformers.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("reranker") / "model")


def test_a_path_loads_and_gives_one_score_a_text(model: Path) -> None:
    reranker = CrossEncoderReranker(str(model))
    scores = reranker.scores("卡丢了", ["银行卡丢了怎么办", "my card is lost", "提前还贷款"])
    assert (scores.shape, scores.dtype) == ((3,), np.float32)
    assert len(set(scores.tolist())) == 3
    assert reranker.name == str(model)


def test_the_same_texts_get_the_same_scores(model: Path) -> None:
    texts = ["银行卡丢了怎么办", "my card is lost", "提前还贷款"]
    first, second = CrossEncoderReranker(str(model)), CrossEncoderReranker(str(model))
    once = first.scores("卡丢了", texts).tolist()
    assert first.scores("卡丢了", texts).tolist() == once
    assert second.scores("卡丢了", texts).tolist() == once
    assert second.scores("卡丢了", texts[::-1]).tolist() == pytest.approx(once[::-1], abs=1e-6)


def test_the_question_counts(model: Path) -> None:
    reranker = CrossEncoderReranker(str(model))
    assert reranker.scores("卡丢了", ["银行卡"]).tolist() != reranker.scores("提前还贷款", ["银行卡"]).tolist()


def test_what_is_longer_than_the_model_reads_is_cut(model: Path) -> None:
    scores = CrossEncoderReranker(str(model)).scores("卡丢了" * LONGEST, ["银行卡" * LONGEST, "短信"])
    assert np.isfinite(scores).all()


def test_a_plain_encoder_with_a_trained_head_of_its_own_is_a_cross_encoder(tmp_path: Path) -> None:
    from sentence_transformers import CrossEncoder
    from sentence_transformers.base.modules import Dense, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling

    encoder = Transformer(str(make_model(tmp_path / "encoder", kind="BertModel")))
    head = Dense(16, 1, module_input_name="sentence_embedding", module_output_name="scores")
    made = CrossEncoder(modules=[encoder, Pooling(16), head], device="cpu")
    made.save_pretrained(str(tmp_path / "model"))
    pairs = [("卡丢了", "银行卡丢了怎么办"), ("卡丢了", "提前还贷款")]
    scores = CrossEncoderReranker(str(tmp_path / "model")).scores("卡丢了", [text for _, text in pairs])
    np.testing.assert_allclose(scores, made.predict(pairs, show_progress_bar=False), atol=1e-6)


def test_nothing_is_fetched(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[str] = []

    def no_network(host: str, *_: object, **__: object) -> None:
        looked_up.append(host)
        raise OSError("there is no network")

    monkeypatch.setattr("socket.getaddrinfo", no_network)
    CrossEncoderReranker(str(model))
    with pytest.raises(RerankerUnavailable, match="'no-such-bank/cross-encoder' cannot be loaded"):
        CrossEncoderReranker("no-such-bank/cross-encoder")
    assert looked_up == []


NO_RERANKER: dict[str, Callable[[Path, Path], object]] = {
    "is not there": lambda folder, model: None,
    "is an empty folder": lambda folder, model: folder.mkdir(),
    "is a file": lambda folder, model: folder.write_text("weights"),
    "has an empty configuration": lambda folder, model: (folder.mkdir(), (folder / "config.json").write_text("{}")),
    "has damaged weights": lambda folder, model: (
        shutil.copytree(model, folder),
        (folder / "model.safetensors").write_bytes((model / "model.safetensors").read_bytes()[:1000]),
    ),
    "is a plain encoder": lambda folder, model: make_model(folder, kind="BertModel"),
    "gives two scores": lambda folder, model: make_model(folder, labels=2),
}


@pytest.mark.parametrize("make", NO_RERANKER.values(), ids=NO_RERANKER)
def test_what_cannot_be_used_is_named_with_what_to_do(
    make: Callable[[Path, Path], object], model: Path, tmp_path: Path
) -> None:
    make(tmp_path / "other", model)
    with pytest.raises(RerankerUnavailable) as failure:
        CrossEncoderReranker(str(tmp_path / "other"))
    assert str(tmp_path / "other") in failure.value.message
    assert "Set BILIN_RERANKER to the path of a cross-encoder" in failure.value.message


async def test_a_search_follows_the_order_of_a_real_cross_encoder(
    search: Any, bank: list[EntryContent], model: Path
) -> None:
    recording = Preferring(bank)
    engines = ids(await search(SURE, recording))
    [(query, texts)] = recording.asked
    by_score = np.argsort(-CrossEncoderReranker(str(model)).scores(query, texts))
    found = await search(SURE, load_reranker(Settings(_env_file=None, reranker=str(model))))
    assert ids(found) == [engines[place] for place in by_score]
    assert ids(found) != engines


# ── as the settings say ───────────────────────────────────────────────────────────────────────────────────────────


def test_there_is_none_unless_one_is_configured(counted: Any) -> None:
    settings = Settings(_env_file=None)
    assert settings.reranker == ""
    assert load_reranker(settings) is None
    assert available_reranker(settings) is None
    assert counted.degraded("reranker_missing") == 0


async def test_the_number_of_candidates_is_the_settings(search: Any, bank: list[EntryContent], model: Path) -> None:
    recording = Preferring(bank)
    engines = ids(await search(SURE, recording))
    [(query, texts)] = recording.asked
    by_score = np.argsort(-CrossEncoderReranker(str(model)).scores(query, texts[:3]))
    settings = Settings(_env_file=None, reranker=str(model), reranker_candidates=3)
    found = await search(SURE, load_reranker(settings))
    assert ids(found) == [*(engines[place] for place in by_score), *engines[3:]]


@pytest.mark.parametrize("number", [1, CANDIDATES + 1])
def test_it_can_see_no_more_candidates_than_a_search_has_and_no_fewer_than_two(number: int) -> None:
    assert Settings(_env_file=None, reranker_candidates=CANDIDATES).reranker_candidates == CANDIDATES
    with pytest.raises(ValidationError, match="reranker_candidates"):
        Settings(_env_file=None, reranker_candidates=number)


def test_one_that_cannot_be_loaded_is_counted_and_gone_without(tmp_path: Path, counted: Any) -> None:
    settings = Settings(_env_file=None, reranker=str(tmp_path / "nothing"))
    assert available_reranker(settings) is None
    assert counted.degraded("reranker_missing") == 1
    with pytest.raises(RerankerUnavailable):
        load_reranker(settings)


@pytest.fixture
def web(tmp_path: Path, spelled: Any) -> Callable[..., Any]:
    """Starts the service with a reranker by this name, and asks it."""

    async def ask(name: str, text: str) -> Search:
        settings = Settings(
            _env_file=None,
            data_dir=tmp_path / "var",
            content_dir=CONTENT,
            checks_dir=tmp_path / "no-checks",
            reranker=name,
        )
        encoder = TurnEncoder(spelled)
        app = create_app(settings, encoder)
        async with running(app, settings, encoder):
            await app.state.knowledge.settled()
            found: Search = await app.state.knowledge.search(text, "zh")
            return found

    return ask


async def test_web_starts_and_searches_without_one_that_cannot_be_loaded(
    web: Any, tmp_path: Path, counted: Any
) -> None:
    without = await web("", "怎么挂失银行卡")
    assert counted.degraded("reranker_missing") == 0
    assert await web(str(tmp_path / "nothing"), "怎么挂失银行卡") == without
    assert counted.degraded("reranker_missing") == 1
    assert counted.degraded("reranker_failed") == 0


async def test_web_searches_with_the_configured_one(web: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    without = ids(await web("", "怎么挂失银行卡"))
    monkeypatch.setattr("kb.reranking.CrossEncoderReranker", lambda name: Giving(*range(len(without))))
    assert ids(await web("configured", "怎么挂失银行卡")) == list(reversed(without))


@pytest.fixture
def evaluate(
    spelled: Any, tmp_path: Path, bank: list[EntryContent], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str], tuple[int, float | None]]:
    """``python -m evaluation faq`` with a reranker by this name; its exit status, and the share found at once."""
    monkeypatch.setenv("BILIN_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("BILIN_CHECKS_DIR", str(tmp_path / "no-checks"))
    monkeypatch.setattr("evaluation.publishing.load_encoder", lambda settings: spelled)
    entries, queries, out = tmp_path / "kb.jsonl", tmp_path / "queries.jsonl", tmp_path / "report.json"
    entries.write_text("".join(f"{entry.model_dump_json()}\n" for entry in bank), encoding="utf-8")

    def run(name: str, right: str) -> tuple[int, float | None]:
        monkeypatch.setenv("BILIN_RERANKER", name)
        query = {"id": "1", "text": SURE, "language": "zh", "entry_id": right, "slice": "plain"}
        queries.write_text(json.dumps(query, ensure_ascii=False) + "\n", encoding="utf-8")
        status = main(["faq", "--kb", str(entries), "--queries", str(queries), "--json", str(out), "--leaks", "report"])
        return status, json.loads(out.read_text(encoding="utf-8"))["top1"] if status == 0 else None

    return run


def test_the_evaluation_measures_with_the_configured_one(
    evaluate: Any, bank: list[EntryContent], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert evaluate("", "sms-fee") == (0, 0.0)
    monkeypatch.setattr("kb.reranking.CrossEncoderReranker", lambda name: Preferring(bank, "sms-fee"))
    assert evaluate("configured", "sms-fee") == (0, 1.0)


def test_the_evaluation_does_not_measure_without_one_that_is_configured(
    evaluate: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(str(tmp_path / "nothing"), "sms-fee") == (2, None)
    assert "Set BILIN_RERANKER to the path of a cross-encoder" in capsys.readouterr().err
