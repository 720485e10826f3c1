"""What a customer does next: pure functions of the plan, of what happened so far, and of what was just heard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from evaluation.customers.goals import Goal, Trait
from evaluation.customers.heard import Heard, Reply
from evaluation.customers.plan import Plan

WITH_PEOPLE = ("waiting", "agent", "closed")
A_PERSON = ("人工", "person")
LONGEST_FORM = 8
Ending = Literal["resolved", "believed", "gave_up", "handed_off", "no_reply", "trapped_in_form"]


@dataclass(frozen=True)
class Mind:
    """What a customer remembers.

    Args:
        step: which of the goal's questions is being asked.
        asked: phrasings of that question used so far.
        unhelped: turns in this visit that did not help.
        requests: how often a person was asked for.
        form_turns: turns in a form.
        visit: 1, or 2 after coming back.
        greeted: the last message was a greeting.
        thanked: the last message was thanks.
        answered: an answer was given to that question.
        last_right: whether the last answer to it was right.
    """

    step: int = 0
    asked: int = 0
    unhelped: int = 0
    requests: int = 0
    form_turns: int = 0
    visit: int = 1
    greeted: bool = False
    thanked: bool = False
    answered: bool = False
    last_right: bool | None = None


@dataclass(frozen=True)
class Say:
    """Write, or press what writes; ``choice`` is an entry id or ``none``."""

    text: str
    choice: str | None = None


@dataclass(frozen=True)
class PressForPerson:
    """The button for a person."""


@dataclass(frozen=True)
class ComeBack:
    """Leave, and come back later to the same conversation."""


@dataclass(frozen=True)
class Leave:
    """The end."""

    ending: Ending


@dataclass(frozen=True)
class Vote:
    """Whether an answer helped."""

    seq: int
    helpful: bool


Act = Say | PressForPerson | ComeBack | Leave


@dataclass(frozen=True)
class Decision:
    """What is done, what is voted before that, and what is remembered."""

    act: Act
    mind: Mind
    votes: tuple[Vote, ...] = ()


def begin(plan: Plan, mind: Mind) -> Decision:
    """The first message of a visit."""
    if plan.greeting and mind.visit == 1:
        return Decision(Say(plan.greeting), replace(mind, greeted=True))
    return _ask(plan, mind)


def decide(plan: Plan, mind: Mind, reply: Reply) -> Decision:
    """What the customer does after a reply."""
    if reply.owner in WITH_PEOPLE or any(message.event == "waiting" for message in reply.heard):
        return Decision(Leave("handed_off"), mind)
    if not reply.heard:
        return Decision(Leave("no_reply"), mind)
    if mind.thanked:
        return Decision(Leave("resolved"), mind)
    if answers := reply.of_kind("answer"):
        return _judge(plan, replace(mind, greeted=False), answers)
    if mind.greeted:
        return _ask(plan, replace(mind, greeted=False))
    if choices := reply.of_kind("choices"):
        return _choose(plan, mind, choices[-1])
    if forms := reply.of_kind("form"):
        return _fill(plan, mind, forms[-1])
    return _unhelped(plan, mind, reply.heard[-1].buttons)


def _judge(plan: Plan, mind: Mind, answers: tuple[Heard, ...]) -> Decision:
    wanted = plan.goal.steps[mind.step].entries if plan.goal.steps else ()
    right = any(answer.entry_id in wanted and _can_read(plan.goal, answer) for answer in answers)
    mind = replace(mind, answered=True, last_right=right)
    votes = (Vote(answers[-1].seq, right),) if plan.votes else ()
    if right:
        if mind.step + 1 < len(plan.goal.steps):
            following = replace(mind, step=mind.step + 1, asked=0, answered=False, last_right=None)
            return replace(_ask(plan, following), votes=votes)
        if plan.thanks:
            return Decision(Say(plan.thanks), replace(mind, thanked=True), votes)
        return Decision(Leave("resolved"), mind, votes)
    if plan.has(Trait.TRUSTING):
        return Decision(Leave("believed"), mind)
    return replace(_unhelped(plan, mind), votes=votes)


def _can_read(goal: Goal, answer: Heard) -> bool:
    """Who mixes languages reads both."""
    return goal.language == "mixed" or answer.language in (None, goal.answer_language)


def _choose(plan: Plan, mind: Mind, offer: Heard) -> Decision:
    wanted = plan.goal.steps[mind.step].entries if plan.goal.steps else ()
    right = next((choice for choice in offer.choices if choice.entry_id in wanted), None)
    if plan.has(Trait.IGNORES_CHOICES):
        return _unhelped(plan, mind)
    if right is not None:
        return Decision(Say(right.label, right.entry_id), mind)
    if plan.refuses_choices:
        return Decision(Say(offer.none_label, "none"), replace(mind, unhelped=mind.unhelped + 1))
    return _unhelped(plan, mind)


def _fill(plan: Plan, mind: Mind, form: Heard) -> Decision:
    mind = replace(mind, form_turns=mind.form_turns + 1)
    if mind.form_turns > LONGEST_FORM:
        return Decision(Leave("trapped_in_form"), mind)
    known = plan.goal.form.get(form.field or "")
    if known:
        return Decision(Say(known), mind)
    decision = _unhelped(plan, mind)
    return replace(decision, act=Leave("trapped_in_form")) if decision.act == Leave("gave_up") else decision


def _unhelped(plan: Plan, mind: Mind, buttons: tuple[str, ...] = ()) -> Decision:
    """Not what was wanted: press the button for a person where one is offered, say it again, or have had enough."""
    mind = replace(mind, unhelped=mind.unhelped + 1)
    offered = next((text for text in buttons if any(word in text for word in A_PERSON)), None)
    if plan.goal.needs and offered and not mind.requests:
        return Decision(Say(offered), replace(mind, requests=1))
    if not mind.requests and mind.unhelped <= plan.patience and mind.asked < len(_phrasings(plan, mind)):
        return _ask(plan, mind)
    return _enough(plan, mind)


def _enough(plan: Plan, mind: Mind) -> Decision:
    if plan.ending == Trait.RETURNS and mind.visit == 1:
        last = min(mind.asked, len(_phrasings(plan, mind)) - 1)
        return Decision(ComeBack(), replace(mind, visit=2, unhelped=0, asked=last))
    if plan.ending == Trait.ASKS_FOR_PERSON:
        asked = replace(mind, requests=mind.requests + 1)
        if mind.requests < len(plan.person):
            return Decision(Say(plan.person[mind.requests]), asked)
        # The button always works. Pressing it would make any bot reach everybody who needs a person.
        if mind.requests == len(plan.person) and not plan.goal.needs:
            return Decision(PressForPerson(), asked)
    return Decision(Leave("gave_up"), mind)


def _ask(plan: Plan, mind: Mind) -> Decision:
    text = _phrasings(plan, mind)[mind.asked]
    front = plan.opening if mind.asked == 0 and mind.step == 0 else plan.objection if mind.unhelped else ""
    return Decision(Say(front + text), replace(mind, asked=mind.asked + 1))


def _phrasings(plan: Plan, mind: Mind) -> tuple[str, ...]:
    return plan.goal.steps[mind.step].says if plan.goal.steps else plan.goal.says
