"""What a release is compared by: every question and passage, and where each language lies."""

from collections.abc import Sequence

import numpy as np
import pytest

from kb.checks import CheckQuestion
from kb.content import LANGUAGES, EntryContent, Lang, Variant
from kb.rows import (
    LONGEST_WITH_PASSAGES,
    SHORTEST_PASSAGE,
    Rows,
    chosen_checks,
    collect,
    collect_changed,
    collect_checks,
    collect_everyday,
    language_means,
    passages_of,
)
from kb.space import Space, Vectors, View, single
from kit.language import to_simplified

HALVES = Space((View(2, 0.5), View(2, 0.5)))


def numbered(texts: list[str] | tuple[str, ...]) -> Vectors:
    """Each text's vector is its number."""
    return np.arange(len(texts), dtype=np.float32)[:, None]


def rows_of(vectors: dict[Lang, Vectors], entry: int = 0) -> Rows:
    """Questions of one entry with these vectors."""
    together = np.concatenate([vectors[language] for language in LANGUAGES]).astype(np.float32)
    english = np.repeat([False, True], [len(vectors["zh"]), len(vectors["en"])])
    texts = np.array([f"text {number}" for number in range(len(together))], dtype=np.object_)
    return Rows(texts, together, np.full(len(together), entry), np.zeros(len(together), bool), english)


def around(*centre: float, count: int = 1) -> Vectors:
    return np.tile(np.array(centre, np.float32), (count, 1))


def test_every_question_and_passage_is_a_row_with_its_entry_and_language(bank: list[EntryContent]) -> None:
    rows = collect(bank, numbered)
    found = list(zip(rows.texts, rows.entries.tolist(), rows.passages.tolist(), rows.english.tolist(), strict=True))
    assert ("我的卡被偷了", 0, False, False) in found
    assert ("挂失后可在任一网点补办新卡。", 0, True, False) in found
    assert ("daily transfer limit", 1, False, True) in found
    assert ("Safe deposit boxes are let by the year at our main branch.", 7, True, True) in found
    said = [text for entry in bank for variant in entry.variants.values() for text in variant.questions]
    assert sorted(rows.texts[~rows.passages]) == sorted(map(to_simplified, said))
    assert rows.vectors[:, 0].tolist() == list(range(len(rows)))


def test_traditional_text_is_a_row_in_simplified_form(bank: list[EntryContent]) -> None:
    entry = bank[0].model_copy(update={"variants": {"zh": Variant(question="銀行卡丟了怎麼辦")}})
    assert collect([entry], numbered).texts.tolist() == ["银行卡丢了怎么办"]


def test_what_was_collected_before_is_copied_and_only_the_rest_encoded(bank: list[EntryContent]) -> None:
    encoded: list[str] = []

    def by_length(texts: Sequence[str]) -> Vectors:
        encoded.extend(texts)
        return np.array([[len(text)] for text in texts], np.float32).reshape(-1, 1)

    reworded = bank[1].model_copy(
        update={"variants": {"zh": Variant(question="每天最多能转多少", answer="五万元，以公告为准。")}}
    )
    now = [bank[0], reworded, *bank[3:], bank[2].model_copy(update={"id": "another"})]
    before = collect(bank, by_length)
    encoded.clear()
    rows, places = collect_changed(now, by_length, bank, before)
    assert set(encoded) == {*collect([now[1]], by_length).texts, *collect([now[-1]], by_length).texts}
    whole = collect(now, by_length)
    for field in ("texts", "vectors", "entries", "passages", "english"):
        np.testing.assert_array_equal(getattr(rows, field), getattr(whole, field))
    assert before.texts[places[places >= 0]].tolist() == rows.texts[places >= 0].tolist()
    assert set(rows.entries[places < 0]) == {1, len(now) - 1}


def test_an_empty_release_can_be_followed_and_can_follow(bank: list[EntryContent]) -> None:
    nothing, everything = collect([], numbered), collect(bank, numbered)
    rows, places = collect_changed(bank, numbered, [], nothing)
    assert rows.texts.tolist() == everything.texts.tolist()
    assert (places == -1).all()
    assert len(collect_changed([], numbered, bank, everything)[0]) == 0


def test_a_row_is_the_place_of_one_row_only() -> None:
    before = rows_of({"zh": around(1, 2, count=2), "en": around(3, 1)})
    before.texts[1] = before.texts[0]
    assert sorted(before.places(before).tolist()) == [0, 1, 2]
    assert before.places(before.only(np.array([2, 0]))).tolist()[0] == 2


def test_everyday_sentences_belong_to_no_entry() -> None:
    rows = collect_everyday({"zh": ["今天下雨嗎", "几点了"], "en": ["is it raining"]}, numbered)
    assert rows.texts.tolist() == ["今天下雨吗", "几点了", "is it raining"]
    assert rows.entries.tolist() == [-1, -1, -1]
    assert rows.english.tolist() == [False, False, True]
    assert not rows.passages.any()


def test_check_questions_are_rows_of_the_entry_that_is_right_worded_as_customers_are_understood(
    bank: list[EntryContent],
) -> None:
    checks = [
        CheckQuestion("幾點了", "zh", None),
        CheckQuestion("轉帳限額", "zh", "transfer-limit"),
        CheckQuestion("lsot card", "en", "lost-card"),
        CheckQuestion("of an entry that was withdrawn", "en", "gone"),
    ]
    rows = collect_checks(chosen_checks(checks, bank), bank, numbered, lambda text, language: f"{language}: {text}")
    found = set(zip(rows.texts, rows.entries.tolist(), rows.english.tolist(), strict=True))
    assert found == {("zh: 几点了", -1, False), ("zh: 转账限额", 1, False), ("en: lsot card", 0, True)}
    assert not rows.passages.any()


def test_the_check_questions_of_another_bank_are_left_out(bank: list[EntryContent]) -> None:
    of_another = [CheckQuestion("?", "zh", f"other-{number}") for number in range(5)]
    ours, nobodys = CheckQuestion("卡丢了", "zh", "lost-card"), CheckQuestion("几点了", "zh", None)
    assert chosen_checks([*of_another, ours, nobodys], bank) == ()


def test_a_passage_is_a_line_without_its_markup_that_says_something() -> None:
    answer = "\n".join(
        [
            "1. **Open** the [app](https://a.b)",
            "- `Cards`, then _Block_",
            "",
            "y" * (SHORTEST_PASSAGE - 1),
            "z" * SHORTEST_PASSAGE,
            "[f-17]",
            "call 95588",
        ]
    )
    found = passages_of(Variant(question="?", answer=answer))
    assert found == (
        "Open the app",
        "Cards, then Block",
        "z" * SHORTEST_PASSAGE,
        "call 95588",
    )


def test_the_lines_of_a_long_answer_are_not_searched() -> None:
    line = "挂失后补办新卡\n"
    long = line * (LONGEST_WITH_PASSAGES // len(line))
    assert passages_of(Variant(question="?", answer=long))
    assert passages_of(Variant(question="?", answer=long + line)) == ()


def test_some_rows_keep_their_place_in_every_column() -> None:
    rows = Rows(
        np.array(["a", "b", "c"], dtype=np.object_),
        around(1, 2, count=3) * np.array([[1], [2], [3]], np.float32),
        np.array([0, 4, -1]),
        np.array([False, True, False]),
        np.array([True, False, True]),
    )
    some = rows.only(np.array([2, 1]))
    assert some.texts.tolist() == ["c", "b"]
    assert some.vectors.tolist() == [[3, 6], [2, 4]]
    assert (some.entries.tolist(), some.passages.tolist(), some.english.tolist()) == (
        [-1, 4],
        [False, True],
        [True, False],
    )
    relabelled = rows.only(np.array([True, True, False]), np.array([7, -1, -1, -1, 9]))
    assert relabelled.entries.tolist() == [7, 9]


def test_each_language_loses_its_own_mean() -> None:
    means: dict[Lang, Vectors] = {"zh": around(1, 0)[0], "en": around(0, 1)[0]}
    rows = rows_of({"zh": around(1, 2), "en": around(3, 1)})
    centred = rows.centred(single(2), means)
    np.testing.assert_allclose(centred.vectors, [[0, 1], [1, 0]], atol=1e-6)
    assert rows.vectors.tolist() == [[1, 2], [3, 1]], "the raw rows are kept for the next fit"


# ── where a language lies ─────────────────────────────────────────────────────────────────────────────────────────
# Everyday Chinese lies at (2, 1), everyday English at (1, 2); banking moves both by (0.5, 0.5).

EVERYDAY = rows_of({"zh": around(2, 1, count=5), "en": around(1, 2, count=5)}, entry=-1)
PLENTY, HARDLY_ANY = 5000, 1
NOTHING = np.empty((0, 2), np.float32)


def test_much_text_in_a_language_has_its_own_mean() -> None:
    rows = rows_of({"zh": around(2.5, 1.5, count=PLENTY), "en": around(-3, 4, count=PLENTY)})
    means = language_means(rows, EVERYDAY, single(2))
    np.testing.assert_allclose(means["zh"], [2.5, 1.5], atol=0.1)
    np.testing.assert_allclose(means["en"], [-3, 4], atol=0.1)


@pytest.mark.parametrize("written", [NOTHING, around(9, -9, count=HARDLY_ANY)], ids=["nothing", "one question"])
def test_a_language_with_little_text_is_put_where_the_other_one_suggests(written: Vectors) -> None:
    rows = rows_of({"zh": around(2.5, 1.5, count=PLENTY), "en": written})
    np.testing.assert_allclose(language_means(rows, EVERYDAY, single(2))["en"], [1.5, 2.5], atol=0.3)
    mirrored = rows_of({"zh": written, "en": around(1.5, 2.5, count=PLENTY)})
    np.testing.assert_allclose(language_means(mirrored, EVERYDAY, single(2))["zh"], [2.5, 1.5], atol=0.3)


def test_little_text_in_either_language_is_put_with_everyday_sentences() -> None:
    rows = rows_of({"zh": around(2.5, 1.5), "en": NOTHING})
    means = language_means(rows, EVERYDAY, single(2))
    np.testing.assert_allclose(means["zh"], [2, 1], atol=0.1)
    np.testing.assert_allclose(means["en"], [1, 2], atol=0.1)


def test_the_more_a_language_has_of_its_own_the_more_that_counts() -> None:
    def distance(count: int) -> float:
        rows = rows_of({"zh": around(2.5, 1.5, count=PLENTY), "en": around(6, 6, count=count)})
        return float(np.linalg.norm(language_means(rows, EVERYDAY, single(2))["en"] - [6, 6]))

    distances = [distance(count) for count in (0, 10, 100, 1000)]
    assert distances == sorted(distances, reverse=True)
    assert distances[0] > 4 > 1 > distances[-1]


def test_only_questions_make_the_mean() -> None:
    """Answers are written by the bank, and queries are not."""
    questions = rows_of({"zh": around(2.5, 1.5, count=PLENTY), "en": NOTHING})
    asked_and_answered = Rows(
        np.concatenate([questions.texts, questions.texts]),
        np.concatenate([questions.vectors, questions.vectors * -9]),
        np.concatenate([questions.entries, questions.entries]),
        np.arange(2 * PLENTY) >= PLENTY,
        np.concatenate([questions.english, questions.english]),
    )
    one, other = (language_means(rows, EVERYDAY, single(2)) for rows in (questions, asked_and_answered))
    np.testing.assert_array_equal(one["zh"], other["zh"])


def test_a_view_that_only_one_language_has_is_not_guessed_from_the_other() -> None:
    """An encoder for English says nothing of Chinese texts, so Chinese moves nothing in its view."""
    everyday = rows_of({"zh": around(2, 1, 0, 0, count=5), "en": around(1, 2, 3, 4, count=5)}, entry=-1)
    rows = rows_of({"zh": around(2.5, 1.5, 0, 0, count=PLENTY), "en": np.empty((0, 4), np.float32)})
    np.testing.assert_allclose(language_means(rows, everyday, HALVES)["en"], [1.5, 2.5, 3, 4], atol=0.1)
