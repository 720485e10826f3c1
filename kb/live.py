"""What is searched at present: the live release's engine, built beside the old one and swapped whole."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TypeVar

import structlog
from filelock import FileLock

from kb.checks import CheckQuestion
from kb.content import EntryContent, Lang
from kb.encoder import TurnEncoder
from kb.expressions import Expressions
from kb.fits import FitCache
from kb.fitting import Fit, Targets
from kb.learning import Learner
from kb.lexical import NgramCounts
from kb.memo import Memo
from kb.scoring import Parts
from kb.search import Engine, Release
from kb.vectors import VectorCache
from kb.wording import Wording
from kb.words import WordCounts
from kit.counters import count_degraded
from kit.language import to_simplified
from kit.yaml_text import load_yaml

log = structlog.get_logger(__name__)

# However often something goes live, after so many rests it is learnt from.
MOST_RESTS = 12
# Lessons that failed are tried again after this long, then after twice as long each time, up to the longest.
FIRST_PAUSE_SECONDS = 60.0
PAUSE_GROWTH = 2.0
LONGEST_PAUSE_SECONDS = 3600.0
# Below this share of entries that it has met, an old fit is no help for a new release.
KNOWN_SHARE = 0.5

Made = TypeVar("Made")


@cache
def background() -> dict[Lang, list[str]]:
    """Everyday sentences in each language."""
    loaded: dict[Lang, list[str]] = load_yaml((Path(__file__).parent / "background.yml").read_text("utf-8"))
    return loaded


@dataclass(frozen=True)
class _Made:
    """What engines are made from, and what that was made from."""

    entries: list[EntryContent]
    expressions: Expressions
    release: Release
    wording: Wording | None


class LiveEngine:
    """Builds the engine of each release that goes live, and holds the newest.

    Learning takes far longer than building. A release that shares its entries with the one before it is therefore
    searched at once by what was learnt from that, and by its own lessons as soon as they are learnt. Both cores are
    customers' while editors publish one thing after another: lessons begin when nothing has gone live for a while.
    Lessons that fail are tried again later; meanwhile the old ones serve. A large index that many publications have
    changed is built anew beside it, whether there is something to learn or not.

    Args:
        encoder: as conversations use it.
        folder: for the vectors and the fit of the live release; None keeps them in memory only.
        parts: which parts of the engine are in use.
        targets: what the operator wants of the confidence.
        checks: check questions.
        rest_seconds: for how long nothing must have gone live.
        rehearse: what the next publication will want of the live engine, done in a thread while nobody waits for it.
    """

    def __init__(
        self,
        encoder: TurnEncoder,
        folder: Path | None,
        parts: Parts,
        targets: Targets,
        checks: Sequence[CheckQuestion] = (),
        rest_seconds: float = 0.0,
        rehearse: Callable[[Engine], object] = lambda engine: None,
    ) -> None:
        self._rest_seconds, self._rehearse = rest_seconds, rehearse
        self._shown_at = 0.0
        self._vectors = VectorCache(encoder.encoder, folder / "vectors.db" if folder else None)
        self._words = WordCounts(Memo(folder / "words.db" if folder else None, "vector_cache_corrupt"))
        self._ngrams = NgramCounts(Memo(folder / "ngrams.db" if folder else None, "vector_cache_corrupt"))
        self._fits = FitCache(folder / "fit.npz") if folder else None
        self._turn_to_learn = FileLock(folder / "learning.lock") if folder else nullcontext()
        self._parts, self._targets, self._checks = parts, targets, checks
        self._learner = Learner()
        self._swap = asyncio.Lock()
        self._learning: asyncio.Task[None] | None = None
        self._again: asyncio.TimerHandle | None = None
        self._pause = FIRST_PAUSE_SECONDS
        self._expressions = Expressions()
        self.engine: Engine | None = None
        self._built: Engine | None = None
        self._made: _Made | None = None
        self._meant: dict[tuple[str, Lang], str] = {}
        self.wording: Wording | None = None

    async def show(self, release_id: int, entries: Sequence[EntryContent]) -> None:
        """Search these entries from now on. Queries under way end on the old engine."""
        async with self._swap:
            engine, self.wording = await asyncio.to_thread(self._build, release_id, entries)
            if self.engine is None or self.engine.fitted is not engine.fitted:
                _warn_of_unreached(engine.fitted)
            self.engine = engine
            if engine.release.mended.is_made:  # else nobody knows yet what of the vectors is in use
                in_use = chain(engine.release.rows.texts, engine.release.everyday.texts, engine.release.checks.texts)
                await asyncio.to_thread(self._vectors.keep_used, in_use)  # customers need not wait for it
        self._shown_at = asyncio.get_running_loop().time()
        self._begin_to_learn()

    async def empty(self) -> None:
        """Search nothing: no entry of the live release is valid today."""
        async with self._swap:
            self.engine, self.wording = None, None

    async def reword(self, expressions: Expressions) -> None:
        """Mend questions by these expressions of editors from now on. Check questions stay until the next release."""
        async with self._swap:
            if self.wording is not None and expressions != self._expressions:
                self.wording = self.wording.with_expressions(expressions)
            self._expressions = expressions

    async def settled(self) -> None:
        """Wait until the live release is searched by what was learnt from itself, or lessons have failed."""
        if self._learning is not None:
            await asyncio.shield(self._learning)

    async def close(self) -> None:
        """Stop learning."""
        self._learner.stop()
        if self._learning is not None:
            self._learning.cancel()
            await asyncio.gather(self._learning, return_exceptions=True)
        if self._again is not None:
            self._again.cancel()

    async def candidate(self, entries: Sequence[EntryContent]) -> tuple[Engine, Wording | None]:
        """An engine of entries that are not live, on what was learnt from the live release. Call it with one live.

        If they go live next, that costs little more.
        """
        async with self._swap:
            assert self.engine is not None
            return await asyncio.to_thread(self._build, self.engine.release.id, entries, self.engine.fitted)

    def _build(
        self, release_id: int, entries: Sequence[EntryContent], fitted: Fit | None = None
    ) -> tuple[Engine, Wording | None]:
        release, wording = self._release(release_id, sorted(entries, key=lambda entry: entry.id))
        fitted = fitted or self._usable(release) or self._lessons(release, Release.learn)
        built = self._built
        if built is None or built.fitted is not fitted or built.release.key != release.key:
            built = self._built = Engine(release, fitted, built or self.engine)
        return built.of(release), wording

    def _release(self, release_id: int, entries: list[EntryContent]) -> tuple[Release, Wording | None]:
        """What an engine of these entries is made from; what was examined a moment ago is not made again."""
        before = self._made
        if before is None or before.entries != entries or before.expressions != self._expressions:
            before = self._made = _Made(entries, self._expressions, *self._fresh(release_id, entries))
        return replace(before.release, id=release_id), before.wording

    def _fresh(self, release_id: int, entries: list[EntryContent]) -> tuple[Release, Wording | None]:
        made = self._made
        words = self._words.count(entries) if self._parts.wording else None
        wording = Wording.of(words, made.wording if made else None) if words else None
        wording = wording.with_expressions(self._expressions) if wording else None
        release = Release.of(
            release_id,
            entries,
            self._vectors.encode,
            self._ngrams.count,
            self._vectors.space,
            self._vectors.encoder.name,
            background(),
            self._checks,
            lambda text, language: self._mended(text, language, wording),
            self._parts,
            self._targets,
            self._expressions.noticed_by(check.text for check in self._checks) if wording else (),
            made.release if made else None,
        )
        return release, wording

    def _mended(self, text: str, language: Lang, wording: Wording | None) -> str:
        """A check question as customers are understood; mended once, and again only before lessons."""
        if wording is None:
            return text
        if (text, language) not in self._meant:
            self._meant[text, language] = wording.repair(text, language)
        return self._meant[text, language]

    def _usable(self, release: Release) -> Fit | None:
        """What was learnt from this release or from one much like it."""
        present = {entry.id for entry in release.entries}
        kept = self._fits.newest() if self._fits else None
        held = self.engine.fitted if self.engine else None
        if kept and held and kept.key == held.key:
            kept = held  # what was built on it can be built on
        for fitted in (kept, held):
            if fitted is None or fitted.made_with != release.made_with:
                continue
            if fitted.key == release.key or len(present.intersection(fitted.entry_ids)) >= KNOWN_SHARE * len(present):
                return fitted
        return None

    def _lessons(self, release: Release, learn: Callable[[Release], Fit]) -> Fit:
        """Learn from a release; where workers share a folder, one learns and the others get what it has learnt."""
        with ExitStack() as held:
            try:
                held.enter_context(self._turn_to_learn)
            except OSError as error:
                log.warning("learning_unlocked", reason=str(error))  # the folder cannot be written: each learns alone
            kept = self._fits.newest() if self._fits else None
            if kept is not None and kept.key == release.key:
                return kept
            fitted = learn(release)
            if self._fits:
                self._fits.put(fitted)
            return fitted

    async def _rested(self) -> None:
        """Wait until nothing has gone live for a while."""
        now = asyncio.get_running_loop().time
        latest = now() + MOST_RESTS * self._rest_seconds
        left = self._rest_seconds
        while left > 0:
            await asyncio.sleep(left)
            left = min(self._shown_at + self._rest_seconds, latest) - now()

    def _begin_to_learn(self) -> None:
        if self._again is not None:
            self._again.cancel()
            self._again = None
        if self._learning is None or self._learning.done():
            self._learning = asyncio.create_task(self._learn())

    async def _learn(self) -> None:
        """Learn from what is live, whenever there is a rest, until it is settled, indexed anew and rehearsed."""
        rehearsed: Engine | None = None
        while self.engine is not None and self.engine is not rehearsed:
            await self._rested()
            engine = self.engine
            if engine is None:
                return
            if not engine.is_settled:
                if not await self._is_taught(engine) and self.engine is engine:
                    await self._indexed_anew(engine)
                    self._try_later()
                    return
            elif not await self._indexed_anew(engine):
                await asyncio.to_thread(self._rehearse, engine)
                rehearsed = engine

    async def _is_taught(self, engine: Engine) -> bool:
        """Learn from the release of an engine and put the lessons to use; returns whether they could be learnt."""
        release = engine.release
        try:
            taught = await self._mended_anew(release, self.wording)
            fitted = await _in_background(lambda: self._lessons(taught, self._learner.learn))
            made = await asyncio.to_thread(Engine, taught, fitted)
        except Exception as error:  # edge of a background task: the old lessons go on serving
            count_degraded("release_not_learnt")
            log.error("release_not_learnt", release_id=release.id, exc_info=error)
            return False
        self._pause = FIRST_PAUSE_SECONDS
        async with self._swap:
            if self.engine is not None and self.engine.release is release:
                self.engine = self._built = made
                _warn_of_unreached(fitted)
                log.info("release_learnt", release_id=release.id)
        return True

    def _try_later(self) -> None:
        self._again = asyncio.get_running_loop().call_later(self._pause, self._begin_to_learn)
        self._pause = min(self._pause * PAUSE_GROWTH, LONGEST_PAUSE_SECONDS)

    async def _indexed_anew(self, engine: Engine) -> bool:
        """Build a large index anew that was changed much, on the same lessons; returns whether it was to be.

        Publications go on meanwhile: what they changed is changed in the new index too.
        """
        if not engine.wants_rebuild:
            return False
        made = await asyncio.to_thread(Engine, engine.release, engine.fitted)
        async with self._swap:
            current = self.engine
            if current is None or current.fitted is not made.fitted:
                return True
            if current.release is not made.release:
                made = await asyncio.to_thread(Engine, current.release, made.fitted, made)
            self.engine = self._built = made
            log.info("index_rebuilt", release_id=made.release.id)
        return True

    async def _mended_anew(self, release: Release, wording: Wording | None) -> Release:
        """A release with its check questions as customers are understood now."""
        texts = dict.fromkeys((to_simplified(check.text), check.language) for check in release.asked)
        if wording is not None:
            texts = await asyncio.to_thread(lambda: {key: wording.repair(*key) for key in texts})
        async with self._swap:
            self._meant = {key: meant or key[0] for key, meant in texts.items()}
            return await asyncio.to_thread(release.meaning, lambda *key: self._meant[key], self._vectors.encode)


def _warn_of_unreached(fitted: Fit) -> None:
    """Say in which languages no confidence promises the share of right answers that the operator wants."""
    for language, calibration in fitted.calibrations.items():
        if calibration.thresholds.never_answer:
            count_degraded("precision_unreached")
            log.warning("precision_unreached", language=language, change="BILIN_ANSWERED_PRECISION")


async def _in_background(work: Callable[[], Made]) -> Made:
    """Run in a thread that does not keep the process alive: lessons that nobody waits for are not worth waiting for."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Made] = loop.create_future()

    def settle(outcome: Made | None, error: BaseException | None) -> None:
        if not done.cancelled():
            done.set_exception(error) if error else done.set_result(outcome)  # type: ignore[arg-type]

    def run() -> None:
        outcome: Made | None = None
        error: BaseException | None = None
        try:
            outcome = work()
        except BaseException as raised:  # noqa: BLE001  # whatever it is, the one who waits gets it
            error = raised
        try:
            loop.call_soon_threadsafe(settle, outcome, error)
        except RuntimeError:
            log.debug("lessons_dropped")  # the process is closing

    threading.Thread(target=run, name="learning", daemon=True).start()
    return await done
