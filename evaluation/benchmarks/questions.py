"""Made-up questions in any number: sentence vectors with neighbours that mean something, and texts."""

from __future__ import annotations

import numpy as np

from kb.encoder import Vectors

ROWS_A_BLOCK = 50_000
QUESTIONS_AN_ENTRY = 20
ENTRIES_A_TOPIC = 50
# Parts of a question's vector: cosines are about 0.75 within an entry, 0.4 within a topic and 0 elsewhere.
TOPIC, ENTRY, QUESTION = 0.6, 0.6, 0.5
# How fast the directions lose weight: the vectors of real sentences fill some directions more than others.
DECAY = 0.35

VOCABULARY = 20_000
SHORTEST_TEXT, LONGEST_TEXT = 4, 12


class Questions:
    """Unit vectors of questions about entries about topics; the same seed gives the same ones.

    Uniform random vectors would be harder than any real ones: all of them are nearly equally far from each other.

    Args:
        rows: how many questions the entries are for; there is one entry for every 20.
        dimensions: of each vector.
        seed: not negative.
    """

    def __init__(self, rows: int, dimensions: int, seed: int) -> None:
        self._seed = seed
        self._weights = np.arange(1, dimensions + 1, dtype=np.float32) ** -DECAY
        numbers = np.random.default_rng([seed, 0])
        n_entries = max(rows // QUESTIONS_AN_ENTRY, 1)
        topics = TOPIC * self._directions(max(n_entries // ENTRIES_A_TOPIC, 1), numbers)
        self._entries = ENTRY * self._directions(n_entries, numbers)
        self._entries += topics[numbers.integers(len(topics), size=n_entries)]

    def fill(self, count: int, stream: int) -> Vectors:
        """Questions about random entries, shape ``(count, dimensions)``; another ``stream`` (from 1) gives others.

        Made block by block: what is held besides the result does not grow with ``count``.
        """
        filled = np.empty((count, self._entries.shape[1]), np.float32)
        for start in range(0, count, ROWS_A_BLOCK):
            block = filled[start : start + ROWS_A_BLOCK]
            numbers = np.random.default_rng([self._seed, stream, start])
            block[:] = QUESTION * self._directions(len(block), numbers)
            block += self._entries[numbers.integers(len(self._entries), size=len(block))]
            block /= np.linalg.norm(block, axis=1, keepdims=True)
        return filled

    def _directions(self, count: int, numbers: np.random.Generator) -> Vectors:
        drawn = numbers.standard_normal((count, len(self._weights)), np.float32) * self._weights
        drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
        return drawn


def made_up_texts(count: int, seed: int, stream: int) -> list[list[str]]:
    """Texts of 4 to 12 words, eight on average; arguments as of `Questions` and `Questions.fill`.

    The second most frequent word comes half as often as the first, the third a third as often, and so on (Zipf's law).
    """
    numbers = np.random.default_rng([seed, stream])
    frequencies = 1 / np.arange(1, VOCABULARY + 1)
    lengths = numbers.integers(SHORTEST_TEXT, LONGEST_TEXT + 1, size=count)
    drawn = numbers.choice(VOCABULARY, size=lengths.sum(), p=frequencies / frequencies.sum()).tolist()
    words = [f"w{rank}" for rank in range(VOCABULARY)]
    ends = np.cumsum(lengths).tolist()
    return [[words[rank] for rank in drawn[start:end]] for start, end in zip([0, *ends], ends, strict=False)]
