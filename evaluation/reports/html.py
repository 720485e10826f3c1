"""The report: one HTML file that needs nothing else, in Chinese and English, on a screen, on a phone and on paper."""

from __future__ import annotations

from html import escape

from evaluation.reports.marking import HERE, plain_words, table, words
from evaluation.reports.sections import changes, gate, headline, suite_section
from evaluation.runs.analysis import Analysis
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
    return (
        '<!doctype html>\n<html lang="zh" data-language="zh"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head>"
        f"<body><main>{''.join(parts)}</main><script>{script}</script></body></html>\n"
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
        f'<p class="state {kind}">{state}</p></header>'
    )


def _made(analysis: Analysis) -> str:
    manifest = analysis.run.manifest
    knowledge = manifest["knowledge"]
    rows = [
        [words("made.code"), f"<code>{escape(str(manifest['code']))}</code>"],
        [
            words("made.knowledge"),
            f"{words('made.entries', n=knowledge['entries'])} <code>{escape(str(knowledge['hash']))}</code>",
        ],
        [words("made.encoder"), escape(str(manifest["encoder"]))],
        [words("made.seed"), str(manifest["seed"])],
    ]
    if manifest.get("sample"):
        rows.append([words("made.sample"), str(manifest["sample"])])
    for suite, files in manifest["data"].items():
        for name, digest in files.items():
            rows.append([f"{words('made.data')} {escape(suite)}", f"{escape(name)} <code>{escape(digest)}</code>"])
    for name, value in manifest["settings"].items():
        rows.append([f"<code>{escape(name)}</code>", escape(str(value))])
    return f"<p>{words('made.says')}</p>" + table([words("made.what"), words("value")], rows, kind="made")
