"""Handoff quality: the product's signals, the real bot's understanding and the policy, utterance by utterance."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chat.bot import RasaBot
from evaluation.datasets import DatasetError, Utterance
from evaluation.metrics.detection import Detection
from evaluation.signals import ManySignals, Text
from handoff.interfaces import Lang
from handoff.policy import Handoff, Policy, Reason, Standing, TurnSignals, after_intent, before_bot, read_policy
from kit.errors import Unavailable
from kit.settings import ROOT, Settings

BOT_PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"
BOT_START_SECONDS = 180


@dataclass(frozen=True)
class Decided:
    """An utterance and the policy's decision."""

    utterance: Utterance
    reason: Reason | None


@dataclass(frozen=True)
class HandoffRun:
    """Every utterance with its decision."""

    decided: list[Decided]

    def report(self) -> dict[str, Any]:
        """The figures, as plain values for JSON."""
        counts = Detection.of(
            [item.utterance.needed for item in self.decided], [item.reason is not None for item in self.decided]
        )
        made = Counter(item.reason.value for item in self.decided if item.reason)
        wrong = Counter(item.reason.value for item in self.decided if item.reason and not item.utterance.needed)
        return {
            "n": len(self.decided),
            "precision": counts.precision,
            "recall": counts.recall,
            "f1": counts.f1,
            "false_alarm_rate": counts.false_alarm_rate,
            "by_reason": {reason: {"handoffs": n, "false_alarms": wrong[reason]} for reason, n in made.items()},
        }


class Reader(Protocol):
    """Whoever says what words say."""

    async def read(self, text: str, language: Lang) -> TurnSignals:
        """The signals of one message."""
        ...


class Known:
    """Signals that were read together before."""

    def __init__(self, signals: Mapping[Text, TurnSignals]) -> None:
        self._signals = signals

    async def read(self, text: str, language: Lang) -> TurnSignals:
        """The signals of one message."""
        return self._signals[text, language]


Decide = Callable[[Utterance], Awaitable[Reason | None]]


@contextlib.asynccontextmanager
async def deciding(settings: Settings, utterances: Sequence[Utterance]) -> AsyncIterator[Decide]:
    """Decides on each of these utterances as the first of a conversation; the signals of all are read together."""
    policy = read_policy(settings.handoff_policy)
    texts: list[Text] = [(each.text, each.language) for each in utterances]
    signals = Known(dict(zip(texts, await asyncio.to_thread(ManySignals(settings).read, texts), strict=True)))
    async with running_bot(settings) as bot:
        yield lambda utterance: decide(utterance, signals, bot, policy)


async def decide(utterance: Utterance, signals: Reader, bot: RasaBot, policy: Policy) -> Reason | None:
    """The reason for which a person would be called, or None."""
    read = await signals.read(utterance.text, utterance.language)
    decision: Handoff | None = before_bot(read, Standing(), policy)
    if decision is None:
        parsed = await bot.understand(utterance.text)
        decision = after_intent(str((parsed.get("intent") or {}).get("name")), read, Standing(), policy)
    return decision.reason if decision else None


@contextlib.asynccontextmanager
async def running_bot(settings: Settings) -> AsyncIterator[RasaBot]:
    """The bot that is running; one is started, and stopped at the end, where none is."""
    token = settings.secret("bot_token")
    bot = RasaBot(settings.resolved_bot_url, token, timeout_seconds=30)
    try:
        if await bot.healthy():
            yield bot
            return
    finally:
        await bot.close()
    port = _free_port()
    environment = {"BILIN_BOT_PORT": str(port), "BILIN_BOT_TOKEN": token}
    if not BOT_PYTHON.is_file():
        raise Unavailable(f"No bot is running, and {BOT_PYTHON} is not there to start one. Run 'make setup'.")
    process = await asyncio.create_subprocess_exec(
        str(BOT_PYTHON),
        "bot/serve.py",
        cwd=ROOT,
        env={**_environment(), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    started = RasaBot(f"http://127.0.0.1:{port}", token, timeout_seconds=30)
    try:
        await _until_healthy(started, process)
        yield started
    finally:
        await started.close()
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def _until_healthy(bot: RasaBot, process: asyncio.subprocess.Process) -> None:
    for _ in range(BOT_START_SECONDS):
        if process.returncode is not None:
            raise DatasetError(
                "The bot could not be started. Run 'make setup', then 'bot/.venv/bin/python bot/serve.py'."
            )
        if await bot.healthy():
            return
        await asyncio.sleep(1)
    raise Unavailable(f"The bot was not ready within {BOT_START_SECONDS} s.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment() -> dict[str, str]:
    import os

    return dict(os.environ)
