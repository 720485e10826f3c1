"""The vectors of the suggestions that new questions may belong to, each read once."""

from __future__ import annotations

import asyncio

import numpy as np

from kb.comparing import Comparing
from kb.content import Lang
from kb.space import Vectors
from kb.suggestions.grouping import plain
from kb.suggestions.repository import SuggestionRepository
from kit.database import Database

# A question may belong to any of these suggestions; what has not been asked for so long begins anew.
MOST = 5_000
LOT = 64


def packed(vector: Vectors) -> bytes:
    """A raw vector as it is stored, in half precision."""
    return vector.astype(np.float16).tobytes()


class Leaders:
    """Vectors of the suggestions there are, as far as this worker has read them."""

    def __init__(self, database: Database, comparing: Comparing) -> None:
        self._database, self._comparing = database, comparing
        self._raw: dict[int, Vectors] = {}

    async def newest(self) -> tuple[int, list[int], Vectors]:
        """The id of the newest suggestion, the ids of those asked last, and their vectors as the search compares.

        Raises:
            EncoderUnavailable: nothing can be compared at present.
        """
        await self._encode_anew()
        async with self._database.read() as session:
            repository = SuggestionRepository(session)
            newest_id = await repository.newest_id()
            known = await repository.leaders(self._comparing.encoder_name, MOST)
            fresh = await repository.vectors([key for key, _ in known if key not in self._raw])
        for key, vector in fresh.items():
            self._raw[key] = np.frombuffer(vector, np.float16).astype(np.float32)
        self._raw = {key: self._raw[key] for key, _ in known}
        if not known:
            return newest_id, [], np.zeros((0, 0), np.float32)
        languages: list[Lang] = ["en" if language == "en" else "zh" for _, language in known]
        raw = np.stack(list(self._raw.values()))
        return newest_id, list(self._raw), await asyncio.to_thread(self._comparing.centred, raw, languages)

    async def _encode_anew(self) -> None:
        """Give those vectors of this encoder that another one made: what was dismissed stays away after a change."""
        name = self._comparing.encoder_name
        while True:
            async with self._database.read() as session:
                foreign = await SuggestionRepository(session).foreign(name, LOT)
            if not foreign:
                return
            made = await self._comparing.raw(
                [(plain(each.text), "en" if each.language == "en" else "zh") for each in foreign]
            )
            async with self._database.write() as session:
                for each, vector in zip(foreign, made, strict=True):
                    await SuggestionRepository(session).put_vector(each.id, packed(vector), name)
                    self._raw.pop(each.id, None)
