"""What a release teaches: from questions held out of it, everyday sentences, and check questions."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kb import confidence
from kb.confidence import UNFITTED, Calibration
from kb.content import LANGUAGES, Lang
from kb.fitting import MIN_CHECKS, Fit, Targets, fit
from kb.rows import Rows
from kb.scoring import Parts, Scorer
from kb.space import Vectors

DIMENSIONS = 20
MEANS: dict[Lang, Vectors] = {language: np.zeros(DIMENSIONS, np.float32) for language in LANGUAGES}


@pytest.fixture(autouse=True)
def _no_least_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is easily told apart here would meet the least bars, and hide what the samples say."""
    for bound in ("LEAST_ANSWER", "LEAST_CLARIFY"):
        monkeypatch.setattr(confidence, bound, 0)


def questions(entries: int, each: int, *, english: bool = False, seed: int = 0, noise: float = 0.25) -> Rows:
    """Each entry's questions lie around a place of its own."""
    places = np.random.default_rng(99).normal(size=(entries, DIMENSIONS))
    places[:, 0] = 3
    return around(places, np.repeat(np.arange(entries), each), english=english, seed=seed, noise=noise)


def everyday_sentences(count: int = 120) -> Rows:
    """Lie on the other side of everything, in both languages."""
    place = np.eye(1, DIMENSIONS) * -2
    chinese, english = (
        around(place, np.zeros(count, int), english=flag, seed=50 + flag, noise=1.0) for flag in (False, True)
    )
    rows = together(chinese, english)
    return replace(rows, entries=np.full(len(rows), -1))


def around(places: Any, owners: Any, *, english: bool, seed: int, noise: float) -> Rows:
    vectors = places[owners] + np.random.default_rng(seed).normal(size=(len(owners), DIMENSIONS)) * noise
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    texts = np.array([f"words{owner} {number}" for number, owner in enumerate(owners)], dtype=np.object_)
    none = np.zeros(len(owners), bool)
    return Rows(texts, vectors, np.array(owners), none, none | english)


def together(*rows: Rows) -> Rows:
    return Rows(*(np.concatenate([getattr(each, name) for each in rows]) for name in vars(rows[0])))


EVERYDAY = everyday_sentences()
NO_CHECKS = EVERYDAY.only(np.zeros(len(EVERYDAY), bool))


def learn(rows: Rows, checks: Rows = NO_CHECKS, parts: Parts | None = None, targets: Targets | None = None) -> Fit:
    ids = [f"entry-{number}" for number in range(int(rows.entries.max()) + 1)]
    return fit("key", "made with", ids, rows, EVERYDAY, checks, MEANS, parts or Parts(), targets or Targets())


def is_fitted(calibration: Calibration) -> bool:
    return calibration.weights is not UNFITTED.weights


def test_a_fit_says_what_it_was_made_from_and_in_which_order_it_knows_the_entries() -> None:
    found = learn(questions(5, 4))
    assert (found.key, found.made_with) == ("key", "made with")
    assert found.entry_ids == ("entry-0", "entry-1", "entry-2", "entry-3", "entry-4")
    assert found.means is MEANS


def test_the_same_release_teaches_the_same() -> None:
    rows = questions(8, 8)
    one, other = learn(rows), learn(rows)
    np.testing.assert_array_equal(one.calibrations["zh"].weights, other.calibrations["zh"].weights)
    assert one.calibrations["zh"].thresholds == other.calibrations["zh"].thresholds


def test_what_it_learnt_answers_fresh_questions_and_leaves_the_rest_of_the_world() -> None:
    rows = questions(12, 12)
    found = learn(rows)
    scorer = Scorer(rows, 12, found.head, np.arange(12), EVERYDAY, Parts())
    calibration = found.calibrations["zh"]
    asked = questions(12, 5, seed=1)
    elsewhere = around(np.eye(1, DIMENSIONS) * -2, np.zeros(60, int), english=False, seed=77, noise=1.0)
    known = calibration.confidence(scorer.scores(asked.vectors, asked.texts))
    strange = calibration.confidence(scorer.scores(elsewhere.vectors, ["?"] * 60))
    assert (known >= calibration.thresholds.answer).mean() > 0.8
    assert (strange >= calibration.thresholds.answer).mean() < 0.05


def test_each_language_has_its_own_calibration() -> None:
    """Chinese questions lie close to their entry, English ones do not."""
    rows = together(questions(10, 10, noise=0.1), questions(10, 10, english=True, seed=1, noise=0.8))
    found = learn(rows).calibrations
    assert found["zh"] is not found["en"]
    assert found["zh"].centre[0] > found["en"].centre[0]


@pytest.mark.parametrize(("written", "silent"), [("zh", "en"), ("en", "zh")])
def test_a_language_with_nothing_written_borrows_the_others_calibration(written: Lang, silent: Lang) -> None:
    found = learn(questions(10, 10, english=written == "en")).calibrations
    assert is_fitted(found[written])
    assert found[silent] is found[written]


def test_a_knowledge_base_too_small_to_hold_anything_out_is_left_unfitted() -> None:
    found = learn(questions(1, 3))
    assert not any(map(is_fitted, found.calibrations.values()))
    assert found.head.adapter is None


def test_a_held_out_question_whose_entry_has_no_other_is_no_question_that_should_have_been_found() -> None:
    """Entries with one question each: they would all count as mistakes, and the bot would never answer."""
    assert not any(map(is_fitted, learn(questions(200, 1)).calibrations.values()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_knowledge_base_too_small_to_fit_keeps_to_the_targets_too(language: Lang) -> None:
    careful, bold = (
        learn(questions(1, 3), targets=Targets(answered_precision=wanted)).calibrations[language].thresholds.answer
        for wanted in (0.95, 0.8)
    )
    assert careful == pytest.approx(0.9)
    assert bold == pytest.approx(0.6)


def test_passages_are_no_questions_and_do_not_make_up_for_them() -> None:
    few, passages = questions(8, 1), questions(8, 6, seed=1)
    passages = replace(passages, passages=np.ones(len(passages), bool))
    assert learn(together(few, passages)).head.adapter is None
    assert learn(together(questions(8, 3), passages)).head.adapter is not None


def test_to_want_more_right_answers_is_to_answer_less() -> None:
    rows = questions(12, 10, noise=1.2)
    answers = [
        learn(rows, targets=Targets(answered_precision=wanted)).calibrations["zh"].thresholds.answer
        for wanted in (0.6, 0.95)
    ]
    assert answers[0] < answers[1]


# ── check questions ───────────────────────────────────────────────────────────────────────────────────────────────


def test_check_questions_that_are_easier_than_those_held_out_lower_the_bar() -> None:
    rows = questions(12, 10, noise=1.0)
    easy = questions(12, MIN_CHECKS // 12 + 5, seed=5, noise=0.05)
    assert learn(rows, easy).calibrations["zh"].thresholds.answer < learn(rows).calibrations["zh"].thresholds.answer


def test_too_few_check_questions_change_nothing() -> None:
    rows = questions(12, 10, noise=1.0)
    few = questions(1, MIN_CHECKS - 1, seed=5, noise=0.05)
    np.testing.assert_array_equal(learn(rows, few).calibrations["zh"].weights, learn(rows).calibrations["zh"].weights)


def test_check_questions_in_one_language_say_nothing_of_the_other() -> None:
    rows = together(questions(10, 10), questions(10, 10, english=True, seed=1))
    checks = questions(10, MIN_CHECKS // 10 + 5, seed=5, noise=0.05)
    with_checks, without = learn(rows, checks).calibrations, learn(rows).calibrations
    np.testing.assert_array_equal(with_checks["en"].weights, without["en"].weights)
    assert not np.array_equal(with_checks["zh"].weights, without["zh"].weights)


def test_check_questions_are_never_learnt_from() -> None:
    rows = questions(10, 10)
    checks = questions(10, MIN_CHECKS // 10 + 5, seed=5)
    one, other = learn(rows, checks).head, learn(rows).head
    for name, learnt in vars(one).items():
        np.testing.assert_array_equal(learnt, getattr(other, name))


# ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("part", "gone"),
    [("adapter", {"adapter"}), ("classifier", {"basis", "weights", "bias"}), ("belonging", {"belonging"})],
)
def test_a_part_left_out_is_not_learnt_and_the_others_are(part: str, gone: set[str]) -> None:
    head = learn(questions(8, 6), parts=Parts.without([part])).head
    assert {name for name, learnt in vars(head).items() if learnt is None} == gone


def test_confidence_is_fitted_to_the_engine_without_the_part() -> None:
    rows = questions(8, 8)
    calibration = learn(rows, parts=Parts.without(["lexical"])).calibrations["zh"]
    whole = learn(rows).calibrations["zh"]
    assert not np.allclose(calibration.centre, whole.centre, atol=1e-3)
