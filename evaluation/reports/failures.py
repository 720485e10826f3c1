"""Every case that went wrong: what was asked, what came of it, and what was found or said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from html import escape
from typing import Any

from evaluation.reports.marking import folded, named, table, words
from evaluation.runs.analysis import SuiteAnalysis
from evaluation.suite import Row

OF_WORDS = {"no answer": "outcome.none", "bot": "outcome.bot", "person": "outcome.person"}
OFFERED, PERSON_FOR = "offered: ", "person: "


def causes(suite: SuiteAnalysis) -> str:
    """How often each thing went wrong; nothing where a suite does not tell them apart."""
    counted = Counter(str(row.details["failure"]) for row in suite.rows if row.details.get("failure"))
    if not counted:
        return ""
    rows = [[named("failure", name), str(n)] for name, n in counted.most_common()]
    return f"<h3>{words('causes')}</h3>" + table([words("cause"), words("n")], rows, kind="numbers")


def failures(suite: SuiteAnalysis) -> str:
    """The list, closed at first."""
    found = suite.failures
    if not found:
        return f"<h3>{words('failures')}</h3><p>{words('failures.none')}</p>"
    items = "".join(_failure(row) for row in found)
    return f"<h3>{words('failures')}</h3>" + folded(
        words("failures.count", n=len(found), all=len(suite.rows)), f'<ol class="rows">{items}</ol>', kind="failures"
    )


def outcome(text: str) -> str:
    """What was expected, or came: an entry by its id, anything else in words."""
    if key := OF_WORDS.get(text):
        return words(key)
    if text.startswith(OFFERED):
        return f"{words('outcome.offered')} {_codes(text.removeprefix(OFFERED))}"
    if text.startswith(PERSON_FOR):
        return f"{words('outcome.person')} ({named('slice', text.removeprefix(PERSON_FOR))})"
    return _codes(text)


def _codes(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _failure(row: Row) -> str:
    candidates = "".join(
        f"<li{' class=wanted' if candidate.entry_id in row.expected.split(' + ') else ''}>"
        f"<code>{escape(candidate.entry_id)}</code> "
        f"{escape(candidate.question)} <b>{100 * candidate.confidence:.0f} %</b></li>"
        for candidate in row.candidates
    )
    cause = row.details.get("failure")
    return (
        f'<li><p class="asked">{escape(row.text)}</p><p class="quiet"><code>{escape(row.id)}</code> '
        f"{named('language', row.language)} · {named('slice', row.slice)}</p>"
        + (f"<p>{named('failure', str(cause))}</p>" if cause else "")
        + f"<p>{words('expected')}: {outcome(row.expected)} · {words('got')}: {outcome(row.got)}</p>"
        + (f"<ol class='candidates'>{candidates}</ol>" if candidates else "")
        + _transcript(row.details.get("visit") or {})
        + "</li>"
    )


def _transcript(visit: Mapping[str, Any]) -> str:
    """What the customer of a whole conversation said, and what came back."""
    turns = "".join(
        f"<li>{words('said.customer')}: {escape(str(step['say']))}<br>"
        + "<br>".join(_heard(message) for message in step["heard"])
        + "</li>"
        for step in visit.get("steps", ())
    )
    return f"<ol class='candidates'>{turns}</ol>" if turns else ""


def _heard(message: Mapping[str, Any]) -> str:
    shown = message.get("entry") or ", ".join(message.get("choices", ()))
    return f"{named('said', str(message['kind']))}: " + (_codes(str(shown)) if shown else escape(message["text"]))
