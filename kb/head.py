"""What a knowledge base teaches about itself: an adapter of the vector space, and a classifier over its entries.

Both are fitted from the entries' own similar questions in seconds at each publish. With too little to learn from, the
adapter is the identity and the classifier is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from kb.space import Vectors

MIN_ENTRIES = 4
MIN_QUESTIONS_PER_ENTRY = 2.0
ADAPTED_WIDTH = 384

ADAPTER_EPOCHS = 15
ADAPTER_BATCH = 512
ADAPTER_LEARNING_RATE = 1e-3
ADAPTER_TEMPERATURE = 0.1
ADAPTER_DECAY = 1e-3

CLASSIFIER_SCALE = 10.0
# Against the summed loss: the more there is to learn from, the less it restrains.
CLASSIFIER_L2 = 2.5
CLASSIFIER_STEPS = 30
BELONGING_C = 0.1
# Questions times entries. Above it the classifier would take minutes, and with so many entries it adds little to the
# adapted cosine.
CLASSIFIER_LIMIT = 50_000_000


@dataclass(frozen=True)
class Head:
    """What was learnt; None where there was too little to learn from.

    Args:
        adapter: shape ``(dimensions, adapted dimensions)``.
        basis: the principal directions that the classifier looks along, shape ``(dimensions, adapted dimensions)``.
        weights: of the classifier, shape ``(adapted dimensions, entries)``.
        bias: of the classifier, shape ``(entries,)``.
        belonging: what tells the bank's matters from everyday ones, shape ``(dimensions + 1,)``, the last one a bias.
    """

    adapter: Vectors | None
    basis: Vectors | None
    weights: Vectors | None
    bias: Vectors | None
    belonging: Vectors | None

    def adapt(self, vectors: Vectors) -> Vectors:
        """Unit vectors in the adapted space, shape ``(vectors, adapted dimensions)``."""
        if self.adapter is None:
            return vectors
        moved = vectors @ self.adapter
        norms = np.linalg.norm(moved, axis=-1, keepdims=True)
        return np.asarray(moved / np.maximum(norms, 1e-9), dtype=np.float32)

    def logits(self, vectors: Vectors) -> Vectors | None:
        """Scores of the entries that the classifier knows, shape ``(vectors, entries)``; None without a classifier."""
        if self.basis is None or self.weights is None or self.bias is None:
            return None
        return np.asarray(CLASSIFIER_SCALE * (vectors @ self.basis) @ self.weights + self.bias, dtype=np.float32)

    def belongs(self, vectors: Vectors) -> Vectors:
        """Log-odds that a text is a matter for the bank at all, shape ``(vectors,)``; 0 where that was not learnt."""
        if self.belonging is None:
            return np.zeros(len(vectors), dtype=np.float32)
        return np.asarray(CLASSIFIER_SCALE * vectors @ self.belonging[:-1] + self.belonging[-1], dtype=np.float32)


NOTHING_LEARNT = Head(None, None, None, None, None)


def log_softmax(scores: Vectors) -> Vectors:
    """Row-wise, computed from the largest score down so that nothing overflows."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)), dtype=np.float32)


def fit_head(
    vectors: Vectors,
    entries: NDArray[np.int64],
    n_entries: int,
    everyday: Vectors,
    *,
    n_questions: int,
    adapter: bool = True,
    classifier: bool = True,
) -> Head:
    """Fit to centred unit vectors of the texts.

    Args:
        vectors: shape ``(texts, dimensions)``.
        entries: position of each text's entry, shape ``(texts,)``.
        n_entries: how many entries there are.
        everyday: of sentences that no bank answers, shape ``(sentences, dimensions)``; may be empty.
        n_questions: how many of the texts are questions: what else they say does not tell how people ask.
        adapter: whether to fit the adapter.
        classifier: whether to fit the classifier.
    """
    if n_entries < MIN_ENTRIES or n_questions < MIN_QUESTIONS_PER_ENTRY * n_entries:
        return NOTHING_LEARNT
    basis = _principal_directions(vectors)
    y = torch.from_numpy(np.ascontiguousarray(entries))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        adapted = _fit_adapter(torch.from_numpy(vectors), y, torch.from_numpy(basis)) if adapter else None
        if not classifier or len(vectors) * n_entries > CLASSIFIER_LIMIT:
            return Head(adapted, None, None, None, _fit_belonging(vectors, everyday))
        weights, bias = _fit_classifier(torch.from_numpy(vectors @ basis), y, n_entries)
        return Head(adapted, basis, weights, bias, _fit_belonging(vectors, everyday))


def _fit_belonging(vectors: Vectors, everyday: Vectors) -> Vectors | None:
    """Logistic regression with L2 of the bank's texts against everyday ones, both sides of equal weight."""
    if not len(everyday):
        return None
    model = LogisticRegression(C=BELONGING_C, class_weight="balanced", max_iter=200)
    model.fit(
        CLASSIFIER_SCALE * np.concatenate([vectors, everyday]), np.arange(len(vectors) + len(everyday)) < len(vectors)
    )
    return np.append(model.coef_[0], model.intercept_).astype(np.float32)


def _principal_directions(vectors: Vectors) -> Vectors:
    """The directions in which the texts differ most, shape ``(dimensions, at most ADAPTED_WIDTH)``.

    The whole space where there are fewer texts than directions: the rest of it is then unseen rather than unused.
    """
    dimensions = vectors.shape[1]
    if dimensions <= ADAPTED_WIDTH or len(vectors) < ADAPTED_WIDTH:
        return np.eye(dimensions, dtype=np.float32)
    _, directions = np.linalg.eigh(vectors.T @ vectors)
    return np.ascontiguousarray(directions[:, ::-1][:, :ADAPTED_WIDTH], dtype=np.float32)


def _fit_classifier(x: torch.Tensor, y: torch.Tensor, n_entries: int) -> tuple[Vectors, Vectors]:
    """Multinomial logistic regression with L2, by L-BFGS."""
    weights = torch.zeros(x.shape[1], n_entries, requires_grad=True)
    bias = torch.zeros(n_entries, requires_grad=True)
    scaled, decay = CLASSIFIER_SCALE * x, CLASSIFIER_L2 / len(x)
    optimiser = torch.optim.LBFGS([weights, bias], max_iter=CLASSIFIER_STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        value = torch.nn.functional.cross_entropy(scaled @ weights + bias, y) + decay * weights.square().sum()
        value.backward()
        return value

    optimiser.step(loss)
    return weights.detach().numpy(), bias.detach().numpy()


def _fit_adapter(x: torch.Tensor, y: torch.Tensor, start: torch.Tensor) -> Vectors:
    """A linear map under the supervised contrastive loss (Khosla et al. 2020, log outside the sum over positives).

    It starts at the principal directions and is drawn back to them, so a small knowledge base moves it little.
    """
    adapter = start.clone().requires_grad_(True)
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
            drift = (adapter - start).square().sum()
            value = -likelihood[paired].mean() + ADAPTER_DECAY * drift
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
    return adapter.detach().numpy()
