"""One customer from the first message to the last: decisions carried out over the channel, and written down."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from evaluation.customers.channel import ChannelBroken
from evaluation.customers.decisions import ComeBack, Decision, Leave, Mind, PressForPerson, Say, begin, decide
from evaluation.customers.goals import Goal
from evaluation.customers.heard import Heard, Reply
from evaluation.customers.interfaces import Channel
from evaluation.customers.plan import Plan
from evaluation.metrics.conversations import MeasuredConversation

LONGEST = 24
LONGEST_SEEN = 80


@dataclass
class Visit:
    """What happened to one goal, as plain values.

    Args:
        goal: its id.
        conversation: its id, by which staff find it.
        ending: how it ended, or ``broken`` where the channel failed.
        turns: messages of the customer.
        answered: an answer was given to the last question.
        last_right: whether the last answer to it was right; None where there was none.
        asked_for_person: in words, or by a button.
        pressed_for_person: by the widget's own button, which always works.
        negative, positive: a vote of that kind was given.
        returned: the customer came back.
        first_reply_seconds: from the first message to the first reply.
        seconds: all of it.
        steps: what was said, and what came back: kind and entry of each message.
        problem: why it is broken.
    """

    goal: str
    conversation: str = ""
    ending: str = "broken"
    turns: int = 0
    answered: bool = False
    last_right: bool | None = None
    asked_for_person: bool = False
    pressed_for_person: bool = False
    negative: bool = False
    positive: bool = False
    returned: bool = False
    first_reply_seconds: float | None = None
    seconds: float = 0.0
    steps: list[dict[str, Any]] = field(default_factory=list)
    problem: str = ""

    @property
    def handed_off(self) -> bool:
        """Whether a person took over, or was to."""
        return self.ending == "handed_off"

    def as_row(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Visit:
        """The reverse of ``as_row``."""
        return cls(**row)


async def pay_visit(channel: Channel, plan: Plan, *, name: str = "web", marker: str | None = None) -> Visit:
    """Pursue a goal to its end. Nobody is left waiting: a customer who was handed off leaves the queue at once.

    Args:
        channel: not started yet.
        plan: what the customer wants, and how.
        name: the channel that the conversation is stored under.
        marker: proves that ``name`` may be used.
    """
    visit = Visit(plan.goal.id)
    begun = time.monotonic()
    try:
        async with channel:
            await channel.start(plan.goal.answer_language, name, marker)
            visit.conversation = channel.conversation_id
            await _pursue(channel, plan, visit)
            if visit.handed_off:
                await channel.cancel_waiting()
    except ChannelBroken as error:
        visit.ending, visit.problem = "broken", error.message
    visit.seconds = round(time.monotonic() - begun, 3)
    return visit


async def _pursue(channel: Channel, plan: Plan, visit: Visit) -> None:
    decision = begin(plan, Mind())
    while not isinstance(decision.act, Leave):
        if visit.turns >= LONGEST:
            decision = replace(decision, act=Leave("gave_up"))
            break
        if isinstance(decision.act, ComeBack):
            visit.returned = True
            await channel.come_back()
            decision = begin(plan, decision.mind)
            continue
        reply = await _act(channel, decision, visit)
        decision = decide(plan, decision.mind, reply)
        await _vote(channel, decision, visit)
        mind = decision.mind
        visit.answered, visit.last_right = mind.answered, mind.last_right
        visit.asked_for_person = mind.requests > 0
    assert isinstance(decision.act, Leave)
    visit.ending = decision.act.ending


async def _act(channel: Channel, decision: Decision, visit: Visit) -> Reply:
    begun = time.monotonic()
    if isinstance(decision.act, PressForPerson):
        visit.pressed_for_person = True
        said, reply = "(button)", await channel.press_for_person()
    else:
        assert isinstance(decision.act, Say)
        visit.turns += 1
        said, reply = decision.act.text, await channel.say(decision.act.text, decision.act.choice)
    time_first_reply(visit, reply, begun)
    visit.steps.append({"say": said, "heard": [seen(message) for message in reply.heard]})
    return reply


def time_first_reply(visit: Visit, reply: Reply, begun: float) -> None:
    """Note how long the first reply took; a notice of the system is none, as in stored conversations."""
    if visit.first_reply_seconds is None and any(message.sender != "system" for message in reply.heard):
        visit.first_reply_seconds = round(time.monotonic() - begun, 3)


def seen(message: Heard) -> dict[str, Any]:
    """A message in a record: its kind, and which entry it shows, or the beginning of its words."""
    found: dict[str, Any] = {"kind": message.kind}
    if message.entry_id:
        found["entry"] = message.entry_id
    elif message.choices:
        found["choices"] = [choice.entry_id for choice in message.choices]
    else:
        found["text"] = message.text[:LONGEST_SEEN]
    return found


async def _vote(channel: Channel, decision: Decision, visit: Visit) -> None:
    for vote in decision.votes:
        await channel.vote(vote.seq, helpful=vote.helpful)
        visit.positive, visit.negative = visit.positive or vote.helpful, visit.negative or not vote.helpful


def measured(visit: Visit, goal: Goal) -> MeasuredConversation:
    """The visit beside its gold outcome. No person is on duty in a simulation, so a handoff counts as joined."""
    return MeasuredConversation(
        id=goal.id,
        engaged=visit.ending != "broken",
        answered=visit.answered,
        human_joined=visit.handed_off,
        asked_for_human=visit.asked_for_person,
        handed_off=visit.handed_off,
        needs_human=goal.needs is not None,
        last_answer_right=visit.last_right,
        negative_rating=visit.negative,
        confirmed_resolved=visit.ending == "resolved" and visit.positive,
        returned_same_topic_within_72h=visit.returned,
        returned_within_24h=visit.returned,
        first_response_seconds=visit.first_reply_seconds,
        language=goal.language,
        scenario=goal.scenario,
        slice=goal.slice,
        broken=visit.ending == "broken",
    )


def failure(visit: Visit, goal: Goal) -> str | None:
    """What went wrong with a goal; None where nothing did."""
    return failure_of(visit, needs_person=goal.needs is not None)


def failure_of(visit: Visit, *, needs_person: bool) -> str | None:
    """What went wrong, in one word; None where nothing did."""
    if visit.ending in ("broken", "no_reply", "trapped_in_form"):
        return visit.ending
    if needs_person:
        if visit.handed_off:
            return None
        return "kept_with_wrong_answer" if visit.answered else "kept_without_answer"
    if visit.handed_off:
        return "handed_off_when_asked" if visit.asked_for_person else "handed_off_needlessly"
    if visit.last_right:
        return None
    return "left_with_wrong_answer" if visit.answered else "gave_up"
