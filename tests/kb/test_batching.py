"""What is asked for while the encoder is busy is encoded together, and each asker gets their own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from threading import Event

import numpy as np
import pytest

from kb.batching import LARGEST, Batches
from kb.space import Space, Vectors, single


class SlowEncoder:
    """A text's vector is its length; encodes when it is let, and fails on a text that it is told to."""

    name = "slow"
    space: Space = single(1)

    def __init__(self, failing: str = "") -> None:
        self.calls: list[list[str]] = []
        self.may_go = Event()
        self._failing = failing

    @property
    def primary(self) -> SlowEncoder:
        return self

    def encode(self, texts: Sequence[str]) -> Vectors:
        assert self.may_go.wait(10)
        self.calls.append(list(texts))
        if self._failing in texts:
            raise ValueError("cannot be read")
        return np.array([[len(text)] for text in texts], np.float32)


async def asked(batches: Batches, *groups: list[str]) -> list[asyncio.Task[dict[str, Vectors]]]:
    """Ask for each group of texts, one after the other, without waiting for answers."""

    async def ask(group: list[str]) -> dict[str, Vectors]:
        return dict(await batches.encoded(group))

    tasks = []
    for group in groups:
        tasks.append(asyncio.create_task(ask(group)))
        await asyncio.sleep(0.01)
    return tasks


async def test_what_comes_while_the_encoder_is_busy_is_encoded_together() -> None:
    encoder = SlowEncoder()
    tasks = await asked(Batches(encoder), ["a"], ["bb"], ["ccc", "bb"])
    encoder.may_go.set()
    found = await asyncio.gather(*tasks)
    assert encoder.calls == [["a"], ["bb", "ccc"]]
    assert found == [{"a": [1]}, {"bb": [2]}, {"ccc": [3], "bb": [2]}]


async def test_a_batch_has_an_end() -> None:
    encoder = SlowEncoder()
    texts = [[f"text {number}"] for number in range(LARGEST + 2)]
    tasks = await asked(Batches(encoder), *texts)
    encoder.may_go.set()
    await asyncio.gather(*tasks)
    assert [len(call) for call in encoder.calls] == [1, LARGEST, 1]


async def test_a_text_that_cannot_be_read_fails_its_asker_alone() -> None:
    encoder = SlowEncoder(failing="bad")
    tasks = await asked(Batches(encoder), ["first"], ["bad"], ["good"])
    encoder.may_go.set()
    first, bad, good = await asyncio.gather(*tasks, return_exceptions=True)
    assert (first, good) == ({"first": [5]}, {"good": [4]})
    assert isinstance(bad, ValueError)


async def test_who_goes_away_takes_nothing_from_the_others() -> None:
    encoder = SlowEncoder()
    first, gone, stays = await asked(Batches(encoder), ["first"], ["gone"], ["stays"])
    gone.cancel()
    encoder.may_go.set()
    assert await stays == {"stays": [5]}
    with pytest.raises(asyncio.CancelledError):
        await gone
    await first


def test_it_serves_one_event_loop_after_another() -> None:
    encoder = SlowEncoder()
    batches = Batches(encoder)

    async def leave_with_one_running_and_one_waiting() -> None:
        await asked(batches, ["a"], ["b"])
        encoder.may_go.set()

    asyncio.run(leave_with_one_running_and_one_waiting())
    assert asyncio.run(batches.encoded(["later"])) == {"later": [5]}
