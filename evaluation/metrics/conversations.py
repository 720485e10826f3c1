"""A conversation as the formulas see it, simulated or live: plain values, wherever they were read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["bot", "human"]


@dataclass(frozen=True)
class Rating:
    """What a customer gave.

    Args:
        of: whom it is about.
        satisfaction: 1 to 5, or None.
        recommendation: 0 to 10, or None.
    """

    of: Kind
    satisfaction: int | None = None
    recommendation: int | None = None


@dataclass(frozen=True)
class MeasuredConversation:
    """One conversation.

    Args:
        id: names it in reports.
        engaged: at least one customer message is more than a greeting or thanks.
        answered: the bot gave an answer, as opposed to choices and small talk.
        human_joined: a person took part. Where no person is on duty, as in a simulation, a handoff counts as joined.
        asked_for_human: the customer asked for a person.
        handed_off: at least one handoff.
        needs_human: gold: a request, a complaint, distress or anger, no right entry, or an action only staff may take;
            None where nobody judged it.
        last_answer_right: gold: whether the last answer is right; None where there is none, or nobody judged it.
        negative_rating: the customer said that it did not help.
        confirmed_resolved: the customer said that it did.
        returned_same_topic_within_72h: the customer came back with it; None while that time is not over, even
            for one who is back already.
        returned_within_24h: the same, with anything.
        first_response_seconds: from the first customer message to the first reply.
        wait_seconds: from the handoff until a person joined.
        handle_seconds: from then until the person was done.
        ratings: what the customer gave.
        language: zh-Hans, zh-Hant, yue, en or mixed.
        scenario: the topic; empty where there is none.
        slice: dialect, typo, emotion, out of scope; empty where there is none.
        broken: whether the channel failed, and nothing else is known; None where nobody looked from outside.
    """

    id: str
    engaged: bool
    answered: bool = False
    human_joined: bool = False
    asked_for_human: bool = False
    handed_off: bool = False
    needs_human: bool | None = None
    last_answer_right: bool | None = None
    negative_rating: bool = False
    confirmed_resolved: bool = False
    returned_same_topic_within_72h: bool | None = False
    returned_within_24h: bool | None = False
    first_response_seconds: float | None = None
    wait_seconds: float | None = None
    handle_seconds: float | None = None
    ratings: tuple[Rating, ...] = ()
    language: str = ""
    scenario: str = ""
    slice: str = ""
    broken: bool | None = None

    @property
    def contained(self) -> bool:
        """Whether no human joined, and nobody was left waiting for one: who gave up in the queue was not helped."""
        return not (self.human_joined or self.asked_for_human or self.handed_off)
