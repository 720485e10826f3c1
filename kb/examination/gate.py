"""What stands between a review and the customers: findings in the entries, and check questions that would be lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from kb.browsing import Browsing
from kb.checks import CheckQuestion
from kb.content import LANGUAGES, EntryContent
from kb.editing import Chosen, Editing, Proposal
from kb.encoder import EncoderUnavailable, TurnEncoder, Vectors
from kb.examination.findings import Asked, Catalogue, Finding, Neighbours, asked_by
from kb.examination.links import LinkInquiry, addresses_of, check_links
from kb.examination.regression import Regression, compare
from kb.examination.rules import bundled_rules
from kb.live import LiveEngine
from kb.search import Engine
from kit.errors import Conflict
from kit.language import to_simplified

ATTEMPTS = 3
NAMED_AT_MOST = 5


class ChecksFailed(Conflict):
    """An entry has an error, or a warning that nobody gave a reason for.

    Args:
        findings: by entry, those that stand in the way.
    """

    code = "checks_failed"

    def __init__(self, findings: Mapping[str, Sequence[Finding]]) -> None:
        named = sorted(findings)[:NAMED_AT_MOST]
        others = f" and {len(findings) - len(named)} more" if len(findings) > len(named) else ""
        super().__init__(
            f"The checks found something in {', '.join(named)}{others}. Mend what is an error, "
            "and give a reason for what is a warning."
        )
        self.findings = findings


class Regressed(Conflict):
    """The release would find fewer of the check questions than the live one.

    Args:
        regression: question by question.
    """

    code = "regression"

    def __init__(self, regression: Regression) -> None:
        super().__init__(
            f"The release would find {regression.right_after} of {regression.asked} check questions; customers find "
            f"{regression.right_before} now. Look at the questions that would be lost."
        )
        self.regression = regression


class Gate:
    """Examines revisions and puts those live that pass.

    Args:
        live: what is searched; None where nothing can be.
        encoder: as conversations use it; None where there is none.
        checks: check questions.
        today: in the bank's time zone.
        links: asks whether the pages that answers link are there; None where none is asked.
    """

    def __init__(
        self,
        browsing: Browsing,
        editing: Editing,
        live: LiveEngine | None,
        encoder: TurnEncoder | None,
        checks: Sequence[CheckQuestion],
        today: Callable[[], date],
        links: LinkInquiry | None = None,
    ) -> None:
        self._browsing, self._editing = browsing, editing
        self._live, self._encoder, self._checks, self._today = live, encoder, checks, today
        self._links = links
        self._catalogue: tuple[tuple[int, int], Catalogue] | None = None
        self._told: dict[int, EntryContent] = {}  # by revision, which never changes

    async def findings(self, entry: EntryContent) -> list[Finding]:
        """What is wrong with an entry, or may be, stored or not; beside the newest revisions of all others."""
        engine = self._live.engine if self._live else None
        own = list(asked_by(entry))
        near: list[Finding] = []
        if engine is not None and self._encoder is not None and own:
            try:
                raw = await self._encoder.vectors([to_simplified(each.text) for each in own])
            except EncoderUnavailable:
                raw = None
            if raw is not None:
                near = await asyncio.to_thread(_near, own, _centred(raw, own, engine), engine)
        links = await self._led_nowhere([entry])
        return _once([*(await self._prepared()).check(entry, self._today()), *links[entry.id], *near])

    async def regression(
        self, entries: Sequence[EntryContent], approved: Sequence[EntryContent] = ()
    ) -> Regression | None:
        """The check questions asked of the live release and of these entries; None where nothing can be asked.

        Args:
            entries: all that customers would be told.
            approved: those of them that are new. They are asked on the first day of each as well, and the day that
                loses most is what counts.
        """
        if not self._checks:
            return None
        compared: list[Regression] = []
        for day in self._days(approved):
            candidate = await self._candidate(entries, day)
            if candidate is not None and self._live is not None and self._live.engine is not None:
                compared.append(await asyncio.to_thread(compare, self._live.engine, candidate))
        return min(compared, key=lambda each: each.right_after - each.right_before, default=None)

    async def publish(
        self, by: str, comment: str, chosen: Sequence[Chosen] | None = None, reasons: Mapping[str, str] | None = None
    ) -> int | None:
        """`kb.editing.Editing.publish` for what passes. A reason for the entry ``*`` is one for all.

        Raises:
            ChecksFailed: an entry has errors, or warnings and no reason.
            Regressed: fewer check questions would be found.
            NotFound, EditConflict, Conflict, Forbidden: as there.
        """
        for attempt in range(ATTEMPTS):
            proposal = await self._editing.propose(by, chosen)
            if not proposal.approved:
                return None
            given = {entry.id: reason for entry in proposal.approved if (reason := _reason(reasons or {}, entry))}
            await self._examine(proposal, given)
            regression = await self.regression(proposal.released, proposal.approved)
            if regression is not None and regression.is_drop:
                raise Regressed(regression)
            try:
                return await self._editing.publish(by, comment, proposal.chosen, given, beside=proposal.release_id)
            except Conflict as error:
                if error.code != "release_changed" or attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    async def _examine(self, proposal: Proposal, reasons: Mapping[str, str]) -> None:
        links = await self._led_nowhere(proposal.approved)
        catalogue = await self._prepared()
        found = {entry.id: [*catalogue.check(entry, self._today()), *links[entry.id]] for entry in proposal.approved}
        for day in self._days(proposal.approved):
            candidate = await self._candidate(proposal.released, day)
            positions = {entry.id: at for at, entry in enumerate(candidate.release.entries)} if candidate else {}
            new = [each.id for each in proposal.approved if self._first_day(each) == day and each.id in positions]
            if candidate is not None and new:
                near = await asyncio.to_thread(_near_in, candidate, [positions[entry_id] for entry_id in new])
                for entry_id, findings in zip(new, near, strict=True):
                    found[entry_id] = _once([*found[entry_id], *findings])
        failed = {
            entry_id: findings
            for entry_id, findings in found.items()
            if any(finding.severity == "error" for finding in findings) or (findings and entry_id not in reasons)
        }
        if failed:
            raise ChecksFailed(failed)

    async def _led_nowhere(self, entries: Sequence[EntryContent]) -> dict[str, list[Finding]]:
        """Findings about links, by entry. They are all asked together, so that the limit of time is one for all."""
        if self._links is None:
            return {entry.id: [] for entry in entries}
        answers = await self._links.answers(address for entry in entries for address in addresses_of(entry))
        return {entry.id: list(check_links(entry, answers, bundled_rules())) for entry in entries}

    def _first_day(self, entry: EntryContent) -> date:
        """The first day on which customers may be told an entry, if it goes live today."""
        return max(self._today(), entry.valid_from or self._today())

    def _days(self, approved: Sequence[EntryContent]) -> list[date]:
        """The days on which something new is told; today, when it goes live, is the last: its engine is built on."""
        return sorted({self._today(), *map(self._first_day, approved)}, reverse=True)

    async def _candidate(self, entries: Sequence[EntryContent], day: date) -> Engine | None:
        """The engine that these entries would be searched by on a day; None where nothing is searched at present."""
        valid = [entry for entry in entries if entry.is_valid_on(day)]
        if self._live is None or self._live.engine is None or not valid:
            return None
        return (await self._live.candidate(valid))[0]

    async def _prepared(self) -> Catalogue:
        version = await self._browsing.version()
        if self._catalogue is None or self._catalogue[0] != version:
            self._told = await self._browsing.said_at_work(self._told)
            self._catalogue = version, Catalogue(list(self._told.values()))
        return self._catalogue[1]


def _once(findings: Sequence[Finding]) -> list[Finding]:
    """A question in the very words of another entry's is that, and need not be called near it as well."""
    same = {(finding.excerpt, finding.other_entry) for finding in findings if finding.rule == "duplicate_elsewhere"}
    return [
        finding
        for finding in findings
        if finding.rule != "near_duplicate" or (finding.excerpt, finding.other_entry) not in same
    ]


def _reason(reasons: Mapping[str, str], entry: EntryContent) -> str:
    return reasons.get(entry.id, "").strip() or reasons.get("*", "").strip()


def _centred(raw: Vectors, own: Sequence[Asked], engine: Engine) -> Vectors:
    vectors = np.empty_like(raw)
    for language in LANGUAGES:
        chosen = np.array([each.language == language for each in own])
        vectors[chosen] = engine.release.space.centred(raw[chosen], engine.fitted.means[language])
    return vectors


def _neighbours(engine: Engine) -> Neighbours:
    """The questions that an engine searches; parts of answers are none."""
    rows = engine.scorer.rows
    chosen = np.flatnonzero(~rows.passages)
    return Neighbours(_asked(engine, chosen), rows.vectors[chosen])


def _near(own: Sequence[Asked], vectors: Vectors, engine: Engine) -> list[Finding]:
    """Questions of an entry that an engine will take for another's."""
    return _neighbours(engine).check([(own, vectors)])[0]


def _near_in(engine: Engine, positions: Sequence[int]) -> list[list[Finding]]:
    """The same for entries that are in the engine already, by their places among its entries."""
    rows = engine.scorer.rows
    questions = np.flatnonzero(~rows.passages)
    of_entry: dict[int, list[int]] = {position: [] for position in positions}
    for row, entry in zip(questions.tolist(), rows.entries[questions].tolist(), strict=True):
        if entry in of_entry:
            of_entry[entry].append(row)
    own = [np.array(of_entry[position], np.int64) for position in positions]
    return _neighbours(engine).check([(_asked(engine, chosen), rows.vectors[chosen]) for chosen in own])


def _asked(engine: Engine, chosen: NDArray[np.int64]) -> list[Asked]:
    rows, entries = engine.scorer.rows, engine.release.entries
    return [
        Asked(entries[rows.entries[row]].id, "en" if rows.english[row] else "zh", "similar", rows.texts[row])
        for row in chosen.tolist()
    ]
