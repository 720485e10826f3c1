"""The shipped content is fit for customers, and a content file that is not as it should be says where."""

import re
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from kb.content import LANGUAGES, ContentError, EntryContent, Variant, parse_entry, read_folder
from kit.settings import ROOT

PROMISE = re.compile(
    r"保本|保息|保收益|保证收益|保证本金|零风险|无风险|没有风险|稳赚|稳赢|包赚|必赚|只赚不赔|绝对安全|刚性兑付|"
    r"guaranteed? (?:\w+ )?(?:return|profit|yield|income|principal)|risk[- ]free|without (?:any )?risk|"
    r"\b(?:no|zero) risk|(?:can ?not|can't|never) lose|sure profit|100 ?% safe",
    re.IGNORECASE,
)
NEGATION = re.compile(
    r"不|没有?|非|无法|勿|别|并未|\bnot\b|n't\b|\bno\b|\bnever\b|\bneither\b|\bwithout\b", re.IGNORECASE
)
SENTENCE = re.compile(r"(?<=[。！？；\n])|(?<=[.!?;])\s")
FEE_OR_RATE = re.compile(r"\d[\d,.]*\s*(?:%|％|元|yuan|CNY|RMB)|[¥￥]\s*\d", re.IGNORECASE)


@pytest.fixture(scope="module")
def shipped() -> list[EntryContent]:
    return read_folder(ROOT / "kb" / "content")


def promises(text: str) -> list[str]:
    """Sentences that promise what no bank may, unless the words before the promise deny it."""
    return [
        sentence.strip()
        for sentence in SENTENCE.split(text)
        if (found := PROMISE.search(sentence)) and not NEGATION.search(sentence[: found.start()])
    ]


@pytest.mark.parametrize(
    "text",
    ["本产品保本保息。", "放心，稳赚！", "This fund has guaranteed returns.", "It is risk-free.", "You cannot lose."],
)
def test_a_promise_is_recognised(text: str) -> None:
    assert promises(text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "理财产品不保本。",
        "银行不承诺保本，也不承诺收益。",
        "It does not have guaranteed returns.",
        "This is not risk-free.",
    ],
)
def test_a_promise_denied_is_none(text: str) -> None:
    assert promises(text) == []


def test_the_shipped_content_covers_the_business(shipped: list[EntryContent]) -> None:
    assert len({entry.scenario for entry in shipped}) >= 24
    assert len(shipped) >= 300


def test_every_shipped_entry_speaks_both_languages(shipped: list[EntryContent]) -> None:
    assert [entry.id for entry in shipped if set(entry.variants) != set(LANGUAGES)] == []
    empty = [(entry.id, key) for entry in shipped for key, variant in entry.variants.items() if not variant.answer]
    assert empty == []


def test_every_shipped_entry_is_asked_in_six_other_ways(shipped: list[EntryContent]) -> None:
    few = [
        (entry.id, language, len(variant.questions) - 1)
        for entry in shipped
        for language, variant in entry.variants.items()
        if len(variant.questions) - 1 < 6
    ]
    assert few == []


def test_no_shipped_question_belongs_to_two_entries(shipped: list[EntryContent]) -> None:
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for entry in shipped:
        for variant in entry.variants.values():
            for question in variant.questions:
                owners[question.casefold()].add(entry.id)
    assert {question: ids for question, ids in owners.items() if len(ids) > 1} == {}


def test_shipped_languages_are_not_mixed_up(shipped: list[EntryContent]) -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    for entry in shipped:
        assert han.search(entry.variants["zh"].question), entry.id
        english = entry.variants["en"].question + entry.variants["en"].answer
        assert not han.search(re.sub(r"\([^()]*\)", "", english)), entry.id  # a Chinese menu is named in brackets


def test_products_with_risk_say_so(shipped: list[EntryContent]) -> None:
    products = [entry for entry in shipped if entry.risk_class == "product"]
    assert products
    for entry in products:
        assert all(len(variant.risk or "") >= 10 for variant in entry.variants.values()), entry.id


def test_what_can_lose_money_is_said_to(shipped: list[EntryContent]) -> None:
    for entry in (entry for entry in shipped if entry.scenario == "wealth"):
        assert entry.risk_class == "product", entry.id
        assert re.search("风险|亏损|损失", entry.variants["zh"].risk or ""), entry.id
        assert re.search(r"risk|lose|loss", entry.variants["en"].risk or "", re.IGNORECASE), entry.id


def test_nothing_shipped_promises_what_no_bank_may(shipped: list[EntryContent]) -> None:
    found = [
        (entry.id, language, sentence)
        for entry in shipped
        for language, variant in entry.variants.items()
        for sentence in promises(f"{variant.answer}\n{variant.risk or ''}")
    ]
    assert found == []


def test_fees_and_rates_carry_the_date_they_were_checked(shipped: list[EntryContent]) -> None:
    undated = [
        entry.id
        for entry in shipped
        if entry.updated is None
        and (
            entry.scenario == "fees_rates"
            or any(FEE_OR_RATE.search(variant.answer) for variant in entry.variants.values())
        )
    ]
    assert undated == []
    assert min(entry.updated for entry in shipped if entry.updated) > date(2025, 1, 1)


def test_a_few_shipped_entries_are_featured(shipped: list[EntryContent]) -> None:
    assert 4 <= sum(entry.featured for entry in shipped) <= 30


ENTRY = """
  - id: lost-card
    zh: {question: 卡丢了怎么办, similar: [挂失], answer: 请挂失。}
    en: {question: I lost my card, answer: Block it.}
"""
GOOD = f"scenario: cards\nentries:{ENTRY}"

BROKEN = [
    ("not YAML", "scenario: [cards", ["cards.yml", "not valid YAML"]),
    ("not UTF-8", b"scenario: \xd2\xf8\xd0\xd0", ["cards.yml", "UTF-8"]),
    ("empty", "", ["cards.yml", "'scenario'"]),
    ("a list", "- id: lost-card", ["cards.yml", "'scenario'", "'entries'"]),
    ("no scenario", f"entries:{ENTRY}", ["cards.yml", "'scenario'"]),
    ("no entries", "scenario: cards", ["cards.yml", "'entries'"]),
    ("entries of the wrong kind", "scenario: cards\nentries: {a: b}", ["cards.yml", "'entries'"]),
    ("an entry that is a text", "scenario: cards\nentries: [lost-card]", ["cards.yml", "number 1", "mapping"]),
    ("no id", GOOD.replace("id: lost-card", "featured: true"), ["cards.yml", "number 1", "id: Field required"]),
    ("an id with a space", GOOD.replace("lost-card", "lost card"), ["cards.yml", "'lost card'", "id: "]),
    ("a number as id", GOOD.replace("lost-card", "17"), ["cards.yml", "entry 17", "id: "]),
    ("an unknown field", GOOD.replace("zh:", "colour: red\n    zh:"), ["cards.yml", "'lost-card'", "colour: "]),
    ("an unknown language", GOOD.replace("en:", "fr:"), ["cards.yml", "'lost-card'", "fr: "]),
    ("no language", "scenario: cards\nentries: [{id: lost-card}]", ["cards.yml", "'lost-card'", "variants: "]),
    ("a language that is a text", GOOD.replace("{question: I lost my card, answer: Block it.}", "lost"),
     ["cards.yml", "'lost-card'", "variants.en: "]),
    ("no question", GOOD.replace("question: I lost my card, ", ""), ["'lost-card'", "variants.en.question: "]),
    ("a blank question", GOOD.replace("I lost my card", "'   '"), ["'lost-card'", "variants.en.question: "]),
    ("similar questions as one text", GOOD.replace("[挂失]", "挂失"), ["'lost-card'", "variants.zh.similar: "]),
    ("a similar question that is a number", GOOD.replace("挂失]", "95588]"), ["'lost-card'", "zh.similar.0: "]),
    ("a misspelt field", GOOD.replace("answer: Block", "anwser: Block"), ["'lost-card'", "variants.en.anwser: "]),
    ("an unknown risk class", GOOD.replace("zh:", "risk_class: high\n    zh:"), ["'lost-card'", "risk_class: "]),
    ("a product without its risk", GOOD.replace("zh:", "risk_class: product\n    zh:"), ["'lost-card'", "'zh'"]),
    ("a date that is none", GOOD.replace("zh:", "updated: soon\n    zh:"), ["'lost-card'", "updated: "]),
    ("an id used twice", GOOD + ENTRY.lstrip("\n"), ["cards.yml", "'lost-card'", "twice"]),
    ("an unknown related entry", GOOD.replace("zh:", "related: [gone]\n    zh:"), ["'lost-card'", "'gone'"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_broken_content_file_says_where(text: str | bytes, said: list[str], tmp_path: Path) -> None:
    (tmp_path / "cards.yml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ContentError) as failure:
        read_folder(tmp_path)
    assert [part for part in said if part not in failure.value.message] == [], failure.value.message


def test_an_id_in_two_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.yml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(ContentError, match=r"b\.yml: the id 'lost-card' is used twice"):
        read_folder(tmp_path)


@pytest.mark.parametrize("folder", ["", "absent"])
def test_a_folder_without_entries_is_refused(folder: str, tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="There are no entries under"):
        read_folder(tmp_path / folder)


def test_a_good_file_is_read_as_written(tmp_path: Path) -> None:
    (tmp_path / "cards.yml").write_text(GOOD, encoding="utf-8")
    [entry] = read_folder(tmp_path)
    assert (entry.id, entry.scenario, entry.risk_class) == ("lost-card", "cards", "none")
    assert entry.variants["zh"] == Variant(question="卡丢了怎么办", similar=("挂失",), answer="请挂失。")
    assert entry.variants["en"].questions == ("I lost my card",)


def test_questions_are_stripped_and_each_given_once() -> None:
    variant = Variant(question=" 卡丢了 ", similar=("挂失 ", "卡丢了", "", "  ", "挂失"))
    assert variant.questions == ("卡丢了", "挂失")


def test_an_entry_in_one_language_stands_in_for_the_other() -> None:
    entry = parse_entry({"id": "a", "scenario": "s", "variants": {"en": {"question": "Q"}}}, "here")
    assert entry.variant_for("zh") == ("en", entry.variants["en"])
    assert entry.variant_for("en") == ("en", entry.variants["en"])


def test_a_digest_changes_with_anything_in_the_entry() -> None:
    raw = {"id": "a", "scenario": "s", "variants": {"en": {"question": "Q", "answer": "A"}}}
    changes = [
        {"scenario": "t"},
        {"featured": True},
        {"audience": "corporate"},
        {"updated": "2026-11-01"},
        {"variants": {"en": {"question": "Q", "answer": "B"}}},
        {"variants": {"en": {"question": "Q", "answer": "A", "similar": ["R"]}}},
        {"variants": {"en": {"question": "Q", "answer": "A"}, "zh": {"question": "问"}}},
    ]
    entries = [parse_entry({**raw, **change}, "here") for change in [{}, *changes]]
    assert len({entry.digest for entry in entries}) == len(entries)
    assert parse_entry(raw, "elsewhere").digest == entries[0].digest
