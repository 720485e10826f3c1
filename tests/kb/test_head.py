"""What a knowledge base teaches about itself: nothing from too little, and its own entries apart from the rest."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from kb import head as head_module
from kb.head import MIN_ENTRIES, NOTHING_LEARNT, Head, fit_head, log_softmax
from kb.space import Vectors

DIMENSIONS = 24
ENTRIES = 6


def unit(vectors: NDArray[np.floating]) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def questions(each: int, seed: int, entries: int = ENTRIES) -> tuple[Vectors, NDArray[np.int64]]:
    """Texts of entries that differ in a few quiet directions, under loud ones that say nothing of the entry."""
    random = np.random.default_rng(seed)
    owners = np.repeat(np.arange(entries), each)
    quiet = np.eye(entries, DIMENSIONS)[owners]
    loud = np.zeros((len(owners), DIMENSIONS))
    loud[:, entries:] = random.normal(size=(len(owners), DIMENSIONS - entries)) * 0.5
    return unit(quiet + loud + random.normal(size=quiet.shape) * 0.05), owners


def learn(texts: Vectors, owners: NDArray[np.int64], entries: int = ENTRIES, **options: Any) -> Head:
    """What the texts teach, beside no everyday sentences unless ``everyday`` gives some."""
    options.setdefault("n_questions", len(texts))
    return fit_head(texts, owners, entries, options.pop("everyday", texts[:0]), **options)


def right(found: NDArray[np.int64], owners: NDArray[np.int64]) -> float:
    return float((found == owners).mean())


def nearest(queries: Vectors, texts: Vectors, owners: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray(owners[(queries @ texts.T).argmax(axis=1)])


def test_the_classifier_knows_questions_that_it_has_not_seen() -> None:
    texts, owners = questions(10, seed=0)
    asked, expected = questions(10, seed=1)
    logits = learn(texts, owners).logits(asked)
    assert logits is not None
    assert logits.shape == (len(asked), ENTRIES)
    assert right(logits.argmax(axis=1), expected) > 0.95


def test_the_adapter_brings_an_entrys_questions_together() -> None:
    texts, owners = questions(10, seed=0)
    asked, expected = questions(10, seed=1)
    head = learn(texts, owners)
    adapted_texts, adapted = head.adapt(texts), head.adapt(asked)
    np.testing.assert_allclose(np.linalg.norm(adapted, axis=1), 1, atol=1e-5)
    own = expected[:, None] == owners

    def gap(cosines: Vectors) -> float:
        return float(cosines[own].mean() - cosines[~own].mean())

    assert gap(adapted @ adapted_texts.T) > gap(asked @ texts.T) + 0.01
    assert right(nearest(adapted, adapted_texts, owners), expected) >= right(nearest(asked, texts, owners), expected)


def test_one_vector_is_adapted_as_in_a_batch() -> None:
    texts, owners = questions(10, seed=0)
    head = learn(texts, owners)
    np.testing.assert_allclose(head.adapt(texts[3]), head.adapt(texts)[3], atol=1e-5)


@pytest.mark.parametrize(
    ("entries", "each"), [(MIN_ENTRIES - 1, 20), (ENTRIES, 1)], ids=["few entries", "few questions"]
)
def test_too_little_teaches_nothing(entries: int, each: int) -> None:
    texts, owners = questions(each, seed=0, entries=entries)
    assert learn(texts, owners, entries) is NOTHING_LEARNT


def test_texts_that_are_no_questions_do_not_make_up_for_too_few() -> None:
    texts, owners = questions(6, seed=0)
    assert learn(texts, owners, n_questions=2 * ENTRIES - 1) is NOTHING_LEARNT
    assert learn(texts, owners, n_questions=2 * ENTRIES).adapter is not None


def test_without_lessons_vectors_stay_as_they_are() -> None:
    texts, _ = questions(2, seed=0)
    assert NOTHING_LEARNT.adapt(texts) is texts
    assert NOTHING_LEARNT.logits(texts) is None


def test_either_part_can_be_left_out() -> None:
    texts, owners = questions(6, seed=0)
    whole = learn(texts, owners)
    without_adapter = learn(texts, owners, adapter=False)
    assert without_adapter.adapt(texts) is texts
    np.testing.assert_array_equal(without_adapter.logits(texts), whole.logits(texts))
    without_classifier = learn(texts, owners, classifier=False)
    assert without_classifier.logits(texts) is None
    np.testing.assert_array_equal(without_classifier.adapt(texts), whole.adapt(texts))


def test_a_knowledge_base_too_large_for_the_classifier_still_has_its_adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    texts, owners = questions(6, seed=0)
    monkeypatch.setattr(head_module, "CLASSIFIER_LIMIT", len(texts) * ENTRIES - 1)
    head = learn(texts, owners)
    assert head.logits(texts) is None
    assert head.adapter is not None


def test_the_same_texts_teach_the_same() -> None:
    texts, owners = questions(6, seed=0)
    one, other = learn(texts, owners), learn(texts, owners)
    np.testing.assert_array_equal(one.adapter, other.adapter)
    np.testing.assert_array_equal(one.logits(texts), other.logits(texts))


def test_learning_leaves_the_processs_randomness_alone() -> None:
    import torch

    texts, owners = questions(6, seed=0)
    torch.manual_seed(11)
    expected = torch.rand(3).tolist()
    torch.manual_seed(11)
    learn(texts, owners)
    assert torch.rand(3).tolist() == expected


def test_many_texts_are_learnt_along_their_principal_directions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head_module, "ADAPTED_WIDTH", 5)
    random = np.random.default_rng(0)
    directions = np.linalg.qr(random.normal(size=(DIMENSIONS, 5)))[0].T
    texts = unit(random.normal(size=(60, 5)) @ directions)
    head = learn(texts, np.arange(60) % ENTRIES)
    assert head.basis is not None
    assert head.basis.shape == (DIMENSIONS, 5)
    np.testing.assert_allclose(np.linalg.norm(texts @ head.basis, axis=1), 1, atol=1e-4)
    assert head.adapt(texts).shape == (60, 5)


def test_with_fewer_texts_than_directions_the_whole_space_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head_module, "ADAPTED_WIDTH", 20)
    texts, owners = questions(3, seed=0)
    assert len(texts) < 20
    assert learn(texts, owners).adapt(texts).shape == (18, DIMENSIONS)


@given(arrays(np.float32, (3, 5), elements=st.floats(-1e4, 1e4, width=32)))
def test_probabilities_add_up_to_one_however_large_the_scores(scores: Vectors) -> None:
    found = log_softmax(scores)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(np.exp(found).sum(axis=1), 1, atol=1e-4)
    assert (np.take_along_axis(found, scores.argmax(axis=1)[:, None], 1) == found.max(axis=1, keepdims=True)).all()


def test_a_matter_for_the_bank_is_told_from_an_everyday_one() -> None:
    random = np.random.default_rng(0)
    aside = np.zeros(DIMENSIONS)
    aside[-1] = 2
    texts, owners = questions(10, seed=0)
    asked, _ = questions(10, seed=1)
    everyday, asked_everyday = (unit(random.normal(size=(40, DIMENSIONS)) * 0.3 + aside) for _ in range(2))
    head = learn(texts, owners, everyday=everyday)
    assert head.belongs(asked).shape == (len(asked),)
    assert (head.belongs(asked) > 0).mean() > 0.95
    assert (head.belongs(asked_everyday) < 0).mean() > 0.95


def test_without_everyday_sentences_nothing_is_told_apart() -> None:
    texts, owners = questions(6, seed=0)
    assert not learn(texts, owners).belongs(texts).any()
    assert not NOTHING_LEARNT.belongs(texts).any()
