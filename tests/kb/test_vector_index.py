"""The nearest rows under any run of changes: exact when flat, nearly so by the graph, and never a removed one."""

import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import faiss
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb import vector_index
from kb.encoder import Vectors
from kb.vector_index import Ids, VectorIndex

DIMENSIONS = 8
TINY_FLAT_LIMIT = 20

Rows = dict[int, Vectors]


def unit(count: int, seed: int, dimensions: int = DIMENSIONS) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((count, dimensions), np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def numbered(*ids: int) -> Ids:
    return np.array(ids, np.int64)


NO_VECTORS, NO_IDS = unit(0, 0), numbered()


def brute_force(rows: Mapping[int, Vectors], queries: Vectors, k: int) -> Vectors:
    """The cosines of the nearest rows, best first."""
    if not rows:
        return np.empty((len(queries), 0), np.float32)
    return -np.sort(-(queries @ np.stack(list(rows.values())).T), axis=1)[:, :k]


def assert_living_and_truthful(index: VectorIndex, rows: Mapping[int, Vectors], queries: Vectors, k: int) -> Vectors:
    """Checks all that must hold even where the nearest may be missed; returns the cosines."""
    cosines, ids = index.search(queries, k)
    assert len(index) == len(rows)
    assert cosines.shape == ids.shape == (len(queries), min(k, len(rows)))
    assert cosines.dtype == np.float32
    assert ids.dtype == np.int64
    for query, row_cosines, row_ids in zip(queries, cosines, ids, strict=True):
        assert set(row_ids.tolist()) <= set(rows)
        assert len(set(row_ids.tolist())) == len(row_ids)
        np.testing.assert_allclose(row_cosines, [query @ rows[i] for i in row_ids.tolist()], atol=1e-5)
    assert (np.diff(cosines, axis=1) <= 0).all()
    return cosines


def assert_exact(index: VectorIndex, rows: Mapping[int, Vectors], queries: Vectors, k: int) -> None:
    cosines = assert_living_and_truthful(index, rows, queries, k)
    np.testing.assert_allclose(cosines, brute_force(rows, queries, k), atol=1e-5)


def share_found(index: VectorIndex, rows: Mapping[int, Vectors], queries: Vectors, k: int) -> float:
    """Of the nearest rows, those found; a row as near as one of them is as good."""
    cosines = assert_living_and_truthful(index, rows, queries, k)
    if not cosines.size:
        return 1.0
    return float((cosines >= brute_force(rows, queries, k)[:, -1:] - 1e-5).mean())


@pytest.fixture
def graph_from_few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_index, "FLAT_LIMIT", TINY_FLAT_LIMIT)


@pytest.fixture(params=["flat", "hnsw"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    if request.param == "hnsw":
        monkeypatch.setattr(vector_index, "FLAT_LIMIT", 0)
    return request.param


# What is built, what is then added, what is removed, and the ids that are left.
CHANGES = {
    "nothing at all": ((), (), (), set()),
    "nothing changed": ((4, 7, 2), (), (), {2, 4, 7}),
    "the first rows": ((), (5, 3), (), {3, 5}),
    "one added": ((1, 2, 3), (9,), (), {1, 2, 3, 9}),
    "one removed": ((1, 2, 3), (), (2,), {1, 3}),
    "one replaced": ((1, 2, 3), (2,), (), {1, 2, 3}),
    "removed and added in one change": ((1, 2, 3), (2,), (2,), {1, 2, 3}),
    "everything removed": ((1, 2, 3), (), (3, 1, 2), set()),
    "everything exchanged": ((1, 2, 3), (4, 5), (1, 2, 3), {4, 5}),
    "removed what was never there": ((1, 3), (), (0, 2, 4), {1, 3}),
    "removed twice": ((1, 2, 3), (), (2, 2), {1, 3}),
    "large ids": ((2**62, 0), (2**62 + 1,), (0,), {2**62, 2**62 + 1}),
}


@pytest.mark.parametrize(("built", "added", "removed", "left"), CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("k", [0, 1, 2, 100])
def test_a_change_gives_exactly_the_rows_that_are_left(
    kind: str, built: tuple[int, ...], added: tuple[int, ...], removed: tuple[int, ...], left: set[int], k: int
) -> None:
    vectors, fresh, queries = unit(len(built), 1), unit(len(added), 2), unit(3, 3)
    index = VectorIndex.build(vectors, numbered(*built)).changed(fresh, numbered(*added), numbered(*removed))
    rows = dict(zip(built, vectors, strict=True)) | dict(zip(added, fresh, strict=True))
    assert_exact(index, {i: rows[i] for i in left}, queries, k)


def test_a_replaced_row_is_found_where_it_is_now_and_not_where_it_was(kind: str) -> None:
    before, after = np.eye(DIMENSIONS, dtype=np.float32)[:2]
    index = VectorIndex.build(np.stack([before, -before]), numbered(7, 8)).changed(after[None], numbered(7), NO_IDS)
    again = index.changed(before[None], numbered(7), NO_IDS)
    assert [len(index), len(again)] == [2, 2]
    assert index.search(np.stack([after, before]), 1)[0].ravel().tolist() == [1.0, 0.0]
    assert again.search(np.stack([after, before]), 1)[0].ravel().tolist() == [0.0, 1.0]


@pytest.mark.parametrize(("rows", "expected"), [(0, "flat"), (TINY_FLAT_LIMIT, "flat"), (TINY_FLAT_LIMIT + 1, "hnsw")])
def test_the_graph_takes_over_above_the_limit(graph_from_few_rows: None, rows: int, expected: str) -> None:
    index = VectorIndex.build(unit(rows, 1), np.arange(rows))
    assert index.kind == expected
    assert index.changed(unit(50, 2), np.arange(100, 150), NO_IDS).kind == expected


@pytest.mark.parametrize(
    ("added", "removed", "wanted"),
    [(0, 0, False), (10, 0, False), (11, 0, True), (0, 10, False), (0, 11, True), (5, 5, False), (5, 6, True)],
)
def test_a_rebuild_is_wanted_when_more_than_a_tenth_was_changed(added: int, removed: int, wanted: bool) -> None:
    index = VectorIndex.build(unit(100, 1), np.arange(100))
    changed = index.changed(unit(added, 2), np.arange(200, 200 + added), np.arange(removed))
    assert changed.wants_rebuild is wanted
    assert index.wants_rebuild is False


def test_rows_added_and_removed_again_leave_no_wish_to_rebuild() -> None:
    index = VectorIndex.build(unit(100, 1), np.arange(100)).changed(unit(50, 2), np.arange(200, 250), NO_IDS)
    assert index.changed(NO_VECTORS, NO_IDS, np.arange(200, 250)).wants_rebuild is False


def test_the_first_row_of_an_empty_index_wants_a_rebuild() -> None:
    empty = VectorIndex.build(NO_VECTORS, NO_IDS)
    assert empty.wants_rebuild is False
    assert empty.changed(unit(1, 1), numbered(1), NO_IDS).wants_rebuild is True


# Each step adds rows under ids of its own choice, old or new, and removes some.
STEPS = st.lists(
    st.tuples(st.lists(st.integers(0, 80), unique=True, max_size=12), st.lists(st.integers(0, 80), max_size=12)),
    max_size=6,
)


def walked(n_built: int, steps: list[tuple[list[int], list[int]]], seed: int) -> Iterator[tuple[VectorIndex, Rows]]:
    """The index and the rows it must have, as built and after each step."""
    ids = np.random.default_rng(seed).permutation(80)[:n_built]
    index = VectorIndex.build(unit(n_built, seed), ids)
    rows = dict(zip(ids.tolist(), unit(n_built, seed), strict=True))
    yield index, rows
    for step, (added, removed) in enumerate(steps):
        fresh = unit(len(added), seed + step + 1)
        index = index.changed(fresh, numbered(*added), numbered(*removed))
        rows = {i: row for i, row in rows.items() if i not in removed} | dict(zip(added, fresh, strict=True))
        yield index, rows


@settings(deadline=None)
@given(n_built=st.integers(0, 60), steps=STEPS, k=st.integers(0, 100), seed=st.integers(0, 1000))
def test_flat_answers_as_brute_force_does_and_so_do_all_the_indexes_before(
    n_built: int, steps: list[tuple[list[int], list[int]]], k: int, seed: int
) -> None:
    history = list(walked(n_built, steps, seed))
    for index, rows in history:
        assert_exact(index, rows, unit(4, seed + 100), k)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(n_built=st.integers(TINY_FLAT_LIMIT + 1, 80), steps=STEPS, k=st.integers(0, 100), seed=st.integers(0, 1000))
def test_the_graph_finds_nine_in_ten_of_what_brute_force_does_and_so_do_all_the_indexes_before(
    graph_from_few_rows: None, n_built: int, steps: list[tuple[list[int], list[int]]], k: int, seed: int
) -> None:
    history = list(walked(n_built, steps, seed))
    assert {index.kind for index, _ in history} == {"hnsw"}
    assert np.mean([share_found(index, rows, unit(4, seed + 100), k) for index, rows in history]) >= 0.9


@pytest.fixture(scope="module")
def large() -> tuple[VectorIndex, Rows]:
    """A graph of thousands of rows, of which a walk sees a small part."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vector_index, "FLAT_LIMIT", TINY_FLAT_LIMIT)
        vectors = unit(5000, 1, 16)
        return VectorIndex.build(vectors, np.arange(5000)), dict(enumerate(vectors))


@pytest.mark.parametrize("k", [1, 10, 64])
def test_a_large_graph_finds_nine_in_ten_after_a_tenth_was_changed(large: tuple[VectorIndex, Rows], k: int) -> None:
    index, rows = large
    fresh = unit(250, 2, 16)
    changed = index.changed(fresh, np.arange(5000, 5250), np.arange(0, 5000, 20))
    left = {i: row for i, row in rows.items() if i % 20} | dict(zip(range(5000, 5250), fresh, strict=True))
    assert share_found(changed, left, unit(100, 3, 16), k) >= 0.9


@pytest.mark.parametrize("n_removed", [20, 60, 200, 600, 4995, 5000])
def test_removed_rows_around_the_query_never_hide_those_that_live(
    large: tuple[VectorIndex, Rows], n_removed: int
) -> None:
    index, rows = large
    query = unit(1, 4, 16)
    nearest = np.argsort(-(query @ np.stack(list(rows.values())).T)[0])[:n_removed]
    left = {i: row for i, row in rows.items() if i not in set(nearest.tolist())}
    assert share_found(index.changed(unit(0, 0, 16), NO_IDS, nearest), left, query, 10) >= 0.9


def test_equal_rows_that_the_graph_does_not_link_can_be_had_all_the_same(graph_from_few_rows: None) -> None:
    vectors = np.repeat(unit(5, 1), 100, axis=0)
    assert_exact(VectorIndex.build(vectors, np.arange(500)), dict(enumerate(vectors)), unit(4, 2), 500)


def test_every_living_row_can_be_had_from_a_large_graph(large: tuple[VectorIndex, Rows]) -> None:
    index, rows = large
    assert_exact(index, rows, unit(2, 5, 16), 6000)


def test_an_index_answers_as_before_while_others_are_made_from_it(large: tuple[VectorIndex, Rows]) -> None:
    index, _ = large
    queries = unit(50, 6, 16)
    before = index.search(queries, 10)

    def ask() -> bool:
        return all(
            np.array_equal(expected, got)
            for _ in range(20)
            for expected, got in zip(before, index.search(queries, 10), strict=True)
        )

    def change() -> int:
        changed = index
        for step in range(50):
            changed = changed.changed(unit(5, step, 16), np.arange(step, step + 5), np.arange(50 * step, 50 * step + 9))
            changed.search(queries[:1], 10)
        return len(changed)

    with ThreadPoolExecutor(8) as pool:
        asked, changes = [pool.submit(ask) for _ in range(6)], [pool.submit(change) for _ in range(2)]
        assert all(future.result() for future in asked)
        assert len({future.result() for future in changes}) == 1


def test_neither_the_callers_arrays_nor_the_answers_are_shared(kind: str) -> None:
    vectors, ids, fresh, fresh_ids = unit(30, 1), np.arange(30), unit(3, 2), np.arange(30, 33)
    rows = dict(enumerate(np.concatenate([vectors, fresh])))
    index = VectorIndex.build(vectors, ids).changed(fresh, fresh_ids, NO_IDS)
    for array in (vectors, ids, fresh, fresh_ids, *index.search(unit(2, 3), 5)):
        array[:] = 0
    assert_exact(index, rows, unit(2, 3), 33)


def test_neither_building_nor_searching_changes_how_many_threads_the_caller_has(kind: str) -> None:
    def calls() -> None:
        faiss.omp_set_num_threads(3)
        VectorIndex.build(unit(30, 1), np.arange(30)).changed(unit(1, 2), numbered(50), NO_IDS).search(unit(2, 3), 5)
        left.append(faiss.omp_get_max_threads())

    left: list[int] = []
    thread = Thread(target=calls)
    thread.start()
    thread.join()
    assert left == [3]


BAD_ROWS = {
    "one vector": (unit(1, 1)[0], numbered(1), "vectors have the shape (8,): it must be (rows, dimensions)"),
    "no dimensions": (np.empty((0, 0), np.float32), NO_IDS, "vectors have the shape (0, 0)"),
    "too few ids": (unit(2, 1), numbered(1), "ids have the shape (1,): 2 vectors need (2,)"),
    "ids in a column": (unit(2, 1), numbered(1, 2)[:, None], "ids have the shape (2, 1): 2 vectors need (2,)"),
    "the same id again": (unit(3, 1), numbered(5, 6, 5), "the id 5 comes 2 times"),
    "a negative id": (unit(2, 1), numbered(1, -1), "the id -1 is negative"),
    "not a number": (unit(2, 1) * np.float32(np.nan), numbered(1, 2), "vectors hold numbers that are not finite"),
}


@pytest.mark.parametrize(("vectors", "ids", "message"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_rows_that_cannot_be_right_are_refused(vectors: Vectors, ids: Ids, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        VectorIndex.build(vectors, ids)
    with pytest.raises(ValueError, match=re.escape(message)):
        VectorIndex.build(unit(2, 1), numbered(5, 6)).changed(vectors, ids, NO_IDS)


def test_other_dimensions_than_those_of_the_index_are_refused() -> None:
    index = VectorIndex.build(unit(2, 1), numbered(5, 6))
    with pytest.raises(ValueError, match="added vectors have 4 dimensions: this index has 8"):
        index.changed(unit(1, 2, 4), numbered(1), NO_IDS)
    with pytest.raises(ValueError, match="queries have 4 dimensions: this index has 8"):
        index.search(unit(1, 2, 4), 1)


def test_ids_to_remove_come_in_one_row() -> None:
    with pytest.raises(ValueError, match=re.escape("ids to remove have the shape (2, 1)")):
        VectorIndex.build(unit(2, 1), numbered(5, 6)).changed(NO_VECTORS, NO_IDS, numbered(5, 6)[:, None])


@pytest.mark.parametrize("queries", [unit(1, 1)[0], unit(1, 1) * np.float32(np.inf)], ids=["one row", "not finite"])
def test_queries_that_cannot_be_right_are_refused(queries: Vectors) -> None:
    with pytest.raises(ValueError, match="queries"):
        VectorIndex.build(unit(2, 1), numbered(5, 6)).search(queries, 1)


def test_a_negative_number_of_neighbours_is_refused() -> None:
    with pytest.raises(ValueError, match="k is -1"):
        VectorIndex.build(unit(2, 1), numbered(5, 6)).search(unit(1, 2), -1)


def test_no_queries_get_no_answers(kind: str) -> None:
    cosines, ids = VectorIndex.build(unit(30, 1), np.arange(30)).search(NO_VECTORS, 5)
    assert cosines.shape == ids.shape == (0, 5)
