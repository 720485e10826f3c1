"""Nearest rows, the head and the words make one score of each entry; each part can be left out."""

from dataclasses import fields, replace

import numpy as np
import pytest

from kb.head import NOTHING_LEARNT, Head
from kb.rows import Rows
from kb.scoring import PASSAGE_WEIGHT, Parts, Scorer
from kb.space import Vectors
from kit.errors import InvalidRequest

DIMENSIONS = 6


def at(*angles: float, dimensions: int = DIMENSIONS) -> Vectors:
    """Unit vectors at angles (degrees) in the plane of the first two dimensions."""
    radians = np.deg2rad(np.array(angles))
    vectors = np.zeros((len(angles), dimensions), np.float32)
    vectors[:, 0], vectors[:, 1] = np.cos(radians), np.sin(radians)
    return vectors


def rows_of(*written: tuple[str, int, float], passages: tuple[str, ...] = (), english: tuple[str, ...] = ()) -> Rows:
    """Texts with their entry and angle."""
    texts, entries, angles = zip(*written, strict=True)
    return Rows(
        np.array(texts, dtype=np.object_),
        at(*angles),
        np.array(entries, dtype=np.int64),
        np.array([text in passages for text in texts]),
        np.array([text in english for text in texts]),
    )


NO_EVERYDAY = rows_of(("x", -1, 0)).only(np.array([False]))
ONLY_NEAREST = Parts(lexical=False)


def scorer_of(
    rows: Rows,
    *,
    head: Head = NOTHING_LEARNT,
    known: list[int] | None = None,
    everyday: Rows = NO_EVERYDAY,
    parts: Parts = ONLY_NEAREST,
    previous: Scorer | None = None,
) -> Scorer:
    n_entries = int(rows.entries.max()) + 1
    met = np.arange(n_entries) if known is None else np.array(known)
    return Scorer(rows, n_entries, head, met, everyday, parts, previous=previous)


def classifier(entries: int, *, favourite: int = 0, by: float = 2.0) -> Head:
    """A classifier that prefers one entry, whatever it is asked."""
    bias = np.zeros(entries, np.float32)
    bias[favourite] = by
    basis = np.eye(DIMENSIONS, dtype=np.float32)
    return replace(NOTHING_LEARNT, basis=basis, weights=np.zeros((DIMENSIONS, entries), np.float32), bias=bias)


THREE = rows_of(("card", 0, 0), ("lost card", 0, 10), ("loan", 1, 60), ("cash", 2, 120))


# ── the nearest rows ──────────────────────────────────────────────────────────────────────────────────────────────


def test_an_entry_with_one_question_is_as_near_as_that() -> None:
    scores = scorer_of(THREE).scores(at(12), ["?"])
    np.testing.assert_allclose(scores.cosine[0, 1:], np.cos(np.deg2rad([48, 108])), atol=1e-5)
    assert scores.fused[0].argmax() == 0


def test_of_several_questions_the_nearest_counts_most_and_the_third_is_the_last_to_count() -> None:
    rows = rows_of(("a", 0, 10), ("b", 0, 20), ("c", 0, 30), ("d", 0, 90), ("loan", 1, 170))
    nearness = scorer_of(rows).scores(at(0), ["?"]).cosine[0, 0]
    assert nearness == pytest.approx(np.cos(np.deg2rad([10, 20, 30])) @ [0.5, 0.25, 0.25], abs=1e-5)


def test_of_two_questions_the_nearer_counts_twice() -> None:
    nearness = scorer_of(THREE).scores(at(12), ["?"]).cosine[0, 0]
    assert nearness == pytest.approx(np.cos(np.deg2rad([2, 12])) @ [2 / 3, 1 / 3], abs=1e-5)


def test_the_very_words_of_an_entry_go_before_several_that_are_merely_near() -> None:
    rows = rows_of(("a", 0, 0), ("b", 0, 70), ("c", 0, 75), ("d", 1, 50), ("e", 1, 51), ("f", 1, 52))
    assert scorer_of(rows).scores(at(0), ["?"]).fused[0].argmax() == 0


def test_every_query_is_scored_for_itself() -> None:
    scores = scorer_of(THREE).scores(at(0, 61, 119), ["?", "?", "?"])
    assert scores.fused.argmax(axis=1).tolist() == [0, 1, 2]


def test_a_passage_counts_for_less_than_a_question_as_near() -> None:
    rows = rows_of(("loan", 0, 20), ("of loans", 1, -20), passages=("of loans",))
    scores = scorer_of(rows).scores(at(0), ["?"])
    assert scores.cosine[0, 1] == pytest.approx(PASSAGE_WEIGHT * scores.cosine[0, 0], abs=1e-5)
    assert scores.fused[0].argmax() == 0


def test_a_passage_is_found_where_it_is_nearest_by_far() -> None:
    rows = rows_of(("loan", 0, 80), ("fees", 1, 170), ("of fees", 1, 0), passages=("of fees",))
    assert scorer_of(rows).scores(at(0), ["?"]).fused[0].argmax() == 1


def test_an_entry_with_nothing_among_the_nearest_is_no_nearer_than_what_was_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kb.scoring.NEIGHBOURS", 3)
    assert scorer_of(THREE).scores(at(0), ["?"]).cosine[0, 2] == pytest.approx(np.cos(np.deg2rad(60)), abs=1e-5)


# ── the head ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_adapter_says_what_is_near() -> None:
    """Here one that is blind to the first dimension."""
    blind = np.diag([0, 1, 1, 1, 1, 1]).astype(np.float32)
    rows, query = rows_of(("a", 0, -10), ("b", 1, 80)), at(10)
    plain = scorer_of(rows).scores(query, ["?"])
    adapted = scorer_of(rows, head=replace(NOTHING_LEARNT, adapter=blind)).scores(query, ["?"])
    np.testing.assert_allclose(plain.cosine[0], np.cos(np.deg2rad([20, 70])), atol=1e-5)
    np.testing.assert_allclose(adapted.cosine[0], [-1, 1], atol=1e-5)
    assert (plain.fused[0].argmax(), adapted.fused[0].argmax()) == (0, 1)


def test_the_classifier_tips_the_balance() -> None:
    rows = rows_of(("a", 0, 20), ("b", 1, -20), ("c", 2, 90))
    for favourite in (0, 1):
        scores = scorer_of(rows, head=classifier(3, favourite=favourite)).scores(at(0), ["?"])
        assert scores.fused[0].argmax() == favourite


def test_the_classifiers_entries_are_found_by_their_place_in_it() -> None:
    """It was fitted on four entries in another order, two of which are gone."""
    head = classifier(4, favourite=3)
    scores = scorer_of(rows_of(("a", 0, 0), ("b", 1, 0)), head=head, known=[3, 1]).scores(at(0), ["?"])
    np.testing.assert_allclose(
        np.exp(scores.log_probability[0]), [np.exp(2) / (np.exp(2) + 1), 1 / (np.exp(2) + 1)], atol=1e-5
    )


def test_without_a_classifier_every_entry_is_as_probable() -> None:
    scores = scorer_of(THREE).scores(at(0), ["?"])
    np.testing.assert_allclose(np.exp(scores.log_probability[0]), [1 / 3] * 3, atol=1e-6)


@pytest.mark.parametrize("known", [[0, 1, 2], [0, 1, -1], [1, -1, -1], [-1, -1, -1]])
@pytest.mark.parametrize("angle", [0, 60, 119, 200])
def test_probabilities_add_up_to_one_also_with_entries_that_the_classifier_has_not_met(
    known: list[int], angle: float
) -> None:
    scores = scorer_of(THREE, head=classifier(3), known=known).scores(at(angle), ["?"])
    assert np.exp(scores.log_probability[0]).sum() == pytest.approx(1, abs=1e-4)


def test_an_entry_that_the_classifier_has_not_met_is_as_probable_as_it_is_near() -> None:
    scorer = scorer_of(THREE, head=classifier(2, favourite=1), known=[0, 1, -1])
    near, far = np.exp(scorer.scores(at(119, 0), ["?", "?"]).log_probability)
    assert near.argmax() == 2
    assert near[2] > 0.9
    assert far[2] < 0.1
    assert far[1] / far[0] == pytest.approx(np.exp(2), rel=1e-3), "the others share the rest as the classifier says"


# ── words, and the world outside ──────────────────────────────────────────────────────────────────────────────────


def test_of_two_as_near_the_one_that_uses_the_words_comes_first() -> None:
    rows = rows_of(("换U盾", 0, 20), ("换手机号", 1, -20), ("存款", 2, 90))
    scorer = scorer_of(rows, parts=replace(ONLY_NEAREST, lexical=True))
    scores = scorer.scores(at(0, 0), ["U盾", "手机号"])
    assert scores.fused.argmax(axis=1).tolist() == [0, 1]
    assert scores.lexical.argmax(axis=1).tolist() == [0, 1]


def test_a_question_is_compared_with_the_nearest_everyday_sentence_unless_that_part_is_off() -> None:
    everyday = rows_of(("rain", -1, 40), ("food", -1, 90))
    scores = scorer_of(THREE, everyday=everyday).scores(at(0, 85), ["?", "?"])
    card, loan = np.cos(np.deg2rad([0, 25]))
    rain, food = np.cos(np.deg2rad([40, 5]))
    np.testing.assert_allclose(scores.beyond_everyday, [card - rain, loan - food], atol=1e-5)
    left = scorer_of(THREE, everyday=everyday, parts=Parts.without(["belonging"])).scores(at(0, 85), ["?", "?"])
    assert left.beyond_everyday.tolist() == [0, 0]


def test_whether_it_belongs_is_what_the_head_says() -> None:
    belonging = np.array([1, 0, 0, 0, 0, 0, 0.5], np.float32)
    scores = scorer_of(THREE, head=replace(NOTHING_LEARNT, belonging=belonging)).scores(at(0, 180), ["?", "?"])
    assert scores.belonging[0] > 0 > scores.belonging[1]


# ── leaving parts out ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", [part.name for part in fields(Parts)])
def test_each_part_can_be_left_out_and_no_other_is(name: str) -> None:
    left = Parts.without([name])
    assert {part.name for part in fields(Parts) if not getattr(left, part.name)} == {name}
    assert Parts.without([]) == Parts()


def test_a_part_that_does_not_exist_is_refused_with_the_names_of_those_that_do() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        Parts.without(["lexical", "magic", "luck"])
    assert "luck, magic" in str(refusal.value)
    assert "BILIN_SEARCH_WITHOUT" in str(refusal.value)
    for part in fields(Parts):
        assert part.name in str(refusal.value)


def test_without_the_words_their_score_says_nothing_and_the_rest_stays() -> None:
    whole = scorer_of(THREE, parts=Parts()).scores(at(0), ["card"])
    left = scorer_of(THREE, parts=Parts.without(["lexical"])).scores(at(0), ["card"])
    assert whole.lexical[0, 0] > 0.1
    assert not left.lexical.any()
    np.testing.assert_array_equal(left.cosine, whole.cosine)
    assert whole.fused[0, 0] - whole.fused[0, 1] > left.fused[0, 0] - left.fused[0, 1]


# ── a change of a large knowledge base ────────────────────────────────────────────────────────────────────────────


def ids_by_text(scorer: Scorer) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for text, known in zip(scorer.rows.texts, scorer.ids.tolist(), strict=True):
        found.setdefault(text, []).append(known)
    return found


def first(scorer: Scorer, angle: float) -> int:
    return int(scorer.scores(at(angle), ["?"]).cosine[0].argmax())


@pytest.fixture
def _nearest_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry is as near as its nearest text, so that scores tell which rows the index holds."""
    monkeypatch.setattr("kb.scoring.BEST_WEIGHTS", (1.0,))


@pytest.mark.usefixtures("_graph_from_the_start", "_nearest_alone")
class TestALargeIndex:
    BEFORE = (("a", 0, 0), ("b", 0, 30), ("c", 1, 60), ("d", 1, 90), ("e", 2, 120), ("f", 2, 150))

    def test_equal_rows_keep_their_ids_wherever_they_stand(self) -> None:
        before = scorer_of(rows_of(*self.BEFORE))
        assert before.index.kind == "hnsw"
        changed = (("f", 0, 150), ("new", 0, 200), ("a", 1, 0), ("b", 1, 30), ("c", 2, 60), ("e", 2, 120))
        after = scorer_of(rows_of(*changed), previous=before)
        old, new = ids_by_text(before), ids_by_text(after)
        assert {text: new[text] for text in "abcef"} == {text: old[text] for text in "abcef"}
        assert new["new"][0] not in before.ids
        assert len(after.index) == 6

    def test_old_and_new_questions_are_found_under_their_entry_and_removed_ones_are_not(self) -> None:
        before = scorer_of(rows_of(*self.BEFORE))
        changed = (("f", 0, 150), ("new", 0, 200), ("a", 1, 0), ("b", 1, 30), ("c", 2, 60), ("e", 2, 120))
        after = scorer_of(rows_of(*changed), previous=before)
        expected = {entry_at: entry for _, entry, entry_at in changed}
        assert {angle: first(after, angle) for angle in expected} == expected
        assert after.scores(at(90), ["?"]).cosine[0].max() == pytest.approx(np.cos(np.deg2rad(30)), abs=1e-5)
        assert {angle: first(before, angle) for _, _, angle in self.BEFORE} == {
            angle: entry for _, entry, angle in self.BEFORE
        }, "the engine before it still serves"

    def test_one_text_in_two_entries_is_two_rows_also_when_one_of_them_goes(self) -> None:
        twice = (*self.BEFORE[:5], ("a", 2, 0))
        before = scorer_of(rows_of(*twice))
        after = scorer_of(rows_of(*self.BEFORE[1:5], ("a", 2, 0), ("g", 0, 300)), previous=before)
        [kept] = ids_by_text(after)["a"]
        assert kept in ids_by_text(before)["a"]
        assert first(after, 0) == 2
        again = scorer_of(rows_of(*twice), previous=after)
        assert len(set(ids_by_text(again)["a"])) == 2
        nearest = again.scores(at(0), ["?"]).cosine[0]
        assert nearest[0] == pytest.approx(1, abs=1e-5)
        assert nearest[2] == pytest.approx(1, abs=1e-5)

    def test_the_same_word_in_the_other_language_is_another_row(self) -> None:
        """Each language has its own mean, so the vector is another one."""
        before = scorer_of(rows_of(*self.BEFORE))
        turned = (*self.BEFORE[:5], ("f", 2, 250))
        after = scorer_of(rows_of(*turned, english=("f",)), previous=before)
        assert ids_by_text(after)["f"] != ids_by_text(before)["f"]
        assert after.scores(at(250), ["?"]).cosine[0, 2] == pytest.approx(1, abs=1e-5)

    def test_a_run_of_changes_ends_as_if_built_at_once(self) -> None:
        random = np.random.default_rng(3)
        pool = [(f"text {number}", float(number * 9)) for number in range(40)]
        scorer: Scorer | None = None
        for _ in range(12):
            chosen = random.permutation(40)[: random.integers(8, 30)]
            rows = rows_of(
                *((pool[number][0], int(at_row % 3), pool[number][1]) for at_row, number in enumerate(chosen))
            )
            scorer = scorer_of(rows, previous=scorer)
            assert len(set(scorer.ids.tolist())) == len(rows) == len(scorer.index)
            queries = at(*range(0, 360, 17))
            expected = queries @ rows.vectors.T
            best = np.stack([expected[:, rows.entries == entry].max(axis=1) for entry in range(3)], axis=1)
            np.testing.assert_allclose(scorer.scores(queries, ["?"] * len(queries)).cosine, best, atol=1e-5)


def test_a_small_index_is_built_anew() -> None:
    before = scorer_of(THREE)
    after = scorer_of(THREE.only(np.array([2, 3]), np.array([-1, 0, 1])), previous=before)
    assert after.ids.tolist() == [0, 1]
    assert first(after, 120) == 1
