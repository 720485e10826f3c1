"""The mystery shopper raises the alarm when a round is worse than those before it, and only then."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from evaluation.__main__ import main
from evaluation.commands.shopper import chosen_goals
from evaluation.customers.goals import Goal
from evaluation.customers.plan import Plan
from evaluation.customers.simulation import Service
from evaluation.customers.visit import Visit
from evaluation.shopper import Round, alarm_of, history_path, judge, keep_round, read_rounds
from kb.webhooks import SIGNATURE, signature


def round_of(right: int, n: int = 12, at: str = "t") -> Round:
    results = {str(number): number < right for number in range(n)}
    return Round(at, results, {goal: "gave_up" for goal, good in results.items() if not good})


@pytest.mark.parametrize(
    ("before", "now", "worse"),
    [
        ([12] * 5, 9, True),
        ([12] * 5, 10, False),  # two lost: p is 0.056
        ([12, 12], 7, True),
        ([12, 12], 8, False),  # four lost after two rounds: p is 0.025
        ([12] * 5, 12, False),
        ([6] * 5, 12, False),  # better is no alarm
        ([6] * 5, 6, False),  # always as bad as that
        ([12], 0, False),  # too little to compare with
        ([], 0, False),
    ],
)
def test_when_it_is_worse(before: list[int], now: int, worse: bool) -> None:
    assert judge(round_of(now), [round_of(right) for right in before]).worse is worse


def kept(*right: int, n: int = 28) -> list[Round]:
    """A history, each round judged by those before it."""
    rounds: list[Round] = []
    for count in right:
        found = round_of(count, n)
        rounds.append(replace(found, alarm=judge(found, rounds).worse))
    return rounds


@pytest.mark.parametrize(("good", "lost"), [(2, 5), (3, 4), (4, 4), (5, 3), (20, 3)])
def test_so_many_goals_lost_raise_the_alarm(good: int, lost: int) -> None:
    before = kept(*[28] * good)
    assert judge(round_of(28 - lost, 28), before).worse
    assert not judge(round_of(28 - lost + 1, 28), before).worse


@pytest.mark.parametrize(("won", "lost"), [(1, 5), (2, 7)])
def test_what_was_won_weighs_against_it(won: int, lost: int) -> None:
    before = Round("t", {str(number): number >= won for number in range(28)}, {})

    def now(lost: int) -> Round:
        return Round("t", {str(number): number < 28 - lost for number in range(28)}, {})

    assert judge(now(lost), [before] * 5).worse
    assert not judge(now(lost - 1), [before] * 5).worse


def test_the_alarm_stays_on_while_the_fault_lasts_and_ends_with_it() -> None:
    history = kept(*[28] * 5, *[20] * 30, *[28] * 3)
    assert [one.alarm for one in history] == [False] * 5 + [True] * 30 + [False] * 3


def test_a_slow_decline_raises_the_alarm() -> None:
    slowly = [28 - week for week in range(5) for _ in range(10)]
    assert [one.alarm for one in kept(*slowly)] == [False] * 30 + [True] * 20


def test_a_loss_after_a_gain_shows_against_the_last_rounds() -> None:
    assert [one.alarm for one in kept(*[20] * 5, *[28] * 5, 25)] == [False] * 10 + [True]


def test_what_was_accepted_is_the_new_normal() -> None:
    fault = kept(*[28] * 5, *[20] * 5)
    accepted = [*fault, replace(round_of(20, 28), begins=True), round_of(20, 28)]
    assert judge(round_of(20, 28), fault).worse
    assert not judge(round_of(20, 28), accepted).worse
    assert judge(round_of(15, 28), accepted).worse


def test_every_system_has_a_history_of_its_own(tmp_path: Path) -> None:
    addresses = ["https://test.bank", "https://bank", "https://bank/test", "https://bank:8443", "http://bank"]
    paths = {history_path(tmp_path, url, 1, 28) for url in addresses}
    assert len(paths) == len(addresses)
    assert {path.parent for path in paths} == {tmp_path}


def test_what_was_lost_is_named() -> None:
    verdict = judge(round_of(6), [round_of(12), round_of(12)])
    assert verdict.p == pytest.approx(2 / 3**6)
    assert verdict.lost == tuple(map(str, range(6, 12)))
    told = alarm_of(round_of(6), verdict, "http://x")
    assert (told["right"], told["n"], told["lost"]["6"]) == (6, 12, "gave_up")


def test_a_history_remembers_its_alarms(tmp_path: Path) -> None:
    path = tmp_path / "rounds.jsonl"
    history = [*kept(*[28] * 5, 20), replace(round_of(20, 28), begins=True)]
    for one in history:
        keep_round(path, one)
    assert read_rounds(path) == history


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


def test_a_command_keeps_a_history_for_each_address_and_begins_anew_when_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[int] = []

    async def visits(plans: Sequence[Plan], service: Service, keep: Callable[[Visit], None]) -> None:
        """Everyone gets what they need, but for the first few."""
        for number, plan in enumerate(plans):
            well = "handed_off" if plan.goal.needs else "resolved"
            keep(Visit(plan.goal.id, ending="gave_up" if number < lost[-1] else well, last_right=number >= lost[-1]))

    monkeypatch.setattr("evaluation.commands.shopper.send_customers", visits)
    monkeypatch.setenv("BILIN_DATA_DIR", str(tmp_path))

    def shop(failing: int, *options: str, url: str = "https://bank") -> int:
        lost.append(failing)
        return main(["shopper", "--url", url, "--count", "8", *options])

    assert [shop(0) for _ in range(3)] == [0, 0, 0]
    assert shop(8, url="https://test.bank") == 0, "another system, whose history begins"
    assert [shop(6), shop(6), shop(6)] == [1, 1, 1]
    assert [shop(6, "--accept"), shop(6), shop(6)] == [0, 0, 0]
    assert len(list((tmp_path / "evaluation" / "shopper").glob("*.jsonl"))) == 2
