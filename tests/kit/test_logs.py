"""One JSON object a line, with the ids of request and conversation, and nobody's card number."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from kit import logs
from kit.settings import Settings

CARD = "6222021234567890128"


class Logged:
    """Configured within the test itself, where pytest's own handlers are in place and must go."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def begin(self) -> None:
        logs.configure(Settings(_env_file=None, log_format="json"))

    def __call__(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._capsys.readouterr().err.splitlines()]


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Iterator[Logged]:
    root = logging.getLogger()
    before = root.handlers, root.level, structlog.get_config()
    yield Logged(capsys)
    root.handlers, root.level = before[0], before[1]
    structlog.configure(**before[2])


def test_a_record_is_one_json_object(logged) -> None:
    logged.begin()
    structlog.get_logger("test").info("handed_off", reason="distress", text="第一行\n第二行")
    (record,) = logged()
    assert (record["event"], record["reason"], record["level"]) == ("handed_off", "distress", "info")
    assert record["text"] == "第一行\n第二行"
    assert record["timestamp"].endswith("Z")


@pytest.mark.parametrize(
    "log",
    [
        lambda: structlog.get_logger("t").warning("sent", text=f"卡号{CARD}"),
        lambda: structlog.get_logger("t").warning(f"卡号{CARD}"),
        lambda: structlog.get_logger("t").warning("sent", nested={"slots": [{"card": CARD}]}),
        lambda: logging.getLogger("library").warning("card %s", CARD),
        lambda: logging.getLogger("library").warning("card", extra={"card": CARD}),
    ],
)
def test_card_numbers_are_masked_wherever_they_stand(logged, log) -> None:
    logged.begin()
    log()
    (record,) = logged()
    text = json.dumps(record, ensure_ascii=False)
    assert CARD not in text
    assert "0128" in text


def test_card_numbers_in_tracebacks_are_masked(logged) -> None:
    logged.begin()
    try:
        raise ValueError(f"bad card {CARD}")
    except ValueError:
        structlog.get_logger("t").error("failed", exc_info=sys.exc_info())
    (record,) = logged()
    assert "ValueError" in record["exception"]
    assert CARD not in record["exception"]


def test_ids_of_request_and_conversation_are_on_every_line_and_whole(logged) -> None:
    logged.begin()
    ids = {"request_id": "5f0c12345678901a", "conversation_id": "13812345678f4a0e9b1c6222021234567"}
    with structlog.contextvars.bound_contextvars(**ids):
        structlog.get_logger("t").info("ours")
        logging.getLogger("library").warning("theirs")
    for record in logged():
        assert {key: record[key] for key in ids} == ids


def test_the_level_is_the_settings(logged) -> None:
    logged.begin()
    structlog.get_logger("t").debug("quiet")
    assert logged() == []
