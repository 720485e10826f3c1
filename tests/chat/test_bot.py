"""What may reach Rasa."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.bot import MAX_BOT_TEXT, safe_text

TABLE = [
    ("卡丢了怎么办", "卡丢了怎么办"),
    ("  hello  ", "hello"),
    ("/restart", "restart"),
    ("//restart", "restart"),
    (" / /restart", "restart"),
    ("\t\n/session_start", "session_start"),
    ('/SetSlots(owner="bot")', 'SetSlots(owner="bot")'),
    ("／restart", "restart"),
    ("／ /restart", "restart"),
    ("\u200b/restart", "restart"),
    ("\ufeff/restart", "restart"),
    ("/\u200b/restart", "restart"),
    ("\u200d/restart", "restart"),
    ("\u2060/restart", "restart"),
    ("\u00ad/restart", "restart"),
    ("\u202e/restart", "restart"),
    ("\x00/restart", "restart"),
    ("\u3000/restart", "restart"),
    ("and/or", "and/or"),
    ("1/2 的利息", "1/2 的利息"),
    ("/", "."),
    ("", "."),
    (" / ", "."),
    ("\u200b", "."),
    ("?", "?"),
]


@pytest.mark.parametrize(("typed", "heard"), TABLE)
def test_leading_slashes_go_and_the_rest_stays(typed: str, heard: str) -> None:
    assert safe_text(typed) == heard


def test_a_long_text_is_cut() -> None:
    assert len(safe_text("字" * 5000)) == MAX_BOT_TEXT


@given(
    st.text(alphabet=st.sampled_from("//／ \t\n\u200b\u200c\u200d\u2060\ufeff\u00ad\u3000\u202aab字\x00"), max_size=30)
)
def test_nothing_that_rasa_could_read_as_a_command_passes(typed: str) -> None:
    heard = safe_text(typed)
    read = "".join(c for c in unicodedata.normalize("NFKC", heard) if unicodedata.category(c) not in ("Cf", "Cc"))
    assert heard
    assert not heard.lstrip().startswith("/")
    assert not read.lstrip().startswith("/")
