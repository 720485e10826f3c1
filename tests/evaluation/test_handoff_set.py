"""The shipped Chinese test set of handoffs is what its card says: large, varied, balanced and readable."""

import json
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from evaluation.datasets import read_utterances
from handoff.policy import Reason
from kit.settings import ROOT

FOLDER = ROOT / "evaluation" / "datasets" / "handoff"
UTTERANCES = FOLDER / "utterances_zh.jsonl"
REASONS = {
    Reason.ASKED_FOR_HUMAN,
    Reason.COMPLAINT,
    Reason.NEGATIVE_EMOTION,
    Reason.DISTRESS,
    Reason.VULNERABLE_CUSTOMER,
}
CLOSEST = 0.8


def rows(path: Path = UTTERANCES) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def normalised(text: str) -> str:
    """NFKC, lower case, without spaces and punctuation; what consists of nothing else stays."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(c for c in folded if unicodedata.category(c)[0] not in "PZC" and not c.isspace()) or folded


def trigrams(text: str) -> frozenset[str]:
    return frozenset(text[start : start + 3] for start in range(len(text) - 2)) or frozenset({text})


def near_duplicates(texts: list[str], limit: float) -> list[tuple[str, str]]:
    """Pairs whose character trigrams have a Jaccard similarity of ``limit`` or more."""
    seen: list[frozenset[str]] = []
    holders: dict[str, list[int]] = defaultdict(list)
    found = []
    for number, text in enumerate(texts):
        grams = trigrams(text)
        shared = Counter(other for gram in grams for other in holders[gram])
        found += [
            (texts[other], text)
            for other, common in shared.items()
            if common / (len(grams) + len(seen[other]) - common) >= limit
        ]
        seen.append(grams)
        for gram in grams:
            holders[gram].append(number)
    return found


@pytest.fixture(scope="module")
def utterances() -> list[dict[str, Any]]:
    return rows()


@pytest.fixture(scope="module")
def card() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((FOLDER / "card.yml").read_text(encoding="utf-8"))
    return content


def test_the_evaluation_reads_every_row(utterances: list[dict[str, Any]]) -> None:
    read = read_utterances(UTTERANCES)

    assert [(u.id, u.text, u.needed, u.reason) for u in read] == [
        (row["id"], row["text"], row["needed"], row["reason"]) for row in utterances
    ]


def test_it_is_large_enough(utterances: list[dict[str, Any]]) -> None:
    needed = sum(row["needed"] for row in utterances)

    assert needed >= 640
    assert len(utterances) - needed >= 1560
    assert sum(row["slice"].startswith("hard_") for row in utterances) >= 350


def test_a_needed_person_has_a_reason_of_the_policy_and_no_other_has_one(utterances: list[dict[str, Any]]) -> None:
    wrong = [row["id"] for row in utterances if row["needed"] != (row["reason"] in {r.value for r in REASONS})]

    assert not wrong
    assert {row["reason"] for row in utterances if not row["needed"]} == {None}


def test_no_text_is_there_twice(utterances: list[dict[str, Any]]) -> None:
    counts = Counter(normalised(row["text"]) for row in utterances)

    assert [text for text, count in counts.items() if count > 1] == []


def test_no_two_texts_are_nearly_the_same(utterances: list[dict[str, Any]]) -> None:
    assert near_duplicates([normalised(row["text"]) for row in utterances], CLOSEST) == []


def test_near_duplicates_are_noticed() -> None:
    pair = ("我想把信用卡的额度提高", "我想把信用卡的额度提高吧")

    assert near_duplicates([*pair, "明天会下雨吗"], CLOSEST) == [pair]


def test_texts_are_clean(utterances: list[dict[str, Any]]) -> None:
    assert [row["id"] for row in utterances if row["text"] != row["text"].strip() or "\ufffd" in row["text"]] == []


def test_each_slice_is_on_one_side_and_large_enough_to_be_reported(utterances: list[dict[str, Any]]) -> None:
    sides: dict[str, set[bool]] = defaultdict(set)
    for row in utterances:
        sides[row["slice"]].add(row["needed"])
    sizes = Counter(row["slice"] for row in utterances)

    assert {name for name, needed in sides.items() if len(needed) > 1} == set()
    assert {name: size for name, size in sizes.items() if size < 12} == {}


def test_no_slice_outweighs_the_others(utterances: list[dict[str, Any]]) -> None:
    for needed in (True, False):
        sizes = Counter(row["slice"] for row in utterances if row["needed"] is needed)

        assert max(sizes.values()) <= sizes.total() / 4


def test_every_reason_has_enough_messages(utterances: list[dict[str, Any]]) -> None:
    reasons = Counter(row["reason"] for row in utterances if row["needed"])

    assert set(reasons) == {reason.value for reason in REASONS}
    assert min(reasons.values()) >= 50


@pytest.mark.parametrize("needed", [True, False])
def test_all_ways_to_write_are_on_both_sides(utterances: list[dict[str, Any]], needed: bool) -> None:
    ways = Counter(row["language"] for row in utterances if row["needed"] is needed)

    assert set(ways) == {"zh", "zh-Hant", "yue", "mixed"}
    assert 0.65 <= ways["zh"] / ways.total() <= 0.75
    assert min(ways.values()) >= 0.08 * ways.total()


def test_short_and_long_messages_are_on_both_sides(utterances: list[dict[str, Any]]) -> None:
    for needed in (True, False):
        lengths = [len(row["text"]) for row in utterances if row["needed"] is needed]

        assert sum(length <= 5 for length in lengths) >= 40
        assert sum(length >= 60 for length in lengths) >= 12


def test_the_card_counts_what_is_there(utterances: list[dict[str, Any]], card: dict[str, Any]) -> None:
    needed = [row for row in utterances if row["needed"]]

    assert card["counts"] == {
        "total": len(utterances),
        "needed": len(needed),
        "not_needed": len(utterances) - len(needed),
        "hard_negatives": sum(row["slice"].startswith("hard_") for row in utterances),
        "languages": dict(Counter(row["language"] for row in utterances)),
        "reasons": dict(Counter(row["reason"] for row in needed)),
    }


def test_the_card_explains_every_slice_and_language(utterances: list[dict[str, Any]], card: dict[str, Any]) -> None:
    assert set(card["slices"]) == {row["slice"] for row in utterances}
    assert set(card["languages"]) == {row["language"] for row in utterances}
    assert card["licence"] == "Apache-2.0"
