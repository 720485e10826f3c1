"""What may reach Rasa."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.bot import MAX_BOT_TEXT, BotUnavailable, RasaBot, safe_text
from tests.chat.conftest import FakeRasa, HttpStatus

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


class TestFailures:
    """What is said of a failure is logged, and Rasa's token is a part of every address."""

    TOKEN = "a-secret-token"

    @pytest.fixture
    async def rasa(self):
        rasa = FakeRasa()
        rasa.bot_token = self.TOKEN
        rasa.start()
        yield rasa
        rasa.stop()

    @pytest.fixture
    async def bot(self, rasa: FakeRasa):
        bot = RasaBot(f"http://127.0.0.1:{rasa.port}", self.TOKEN, timeout_seconds=20)
        yield bot
        await bot.close()

    @pytest.mark.parametrize("status", [401, 404, 500, 503])
    async def test_a_refusal_is_an_error_without_the_token(self, rasa: FakeRasa, bot: RasaBot, status: int) -> None:
        def refuse(*_: object) -> None:
            raise HttpStatus(status)

        rasa.behave("c", refuse)
        with pytest.raises(BotUnavailable) as failed:
            await bot.send("c", "hello", "en")
        assert failed.value.path == "bot_error"
        assert str(status) in failed.value.message
        assert self.TOKEN not in failed.value.message

    async def test_silence_is_unreachable_without_the_token(self, rasa: FakeRasa) -> None:
        rasa.behave("c", lambda *_: time.sleep(1))
        hasty = RasaBot(f"http://127.0.0.1:{rasa.port}", self.TOKEN, timeout_seconds=0.3)
        with pytest.raises(BotUnavailable) as failed:
            await hasty.send("c", "hello", "en")
        await hasty.close()
        assert failed.value.path == "bot_unreachable"
        assert self.TOKEN not in failed.value.message

    async def test_a_bot_that_was_away_is_spoken_to_again(self, rasa: FakeRasa, bot: RasaBot) -> None:
        assert await bot.healthy()
        with rasa.down():
            assert not await bot.healthy()
            with pytest.raises(BotUnavailable) as failed:
                await bot.understand("hello")
            assert self.TOKEN not in failed.value.message
        assert await bot.healthy()
