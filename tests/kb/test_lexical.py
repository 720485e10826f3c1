"""Words and characters that an encoder blurs still point to the entry that uses them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from kb.lexical import LexicalIndex, NgramCounts, count_ngrams, documents
from kb.memo import Memo

SAID = [
    (0, "U盾过期了怎么换"),
    (0, "My USB key has expired"),
    (1, "III类户限额是多少"),
    (1, "What is the limit of a class III account?"),
    (2, "手机银行APP打不开"),
    (2, "The app does not start"),
]


def index_of(texts: Sequence[str], entries: Sequence[int], n_entries: int) -> LexicalIndex:
    return LexicalIndex(count_ngrams(documents(texts, np.array(entries), n_entries)))


@pytest.fixture
def index() -> LexicalIndex:
    return index_of([text for _, text in SAID], [entry for entry, _ in SAID], 3)


@pytest.mark.parametrize(
    ("text", "entry"),
    [("U盾坏了", 0), ("usb key", 0), ("开个III类户", 1), ("class III", 1), ("app闪退", 2), ("APP", 2)],
)
def test_the_entry_that_uses_the_words_scores_best(index: LexicalIndex, text: str, entry: int) -> None:
    [scores] = index.scores([text])
    assert scores.argmax() == entry
    assert scores[entry] > 2 * np.delete(scores, entry).max()


def test_every_text_has_a_cosine_to_every_entry(index: LexicalIndex) -> None:
    scores = index.scores(["U盾", "限额", "app"])
    assert (scores.shape, scores.dtype) == ((3, 3), np.float32)
    assert scores.min() >= 0
    assert scores.max() <= 1 + 1e-6


def test_all_that_an_entry_says_is_one_document(index: LexicalIndex) -> None:
    """A text that is the entry's whole document is as near as can be, and a half of it is not."""
    whole, half = index.scores(["\n".join(text for entry, text in SAID if entry == 0), SAID[0][1]])
    assert whole[0] == pytest.approx(1, abs=1e-5)
    assert half[0] < 0.95


@pytest.mark.parametrize("text", ["", " ", "😀", "\ud83d", "ѫ"])
def test_a_text_that_shares_nothing_scores_nothing(index: LexicalIndex, text: str) -> None:
    assert not index.scores([text]).any()


def test_what_few_entries_say_weighs_more_than_what_all_say() -> None:
    index = index_of(["银行卡年费", "银行卡挂失", "银行卡密码"], [0, 1, 2], 3)
    [scores] = index.scores(["银行卡 挂失"])
    assert scores.argmax() == 1
    assert scores[1] > scores[0] > 0


def test_an_entry_is_known_by_its_position_not_by_the_order_of_texts() -> None:
    index = index_of(["房贷", "存单", "房贷利率"], [2, 0, 2], 4)
    [scores] = index.scores(["房贷"])
    assert scores.argmax() == 2
    assert not scores[[0, 1, 3]].any()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ngrams.db"


def counts(file: Path | None) -> NgramCounts:
    return NgramCounts(Memo(file, "vector_cache_corrupt"))


@pytest.mark.parametrize("on_disk", [True, False])
def test_remembered_counts_are_the_counts(file: Path, *, on_disk: bool) -> None:
    texts = [text for _, text in SAID]
    remembering = counts(file if on_disk else None)
    for asked in (texts[:2], texts, texts[3:], [texts[1], texts[1], ""]):
        for each in (remembering, counts(file if on_disk else None)):
            assert (each.count(asked) != count_ngrams(asked)).nnz == 0


def test_what_is_counted_stays_counted(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [text for _, text in SAID]
    counts(file).count(texts)
    asked: list[str] = []
    monkeypatch.setattr("kb.lexical.count_ngrams", lambda each: asked.extend(each) or count_ngrams(each))
    restarted = counts(file)
    restarted.count([*texts, "网银"])
    restarted.count(["网银", texts[0]])
    assert asked == ["网银"]
