"""The gate of a report: each condition as people say it, and the questions for which it does not hold."""

from __future__ import annotations

from html import escape

from evaluation.reports.failures import outcome
from evaluation.reports.figures import interval_text, value_text
from evaluation.reports.marking import folded, named, table, words
from evaluation.runs.analysis import Analysis
from evaluation.runs.gate import Verdict

FIRST_IDS = 12


def gate(analysis: Analysis) -> str:
    """Every condition, and the questions for which it does not hold."""
    if not analysis.verdicts:
        return f"<p>{words('gate.none')}</p>"
    rows = []
    for verdict in analysis.verdicts:
        word = "passed" if verdict.passed else "failed"
        ids = [f"<code>{escape(question)}</code> " for question in verdict.questions]
        more = folded(words("gate.more", n=len(ids) - FIRST_IDS), "".join(ids[FIRST_IDS:])) if ids[FIRST_IDS:] else ""
        rows.append(
            [
                f'{_condition(verdict)}<div class="says"><code>{escape(verdict.name)}</code></div>',
                f'<span class="badge {word}">{words(f"gate.{word}")}</span>',
                f'{_reason(verdict, analysis)}<div class="ids">{"".join(ids[:FIRST_IDS])}{more}</div>',
            ]
        )
    return table([words("gate.condition"), words("gate.result"), words("gate.reason")], rows, kind="gate")


def _condition(verdict: Verdict) -> str:
    """``Answers · Answered precision ≥ 95.0 %``."""
    values = verdict.values
    if "suite" not in values:
        return escape(verdict.name)
    about = [named("suite", values["suite"])]
    if "metric" in values:
        about.append(named("metric", values["metric"]))
    if "expected" in values:
        about.append(outcome(values["expected"]))
    if "entry" in values:
        about.append(f"<code>{escape(values['entry'])}</code> {escape(values['written_in'])}")
    said = " · ".join(about)
    if "bar" in values:
        return f"{said} {values['sign']} {value_text(values['metric'], float(values['bar']))}"
    return f"{said} {words(f'gate.asks.{verdict.kind}', base=values.get('base', ''))}"


def _reason(verdict: Verdict, analysis: Analysis) -> str:
    if verdict.kind != "bar":
        return words(f"gate.{verdict.kind}", **verdict.values) if verdict.kind else escape(verdict.reason)
    metric = verdict.values["metric"]
    score = next(suite.scores[metric] for suite in analysis.suites if suite.name == verdict.values["suite"])
    value, ends = value_text(metric, score.value), interval_text(metric, score)
    return f"{value} <span class='quiet'>{words('interval')} {ends} · n = {score.n}</span>"
