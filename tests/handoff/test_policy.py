"""When a person takes over: every gate as a table, and what must hold for any numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.policy import (
    Answer,
    Clarify,
    Decline,
    Handoff,
    Reason,
    Standing,
    Thresholds,
    TurnSignals,
    after_intent,
    after_search,
    before_bot,
    is_angry,
)

T = Thresholds()
CALM = Standing()

confidence = st.floats(0, 1)
emotions = st.sampled_from(["neutral", "anger", "anxiety", "distress"])
signals = st.builds(TurnSignals, emotions, confidence, confidence, confidence)
standings = st.builds(Standing, st.integers(0, 5), st.integers(0, 5))
candidates = st.lists(confidence, max_size=5).map(lambda found: sorted(found, reverse=True))


class TestBeforeTheBot:
    @pytest.mark.parametrize(
        ("given_", "wanted"),
        [
            (TurnSignals(), None),
            (TurnSignals("distress", 0.60), Reason.DISTRESS),
            (TurnSignals("distress", 0.59), None),
            (TurnSignals("anger", 0.75), Reason.NEGATIVE_EMOTION),
            (TurnSignals("anger", 0.74), None),
            (TurnSignals("anxiety", 1.0), None),
            (TurnSignals(asked_confidence=0.45), Reason.ASKED_FOR_HUMAN),
            (TurnSignals(asked_confidence=0.44), None),
            (TurnSignals(complaint_confidence=0.60), Reason.COMPLAINT),
            (TurnSignals(complaint_confidence=0.59), None),
            (TurnSignals("distress", 0.9, 1.0, 1.0), Reason.DISTRESS),
            (TurnSignals("anger", 1.0, 1.0, 1.0), Reason.ASKED_FOR_HUMAN),
            (TurnSignals("anger", 1.0, 0.0, 1.0), Reason.COMPLAINT),
        ],
    )
    def test_what_the_words_demand(self, given_: TurnSignals, wanted: Reason | None) -> None:
        decided = before_bot(given_, CALM, T)
        assert decided == (Handoff(wanted) if wanted else None)

    @pytest.mark.parametrize(("before", "handed_off"), [(0, False), (1, False), (2, True), (3, True)])
    def test_anger_may_be_asked_to_last(self, before: int, handed_off: bool) -> None:
        patient = Thresholds(anger_turns=3)
        decided = before_bot(TurnSignals("anger", 0.9), Standing(angry_turns=before), patient)
        assert (decided is not None) == handed_off

    @given(signals, standings)
    def test_distress_beats_everything(self, read: TurnSignals, standing: Standing) -> None:
        decided = before_bot(read, standing, T)
        distressed = read.emotion == "distress" and read.emotion_confidence >= T.distress
        assert (decided == Handoff(Reason.DISTRESS)) == distressed

    @given(signals, standings)
    def test_a_request_for_a_person_is_never_argued_with(self, read: TurnSignals, standing: Standing) -> None:
        if read.asked_confidence >= T.asked:
            assert before_bot(read, standing, T) is not None

    @given(signals, standings)
    def test_who_asks_for_nothing_and_feels_nothing_meets_the_bot(self, read: TurnSignals, standing: Standing) -> None:
        quiet = TurnSignals("neutral", read.emotion_confidence, read.asked_confidence * 0.44)
        assert before_bot(quiet, standing, T) is None

    @given(signals)
    def test_a_turn_is_angry_when_it_is_surely_angry(self, read: TurnSignals) -> None:
        assert is_angry(read, T) == (read.emotion == "anger" and read.emotion_confidence >= 0.75)


class TestAfterTheIntent:
    @pytest.mark.parametrize(
        ("intent", "asked", "complained", "wanted"),
        [
            ("ask_human", 0.15, 0.0, Reason.ASKED_FOR_HUMAN),
            ("ask_human", 0.14, 1.0, None),
            ("complaint", 0.0, 0.30, Reason.COMPLAINT),
            ("complaint", 1.0, 0.29, None),
            ("ask", 0.49, 0.59, None),
            ("", 1.0, 1.0, None),
        ],
    )
    def test_an_intent_lowers_the_bar_for_its_own_hint(self, intent, asked, complained, wanted) -> None:
        read = TurnSignals(asked_confidence=asked, complaint_confidence=complained)
        assert after_intent(intent, read, T) == (Handoff(wanted) if wanted else None)

    @given(st.text(max_size=12) | st.sampled_from(["ask_human", "complaint", "out_of_scope"]))
    def test_an_intent_alone_decides_nothing(self, intent: str) -> None:
        assert after_intent(intent, TurnSignals(), T) is None


def search(found: list[float], *, off_topic: bool = False, unhelped: int = 0):
    return after_search(found, off_topic=off_topic, standing=Standing(unhelped_turns=unhelped), thresholds=T)


class TestAfterTheSearch:
    @pytest.mark.parametrize(
        ("found", "off_topic", "unhelped", "wanted"),
        [
            ([0.60], False, 0, Answer()),
            ([0.99, 0.98], True, 5, Answer()),
            ([0.59, 0.3, 0.1], False, 0, Clarify(3)),
            ([0.59, 0.3, 0.04], False, 0, Clarify(2)),
            ([0.20], False, 0, Clarify(1)),
            ([0.59, 0.3, 0.1, 0.1, 0.1], False, 0, Clarify(3)),
            ([0.19], False, 0, Handoff(Reason.NO_ENTRY)),
            ([], False, 0, Handoff(Reason.NO_ENTRY)),
            ([0.19], True, 0, Decline()),
            ([], True, 0, Decline()),
            ([0.59], False, 1, Handoff(Reason.REPEATED_FAILURE)),
            ([0.1], True, 1, Handoff(Reason.REPEATED_FAILURE)),
            ([], False, 9, Handoff(Reason.REPEATED_FAILURE)),
        ],
    )
    def test_what_to_do_with_the_candidates(self, found, off_topic, unhelped, wanted) -> None:
        assert search(found, off_topic=off_topic, unhelped=unhelped) == wanted

    @given(candidates, st.booleans(), standings)
    def test_never_an_answer_below_the_threshold_and_always_one_above(self, found, off_topic, standing) -> None:
        outcome = after_search(found, off_topic=off_topic, standing=standing, thresholds=T)
        assert isinstance(outcome, Answer) == bool(found and found[0] >= T.answer)

    @given(candidates, st.booleans(), st.integers(1, 9))
    def test_the_second_unhelped_turn_in_a_row_brings_a_person(self, found, off_topic, unhelped) -> None:
        outcome = search(found, off_topic=off_topic, unhelped=unhelped)
        assert isinstance(outcome, Answer) or outcome == Handoff(Reason.REPEATED_FAILURE)

    @given(candidates, st.booleans())
    def test_choices_are_one_to_three_and_each_is_a_candidate(self, found, off_topic) -> None:
        outcome = search(found, off_topic=off_topic)
        if isinstance(outcome, Clarify):
            assert 1 <= outcome.choices <= min(3, len(found))

    @given(candidates, standings)
    def test_only_what_is_off_topic_is_declined(self, found, standing) -> None:
        assert not isinstance(after_search(found, off_topic=False, standing=standing, thresholds=T), Decline)

    @given(candidates, st.booleans(), standings, confidence, confidence)
    def test_a_higher_bar_never_turns_anything_into_an_answer(self, found, off_topic, standing, one, two) -> None:
        low, high = sorted((one, two))
        strict = after_search(found, off_topic=off_topic, standing=standing, thresholds=Thresholds(answer=high))
        loose = after_search(found, off_topic=off_topic, standing=standing, thresholds=Thresholds(answer=low))
        assert not isinstance(strict, Answer) or isinstance(loose, Answer)
