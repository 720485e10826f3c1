"""Ranking metrics against ranx, which evaluates search engines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ranx import Qrels, Run, evaluate

from evaluation.metrics.hit_at_k import hit_at_k
from evaluation.metrics.mrr import mrr
from evaluation.metrics.ndcg import ndcg_at_k

ENTRIES = ["a", "b", "c", "d", "e"]
rankings = st.lists(
    st.tuples(st.lists(st.sampled_from(ENTRIES), min_size=1, unique=True), st.sampled_from(ENTRIES)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40)
@given(rankings, st.sampled_from([1, 3, 5]))
def test_ranking_metrics_are_those_of_ranx(rows: list[tuple[list[str], str]], k: int) -> None:
    ranked, right = [candidates for candidates, _ in rows], [entry for _, entry in rows]
    qrels = Qrels({f"q{number}": {entry: 1} for number, entry in enumerate(right)})
    run = Run(
        {
            f"q{number}": {entry: float(len(candidates) - place) for place, entry in enumerate(candidates)}
            for number, candidates in enumerate(ranked)
        }
    )
    expected = evaluate(qrels, run, ["mrr", f"hit_rate@{k}", f"ndcg@{k}"], make_comparable=True)
    assert mrr(ranked, right).value == pytest.approx(expected["mrr"])
    assert hit_at_k(ranked, right, k).value == pytest.approx(expected[f"hit_rate@{k}"])
    assert ndcg_at_k(ranked, right, k).value == pytest.approx(expected[f"ndcg@{k}"])


def test_questions_without_an_entry_do_not_count() -> None:
    ranked = [["a", "b"], ["b", "a"], ["c"]]
    right = ["a", "a", None]
    assert (mrr(ranked, right).value, mrr(ranked, right).n) == (0.75, 2)
    assert hit_at_k(ranked, right, 1).individual == (1.0, 0.0, None)
    assert ndcg_at_k(ranked, right, 1).value == 0.5
