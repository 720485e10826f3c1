"""bot.nlu.normalise"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.normalise import align, normalise


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("ＡＴＭ", "atm"),
        ("１２３４", "1234"),
        ("信用卡遺失，轉人工", "信用卡遗失,转人工"),
        ("Can’t", "can't"),
        ("e\u0301", "\u00e9"),
        ("转\u200b人工", "转人工"),
        ("ｶﾞ", "ガ"),
        ("", ""),
    ],
)
def test_one_spelling(text: str, normal: str) -> None:
    assert normalise(text) == normal


@given(st.text())
def test_offsets_cover_every_character_in_order(text: str) -> None:
    normal = align(text)
    assert len(normal.text) == len(normal.starts) == len(normal.ends)
    assert list(normal.starts) == sorted(normal.starts)
    for start, end in zip(normal.starts, normal.ends, strict=True):
        assert 0 <= start < end <= len(text)
