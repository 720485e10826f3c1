"""``python -m evaluation.benchmarks.publishing``: how fast a change is live, and how fast a restart is."""

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from evaluation.benchmarks import publishing, restarts
from evaluation.benchmarks.branches import at_branches, edited
from evaluation.benchmarks.changes import Change, Met, make, meet
from evaluation.benchmarks.delays import Delays
from evaluation.benchmarks.publishing import main
from evaluation.benchmarks.worker import Opening, Started, worker
from evaluation.benchmarks.worker_process import worker_process
from kb.content import EntryContent, read_folder
from kb.encoder import TurnEncoder, prepared_folder
from kb.live import background
from kb.search import Release
from kb.service import KnowledgeBase
from kit.database import Database
from kit.errors import InvalidRequest, Unavailable
from kit.settings import ROOT, Settings

SHIPPED = ROOT / "kb" / "content"


@pytest.fixture(autouse=True)
def _quick_to_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here is about how well it finds."""
    monkeypatch.setenv("BILIN_SEARCH_WITHOUT", "wording,adapter,classifier,belonging")


@pytest.fixture
def entries(bank: list[Any]) -> list[EntryContent]:
    return [EntryContent.model_validate(row) for row in bank]


# ── the knowledge base that is made up ────────────────────────────────────────────────────────────────────────────


def test_a_thousand_entries_have_about_ten_thousand_questions() -> None:
    made = at_branches(read_folder(SHIPPED), 1000)
    variants = [variant for entry in made for variant in entry.variants.values()]
    questions = [text for variant in variants for text in variant.questions]
    assert len({entry.id for entry in made}) == 1000
    assert 9_500 <= len(questions) <= 10_500
    assert len(set(questions)) == len(questions)


def test_the_next_branch_has_the_same_entries_and_other_questions() -> None:
    shipped = read_folder(SHIPPED)
    made = at_branches(shipped, 2 * len(shipped))
    first, second = made[0], made[len(shipped)]
    assert (first.id, second.id) == (shipped[0].id, f"{shipped[0].id}.yunzhu")
    assert first.variants["zh"].questions == tuple(
        f"在云泽支行，{text}" for text in shipped[0].variants["zh"].questions[:5]
    )
    assert second.variants["zh"].questions == tuple(
        f"在云渚支行，{text}" for text in shipped[0].variants["zh"].questions[5:10]
    )


def test_an_entry_with_few_questions_has_each_once_and_a_mark_stays_at_the_end(entries: list[EntryContent]) -> None:
    asking = entries[0].variants["en"].model_copy(update={"question": "Is it lost?"})
    (made,) = at_branches([entries[0].model_copy(update={"variants": {"en": asking}})], 1)
    assert made.variants["en"].questions == (
        "Is it lost at the Yunze branch?",
        "report a stolen card at the Yunze branch",
    )
    assert made.variants["en"].answer == "I have lost my card. (Yunze branch)"


def test_there_are_only_so_many_branches(entries: list[EntryContent]) -> None:
    assert len(at_branches(entries, 64 * 3)) == 64 * 3
    with pytest.raises(InvalidRequest, match="at most 192"):
        at_branches(entries, 64 * 3 + 1)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_edit_is_a_new_answer_and_one_new_question(language: str, entries: list[EntryContent]) -> None:
    entry = entries[0]
    if language == "en":
        entry = entry.model_copy(update={"variants": {"en": entry.variants["en"]}})
    (once, told, question), (again, _, _) = edited(entry, 1), edited(entry, 2)
    assert told == language
    assert once.variants[told].questions == (*entry.variants[told].questions, question)
    assert {key: variant for key, variant in once.variants.items() if key != told} == {
        key: variant for key, variant in entry.variants.items() if key != told
    }
    answers = {one.variants[told].answer for one in (entry, once, again)}
    assert len(answers) == 3
    assert again.variants[told].questions != once.variants[told].questions


# ── the moment of a change ────────────────────────────────────────────────────────────────────────────────────────

Workers = Callable[[], AbstractAsyncContextManager[tuple[KnowledgeBase, KnowledgeBase]]]


@pytest.fixture
def workers(entries: list[EntryContent], spelled: Any, database_url: str, small_data_dir: Path) -> Workers:
    """Makes two workers on one database, the entries live at both; the second one hears nothing from the first."""

    @asynccontextmanager
    async def make_two() -> AsyncIterator[tuple[KnowledgeBase, KnowledgeBase]]:
        database = Database(database_url)
        await database.migrate()
        encoder, cache = TurnEncoder(spelled), small_data_dir / "cache"
        async with worker(database, cache, encoder, Settings()) as one:
            await one.load(entries)
            async with worker(database, cache, encoder, Settings()) as other:
                yield one, other
                await one.settled()
                await other.settled()
        await database.close()

    return make_two


@pytest.fixture
def edit(entries: list[EntryContent]) -> Change:
    entry, language, question = edited(entries[0], 1)
    return Change(entry.id, entry, question, language)


async def test_a_change_is_met_when_it_is_live_and_not_before(workers: Workers, edit: Change) -> None:
    withdrawal = replace(edit, entry=None)
    async with workers() as (one, other):
        assert edit.entry
        await one.editing.save(edit.entry, "ed")
        for knowledge in (one, other):
            assert not await edit.is_met(knowledge), "a draft is not live"
            assert not await withdrawal.is_met(knowledge), "the old answer is there"
        for change in (edit, withdrawal):
            before = time.perf_counter()
            here, elsewhere = await asyncio.gather(make(one, change), meet(other, change))
            assert before < here.begun < min(here.met, elsewhere.met)
            for knowledge in (one, other):
                assert await change.is_met(knowledge)
        assert not await edit.is_met(one), "it is withdrawn"


@pytest.mark.parametrize("kind", ["edit", "withdrawal"])
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_change_that_is_never_met_says_so(kind: str, workers: Workers, edit: Change) -> None:
    async with workers() as (one, _):
        with pytest.raises(Unavailable, match=rf"After 0\.3 s the {kind} of 'lost-card'"):
            await meet(one, edit if kind == "edit" else replace(edit, entry=None), 0.3)


def test_delays_by_hand() -> None:
    delays = Delays.of([(1.0, 2.0), (2.0, 2.5), (9.0, 10.0)])
    assert (delays.here.p50_seconds, delays.here.max_seconds) == (2.0, 9.0)
    assert delays.here.p95_seconds == pytest.approx(8.3)
    assert (delays.elsewhere.p50_seconds, delays.elsewhere.max_seconds) == (2.5, 10.0)


# ── the other worker's process ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_worker_in_its_own_process_starts_on_a_damaged_fit_and_follows(
    workers: Workers, edit: Change, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Settings(_env_file=None, data_dir=ROOT / "var")
    if not (prepared_folder(real) / "onnx" / "model.onnx").is_file():
        pytest.skip(f"needs the encoder in {prepared_folder(real)}")
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "fit.npz").write_bytes(b"half of a fit")
    async with workers() as (one, _):
        monkeypatch.setenv("BILIN_DATA_DIR", str(real.data_dir))
        monkeypatch.setenv("BILIN_ENCODER_COMPANIONS", "false")
        async with worker_process(Opening(database_url, tmp_path / "cache", "银行卡丢了怎么办")) as other:
            started = other.started
            moments = [other.begun, started.imported, started.encoder, started.database, started.knowledge]
            assert moments == sorted(moments)
            assert started.knowledge < started.answered < time.perf_counter(), "one clock for all processes"
            assert started.fit_cache_corrupt == 1
            made, followed = await asyncio.gather(make(one, edit), other.meet(edit))
            assert made.begun < followed.met < time.perf_counter()
            withdrawal = replace(edit, entry=None)
            made, followed = await asyncio.gather(other.make(withdrawal), meet(one, withdrawal))
            assert made.begun < followed.met < time.perf_counter()
        assert other.process.returncode == -signal.SIGKILL, "nothing runs on"


async def test_a_worker_whose_process_ends_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluation.benchmarks.worker_process.MODULE", "abc")
    with pytest.raises(Unavailable, match="process ended"):
        async with worker_process(Opening("sqlite+aiosqlite://", Path("nowhere"), "?")):
            pass


# ── the command ───────────────────────────────────────────────────────────────────────────────────────────────────


class WorkerHere:
    """Stands in for a worker's process: the same worker, in this one."""

    begun = 0.0

    def __init__(self, knowledge: KnowledgeBase, corrupt: float) -> None:
        self._knowledge = knowledge
        self.started = Started(1.0, 3.0, 6.0, 10.0 + corrupt, 15.0 + corrupt, int(corrupt))

    async def make(self, change: Change) -> Met:
        return await make(self._knowledge, change)

    async def meet(self, change: Change) -> Met:
        return await meet(self._knowledge, change)


Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(
    bank: list[Any], spelled: Any, small_data_dir: Path, tmp_path: Path, counted: Any, monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Runs the command for twenty entries with the encoder by spelling and without other processes."""

    @asynccontextmanager
    async def worker_here(opening: Opening) -> AsyncIterator[WorkerHere]:
        database, before = Database(opening.database_url), counted.degraded("fit_cache_corrupt")
        async with worker(database, opening.cache, TurnEncoder(spelled), Settings()) as knowledge:
            yield WorkerHere(knowledge, counted.degraded("fit_cache_corrupt") - before)
            await knowledge.settled()
        await database.close()

    content = tmp_path / "content"
    content.mkdir()
    rows = [{"id": row["id"], **row["variants"]} for row in bank]
    (content / "all.yml").write_text(yaml.safe_dump({"scenario": "all", "entries": rows}))
    monkeypatch.setenv("BILIN_CONTENT_DIR", str(content))
    monkeypatch.setattr(publishing, "load_encoder", lambda settings: spelled)
    for module in (publishing, restarts):
        monkeypatch.setattr(module, "worker_process", worker_here)

    def run(*arguments: str) -> dict[str, Any]:
        out = tmp_path / "report.json"
        assert main(["--entries", "20", "--json", str(out), *arguments]) == 0
        return json.loads(out.read_text(encoding="utf-8"))

    return run


def test_every_figure_is_there(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    report = run("--changes", "2", "--restarts", "2")
    assert (report["entries"], report["questions"], report["texts"]) == (20, 80, 120)
    assert report["database"] == "sqlite"
    assert report["ready_seconds"] > 0
    for kind in ("edits", "withdrawals"):
        delays = report["changes"][kind]
        for place in ("here", "elsewhere"):
            figures = delays[place]
            assert 0 < figures["p50_seconds"] <= figures["p95_seconds"] <= figures["max_seconds"]
        assert delays["here"] != delays["elsewhere"]
    assert report["restart"] == {
        "first_answer_seconds": 15.0,
        "imports_seconds": 1.0,
        "encoder_seconds": 2.0,
        "database_seconds": 3.0,
        "knowledge_seconds": 4.0,
        "question_seconds": 5.0,
        "fit_cache_corrupt": 0,
    }
    assert report["damaged_fit"]["fit_cache_corrupt"] == 1
    assert report["damaged_fit"]["knowledge_seconds"] == 5.0
    said = capsys.readouterr().err
    assert "of that: imports" in said
    assert "withdrawal" in said


def test_the_next_run_learns_only_from_its_changes(
    run: Run, spelled: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    learnt: list[int] = []
    learn = Release.learn
    monkeypatch.setattr(Release, "learn", lambda release: learnt.append(release.id) or learn(release))
    monkeypatch.setattr(publishing, "MOST_TO_LEARN", 19)
    run("--changes", "1", "--restarts", "1")
    assert learnt[0] == 1
    learnt.clear()
    spelled.asked.clear()
    report = run("--changes", "1", "--restarts", "1")
    assert 1 not in learnt
    assert not set(spelled.asked) & set(background()["zh"]), "no text is encoded again"
    assert report["damaged_fit"] is None, "it would take too long"
    assert "–" in capsys.readouterr().err


@pytest.mark.parametrize("database_kind", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
async def test_another_database_may_be_named(run: Run, database_url: str) -> None:
    report = await asyncio.to_thread(run, "--changes", "1", "--restarts", "1", "--database-url", database_url)
    assert report["database"] == "postgresql"


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_database_that_holds_entries_is_left_alone(
    run: Run, workers: Workers, entries: list[EntryContent], database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with workers() as (one, _):
        before = one.release_id
        arguments = ["--entries", "3", "--changes", "1", "--database-url", database_url]
        assert await asyncio.to_thread(main, arguments) == 2
        await one.refresh()
        assert one.release_id == before
        assert set(await one.browsing.newest()) == {entry.id for entry in entries}
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "name an empty one" in captured.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--entries", "10", "--changes", "10"], "--changes must be less"), (["--entries", "193"], "at most 192")],
)
def test_what_cannot_be_measured_is_refused(
    run: Run, arguments: Sequence[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err


@pytest.mark.parametrize("option", ["--entries", "--changes", "--restarts"])
def test_a_wrong_command_line_says_how_it_should_be(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([option, "0"])
    assert ended.value.code == 2
    assert option in capsys.readouterr().err
