"""Lessons in a process of their own are the same lessons, and they can be stopped."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kb.content import EntryContent
from kb.fitting import Targets
from kb.learning import NICENESS, Learner, LearningStopped
from kb.lexical import count_ngrams
from kb.scoring import Parts
from kb.search import Release
from kit.settings import ROOT


@pytest.fixture
def release(spelled: Any, bank: list[EntryContent]) -> Release:
    everyday = {"zh": ["今天会下雨吗", "红烧肉怎么做"], "en": ["is it raining", "tell me a joke"]}
    return Release.of(
        1,
        bank,
        spelled.encode,
        count_ngrams,
        spelled.space,
        "spelled",
        everyday,
        (),
        lambda text, _: text,
        Parts(),
        Targets(),
    )


@pytest.fixture
def learner() -> Learner:
    return Learner()


def process_of(learner: Learner) -> Any:
    while learner._process is None or learner._process.pid is None:
        pass
    return learner._process


@pytest.mark.real_learner
def test_a_process_learns_what_would_be_learnt_here(learner: Learner, release: Release) -> None:
    there, here = learner.learn(release), release.learn()
    assert (there.key, there.entry_ids) == (here.key, here.entry_ids)
    assert there.head.adapter is not None
    np.testing.assert_allclose(there.head.adapter, here.head.adapter, atol=1e-4)


@pytest.mark.real_learner
def test_an_error_there_is_raised_here(learner: Learner, release: Release) -> None:
    broken = replace(release, rows=replace(release.rows, entries=release.rows.entries[:3]))
    with pytest.raises(Exception, match=r"boolean index|shape|dimension|size"):
        learner.learn(broken)


@pytest.mark.real_learner
@pytest.mark.parametrize("end", ["stopped", "killed"])
def test_a_process_that_ends_early_is_no_lesson(learner: Learner, release: Release, end: str) -> None:
    seen: list[BaseException] = []

    def learn() -> None:
        try:
            learner.learn(release)
        except LearningStopped as error:
            seen.append(error)

    thread = threading.Thread(target=learn)
    thread.start()
    process = process_of(learner)
    if end == "stopped":
        learner.stop()
    else:
        os.kill(process.pid, signal.SIGKILL)
    thread.join(30)
    assert len(seen) == 1
    assert not process.is_alive()
    if end == "stopped":
        with pytest.raises(LearningStopped):
            learner.learn(release)


@pytest.mark.real_learner
@pytest.mark.skipif(not os.path.isdir("/proc"), reason="the priority is read from /proc")
def test_customers_go_before_lessons(learner: Learner, release: Release) -> None:
    thread = threading.Thread(target=learner.learn, args=(release,))
    thread.start()
    process = process_of(learner)
    nicest = 0
    while process.is_alive():
        try:
            nicest = max(nicest, os.getpriority(os.PRIO_PROCESS, process.pid))
        except ProcessLookupError:
            break
    thread.join()
    assert nicest == NICENESS


@pytest.mark.real_learner
def test_the_process_ends_with_a_parent_that_is_killed() -> None:
    code = (
        "import multiprocessing\n"
        "from kb.learning import _end_with_parent\n"
        "if __name__ == '__main__':\n"
        "    child = multiprocessing.get_context('spawn').Process(target=_end_with_parent)\n"
        "    child.start(); print(child.pid, flush=True); child.join()\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    until = time.monotonic() + 30
    while _is_there(child):
        assert time.monotonic() < until, "the child lives on"
        time.sleep(0.1)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
