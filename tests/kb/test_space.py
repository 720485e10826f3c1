"""Views side by side: each loses its own mean, weighs what it should, and may be absent."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kb.space import Space, Vectors, View, joined, single

THREE = Space((View(3, 0.3), View(2, 0.2), View(4, 0.5)))
NO_MEAN = np.zeros(THREE.width, np.float32)


def unit(vectors: Vectors) -> Vectors:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def raw(rows: int, seed: int = 0) -> Vectors:
    """Raw vectors of ``THREE`` with every view present."""
    random = np.random.default_rng(seed)
    return np.concatenate(
        [unit(random.normal(size=(rows, view.width)) + 1) for view in THREE.views], axis=1, dtype=np.float32
    )


def without(vectors: Vectors, view: int) -> Vectors:
    lacking = vectors.copy()
    lacking[..., THREE.slices()[view]] = 0
    return lacking


def test_views_stand_in_their_order() -> None:
    assert THREE.width == 9
    assert THREE.slices() == [slice(0, 3), slice(3, 5), slice(5, 9)]


def test_the_primary_view_is_the_first() -> None:
    vectors = raw(2)
    assert THREE.primary(vectors).tolist() == vectors[:, :3].tolist()
    assert THREE.primary(vectors[0]).tolist() == vectors[0, :3].tolist()


def test_one_encoder_is_one_view() -> None:
    assert single(384) == Space((View(384, 1.0),))


def test_joined_spaces_keep_their_views_and_share_the_weight() -> None:
    inner = joined([single(3), single(2)], [0.75, 0.25])
    assert joined([inner, single(4)], [0.8, 0.2]).views == (View(3, 0.75 * 0.8), View(2, 0.25 * 0.8), View(4, 0.2))


@pytest.mark.parametrize("weights", [[], [1.0], [0.5, 0.3, 0.2]])
def test_each_space_needs_a_weight(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="zip"):
        joined([single(3), single(2)], weights)


def test_a_view_is_averaged_over_the_texts_that_have_it() -> None:
    vectors = raw(6)
    vectors[:4] = without(vectors[:4], 2)
    means = THREE.means(vectors)
    np.testing.assert_allclose(means[:5], vectors[:, :5].mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(means[5:], vectors[4:, 5:].mean(axis=0), atol=1e-6)


def test_a_view_that_no_text_has_has_no_mean() -> None:
    assert THREE.means(without(raw(3), 1))[3:5].tolist() == [0, 0]
    assert THREE.means(raw(0)).tolist() == NO_MEAN.tolist()


def test_a_cosine_is_the_weighted_sum_of_the_views_cosines() -> None:
    first, second = raw(2, seed=1)
    found = THREE.centred(first, NO_MEAN) @ THREE.centred(second, NO_MEAN)
    of_views = [first[part] @ second[part] for part in THREE.slices()]
    assert found == pytest.approx(0.3 * of_views[0] + 0.2 * of_views[1] + 0.5 * of_views[2], abs=1e-6)


def test_where_a_view_is_absent_the_others_make_up_the_length() -> None:
    first, second = without(raw(2, seed=2), 2)
    found = THREE.centred(first, NO_MEAN) @ THREE.centred(second, NO_MEAN)
    of_views = [first[part] @ second[part] for part in THREE.slices()]
    assert found == pytest.approx((0.3 * of_views[0] + 0.2 * of_views[1]) / 0.5, abs=1e-6)


def test_an_absent_view_stays_absent_although_the_mean_is_taken_away() -> None:
    vectors = raw(5)
    lacking = without(vectors, 2)
    assert not THREE.centred(lacking, THREE.means(vectors))[:, 5:].any()


def test_what_all_texts_share_goes() -> None:
    """Two texts that differ only in direction from a large common part come to lie opposite each other."""
    space = single(2)
    vectors = unit(np.array([[1, 0.1], [1, -0.1]], np.float32))
    first, second = space.centred(vectors, space.means(vectors))
    assert vectors[0] @ vectors[1] > 0.97
    assert first @ second == pytest.approx(-1)


@given(
    arrays(np.float32, (4, 9), elements=st.floats(-1, 1, width=16)),
    arrays(np.float32, (9,), elements=st.floats(-1, 1, width=16)),
)
def test_centred_vectors_are_of_length_one_or_nothing(vectors: Vectors, mean: Vectors) -> None:
    found = THREE.centred(vectors, mean)
    assert found.dtype == np.float32
    lengths = np.linalg.norm(found, axis=1)
    np.testing.assert_allclose(lengths, lengths.round(), atol=1e-4)
    assert lengths.max() < 1.5


def test_one_text_and_a_batch_are_treated_alike() -> None:
    vectors = raw(4)
    means = THREE.means(vectors)
    np.testing.assert_allclose(THREE.centred(vectors, means)[1], THREE.centred(vectors[1], means), atol=1e-6)
