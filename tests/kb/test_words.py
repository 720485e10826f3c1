"""What a knowledge base says is counted entry by entry, and comes out as if it were counted at once."""

import sqlite3
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.content import EntryContent, Variant
from kb.memo import Memo
from kb.words import WordCounts, Words

TEXTS = [
    "信用卡丢了怎么办？",
    "信用卡年费是多少",
    "怎么办信用卡",
    "I lost my credit card",
    "What's the credit card fee?",
    "",
]


def entry(identifier: str, text: str) -> EntryContent:
    language = "zh" if any(character > "一" for character in text) else "en"
    return EntryContent(
        id=identifier, scenario="cards", variants={language: Variant(question=text or "?", answer=text or "!")}
    )


BANK = [entry(f"entry-{number}", text) for number, text in enumerate(TEXTS)]


def whole(entries: list[EntryContent]) -> Words:
    said: dict[str, list[str]] = {"zh": [], "en": []}
    for each in entries:
        for language, variant in each.variants.items():
            said[language] += [variant.question, variant.answer]
    return Words.of(said["zh"], said["en"])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "words.db"


def counter(file: Path | None = None) -> WordCounts:
    return WordCounts(Memo(file, "vector_cache_corrupt"))


def test_words_phrases_and_pairs_are_counted() -> None:
    words = Words.of(["信用卡丢了，我要补办信用卡"], ["Lost card. Credit card fee; credit card"])
    assert words.chinese["信用卡"] == 2
    assert words.alone["我"] == 1
    assert words.english["card"] == 3
    assert words.pairs["credit card"] == 2
    assert "Lost card. Credit card fee; credit card" in words.texts


def test_chinese_is_counted_in_the_form_in_which_it_is_searched() -> None:
    assert Words.of(["信用卡遺失"], []) == Words.of(["信用卡遗失"], [])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(releases=st.lists(st.sets(st.sampled_from(range(len(BANK)))), max_size=5))
def test_release_after_release_counts_are_those_of_its_own_entries(releases: list[set[int]], file: Path) -> None:
    kept, unkept = counter(file), counter()
    for release in releases:
        entries = [BANK[at] for at in sorted(release)]
        expected = asdict(whole(entries))
        assert asdict(kept.count(entries)) == expected
        assert asdict(unkept.count(entries)) == expected


def test_a_restart_and_a_publication_count_only_what_is_new(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    of_entry = Words.of_entry

    def counting(each: EntryContent) -> Words:
        asked.append(each.id)
        return of_entry(each)

    monkeypatch.setattr(Words, "of_entry", counting)
    counter(file).count(BANK[:3])
    restarted = counter(file)
    restarted.count(BANK[:3])
    assert asked == ["entry-0", "entry-1", "entry-2"]
    restarted.count(BANK[1:4])
    assert asked == ["entry-0", "entry-1", "entry-2", "entry-3"]


def test_a_damaged_file_is_dropped_counted_and_rebuilt(file: Path, counted) -> None:
    counter(file).count(BANK)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE memo SET value = ?", (b'[{"x": 1}, {}, {}, {}, {}, {}, {}]',))
    assert asdict(counter(file).count(BANK)) == asdict(whole(BANK))
    assert counted.degraded("vector_cache_corrupt") == 1
