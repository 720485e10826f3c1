"""Questions that lie too near to another entry's, with vectors that are made for the purpose."""

from collections.abc import Sequence
from math import cos, sin, sqrt

import numpy as np
import pytest
from numpy.typing import NDArray

from kb.content import EntryContent, Lang, Variant
from kb.examination import nearness
from kb.examination.nearness import Asked, Neighbours, asked_by, normal_form
from kb.examination.rules import Finding

LIMIT = 0.8
MARGIN = 0.05
SAME = 0.985


def asked(entry_id: str, *texts: str, language: Lang = "en") -> list[Asked]:
    return [Asked(entry_id, language, "similar", text) for text in texts]


def check_nearness(
    own: Sequence[Asked], vectors: NDArray[np.float32], others: Sequence[Asked], other_vectors: NDArray[np.float32]
) -> list[Finding]:
    return Neighbours(others, other_vectors).check([(own, vectors)])[0]


def with_cosine(*cosines: float) -> NDArray[np.float32]:
    """Unit vectors that have these cosines with (1, 0, 0, …), and what is left of each in a dimension of its own."""
    vectors = np.zeros((len(cosines), len(cosines) + 1), dtype=np.float32)
    for row, cosine in enumerate(cosines):
        vectors[row, 0], vectors[row, row + 1] = cosine, sqrt(1 - cosine**2)
    return vectors


def apart(sibling: float, foreign: Sequence[float]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A question and its sibling, and questions of others: the first row has these cosines with each of them."""
    vectors = with_cosine(1.0, sibling, *foreign)
    return vectors[:2], vectors[2:]


@pytest.mark.parametrize(
    ("sibling", "foreign", "rule"),
    [
        (0.5, 0.9, "pulls_together"),
        (0.5, 0.81, "pulls_together"),
        (0.5, 0.79, None),
        (0.8, 0.86, "pulls_together"),
        (0.8, 0.84, None),
        (0.97, 0.9, None),
        (0.9, 0.98, "pulls_together"),
        (0.96, 0.98, None),
        (0.5, 0.99, "near_duplicate"),
        (0.995, 0.99, "near_duplicate"),
        (0.5, 1.0, "near_duplicate"),
    ],
)
def test_a_question_and_its_nearest(sibling: float, foreign: float, rule: str | None) -> None:
    own, others = apart(sibling, [0.1, foreign, 0.3])
    findings = check_nearness(
        asked("mine", "first", "second"), own, [*asked("far", "a"), *asked("near", "b"), *asked("far", "c")], others
    )
    assert [(one.rule, one.other_entry) for one in findings if one.excerpt == "first"] == (
        [(rule, "near")] if rule else []
    )


def test_the_finding_names_both_questions_and_the_other_entry() -> None:
    own, others = apart(0.5, [0.9])
    [finding] = check_nearness(
        [Asked("mine", "zh", "question", "卡丢了"), *asked("mine", "second")], own, asked("near", "card gone"), others
    )
    assert (finding.rule, finding.severity) == ("pulls_together", "warning")
    assert (finding.language, finding.field, finding.excerpt) == ("zh", "question", "卡丢了")
    for said in finding.message.values():
        assert "card gone" in said
        assert "near" in said


def test_the_same_words_are_a_duplicate_however_far_their_vectors() -> None:
    own, others = apart(0.9, [0.2, 0.7])
    [finding] = check_nearness(
        asked("mine", "Card gone?", "second"), own, [*asked("twin", "card gone"), *asked("near", "b")], others
    )
    assert (finding.rule, finding.severity, finding.other_entry) == ("near_duplicate", "warning", "twin")


def test_questions_without_a_letter_are_not_the_same_words() -> None:
    own, others = apart(0.9, [0.2])
    assert check_nearness(asked("mine", "??", "second"), own, asked("twin", "!"), others) == []


def test_rows_of_the_same_entry_are_passed_over() -> None:
    own, others = apart(0.5, [1.0, 0.4])
    assert check_nearness(asked("mine", "a", "b"), own, [*asked("mine", "a"), *asked("other", "c")], others) == []


def test_a_question_alone_is_compared_with_the_threshold() -> None:
    vectors = with_cosine(1.0, 0.9)
    [finding] = check_nearness(asked("mine", "a"), vectors[:1], asked("near", "b"), vectors[1:])
    assert finding.rule == "pulls_together"
    vectors = with_cosine(1.0, 0.7)
    assert check_nearness(asked("mine", "a"), vectors[:1], asked("near", "b"), vectors[1:]) == []


def test_without_others_nothing_is_near() -> None:
    vectors = with_cosine(1.0, 0.9)
    assert check_nearness(asked("mine", "a", "b"), vectors, [], np.zeros((0, 3), np.float32)) == []
    assert check_nearness([], np.zeros((0, 3), np.float32), asked("near", "a", "b"), vectors) == []


@pytest.mark.parametrize(("own", "others"), [(1, 1), (2, 2)])
def test_every_question_needs_its_vector(own: int, others: int) -> None:
    vectors = with_cosine(*[0.5] * 2)
    with pytest.raises(ValueError, match="questions, but"):
        check_nearness(asked("mine", "a", "b"), vectors[:own], asked("near", "c"), vectors[:others])


def test_every_question_is_judged_by_its_own_nearest() -> None:
    angles = {"a": 0.0, "b": 1.4, "near a": 0.3, "near b": 1.1}
    vectors = {key: np.array([cos(angle), sin(angle)], np.float32) for key, angle in angles.items()}
    findings = check_nearness(
        asked("mine", "a", "b"),
        np.stack([vectors["a"], vectors["b"]]),
        [*asked("first", "near a"), *asked("second", "near b")],
        np.stack([vectors["near a"], vectors["near b"]]),
    )
    assert [(one.excerpt, one.other_entry) for one in findings] == [("a", "first"), ("b", "second")]


def test_the_questions_of_an_entry_are_those_that_are_written() -> None:
    entry = EntryContent(
        id="mine",
        scenario="s",
        variants={"zh": Variant(question="问", similar=("问", " ", " 再问 ")), "en": Variant(question="Q")},
    )
    assert [(one.language, one.field, one.text) for one in asked_by(entry)] == [
        ("zh", "question", "问"),
        ("zh", "similar", "问"),
        ("zh", "similar", "再问"),
        ("en", "question", "Q"),
    ]
    assert {one.entry_id for one in asked_by(entry)} == {"mine"}


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Card gone?", "cardgone"),
        ("ＡＴＭ １２", "atm12"),
        ("卡，丢了！", "卡丢了"),
        ("Straße", "strasse"),
        ("①②", "12"),
        ("?!", ""),
    ],
)
def test_the_normal_form_is_letters_and_digits(text: str, normal: str) -> None:
    assert normal_form(text) == normal


@pytest.mark.parametrize("at_once", [1, 40, 10_000])
def test_many_entries_are_looked_at_as_each_alone(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearness, "COMPARED_AT_ONCE", at_once)
    vectors = np.random.default_rng(3).normal(size=(40, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    questions = [
        question for number in range(8) for question in asked(f"e{number}", *(f"q{number % 7} {at}" for at in range(5)))
    ]
    groups = [(questions[start : start + 5], vectors[start : start + 5]) for start in range(0, 40, 5)]
    every = Neighbours(questions, vectors)
    alone = [check_nearness(own, of_own, questions, vectors) for own, of_own in groups]
    assert any(alone)
    assert every.check(groups) == alone
    assert every.check([groups[0], ([], vectors[:0]), groups[1]]) == [alone[0], [], alone[1]]
