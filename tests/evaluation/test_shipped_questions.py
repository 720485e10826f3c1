"""The shipped question sets measure something only while nobody has learnt them by heart."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from evaluation.datasets import Query, read_dialogues, read_double_questions, read_queries
from kb.content import LANGUAGES, EntryContent, read_folder
from kb.live import background
from kit.settings import ROOT

DATASETS = ROOT / "evaluation" / "datasets"
CHECKS = ROOT / "kb" / "checks"
FOLLOWUPS = {"attribute", "subject", "pronoun", "elliptical", "fresh"}
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


@dataclass(frozen=True)
class Written:
    """Every text of a folder of sets, under the id of its row."""

    queries: list[Query] = field(repr=False)  # a failing test must not show the test set
    texts: list[tuple[str, str]] = field(repr=False)

    @classmethod
    def of(cls, folder: Path, content: list[EntryContent]) -> "Written":
        ids = {entry.id for entry in content}
        queries = [query for path in sorted(folder.glob("queries_*.jsonl")) for query in read_queries(path, ids)]
        texts = [(query.id, query.text) for query in queries]
        for path in sorted(folder.glob("followups_*.jsonl")):
            texts += [(dialogue.id, turn) for dialogue in read_dialogues(path, ids) for turn in dialogue.turns]
        for path in sorted(folder.glob("doubles_*.jsonl")):
            texts += [(double.id, double.text) for double in read_double_questions(path, ids)]
        return cls(queries, texts)

    def found_in(self, texts: Iterable[str]) -> list[tuple[str, str]]:
        known = {bare(text) for text in texts}
        assert known
        return [(identifier, text) for identifier, text in self.texts if bare(text) in known]


@pytest.fixture(scope="module")
def test_set(content: list[EntryContent]) -> Written:
    return Written.of(DATASETS / "demo", content)


@pytest.fixture(scope="module")
def development_set(content: list[EntryContent]) -> Written:
    return Written.of(DATASETS / "demo_development", content)


@pytest.fixture(scope="module")
def check_questions(content: list[EntryContent]) -> list[Query]:
    ids = {entry.id for entry in content}
    return [query for path in sorted(CHECKS.glob("*.jsonl")) for query in read_queries(path, ids)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_enough_questions_of_each_kind(language: str, test_set: Written) -> None:
    kinds = Counter(query.slice for query in test_set.queries if query.language == language)
    assert kinds.total() >= 1000
    assert {kind: kinds[kind] for kind in SLICES[language] if kinds[kind] < 30} == {}


@pytest.mark.parametrize("name", ["demo", "demo_development"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_dialogues_and_double_questions_of_each_kind(
    name: str, language: str, content: list[EntryContent]
) -> None:
    ids = {entry.id for entry in content}
    dialogues = read_dialogues(DATASETS / name / f"followups_{language}.jsonl", ids)
    doubles = read_double_questions(DATASETS / name / f"doubles_{language}.jsonl", ids)
    assert {dialogue.slice for dialogue in dialogues} == FOLLOWUPS
    assert {double.slice for double in doubles} == {"double", "single"}
    assert {case.language for case in (*dialogues, *doubles)} == {language}


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_enough_follow_ups_after_one_turn_and_after_two(language: str, content: list[EntryContent]) -> None:
    ids = {entry.id for entry in content}
    dialogues = read_dialogues(DATASETS / "demo" / f"followups_{language}.jsonl", ids)
    lengths = Counter(len(dialogue.turns) for dialogue in dialogues)
    assert lengths.keys() == {2, 3}
    assert lengths.total() >= 120
    assert min(lengths.values()) >= 30


@pytest.mark.parametrize("language", LANGUAGES)
def test_nearly_every_entry_is_asked_for(language: str, test_set: Written, content: list[EntryContent]) -> None:
    asked = {query.entry_id for query in test_set.queries if query.language == language}
    assert len({entry.id for entry in content} - asked) <= 0.05 * len(content)


def test_out_of_scope_questions_have_no_entry_and_the_others_have(test_set: Written) -> None:
    wrong = [query.id for query in test_set.queries if (query.slice == "out_of_scope") != (query.entry_id is None)]
    assert wrong == []


def test_ids_are_unique_over_all_sets(
    test_set: Written, development_set: Written, check_questions: list[Query]
) -> None:
    rows = [*dict.fromkeys(row for row, _ in test_set.texts), *dict.fromkeys(row for row, _ in development_set.texts)]
    ids = Counter([*rows, *(query.id for query in check_questions)])
    assert [identifier for identifier, count in ids.items() if count > 1] == []


def test_no_question_is_asked_twice(test_set: Written) -> None:
    texts = Counter(bare(query.text) for query in test_set.queries)
    assert [text for text, count in texts.items() if count > 1] == []


def test_nothing_of_the_test_set_stands_in_the_knowledge_base(test_set: Written, content: list[EntryContent]) -> None:
    written = (text for entry in content for variant in entry.variants.values() for text in variant.questions)
    assert test_set.found_in(written) == []


def test_nothing_of_the_test_set_is_one_of_the_everyday_sentences(test_set: Written) -> None:
    assert test_set.found_in(text for texts in background().values() for text in texts) == []


def test_nothing_of_the_test_set_is_a_check_question(test_set: Written, check_questions: list[Query]) -> None:
    assert test_set.found_in(query.text for query in check_questions) == []


def test_nothing_of_the_test_set_was_seen_in_development(test_set: Written, development_set: Written) -> None:
    assert test_set.found_in(text for _, text in development_set.texts) == []
