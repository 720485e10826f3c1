"""A candidate is asked again only what its changes may have moved, and that changes no answer."""

import random
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from kb import live as live_module
from kb.checks import CheckQuestion
from kb.content import EntryContent, Lang, Variant
from kb.encoder import TurnEncoder
from kb.examination import regression
from kb.examination.regression import answered, compare
from kb.fitting import Targets
from kb.live import LiveEngine
from kb.scoring import Parts
from kb.search import Engine

WORDS = "卡钱汇存贷利息费额度网点密码转账还款基金保险外币工资票据印章盾证"
EVERYDAY: dict[Lang, list[str]] = {"zh": ["今天会下雨吗", "红烧肉怎么做"], "en": ["is it raining", "tell me a joke"]}


@pytest.fixture(autouse=True)
def _few_everyday_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "background", lambda: EVERYDAY)


def a_bank(chance: random.Random) -> list[EntryContent]:
    """Entries whose questions share words, so that many are near each other."""

    def question() -> str:
        return "".join(chance.choices(WORDS, k=6))

    return [
        EntryContent(
            id=f"entry-{number:02d}",
            scenario="cards",
            variants={
                "zh": Variant(question=question(), similar=(question(), question(), question()), answer="好的。")
            },
        )
        for number in range(60)
    ]


def asking(entry: EntryContent, *questions: str) -> EntryContent:
    """The entry with these questions and no others."""
    variant = entry.variants["zh"].model_copy(update={"question": questions[0], "similar": questions[1:]})
    return entry.model_copy(update={"variants": {"zh": variant}})


class Bank:
    """A bank that changes, searched by what was learnt at its beginning."""

    def __init__(self, spelled: Any, seed: int) -> None:
        self.chance = random.Random(seed)  # no secret
        self.entries = a_bank(self.chance)
        self.checks = [
            *(
                CheckQuestion("".join(self.chance.sample(entry.variants["zh"].question, k=5)), "zh", entry.id)
                for entry in self.entries
            ),
            *(CheckQuestion("".join(self.chance.choices(WORDS, k=9)), "zh", None) for _ in range(20)),
        ]
        self._live = LiveEngine(TurnEncoder(spelled), None, Parts(), Targets(), self.checks)
        self._fitted = None

    def engine(self) -> Engine:
        engine, _ = self._live._build(1, self.entries, self._fitted)
        self._fitted = engine.fitted
        return engine

    def changes(self) -> Iterator[str]:
        """Do one thing after another that editors do."""
        one, other, gone, new = self.chance.sample(range(len(self.entries)), k=4)
        moved = self.entries[one].variants["zh"]
        self.entries[one] = asking(self.entries[one], *moved.similar)
        self.entries[other] = asking(self.entries[other], moved.question, *self.entries[other].variants["zh"].questions)
        yield "a question is moved to another entry"
        near = self.checks[new].text
        self.entries[new] = asking(self.entries[new], near, *self.entries[new].variants["zh"].questions)
        yield "a question is added"
        del self.entries[gone]
        yield "an entry is withdrawn"
        self.entries.append(asking(self.entries[0], self.checks[1].text).model_copy(update={"id": "new"}))
        yield "an entry is new"


@pytest.fixture
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regression, "_latest", {})


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.usefixtures("_nothing_known")
def test_what_is_not_asked_again_would_be_answered_the_same(spelled: Any, seed: int) -> None:
    bank = Bank(spelled, seed)
    before = regression._ask(bank.engine(), None)
    for change in bank.changes():
        engine = bank.engine()
        again, anew = regression._ask(engine, before), regression._ask(engine, None)
        assert again.answers == anew.answers, change
        before = again


@pytest.mark.usefixtures("_nothing_known")
def test_most_questions_are_not_asked_again(spelled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bank = Bank(spelled, 1)
    answered(bank.engine())
    asked: list[int] = []
    candidates = Engine.candidates
    monkeypatch.setattr(
        Engine,
        "candidates",
        lambda self, scores, *rest: asked.append(len(scores.fused)) or candidates(self, scores, *rest),
    )
    changed = bank.entries[7].variants["zh"]
    bank.entries[7] = bank.entries[7].model_copy(
        update={"variants": {"zh": changed.model_copy(update={"answer": "请到网点办理这件事。"})}}
    )
    answered(bank.engine())
    assert 0 < sum(asked) < 0.7 * len(bank.checks)


@pytest.mark.usefixtures("_nothing_known")
def test_questions_that_were_moved_to_another_entry_are_asked_again(spelled: Any) -> None:
    """Their words are all there still; only whose they are has changed."""
    bank = Bank(spelled, 2)
    before, moved = regression._ask(bank.engine(), None), 0
    for at in range(0, 40, 2):
        taken, given = bank.entries[at : at + 2]
        bank.entries[at] = asking(taken, *given.variants["zh"].questions)
        bank.entries[at + 1] = asking(given, *taken.variants["zh"].questions)
        again, anew = (regression._ask(bank.engine(), known) for known in (before, None))
        assert again.answers == anew.answers
        moved += again.answers != before.answers
        before = again
    assert moved


def test_releases_one_after_another_are_compared_with_what_was_known_of_the_first(spelled: Any) -> None:
    bank = Bank(spelled, 3)
    engines = [bank.engine(), *(bank.engine() for _ in bank.changes())]
    for one, other in pairwise(engines):
        found = compare(one, other)
        assert found.asked >= len(bank.checks) - 1
