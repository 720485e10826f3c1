"""The space that questions are compared in: the vectors of one or more encoders side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class View:
    """One encoder's part of a vector.

    Args:
        width: how many dimensions it has.
        weight: its share of a cosine, where all views of a text are present.
    """

    width: int
    weight: float = 1.0


@dataclass(frozen=True)
class Space:
    """Where each view stands in a vector. In a raw vector each view is of length one, or all zeros where it is absent.

    Example:
        >>> space = Space((View(2, 0.5), View(2, 0.5)))
        >>> raw = np.array([[1, 0, 0, 1], [0, 1, 0, 0]], dtype=np.float32)  # the second text has one view only
        >>> means = space.means(raw)
        >>> np.linalg.norm(space.centred(raw, means * 0), axis=1).round(3).tolist()
        [1.0, 1.0]
    """

    views: tuple[View, ...]

    @property
    def width(self) -> int:
        """Dimensions of a whole vector."""
        return sum(view.width for view in self.views)

    def slices(self) -> list[slice]:
        """The dimensions of each view, in order."""
        ends = np.cumsum([view.width for view in self.views]).tolist()
        return [slice(end - view.width, end) for view, end in zip(self.views, ends, strict=True)]

    def primary(self, vectors: Vectors) -> Vectors:
        """The first view alone, shape ``(..., its width)``."""
        return vectors[..., : self.views[0].width]

    def means(self, vectors: Vectors) -> Vectors:
        """Mean of raw vectors, shape ``(width,)``; of each view over the texts that have it."""
        mean = np.zeros(self.width, dtype=np.float32)
        for part in self.slices():
            present = vectors[:, part].any(axis=1)
            if present.any():
                mean[part] = vectors[present, part].mean(axis=0)
        return mean

    def centred(self, vectors: Vectors, mean: Vectors) -> Vectors:
        """Unit vectors, shape as given, after each view has lost its mean and got its weight.

        Sentence vectors of one language share a large common part that says only which language it is; without it,
        cosines spread out and languages become comparable.
        """
        parts: list[Vectors] = []
        for part, view in zip(self.slices(), self.views, strict=True):
            present = vectors[..., part].any(axis=-1, keepdims=True)
            parts.append(_unit(vectors[..., part] - mean[part]) * np.float32(view.weight**0.5) * present)
        return _unit(np.concatenate(parts, axis=-1)) if len(parts) > 1 else parts[0]


def _unit(vectors: Vectors) -> Vectors:
    norms = np.sqrt(np.einsum("...d,...d->...", vectors, vectors))[..., None]  # three times as fast as linalg.norm
    return np.asarray(vectors / np.maximum(norms, 1e-9), dtype=np.float32)


def single(width: int) -> Space:
    """The space of one encoder."""
    return Space((View(width),))


def joined(spaces: Sequence[Space], weights: Sequence[float]) -> Space:
    """The space of encoders whose vectors are put side by side."""
    views = [
        View(view.width, view.weight * weight)
        for space, weight in zip(spaces, weights, strict=True)
        for view in space.views
    ]
    return Space(tuple(views))
