"""The gate: whether a run may be released, and if not, why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from evaluation.datasets import DatasetError
from evaluation.metrics.score import NOTHING, Score
from evaluation.runs.comparing import Comparison

Scores = Mapping[str, Mapping[str, Score]]
"""By suite, then by metric."""
MOST_BROKEN = 0.02
"""The share of broken conversations above which no gate is passed; a bar of its own for ``broken_rate`` replaces it."""


@dataclass(frozen=True)
class Bar:
    """A metric, of one suite or of every suite that has it, and the value that it may not fall below or rise above."""

    suite: str
    metric: str
    value: float
    side: Literal["under", "over"]

    @property
    def name(self) -> str:
        """As it was typed."""
        return f"{self.suite}.{self.metric}" if self.suite else self.metric


@dataclass(frozen=True)
class Verdict:
    """One condition of the gate.

    Args:
        name: what was asked.
        passed: whether it holds.
        reason: with the figures, in English.
        questions: the ids that it is about, as ``suite:id``.
        kind: which reason it is, by which a report says it in other languages.
        values: the figures in it.
    """

    name: str
    passed: bool
    reason: str
    questions: tuple[str, ...] = ()
    kind: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def read_bars(under: Sequence[str], over: Sequence[str]) -> list[Bar]:
    """Bars from ``METRIC=VALUE``, the metric with its suite or without (``faq.coverage=0.7``).

    Raises:
        DatasetError: it is not of that form.
    """
    return [_bar(text, "under") for text in under] + [_bar(text, "over") for text in over]


def _bar(text: str, side: Literal["under", "over"]) -> Bar:
    name, _, value = text.partition("=")
    suite, _, metric = name.rpartition(".")
    try:
        return Bar(suite.strip(), metric.strip(), float(value), side)
    except ValueError:
        raise DatasetError(f"--fail-{side} {text!r}: it must be METRIC=VALUE, as in answered_precision=0.95") from None


def bar_of_broken(bars: Sequence[Bar], scores: Scores) -> list[Bar]:
    """The bar of every gate: conversations are judged by those that did not break, so few may have broken."""
    named = {bar.suite for bar in bars if bar.metric == "broken_rate"}
    return [
        Bar(suite, "broken_rate", MOST_BROKEN, "over")
        for suite, of_suite in scores.items()
        if "broken_rate" in of_suite and of_suite["broken_rate"].n and not named & {"", suite}
    ]


def check_names(bars: Sequence[Bar], metrics: Mapping[str, Iterable[str]]) -> None:
    """Refuse, before anything is asked, a bar for a metric that no suite of the run has.

    Args:
        bars: of the gate.
        metrics: the names that each suite has.

    Raises:
        DatasetError: there is such a bar.
    """
    for bar in bars:
        if not any(bar.metric in names and bar.suite in ("", suite) for suite, names in metrics.items()):
            known = "; ".join(f"{suite}: {', '.join(sorted(names))}" for suite, names in metrics.items())
            raise DatasetError(f"There is no metric {bar.name!r} in this run. There are: {known}.")


def check_bars(bars: Sequence[Bar], scores: Scores) -> list[Verdict]:
    """Whether every bar holds; a metric without a value does not pass, because nothing was measured."""
    verdicts = []
    for bar in bars:
        found = [
            (suite, of_suite[bar.metric])
            for suite, of_suite in scores.items()
            if bar.metric in of_suite and bar.suite in ("", suite)
        ]
        verdicts += [_check(bar, suite, score) for suite, score in found or [(bar.suite, NOTHING)]]
    return verdicts


def _check(bar: Bar, suite: str, score: Score) -> Verdict:
    sign = ">=" if bar.side == "under" else "<="
    name = f"{suite}.{bar.metric} {sign} {bar.value:g}" if suite else f"{bar.metric} {sign} {bar.value:g}"
    about = {"metric": bar.metric, "sign": "≥" if sign == ">=" else "≤", "bar": f"{bar.value:g}"}
    if suite:
        about["suite"] = suite
    if score.value is None:
        return Verdict(name, False, "nothing was measured: no case counts", kind="unmeasured", values=about)
    passed = score.value >= bar.value if bar.side == "under" else score.value <= bar.value
    ends = f", 95 % {score.interval.low:.4f} to {score.interval.high:.4f}" if score.interval else ""
    values = {**about, "value": f"{score.value:.4f}", "n": str(score.n)}
    return Verdict(name, passed, f"{score.value:.4f} (n = {score.n}{ends})", kind="bar", values=values)


def incomplete(suite: str, asked: int, planned: int) -> Verdict:
    """What a run is told whose time was over: the figures are those of whoever came first."""
    values = {"suite": suite, "asked": str(asked), "planned": str(planned)}
    return Verdict(f"{suite} complete", False, f"{asked} of {planned} cases were asked", (), "incomplete", values)


def check_comparison(comparison: Comparison, *, data_changed: bool = False) -> list[Verdict]:
    """Whether the second run is no worse than the first: by paired tests, entry by entry, and over the same questions.

    Args:
        comparison: of one suite.
        data_changed: whether questions of the first run may be gone, or have another text or label.
    """
    prefix, base = comparison.suite, comparison.before_id
    data = _check_data(comparison, data_changed)
    if not comparison.n:
        reason = "the runs have no question in common"
        return [Verdict(f"{prefix} no worse than {base}", False, reason, kind="apart", values={"suite": prefix}), *data]
    verdicts = _worse(comparison) + _broken(comparison) + _swapped(comparison)
    if not verdicts:
        verdicts.append(
            Verdict(
                f"{prefix} no worse than {base}",
                True,
                f"{comparison.n} questions compared",
                kind="compared",
                values={"suite": prefix, "base": base, "n": str(comparison.n)},
            )
        )
    return [*verdicts, *_not_compared(comparison), *data]


def _check_data(comparison: Comparison, data_changed: bool) -> list[Verdict]:
    prefix, base, data = comparison.suite, comparison.before_id, comparison.data
    of = comparison.n + len(data.relabelled) + comparison.only_before
    verdicts = []
    for kind, ids, said in (
        ("removed", data.removed, "are not in the data any more"),
        ("relabelled", data.relabelled, "have another text or label, and were not compared"),
    ):
        if ids:
            meant = "; --data-changed says that this is meant" if data_changed else ""
            verdicts.append(
                Verdict(
                    f"{prefix} no question of {base} {kind}",
                    data_changed,
                    f"{len(ids)} of {of} questions {said}{meant}",
                    tuple(f"{prefix}:{identifier}" for identifier in ids),
                    kind,
                    {"suite": prefix, "base": base, "n": str(len(ids)), "of": str(of)},
                )
            )
    if data.unseen:
        reason = "the files of questions differ, in something that a run does not store of a question"
        values = {"suite": prefix, "base": base}
        verdicts.append(Verdict(f"{prefix} same files as {base}", True, reason, (), "unseen", values))
    return verdicts


def _not_compared(comparison: Comparison) -> list[Verdict]:
    prefix, base = comparison.suite, comparison.before_id
    verdicts = []
    for change in comparison.metrics:
        if change.verdict == "not compared":
            before, now = ("nothing" if value is None else f"{value:.4f}" for value in (change.before, change.after))
            values = {"suite": prefix, "metric": change.metric, "base": base}
            reason = f"{before} before, {now} now: not compared"
            verdicts.append(
                Verdict(f"{prefix}.{change.metric} beside {base}", True, reason, (), "not_compared", values)
            )
    return verdicts


def _worse(comparison: Comparison) -> list[Verdict]:
    prefix, base = comparison.suite, comparison.before_id
    verdicts = []
    for change in comparison.metrics:
        if change.verdict == "worse" and change.difference:
            test = f"; {change.test.lost} lost, {change.test.won} won" if change.test else ""
            test += "" if change.p is None else f"; p = {change.p:.4f}"
            verdicts.append(
                Verdict(
                    f"{prefix}.{change.metric} no worse than {base}",
                    False,
                    f"{change.before:.4f} before, {change.after:.4f} now: {change.difference.value:+.4f}, 95 % "
                    f"{change.difference.interval.low:+.4f} to {change.difference.interval.high:+.4f}{test}",
                    tuple(f"{prefix}:{identifier}" for identifier in change.lost),
                    "worse",
                    {
                        "suite": prefix,
                        "metric": change.metric,
                        "base": base,
                        "before": f"{change.before:.4f}",
                        "now": f"{change.after:.4f}",
                        "low": f"{change.difference.interval.low:+.4f}",
                        "high": f"{change.difference.interval.high:+.4f}",
                        "lost": str(len(change.lost)),
                        "won": str(len(change.won)),
                    },
                )
            )
    return verdicts


def _broken(comparison: Comparison) -> list[Verdict]:
    prefix, base = comparison.suite, comparison.before_id
    return [
        Verdict(
            f"{prefix} {group.expected} no worse than {base}",
            False,
            f"{group.right_before} of {group.n} right before, {group.right_after} now",
            tuple(f"{prefix}:{identifier}" for identifier in group.ids),
            "broken",
            {
                "suite": prefix,
                "expected": group.expected,
                "base": base,
                "before": str(group.right_before),
                "now": str(group.right_after),
                "n": str(group.n),
            },
        )
        for group in comparison.broken
    ]


def _swapped(comparison: Comparison) -> list[Verdict]:
    prefix = comparison.suite
    return [
        Verdict(
            f"{prefix} answer of {change.entry_id} ({change.language})",
            False,
            f"it now says what {change.other} said",
            tuple(
                f"{prefix}:{question.id}" for question in comparison.questions if question.expected == change.entry_id
            ),
            "swapped",
            {"suite": prefix, "entry": change.entry_id, "written_in": change.language, "other": change.other},
        )
        for change in comparison.knowledge
        if change.kind == "answer_swapped" and prefix == "faq"
    ]
