"""The report: one HTML file that needs nothing else, in Chinese and English, on a screen, on a phone and on paper."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from evaluation.reports.charts import curves_script
from evaluation.reports.conditions import gate
from evaluation.reports.marking import HERE, folded, named, plain_words, table, words
from evaluation.reports.sections import changes, headline, suite_section
from evaluation.runs.analysis import Analysis, SuiteAnalysis
from kit.settings import ROOT

TOKENS = ROOT / "web" / "shared" / "tokens.css"


def page(analysis: Analysis) -> str:
    """The whole file. It opens in the reader's own language where that is Chinese or English."""
    style = TOKENS.read_text(encoding="utf-8") + (HERE / "report.css").read_text(encoding="utf-8")
    script = (HERE / "report.js").read_text(encoding="utf-8")
    title = " · ".join(plain_words(language, "title") for language in ("zh", "en"))
    changed = "".join(changes(comparison) for comparison in analysis.comparisons)
    parts = [
        _head(analysis),
        f'<section id="headline"><h2>{words("headline")}</h2>{headline(analysis)}</section>',
        f'<section id="gate"><h2>{words("gate")}</h2>{gate(analysis)}</section>',
        f'<section id="changes"><h2>{words("changes")}</h2>{changed}</section>' if changed else "",
        *(suite_section(suite) for suite in analysis.suites),
        f'<section id="made"><h2>{words("made")}</h2>{_made(analysis)}</section>',
    ]
    content = "".join(parts)
    curves = curves_script() if 'class="chart"' in content else ""
    return (
        '<!doctype html>\n<html lang="zh" data-language="zh"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head>"
        f"<body><main>{content}</main><script>{script}</script>{curves}</body></html>\n"
    )


def _head(analysis: Analysis) -> str:
    if not analysis.verdicts:
        state, kind = words("state.no_gate"), "open"
    else:
        kind = "passed" if analysis.passed else "failed"
        failed = sum(not verdict.passed for verdict in analysis.verdicts)
        state = words(f"state.{kind}", n=len(analysis.verdicts), failed=failed)
    started = str(analysis.run.manifest["started_at"]).replace("T", " ").removesuffix("+00:00")
    return (
        f'<header><div><p class="brand">比邻 Bilin</p><h1>{words("title")}</h1>'
        f'<p class="quiet">{escape(started)} UTC · <code>{escape(analysis.run.id)}</code></p></div>'
        '<div class="switch" role="group" aria-label="语言 Language">'
        '<button type="button" data-to="zh" lang="zh">中文</button>'
        '<button type="button" data-to="en" lang="en">English</button></div>'
        f'<p class="state {kind}">{state}</p>{_limits(analysis)}</header>'
    )


def _limits(analysis: Analysis) -> str:
    """What keeps the figures from being those of the whole: a sample, or a time that was over too soon."""
    sample = analysis.run.manifest.get("sample")
    said = [words("state.sample", n=sample)] if sample else []
    said += [
        f"{named('suite', suite.name)}: {words('state.incomplete', asked=len(suite.rows), planned=suite.planned)}"
        for suite in analysis.suites
        if not suite.is_complete
    ]
    return "".join(f'<p class="state limited">{each}</p>' for each in said)


def _made(analysis: Analysis) -> str:
    manifest = analysis.run.manifest
    knowledge = manifest["knowledge"]
    content = f"{words('made.entries', n=knowledge['entries'])} <code>{escape(str(knowledge['hash']))}</code>"
    rows = [
        [words("made.code"), f"<code>{escape(str(manifest['code']))}</code>"],
        *([[words("made.knowledge"), content]] if knowledge["entries"] else []),
        [words("made.encoder"), escape(str(manifest["encoder"]))],
        [words("made.seed"), str(manifest["seed"])],
    ]
    if manifest.get("sample"):
        rows.append([words("made.sample"), str(manifest["sample"])])
    for suite in analysis.suites:
        if suite.name in manifest.get("systems", {}):
            rows.append([f"{words('made.system')} {named('suite', suite.name)}", _releases(suite, manifest["systems"])])
    files = [
        [named("suite", suite), f"{escape(name)} <code>{escape(digest)}</code>"]
        for suite, of_suite in manifest["data"].items()
        for name, digest in of_suite.items()
    ]
    settings = [
        [f"<code>{escape(name)}</code>", escape(str(value)) or "–"] for name, value in manifest["settings"].items()
    ]
    head = [words("made.what"), words("value")]
    return (
        f"<p>{words('made.says')}</p>"
        + table(head, rows, kind="made")
        + folded(words("made.data", n=len(files)), table(head, files, kind="made"))
        + folded(words("made.settings", n=len(settings)), table(head, settings, kind="made"))
    )


def _releases(suite: SuiteAnalysis, systems: Mapping[str, Mapping[str, Any]]) -> str:
    """The release that was live at the beginning, and where another one went live meanwhile, that as well."""
    first, last = systems[suite.name].get("release_id"), suite.figures.get("release_id")
    if last is None or last == first:
        return words("made.release", release=first)
    return words("made.releases", first=first, last=last)
