"""When a person takes over: every row of the shipped table, and what must hold for any numbers."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.facts import DANGERS
from handoff.policy import (
    Answer,
    Bars,
    Clarify,
    Decline,
    Handoff,
    Happening,
    Reason,
    Standing,
    TurnSignals,
    after_intent,
    after_search,
    before_bot,
    is_angry,
    on_event,
    read_policy,
)

SHIPPED = read_policy()
CALM = Standing()
ELDER = Standing(elder=True)

confidence = st.floats(0, 1)
signals = st.builds(TurnSignals, **{field.name: confidence for field in fields(TurnSignals)})
standings = st.builds(
    Standing, st.integers(0, 5), st.integers(0, 5), st.sampled_from(["rising", "steady", "falling"]), st.booleans()
)
candidates = st.lists(confidence, max_size=5).map(lambda found: sorted(found, reverse=True))


def decided(outcome: Handoff | None) -> tuple[str, Reason] | None:
    return (outcome.rule, outcome.reason) if outcome else None


class TestBeforeTheBot:
    @pytest.mark.parametrize(
        ("read", "standing", "wanted"),
        [
            (TurnSignals(), CALM, None),
            (TurnSignals(distress=0.4, self_harm=0.30), CALM, ("self_harm", Reason.DISTRESS)),
            (TurnSignals(distress=0.4, self_harm=0.29), CALM, None),
            (TurnSignals(distress=0.4, fraud=0.30), CALM, ("fraud_in_progress", Reason.DISTRESS)),
            (TurnSignals(distress=0.4, fraud=0.29), CALM, None),
            (TurnSignals(distress=0.39, fraud=0.9), CALM, None),
            (TurnSignals(distress=0.4, coercion=0.30), CALM, ("coercion", Reason.VULNERABLE_CUSTOMER)),
            (TurnSignals(distress=0.4, bereavement=0.30), CALM, ("bereavement", Reason.VULNERABLE_CUSTOMER)),
            (TurnSignals(distress=0.4, hardship=0.30), CALM, ("hardship", Reason.VULNERABLE_CUSTOMER)),
            (TurnSignals(distress=0.4, hardship=0.29), CALM, None),
            (TurnSignals(distress=0.40, needs_person=0.6), CALM, ("distress", Reason.DISTRESS)),
            (TurnSignals(distress=0.39, needs_person=0.6), CALM, None),
            (TurnSignals(distress=0.40, needs_person=0.59), CALM, None),
            (TurnSignals(anxiety=1.0), CALM, None),
            (TurnSignals(asked=0.4, needs_person=0.4), CALM, ("asked", Reason.ASKED_FOR_HUMAN)),
            (TurnSignals(asked=0.69, needs_person=0.39), CALM, None),
            (TurnSignals(asked=0.39, needs_person=0.9), CALM, None),
            (TurnSignals(asked=0.7, needs_person=0.0), CALM, ("asked_plainly", Reason.ASKED_FOR_HUMAN)),
            (TurnSignals(at_bank=0.9, needs_person=0.59), CALM, None),
            (TurnSignals(needs_person=1.0), CALM, None),  # a need without a reason is none that anybody could explain
            (TurnSignals(asked=0.20), ELDER, ("elder_direct_line", Reason.ASKED_FOR_HUMAN)),
            (TurnSignals(asked=0.19), ELDER, None),
            (TurnSignals(complaint=0.40, needs_person=0.6), CALM, ("complaint", Reason.COMPLAINT)),
            (TurnSignals(complaint=0.39, needs_person=0.6), CALM, None),
            (
                TurnSignals(accessibility_need=0.2, needs_person=0.6),
                CALM,
                ("accessibility_need", Reason.VULNERABLE_CUSTOMER),
            ),
            (TurnSignals(accessibility_need=0.19, needs_person=0.6), CALM, None),
            (TurnSignals(at_bank=0.30, needs_person=0.6), CALM, ("angry_at_bank", Reason.NEGATIVE_EMOTION)),
            (TurnSignals(at_bank=0.29, needs_person=0.6), CALM, None),
            (TurnSignals(anger=0.30, at_bank=0.2, needs_person=0.6), CALM, ("angry", Reason.NEGATIVE_EMOTION)),
            (TurnSignals(anger=0.29, at_bank=0.2, needs_person=0.6), CALM, None),
            (TurnSignals(anger=1.0, at_bank=0.19), CALM, None),  # at the weather, or another firm
            (TurnSignals(sarcasm=0.30, at_bank=0.2, needs_person=0.6), CALM, ("scorn", Reason.NEGATIVE_EMOTION)),
            (TurnSignals(complaint=0.6), CALM, ("complaint", Reason.COMPLAINT)),  # as read before the need was
            (TurnSignals(complaint=0.59), CALM, None),
            (TurnSignals(at_bank=0.40), Standing(trend="rising"), ("anger_rising", Reason.NEGATIVE_EMOTION)),
            (TurnSignals(at_bank=0.39), Standing(trend="rising"), None),
            (TurnSignals(at_bank=0.40), Standing(trend="falling"), None),
            (TurnSignals(at_bank=0.50), Standing(angry_turns=2), ("anger_stays", Reason.NEGATIVE_EMOTION)),
            (TurnSignals(at_bank=0.50), Standing(angry_turns=1), None),
            (
                TurnSignals(distress=0.9, fraud=0.9, asked=1.0, complaint=1.0),
                CALM,
                ("fraud_in_progress", Reason.DISTRESS),
            ),
            (TurnSignals(distress=0.9, self_harm=0.6, fraud=0.9), CALM, ("self_harm", Reason.DISTRESS)),
            (TurnSignals(anger=1.0, asked=1.0, complaint=1.0), CALM, ("asked_plainly", Reason.ASKED_FOR_HUMAN)),
            (TurnSignals(anger=1.0, complaint=1.0), CALM, ("complaint", Reason.COMPLAINT)),
        ],
    )
    def test_what_the_words_demand(self, read, standing, wanted) -> None:
        assert decided(before_bot(read, standing, SHIPPED)) == wanted

    @given(signals, standings)
    def test_danger_beats_everything(self, read: TurnSignals, standing: Standing) -> None:
        needed = before_bot(read, standing, SHIPPED)
        if read.distress >= 0.4 and max(read.self_harm, read.fraud, read.coercion, read.bereavement) >= 0.3:
            assert needed is not None
            assert needed.reason in (Reason.DISTRESS, Reason.VULNERABLE_CUSTOMER)
            assert needed.say.keys() == {"zh", "en"}

    @given(signals, standings)
    def test_who_is_in_danger_waits_behind_nobody_else(self, read: TurnSignals, standing: Standing) -> None:
        endangered = before_bot(read, standing, SHIPPED)
        others = TurnSignals(anger=read.anger, asked=read.asked, complaint=read.complaint, sarcasm=read.sarcasm)
        rival = before_bot(others, standing, SHIPPED)
        if endangered and rival and endangered.reason in (Reason.DISTRESS, Reason.VULNERABLE_CUSTOMER):
            assert endangered.priority > rival.priority

    @given(signals, standings)
    def test_a_request_for_a_person_is_never_argued_with(self, read: TurnSignals, standing: Standing) -> None:
        if read.asked >= 0.7 or (read.asked >= 0.4 and read.need >= 0.4):
            assert before_bot(read, standing, SHIPPED) is not None

    @given(standings, st.floats(0, 1))
    def test_who_asks_for_nothing_and_feels_nothing_meets_the_bot(self, standing: Standing, worry: float) -> None:
        assert before_bot(TurnSignals(anxiety=worry, asked=0.1), standing, SHIPPED) is None

    @given(signals)
    def test_a_turn_is_angry_when_it_is_more_likely_than_not(self, read: TurnSignals) -> None:
        assert is_angry(read, SHIPPED) == (read.at_bank >= 0.5)

    @given(signals, standings)
    def test_every_decision_names_its_row_and_its_table(self, read: TurnSignals, standing: Standing) -> None:
        needed = before_bot(read, standing, SHIPPED)
        if needed is not None:
            assert needed.version == SHIPPED.version
            assert needed.rule in {rule.name for rule in SHIPPED.rules}


class TestTheFirstLine:
    @pytest.mark.parametrize("language", ["zh", "en"])
    @pytest.mark.parametrize(
        ("danger", "comes_first", "before"),
        [
            ("fraud", "400-000-1958", "96110"),
            ("self_harm", "120", "12356"),
            ("coercion", "110", "12110"),
        ],
    )
    def test_danger_is_told_what_to_do_first(self, danger: str, comes_first: str, before: str, language) -> None:
        needed = before_bot(TurnSignals(distress=0.9, **{danger: 0.9}), CALM, SHIPPED)
        assert needed is not None
        line = needed.say[language]
        assert 0 <= line.index(comes_first) < line.index(before)

    def test_fraud_locks_the_card_before_anything_is_called(self) -> None:
        needed = before_bot(TurnSignals(distress=0.9, fraud=0.9), CALM, SHIPPED)
        assert needed is not None
        assert needed.say["zh"].index("锁卡") < needed.say["zh"].index("96110")
        assert needed.say["en"].index("lock your card") < needed.say["en"].index("96110")

    def test_a_death_is_met_with_condolence(self) -> None:
        needed = before_bot(TurnSignals(distress=0.9, bereavement=0.9), CALM, SHIPPED)
        assert needed is not None
        assert "节哀" in needed.say["zh"]
        assert "sorry for your loss" in needed.say["en"]

    @pytest.mark.parametrize("danger", DANGERS)
    def test_every_danger_has_a_line_of_its_own(self, danger: str) -> None:
        needed = before_bot(TurnSignals(distress=1.0, **{danger: 1.0}), CALM, SHIPPED)
        assert needed is not None
        assert needed.say


class TestAfterTheIntent:
    @pytest.mark.parametrize(
        ("intent", "asked", "complained", "need", "wanted"),
        [
            ("ask_human", 0.2, 0.0, 0.5, Reason.ASKED_FOR_HUMAN),
            ("ask_human", 0.2, 0.0, 0.49, None),
            ("ask_human", 0.19, 1.0, 0.5, None),
            ("complaint", 0.0, 0.2, 0.5, Reason.COMPLAINT),
            ("complaint", 1.0, 0.19, 0.5, None),
            ("ask", 0.24, 0.39, 0.5, None),
            ("", 1.0, 1.0, 1.0, None),
        ],
    )
    def test_an_intent_lowers_the_bar_for_its_own_hint(self, intent, asked, complained, need, wanted) -> None:
        read = TurnSignals(asked=asked, complaint=complained, needs_person=need)
        needed = after_intent(intent, read, CALM, SHIPPED)
        assert (needed.reason if needed else None) == wanted

    @given(st.text(max_size=12) | st.sampled_from(["ask_human", "complaint", "out_of_scope"]))
    def test_an_intent_alone_decides_nothing(self, intent: str) -> None:
        assert after_intent(intent, TurnSignals(), CALM, SHIPPED) is None


def search(found: list[float], *, off_topic: bool = False, unhelped: int = 0, elder: bool = False, bars: Bars = Bars()):
    standing = Standing(unhelped_turns=unhelped, elder=elder)
    outcome = after_search(found, off_topic=off_topic, standing=standing, policy=SHIPPED, bars=bars)
    return outcome.reason if isinstance(outcome, Handoff) else outcome


class TestAfterTheSearch:
    @pytest.mark.parametrize(
        ("found", "off_topic", "unhelped", "wanted"),
        [
            ([0.60], False, 0, Answer()),
            ([0.99, 0.98], True, 5, Answer()),
            ([0.59, 0.3, 0.1], False, 0, Clarify(3)),
            ([0.59, 0.3, 0.04], False, 0, Clarify(2)),
            ([0.59, 0.01, 0.0], False, 0, Clarify(2)),
            ([0.20], False, 0, Clarify(1)),
            ([0.59, 0.3, 0.1, 0.1, 0.1], False, 0, Clarify(3)),
            ([0.19], False, 0, Reason.NO_ENTRY),
            ([], False, 0, Reason.NO_ENTRY),
            ([0.19], True, 0, Decline()),
            ([], True, 0, Decline()),
            ([0.59], False, 1, Reason.REPEATED_FAILURE),
            ([0.1], True, 1, Reason.REPEATED_FAILURE),
            ([], False, 9, Reason.REPEATED_FAILURE),
        ],
    )
    def test_what_to_do_with_the_candidates(self, found, off_topic, unhelped, wanted) -> None:
        assert search(found, off_topic=off_topic, unhelped=unhelped) == wanted

    def test_an_elderly_customer_is_never_declined(self) -> None:
        assert search([0.1], off_topic=True, elder=True) is Reason.NO_ENTRY

    @given(candidates, st.booleans(), standings)
    def test_never_an_answer_below_the_bar_and_always_one_above(self, found, off_topic, standing) -> None:
        outcome = after_search(found, off_topic=off_topic, standing=standing, policy=SHIPPED, bars=Bars())
        assert isinstance(outcome, Answer) == bool(found and found[0] >= Bars().answer)

    @given(candidates, st.booleans(), st.integers(1, 9))
    def test_the_second_unhelped_turn_in_a_row_brings_a_person(self, found, off_topic, unhelped) -> None:
        outcome = search(found, off_topic=off_topic, unhelped=unhelped)
        assert isinstance(outcome, Answer) or outcome == Reason.REPEATED_FAILURE

    @given(candidates, st.booleans())
    def test_choices_are_two_or_three_and_each_is_a_candidate(self, found, off_topic) -> None:
        outcome = search(found, off_topic=off_topic)
        if isinstance(outcome, Clarify):
            assert min(2, len(found)) <= outcome.choices <= min(3, len(found))

    @given(candidates, standings)
    def test_only_what_is_off_topic_is_declined(self, found, standing) -> None:
        outcome = after_search(found, off_topic=False, standing=standing, policy=SHIPPED, bars=Bars())
        assert not isinstance(outcome, Decline)

    @given(candidates, st.booleans(), confidence, confidence)
    def test_a_higher_bar_never_turns_anything_into_an_answer(self, found, off_topic, one, two) -> None:
        low, high = sorted((one, two))
        strict = search(found, off_topic=off_topic, bars=Bars(answer=high))
        loose = search(found, off_topic=off_topic, bars=Bars(answer=low))
        assert not isinstance(strict, Answer) or isinstance(loose, Answer)


class TestEvents:
    @pytest.mark.parametrize(
        ("happening", "reason"),
        [
            (Happening.PRESSED_FOR_PERSON, Reason.ASKED_FOR_HUMAN),
            (Happening.NONE_OF_THESE, Reason.LOW_CONFIDENCE),
            (Happening.STAFF_ONLY_ACTION, Reason.STAFF_ONLY_ACTION),
            (Happening.BOT_UNAVAILABLE, Reason.BOT_UNAVAILABLE),
        ],
    )
    @pytest.mark.parametrize("elder", [False, True])
    def test_each_event_brings_a_person(self, happening, reason, elder) -> None:
        assert on_event(happening, Standing(elder=elder), SHIPPED).reason is reason

    def test_the_button_of_an_elderly_customer_is_a_direct_line(self) -> None:
        pressed = on_event(Happening.PRESSED_FOR_PERSON, ELDER, SHIPPED)
        assert pressed.priority > on_event(Happening.PRESSED_FOR_PERSON, CALM, SHIPPED).priority


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_raised_by_some_row(reason: Reason) -> None:
    assert reason in {rule.reason for rule in SHIPPED.rules}
