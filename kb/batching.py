"""Texts of several turns in one call of the encoder: while it encodes, what else is asked for gathers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from kb.sentence_encoder import FEW, Encoder
from kb.space import Vectors

# A longer batch would keep the first of its texts waiting for the last.
LARGEST = FEW

Result = Vectors | Exception


class Batches:
    """One thread does the encoding: the model's own threads already use the machine's cores.

    A text that the encoder cannot read fails those who asked for it, and nobody beside them.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="encoder")
        self._gathering: dict[str, None] = {}
        self._last: asyncio.Task[dict[str, Result]] | None = None

    async def encoded(self, texts: Sequence[str]) -> Mapping[str, Vectors]:
        """The vector of each text, by the text.

        Raises:
            Exception: whatever the encoder raised for one of them.
        """
        results = await asyncio.shield(self._join(texts))
        found: dict[str, Vectors] = {}
        for text in texts:
            result = results[text]
            if isinstance(result, Exception):
                raise result
            found[text] = result
        return found

    def _join(self, texts: Sequence[str]) -> asyncio.Task[dict[str, Result]]:
        """The task that encodes these texts: the one that still waits for its turn, or else a new one after it."""
        if self._last is None or self._last.done() or not self._gathering or self._is_full(texts):
            self._gathering = {}
            self._last = asyncio.create_task(self._encode(self._gathering, self._last))
        self._gathering.update(dict.fromkeys(texts))
        return self._last

    def _is_full(self, texts: Sequence[str]) -> bool:
        return len(self._gathering) + len(texts) > LARGEST

    async def _encode(
        self, gathered: dict[str, None], before: asyncio.Task[dict[str, Result]] | None
    ) -> dict[str, Result]:
        if before is not None and not before.done():
            await asyncio.wait({before})
        if self._gathering is gathered:
            self._gathering = {}
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._results, list(gathered))

    def _results(self, texts: list[str]) -> dict[str, Result]:
        try:
            return dict(zip(texts, np.asarray(self._encoder.encode(texts)), strict=True))
        except Exception as error:  # noqa: BLE001  # the runtime's errors share no base; the askers get it
            if len(texts) == 1:
                return {texts[0]: error}
            return {text: result for one in texts for text, result in self._results([one]).items()}
