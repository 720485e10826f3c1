"""``python -m deploy.prepare``: encode and learn the content files at set-up, so that the first start need not."""

from __future__ import annotations

import asyncio

from handoff.signals import fitted_reader
from kb.content import questions_of, read_folder
from kb.encoder import TurnEncoder, load_encoder
from kb.live import LiveEngine
from kb.service import SearchOptions
from kb.vectors import VectorCache
from kit.settings import Settings


async def prepare(settings: Settings) -> None:
    """Fill the caches that ``web`` starts from."""
    encoder = TurnEncoder(load_encoder(settings))
    cache = settings.data_dir / "cache"
    options = SearchOptions.from_settings(settings)
    live = LiveEngine(encoder, cache / "knowledge", options.parts, options.targets, options.checks)
    entries = read_folder(settings.content_dir)
    await live.show(0, entries)
    await live.settled()
    examples = VectorCache(encoder.encoder, cache / "signals.db")
    await fitted_reader(lambda text, _: encoder.vector(text), examples, questions_of(entries), cache / "signals.npz")


if __name__ == "__main__":
    asyncio.run(prepare(Settings()))
