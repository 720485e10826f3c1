"""Metrics of conversations, follow-ups and double questions against SQLite, and by scikit-learn."""

from __future__ import annotations

import ast
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import astuple, fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, recall_score

from evaluation.metrics.answering import Answered, DoubleOutcome, FaqOutcome, FollowupOutcome
from evaluation.metrics.broken_rate import broken_rate
from evaluation.metrics.clarification_success import clarification_success
from evaluation.metrics.containment_without_callback import containment_without_callback
from evaluation.metrics.conversations import MeasuredConversation, Rating
from evaluation.metrics.diversion import diversion_share
from evaluation.metrics.double_scores import double_scores
from evaluation.metrics.followup_scores import followup_scores
from evaluation.metrics.language_accuracy import language_accuracy
from evaluation.metrics.recommendation import nps
from evaluation.metrics.satisfaction import csat, response_rate
from evaluation.metrics.self_service_diversion import self_service_diversion
from evaluation.metrics.transfer_rate import transfer_rate
from evaluation.metrics.verified_resolution import verified_resolution
from evaluation.metrics.wrong_containment import wrong_containment
from kit.settings import ROOT

LEFT_TO_THE_BOT = "not human_joined and not asked_for_human and not handed_off"
RESOLVED = f"answered and {LEFT_TO_THE_BOT} and not negative_rating and not returned_same_topic_within_72h"
OVER_72H = "engaged and returned_same_topic_within_72h is not null"
FORMULAS = {
    "diversion_share": (LEFT_TO_THE_BOT, "engaged"),
    "self_service_diversion": (LEFT_TO_THE_BOT, "engaged and needs_human = 0"),
    "wrong_containment": (
        "not human_joined and (ifnull(needs_human, 0) or last_answer_right is 0)",
        "engaged and (needs_human is not null or last_answer_right is not null)",
    ),
    "verified_resolution": (RESOLVED, OVER_72H),
    "resolution_confirmed": (f"{RESOLVED} and confirmed_resolved", OVER_72H),
    "resolution_assumed": (f"{RESOLVED} and not confirmed_resolved", OVER_72H),
    "containment_without_callback": (
        f"{LEFT_TO_THE_BOT} and not returned_within_24h",
        "engaged and returned_within_24h is not null",
    ),
    "transfer_rate": ("handed_off", "engaged"),
    "broken_rate": ("broken", "broken is not null"),
}
"""What is counted, and of which; as docs/evaluation.md says it, in another language."""

FLAGS = [each.name for each in fields(MeasuredConversation) if "bool" in str(each.type)]
booleans, maybe = st.booleans(), st.none() | st.booleans()
conversations = st.lists(
    st.builds(
        MeasuredConversation,
        id=st.just("c"),
        **{
            each.name: maybe if "None" in str(each.type) else booleans
            for each in fields(MeasuredConversation)
            if each.name in FLAGS
        },
    ),
    max_size=30,
)


def by_sqlite(items: Sequence[MeasuredConversation]) -> dict[str, tuple[int, float | None]]:
    """How many count, and the share, of every formula."""
    database = sqlite3.connect(":memory:")
    database.execute(f"create table conversations ({', '.join(FLAGS)})")
    rows = [[getattr(one, name) for name in FLAGS] for one in items]
    database.executemany(f"insert into conversations values ({', '.join('?' * len(FLAGS))})", rows)
    return {
        name: database.execute(f"select count(*), avg({counted}) from conversations where {of}").fetchone()
        for name, (counted, of) in FORMULAS.items()
    }


@settings(max_examples=60)
@given(conversations)
def test_shares_of_conversations_are_those_that_a_database_counts(items: list[MeasuredConversation]) -> None:
    resolution = verified_resolution(items)
    ours = {
        "diversion_share": diversion_share(items),
        "self_service_diversion": self_service_diversion(items),
        "wrong_containment": wrong_containment(items),
        "verified_resolution": resolution.resolved,
        "resolution_confirmed": resolution.confirmed,
        "resolution_assumed": resolution.assumed,
        "containment_without_callback": containment_without_callback(items),
        "transfer_rate": transfer_rate(items),
        "broken_rate": broken_rate(items),
    }
    for name, (n, value) in by_sqlite(items).items():
        assert (ours[name].n, ours[name].value) == (n, None if value is None else pytest.approx(value)), name


def test_ratings_are_those_that_a_database_averages() -> None:
    given_ = [
        (Rating("bot", 5, 10), Rating("human", 1, 0)),
        (Rating("bot", 2, 7), Rating("bot", 3, 9)),
        (Rating("human", 4, None),),
        (),
        (Rating("bot", None, 6),),
    ]
    items = [
        MeasuredConversation(str(n), True, human_joined=n in (0, 2, 3), ratings=each) for n, each in enumerate(given_)
    ]
    database = sqlite3.connect(":memory:")
    database.execute("create table ratings (conversation, number, subject, satisfaction, recommendation)")
    rows = [(n, m, *astuple(rating)) for n, each in enumerate(given_) for m, rating in enumerate(each)]
    database.executemany("insert into ratings values (?, ?, ?, ?, ?)", rows)

    def asked(figure: str, column: str, subject: str) -> Any:
        """The figure of each conversation's last rating."""
        last = f"select {column} as last, max(number) from ratings where subject = '{subject}' and {column} is not null"
        return database.execute(f"select {figure} from ({last} group by conversation)").fetchone()[0]

    leaning = "100.0 * avg((last >= 9) - (last <= 6))"
    for subject, joined in (("bot", 5), ("human", 3)):
        assert csat(items, subject).value == asked("avg(last)", "satisfaction", subject)  # type: ignore[arg-type]
        assert nps(items, subject).value == pytest.approx(asked(leaning, "recommendation", subject))  # type: ignore[arg-type]
        rate = asked("count(*)", "satisfaction", subject) / joined
        assert response_rate(items, subject).value == pytest.approx(rate)  # type: ignore[arg-type]


ENTRIES = st.sampled_from(["a", "b", "c"])
faq_outcomes = st.builds(
    FaqOutcome,
    result=st.builds(Answered, st.just(0.5), answered=booleans, right=st.just(False), in_scope=st.just(True)),
    ranked=st.just(("a",)),
    entry_id=st.none() | ENTRIES,
    offered=st.lists(ENTRIES, unique=True, max_size=3).map(tuple),
    right_language=booleans,
)


@given(st.lists(faq_outcomes, min_size=1, max_size=30))
def test_clarifications_and_languages_are_scikit_learns(outcomes: list[FaqOutcome]) -> None:
    clarified = [one for one in outcomes if one.offered and not one.result.answered]
    hits = [one.entry_id in one.offered for one in clarified]
    found = clarification_success(outcomes)
    assert found.value == (pytest.approx(accuracy_score([True] * len(hits), hits)) if hits else None)
    languages = [one.right_language for one in outcomes]
    assert language_accuracy(outcomes).value == pytest.approx(accuracy_score([True] * len(languages), languages))


followups = st.builds(
    FollowupOutcome, st.just(Answered(0.5, True, True, True)), first=booleans, first_alone=booleans, fresh=booleans
)
doubles = st.builds(DoubleOutcome, double=booleans, both_answered=booleans, both_seen=booleans, split=booleans)


@given(st.lists(followups, min_size=1, max_size=30), st.lists(doubles, min_size=1, max_size=30))
def test_follow_ups_and_double_questions_are_scikit_learns(
    last_turns: list[FollowupOutcome], messages: list[DoubleOutcome]
) -> None:
    scores = followup_scores(last_turns)
    first = [one.first for one in last_turns]
    assert scores["followup_accuracy"].value == pytest.approx(accuracy_score([True] * len(first), first))
    fresh = [one for one in last_turns if one.fresh]
    astray = [one.first_alone and not one.first for one in fresh]
    wrong = pytest.approx(1 - accuracy_score([False] * len(fresh), astray)) if fresh else None
    assert scores["bent"].value == wrong
    found = double_scores(messages)
    is_double = [one.double for one in messages]
    for name in ("both_answered", "both_seen"):
        hits = [getattr(one, name) for one in messages]
        assert found[name].value == (pytest.approx(recall_score(is_double, hits)) if any(is_double) else None)
    single, split = [not double for double in is_double], [one.split for one in messages]
    assert found["split_wrongly"].value == (pytest.approx(recall_score(single, split)) if any(single) else None)


SHARED = {"__init__", "answering", "catalogue", "conversations", "score"}
ALL_OF_A_KIND = {"conversation_scores", "double_scores", "faq_scores", "followup_scores", "utterance_scores"}


@pytest.mark.parametrize(
    "name",
    sorted(
        path.stem for path in (ROOT / "evaluation" / "metrics").glob("*.py") if path.stem not in SHARED | ALL_OF_A_KIND
    ),
)
def test_a_metric_names_the_source_of_its_formula(name: str) -> None:
    source = (ROOT / "evaluation" / "metrics" / f"{name}.py").read_text(encoding="utf-8")
    told = [
        ast.get_docstring(node) or ""
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]
    assert any("Source:" in text or re.search(r"\b(19|20)\d\d\b", text) for text in told)
