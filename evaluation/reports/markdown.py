"""A run as Markdown, for a pull request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.metrics.catalogue import CATALOGUE
from evaluation.metrics.score import Score
from evaluation.reports.terminal import ends, number
from evaluation.reports.weakest import weakest
from evaluation.runs.analysis import Analysis, SuiteAnalysis
from evaluation.runs.comparing import Comparison

MOST_FAILURES = 30


def markdown(analysis: Analysis) -> str:
    """The gate first, then each suite's metrics, what changed, and the first failures."""
    lines = [f"## Evaluation {_cell(analysis.run.id)}", "", *_gate(analysis), ""]
    for suite in analysis.suites:
        asked = len(suite.rows) if suite.is_complete else f"{len(suite.rows)} of {suite.planned}"
        lines += [f"### {suite.name}: {asked} cases", "", *_metrics(suite), "", *_weakest(suite)]
    for comparison in analysis.comparisons:
        lines += _changes(comparison)
    for suite in analysis.suites:
        lines += _failures(suite)
    manifest = analysis.run.manifest
    knowledge = manifest["knowledge"]
    made = [f"Code `{manifest['code']}`"]
    if knowledge["entries"]:
        made.append(f"knowledge base `{str(knowledge['hash'])[:12]}` ({knowledge['entries']} entries)")
    systems: Mapping[str, Mapping[str, Any]] = manifest.get("systems", {})
    made += [f"release {system['release_id']} for {_cell(suite)}" for suite, system in systems.items()]
    lines.append(f"{', '.join(made)}, encoder {_cell(manifest['encoder'])}, seed {manifest['seed']}.")
    return "\n".join(lines) + "\n"


def _gate(analysis: Analysis) -> list[str]:
    if not analysis.verdicts:
        return ["No gate was set."]
    lines = [
        "**Gate passed.**" if analysis.passed else "**Gate not passed.**",
        "",
        "| condition | | |",
        "| --- | --- | --- |",
    ]
    for verdict in analysis.verdicts:
        asked = f" Questions: {', '.join(verdict.questions[:20])}" if verdict.questions else ""
        word = "passed" if verdict.passed else "**failed**"
        lines.append(f"| {_cell(verdict.name)} | {word} | {_cell(verdict.reason + asked)} |")
    return lines


def _metrics(suite: SuiteAnalysis) -> list[str]:
    lines = ["| metric | value | 95 % | n | read it beside |", "| --- | --- | --- | --- | --- |"]
    for name, score in suite.scores.items():
        guards = ", ".join(CATALOGUE[name].guards) if name in CATALOGUE else ""
        lines.append(f"| {name} | {number(score.value)} | {ends(score)} | {score.n} | {guards} |")
    return lines


def _weakest(suite: SuiteAnalysis) -> list[str]:
    found = weakest(suite)
    if found is None:
        return []
    lines = [f"Weakest scenarios, by {', then '.join(found.metrics)}:", ""]
    lines += [f"| scenario | {' | '.join(found.metrics)} |", f"| --- |{' --- |' * len(found.metrics)}"]
    for name, scores in found.scenarios:
        lines.append(f"| {_cell(name)} | {' | '.join(_figure(scores.get(metric)) for metric in found.metrics)} |")
    return [*lines, ""]


def _figure(score: Score | None) -> str:
    return f"{number(score.value)} ({ends(score)}, n = {score.n})" if score and score.n else "– (n = 0)"


def _changes(comparison: Comparison) -> list[str]:
    if not comparison.questions and not comparison.knowledge:
        return []
    lines = [f"### {comparison.suite}: what changed since {_cell(comparison.before_id)}", ""]
    for change in comparison.knowledge:
        where = f" ({change.language})" if change.language else ""
        other = f", from {change.other}" if change.other else ""
        lines.append(f"- {change.kind.replace('_', ' ')}: {_cell(change.entry_id)}{where}{_cell(other)}")
    lines += ["", "| | question | expected | before | now |", "| --- | --- | --- | --- | --- |"]
    for question in comparison.questions[:MOST_FAILURES]:
        cells = (question.kind, f"{question.id}: {question.text}", question.expected, question.before, question.after)
        lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    return [*lines, ""]


def _failures(suite: SuiteAnalysis) -> list[str]:
    failures = suite.failures
    if not failures:
        return []
    lines = [f"<details><summary>{suite.name}: {len(failures)} failures</summary>", ""]
    lines += ["| question | expected | got |", "| --- | --- | --- |"]
    for row in failures[:MOST_FAILURES]:
        lines.append(f"| {_cell(row.id)}: {_cell(row.text)} | {_cell(row.expected)} | {_cell(row.got)} |")
    if len(failures) > MOST_FAILURES:
        lines += ["", f"{len(failures) - MOST_FAILURES} more are in the HTML report."]
    return [*lines, "", "</details>", ""]


def _cell(text: str) -> str:
    """A text that neither ends a table's cell nor becomes markup."""
    for character in "\\`*_[]<>|":
        text = text.replace(character, f"\\{character}" if character not in "<>" else f"&#{ord(character)};")
    return " ".join(text.split())
