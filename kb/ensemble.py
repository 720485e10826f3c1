"""Several encoders as one: their vectors side by side, each of length one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kb.sentence_encoder import Encoder
from kb.space import Space, Vectors, joined
from kit.language import has_han

_LATIN = re.compile(r"[A-Za-z]")


@dataclass(frozen=True)
class Part:
    """One encoder of an ensemble.

    Args:
        weight: its share of a cosine, where all parts have the text.
        only_english: whether texts in other languages have no vector of it.
    """

    encoder: Encoder
    weight: float
    only_english: bool = False

    @property
    def name(self) -> str:
        """Encoder, weight, and which texts it reads."""
        return f"{self.encoder.name}*{self.weight:g}{'@en' if self.only_english else ''}"


class EnsembleEncoder:
    """Encoders side by side, raw: ``space`` says how to weigh them. A text that is not for a part is zeros there."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = tuple(parts)
        self._name = " + ".join(part.name for part in self.parts)
        self._space = joined([part.encoder.space for part in self.parts], [part.weight for part in self.parts])

    @property
    def name(self) -> str:
        """The names of the parts."""
        return self._name

    @property
    def space(self) -> Space:
        """The views of all parts, in their order."""
        return self._space

    @property
    def primary(self) -> Encoder:
        """The first part's encoder."""
        return self.parts[0].encoder.primary

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode a batch, blocking."""
        english = [is_english(text) for text in texts]
        views: list[Vectors] = []
        for part in self.parts:
            rows = [row for row in range(len(texts)) if english[row] or not part.only_english]
            view = np.zeros((len(texts), part.encoder.space.width), dtype=np.float32)
            if rows:
                view[rows] = part.encoder.encode([texts[row] for row in rows])
            views.append(view)
        return np.concatenate(views, axis=1)


def is_english(text: str) -> bool:
    """Whether an encoder that knows only English can read a text: Latin letters, and no Chinese character."""
    return bool(_LATIN.search(text)) and not has_han(text)
