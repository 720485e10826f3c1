"""A follow-up is read with the turn before it; what was just answered is not asked again."""

import numpy as np

from kb.confidence import Scores
from kb.content import EntryContent, Variant
from kb.context import Earlier, in_context, joined


def entry(entry_id: str, scenario: str, related: tuple[str, ...] = ()) -> EntryContent:
    return EntryContent(id=entry_id, scenario=scenario, related=related, variants={"zh": Variant(question=entry_id)})


ENTRIES = (entry("loan", "loans", ("rate",)), entry("rate", "loans"), entry("term", "loans"), entry("card", "cards"))


def scores(fused: list[float], **given: float) -> Scores:
    row = np.array([fused], np.float32)
    zeros = np.zeros_like(row)
    single = {name: np.array([given.get(name, 0.0)], np.float32) for name in ("belonging", "beyond_everyday")}
    return Scores(cosine=row, log_probability=zeros, lexical=zeros, fused=row, **single)


def best(alone: list[float], joint: list[float], answered: str | None) -> str:
    found = in_context(scores(alone), scores(joint), ENTRIES, answered)
    return ENTRIES[int(found.fused.argmax())].id


def test_the_two_turns_are_one_question_in_their_language() -> None:
    assert joined(Earlier("怎么申请贷款"), "那利率呢", "zh") == "怎么申请贷款，那利率呢"
    assert joined(Earlier("how do I apply"), "and the rate?", "en") == "how do I apply and the rate?"


def test_what_was_just_answered_is_not_asked_again() -> None:
    assert best([0, 0, 0, 0], [3, 1, 0, 0], None) == "loan"
    assert best([0, 0, 0, 0], [3, 1, 0, 0], "loan") == "rate"


def test_what_belongs_together_comes_first_and_what_is_related_before_it() -> None:
    assert best([0, 0, 0, 1], [0, 0, 0, 0], None) == "card"
    assert best([0, 0, 0, 1], [0, 0, 0, 0], "loan") == "rate"


def test_a_clear_question_on_another_topic_stays_what_it_is() -> None:
    assert best([0, 0, 0, 9], [0, 2, 0, 3], "loan") == "card"


def test_an_entry_that_has_gone_says_nothing() -> None:
    assert best([0, 0, 0, 1], [0, 0, 0, 0], "withdrawn") == "card"


def test_one_of_the_two_readings_being_the_banks_matter_is_enough() -> None:
    found = in_context(scores([0] * 4, belonging=-5), scores([0] * 4, belonging=4), ENTRIES, None)
    assert found.belonging.tolist() == [4]
