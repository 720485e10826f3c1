"""What a part is worth: differences over the same cases, and which of them chance does not explain."""

import pytest

from evaluation.metrics.answering import Answered
from evaluation.worth import Worth, auroc_worth, worth


def test_a_figure_that_all_cases_gain_is_gained_and_one_that_none_does_is_not() -> None:
    gained, same = worth(
        {"top1": [1.0] * 40, "coverage": [1.0, 0.0] * 20}, {"top1": [0.0] * 40, "coverage": [1.0, 0.0] * 20}
    )
    assert (gained.figure, gained.value, gained.is_gain, gained.is_loss) == ("top1", 1.0, True, False)
    assert (same.value, same.is_gain, same.is_loss) == (0.0, False, False)


@pytest.mark.parametrize("figure", ["false_answer_rate", "bent", "split_wrongly"])
def test_less_of_a_bad_thing_is_a_gain(figure: str) -> None:
    less, more = Worth(figure, -0.2, -0.3, -0.1), Worth(figure, 0.2, 0.1, 0.3)
    assert (less.is_gain, less.is_loss) == (True, False)
    assert (more.is_gain, more.is_loss) == (False, True)


def test_a_difference_whose_interval_holds_nought_is_neither() -> None:
    assert not Worth("top1", 0.01, -0.01, 0.03).is_gain
    assert not Worth("top1", -0.01, -0.03, 0.01).is_loss


def test_a_figure_that_one_side_has_no_value_of_is_left_out() -> None:
    assert worth({"answered_precision": [None, 1.0]}, {"answered_precision": [None, None]}) == []


def asked(confidence: float, *, in_scope: bool) -> Answered:
    return Answered(confidence, False, False, in_scope)


def test_auroc_is_compared_over_the_same_questions_and_needs_both_kinds() -> None:
    apart = [asked(0.9, in_scope=True)] * 30 + [asked(0.1, in_scope=False)] * 30
    mixed = [asked(0.5, in_scope=True)] * 30 + [asked(0.5, in_scope=False)] * 30
    [found] = auroc_worth(apart, mixed)
    assert (found.figure, found.value, found.is_gain) == ("auroc", 0.5, True)
    assert auroc_worth(apart[:30], mixed[:30]) == []
