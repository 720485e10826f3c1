"""What a knowledge base teaches about itself: an adapter of the vector space, and a classifier over its entries.

Both are fitted from the entries' own similar questions in seconds at each publish. With too little to learn from, the
adapter is the identity and the classifier is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from kb.encoder import Vectors

MIN_ENTRIES = 4
MIN_QUESTIONS_PER_ENTRY = 2.0

ADAPTER_EPOCHS = 15
ADAPTER_BATCH = 512
ADAPTER_LEARNING_RATE = 3e-3
ADAPTER_TEMPERATURE = 0.05
ADAPTER_DECAY = 1e-2

CLASSIFIER_SCALE = 10.0
CLASSIFIER_L2 = 1e-4
CLASSIFIER_STEPS = 60


@dataclass(frozen=True)
class Head:
    """``adapter`` is ``(dimensions, dimensions)``; weights ``(dimensions, entries)`` and bias ``(entries,)``."""

    adapter: Vectors | None
    weights: Vectors | None
    bias: Vectors | None

    def adapt(self, vectors: Vectors) -> Vectors:
        """Unit vectors in the adapted space."""
        if self.adapter is None:
            return vectors
        moved = vectors @ self.adapter
        return np.asarray(
            moved / np.maximum(np.linalg.norm(moved, axis=-1, keepdims=True), 1e-9),
            dtype=np.float32,
        )

    def log_probabilities(self, vectors: Vectors, n_entries: int) -> Vectors:
        """Natural logarithm of the classifier's probability of each entry, shape ``(vectors, entries)``."""
        if self.weights is None or self.bias is None:
            return np.full((len(vectors), n_entries), -np.log(n_entries), dtype=np.float32)
        scores = CLASSIFIER_SCALE * vectors @ self.weights + self.bias
        return log_softmax(scores.astype(np.float32))


def log_softmax(scores: Vectors) -> Vectors:
    """Row-wise, computed from the largest score down so that nothing overflows."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)), dtype=np.float32)


def fit_head(vectors: Vectors, entries: NDArray[np.int64], n_entries: int) -> Head:
    """Fit both parts to centred unit vectors of the questions.

    Args:
        vectors: shape ``(questions, dimensions)``.
        entries: position of each question's entry, shape ``(questions,)``.
        n_entries: how many entries there are.
    """
    if n_entries < MIN_ENTRIES or len(vectors) < MIN_QUESTIONS_PER_ENTRY * n_entries:
        return Head(None, None, None)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        x = torch.from_numpy(vectors)
        y = torch.from_numpy(np.ascontiguousarray(entries))
        weights, bias = _fit_classifier(x, y, n_entries)
        return Head(_fit_adapter(x, y), weights, bias)


def _fit_classifier(x: torch.Tensor, y: torch.Tensor, n_entries: int) -> tuple[Vectors, Vectors]:
    """Multinomial logistic regression with L2, by L-BFGS."""
    weights = torch.zeros(x.shape[1], n_entries, requires_grad=True)
    bias = torch.zeros(n_entries, requires_grad=True)
    scaled = CLASSIFIER_SCALE * x
    optimiser = torch.optim.LBFGS([weights, bias], max_iter=CLASSIFIER_STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        value = torch.nn.functional.cross_entropy(scaled @ weights + bias, y) + CLASSIFIER_L2 * weights.square().sum()
        value.backward()
        return value

    optimiser.step(loss)
    return weights.detach().numpy(), bias.detach().numpy()


def _fit_adapter(x: torch.Tensor, y: torch.Tensor) -> Vectors:
    """A linear map under the supervised contrastive loss (Khosla et al. 2020, log outside the sum over positives).

    It starts at the identity and is drawn back to it, so a small knowledge base moves it little.
    """
    identity = torch.eye(x.shape[1])
    adapter = identity.clone().requires_grad_(True)
    optimiser = torch.optim.Adam([adapter], lr=ADAPTER_LEARNING_RATE)
    for _ in range(ADAPTER_EPOCHS):
        for rows in torch.randperm(len(x)).split(ADAPTER_BATCH):
            z = torch.nn.functional.normalize(x[rows] @ adapter, dim=1)
            itself = torch.eye(len(rows), dtype=torch.bool)
            scores = (z @ z.T / ADAPTER_TEMPERATURE).masked_fill(itself, -1e9)
            same = (y[rows][:, None] == y[rows][None]) & ~itself
            paired = same.any(dim=1)
            if not paired.any():
                continue
            likelihood = torch.log_softmax(scores, dim=1).masked_fill(~same, -1e9).logsumexp(dim=1)
            drift = (adapter - identity).square().sum()
            value = -likelihood[paired].mean() + ADAPTER_DECAY * drift
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
    return adapter.detach().numpy()
