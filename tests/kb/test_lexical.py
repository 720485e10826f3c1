"""Words and characters that an encoder blurs still point to the entry that uses them."""

import numpy as np
import pytest

from kb.lexical import LexicalIndex

SAID = [
    (0, "U盾过期了怎么换"),
    (0, "My USB key has expired"),
    (1, "III类户限额是多少"),
    (1, "What is the limit of a class III account?"),
    (2, "手机银行APP打不开"),
    (2, "The app does not start"),
]


@pytest.fixture
def index() -> LexicalIndex:
    return LexicalIndex([text for _, text in SAID], np.array([entry for entry, _ in SAID]), 3)


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
    index = LexicalIndex(["银行卡年费", "银行卡挂失", "银行卡密码"], np.arange(3), 3)
    [scores] = index.scores(["银行卡 挂失"])
    assert scores.argmax() == 1
    assert scores[1] > scores[0] > 0


def test_an_entry_is_known_by_its_position_not_by_the_order_of_texts() -> None:
    index = LexicalIndex(["房贷", "存单", "房贷利率"], np.array([2, 0, 2]), 4)
    [scores] = index.scores(["房贷"])
    assert scores.argmax() == 2
    assert not scores[[0, 1, 3]].any()
