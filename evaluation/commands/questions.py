"""What the suites share that ask a knowledge base: where it is, and which files have the questions."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from evaluation.cards import Kind, read_dataset
from evaluation.datasets import DatasetError, read_knowledge
from evaluation.runs.provenance import file_hash
from evaluation.suite import Candidate
from kb.content import EntryContent, Lang
from kit.settings import Settings

Case = TypeVar("Case")
SHIPPED_TEST = "demo"
MOST_CANDIDATES = 5


def add_knowledge_options(parser: argparse.ArgumentParser) -> None:
    """Options of one suite and of all together."""
    parser.add_argument(
        "--kb", type=Path, help="kb.jsonl, or a folder of content files; default: the content of BILIN_CONTENT_DIR"
    )
    parser.add_argument(
        "--dataset",
        action="append",
        help=f"name or folder of a data set with a card; may be repeated; default: {SHIPPED_TEST}",
    )


def add_leak_option(parser: argparse.ArgumentParser) -> None:
    """What to do about questions that measure memory."""
    parser.add_argument(
        "--leaks",
        choices=("fail", "report"),
        default="fail",
        help="what to do when a question stands in what the product learns from, as it is or nearly; default: fail",
    )


def knowledge(arguments: argparse.Namespace, settings: Settings) -> list[EntryContent]:
    """The entries that are to be asked."""
    return read_knowledge(arguments.kb or settings.content_dir)


def candidates_of(
    ranked: Sequence[str], confidences: Sequence[float], entries: Sequence[EntryContent], language: Lang
) -> tuple[Candidate, ...]:
    """The first candidates with the questions that name them."""
    known = {entry.id: entry for entry in entries}
    return tuple(
        Candidate(entry_id, known[entry_id].variant_for(language)[1].question, confidence)
        for entry_id, confidence in list(zip(ranked, confidences, strict=True))[:MOST_CANDIDATES]
    )


def question_files(arguments: argparse.Namespace, option: str, kind: Kind) -> dict[str, Path]:
    """The files of a kind, by name: those that an option names, else those of the data sets.

    Raises:
        DatasetError: no data set has any.
    """
    named: list[Path] | None = getattr(arguments, option, None)
    if named:
        return {str(path): path for path in named}
    sets = arguments.dataset or [SHIPPED_TEST]
    files = dataset_files(sets, kind)
    if not files:
        raise DatasetError(f"{', '.join(sets)} has no {kind}. Name a --dataset that has, or the files with --{option}.")
    return files


def dataset_files(names: Sequence[str], kind: Kind) -> dict[str, Path]:
    """The files of a kind in data sets, each by the names of its set and its own."""
    sets = [read_dataset(name) for name in names]
    return {f"{one.card.name}-{one.card.version}/{path.name}": path for one in sets for path in one.files(kind)}


def read_all(files: Mapping[str, Path], read: Callable[[Path], list[Case]]) -> tuple[list[Case], dict[str, str]]:
    """The cases of several files, one after another, and the hash of each file."""
    cases = [case for path in files.values() for case in read(path)]
    ids = [str(getattr(case, "id", "")) for case in cases]
    if len(set(ids)) != len(ids):
        twice = next(identifier for identifier in ids if ids.count(identifier) > 1)
        raise DatasetError(f"the id {twice!r} is used in two files")
    return cases, {name: file_hash(path) for name, path in files.items()}
