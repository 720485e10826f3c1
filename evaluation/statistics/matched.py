"""One round of the same questions beside several before it: whether fewer are right now."""

from __future__ import annotations

from collections.abc import Sequence


def fewer_right(now: Sequence[bool], before: Sequence[Sequence[bool]]) -> float:
    """The exact one-sided probability of so few right now, if now were a round like those before.

    Of a question that was wrong in w of its rounds, those before and now together, each round is as likely as any
    other to be among the wrong ones: now is wrong with probability w / rounds. p = P(as many wrong now, or more), over
    all questions. With one round before it is McNemar's exact test, one-sided.

    Source: Birch 1964, Journal of the Royal Statistical Society B 26 (the exact test of matched sets).

    Args:
        now: for each question, whether it is right.
        before: for each question, its rounds before; one without any says nothing.

    >>> round(fewer_right([False, False, True], [[True] * 5] * 3), 4)
    0.0278
    >>> fewer_right([False] * 5, [[True]] * 5) == 1 / 2**5
    True

    Raises:
        ValueError: there are not as many questions now as before.
    """
    chances = [1.0]
    for right, rounds in zip(now, before, strict=True):
        seen = [right, *rounds]
        wrong = seen.count(False) / len(seen)
        chances = [
            stays * (1 - wrong) + grows * wrong for stays, grows in zip([*chances, 0.0], [0.0, *chances], strict=True)
        ]
    return min(1.0, sum(chances[list(now).count(False) :]))
