"""Shapes of what stands before a publication: findings, the review queue, check questions, and the test box."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from kb.browsing import Shown
from kb.content import EntryContent, Lang, WholeText
from kb.examination.regression import Regression
from kb.examination.rules import Finding, Place, Severity
from kb.schemas import CandidateView, EntryView, Text
from kb.trials import Outcome, Trial


class FindingView(BaseModel):
    """One thing that is wrong with an entry, or may be."""

    model_config = ConfigDict(from_attributes=True)

    rule: str
    severity: Severity
    language: Lang | None
    field: Place
    excerpt: str
    message: dict[Lang, str]
    other_entry: str | None


class FindingList(BaseModel):
    """In the order of the entry's fields."""

    findings: list[FindingView]

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> FindingList:
        """Of findings as they were made."""
        return cls(findings=[FindingView.model_validate(finding) for finding in findings])


class ChangedQuestionView(BaseModel):
    """A check question that was right and no longer is, or the other way round; with what is put first."""

    text: str
    language: Lang
    entry_id: str | None
    change: Literal["lost", "won"]
    before: str | None
    after: str | None


class RegressionView(BaseModel):
    """The check questions asked of what customers are told and of a candidate."""

    asked: int
    right_before: int
    right_after: int
    questions: list[ChangedQuestionView]

    @classmethod
    def of(cls, regression: Regression) -> RegressionView:
        """Of a comparison."""
        return cls(
            asked=regression.asked,
            right_before=regression.right_before,
            right_after=regression.right_after,
            questions=[
                ChangedQuestionView(
                    text=each.question.text,
                    language=each.question.language,
                    entry_id=each.question.entry_id,
                    change=each.change,
                    before=each.before,
                    after=each.after,
                )
                for each in regression.changed
            ],
        )


class Chosen(BaseModel):
    """A revision that is approved."""

    id: WholeText
    revision: int


class RegressionRequest(BaseModel):
    """What would go live; without ``entries`` everything in review that others wrote."""

    entries: list[Chosen] | None = None


class RegressionAnswer(BaseModel):
    """Null where nothing can be asked: no encoder, no live release or no check questions."""

    regression: RegressionView | None


class Waiting(BaseModel):
    """What waits for a reviewer, in a list; ``own`` is what the caller may not approve."""

    id: str
    revision: int
    scenario: str
    questions: dict[Lang, str]
    author: str
    created_at: datetime
    live_revision: int | None
    own: bool

    @classmethod
    def of(cls, shown: Shown, *, own: bool) -> Waiting:
        """Of a revision as it is stored."""
        revision = shown.revision
        return cls(
            id=revision.entry_id,
            revision=revision.number,
            scenario=revision.scenario,
            questions={language: said["question"] for language, said in revision.content["variants"].items()},
            author=revision.author,
            created_at=revision.created_at,
            live_revision=shown.live,
            own=own,
        )


class ReviewQueue(BaseModel):
    """The longest wait first; ``next`` is what ``after`` is for the rest, null at the end."""

    entries: list[Waiting]
    total: int
    next: int | None


class ReviewItem(BaseModel):
    """One that waits for a reviewer: the entry, what customers are told now, what was found, and whose it is."""

    entry: EntryView
    live: EntryContent | None
    findings: list[FindingView]
    own: bool


class PublishRequest(BaseModel):
    """What goes live and why; without ``entries`` everything in review that others wrote.

    ``reasons`` say by entry why it goes live in spite of warnings.
    """

    comment: Text = ""
    entries: list[Chosen] | None = None
    reasons: dict[str, Text] = Field(default_factory=dict)


class TryRequest(BaseModel):
    """A question for the test box."""

    text: str = Field(min_length=1, max_length=2000)


class Scored(BaseModel):
    """What each part of the search says of a candidate."""

    nearness: float
    classifier: float
    words: float


class AskedScores(BaseModel):
    """What the confidence of the first candidate is made of beside its own parts."""

    margin: float
    share: float
    agreement: float
    belonging: float
    beyond_everyday: float


class TriedCandidate(CandidateView):
    """An entry that may answer, with the parts of its score."""

    parts: Scored


class TrialView(BaseModel):
    """What a question finds; ``release_id`` is null for work in progress."""

    release_id: int | None
    outcome: Outcome
    answer_from: float
    clarify_from: float
    question: AskedScores
    candidates: list[TriedCandidate]

    @classmethod
    def of(cls, trial: Trial, language: Lang) -> TrialView:
        """Of a trial in the language of the question."""
        return cls(
            release_id=trial.release_id,
            outcome=trial.outcome,
            answer_from=trial.answer_from,
            clarify_from=trial.clarify_from,
            question=AskedScores.model_validate(trial.question),
            candidates=[
                TriedCandidate(
                    entry_id=each.entry.id,
                    question=each.entry.variant_for(language)[1].question,
                    confidence=each.confidence,
                    parts=Scored(nearness=each.nearness, classifier=each.classifier, words=each.words),
                )
                for each in trial.candidates
            ],
        )


class TryView(BaseModel):
    """What a question finds in what customers are told, and in that with all work in progress."""

    language: Lang
    live: TrialView | None
    draft: TrialView | None
