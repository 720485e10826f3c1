"""What if: a policy over stored conversations. Signals and confidences are those of the time; nothing is encoded."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from handoff.facts import Bars, Reason, Standing
from handoff.interfaces import StoredConversation, StoredTurn
from handoff.policy import Answer, Handoff, after_intent, after_search, before_bot, is_angry, on_event
from handoff.rules import Policy
from handoff.trend import direction
from kit.masking import mask

Change = Literal["new", "no_longer", "earlier", "other_reason"]
CHANGES: tuple[Change, ...] = ("new", "no_longer", "earlier", "other_reason")
EXAMPLES_EACH = 5
LONGEST_EXAMPLE = 120


@dataclass(frozen=True)
class Replayed:
    """Where a policy would call a person: at which message, and by which row."""

    seq: int
    handoff: Handoff


def replay(conversation: StoredConversation, policy: Policy) -> Replayed | None:
    """The first time that ``policy`` would have called a person; None where it would not, as far as the record goes.

    The record ends where a person was in fact called: what the bot would have been asked after that, nobody knows.
    """
    recorded, walk = conversation.handoff, _Walk(policy, conversation.elder)
    for turn in conversation.turns:
        needed = walk.take(turn)
        if needed is not None:
            return Replayed(turn.seq, needed)
    if recorded is not None and recorded.happening is not None:
        return Replayed(recorded.seq, on_event(recorded.happening, walk.standing, policy))
    return None


class _Walk:
    """A conversation's standing from turn to turn."""

    def __init__(self, policy: Policy, elder: bool) -> None:
        self._policy = policy
        self._angers: list[float] = []
        self.standing = Standing(elder=elder)

    def take(self, turn: StoredTurn) -> Handoff | None:
        """One turn through the gates, as far as the record has what they need."""
        signals, before = turn.signals, self.standing
        self._angers.append(signals.annoyance)
        angry_turns = before.angry_turns + 1 if is_angry(signals, self._policy) else 0
        standing = Standing(before.unhelped_turns, angry_turns, direction(self._angers), before.elder)
        needed = before_bot(signals, standing, self._policy)
        if needed is None and turn.intent is not None:
            needed = after_intent(turn.intent, signals, standing, self._policy)
        unhelped = 0 if turn.chosen else standing.unhelped_turns
        if needed is None and turn.confidences and not turn.chosen:
            outcome = after_search(
                turn.confidences,
                off_topic=turn.off_topic,
                standing=standing,
                policy=self._policy,
                bars=turn.bars or Bars(),
            )
            if isinstance(outcome, Handoff):
                needed = outcome
            unhelped = 0 if isinstance(outcome, Answer) else unhelped + 1
        self.standing = Standing(unhelped + turn.unhelpful, angry_turns, standing.trend, before.elder)
        return needed


def change_of(conversation: StoredConversation, replayed: Replayed | None) -> Change | None:
    """How a policy's outcome differs from what happened; None where it does not."""
    recorded = conversation.handoff
    if recorded is None:
        return None if replayed is None else "new"
    if replayed is None:
        return "no_longer"
    if replayed.seq < recorded.seq:
        return "earlier"
    return None if replayed.handoff.reason is recorded.reason else "other_reason"


@dataclass
class Comparison:
    """What happened beside what a policy would have done, counted conversation by conversation."""

    version: str
    conversations: int = 0
    recorded: Counter[Reason] = field(default_factory=Counter)
    replayed: Counter[Reason] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    changes: dict[Change, Counter[Reason]] = field(default_factory=lambda: {change: Counter() for change in CHANGES})
    examples: list[dict[str, Any]] = field(default_factory=list)

    def add(self, conversation: StoredConversation, replayed: Replayed | None) -> None:
        """Count one conversation; the first few of each kind and reason are kept as examples, masked."""
        self.conversations += 1
        recorded, change = conversation.handoff, change_of(conversation, replayed)
        if recorded is not None:
            self.recorded[recorded.reason] += 1
        if replayed is not None:
            self.replayed[replayed.handoff.reason] += 1
            self.rules[replayed.handoff.rule] += 1
        if change is None:
            return
        reason = replayed.handoff.reason if replayed else recorded.reason if recorded else None
        assert reason is not None, "what changed was handed over before or after"
        self.changes[change][reason] += 1
        if self.changes[change][reason] <= EXAMPLES_EACH:
            self.examples.append(_example(conversation, replayed, change))

    def report(self) -> dict[str, Any]:
        """The figures, as plain values for JSON."""
        return {
            "policy": self.version,
            "conversations": self.conversations,
            "handed_off": {"recorded": self.recorded.total(), "replayed": self.replayed.total()},
            "changed": {change: self.changes[change].total() for change in CHANGES},
            "by_reason": {
                reason.value: {
                    "recorded": self.recorded[reason],
                    "replayed": self.replayed[reason],
                    **{change: self.changes[change][reason] for change in CHANGES},
                }
                for reason in Reason
                if self.recorded[reason] or self.replayed[reason]
            },
            "by_rule": dict(self.rules.most_common()),
            "examples": self.examples,
        }


async def compare(
    conversations: AsyncIterator[StoredConversation], policy: Policy, progress: Callable[[], object] = lambda: None
) -> Comparison:
    """Replay ``policy`` over stored conversations. ``progress`` is called after each."""
    comparison = Comparison(policy.version)
    async for conversation in conversations:
        comparison.add(conversation, replay(conversation, policy))
        progress()
    return comparison


def _example(conversation: StoredConversation, replayed: Replayed | None, change: Change) -> dict[str, Any]:
    recorded = conversation.handoff
    at = replayed.seq if replayed else recorded.seq if recorded else 0
    text = next((turn.text for turn in conversation.turns if turn.seq == at), "")
    return {
        "conversation": conversation.id,
        "change": change,
        "seq": at,
        "text": mask(text)[:LONGEST_EXAMPLE],
        "recorded": recorded.reason.value if recorded else None,
        "replayed": replayed.handoff.reason.value if replayed else None,
        "rule": replayed.handoff.rule if replayed else None,
    }
