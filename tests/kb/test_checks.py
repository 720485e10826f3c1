"""Check questions are read whole, or the mistake is named with its line."""

import json
from pathlib import Path

import pytest

from kb.checks import CheckQuestion, read_checks
from kb.content import ContentError, read_folder
from kit.settings import ROOT

GOOD = {"text": " 卡丢了怎么办 ", "language": "zh", "entry_id": "lost-card"}


def write(folder: Path, *lines: str) -> Path:
    (folder / "zh.jsonl").write_text("\n".join(lines), "utf-8")
    return folder


def test_questions_are_read_with_and_without_an_entry(tmp_path: Path) -> None:
    rows = [GOOD, {**GOOD, "text": "rain?", "language": "en", "entry_id": None}]
    found = read_checks(write(tmp_path, *map(json.dumps, rows), ""))
    assert found == [CheckQuestion("卡丢了怎么办", "zh", "lost-card"), CheckQuestion("rain?", "en", None)]


def test_no_folder_is_no_questions(tmp_path: Path) -> None:
    assert read_checks(tmp_path / "nowhere") == []


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '"text"', json.dumps({"text": "x"}), *(json.dumps({**GOOD, **bad}) for bad in (
        {"text": " "}, {"language": "fr"}, {"entry_id": 7}
    ))],
)  # fmt: skip
def test_a_mistake_is_named_with_file_and_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(ContentError, match=r"zh\.jsonl, line 2"):
        read_checks(write(tmp_path, json.dumps(GOOD), line))


def test_the_shipped_ones_ask_for_entries_that_exist() -> None:
    known = {entry.id for entry in read_folder(ROOT / "kb" / "content")}
    shipped = read_checks(ROOT / "kb" / "checks")
    assert {check.entry_id for check in shipped} - known == {None}
    assert min(sum(check.language == language for check in shipped) for language in ("zh", "en")) >= 60
