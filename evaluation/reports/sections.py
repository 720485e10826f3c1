"""The parts of the HTML report, from the headline down to every failure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from evaluation.metrics.catalogue import CATALOGUE, Meaning
from evaluation.metrics.score import Score
from evaluation.reports.charts import reliability_chart, risk_coverage_chart, whisker
from evaluation.reports.failures import causes, failures, outcome
from evaluation.reports.figures import DASH, interval_text, value_text
from evaluation.reports.marking import folded, named, table, texts, words
from evaluation.reports.weakest import LEAST_N, weakest
from evaluation.runs.analysis import Analysis, SuiteAnalysis
from evaluation.runs.comparing import Comparison

HEADLINES = (
    "diversion_share",
    "verified_resolution",
    "faq_accuracy",
    "answered_precision",
    "handoff_recall",
    "followup_accuracy",
)
MOST_HEADLINES = 5
CONVERSATIONS = ("channel", "dialogues")
PARTS = {"diversion_share": ("self_service_diversion",)}
"""Metrics that say the same of fewer conversations, shown on the same card."""
MOST_COLUMNS = 5
GROUP_METRICS = (
    "diversion_share",
    "wrong_containment",
    "verified_resolution",
    "faq_accuracy",
    "answered_precision",
    "coverage",
    "false_answer_rate",
    "followup_accuracy",
    "both_answered",
    "split_wrongly",
    "handoff_recall",
    "handoff_precision",
    "false_alarm_rate",
)


def headline(analysis: Analysis) -> str:
    """The few numbers that matter, each with its interval, and the ones without which it says nothing."""
    cards: list[str] = []
    # Where conversations were measured, they say more of handoffs than single utterances do.
    suites = sorted(analysis.suites, key=lambda suite: suite.name not in CONVERSATIONS)
    for metric in HEADLINES:
        suite = next((each for each in suites if metric in each.scores and each.scores[metric].n), None)
        if suite is not None and len(cards) < MOST_HEADLINES:
            cards.append(_card(metric, suite.scores[metric], suite, several=len(suites) > 1))
    return f'<div class="cards">{"".join(cards)}</div>'


def _card(metric: str, score: Score, suite: SuiteAnalysis, *, several: bool) -> str:
    parts = _beside(suite, PARTS.get(metric, ()))
    guards = _beside(suite, CATALOGUE[metric].guards)
    origin = f' <span class="quiet">· {named("suite", suite.name)}</span>' if several else ""
    return (
        f'<article class="card"><h3>{named("metric", metric)}{origin}</h3>'
        f'<p class="big">{value_text(metric, score.value)}</p>{whisker(score)}'
        f'<p class="quiet">{words("interval")} {interval_text(metric, score)} · n = {score.n}</p>'
        f'<p class="says">{named("says", metric)}</p>'
        + (f"<ul>{parts}</ul>" if parts else "")
        + (f'<p class="beside">{words("beside")}</p><ul>{guards}</ul>' if guards else "")
        + "</article>"
    )


def _beside(suite: SuiteAnalysis, metrics: Sequence[str]) -> str:
    return "".join(
        f"<li>{named('metric', metric)} <b>{value_text(metric, suite.scores[metric].value)}</b>"
        f' <span class="quiet">{interval_text(metric, suite.scores[metric])}</span></li>'
        for metric in metrics
        if metric in suite.scores
    )


def changes(comparison: Comparison) -> str:
    """What differs from another run: knowledge, metrics, questions."""
    knowledge = "".join(
        f"<li>{named('change', change.kind)}: <code>{escape(change.entry_id)}</code> {escape(change.language)} "
        + (f"{words('change.from')} <code>{escape(change.other)}</code> " if change.other else "")
        + (f'<span class="quiet">{escape(change.text[:160])}</span>' if change.text else "")
        + "</li>"
        for change in comparison.knowledge
    )
    metrics = [
        [
            named("metric", change.metric),
            value_text(change.metric, change.before),
            value_text(change.metric, change.after),
            _difference(change.metric, change.difference.value) if change.difference else DASH,
            " – ".join(_difference(change.metric, end) for end in vars(change.difference.interval).values())
            if change.difference
            else DASH,
            f"{change.test.lost} / {change.test.won}" if change.test else DASH,
            DASH if change.p is None else f"{change.p:.4f}",
            named("verdict", change.verdict.replace(" ", "_")),
        ]
        for change in comparison.metrics
    ]
    head = [
        words(key) for key in ("metric", "before", "now", "difference", "interval", "lost_won", "p_value", "verdict")
    ]
    questions = [
        [
            f"{named('change', question.kind)}",
            f"<code>{escape(question.id)}</code> {escape(question.text)}",
            outcome(question.expected),
            outcome(question.before),
            outcome(question.after),
        ]
        for question in comparison.questions
    ]
    asked = [words(key) for key in ("change", "question", "expected", "before", "now")]
    return (
        f"<h3>{named('suite', comparison.suite)}</h3>"
        f"<p>{words('compared', n=comparison.n, before=comparison.before_id)}</p>"
        + (f"<ul class='changes'>{knowledge}</ul>" if knowledge else "")
        + table(head, metrics, kind="numbers")
        + folded(words("changed_questions", n=len(questions)), table(asked, questions), kind="failures")
    )


def suite_section(suite: SuiteAnalysis) -> str:
    """One suite: all metrics, curves, groups, mistakes, failures."""
    says = f"suite.{suite.name}.says"
    parts = [
        f'<section id="suite-{suite.name}"><h2>{named("suite", suite.name)} ',
        f'<span class="quiet">n = {len(suite.rows)}</span></h2>',
        f"<p>{words(says)}</p>" if says in texts("en") else "",
        _metrics(suite),
        _charts(suite),
    ]
    for kind in ("language", "slice", "scenario"):
        parts.append(_groups(kind, suite.groups[kind]))
    parts += [_worst(suite), _mistaken(suite), causes(suite), failures(suite), "</section>"]
    return "".join(parts)


def _metrics(suite: SuiteAnalysis) -> str:
    guards = {guard for name, score in suite.scores.items() if score.n for guard in CATALOGUE[name].guards}
    rows = [
        [
            f'{named("metric", name)}<div class="says">{named("says", name)}</div>',
            f"<b>{value_text(name, score.value)}</b>",
            interval_text(name, score),
            str(score.n),
            ", ".join(named("metric", guard) for guard in CATALOGUE.get(name, Meaning(None)).guards) or DASH,
        ]
        for name, score in suite.scores.items()
        if score.n or name in guards
    ]
    return table([words(key) for key in ("metric", "value", "interval", "n", "beside")], rows, kind="numbers metrics")


def _charts(suite: SuiteAnalysis) -> str:
    if not suite.curve or not suite.bins:
        return ""
    coverage, precision = suite.scores.get("coverage"), suite.scores.get("answered_precision")
    return (
        '<div class="charts">'
        + risk_coverage_chart(suite.curve, coverage.value if coverage else None, precision.value if precision else None)
        + reliability_chart(suite.bins)
        + "</div>"
    )


def _groups(kind: str, groups: Mapping[str, Mapping[str, Score]]) -> str:
    if not groups:
        return ""
    shown = [
        metric for metric in GROUP_METRICS if any(scores[metric].n for scores in groups.values() if metric in scores)
    ][:MOST_COLUMNS]
    rows = [
        [
            named(kind, name),
            str(max((score.n for score in scores.values()), default=0)),
            *(_group_cell(metric, scores.get(metric)) for metric in shown),
        ]
        for name, scores in groups.items()
    ]
    body = table([words(f"by_{kind}"), words("n"), *(named("metric", m) for m in shown)], rows, kind="numbers groups")
    title = f"<h3>{words(f'by_{kind}')}</h3>"
    return title + body if len(rows) <= 8 else title + folded(words("groups", n=len(rows)), body)


def _group_cell(metric: str, score: Score | None) -> str:
    """A group may lack a metric: nobody in it needed a person, say."""
    if score is None or not score.n:
        return DASH
    return (
        f"<b>{value_text(metric, score.value)}</b>{whisker(score)}"
        f'<span class="quiet">{interval_text(metric, score)}</span>'
    )


def _worst(suite: SuiteAnalysis) -> str:
    found = weakest(suite)
    if found is None:
        return ""
    rows = [
        [named("scenario", name), *(_worst_cell(metric, scores.get(metric)) for metric in found.metrics)]
        for name, scores in found.scenarios
    ]
    head = [words("by_scenario"), *(named("metric", metric) for metric in found.metrics)]
    order = f" {words('worst.order')}" if len(found.metrics) > 1 else ""
    says = f"<p class='quiet'>{words('worst.says', n=LEAST_N)}{order}</p>"
    return f"<h3>{words('worst')}</h3>{says}" + table(head, rows, kind="numbers groups")


def _worst_cell(metric: str, score: Score | None) -> str:
    n = score.n if score else 0
    return f'{_group_cell(metric, score)} <span class="quiet">n = {n}</span>'


def _mistaken(suite: SuiteAnalysis) -> str:
    worst = suite.mistaken.worst(12) if suite.mistaken else []
    if not worst:
        return ""
    rows = [[named("scenario", right), named("scenario", found), str(n)] for right, found, n in worst]
    return f"<h3>{words('confusion')}</h3><p class='quiet'>{words('confusion.says')}</p>" + table(
        [words("confusion.right"), words("confusion.found"), words("n")], rows, kind="numbers"
    )


def _difference(metric: str, value: float) -> str:
    """In points of a hundred; a time in seconds."""
    is_time = CATALOGUE.get(metric, Meaning(None)).unit == "seconds"
    return f"{value:+.1f} s" if is_time else f"{100 * value:+.1f}"
