"""What if: a policy over conversations as they were stored."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Sequence

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from handoff.facts import Bars, Happening, Reason, TurnSignals
from handoff.interfaces import StoredConversation, StoredHandoff, StoredTurn
from handoff.replay import change_of, compare, replay
from handoff.rules import SHIPPED, Policy, parse_policy, read_policy

CURRENT = read_policy()
SURE, UNSURE, LOST = (0.9,), (0.4, 0.3), (0.05,)


def changed(**conditions: list[str] | None) -> Policy:
    """The shipped table with other conditions; None removes the row."""
    table = copy.deepcopy(yaml.safe_load(SHIPPED.read_text(encoding="utf-8")))
    for name, when in conditions.items():
        row = next(each for each in table["rules"] if each["rule"] == name)
        if when is None:
            table["rules"].remove(row)
        else:
            row["when"] = when
    return parse_policy(table)


def talk(*turns: StoredTurn, handoff: StoredHandoff | None = None, elder: bool = False) -> StoredConversation:
    return StoredConversation("c" * 32, elder, turns, handoff)


def turn(seq: int, confidences: Sequence[float] = SURE, **known) -> StoredTurn:
    signals = known.pop("signals", TurnSignals())
    known.setdefault("intent", "ask")
    return StoredTurn(seq, known.pop("text", "年费多少"), signals, confidences=tuple(confidences), bars=Bars(), **known)


def called(seq: int, reason: Reason, happening: Happening | None = None) -> StoredHandoff:
    return StoredHandoff(seq, reason, happening)


class TestOneConversation:
    @pytest.mark.parametrize(
        ("turns", "wanted"),
        [
            ([turn(1), turn(3)], None),
            ([turn(1, LOST)], (1, "no_entry")),
            ([turn(1, LOST, off_topic=True)], None),
            ([turn(1, UNSURE), turn(3, UNSURE)], (3, "unsure_again")),
            ([turn(1, UNSURE), turn(3, SURE), turn(5, UNSURE)], None),
            ([turn(1, SURE, unhelpful=1), turn(3, UNSURE)], (3, "unsure_again")),
            ([turn(1, UNSURE), turn(3, (), chosen=True), turn(5, UNSURE)], None),
            ([turn(1, signals=TurnSignals(asked=0.7))], (1, "asked_plainly")),
            (
                [turn(1, signals=TurnSignals(asked=0.22, needs_person=0.5), intent="ask_human")],
                (1, "asked_as_understood"),
            ),
            ([turn(1, (), intent=None)], None),
            (
                [turn(1), turn(3, signals=TurnSignals(at_bank=0.2)), turn(5, signals=TurnSignals(at_bank=0.55))],
                (5, "anger_rising"),
            ),
        ],
    )
    def test_the_gates_are_taken_turn_by_turn(self, turns, wanted) -> None:
        found = replay(talk(*turns), CURRENT)
        assert (found and (found.seq, found.handoff.rule)) == wanted

    def test_what_is_not_words_happens_again(self) -> None:
        pressed = called(1, Reason.ASKED_FOR_HUMAN, Happening.PRESSED_FOR_PERSON)
        found = replay(talk(turn(1), handoff=pressed), CURRENT)
        assert found is not None
        assert found.handoff.rule == "button"

    def test_a_button_before_the_first_word(self) -> None:
        pressed = called(0, Reason.ASKED_FOR_HUMAN, Happening.PRESSED_FOR_PERSON)
        found = replay(talk(handoff=pressed, elder=True), CURRENT)
        assert found is not None
        assert (found.seq, found.handoff.rule) == (0, "elder_button")


class TestWhatChanges:
    @pytest.mark.parametrize(
        ("conversation", "policy", "wanted"),
        [
            (talk(turn(1)), CURRENT, None),
            (talk(turn(1, signals=TurnSignals(asked=0.3))), changed(asked=["asked >= 0.25"]), "new"),
            (
                talk(turn(1, signals=TurnSignals(anger=0.8)), handoff=called(1, Reason.NEGATIVE_EMOTION)),
                changed(angry=["anger >= 0.9"]),
                "no_longer",
            ),
            (
                talk(
                    turn(1, signals=TurnSignals(anger=0.8, complaint=0.4)), handoff=called(1, Reason.NEGATIVE_EMOTION)
                ),
                changed(complaint=["complaint >= 0.3"]),
                "other_reason",
            ),
            (
                talk(turn(1, UNSURE), turn(3, UNSURE), handoff=called(3, Reason.REPEATED_FAILURE)),
                changed(unsure_again=["sureness is clarify"]),
                "earlier",
            ),
            (talk(turn(1, LOST), handoff=called(1, Reason.NO_ENTRY)), CURRENT, None),
        ],
    )
    def test_each_kind_of_change(self, conversation, policy, wanted) -> None:
        assert change_of(conversation, replay(conversation, policy)) == wanted

    @given(
        st.lists(
            st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.booleans(), st.integers(0, 2)), max_size=6
        )
    )
    def test_the_policy_that_was_in_force_changes_nothing(self, said) -> None:
        turns = [
            turn(2 * at + 1, [best], signals=TurnSignals(asked=asked, anger=anger), off_topic=away, unhelpful=marked)
            for at, (best, asked, anger, away, marked) in enumerate(said)
        ]
        happened = replay(talk(*turns), CURRENT)
        if happened is None:
            recorded = talk(*turns)
        else:
            seen = [each for each in turns if each.seq <= happened.seq]
            recorded = talk(*seen, handoff=called(happened.seq, happened.handoff.reason))
        assert change_of(recorded, replay(recorded, CURRENT)) is None

    @given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
    def test_a_lower_bar_never_hands_over_less(self, asked: float, one: float, two: float) -> None:
        low, high = sorted((round(one, 3), round(two, 3)))
        conversation = talk(turn(1, signals=TurnSignals(asked=asked)))
        strict, loose = (replay(conversation, changed(asked=[f"asked >= {bar}"])) for bar in (high, low))
        assert strict is None or loose is not None


async def stored(*conversations: StoredConversation) -> AsyncIterator[StoredConversation]:
    for each in conversations:
        yield each


class TestTheReport:
    async def test_it_counts_by_reason_and_masks_its_examples(self) -> None:
        angry = turn(1, signals=TurnSignals(anger=0.8), text="打我13812345678,又被扣钱,气死了")
        report = (
            await compare(
                stored(
                    talk(turn(1)),
                    talk(angry, handoff=called(1, Reason.NEGATIVE_EMOTION)),
                    talk(turn(1, signals=TurnSignals(asked=0.9)), handoff=called(1, Reason.ASKED_FOR_HUMAN)),
                ),
                policy := changed(angry=["anger >= 0.9"]),
            )
        ).report()
        assert report["policy"] == policy.version != CURRENT.version
        assert report["conversations"] == 3
        assert report["handed_off"] == {"recorded": 2, "replayed": 1}
        assert report["changed"] == {"new": 0, "no_longer": 1, "earlier": 0, "other_reason": 0}
        assert report["by_reason"]["negative_emotion"] == {
            "recorded": 1,
            "replayed": 0,
            "new": 0,
            "no_longer": 1,
            "earlier": 0,
            "other_reason": 0,
        }
        assert report["by_rule"] == {"asked_plainly": 1}
        (example,) = report["examples"]
        assert (example["change"], example["recorded"], example["replayed"]) == ("no_longer", "negative_emotion", None)
        assert "13812345678" not in example["text"]
        assert "[phone]" in example["text"]

    async def test_a_few_examples_of_each_kind_are_enough(self) -> None:
        many = [talk(turn(1, signals=TurnSignals(asked=0.9))) for _ in range(20)]
        report = (await compare(stored(*many), CURRENT)).report()
        assert report["changed"]["new"] == 20
        assert len(report["examples"]) == 5
