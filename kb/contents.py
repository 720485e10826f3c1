"""What revisions say, each read and validated once: a revision never changes."""

from __future__ import annotations

from collections.abc import Collection

from kb.content import EntryContent
from kb.repository import KnowledgeRepository


class Contents:
    """Remembers what the last call asked for."""

    def __init__(self) -> None:
        self._known: dict[int, EntryContent] = {}

    async def read(self, repository: KnowledgeRepository, revision_ids: Collection[int]) -> dict[int, EntryContent]:
        """What revisions say, by their ids and in their order."""
        known = self._known
        fresh = await repository.contents(key for key in revision_ids if key not in known)
        self._known = {key: known[key] if key in known else fresh[key] for key in revision_ids}
        return self._known
