"""A recorded customer at the live channel: what was said then is said again, as far as it still makes sense."""

from __future__ import annotations

import time
from dataclasses import dataclass

from evaluation.customers.channel import ChannelBroken, CustomerChannel
from evaluation.customers.decisions import WITH_PEOPLE, Say
from evaluation.customers.dialogues import Policy, Recorded, Turn, entries_for
from evaluation.customers.heard import Reply
from evaluation.customers.visit import Visit, seen, time_first_reply
from evaluation.metrics.conversations import MeasuredConversation


@dataclass(frozen=True)
class Position:
    """Where in the recording the replay is: the next turn, and the entries that answer the last wish."""

    next_turn: int = 0
    wanted: tuple[str, ...] = ()


def next_message(recorded: Recorded, policy: Policy, at: Position, reply: Reply | None) -> tuple[Say | None, Position]:
    """What is said next; None when the recording has nothing more to say.

    A choice that answers the last wish is pressed. Otherwise the next turn that makes sense is said.
    """
    choices = reply.of_kind("choices") if reply else ()
    for choice in choices[-1].choices if choices else ():
        if choice.entry_id in at.wanted:
            return Say(choice.label, choice.entry_id), at
    in_form = bool(reply and reply.heard and reply.heard[-1].kind == "form")
    for number in range(at.next_turn, len(recorded.turns)):
        turn = recorded.turns[number]
        if _makes_sense(turn, policy, in_form=in_form):
            return Say(turn.text), Position(number + 1, entries_for(turn, policy) or at.wanted)
    return None, Position(len(recorded.turns), at.wanted)


def _makes_sense(turn: Turn, policy: Policy, *, in_form: bool) -> bool:
    said = {policy[name].said for name in turn.intents}
    return "always" in said or (in_form and "in_form" in said)


async def replay(
    channel: CustomerChannel, recorded: Recorded, policy: Policy, *, name: str = "web", marker: str | None = None
) -> Visit:
    """Say what was recorded, until a person takes over or nothing is left; who was handed off leaves the queue."""
    visit = Visit(recorded.id)
    begun = time.monotonic()
    try:
        async with channel:
            await channel.start("en", name, marker)
            visit.conversation = channel.conversation_id
            visit.ending = await _say_all(channel, recorded, policy, visit)
            if visit.handed_off:
                await channel.cancel_waiting()
    except ChannelBroken as error:
        visit.ending, visit.problem = "broken", error.message
    visit.seconds = round(time.monotonic() - begun, 3)
    return visit


async def _say_all(channel: CustomerChannel, recorded: Recorded, policy: Policy, visit: Visit) -> str:
    reply: Reply | None = None
    at = Position()
    while True:
        wanted = at.wanted
        message, at = next_message(recorded, policy, at, reply)
        if message is None:
            return "resolved" if visit.last_right else "gave_up"
        if at.wanted != wanted:  # another wish, which nothing has answered yet
            visit.answered, visit.last_right = False, None
        begun = time.monotonic()
        reply = await channel.say(message.text, message.choice)
        visit.turns += 1
        time_first_reply(visit, reply, begun)
        visit.steps.append({"say": message.choice or f"turn {at.next_turn}", "heard": [seen(m) for m in reply.heard]})
        if answers := reply.of_kind("answer"):
            visit.answered = True
            visit.last_right = any(answer.entry_id in at.wanted for answer in answers)
        if reply.owner in WITH_PEOPLE:
            return "handed_off"
        if not reply.heard:
            return "no_reply"


def entries_of(recorded: Recorded, policy: Policy) -> tuple[str, ...]:
    """Every entry that answers one of the wishes, each once."""
    return tuple(dict.fromkeys(entry for turn in recorded.turns for entry in entries_for(turn, policy)))


def measured_replay(visit: Visit, recorded: Recorded, policy: Policy) -> MeasuredConversation:
    """The replay beside what the policy says of its wishes; the scenario is the first wish."""
    return MeasuredConversation(
        id=recorded.id,
        engaged=visit.ending != "broken",
        answered=visit.answered,
        human_joined=visit.handed_off,
        handed_off=visit.handed_off,
        needs_human=recorded.needs(policy) is not None,
        last_answer_right=visit.last_right,
        first_response_seconds=visit.first_reply_seconds,
        language="en",
        scenario=recorded.wishes(policy)[0],
        slice=recorded.domain,
        broken=visit.ending == "broken",
    )
