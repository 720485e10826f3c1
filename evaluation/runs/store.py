"""The folder of a run: what it was made with, and a row for each question, written as soon as it is known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evaluation.datasets import DatasetError
from evaluation.suite import Candidate, Row
from kb.content import EntryContent
from kit.settings import Settings

MANIFEST, ROWS, KNOWLEDGE, FIGURES = "run.json", "rows.jsonl", "knowledge.json", "figures.json"


@dataclass(frozen=True)
class StoredRun:
    """A run that was read from its folder.

    Args:
        folder: where it is.
        manifest: code version, knowledge base, encoder, settings, data, seed, releases of running systems, and how many
            cases each suite has.
        rows: of all suites, in the order in which they were first asked; of a case that was asked again, the last one.
        knowledge: question, similar questions and answer of each entry and language.
    """

    folder: Path
    manifest: dict[str, Any]
    rows: tuple[Row, ...]
    knowledge: dict[str, dict[str, dict[str, Any]]]

    @property
    def id(self) -> str:
        """The name of its folder."""
        return self.folder.name

    def planned(self, suite: str) -> int:
        """How many cases of a suite the run is to have; a run without that number has all of them."""
        return int(self.manifest.get("cases", {}).get(suite, len(self.of(suite))))

    def of(self, suite: str) -> list[Row]:
        """The rows of one suite."""
        return [row for row in self.rows if row.suite == suite]


def runs_folder(settings: Settings) -> Path:
    """Where runs are kept."""
    return settings.data_dir / "evaluation" / "runs"


def open_run(folder: Path, manifest: Mapping[str, Any], knowledge: Sequence[EntryContent]) -> list[Row]:
    """Make the folder of a run, or go on with one that was begun with the same; returns the rows that it has already.

    Raises:
        DatasetError: it was begun with other code, questions, settings or another knowledge base.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / MANIFEST
    if not path.is_file():
        _write(path, {**manifest, "id": folder.name})
        _write(folder / KNOWLEDGE, plain_knowledge(knowledge))
        return []
    begun = _read(path)
    changed = [name for name in manifest if name != "started_at" and begun.get(name) != manifest[name]]
    if changed:
        raise DatasetError(
            f"The run {folder.name!r} was begun with other values of {', '.join(changed)}. "
            "Choose another --run, or remove its folder."
        )
    _mend(folder / ROWS)
    return _last_rows(folder / ROWS)


def keep(folder: Path, row: Row) -> None:
    """Add one row, so that it survives whatever happens to the process next."""
    with (folder / ROWS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")


def keep_figures(folder: Path, suite: str, figures: Mapping[str, Any]) -> dict[str, Any]:
    """Add the figures of a suite that are in no row, as the time to publish; returns all that are known of it."""
    path = folder / FIGURES
    known = _read(path) if path.is_file() else {}
    known[suite] = {**known.get(suite, {}), **figures}
    _write(path, known)
    return dict(known[suite])


def read_run(settings: Settings, name: str) -> StoredRun:
    """A run by its id, or by the path of its folder.

    Raises:
        DatasetError: there is no such run.
    """
    for folder in (runs_folder(settings) / name, Path(name)):
        if (folder / MANIFEST).is_file():
            rows = tuple(_last_rows(folder / ROWS))
            return StoredRun(folder.resolve(), _read(folder / MANIFEST), rows, _read(folder / KNOWLEDGE))
    known = sorted(path.parent.name for path in runs_folder(settings).glob(f"*/{MANIFEST}"))
    listed = f" There are: {', '.join(known)}." if known else " None has been stored yet."
    raise DatasetError(f"There is no run {name!r}.{listed}")


def plain_knowledge(entries: Sequence[EntryContent]) -> dict[str, dict[str, dict[str, Any]]]:
    """What a comparison needs of a knowledge base."""
    return {
        entry.id: {
            language: {
                "question": variant.question,
                "similar": list(variant.questions[1:]),
                "answer": variant.answer,
                "scenario": entry.scenario,
            }
            for language, variant in entry.variants.items()
        }
        for entry in entries
    }


def _mend(path: Path) -> None:
    """Remove the line that was being written when the process ended: the next row would be glued to it."""
    if not path.is_file():
        return
    content = path.read_bytes()
    if not content.endswith(b"\n"):
        path.write_bytes(content[: content.rfind(b"\n") + 1])


def _last_rows(path: Path) -> list[Row]:
    """A row a case: where one was asked again, what came of it last."""
    return list({(row.suite, row.id): row for row in _rows(path)}.values())


def _rows(path: Path) -> Iterator[Row]:
    if not path.is_file():
        return
    for line in path.read_bytes().split(b"\n"):
        try:
            row = json.loads(line)
        except ValueError:
            continue  # a last line that is being written, or the nothing behind it
        row["candidates"] = tuple(Candidate(**candidate) for candidate in row["candidates"])
        yield Row(**row)


def _read(path: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return values


def _write(path: Path, values: Any) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    partial.replace(path)
