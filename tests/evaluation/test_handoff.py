"""Who is handed to a person: the real policy and client; in front of the Rasa process stands a small server."""

import argparse
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from chat.bot import BotUnavailable, RasaBot
from evaluation import handoff
from evaluation.__main__ import main
from evaluation.commands.handoff import SUITE
from evaluation.datasets import Utterance
from evaluation.handoff import Decide, Decided, HandoffRun, decide
from evaluation.runs.comparing import compare
from evaluation.runs.store import StoredRun
from evaluation.suite import Row
from handoff.policy import Reason, TurnSignals, read_policy
from kit.errors import Unavailable
from kit.settings import Settings

TOKEN = "secret-of-the-test"


class Rasa:
    """What Rasa's HTTP API says to ``/status`` and ``/model/parse``."""

    def __init__(self) -> None:
        self.intent: str | None = "faq"
        self.status = 200
        self.texts: list[str] = []
        rasa = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._reply(200, {"model_file": "models/bilin.tar.gz"})

            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert self.path == f"/model/parse?token={TOKEN}"
                rasa.texts.append(asked["text"])
                intent = None if rasa.intent is None else {"name": rasa.intent, "confidence": 0.99}
                self._reply(rasa.status, {"text": asked["text"], "intent": intent, "entities": []})

            def _reply(self, status: int, body: dict[str, Any]) -> None:
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def rasa() -> Iterator[Rasa]:
    server = Rasa()
    yield server
    server.stop()


@pytest.fixture
async def bot(rasa: Rasa) -> AsyncIterator[RasaBot]:
    bot = RasaBot(rasa.url, TOKEN, timeout_seconds=5)
    yield bot
    await bot.close()


class Reading:
    """Signals as a test wants them."""

    def __init__(self, signals: TurnSignals) -> None:
        self._signals = signals

    async def read(self, text: str, language: str) -> TurnSignals:
        return self._signals


def said(text: str, *, needed: bool = True) -> Utterance:
    return Utterance("u", text, "zh", needed, None)


DECISIONS = [
    ("asked in words", TurnSignals(asked=0.9), "faq", Reason.ASKED_FOR_HUMAN, False),
    ("distress goes first", TurnSignals(distress=0.9, asked=0.9), "faq", Reason.DISTRESS, False),
    ("anger", TurnSignals(at_bank=0.9), "faq", Reason.NEGATIVE_EMOTION, False),
    ("hinted at and understood", TurnSignals(asked=0.22, needs_person=0.5), "ask_human", Reason.ASKED_FOR_HUMAN, True),
    (
        "a complaint understood",
        TurnSignals(complaint=0.32, needs_person=0.5),
        "complaint",
        Reason.COMPLAINT,
        True,
    ),
    ("the intent alone", TurnSignals(), "ask_human", None, True),
    ("hinted at and not understood", TurnSignals(asked=0.3), "faq", None, True),
    ("no intent at all", TurnSignals(asked=0.3), None, None, True),
]


@pytest.mark.parametrize(
    ("signals", "intent", "reason", "asks_bot"), [case[1:] for case in DECISIONS], ids=[case[0] for case in DECISIONS]
)
async def test_a_decision_takes_the_products_gates_in_turn(
    signals: TurnSignals, intent: str | None, reason: Reason | None, asks_bot: bool, rasa: Rasa, bot: RasaBot
) -> None:
    rasa.intent = intent
    assert await decide(said("找个人跟我说"), Reading(signals), bot, read_policy()) is reason
    assert rasa.texts == (["找个人跟我说"] if asks_bot else [])


async def test_a_bot_that_fails_stops_the_evaluation(rasa: Rasa, bot: RasaBot) -> None:
    rasa.status = 500
    with pytest.raises(BotUnavailable):
        await decide(said("信用卡年费是多少"), Reading(TurnSignals()), bot, read_policy())


async def test_a_running_bot_is_used(rasa: Rasa) -> None:
    settings = Settings(_env_file=None, bot_url=rasa.url, bot_token=TOKEN)
    async with handoff.running_bot(settings) as bot:
        assert (await bot.understand("年费"))["intent"]["name"] == "faq"


async def test_without_a_bot_to_start_it_says_what_to_do(
    free_port: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handoff, "BOT_PYTHON", tmp_path / "absent")
    settings = Settings(_env_file=None, bot_url=f"http://127.0.0.1:{free_port()}", bot_token=TOKEN)
    with pytest.raises(Unavailable, match="Run 'make setup'"):
        async with handoff.running_bot(settings):
            pass


def test_the_report_counts_needed_and_made() -> None:
    report = HandoffRun(
        [
            Decided(said("转人工"), Reason.ASKED_FOR_HUMAN),
            Decided(said("投诉你们"), None),
            Decided(said("年费", needed=False), Reason.ASKED_FOR_HUMAN),
            Decided(said("年费", needed=False), None),
            Decided(said("气死我了"), Reason.NEGATIVE_EMOTION),
        ]
    ).report()
    assert report == {
        "n": 5,
        "precision": pytest.approx(2 / 3),
        "recall": pytest.approx(2 / 3),
        "f1": pytest.approx(2 / 3),
        "false_alarm_rate": pytest.approx(1 / 2),
        "by_reason": {
            "asked_for_human": {"handoffs": 2, "false_alarms": 1},
            "negative_emotion": {"handoffs": 1, "false_alarms": 0},
        },
    }


def test_the_command_refuses_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "handoff.jsonl"
    path.write_text('{"id": "1", "text": "转人工"}\n', encoding="utf-8")
    assert main(["handoff", "--queries", str(path)]) == 2
    assert f"{path}, line 1: 'needed' must be true or false" in capsys.readouterr().err


MADE = {"u1": "asked_for_human", "u2": "distress", "u3": "asked_for_human", "u4": "complaint", "u5": None}


class TestLabelsThatKnowFewReasons:
    """Somebody's data may label requests alone: then nothing is known of who was handed over for a danger."""

    async def rows(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        *options: str,
        said: Mapping[str, str] = MappingProxyType({}),
    ) -> list[Row]:
        @contextlib.asynccontextmanager
        async def deciding(*_: object) -> AsyncIterator[Decide]:
            async def decide(utterance: Utterance) -> Reason | None:
                made = MADE[utterance.id]
                return Reason(made) if made else None

            yield decide

        monkeypatch.setattr(handoff, "deciding", deciding)
        path = tmp_path / "requests.jsonl"
        needed = {"u1", "u2"}
        lines = [
            {
                "id": each,
                "text": said.get(each, f"text {each}"),
                "language": "en",
                "needed": each in needed,
                "reason": None,
            }
            for each in MADE
        ]
        path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        parser = argparse.ArgumentParser()
        SUITE.add_options(parser)
        SUITE.add_shared_options(parser)
        arguments = parser.parse_args(["--queries", str(path), *options])
        prepared = SUITE.prepare(arguments, Settings(_env_file=None))
        rows: list[Row] = []
        await prepared.ask(frozenset(prepared.cases), rows.append)
        self.figures = prepared.figures(rows, {})
        return rows

    async def test_all_reasons_are_judged_unless_the_labels_know_fewer(self, tmp_path, monkeypatch) -> None:
        scores = SUITE.measure(await self.rows(tmp_path, monkeypatch))
        assert scores["false_alarm_rate"].value == pytest.approx(2 / 3)
        assert "not_judged" not in self.figures

    async def test_a_handoff_for_a_reason_that_nobody_labelled_is_no_false_alarm(self, tmp_path, monkeypatch) -> None:
        rows = await self.rows(tmp_path, monkeypatch, "--labelled", "asked_for_human")
        scores = SUITE.measure(rows)
        assert scores["false_alarm_rate"].value == pytest.approx(1 / 2)
        assert scores["handoff_precision"].value == pytest.approx(2 / 3)
        assert scores["handoff_recall"].value == 1, "whatever the reason, who needed a person got one"
        assert self.figures["not_judged"] == {"complaint": 1}
        assert self.figures["false_alarm_rate"] == pytest.approx(1 / 2)
        assert [row.id for row in rows if not row.right] == ["u3"]

    async def test_what_stands_among_the_examples_is_told_apart(self, tmp_path, monkeypatch) -> None:
        said = {"u1": "转人工", "u5": "thanks, that helped"}
        rows = await self.rows(tmp_path, monkeypatch, "--leaks", "report", said=said)
        assert [row.id for row in rows if row.details["leaked"]] == ["u1", "u5"]
        assert (self.figures["recall"], self.figures["false_alarm_rate"]) == (1, pytest.approx(2 / 3))
        assert self.figures["leaked"] == 2
        assert self.figures["without_leaked"]["n"] == 3
        assert self.figures["without_leaked"]["false_alarm_rate"] == 1

    async def test_runs_are_compared_though_one_row_is_not_judged(self, tmp_path, monkeypatch) -> None:
        judged = await self.rows(tmp_path, monkeypatch)
        fewer = await self.rows(tmp_path, monkeypatch, "--labelled", "asked_for_human")
        assert SUITE.measure(fewer)["false_alarm_rate"].individual == (None, None, 1.0, None, 0.0)
        before, after = (
            StoredRun(tmp_path / name, {}, tuple(rows), {}) for name, rows in zip("ab", (judged, fewer), strict=True)
        )
        for pair in ((before, after), (after, before), (after, after)):
            compared = {change.metric: change for change in compare(*pair, "handoff", SUITE.measure, seed=1).metrics}
            assert compared["false_alarm_rate"].lost == compared["false_alarm_rate"].won == ()
