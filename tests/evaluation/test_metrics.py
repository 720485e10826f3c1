"""Every metric against scikit-learn or a second implementation, on whatever hypothesis thinks of."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as reference

from evaluation.metrics.answered_precision import answered_precision
from evaluation.metrics.answering import Answered
from evaluation.metrics.auroc import auroc
from evaluation.metrics.calibration_error import calibration_error
from evaluation.metrics.coverage import coverage
from evaluation.metrics.detection import Detection
from evaluation.metrics.false_answer_rate import false_answer_rate
from evaluation.metrics.hit_at_k import hit_at_k
from evaluation.metrics.precision_at_coverage import precision_at_coverage

ENTRIES = ["a", "b", "c", "d", "e"]


@st.composite
def questions(draw: st.DrawFn) -> Answered:
    in_scope = draw(st.booleans())
    return Answered(
        confidence=draw(st.sampled_from([0.0, 0.1, 0.35, 0.5, 0.6, 0.999, 1.0]) | st.floats(0, 1)),
        answered=draw(st.booleans()),
        right=in_scope and draw(st.booleans()),
        in_scope=in_scope,
    )


asked = st.lists(questions(), max_size=40)


@given(asked)
def test_coverage_counts_answers(questions: list[Answered]) -> None:
    if not questions:
        assert coverage(questions).value is None
        return
    counted = 0
    for question in questions:
        counted += 1 if question.answered else 0
    assert coverage(questions).value == pytest.approx(counted / len(questions))


@given(asked)
def test_answered_precision_is_precision_of_the_answers_given(questions: list[Answered]) -> None:
    if not any(question.answered for question in questions):
        assert answered_precision(questions).value is None
        return
    right, answered = [q.right for q in questions], [q.answered for q in questions]
    assert answered_precision(questions).value == pytest.approx(reference.precision_score(right, answered))


@given(asked)
def test_false_answer_rate_is_recall_over_what_no_entry_answers(questions: list[Answered]) -> None:
    outside = [not q.in_scope for q in questions]
    if not any(outside):
        assert false_answer_rate(questions).value is None
        return
    assert false_answer_rate(questions).value == pytest.approx(
        reference.recall_score(outside, [q.answered for q in questions])
    )


def test_a_wrong_answer_out_of_scope_lowers_precision_and_raises_the_false_answer_rate() -> None:
    questions = [Answered(0.9, True, True, True), Answered(0.8, True, False, False), Answered(0.1, False, False, False)]
    assert (answered_precision(questions).value, false_answer_rate(questions).value) == (0.5, 0.5)


def area_by_pairs(questions: Sequence[Answered]) -> float:
    """How often an in-scope question is more confident than an out-of-scope one; a tie is half."""
    pairs = [(a.confidence, b.confidence) for a in questions if a.in_scope for b in questions if not b.in_scope]
    return sum(1.0 if inside > outside else 0.5 if inside == outside else 0.0 for inside, outside in pairs) / len(pairs)


@given(asked)
def test_auroc_is_the_share_of_pairs_in_the_right_order(questions: list[Answered]) -> None:
    if len({question.in_scope for question in questions}) < 2:
        assert auroc(questions).value is None
        return
    assert auroc(questions).value == pytest.approx(area_by_pairs(questions))


@given(asked, st.sampled_from([0.01, 0.25, 0.5, 0.7, 0.8, 1.0]))
def test_precision_at_coverage_is_over_the_most_confident(questions: list[Answered], share: float) -> None:
    found = precision_at_coverage(questions, share).value
    if not questions:
        assert found is None
        return
    kept: list[Answered] = []
    rest = list(questions)
    for _ in range(max(1, round(share * len(questions)))):
        surest = max(rest, key=lambda question: question.confidence)  # the first of equals
        rest.remove(surest)
        kept.append(surest)
    assert found == pytest.approx(sum(question.right for question in kept) / len(kept))
    assert precision_at_coverage(questions, 1.0).value == pytest.approx(
        sum(q.right for q in questions) / len(questions)
    )


@given(asked, st.integers(1, 20))
def test_calibration_error_is_the_weighted_gap_of_each_bin(questions: list[Answered], bins: int) -> None:
    found = calibration_error(questions, bins).value
    if not questions:
        assert found is None
        return
    expected = 0.0
    for number in range(bins):
        members = [q for q in questions if min(math.floor(q.confidence * bins), bins - 1) == number]
        if members:
            sure = sum(q.confidence for q in members) / len(members)
            right = sum(q.right for q in members) / len(members)
            expected += len(members) / len(questions) * abs(sure - right)
    assert found == pytest.approx(expected)
    assert 0 <= found <= 1


@given(
    st.lists(st.tuples(st.lists(st.sampled_from(ENTRIES), unique=True), st.sampled_from(ENTRIES)), max_size=30),
    st.integers(1, 6),
)
def test_top_k_is_the_share_ranked_before_k(rows: list[tuple[list[str], str]], k: int) -> None:
    ranked, right = [row[0] for row in rows], [row[1] for row in rows]
    found = hit_at_k(ranked, right, k).value
    if not rows:
        assert found is None
        return
    ranks = [candidates.index(answer) if answer in candidates else math.inf for candidates, answer in rows]
    assert found == pytest.approx(sum(rank < k for rank in ranks) / len(ranks))
    assert found <= (hit_at_k(ranked, right, k + 1).value or 0)


@given(st.lists(st.permutations(ENTRIES), min_size=1, max_size=20), st.data(), st.integers(1, 4))
def test_top_k_agrees_with_scikit_learn_on_full_rankings(ranked: list[list[str]], data: st.DataObject, k: int) -> None:
    right = [data.draw(st.sampled_from(ENTRIES)) for _ in ranked]
    scores = [[-candidates.index(entry) for entry in ENTRIES] for candidates in ranked]
    expected = reference.top_k_accuracy_score(right, scores, k=k, labels=ENTRIES)
    assert hit_at_k(ranked, right, k).value == pytest.approx(expected)


def test_every_question_needs_its_ranking() -> None:
    with pytest.raises(ValueError, match="zip"):
        hit_at_k([["a"]], ["a", "b"], 1)
    with pytest.raises(ValueError, match="zip"):
        Detection.of([True], [True, False])


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=50))
def test_detection_counts_and_shares(pairs: list[tuple[bool, bool]]) -> None:
    needed, made = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    found = Detection.of(needed, made)
    assert found.hits + found.misses + found.false_alarms + found.quiet == len(pairs)
    if not pairs:
        assert (found.precision, found.recall, found.f1, found.false_alarm_rate) == (None,) * 4
        return
    matrix = reference.confusion_matrix(needed, made, labels=[False, True])
    assert [[found.quiet, found.false_alarms], [found.misses, found.hits]] == matrix.tolist()
    assert found.precision == (pytest.approx(reference.precision_score(needed, made)) if any(made) else None)
    assert found.recall == (pytest.approx(reference.recall_score(needed, made)) if any(needed) else None)
    assert found.f1 == (pytest.approx(reference.f1_score(needed, made)) if any(needed) or any(made) else None)
    if all(needed):
        assert found.false_alarm_rate is None
    else:
        assert found.false_alarm_rate == pytest.approx(1 - reference.recall_score(needed, made, pos_label=False))


def test_a_detection_by_hand() -> None:
    found = Detection.of([True, True, True, False, False, False, False], [True, True, False, True, False, False, False])
    assert found == Detection(hits=2, misses=1, false_alarms=1, quiet=3)
    assert (found.precision, found.recall, found.f1, found.false_alarm_rate) == pytest.approx(
        (2 / 3, 2 / 3, 2 / 3, 1 / 4)
    )
