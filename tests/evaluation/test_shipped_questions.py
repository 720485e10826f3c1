"""The shipped question sets measure something only while nobody has learnt them by heart."""

import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from evaluation.datasets import Query, read_queries
from kb.content import LANGUAGES, EntryContent, read_folder
from kb.service import background
from kit.settings import ROOT

DATASETS = ROOT / "evaluation" / "datasets"
SLICES = {
    "zh": {"plain", "typo", "traditional", "cantonese", "mixed", "out_of_scope"},
    "en": {"plain", "typo", "colloquial", "keyword", "non_native", "out_of_scope"},
}


def bare(text: str) -> str:
    """Letters and digits only, in one case and width."""
    return "".join(character for character in unicodedata.normalize("NFKC", text).casefold() if character.isalnum())


@pytest.fixture(scope="module")
def content() -> list[EntryContent]:
    return read_folder(ROOT / "kb" / "content")


def read_set(folder: Path, content: list[EntryContent]) -> list[Query]:
    ids = {entry.id for entry in content}
    return [query for path in sorted(folder.glob("*.jsonl")) for query in read_queries(path, ids)]


@pytest.fixture(scope="module")
def test_set(content: list[EntryContent]) -> list[Query]:
    return read_set(DATASETS / "demo", content)


@pytest.fixture(scope="module")
def development_set(content: list[EntryContent]) -> list[Query]:
    return read_set(DATASETS / "demo_development", content)


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_enough_questions_of_each_kind(language: str, test_set: list[Query]) -> None:
    kinds = Counter(query.slice for query in test_set if query.language == language)
    assert kinds.total() >= 300
    assert {kind: kinds[kind] for kind in SLICES[language] if kinds[kind] < 30} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nearly_every_entry_is_asked_for(language: str, test_set: list[Query], content: list[EntryContent]) -> None:
    asked = {query.entry_id for query in test_set if query.language == language}
    assert len({entry.id for entry in content} - asked) <= 0.05 * len(content)


def test_out_of_scope_questions_have_no_entry_and_the_others_have(test_set: list[Query]) -> None:
    wrong = [query.id for query in test_set if (query.slice == "out_of_scope") != (query.entry_id is None)]
    assert wrong == []


def test_ids_are_unique_over_all_sets(test_set: list[Query], development_set: list[Query]) -> None:
    ids = Counter(query.id for query in [*test_set, *development_set])
    assert [identifier for identifier, count in ids.items() if count > 1] == []


def test_no_question_is_asked_twice(test_set: list[Query]) -> None:
    texts = Counter(bare(query.text) for query in test_set)
    assert [text for text, count in texts.items() if count > 1] == []


def test_no_test_question_stands_in_the_knowledge_base(test_set: list[Query], content: list[EntryContent]) -> None:
    written = {bare(text) for entry in content for variant in entry.variants.values() for text in variant.questions}
    assert [(query.id, query.text) for query in test_set if bare(query.text) in written] == []


def test_no_test_question_is_one_of_the_everyday_sentences(test_set: list[Query]) -> None:
    everyday = {bare(text) for texts in background().values() for text in texts}
    assert [(query.id, query.text) for query in test_set if bare(query.text) in everyday] == []


def test_no_test_question_was_seen_in_development(test_set: list[Query], development_set: list[Query]) -> None:
    seen = {bare(query.text) for query in development_set}
    assert seen
    assert [(query.id, query.text) for query in test_set if bare(query.text) in seen] == []
