"""``python -m evaluation ablation``: the same cases, with everything and without one part at a time."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluation.__main__ import build_parser, main
from evaluation.ablation import ENCODERS, PARTS, QUERIES, REMOVABLE, Ablation, Cases, Variant, removable
from evaluation.commands.ablation import cases_of
from evaluation.datasets import Query
from evaluation.faq import Asked, FaqRun
from evaluation.metrics.answering import Answered
from kb.content import read_folder
from kb.finding import Search
from kb.fitting import Fit
from kb.search import Release
from kb.service import KnowledgeBase
from kit.errors import InvalidRequest
from kit.settings import Settings

ROWS = [
    {"id": "q1", "text": "银行卡丢了", "language": "zh", "entry_id": "lost-card"},
    {"id": "q2", "text": "get a new card, and repay my mortgage", "language": "en", "entry_id": "new-card"},
    {"id": "q3", "text": "who wrote war and peace", "language": "en", "entry_id": None},
]


class Loader:
    """Loads an encoder by spelling for each choice of settings, and remembers them."""

    def __init__(self, make: type[Any]) -> None:
        self._make = make
        self.loaded: dict[str, Any] = {}

    def __call__(self, settings: Any) -> Any:
        name = f"{settings.encoder_precision}{'+companions' if settings.encoder_companions else ''}"
        assert name not in self.loaded, "an encoder is loaded once"
        self.loaded[name] = self._make(name)
        return self.loaded[name]


@pytest.fixture
def loader(small_data_dir: Path, spelled: Any, monkeypatch: pytest.MonkeyPatch) -> Loader:
    loads = Loader(type(spelled))
    monkeypatch.setattr("evaluation.ablation.load_encoder", loads)
    return loads


@pytest.fixture
def ablate(bank: list[Any], write_lines: Callable[..., Path], tmp_path: Path) -> Callable[[str], dict[str, Any]]:
    def run(without: str) -> dict[str, Any]:
        kb, asked = write_lines("kb.jsonl", bank), write_lines("queries.jsonl", ROWS)
        out = tmp_path / "report.json"
        command = ["ablation", "--kb", str(kb), "--queries", str(asked), "--without", without, "--json", str(out)]
        assert main(command) == 0
        return json.loads(out.read_text(encoding="utf-8"))

    return run


def test_one_row_for_everything_and_one_for_each_part(
    loader: Loader, ablate: Callable[[str], dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    report = ablate("lexical,companions,float32")
    assert report["n"] == 3
    assert list(report["variants"]) == ["everything", "without lexical", "without companions", "without float32"]
    assert report["variants"]["everything"]["search_ms_ratio"] == 1.0
    assert all(figures["top1"] is not None for figures in report["variants"].values())
    assert list(loader.loaded) == ["float32+companions", "float32", "int8+companions"]
    assert "without float32" in capsys.readouterr().err


def test_a_part_that_is_left_out_is_left_out_and_stays_out_if_the_settings_say_so(
    loader: Loader, ablate: Callable[[str], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    from evaluation import ablation

    published = ablation.published

    def noted(entries: Any, settings: Any, *others: Any) -> Any:
        seen.append(settings.search_without)
        return published(entries, settings, *others)

    monkeypatch.setattr(ablation, "published", noted)
    monkeypatch.setenv("BILIN_SEARCH_WITHOUT", "checks")
    ablate("lexical,wording")
    assert seen == ["checks", "checks,lexical", "checks,wording"]


def test_no_text_is_encoded_twice_by_any_variant_or_by_the_next_run(
    loader: Loader, ablate: Callable[[str], dict[str, Any]]
) -> None:
    first = ablate("passages,belonging,wording,splitting")
    [encoder] = loader.loaded.values()
    assert len(encoder.asked) == len(set(encoder.asked))
    loader.loaded.clear()
    second = ablate("passages,belonging,wording,splitting")
    [encoder] = loader.loaded.values()
    assert encoder.asked == []
    assert figures(second) == figures(first)


FOLLOWED = [
    {
        "id": "f1",
        "slice": "attribute",
        "turns": ["补一张新卡多少钱", "那几天寄到呢"],
        "entry_ids": ["new-card", "new-card"],
    },
    {
        "id": "f2",
        "slice": "fresh",
        "turns": ["how do I get a new card", "can I repay my mortgage early"],
        "entry_ids": ["new-card", "mortgage-early"],
    },
]
DOUBLED = [
    {
        "id": "d1",
        "slice": "double",
        "text": "how do I get a new card? can I repay my mortgage early?",
        "entry_ids": ["new-card", "mortgage-early"],
    },
    {"id": "d2", "slice": "single", "text": "I have lost my card", "entry_ids": ["lost-card"]},
]
STRANGE = [{"id": "o1", "text": "who wrote war and peace", "language": "en", "entry_id": None}]


@pytest.fixture
def ask_all(bank: list[Any], write_lines: Callable[..., Path], tmp_path: Path) -> Callable[[str], Path]:
    """Asks four files in all variants; the tables are in ``tables.md`` and the figures in ``report.json``."""
    files = [
        *("--queries", str(write_lines("in_scope.jsonl", ROWS[:2]))),
        *("--queries", str(write_lines("strange.jsonl", STRANGE))),
        *("--followups", str(write_lines("followups.jsonl", FOLLOWED))),
        *("--doubles", str(write_lines("doubles.jsonl", DOUBLED))),
    ]

    def run(without: str) -> Path:
        kb = write_lines("kb.jsonl", bank)
        outputs = ["--json", str(tmp_path / "report.json"), "--markdown", str(tmp_path / "tables.md")]
        assert main(["ablation", "--kb", str(kb), *files, "--without", without, *outputs]) == 0
        return tmp_path

    return run


def test_each_file_has_a_table_of_its_own_with_the_figures_of_its_kind(
    loader: Loader, ask_all: Callable[[str], Path]
) -> None:
    folder = ask_all("context,splitting")
    sets = json.loads((folder / "report.json").read_text(encoding="utf-8"))["sets"]
    assert {name: figures["n"] for name, figures in sets.items()} == {
        "in_scope.jsonl": 2,
        "strange.jsonl": 1,
        "followups.jsonl": 2,
        "doubles.jsonl": 2,
    }
    variants = ["everything", "without context", "without splitting"]
    assert all(list(figures["variants"]) == variants for figures in sets.values())
    assert {name: set(figures["variants"]["everything"]) - {"worth"} for name, figures in sets.items()} == {
        "in_scope.jsonl": set(QUERIES),
        "strange.jsonl": set(QUERIES),
        "followups.jsonl": {"top1", "coverage", "answered_precision", "bent"},
        "doubles.jsonl": {"both_answered", "both_offered", "split_wrongly"},
    }


def test_questions_out_of_scope_are_told_from_the_others_of_their_language_and_others_have_no_auroc(
    loader: Loader, ask_all: Callable[[str], Path]
) -> None:
    folder = ask_all("lexical")
    sets = json.loads((folder / "report.json").read_text(encoding="utf-8"))["sets"]
    assert sets["strange.jsonl"]["variants"]["everything"]["auroc"] in (0.0, 0.5, 1.0), "one English pair"
    assert sets["in_scope.jsonl"]["variants"]["everything"]["auroc"] is None
    tables = (folder / "tables.md").read_text(encoding="utf-8").split("### ")
    assert "auroc" in next(table for table in tables if table.startswith("strange.jsonl"))
    assert "auroc" not in next(table for table in tables if table.startswith("in_scope.jsonl"))


def test_splitting_is_seen_in_double_questions(loader: Loader, ask_all: Callable[[str], Path]) -> None:
    folder = ask_all("splitting")
    variants = json.loads((folder / "report.json").read_text(encoding="utf-8"))["sets"]["doubles.jsonl"]["variants"]
    assert variants["everything"]["both_answered"] + variants["everything"]["both_offered"] > 0
    assert variants["without splitting"]["both_answered"] == 0.0


def test_context_is_seen_in_followups(
    loader: Loader, ask_all: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    understood: list[bool] = []
    search = KnowledgeBase.search

    async def noted(self: KnowledgeBase, *arguments: Any) -> Search:
        found = await search(self, *arguments)
        understood.append(found.in_context)
        return found

    monkeypatch.setattr(KnowledgeBase, "search", noted)
    ask_all("context")
    half = len(understood) // 2
    assert any(understood[:half]), "with everything"
    assert not any(understood[half:]), "without context"


def test_what_everything_teaches_is_learnt_once_for_the_parts_that_teach_nothing_and_for_the_next_run(
    loader: Loader, ablate: Callable[[str], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    learnt: list[str] = []
    learn = Release.learn

    def noted(release: Release) -> Fit:
        learnt.append(",".join(part for part in PARTS if not getattr(release.parts, part)))
        return learn(release)

    monkeypatch.setattr(Release, "learn", noted)
    ablate("lexical,context,splitting")
    assert learnt == ["", "lexical"]
    loader.loaded.clear()
    ablate("lexical,context,splitting")
    assert learnt == ["", "lexical", "lexical"]


def test_an_interruption_leaves_what_was_measured_until_then(
    loader: Loader, ablate: Callable[[str], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from evaluation import ablation

    published = ablation.published

    def interrupted(entries: Any, settings: Any, *others: Any) -> Any:
        if settings.search_without == "wording":
            raise KeyboardInterrupt
        return published(entries, settings, *others)

    monkeypatch.setattr(ablation, "published", interrupted)
    assert list(ablate("lexical,wording,splitting")["variants"]) == ["everything", "without lexical"]


def test_the_tables_are_shown_and_written_with_a_line_for_each_variant(
    loader: Loader, ask_all: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    written = (ask_all("lexical,splitting") / "tables.md").read_text(encoding="utf-8")
    titles = [line.removeprefix("### ") for line in written.splitlines() if line.startswith("### ")]
    assert [title.split(":")[0] for title in titles] == [
        "in_scope.jsonl",
        "strange.jsonl",
        "followups.jsonl",
        "doubles.jsonl",
        "All parts",
    ]
    assert written.count("| without lexical |") == 4
    assert written.count("| lexical |") == 1
    shown = capsys.readouterr().err
    assert all(title in shown for title in titles)


def test_tables_that_cannot_be_written_end_with_two_and_the_figures_are_put_out(
    loader: Loader,
    bank: list[Any],
    write_lines: Callable[..., Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    kb, asked = write_lines("kb.jsonl", bank), write_lines("queries.jsonl", ROWS)
    command = ["ablation", "--kb", str(kb), "--queries", str(asked), "--without", "lexical"]
    assert main([*command, "--markdown", str(tmp_path)]) == 2
    assert json.loads(capsys.readouterr().out)["n"] == 3


def test_a_data_set_that_is_named_is_asked_besides_the_files(bank: list[Any], write_lines: Callable[..., Path]) -> None:
    file = write_lines("strange.jsonl", STRANGE)
    parser = build_parser()
    command = ["ablation", "--queries", str(file)]
    assert list(cases_of(parser.parse_args(command), set()).queries) == ["strange.jsonl"]
    shipped = {entry.id for entry in read_folder(Settings(_env_file=None).content_dir)}
    both = cases_of(parser.parse_args([*command, "--dataset", "demo"]), shipped)
    assert [name.split("/")[-1] for name in both.queries] == ["queries_zh.jsonl", "queries_en.jsonl", "strange.jsonl"]
    assert [name.split("/")[-1] for name in both.followups] == ["followups_zh.jsonl", "followups_en.jsonl"]
    assert cases_of(parser.parse_args(["ablation"]), shipped).doubles.keys() == both.doubles.keys()


def figures(report: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {figure: value for figure, value in found.items() if not figure.startswith("search_ms")}
        for name, found in report["variants"].items()
    }


def test_without_a_list_every_part_is_left_out_once() -> None:
    assert removable(None) == [*PARTS, *ENCODERS]
    assert removable(" lexical, float32,lexical,") == ["lexical", "float32"]


def test_an_unknown_part_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InvalidRequest) as failure:
        removable("lexical,magic")
    assert "'magic'" in failure.value.message
    assert all(name in failure.value.message for name in REMOVABLE)


def test_an_unknown_part_ends_with_two_before_anything_is_published(
    loader: Loader, write_lines: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = write_lines("queries.jsonl", ROWS)
    assert main(["ablation", "--queries", str(asked), "--without", "magic"]) == 2
    assert "'magic'" in capsys.readouterr().err
    assert loader.loaded == {}


def test_a_report_by_hand() -> None:
    query = Query("q", "text", "zh", "a", "plain")
    whole = FaqRun([Asked(query, ["a"], Answered(1.0, True, True, True))], 9.0, 5.0, 2.0)
    less = FaqRun([Asked(query, ["b"], Answered(0.5, False, False, True))], 9.0, 5.0, 1.0)
    cases = Cases({"q.jsonl": [query]})
    report = Ablation(cases, {"everything": Variant(whole), "without lexical": Variant(less)}).report()
    assert report.pop("sets")["q.jsonl"]["n"] == 1
    assert report == {
        "n": 1,
        "variants": {
            "everything": row(top1=1.0, coverage=1.0, right=1.0, error=0.0, search_ms=2.0, ratio=1.0),
            "without lexical": row(top1=0.0, coverage=0.0, right=None, error=0.5, search_ms=1.0, ratio=0.5),
        },
    }


def row(
    *, top1: float, coverage: float, right: float | None, error: float, search_ms: float, ratio: float
) -> dict[str, Any]:
    return {
        "top1": top1,
        "auroc": None,
        "calibration_error": error,
        "coverage": coverage,
        "answered_precision": right,
        "false_answer_rate": None,
        "search_ms": search_ms,
        "search_ms_ratio": ratio,
    }
