"""From a sample and two people's judgements to figures: agreement, disagreements, metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from evaluation.metrics.conversation_scores import conversation_scores
from evaluation.metrics.conversations import MeasuredConversation
from evaluation.metrics.score import SEED, Score
from evaluation.statistics.agreement import Agreement, cohens_kappa
from evaluation.traffic.labels import ANSWERS, Label

ANSWER = {"yes": True, "no": False, "none": None}


@dataclass(frozen=True)
class Judged:
    """What came of two judgements.

    Args:
        agreement: of each question that was judged.
        disagreements: the conversations to settle, with what each rater said to the questions that they differ in.
        scores: by metric; empty while something is to be settled.
        labelled: the conversations with what was judged of them; none while something is to be settled.
    """

    agreement: dict[str, Agreement]
    disagreements: dict[str, dict[str, tuple[str, str]]]
    scores: dict[str, Score]
    labelled: tuple[MeasuredConversation, ...] = ()


def judge(
    conversations: Sequence[MeasuredConversation],
    first: Mapping[str, Label],
    second: Mapping[str, Label],
    settled: Mapping[str, Label],
) -> Judged:
    """Kappa is of the two raters alone; the figures are of what they agree on, and of what was settled."""
    ids = [one.id for one in conversations]
    agreement = {
        name: cohens_kappa(
            [getattr(first[identifier], name) for identifier in ids],
            [getattr(second[identifier], name) for identifier in ids],
            seed=SEED,
        )
        for name in ANSWERS
    }
    final = {i: first[i] if first[i] == second[i] else settled[i] for i in ids if first[i] == second[i] or i in settled}
    open_ = {i: _said(first[i], second[i]) for i in ids if i not in final}
    if open_:
        return Judged(agreement, open_, {})
    labelled = [
        replace(
            one,
            needs_human=ANSWER[final[one.id].needs_human],
            last_answer_right=ANSWER[final[one.id].last_answer_right],
        )
        for one in conversations
    ]
    return Judged(agreement, {}, conversation_scores(labelled), tuple(labelled))


def _said(first: Label, second: Label) -> dict[str, tuple[str, str]]:
    pairs = {name: (getattr(first, name), getattr(second, name)) for name in ANSWERS}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
