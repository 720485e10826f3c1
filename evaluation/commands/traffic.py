"""``sample``, ``labels`` and ``periods``: the same metrics from live traffic."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from evaluation.datasets import DatasetError
from evaluation.metrics.conversation_scores import conversation_scores
from evaluation.metrics.conversations import MeasuredConversation, Rating
from evaluation.metrics.score import SEED
from evaluation.output import put_out
from evaluation.reports.plain import plain_score
from evaluation.reports.terminal import ends, number
from evaluation.statistics.intervals import Interval
from evaluation.statistics.slices import sliced
from evaluation.traffic.facts import StoredConversation, measured
from evaluation.traffic.labelling import judge
from evaluation.traffic.labelling_page import Shown, Turn, labelling_page
from evaluation.traffic.labels import read_labels, read_settled
from evaluation.traffic.periods import PeriodChange, compare_periods
from evaluation.traffic.reading import read_conversations, read_scenarios
from kit.database import Database
from kit.settings import Settings

SAMPLE, RATERS, SETTLED = "sample.json", ("rater1", "rater2"), "settled"
SPEAKERS = ("customer", "bot", "agent")
GROUPED_BY = ("language", "scenario", "slice")
Period = tuple[datetime, datetime]


@dataclass(frozen=True)
class SampleCommand:
    """Draws conversations for two people to judge."""

    name: str = "sample"
    help: str = "stored conversations, masked, on a page for each of two raters"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Which, how many, where to."""
        parser.add_argument("--from", dest="since", type=_day, required=True, help="first day, as 2026-11-01 (UTC)")
        parser.add_argument("--to", dest="until", type=_day, required=True, help="first day that is not in it")
        parser.add_argument("--size", type=int, default=200, help="how many conversations; default: 200")
        parser.add_argument("--seed", type=int, default=SEED, help="of the drawing")
        parser.add_argument("--out", type=Path, required=True, help="a new folder for the pages")

    def run(self, arguments: argparse.Namespace, settings: Settings, console: Console) -> int:
        """Write the sample's facts and a page for each rater."""
        if arguments.out.exists():
            raise DatasetError(f"{arguments.out} is there already: a sample is never written over.")
        read = asyncio.run(_read(settings, (arguments.since, arguments.until)))
        engaged = [(one, facts) for one, facts in read[0] if facts.engaged]
        if not engaged:
            raise DatasetError("No customer wrote anything in that time but greetings.")
        size = min(arguments.size, len(engaged))
        chosen = random.Random(arguments.seed).sample(engaged, size)  # noqa: S311 - a sample, not a secret
        arguments.out.mkdir(parents=True)
        shown = [Shown(one.id, _transcript(one)) for one, _ in chosen]
        sample = {
            "of": len(engaged),
            "conversations": [asdict(facts) for _, facts in chosen],
            "transcripts": {each.id: each.turns for each in shown},
        }
        (arguments.out / SAMPLE).write_text(json.dumps(sample, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        for name in RATERS:
            _write_page(arguments.out, name, [each.id for each in shown], shown)
        console.print(f"{size} of {len(engaged)} conversations in {escape(str(arguments.out))}", soft_wrap=True)
        return 0


@dataclass(frozen=True)
class LabelsCommand:
    """Reads what the two raters said."""

    name: str = "labels"
    help: str = "agreement of the two raters of a sample, and its metrics"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """The sample's folder, and what was settled."""
        parser.add_argument("folder", type=Path, help="the folder that sample made, with what its pages saved")
        parser.add_argument("--json", type=Path, help="write the figures to this file")

    def run(self, arguments: argparse.Namespace, settings: Settings, console: Console) -> int:
        """Print kappa; then the metrics, or a page of what is to be settled and exit code 1."""
        folder: Path = arguments.folder
        conversations, transcripts = _sampled(folder / SAMPLE)
        ids = [one.id for one in conversations]
        first, second = (read_labels(folder / f"{name}.json", ids) for name in RATERS)
        settled = read_settled(folder / f"{SETTLED}.json", ids)
        found = judge(conversations, first, second, settled)
        for name, agreement in found.agreement.items():
            console.print(
                f"{name}: Cohen's kappa {number(agreement.kappa)} ({_ends(agreement.interval)}), "
                f"agreed on {number(agreement.agreed)} ({_ends(agreement.agreed_interval)}), n = {agreement.n}",
                highlight=False,
                soft_wrap=True,
            )
        for name, score in found.scores.items():
            if score.n:
                console.print(f"{name}: {number(score.value)} ({ends(score)}), n = {score.n}", highlight=False)
        if found.disagreements:
            to_settle = [Shown(each, transcripts[each], said) for each, said in found.disagreements.items()]
            path = _write_page(folder, SETTLED, ids, to_settle)
            console.print(f"{len(to_settle)} to settle, in {escape(str(path))}", soft_wrap=True)
        figures: dict[str, Any] = {
            "agreement": {name: asdict(agreement) for name, agreement in found.agreement.items()},
            "to_settle": list(found.disagreements),
            "scores": {name: plain_score(score) for name, score in found.scores.items()},
            "groups": {kind: _scores_by_group(found.labelled, kind) for kind in GROUPED_BY},
        }
        return put_out(figures, arguments.json, console) or (1 if found.disagreements else 0)


@dataclass(frozen=True)
class PeriodsCommand:
    """Compares two periods."""

    name: str = "periods"
    help: str = "resolution and transfer rate before and after, from stored conversations"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Two periods."""
        for name in ("before", "after"):
            parser.add_argument(
                f"--{name}", type=_period, required=True, metavar="FROM..TO", help="days in UTC, TO not included"
            )
        parser.add_argument("--json", type=Path, help="write the figures to this file")

    def run(self, arguments: argparse.Namespace, settings: Settings, console: Console) -> int:
        """Print each metric in both periods."""
        read = asyncio.run(_read(settings, arguments.before, arguments.after))
        old, new = ([facts for _, facts in of_period] for of_period in read)
        changes = compare_periods(old, new)
        for name, change in changes.items():
            difference = change.difference
            said = (
                f"{difference.value:+.4f} ({difference.interval.low:+.4f} – {difference.interval.high:+.4f}), "
                f"p = {difference.p:.4f}"
                if difference
                else "no difference can be given"
            )
            console.print(
                f"{name}: {number(change.before.value)} (n = {change.before.n}) before, "
                f"{number(change.after.value)} (n = {change.after.n}) after: {said}",
                highlight=False,
                soft_wrap=True,
            )
        figures: dict[str, Any] = _plain_changes(changes)
        figures["groups"] = {kind: _by_group(old, new, kind) for kind in GROUPED_BY}
        return put_out(figures, arguments.json, console)


SAMPLES, LABELS, PERIODS = SampleCommand(), LabelsCommand(), PeriodsCommand()


async def _read(settings: Settings, *periods: Period) -> list[list[tuple[StoredConversation, MeasuredConversation]]]:
    """The conversations of each period, with their facts as of now."""
    now = datetime.now(UTC)
    database = Database.from_settings(settings)
    try:
        scenarios = await read_scenarios(database)
        stored = [await read_conversations(database, *period) for period in periods]
    finally:
        await database.close()
    return [[(one, measured(one, now, scenarios)) for one in of_period] for of_period in stored]


def _scores_by_group(conversations: Sequence[MeasuredConversation], kind: str) -> dict[str, Any]:
    groups = sliced(conversations, lambda one: str(getattr(one, kind)))
    return {
        group: {name: plain_score(score) for name, score in conversation_scores(members).items() if score.n}
        for group, members in groups.items()
    }


def _by_group(old: Sequence[MeasuredConversation], new: Sequence[MeasuredConversation], kind: str) -> dict[str, Any]:
    """The comparison of every group that both periods have."""
    before, after = (sliced(side, lambda one: str(getattr(one, kind))) for side in (old, new))
    return {group: _plain_changes(compare_periods(before[group], after[group])) for group in before if group in after}


def _ends(interval: Interval | None) -> str:
    return "–" if interval is None else f"{interval.low:.4f} – {interval.high:.4f}"


def _plain_changes(changes: Mapping[str, PeriodChange]) -> dict[str, Any]:
    return {
        name: {
            "before": plain_score(change.before),
            "after": plain_score(change.after),
            "difference": asdict(change.difference) if change.difference else None,
        }
        for name, change in changes.items()
    }


def _transcript(stored: StoredConversation) -> list[Turn]:
    return [(message.sender, message.text) for message in stored.messages if message.sender in SPEAKERS]


def _write_page(folder: Path, name: str, sample: Sequence[str], conversations: Sequence[Shown]) -> Path:
    path = folder / f"{name}.html"
    path.write_text(labelling_page(name, sample, conversations), encoding="utf-8")
    return path


def _sampled(path: Path) -> tuple[list[MeasuredConversation], dict[str, list[Turn]]]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        rows: Sequence[dict[str, Any]] = stored["conversations"]
        return [_conversation(row) for row in rows], dict(stored["transcripts"])
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{path} is no sample: {error}") from error


def _conversation(row: dict[str, Any]) -> MeasuredConversation:
    return MeasuredConversation(**{**row, "ratings": tuple(Rating(**rating) for rating in row["ratings"])})


def _day(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), time(), UTC)


def _period(text: str) -> Period:
    since, _, until = text.partition("..")
    return _day(since), _day(until)
