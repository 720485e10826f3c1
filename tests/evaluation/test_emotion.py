"""Anger against what people read, and plain questions that must stay plain."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evaluation.__main__ import main
from evaluation.datasets import DatasetError, read_felt_texts, read_texts
from evaluation.emotion import anger, calibration_error, false_alarms
from handoff.facts import TurnSignals
from handoff.policy import read_policy


def written(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


class TestReading:
    def test_one_emotion_or_several(self, tmp_path: Path) -> None:
        felt = read_felt_texts(
            written(
                tmp_path / "felt.jsonl",
                '{"id": "1", "text": "气死了", "label": "angry"}',
                '{"id": "2", "text": "well done", "labels": ["joy", "admiration"]}',
                '{"id": "3", "text": "唉", "emotion": "depress"}',
            )
        )
        assert [each.emotions for each in felt] == [{"angry"}, {"joy", "admiration"}, {"depress"}]
        assert [each.language for each in felt] == ["zh", "en", "zh"]

    @pytest.mark.parametrize("row", ['{"id": "1", "text": "x"}', '{"id": "1", "text": "x", "labels": [3]}'])
    def test_a_text_without_emotions_is_refused(self, tmp_path: Path, row: str) -> None:
        with pytest.raises(DatasetError, match="line 1: 'label', 'labels' or 'emotion' must name the emotions"):
            read_felt_texts(written(tmp_path / "felt.jsonl", row))

    def test_questions_of_any_form(self, tmp_path: Path) -> None:
        rows = written(tmp_path / "q.jsonl", '{"id": "1", "text": "年费", "entry_id": null}', '{"text": "pin reset"}')
        assert read_texts(rows) == [("年费", "zh"), ("pin reset", "en")]


class TestFigures:
    def test_the_area_is_that_of_the_anger_signal(self) -> None:
        found = anger([True, True, False, False], [TurnSignals(anger=value) for value in (0.9, 0.4, 0.6, 0.1)])
        assert found == {"n": 4, "angry": 2, "auroc": pytest.approx(0.75)}

    def test_without_both_kinds_there_is_no_area(self) -> None:
        assert anger([True], [TurnSignals()])["auroc"] is None

    def test_shares_of_questions(self) -> None:
        read = [TurnSignals(), TurnSignals(anger=0.6), TurnSignals(anxiety=0.9), TurnSignals(asked=0.9)]
        assert false_alarms(read, read_policy()) == {"n": 4, "angry": 0.25, "not_neutral": 0.5, "handed_off": 0.25}

    def test_calibration(self) -> None:
        assert calibration_error(np.array([1.0, 0.0]), [True, False]) == 0
        assert calibration_error(np.array([0.85, 0.85]), [True, False]) == pytest.approx(0.35)


def test_the_command_refuses_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "felt.jsonl", '{"id": "1", "text": "x"}')
    assert main(["emotion", "--felt", str(path)]) == 2
    assert f"{path}, line 1" in capsys.readouterr().err
