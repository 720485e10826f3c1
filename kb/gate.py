"""What stands between a review and the customers: findings in the entries, and check questions that would be lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import numpy as np

from kb.browsing import Browsing
from kb.checks import CheckQuestion
from kb.content import LANGUAGES, EntryContent
from kb.editing import Chosen, Editing
from kb.encoder import EncoderUnavailable, TurnEncoder
from kb.findings import Asked, Catalogue, Finding, asked_by, check_nearness
from kb.live import LiveEngine
from kb.regression import Regression, compare
from kit.errors import Conflict
from kit.language import to_simplified

ATTEMPTS = 3


class ChecksFailed(Conflict):
    """An entry has an error, or a warning that nobody gave a reason for.

    Args:
        findings: by entry, those that stand in the way.
    """

    code = "checks_failed"

    def __init__(self, findings: Mapping[str, Sequence[Finding]]) -> None:
        super().__init__(
            f"The checks found something in {', '.join(sorted(findings))}. Mend what is an error, "
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
    """

    def __init__(
        self,
        browsing: Browsing,
        editing: Editing,
        live: LiveEngine | None,
        encoder: TurnEncoder | None,
        checks: Sequence[CheckQuestion],
        today: Callable[[], date],
    ) -> None:
        self._browsing, self._editing = browsing, editing
        self._live, self._encoder, self._checks, self._today = live, encoder, checks, today
        self._catalogue: tuple[tuple[int, int], Catalogue] | None = None

    async def findings(self, entry: EntryContent) -> list[Finding]:
        """What is wrong with an entry, or may be, stored or not; beside the newest revisions of all others."""
        version = await self._browsing.version()
        if self._catalogue is None or self._catalogue[0] != version:
            newest = (await self._browsing.newest()).values()
            self._catalogue = version, Catalogue(EntryContent.model_validate(each.content) for each in newest)
        return [*self._catalogue[1].check(entry, self._today()), *await self._near(entry)]

    async def _near(self, entry: EntryContent) -> list[Finding]:
        """Questions that the search will take for another live entry's; none where nothing can be searched."""
        engine = self._live.engine if self._live else None
        own = list(asked_by(entry))
        if engine is None or self._encoder is None or not own:
            return []
        try:
            raw = await self._encoder.vectors([to_simplified(each.text) for each in own])
        except EncoderUnavailable:
            return []
        space, means = engine.release.space, engine.fitted.means
        vectors = np.empty_like(raw)
        for language in LANGUAGES:
            chosen = np.array([each.language == language for each in own])
            vectors[chosen] = space.centred(raw[chosen], means[language])
        rows = engine.scorer.rows
        others = [
            Asked(engine.release.entries[position].id, "en" if english else "zh", "similar", text)
            for text, position, english in zip(
                rows.texts[~rows.passages],
                rows.entries[~rows.passages].tolist(),
                rows.english[~rows.passages].tolist(),
                strict=True,
            )
        ]
        return check_nearness(own, vectors, others, rows.vectors[~rows.passages])

    async def regression(self, entries: Sequence[EntryContent]) -> Regression | None:
        """The check questions asked of the live release and of these entries; None where nothing can be asked."""
        valid = [entry for entry in entries if entry.is_valid_on(self._today())]
        if self._live is None or self._live.engine is None or not self._checks or not valid:
            return None
        live = self._live.engine
        candidate, _ = await self._live.candidate(valid)
        return compare(live, candidate, self._checks)

    async def publish(
        self, by: str, comment: str, chosen: Sequence[Chosen] | None = None, reasons: Mapping[str, str] | None = None
    ) -> int | None:
        """`kb.editing.Editing.publish` for what passes.

        Raises:
            ChecksFailed: an entry has errors, or warnings and no reason.
            Regressed: fewer check questions would be found.
            NotFound, EditConflict, Conflict, Forbidden: as there.
        """
        for attempt in range(ATTEMPTS):
            proposal = await self._editing.proposed(by, chosen)
            if not proposal.approved:
                return None
            await self._examine(proposal.approved, reasons or {})
            regression = await self.regression(proposal.released)
            if regression is not None and regression.is_drop:
                raise Regressed(regression)
            try:
                return await self._editing.publish(by, comment, proposal.chosen, reasons, beside=proposal.release_id)
            except Conflict as error:
                if error.code != "release_changed" or attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    async def _examine(self, approved: Sequence[EntryContent], reasons: Mapping[str, str]) -> None:
        failed: dict[str, list[Finding]] = {}
        for entry in approved:
            found = await self.findings(entry)
            has_error = any(finding.severity == "error" for finding in found)
            if has_error or (found and not reasons.get(entry.id, "").strip()):
                failed[entry.id] = found
        if failed:
            raise ChecksFailed(failed)
