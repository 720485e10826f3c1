"""What is stored of a turn, and what is read back."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.facts import TurnSignals

signals = st.builds(TurnSignals, **{field.name: st.floats(0, 1) for field in fields(TurnSignals)})


@given(signals)
def test_what_was_stored_is_read_back_to_four_digits(read: TurnSignals) -> None:
    back = TurnSignals.stored(read.to_store())
    assert all(abs(getattr(back, each.name) - getattr(read, each.name)) <= 5e-5 for each in fields(TurnSignals))


@pytest.mark.parametrize(
    ("turn", "read"),
    [
        (None, TurnSignals()),
        ({}, TurnSignals()),
        ({"emotion": "neutral", "emotion_confidence": 0.9}, TurnSignals()),
        (
            {"emotion": "anger", "emotion_confidence": 0.8, "asked_confidence": 0.3, "complaint_confidence": 0.1},
            TurnSignals(anger=0.8, asked=0.3, complaint=0.1),
        ),
        ({"signals": {"fraud": 0.7, "since_removed": 1.0}}, TurnSignals(fraud=0.7)),
    ],
)
def test_turns_of_older_versions_are_understood(turn, read) -> None:
    assert TurnSignals.stored(turn) == read


@pytest.mark.parametrize(
    ("read", "label"),
    [
        (TurnSignals(), "neutral"),
        (TurnSignals(anger=0.49), "neutral"),
        (TurnSignals(anger=0.51), "anger"),
        (TurnSignals(sarcasm=0.6), "anger"),
        (TurnSignals(anxiety=0.7, anger=0.6), "anxiety"),
        (TurnSignals(fraud=0.8, anger=0.6), "distress"),
        (TurnSignals(asked=1.0, complaint=1.0), "neutral"),
        (TurnSignals(at_bank=0.9, anger=0.19), "neutral"),  # "you charged me twice", told calmly
        (TurnSignals(at_bank=0.9, anger=0.2), "anger"),
        (TurnSignals(at_bank=0.9, sarcasm=0.2), "anger"),
    ],
)
def test_one_label_is_shown(read: TurnSignals, label: str) -> None:
    assert read.emotion[0] == label


@given(signals)
def test_the_label_comes_with_its_probability(read: TurnSignals) -> None:
    label, probability = read.emotion
    assert probability >= 0.5
    assert (label == "neutral") == (read.negativity < 0.5)
