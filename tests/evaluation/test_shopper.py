"""The mystery shopper raises the alarm when a round is worse than those before it, and only then."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from evaluation.__main__ import main
from evaluation.commands.shopper import chosen_goals
from evaluation.customers.goals import Goal
from evaluation.shopper import Round, alarm_of, judge, keep_round, read_rounds
from kb.webhooks import SIGNATURE, signature


def round_of(right: int, n: int = 12, at: str = "t") -> Round:
    results = {str(number): number < right for number in range(n)}
    return Round(at, results, {goal: "gave_up" for goal, good in results.items() if not good})


@pytest.mark.parametrize(
    ("before", "now", "worse"),
    [
        ([12, 12], 6, True),
        ([12, 12], 7, False),  # five lost: p is 0.0625
        ([12, 12], 12, False),
        ([6, 6], 12, False),  # better is no alarm
        ([6, 6], 6, False),  # always as bad as that
        ([12], 0, False),  # too little to compare with
        ([], 0, False),
        ([12, 0], 0, False),  # a tie says nothing
        ([0, 12, 12, 12, 12, 12], 6, True),  # only the last five count
    ],
)
def test_when_it_is_worse(before: list[int], now: int, worse: bool) -> None:
    assert judge(round_of(now), [round_of(right) for right in before]).worse is worse


def test_what_was_lost_is_named() -> None:
    verdict = judge(round_of(6), [round_of(12), round_of(12)])
    assert verdict.lost == tuple(map(str, range(6, 12)))
    told = alarm_of(round_of(6), verdict, "http://x")
    assert (told["right"], told["n"], told["lost"]["6"]) == (6, 12, "gave_up")


def test_rounds_survive_a_line_that_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "shopper" / "rounds.jsonl"
    keep_round(path, round_of(3, at="first"))
    with path.open("a") as file:
        file.write('{"at": "sec\n')
    keep_round(path, round_of(4, at="third"))
    assert [found.at for found in read_rounds(path)] == ["first", "third"]


def goals(scenario: str, count: int) -> list[Goal]:
    return [
        Goal(id=f"{scenario}-{number}", language="en", says=("a",), entries=("e",), scenario=scenario)
        for number in range(count)
    ]


def test_a_small_round_sees_every_scenario() -> None:
    chosen = chosen_goals([*goals("a", 20), *goals("b", 2), *goals("c", 20)], 3, seed=1)
    assert [goal.scenario for goal in chosen] == ["a", "b", "c"]
    assert chosen == chosen_goals([*goals("a", 20), *goals("b", 2), *goals("c", 20)], 3, seed=1)
    assert len(chosen_goals(goals("a", 4), 10, seed=1)) == 4


@dataclass
class Told:
    """What came to a webhook."""

    url: str = ""
    received: list[tuple[bytes, str]] = field(default_factory=list)


@pytest.fixture
def webhook() -> Iterator[Told]:
    told = Told()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.received.append((body, self.headers[SIGNATURE]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    told.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield told
    server.shutdown()
    server.server_close()


def test_a_system_that_is_away_is_an_alarm(webhook: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILIN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("BILIN_WEBHOOK_URLS", webhook.url)
    monkeypatch.setenv("BILIN_WEBHOOK_SECRET", "known to both")
    assert main(["shopper", "--url", "http://127.0.0.1:9", "--count", "1"]) == 1
    ((body, signed),) = webhook.received
    assert json.loads(body)["event"] == "shopper.turned_away"
    assert signed == signature(body, "known to both")
