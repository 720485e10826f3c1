"""What is found in an entry before it is published: languages, dates, related ids, lengths, and words used twice."""

import re
import time
from datetime import date, timedelta
from typing import Any, get_args

import pytest
import yaml

from kb.content import LANGUAGES, EntryContent, Lang, Variant
from kb.examination.findings import Catalogue, Finding, check_entry
from kb.examination.rules import EXCERPT_CHARACTERS, RuleId, Rules, bundled_rules
from kit.settings import ROOT

TODAY = date(2026, 11, 22)
ZH: dict[str, Any] = {
    "question": "银行卡丢了怎么办？",
    "similar": ("卡不见了", "怎么挂失", "卡被偷了", "挂失电话多少", "我的卡找不到了", "唔见咗張卡"),
    "answer": "请马上挂失：打开App，或拨打400-000-1958。",
}
EN: dict[str, Any] = {
    "question": "I have lost my bank card. What should I do?",
    "similar": (
        "card gone",
        "block my card",
        "stolen card",
        "lost card hotline",
        "can't find my card",
        "report a loss",
    ),
    "answer": "Report it at once in the app or on 400-000-1958.",
}


def an_entry(zh: dict[str, Any] | None = None, en: dict[str, Any] | None = None, **fields: Any) -> EntryContent:
    """An entry without fault, but for what is given; nothing is validated, as with what was stored long ago."""
    variants: dict[Lang, Variant] = {
        "zh": Variant.model_construct(**{**ZH, "risk": None, **(zh or {})}),
        "en": Variant.model_construct(**{**EN, "risk": None, **(en or {})}),
    }
    given = {"id": "lost-card", "scenario": "cards", "variants": variants, "updated": date(2026, 11, 1), **fields}
    return EntryContent.model_construct(**given)


def another(entry_id: str, *similar: str) -> EntryContent:
    return EntryContent(
        id=entry_id, scenario="cards", variants={"en": Variant(question=f"What about {entry_id}?", similar=similar)}
    )


def found(entry: EntryContent, *others: EntryContent) -> list[Finding]:
    return check_entry(entry, {other.id: other for other in others}, TODAY)


def broken(entry: EntryContent, *others: EntryContent) -> list[tuple[str, Lang | None, str]]:
    return [(finding.rule, finding.language, finding.field) for finding in found(entry, *others)]


def test_a_good_entry_has_no_findings() -> None:
    assert found(an_entry()) == []


# ── the rules ─────────────────────────────────────────────────────────────────────────────────────────────────────

A_FUND = {"answer": "推荐购买本行的基金。"}
BREAKS: list[tuple[RuleId, EntryContent, Lang | None, str]] = [
    ("duplicate_in_entry", an_entry(zh={"similar": (*ZH["similar"], "怎么挂失？")}), "zh", "similar"),
    ("question_long", an_entry(en={"question": "Lost? " * 40}), "en", "question"),
    ("similar_long", an_entry(zh={"similar": (*ZH["similar"], "卡丢了" * 70)}), "zh", "similar"),
    ("few_similar", an_entry(en={"similar": EN["similar"][:5]}), "en", "similar"),
    ("answer_empty", an_entry(zh={"answer": " "}), "zh", "answer"),
    ("answer_long", an_entry(zh={"answer": "请马上挂失。" * 1001}), "zh", "answer"),
    ("language_missing", an_entry(variants={"zh": Variant(**ZH)}), "en", "entry"),
    ("validity_reversed", an_entry(valid_from=TODAY, valid_to=TODAY - timedelta(1)), None, "entry"),
    ("expired", an_entry(valid_to=TODAY - timedelta(1)), None, "entry"),
    ("expires_soon", an_entry(valid_to=TODAY + timedelta(30)), None, "entry"),
    ("related_missing", an_entry(related=("gone",)), None, "entry"),
    ("related_to_itself", an_entry(related=("lost-card",)), None, "entry"),
    ("promise", an_entry(en={"answer": "You cannot lose."}), "en", "answer"),
    ("risk_offered", an_entry(zh=A_FUND), "zh", "answer"),
    ("risk_named", an_entry(en={"question": "What is a structured deposit?"}), "en", "question"),
    ("undated_figure", an_entry(zh={"answer": "补卡收费10元。"}, updated=None), "zh", "answer"),
    ("personal_data", an_entry(zh={"similar": (*ZH["similar"], "13912345678的卡丢了")}), "zh", "similar"),
    ("asks_for_secret", an_entry(en={"answer": "Please send us your PIN."}), "en", "answer"),
    ("link_broken", an_entry(zh={"answer": "见[这里](/lost)。"}), "zh", "answer"),
    ("link_without_target", an_entry(zh={"answer": "见[这里]()。"}), "zh", "answer"),
    ("link_without_text", an_entry(zh={"answer": "见[](https://www.chenghu.example/)。"}), "zh", "answer"),
    ("link_unsafe", an_entry(en={"answer": "See [here](javascript:alert(1))."}), "en", "answer"),
    ("link_not_https", an_entry(en={"answer": "See [here](http://www.chenghu.example/)."}), "en", "answer"),
    ("link_disguised", an_entry(zh={"answer": "见[这里](https://www.chenghu.example@a.example/)。"}), "zh", "answer"),
    ("html", an_entry(en={"answer": "Call us.<br>At once."}), "en", "answer"),
    ("image", an_entry(en={"answer": "![Card](https://www.chenghu.example/card.png)"}), "en", "answer"),
    ("nested_table", an_entry(zh={"answer": "- 费用\n\n  | 卡 | 费 |\n  | - | - |\n  | 甲 | 无 |"}), "zh", "answer"),
    ("open_fence", an_entry(zh={"answer": "请发短信：\n\n```\nGS\n\n请马上挂失。"}), "zh", "answer"),
]


@pytest.mark.parametrize(("rule", "entry", "language", "field"), BREAKS, ids=[case[0] for case in BREAKS])
def test_an_entry_that_breaks_one_rule_has_that_finding_alone(
    rule: RuleId, entry: EntryContent, language: Lang | None, field: str
) -> None:
    [finding] = found(entry)
    assert (finding.rule, finding.language, finding.field) == (rule, language, field)
    assert finding.severity == bundled_rules()[rule].severity
    assert finding.excerpt or rule == "answer_empty"
    assert set(finding.message) == set(LANGUAGES)
    assert not [text for text in finding.message.values() if re.search(r"[{}]", text)]


def test_every_rule_is_tried() -> None:
    elsewhere = {"duplicate_elsewhere", "near_duplicate", "pulls_together", "risk_short", "risk_not_plain"}
    by_asking = {"link_dead", "link_unreachable"}
    assert {case[0] for case in BREAKS} | elsewhere | by_asking == set(get_args(RuleId))


WARNINGS = {
    "duplicate_in_entry", "duplicate_elsewhere", "near_duplicate",
    "pulls_together", "question_long", "similar_long", "few_similar", "answer_long", "language_missing", "expires_soon",
    "risk_named", "undated_figure", "link_not_https", "link_unreachable", "image", "nested_table",
}  # fmt: skip


def test_only_what_a_reviewer_may_judge_is_a_warning() -> None:
    assert {rule for rule, written in bundled_rules().rules.items() if written.severity == "warning"} == WARNINGS


# ── questions that are asked twice ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["Card gone", "card gone?", "ＣＡＲＤ　ＧＯＮＥ", " card-gone! "])
def test_a_question_of_another_entry_is_found_however_it_is_written(text: str) -> None:
    [finding] = found(an_entry(), another("stolen", "something else", text))
    assert (finding.rule, finding.language, finding.field) == ("duplicate_elsewhere", "en", "similar")
    assert (finding.excerpt, finding.other_entry) == ("card gone", "stolen")
    assert "stolen" in finding.message["zh"]
    assert "stolen" in finding.message["en"]


@pytest.mark.parametrize("text", ["card gone away", "my card gone", "卡不见了吗"])
def test_a_question_that_says_more_is_another(text: str) -> None:
    assert found(an_entry(), another("stolen", text)) == []


def test_a_chinese_question_is_compared_with_every_language() -> None:
    assert broken(an_entry(), another("stolen", "怎么挂失？")) == [("duplicate_elsewhere", "zh", "similar")]


def test_each_entry_with_the_same_question_is_named() -> None:
    findings = found(an_entry(), another("stolen", "card gone"), another("broken", "card gone", "Card gone?"))
    assert [finding.other_entry for finding in findings] == ["stolen", "broken"]


def test_the_question_itself_counts_too() -> None:
    entry = an_entry(en={"similar": (*EN["similar"], "i have lost my bank card - what should I do")})
    assert broken(entry) == [("duplicate_in_entry", "en", "similar")]
    assert broken(an_entry(), another("stolen", EN["question"])) == [("duplicate_elsewhere", "en", "question")]


def test_one_word_may_be_a_question_in_both_languages_of_an_entry() -> None:
    entry = an_entry(zh={"similar": (*ZH["similar"], "IBAN")}, en={"similar": (*EN["similar"], "iban")})
    assert found(entry) == []


def test_questions_without_a_letter_are_not_the_same() -> None:
    entry = an_entry(zh={"similar": (*ZH["similar"], "？？", "!!", " ")})
    assert found(entry, another("stolen", "？！")) == []


# ── related ids ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_related_entry_that_exists_is_right() -> None:
    assert found(an_entry(related=("stolen",)), another("stolen")) == []


def test_a_related_entry_that_does_not_exist_is_named() -> None:
    [finding] = found(an_entry(related=("stolen", "gone")), another("stolen"))
    assert (finding.excerpt, finding.other_entry) == ("gone", "gone")


# ── dates ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("first", "last", "rules"),
    [
        (None, None, []),
        (0, None, []),
        (90, None, []),
        (None, 31, []),
        (None, 30, ["expires_soon"]),
        (None, 0, ["expires_soon"]),
        (0, 0, ["expires_soon"]),
        (None, -1, ["expired"]),
        (-9, -1, ["expired"]),
        (1, 0, ["validity_reversed"]),
        (-1, -9, ["validity_reversed"]),
        (60, 59, ["validity_reversed"]),
    ],
)
def test_dates(first: int | None, last: int | None, rules: list[str]) -> None:
    entry = an_entry(
        valid_from=None if first is None else TODAY + timedelta(first),
        valid_to=None if last is None else TODAY + timedelta(last),
    )
    assert [finding.rule for finding in found(entry)] == rules


def test_the_days_that_are_left_are_said() -> None:
    [finding] = found(an_entry(valid_to=date(2026, 12, 1)))
    assert finding.message == {
        "zh": "有效期到2026-12-01为止，还剩9天。请准备接替的内容。",
        "en": "The last day is 2026-12-01, in 9 days. Prepare what will take its place.",
    }


# ── lengths ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"question": "a" * 200}, []),
        ({"question": "a" * 201}, ["question_long"]),
        ({"similar": ("a" * 200, *"bcdef")}, []),
        ({"similar": ("a" * 201, *"bcdef")}, ["similar_long"]),
        ({"similar": tuple("abcdef")}, []),
        ({"similar": tuple("abcde")}, ["few_similar"]),
        ({"similar": ()}, ["few_similar"]),
        ({"similar": (*"abcde", " ")}, ["few_similar"]),
        ({"answer": "a" * 6000}, []),
        ({"answer": "a" * 6001}, ["answer_long"]),
        ({"answer": ""}, ["answer_empty"]),
    ],
)
def test_lengths(language: str, changes: dict[str, Any], rules: list[str]) -> None:
    assert [finding.rule for finding in found(an_entry(**{language: changes}))] == rules


def test_what_is_missing_is_counted() -> None:
    [finding] = found(an_entry(zh={"similar": ("卡", "丢")}))
    assert "2个" in finding.message["zh"]
    assert "6个" in finding.message["zh"]
    assert "only 2 " in finding.message["en"]


@pytest.mark.parametrize(("only", "missing"), [("zh", "en"), ("en", "zh")])
def test_the_language_that_is_missing_is_named(only: Lang, missing: Lang) -> None:
    written: dict[Lang, Variant] = {"zh": Variant(**ZH), "en": Variant(**EN)}
    assert broken(an_entry(variants={only: written[only]})) == [("language_missing", missing, "entry")]


# ── findings ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_excerpt_is_short_and_hides_personal_data() -> None:
    answer = "本理财保本，请致电13912345678。" + "很好" * 100
    findings = found(an_entry(zh={"answer": answer.replace("。", "，")}))
    assert {finding.rule for finding in findings} >= {"promise", "personal_data"}
    assert not [finding for finding in findings if "13912345678" in finding.excerpt]
    assert max(len(finding.excerpt) for finding in findings) == EXCERPT_CHARACTERS


def test_a_catalogue_finds_what_a_single_check_finds() -> None:
    entries = [an_entry(related=("gone",)), another("stolen", "card gone"), another("broken", "Card gone")]
    catalogue = Catalogue(entries)
    for entry in entries:
        others = {other.id: other for other in entries if other is not entry}
        assert catalogue.check(entry, TODAY) == check_entry(entry, others, TODAY)


def test_a_changed_entry_is_not_compared_with_what_it_was() -> None:
    catalogue = Catalogue([an_entry(), another("stolen")])
    changed = an_entry(en={"answer": "Call 400-000-1958."}, related=("stolen",))
    assert catalogue.check(changed, TODAY) == []


def test_an_entry_is_checked_beside_ten_thousand_as_fast_as_beside_ten() -> None:
    entry = an_entry(
        zh={"answer": ZH["answer"] * 30, "similar": tuple(f"卡丢了{number}" for number in range(30))},
        en={"answer": EN["answer"] * 30, "similar": tuple(f"card gone {number}" for number in range(30))},
    )

    def seconds(count: int) -> float:
        catalogue = Catalogue(
            another(f"entry-{number}", *(f"Question {number} {way}" for way in range(8))) for number in range(count)
        )
        taken = []
        for _ in range(5):
            start = time.perf_counter()
            assert catalogue.check(entry, TODAY) == []
            taken.append(time.perf_counter() - start)
        return min(taken)

    assert seconds(10_000) < 10 * seconds(10)


# ── the rules themselves ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def document() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "kb" / "examination" / "rules.yml").read_text("utf-8"))


def test_the_rules_are_read_as_they_are_written(document: dict[str, Any]) -> None:
    rules = Rules.from_document(document)
    assert list(rules.rules) == [rule["id"] for rule in document["rules"]]
    assert [rule.reason for rule in rules.rules.values() if not rule.reason.strip().endswith(".")] == []


def test_a_rule_of_wording_has_patterns(document: dict[str, Any]) -> None:
    rules = Rules.from_document(document)
    assert {rule.id for rule in rules.rules.values() if rule.patterns} == {
        "promise",
        "undated_figure",
        "asks_for_secret",
    }
    assert rules["html"].search("<br>") is None


def test_a_mistake_in_the_rules_is_refused(document: dict[str, Any]) -> None:
    first = document["rules"][0]
    mistakes: list[tuple[dict[str, Any], str]] = [
        ({"colour": "red"}, "colour"),
        ({"rules": [{**first, "colour": "red"}, *document["rules"][1:]]}, "colour"),
        ({"rules": [{**first, "severity": "fatal"}, *document["rules"][1:]]}, "severity"),
        ({"rules": [{**first, "message": {"en": "Only English."}}, *document["rules"][1:]]}, "zh and in en"),
        ({"rules": [{**first, "reason": ""}, *document["rules"][1:]]}, "reason"),
        ({"rules": [{**first, "id": "other"}, *document["rules"][1:]]}, "other"),
        ({"rules": document["rules"][1:]}, "duplicate_in_entry"),
        ({"rules": [first, *document["rules"]]}, "once"),
        ({"rules": [{**first, "patterns": ["("]}, *document["rules"][1:]]}, "regular expression"),
        ({"rules": [{**first, "patterns": ["<nothing>"]}, *document["rules"][1:]]}, "<nothing>"),
        ({"limits": {**document["limits"], "colour": 1}}, "colour"),
        ({"words": {**document["words"], "colour": ["red"]}}, "colour"),
    ]
    for mistake, said in mistakes:
        with pytest.raises(ValueError, match=re.escape(said)):
            Rules.from_document({**document, **mistake})
