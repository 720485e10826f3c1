"""``python -m evaluation ablation``: the same questions, with everything and without one part at a time."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluation.__main__ import main
from evaluation.ablation import ENCODERS, PARTS, REMOVABLE, Ablation, removable
from evaluation.datasets import Query
from evaluation.faq import Asked, FaqRun
from evaluation.metrics.answering import Answered
from kit.errors import InvalidRequest

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

    def noted(entries: Any, settings: Any, encoder: Any) -> Any:
        seen.append(settings.search_without)
        return published(entries, settings, encoder)

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
    report = Ablation({"everything": whole, "without lexical": less}).report()
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
