"""Metrics of conversations: against scikit-learn, and by the bots that must look bad."""

import importlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, precision_score, recall_score

from evaluation.metrics.catalogue import CATALOGUE
from evaluation.metrics.conversation_scores import conversation_scores
from evaluation.metrics.conversations import MeasuredConversation, Rating
from evaluation.metrics.diversion import diversion_share
from evaluation.metrics.false_alarm_rate import false_alarm_rate
from evaluation.metrics.handoff_precision import handoff_precision
from evaluation.metrics.handoff_recall import handoff_recall
from evaluation.metrics.recommendation import nps
from evaluation.metrics.satisfaction import csat, response_rate
from evaluation.metrics.times import times
from evaluation.metrics.utterance_scores import utterance_scores
from evaluation.metrics.verified_resolution import verified_resolution
from evaluation.metrics.wrong_containment import wrong_containment
from evaluation.statistics.intervals import wilson

MODULES = {
    "faq_accuracy": "hit_at_k",
    "hit_at_3": "hit_at_k",
    "ndcg_at_5": "ndcg",
    "precision_at_coverage_70": "precision_at_coverage",
    "followup_precision": "answered_precision",
    "followup_coverage": "coverage",
    "diversion_share": "diversion",
    "resolution_confirmed": "verified_resolution",
    "resolution_assumed": "verified_resolution",
    **{f"{time}_{part}": "times" for time in ("first_response", "wait", "handle") for part in ("p50", "p90")},
    **{f"csat_{of}{rate}": "satisfaction" for of in ("bot", "human") for rate in ("", "_response_rate")},
    **{f"nps_{of}": "recommendation" for of in ("bot", "human")},
}
"""Where a metric's formula is, if not in a module of its name."""

booleans = st.booleans()
maybe = st.none() | booleans


@st.composite
def conversation(draw: st.DrawFn) -> MeasuredConversation:
    return MeasuredConversation(
        id="c",
        engaged=draw(booleans),
        answered=draw(booleans),
        human_joined=draw(booleans),
        asked_for_human=draw(booleans),
        handed_off=draw(booleans),
        needs_human=draw(maybe),
        last_answer_right=draw(maybe),
        negative_rating=draw(booleans),
        confirmed_resolved=draw(booleans),
        returned_same_topic_within_72h=draw(maybe),
        returned_within_24h=draw(maybe),
    )


conversations = st.lists(conversation(), max_size=40)


@given(conversations)
def test_handoff_quality_is_scikit_learns(items: list[MeasuredConversation]) -> None:
    judged = [one for one in items if one.needs_human is not None]
    needed, made = [one.needs_human for one in judged], [one.handed_off for one in judged]
    precision, recall = handoff_precision(items), handoff_recall(items)
    assert precision.value == (pytest.approx(precision_score(needed, made)) if any(made) else None)
    assert recall.value == (pytest.approx(recall_score(needed, made)) if any(needed) else None)


@given(st.lists(st.tuples(booleans, booleans), min_size=1, max_size=40))
def test_handoffs_of_utterances_are_scikit_learns(pairs: list[tuple[bool, bool]]) -> None:
    needed, made = [need for need, _ in pairs], [hit for _, hit in pairs]
    scores = utterance_scores(needed, made)
    (quiet, false_alarms), _ = confusion_matrix(needed, made, labels=[False, True]).tolist()
    assert scores["handoff_precision"].value == (pytest.approx(precision_score(needed, made)) if any(made) else None)
    assert scores["handoff_recall"].value == (pytest.approx(recall_score(needed, made)) if any(needed) else None)
    assert scores["false_alarm_rate"].n == quiet + false_alarms
    assert scores["false_alarm_rate"].value == (
        None if all(needed) else pytest.approx(false_alarms / (quiet + false_alarms))
    )


@given(conversations)
def test_who_was_not_judged_is_no_false_alarm(items: list[MeasuredConversation]) -> None:
    judged = [one for one in items if one.needs_human is not None]
    assert false_alarm_rate(items).value == false_alarm_rate(judged).value
    assert false_alarm_rate(items).n == sum(one.needs_human is False for one in items)


@given(conversations)
def test_every_share_is_the_mean_of_its_individual_scores_with_wilsons_interval(
    items: list[MeasuredConversation],
) -> None:
    for name, score in conversation_scores(items).items():
        assert len(score.individual) == len(items)
        if CATALOGUE[name].unit != "share":
            continue
        known = [value for value in score.individual if value is not None]
        assert score.n == len(known)
        assert score.value == (pytest.approx(np.mean(known)) if known else None)
        assert score.interval == (wilson(int(sum(known)), len(known)) if known else None)


@given(conversations)
def test_confirmed_and_assumed_add_up_and_nothing_that_a_person_touched_is_resolved_by_the_bot(
    items: list[MeasuredConversation],
) -> None:
    found = verified_resolution(items)
    assert found.resolved.n == found.confirmed.n == found.assumed.n
    if found.resolved.value is not None:
        assert found.resolved.value == pytest.approx((found.confirmed.value or 0) + (found.assumed.value or 0))
    touched = [replace(one, human_joined=True) for one in items]
    assert not verified_resolution(touched).resolved.value
    assert not diversion_share(touched).value


ENGAGED = MeasuredConversation("c", True, answered=True, needs_human=False, last_answer_right=True)


@pytest.mark.parametrize(
    ("change", "diverted"),
    [
        ({}, True),
        ({"human_joined": True, "handed_off": True}, False),
        ({"asked_for_human": True}, False),
        ({"asked_for_human": True, "handed_off": True}, False),
        ({"handed_off": True}, False),
        ({"needs_human": True}, True),
        ({"engaged": False}, None),
    ],
)
def test_who_is_diverted(change: dict[str, bool], diverted: bool | None) -> None:
    score = diversion_share([replace(ENGAGED, **change)])
    assert score.individual == (None if diverted is None else float(diverted),)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, False),
        ({"needs_human": True}, True),
        ({"last_answer_right": False}, True),
        ({"needs_human": True, "human_joined": True}, False),
        ({"needs_human": True, "handed_off": True}, True),
        ({"needs_human": None, "last_answer_right": None}, None),
        ({"engaged": False}, None),
    ],
)
def test_who_is_contained_wrongly(change: dict[str, bool | None], wrong: bool | None) -> None:
    score = wrong_containment([replace(ENGAGED, **change)])
    assert score.individual == (None if wrong is None else float(wrong),)


def test_a_bot_that_never_hands_over_looks_bad_and_so_does_one_that_always_does() -> None:
    cases = [replace(ENGAGED, needs_human=n < 3, last_answer_right=None) for n in range(10)]
    never = conversation_scores(cases)
    always = conversation_scores([replace(one, handed_off=True, human_joined=True) for one in cases])
    assert (never["diversion_share"].value, never["wrong_containment"].value) == (1.0, 0.3)
    assert never["handoff_recall"].value == 0.0
    assert (always["handoff_recall"].value, always["handoff_precision"].value) == (1.0, 0.3)
    assert always["diversion_share"].value == 0.0


def test_times_are_numpys_percentiles() -> None:
    seconds = np.random.default_rng(1).gamma(2, 30, 101)
    found = times([*seconds, None])
    assert (found.p50.value, found.p90.value) == pytest.approx((np.median(seconds), np.quantile(seconds, 0.9)))
    assert found.p90.interval is not None
    assert found.p90.interval.low <= found.p90.value <= found.p90.interval.high  # type: ignore[operator]
    assert found.p50.n == 101


def rated(*ratings: Rating, human_joined: bool = False) -> MeasuredConversation:
    return MeasuredConversation("c", True, ratings=ratings, human_joined=human_joined)


def test_bot_and_human_are_rated_apart_and_the_last_rating_counts() -> None:
    items = [
        rated(Rating("bot", 1), Rating("bot", 3)),
        rated(Rating("human", 5), human_joined=True),
        rated(human_joined=True),
    ]
    assert (csat(items, "bot").value, csat(items, "human").value) == (3.0, 5.0)
    assert response_rate(items, "bot").value == pytest.approx(1 / 3)
    assert response_rate(items, "human").value == 0.5


@pytest.mark.parametrize(("answer", "leaning"), [(10, 100), (9, 100), (8, 0), (7, 0), (6, -100), (0, -100)])
def test_who_promotes_and_who_detracts(answer: int, leaning: float) -> None:
    assert nps([rated(Rating("bot", None, answer))], "bot").value == leaning


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_metric_has_a_module(name: str) -> None:
    module = importlib.import_module(f"evaluation.metrics.{MODULES.get(name, name)}")
    assert ">>>" in Path(str(module.__file__)).read_text(encoding="utf-8")


def test_every_metric_says_what_it_means_and_its_guards_exist() -> None:
    assert set(conversation_scores([])) <= set(CATALOGUE)
    guards = {guard for meaning in CATALOGUE.values() for guard in meaning.guards}
    assert guards <= set(CATALOGUE)
    assert CATALOGUE["diversion_share"].guards == ("wrong_containment", "handoff_recall")
