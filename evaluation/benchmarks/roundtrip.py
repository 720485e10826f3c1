"""``python -m evaluation.benchmarks.roundtrip``: a file through the running system and back.

It is imported over REST, published, asked about over the widget's REST channel, and exported. The system must be
running with nothing in it but the file: see docs/evaluation.md.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console as Terminal
from rich.markup import escape

from evaluation.benchmarks.console_client import Console, Customer
from evaluation.output import put_out
from kb.content import EntryContent, parse_entry
from kit.errors import BilinError

QUESTIONS = 77
SEED = 7


@dataclass(frozen=True)
class RoundTrip:
    """The figures of one run.

    Args:
        entries: in the file.
        questions: of them.
        check_seconds: from the file to what would become of each row.
        import_seconds: until all was stored.
        publish_seconds: until customers were answered from it.
        asked: questions that customers asked, each one of an entry's own.
        told: how many got which kind of message.
        right: how many were answered with their entry, or offered it.
        export_is_import: whether what is exported says what the file said.
    """

    entries: int
    questions: int
    check_seconds: float
    import_seconds: float
    publish_seconds: float
    asked: int
    told: dict[str, int]
    right: dict[str, int]
    export_is_import: bool


def read_lines(content: bytes) -> dict[str, EntryContent]:
    """The entries of a JSON Lines file by their ids.

    Raises:
        ContentError: a line is no entry.
    """
    lines = [line for line in content.decode().splitlines() if line.strip()]
    entries = [parse_entry(json.loads(line), f"line {number}") for number, line in enumerate(lines, start=1)]
    return {entry.id: entry for entry in entries}


def measure(
    url: str, content: bytes, editor: str, reviewer: str, questions: int, progress: Callable[[str], None]
) -> RoundTrip:
    """Take a file through the system at ``url``; ``editor`` and ``reviewer`` are ``login:password``."""
    entries = read_lines(content)
    writes, approves = (Console(url, *account.split(":", 1)) for account in (editor, reviewer))
    progress("what would become of each row")
    begun = time.perf_counter()
    checked = writes.check("kb.jsonl", content)
    check_seconds = time.perf_counter() - begun
    begun = time.perf_counter()
    writes.apply(checked["id"])
    writes.followed(checked["id"], lambda done, total: progress(f"import: {done} of {total}"))
    import_seconds = time.perf_counter() - begun
    progress("publishing, which learns from it")
    begun = time.perf_counter()
    approves.publish("the round trip of a file")
    publish_seconds = time.perf_counter() - begun
    told, right = _ask(url, entries, questions, progress)
    progress("export")
    return RoundTrip(
        len(entries),
        sum(len(variant.questions) for entry in entries.values() for variant in entry.variants.values()),
        round(check_seconds, 2),
        round(import_seconds, 2),
        round(publish_seconds, 2),
        sum(told.values()),
        dict(told),
        dict(right),
        read_lines(writes.export("jsonl")) == entries,
    )


def _ask(
    url: str, entries: dict[str, EntryContent], count: int, progress: Callable[[str], None]
) -> tuple[Counter[str], Counter[str]]:
    customer, chance = Customer(url), random.Random(SEED)  # noqa: S311  # no secret
    own = [
        (entry.id, language, chance.choice(variant.questions))
        for entry in entries.values()
        for language, variant in entry.variants.items()
    ]
    told, right = Counter[str](), Counter[str]()
    for number, (entry_id, language, text) in enumerate(chance.sample(own, min(count, len(own))), start=1):
        progress(f"question {number}")
        said = customer.ask(text, language)
        told[said["kind"]] += 1
        offered = [each["entry_id"] for each in said["data"].get("choices", [])]
        if said["kind"] == "answer" and said["data"]["entry_id"] == entry_id:
            right["answer"] += 1
        elif entry_id in offered:
            right["choices"] += 1
    return told, right


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.benchmarks.roundtrip", description="A file through the running system and back."
    )
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="of the running system; default: %(default)s")
    parser.add_argument("--kb", type=Path, required=True, help="JSON Lines, one entry a line")
    parser.add_argument("--editor", required=True, help="login:password")
    parser.add_argument("--reviewer", required=True, help="login:password of somebody else")
    parser.add_argument("--questions", type=int, default=QUESTIONS, help="to ask; default: %(default)s")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Measure; the figures go to standard output or a file as JSON."""
    arguments = _parser().parse_args(argv)
    terminal = Terminal(stderr=True)
    try:
        with terminal.status("starting") as status:
            content = arguments.kb.read_bytes()
            found = measure(
                arguments.url, content, arguments.editor, arguments.reviewer, arguments.questions, status.update
            )
    except BilinError as error:
        terminal.print(f"[bold red]error[/]: {escape(error.message)}", highlight=False, soft_wrap=True)
        return 2
    return put_out(asdict(found), arguments.json, terminal)


if __name__ == "__main__":
    sys.exit(main())
