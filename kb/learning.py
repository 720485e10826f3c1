"""Lessons in a process of their own: a publication and the customers of this one lose no time to them."""

from __future__ import annotations

import os
from contextlib import suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from threading import Lock, Thread

from kb.fitting import Fit
from kb.search import Release

NICENESS = 19


class LearningStopped(Exception):
    """The process ended before it had learnt."""


class Learner:
    """Learns from one release at a time, and can be stopped."""

    def __init__(self) -> None:
        self._process: BaseProcess | None = None
        self._is_stopped = False
        self._changing = Lock()

    def learn(self, release: Release) -> Fit:
        """What `Release.learn` gives; blocking.

        Raises:
            LearningStopped: the process was stopped or killed.
            Exception: whatever learning raised.
        """
        context = get_context("spawn")  # a fork would copy locks that other threads hold
        receiving, sending = context.Pipe(duplex=False)
        with self._changing:
            if self._is_stopped:
                raise LearningStopped("It was stopped.")
            process = context.Process(target=_run, args=(sending, release), name="learning", daemon=True)
            process.start()
            self._process = process
        sending.close()
        try:
            outcome = receiving.recv()
        except EOFError as error:
            raise LearningStopped("The process that learns has ended; is there enough memory?") from error
        finally:
            receiving.close()
            process.join()
            self._process = None
        if isinstance(outcome, Exception):
            raise outcome
        assert isinstance(outcome, Fit)
        return outcome

    def stop(self) -> None:
        """End the process, if there is one, and begin no other."""
        with self._changing:
            self._is_stopped = True
            if self._process is not None:
                self._process.terminate()


def _end_with_parent() -> None:
    """Nobody waits for the lessons of a process that was killed."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _run(sending: Connection, release: Release) -> None:
    os.nice(NICENESS)
    Thread(target=_end_with_parent, daemon=True).start()
    try:
        outcome: Fit | Exception = release.learn()
    except Exception as error:  # noqa: BLE001  # edge of a process: the one who waits gets it
        outcome = error
    with suppress(BrokenPipeError):  # nobody waits any more
        sending.send(outcome)
